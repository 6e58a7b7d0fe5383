// SPDX-License-Identifier: MIT
#include <monochord/rest/interaction.hpp>

#include <algorithm>
#include <cstdint>

#include <monochord/model/interaction.hpp>
#include <monochord/model/interaction_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/webhook_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route callback{method::post, "/interactions/{interaction_id}/{interaction_token}/callback"};
constexpr route edit_original{method::patch, "/webhooks/{application_id}/{interaction_token}/messages/@original"};
constexpr route followup{method::post, "/webhooks/{application_id}/{interaction_token}"};
constexpr route edit_followup{method::patch, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}"};

/// Its files may be as large as an interaction says.
call answering(const interaction& to, call made) {
  if (const auto source = made.source(); source && to.attachment_size_limit)
    source->limit_attachments(static_cast<std::uint64_t>(std::max(*to.attachment_size_limit, 0)));
  return made;
}

interaction_response_body shown(const create_message_body& message) {
  return {.type = interaction_callback_type::channel_message_with_source, .data = response_data(message)};
}

}  // namespace

task<> interaction_routes::create_interaction_response(interaction_id which, std::string_view token,
                                                       const interaction_response_body& body,
                                                       const call_options& options) {
  return done(queue_of(*this), with(queue_of(*this), make(callback, options, which, token), body));
}
task<optional<interaction_callback_response>> interaction_routes::create_interaction_response(
    interaction_id which, std::string_view token, const interaction_response_body& body,
    const create_interaction_response_query& query, const call_options& options) {
  return decoded_or_nothing<interaction_callback_response>(
      queue_of(*this),
      asking(queue_of(*this), with(queue_of(*this), make(callback, options, which, token), body), query));
}
task<> interaction_routes::reply(const interaction& to, const create_message_body& body, const call_options& options) {
  return done(queue_of(*this),
              answering(to, with(queue_of(*this), make(callback, options, to.id, to.token), shown(body))));
}
task<> interaction_routes::reply(const interaction& to, const message_builder& body, const call_options& options) {
  return reply(to, body.body(), options);
}

task<message> interaction_routes::get_original_interaction_response(application_id application, std::string_view token,
                                                                    const call_options& options) {
  return decoded<message>(
      queue_of(*this), make({method::get, "/webhooks/{application_id}/{interaction_token}/messages/@original"}, options,
                            application, token));
}
task<message> interaction_routes::get_original_interaction_response(application_id application, std::string_view token,
                                                                    const webhook_message_query& query,
                                                                    const call_options& options) {
  return decoded<message>(
      queue_of(*this), asking(queue_of(*this),
                              make({method::get, "/webhooks/{application_id}/{interaction_token}/messages/@original"},
                                   options, application, token),
                              query));
}

task<message> interaction_routes::edit_original_interaction_response(application_id application, std::string_view token,
                                                                     const edit_message_body& body,
                                                                     const call_options& options) {
  return decoded<message>(queue_of(*this),
                          with(queue_of(*this), make(edit_original, options, application, token), body));
}
task<message> interaction_routes::edit_original_interaction_response(application_id application, std::string_view token,
                                                                     const edit_message_body& body,
                                                                     const edit_webhook_message_query& query,
                                                                     const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      asking(queue_of(*this), with(queue_of(*this), make(edit_original, options, application, token), body), query));
}

task<message> interaction_routes::edit_original_interaction_response(application_id application, std::string_view token,
                                                                     const message_builder& body,
                                                                     const call_options& options) {
  return edit_original_interaction_response(application, token, body.edit_body(), options);
}
task<message> interaction_routes::edit_original_interaction_response(const interaction& to,
                                                                     const edit_message_body& body,
                                                                     const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      answering(to, with(queue_of(*this), make(edit_original, options, to.application_id, to.token), body)));
}
task<message> interaction_routes::edit_original_interaction_response(const interaction& to, const message_builder& body,
                                                                     const call_options& options) {
  return edit_original_interaction_response(to, body.edit_body(), options);
}

task<> interaction_routes::delete_original_interaction_response(application_id application, std::string_view token,
                                                                const call_options& options) {
  return done(queue_of(*this), make({method::del, "/webhooks/{application_id}/{interaction_token}/messages/@original"},
                                    options, application, token));
}
task<> interaction_routes::delete_original_interaction_response(application_id application, std::string_view token,
                                                                const webhook_message_query& query,
                                                                const call_options& options) {
  return done(queue_of(*this),
              asking(queue_of(*this),
                     make({method::del, "/webhooks/{application_id}/{interaction_token}/messages/@original"}, options,
                          application, token),
                     query));
}

task<message> interaction_routes::create_followup_message(application_id application, std::string_view token,
                                                          const create_message_body& body,
                                                          const call_options& options) {
  return decoded<message>(queue_of(*this), with(queue_of(*this), make(followup, options, application, token), body));
}

task<message> interaction_routes::create_followup_message(application_id application, std::string_view token,
                                                          const message_builder& body, const call_options& options) {
  return create_followup_message(application, token, body.body(), options);
}
task<message> interaction_routes::create_followup_message(const interaction& to, const create_message_body& body,
                                                          const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      answering(to, with(queue_of(*this), make(followup, options, to.application_id, to.token), body)));
}
task<message> interaction_routes::create_followup_message(const interaction& to, const message_builder& body,
                                                          const call_options& options) {
  return create_followup_message(to, body.body(), options);
}

task<message> interaction_routes::get_followup_message(application_id application, std::string_view token,
                                                       message_id which, const call_options& options) {
  return decoded<message>(queue_of(*this),
                          make({method::get, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}"},
                               options, application, token, which));
}

task<message> interaction_routes::edit_followup_message(application_id application, std::string_view token,
                                                        message_id which, const edit_message_body& body,
                                                        const call_options& options) {
  return decoded<message>(queue_of(*this),
                          with(queue_of(*this), make(edit_followup, options, application, token, which), body));
}

task<message> interaction_routes::edit_followup_message(application_id application, std::string_view token,
                                                        message_id which, const message_builder& body,
                                                        const call_options& options) {
  return edit_followup_message(application, token, which, body.edit_body(), options);
}
task<message> interaction_routes::edit_followup_message(const interaction& to, message_id which,
                                                        const edit_message_body& body, const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      answering(to, with(queue_of(*this), make(edit_followup, options, to.application_id, to.token, which), body)));
}
task<message> interaction_routes::edit_followup_message(const interaction& to, message_id which,
                                                        const message_builder& body, const call_options& options) {
  return edit_followup_message(to, which, body.edit_body(), options);
}

task<> interaction_routes::delete_followup_message(application_id application, std::string_view token, message_id which,
                                                   const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/webhooks/{application_id}/{interaction_token}/messages/{message_id}"}, options,
                   application, token, which));
}

}  // namespace monochord::rest
