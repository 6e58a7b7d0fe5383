// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/view_map.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct bot_partner_sdk_token_body;
struct bot_partner_sdk_unmerge_provisional_account_body;
struct partner_sdk_account_body;
struct provisional_token;
class rest_client;

namespace rest {

/// Accounts of players who have none at Discord yet. Discord documents these routes with its Social SDK only. Types:
/// `model/oauth2.hpp`, `model/partner_sdk_bodies.hpp`.
class partner_sdk_routes {
 public:
  /// An access token for a player whom somebody else vouches for. Sent without authorization: the body says who asks.
  task<provisional_token> partner_sdk_token(const partner_sdk_account_body& body, const call_options& options = {});
  /// An access token for a player whom the bot vouches for.
  task<provisional_token> bot_partner_sdk_token(const bot_partner_sdk_token_body& body,
                                                const call_options& options = {});
  /// Parts a player's account from the Discord account that it was merged with. Sent without authorization: the body
  /// says who asks.
  task<> partner_sdk_unmerge_provisional_account(const partner_sdk_account_body& body,
                                                 const call_options& options = {});
  /// The same for a player whom the bot vouches for.
  task<> bot_partner_sdk_unmerge_provisional_account(const bot_partner_sdk_unmerge_provisional_account_body& body,
                                                     const call_options& options = {});
  /// What a moderation of one's own found in a direct message between two players: at most 5 texts.
  task<> update_user_message_external_moderation_metadata(user_id first, user_id second, message_id which,
                                                          text_map metadata, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  partner_sdk_routes() = default;
};

}  // namespace rest

}  // namespace monochord
