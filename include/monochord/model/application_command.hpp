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
#include <monochord/model/application_command_type.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/raw_json.hpp>
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
  optional<std::string> name_localized;  ///< only read
};

/// An option of a command, a subcommand or a group of those.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure
struct command_option {
  // Compiled once, in the library.
  command_option();
  command_option(const command_option&);
  command_option(command_option&&) noexcept;
  command_option& operator=(const command_option&);
  command_option& operator=(command_option&&) noexcept;
  ~command_option();

  command_option_type type{};
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  std::string description;
  maybe<flat_map<std::string, std::string>> description_localizations;
  optional_bool required;
  optional<std::vector<command_choice>> choices;
  optional<std::vector<command_option>> options;
  optional<std::vector<channel_type>> channel_types;
  optional<scalar> min_value;
  optional<scalar> max_value;
  optional<int> min_length;
  optional<int> max_length;
  optional_bool autocomplete;
  optional<std::vector<std::string>> file_types;
  box<raw_json> unknown;  ///< the whole object, when its `type` is newer than this library
  optional<std::string> name_localized;         ///< only read
  optional<std::string> description_localized;  ///< only read
};

/// A command as Discord knows it. The definition that a bot sends is an application_command_body.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-structure
struct application_command {
  // Compiled once, in the library.
  application_command();
  application_command(const application_command&);
  application_command(application_command&&) noexcept;
  application_command& operator=(const application_command&);
  application_command& operator=(application_command&&) noexcept;
  ~application_command();

  command_id id;
  optional<application_command_type> type;
  monochord::application_id application_id;
  optional<monochord::guild_id> guild_id;
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  std::string description;
  maybe<flat_map<std::string, std::string>> description_localizations;
  optional<std::vector<command_option>> options;
  maybe<flags<permission>> default_member_permissions;
  optional_bool dm_permission;  ///< deprecated
  maybe<bool> default_permission;  ///< deprecated
  optional_bool nsfw;
  optional<std::vector<integration_type>> integration_types;
  maybe<std::vector<interaction_context>> contexts;
  any_id version;
  optional<command_handler_type> handler;
  optional<std::string> name_localized;         ///< only read
  optional<std::string> description_localized;  ///< only read
  box<raw_json> unknown;  ///< the whole object, when its `type` is newer than this library
};

}  // namespace monochord
