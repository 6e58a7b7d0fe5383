// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/application_role_connection.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/view_map.hpp>

namespace monochord {

/// What an application asks for when it is added.
/// https://docs.discord.com/developers/resources/application#install-params-object-install-params-structure
struct install_params_body {
  list<std::string_view> scopes{};  ///< of oauth2_scope
  maybe<flags<permission>> permissions{};
};

/// How an application is added in one context.
/// https://docs.discord.com/developers/resources/application#application-object-application-integration-type-configuration-object
struct integration_type_config_body {
  maybe<install_params_body> oauth2_install_params{};
};

/// PATCH /applications/@me. Absent is left as it is. Pictures are data URIs.
/// https://docs.discord.com/developers/resources/application#edit-current-application
struct edit_current_application_body {
  maybe<std::string_view> custom_install_url{};
  maybe<std::string_view> description{};
  maybe<std::string_view> role_connections_verification_url{};
  maybe<install_params_body> install_params{};
  maybe<view_map<integration_type_config_body>> integration_types_config{};  ///< keys: `0` guild, `1` user
  maybe<monochord::flags<application_flag>> flags{};  ///< only the limited intents
  maybe<std::string_view> icon{};
  maybe<std::string_view> cover_image{};
  maybe<std::string_view> interactions_endpoint_url{};
  maybe<list<std::string_view>> tags{};
  maybe<std::string_view> event_webhooks_url{};
  maybe<event_webhook_status> event_webhooks_status{};
  maybe<list<std::string_view>> event_webhooks_types{};
  maybe<monochord::team_id> team_id{};  ///< not documented, as those below
  maybe<int> explicit_content_filter{};
  maybe<int> max_participants{};
  maybe<int> type{};
};

/// Something that an application knows of its users.
/// https://docs.discord.com/developers/resources/application-role-connection-metadata#application-role-connection-metadata-object-application-role-connection-metadata-structure
struct application_role_connection_metadata_body {
  application_role_connection_metadata_type type{};
  std::string_view key{};
  std::string_view name{};
  maybe<text_map> name_localizations{};
  std::string_view description{};
  maybe<text_map> description_localizations{};
};

/// PUT /users/@me/applications/{application_id}/role-connection.
/// https://docs.discord.com/developers/resources/user#update-current-user-application-role-connection
struct update_current_user_application_role_connection_body {
  maybe<std::string_view> platform_name{};
  maybe<std::string_view> platform_username{};
  maybe<text_map> metadata{};  ///< a text for each key of the application's metadata
};

static_assert(std::is_trivially_destructible_v<install_params_body>);
static_assert(std::is_trivially_destructible_v<integration_type_config_body>);
static_assert(std::is_trivially_destructible_v<edit_current_application_body>);
static_assert(std::is_trivially_destructible_v<application_role_connection_metadata_body>);
static_assert(std::is_trivially_destructible_v<update_current_user_application_role_connection_body>);

}  // namespace monochord
