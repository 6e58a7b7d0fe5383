// SPDX-License-Identifier: MIT
// What humans do in the world, and what tests read from it.
#include <algorithm>

#include <monochord/core/error.hpp>
#include "testing/brain.hpp"

namespace monochord::testing::acts {

namespace {

[[noreturn]] void unknown(const std::string& what) {
  throw error(errc::invalid_argument, "the mock's world has no " + what);
}

message_record human_message(mock_state& state, const channel_record& place, snowflake user, const json& request) {
  message_record message;
  message.body = state.world.make_message(state.world.next_id(), place, user, request);
  message.author = user;
  message.at = state.now();
  return message;
}

mock_reply reply_of(const message_record& message, time_point asked, time_point answered) {
  mock_reply reply;
  reply.message = message_id{id_at(message.body, "id")};
  reply.channel = channel_id{id_at(message.body, "channel_id")};
  reply.content = text_at(message.body, "content");
  reply.ephemeral = message.ephemeral;
  reply.json = dump(message.body);
  reply.latency = answered - asked;
  return reply;
}

}  // namespace

user_record& user(mock_state& state, user_id id) {
  const auto found = state.world.users.find(id.value());
  if (found == state.world.users.end()) unknown("user " + id.str());
  return found->second;
}

guild_record& guild(mock_state& state, guild_id id) {
  guild_record* found = state.world.find_guild(id.value());
  if (!found) unknown("guild " + id.str());
  return *found;
}

channel_record& channel(mock_state& state, channel_id id) {
  channel_record* found = state.world.find_channel(id.value());
  if (!found) unknown("channel " + id.str());
  return *found;
}

message_record& message(mock_state& state, channel_id where, message_id id) {
  message_record* found = state.world.find_message(where.value(), id.value());
  if (!found) unknown("message " + id.str() + " in channel " + where.str());
  return *found;
}

guild_id add_guild(mock_state& state, gateway& gate, std::string_view name, user_id owner) {
  if (!owner) {
    user_record* known = state.world.find_user("owner");
    owner = user_id{known ? known->id : state.world.add_user("owner", false).id};
  }
  user(state, owner);
  const snowflake id = state.world.next_guild_id();
  guild_record& made = state.world.guilds[id];
  made.id = id;
  made.name = name;
  made.owner = owner.value();
  role_record& everyone = made.roles.emplace_back();
  everyone.id = id;
  everyone.name = "@everyone";
  made.bot_joined = state.options.clock->utc_now();
  made.members[owner.value()].joined = made.bot_joined;
  made.members[state.world.bot].joined = made.bot_joined;
  gate.guild_create(made);
  return guild_id{id};
}

channel_id add_text_channel(mock_state& state, gateway& gate, guild_id where, std::string_view name) {
  guild_record& place = guild(state, where);
  const snowflake id = state.world.next_id();
  channel_record& made = state.world.channels[id];
  made.id = id;
  made.guild = place.id;
  made.name = name;
  made.position = static_cast<int>(place.channels.size());
  place.channels.push_back(id);
  gate.event("CHANNEL_CREATE", place.id, state.world.channel_json(made));
  return channel_id{id};
}

role_id add_role(mock_state& state, gateway& gate, guild_id where, std::string_view name, std::uint64_t permissions) {
  guild_record& place = guild(state, where);
  const snowflake id = state.world.next_id();
  role_record& made = place.roles.emplace_back();
  made.id = id;
  made.name = name;
  made.permissions = permissions;
  made.position = static_cast<int>(place.roles.size()) - 1;
  gate.event("GUILD_ROLE_CREATE", place.id,
             {{"guild_id", id_text(place.id)}, {"role", world::role_json(place, place.roles.back())}});
  return role_id{id};
}

void give_role(mock_state& state, gateway& gate, guild_id where, user_id who, role_id role) {
  guild_record& place = guild(state, where);
  const auto member = place.members.find(who.value());
  if (member == place.members.end()) unknown("member " + who.str() + " of guild " + where.str());
  if (std::none_of(place.roles.begin(), place.roles.end(), [&](const role_record& r) { return r.id == role.value(); }))
    unknown("role " + role.str() + " in guild " + where.str());
  auto& roles = member->second.roles;
  if (std::find(roles.begin(), roles.end(), role.value()) != roles.end()) return;
  roles.push_back(role.value());
  announce_member(gate, state.world, place, who.value());
}

void join(mock_state& state, gateway& gate, guild_id where, user_id who) {
  guild_record& place = guild(state, where);
  user(state, who);
  member_record& member = place.members[who.value()];
  member.joined = state.options.clock->utc_now();
  if (who.value() == state.world.bot) return gate.guild_create(place);
  json data = state.world.member_json(place, who.value(), true);
  data["guild_id"] = id_text(place.id);
  gate.event("GUILD_MEMBER_ADD", place.id, data);
}

void leave(mock_state& state, gateway& gate, guild_id where, user_id who) {
  guild_record& place = guild(state, where);
  if (!place.members.contains(who.value())) unknown("member " + who.str() + " of guild " + where.str());
  if (who.value() == state.world.bot) return remove_bot(state, gate, where);
  place.members.erase(who.value());
  gate.event("GUILD_MEMBER_REMOVE", place.id,
             {{"guild_id", id_text(place.id)}, {"user", state.world.user_json(who.value())}});
}

void set_unavailable(mock_state& state, gateway& gate, guild_id where, bool unavailable) {
  guild_record& place = guild(state, where);
  if (place.unavailable == unavailable) return;
  place.unavailable = unavailable;
  if (!state.world.is_member(place.id, state.world.bot)) return;
  if (unavailable) gate.event("GUILD_DELETE", place.id, {{"id", id_text(place.id)}, {"unavailable", true}});
  else gate.guild_create(place);
}

void remove_bot(mock_state& state, gateway& gate, guild_id where) {
  guild_record& place = guild(state, where);
  gate.event("GUILD_DELETE", place.id, {{"id", id_text(place.id)}});
  place.members.erase(state.world.bot);
}

message_id say(mock_state& state, gateway& gate, user_id who, channel_id where, std::string_view text) {
  user(state, who);
  channel_record& place = channel(state, where);
  if (place.guild != 0 && !state.world.is_member(place.guild, who.value())) join(state, gate, guild_id{place.guild}, who);
  const auto& stored = state.world.store(place, human_message(state, place, who.value(), {{"content", text}}));
  gate.message_event("MESSAGE_CREATE", place.guild, state.world.message_event(place, stored));
  return message_id{id_at(stored.body, "id")};
}

void edit(mock_state& state, gateway& gate, user_id who, channel_id where, message_id id, std::string_view text) {
  message_record& target = message(state, where, id);
  if (target.author != who.value()) throw error(errc::invalid_argument, "only its author edits a message");
  state.world.edit_message(target, {{"content", text}});
  const channel_record& place = channel(state, where);
  gate.message_event("MESSAGE_UPDATE", place.guild, state.world.message_event(place, target));
}

void erase(mock_state& state, gateway& gate, channel_id where, message_id id) {
  message(state, where, id);
  channel_record& place = channel(state, where);
  place.messages.erase(id.value());
  json data = {{"id", id_text(id.value())}, {"channel_id", id_text(place.id)}};
  if (place.guild != 0) data["guild_id"] = id_text(place.guild);
  gate.event("MESSAGE_DELETE", place.guild, data);
}

void react(mock_state& state, gateway& gate, user_id who, channel_id where, message_id id, std::string_view emoji) {
  user(state, who);
  change_reaction_of(state.world, gate, channel(state, where), message(state, where, id), who.value(), std::string(emoji), true);
}

void type(mock_state& state, gateway& gate, user_id who, channel_id where) {
  user(state, who);
  const channel_record& place = channel(state, where);
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(state.options.clock->utc_now().time_since_epoch());
  json data = {{"channel_id", id_text(place.id)}, {"user_id", id_text(who.value())}, {"timestamp", now.count()}};
  if (place.guild != 0) {
    data["guild_id"] = id_text(place.guild);
    if (state.world.is_member(place.guild, who.value()))
      data["member"] = state.world.member_json(state.world.guilds.at(place.guild), who.value(), true);
  }
  gate.event("TYPING_START", place.guild, data);
}

std::optional<mock_reply> reply_to(mock_state& state, message_id to) {
  for (auto& [channel_number, place] : state.world.channels) {
    const auto asked = place.messages.find(to.value());
    if (asked == place.messages.end()) continue;
    message_record* first = nullptr;
    for (auto at_message = std::next(asked); at_message != place.messages.end(); ++at_message) {
      message_record& message = at_message->second;
      if (message.author != state.world.bot || message.interaction != 0 || message.claimed) continue;
      const auto reference = id_at(at(message.body, "message_reference"), "message_id");
      if (reference == to.value()) {
        first = &message;
        break;
      }
      if (reference == 0 && !first) first = &message;
    }
    if (!first) return std::nullopt;
    first->claimed = true;
    return reply_of(*first, asked->second.at, first->at);
  }
  if (!state.world.may_have_been_message(to.value())) unknown("message " + to.str());
  return std::nullopt;  // it was deleted
}

std::optional<mock_reply> reply_to(mock_state& state, interaction_id to) {
  const auto found = state.world.interactions.find(to.value());
  if (found == state.world.interactions.end()) unknown("interaction " + to.str());
  const interaction_record& interaction = found->second;
  if (interaction.callback_type == 0 || interaction.deferred) return std::nullopt;
  const message_record* answer = state.world.find_message(interaction.channel, interaction.original);
  mock_reply reply;
  if (answer) reply = reply_of(*answer, interaction.created, interaction.answered_at);
  reply.channel = channel_id{interaction.channel};
  reply.callback_type = interaction.callback_type;
  reply.latency = interaction.answered_at - interaction.created;
  if (!answer || interaction.callback_type == 6) {
    reply.message = {};
    reply.content = text_at(interaction.callback_data, "title");
    reply.json = dump(interaction.callback_data);
  }
  reply.ephemeral = interaction.ephemeral;
  return reply;
}

}  // namespace monochord::testing::acts
