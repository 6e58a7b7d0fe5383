// SPDX-License-Identifier: MIT
// Encoding: walks the tables and appends text. What is absent is left out, so that nothing is invented.
#include <bit>
#include <charconv>
#include <cmath>

#include "json/unescape.hpp"
#include "json/walk.hpp"

namespace monochord::json {

namespace {

void append_number(auto value, std::string& out) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}
void append_double(double value, std::string& out) {
  if (std::isfinite(value)) append_number(value, out);
  else out += "null";  // JSON has no other word for it
}

void value(const type& how, const void* at, std::string& out);

void key(std::string_view name, bool& first, std::string& out) {
  if (!first) out += ',';
  first = false;
  out += '"';
  out += name;
  out += "\":";
}
// In one piece, as the words of the name are where the field is.
void key(const field& f, bool& first, std::string& out) {
  const std::size_t size = f.name.size() + written_name::more;
  if (size > written_name::most_written) return key(f.name, first, out);
  char text[1 + written_name::most_written];
  text[0] = ',';
  f.written.write(text + 1, size);
  out.append(text + first, size + !first);
  first = false;
}

void plain_value(kind what, const void* at, std::string& out) {
  switch (what) {
    case kind::boolean: out += load<bool>(at) ? "true" : "false"; break;
    case kind::int32: append_number(load<std::int32_t>(at), out); break;
    case kind::uint32: append_number(load<std::uint32_t>(at), out); break;
    case kind::int64: append_number(load<std::int64_t>(at), out); break;
    case kind::uint64: append_number(load<std::uint64_t>(at), out); break;
    case kind::number: append_double(load<double>(at), out); break;
    case kind::text:
    case kind::text_like: quote(*static_cast<const std::string*>(at), out); break;
    case kind::text_view: quote(*static_cast<const std::string_view*>(at), out); break;
    case kind::id:
    case kind::bits_text:
      out += '"';
      append_number(load<std::uint64_t>(at), out);
      out += '"';
      break;
    case kind::timestamp: quote(format_timestamp(load<timestamp>(at)), out); break;
    default: break;
  }
}

void member(const field& f, const void* at, bool& first, std::string& out) {
  if (is_plain(f.what)) {
    key(f, first, out);
    if (holds_value(f, at)) plain_value(f.what, at, out);
    else out += "null";
    return;
  }
  const type* inner = nullptr;
  if (!present(f, at, inner)) return;
  key(f, first, out);
  if (at) value(*inner, at, out);
  else out += "null";
}

void members(const table& how, const void* object, bool& first, std::string& out, bool reduced) {
  if (how.inlined) {
    members(how.inlined(), static_cast<const char*>(object) + how.inlined_offset, first, out, reduced);
  }
  for (std::uint64_t left = marked_fields(how, object); left != 0; left &= left - 1) {
    const field& f = how.fields[std::countr_zero(left)];
    if (reduced && f.name != "id" && f.name != "unavailable") continue;
    member(f, static_cast<const char*>(object) + f.offset, first, out);
  }
}

// The text that was kept of an object, or of the one whose fields stand among its own.
std::string_view kept(const table& how, const void* at) {
  if (how.keep) return how.keep->text(at);
  return how.inlined ? kept(how.inlined(), static_cast<const char*>(at) + how.inlined_offset) : std::string_view{};
}

void object(const table& how, const void* at, std::string& out) {
  if (const std::string_view text = kept(how, at); !text.empty()) {
    out += text;
    return;
  }
  out += '{';
  bool first = true;
  members(how, at, first, out, how.reduced && how.reduced(at));
  out += '}';
}

void tagged_value(const tagged_how& tag, const void* at, std::string& out) {
  const void* const held = tag.value(at);
  for (std::size_t i = 0; i < tag.count; ++i) {
    if (&tag.first[i].ops() != tag.ops(at)) continue;
    out += '{';
    bool first = true;
    if (!tag.outside) {
      key("type", first, out);
      append_number(tag.type_of(at), out);
    }
    members(tag.first[i].object(), held, first, out, false);
    out += '}';
    return;
  }
  out += static_cast<const raw_json*>(held)->text();  // of a kind that is not known
}

void rows(const row_view& view, const type& inner, std::size_t stride, std::string& out) {
  out += '[';
  const char* at = static_cast<const char*>(view.first);
  for (std::size_t i = 0; i < view.count; ++i, at += stride) {
    if (i) out += ',';
    value(inner, at, out);
  }
  out += ']';
}

void map(const type& how, const void* at, std::string& out) {
  const auto& map = *static_cast<const map_how*>(how.how);
  const row_view view = map.view(at);
  out += '{';
  const char* entry = static_cast<const char*>(view.first);
  std::string name;
  for (std::size_t i = 0; i < view.count; ++i, entry += map.stride) {
    if (i) out += ',';
    name.clear();
    map.key(entry, name);
    quote(name, out);
    out += ':';
    value(*how.inner, entry + map.value_offset, out);
  }
  out += '}';
}

void scalar_value(const scalar& s, std::string& out) {
  switch (s.type()) {
    case scalar::kind::none: out += "null"; break;
    case scalar::kind::boolean: out += s.boolean() ? "true" : "false"; break;
    case scalar::kind::integer: append_number(s.integer(), out); break;
    case scalar::kind::number: append_double(s.number(), out); break;
    case scalar::kind::text: quote(s.text(), out); break;
  }
}

void value(const type& how, const void* at, std::string& out) {
  switch (how.what) {
    case kind::optional_bool: out += *static_cast<const optional_bool*>(at) ? "true" : "false"; break;
    case kind::null_bool: out += "null"; break;
    case kind::raw: {
      const std::string_view text = static_cast<const raw_json*>(at)->text();
      out += text.empty() ? "null" : text;
      break;
    }
    case kind::scalar: scalar_value(*static_cast<const scalar*>(at), out); break;
    case kind::object: object(how.object(), at, out); break;
    case kind::row: {
      const auto& row = *static_cast<const row_how*>(how.how);
      rows(row.view(at), *how.inner, row.stride, out);
      break;
    }
    case kind::map: map(how, at, out); break;
    case kind::wrapper: {
      const type* inner = &how;
      if (present(how, at, inner) && at) value(*inner, at, out);
      else out += "null";
      break;
    }
    case kind::tagged:
      if (how.tag().value(at)) tagged_value(how.tag(), at, out);
      else out += "null";
      break;
    default: plain_value(how.what, at, out);
  }
}

}  // namespace

namespace detail {

void encode(const table& how, const void* at, std::string& out) { object(how, at, out); }

void encode_value(const type& how, const void* at, std::string& out) { value(how, at, out); }

void encode_array(const table& how, const void* first, std::size_t count, std::size_t stride, std::string& out) {
  out += '[';
  const char* at = static_cast<const char*>(first);
  for (std::size_t i = 0; i < count; ++i, at += stride) {
    if (i) out += ',';
    object(how, at, out);
  }
  out += ']';
}

void encode_map(const text_map& map, std::string& out) { value(*how<text_map>, &map, out); }

}  // namespace detail

}  // namespace monochord::json
