// SPDX-License-Identifier: MIT
// Gateway information, users, guilds and channels.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

void add_counts(json& shown, const guild_record& guild) {
  shown["approximate_member_count"] = guild.members.size();
  shown["approximate_presence_count"] = 1;
}

}  // namespace

rest::answer rest::get_gateway(const call&) { return ok({{"url", state_.gateway_url}}); }

rest::answer rest::get_bot_gateway(const call&) {
  duration reset_after{};
  const int left = gate_.identifies_left(reset_after);
  const auto reset_ms = std::chrono::ceil<std::chrono::milliseconds>(reset_after).count();
  return ok({{"url", state_.gateway_url},
             {"shards", state_.options.recommended_shards},
             {"session_start_limit",
              {{"total", state_.options.session_start_limit},
               {"remaining", std::max(0, left)},
               {"reset_after", reset_ms},
               {"max_concurrency", state_.options.max_concurrency}}}});
}

rest::answer rest::get_my_user(const call&) { return ok(state_.world.own_user_json()); }

rest::answer rest::get_user(const call& what) {
  json user = state_.world.user_json(what.id("user_id"));
  if (user.is_null()) return refuse(404, 10013, "Unknown User");
  user["banner"] = nullptr;
  user["accent_color"] = nullptr;
  return ok(std::move(user));
}

rest::answer rest::list_my_guilds(const call& what) {
  constexpr std::size_t usual_limit = 200;
  std::vector<snowflake> mine;
  for (const auto& [id, guild] : state_.world.guilds)
    if (guild.members.contains(state_.world.bot)) mine.push_back(id);
  keep_page(what, usual_limit, mine);
  json out = json::array();
  for (const auto id : mine) {
    const guild_record& guild = state_.world.guilds.at(id);
    out.push_back({{"id", id_text(id)},
                   {"name", guild.name},
                   {"icon", nullptr},
                   {"banner", nullptr},
                   {"owner", guild.owner == state_.world.bot},
                   {"permissions", id_text(state_.world.permissions(guild, state_.world.bot))},
                   {"features", json::array()}});
    if (what.query_flag("with_counts")) add_counts(out.back(), guild);
  }
  return ok(std::move(out));
}

rest::answer rest::leave_guild(const call& what) {
  guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  gate_.event("GUILD_DELETE", guild->id, {{"id", id_text(guild->id)}});
  guild->members.erase(state_.world.bot);
  return no_content();
}

rest::answer rest::create_dm(const call& what) {
  const auto user = id_at(what.body, "recipient_id");
  if (!state_.world.users.contains(user)) {
    form_errors errors;
    errors.add({"recipient_id"}, "INVALID_RECIPIENT", "Invalid Recipient(s)");
    return invalid_form(errors);
  }
  return ok(state_.world.channel_json(state_.world.direct_channel(user)));
}

rest::answer rest::get_my_application(const call&) { return ok(state_.world.application_json()); }

rest::answer rest::get_guild(const call& what) {
  const guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  json out = state_.world.guild_json(*guild);
  if (what.query_flag("with_counts")) add_counts(out, *guild);
  return ok(std::move(out));
}

rest::answer rest::list_guild_channels(const call& what) {
  const guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  json out = json::array();
  for (const auto id : guild->channels) out.push_back(state_.world.channel_json(state_.world.channels.at(id)));
  return ok(std::move(out));
}

rest::answer rest::list_guild_roles(const call& what) {
  const guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  json out = json::array();
  for (const auto& role : guild->roles) out.push_back(world::role_json(*guild, role));
  return ok(std::move(out));
}

rest::answer rest::list_guild_members(const call& what) {
  constexpr std::uint64_t guild_members = 1U << 1;
  const guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  if ((state_.options.allowed_privileged_intents & guild_members) == 0)
    return refuse(403, 50001, "Missing Access", "forbidden");
  const auto after = any_id::parse(what.query_value("after")).value();
  const auto limit_text = what.query_value("limit");
  const auto limit = limit_text.empty() ? 1 : any_id::parse(limit_text).value();
  json out = json::array();
  for (const auto& [user, member] : guild->members) {
    if (out.size() >= limit) break;
    if (user > after) out.push_back(state_.world.member_json(*guild, user, true));
  }
  return ok(std::move(out));
}

rest::answer rest::get_guild_member(const call& what) {
  const guild_record* guild = state_.world.find_guild(what.id("guild_id"));
  if (!guild || !guild->members.contains(state_.world.bot)) return refuse(404, 10004, "Unknown Guild");
  const auto user = what.id("user_id");
  if (!guild->members.contains(user)) return refuse(404, 10007, "Unknown Member");
  return ok(state_.world.member_json(*guild, user, true));
}

rest::answer rest::get_channel(const call& what) {
  answer refusal;
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  return channel ? ok(state_.world.channel_json(*channel)) : refusal;
}

rest::answer rest::trigger_typing(const call& what) {
  answer refusal;
  const channel_record* channel = visible_channel(what.id("channel_id"), refusal);
  if (!channel) return refusal;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(state_.options.clock->utc_now().time_since_epoch());
  json data = {{"channel_id", id_text(channel->id)}, {"user_id", id_text(state_.world.bot)}, {"timestamp", now.count()}};
  if (channel->guild != 0) {
    data["guild_id"] = id_text(channel->guild);
    data["member"] = state_.world.member_json(state_.world.guilds.at(channel->guild), state_.world.bot, true);
  }
  gate_.event("TYPING_START", channel->guild, data);
  return no_content();
}

channel_record* rest::visible_channel(snowflake id, answer& refusal) {
  channel_record* channel = state_.world.find_channel(id);
  if (!channel) {
    refusal = refuse(404, 10003, "Unknown Channel");
    return nullptr;
  }
  if (channel->guild != 0 && !state_.world.is_member(channel->guild, state_.world.bot)) {
    refusal = refuse(403, 50001, "Missing Access", "forbidden");
    return nullptr;
  }
  return channel;
}

}  // namespace monochord::testing
