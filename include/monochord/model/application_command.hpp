// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command_type.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/scalar.hpp>

namespace monochord {

/// Who answers an entry point command.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-entry-point-command-handler-types
enum class command_handler_type : std::int32_t {
  app_handler = 1,
  discord_launch_activity = 2,
};

/// A choice of an option.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-choice-structure
struct command_choice {
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  scalar value;
};

/// An option of a command, a subcommand or a group of those.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure
struct command_option {
  command_option_type type{};
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  std::string description;
  maybe<flat_map<std::string, std::string>> description_localizations;
  optional_bool required;
  std::optional<std::vector<command_choice>> choices;
  std::optional<std::vector<command_option>> options;
  std::optional<std::vector<channel_type>> channel_types;
  std::optional<scalar> min_value;
  std::optional<scalar> max_value;
  std::optional<int> min_length;
  std::optional<int> max_length;
  optional_bool autocomplete;
  std::optional<std::vector<std::string>> file_types;
};

/// A command as Discord knows it. The definition that a bot sends is an application_command_body.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-structure
struct application_command {
  command_id id;
  std::optional<application_command_type> type;
  monochord::application_id application_id;
  std::optional<monochord::guild_id> guild_id;
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  std::string description;
  maybe<flat_map<std::string, std::string>> description_localizations;
  std::optional<std::vector<command_option>> options;
  maybe<flags<permission>> default_member_permissions;
  optional_bool dm_permission;  ///< deprecated
  maybe<bool> default_permission;  ///< deprecated
  optional_bool nsfw;
  std::optional<std::vector<integration_type>> integration_types;
  maybe<std::vector<interaction_context>> contexts;
  any_id version;
  std::optional<command_handler_type> handler;
  std::optional<std::string> name_localized;
  std::optional<std::string> description_localized;
};

}  // namespace monochord
