// SPDX-License-Identifier: MIT
// Channels of guilds: made, changed, deleted, and who may do what in them.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t manage_channels = 1U << 4;
constexpr std::uint64_t manage_roles = 1U << 28;
constexpr std::uint64_t manage_threads = std::uint64_t{1} << 34;

json overwrite_of(snowflake id, const json& request) {
  const json& allow = at(request, "allow");
  const json& deny = at(request, "deny");
  return {{"id", id_text(id)},
          {"type", int_at(request, "type")},
          {"allow", allow.is_null() ? "0" : id_text(id_of(allow))},
          {"deny", deny.is_null() ? "0" : id_text(id_of(deny))}};
}

/// Puts the fields of a request into the channel; its name and position are kept apart.
void apply(world& things, channel_record& channel, const json& request) {
  for (const auto& [field, value] : request.items()) {
    if (field == "name") {
      channel.name = value.is_string() ? value.get<std::string>() : channel.name;
    } else if (field == "position") {
      channel.position = value.is_null() ? channel.position : static_cast<int>(int_at(request, "position"));
    } else if (field == "type") {
      channel.type = static_cast<int>(int_at(request, "type", channel.type));
    } else if (field == "permission_overwrites") {
      json list = json::array();
      if (value.is_array())
        for (const auto& entry : value) list.push_back(overwrite_of(id_at(entry, "id"), entry));
      channel.settings[field] = std::move(list);
    } else if (field == "available_tags") {
      json tags = json::array();
      if (value.is_array())
        for (const auto& entry : value) {
          json tag = {{"moderated", false}, {"emoji_id", nullptr}, {"emoji_name", nullptr}};
          tag.update(entry);
          if (id_at(entry, "id") == 0) tag["id"] = id_text(things.next_id());
          tags.push_back(std::move(tag));
        }
      channel.settings[field] = std::move(tags);
    } else {
      channel.settings[field] = value;
    }
  }
}

}  // namespace

guild_record* rest::visible_guild(snowflake id, answer& refusal) {
  guild_record* guild = state_.world.find_guild(id);
  if (guild && guild->members.contains(state_.world.bot)) return guild;
  refusal = refuse(404, 10004, "Unknown Guild");
  return nullptr;
}

bool rest::may(snowflake guild, std::uint64_t permission, answer& refusal) const {
  const auto found = state_.world.guilds.find(guild);
  if (found != state_.world.guilds.end() &&
      (state_.world.permissions(found->second, state_.world.bot) & permission) == permission)
    return true;
  refusal = refuse(403, 50013, "Missing Permissions", "forbidden");
  return false;
}

rest::answer rest::create_guild_channel(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_channels, refusal)) return refusal;
  constexpr std::size_t most_channels = 500;
  if (guild->channels.size() >= most_channels)
    return refuse(400, 30013, "Maximum number of guild channels reached (500)", "limit");
  const snowflake id = state_.world.next_id();
  channel_record& made = state_.world.channels[id];
  made.id = id;
  made.guild = guild->id;
  made.position = static_cast<int>(guild->channels.size());
  apply(state_.world, made, what.body);
  guild->channels.push_back(id);
  const json out = state_.world.channel_json(made);
  gate_.event("CHANNEL_CREATE", guild->id, out);
  return created(out);
}

rest::answer rest::update_channel(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  if (channel->guild == 0) return refuse(403, 50024, "Cannot execute action on this channel type", "forbidden");
  if (channel->is_thread()) {
    if (channel->owner != state_.world.bot && !may(channel->guild, manage_threads, refusal)) return refusal;
    json rest_of = what.body;
    json& metadata = channel->settings["thread_metadata"];
    for (const char* field : {"archived", "locked", "auto_archive_duration", "invitable"})
      if (rest_of.contains(field)) {
        if (!rest_of[field].is_null()) metadata[field] = rest_of[field];
        rest_of.erase(field);
      }
    if (what.body.contains("archived")) metadata["archive_timestamp"] = format_timestamp(state_.options.clock->utc_now());
    apply(state_.world, *channel, rest_of);
  } else {
    if (!may(channel->guild, manage_channels, refusal)) return refusal;
    apply(state_.world, *channel, what.body);
  }
  const json out = state_.world.channel_json(*channel);
  gate_.event(channel->is_thread() ? "THREAD_UPDATE" : "CHANNEL_UPDATE", channel->guild, out);
  return ok(out);
}

rest::answer rest::delete_channel(const call& what) {
  answer refusal;
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const json out = state_.world.channel_json(*channel);
  if (channel->guild == 0) return ok(out);  // a direct channel is only closed, and opens again
  const snowflake id = channel->id;
  guild_record& guild = state_.world.guilds.at(channel->guild);
  if (!may(guild.id, channel->is_thread() ? manage_threads : manage_channels, refusal)) return refusal;
  if (channel->is_thread()) {
    gate_.event("THREAD_DELETE", guild.id,
                {{"id", id_text(id)}, {"guild_id", id_text(guild.id)}, {"parent_id", id_text(channel->parent)}, {"type", channel->type}});
  } else {
    gate_.event("CHANNEL_DELETE", guild.id, out);
    // Its threads and webhooks go with it, without events of their own.
    for (auto thread = state_.world.channels.begin(); thread != state_.world.channels.end();) {
      if (thread->second.parent != id) {
        ++thread;
        continue;
      }
      std::erase(guild.threads, thread->first);
      thread = state_.world.channels.erase(thread);
    }
    std::erase_if(state_.world.webhooks, [&](const auto& hook) { return hook.second.channel == id; });
  }
  std::erase(guild.channels, id);
  std::erase(guild.threads, id);
  state_.world.channels.erase(id);
  return ok(out);
}

rest::answer rest::set_channel_permission_overwrite(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || !may(channel->guild, manage_roles, refusal)) return refusal;
  json& list = channel->settings["permission_overwrites"];
  if (!list.is_array()) list = json::array();
  const snowflake id = what.id("overwrite_id");
  json entry = overwrite_of(id, what.body);
  const auto known = std::find_if(list.begin(), list.end(), [&](const json& o) { return id_at(o, "id") == id; });
  if (known == list.end()) list.push_back(std::move(entry));
  else *known = std::move(entry);
  gate_.event("CHANNEL_UPDATE", channel->guild, state_.world.channel_json(*channel));
  return no_content();
}

rest::answer rest::delete_channel_permission_overwrite(const call& what) {
  answer refusal;
  channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel || !may(channel->guild, manage_roles, refusal)) return refusal;
  json kept = json::array();
  for (const auto& entry : at(channel->settings, "permission_overwrites"))
    if (id_at(entry, "id") != what.id("overwrite_id")) kept.push_back(entry);
  if (kept.size() == at(channel->settings, "permission_overwrites").size())
    return refuse(404, 10009, "Unknown Overwrite");
  channel->settings["permission_overwrites"] = std::move(kept);
  gate_.event("CHANNEL_UPDATE", channel->guild, state_.world.channel_json(*channel));
  return no_content();
}

}  // namespace monochord::testing
