// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct application;
struct current_authorization;
struct oauth2_keys;
struct oauth2_token;
struct oauth2_token_body;
struct openid_user_info;
struct revoke_oauth2_token_body;
class rest_client;

namespace rest {

/// OAuth2: who a token belongs to, and tokens for codes. Client secrets, codes and tokens are never logged, nor in
/// errors. Types: `model/oauth2.hpp`, `model/oauth2_bodies.hpp`.
class oauth2_routes {
 public:
  /// The bot's application. https://docs.discord.com/developers/topics/oauth2#get-current-bot-application-information
  task<application> get_current_bot_application_information(const call_options& options = {});
  /// What a user's bearer token (`call_options::bearer_token`) may do.
  /// https://docs.discord.com/developers/topics/oauth2#get-current-authorization-information
  task<current_authorization> get_current_authorization_information(const call_options& options = {});
  /// Who a user's bearer token belongs to, as OpenID Connect says it; scope openid. Discord does not document it.
  task<openid_user_info> get_openid_connect_userinfo(const call_options& options = {});
  /// The keys that id tokens are signed with. Sent without authorization. Discord does not document it.
  task<oauth2_keys> get_public_keys(const call_options& options = {});
  /// An access token for whatever `grant_type` says; the three below are what it is used for. Sent with the client's id
  /// and secret (HTTP Basic). Throws `rest_error` with status 400 or 401 when the secret, the code or the token is not
  /// good. https://docs.discord.com/developers/topics/oauth2#shared-resources
  task<oauth2_token> create_oauth2_token(application_id client, std::string_view client_secret,
                                         const oauth2_token_body& body, const call_options& options = {});
  /// For the code that a user's browser brought, with the redirect_uri that it was asked for with.
  /// https://docs.discord.com/developers/topics/oauth2#authorization-code-grant
  task<oauth2_token> exchange_authorization_code(application_id client, std::string_view client_secret,
                                                 std::string_view code, std::string_view redirect_uri,
                                                 const call_options& options = {});
  /// A new access token, and a new refresh token, for a refresh token, which is good once.
  /// https://docs.discord.com/developers/topics/oauth2#authorization-code-grant-refresh-token-exchange-example
  task<oauth2_token> refresh_oauth2_token(application_id client, std::string_view client_secret,
                                          std::string_view refresh_token, const call_options& options = {});
  /// For the owner of the application itself, for tests; scopes are separated by spaces.
  /// https://docs.discord.com/developers/topics/oauth2#client-credentials-grant
  task<oauth2_token> get_client_credentials_token(application_id client, std::string_view client_secret,
                                                  std::string_view scopes, const call_options& options = {});
  /// Ends an access or refresh token, and with it the other one; one that is not known is no error.
  /// https://docs.discord.com/developers/topics/oauth2#shared-resources
  task<> revoke_oauth2_token(application_id client, std::string_view client_secret,
                             const revoke_oauth2_token_body& body, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  oauth2_routes() = default;
};

}  // namespace rest

}  // namespace monochord
