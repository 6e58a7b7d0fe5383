// SPDX-License-Identifier: MIT
#include "testing/json.hpp"

#include <algorithm>
#include <charconv>

#include <monochord/core/snowflake.hpp>

namespace monochord::testing {

std::uint64_t id_of(const json& value) {
  if (value.is_string()) return any_id::parse(value.get_ref<const std::string&>()).value();
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return 0;
}

const json& at(const json& object, const char* name) {
  static const json null;
  if (!object.is_object()) return null;
  const auto found = object.find(name);
  return found == object.end() ? null : *found;
}

std::uint64_t id_at(const json& object, const char* name) { return id_of(at(object, name)); }

std::string text_at(const json& object, const char* name) {
  const json& value = at(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t int_at(const json& object, const char* name, std::int64_t otherwise) {
  const json& value = at(object, name);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_number_float()) return static_cast<std::int64_t>(value.get<double>());
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size()) return number;
  }
  return otherwise;
}

bool bool_at(const json& object, const char* name, bool otherwise) {
  const json& value = at(object, name);
  return value.is_boolean() ? value.get<bool>() : otherwise;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace monochord::testing
