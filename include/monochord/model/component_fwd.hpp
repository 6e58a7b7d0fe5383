// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/model/tagged.hpp>

namespace monochord {

/// The kinds of components.
/// https://docs.discord.com/developers/components/reference#component-object-component-types
enum class component_type : std::int32_t {
  action_row = 1,
  button = 2,
  string_select = 3,
  text_input = 4,
  user_select = 5,
  role_select = 6,
  mentionable_select = 7,
  channel_select = 8,
  section = 9,
  text_display = 10,
  thumbnail = 11,
  media_gallery = 12,
  file = 13,
  separator = 14,
  container = 17,
  label = 18,
  file_upload = 19,
  radio_group = 21,
  checkbox_group = 22,
  checkbox = 23,
};

struct component_family {
  using type_enum = component_type;
};
/// A component of a message or a modal: one of the structs of `model/component.hpp`.
/// https://docs.discord.com/developers/components/reference#component-object
using component = tagged<component_family>;

}  // namespace monochord
