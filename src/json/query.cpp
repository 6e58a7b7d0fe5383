// SPDX-License-Identifier: MIT
#include "json/query.hpp"

#include <charconv>

#include "json/walk.hpp"

namespace monochord::json {

namespace {

void append_escaped(std::string_view text, std::string& out) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                       c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) out += c;
    else out += '%', out += hex[byte >> 4], out += hex[byte & 15];
  }
}

template <class T>
std::string digits(T value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

/// The text of a single value.
std::string text_of(const type& how, const void* at) {
  switch (how.what) {
    case kind::boolean: return load<bool>(at) ? "true" : "false";
    case kind::optional_bool: return *static_cast<const optional_bool*>(at) ? "true" : "false";
    case kind::int32: return digits(load<std::int32_t>(at));
    case kind::uint32: return digits(load<std::uint32_t>(at));
    case kind::int64: return digits(load<std::int64_t>(at));
    case kind::uint64:
    case kind::id:
    case kind::bits_text: return digits(load<std::uint64_t>(at));
    case kind::number: return digits(load<double>(at));
    case kind::text:
    case kind::text_like: return *static_cast<const std::string*>(at);
    case kind::text_view: return std::string(*static_cast<const std::string_view*>(at));
    case kind::timestamp: return format_timestamp(load<timestamp>(at));
    default: throw error(errc::invalid_argument, "a query or form holds texts, numbers and lists of these only");
  }
}

void append_name(std::string_view name, bool leading, std::string& out) {
  if (!out.empty()) out += '&';
  else if (leading) out += '?';
  append_escaped(name, out);
  out += '=';
}

void append_pair(std::string_view name, const type& how, const void* at, bool leading, std::string& out) {
  append_name(name, leading, out);
  append_escaped(text_of(how, at), out);
}

/// All items in one value.
void append_joined(std::string_view name, const type& how, const row_how& row, const row_view& items, bool leading,
                   std::string& out) {
  if (items.count == 0) return;
  std::string all;
  for (std::size_t i = 0; i < items.count; ++i) {
    if (i) all += ',';
    all += text_of(how, static_cast<const char*>(items.first) + i * row.stride);
  }
  append_name(name, leading, out);
  append_escaped(all, out);
}

}  // namespace

namespace detail {

void encode_pairs(const table& how, const void* value, bool leading, std::string& out) {
  for (std::uint32_t i = 0; i < how.count; ++i) {
    const field& one = how.fields[i];
    const void* at = static_cast<const char*>(value) + one.offset;
    const type* inner = nullptr;
    if (!present(*one.how, at, inner) || !at) continue;
    if (inner->what != kind::row) {
      append_pair(one.name, *inner, at, leading, out);
      continue;
    }
    const auto& row = *static_cast<const row_how*>(inner->how);
    const auto items = row.view(at);
    if (row.comma_separated) {
      append_joined(one.name, *inner->inner, row, items, leading, out);
      continue;
    }
    for (std::size_t k = 0; k < items.count; ++k)
      append_pair(one.name, *inner->inner, static_cast<const char*>(items.first) + k * row.stride, leading, out);
  }
}

}  // namespace detail

}  // namespace monochord::json
