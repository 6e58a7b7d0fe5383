// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cache/impl.hpp"

namespace monochord::cached {

world::world(cache_options given) : options(std::move(given)) {
  if (!options.clock) options.clock = system_clock();
  started = options.clock->now();
  if (options.store) changes = std::make_unique<change_log>(options.store_backlog);
}

std::uint32_t world::now() const noexcept {
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(options.clock->now() - started).count());
}

world::locked world::find(guild_id id) noexcept {
  stripe& s = of(id);
  __builtin_prefetch(reinterpret_cast<const char*>(&s) + 64);
  __builtin_prefetch(reinterpret_cast<const char*>(&s) + 128);
  locked found{std::unique_lock(s.lock), nullptr};
  auto& here = s.found_at(id);
  if (!here.guild || here.id != id) {
    const auto at = s.guilds.find(id);
    if (at == s.guilds.end()) return found;
    here = {id, at->second.get()};
  }
  here.guild->prefetch();
  found.guild = here.guild;
  return found;
}

world::locked world::open(guild_id id) {
  if (locked found = find(id)) return found;
  const cache_policy policy = options.guild_policy ? options.guild_policy(id) : options.policy;  // under no lock
  stripe& s = of(id);
  locked made{std::unique_lock(s.lock), nullptr};
  auto at = s.guilds.find(id);
  if (at == s.guilds.end()) {
    auto fresh = std::make_unique<entry>(id, policy);
    fresh->changes = changes.get();
    at = s.guilds.emplace(id, std::move(fresh)).first;
  }
  made.guild = at->second.get();
  return made;
}

guild_id world::guild_of(channel_id id) {
  const place_stripe& s = places_of(id);
  const std::lock_guard hold(s.lock);
  std::uint64_t guild = 0;
  if (const std::string_view text = s.set.find(id.value()); text.data())
    std::memcpy(&guild, text.data(), sizeof guild);
  return guild_id{guild};
}

void world::place(entry& g, channel_id id) {
  const std::uint64_t guild = g.id.value();
  if (guild == 0) return;
  place_stripe& s = places_of(id);
  const std::lock_guard hold(s.lock);
  s.set.put(id.value(), {reinterpret_cast<const char*>(&guild), sizeof guild});
}

void world::unplace(const entry& g, channel_id id) {
  place_stripe& s = places_of(id);
  const std::lock_guard hold(s.lock);
  const std::string_view text = s.set.find(id.value());
  std::uint64_t guild = 0;
  if (text.data()) std::memcpy(&guild, text.data(), sizeof guild);
  if (guild == g.id.value()) s.set.erase(id.value());
}

void world::put_channel(entry& g, const channel& c) {
  if (!g.keeps(cache_kind::channels)) return;
  __builtin_prefetch(&places_of(c.id));
  keep(g, cache_kind::channels, c.id.value(), c);
  place(g, c.id);
}

// Active threads only: the same that GUILD_CREATE and THREAD_LIST_SYNC give.
void world::put_thread(entry& g, const channel& c) {
  if (c.thread_metadata && c.thread_metadata->archived) return drop_channel(g, cache_kind::threads, c.id);
  if (!g.keeps(cache_kind::threads)) return;
  keep(g, cache_kind::threads, c.id.value(), c);
  place(g, c.id);
}

void world::drop_channel(entry& g, cache_kind kind, channel_id id) {
  if (drop(g, kind, id.value()) || g.rings.contains(id.value())) unplace(g, id);
  if (const auto ring = g.rings.find(id.value()); ring != g.rings.end()) {
    for (const std::uint64_t message : ring->second) drop(g, cache_kind::messages, message);
    g.rings.erase(ring);
    if (g.rings.empty()) g.rings = {};
  }
  if (kind != cache_kind::channels) return;
  for (const channel& thread : take_all<channel>(g.find(cache_kind::threads)))
    if (thread.parent_id.has_value() && *thread.parent_id == id) drop_channel(g, cache_kind::threads, thread.id);
}

/// Whether the policy has them in `g`; what else it wants of them is done otherwise.
template <class Member>
bool world::is_kept(entry& g, const Member& m, bool active, bool in_voice) {
  if (!m.user || !m.user->id || !g.id) return false;
  if (!g.keeps(cache_kind::members)) {
    if (active || in_voice) meet(*m.user);
    return false;
  }
  const std::uint64_t key = m.user->id.value();
  if (g.policy.members == cache_members::all || key == self_id.load(std::memory_order_relaxed)) return true;
  const record_set* const members = g.find(cache_kind::members);
  if (members && members->find(key).data()) return true;
  const record_set* const voice = g.find(cache_kind::voice_states);
  if (g.policy.members == cache_members::active ? active : in_voice || (voice && voice->find(key).data())) return true;
  if (active || in_voice) meet(*m.user);
  else hold_user(g, *m.user, false, false);  // another guild may hold the user
  return false;
}

/// `whole(before)` is `m` with what it leaves out as it was before; null where it leaves out nothing. Mostly nothing has changed: then
/// nothing is unpacked, allocated or written. All that is likely to be in no cache of the processor is asked for before it is needed.
template <class Member, class Whole>
void world::put_member(entry& g, const Member& m, bool active, bool in_voice, Whole whole) {
  if (!is_kept(g, m, active, in_voice)) return;
  const user_id id = m.user->id;
  const std::uint64_t key = id.value();
  const bool with_user = g.keeps(cache_kind::users);
  record_set& set = g.set(cache_kind::members);
  g.member_roles.prefetch_index(m.roles);
  set.prefetch_way(key);
  if (with_user && !g.copies.empty()) spare(g, id);
  const std::size_t head = g.stamps() ? sizeof(std::uint32_t) : 0;
  const std::uint32_t seen = head ? now() : 0;
  const stay how{false, with_user ? how_loose().now : 0};
  bool known = false, held = false, kept = true;
  {
    std::optional<user_store::coming> user;
    if (with_user) user.emplace(users, id);
    thread_local flat_text text;
    text.clear();
    text.append(reinterpret_cast<const char*>(&seen), head);
    pack(text, m, g.policy.without, g.member_roles);
    set.prefetch_record(key);
    if (user) user->pack(*m.user, options.policy.without);
    const auto at = set.locate(key);
    const std::string_view old = set.find(at);
    known = old.data() != nullptr;
    if (known && record_set::is_same(old.substr(head), std::string_view(text).substr(head))) {
      if (head && std::memcmp(old.data(), &seen, head) != 0) std::memcpy(set.find_mutable(at), &seen, head);
    } else {
      if constexpr (!std::is_null_pointer_v<Whole>)
        if (known)
          if (member before; unpack(old.substr(head), before, g.member_roles)) {
            text.clear();
            text.append(reinterpret_cast<const char*>(&seen), head);
            pack(text, whole(before), g.policy.without, g.member_roles);
          }
      kept = set.put(at, key, text);
    }
    if (user && kept) held = user->hold(!known, how);
  }
  if (!kept) [[unlikely]] {
    if (known && with_user) release_user(g, id, true);
    return;
  }
  g.note(cache_kind::members, key);
  if (held && changes) changes->note_user(g.id, id);
  if (!known) limit_members(g);
}
template void world::put_member(entry&, const member&, bool, bool, std::nullptr_t);

void world::put_members(entry& g, const json::member_list& list, const std::vector<user_id>& in_voice) {
  const std::size_t count = list.size();
  if (count == 0 || !g.keeps(cache_kind::members) || !g.id || g.policy.members != cache_members::all || g.stamps()) {
    for (std::size_t i = 0; i < count; ++i)
      list.visit(i, [&](const auto& m) {
        put_member(g, m, false, m.user && std::binary_search(in_voice.begin(), in_voice.end(), m.user->id));
      });
    return;
  }
  constexpr std::size_t far = 16, near = 8, most_held = 1024;  // so that no stripe of users is locked for long
  record_set& set = g.set(cache_kind::members);
  thread_local flat_text text;
  std::vector<user_store::holding> held;
  held.reserve(std::min(count, most_held));
  for (std::size_t i = 0; i < count; ++i) {
    if (i + far < count) set.prefetch_index(list.id(i + far).value());
    if (i + near < count) set.prefetch_record(list.id(i + near).value());
    const user_id id = list.id(i);
    if (!id) continue;
    text.clear();
    list.visit(i, [&](const auto& m) { pack(text, m, g.policy.without, g.member_roles); });
    bool known = false;
    if (!set.put(id.value(), text, &known)) {
      if (!g.keeps(cache_kind::users)) continue;
      hold_members(g, list, held);  // the same user may be among them
      if (known) release_user(g, id, true);
      continue;
    }
    g.note(cache_kind::members, id.value());
    if (!g.keeps(cache_kind::users)) continue;
    held.push_back({id, static_cast<std::uint32_t>(i), !known});
    if (held.size() == most_held) hold_members(g, list, held);
  }
  hold_members(g, list, held);
}

void world::hold_members(entry& g, const json::member_list& list, std::vector<user_store::holding>& who) {
  if (!g.copies.empty())
    for (const auto& one : who) spare(g, one.id);
  users.hold_all(list, who, options.policy.without, {false, how_loose().now});
  if (changes)
    for (const auto& one : who)
      if (one.held) changes->note_user(g.id, one.id);
  who.clear();
}

const member& world::nobody() {
  static const member none;
  return none;
}

optional<member> world::take_member(const entry& g, user_id id) const {
  auto m = take_bare_member(g, id.value());
  if (!m) return m;
  users.read(id, m->user.emplace());
  m->user->id = id;
  return m;
}

bool world::drop_member(entry& g, user_id id) {
  if (!drop(g, cache_kind::members, id.value())) return false;
  if (g.keeps(cache_kind::users)) release_user(g, id, true);
  return true;
}

// The one of a sample that was seen longest ago goes; the bot itself never does. Each sample begins elsewhere, so that
// all come into one sooner or later.
void world::limit_members(entry& g) {
  const std::size_t most = g.policy.members_per_guild;
  if (most == 0) return;
  record_set& set = g.set(cache_kind::members);
  const std::uint64_t own = self_id.load(std::memory_order_relaxed);
  const std::uint32_t time = now();
  while (set.size() > most) {
    std::uint64_t oldest = 0;
    std::uint32_t age = 0;
    const auto look = [&](std::uint64_t key, std::string_view text) {
      std::uint32_t seen;
      std::memcpy(&seen, text.data(), sizeof seen);
      if (key == own || (oldest != 0 && time - seen <= age)) return;
      oldest = key;
      age = time - seen;
    };
    if (set.size() <= 16)
      set.for_each(look);
    else
      for (int i = 0; i < 8; ++i) {
        const std::uint64_t key = set.key_near(g.sample += 2654435761U);
        look(key, set.find(key));
      }
    if (oldest == 0) return;
    drop_member(g, user_id{oldest});
  }
}

void world::put_presence(entry& g, const presence& p) {
  spare(g, p.user.id);
  if (users.refresh(p.user, options.policy.without)) note_user(p.user.id);
  if (p.status == presence_status("offline")) {
    drop(g, cache_kind::presences, p.user.id.value());
    return;
  }
  keep(g, cache_kind::presences, p.user.id.value(), p);
}

void world::put_voice_state(entry& g, const voice_state& v) {
  if (const record_set* const set = g.find(cache_kind::voice_states)) set->prefetch_way(v.user_id.value());
  const bool here = v.channel_id.has_value();
  if (v.member) put_member(g, *v.member, false, here);
  if (here) return keep(g, cache_kind::voice_states, v.user_id.value(), v);
  drop(g, cache_kind::voice_states, v.user_id.value());
  if (g.policy.members == cache_members::in_voice && v.user_id.value() != self_id.load(std::memory_order_relaxed))
    drop_member(g, v.user_id);
}

void world::put_guild(entry& g, const guild& value) {
  for (const cache_kind kind : {cache_kind::roles, cache_kind::emojis, cache_kind::stickers})
    if (kind != cache_kind::stickers || value.stickers) g.clear(kind);
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

void world::empty(entry& g) {
  if (changes) changes->note_guild(g.id);
  if (g.keeps(cache_kind::users) && g.find(cache_kind::members))
    g.find(cache_kind::members)->for_each([&](std::uint64_t key, std::string_view) { release_user(g, user_id{key}, false); });
  for (const cache_kind kind : {cache_kind::channels, cache_kind::threads})
    if (const record_set* set = g.find(kind))
      set->for_each([&](std::uint64_t key, std::string_view) { unplace(g, channel_id{key}); });
  for (const auto& [channel, ring] : g.rings) unplace(g, channel_id{channel});
  for (std::size_t slot = 0; slot < g.sets.size(); ++slot) g.sets.reset(slot);
  g.rings = {};
  g.member_roles = {};
  g.turnover = {};
  g.reactions.clear();
}

void world::remove_guild(guild_id id) {
  stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  const auto at = s.guilds.find(id);
  if (at == s.guilds.end()) return;
  empty(*at->second);
  if (auto& here = s.found_at(id); here.guild == at->second.get()) here = {};
  s.guilds.erase(at);
  if (s.guilds.empty()) s.guilds = {};
}

void world::note_all(const entry& g) {
  changes->note_guild(g.id);
  for (std::size_t slot = 0; slot < g.sets.size(); ++slot) {
    const auto kind = static_cast<cache_kind>(1U << slot);
    if (!g.sets[slot] || (g.id && kind != cache_kind::members)) continue;
    g.sets[slot]->for_each([&](std::uint64_t key, std::string_view) {
      if (kind == cache_kind::members)
        note_user(user_id{key});
      else
        g.note(kind, key);
    });
  }
}

void world::replace_by(world& other) {
  if (changes) {
    record_set loose;
    users.copy_loose(loose);
    other.users.copy_loose(loose);
    loose.for_each([&](std::uint64_t key, std::string_view) { note_user(user_id{key}); });
  }
  users.swap(other.users);
  for (std::size_t i = 0; i < stripes.size(); ++i) {
    const std::lock_guard hold(stripes[i].lock);
    std::swap(stripes[i].guilds, other.stripes[i].guilds);
    stripes[i].found = other.stripes[i].found = {};
    if (!changes) continue;
    for (const auto& [id, g] : other.stripes[i].guilds) note_all(*g);
    for (const auto& [id, g] : stripes[i].guilds) {
      g->changes = changes.get();
      note_all(*g);
    }
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::lock_guard hold(places[i].lock);
    std::swap(places[i].set, other.places[i].set);
  }
  const std::lock_guard hold(self_lock);
  if (!other.self) return;
  self = other.self;
  app = other.app;
  self_id.store(other.self_id.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

void world::put_message(entry& g, const message& m) {
  if (!g.keeps(cache_kind::messages) || g.policy.messages_per_channel == 0) return;
  const std::uint64_t id = m.id.value();
  const auto known = g.rings.find(m.channel_id.value());
  const bool there = known != g.rings.end() && std::binary_search(known->second.begin(), known->second.end(), id);
  if (!there) {
    const record_set* const messages = g.find(cache_kind::messages);
    if (messages && messages->find(id).data()) return;  // in another channel: no message moves
    if (known == g.rings.end()) place(g, m.channel_id);
    message_ring& ring = g.rings[m.channel_id.value()];
    const auto at = std::lower_bound(ring.begin(), ring.end(), id);
    if (ring.size() < g.policy.messages_per_channel) {
      ring.insert(at, id);
    } else {
      if (at == ring.begin()) return;  // told again after it was pushed out
      drop(g, cache_kind::messages, ring.front());
      std::move(ring.begin() + 1, at, ring.begin());
      *(at - 1) = id;
    }
  }
  keep(g, cache_kind::messages, id, m);
}

void world::drop_message(entry& g, channel_id channel, message_id id) {
  const auto ring = g.rings.find(channel.value());
  if (ring == g.rings.end() || std::erase(ring->second, id.value()) == 0) return;
  drop(g, cache_kind::messages, id.value());
  if (!ring->second.empty()) return;
  g.rings.erase(ring);
  if (g.rings.empty()) g.rings = {};
  for (const cache_kind kind : {cache_kind::channels, cache_kind::threads})
    if (const record_set* set = g.find(kind); set && set->find(channel.value()).data()) return;
  unplace(g, channel);
}

// A message's member lacks some of what GUILD_MEMBER_UPDATE tells.
void world::see(optional<guild_id> guild, const user& author, const optional<partial_member>& m) {
  if (!guild || !m) return meet(author);
  if (const locked g = find(*guild, author.id))
    put_member(*g, told_member(author, *m, nobody()), true, false,
               [&](const member& before) { return told_member(author, *m, before); });
}

void world::put_member(entry& g, const guild_member_update& news) {
  put_member(g, told_member(news, nobody()), false, false, [&](const member& before) { return told_member(news, before); });
}

}  // namespace monochord::cached
