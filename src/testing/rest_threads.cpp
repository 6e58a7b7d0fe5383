// SPDX-License-Identifier: MIT
// Threads and who is in them.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr int announcement_channel = 5;
constexpr int announcement_thread = 10;
constexpr int public_thread = 11;
constexpr int private_thread = 12;
constexpr int forum = 15;
constexpr int media = 16;
constexpr int has_thread_flag = 1 << 5;
constexpr std::uint64_t create_public_threads = std::uint64_t{1} << 35;
constexpr std::uint64_t create_private_threads = std::uint64_t{1} << 36;

}  // namespace

channel_record& rest::open_thread(const channel_record& parent, snowflake id, int type, const json& request) {
  channel_record& made = state_.world.channels[id];
  made.id = id;
  made.guild = parent.guild;
  made.parent = parent.id;
  made.owner = state_.world.bot;
  made.type = type;
  made.name = text_at(request, "name");
  const auto now = state_.options.clock->utc_now();
  made.thread_members[state_.world.bot] = now;
  made.settings = {{"rate_limit_per_user", int_at(request, "rate_limit_per_user")},
                   {"thread_metadata",
                    {{"archived", false},
                     {"locked", false},
                     {"auto_archive_duration", int_at(request, "auto_archive_duration", 4320)},
                     {"archive_timestamp", format_timestamp(now)},
                     {"create_timestamp", format_timestamp(now)}}}};
  if (type == private_thread) made.settings["thread_metadata"]["invitable"] = bool_at(request, "invitable", true);
  if (at(request, "applied_tags").is_array()) made.settings["applied_tags"] = request["applied_tags"];
  state_.world.guilds.at(parent.guild).threads.push_back(id);
  json event = state_.world.channel_json(made);
  event["newly_created"] = true;
  gate_.event("THREAD_CREATE", parent.guild, event);
  return made;
}

rest::answer rest::create_thread_from_message(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || !may(channel->guild, create_public_threads, refusal)) return refusal;
  const snowflake id = what.id("message_id");
  message_record* message = state_.world.find_message(channel->id, id);
  if (!message) return refuse(404, 10008, "Unknown Message");
  if (channel->is_thread()) return refuse(400, 50024, "Cannot execute action on this channel type", "invalid_body: channel");
  if (state_.world.channels.contains(id)) return refuse(400, 160004, "A thread has already been created for this message");
  const int type = channel->type == announcement_channel ? announcement_thread : public_thread;
  const json thread = state_.world.channel_json(open_thread(*channel, id, type, what.body));  // of the message's own id
  message->body["thread"] = thread;
  message->body["flags"] = int_at(message->body, "flags") | has_thread_flag;
  publish("MESSAGE_UPDATE", *channel, *message);
  return created(thread);
}

rest::answer rest::create_thread(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  if (channel->is_thread()) return refuse(400, 50024, "Cannot execute action on this channel type", "invalid_body: channel");
  const bool posts = channel->type == forum || channel->type == media;
  const int type = posts ? public_thread : static_cast<int>(int_at(what.body, "type", private_thread));
  if (!may(channel->guild, type == private_thread ? create_private_threads : create_public_threads, refusal)) return refusal;
  if (!posts) return created(state_.world.channel_json(open_thread(*channel, state_.world.next_id(), type, what.body)));
  const json& first = at(what.body, "message");
  if (!first.is_object()) {
    form_errors errors;
    errors.add({"message"}, "BASE_TYPE_REQUIRED", "This field is required");
    return invalid_form(errors);
  }
  if (!check_message_body(first, what, nullptr, refusal)) return refusal;
  channel_record& thread = open_thread(*channel, state_.world.next_id(), type, what.body);
  message_record message;
  message.body = state_.world.make_message(thread.id, thread, state_.world.bot, first);  // the first message has its id
  add_files(message.body, first, what);
  message.author = state_.world.bot;
  message.at = state_.now();
  const auto& stored = state_.world.store(thread, std::move(message));
  publish("MESSAGE_CREATE", thread, stored);
  json out = state_.world.channel_json(thread);
  out["message"] = stored.body;
  return created(out);
}

channel_record* rest::visible_thread(snowflake id, answer& refusal) {
  channel_record* channel = visible_channel(id, refusal);
  if (!channel || channel->is_thread()) return channel;
  refusal = refuse(400, 50024, "Cannot execute action on this channel type");
  return nullptr;
}

rest::answer rest::change_thread_member(const call& what, snowflake user, bool add) {
  answer refusal;
  channel_record* thread = visible_thread(what.id("channel_id"), refusal);
  if (!thread) return refusal;
  if (!state_.world.is_member(thread->guild, user)) return refuse(404, 10007, "Unknown Member");
  const bool changed = add ? thread->thread_members.emplace(user, state_.options.clock->utc_now()).second
                           : thread->thread_members.erase(user) != 0;
  if (!changed) return no_content();
  json event = {{"id", id_text(thread->id)},
                {"guild_id", id_text(thread->guild)},
                {"member_count", std::min<std::size_t>(thread->thread_members.size(), 50)}};
  if (add) {
    json member = world::thread_member_json(*thread, user);
    member["member"] = state_.world.member_json(state_.world.guilds.at(thread->guild), user, true);
    member["presence"] = nullptr;
    event["added_members"] = json::array({std::move(member)});
  } else {
    event["removed_member_ids"] = json::array({id_text(user)});
  }
  gate_.event("THREAD_MEMBERS_UPDATE", thread->guild, event);
  return no_content();
}

rest::answer rest::join_thread(const call& what) { return change_thread_member(what, state_.world.bot, true); }
rest::answer rest::leave_thread(const call& what) { return change_thread_member(what, state_.world.bot, false); }
rest::answer rest::add_thread_member(const call& what) { return change_thread_member(what, what.id("user_id"), true); }
rest::answer rest::delete_thread_member(const call& what) { return change_thread_member(what, what.id("user_id"), false); }

json rest::thread_member(const channel_record& thread, snowflake user, bool with_member) const {
  json out = world::thread_member_json(thread, user);
  const guild_record& guild = state_.world.guilds.at(thread.guild);
  if (with_member && guild.members.contains(user)) out["member"] = state_.world.member_json(guild, user, true);
  return out;
}

rest::answer rest::list_thread_members(const call& what) {
  answer refusal;
  const channel_record* thread = visible_thread(what.id("channel_id"), refusal);
  if (!thread) return refusal;
  constexpr std::size_t usual_limit = 100;
  const bool with_member = what.query_flag("with_member");
  std::vector<snowflake> users;
  for (const auto& [user, joined] : thread->thread_members) users.push_back(user);
  if (with_member) keep_page(what, usual_limit, users);  // otherwise Discord gives no pages
  json out = json::array();
  for (const auto user : users) out.push_back(thread_member(*thread, user, with_member));
  return ok(std::move(out));
}

rest::answer rest::get_thread_member(const call& what) {
  answer refusal;
  const channel_record* thread = visible_thread(what.id("channel_id"), refusal);
  if (!thread) return refusal;
  const snowflake user = what.id("user_id");
  if (!thread->thread_members.contains(user)) return refuse(404, 10007, "Unknown Member");
  return ok(thread_member(*thread, user, what.query_flag("with_member")));
}

rest::answer rest::get_active_guild_threads(const call& what) {
  answer refusal;
  const guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild) return refusal;
  json threads = json::array();
  json members = json::array();
  for (auto id = guild->threads.rbegin(); id != guild->threads.rend(); ++id) {  // newest first
    const channel_record& thread = state_.world.channels.at(*id);
    if (bool_at(at(thread.settings, "thread_metadata"), "archived")) continue;
    threads.push_back(state_.world.channel_json(thread));
    if (thread.thread_members.contains(state_.world.bot)) members.push_back(world::thread_member_json(thread, state_.world.bot));
  }
  return ok({{"threads", std::move(threads)}, {"members", std::move(members)}});
}

}  // namespace monochord::testing
