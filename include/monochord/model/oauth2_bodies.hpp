// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>

namespace monochord {

/// What an access token is asked for with.
/// https://docs.discord.com/developers/topics/oauth2#shared-resources-oauth2-urls
struct oauth2_grant_type_names {
  static constexpr std::string_view authorization_code = "authorization_code";
  static constexpr std::string_view refresh_token = "refresh_token";
  static constexpr std::string_view client_credentials = "client_credentials";
};
using oauth2_grant_type = open_string<oauth2_grant_type_names>;

/// POST /oauth2/token, a form. `code` and `refresh_token` are secrets.
/// https://docs.discord.com/developers/topics/oauth2#authorization-code-grant
struct oauth2_token_body {
  std::string_view grant_type{};  ///< of oauth2_grant_type
  maybe<std::string_view> code{};
  maybe<std::string_view> redirect_uri{};
  maybe<std::string_view> refresh_token{};
  maybe<std::string_view> scope{};  ///< several are separated by spaces
};

/// POST /oauth2/token/revoke, a form. The token is a secret.
/// https://docs.discord.com/developers/topics/oauth2#authorization-code-grant-token-revocation-example
struct revoke_oauth2_token_body {
  std::string_view token{};
  maybe<std::string_view> token_type_hint{};  ///< `access_token` or `refresh_token`
};

static_assert(std::is_trivially_destructible_v<oauth2_token_body>);
static_assert(std::is_trivially_destructible_v<revoke_oauth2_token_body>);

}  // namespace monochord
