// SPDX-License-Identifier: MIT
#include <monochord/rest/message.hpp>

#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/core/random.hpp>
#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route one_message{method::get, "/channels/{channel_id}/messages/{message_id}"};

/// Digits and letters, 25 at most: what Discord takes for a nonce, and nobody draws twice within its few minutes.
std::string fresh_nonce() {
  static constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string out;
  for (int i = 0; i < 22; ++i) out += letters[static_cast<std::size_t>(random_int(0, 35))];
  return out;
}

}  // namespace

task<message> message_routes::create_message(channel_id channel, const create_message_body& body, const call_options& options) {
  auto made = make({method::post, "/channels/{channel_id}/messages"}, options, channel);
  auto sent = body;
  std::string nonce;
  if (!sent.nonce) {
    nonce = fresh_nonce();
    sent.nonce = nonce;
    if (!sent.enforce_nonce) sent.enforce_nonce = true;
  }
  if (sent.enforce_nonce.value_or(false)) made.repeat = repetition::by_nonce;
  return decoded<message>(queue_of(*this), with(queue_of(*this), std::move(made), sent));
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
