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
#include <monochord/model/flat_map.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/team_member_role.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// States of an application.
/// https://docs.discord.com/developers/resources/application#application-object-application-flags
enum class application_flag : std::uint64_t {
  application_auto_moderation_rule_create_badge = std::uint64_t{1} << 6,
  gateway_presence = std::uint64_t{1} << 12,
  gateway_presence_limited = std::uint64_t{1} << 13,
  gateway_guild_members = std::uint64_t{1} << 14,
  gateway_guild_members_limited = std::uint64_t{1} << 15,
  verification_pending_guild_limit = std::uint64_t{1} << 16,
  embedded = std::uint64_t{1} << 17,
  gateway_message_content = std::uint64_t{1} << 18,
  gateway_message_content_limited = std::uint64_t{1} << 19,
  application_command_badge = std::uint64_t{1} << 23,
};
template <>
inline constexpr bool is_flags<application_flag> = true;

/// Whether webhook events are sent.
/// https://docs.discord.com/developers/resources/application#application-object-application-event-webhook-status
enum class event_webhook_status : std::int32_t {
  disabled = 1,
  enabled = 2,
  disabled_by_discord = 3,
};

/// Whether somebody joined a team.
/// https://docs.discord.com/developers/topics/teams#data-models-membership-state-enum
enum class membership_state : std::int32_t {
  invited = 1,
  accepted = 2,
};

/// What an application asks for when it is added.
/// https://docs.discord.com/developers/resources/application#install-params-object-install-params-structure
struct install_params {
  std::vector<std::string> scopes;
  flags<permission> permissions;
};

/// How an application is added in one context.
/// https://docs.discord.com/developers/resources/application#application-object-application-integration-type-configuration-object
struct integration_type_config {
  box<install_params> oauth2_install_params;
};

/// Somebody of a team.
/// https://docs.discord.com/developers/topics/teams#data-models-team-member-object
struct team_member {
  monochord::membership_state membership_state{};
  monochord::team_id team_id;
  partial_user user;
  optional<team_member_role> role;
  optional<std::vector<std::string>> permissions;  ///< not documented
};

/// The people behind an application.
/// https://docs.discord.com/developers/topics/teams#data-models-team-object
struct team {
  maybe<std::string> icon;
  team_id id;
  std::vector<team_member> members;
  std::string name;
  user_id owner_user_id;
};

/// An application. Partial ones (READY, messages) have only some of the fields.
/// https://docs.discord.com/developers/resources/application#application-object-application-structure
struct application {
  // Compiled once, in the library.
  application();
  application(const application&);
  application(application&&) noexcept;
  application& operator=(const application&);
  application& operator=(application&&) noexcept;
  ~application();

  application_id id;
  optional<std::string> name;
  maybe<std::string> icon;
  optional<std::string> description;
  optional<std::vector<std::string>> rpc_origins;
  optional_bool bot_public;
  optional_bool bot_require_code_grant;
  box<partial_user> bot;
  optional<std::string> terms_of_service_url;
  optional<std::string> privacy_policy_url;
  box<partial_user> owner;
  optional<std::string> verify_key;
  maybe<box<monochord::team>> team;
  optional<monochord::guild_id> guild_id;
  box<partial_guild> guild;
  optional<sku_id> primary_sku_id;
  optional<std::string> slug;
  optional<std::string> cover_image;
  optional<std::uint64_t> flags;  ///< bits of application_flag, below 32
  optional<monochord::flags<application_flag>> flags_new;
  optional<int> approximate_guild_count;
  optional<int> approximate_user_install_count;
  optional<int> approximate_user_authorization_count;
  optional<std::vector<std::string>> redirect_uris;
  maybe<std::string> interactions_endpoint_url;
  maybe<std::string> role_connections_verification_url;
  maybe<std::string> event_webhooks_url;
  optional<event_webhook_status> event_webhooks_status;
  optional<std::vector<std::string>> event_webhooks_types;
  optional<std::vector<std::string>> tags;
  box<monochord::install_params> install_params;
  optional<flat_map<std::string, integration_type_config>> integration_types_config;
  optional<std::string> custom_install_url;
  // not documented
  maybe<int> type;
  maybe<int> max_participants;
  optional<int> explicit_content_filter;
  optional<std::vector<std::string>> eligible_oauth2_scopes;
};

}  // namespace monochord
