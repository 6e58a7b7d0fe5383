// SPDX-License-Identifier: MIT
#include <monochord/rest/partner_sdk.hpp>

#include <monochord/model/oauth2.hpp>
#include <monochord/model/partner_sdk_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

call holding_secrets_of(const partner_sdk_account_body& body, call made) {
  const std::string_view secret = body.client_secret.has_value() ? *body.client_secret : std::string_view();
  return holding(std::move(made), {secret, body.external_auth_token});
}

}  // namespace

task<provisional_token> partner_sdk_routes::partner_sdk_token(const partner_sdk_account_body& body,
                                                              const call_options& options) {
  return decoded<provisional_token>(
      queue_of(*this),
      with(queue_of(*this),
           holding_secrets_of(body, without_authorization(make({method::post, "/partner-sdk/token"}, options))), body));
}

task<provisional_token> partner_sdk_routes::bot_partner_sdk_token(const bot_partner_sdk_token_body& body,
                                                                  const call_options& options) {
  return decoded<provisional_token>(
      queue_of(*this), with(queue_of(*this), make({method::post, "/partner-sdk/token/bot"}, options), body));
}

task<> partner_sdk_routes::partner_sdk_unmerge_provisional_account(const partner_sdk_account_body& body,
                                                                   const call_options& options) {
  return done(
      queue_of(*this),
      with(queue_of(*this),
           holding_secrets_of(
               body, without_authorization(make({method::post, "/partner-sdk/provisional-accounts/unmerge"}, options))),
           body));
}

task<> partner_sdk_routes::bot_partner_sdk_unmerge_provisional_account(
    const bot_partner_sdk_unmerge_provisional_account_body& body, const call_options& options) {
  return done(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/partner-sdk/provisional-accounts/unmerge/bot"}, options), body));
}

task<> partner_sdk_routes::update_user_message_external_moderation_metadata(user_id first, user_id second,
                                                                            message_id which, text_map metadata,
                                                                            const call_options& options) {
  return done(
      queue_of(*this),
      with_map(queue_of(*this),
               make({method::put, "/partner-sdk/dms/{user_id_1}/{user_id_2}/messages/{message_id}/moderation-metadata"},
                    options, first, second, which),
               metadata, 5));
}

}  // namespace monochord::rest
