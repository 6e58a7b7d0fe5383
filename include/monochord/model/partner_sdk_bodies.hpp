// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/snowflake.hpp>

namespace monochord {

/// Who vouches for a player.
struct external_auth_type_names {
  static constexpr std::string_view oidc = "OIDC";
  static constexpr std::string_view epic_online_services_access_token = "EPIC_ONLINE_SERVICES_ACCESS_TOKEN";
  static constexpr std::string_view epic_online_services_id_token = "EPIC_ONLINE_SERVICES_ID_TOKEN";
  static constexpr std::string_view steam_session_ticket = "STEAM_SESSION_TICKET";
  static constexpr std::string_view unity_services_id_token = "UNITY_SERVICES_ID_TOKEN";
  static constexpr std::string_view discord_bot_issued_access_token = "DISCORD_BOT_ISSUED_ACCESS_TOKEN";
  static constexpr std::string_view apple_id_token = "APPLE_ID_TOKEN";
  static constexpr std::string_view playstation_network_id_token = "PLAYSTATION_NETWORK_ID_TOKEN";
};
using external_auth_type = open_string<external_auth_type_names>;

/// POST /partner-sdk/token and /partner-sdk/provisional-accounts/unmerge. Secret and token are secrets.
struct partner_sdk_account_body {
  application_id client_id{};
  maybe<std::string_view> client_secret{};  ///< of a confidential client
  std::string_view external_auth_token{};
  std::string_view external_auth_type{};  ///< of external_auth_type
};

/// POST /partner-sdk/token/bot.
struct bot_partner_sdk_token_body {
  std::string_view external_user_id{};
  maybe<std::string_view> preferred_global_name{};
  maybe<user_id> provisional_user_id{};
};

/// POST /partner-sdk/provisional-accounts/unmerge/bot.
struct bot_partner_sdk_unmerge_provisional_account_body {
  std::string_view external_user_id{};
};

static_assert(std::is_trivially_destructible_v<partner_sdk_account_body>);
static_assert(std::is_trivially_destructible_v<bot_partner_sdk_token_body>);
static_assert(std::is_trivially_destructible_v<bot_partner_sdk_unmerge_provisional_account_body>);

}  // namespace monochord
