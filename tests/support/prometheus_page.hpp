// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace monochord::tests {

/// Prometheus's text format, read strictly: whatever promtool complains of, and whatever this library never writes,
/// throws.
class prometheus_page {
 public:
  using labels = std::map<std::string, std::string>;
  struct sample {
    std::string name;
    labels with;
    double value = 0;
  };
  struct family {
    std::string name, type, help;
    std::vector<sample> samples;
  };

  explicit prometheus_page(std::string_view text) : text_(text) {
    if (!text.empty() && !text.ends_with('\n')) fail("the last line has no end");
    while (!text_.empty()) line();
    for (const auto& one : families_) check(one);
  }

  const std::vector<family>& families() const noexcept { return families_; }
  const family& of(std::string_view name) const {
    for (const auto& one : families_)
      if (one.name == name) return one;
    throw std::runtime_error("no family " + std::string(name));
  }
  bool has(std::string_view name, const labels& with = {}) const {
    for (const auto& one : families_)
      for (const auto& s : one.samples)
        if (s.name == name && s.with == with) return true;
    return false;
  }
  /// Of exactly one sample.
  double value(std::string_view name, const labels& with = {}) const {
    for (const auto& one : families_)
      for (const auto& s : one.samples)
        if (s.name == name && s.with == with) return s.value;
    throw std::runtime_error("no sample " + std::string(name));
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw std::runtime_error(why + " before: " + std::string(text_.substr(0, 80)));
  }
  bool take(std::string_view what) {
    if (!text_.starts_with(what)) return false;
    text_.remove_prefix(what.size());
    return true;
  }
  void need(std::string_view what) {
    if (!take(what)) fail("no \"" + std::string(what) + "\"");
  }
  std::string name(bool colons) {
    std::size_t n = 0;
    const auto good = [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colons && c == ':') ||
             (n > 0 && c >= '0' && c <= '9');
    };
    while (n < text_.size() && good(text_[n])) ++n;
    if (n == 0) fail("no name");
    std::string out(text_.substr(0, n));
    text_.remove_prefix(n);
    return out;
  }
  /// Up to `end`, which is not taken.
  std::string escaped(char end, bool quotes) {
    std::string out;
    while (!text_.empty() && text_.front() != end) {
      char c = text_.front();
      text_.remove_prefix(1);
      if (c == '\n') fail("a line ends within a text");
      if (c == '\\') {
        if (text_.empty()) fail("an escape without an end");
        c = text_.front();
        text_.remove_prefix(1);
        if (c == 'n')
          c = '\n';
        else if (c != '\\' && !(quotes && c == '"'))
          fail("an escape that there is not");
      }
      out += c;
    }
    if (text_.empty()) fail("a text without an end");
    return out;
  }
  double number() {
    const auto end = text_.find_first_of(" \n,\"}");
    const std::string word(text_.substr(0, end));
    text_.remove_prefix(word.size());
    if (word == "+Inf") return std::numeric_limits<double>::infinity();
    if (word == "-Inf") return -std::numeric_limits<double>::infinity();
    if (word == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (word.empty() || word.find_first_not_of("0123456789+-.eE") != word.npos) fail("\"" + word + "\" is no number");
    char* last = nullptr;
    const double out = std::strtod(word.c_str(), &last);
    if (*last != '\0') fail("\"" + word + "\" is no number");
    return out;
  }
  void line() {
    if (take("# HELP ")) {
      family made;
      made.name = name(true);
      need(" ");
      made.help = escaped('\n', false);
      need("\n# TYPE ");
      if (name(true) != made.name) fail("a TYPE of another metric");
      need(" ");
      made.type = name(false);
      need("\n");
      if (made.type != "counter" && made.type != "gauge" && made.type != "histogram") fail("an unknown type");
      if (!families_.empty() && families_.back().name >= made.name) fail("families out of order, or twice");
      families_.push_back(made);
      return;
    }
    if (families_.empty()) fail("a sample of no family");
    sample made;
    made.name = name(true);
    if (take("{")) {
      for (bool first = true; !take("}"); first = false) {
        if (!first) need(",");
        const auto label = name(false);
        need("=\"");
        if (!made.with.emplace(label, escaped('"', true)).second) fail("a label twice");
        need("\"");
      }
    }
    need(" ");
    made.value = number();
    need("\n");
    families_.back().samples.push_back(made);
  }
  static std::string without(const labels& all, const std::string& name) {
    std::string out;
    for (const auto& [key, value] : all)
      if (key != name) out += key + "=" + value + ";";
    return out;
  }
  void check(const family& of) const {
    const auto wrong = [&](const std::string& why) { throw std::runtime_error(of.name + ": " + why); };
    std::set<std::string> seen;
    struct buckets {
      double last = 0, bound = -std::numeric_limits<double>::infinity(), end = -1, count = -1;
      bool sum = false;
    };
    std::map<std::string, buckets> histograms;
    for (const auto& s : of.samples) {
      if (!seen.insert(s.name + without(s.with, "")).second) wrong("a sample twice");
      if (of.type != "histogram") {
        if (s.name != of.name) wrong("a sample of another family");
        if (of.type == "counter" && !(s.value >= 0)) wrong("a counter below 0");
        continue;
      }
      auto& all = histograms[without(s.with, "le")];
      if (s.name == of.name + "_bucket") {
        const auto& le = s.with.at("le");
        const double bound = le == "+Inf" ? std::numeric_limits<double>::infinity() : std::stod(le);
        if (bound <= all.bound || s.value < all.last) wrong("buckets out of order");
        all.bound = bound;
        all.last = s.value;
        if (std::isinf(bound)) all.end = s.value;
      } else if (s.name == of.name + "_sum") {
        all.sum = true;
      } else if (s.name == of.name + "_count") {
        all.count = s.value;
      } else {
        wrong("a sample of another family");
      }
    }
    for (const auto& [with, all] : histograms)
      if (all.end < 0 || all.end != all.count || !all.sum) wrong("an incomplete histogram");
  }

  std::string_view text_;
  std::vector<family> families_;
};

}  // namespace monochord::tests
