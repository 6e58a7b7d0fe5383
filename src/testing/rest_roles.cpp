// SPDX-License-Identifier: MIT
// Roles, and who has them.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::uint64_t manage_roles = 1U << 28;

void apply(role_record& role, const json& request) {
  for (const auto& [field, value] : request.items()) {
    if (value.is_null()) continue;
    if (field == "name") role.name = value.get<std::string>();
    else if (field == "permissions") role.permissions = static_cast<std::uint64_t>(int_at(request, "permissions"));
    else if (field != "icon") role.settings[field] = value;
    if (field == "color") role.settings["colors"] = {{"primary_color", value}, {"secondary_color", nullptr}, {"tertiary_color", nullptr}};
  }
}

role_record* role_of(guild_record& guild, snowflake id) {
  const auto found = std::find_if(guild.roles.begin(), guild.roles.end(), [&](const role_record& r) { return r.id == id; });
  return found == guild.roles.end() ? nullptr : &*found;
}

json role_event(const guild_record& guild, const role_record& role) {
  return {{"guild_id", id_text(guild.id)}, {"role", world::role_json(guild, role)}};
}

}  // namespace

rest::answer rest::create_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  constexpr std::size_t most_roles = 250;
  if (guild->roles.size() >= most_roles) return refuse(400, 30005, "Maximum number of guild roles reached (250)", "limit");
  role_record role;
  role.id = state_.world.next_id();
  role.name = "new role";
  role.position = 1;
  for (auto& other : guild->roles)
    if (other.id != guild->id) ++other.position;
  apply(role, what.body);
  guild->roles.push_back(std::move(role));
  const json event = role_event(*guild, guild->roles.back());
  gate_.event("GUILD_ROLE_CREATE", guild->id, event);
  return ok(event["role"]);
}

rest::answer rest::get_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild) return refusal;
  const role_record* role = role_of(*guild, what.id("role_id"));
  return role ? ok(world::role_json(*guild, *role)) : refuse(404, 10011, "Unknown Role");
}

rest::answer rest::update_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  role_record* role = role_of(*guild, what.id("role_id"));
  if (!role) return refuse(404, 10011, "Unknown Role");
  apply(*role, what.body);
  const json event = role_event(*guild, *role);
  gate_.event("GUILD_ROLE_UPDATE", guild->id, event);
  return ok(event["role"]);
}

rest::answer rest::delete_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  const snowflake id = what.id("role_id");
  if (!role_of(*guild, id)) return refuse(404, 10011, "Unknown Role");
  if (id == guild->id) return refuse(400, 50028, "Invalid role", "invalid_body: role");
  std::erase_if(guild->roles, [&](const role_record& r) { return r.id == id; });
  for (auto& [user, member] : guild->members) std::erase(member.roles, id);
  gate_.event("GUILD_ROLE_DELETE", guild->id, {{"guild_id", id_text(guild->id)}, {"role_id", id_text(id)}});
  return no_content();
}

rest::answer rest::change_member_role(const call& what, bool add) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  const snowflake id = what.id("role_id");
  const auto member = guild->members.find(what.id("user_id"));
  if (member == guild->members.end()) return refuse(404, 10007, "Unknown Member");
  if (!role_of(*guild, id) || id == guild->id) return refuse(404, 10011, "Unknown Role");
  auto& roles = member->second.roles;
  const bool has = std::find(roles.begin(), roles.end(), id) != roles.end();
  if (has == add) return no_content();
  if (add) roles.push_back(id);
  else std::erase(roles, id);
  announce_member(gate_, state_.world, *guild, member->first);
  return no_content();
}

rest::answer rest::add_guild_member_role(const call& what) { return change_member_role(what, true); }

rest::answer rest::delete_guild_member_role(const call& what) { return change_member_role(what, false); }

}  // namespace monochord::testing
