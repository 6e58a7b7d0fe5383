// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/cache/cache.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/events.hpp>

/// Events as Discord tells them, for tests of the cache. Channel 10 x guild is the guild's one channel.
namespace monochord::tests::cache_events {

inline member somebody(std::uint64_t id) {
  return json::decode<member>(
      R"({"user":{"id":")" + std::to_string(id) + R"(","username":"user)" + std::to_string(id) +
      R"(","discriminator":"0","global_name":null,"avatar":"a_0123456789abcdef0123456789abcdef","public_flags":64},
      "nick":"Nick","roles":["71","72"],"joined_at":"2021-05-06T07:08:09.123456+00:00","deaf":false,"mute":true,"flags":0})");
}

inline guild_create a_guild(std::uint64_t id, std::uint64_t members) {
  guild_create event;
  event.guild.id = guild_id{id};
  event.guild.name = "guild";
  event.member_count = static_cast<int>(members);
  for (std::uint64_t r : {71U, 72U}) event.guild.roles.emplace_back().id = role_id{r};
  for (std::uint64_t i = 1; i <= members; ++i) event.members.push_back(somebody(1000 + i));
  auto& channel = event.channels.emplace_back();
  channel.id = channel_id{id * 10};
  channel.guild_id = event.guild.id;
  channel.name = "general";
  channel.topic = "anything";
  return event;
}

inline ready ready_as(std::uint64_t id) {
  ready event;
  event.user = *somebody(id).user;
  return event;
}

inline message_create written(std::uint64_t guild, std::uint64_t channel, std::uint64_t id, std::uint64_t author) {
  message_create event;
  if (guild) event.guild_id = guild_id{guild};
  event.message.id = message_id{id};
  event.message.channel_id = channel_id{channel};
  event.message.content = "hello";
  const member m = somebody(author);
  event.message.author = *m.user;
  if (!guild) return event;
  auto& partial = event.member.emplace();
  partial.nick = m.nick;
  partial.roles = m.roles;
  partial.joined_at = m.joined_at;
  return event;
}

inline voice_state_update in_voice(std::uint64_t user, std::uint64_t channel) {
  voice_state_update event;
  event.voice_state.user_id = user_id{user};
  event.voice_state.channel_id = channel_id{channel};
  event.voice_state.session_id = "voice";
  return event;
}

inline channel a_thread(std::uint64_t guild, std::uint64_t parent, std::uint64_t id, bool archived = false) {
  channel c;
  c.id = channel_id{id};
  c.guild_id = guild_id{guild};
  c.parent_id = channel_id{parent};
  c.name = "thread";
  c.thread_metadata.emplace().archived = archived;
  return c;
}

inline presence_update seen(std::uint64_t guild, std::uint64_t user, const char* status) {
  presence_update event;
  event.presence.guild_id = guild_id{guild};
  event.presence.user.id = user_id{user};
  event.presence.status = presence_status(status);
  event.presence.activities.emplace_back().name = "chess";
  return event;
}

/// One thing of each kind.
inline void tell_everything(cache& cache, guild_id guild) {
  auto created = a_guild(guild.value(), 3);
  created.guild.roles.resize(1);
  created.guild.emojis.emplace_back().id = emoji_id{81};
  created.guild.stickers.emplace().emplace_back().id = sticker_id{82};
  created.threads.push_back(a_thread(guild.value(), guild.value() * 10, guild.value() * 10 + 1));
  created.voice_states.push_back(in_voice(1001, guild.value() * 10).voice_state);
  created.presences.push_back(seen(guild.value(), 1001, "online").presence);
  created.stage_instances.emplace_back().id = stage_instance_id{83};
  created.guild_scheduled_events.emplace_back().id = scheduled_event_id{84};
  created.soundboard_sounds.emplace_back().sound_id = decltype(created.soundboard_sounds.back().sound_id){85};
  cache.apply(created);
  integration_create integration;
  integration.guild_id = guild;
  integration.integration.id = integration_id{86};
  cache.apply(integration);
  auto_moderation_rule_create rule;
  rule.rule.guild_id = guild;
  rule.rule.id = auto_moderation_rule_id{87};
  cache.apply(rule);
  invite_create invite;
  invite.guild_id = guild;
  invite.code = "code";
  cache.apply(invite);
  entitlement_create entitlement;
  entitlement.entitlement.id = entitlement_id{88};
  cache.apply(entitlement);
  cache.apply(written(guild.value(), guild.value() * 10, 900, 1001));
}

}  // namespace monochord::tests::cache_events
