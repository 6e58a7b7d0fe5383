// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command_type.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/locale.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/resolved_data.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/submitted_component.hpp>
#include <monochord/model/tagged.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

struct interaction_data_family {
  using type_enum = interaction_type;
};
/// What a user did in detail: application_command_data (also for autocomplete), message_component_data or
/// modal_submit_data. https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-data
using interaction_data = tagged<interaction_data_family>;

/// An option that the user gave, or the subcommand that they chose.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-interaction-data-option-structure
struct interaction_option {
  std::string name;
  command_option_type type{};
  optional<scalar> value;
  optional<std::vector<interaction_option>> options;
  optional_bool focused;
};

/// A command that was called, or is being typed.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-application-command-data-structure
struct application_command_data {
  using family = interaction_data_family;
  static constexpr auto kind = interaction_type::application_command;
  command_id id;
  std::string name;
  application_command_type type{};
  box<resolved_data> resolved;
  optional<std::vector<interaction_option>> options;
  optional<monochord::guild_id> guild_id;
  optional<any_id> target_id;
};

/// A button that was pressed, or choices of a select.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-message-component-data-structure
struct message_component_data {
  using family = interaction_data_family;
  static constexpr auto kind = interaction_type::message_component;
  std::string custom_id;
  monochord::component_type component_type{};
  optional<std::vector<std::string>> values;
  box<resolved_data> resolved;
  optional<int> id;
};

/// A modal that was filled in.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-modal-submit-data-structure
struct modal_submit_data {
  using family = interaction_data_family;
  static constexpr auto kind = interaction_type::modal_submit;
  std::string custom_id;
  std::vector<submitted_component> components;
  box<resolved_data> resolved;
};

/// Something that a user did with an application, to be answered within 3 seconds. `token` is a secret.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-structure
struct interaction {
  // Compiled once, in the library.
  interaction();
  interaction(const interaction&);
  interaction(interaction&&) noexcept;
  interaction& operator=(const interaction&);
  interaction& operator=(interaction&&) noexcept;
  ~interaction();

  interaction_id id;
  monochord::application_id application_id;
  interaction_type type{};
  interaction_data data;
  box<partial_guild> guild;
  optional<monochord::guild_id> guild_id;
  box<monochord::channel> channel;
  optional<monochord::channel_id> channel_id;
  box<monochord::member> member;
  box<monochord::user> user;
  std::string token;
  int version = 0;
  box<monochord::message> message;
  optional<flags<permission>> app_permissions;
  optional<locale_name> locale;
  optional<locale_name> guild_locale;
  optional<std::vector<entitlement>> entitlements;
  optional<flat_map<std::string, any_id>> authorizing_integration_owners;
  optional<interaction_context> context;
  optional<int> attachment_size_limit;
  box<raw_json> unknown;  ///< the whole object, when its `type` is newer than this library
};

/// What became of an answer.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback-interaction-callback-object
struct interaction_callback {
  interaction_id id;
  interaction_type type{};
  maybe<std::string> activity_instance_id;
  optional<message_id> response_message_id;
  optional_bool response_message_loading;
  optional_bool response_message_ephemeral;
  optional<monochord::channel_id> channel_id;
  optional<monochord::guild_id> guild_id;
};

/// The activity that was launched.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback-interaction-callback-activity-instance-resource
struct callback_activity_instance {
  std::string id;
};

/// What an answer made.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback-interaction-callback-resource-object
struct interaction_callback_resource {
  interaction_callback_type type{};
  box<callback_activity_instance> activity_instance;
  box<monochord::message> message;
};

/// What Discord says to an answer when it is asked to.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback-interaction-callback-response-object
struct interaction_callback_response {
  interaction_callback interaction;
  box<interaction_callback_resource> resource;
};

}  // namespace monochord
