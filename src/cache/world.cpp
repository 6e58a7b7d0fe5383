// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cache/impl.hpp"

namespace monochord::cached {

void user_store::hold(const user& value, flags<cache_field> without, bool new_holder) {
  thread_local std::string text;
  text.assign(sizeof(std::uint32_t), '\0');
  pack(text, value, without);
  stripe& s = of(value.id);
  const std::lock_guard hold(s.lock);
  std::uint32_t count = 0;
  if (const std::string_view old = s.set.find(value.id.value()); old.data()) std::memcpy(&count, old.data(), sizeof count);
  else if (!new_holder) return;
  count += new_holder ? 1 : 0;
  std::memcpy(text.data(), &count, sizeof count);
  s.set.put(value.id.value(), text);
}

void user_store::release(user_id id) {
  stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  char* at = s.set.find_mutable(id.value());
  if (!at) return;
  std::uint32_t count;
  std::memcpy(&count, at, sizeof count);
  if (--count == 0) s.set.erase(id.value());
  else std::memcpy(at, &count, sizeof count);
}

bool user_store::read(user_id id, user& out) const {
  const stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  const std::string_view text = s.set.find(id.value());
  if (!text.data()) return false;
  out.id = id;
  return unpack(text.substr(sizeof(std::uint32_t)), out);
}

std::pair<std::size_t, std::size_t> user_store::count_and_bytes() const {
  std::pair<std::size_t, std::size_t> sum;
  for (const stripe& s : stripes_) {
    const std::lock_guard hold(s.lock);
    sum.first += s.set.size();
    sum.second += s.set.bytes();
  }
  return sum;
}

world::world(cache_options given) : options(std::move(given)) {
  if (!options.clock) options.clock = system_clock();
  started = options.clock->now();
}

std::uint32_t world::now() const noexcept {
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(options.clock->now() - started).count());
}

world::locked world::find(guild_id id) noexcept {
  stripe& s = of(id);
  locked found{std::unique_lock(s.lock), nullptr};
  const auto at = s.guilds.find(id);
  if (at != s.guilds.end()) found.guild = at->second.get();
  return found;
}

world::locked world::open(guild_id id) {
  if (locked found = find(id)) return found;
  const cache_policy policy = options.guild_policy ? options.guild_policy(id) : options.policy;  // under no lock
  stripe& s = of(id);
  locked made{std::unique_lock(s.lock), nullptr};
  auto& place = s.guilds[id];
  if (!place) place = std::make_unique<entry>(id, policy);
  made.guild = place.get();
  return made;
}

guild_id world::guild_of(channel_id id) const {
  const std::lock_guard hold(places_lock);
  std::uint64_t guild = 0;
  if (const std::string_view text = places.find(id.value()); text.data()) std::memcpy(&guild, text.data(), sizeof guild);
  return guild_id{guild};
}

void world::place(entry& g, channel_id id) {
  const std::uint64_t guild = g.id.value();
  if (guild == 0) return;
  const std::lock_guard hold(places_lock);
  places.put(id.value(), {reinterpret_cast<const char*>(&guild), sizeof guild});
}

void world::unplace(channel_id id) {
  const std::lock_guard hold(places_lock);
  places.erase(id.value());
}

void world::put_channel(entry& g, const channel& c) {
  if (!g.keeps(cache_kind::channels)) return;
  keep(g, cache_kind::channels, c.id.value(), c);
  place(g, c.id);
}

// Active threads only: the same that GUILD_CREATE and THREAD_LIST_SYNC give.
void world::put_thread(entry& g, const channel& c) {
  if (!g.keeps(cache_kind::threads)) return;
  if (c.thread_metadata && c.thread_metadata->archived) return drop_channel(g, cache_kind::threads, c.id);
  keep(g, cache_kind::threads, c.id.value(), c);
  place(g, c.id);
}

void world::drop_channel(entry& g, cache_kind kind, channel_id id) {
  if (drop(g, kind, id.value())) unplace(id);
  if (const auto ring = g.rings.find(id.value()); ring != g.rings.end()) {
    for (const std::uint64_t message : ring->second) drop(g, cache_kind::messages, message);
    g.rings.erase(ring);
  }
  if (kind != cache_kind::channels) return;
  for (const channel& thread : take_all<channel>(g.find(cache_kind::threads)))
    if (thread.parent_id.has_value() && *thread.parent_id == id) drop_channel(g, cache_kind::threads, thread.id);
}

optional<channel> world::take_channel(const entry& g, channel_id id) const {
  auto found = take<channel>(g.find(cache_kind::channels), id.value());
  return found ? found : take<channel>(g.find(cache_kind::threads), id.value());
}

void world::put_member(entry& g, const member& m, bool active, bool in_voice) {
  if (!m.user || !m.user->id || !g.id || !g.keeps(cache_kind::members)) return;
  const std::uint64_t key = m.user->id.value();
  record_set& set = g.set(cache_kind::members);
  const bool known = set.find(key).data() != nullptr;
  if (!known && key != self_id.load(std::memory_order_relaxed)) {
    if (g.policy.members == cache_members::active && !active) return;
    if (g.policy.members == cache_members::in_voice && !in_voice) return;
  }
  thread_local std::string text;
  text.clear();
  if (g.stamps()) {
    const std::uint32_t seen = now();
    text.append(reinterpret_cast<const char*>(&seen), sizeof seen);
  }
  pack(text, m, g.policy.without, g.member_roles);
  if (!set.put(key, text)) {
    if (known && g.keeps(cache_kind::users)) users.release(m.user->id);
    return;
  }
  if (g.keeps(cache_kind::users)) users.hold(*m.user, g.policy.without, !known);
  if (!known) limit_members(g);
}

optional<member> world::take_member(const entry& g, user_id id) const {
  const record_set* set = g.find(cache_kind::members);
  if (!set) return std::nullopt;
  std::string_view text = set->find(id.value());
  if (!text.data()) return std::nullopt;
  if (g.stamps()) text.remove_prefix(sizeof(std::uint32_t));
  member m;
  if (!unpack(text, m, g.member_roles)) return std::nullopt;
  users.read(id, m.user.emplace());
  m.user->id = id;
  return optional<member>(std::move(m));
}

bool world::drop_member(entry& g, user_id id) {
  if (!drop(g, cache_kind::members, id.value())) return false;
  if (g.keeps(cache_kind::users)) users.release(id);
  return true;
}

// The one of a sample that was seen longest ago goes; the bot itself never does.
void world::limit_members(entry& g) {
  record_set& set = g.set(cache_kind::members);
  const std::size_t most = g.policy.members_per_guild;
  const std::uint64_t own = self_id.load(std::memory_order_relaxed);
  while (most != 0 && set.size() > most) {
    std::uint64_t oldest = 0;
    std::uint32_t seen = 0xffffffffU;
    for (std::uint32_t i = 0; i < 8; ++i) {
      const std::uint64_t key = set.key_near(static_cast<std::uint32_t>(set.size()) * 2654435761U + i * 40503U);
      std::uint32_t at;
      std::memcpy(&at, set.find(key).data(), sizeof at);
      if (key == own || (oldest != 0 && at >= seen)) continue;
      oldest = key;
      seen = at;
    }
    if (oldest == 0) return;
    drop_member(g, user_id{oldest});
  }
}

void world::put_presence(entry& g, const presence& p) {
  if (p.status == presence_status("offline")) {
    drop(g, cache_kind::presences, p.user.id.value());
    return;
  }
  if (!g.keeps(cache_kind::presences)) return;
  if (!g.policy.without.has(cache_field::presence_activities)) return keep(g, cache_kind::presences, p.user.id.value(), p);
  presence less = p;
  less.activities.clear();
  keep(g, cache_kind::presences, p.user.id.value(), less);
}

void world::put_voice_state(entry& g, const voice_state& v) {
  const bool here = v.channel_id.has_value();
  if (v.member) put_member(g, *v.member, false, here);
  if (here) return keep(g, cache_kind::voice_states, v.user_id.value(), v);
  drop(g, cache_kind::voice_states, v.user_id.value());
  if (g.policy.members == cache_members::in_voice && v.user_id.value() != self_id.load(std::memory_order_relaxed))
    drop_member(g, v.user_id);
}

void world::put_guild(entry& g, const guild& value) {
  for (const cache_kind kind : {cache_kind::roles, cache_kind::emojis, cache_kind::stickers})
    if (kind != cache_kind::stickers || value.stickers) g.sets[slot_of(kind)].reset();
  for (const role& r : value.roles) keep(g, cache_kind::roles, r.id.value(), r);
  for (const emoji& e : value.emojis)
    if (e.id.has_value()) keep(g, cache_kind::emojis, e.id->value(), e);
  if (value.stickers)
    for (const sticker& s : *value.stickers) keep(g, cache_kind::stickers, s.id.value(), s);
  if (!g.keeps(cache_kind::guilds)) return;
  guild less = value;
  less.roles.clear();
  less.emojis.clear();
  if (less.stickers) less.stickers->clear();
  keep(g, cache_kind::guilds, g.id.value(), less);
}

optional<guild> world::take_guild(const entry& g) const {
  auto value = take<guild>(g.find(cache_kind::guilds), g.id.value());
  if (!value) return value;
  value->roles = take_all<role>(g.find(cache_kind::roles));
  value->emojis = take_all<emoji>(g.find(cache_kind::emojis));
  if (value->stickers) value->stickers = take_all<sticker>(g.find(cache_kind::stickers));
  return value;
}

void world::empty(entry& g) {
  if (g.keeps(cache_kind::users) && g.find(cache_kind::members))
    g.find(cache_kind::members)->for_each([&](std::uint64_t key, std::string_view) { users.release(user_id{key}); });
  for (const cache_kind kind : {cache_kind::channels, cache_kind::threads})
    if (const record_set* set = g.find(kind)) set->for_each([&](std::uint64_t key, std::string_view) { unplace(channel_id{key}); });
  for (auto& set : g.sets) set.reset();
  g.rings = {};
  g.member_roles = {};
}

void world::remove_guild(guild_id id) {
  stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  const auto at = s.guilds.find(id);
  if (at == s.guilds.end()) return;
  empty(*at->second);
  s.guilds.erase(at);
  if (s.guilds.empty()) s.guilds = {};
}

void world::put_message(entry& g, const message& m) {
  if (!g.keeps(cache_kind::messages) || g.policy.messages_per_channel == 0) return;
  message_ring& ring = g.rings[m.channel_id.value()];
  if (!g.set(cache_kind::messages).find(m.id.value()).data()) {
    if (ring.size() >= g.policy.messages_per_channel) {
      drop(g, cache_kind::messages, ring.front());
      ring.erase(ring.begin());
    }
    ring.push_back(m.id.value());
  }
  keep(g, cache_kind::messages, m.id.value(), m);
}

void world::see(optional<guild_id> guild, const user& author, const optional<partial_member>& m) {
  if (!guild || !m) return;
  const locked g = find(*guild);
  if (!g) return;
  member whole;
  whole.user = author;
  whole.nick = m->nick;
  whole.avatar = m->avatar;
  whole.banner = m->banner;
  whole.roles = m->roles;
  whole.joined_at = m->joined_at;
  whole.premium_since = m->premium_since;
  whole.deaf = m->deaf;
  whole.mute = m->mute;
  whole.flags = m->flags;
  whole.pending = m->pending;
  whole.communication_disabled_until = m->communication_disabled_until;
  whole.avatar_decoration_data = m->avatar_decoration_data;
  whole.collectibles = m->collectibles;
  put_member(*g, whole, true);
}

}  // namespace monochord::cached
