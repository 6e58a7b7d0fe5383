// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <monochord/model/component.hpp>

// Components with constructors instead of braces, for use within a `co_await` expression, where g++ 12 destroys a braced
// struct that owns something twice. Each turns into a `component` by itself, so it can stand wherever one is taken:
//
//   co_await rest.create_message(id, mc::message_builder{}.component(
//       mc::container_builder{}
//           .text("# Hi")
//           .section("Have a look", mc::thumbnail_builder{"https://example.org/a.png"})
//           .separator()
//           .row(mc::button_builder{"Yes", "yes"}, mc::button_builder::link("More", "https://example.org"))));
//
// All own what they are given, copy like values, and are not thread-safe.
// https://docs.discord.com/developers/components/reference
namespace monochord {

namespace detail {

/// What the builders have in common.
template <class Self, class Component>
class component_maker {
 public:
  /// The number by which an answer tells of this component; given by Discord where it is not.
  Self& id(int value) { return made_.id = value, self(); }

  const Component& body() const& noexcept { return made_; }
  Component&& body() && noexcept { return std::move(made_); }
  operator component() const& { return component(made_); }
  operator component() && { return component(std::move(made_)); }

 protected:
  Self& self() noexcept { return static_cast<Self&>(*this); }
  Component made_;
};

template <class C>
concept makes_component = std::convertible_to<C, component> && !std::same_as<std::remove_cvref_t<C>, std::vector<component>>;

template <makes_component... C>
std::vector<component> components(C&&... parts) {
  std::vector<component> all;
  all.reserve(sizeof...(parts));
  (all.push_back(component(std::forward<C>(parts))), ...);
  return all;
}

}  // namespace detail

/// A button: with a `custom_id`, a link, or an offer. https://docs.discord.com/developers/components/reference#button
class button_builder : public detail::component_maker<button_builder, button> {
 public:
  button_builder(std::string label, std::string custom_id, button_style style = button_style::primary);
  /// Opens an address; fires no interaction.
  static button_builder link(std::string label, std::string url);
  /// Offers to buy; Discord writes the label.
  static button_builder premium(sku_id sku);

  button_builder& style(button_style style);
  /// A Unicode emoji, or one of a guild by its name and id.
  button_builder& emoji(std::string unicode);
  button_builder& emoji(std::string name, emoji_id id, bool animated = false);
  button_builder& disabled(bool value = true);

 private:
  button_builder() = default;
};

/// A menu of given choices. https://docs.discord.com/developers/components/reference#string-select
class string_select_builder : public detail::component_maker<string_select_builder, string_select> {
 public:
  explicit string_select_builder(std::string custom_id);

  string_select_builder& option(std::string label, std::string value, std::string description = {}, bool selected = false);
  string_select_builder& placeholder(std::string text);
  /// How many may be chosen; one without it.
  string_select_builder& values(int min, int max);
  /// In a modal: whether something must be chosen.
  string_select_builder& required(bool value);
  string_select_builder& disabled(bool value = true);
};

/// A menu of users, roles, both or channels: `user_select_builder` and so on.
template <class Select>
class entity_select_builder : public detail::component_maker<entity_select_builder<Select>, Select> {
 public:
  explicit entity_select_builder(std::string custom_id) { this->made_.custom_id = std::move(custom_id); }

  entity_select_builder& placeholder(std::string text) { return this->made_.placeholder = std::move(text), *this; }
  /// How many may be chosen; one without it.
  entity_select_builder& values(int min, int max) {
    this->made_.min_values = min;
    this->made_.max_values = max;
    return *this;
  }
  entity_select_builder& required(bool value) { return this->made_.required = value, *this; }
  entity_select_builder& disabled(bool value = true) { return this->made_.disabled = value, *this; }
  /// Selected from the start.
  entity_select_builder& selected(user_id id) { return add(any_id{id.value()}, "user"); }
  entity_select_builder& selected(role_id id) { return add(any_id{id.value()}, "role"); }
  entity_select_builder& selected(channel_id id) { return add(any_id{id.value()}, "channel"); }
  /// Of a channel select: channels of this type too; all types without it.
  entity_select_builder& of_type(channel_type type)
    requires std::same_as<Select, channel_select>
  {
    if (!this->made_.channel_types) this->made_.channel_types.emplace();
    this->made_.channel_types->push_back(type);
    return *this;
  }

 private:
  entity_select_builder& add(any_id id, const char* type) {
    if (!this->made_.default_values) this->made_.default_values.emplace();
    select_default_value value;
    value.id = id;
    value.type = type;
    this->made_.default_values->push_back(std::move(value));
    return *this;
  }
};
/// https://docs.discord.com/developers/components/reference#user-select
using user_select_builder = entity_select_builder<user_select>;
/// https://docs.discord.com/developers/components/reference#role-select
using role_select_builder = entity_select_builder<role_select>;
/// https://docs.discord.com/developers/components/reference#mentionable-select
using mentionable_select_builder = entity_select_builder<mentionable_select>;
/// https://docs.discord.com/developers/components/reference#channel-select
using channel_select_builder = entity_select_builder<channel_select>;

/// A small picture beside a section; the address may be `attachment://name`.
/// https://docs.discord.com/developers/components/reference#thumbnail
class thumbnail_builder : public detail::component_maker<thumbnail_builder, thumbnail> {
 public:
  explicit thumbnail_builder(std::string url, std::string description = {});
  thumbnail_builder& spoiler(bool value = true);
};

/// Pictures and videos. https://docs.discord.com/developers/components/reference#media-gallery
class gallery_builder : public detail::component_maker<gallery_builder, media_gallery> {
 public:
  gallery_builder() = default;
  /// The address may be `attachment://name`.
  gallery_builder& item(std::string url, std::string description = {}, bool spoiler = false);
};

/// One to three texts with a button or thumbnail beside them.
/// https://docs.discord.com/developers/components/reference#section
class section_builder : public detail::component_maker<section_builder, section> {
 public:
  section_builder(std::string markdown, component accessory);
  section_builder& text(std::string markdown);
};

/// Components in a box with a coloured edge. https://docs.discord.com/developers/components/reference#container
class container_builder : public detail::component_maker<container_builder, container> {
 public:
  container_builder() = default;

  container_builder& text(std::string markdown);
  container_builder& section(std::string markdown, monochord::component accessory);
  container_builder& gallery(gallery_builder items);
  /// A file that is sent along, by its name.
  container_builder& file(std::string name, bool spoiler = false);
  container_builder& separator(bool divider = true, bool large = false);
  /// Buttons, or one select.
  template <detail::makes_component... C>
  container_builder& row(C&&... components) {
    return row(detail::components(std::forward<C>(components)...));
  }
  container_builder& row(std::vector<monochord::component> components);
  container_builder& component(monochord::component component);
  /// 0xRRGGBB
  container_builder& accent_color(int rgb);
  container_builder& spoiler(bool value = true);
};

/// A text field of a modal; its label stands around it, see modal_builder::label.
/// https://docs.discord.com/developers/components/reference#text-input
class text_input_builder : public detail::component_maker<text_input_builder, text_input> {
 public:
  explicit text_input_builder(std::string custom_id, text_input_style style = text_input_style::short_);
  text_input_builder& length(int min, int max);
  text_input_builder& required(bool value);
  /// What stands there from the start.
  text_input_builder& value(std::string text);
  text_input_builder& placeholder(std::string text);
};

/// Lets the user upload files in a modal. https://docs.discord.com/developers/components/reference#file-upload
class file_upload_builder : public detail::component_maker<file_upload_builder, file_upload> {
 public:
  explicit file_upload_builder(std::string custom_id);
  file_upload_builder& files(int min, int max);
  file_upload_builder& required(bool value);
  /// Files of this type too, like `.png`; all types without it.
  file_upload_builder& of_type(std::string type);
};

/// One of several choices in a modal. https://docs.discord.com/developers/components/reference#radio-group
class radio_group_builder : public detail::component_maker<radio_group_builder, radio_group> {
 public:
  explicit radio_group_builder(std::string custom_id);
  radio_group_builder& option(std::string label, std::string value, std::string description = {}, bool selected = false);
  radio_group_builder& required(bool value);
};

/// Any of several choices in a modal. https://docs.discord.com/developers/components/reference#checkbox-group
class checkbox_group_builder : public detail::component_maker<checkbox_group_builder, checkbox_group> {
 public:
  explicit checkbox_group_builder(std::string custom_id);
  checkbox_group_builder& option(std::string label, std::string value, std::string description = {}, bool selected = false);
  checkbox_group_builder& values(int min, int max);
  checkbox_group_builder& required(bool value);
};

/// Yes or no in a modal. https://docs.discord.com/developers/components/reference#checkbox
class checkbox_builder : public detail::component_maker<checkbox_builder, checkbox> {
 public:
  explicit checkbox_builder(std::string custom_id, bool checked = false);
};

}  // namespace monochord
