// SPDX-License-Identifier: MIT
// The only place that includes nlohmann/json.
#include <monochord/json/inspect.hpp>

#include <nlohmann/json.hpp>

namespace monochord::json {

namespace {

// Finds `_errors` arrays at any depth of Discord's `errors` object.
void collect(const nlohmann::json& at, const std::string& path, int depth, std::vector<field_error>& out) {
  if (!at.is_object() || depth > max_depth) return;
  for (const auto& [key, value] : at.items()) {
    if (key != "_errors") {
      collect(value, path.empty() ? key : path + "." + key, depth + 1, out);
      continue;
    }
    if (!value.is_array()) continue;
    for (const auto& error : value) {
      if (!error.is_object()) continue;
      const auto text = [&error](const char* name) {
        const auto found = error.find(name);
        return found != error.end() && found->is_string() ? found->get<std::string>() : std::string();
      };
      out.push_back({path, text("code"), text("message")});
    }
  }
}

}  // namespace

std::vector<field_error> field_errors(std::string_view errors) {
  std::vector<field_error> out;
  collect(nlohmann::json::parse(errors.begin(), errors.end(), nullptr, false), {}, 0, out);
  return out;
}

nlohmann::json inspect(std::string_view text) {
  auto value = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (value.is_discarded()) throw decode_error(errc::json_malformed, "$", "the text is not JSON");
  return value;
}

nlohmann::json inspect(const raw& value) { return inspect(value.text()); }

std::string text_of(const nlohmann::json& value) { return value.dump(); }

raw to_raw(const nlohmann::json& value) { return raw(value.dump()); }

}  // namespace monochord::json
