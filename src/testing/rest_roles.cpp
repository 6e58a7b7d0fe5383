// SPDX-License-Identifier: MIT
// Roles, their order, and who has them.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

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

/// The permissions that a request gives to a role which had `before`.
std::uint64_t added_permissions(const json& request, std::uint64_t before) {
  if (at(request, "permissions").is_null()) return 0;
  return static_cast<std::uint64_t>(int_at(request, "permissions")) & ~before;
}

/// From the lowest to the highest.
void sort_by_order(std::vector<role_record*>& roles) {
  std::sort(roles.begin(), roles.end(), [](const role_record* a, const role_record* b) { return is_higher(*b, *a); });
}

json role_event(const guild_record& guild, const role_record& role) {
  return {{"guild_id", id_text(guild.id)}, {"role", world::role_json(guild, role)}};
}

}  // namespace

bool rest::may_touch(const guild_record& guild, const role_record& role, answer& refusal) const {
  if (world::is_above(guild, state_.world.bot, role)) return true;
  refusal = refuse(403, 50013, "Missing Permissions", "forbidden: a role that is not below the bot's highest");
  return false;
}

bool rest::may_act_on(const guild_record& guild, snowflake user, answer& refusal) const {
  if (world::is_above(guild, state_.world.bot, user)) return true;
  refusal = refuse(403, 50013, "Missing Permissions", "forbidden: a member who is not below the bot's highest role");
  return false;
}

/// A role gets no permission that who changes it does not have.
bool rest::may_grant(const guild_record& guild, std::uint64_t permissions, answer& refusal) const {
  if ((permissions & ~state_.world.permissions(guild, state_.world.bot)) == 0) return true;
  refusal = refuse(403, 50013, "Missing Permissions", "forbidden: a permission that the bot does not have");
  return false;
}

rest::answer rest::create_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  if (!may_grant(*guild, added_permissions(what.body, 0), refusal)) return refusal;
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
  if (!may_touch(*guild, *role, refusal)) return refusal;
  if (!may_grant(*guild, added_permissions(what.body, role->permissions), refusal)) return refusal;
  apply(*role, what.body);
  const json event = role_event(*guild, *role);
  gate_.event("GUILD_ROLE_UPDATE", guild->id, event);
  return ok(event["role"]);
}

rest::answer rest::bulk_update_guild_roles(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  std::map<role_record*, int> places;  // counted from @everyone's
  for (const json& one : what.body) {
    role_record* role = role_of(*guild, id_of(at(one, "id")));
    if (!role) return refuse(404, 10011, "Unknown Role");
    if (at(one, "position").is_null()) continue;
    if (role->id == guild->id) return refuse(400, 50028, "Invalid role", "invalid_body: the place of @everyone");
    role_record there = *role;
    there.position = static_cast<int>(int_at(one, "position"));
    if (!may_touch(*guild, *role, refusal) || !may_touch(*guild, there, refusal)) return refusal;
    places[role] = there.position;
  }
  std::vector<role_record*> moved;
  std::vector<role_record*> order;
  for (role_record& role : guild->roles) (places.contains(&role) ? moved : order).push_back(&role);
  sort_by_order(order);
  std::stable_sort(moved.begin(), moved.end(), [&](auto* a, auto* b) { return places.at(a) < places.at(b); });
  for (role_record* role : moved) {
    const auto place = std::min(static_cast<std::size_t>(std::max(places.at(role), 1)), order.size());
    order.insert(order.begin() + static_cast<std::ptrdiff_t>(place), role);
  }
  json all = json::array();
  for (std::size_t place = 0; place < order.size(); ++place) {
    role_record& role = *order[place];
    const bool stays = std::exchange(role.position, static_cast<int>(place)) == static_cast<int>(place);
    const json event = role_event(*guild, role);
    all.push_back(event["role"]);
    if (!stays) gate_.event("GUILD_ROLE_UPDATE", guild->id, event);
  }
  return ok(std::move(all));
}

rest::answer rest::delete_guild_role(const call& what) {
  answer refusal;
  guild_record* guild = visible_guild(what.id("guild_id"), refusal);
  if (!guild || !may(guild->id, manage_roles, refusal)) return refusal;
  const snowflake id = what.id("role_id");
  const role_record* role = role_of(*guild, id);
  if (!role) return refuse(404, 10011, "Unknown Role");
  if (!may_touch(*guild, *role, refusal)) return refusal;
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
  const role_record* role = role_of(*guild, id);
  if (!role || id == guild->id) return refuse(404, 10011, "Unknown Role");
  if (!may_touch(*guild, *role, refusal)) return refusal;
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
