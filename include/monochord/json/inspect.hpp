// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include <monochord/json/codec.hpp>

/// For looking inside with nlohmann::json, on the cold path: it costs several times what the codec does. This header
/// only names nlohmann's type; whoever uses the values includes <nlohmann/json.hpp>. All functions are thread-safe.
namespace monochord::json {

/// Parses any JSON text; throws decode_error (path `$`) when it is none.
nlohmann::json inspect(std::string_view text);
nlohmann::json inspect(const raw& value);

/// JSON text of a value; throws nlohmann's type_error when it holds text that is not UTF-8.
std::string text_of(const nlohmann::json& value);
raw to_raw(const nlohmann::json& value);

/// A value as a model; throws decode_error with the JSON path.
template <class T>
T from_inspected(const nlohmann::json& value) {
  return json::decode<T>(std::string_view(text_of(value)));
}

}  // namespace monochord::json
