// SPDX-License-Identifier: MIT
#include "cache/impl.hpp"

namespace monochord {

using namespace cached;

void cache::learn(guild_id guild, const monochord::member& member) {
  world& w = whole();
  const auto g = w.find(guild);
  if (g && member.user && !g->has_left(member.user->id)) w.put_member(*g, member, false);
}

void cache::learn(const monochord::user& user) {
  world& w = whole();
  w.meet(user);
  const std::lock_guard hold(w.self_lock);
  if (w.self && w.self->id == user.id) w.self = user;
}

void cache::learn(const monochord::guild& guild) {
  world& w = whole();
  if (const auto g = w.find(guild.id)) w.put_guild(*g, guild);
}

void cache::learn(const monochord::channel& channel) {
  world& w = whole();
  const auto g = w.enter(channel.guild_id.value_or(guild_id{}));
  if (!g) return;
  if (channel.thread_metadata)
    w.put_thread(*g, channel);
  else
    w.put_channel(*g, channel);
}

void cache::learn(guild_id guild, const monochord::role& role) {
  if (const auto g = whole().find(guild)) keep(*g, cache_kind::roles, role.id.value(), role);
}

// An answer does not say of which guild a message is: its channel does, where it is known.
void cache::learn(const monochord::message& message) {
  world& w = whole();
  const guild_id guild = w.guild_of(message.channel_id);
  const auto g = w.find(guild);
  if (!g) return;
  if (!guild && !take_channel(*g, message.channel_id) && !g->rings.contains(message.channel_id.value())) return;
  g->reactions.forget_reactions(message.id);
  g->reactions.forget_votes(message.id);
  w.put_message(*g, message);
}

}  // namespace monochord
