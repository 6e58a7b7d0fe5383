// SPDX-License-Identifier: MIT
// Every endpoint in one line: its route, its parameters, its body, what it answers.
#include <monochord/rest/rest.hpp>

#include <utility>

#include <monochord/json/codec.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/application_command.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/user.hpp>
#include <monochord/rest/counters.hpp>
#include "rest/multipart.hpp"
#include "rest/nonce.hpp"
#include "rest/queue.hpp"

namespace monochord {

namespace {

using protocol::method;
using protocol::route;
using parameters = std::vector<std::string>;
using queue_ptr = std::shared_ptr<rest::queue>;

constexpr route gateway_bot{method::get, "/gateway/bot"};
constexpr route me{method::get, "/users/@me"};
constexpr route my_application{method::get, "/applications/@me"};
constexpr route messages{method::post, "/channels/{channel_id}/messages"};
constexpr route message_get{method::get, "/channels/{channel_id}/messages/{message_id}"};
constexpr route message_edit{method::patch, "/channels/{channel_id}/messages/{message_id}"};
constexpr route message_delete{method::del, "/channels/{channel_id}/messages/{message_id}"};
constexpr route typing{method::post, "/channels/{channel_id}/typing"};
constexpr route global_commands{method::put, "/applications/{application_id}/commands"};
constexpr route guild_commands{method::put, "/applications/{application_id}/guilds/{guild_id}/commands"};
constexpr route callback{method::post, "/interactions/{interaction_id}/{interaction_token}/callback"};
constexpr route original_edit{method::patch, "/webhooks/{application_id}/{interaction_token}/messages/@original"};
constexpr route followup{method::post, "/webhooks/{application_id}/{interaction_token}"};

task<rest::answer> answer(queue_ptr queue, rest::call what) { co_return co_await queue->send(std::move(what)); }

template <class T>
task<T> decoded(queue_ptr queue, rest::call what) {
  const rest::answer got = co_await answer(std::move(queue), std::move(what));
  co_return json::decode<T>(got.body);
}

task<> done(queue_ptr queue, rest::call what) { co_await answer(std::move(queue), std::move(what)); }

rest::call make(const route& r, parameters p) { return rest::call(r, std::move(p)); }

/// With a JSON body, and files beside it where the body has some.
template <class Body>
rest::call make(const route& r, parameters p, const Body& body) {
  rest::call what(r, std::move(p));
  list<file_body> files;
  if constexpr (requires { body.files; }) files = body.files;
  if constexpr (std::is_same_v<Body, interaction_response_body>) {
    if (body.data) files = body.data->files;
  }
  auto encoded = rest::with_files(json::encode(body), files);
  what.content_type = std::move(encoded.content_type);
  what.body = std::move(encoded.text);
  return what;
}

interaction_response_body shown(const create_message_body& message) {
  return {.type = interaction_callback_type::channel_message_with_source, .data = response_data(message)};
}

}  // namespace

task<gateway_bot_info> rest_client::get_gateway_bot() { return decoded<gateway_bot_info>(queue_, make(gateway_bot, {})); }

task<user> rest_client::get_current_user() { return decoded<user>(queue_, make(me, {})); }

task<application> rest_client::get_current_application() { return decoded<application>(queue_, make(my_application, {})); }

task<message> rest_client::create_message(channel_id channel, const create_message_body& body) {
  create_message_body covered = body;
  std::string nonce;
  const bool may_repeat = rest::cover_by_nonce(covered, nonce);
  auto what = make(messages, {channel.str()}, covered);
  if (may_repeat) what.repeat = rest::repetition::by_nonce;
  return decoded<message>(queue_, std::move(what));
}
task<message> rest_client::create_message(channel_id channel, const message_builder& body) {
  return create_message(channel, body.body());
}

task<message> rest_client::get_channel_message(channel_id channel, message_id which) {
  return decoded<message>(queue_, make(message_get, {channel.str(), which.str()}));
}

task<message> rest_client::edit_message(channel_id channel, message_id which, const edit_message_body& body) {
  return decoded<message>(queue_, make(message_edit, {channel.str(), which.str()}, body));
}
task<message> rest_client::edit_message(channel_id channel, message_id which, const message_builder& body) {
  return edit_message(channel, which, body.edit_body());
}

task<> rest_client::delete_message(channel_id channel, message_id which) {
  return done(queue_, make(message_delete, {channel.str(), which.str()}));
}

task<> rest_client::trigger_typing_indicator(channel_id channel) { return done(queue_, make(typing, {channel.str()})); }

task<std::vector<application_command>> rest_client::bulk_overwrite_global_application_commands(
    application_id application, list<application_command_body> commands) {
  return decoded<std::vector<application_command>>(queue_, make(global_commands, {application.str()}, commands));
}
task<std::vector<application_command>> rest_client::bulk_overwrite_global_application_commands(
    application_id application, const std::vector<command_builder>& commands) {
  return decoded<std::vector<application_command>>(queue_, make(global_commands, {application.str()}, commands));
}

task<std::vector<application_command>> rest_client::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, list<application_command_body> commands) {
  return decoded<std::vector<application_command>>(queue_, make(guild_commands, {application.str(), guild.str()}, commands));
}
task<std::vector<application_command>> rest_client::bulk_overwrite_guild_application_commands(
    application_id application, guild_id guild, const std::vector<command_builder>& commands) {
  return decoded<std::vector<application_command>>(queue_, make(guild_commands, {application.str(), guild.str()}, commands));
}

task<> rest_client::create_interaction_response(interaction_id which, std::string_view token,
                                                const interaction_response_body& body) {
  return done(queue_, make(callback, {which.str(), std::string(token)}, body));
}
task<> rest_client::reply(const interaction& to, const create_message_body& body) {
  return create_interaction_response(to.id, to.token, shown(body));
}
task<> rest_client::reply(const interaction& to, const message_builder& body) { return reply(to, body.body()); }

task<message> rest_client::edit_original_interaction_response(application_id application, std::string_view token,
                                                              const edit_message_body& body) {
  return decoded<message>(queue_, make(original_edit, {application.str(), std::string(token)}, body));
}
task<message> rest_client::edit_original_interaction_response(application_id application, std::string_view token,
                                                              const message_builder& body) {
  return edit_original_interaction_response(application, token, body.edit_body());
}

task<message> rest_client::create_followup_message(application_id application, std::string_view token,
                                                   const create_message_body& body) {
  return decoded<message>(queue_, make(followup, {application.str(), std::string(token)}, body));
}
task<message> rest_client::create_followup_message(application_id application, std::string_view token,
                                                   const message_builder& body) {
  return create_followup_message(application, token, body.body());
}

task<rest_counters> rest_client::counters() const { return queue_->counters(); }

}  // namespace monochord
