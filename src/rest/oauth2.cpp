// SPDX-License-Identifier: MIT
#include <monochord/rest/oauth2.hpp>

#include <monochord/model/application.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/oauth2_bodies.hpp>

#include "net/base64.hpp"
#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

/// HTTP Basic: how a client shows who it is. https://docs.discord.com/developers/topics/oauth2#shared-resources
call of_client(call made, application_id client, std::string_view secret) {
  made.make_rare().authorization = authorization::header("Basic " + net::base64(client.str() + ":" + std::string(secret)));
  return made;
}

}  // namespace

task<application> oauth2_routes::get_current_bot_application_information(const call_options& options) {
  return decoded<application>(queue_of(*this), make({method::get, "/oauth2/applications/@me"}, options));
}

task<current_authorization> oauth2_routes::get_current_authorization_information(const call_options& options) {
  return decoded<current_authorization>(queue_of(*this), make({method::get, "/oauth2/@me"}, options));
}

task<openid_user_info> oauth2_routes::get_openid_connect_userinfo(const call_options& options) {
  return decoded<openid_user_info>(queue_of(*this), make({method::get, "/oauth2/userinfo"}, options));
}

task<oauth2_keys> oauth2_routes::get_public_keys(const call_options& options) {
  return decoded<oauth2_keys>(queue_of(*this), without_authorization(make({method::get, "/oauth2/keys"}, options)));
}

task<oauth2_token> oauth2_routes::create_oauth2_token(application_id client, std::string_view client_secret,
                                                      const oauth2_token_body& body, const call_options& options) {
  return decoded<oauth2_token>(
      queue_of(*this),
      with_form(of_client(make({method::post, "/oauth2/token"}, options), client, client_secret), body));
}
task<oauth2_token> oauth2_routes::exchange_authorization_code(application_id client, std::string_view client_secret,
                                                              std::string_view code, std::string_view redirect_uri,
                                                              const call_options& options) {
  return create_oauth2_token(
      client, client_secret,
      {.grant_type = oauth2_grant_type::authorization_code, .code = code, .redirect_uri = redirect_uri}, options);
}
task<oauth2_token> oauth2_routes::refresh_oauth2_token(application_id client, std::string_view client_secret,
                                                       std::string_view refresh_token, const call_options& options) {
  return create_oauth2_token(client, client_secret,
                             {.grant_type = oauth2_grant_type::refresh_token, .refresh_token = refresh_token}, options);
}
task<oauth2_token> oauth2_routes::get_client_credentials_token(application_id client, std::string_view client_secret,
                                                               std::string_view scopes, const call_options& options) {
  return create_oauth2_token(client, client_secret,
                             {.grant_type = oauth2_grant_type::client_credentials, .scope = scopes}, options);
}

task<> oauth2_routes::revoke_oauth2_token(application_id client, std::string_view client_secret,
                                          const revoke_oauth2_token_body& body, const call_options& options) {
  return done(queue_of(*this),
              with_form(of_client(make({method::post, "/oauth2/token/revoke"}, options), client, client_secret), body));
}

}  // namespace monochord::rest
