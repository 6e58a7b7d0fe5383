// SPDX-License-Identifier: MIT
#include <monochord/model/component_builder.hpp>

#include "model/unless_empty.hpp"

namespace monochord {

namespace {

constexpr int large_spacing = 2;

text_display display(std::string markdown) {
  text_display text;
  text.content = std::move(markdown);
  return text;
}

template <class Option>
Option choice(std::string label, std::string value, std::string description, bool selected) {
  Option option;
  option.label = std::move(label);
  option.value = std::move(value);
  option.description = unless_empty(std::move(description));
  if (selected) option.default_ = true;
  return option;
}

}  // namespace

button_builder::button_builder(std::string label, std::string custom_id, button_style style) {
  made_.style = style;
  made_.label = std::move(label);
  made_.custom_id = std::move(custom_id);
}
button_builder button_builder::link(std::string label, std::string url) {
  button_builder link;
  link.made_.style = button_style::link;
  link.made_.label = std::move(label);
  link.made_.url = std::move(url);
  return link;
}
button_builder button_builder::premium(sku_id sku) {
  button_builder offer;
  offer.made_.style = button_style::premium;
  offer.made_.sku_id = sku;
  return offer;
}
button_builder& button_builder::style(button_style style) { return made_.style = style, *this; }
button_builder& button_builder::emoji(std::string unicode) { return made_.emoji.emplace().name = std::move(unicode), *this; }
button_builder& button_builder::emoji(std::string name, emoji_id id, bool animated) {
  auto& emoji = made_.emoji.emplace();
  emoji.name = std::move(name);
  emoji.id = id;
  if (animated) emoji.animated = true;
  return *this;
}
button_builder& button_builder::disabled(bool value) { return made_.disabled = value, *this; }

string_select_builder::string_select_builder(std::string custom_id) { made_.custom_id = std::move(custom_id); }
string_select_builder& string_select_builder::option(std::string label, std::string value, std::string description,
                                                     bool selected) {
  made_.options.push_back(choice<select_option>(std::move(label), std::move(value), std::move(description), selected));
  return *this;
}
string_select_builder& string_select_builder::placeholder(std::string text) {
  return made_.placeholder = std::move(text), *this;
}
string_select_builder& string_select_builder::values(int min, int max) {
  made_.min_values = min;
  made_.max_values = max;
  return *this;
}
string_select_builder& string_select_builder::required(bool value) { return made_.required = value, *this; }
string_select_builder& string_select_builder::disabled(bool value) { return made_.disabled = value, *this; }

thumbnail_builder::thumbnail_builder(std::string url, std::string description) {
  made_.media.url = std::move(url);
  if (!description.empty()) made_.description = std::move(description);
}
thumbnail_builder& thumbnail_builder::spoiler(bool value) { return made_.spoiler = value, *this; }

gallery_builder& gallery_builder::item(std::string url, std::string description, bool spoiler) {
  media_gallery_item item;
  item.media.url = std::move(url);
  if (!description.empty()) item.description = std::move(description);
  if (spoiler) item.spoiler = true;
  made_.items.push_back(std::move(item));
  return *this;
}

section_builder::section_builder(std::string markdown, component accessory) {
  text(std::move(markdown));
  made_.accessory = std::move(accessory);
}
section_builder& section_builder::text(std::string markdown) {
  made_.components.emplace_back(display(std::move(markdown)));
  return *this;
}

container_builder& container_builder::text(std::string markdown) { return component(display(std::move(markdown))); }
container_builder& container_builder::section(std::string markdown, monochord::component accessory) {
  return component(section_builder(std::move(markdown), std::move(accessory)));
}
container_builder& container_builder::gallery(gallery_builder items) { return component(std::move(items)); }
container_builder& container_builder::file(std::string name, bool spoiler) {
  file_component file;
  file.file.url = "attachment://" + std::move(name);
  if (spoiler) file.spoiler = true;
  return component(std::move(file));
}
container_builder& container_builder::separator(bool divider, bool large) {
  monochord::separator separator;
  if (!divider) separator.divider = false;
  if (large) separator.spacing = large_spacing;
  return component(std::move(separator));
}
container_builder& container_builder::row(std::vector<monochord::component> components) {
  action_row row;
  row.components = std::move(components);
  return component(std::move(row));
}
container_builder& container_builder::component(monochord::component component) {
  made_.components.push_back(std::move(component));
  return *this;
}
container_builder& container_builder::accent_color(int rgb) { return made_.accent_color = rgb, *this; }
container_builder& container_builder::spoiler(bool value) { return made_.spoiler = value, *this; }

text_input_builder::text_input_builder(std::string custom_id, text_input_style style) {
  made_.custom_id = std::move(custom_id);
  made_.style = style;
}
text_input_builder& text_input_builder::length(int min, int max) {
  made_.min_length = min;
  made_.max_length = max;
  return *this;
}
text_input_builder& text_input_builder::required(bool value) { return made_.required = value, *this; }
text_input_builder& text_input_builder::value(std::string text) { return made_.value = std::move(text), *this; }
text_input_builder& text_input_builder::placeholder(std::string text) { return made_.placeholder = std::move(text), *this; }

file_upload_builder::file_upload_builder(std::string custom_id) { made_.custom_id = std::move(custom_id); }
file_upload_builder& file_upload_builder::files(int min, int max) {
  made_.min_values = min;
  made_.max_values = max;
  return *this;
}
file_upload_builder& file_upload_builder::required(bool value) { return made_.required = value, *this; }
file_upload_builder& file_upload_builder::of_type(std::string type) {
  if (!made_.file_types) made_.file_types.emplace();
  made_.file_types->push_back(std::move(type));
  return *this;
}

radio_group_builder::radio_group_builder(std::string custom_id) { made_.custom_id = std::move(custom_id); }
radio_group_builder& radio_group_builder::option(std::string label, std::string value, std::string description,
                                                 bool selected) {
  made_.options.push_back(choice<radio_group_option>(std::move(label), std::move(value), std::move(description), selected));
  return *this;
}
radio_group_builder& radio_group_builder::required(bool value) { return made_.required = value, *this; }

checkbox_group_builder::checkbox_group_builder(std::string custom_id) { made_.custom_id = std::move(custom_id); }
checkbox_group_builder& checkbox_group_builder::option(std::string label, std::string value, std::string description,
                                                       bool selected) {
  made_.options.push_back(choice<checkbox_group_option>(std::move(label), std::move(value), std::move(description), selected));
  return *this;
}
checkbox_group_builder& checkbox_group_builder::values(int min, int max) {
  made_.min_values = min;
  made_.max_values = max;
  return *this;
}
checkbox_group_builder& checkbox_group_builder::required(bool value) { return made_.required = value, *this; }

checkbox_builder::checkbox_builder(std::string custom_id, bool checked) {
  made_.custom_id = std::move(custom_id);
  if (checked) made_.default_ = true;
}

}  // namespace monochord
