// SPDX-License-Identifier: MIT
#include <monochord/rest/message.hpp>

#include <monochord/model/message.hpp>
#include <monochord/model/message_bodies.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/message_pin.hpp>
#include <monochord/model/poll_voters.hpp>
#include <monochord/model/user.hpp>

#include "rest/endpoint.hpp"
#include "rest/nonce.hpp"

namespace monochord::rest {

task<std::vector<message>> message_routes::get_channel_messages(channel_id channel, const call_options& options) {
  return decoded<std::vector<message>>(queue_of(*this),
                                       make({method::get, "/channels/{channel_id}/messages"}, options, channel));
}
task<std::vector<message>> message_routes::get_channel_messages(channel_id channel,
                                                                const get_channel_messages_query& query,
                                                                const call_options& options) {
  return decoded<std::vector<message>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/messages"}, options, channel), query));
}

task<message> message_routes::get_channel_message(channel_id channel, message_id which, const call_options& options) {
  return decoded<message>(queue_of(*this),
                          make({method::get, "/channels/{channel_id}/messages/{message_id}"}, options, channel, which));
}

task<message> message_routes::create_message(channel_id channel, const create_message_body& body,
                                             const call_options& options) {
  auto made = make({method::post, "/channels/{channel_id}/messages"}, options, channel);
  create_message_body covered = body;
  nonce_letters nonce;
  if (cover_by_nonce(covered, nonce)) made.repeat = repetition::by_nonce;
  return decoded<message>(queue_of(*this), with(queue_of(*this), std::move(made), covered));
}
task<message> message_routes::create_message(channel_id channel, const message_builder& body,
                                             const call_options& options) {
  return create_message(channel, body.body(), options);
}

task<message> message_routes::edit_message(channel_id channel, message_id which, const edit_message_body& body,
                                           const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::patch, "/channels/{channel_id}/messages/{message_id}"}, options, channel, which), body));
}

task<message> message_routes::edit_message(channel_id channel, message_id which, const message_builder& body,
                                           const call_options& options) {
  return edit_message(channel, which, body.edit_body(), options);
}

task<> message_routes::delete_message(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/{message_id}"}, options, channel, which));
}

task<> message_routes::bulk_delete_messages(channel_id channel, list<message_id> which, const call_options& options) {
  return done(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/channels/{channel_id}/messages/bulk-delete"}, options, channel),
           bulk_delete_messages_body{.messages = which}));
}

task<message> message_routes::crosspost_message(channel_id channel, message_id which, const call_options& options) {
  return decoded<message>(
      queue_of(*this),
      make({method::post, "/channels/{channel_id}/messages/{message_id}/crosspost"}, options, channel, which));
}

task<> message_routes::create_reaction(channel_id channel, message_id which, std::string_view emoji,
                                       const call_options& options) {
  return done(queue_of(*this),
              make({method::put, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"}, options,
                   channel, which, emoji));
}

task<> message_routes::delete_own_reaction(channel_id channel, message_id which, std::string_view emoji,
                                           const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"}, options,
                   channel, which, emoji));
}

task<> message_routes::delete_user_reaction(channel_id channel, message_id which, std::string_view emoji, user_id user,
                                            const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}"},
                   options, channel, which, emoji, user));
}

task<std::vector<user>> message_routes::get_reactions(channel_id channel, message_id which, std::string_view emoji,
                                                      const call_options& options) {
  return decoded<std::vector<user>>(
      queue_of(*this), make({method::get, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"},
                            options, channel, which, emoji));
}
task<std::vector<user>> message_routes::get_reactions(channel_id channel, message_id which, std::string_view emoji,
                                                      const get_reactions_query& query, const call_options& options) {
  return decoded<std::vector<user>>(
      queue_of(*this), asking(queue_of(*this),
                              make({method::get, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"},
                                   options, channel, which, emoji),
                              query));
}

task<> message_routes::delete_all_reactions(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/{message_id}/reactions"}, options, channel, which));
}

task<> message_routes::delete_all_reactions_for_emoji(channel_id channel, message_id which, std::string_view emoji,
                                                      const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}"}, options,
                   channel, which, emoji));
}

task<channel_pins> message_routes::get_channel_pins(channel_id channel, const call_options& options) {
  return decoded<channel_pins>(queue_of(*this),
                               make({method::get, "/channels/{channel_id}/messages/pins"}, options, channel));
}
task<channel_pins> message_routes::get_channel_pins(channel_id channel, const get_channel_pins_query& query,
                                                    const call_options& options) {
  return decoded<channel_pins>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/channels/{channel_id}/messages/pins"}, options, channel), query));
}

task<> message_routes::pin_message(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::put, "/channels/{channel_id}/messages/pins/{message_id}"}, options, channel, which));
}

task<> message_routes::unpin_message(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/messages/pins/{message_id}"}, options, channel, which));
}

task<std::vector<message>> message_routes::get_pinned_messages_deprecated(channel_id channel,
                                                                          const call_options& options) {
  return decoded<std::vector<message>>(queue_of(*this),
                                       make({method::get, "/channels/{channel_id}/pins"}, options, channel));
}

task<> message_routes::pin_message_deprecated(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::put, "/channels/{channel_id}/pins/{message_id}"}, options, channel, which));
}

task<> message_routes::unpin_message_deprecated(channel_id channel, message_id which, const call_options& options) {
  return done(queue_of(*this),
              make({method::del, "/channels/{channel_id}/pins/{message_id}"}, options, channel, which));
}

task<poll_voters> message_routes::get_answer_voters(channel_id channel, message_id which, int answer,
                                                    const call_options& options) {
  return decoded<poll_voters>(
      queue_of(*this), make({method::get, "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}"}, options,
                            channel, which, answer));
}
task<poll_voters> message_routes::get_answer_voters(channel_id channel, message_id which, int answer,
                                                    const get_answer_voters_query& query, const call_options& options) {
  return decoded<poll_voters>(
      queue_of(*this), asking(queue_of(*this),
                              make({method::get, "/channels/{channel_id}/polls/{message_id}/answers/{answer_id}"},
                                   options, channel, which, answer),
                              query));
}

task<message> message_routes::end_poll(channel_id channel, message_id which, const call_options& options) {
  return decoded<message>(queue_of(*this), make({method::post, "/channels/{channel_id}/polls/{message_id}/expire"},
                                                options, channel, which));
}

}  // namespace monochord::rest
