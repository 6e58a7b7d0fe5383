// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "testing/validate.hpp"
#include "testing/world.hpp"

namespace monochord::testing {

namespace {

using path_t = std::vector<std::string>;

constexpr std::int64_t components_v2 = 1 << 15;

path_t with(path_t path, std::initializer_list<std::string> more) {
  path.insert(path.end(), more);
  return path;
}

std::size_t length_of(const json& object, const char* name) { return characters(text_at(object, name)); }

std::size_t embed_size(const json& embed) {
  std::size_t size = length_of(embed, "title") + length_of(embed, "description") +
                     length_of(at(embed, "footer"), "text") + length_of(at(embed, "author"), "name");
  const json& fields = at(embed, "fields");
  if (fields.is_array())
    for (const auto& field : fields) size += length_of(field, "name") + length_of(field, "value");
  return size;
}

/// Walks a component tree: counts, and finds custom ids that stand twice.
struct component_walk {
  form_errors& errors;
  std::set<std::string> custom_ids;
  std::size_t count = 0;

  void list(const json& components, const path_t& path) {
    if (!components.is_array()) return;
    for (std::size_t i = 0; i < components.size(); ++i) one(components[i], with(path, {std::to_string(i)}));
  }

  void one(const json& component, const path_t& path) {
    if (!component.is_object()) return;
    ++count;
    const auto type = int_at(component, "type");
    const std::string custom_id = text_at(component, "custom_id");
    const bool link_or_premium = type == 2 && (int_at(component, "style") == 5 || int_at(component, "style") == 6);
    if (type == 2) button(component, path);
    if (type >= 3 && type <= 8 && custom_id.empty())
      errors.add(with(path, {"custom_id"}), "BASE_TYPE_REQUIRED", "This field is required");
    if (!custom_id.empty() && !link_or_premium && !custom_ids.insert(custom_id).second)
      errors.add(with(path, {"custom_id"}), "COMPONENT_CUSTOM_ID_DUPLICATED",
                 "Component custom id cannot be duplicated");
    if (type == 1) row(component, path);
    list(at(component, "components"), with(path, {"components"}));
    if (component.contains("accessory")) one(component["accessory"], with(path, {"accessory"}));
    if (component.contains("component")) one(component["component"], with(path, {"component"}));
  }

  void button(const json& button, const path_t& path) {
    const auto style = int_at(button, "style");
    const bool has_id = !text_at(button, "custom_id").empty();
    const bool has_url = !text_at(button, "url").empty();
    if (style >= 1 && style <= 4 && !has_id)
      errors.add(with(path, {"custom_id"}), "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED",
                 "A custom id is required");
    if (style == 5 && !has_url)
      errors.add(with(path, {"url"}), "BASE_TYPE_REQUIRED", "A url is required");
    if (style == 5 && has_id)
      errors.add(with(path, {"custom_id"}), "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                 "A custom id and url cannot both be specified");
    if (style != 6 && text_at(button, "label").empty() && !at(button, "emoji").is_object())
      errors.add(with(path, {"label"}), "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required");
  }

  /// Either up to five buttons or a single select.
  void row(const json& row, const path_t& path) {
    const json& children = at(row, "components");
    if (!children.is_array() || children.size() < 2) return;
    const bool only_buttons =
        std::all_of(children.begin(), children.end(), [](const json& c) { return int_at(c, "type") == 2; });
    if (!only_buttons)
      errors.add(with(path, {"components"}), "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                 "The specified component exceeds the maximum width");
  }
};

bool has_items(const json& object, const char* name) {
  const json& value = at(object, name);
  return value.is_array() && !value.empty();
}

void check_components_v2(const json& message, form_errors& errors) {
  for (const char* field : {"content", "embeds", "poll", "sticker_ids", "sticker_items"}) {
    const json& value = at(message, field);
    if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty()) ||
        (value.is_array() && value.empty()))
      continue;
    errors.add({field}, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
               "The '" + std::string(field) + "' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
  }
}

void check_legacy_components(const json& components, form_errors& errors) {
  if (components.size() > 5)
    errors.add({"components"}, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
  for (std::size_t i = 0; i < components.size(); ++i)
    if (int_at(components[i], "type") != 1)
      errors.add({"components", std::to_string(i), "type"}, "UNION_TYPE_CHOICES",
                 "Value of field \"type\" must be one of (1,).");
}

void check_attachments(const json& request, std::size_t files, const json* edits, form_errors& errors) {
  const json& attachments = at(request, "attachments");
  if (!attachments.is_array()) return;
  const json none;
  const json& stored = edits ? at(*edits, "attachments") : none;
  for (std::size_t i = 0; i < attachments.size(); ++i) {
    // New files are numbered from 0; other numbers are attachments that the message already has.
    const auto id = id_at(attachments[i], "id");
    const bool known = std::any_of(stored.begin(), stored.end(), [&](const json& a) { return id_at(a, "id") == id; });
    if (id >= files && !known)
      errors.add({"attachments", std::to_string(i), "id"}, "MODEL_VALUE_INVALID_FILE",
                 "No file with this index was uploaded");
  }
}

/// Letters, digits, - ' _ of any script; slash commands also need lower case, which is checked for ASCII.
bool good_command_name(const std::string& name, bool slash) {
  const std::size_t size = characters(name);
  if (size < 1 || size > 32) return false;
  if (!slash) return true;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '\'';
  });
}

std::size_t command_size(const json& command) {
  std::size_t size = length_of(command, "name") + length_of(command, "description");
  for (const char* list : {"options", "choices"}) {
    const json& items = at(command, list);
    if (!items.is_array()) continue;
    for (const auto& item : items) size += command_size(item);
  }
  if (at(command, "value").is_string()) size += length_of(command, "value");
  return size;
}

void check_options(const json& options, const path_t& path, form_errors& errors) {
  if (!options.is_array()) return;
  std::set<std::string> names;
  bool optional_seen = false;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const json& option = options[i];
    const auto here = with(path, {std::to_string(i)});
    const std::string name = text_at(option, "name");
    if (!good_command_name(name, true))
      errors.add(with(here, {"name"}), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    if (!names.insert(name).second)
      errors.add(with(here, {"name"}), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists");
    const bool required = bool_at(option, "required");
    if (required && optional_seen)
      errors.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
                 "Required options must be placed before non-required options");
    optional_seen = optional_seen || !required;
    if (bool_at(option, "autocomplete") && has_items(option, "choices"))
      errors.add(with(here, {"autocomplete"}), "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE",
                 "Autocomplete options cannot have choices");
    check_options(at(option, "options"), with(here, {"options"}), errors);
  }
}

}  // namespace

void check_message_rules(const json& message, std::size_t files, const json* edits, form_errors& errors) {
  const json after = edits ? edited(*edits, message) : message;
  const bool v2 = (int_at(after, "flags") & components_v2) != 0;
  const bool asks_for_legacy = !at(message, "flags").is_null() && (int_at(message, "flags") & components_v2) == 0;
  if (edits && v2 && asks_for_legacy)
    errors.add({"flags"}, "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The IS_COMPONENTS_V2 flag cannot be removed");
  const json& embeds = at(message, "embeds");
  if (embeds.is_array()) {
    std::size_t sum = 0;
    for (const auto& embed : embeds) sum += embed_size(embed);
    if (sum > 6000)
      errors.add({"embeds"}, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
  }
  if (v2) check_components_v2(after, errors);
  const json& components = at(message, "components");
  if (components.is_array()) {
    if (!v2) check_legacy_components(components, errors);
    component_walk walk{errors, {}, 0};
    walk.list(components, {"components"});
    if (walk.count > 40)
      errors.add({"components"}, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                 "The total number of components cannot exceed 40");
  }
  check_attachments(message, files, edits, errors);
  const json& mentions = at(message, "allowed_mentions");
  const json& parse = at(mentions, "parse");
  if (parse.is_array()) {
    for (const char* kind : {"users", "roles"})
      if (std::find(parse.begin(), parse.end(), kind) != parse.end() && has_items(mentions, kind))
        errors.add({"allowed_mentions", "parse"}, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                   "parse:[\"" + std::string(kind) + "\"] and " + kind + ": [ids...] are mutually exclusive.");
  }
  const json& nonce = at(message, "nonce");
  if (nonce.is_string() && characters(nonce.get_ref<const std::string&>()) > 25)
    errors.add({"nonce"}, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.");
}

void check_modal_rules(const json& modal, form_errors& errors) {
  if (text_at(modal, "custom_id").empty())
    errors.add({"data", "custom_id"}, "BASE_TYPE_REQUIRED", "This field is required");
  component_walk walk{errors, {}, 0};
  walk.list(at(modal, "components"), {"data", "components"});
}

void check_command_rules(const json& command, const std::vector<std::string>& path, form_errors& errors) {
  const auto type = int_at(command, "type", 1);
  if (command.contains("name") && !good_command_name(text_at(command, "name"), type == 1))
    errors.add(with(path, {"name"}), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
  const bool described = !text_at(command, "description").empty();
  if (type == 1 && command.contains("name") && !described)
    errors.add(with(path, {"description"}), "BASE_TYPE_REQUIRED", "This field is required");
  if ((type == 2 || type == 3) && described)
    errors.add(with(path, {"description"}), "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID",
               "Context menu commands cannot have description");
  if ((type == 2 || type == 3) && has_items(command, "options"))
    errors.add(with(path, {"options"}), "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID",
               "Context menu commands cannot have options");
  check_options(at(command, "options"), with(path, {"options"}), errors);
  if (command_size(command) > 8000)
    errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
}

void check_command_list(const json& commands, form_errors& errors) {
  std::set<std::pair<std::int64_t, std::string>> names;
  std::map<std::int64_t, std::size_t> counts;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const auto type = int_at(commands[i], "type", 1);
    ++counts[type];
    if (!names.emplace(type, text_at(commands[i], "name")).second)
      errors.add({std::to_string(i), "name"}, "APPLICATION_COMMANDS_DUPLICATE_NAME",
                 "Application command names must be unique");
  }
  const std::array<std::pair<std::int64_t, std::size_t>, 4> most{{{1, 100}, {2, 15}, {3, 15}, {4, 1}}};
  for (const auto& [type, limit] : most)
    if (counts[type] > limit)
      errors.add({}, "APPLICATION_COMMANDS_MAX_EXCEEDED",
                 "Maximum number of application commands reached (" + std::to_string(limit) + ").");
}

}  // namespace monochord::testing
