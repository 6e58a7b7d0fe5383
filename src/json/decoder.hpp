// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstring>
#include <string>
#include <string_view>

#include "json/habits.hpp"
#include "json/reader.hpp"
#include "json/table.hpp"
#include "json/unescape.hpp"

namespace monochord::json {

// Walks the structural characters of a text together with the tables, and fills what they describe.
class decoder : reader {
 public:
  decoder(const char* text, position at, position end, bool piece, failure& why, habits& order) noexcept
      : reader(text, at, end, piece, why), habits_(order) {}

  bool whole(const table& how, void* out) { return object(how, out) && ended(); }
  bool whole(const type& how, void* out) { return value(how, out, at_) && ended(); }
  bool whole(const table& how, detail::array_sink out) {
    if (peek() == 'n') return unexpected_null() && ended();  // some routes say so when there is nothing
    if (peek() != '[') return mismatch("an array");
    ++at_;
    if (peek() == ']') return ++at_, ended();
    for (std::size_t i = 0;; ++i) {
      if (!(peek() == 'n' ? unexpected_null() : object(how, out.push(out.vector)))) return in(i);
      bool more = false;
      if (!next(']', more)) return in(i);
      if (!more) return ended();
    }
  }

  // Objects of kinds that nobody knows, whose text was kept.
  std::uint64_t unknown_kinds() const noexcept { return unknown_kinds_; }

 private:
  // The field whose name is written at `here` in `size` bytes, quotes and colon among them; eight can be read.
  static const field* find(const table& how, const char* here, std::size_t size) noexcept {
    if (size < written_name::more) return nullptr;
    for (std::uint32_t slot = written_name(here, size).slot(size) & how.mask;; slot = (slot + 1) & how.mask) {
      const std::uint8_t i = how.slots[slot];
      if (i == 255) return nullptr;
      const field& f = how.fields[i];
      if (f.name.size() + written_name::more == size && f.is_at(here)) return &f;
    }
  }

  // One table as it is being filled: an object's own, or the one whose fields stand among them.
  struct target {
    const table* how;
    char* out;
    std::uint64_t seen;
  };

  [[gnu::cold]] bool missing(const target& t) {
    fail(errc::json_mismatch, "missing");
    return in(t.how->fields[std::countr_zero(t.how->required & ~t.seen)].name);
  }

  // The text of an object of a kind that nobody knows.
  [[gnu::cold]] void keep(const target& t, position start) {
    ++unknown_kinds_;
    t.how->keep->set(t.out, std::string(text_ + *start, text_ + at_[-1] + 1));
  }

  bool object(const table& how, void* out) {
    if (peek() != '{') [[unlikely]] return mismatch("an object");
    if (++depth_ > max_depth) [[unlikely]] return too_deep();
    const position start = at_++;
    target targets[3];
    targets[0] = {&how, static_cast<char*>(out), 0};
    int count = 1;
    for (const table* t = &how; t->inlined && count < 3; ++count) {
      const table& inner = t->inlined();
      targets[count] = {&inner, targets[count - 1].out + t->inlined_offset, 0};
      t = &inner;
    }
    if (peek() == '}') {
      ++at_;
    } else if (!fields(targets, count, start)) {
      return false;
    }
    for (int i = 0; i < count; ++i) {
      const target& t = targets[i];
      if ((t.how->required & ~t.seen) != 0 && !(how.reduced && how.reduced(out))) return missing(t);
      if (t.how->keep && t.how->keep->wanted(t.out)) keep(t, start);
    }
    --depth_;
    return true;
  }

  // The field that a guess means which was made after one of target `number`, that then becomes its own.
  static const field* guessed(habits::guess guess, const target* targets, int count, std::ptrdiff_t& number) noexcept {
    const table& here = *targets[number].how;
    if (guess.place_here() < here.count) [[likely]] return here.fields + guess.place_here();
    const std::ptrdiff_t its = number + guess.tables();
    if (its < 0 || its >= count || guess.place() >= targets[its].how->count) return nullptr;
    number = its;
    return targets[its].how->fields + guess.place();
  }

  // Nearly all members are as Discord writes them: no white space around the colon, no escapes in the key.
  [[gnu::always_inline]] bool fields(target* targets, int count, position start) {
    unsigned order = order_;  // what is in an object is written as that is
    std::ptrdiff_t number = 0, next_number = 0;
    habits::guesses* guesses = &habits_.after(targets->how);
    const field* next = guessed((*guesses)[order], targets, count, next_number);
    for (position at = at_;;) {
      const field* f = nullptr;
      bool unknown = false;
      if (end_ - at > 3) [[likely]] {
        f = next;
        if (f && f->is_at(text_ + *at)) [[likely]] number = next_number;
        else f = usual_key(at, targets, count, number, *guesses, order, unknown);
      }
      target& t = targets[number];
      if (f && !(t.seen >> f->place & 1U)) [[likely]] {
        t.seen |= std::uint64_t{1} << f->place;
        guesses = &habits_.after(f);
        next_number = number;
        next = guessed((*guesses)[order], targets, count, next_number);
        __builtin_prefetch(next);  // while the value is read
        void* const out = t.out + f->offset;
        if (const unsigned places = quick_value(*f, out, at[2], at[3])) [[likely]] {
          at += 2 + places;
        } else {
          at_ = at + 2;
          order_ = order;
          if (!member_value(*f, out, start)) return in(f->name);
          at = at_;
        }
      } else if (unknown && quick_skip(at[2], at[3])) {
        at += 3;
      } else {
        at_ = at;
        if (!other_member(targets, count, start)) return false;
        at = at_;
      }
      const char behind = at < end_ ? text_[*at] : '\0';
      if (behind == ',') [[likely]] {
        ++at;
        continue;
      }
      at_ = at;
      if (behind != '}') return malformed();
      ++at_;
      return true;
    }
  }

  // The field whose name is the key at `at`, if that is written as usual, and the number of its target. `unknown` if nobody
  // knows it. `guesses` are what comes here; that of `order` it is not.
  [[gnu::noinline]] const field* usual_key(position at, const target* targets, int count, std::ptrdiff_t& number,
                                           habits::guesses& guesses, unsigned& order, bool& unknown) noexcept {
    const char* const here = text_ + *at;
    std::ptrdiff_t its = number;
    if (const field* const f = guessed(guesses[1 - order], targets, count, its); f && f->is_at(here)) {
      if (guesses[order].empty()) guesses[order] = guesses[1 - order];
      else order = 1 - order;
      return number = its, f;
    }
    const std::uint32_t size = at[1] - *at + 1;  // with the colon
    if (*here != '"' || size < written_name::more || here[size - 1] != ':' || here[size - 2] != '"') return nullptr;
    for (its = 0; its != count; ++its)
      if (const field* const f = find(*targets[its].how, here, size)) {
        if (!guesses[order].empty() && guesses[1 - order].empty()) order = 1 - order;
        if (habits::guess::can_be(its - number, f->place)) guesses[order] = {its - number, f->place};
        return number = its, f;
      }
    unknown = !has_escape({here + 1, size - written_name::more});
    return nullptr;
  }

  // Whether this is null, text without escapes or one digit.
  bool quick_skip(std::uint32_t from, std::uint32_t to) noexcept {
    const char* const value = text_ + from;
    const std::size_t size = to - from;
    if (*value == 'n') return size == 4 && std::memcmp(value, "null", 4) == 0;
    if (size == 1) return *value >= '0' && *value <= '9';
    return *value == '"' && size >= 2 && value[size - 1] == '"' && !has_escape({value + 1, size - 2});
  }

  [[gnu::noinline]] bool other_member(target* targets, int count, position start) {
    if (peek() != '"') return malformed();
    const char* const here = text_ + *at_;
    const std::uint32_t size = at_[1] - *at_ + 1;
    if (at_ + 1 < end_ && size >= written_name::more && here[size - 1] == ':' && here[size - 2] == '"') {
      at_ += 2;
      return member(targets, count, start, {here + 1, size - written_name::more}, here);
    }
    std::string_view key;
    if (!quoted(key)) return false;
    if (peek() != ':') return malformed();
    ++at_;
    return member(targets, count, start, key, written(key).data());
  }
  // As it would be without white space before its colon, and with room behind it to be looked for.
  static std::string written(std::string_view key) {
    std::string out;
    out.reserve(key.size() + written_name::more + sizeof(std::uint64_t));
    return out.append(1, '"').append(key).append("\":").append(sizeof(std::uint64_t), '\0');
  }

  // Where a value of a field goes that is in a wrapper. Null when it cannot be read.
  [[gnu::noinline]] static void* place_of(const field& f, void* out) {
    return f.how->emplace ? f.how->emplace(out) : nullptr;
  }
  // Says of an optional or a maybe that its value is there, and writes where that begins, or that of a field which is
  // neither: before the value itself is put there.
  static void set_there(const field& f, void* out) noexcept {
    static_cast<bool*>(out)[f.flags.null] = false;
    static_cast<bool*>(out)[f.flags.has] = true;
  }
  // A value that has nothing to be destroyed.
  template <class T>
  [[gnu::always_inline]] static unsigned put(const field& f, void* out, T value) noexcept {
    set_there(f, out);
    store(out, value);
    return 1;
  }
  // Any other, which is made where it is not there yet.
  template <class T>
  static T& value_at(const field& f, void* out) noexcept {
    if (f.flags.has != 0 && !static_cast<const bool*>(out)[f.flags.has]) {
      set_there(f, out);
      ::new (out) T;
    }
    return *static_cast<T*>(out);
  }
  [[gnu::noinline]] static bool put_unescaped(const field& f, void* out, std::string_view text) {
    auto& to = value_at<std::string>(f, out);
    to.clear();
    return unescape(text, to);
  }
  // Of a std::vector, whatever is in it: first stands where its elements begin, then where they end.
  static bool is_empty(const void* row) noexcept {
    return std::memcmp(row, static_cast<const char*>(row) + sizeof(void*), sizeof(void*)) == 0;
  }

  // A value without white space behind it, of the kinds that most are of. How many structural characters it takes; none
  // when it is another or no value, which is then read once more.
  [[gnu::always_inline]] unsigned quick_value(const field& f, void* out, std::uint32_t from, std::uint32_t to) {
    const char* const value = text_ + from;
    const std::size_t size = to - from;
    if (*value == 'n') return size == 4 && std::memcmp(value, "null", 4) == 0 && quick_null(f, out);
    std::uint64_t n = 0;
    switch (f.what) {
      case kind::boolean:
      case kind::optional_bool: {
        static_assert(sizeof(bool) == 1 && sizeof(monochord::optional_bool) == 1);  // one is 1, the other 0 in both
        const bool yes = std::memcmp(value, "true", 4) == 0;
        if (size != (yes ? 4U : 5U) || !(yes || std::memcmp(value, "false", 5) == 0)) [[unlikely]] return 0;
        return put(f, out, yes);
      }
      case kind::int32:
      case kind::uint32:
        if (!quick_number(value, size, 9, n)) [[unlikely]] return 0;
        return put(f, out, static_cast<std::uint32_t>(n));
      case kind::int64:
      case kind::uint64:
        if (!quick_number(value, size, 18, n)) [[unlikely]] return 0;
        return put(f, out, n);
      case kind::text:
      case kind::text_like: {
        if (*value != '"' || size < 2 || value[size - 1] != '"') [[unlikely]] return 0;
        const std::string_view text(value + 1, size - 2);
        if (has_escape(text)) [[unlikely]] return put_unescaped(f, out, text);
        value_at<std::string>(f, out).assign(text);
        return 1;
      }
      case kind::scalar: {  // a text
        if (*value != '"' || size < 2 || value[size - 1] != '"') [[unlikely]] return 0;
        const std::string_view text(value + 1, size - 2);
        if (has_escape(text)) return 0;
        value_at<scalar>(f, out) = scalar(text);
        return 1;
      }
      case kind::id:
      case kind::bits_text:
        if (!quick_id(value, size, n)) [[unlikely]] return 0;
        return put(f, out, n);
      case kind::timestamp: {
        if (*value != '"' || size < 2 || value[size - 1] != '"') [[unlikely]] return 0;
        const auto time = parse_timestamp(std::string_view(value + 1, size - 2));
        return time ? put(f, out, *time) : 0;
      }
      case kind::row:  // an empty one
        if (*value != '[' || text_[to] != ']' || depth_ == max_depth) return 0;
        if (f.flags.has != 0) f.how->emplace(out);
        else if (!is_empty(out)) return 0;
        return 2;
      default: return 0;
    }
  }
  // A whole number of at most so many digits.
  [[gnu::always_inline]] static bool quick_number(const char* value, std::size_t size, std::size_t most, std::uint64_t& out) noexcept {
    if (size != 1) return size <= most && *value != '0' && few_digits(value, size, out);
    out = static_cast<unsigned char>(*value - '0');
    return out <= 9;
  }
  [[gnu::always_inline]] static bool quick_id(const char* value, std::size_t size, std::uint64_t& out) noexcept {
    return *value == '"' && size > 2 && size <= 21 && value[size - 1] == '"' && few_digits(value + 1, size - 2, out);
  }
  [[gnu::always_inline]] bool quick_null(const field& f, void* out) {
    if (f.flags.null != 0 && !static_cast<const bool*>(out)[f.flags.has]) {
      static_cast<bool*>(out)[f.flags.null] = true;
      return true;
    }
    if (f.wrapped) {
      const auto& wrap = *static_cast<const wrapper_how*>(f.how->how);
      if (wrap.set_null) return wrap.set_null(out), true;
    } else if (f.what == kind::raw || f.what == kind::null_bool) {
      return false;
    }
    ++why_.unexpected_nulls;
    return true;
  }
  // `here` is how the key is written, with a colon behind it.
  bool member(target* targets, int count, position start, std::string_view key, const char* here, bool unescaped = false) {
    for (int i = 0; i < count; ++i) {
      target& t = targets[i];
      const field* f = find(*t.how, here, key.size() + written_name::more);
      if (!f) continue;
      const std::uint64_t bit = std::uint64_t{1} << f->place;
      if (t.seen & bit) break;  // the first one counts
      t.seen |= bit;
      return member_value(*f, t.out + f->offset, start) || in(f->name);
    }
    if (!unescaped && has_escape(key)) return escaped_member(targets, count, start, key);
    return skip() || in_unknown(key);
  }
  bool escaped_member(target* targets, int count, position start, std::string_view key) {
    std::string room;
    if (!unescape(key, room)) return fail(errc::json_malformed, "a key with an impossible escape");
    if (room.find('\\') != room.npos) return skip() || in_unknown(key);  // a backslash of its own: no name of ours
    return member(targets, count, start, room, written(room).data(), true);
  }
  [[gnu::cold]] bool in_unknown(std::string_view key) {
    if (why_.path.empty()) in_key(key);
    return false;
  }

  [[gnu::always_inline]] bool member_value(const field& f, void* out, position start) {
    if (peek() == 'n') return null_member(f, out, start);
    if (f.what == kind::object || f.what == kind::row)
      if (void* const place = f.wrapped ? place_of(f, out) : out) {
        if (f.what == kind::object) return object(f.how->object(), place);
        return row(f.wrapped ? *f.how->inner : *f.how, place);
      }
    return value(*f.how, out, start);
  }
  bool null_member(const field& f, void* out, position start) {
    const type& how = *f.how;
    if (how.what == kind::raw || how.what == kind::null_bool) return value(how, out, start);
    if (how.what == kind::wrapper) {
      const auto& wrap = *static_cast<const wrapper_how*>(how.how);
      if (wrap.set_null) {
        wrap.set_null(out);
        return null_literal();
      }
    }
    return unexpected_null();
  }
  // Null where Discord's documentation has a value. Losing the whole object would help nobody: it is taken for "no value".
  bool unexpected_null() {
    ++why_.unexpected_nulls;
    return null_literal();
  }
  // Whether a null among the elements of an array or map is one of these.
  static bool is_value(const type& how) noexcept {
    return how.what != kind::raw && how.what != kind::null_bool &&
           !(how.what == kind::wrapper && static_cast<const wrapper_how*>(how.how)->set_null);
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

  bool row(const type& how, void* out) {
    const auto& row = *static_cast<const row_how*>(how.how);
    if (peek() != '[') return mismatch("an array");
    if (!row.push) return fail(errc::json_mismatch, "a field that is only written");
    if (++depth_ > max_depth) return too_deep();
    row.clear(out);
    ++at_;
    if (peek() == ']') return ++at_, --depth_, true;
    const bool objects = how.inner->what == kind::object;
    if (row.resize && how.inner->what < kind::object) return plain_row(how, out);
    const table* model = objects ? &how.object() : nullptr;
    const bool values = is_value(*how.inner);
    std::size_t i = 0;
    for (bool more = true; more; ++i) {
      if (peek() == 'n' && values) {
        if (!unexpected_null() || !next(']', more)) return in(i);
        continue;
      }
      if (row.take) [[unlikely]] {  // of lists of members
        if (const position behind = row.take(out, *this)) {
          at_ = behind;
          if (!next(']', more)) return in(i);
          continue;
        }
      }
      void* const element = row.push(out);
      if (!(objects ? object(*model, element) : value(*how.inner, element, at_))) return in(i);
      if (!next(']', more)) return in(i);
    }
    --depth_;
    return true;
  }

  // The rest of a row of values that have no others in them: all are made at once. Each takes one place, and a comma
  // another, so that they are never more than were counted.
  bool plain_row(const type& how, void* out) {
    const auto& row = *static_cast<const row_how*>(how.how);
    const bool values = is_value(*how.inner), ids = how.inner->what == kind::id;
    const std::size_t count = count_of_scalars();
    auto* const to = static_cast<char*>(row.resize(out, count));
    std::size_t i = 0, kept = 0;
    for (bool more = true; more; ++i) {
      std::uint64_t n = 0;
      if (peek() == 'n' && values) {
        if (!unexpected_null()) return in(i);
      } else if (ids && at_ + 1 < end_ && quick_id(text_ + *at_, at_[1] - *at_, n)) {
        store(to + kept++ * sizeof n, n);
        ++at_;
      } else if (!value(*how.inner, to + kept++ * row.stride, at_)) {
        return in(i);
      }
      if (!next(']', more)) return in(i);
    }
    if (kept != count) row.resize(out, kept);
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
      if (peek() == 'n' && is_value(*how.inner)) {
        if (!unexpected_null() || !next('}', more)) return in_key(key);
        continue;
      }
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
    ++unknown_kinds_;
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
      case kind::text:
      case kind::text_like: return string(*static_cast<std::string*>(out));
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
        if (peek() == 'n' ? !null_literal() : !boolean(b)) return false;
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
        if (!how.emplace) return fail(errc::json_mismatch, "a field that is only written");
        if (peek() == 'n' && wrap.set_null) return wrap.set_null(out), null_literal();
        return value(*how.inner, how.emplace(out), outer);
      }
      case kind::tagged: return tagged_value(how, out, outer);
    }
    return false;
  }

  habits& habits_;
  unsigned order_ = 0;  // of the two that fields come in
  std::uint64_t unknown_kinds_ = 0;
};

}  // namespace monochord::json
