// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cache/image.hpp"

namespace monochord {

using namespace cached;

namespace {

constexpr std::size_t at_once = 100;

template <class T>
optional<std::string> text_of(const record_set* set, std::uint64_t key) {
  const auto value = take<T>(set, key);
  return value ? optional<std::string>(json::encode(*value)) : std::nullopt;
}

/// As a store has it: a member without its user, which is a thing of its own.
optional<std::string> text_of(const guild_entry& g, cache_kind kind, std::uint64_t key) {
  switch (kind) {
    case cache_kind::channels:
    case cache_kind::threads:
      return text_of<channel>(g.find(kind), key);
    case cache_kind::roles:
      return text_of<role>(g.find(kind), key);
    case cache_kind::voice_states:
      return text_of<voice_state>(g.find(kind), key);
    case cache_kind::emojis:
      return text_of<emoji>(g.find(kind), key);
    case cache_kind::stickers:
      return text_of<sticker>(g.find(kind), key);
    case cache_kind::presences:
      return text_of<presence>(g.find(kind), key);
    case cache_kind::members: {
      const auto m = take_bare_member(g, key);
      return m ? optional<std::string>(json::encode(*m)) : std::nullopt;
    }
    default:
      break;  // the others are kept as text
  }
  const record_set* set = g.find(kind);
  const std::string_view text = set ? set->find(key) : std::string_view();
  if (!text.data()) return std::nullopt;
  std::uint32_t size = 0;
  std::memcpy(&size, text.data(), sizeof size);
  return std::string(text.substr(sizeof size, size));
}

optional<std::string> text_of(world& w, const cache_key& key) {
  if (key.kind == cache_kind::users) {
    user value;
    return w.users.read(user_id{key.id}, value) ? optional<std::string>(json::encode(value)) : std::nullopt;
  }
  const auto g = w.find(key.kind == cache_kind::guilds ? guild_id{key.id} : key.guild);
  return g ? text_of(*g, key.kind, key.id) : std::nullopt;
}

/// Collects what goes to a store in one round trip.
class writer {
 public:
  explicit writer(cache_store& to) : to_(to) {}
  void add(const cache_key& key, optional<std::string> text) {
    ++written_;
    if (text)
      puts_.push_back({key, std::move(*text)});
    else
      removes_.push_back(key);
  }
  bool is_full() const noexcept { return puts_.size() >= at_once || removes_.size() >= at_once; }
  task<> send() {
    std::vector<cache_entry> puts = std::exchange(puts_, {});
    std::vector<cache_key> removes = std::exchange(removes_, {});
    if (!removes.empty()) co_await to_.remove(std::move(removes));
    if (!puts.empty()) co_await to_.put(std::move(puts));
  }
  std::size_t written() const noexcept { return written_; }

 private:
  cache_store& to_;
  std::vector<cache_entry> puts_;
  std::vector<cache_key> removes_;
  std::size_t written_ = 0;
};

/// All of a guild: what the store has and the cache has not goes, then everything is put.
task<> write_guild(world& w, guild_id id, writer& out) {
  const auto image = w.copy(id);
  cache_store& store = *w.options.store;
  const cache_key own{cache_kind::guilds, guild_id{}, id.value()};
  out.add(own, image ? text_of(image->entry, cache_kind::guilds, id.value()) : std::nullopt);
  for (std::size_t slot = 0; slot < cache_stats::kinds; ++slot) {
    const auto kind = static_cast<cache_kind>(1U << slot);
    if (kind == cache_kind::guilds || kind == cache_kind::users || kind == cache_kind::entitlements) continue;
    const record_set* set = image ? image->entry.find(kind) : nullptr;
    std::string from;
    do {
      auto page = co_await store.scan(kind, id, std::move(from));
      for (const cache_entry& e : page.entries)
        if (!set || !set->find(e.key.id).data()) out.add(e.key, std::nullopt);
      if (out.is_full()) co_await out.send();
      from = std::move(page.next);
    } while (!from.empty());
    if (!set) continue;
    std::vector<std::uint64_t> keys;
    set->for_each([&](std::uint64_t key, std::string_view) { keys.push_back(key); });
    for (const std::uint64_t key : keys) {
      out.add({kind, id, key}, text_of(image->entry, kind, key));
      if (const auto m = kind == cache_kind::members ? image->member(key) : std::nullopt;
          m && image->users.find(key).data())
        out.add({cache_kind::users, guild_id{}, key}, json::encode(*m->user));
      if (out.is_full()) co_await out.send();
    }
  }
  co_await out.send();
}

}  // namespace

task<std::size_t> cache::flush() {
  world& w = whole();
  if (!w.changes) co_return 0;
  change_log::batch batch(*w.changes);
  writer out(*w.options.store);
  while (!batch.guilds.empty()) {
    co_await write_guild(w, batch.guilds.back(), out);
    batch.guilds.pop_back();
  }
  while (!batch.keys.empty()) {
    const std::size_t left = batch.keys.size() - std::min(at_once, batch.keys.size());
    for (std::size_t i = left; i < batch.keys.size(); ++i) out.add(batch.keys[i], text_of(w, batch.keys[i]));
    co_await out.send();
    batch.keys.resize(left);
  }
  co_return out.written();
}

std::size_t cache::backlog() const {
  const world& w = whole();
  return w.changes ? w.changes->size() : 0;
}

}  // namespace monochord
