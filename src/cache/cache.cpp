// SPDX-License-Identifier: MIT
#include <monochord/cache/cache.hpp>

#include "cache/image.hpp"
#include <monochord/cache/guild_snapshot.hpp>

namespace monochord {

using namespace cached;

cache::cache(cache_options options) : world_(std::make_unique<world>(std::move(options))) {}
cache::~cache() = default;

cached::world& cache::whole() const {
  world_->late.settle(*world_);
  return *world_;
}

const cache_stats::of_kind& cache_stats::of(cache_kind kind) const noexcept { return each[slot_of(kind)]; }
std::size_t cache_stats::bytes() const noexcept {
  std::size_t sum = overhead_bytes;
  for (const of_kind& k : each) sum += k.bytes;
  return sum;
}

void cache::sweep() {
  world& w = whole();
  const std::uint32_t now = w.now();
  if (const auto age = w.options.policy.user_age.count(); age != 0)
    for (const user_id gone : w.users.drop_older(now, age)) w.note_user(gone);
  for (const guild_id id : guild_ids()) {
    const auto g = w.find(id);
    if (!g || g->policy.member_age.count() == 0 || !g->find(cache_kind::members)) continue;
    std::vector<user_id> old;
    g->find(cache_kind::members)->for_each([&](std::uint64_t key, std::string_view text) {
      std::uint32_t seen;
      std::memcpy(&seen, text.data(), sizeof seen);
      if (key != w.self_id.load(std::memory_order_relaxed) && now - seen > g->policy.member_age.count()) old.emplace_back(key);
    });
    for (const user_id user : old) w.drop_member(*g, user);
  }
}

optional<monochord::guild> cache::guild(guild_id id) const {
  return whole().read(id, cache_kind::guilds | cache_kind::roles | cache_kind::emojis | cache_kind::stickers,
                      [](const guild_entry& g) { return take_guild(g); });
}
std::vector<guild_id> cache::guild_ids() const {
  std::vector<guild_id> all;
  for (const auto& s : whole().stripes) {
    const std::lock_guard hold(s.lock);
    for (const auto& [id, g] : s.guilds)
      if (id) all.push_back(id);
  }
  return all;
}
optional<guild_snapshot> cache::snapshot(guild_id id) const {
  auto image = whole().copy(id);
  if (!image) return std::nullopt;
  return optional<guild_snapshot>(guild_snapshot(std::move(image)));
}
optional<cached_guild_state> cache::state(guild_id id) const {
  return whole().read(id, [](const guild_entry& g) { return optional<cached_guild_state>(g.state); });
}
optional<monochord::channel> cache::channel(channel_id id) const {
  world& w = whole();
  return w.read(w.guild_of(id), [&](const guild_entry& g) { return take_channel(g, id); });
}
optional<monochord::member> cache::member(guild_id guild, user_id user) const {
  world& w = whole();
  return w.read(guild, [&](const guild_entry& g) { return w.take_member(g, user); });
}
std::vector<monochord::member> cache::members(guild_id guild) const {
  world& w = whole();
  w.of(guild).lookups.fetch_add(1, std::memory_order_relaxed);
  const auto image = w.copy(guild);
  return w.counted(guild, image ? image->members() : std::vector<monochord::member>());
}
optional<monochord::user> cache::user(user_id id) const {
  monochord::user found;
  if (whole().users.read(id, found)) return optional<monochord::user>(std::move(found));
  if (auto own = current_user(); own && own->id == id) return own;
  return std::nullopt;
}

#define MONOCHORD_CACHE_ONE(name, type, kind, Id)                                                  \
  optional<monochord::type> cache::name(guild_id guild, Id id) const {                              \
    return whole().read(guild, [&](const guild_entry& g) {                                          \
      return take<monochord::type>(g.find(cache_kind::kind), id.value());                           \
    });                                                                                            \
  }
#define MONOCHORD_CACHE_ALL(name, type, kind)                                                      \
  std::vector<monochord::type> cache::name(guild_id guild) const {                                  \
    return whole().read(guild, cache_kind::kind, [&](const guild_entry& g) {                        \
      return take_all<monochord::type>(g.find(cache_kind::kind));                                   \
    });                                                                                            \
  }
MONOCHORD_CACHE_ONE(role, role, roles, role_id)
MONOCHORD_CACHE_ONE(voice_state, voice_state, voice_states, user_id)
MONOCHORD_CACHE_ONE(presence, presence, presences, user_id)
MONOCHORD_CACHE_ALL(channels, channel, channels)
MONOCHORD_CACHE_ALL(threads, channel, threads)
MONOCHORD_CACHE_ALL(roles, role, roles)
MONOCHORD_CACHE_ALL(emojis, emoji, emojis)
MONOCHORD_CACHE_ALL(stickers, sticker, stickers)
MONOCHORD_CACHE_ALL(soundboard, soundboard_sound, soundboard_sounds)
MONOCHORD_CACHE_ALL(voice_states, voice_state, voice_states)
MONOCHORD_CACHE_ALL(stage_instances, stage_instance, stage_instances)
MONOCHORD_CACHE_ALL(scheduled_events, scheduled_event, scheduled_events)
MONOCHORD_CACHE_ALL(integrations, integration, integrations)
MONOCHORD_CACHE_ALL(auto_moderation_rules, auto_moderation_rule, auto_moderation_rules)
MONOCHORD_CACHE_ALL(invites, invite_create, invites)
#undef MONOCHORD_CACHE_ONE
#undef MONOCHORD_CACHE_ALL

optional<monochord::message> cache::message(channel_id channel, message_id id) const {
  world& w = whole();
  return w.read(w.guild_of(channel), [&](const guild_entry& g) { return take_message(g, channel, id); });
}
std::vector<monochord::message> cache::messages(channel_id channel) const {
  world& w = whole();
  const guild_id guild = w.guild_of(channel);
  w.of(guild).lookups.fetch_add(1, std::memory_order_relaxed);
  ring_copy ring;
  if (const auto g = w.find(guild)) ring = ring_copy(*g, channel);
  return w.counted(guild, ring.messages());
}
std::vector<monochord::entitlement> cache::entitlements() const {
  return whole().read(guild_id{}, cache_kind::entitlements, [](const guild_entry& g) {
    return take_all<monochord::entitlement>(g.find(cache_kind::entitlements));
  });
}
optional<monochord::user> cache::current_user() const {
  world& w = whole();
  const std::lock_guard hold(w.self_lock);
  return w.self;
}
optional<monochord::application> cache::current_application() const {
  world& w = whole();
  const std::lock_guard hold(w.self_lock);
  return w.app;
}

cache_stats cache::stats() const {
  world& w = whole();
  cache_stats sum;
  for (const auto& s : w.stripes) {
    const std::lock_guard hold(s.lock);
    sum.lookups += s.lookups.load(std::memory_order_relaxed);
    sum.hits += s.hits.load(std::memory_order_relaxed);
    const std::size_t buckets = s.guilds.bucket_count();
    sum.overhead_bytes += buckets ? allocation_bytes(buckets * sizeof(*s.guilds.begin()) + (buckets / 15 + 1) * 16) : 0;
    for (const auto& [id, g] : s.guilds) {
      sum.overhead_bytes += allocation_bytes(sizeof *g) + g->table_bytes();
      for (std::size_t i = 0; i < g->sets.size(); ++i) {
        if (!g->sets[i]) continue;
        sum.each[i].count += g->sets[i]->size();
        sum.each[i].bytes += g->sets[i]->bytes() + g->sets.bytes(i);
      }
    }
  }
  const auto [users, bytes] = w.users.count_and_bytes();
  sum.each[slot_of(cache_kind::users)] = {users, bytes};
  for (const auto& s : w.places) {
    const std::lock_guard hold(s.lock);
    sum.overhead_bytes += s.set.bytes();
  }
  sum.overhead_bytes += allocation_bytes(sizeof(world));
  return sum;
}

}  // namespace monochord
