// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <string>
#include <utility>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/permission.hpp>

namespace monochord {

/// A command as it is sent: what command_builder fills.
/// https://docs.discord.com/developers/interactions/application-commands#create-global-application-command
struct command_definition {
  std::string name;
  maybe<flat_map<std::string, std::string>> name_localizations;
  optional<std::string> description;
  maybe<flat_map<std::string, std::string>> description_localizations;
  optional<std::vector<command_option>> options;
  maybe<flags<permission>> default_member_permissions;
  optional<std::vector<integration_type>> integration_types;
  optional<std::vector<interaction_context>> contexts;
  optional<application_command_type> type;
  optional<bool> nsfw;
  optional<command_handler_type> handler;
};

/// Builds an option of a command, a subcommand, or a group of those. Owns what it is given. Not thread-safe.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-option-structure
class option_builder {
 public:
  option_builder(command_option_type type, std::string name, std::string description);

  option_builder& required(bool value = true);
  option_builder& choice(std::string name, scalar value);
  /// Of numbers, inclusive.
  option_builder& min(scalar value);
  option_builder& max(scalar value);
  /// Of text, in characters.
  option_builder& min_length(int value);
  option_builder& max_length(int value);
  option_builder& autocomplete(bool value = true);
  option_builder& channel_types(std::vector<channel_type> types);
  /// Of an attachment: up to 10 of `file_type` (`image`, `video`, `audio`) or names like `.pdf`.
  option_builder& file_types(std::vector<std::string> types);
  option_builder& name_in(std::string locale, std::string name);
  option_builder& description_in(std::string locale, std::string description);
  /// An option of this subcommand, or a subcommand of this group.
  option_builder& option(option_builder inner);

  const command_option& body() const& noexcept { return option_; }
  command_option&& body() && noexcept { return std::move(option_); }

 private:
  command_option option_;
};

/// Builds a command. Owns what it is given. Not thread-safe.
/// https://docs.discord.com/developers/interactions/application-commands#application-command-object-application-command-structure
class command_builder {
 public:
  /// A slash command.
  command_builder(std::string name, std::string description);
  /// A user or message command, which has no description, or the primary entry point of an activity, which may have one.
  command_builder(application_command_type type, std::string name, std::string description = {});

  command_builder& option(option_builder option);
  /// The option of a C++ type is made with its own constructor: `option({command_option_type::integer, "sides", "..."})`.
  command_builder& subcommand(option_builder subcommand) { return option(std::move(subcommand)); }
  command_builder& name_in(std::string locale, std::string name);
  command_builder& description_in(std::string locale, std::string description);
  /// Whom the command is shown to unless the guild says otherwise; no permission at all: administrators.
  command_builder& default_member_permissions(flags<permission> permissions);
  command_builder& integration_types(std::vector<integration_type> types);
  command_builder& contexts(std::vector<interaction_context> contexts);
  command_builder& nsfw(bool value = true);
  /// Of the primary entry point: whether the app answers itself or Discord launches the activity.
  /// https://docs.discord.com/developers/interactions/application-commands#entry-point-handlers
  command_builder& handler(command_handler_type handler);

  const command_definition& body() const noexcept { return command_; }

 private:
  command_definition command_;
};

}  // namespace monochord
