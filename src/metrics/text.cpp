// SPDX-License-Identifier: MIT
// Prometheus's text format.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <monochord/core/error.hpp>
#include <monochord/metrics/metrics.hpp>
#include <set>
#include <utility>

namespace monochord {

namespace {

[[noreturn]] void refuse_family(const metric_family& family, const std::string& why) {
  throw error(errc::invalid_argument, "the metric " + family.name + " " + why);
}

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_name(std::string_view text, bool colons) noexcept {
  if (text.empty() || is_digit(text.front())) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter(c) || is_digit(c) || (colons && c == ':'); });
}

std::string_view type_name(metric_type type) {
  switch (type) {
    case metric_type::counter:
      return "counter";
    case metric_type::gauge:
      return "gauge";
    case metric_type::histogram:
      return "histogram";
  }
  throw error(errc::invalid_argument, "a metric_type that is none");
}

/// How many bytes of `text` are one character of UTF-8; 0 where none begins.
std::size_t character_length(std::string_view text) noexcept {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0), second = at(1);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0, surrogate = first == 0xED && second > 0x9F;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90, beyond = first == 0xF4 && second > 0x8F;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  while (!text.empty()) {
    const auto length = character_length(text);
    const char c = text.front();
    if (length == 0)
      out += "\xEF\xBF\xBD";
    else if (c == '\\')
      out += "\\\\";
    else if (c == '\n')
      out += "\\n";
    else if (c == '"' && quotes)
      out += "\\\"";
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    // Bounds of buckets are texts to whoever stores them: 0.0001, and not 1e-04.
    const auto size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-6 && size < 1e16);
    char space[64];
    const auto end = plain ? std::to_chars(space, space + sizeof space, value, std::chars_format::fixed).ptr
                           : std::to_chars(space, space + sizeof space, value).ptr;
    out.append(space, end);
  }
}

void append_count(std::string& out, std::uint64_t value) {
  char space[24];
  out.append(space, std::to_chars(space, space + sizeof space, value).ptr);
}

/// With its braces, without `le`.
std::string labels_text(const metric_family& family, const metric_sample& sample) {
  std::string out;
  std::set<std::string_view> names;
  for (const auto& [name, value] : sample.labels) {
    const bool reserved = name.starts_with("__") || (name == "le" && family.type == metric_type::histogram);
    if (!is_name(name, false) || reserved) refuse_family(family, "has a label that may not be called \"" + name + "\"");
    if (!names.insert(name).second) refuse_family(family, "has two labels \"" + name + "\"");
    out += out.empty() ? "" : ",";
    out += name + "=\"";
    append_escaped(out, value, true);
    out += '"';
  }
  return out;
}

void append_line_head(std::string& out, std::string_view name, std::string_view suffix, std::string_view labels,
                      std::string_view bound = {}) {
  out += name;
  out += suffix;
  if (!labels.empty() || !bound.empty()) {
    out += '{';
    out += labels;
    if (!bound.empty()) {
      if (!labels.empty()) out += ',';
      out += "le=\"";
      out += bound;
      out += '"';
    }
    out += '}';
  }
  out += ' ';
}

void append_histogram(std::string& out, const metric_family& family, const metric_histogram& all,
                      std::string_view labels) {
  const bool ascends =
      std::adjacent_find(all.bounds.begin(), all.bounds.end(), std::greater_equal<>()) == all.bounds.end();
  const bool finite =
      std::all_of(all.bounds.begin(), all.bounds.end(), [](double bound) { return std::isfinite(bound); });
  if (all.counts.size() != all.bounds.size() + 1 || !ascends || !finite)
    refuse_family(family, "has a histogram whose buckets are not in order");
  std::uint64_t below = 0;
  std::string bound;
  for (std::size_t i = 0; i < all.counts.size(); ++i) {
    below += all.counts[i];
    bound.clear();
    append_number(bound, i < all.bounds.size() ? all.bounds[i] : std::numeric_limits<double>::infinity());
    append_line_head(out, family.name, "_bucket", labels, bound);
    append_count(out, below);
    out += '\n';
  }
  append_line_head(out, family.name, "_sum", labels);
  append_number(out, all.sum);
  out += '\n';
  append_line_head(out, family.name, "_count", labels);
  append_count(out, below);
  out += '\n';
}

void append_family(std::string& out, const metric_family& family) {
  if (!is_name(family.name, true))
    throw error(errc::invalid_argument, "\"" + family.name + "\" is no name of a metric");
  out += "# HELP " + family.name + " ";
  append_escaped(out, family.help, false);
  out += "\n# TYPE " + family.name + " ";
  out += type_name(family.type);
  out += '\n';
  std::set<std::vector<std::pair<std::string_view, std::string_view>>> seen;
  for (const auto& sample : family.samples) {
    const auto labels = labels_text(family, sample);
    std::vector<std::pair<std::string_view, std::string_view>> key;
    for (const auto& one : sample.labels) key.emplace_back(one.name, one.value);
    std::sort(key.begin(), key.end());
    if (!seen.insert(std::move(key)).second) refuse_family(family, "has two samples with the labels {" + labels + "}");
    if (family.type == metric_type::histogram) {
      append_histogram(out, family, sample.histogram, labels);
    } else {
      append_line_head(out, family.name, "", labels);
      append_number(out, sample.value);
      out += '\n';
    }
  }
}

}  // namespace

std::string prometheus_text(std::vector<metric_family> families) {
  std::sort(families.begin(), families.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string out;
  const metric_family* before = nullptr;
  for (const auto& family : families) {
    if (before && before->name == family.name) refuse_family(family, "comes twice");
    append_family(out, family);
    before = &family;
  }
  return out;
}

}  // namespace monochord
