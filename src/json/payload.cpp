// SPDX-License-Identifier: MIT
#include <monochord/json/payload.hpp>

#include <charconv>
#include <cstring>
#include <span>
#include <string>

#include "json/member.hpp"
#include "json/unescape.hpp"

namespace monochord::json {

namespace {

// Reads just enough of a payload. Pure text, no tables: most payloads end here.
class peeker {
 public:
  peeker(std::string_view text, failure& why) noexcept : at_(text.data()), end_(text.data() + text.size()), why_(why) {}

  bool run(payload_head& out) {
    if (usual(out)) [[likely]] return rest(out.d);
    space();
    if (at_ == end_ || *at_ != '{') return malformed("a payload is an object");
    ++at_;
    space();
    if (at_ != end_ && *at_ == '}') return ++at_, finish();
    for (;;) {
      std::string_view key;
      if (!string(key) || !colon()) return false;
      bool all = false;
      if (!member(key, out, all)) return false;
      if (all) return true;
      space();
      if (at_ == end_) return truncated();
      const char c = *at_++;
      if (c == '}') return finish();
      if (c != ',') return malformed("the text is not JSON");
      space();
    }
  }

  std::string_view first_value() {
    std::string_view out;
    space();
    return at_ != end_ && skip(out) ? out : std::string_view();
  }

  void find(std::span<const std::string_view> keys, std::span<std::string_view> values) {
    space();
    if (at_ == end_ || *at_ != '{') return;
    std::size_t left = keys.size();
    do {
      ++at_;
      space();
      std::string_view key, value;
      if (!string(key) || !colon() || !skip(value)) return;
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (key != keys[i] || !values[i].empty()) continue;
        values[i] = value;
        if (--left == 0) return;
      }
      space();
    } while (at_ != end_ && *at_ == ',');
  }

 private:
  // As Discord writes the head of an event; false, and nothing is read, where it is written otherwise.
  bool usual(payload_head& out) noexcept {
    const char* at = at_;
    const auto text = [&](std::string_view what) {
      if (static_cast<std::size_t>(end_ - at) < what.size() || std::memcmp(at, what.data(), what.size()) != 0) return false;
      at += what.size();
      return true;
    };
    const auto number = [&](std::uint64_t& n, std::ptrdiff_t most) {
      const char* const from = at;
      for (n = 0; at != end_ && at - from <= most && *at >= '0' && *at <= '9'; ++at)
        n = n * 10 + static_cast<std::uint64_t>(*at - '0');
      return at != from && at - from <= most && (*from != '0' || at - from == 1);
    };
    if (!text(R"({"t":")")) return false;
    const char* const name = at;
    while (at != end_ && *at != '"' && *at != '\\') ++at;
    const std::string_view t(name, static_cast<std::size_t>(at - name));
    std::uint64_t s = 0, op = 0;
    if (!text(R"(","s":)") || !number(s, 18) || !text(R"(,"op":)") || !number(op, 2) || !text(R"(,"d":)")) return false;
    if (at == end_ || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') return false;
    out.t = t;
    out.s = s;
    out.op = static_cast<int>(op);
    at_ = at;
    return true;
  }

  enum seen : unsigned { has_op = 1, has_s = 2, has_t = 4, has_d = 8 };

  [[gnu::cold]] bool fail(errc code, const char* path, const char* reason) {
    why_ = {code, path, reason};
    return false;
  }
  [[gnu::cold]] bool malformed(const char* reason) { return fail(errc::json_malformed, "$", reason); }
  [[gnu::cold]] bool truncated() { return malformed("the text ends too early"); }

  void space() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool finish() {
    space();
    return at_ == end_ || malformed("there is more after the end");
  }
  bool colon() {
    space();
    if (at_ == end_) return truncated();
    if (*at_ != ':') return malformed("the text is not JSON");
    ++at_;
    space();
    return at_ != end_ || truncated();
  }
  // What stands between the quotes here, escapes and all.
  bool string(std::string_view& out) {
    if (at_ == end_) return truncated();
    if (*at_ != '"') return malformed("the text is not JSON");
    const char* const from = ++at_;
    for (;;) {
      const auto* quote = static_cast<const char*>(std::memchr(at_, '"', static_cast<std::size_t>(end_ - at_)));
      if (!quote) return at_ = end_, truncated();
      const char* back = quote;
      while (back != from && back[-1] == '\\') --back;
      at_ = quote + 1;
      if ((quote - back) % 2 == 0) return out = {from, static_cast<std::size_t>(quote - from)}, true;
    }
  }
  bool literal(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size()) return at_ = end_, truncated();
    if (std::string_view(at_, word.size()) != word) return malformed("the text is not JSON");
    at_ += word.size();
    return true;
  }
  bool is_null() const noexcept { return *at_ == 'n'; }

  template <class T>
  bool integer(T& out, const char* path) {
    const auto [end, error] = std::from_chars(at_, end_, out);
    if (error != std::errc() || (end != end_ && std::memchr(",} \n\r\t", *end, 6) == nullptr) || (*at_ == '0' && end - at_ > 1))
      return fail(errc::json_mismatch, path, "expected a whole number");
    at_ = end;
    return true;
  }

  // The end of the value here by its brackets alone; whoever decodes it looks closer.
  bool skip(std::string_view& out) {
    const char* const from = at_;
    int depth = 0;
    do {
      if (at_ == end_) return truncated();
      switch (*at_) {
        case '"': {
          std::string_view ignored;
          if (!string(ignored)) return false;
          break;
        }
        case '{':
        case '[':
          ++depth;
          ++at_;
          break;
        case '}':
        case ']':
          if (--depth < 0) return malformed("the text is not JSON");
          ++at_;
          break;
        default:
          if (depth == 0) {
            while (at_ != end_ && std::memchr(",}] \n\r\t", *at_, 7) == nullptr) ++at_;
            if (at_ == from) return malformed("the text is not JSON");
          } else {
            ++at_;
          }
      }
    } while (depth != 0);
    out = {from, static_cast<std::size_t>(at_ - from)};
    return true;
  }

  // `d` with op, s and t known: everything up to the brace that closes the payload. Should a member ever follow that is
  // told by its last character, d is measured instead; one that is not is told by whoever decodes d.
  bool rest(std::string_view& out) {
    const char* to = end_;
    const auto back = [&] {
      while (to != at_ && (to[-1] == ' ' || to[-1] == '\n' || to[-1] == '\r' || to[-1] == '\t')) --to;
    };
    back();
    if (to == at_ || to[-1] != '}') return at_ = end_, truncated();
    --to;
    back();
    if (to == at_) return malformed("the text is not JSON");
    const char wanted = *at_ == '{' ? '}' : *at_ == '[' ? ']' : '\0';
    if (wanted != to[-1]) [[unlikely]] return measured(out);
    out = {at_, static_cast<std::size_t>(to - at_)};
    at_ = end_;
    return true;
  }

  static unsigned bit_of(std::string_view key) noexcept {
    return key == "op" ? has_op : key == "s" ? has_s : key == "t" ? has_t : key == "d" ? has_d : 0U;
  }

  bool measured(std::string_view& out) {
    if (!skip(out)) return false;
    space();
    if (at_ == end_) return truncated();
    if (*at_ != '}' && *at_ != ',') return malformed("the text is not JSON");
    return at_ = end_, true;
  }

  bool member(std::string_view key, payload_head& out, bool& all) {
    unsigned bit = bit_of(key);
    if (bit == 0 && key.find('\\') != std::string_view::npos) {
      std::string room;
      if (!unescape(key, room)) return malformed("a key with an impossible escape");
      bit = bit_of(room);
    }
    std::string_view ignored;
    if (bit == 0 || seen_ & bit) return skip(ignored);
    seen_ |= bit;
    switch (bit) {
      case has_op: return integer(out.op, "$.op");
      case has_s:
        if (is_null()) return literal("null");
        return integer(out.s.emplace(), "$.s");
      case has_t:
        if (is_null()) return literal("null");
        if (*at_ != '"') return fail(errc::json_mismatch, "$.t", "expected text");
        return string(out.t);
      default:
        if ((seen_ & (has_op | has_s | has_t)) != (has_op | has_s | has_t)) return skip(out.d);
        all = true;
        return rest(out.d);
    }
  }

  const char* at_;
  const char* end_;
  failure& why_;
  unsigned seen_ = 0;
};

}  // namespace

bool peek(std::string_view text, payload_head& out, failure& why) {
  out = {};
  if (!peeker(text, why).run(out)) return false;
  if (out.op >= 0) return true;
  why = {errc::json_mismatch, "$.op", "missing, or no opcode"};
  return false;
}

std::string_view first_value(std::string_view text) {
  failure ignored;
  return peeker(text, ignored).first_value();
}

std::string_view member_of(std::string_view object, std::string_view key) {
  std::string_view value;
  members_of(object, {&key, 1}, {&value, 1});
  return value;
}

void members_of(std::string_view object, std::span<const std::string_view> keys, std::span<std::string_view> values) {
  failure ignored;
  peeker(object, ignored).find(keys, values);
}

payload_head peek(std::string_view text) {
  payload_head out;
  failure why;
  if (!peek(text, out, why)) why.raise();
  return out;
}

}  // namespace monochord::json
