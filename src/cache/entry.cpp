// SPDX-License-Identifier: MIT
// What one guild is made of, and what is read of it: the cache does so under the guild's lock, a copy under none.
#include <algorithm>

#include "cache/impl.hpp"

namespace monochord::cached {

guild_entry::guild_entry(const guild_entry& other, flags<cache_kind> kinds)
    : id(other.id), policy(other.policy), state(other.state), turnover(other.turnover), sample(other.sample) {
  if (kinds.has(cache_kind::members)) member_roles = other.member_roles;
  if (kinds.has(cache_kind::messages)) {
    rings = other.rings;
    reactions = other.reactions;
  }
  for (std::size_t i = 0; i < sets.size(); ++i)
    if (other.sets[i] && kinds.has(static_cast<cache_kind>(1U << i))) sets.put(i, *other.sets[i]);
}

bool guild_entry::turn(user_id user, bool joined) {
  const std::uint64_t told = user.value() << 1 | (joined ? 1U : 0U);
  const auto last = std::find_if(turnover.begin(), turnover.end(), [&](std::uint64_t t) { return (t ^ told) <= 1; });
  if (last != turnover.end() && *last == told) return false;
  if (last != turnover.end())
    turnover.erase(last);
  else if (turnover.size() >= most_turnover)
    turnover.erase(turnover.begin());
  turnover.push_back(told);
  return true;
}

bool guild_entry::has_left(user_id user) const noexcept {
  return std::find(turnover.begin(), turnover.end(), user.value() << 1) != turnover.end();
}

void guild_entry::clear(cache_kind kind) {
  if (const record_set* const set = find(kind); set && changes) set->for_each([&](std::uint64_t key, std::string_view) { note(kind, key); });
  sets.reset(slot_of(kind));
}

std::size_t guild_entry::table_bytes() const noexcept {
  std::size_t sum = member_roles.bytes() + allocation_bytes(turnover.capacity() * sizeof turnover[0]) + reactions.bytes();
  for (const auto& [channel, ring] : rings)
    sum += allocation_bytes(24 + sizeof ring) + allocation_bytes(ring.capacity() * sizeof ring[0]);
  if (!rings.empty()) sum += allocation_bytes(rings.bucket_count() * sizeof(void*));
  return sum;
}

optional<channel> take_channel(const guild_entry& g, channel_id id) {
  auto found = take<channel>(g.find(cache_kind::channels), id.value());
  return found ? found : take<channel>(g.find(cache_kind::threads), id.value());
}

optional<guild> take_guild(const guild_entry& g) {
  auto value = take<guild>(g.find(cache_kind::guilds), g.id.value());
  if (!value) return value;
  value->roles = take_all<role>(g.find(cache_kind::roles));
  value->emojis = take_all<emoji>(g.find(cache_kind::emojis));
  if (value->stickers) value->stickers = take_all<sticker>(g.find(cache_kind::stickers));
  return value;
}

optional<member> take_bare_member(const guild_entry& g, std::uint64_t key) {
  const record_set* set = g.find(cache_kind::members);
  if (!set) return std::nullopt;
  std::string_view text = set->find(key);
  if (!text.data()) return std::nullopt;
  if (g.stamps()) text.remove_prefix(sizeof(std::uint32_t));
  member m;
  if (!unpack(text, m, g.member_roles)) return std::nullopt;
  return optional<member>(std::move(m));
}

optional<message> take_message(const guild_entry& g, channel_id channel, message_id id) {
  auto found = take<message>(g.find(cache_kind::messages), id.value());
  if (found && found->channel_id != channel) found.reset();
  return found;
}

ring_copy::ring_copy(const guild_entry& g, channel_id channel) {
  const auto ring = g.rings.find(channel.value());
  const record_set* const set = g.find(cache_kind::messages);
  if (ring == g.rings.end() || !set) return;
  std::size_t bytes = 0;
  for (const std::uint64_t id : ring->second) bytes += set->find(id).size();
  texts_.reserve(bytes);
  records_.reserve(ring->second.size());
  for (const std::uint64_t id : ring->second) {
    const std::string_view text = set->find(id);
    if (!text.data()) continue;
    texts_.append(text);
    records_.push_back({id, texts_.size()});
  }
}

std::vector<message> ring_copy::messages() const {
  std::vector<message> all;
  all.reserve(records_.size());
  std::size_t begin = 0;
  for (const record& one : records_) {
    message value;
    const bool good = read(std::string_view(texts_).substr(begin, one.end - begin), value);
    begin = one.end;
    if (good) all.push_back(std::move(value));
  }
  return all;
}

std::vector<message> take_messages(const guild_entry& g, channel_id channel) {
  std::vector<message> all;
  if (const auto ring = g.rings.find(channel.value()); ring != g.rings.end())
    for (const std::uint64_t id : ring->second)
      if (auto m = take<message>(g.find(cache_kind::messages), id)) all.push_back(std::move(*m));
  return all;
}

}  // namespace monochord::cached
