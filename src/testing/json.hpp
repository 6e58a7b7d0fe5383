// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

/// JSON inside the mock. The mock never uses the library's own codec, which it is there to judge.
namespace monochord::testing {

using json = nlohmann::json;

/// Text that parses, or a discarded value.
inline json parse_json(std::string_view text) { return json::parse(text.begin(), text.end(), nullptr, false); }

/// Invalid UTF-8 is replaced: what was read from a peer must never throw when it is written back.
inline std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

/// The id in a JSON string or number, 0 when it is none.
std::uint64_t id_of(const json& value);
/// Member `name` as an id, 0 when it is absent or none.
std::uint64_t id_at(const json& object, const char* name);
/// Member `name` if it is there and text, else empty.
std::string text_at(const json& object, const char* name);
/// Member `name` if it is there and a number (or text of one), else `otherwise`.
std::int64_t int_at(const json& object, const char* name, std::int64_t otherwise = 0);
/// Member `name` if it is there and a boolean, else `otherwise`.
bool bool_at(const json& object, const char* name, bool otherwise = false);
/// Member `name`, null when it is absent.
const json& at(const json& object, const char* name);

/// How many characters (code points) a text of UTF-8 has; Discord counts these.
std::size_t characters(std::string_view text);

}  // namespace monochord::testing
