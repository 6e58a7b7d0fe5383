// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// Colour and use of a button.
/// https://docs.discord.com/developers/components/reference#button-button-styles
enum class button_style : std::int32_t {
  primary = 1,
  secondary = 2,
  success = 3,
  danger = 4,
  link = 5,
  premium = 6,
};

/// One line or several.
/// https://docs.discord.com/developers/components/reference#text-input-text-input-styles
enum class text_input_style : std::int32_t {
  short_ = 1,
  paragraph = 2,
};

/// States of a media item.
/// https://docs.discord.com/developers/components/reference#unfurled-media-item-unfurled-media-item-flags
enum class media_flag : std::uint32_t {
  is_animated = 1U << 0,
};
template <>
inline constexpr bool is_flags<media_flag> = true;

/// A picture, video or file by its URL; `attachment://name` is one that is sent along.
/// https://docs.discord.com/developers/components/reference#unfurled-media-item-unfurled-media-item-structure
struct unfurled_media_item {
  std::string url;
  optional<std::string> proxy_url;
  maybe<int> height;
  maybe<int> width;
  optional<std::string> placeholder;
  optional<int> placeholder_version;
  maybe<std::string> content_type;
  optional<monochord::flags<media_flag>> flags;
  optional<monochord::attachment_id> attachment_id;
  optional<any_id> id;  ///< only read; not documented
};

/// A choice of a string select.
/// https://docs.discord.com/developers/components/reference#string-select-select-option-structure
struct select_option {
  std::string label;
  std::string value;
  optional<std::string> description;
  box<monochord::emoji> emoji;
  optional_bool default_;
};

/// What is selected from the start; `type` is `user`, `role` or `channel`.
/// https://docs.discord.com/developers/components/reference#user-select-select-default-value-structure
struct select_default_value {
  any_id id;
  std::string type;
};

/// Buttons or one select side by side.
/// https://docs.discord.com/developers/components/reference#action-row-action-row-structure
struct action_row {
  using family = component_family;
  static constexpr auto kind = component_type::action_row;
  optional<int> id;
  std::vector<component> components;
};

/// A button.
/// https://docs.discord.com/developers/components/reference#button-button-structure
struct button {
  using family = component_family;
  static constexpr auto kind = component_type::button;
  optional<int> id;
  button_style style{};
  optional<std::string> label;
  box<monochord::emoji> emoji;
  optional<std::string> custom_id;
  optional<monochord::sku_id> sku_id;
  maybe<std::string> url;
  optional_bool disabled;
};

/// A menu of given choices.
/// https://docs.discord.com/developers/components/reference#string-select-string-select-structure
struct string_select {
  using family = component_family;
  static constexpr auto kind = component_type::string_select;
  optional<int> id;
  std::string custom_id;
  std::vector<select_option> options;
  optional<std::string> placeholder;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional_bool disabled;
};

/// A text field of a modal.
/// https://docs.discord.com/developers/components/reference#text-input-text-input-structure
struct text_input {
  using family = component_family;
  static constexpr auto kind = component_type::text_input;
  optional<int> id;
  std::string custom_id;
  text_input_style style{};
  maybe<int> min_length;
  maybe<int> max_length;
  optional_bool required;
  optional<std::string> value;
  optional<std::string> placeholder;
  maybe<std::string> label;
};

/// A menu of users.
/// https://docs.discord.com/developers/components/reference#user-select-user-select-structure
struct user_select {
  using family = component_family;
  static constexpr auto kind = component_type::user_select;
  optional<int> id;
  std::string custom_id;
  optional<std::string> placeholder;
  optional<std::vector<select_default_value>> default_values;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional_bool disabled;
};

/// A menu of roles.
/// https://docs.discord.com/developers/components/reference#role-select-role-select-structure
struct role_select {
  using family = component_family;
  static constexpr auto kind = component_type::role_select;
  optional<int> id;
  std::string custom_id;
  optional<std::string> placeholder;
  optional<std::vector<select_default_value>> default_values;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional_bool disabled;
};

/// A menu of users and roles.
/// https://docs.discord.com/developers/components/reference#mentionable-select-mentionable-select-structure
struct mentionable_select {
  using family = component_family;
  static constexpr auto kind = component_type::mentionable_select;
  optional<int> id;
  std::string custom_id;
  optional<std::string> placeholder;
  optional<std::vector<select_default_value>> default_values;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional_bool disabled;
};

/// A menu of channels.
/// https://docs.discord.com/developers/components/reference#channel-select-channel-select-structure
struct channel_select {
  using family = component_family;
  static constexpr auto kind = component_type::channel_select;
  optional<int> id;
  std::string custom_id;
  optional<std::vector<channel_type>> channel_types;
  optional<std::string> placeholder;
  optional<std::vector<select_default_value>> default_values;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional_bool disabled;
};

/// Texts with a picture or a button beside them.
/// https://docs.discord.com/developers/components/reference#section-section-structure
struct section {
  using family = component_family;
  static constexpr auto kind = component_type::section;
  optional<int> id;
  std::vector<component> components;
  component accessory;
};

/// Text with markdown.
/// https://docs.discord.com/developers/components/reference#text-display-text-display-structure
struct text_display {
  using family = component_family;
  static constexpr auto kind = component_type::text_display;
  optional<int> id;
  std::string content;
};

/// A small picture beside a section.
/// https://docs.discord.com/developers/components/reference#thumbnail-thumbnail-structure
struct thumbnail {
  using family = component_family;
  static constexpr auto kind = component_type::thumbnail;
  optional<int> id;
  unfurled_media_item media;
  maybe<std::string> description;
  optional_bool spoiler;
};

/// A picture or video of a gallery.
/// https://docs.discord.com/developers/components/reference#media-gallery-media-gallery-item-structure
struct media_gallery_item {
  unfurled_media_item media;
  maybe<std::string> description;
  optional_bool spoiler;
};

/// Pictures and videos.
/// https://docs.discord.com/developers/components/reference#media-gallery-media-gallery-structure
struct media_gallery {
  using family = component_family;
  static constexpr auto kind = component_type::media_gallery;
  optional<int> id;
  std::vector<media_gallery_item> items;
};

/// A file that was sent along.
/// https://docs.discord.com/developers/components/reference#file-file-structure
struct file_component {
  using family = component_family;
  static constexpr auto kind = component_type::file;
  optional<int> id;
  unfurled_media_item file;
  optional_bool spoiler;
  maybe<std::string> name;
  maybe<std::int64_t> size;
};

/// Room between components.
/// https://docs.discord.com/developers/components/reference#separator-separator-structure
struct separator {
  using family = component_family;
  static constexpr auto kind = component_type::separator;
  optional<int> id;
  optional_bool divider;
  optional<int> spacing;
};

/// Components in a box with a coloured edge.
/// https://docs.discord.com/developers/components/reference#container-container-structure
struct container {
  using family = component_family;
  static constexpr auto kind = component_type::container;
  optional<int> id;
  std::vector<component> components;
  maybe<int> accent_color;
  optional_bool spoiler;
};

/// A component of a modal with a label above it.
/// https://docs.discord.com/developers/components/reference#label-label-structure
struct label {
  using family = component_family;
  static constexpr auto kind = component_type::label;
  optional<int> id;
  std::string label;
  optional<std::string> description;
  monochord::component component;
};

/// Lets the user upload files in a modal.
/// https://docs.discord.com/developers/components/reference#file-upload-file-upload-structure
struct file_upload {
  using family = component_family;
  static constexpr auto kind = component_type::file_upload;
  optional<int> id;
  std::string custom_id;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
  optional<std::vector<std::string>> file_types;
};

/// A choice of a radio group.
/// https://docs.discord.com/developers/components/reference#radio-group-option-structure
struct radio_group_option {
  std::string value;
  std::string label;
  optional<std::string> description;
  optional_bool default_;
};

/// One of several choices in a modal.
/// https://docs.discord.com/developers/components/reference#radio-group-structure
struct radio_group {
  using family = component_family;
  static constexpr auto kind = component_type::radio_group;
  optional<int> id;
  std::string custom_id;
  std::vector<radio_group_option> options;
  optional_bool required;
};

/// A choice of a checkbox group.
/// https://docs.discord.com/developers/components/reference#checkbox-group-option-structure
struct checkbox_group_option {
  std::string value;
  std::string label;
  optional<std::string> description;
  optional_bool default_;
};

/// Any of several choices in a modal.
/// https://docs.discord.com/developers/components/reference#checkbox-group-structure
struct checkbox_group {
  using family = component_family;
  static constexpr auto kind = component_type::checkbox_group;
  optional<int> id;
  std::string custom_id;
  std::vector<checkbox_group_option> options;
  optional<int> min_values;
  optional<int> max_values;
  optional_bool required;
};

/// Yes or no in a modal.
/// https://docs.discord.com/developers/components/reference#checkbox-structure
struct checkbox {
  using family = component_family;
  static constexpr auto kind = component_type::checkbox;
  optional<int> id;
  std::string custom_id;
  optional_bool default_;
};

}  // namespace monochord
