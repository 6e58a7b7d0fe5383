// SPDX-License-Identifier: MIT
// Members: changed, kicked, banned.
#include <algorithm>
#include <set>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t kick_members = 1U << 1;
constexpr std::uint64_t ban_members = 1U << 2;
constexpr std::uint64_t manage_guild = 1U << 5;
constexpr std::uint64_t mute_members = 1U << 22;
constexpr std::uint64_t deafen_members = 1U << 23;
constexpr std::uint64_t manage_nicknames = 1U << 27;
constexpr std::uint64_t manage_roles = 1U << 28;
constexpr std::uint64_t moderate_members = std::uint64_t{1} << 40;

struct guarded_field {
  std::string_view name;
  std::uint64_t permission;
  bool by_rank;  ///< of members below the bot only; of roles each one is looked at
};
constexpr guarded_field guarded[] = {{"nick", manage_nicknames, true}, {"roles", manage_roles, false},
                                     {"mute", mute_members, false}, {"deaf", deafen_members, false},
                                     {"communication_disabled_until", moderate_members, true}};

bool has(const member_record& member, snowflake role) {
  return std::find(member.roles.begin(), member.roles.end(), role) != member.roles.end();
}

void apply(member_record& member, const json& request) {
  for (const auto& [field, value] : request.items()) {
    if (field == "nick") {
      member.nick = value.is_string() ? value.get<std::string>() : std::string();
    } else if (field == "roles") {
      member.roles.clear();
      if (value.is_array())
        for (const auto& role : value)
          if (id_of(role) != 0) member.roles.push_back(id_of(role));
    } else {
      member.settings[field] = value;
    }
  }
}

}  // namespace

void announce_member(gateway& gate, const world& things, const guild_record& guild, snowflake user) {
  json data = things.member_json(guild, user, true);
  data["guild_id"] = id_text(guild.id);
  gate.event("GUILD_MEMBER_UPDATE", guild.id, data);
}

rest::answer rest::update_guild_member(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild) return refusal;
  const auto member = guild->members.find(what.id("user_id"));
  if (member == guild->members.end()) return refuse(404, 10007, "Unknown Member");
  if (what.body.contains("channel_id"))
    return refuse(400, 40032, "Target user is not connected to voice.");  // the mock's world has no voice
  const bool itself = member->first == state_.world.bot;
  for (const auto& field : guarded) {
    if (!what.body.contains(field.name)) continue;
    if (!may(guild->id, field.permission, refusal)) return refusal;
    if (field.by_rank && !itself && !may_act_on(*guild, member->first, refusal)) return refusal;
  }
  if (what.body.contains("roles")) {
    std::set<snowflake> wanted;
    for (const auto& role : at(what.body, "roles")) wanted.insert(id_of(role));
    for (const role_record& role : guild->roles) {
      const bool changes = (wanted.erase(role.id) != 0) != has(member->second, role.id);
      if (changes && !may_touch(*guild, role, refusal)) return refusal;
    }
    if (!wanted.empty()) return refuse(404, 10011, "Unknown Role");
  }
  apply(member->second, what.body);
  announce_member(gate_, state_.world, *guild, member->first);
  return ok(state_.world.member_json(*guild, member->first, true));
}

rest::answer rest::update_my_guild_member(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild) return refusal;
  member_record& member = guild->members.at(state_.world.bot);
  if (what.body.contains("nick")) {
    member.nick = text_at(what.body, "nick");
    announce_member(gate_, state_.world, *guild, state_.world.bot);
  }
  return ok(state_.world.member_json(*guild, state_.world.bot, true));
}

rest::answer rest::modify_current_user_nick(const call& what) {
  const answer done = update_my_guild_member(what);
  return done.status == 200 ? ok({{"nick", at(what.body, "nick")}}) : done;
}

void rest::remove_member(guild_record& guild, snowflake user) {
  guild.members.erase(user);
  gate_.event("GUILD_MEMBER_REMOVE", guild.id, {{"guild_id", id_text(guild.id)}, {"user", state_.world.user_json(user)}});
}

rest::answer rest::delete_guild_member(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, kick_members, refusal)) return refusal;
  const snowflake user = what.id("user_id");
  if (!guild->members.contains(user)) return refuse(404, 10007, "Unknown Member");
  if (!may_act_on(*guild, user, refusal)) return refusal;
  remove_member(*guild, user);
  return no_content();
}

rest::answer rest::ban_user_from_guild(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, ban_members, refusal)) return refusal;
  const snowflake user = what.id("user_id");
  if (!state_.world.users.contains(user)) return refuse(404, 10013, "Unknown User");
  if (!may_act_on(*guild, user, refusal)) return refusal;
  ban(*guild, user, std::chrono::seconds{int_at(what.body, "delete_message_seconds")});
  return no_content();
}

void rest::ban(guild_record& guild, snowflake user, std::chrono::seconds deleted) {
  guild.bans[user] = entry_.audit_log_reason;
  for (const auto id : guild.channels) {
    channel_record& channel = state_.world.channels.at(id);
    json ids = json::array();
    std::erase_if(channel.messages, [&](const auto& entry) {
      const bool gone = entry.second.author == user && state_.now() - entry.second.at < deleted;
      if (gone) ids.push_back(id_text(entry.first));
      return gone;
    });
    if (!ids.empty())
      gate_.event("MESSAGE_DELETE_BULK", guild.id, {{"ids", ids}, {"channel_id", id_text(id)}, {"guild_id", id_text(guild.id)}});
  }
  if (guild.members.contains(user)) remove_member(guild, user);
  gate_.event("GUILD_BAN_ADD", guild.id, {{"guild_id", id_text(guild.id)}, {"user", state_.world.user_json(user)}});
}

rest::answer rest::bulk_ban_users_from_guild(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, ban_members | manage_guild, refusal)) return refusal;
  json banned = json::array();
  json failed = json::array();
  for (const auto& one : at(what.body, "user_ids")) {
    const snowflake user = id_of(one);
    const bool can = state_.world.users.contains(user) && !guild->bans.contains(user) &&
                     world::is_above(*guild, state_.world.bot, user);
    if (can) ban(*guild, user, std::chrono::seconds{int_at(what.body, "delete_message_seconds")});
    (can ? banned : failed).push_back(one);
  }
  if (banned.empty()) return refuse(400, 500000, "Failed to ban users");
  return ok({{"banned_users", banned}, {"failed_users", failed}});
}

rest::answer rest::unban_user_from_guild(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, ban_members, refusal)) return refusal;
  const snowflake user = what.id("user_id");
  if (guild->bans.erase(user) == 0) return refuse(404, 10026, "Unknown Ban");
  gate_.event("GUILD_BAN_REMOVE", guild->id, {{"guild_id", id_text(guild->id)}, {"user", state_.world.user_json(user)}});
  return no_content();
}

json rest::ban_json(const guild_record& guild, snowflake user) const {
  const std::string& reason = guild.bans.at(user);
  return {{"reason", reason.empty() ? json(nullptr) : json(reason)}, {"user", state_.world.user_json(user)}};
}

rest::answer rest::get_guild_ban(const call& what) {
  answer refusal;
  const guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, ban_members, refusal)) return refusal;
  const snowflake user = what.id("user_id");
  return guild->bans.contains(user) ? ok(ban_json(*guild, user)) : refuse(404, 10026, "Unknown Ban");
}

rest::answer rest::list_guild_bans(const call& what) {
  answer refusal;
  const guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, ban_members, refusal)) return refusal;
  constexpr std::size_t usual_limit = 1000;
  std::vector<snowflake> users;
  for (const auto& [user, reason] : guild->bans) users.push_back(user);
  keep_page(what, usual_limit, users);
  json out = json::array();
  for (const auto user : users) out.push_back(ban_json(*guild, user));
  return ok(std::move(out));
}

}  // namespace monochord::testing
