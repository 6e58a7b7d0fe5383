// SPDX-License-Identifier: MIT
#include "cache/impl.hpp"

namespace monochord {

using namespace cached;

void cache::learn(guild_id guild, const monochord::member& member) {
  const auto g = world_->find(guild);
  if (g && member.user && !g->has_left(member.user->id)) world_->put_member(*g, member, false);
}

void cache::learn(const monochord::user& user) {
  world_->meet(user);
  const std::lock_guard hold(world_->self_lock);
  if (world_->self && world_->self->id == user.id) world_->self = user;
}

void cache::learn(const monochord::guild& guild) {
  if (const auto g = world_->find(guild.id)) world_->put_guild(*g, guild);
}

void cache::learn(const monochord::channel& channel) {
  const auto g = world_->enter(channel.guild_id.value_or(guild_id{}));
  if (!g) return;
  if (channel.thread_metadata)
    world_->put_thread(*g, channel);
  else
    world_->put_channel(*g, channel);
}

void cache::learn(guild_id guild, const monochord::role& role) {
  if (const auto g = world_->find(guild)) keep(*g, cache_kind::roles, role.id.value(), role);
}

// An answer does not say of which guild a message is: its channel does, where it is known.
void cache::learn(const monochord::message& message) {
  const guild_id guild = world_->guild_of(message.channel_id);
  const auto g = world_->find(guild);
  if (!g) return;
  if (!guild && !take_channel(*g, message.channel_id) && !g->rings.contains(message.channel_id.value())) return;
  g->reactions.forget_reactions(message.id);
  g->reactions.forget_votes(message.id);
  world_->put_message(*g, message);
}

}  // namespace monochord
