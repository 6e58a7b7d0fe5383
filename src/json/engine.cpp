// SPDX-License-Identifier: MIT
// Decoding. simdjson's first stage finds the structural characters of the text (and checks its UTF-8 and strings); this
// walks them together with the tables. It is the only place that includes simdjson.
#include <simdjson.h>

#include <atomic>
#include <charconv>
#include <cstring>
#include <memory>

#include "json/table.hpp"
#include "json/unescape.hpp"

namespace monochord::json {

static_assert(padding_bytes >= simdjson::SIMDJSON_PADDING);

namespace {

std::atomic<std::uint64_t> failure_count{0};
std::atomic<std::uint64_t> null_count{0};
std::atomic<std::uint64_t> unknown_count{0};

// The structural characters of one text, found into memory that the thread keeps.
class scanner {
 public:
  // Null when the text is fine so far.
  const char* scan(const char* data, std::size_t size) {
    if (!parser_ || capacity_ < size) grow(size);
    const auto error =
        parser_->stage1(reinterpret_cast<const std::uint8_t*>(data), size, simdjson::stage1_mode::regular);
    return error == simdjson::SUCCESS ? nullptr : describe(error);
  }
  const std::uint32_t* first() const noexcept { return parser_->structural_indexes.get(); }
  const std::uint32_t* last() const noexcept { return first() + parser_->n_structural_indexes; }
  // A guild of megabytes comes now and then; its memory should not stay with every thread.
  void shrink() noexcept {
    if (capacity_ <= kept_bytes) return;
    parser_.reset();
    capacity_ = 0;
  }
  std::string& copy() noexcept { return copy_; }

 private:
  static constexpr std::size_t kept_bytes = std::size_t{1} << 20;

  void grow(std::size_t size) {
    std::size_t wanted = 1 << 14;
    while (wanted < size) wanted *= 2;
    parser_.reset();
    capacity_ = 0;
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, parser_) != simdjson::SUCCESS)
      throw std::bad_alloc();
    capacity_ = wanted;
  }
  static const char* describe(simdjson::error_code error) noexcept {
    switch (error) {
      case simdjson::UTF8_ERROR: return "the text is not UTF-8";
      case simdjson::EMPTY: return "the text is empty";
      case simdjson::UNCLOSED_STRING: return "a string does not end";
      case simdjson::UNESCAPED_CHARS: return "a string has control characters";
      default: return "the text is not JSON";
    }
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::size_t capacity_ = 0;
  std::string copy_;
};

scanner& this_thread() {
  static thread_local scanner one;
  return one;
}

class decoder {
 public:
  decoder(const char* text, const std::uint32_t* at, const std::uint32_t* end, bool piece, failure& why) noexcept
      : text_(text), at_(at), end_(end), piece_(piece), why_(why) {}

  bool whole(const table& how, void* out) { return object(how, out) && ended(); }
  bool whole(const table& how, detail::array_sink out) {
    if (peek() != '[') return mismatch("an array");
    ++at_;
    if (peek() == ']') return ++at_, ended();
    for (std::size_t i = 0;; ++i) {
      if (!object(how, out.push(out.vector))) return in(i);
      bool more = false;
      if (!next(']', more)) return in(i);
      if (!more) return ended();
    }
  }

 private:
  using position = const std::uint32_t*;

  char peek() const noexcept { return at_ < end_ ? text_[*at_] : '\0'; }

  bool fail(errc code, std::string reason) {
    why_.code = code;
    why_.path.clear();
    why_.reason = std::move(reason);
    return false;
  }
  bool malformed() {
    return fail(errc::json_malformed, at_ < end_ ? "the text is not JSON" : "the text ends too early");
  }
  // What is there is well-formed but of another type, or not even that.
  bool mismatch(const char* wanted) {
    const char c = peek();
    const char* found = c == '{'                          ? "an object"
                        : c == '['                        ? "an array"
                        : c == '"'                        ? "text"
                        : c == 't' || c == 'f'            ? "a boolean"
                        : c == 'n'                        ? "null"
                        : c == '-' || (c >= '0' && c <= '9') ? "a number"
                                                          : nullptr;
    if (!found) return malformed();
    return fail(errc::json_mismatch, std::string("expected ") + wanted + ", found " + found);
  }
  // Steps of the path are put in front while the error travels outwards.
  bool in(std::string_view key) {
    why_.path.insert(0, key);
    why_.path.insert(0, 1, '.');
    return false;
  }
  bool in(std::size_t index) {
    std::string step(1, '[');
    step.append(std::to_string(index)).append(1, ']');
    why_.path.insert(0, step);
    return false;
  }
  bool in_key(std::string_view key) {  // of a map: any text
    std::string step("[\"");
    step.append(key.substr(0, 40)).append("\"]");
    why_.path.insert(0, step);
    return false;
  }

  // Behind the `d` of a payload there may be members that nobody knows yet: peek takes all up to the closing brace.
  bool ended() {
    if (at_ == end_ || (piece_ && peek() == ',')) return true;
    return fail(errc::json_malformed, "there is more after the end");
  }

  // After a value: a comma and more, or the end of what it is in.
  bool next(char close, bool& more) {
    const char c = peek();
    if (c != ',' && c != close) return malformed();
    ++at_;
    more = c == ',';
    return true;
  }

  static bool is_space(char c) noexcept { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
  // The text of the scalar here: up to the next structural character, without white space.
  std::string_view token() const noexcept {
    const std::uint32_t from = *at_;
    std::uint32_t to = at_[1];
    while (to > from && is_space(text_[to - 1])) --to;
    return {text_ + from, to - from};
  }
  // What stands between the quotes here, escapes and all.
  bool quoted(std::string_view& out) {
    if (peek() != '"') return mismatch("text");
    const std::string_view all = token();
    if (all.size() < 2 || all.back() != '"') return malformed();
    out = all.substr(1, all.size() - 2);
    ++at_;
    return true;
  }
  static bool has_escape(std::string_view text) noexcept {
    return text.size() != 0 && std::memchr(text.data(), '\\', text.size()) != nullptr;
  }
  // Text with escapes resolved; `room` holds it when there were any.
  bool text(std::string_view& out, std::string& room) {
    if (!quoted(out)) return false;
    if (!has_escape(out)) return true;
    room.clear();
    if (!unescape(out, room)) return fail(errc::json_malformed, "text with an impossible escape");
    out = room;
    return true;
  }

  bool literal(std::string_view word) {
    if (token() != word) return malformed();
    ++at_;
    return true;
  }

  // Passes one value of whatever kind, checking that it is JSON.
  bool skip() {
    std::uint64_t arrays = 0;  // one bit a level: whether it is an array
    int depth = 0;
    for (;;) {
      bool value_ended = true;
      switch (peek()) {
        case '{':
        case '[': {
          if (depth_ + ++depth > max_depth) return too_deep();
          const bool array = peek() == '[';
          arrays = arrays << 1 | (array ? 1U : 0U);
          ++at_;
          if (peek() == (array ? ']' : '}')) {
            ++at_;
            --depth;
            arrays >>= 1;
          } else {
            if (!array && !skip_key()) return false;
            value_ended = false;
          }
          break;
        }
        case '"': {
          std::string_view all;
          if (!quoted(all)) return false;
          if (has_escape(all) && !unescapable(all)) return fail(errc::json_malformed, "text with an impossible escape");
          break;
        }
        case 't':
          if (!literal("true")) return false;
          break;
        case 'f':
          if (!literal("false")) return false;
          break;
        case 'n':
          if (!literal("null")) return false;
          break;
        default:
          if (!is_number(token_or_none())) return malformed();
          ++at_;
      }
      if (!value_ended) continue;
      for (;;) {
        if (depth == 0) return true;
        const bool array = (arrays & 1U) != 0;
        bool more = false;
        if (!next(array ? ']' : '}', more)) return false;
        if (more) {
          if (!array && !skip_key()) return false;
          break;
        }
        --depth;
        arrays >>= 1;
      }
    }
  }
  bool skip_key() {
    std::string_view key;
    if (peek() != '"') return malformed();
    if (!quoted(key)) return false;
    if (has_escape(key) && !unescapable(key)) return fail(errc::json_malformed, "a key with an impossible escape");
    if (peek() != ':') return malformed();
    ++at_;
    return true;
  }
  bool too_deep() { return fail(errc::json_mismatch, std::string("more than ").append(std::to_string(max_depth)).append(" levels")); }
  std::string_view token_or_none() const noexcept { return at_ < end_ ? token() : std::string_view{}; }

  static bool is_number(std::string_view t) noexcept {
    std::size_t i = 0;
    const auto digits = [&] {
      const std::size_t from = i;
      while (i < t.size() && t[i] >= '0' && t[i] <= '9') ++i;
      return i - from;
    };
    if (i < t.size() && t[i] == '-') ++i;
    const std::size_t whole = i;
    const std::size_t n = digits();
    if (n == 0 || (n > 1 && t[whole] == '0')) return false;
    if (i < t.size() && t[i] == '.') {
      ++i;
      if (digits() == 0) return false;
    }
    if (i < t.size() && (t[i] == 'e' || t[i] == 'E')) {
      ++i;
      if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
      if (digits() == 0) return false;
    }
    return i == t.size();
  }

  static const field* find(const table& how, std::string_view key) noexcept {
    for (std::uint32_t slot = hash_of(key.data(), key.size()) & how.mask;; slot = (slot + 1) & how.mask) {
      const std::uint8_t i = how.slots[slot];
      if (i == 255) return nullptr;
      const field& f = how.fields[i];
      if (f.name.size() == key.size() && equal(f.name.data(), key.data(), key.size())) return &f;
    }
  }
  // std::memcmp for names, which are short: a call costs more than the comparison.
  static bool equal(const char* a, const char* b, std::size_t size) noexcept {
    std::uint64_t x = 0;
    std::uint64_t y = 0;
    for (; size > 8; a += 8, b += 8, size -= 8) {
      std::memcpy(&x, a, 8);
      std::memcpy(&y, b, 8);
      if (x != y) return false;
    }
    for (; size != 0; ++a, ++b, --size)
      if (*a != *b) return false;
    return true;
  }

  // One table as it is being filled: an object's own, or the one whose fields stand among them.
  struct target {
    const table* how;
    char* out;
    std::uint64_t seen = 0;
  };

  bool missing(const target& t) {
    const std::uint64_t left = t.how->required & ~t.seen;
    if (left == 0) return false;
    for (std::uint32_t i = 0; i < t.how->count; ++i)
      if (left >> i & 1U) {
        fail(errc::json_mismatch, "missing");
        in(t.how->fields[i].name);
        break;
      }
    return true;
  }

  bool object(const table& how, void* out) {
    if (peek() != '{') return mismatch("an object");
    if (++depth_ > max_depth) return too_deep();
    const position start = at_++;
    target targets[3] = {{&how, static_cast<char*>(out)}, {nullptr, nullptr}, {nullptr, nullptr}};
    int count = 1;
    for (const table* t = &how; t->inlined && count < 3; ++count) {
      targets[count].out = targets[count - 1].out + t->inlined_offset;
      t = targets[count].how = &t->inlined();
    }
    if (peek() == '}') {
      ++at_;
    } else if (!fields(targets, count, start)) {
      return false;
    }
    for (int i = 0; i < count; ++i)
      if (missing(targets[i]) && !(how.reduced && how.reduced(out))) return false;
    --depth_;
    return true;
  }

  bool fields(target* targets, int count, position start) {
    for (bool more = true; more;) {
      std::string_view key;
      if (peek() != '"') return malformed();
      if (!quoted(key)) return false;
      if (peek() != ':') return malformed();
      ++at_;
      if (!member(targets, count, start, key)) return false;
      if (!next('}', more)) return false;
    }
    return true;
  }

  bool member(target* targets, int count, position start, std::string_view key) {
    for (int i = 0; i < count; ++i) {
      target& t = targets[i];
      const field* f = find(*t.how, key);
      if (!f) continue;
      const std::uint64_t bit = std::uint64_t{1} << (f - t.how->fields);
      if (t.seen & bit) break;  // the first one counts
      t.seen |= bit;
      return member_value(*f, t.out + f->offset, start) || in(f->name);
    }
    if (has_escape(key)) return escaped_member(targets, count, start, key);
    return skip() || in_unknown(key);
  }
  bool escaped_member(target* targets, int count, position start, std::string_view key) {
    std::string room;
    if (!unescape(key, room)) return fail(errc::json_malformed, "a key with an impossible escape");
    if (has_escape(room)) return skip() || in_unknown(key);  // a backslash of its own: no name of ours
    return member(targets, count, start, room);
  }
  bool in_unknown(std::string_view key) {
    if (why_.path.empty()) in_key(key);
    return false;
  }

  bool member_value(const field& f, void* out, position start) {
    if (peek() != 'n') return value(*f.how, out, start);
    return null_member(f, out, start);
  }
  bool null_member(const field& f, void* out, position start) {
    const type& how = *f.how;
    if (how.what == kind::raw || how.what == kind::null_bool) return value(how, out, start);
    if (how.what == kind::wrapper) {
      const auto& wrap = *static_cast<const wrapper_how*>(how.how);
      if (wrap.set_null) {
        wrap.set_null(out);
        return literal("null");
      }
    }
    if (f.required) return mismatch(name(how));
    null_count.fetch_add(1, std::memory_order_relaxed);
    return literal("null");
  }

  static const char* name(const type& how) noexcept {
    switch (how.what) {
      case kind::boolean:
      case kind::optional_bool: return "a boolean";
      case kind::int32:
      case kind::uint32:
      case kind::int64:
      case kind::uint64: return "a whole number";
      case kind::number: return "a number";
      case kind::id: return "an id";
      case kind::bits_text: return "a number in text";
      case kind::timestamp: return "a timestamp";
      case kind::row: return "an array";
      case kind::object:
      case kind::map:
      case kind::tagged: return "an object";
      default: return "text";
    }
  }

  template <class T>
  static void store(void* out, T value) noexcept {
    std::memcpy(out, &value, sizeof value);
  }

  template <class T>
  bool integer(void* out) {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return mismatch("a whole number");
    const std::string_view t = token();
    T value{};
    const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), value);
    if (error != std::errc() || end != t.data() + t.size() || (t.size() > 1 && t[0] == '0') || t.substr(0, 2) == "-0")
      return number_is_not(t, "a whole number");
    store(out, value);
    ++at_;
    return true;
  }
  bool number_is_not(std::string_view t, const char* wanted) {
    if (!is_number(t)) return malformed();
    return fail(errc::json_mismatch, std::string("a number that is not ") + wanted + " of this field's range");
  }

  bool number(void* out) {
    double value = 0;
    if (!floating(value)) return false;
    store(out, value);
    return true;
  }
  bool floating(double& value) {
    const char c = peek();
    if (c != '-' && (c < '0' || c > '9')) return mismatch("a number");
    const std::string_view t = token();
    if (!is_number(t)) return malformed();
    if (std::from_chars(t.data(), t.data() + t.size(), value).ec != std::errc()) return number_is_not(t, "a number");
    ++at_;
    return true;
  }

  bool boolean(bool& out) {
    const char c = peek();
    if (c != 't' && c != 'f') return mismatch("a boolean");
    out = c == 't';
    return literal(out ? "true" : "false");
  }

  // Decimal digits in quotes (an id, permissions); a bare number is taken as well.
  bool decimal(std::uint64_t& out, const char* wanted) {
    const char c = peek();
    std::string_view digits;
    if (c >= '0' && c <= '9') {
      digits = token();
      if (!is_number(digits)) return malformed();
      ++at_;
    } else if (c == '"') {
      if (!quoted(digits)) return false;
    } else {
      return mismatch(wanted);
    }
    if (digits.empty() || digits.size() > 20) return not_decimal(wanted);
    std::uint64_t value = 0;
    for (const char d : digits.substr(0, 19)) {
      const auto digit = static_cast<unsigned char>(d - '0');
      if (digit > 9) return not_decimal(wanted);
      value = value * 10 + digit;
    }
    if (digits.size() == 20) {
      const auto digit = static_cast<unsigned char>(digits[19] - '0');
      if (digit > 9 || value > (UINT64_MAX - digit) / 10) return not_decimal(wanted);
      value = value * 10 + digit;
    }
    out = value;
    return true;
  }
  bool not_decimal(const char* wanted) { return fail(errc::json_mismatch, std::string("not ") + wanted); }

  bool string(std::string& out) {
    std::string_view t;
    if (!quoted(t)) return false;
    if (!has_escape(t)) {
      out.assign(t);
      return true;
    }
    out.clear();
    return unescape(t, out) || fail(errc::json_malformed, "text with an impossible escape");
  }

  bool raw_text(std::string& out) {
    const std::uint32_t from = at_ < end_ ? *at_ : 0;
    if (!skip()) return false;
    std::uint32_t to = at_[-1] + 1;  // after a closing bracket; a scalar is longer
    const char last = text_[to - 1];
    if (last != '}' && last != ']') {
      --at_;
      to = static_cast<std::uint32_t>(token().data() + token().size() - text_);
      ++at_;
    }
    out.assign(text_ + from, to - from);
    return true;
  }

  bool scalar_value(scalar& out) {
    const char c = peek();
    if (c == '"') {
      std::string s;
      if (!string(s)) return false;
      out = scalar(std::move(s));
      return true;
    }
    if (c == 't' || c == 'f') {
      bool b = false;
      if (!boolean(b)) return false;
      out = scalar(b);
      return true;
    }
    if (c != '-' && (c < '0' || c > '9')) return mismatch("text, a number or a boolean");
    const std::string_view t = token();
    std::int64_t whole = 0;
    const auto [end, error] = std::from_chars(t.data(), t.data() + t.size(), whole);
    if (error == std::errc() && end == t.data() + t.size() && is_number(t)) {
      out = scalar(whole);
      ++at_;
      return true;
    }
    double value = 0;
    if (!floating(value)) return false;
    out = scalar(value);
    return true;
  }

  bool row(const type& how, void* out) {
    const auto& row = *static_cast<const row_how*>(how.how);
    if (peek() != '[') return mismatch("an array");
    if (!row.push) return fail(errc::json_mismatch, "a field that is only written");
    if (++depth_ > max_depth) return too_deep();
    row.clear(out);
    ++at_;
    if (peek() == ']') return ++at_, --depth_, true;
    const bool objects = how.inner->what == kind::object;
    const table* model = objects ? &how.inner->object() : nullptr;
    std::size_t i = 0;
    for (bool more = true; more; ++i) {
      void* const element = row.push(out);
      if (!(objects ? object(*model, element) : value(*how.inner, element, at_))) return in(i);
      if (!next(']', more)) return in(i);
    }
    --depth_;
    return true;
  }

  bool map(const type& how, void* out) {
    const auto& map = *static_cast<const map_how*>(how.how);
    if (peek() != '{') return mismatch("an object");
    if (++depth_ > max_depth) return too_deep();
    map.clear(out);
    ++at_;
    if (peek() == '}') return ++at_, --depth_, true;
    std::string room;
    for (bool more = true; more;) {
      std::string_view key;
      if (peek() != '"') return malformed();
      if (!text(key, room)) return false;
      if (peek() != ':') return malformed();
      ++at_;
      bool fresh = false;
      void* const element = map.add(out, key, fresh);
      if (!element) return fail(errc::json_mismatch, "a key that is not an id"), in_key(key);
      if (!(fresh ? value(*how.inner, element, at_) : skip())) return in_key(key);
      if (!next('}', more)) return false;
    }
    --depth_;
    return true;
  }

  // The number behind `type` in the object that starts at `start`; the decoder stands where it stood.
  bool type_in(position start, std::int64_t& out) {
    const position here = at_;
    at_ = start;
    bool found = false;
    if (peek() == '{' && at_ + 1 < end_ && text_[at_[1]] == '"') {
      ++at_;
      for (bool more = true; more && !found;) {
        std::string_view key;
        std::string room;
        if (!text(key, room) || peek() != ':') break;
        ++at_;
        if (key == "type") {
          found = at_ < end_ && integer<std::int64_t>(&out);
          break;
        }
        if (!skip() || !next('}', more)) break;
      }
    }
    at_ = here;
    return found;
  }

  bool tagged_value(const type& how, void* out, position outer) {
    const tagged_how& tag = how.tag();
    if (peek() != '{') return mismatch("an object");
    std::int64_t type = 0;
    if (!type_in(tag.outside ? outer : at_, type)) {
      if (tag.outside) return fail(errc::json_mismatch, "an object whose kind is not told");
      const position start = at_;
      if (!skip()) return false;
      at_ = start;
      fail(errc::json_mismatch, "missing");
      return in("type");
    }
    for (std::size_t i = 0; i < tag.count; ++i)
      if (tag.first[i].type == type) return object(tag.first[i].object(), tag.first[i].make(out, type));
    unknown_count.fetch_add(1, std::memory_order_relaxed);
    std::string all;
    if (!raw_text(all)) return false;
    tag.set_unknown(out, type, std::move(all));
    return true;
  }

  bool value(const type& how, void* out, position outer) {
    switch (how.what) {
      case kind::boolean: {
        bool b = false;
        if (!boolean(b)) return false;
        store(out, b);
        return true;
      }
      case kind::int32: return integer<std::int32_t>(out);
      case kind::uint32: return integer<std::uint32_t>(out);
      case kind::int64: return integer<std::int64_t>(out);
      case kind::uint64: return integer<std::uint64_t>(out);
      case kind::number: return number(out);
      case kind::text: return string(*static_cast<std::string*>(out));
      case kind::text_like: {
        std::string s;
        if (!string(s)) return false;
        static_cast<const text_how*>(how.how)->assign(out, std::move(s));
        return true;
      }
      case kind::text_view: return fail(errc::json_mismatch, "a field that is only written");
      case kind::id:
      case kind::bits_text: {
        std::uint64_t n = 0;
        if (!decimal(n, name(how))) return false;
        store(out, n);
        return true;
      }
      case kind::timestamp: {
        std::string_view t;
        if (!quoted(t)) return false;
        const auto time = parse_timestamp(t);
        if (!time) return fail(errc::json_mismatch, "not a timestamp");
        store(out, *time);
        return true;
      }
      case kind::optional_bool: {
        bool b = false;
        if (!boolean(b)) return false;
        *static_cast<monochord::optional_bool*>(out) = b;
        return true;
      }
      case kind::null_bool: {
        bool b = true;  // null is true; a boolean says so itself
        if (peek() == 'n' ? !literal("null") : !boolean(b)) return false;
        *static_cast<monochord::null_bool*>(out) = b;
        return true;
      }
      case kind::raw: {
        std::string all;
        if (!raw_text(all)) return false;
        *static_cast<raw_json*>(out) = raw_json(std::move(all));
        return true;
      }
      case kind::scalar: return scalar_value(*static_cast<scalar*>(out));
      case kind::object: return object(how.object(), out);
      case kind::row: return row(how, out);
      case kind::map: return map(how, out);
      case kind::wrapper: {
        const auto& wrap = *static_cast<const wrapper_how*>(how.how);
        if (!wrap.emplace) return fail(errc::json_mismatch, "a field that is only written");
        return value(*how.inner, wrap.emplace(out), outer);
      }
      case kind::tagged: return tagged_value(how, out, outer);
    }
    return false;
  }

  const char* text_;
  position at_;
  position end_;
  bool piece_;  // of a larger text
  failure& why_;
  int depth_ = 0;
};

bool failed(failure& why) {
  why.path.insert(0, 1, '$');
  failure_count.fetch_add(1, std::memory_order_relaxed);
  return false;
}
bool failed(failure& why, errc code, const char* reason) {
  why = {code, {}, reason};
  return failed(why);
}

template <class Out>
bool run(const table& how, Out out, padded_text text, failure& why) {
  const std::size_t size = text.text().size();
  if (size > max_bytes) return failed(why, errc::message_too_large, "the text is over the limit");
  if (size == 0) return failed(why, errc::json_malformed, "the text is empty");
  scanner& scan = this_thread();
  const char* data = text.text().data();
  if (!text.has_padding()) {
    scan.copy().resize(size + padding_bytes);
    std::memcpy(scan.copy().data(), data, size);
    data = scan.copy().data();
  }
  bool good = false;
  if (const char* problem = scan.scan(data, size)) {
    failed(why, errc::json_malformed, problem);
  } else {
    good = decoder(data, scan.first(), scan.last(), text.is_piece(), why).whole(how, out) || failed(why);
  }
  scan.shrink();
  if (scan.copy().capacity() > (std::size_t{1} << 20)) std::string().swap(scan.copy());
  return good;
}

}  // namespace

namespace detail {

bool decode(const table& how, void* out, padded_text text, failure& why) { return run(how, out, text, why); }
bool decode_array(const table& how, array_sink out, padded_text text, failure& why) { return run(how, out, text, why); }

}  // namespace detail

void failure::raise() const { throw decode_error(code, path, reason); }

codec_counters counters() noexcept {
  return {failure_count.load(std::memory_order_relaxed), null_count.load(std::memory_order_relaxed),
          unknown_count.load(std::memory_order_relaxed)};
}

}  // namespace monochord::json
