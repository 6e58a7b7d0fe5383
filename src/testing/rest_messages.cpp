// SPDX-License-Identifier: MIT
// Messages and reactions.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t add_reactions = 1U << 6;
constexpr std::uint64_t send_messages = 1U << 11;
constexpr std::uint64_t manage_messages = 1U << 13;

bool has_items(const json& object, const char* name) {
  const json& value = at(object, name);
  return value.is_array() && !value.empty();
}

/// A message needs something to show; `body` is a request to make one, or what an edit makes of one.
bool shows_something(const json& body, std::size_t files) {
  for (const char* list : {"embeds", "components", "sticker_ids", "sticker_items", "message_snapshots"})
    if (has_items(body, list)) return true;
  return !text_at(body, "content").empty() || at(body, "poll").is_object() || files > 0;
}

/// Text that can be an emoji of the path: any character beyond ASCII, or name:id of a custom one.
bool is_unicode_emoji(const std::string& text) {
  return !text.empty() && std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

}  // namespace

bool rest::check_message_body(const json& request, const call& what, const message_record* edits, answer& refusal) const {
  form_errors errors;
  check_message_rules(request, what.files.size(), edits ? &edits->body : nullptr, errors);
  if (!errors.empty()) {
    refusal = invalid_form(errors);
    return false;
  }
  const bool refers = !edits && at(request, "message_reference").is_object();
  const std::size_t kept = edits ? kept_attachments(edits->body, request).size() : 0;
  const json after = edits ? edited(edits->body, request) : request;
  if (!refers && !shows_something(after, kept + what.files.size())) {
    refusal = refuse(400, 50006, "Cannot send an empty message", "invalid_body: empty message");
    return false;
  }
  return true;
}

void rest::add_files(json& message, const json& request, const call& what) {
  for (std::size_t i = 0; i < what.files.size(); ++i) {
    const auto& file = what.files[i];
    const std::string id = id_text(state_.world.next_id());
    const std::string url = "https://cdn.discordapp.com/attachments/" + text_at(message, "channel_id") + "/" + id + "/" + file.name;
    json attachment = {{"id", id}, {"filename", file.name}, {"size", file.bytes}, {"url", url}, {"proxy_url", url}};
    if (!file.type.empty()) attachment["content_type"] = file.type;
    for (const auto& entry : at(request, "attachments"))
      if (id_at(entry, "id") == i && at(entry, "description").is_string()) attachment["description"] = entry["description"];
    message["attachments"].push_back(std::move(attachment));
  }
}

void rest::publish(std::string_view event, const channel_record& channel, const message_record& message) {
  if (!message.ephemeral) gate_.message_event(event, channel.guild, state_.world.message_event(channel, message));
}

bool rest::check_reference(const channel_record& channel, const json& reference, answer& refusal) {
  const bool forward = int_at(reference, "type") == 1;
  if (forward && id_at(reference, "channel_id") == 0) {
    form_errors errors;
    errors.add({"message_reference", "channel_id"}, "BASE_TYPE_REQUIRED", "This field is required");
    refusal = invalid_form(errors);
    return false;
  }
  if (forward && !visible_channel(id_at(reference, "channel_id"), refusal)) return false;
  const snowflake from = forward ? id_at(reference, "channel_id") : channel.id;
  const message_record* message = state_.world.find_message(from, id_at(reference, "message_id"));
  if (message && message->ephemeral && forward) {
    refusal = refuse(400, 160014, "You cannot forward a message whose content you cannot read", "forbidden");
    return false;
  }
  if (message || (!forward && !bool_at(reference, "fail_if_not_exists", true))) return true;
  form_errors errors;
  errors.add({"message_reference"}, "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
  refusal = invalid_form(errors);
  refusal.violation.clear();  // somebody may have deleted it meanwhile
  return false;
}

rest::answer rest::create_message(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  if (channel->guild != 0 &&
      (state_.world.permissions(state_.world.guilds.at(channel->guild), state_.world.bot) & send_messages) == 0)
    return refuse(403, 50013, "Missing Permissions", "forbidden");
  if (!check_message_body(what.body, what, nullptr, refusal)) return refusal;
  const json& reference = at(what.body, "message_reference");
  if (reference.is_object() && !check_reference(*channel, reference, refusal)) return refusal;
  const json& nonce = at(what.body, "nonce");
  const bool once = bool_at(what.body, "enforce_nonce") && !nonce.is_null();
  const std::string nonce_text = nonce.is_string() ? nonce.get<std::string>() : dump(nonce);
  if (once) {
    const auto known = channel->nonces.find(nonce_text);
    const message_record* first =
        known == channel->nonces.end() ? nullptr : state_.world.find_message(channel->id, known->second);
    if (first && state_.now() - first->at < state_.options.nonce_lifetime) return ok(first->body);
  }
  const snowflake id = state_.world.next_id();
  message_record message;
  message.body = state_.world.make_message(id, *channel, state_.world.bot, what.body);
  add_files(message.body, what.body, what);
  message.author = state_.world.bot;
  message.at = state_.now();
  const auto& stored = state_.world.store(*channel, std::move(message));
  if (once) channel->nonces[nonce_text] = id;
  ++state_.counters.messages_by_bot;
  publish("MESSAGE_CREATE", *channel, stored);
  return ok(stored.body);
}

rest::answer rest::get_message(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const message_record* message = state_.world.find_message(channel->id, what.id("message_id"));
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  return ok(message->body);
}

rest::answer rest::list_messages(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const auto limit_text = what.query_value("limit");
  const std::size_t limit = limit_text.empty() ? 50 : any_id::parse(limit_text).value();
  const auto before = any_id::parse(what.query_value("before")).value();
  const auto after = any_id::parse(what.query_value("after")).value();
  const auto around = any_id::parse(what.query_value("around")).value();
  std::vector<const json*> visible;
  for (const auto& [id, message] : channel->messages)
    if (!message.ephemeral && (before == 0 || id < before) && id > after) visible.push_back(&message.body);
  std::size_t first = visible.size() > limit ? visible.size() - limit : 0;
  if (!what.query_value("after").empty()) first = 0;  // the oldest ones after it, also after 0
  if (around != 0) {
    const auto middle = std::find_if(visible.begin(), visible.end(), [&](const json* m) { return id_at(*m, "id") >= around; });
    const auto position = static_cast<std::size_t>(middle - visible.begin());
    first = position > limit / 2 ? position - limit / 2 : 0;
  }
  json out = json::array();
  for (std::size_t i = std::min(visible.size(), first + limit); i > first; --i) out.push_back(*visible[i - 1]);
  return ok(std::move(out));
}

rest::answer rest::update_message(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  message_record* message = state_.world.find_message(channel->id, what.id("message_id"));
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  if (message->author != state_.world.bot)
    return refuse(403, 50005, "Cannot edit a message authored by another user", "forbidden");
  if (!check_message_body(what.body, what, message, refusal)) return refusal;
  state_.world.edit_message(*message, what.body);
  add_files(message->body, what.body, what);
  publish("MESSAGE_UPDATE", *channel, *message);
  return ok(message->body);
}

void rest::remove_message(channel_record& channel, snowflake id) {
  const bool ephemeral = channel.messages.at(id).ephemeral;
  channel.messages.erase(id);
  if (ephemeral) return;
  json data = {{"id", id_text(id)}, {"channel_id", id_text(channel.id)}};
  if (channel.guild != 0) data["guild_id"] = id_text(channel.guild);
  gate_.event("MESSAGE_DELETE", channel.guild, data);
}

rest::answer rest::delete_message(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const message_record* message = state_.world.find_message(channel->id, what.id("message_id"));
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  const bool manages =
      channel->guild != 0 &&
      (state_.world.permissions(state_.world.guilds.at(channel->guild), state_.world.bot) & manage_messages) != 0;
  if (message->author != state_.world.bot && !manages) return refuse(403, 50013, "Missing Permissions", "forbidden");
  remove_message(*channel, what.id("message_id"));
  return no_content();
}

rest::answer rest::bulk_delete_messages(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  if (channel->guild == 0 ||
      (state_.world.permissions(state_.world.guilds.at(channel->guild), state_.world.bot) & manage_messages) == 0)
    return refuse(403, 50013, "Missing Permissions", "forbidden");
  const json& ids = at(what.body, "messages");
  if (ids.size() < 2 || ids.size() > 100) {
    form_errors errors;
    errors.add({"messages"}, "BASE_TYPE_BAD_LENGTH", "Must be between 2 and 100 in length.");
    return invalid_form(errors);
  }
  json deleted = json::array();
  for (const auto& id : ids)
    if (channel->messages.erase(id_of(id)) != 0) deleted.push_back(id);
  gate_.event("MESSAGE_DELETE_BULK", channel->guild,
              {{"ids", deleted}, {"channel_id", id_text(channel->id)}, {"guild_id", id_text(channel->guild)}});
  return no_content();
}

rest::answer rest::change_reaction(const call& what, snowflake user, bool add) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  message_record* message = state_.world.find_message(channel->id, what.id("message_id"));
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  const std::string emoji = what.param("emoji_name");
  if (!is_unicode_emoji(emoji)) return refuse(400, 10014, "Unknown Emoji", "invalid_emoji");
  if (add && channel->guild != 0 &&
      (state_.world.permissions(state_.world.guilds.at(channel->guild), state_.world.bot) & add_reactions) == 0)
    return refuse(403, 50013, "Missing Permissions", "forbidden");
  if (!change_reaction_of(state_.world, gate_, *channel, *message, user, emoji, add) && !add)
    return refuse(404, 10008, "Unknown Message");
  return no_content();
}

bool change_reaction_of(world& things, gateway& gate, const channel_record& channel, message_record& message,
                        snowflake user, const std::string& emoji, bool add) {
  auto& users = message.reactions[emoji];
  const bool changed = add ? users.insert(user).second : users.erase(user) != 0;
  if (users.empty()) message.reactions.erase(emoji);
  json list = json::array();
  for (const auto& [name, by] : message.reactions)
    list.push_back({{"emoji", {{"id", nullptr}, {"name", name}}},
                    {"count", by.size()},
                    {"count_details", {{"burst", 0}, {"normal", by.size()}}},
                    {"burst_colors", json::array()},
                    {"me_burst", false},
                    {"me", by.contains(things.bot)}});
  if (list.empty()) message.body.erase("reactions");
  else message.body["reactions"] = std::move(list);
  if (!changed) return false;
  json data = {{"user_id", id_text(user)},
               {"channel_id", id_text(channel.id)},
               {"message_id", message.body["id"]},
               {"emoji", {{"id", nullptr}, {"name", emoji}}},
               {"burst", false},
               {"type", 0}};
  if (channel.guild != 0) data["guild_id"] = id_text(channel.guild);
  if (add) {
    data["message_author_id"] = id_text(message.author);
    if (things.is_member(channel.guild, user))
      data["member"] = things.member_json(things.guilds.at(channel.guild), user, true);
  }
  gate.event(add ? "MESSAGE_REACTION_ADD" : "MESSAGE_REACTION_REMOVE", channel.guild, data);
  return true;
}

rest::answer rest::add_reaction(const call& what) { return change_reaction(what, state_.world.bot, true); }

rest::answer rest::delete_my_reaction(const call& what) { return change_reaction(what, state_.world.bot, false); }

rest::answer rest::delete_user_reaction(const call& what) {
  answer refusal;
  const snowflake user = what.id("user_id");
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || (user != state_.world.bot && !may(channel->guild, manage_messages, refusal))) return refusal;
  return change_reaction(what, user, false);
}

rest::answer rest::delete_all_reactions(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  if (!may(channel->guild, manage_messages, refusal)) return refusal;
  message_record* message = state_.world.find_message(channel->id, what.id("message_id"));
  if (!message || message->ephemeral) return refuse(404, 10008, "Unknown Message");
  message->reactions.clear();
  message->body.erase("reactions");
  json data = {{"channel_id", id_text(channel->id)}, {"message_id", message->body["id"]}};
  if (channel->guild != 0) data["guild_id"] = id_text(channel->guild);
  gate_.event("MESSAGE_REACTION_REMOVE_ALL", channel->guild, data);
  return no_content();
}

}  // namespace monochord::testing
