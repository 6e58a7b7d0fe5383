// SPDX-License-Identifier: MIT
#include <monochord/rest/webhook.hpp>

#include <algorithm>

#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/webhook.hpp>
#include <monochord/model/webhook_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

namespace {

constexpr route slack{method::post, "/webhooks/{webhook_id}/{webhook_token}/slack"};
constexpr route github{method::post, "/webhooks/{webhook_id}/{webhook_token}/github"};

call with_event(call made, std::string_view event) {
  const auto printable = [](char c) { return c > ' ' && c <= '~'; };
  if (!std::all_of(event.begin(), event.end(), printable))
    made.make_rare().refused = std::make_exception_ptr(
        error(errc::invalid_argument, "the name of a GitHub event holds letters and digits only"));
  made.make_rare().github_event = std::string(event);
  return made;
}

}  // namespace

task<webhook> webhook_routes::create_webhook(channel_id channel, const create_webhook_body& body,
                                             const call_options& options) {
  return decoded<webhook>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/channels/{channel_id}/webhooks"}, options, channel), body));
}

task<std::vector<webhook>> webhook_routes::get_channel_webhooks(channel_id channel, const call_options& options) {
  return decoded<std::vector<webhook>>(queue_of(*this),
                                       make({method::get, "/channels/{channel_id}/webhooks"}, options, channel));
}

task<std::vector<webhook>> webhook_routes::get_guild_webhooks(guild_id guild, const call_options& options) {
  return decoded<std::vector<webhook>>(queue_of(*this),
                                       make({method::get, "/guilds/{guild_id}/webhooks"}, options, guild));
}

task<webhook> webhook_routes::get_webhook(webhook_id which, const call_options& options) {
  return decoded<webhook>(queue_of(*this), make({method::get, "/webhooks/{webhook_id}"}, options, which));
}

task<webhook> webhook_routes::get_webhook_with_token(webhook_id which, std::string_view token,
                                                     const call_options& options) {
  return decoded<webhook>(queue_of(*this),
                          make({method::get, "/webhooks/{webhook_id}/{webhook_token}"}, options, which, token));
}

task<webhook> webhook_routes::modify_webhook(webhook_id which, const modify_webhook_body& body,
                                             const call_options& options) {
  return decoded<webhook>(queue_of(*this),
                          with(queue_of(*this), make({method::patch, "/webhooks/{webhook_id}"}, options, which), body));
}

task<webhook> webhook_routes::modify_webhook_with_token(webhook_id which, std::string_view token,
                                                        const modify_webhook_with_token_body& body,
                                                        const call_options& options) {
  return decoded<webhook>(
      queue_of(*this),
      with(queue_of(*this), make({method::patch, "/webhooks/{webhook_id}/{webhook_token}"}, options, which, token),
           body));
}

task<> webhook_routes::delete_webhook(webhook_id which, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/webhooks/{webhook_id}"}, options, which));
}

task<> webhook_routes::delete_webhook_with_token(webhook_id which, std::string_view token,
                                                 const call_options& options) {
  return done(queue_of(*this), make({method::del, "/webhooks/{webhook_id}/{webhook_token}"}, options, which, token));
}

task<optional<message>> webhook_routes::execute_webhook(webhook_id which, std::string_view token,
                                                        const execute_webhook_body& body, const call_options& options) {
  return decoded_or_nothing<message>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/webhooks/{webhook_id}/{webhook_token}"}, options, which, token),
           body));
}
task<optional<message>> webhook_routes::execute_webhook(webhook_id which, std::string_view token,
                                                        const execute_webhook_body& body,
                                                        const execute_webhook_query& query,
                                                        const call_options& options) {
  return decoded_or_nothing<message>(
      queue_of(*this),
      asking(queue_of(*this),
             with(queue_of(*this),
                  make({method::post, "/webhooks/{webhook_id}/{webhook_token}"}, options, which, token), body),
             query));
}

task<optional<message>> webhook_routes::execute_webhook(webhook_id which, std::string_view token,
                                                        const message_builder& body, const call_options& options) {
  return execute_webhook(which, token, webhook_message(body.body()), options);
}
task<optional<message>> webhook_routes::execute_webhook(webhook_id which, std::string_view token,
                                                        const message_builder& body, const execute_webhook_query& query,
                                                        const call_options& options) {
  return execute_webhook(which, token, webhook_message(body.body()), query, options);
}

task<> webhook_routes::execute_slack_compatible_webhook(webhook_id which, std::string_view token, std::string_view json,
                                                        const call_options& options) {
  return done(queue_of(*this), with_json(make(slack, options, which, token), json));
}
task<> webhook_routes::execute_slack_compatible_webhook(webhook_id which, std::string_view token, std::string_view json,
                                                        const execute_compatible_webhook_query& query,
                                                        const call_options& options) {
  return done(queue_of(*this), asking(queue_of(*this), with_json(make(slack, options, which, token), json), query));
}

task<> webhook_routes::execute_github_compatible_webhook(webhook_id which, std::string_view token,
                                                         std::string_view event, std::string_view json,
                                                         const call_options& options) {
  return done(queue_of(*this), with_event(with_json(make(github, options, which, token), json), event));
}
task<> webhook_routes::execute_github_compatible_webhook(webhook_id which, std::string_view token,
                                                         std::string_view event, std::string_view json,
                                                         const execute_compatible_webhook_query& query,
                                                         const call_options& options) {
  return done(queue_of(*this),
              asking(queue_of(*this), with_event(with_json(make(github, options, which, token), json), event), query));
}

task<message> webhook_routes::get_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                  const call_options& options) {
  return decoded<message>(queue_of(*this),
                          make({method::get, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"}, options,
                               which, token, written));
}
task<message> webhook_routes::get_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                  const webhook_message_query& query, const call_options& options) {
  return decoded<message>(queue_of(*this),
                          asking(queue_of(*this),
                                 make({method::get, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"},
                                      options, which, token, written),
                                 query));
}

task<message> webhook_routes::edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                   const edit_message_body& body, const call_options& options) {
  return decoded<message>(queue_of(*this),
                          with(queue_of(*this),
                               make({method::patch, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"},
                                    options, which, token, written),
                               body));
}
task<message> webhook_routes::edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                   const edit_message_body& body,
                                                   const edit_webhook_message_query& query,
                                                   const call_options& options) {
  return decoded<message>(
      queue_of(*this), asking(queue_of(*this),
                              with(queue_of(*this),
                                   make({method::patch, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"},
                                        options, which, token, written),
                                   body),
                              query));
}

task<message> webhook_routes::edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                   const message_builder& body, const call_options& options) {
  return edit_webhook_message(which, token, written, body.edit_body(), options);
}
task<message> webhook_routes::edit_webhook_message(webhook_id which, std::string_view token, message_id written,
                                                   const message_builder& body, const edit_webhook_message_query& query,
                                                   const call_options& options) {
  return edit_webhook_message(which, token, written, body.edit_body(), query, options);
}

task<> webhook_routes::delete_webhook_message(webhook_id which, std::string_view token, message_id written,
                                              const call_options& options) {
  return done(queue_of(*this), make({method::del, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"},
                                    options, which, token, written));
}
task<> webhook_routes::delete_webhook_message(webhook_id which, std::string_view token, message_id written,
                                              const webhook_message_query& query, const call_options& options) {
  return done(queue_of(*this),
              asking(queue_of(*this),
                     make({method::del, "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"}, options, which,
                          token, written),
                     query));
}

}  // namespace monochord::rest
