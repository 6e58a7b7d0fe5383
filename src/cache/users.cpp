// SPDX-License-Identifier: MIT
// Users, which all guilds share.
#include <algorithm>
#include <array>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

#include "cache/impl.hpp"

namespace monochord::cached {

flat_text& user_store::room() {
  thread_local flat_text text;
  return text;
}

/// With room for the count.
template <class User>
flat_text& user_store::packed(const User& value, flags<cache_field> without) {
  flat_text& text = room();
  text.clear();
  text.append(sizeof(std::uint32_t), '\0');
  pack(text, value, without);
  return text;
}

bool user_store::put(record_set& to, record_set::spot at, user_id id, flat_text& text, std::uint32_t count) {
  std::memcpy(text.data(), &count, sizeof count);
  return to.put(at, id.value(), text);
}

void user_store::forget(stripe& s, user_id id) {
  if (s.loose.erase(id.value())) loose_.fetch_sub(1, std::memory_order_relaxed);
}

template <class Text>
bool user_store::hold(stripe& s, user_id id, Text&& text, bool new_holder, stay how) {
  const auto at = s.set.locate(id.value());
  std::uint32_t count = 0;
  if (const std::string_view old = s.set.find(at); old.data()) {
    std::memcpy(&count, old.data(), sizeof count);
  } else if (!new_holder) {
    const auto loose = s.loose.locate(id.value());
    const bool there = s.loose.find(loose).data() != nullptr;
    if (!there && !how.stays) return false;
    if (put(s.loose, loose, id, text(), how.now) != there)
      loose_.fetch_add(there ? std::size_t(-1) : 1, std::memory_order_relaxed);
    return true;
  } else {
    forget(s, id);
  }
  put(s.set, at, id, text(), count + (new_holder ? 1 : 0));
  return true;
}

template <class User>
bool user_store::hold(const User& value, flags<cache_field> without, bool new_holder, stay how) {
  stripe& s = of(value.id);
  const std::lock_guard lock(s.lock);
  return hold(s, value.id, [&]() -> flat_text& { return packed(value, without); }, new_holder, how);
}
template bool user_store::hold(const user&, flags<cache_field>, bool, stay);

template <class User>
void user_store::coming::pack(const User& value, flags<cache_field> without) {
  stripe_.set.prefetch_record(id_.value());
  packed_ = &packed(value, without);
}
template void user_store::coming::pack(const user&, flags<cache_field>);
template void user_store::coming::pack(const json::user_view&, flags<cache_field>);

bool user_store::coming::hold(bool new_holder, stay how) {
  return store_.hold(stripe_, id_, [&]() -> flat_text& { return *packed_; }, new_holder, how);
}

// Each stripe's lock is taken once.
void user_store::hold_all(const json::member_list& list, std::vector<holding>& who, flags<cache_field> without, stay how) {
  std::array<std::uint32_t, std::tuple_size_v<decltype(stripes_)> + 1> begin{};
  for (const holding& one : who) ++begin[number_of(one.id) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<holding*> sorted(who.size());
  {
    auto next = begin;
    for (holding& one : who) sorted[next[number_of(one.id)]++] = &one;
  }
  for (std::size_t i = 0; i < stripes_.size(); ++i) {
    const std::span part(sorted.data() + begin[i], sorted.data() + begin[i + 1]);
    if (part.empty()) continue;
    stripe& s = stripes_[i];
    const std::lock_guard lock(s.lock);
    for (const holding* one : part) s.set.prefetch_index(one->id.value());
    for (const holding* one : part) s.set.prefetch_record(one->id.value());
    for (holding* one : part)
      list.visit(one->index, [&](const auto& m) {
        one->held = hold(s, one->id, [&]() -> flat_text& { return packed(*m.user, without); }, one->new_holder, how);
      });
  }
}

bool user_store::refresh(const partial_user& news, flags<cache_field> without) {
  if (!news.username && !news.discriminator && news.global_name.is_absent() && news.avatar.is_absent()) return false;
  stripe& s = of(news.id);
  const std::lock_guard hold(s.lock);
  const std::string_view text = s.find(news.id);
  user known;
  if (!text.data() || !unpack(text.substr(sizeof(std::uint32_t)), known)) return false;
  std::uint32_t count;
  std::memcpy(&count, text.data(), sizeof count);
  known.id = news.id;
  if (news.username) known.username = *news.username;
  if (news.discriminator) known.discriminator = *news.discriminator;
  if (!news.global_name.is_absent()) known.global_name = news.global_name;
  if (!news.avatar.is_absent()) known.avatar = news.avatar;
  if (news.public_flags) known.public_flags = news.public_flags;
  if (!news.avatar_decoration_data.is_absent()) known.avatar_decoration_data = news.avatar_decoration_data;
  if (!news.collectibles.is_absent()) known.collectibles = news.collectibles;
  if (!news.primary_guild.is_absent()) known.primary_guild = news.primary_guild;
  const bool held = s.set.find(news.id.value()).data() != nullptr;
  record_set& to = held ? s.set : s.loose;
  if (!put(to, to.locate(news.id.value()), news.id, packed(known, without), count) && !held) loose_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

void user_store::copy(user_id id, record_set& to) const {
  const stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  if (const std::string_view text = s.find(id); text.data()) to.put(id.value(), text);
}

void user_store::copy_all(const record_set& who, record_set& to) const {
  std::array<std::vector<std::uint64_t>, std::tuple_size_v<decltype(stripes_)>> by_stripe;
  who.for_each([&](std::uint64_t key, std::string_view) { by_stripe[number_of(user_id{key})].push_back(key); });
  for (std::size_t i = 0; i < stripes_.size(); ++i) {
    if (by_stripe[i].empty()) continue;
    // To take a lock for each of many keeps events waiting; pages of all are shared sooner.
    std::optional<const record_set> shared;
    {
      const std::lock_guard hold(stripes_[i].lock);
      if (by_stripe[i].size() >= stripes_[i].set.size() / 64) shared.emplace(stripes_[i].set);
    }
    for (const std::uint64_t key : by_stripe[i]) {
      if (!shared)
        copy(user_id{key}, to);
      else if (const std::string_view text = shared->find(key); text.data())
        to.put(key, text);
    }
  }
}

void user_store::copy_loose(record_set& to) const {
  for (const stripe& s : stripes_) {
    const std::lock_guard hold(s.lock);
    s.loose.for_each([&](std::uint64_t key, std::string_view text) { to.put(key, text); });
  }
}

void user_store::release(user_id id, stay how) {
  stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  char* at = s.set.find_mutable(id.value());
  if (!at) return;
  std::uint32_t count;
  std::memcpy(&count, at, sizeof count);
  --count;
  if (count != 0) {
    std::memcpy(at, &count, sizeof count);
    return;
  }
  if (how.stays) {
    std::memcpy(at, &how.now, sizeof how.now);
    if (s.loose.put(id.value(), s.set.find(id.value()))) loose_.fetch_add(1, std::memory_order_relaxed);
  }
  s.set.erase(id.value());
}

// One of each of the next stripes that have any, until there are 8.
user_id user_store::drop_loose(std::uint32_t now) {
  user_id oldest;
  std::uint32_t age = 0;
  const std::uint32_t sample = sample_.fetch_add(2654435769U, std::memory_order_relaxed);
  for (std::size_t i = 0, found = 0; i < stripes_.size() && found < 8; ++i) {
    stripe& s = stripes_[(sample / 64 + i) % stripes_.size()];
    const std::lock_guard hold(s.lock);
    if (s.loose.size() == 0) continue;
    ++found;
    const std::uint64_t key = s.loose.key_near(sample);
    std::uint32_t seen;
    std::memcpy(&seen, s.loose.find(key).data(), sizeof seen);
    if (oldest && now - seen <= age) continue;
    oldest = user_id{key};
    age = now - seen;
  }
  if (!oldest) return oldest;
  stripe& s = of(oldest);
  const std::lock_guard hold(s.lock);
  forget(s, oldest);
  return oldest;
}

std::vector<user_id> user_store::drop_older(std::uint32_t now, std::int64_t seconds) {
  std::vector<user_id> all;
  for (stripe& s : stripes_) {
    const std::lock_guard hold(s.lock);
    const std::size_t before = all.size();
    s.loose.for_each([&](std::uint64_t key, std::string_view text) {
      std::uint32_t seen;
      std::memcpy(&seen, text.data(), sizeof seen);
      if (now - seen > seconds) all.emplace_back(key);
    });
    for (std::size_t i = before; i < all.size(); ++i) forget(s, all[i]);
  }
  return all;
}

bool user_store::read(user_id id, user& out) const {
  const stripe& s = of(id);
  const std::lock_guard hold(s.lock);
  const std::string_view text = s.find(id);
  if (!text.data()) return false;
  out.id = id;
  return unpack(text.substr(sizeof(std::uint32_t)), out);
}

void user_store::swap(user_store& other) noexcept {
  for (std::size_t i = 0; i < stripes_.size(); ++i) {
    const std::lock_guard hold(stripes_[i].lock);
    std::swap(stripes_[i].set, other.stripes_[i].set);
    std::swap(stripes_[i].loose, other.stripes_[i].loose);
    const std::size_t more = stripes_[i].loose.size() - other.stripes_[i].loose.size();  // or fewer: it wraps around
    loose_.fetch_add(more, std::memory_order_relaxed);
    other.loose_.fetch_sub(more, std::memory_order_relaxed);
  }
}

std::pair<std::size_t, std::size_t> user_store::count_and_bytes() const {
  std::pair<std::size_t, std::size_t> sum;
  for (const stripe& s : stripes_) {
    const std::lock_guard hold(s.lock);
    sum.first += s.set.size() + s.loose.size();
    sum.second += s.set.bytes() + s.loose.bytes();
  }
  return sum;
}

template <class User>
void world::hold_user(const entry& g, const User& value, bool is_member, bool new_holder) {
  if (!users.hold(value, options.policy.without, new_holder, {false, how_loose().now}) || !changes) return;
  if (is_member) changes->note_user(g.id, value.id);
  else note_user(value.id);
}

template void world::hold_user(const entry&, const user&, bool, bool);
template void world::hold_user(const entry&, const json::user_view&, bool, bool);

stay world::how_loose() const noexcept {
  const bool stays = options.policy.users_without_member != 0 && options.policy.kinds.has(cache_kind::users);
  return {stays, stays ? now() : 0};
}

void world::release_user(const entry& g, user_id id, bool stays) {
  spare(g, id);
  const bool own = id.value() == self_id.load(std::memory_order_relaxed);
  users.release(id, stays && !own ? how_loose() : stay());
  note_user(id);  // who stays in another guild too: what was new of them may have been left to this guild
  limit_users();
}

template <class User>
void world::meet(const User& value) {
  if (!value.id) return;
  const bool own = value.id.value() == self_id.load(std::memory_order_relaxed);  // is kept as such
  if (!users.hold(value, options.policy.without, false, own ? stay() : how_loose())) return;
  note_user(value.id);
  limit_users();
}
template void world::meet(const user&);
template void world::meet(const json::user_view&);

void world::limit_users() {
  while (users.loose() > options.policy.users_without_member) {
    const user_id gone = users.drop_loose(now());
    if (!gone) return;
    note_user(gone);
  }
}

}  // namespace monochord::cached
