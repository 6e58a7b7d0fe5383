// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// Where a command is found.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-types
enum class application_command_type : std::int32_t {
  chat_input = 1,
  user = 2,
  message = 3,
  primary_entry_point = 4,
};

/// What an option takes.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-type
enum class command_option_type : std::int32_t {
  sub_command = 1,
  sub_command_group = 2,
  string = 3,
  integer = 4,
  boolean = 5,
  user = 6,
  channel = 7,
  role = 8,
  mentionable = 9,
  number = 10,
  attachment = 11,
};

/// Where an application is installed.
/// https://docs.discord.com/developers/resources/application#application-object-application-integration-types
enum class integration_type : std::int32_t {
  guild_install = 0,
  user_install = 1,
};

}  // namespace monochord
