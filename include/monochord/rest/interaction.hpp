// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_interaction_response_query;
struct create_message_body;
struct edit_message_body;
struct edit_webhook_message_query;
struct interaction;
struct interaction_callback_response;
struct interaction_response_body;
struct message;
struct webhook_message_query;
class message_builder;
class rest_client;

namespace rest {

/// Answers to interactions. The token is a secret, which errors and logs never show; what goes by it needs no
/// authorization, counts against no global limit and goes before everything else. Types: `model/interaction.hpp`,
/// `model/message.hpp`, `model/bodies.hpp`, `model/message_builder.hpp`, `model/interaction_bodies.hpp`,
/// `model/webhook_bodies.hpp`.
class interaction_routes {
 public:
  /// The first answer to an interaction, within 3 seconds of it. Code 40060 when it has been answered already.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
  task<> create_interaction_response(interaction_id which, std::string_view token,
                                     const interaction_response_body& body, const call_options& options = {});
  /// The same, and what the answer made, when the query asks for it.
  task<optional<interaction_callback_response>> create_interaction_response(
      interaction_id which, std::string_view token, const interaction_response_body& body,
      const create_interaction_response_query& query, const call_options& options = {});
  /// The same in its most frequent form: answers with a message, within 3 seconds of the interaction. Files may be as
  /// large as the interaction says. `to` is not kept.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-interaction-response
  task<> reply(const interaction& to, const create_message_body& body, const call_options& options = {});
  task<> reply(const interaction& to, const message_builder& body, const call_options& options = {});
  /// The message of the first answer; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#get-original-interaction-response
  task<message> get_original_interaction_response(application_id application, std::string_view token,
                                                  const call_options& options = {});
  task<message> get_original_interaction_response(application_id application, std::string_view token,
                                                  const webhook_message_query& query, const call_options& options = {});
  /// Changes the message of the first answer, or fills in a deferred one; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#edit-original-interaction-response
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const edit_message_body& body, const call_options& options = {});
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const edit_message_body& body,
                                                   const edit_webhook_message_query& query,
                                                   const call_options& options = {});
  task<message> edit_original_interaction_response(application_id application, std::string_view token,
                                                   const message_builder& body, const call_options& options = {});
  /// The same for an interaction at hand: files may be as large as it says. `to` is not kept.
  task<message> edit_original_interaction_response(const interaction& to, const edit_message_body& body,
                                                   const call_options& options = {});
  task<message> edit_original_interaction_response(const interaction& to, const message_builder& body,
                                                   const call_options& options = {});
  /// Deletes the message of the first answer; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#delete-original-interaction-response
  task<> delete_original_interaction_response(application_id application, std::string_view token,
                                              const call_options& options = {});
  task<> delete_original_interaction_response(application_id application, std::string_view token,
                                              const webhook_message_query& query, const call_options& options = {});
  /// Another message in answer to an interaction; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#create-followup-message
  task<message> create_followup_message(application_id application, std::string_view token,
                                        const create_message_body& body, const call_options& options = {});
  task<message> create_followup_message(application_id application, std::string_view token, const message_builder& body,
                                        const call_options& options = {});
  /// The same for an interaction at hand: files may be as large as it says. `to` is not kept.
  task<message> create_followup_message(const interaction& to, const create_message_body& body,
                                        const call_options& options = {});
  task<message> create_followup_message(const interaction& to, const message_builder& body,
                                        const call_options& options = {});
  /// A message that followed an answer; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#get-followup-message
  task<message> get_followup_message(application_id application, std::string_view token, message_id which,
                                     const call_options& options = {});
  /// Changes a message that followed an answer; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#edit-followup-message
  task<message> edit_followup_message(application_id application, std::string_view token, message_id which,
                                      const edit_message_body& body, const call_options& options = {});
  task<message> edit_followup_message(application_id application, std::string_view token, message_id which,
                                      const message_builder& body, const call_options& options = {});
  /// The same for an interaction at hand: files may be as large as it says. `to` is not kept.
  task<message> edit_followup_message(const interaction& to, message_id which, const edit_message_body& body,
                                      const call_options& options = {});
  task<message> edit_followup_message(const interaction& to, message_id which, const message_builder& body,
                                      const call_options& options = {});
  /// Deletes a message that followed an answer; for 15 minutes.
  /// https://docs.discord.com/developers/interactions/receiving-and-responding#delete-followup-message
  task<> delete_followup_message(application_id application, std::string_view token, message_id which,
                                 const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  interaction_routes() = default;
};

}  // namespace rest

}  // namespace monochord
