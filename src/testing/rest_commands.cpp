// SPDX-License-Identifier: MIT
// Application commands, global and of guilds.
#include <algorithm>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

auto find_command(std::vector<json>& commands, snowflake id) {
  return std::find_if(commands.begin(), commands.end(), [&](const json& c) { return id_at(c, "id") == id; });
}

auto find_twin(std::vector<json>& commands, const json& request) {
  return std::find_if(commands.begin(), commands.end(), [&](const json& c) {
    return c["name"] == at(request, "name") && c["type"] == int_at(request, "type", 1);
  });
}

}  // namespace

rest::answer rest::check_command_scope(const call& what) const {
  if (what.id("application_id") != state_.world.application)
    return refuse(403, 20012, "You are not authorized to perform this action on this application", "forbidden");
  if (what.params.contains("guild_id") && !state_.world.is_member(what.id("guild_id"), state_.world.bot))
    return refuse(403, 50001, "Missing Access", "forbidden");
  return {};
}

json rest::complete_command(const json& request, snowflake id, snowflake guild) const {
  const auto type = int_at(request, "type", 1);
  json out = {{"id", id_text(id)},
              {"application_id", id_text(state_.world.application)},
              {"version", id_text(state_.world.application + 1)},
              {"type", type},
              {"name", at(request, "name")},
              {"name_localizations", at(request, "name_localizations")},
              {"description", text_at(request, "description")},
              {"description_localizations", at(request, "description_localizations")},
              {"default_member_permissions", nullptr},
              {"dm_permission", bool_at(request, "dm_permission", true)},
              {"contexts", at(request, "contexts")},
              {"integration_types", at(request, "integration_types").is_array() ? request["integration_types"] : json::array({0})},
              {"nsfw", bool_at(request, "nsfw")}};
  const json& permissions = at(request, "default_member_permissions");
  if (!permissions.is_null())
    out["default_member_permissions"] = permissions.is_string() ? permissions : json(dump(permissions));
  if (at(request, "options").is_array() && !request["options"].empty()) out["options"] = request["options"];
  if (guild != 0) out["guild_id"] = id_text(guild);
  return out;
}

rest::answer rest::list_commands(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  json out = json::array();
  for (const auto& command : state_.world.commands[what.id("guild_id")]) out.push_back(command);
  return ok(std::move(out));
}

rest::answer rest::create_command(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  form_errors errors;
  check_command_rules(what.body, {}, errors);
  auto& commands = state_.world.commands[what.id("guild_id")];
  const auto twin = find_twin(commands, what.body);
  if (twin == commands.end()) {
    json all = commands;
    all.push_back(what.body);
    check_command_list(all, errors);
  }
  if (!errors.empty()) return invalid_form(errors);
  if (twin != commands.end()) return ok(*twin = complete_command(what.body, id_at(*twin, "id"), what.id("guild_id")));
  commands.push_back(complete_command(what.body, state_.world.next_id(), what.id("guild_id")));
  return created(commands.back());
}

rest::answer rest::bulk_set_commands(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  form_errors errors;
  for (std::size_t i = 0; i < what.body.size(); ++i) check_command_rules(what.body[i], {std::to_string(i)}, errors);
  check_command_list(what.body, errors);
  if (!errors.empty()) return invalid_form(errors);
  const auto guild = what.id("guild_id");
  auto& commands = state_.world.commands[guild];
  std::vector<json> renewed;
  for (const auto& request : what.body) {
    const auto twin = find_twin(commands, request);
    const snowflake id = twin == commands.end() ? state_.world.next_id() : id_at(*twin, "id");
    renewed.push_back(complete_command(request, id, guild));
  }
  commands = std::move(renewed);
  return ok(commands);
}

rest::answer rest::get_command(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  auto& commands = state_.world.commands[what.id("guild_id")];
  const auto found = find_command(commands, what.id("command_id"));
  return found == commands.end() ? refuse(404, 10063, "Unknown application command") : ok(*found);
}

rest::answer rest::update_command(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  auto& commands = state_.world.commands[what.id("guild_id")];
  const auto found = find_command(commands, what.id("command_id"));
  if (found == commands.end()) return refuse(404, 10063, "Unknown application command");
  json merged = *found;
  for (const auto& [name, value] : what.body.items()) merged[name] = value;
  form_errors errors;
  check_command_rules(merged, {}, errors);
  if (!errors.empty()) return invalid_form(errors);
  return ok(*found = complete_command(merged, what.id("command_id"), what.id("guild_id")));
}

rest::answer rest::delete_command(const call& what) {
  answer scope = check_command_scope(what);
  if (scope.status != 200) return scope;
  auto& commands = state_.world.commands[what.id("guild_id")];
  const auto found = find_command(commands, what.id("command_id"));
  if (found == commands.end()) return refuse(404, 10063, "Unknown application command");
  commands.erase(found);
  return no_content();
}

}  // namespace monochord::testing
