// SPDX-License-Identifier: MIT
#include <monochord/rest/message.hpp>

#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include "rest/endpoint.hpp"
#include "rest/nonce.hpp"

namespace monochord::rest {

namespace {

constexpr route one_message{method::get, "/channels/{channel_id}/messages/{message_id}"};

}  // namespace

task<message> message_routes::create_message(channel_id channel, const create_message_body& body, const call_options& options) {
  auto made = make({method::post, "/channels/{channel_id}/messages"}, options, channel);
  create_message_body covered = body;
  std::string nonce;
  if (cover_by_nonce(covered, nonce)) made.repeat = repetition::by_nonce;
  return decoded<message>(queue_of(*this), with(queue_of(*this), std::move(made), covered));
}
task<message> message_routes::create_message(channel_id channel, const message_builder& body, const call_options& options) {
  return create_message(channel, body.body(), options);
}

task<message> message_routes::get_channel_message(channel_id channel, message_id which, const call_options& options) {
  return decoded<message>(queue_of(*this), make(one_message, options, channel, which));
}

task<message> message_routes::edit_message(channel_id channel, message_id which, const edit_message_body& body,
                                           const call_options& options) {
  return decoded<message>(queue_of(*this),
                          with(queue_of(*this), make({method::patch, one_message.path}, options, channel, which), body));
}
task<message> message_routes::edit_message(channel_id channel, message_id which, const message_builder& body,
                                           const call_options& options) {
  return edit_message(channel, which, body.edit_body(), options);
}

task<> message_routes::delete_message(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this), make({method::del, one_message.path}, options, channel, which));
}

}  // namespace monochord::rest
