// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <boost/unordered/unordered_flat_map.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cache/changes.hpp"
#include "cache/kind_sets.hpp"
#include "cache/late.hpp"
#include "cache/pack.hpp"
#include "cache/reaction_log.hpp"
#include "cache/record_set.hpp"
#include "cache/records.hpp"
#include "cache/watched_mutex.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/core/clock.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/events.hpp>

namespace monochord {

namespace cached {

/// What happens with a user whom no member holds.
struct stay {
  bool stays = false;
  std::uint32_t now = 0;  ///< seen then
};

/// Where the users of all guilds are, each once and counted: a text starts with the 4 bytes of its count. Those whom no member
/// holds are kept apart, to be found when there are too many: their texts start with when they were seen last.
class user_store {
  struct stripe {
    mutable watched_mutex lock;
    record_set set;
    record_set loose;
    std::string_view find(user_id id) const noexcept {
      const std::string_view held = set.find(id.value());
      return held.data() ? held : loose.find(id.value());
    }
  };

 public:
  /// The user's newest state; one member more holds it when `new_holder`.
  /// False when nobody holds the user, and it does not stay.
  template <class User>  // user, json::user_view
  bool hold(const User& value, flags<cache_field> without, bool new_holder, stay how = {});
  /// The same of many, in their order as far as they are the same user.
  struct holding {
    user_id id;
    std::uint32_t index = 0;  ///< of the list
    bool new_holder = false;
    bool held = false;  ///< what `hold` gives
  };
  void hold_all(const json::member_list& list, std::vector<holding>& who, flags<cache_field> without, stay how);
  /// What holds the user soon finds their stripe in the processor's cache; that reads nothing, and so needs no lock.
  [[gnu::always_inline]] void prefetch(user_id id) const noexcept {
    const auto* const at = reinterpret_cast<const char*>(&of(id));
    __builtin_prefetch(at, 1);
    __builtin_prefetch(at + 64, 1);
    __builtin_prefetch(at + sizeof(stripe) - 1, 1);
  }
  /// A user who is about to be held. While it is there, others wait for all users of its stripe.
  class coming {
   public:
    coming(user_store& store, user_id id) : store_(store), stripe_(store.of(id)), lock_(stripe_.lock), id_(id) {
      stripe_.set.prefetch_way(id.value());
    }
    /// What is to be held of them: their record comes meanwhile.
    template <class User>
    void pack(const User& value, flags<cache_field> without);
    /// As the store's, once they are packed.
    bool hold(bool new_holder, stay how);

   private:
    flat_text* packed_ = nullptr;
    user_store& store_;
    stripe& stripe_;
    std::lock_guard<watched_mutex> lock_;
    user_id id_;
  };
  void release(user_id id, stay how = {});
  /// How many are held by no member.
  std::size_t loose() const noexcept { return loose_.load(std::memory_order_relaxed); }
  /// The one of a sample of them that was seen longest ago goes; 0 when there is none.
  user_id drop_loose(std::uint32_t now);
  /// All of them that were seen longer ago go.
  std::vector<user_id> drop_older(std::uint32_t now, std::int64_t seconds);
  void copy_loose(record_set& to) const;
  /// What a presence tells of somebody who is held; false when it tells nothing.
  bool refresh(const partial_user& news, flags<cache_field> without);
  /// The record as it is, for a reader that unpacks it under no lock.
  void copy(user_id id, record_set& to) const;
  /// The same of each key of `who`; not at one moment.
  void copy_all(const record_set& who, record_set& to) const;
  bool read(user_id id, user& out) const;
  /// Nobody may change the other one meanwhile.
  void swap(user_store& other) noexcept;
  std::pair<std::size_t, std::size_t> count_and_bytes() const;

 private:
  static flat_text& room();
  template <class User>
  static flat_text& packed(const User& value, flags<cache_field> without);
  static bool put(record_set& to, record_set::spot at, user_id id, flat_text& text, std::uint32_t count);
  /// `text()` gives what is to be held, with room for the count.
  template <class Text>
  bool hold(stripe& s, user_id id, Text&& text, bool new_holder, stay how);
  void forget(stripe& s, user_id id);
  std::size_t number_of(user_id id) const noexcept { return std::hash<user_id>()(id) % stripes_.size(); }
  stripe& of(user_id id) noexcept { return stripes_[number_of(id)]; }
  const stripe& of(user_id id) const noexcept { return stripes_[number_of(id)]; }
  std::array<stripe, 64> stripes_;
  std::atomic<std::size_t> loose_{0};
  std::atomic<std::uint32_t> sample_{0};
};

/// The ids of the last messages of a channel in ascending order, which is that of their age.
using message_ring = std::vector<std::uint64_t>;

/// Users of a guild's members as they were when a copy of it was begun, if they changed or went before it came to them.
struct spared_users {
  record_set set;
};

/// All of one guild but its users. Direct messages, and what belongs to no guild, are the guild 0.
struct guild_entry {
  explicit guild_entry(guild_id which, const cache_policy& rules) : id(which), policy(rules) {}
  guild_entry(const guild_entry& other) : guild_entry(other, cache_policy::every_kind) {}
  /// A copy of these kinds, to be read under no lock.
  guild_entry(const guild_entry& other, flags<cache_kind> kinds);
  guild_entry& operator=(const guild_entry&) = delete;
  bool keeps(cache_kind kind) const noexcept { return policy.kinds.has(kind); }
  bool stamps() const noexcept { return policy.members_per_guild != 0 || policy.member_age.count() != 0; }
  record_set& set(cache_kind kind) { return sets.make(slot_of(kind)); }
  const record_set* find(cache_kind kind) const noexcept { return sets[slot_of(kind)]; }
  /// What most events are about stands at its front.
  [[gnu::always_inline]] void prefetch() const noexcept {
    const auto* const at = reinterpret_cast<const char*>(this);
    for (std::size_t line = 1; line < 5; ++line) __builtin_prefetch(at + line * 64);
  }

  guild_id id;
  change_log* changes = nullptr;  // where there is a store
  std::vector<std::shared_ptr<spared_users>> copies;  // that are being made
  role_table member_roles;
  cache_policy policy;
  kind_sets sets;
  std::unordered_map<std::uint64_t, message_ring> rings;
  cached_guild_state state;
  /// Who joined (lowest bit set) or left last, oldest first: an event that comes twice counts once.
  std::vector<std::uint64_t> turnover;
  reaction_log reactions;
  std::uint32_t sample = 0;  // where the next search for old members begins

  static constexpr std::size_t most_turnover = 16;
  /// False when this is the last that was told of that user already.
  bool turn(user_id user, bool joined);
  /// The last that was told of that user is that they left.
  bool has_left(user_id user) const noexcept;
  void note(cache_kind kind, std::uint64_t key) const {
    if (changes) changes->note(key_of(kind, key));
  }
  cache_key key_of(cache_kind kind, std::uint64_t key) const noexcept {
    return {kind, kind == cache_kind::guilds ? guild_id{} : id, key};
  }
  /// All of a kind goes.
  void clear(cache_kind kind);
  /// Of all but itself, its sets and their tables.
  std::size_t table_bytes() const noexcept;
};

// What an event's `before` has from the event before it.
template <class T>
void clear(optional<T>* before) {
  if (before) before->reset();
}
template <class T>
void clear(std::vector<T>* before) {
  if (before) before->clear();
}

// One record of a kind, as text. The rarer kinds are Discord's JSON, with its length before it.
template <class T>
void write(std::string& out, const T& value, flags<cache_field>) {
  const std::string text = json::encode(value);
  const auto size = static_cast<std::uint32_t>(text.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof size);
  out.append(text);
}
template <class T>
bool read(std::string_view text, T& out) {
  std::uint32_t size = 0;
  if (text.size() < sizeof size) return false;
  std::memcpy(&size, text.data(), sizeof size);
  if (size > text.size() - sizeof size) return false;
  json::failure why;
  return json::decode_into(out, text.substr(sizeof size, size), why);
}
inline void write(std::string& out, const role& value, flags<cache_field> without) { pack(out, value, without); }
inline bool read(std::string_view text, role& out) { return unpack(text, out); }
inline void write(std::string& out, const channel& value, flags<cache_field> without) { pack(out, value, without); }
inline bool read(std::string_view text, channel& out) { return unpack(text, out); }
inline void write(std::string& out, const voice_state& value, flags<cache_field>) { pack(out, value); }
inline bool read(std::string_view text, voice_state& out) { return unpack(text, out); }
inline void write(std::string& out, const emoji& value, flags<cache_field>) { pack(out, value); }
inline bool read(std::string_view text, emoji& out) { return unpack(text, out); }
inline void write(std::string& out, const sticker& value, flags<cache_field>) { pack(out, value); }
inline bool read(std::string_view text, sticker& out) { return unpack(text, out); }
inline void write(std::string& out, const presence& value, flags<cache_field> without) { pack(out, value, without); }
inline bool read(std::string_view text, presence& out) { return unpack(text, out); }
// What a compact record leaves to its key.
template <class T>
void set_key(T&, std::uint64_t) {}
inline void set_key(role& r, std::uint64_t key) { r.id = role_id{key}; }
inline void set_key(channel& c, std::uint64_t key) { c.id = channel_id{key}; }
inline void set_key(emoji& e, std::uint64_t key) { e.id = emoji_id{key}; }
inline void set_key(sticker& s, std::uint64_t key) { s.id = sticker_id{key}; }
inline void set_key(presence& p, std::uint64_t key) { p.user.id = user_id{key}; }
inline void set_key(voice_state& v, std::uint64_t key) { v.user_id = user_id{key}; }

template <class T>
optional<T> take(const record_set* set, std::uint64_t key) {
  if (!set) return std::nullopt;
  const std::string_view text = set->find(key);
  T value;
  if (!text.data() || !read(text, value)) return std::nullopt;
  set_key(value, key);
  return optional<T>(std::move(value));
}
template <class T>
std::vector<T> take_all(const record_set* set) {
  std::vector<T> all;
  if (!set) return all;
  all.reserve(set->size());
  set->for_each([&](std::uint64_t key, std::string_view text) {
    T value;
    if (!read(text, value)) return;
    set_key(value, key);
    all.push_back(std::move(value));
  });
  return all;
}
template <class T>
void keep(guild_entry& g, cache_kind kind, std::uint64_t key, const T& value) {
  if (!g.keeps(kind)) return;
  record_set& set = g.set(kind);
  set.prefetch_way(key);
  thread_local std::string text;
  text.clear();
  write(text, value, g.policy.without);
  set.put(key, text);
  g.note(kind, key);
}
inline bool drop(guild_entry& g, cache_kind kind, std::uint64_t key) {
  if (!g.find(kind) || !g.set(kind).erase(key)) return false;
  g.note(kind, key);
  return true;
}

struct guild_image;

inline std::uint64_t invite_key(std::string_view code) { return std::hash<std::string_view>()(code) | 1; }

// What readers of a guild want, from the cache or a copy of the guild.
optional<channel> take_channel(const guild_entry& g, channel_id id);
optional<guild> take_guild(const guild_entry& g);
/// Without its user.
optional<member> take_bare_member(const guild_entry& g, std::uint64_t key);
optional<message> take_message(const guild_entry& g, channel_id channel, message_id id);
std::vector<message> take_messages(const guild_entry& g, channel_id channel);

/// The messages of one channel as they are kept, for a reader who unpacks them under no lock.
class ring_copy {
 public:
  ring_copy() = default;
  ring_copy(const guild_entry& g, channel_id channel);
  std::vector<message> messages() const;
  std::size_t bytes() const noexcept { return texts_.size(); }

 private:
  struct record {
    std::uint64_t key;
    std::size_t end;  // of its text, which begins where the one before ends
  };
  std::string texts_;
  std::vector<record> records_;
};

/// What a cache owns.
struct world {
  using entry = guild_entry;
  struct alignas(64) stripe {
    mutable watched_mutex lock;
    boost::unordered_flat_map<guild_id, std::unique_ptr<entry>, std::hash<guild_id>> guilds;
    mutable std::atomic<std::uint64_t> lookups{0}, hits{0};
    /// Guilds that were found, by their id's hash: they save the way through the map, whose parts are likely to be in no cache of
    /// the processor. Only those that are in it.
    struct one_found {
      guild_id id;
      entry* guild = nullptr;
    };
    std::array<one_found, 8> found{};
    one_found& found_at(guild_id id) noexcept { return found[std::hash<guild_id>()(id) / 256 % 8]; }
  };
  struct place_stripe {
    mutable watched_mutex lock;
    record_set set;
  };
  /// An entry with its stripe's lock.
  struct locked {
    std::unique_lock<watched_mutex> lock;
    entry* guild = nullptr;
    explicit operator bool() const noexcept { return guild != nullptr; }
    entry* operator->() const noexcept { return guild; }
    entry& operator*() const noexcept { return *guild; }
  };

  explicit world(cache_options given);

  stripe& of(guild_id id) noexcept { return stripes[std::hash<guild_id>()(id) % stripes.size()]; }
  locked find(guild_id id) noexcept;
  /// For what is about one of its members.
  locked find(guild_id id, user_id member) noexcept {
    users.prefetch(member);
    return find(id);
  }
  locked open(guild_id id);  ///< made if there is none
  /// Only GUILD_CREATE makes a guild: an event that comes late must not make one again that was left.
  locked enter(guild_id id) { return id ? find(id) : open(id); }
  /// False where no guild keeps any.
  bool may_keep(cache_kind kind) const noexcept { return options.guild_policy || options.policy.kinds.has(kind); }
  /// For a reader of one record: counts.
  template <class F>
  auto read(guild_id id, F&& f) -> decltype(f(std::declval<entry&>())) {
    of(id).lookups.fetch_add(1, std::memory_order_relaxed);
    const locked g = find(id);
    if (!g) return {};
    return counted(id, f(*g));
  }
  /// For a reader of many: they are copied under the lock, and `f` builds what it gives under none.
  template <class F>
  auto read(guild_id id, flags<cache_kind> kinds, F&& f) -> decltype(f(std::declval<entry&>())) {
    of(id).lookups.fetch_add(1, std::memory_order_relaxed);
    std::optional<const entry> part;
    if (const locked g = find(id)) part.emplace(*g, kinds);
    if (!part) return {};
    return counted(id, f(*part));
  }
  template <class T>
  T counted(guild_id id, T got) {
    bool hit;
    if constexpr (requires { got.has_value(); }) hit = got.has_value();
    else hit = !got.empty();
    if (hit) of(id).hits.fetch_add(1, std::memory_order_relaxed);
    return got;
  }

  guild_id guild_of(channel_id id);
  void place(entry& g, channel_id id);
  void unplace(const entry& g, channel_id id);
  place_stripe& places_of(channel_id id) noexcept { return places[std::hash<channel_id>()(id) % places.size()]; }

  void put_channel(entry& g, const channel& c);
  void put_thread(entry& g, const channel& c);
  void drop_channel(entry& g, cache_kind kind, channel_id id);
  template <class Member, class Whole = std::nullptr_t>  // member, told_member, json::member_view
  void put_member(entry& g, const Member& m, bool active, bool in_voice = false, Whole whole = nullptr);
  void put_member(entry& g, const guild_member_update& news);
  template <class Member>
  bool is_kept(entry& g, const Member& m, bool active, bool in_voice);
  /// The same of many, who are not active; `in_voice` is sorted.
  void put_members(entry& g, const json::member_list& list, const std::vector<user_id>& in_voice = {});
  /// What is known of a member before the first event about it.
  static const member& nobody();
  void hold_members(entry& g, const json::member_list& list, std::vector<user_store::holding>& who);
  optional<member> take_member(const entry& g, user_id id) const;
  bool drop_member(entry& g, user_id id);
  void limit_members(entry& g);
  void put_presence(entry& g, const presence& p);
  void put_voice_state(entry& g, const voice_state& v);
  void put_guild(entry& g, const guild& value);
  void empty(entry& g);
  void remove_guild(guild_id id);
  void put_message(entry& g, const message& m);
  void drop_message(entry& g, channel_id channel, message_id id);
  /// Somebody of `g`; `is_member` of those that are kept.
  template <class User>
  void hold_user(const entry& g, const User& value, bool is_member, bool new_holder);
  /// `stays`: as far as the policy keeps users without a member.
  void release_user(const entry& g, user_id id, bool stays);
  /// Somebody who is no member that is kept did something.
  template <class User>
  void meet(const User& value);
  stay how_loose() const noexcept;
  void limit_users();
  void note_user(user_id id) {
    if (changes) changes->note({cache_kind::users, guild_id{}, id.value()});
  }
  /// That a store has to be told of all of a guild, and of the users of its members.
  void note_all(const entry& g);
  void take_in(const message_create& event);
  void take_in(const interaction_create& event);
  void see(optional<guild_id> guild, const user& author, const optional<partial_member>& m);
  /// Somebody of `g` is about to change or to go: who is being copied is so as they are.
  void spare(const entry& g, user_id id);
  /// A copy of all of a guild at this moment; null when it is not known. Its lock is held for the copy of the guild, but not of
  /// its users. With what belongs to no guild are users without a member.
  std::shared_ptr<const guild_image> copy(guild_id id);
  /// Takes what the other one holds. Nobody may use that one meanwhile.
  void replace_by(world& other);
  std::uint32_t now() const noexcept;

  cache_options options;
  std::unique_ptr<change_log> changes;  // where there is a store
  user_store users;
  std::array<stripe, 256> stripes;
  std::array<place_stripe, 16> places;  // channel or thread -> its guild
  mutable watched_mutex self_lock;
  optional<user> self;
  optional<application> app;
  std::atomic<std::uint64_t> self_id{0};
  time_point started;
  std::mutex save_lock;
  late_event late;
};

}  // namespace cached

}  // namespace monochord
