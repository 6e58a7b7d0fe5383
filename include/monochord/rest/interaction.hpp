// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_message_body;
struct edit_message_body;
struct interaction;
struct interaction_response_body;
struct message;
class message_builder;
class rest_client;

namespace rest {

/// Answers to interactions. Types: `model/interaction.hpp`, `model/bodies.hpp`, `model/message_builder.hpp`.
class interaction_routes {
 public:
  /// The first answer to an interaction, within 3 seconds of it; not subject to the global rate limit.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
  task<> create_interaction_response(interaction_id which, std::string_view token, const interaction_response_body& body,
                                     const call_options& options = {});
  /// The same in its most frequent form: answers with a message. `to` is not kept.
  task<> reply(const interaction& to, const create_message_body& body, const call_options& options = {});
  task<> reply(const interaction& to, const message_builder& body, const call_options& options = {});
  /// Changes the message of the first answer, or fills in a deferred one; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const edit_message_body& body, const call_options& options = {});
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const message_builder& body, const call_options& options = {});
  /// Another message in answer to an interaction; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message
  task<message> create_followup_message(application_id application, std::string_view token, const create_message_body& body,
                                        const call_options& options = {});
  task<message> create_followup_message(application_id application, std::string_view token, const message_builder& body,
                                        const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  interaction_routes() = default;
};

}  // namespace rest

}  // namespace monochord
