// SPDX-License-Identifier: MIT
// Webhooks of channels, and what is written with them.
#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t manage_webhooks = 1U << 29;
constexpr std::size_t most_webhooks = 15;

}  // namespace

json rest::webhook_json(const webhook_record& hook, bool with_user) const {
  json out = {{"id", id_text(hook.id)},
              {"type", 1},
              {"guild_id", id_text(hook.guild)},
              {"channel_id", id_text(hook.channel)},
              {"name", hook.name},
              {"avatar", nullptr},
              {"application_id", id_text(state_.world.application)},
              {"token", hook.token},
              {"url", "https://discord.com/api/webhooks/" + id_text(hook.id) + "/" + hook.token}};
  if (with_user) out["user"] = state_.world.user_json(state_.world.bot);
  return out;
}

webhook_record* rest::webhook_of(const call& what, answer& refusal) {
  const auto found = state_.world.webhooks.find(what.id("webhook_id"));
  const std::string token = what.param("webhook_token");
  if (found != state_.world.webhooks.end() && (token.empty() || token == found->second.token)) {
    if (!token.empty() || may(found->second.guild, manage_webhooks, refusal)) return &found->second;
    return nullptr;
  }
  refusal = found == state_.world.webhooks.end() ? refuse(404, 10015, "Unknown Webhook") : refuse(401, 50027, "Invalid Webhook Token", "unauthorized");
  return nullptr;
}

void rest::announce_webhooks(const webhook_record& hook) {
  gate_.event("WEBHOOKS_UPDATE", hook.guild, {{"guild_id", id_text(hook.guild)}, {"channel_id", id_text(hook.channel)}});
}

rest::answer rest::create_webhook(const call& what) {
  answer refusal;
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || !may(channel->guild, manage_webhooks, refusal)) return refusal;
  std::size_t here = 0;
  for (const auto& [id, hook] : state_.world.webhooks) here += hook.channel == channel->id ? 1 : 0;
  if (here >= most_webhooks) return refuse(400, 30007, "Maximum number of webhooks reached (15)", "limit");
  const snowflake id = state_.world.next_id();
  webhook_record& hook = state_.world.webhooks[id];
  hook.id = id;
  hook.guild = channel->guild;
  hook.channel = channel->id;
  hook.name = text_at(what.body, "name");
  hook.token = "mock-webhook-token-" + id_text(id);
  announce_webhooks(hook);
  return ok(webhook_json(hook, true));
}

rest::answer rest::list_webhooks(snowflake guild, snowflake channel) {
  answer refusal;
  if (!may(guild, manage_webhooks, refusal)) return refusal;
  json out = json::array();
  for (const auto& [id, hook] : state_.world.webhooks)
    if (hook.guild == guild && (channel == 0 || hook.channel == channel)) out.push_back(webhook_json(hook, true));
  return ok(std::move(out));
}

rest::answer rest::list_channel_webhooks(const call& what) {
  answer refusal;
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  return channel ? list_webhooks(channel->guild, channel->id) : refusal;
}

rest::answer rest::get_guild_webhooks(const call& what) {
  answer refusal;
  const guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  return guild ? list_webhooks(guild->id, 0) : refusal;
}

rest::answer rest::get_webhook(const call& what) {
  answer refusal;
  const webhook_record* hook = webhook_of(what, refusal);
  return hook ? ok(webhook_json(*hook, what.param("webhook_token").empty())) : refusal;
}

rest::answer rest::update_webhook(const call& what) {
  answer refusal;
  webhook_record* hook = webhook_of(what, refusal);
  if (!hook) return refusal;
  if (at(what.body, "name").is_string()) hook->name = text_at(what.body, "name");
  if (const auto channel = id_at(what.body, "channel_id")) {
    if (!visible_channel(channel, refusal)) return refusal;
    hook->channel = channel;
  }
  announce_webhooks(*hook);
  return ok(webhook_json(*hook, what.param("webhook_token").empty()));
}

rest::answer rest::delete_webhook(const call& what) {
  answer refusal;
  const webhook_record* hook = webhook_of(what, refusal);
  if (!hook) return refusal;
  announce_webhooks(*hook);
  state_.world.webhooks.erase(what.id("webhook_id"));
  return no_content();
}

rest::answer rest::execute_webhook(const call& what) {
  if (what.id("webhook_id") == state_.world.application) return create_followup(what);
  answer refusal;
  const webhook_record* hook = webhook_of(what, refusal);
  if (!hook) return refusal;
  if (!check_message_body(what.body, what, nullptr, refusal)) return refusal;
  const snowflake place = any_id::parse(what.query_value("thread_id")).value();
  channel_record* channel = state_.world.find_channel(place == 0 ? hook->channel : place);
  if (!channel || (place != 0 && channel->parent != hook->channel)) return refuse(404, 10003, "Unknown Channel");
  message_record message;
  message.body = state_.world.make_message(state_.world.next_id(), *channel, state_.world.bot, what.body);
  const std::string name = text_at(what.body, "username");
  message.body["author"] = {{"id", id_text(hook->id)}, {"username", name.empty() ? hook->name : name}, {"discriminator", "0000"},
                            {"avatar", nullptr}, {"global_name", nullptr}, {"bot", true}, {"public_flags", 0}, {"flags", 0}};
  message.body["webhook_id"] = id_text(hook->id);
  message.body["application_id"] = id_text(state_.world.application);
  add_files(message.body, what.body, what);
  message.author = hook->id;
  message.token = hook->token;
  message.at = state_.now();
  const auto& stored = state_.world.store(*channel, std::move(message));
  publish("MESSAGE_CREATE", *channel, stored);
  return what.query_flag("wait") ? ok(stored.body) : no_content();
}

message_record* rest::webhook_message(const call& what, answer& refusal) {
  const webhook_record* hook = webhook_of(what, refusal);
  if (!hook) return nullptr;
  const snowflake place = any_id::parse(what.query_value("thread_id")).value();
  message_record* message = state_.world.find_message(place == 0 ? hook->channel : place, what.id("message_id"));
  if (message && message->token == hook->token) return message;
  refusal = refuse(404, 10008, "Unknown Message");
  return nullptr;
}

rest::answer rest::get_webhook_message(const call& what) {
  if (what.id("webhook_id") == state_.world.application) return get_followup(what);
  answer refusal;
  const message_record* message = webhook_message(what, refusal);
  return message ? ok(message->body) : refusal;
}

rest::answer rest::update_webhook_message(const call& what) {
  if (what.id("webhook_id") == state_.world.application) return update_followup(what);
  answer refusal;
  message_record* message = webhook_message(what, refusal);
  if (!message || !check_message_body(what.body, what, message, refusal)) return refusal;
  state_.world.edit_message(*message, what.body);
  add_files(message->body, what.body, what);
  publish("MESSAGE_UPDATE", *state_.world.find_channel(id_at(message->body, "channel_id")), *message);
  return ok(message->body);
}

rest::answer rest::delete_webhook_message(const call& what) {
  if (what.id("webhook_id") == state_.world.application) return delete_followup(what);
  answer refusal;
  const message_record* message = webhook_message(what, refusal);
  if (!message) return refusal;
  remove_message(*state_.world.find_channel(id_at(message->body, "channel_id")), what.id("message_id"));
  return no_content();
}

}  // namespace monochord::testing
