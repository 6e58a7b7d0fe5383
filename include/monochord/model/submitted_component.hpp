// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/resolved_data.hpp>
#include <monochord/model/tagged.hpp>

namespace monochord {

struct submitted_component_family {
  using type_enum = component_type;
};
/// What a user filled in: one of the structs below. They come with a submitted modal.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-component-interaction-response-structures
using submitted_component = tagged<submitted_component_family>;

/// A row of an older modal.
struct submitted_action_row {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::action_row;
  optional<int> id;
  std::vector<submitted_component> components;
};

/// What was typed into a text field.
/// https://docs.discord.com/developers/components/reference#text-input-text-input-interaction-response-structure
struct submitted_text {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::text_input;
  optional<int> id;
  std::string custom_id;
  std::string value;
};

/// The choices of a string select.
/// https://docs.discord.com/developers/components/reference#string-select-string-select-interaction-response-structure
struct submitted_string_select {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::string_select;
  optional<int> id;
  std::string custom_id;
  std::vector<std::string> values;
};

/// The choices of a user select.
/// https://docs.discord.com/developers/components/reference#user-select-user-select-interaction-response-structure
struct submitted_user_select {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::user_select;
  optional<int> id;
  std::string custom_id;
  box<resolved_data> resolved;
  std::vector<user_id> values;
};

/// The choices of a role select.
/// https://docs.discord.com/developers/components/reference#role-select-role-select-interaction-response-structure
struct submitted_role_select {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::role_select;
  optional<int> id;
  std::string custom_id;
  box<resolved_data> resolved;
  std::vector<role_id> values;
};

/// The choices of a mentionable select.
/// https://docs.discord.com/developers/components/reference#mentionable-select-mentionable-select-interaction-response-structure
struct submitted_mentionable_select {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::mentionable_select;
  optional<int> id;
  std::string custom_id;
  box<resolved_data> resolved;
  std::vector<any_id> values;
};

/// The choices of a channel select.
/// https://docs.discord.com/developers/components/reference#channel-select-channel-select-interaction-response-structure
struct submitted_channel_select {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::channel_select;
  optional<int> id;
  std::string custom_id;
  box<resolved_data> resolved;
  std::vector<channel_id> values;
};

/// A text that stood between the fields.
/// https://docs.discord.com/developers/components/reference#text-display-text-display-interaction-response-structure
struct submitted_text_display {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::text_display;
  optional<int> id;
};

/// A label with what was filled in below it.
/// https://docs.discord.com/developers/components/reference#label-label-interaction-response-structure
struct submitted_label {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::label;
  optional<int> id;
  submitted_component component;
};

/// The files that were uploaded, in `resolved.attachments`.
/// https://docs.discord.com/developers/components/reference#file-upload-file-upload-interaction-response-structure
struct submitted_file_upload {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::file_upload;
  optional<int> id;
  std::string custom_id;
  std::vector<attachment_id> values;
};

/// The choice of a radio group.
/// https://docs.discord.com/developers/components/reference#radio-group-interaction-response-structure
struct submitted_radio_group {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::radio_group;
  optional<int> id;
  std::string custom_id;
  maybe<std::string> value;
};

/// The choices of a checkbox group.
/// https://docs.discord.com/developers/components/reference#checkbox-group-interaction-response-structure
struct submitted_checkbox_group {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::checkbox_group;
  optional<int> id;
  std::string custom_id;
  std::vector<std::string> values;
};

/// Whether a checkbox was ticked.
/// https://docs.discord.com/developers/components/reference#checkbox-interaction-response-structure
struct submitted_checkbox {
  using family = submitted_component_family;
  static constexpr auto kind = component_type::checkbox;
  optional<int> id;
  std::string custom_id;
  bool value = false;
};

}  // namespace monochord
