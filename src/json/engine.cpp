// SPDX-License-Identifier: MIT
// Decoding. simdjson's first stage finds the structural characters of the text (and checks its UTF-8 and strings); this
// walks them together with the tables. It is the only place that includes simdjson.
#include <simdjson.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "json/member.hpp"
#include "json/reader.hpp"
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

class decoder : reader {
 public:
  using reader::reader;

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

 private:
  // `key` has eight bytes that can be read from where it begins.
  static const field* find(const table& how, std::string_view key, const name_ends& ends) noexcept {
    for (std::uint32_t slot = slot_of(ends, key.size()) & how.mask;; slot = (slot + 1) & how.mask) {
      const std::uint8_t i = how.slots[slot];
      if (i == 255) return nullptr;
      const field& f = how.fields[i];
      if (f.name.size() == key.size() && f.ends.head == ends.head && f.ends.tail == ends.tail &&
          (key.size() <= 16 || std::memcmp(f.name.data() + 8, key.data() + 8, key.size() - 16) == 0))
        return &f;
    }
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
    for (int i = 0; i < count; ++i) {
      if (missing(targets[i]) && !(how.reduced && how.reduced(out))) return false;
      const keep_how* const keep = targets[i].how->keep;
      if (!keep || !keep->wanted(targets[i].out)) continue;
      unknown_count.fetch_add(1, std::memory_order_relaxed);
      keep->set(targets[i].out, std::string(text_ + *start, text_ + at_[-1] + 1));
    }
    --depth_;
    return true;
  }

  bool fields(target* targets, int count, position start) {
    for (bool more = true; more;) {
      std::string_view key;
      if (!key_and_colon(key) || !member(targets, count, start, key)) return false;
      if (!next('}', more)) return false;
    }
    return true;
  }

  bool key_and_colon(std::string_view& key) {
    if (peek() != '"') return malformed();
    const std::uint32_t from = *at_, to = at_[1];
    if (to - from >= 2 && text_[to - 1] == '"' && at_ + 1 < end_ && text_[to] == ':') {  // no white space between
      key = {text_ + from + 1, to - from - 2};
      at_ += 2;
      return true;
    }
    if (!quoted(key)) return false;
    if (peek() != ':') return malformed();
    ++at_;
    return true;
  }

  bool member(target* targets, int count, position start, std::string_view key) {
    const name_ends ends = ends_of(key.data(), key.size());
    for (int i = 0; i < count; ++i) {
      target& t = targets[i];
      const field* f = find(*t.how, key, ends);
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
    if (room.find('\\') != room.npos) return skip() || in_unknown(key);  // a backslash of its own: no name of ours
    const std::size_t size = room.size();
    room.append(sizeof(std::uint64_t), '\0');  // for find()
    return member(targets, count, start, std::string_view(room).substr(0, size));
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
    const table* model = objects ? &how.inner->object() : nullptr;
    const bool values = is_value(*how.inner);
    if (row.reserve && !objects) row.reserve(out, count_of_scalars());
    std::size_t i = 0;
    for (bool more = true; more; ++i) {
      if (peek() == 'n' && values) {
        if (!unexpected_null() || !next(']', more)) return in(i);
        continue;
      }
      if (row.take) {
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
        if (!wrap.emplace) return fail(errc::json_mismatch, "a field that is only written");
        if (peek() == 'n' && wrap.set_null) return wrap.set_null(out), null_literal();
        return value(*how.inner, wrap.emplace(out), outer);
      }
      case kind::tagged: return tagged_value(how, out, outer);
    }
    return false;
  }
};

// Finds values by brackets alone.
class finder : reader {
 public:
  using reader::reader;

  void run(std::span<const std::string_view> keys, std::span<std::string_view> values) {
    std::size_t left = keys.size();
    if (peek() != '{') return;
    do {
      ++at_;
      if (at_ + 2 >= end_ || peek() != '"' || text_[at_[1]] != ':') return;
      const std::string_view key = token();
      at_ += 2;
      std::string_view value;
      if (key.size() < 2 || !pass(value)) return;
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (key.substr(1, key.size() - 2) != keys[i] || !values[i].empty()) continue;
        values[i] = value;
        if (--left == 0) return;
      }
    } while (peek() == ',');
  }

 private:
  bool pass(std::string_view& out) {
    if (peek() != '{' && peek() != '[') {
      if (std::strchr(",}]", peek())) return false;
      out = token();
      ++at_;
      return true;
    }
    const char* const from = text_ + *at_;
    for (int depth = 0; at_ != end_;) {
      const char c = text_[*at_++];
      if (c == '{' || c == '[') ++depth;
      else if ((c == '}' || c == ']') && --depth == 0)
        return out = {from, static_cast<std::size_t>(text_ + at_[-1] + 1 - from)}, true;
    }
    return false;
  }
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

template <class How, class Out>
bool run(const How& how, Out out, padded_text text, failure& why) {
  why.unexpected_nulls = 0;
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
  if (why.unexpected_nulls != 0) null_count.fetch_add(why.unexpected_nulls, std::memory_order_relaxed);
  scan.shrink();
  if (scan.copy().capacity() > (std::size_t{1} << 20)) std::string().swap(scan.copy());
  return good;
}

}  // namespace

void members_of(const padded_text& object, std::span<const std::string_view> keys, std::span<std::string_view> values) {
  constexpr std::size_t large = 4096;
  const std::string_view text = object.text();
  scanner& scan = this_thread();
  if (text.size() < large || text.size() > max_bytes || !object.has_padding() || scan.scan(text.data(), text.size()))
    return members_of(text, keys, values);
  failure ignored;
  finder(text.data(), scan.first(), scan.last(), false, ignored).run(keys, values);
  scan.shrink();
}

namespace detail {

bool decode(const table& how, void* out, padded_text text, failure& why) { return run(how, out, text, why); }
bool decode_value(const type& how, void* out, padded_text text, failure& why) { return run(how, out, text, why); }
bool decode_array(const table& how, array_sink out, padded_text text, failure& why) { return run(how, out, text, why); }

}  // namespace detail

void failure::raise() const { throw decode_error(code, path, reason); }

codec_counters counters() noexcept {
  return {failure_count.load(std::memory_order_relaxed), null_count.load(std::memory_order_relaxed),
          unknown_count.load(std::memory_order_relaxed)};
}

}  // namespace monochord::json
