// SPDX-License-Identifier: MIT
#include <monochord/rest/interaction.hpp>

#include <monochord/model/interaction.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <algorithm>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route callback{method::post, "/interactions/{interaction_id}/{interaction_token}/callback"};
constexpr route original{method::patch, "/webhooks/{application_id}/{interaction_token}/messages/@original"};
constexpr route followup{method::post, "/webhooks/{application_id}/{interaction_token}"};

interaction_response_body shown(const create_message_body& message) {
  return {.type = interaction_callback_type::channel_message_with_source, .data = response_data(message)};
}

}  // namespace

task<> interaction_routes::create_interaction_response(interaction_id which, std::string_view token,
                                                       const interaction_response_body& body, const call_options& options) {
  return done(queue_of(*this), with(queue_of(*this), make(callback, options, which, token), body));
}
task<> interaction_routes::reply(const interaction& to, const create_message_body& body, const call_options& options) {
  auto made = with(queue_of(*this), make(callback, options, to.id, to.token), shown(body));
  if (made.source && to.attachment_size_limit)
    made.source->limit_attachments(static_cast<std::uint64_t>(std::max(*to.attachment_size_limit, 0)));
  return done(queue_of(*this), std::move(made));
}
task<> interaction_routes::reply(const interaction& to, const message_builder& body, const call_options& options) {
  return reply(to, body.body(), options);
}

task<message> interaction_routes::edit_original_interaction_response(application_id application, std::string_view token,
                                                                     const edit_message_body& body,
                                                                     const call_options& options) {
  return decoded<message>(queue_of(*this), with(queue_of(*this), make(original, options, application, token), body));
}
task<message> interaction_routes::edit_original_interaction_response(application_id application, std::string_view token,
                                                                     const message_builder& body,
                                                                     const call_options& options) {
  return edit_original_interaction_response(application, token, body.edit_body(), options);
}

task<message> interaction_routes::create_followup_message(application_id application, std::string_view token,
                                                          const create_message_body& body, const call_options& options) {
  return decoded<message>(queue_of(*this), with(queue_of(*this), make(followup, options, application, token), body));
}
task<message> interaction_routes::create_followup_message(application_id application, std::string_view token,
                                                          const message_builder& body, const call_options& options) {
  return create_followup_message(application, token, body.body(), options);
}

}  // namespace monochord::rest
