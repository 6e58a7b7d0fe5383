// SPDX-License-Identifier: MIT
// Voice channels and soundboards of the world, and who is there.
#include <algorithm>
#include <chrono>
#include <monochord/core/error.hpp>

#include "testing/brain.hpp"

namespace monochord::testing {

json world::voice_state_json(const guild_record& guild, snowflake user, const voice_record& voice) const {
  return {{"guild_id", id_text(guild.id)},
          {"channel_id", voice.channel == 0 ? json(nullptr) : json(id_text(voice.channel))},
          {"user_id", id_text(user)},
          {"member", member_json(guild, user, true)},
          {"session_id", voice.session},
          {"deaf", false},
          {"mute", false},
          {"self_deaf", voice.self_deaf},
          {"self_mute", voice.self_mute},
          {"self_video", false},
          {"suppress", false},
          {"request_to_speak_timestamp", nullptr}};
}

json world::presence_json(const guild_record& guild, snowflake user) const {
  const auto& status = users.at(user).status;
  json client = json::object();
  if (status != "offline") client["desktop"] = status;
  return {{"user", {{"id", id_text(user)}}},
          {"guild_id", id_text(guild.id)},
          {"status", status},
          {"activities", json::array()},
          {"client_status", std::move(client)}};
}

json world::sound_json(const guild_record& guild, const sound_record& sound) {
  return {{"sound_id", id_text(sound.id)}, {"name", sound.name},    {"volume", 1.0},
          {"emoji_id", nullptr},           {"emoji_name", nullptr}, {"available", true},
          {"guild_id", id_text(guild.id)}};
}

void gateway::move_voice(snowflake where, snowflake user, const voice_record& to) {
  guild_record& guild = state_.world.guilds.at(where);
  const auto old = guild.voice.contains(user) ? guild.voice[user].channel : 0;
  if (to.channel == 0)
    guild.voice.erase(user);
  else
    guild.voice[user] = to;
  event("VOICE_STATE_UPDATE", where, state_.world.voice_state_json(guild, user, to));
  const auto count = [&](snowflake channel) {
    return std::count_if(guild.voice.begin(), guild.voice.end(),
                         [&](const auto& one) { return one.second.channel == channel; });
  };
  for (const auto channel : {old, to.channel}) {
    if (channel == 0 || old == to.channel) continue;
    auto& record = state_.world.channels.at(channel);
    const bool used = count(channel) != 0;
    if (used == (record.voice_since != 0)) continue;
    const auto now = std::chrono::floor<std::chrono::seconds>(state_.options.clock->utc_now());
    record.voice_since = used ? now.time_since_epoch().count() : 0;
    const json since = used ? json(record.voice_since) : json(nullptr);
    event("VOICE_CHANNEL_START_TIME_UPDATE", where,
          {{"id", id_text(channel)}, {"guild_id", id_text(where)}, {"voice_start_time", since}});
  }
}

namespace acts {

channel_id add_voice_channel(mock_state& state, gateway& gate, guild_id where, std::string_view name) {
  guild_record& place = guild(state, where);
  const snowflake id = state.world.next_id();
  channel_record& made = state.world.channels[id];
  made.id = id;
  made.guild = place.id;
  made.type = voice_channel_type;
  made.name = name;
  made.position = static_cast<int>(place.channels.size());
  place.channels.push_back(id);
  gate.event("CHANNEL_CREATE", place.id, state.world.channel_json(made));
  return channel_id{id};
}

soundboard_sound_id add_soundboard_sound(mock_state& state, gateway& gate, guild_id where, std::string_view name) {
  guild_record& place = guild(state, where);
  auto& made = place.sounds.emplace_back();
  made.id = state.world.next_id();
  made.name = name;
  gate.event("GUILD_SOUNDBOARD_SOUND_CREATE", place.id, world::sound_json(place, made));
  return soundboard_sound_id{made.id};
}

void join_voice(mock_state& state, gateway& gate, user_id who, guild_id where, channel_id to) {
  guild_record& place = guild(state, where);
  user(state, who);
  voice_record voice;
  voice.channel = to.value();
  if (to && (channel(state, to).guild != place.id || channel(state, to).type != voice_channel_type))
    throw error(errc::invalid_argument, "that is no voice channel of the guild");
  if (!place.members.contains(who.value())) join(state, gate, where, who);
  voice.session = "voice" + who.str();
  gate.move_voice(place.id, who.value(), voice);
}

void set_voice_status(mock_state& state, gateway& gate, channel_id where, std::string_view status) {
  channel_record& place = channel(state, where);
  place.voice_status = status;
  gate.event("VOICE_CHANNEL_STATUS_UPDATE", place.guild,
             {{"id", id_text(place.id)},
              {"guild_id", id_text(place.guild)},
              {"status", status.empty() ? json(nullptr) : json(std::string(status))}});
}

void set_presence(mock_state& state, gateway& gate, user_id who, std::string_view status) {
  user(state, who).status = status;
  for (const auto& [id, place] : state.world.guilds)
    if (place.members.contains(who.value()))
      gate.event("PRESENCE_UPDATE", id, state.world.presence_json(place, who.value()));
}

}  // namespace acts

}  // namespace monochord::testing
