// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <monochord/cache/options.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

namespace cached {
struct world;
struct bulk;
struct late;
}
class guild_snapshot;
struct cache_file;
struct cache_mark;
struct cache_restore_options;
struct application;
struct auto_moderation_rule;
struct channel;
struct emoji;
struct entitlement;
struct guild;
struct integration;
struct member;
struct message;
struct presence;
struct role;
struct scheduled_event;
struct soundboard_sound;
struct stage_instance;
struct sticker;
struct user;
struct voice_state;
#define MONOCHORD_CACHED(event, kinds) struct event;
#define MONOCHORD_CACHED_BEFORE(event, what, kinds) struct event;
#include <monochord/cache/events.def>
#undef MONOCHORD_CACHED
#undef MONOCHORD_CACHED_BEFORE

/// What a cache holds at a moment.
struct cache_stats {
  struct of_kind {
    std::size_t count = 0;
    std::size_t bytes = 0;  ///< as the allocator counts them
  };
  static constexpr std::size_t kinds = 18;
  std::array<of_kind, kinds> each{};  ///< by the bit of the kind
  std::size_t overhead_bytes = 0;     ///< what belongs to no kind: tables of guilds and of places of channels
  std::uint64_t lookups = 0;          ///< since the start; a snapshot is none
  std::uint64_t hits = 0;

  const of_kind& of(cache_kind kind) const noexcept;
  std::size_t bytes() const noexcept;
};

/// What is known of a guild beside Discord's object.
struct cached_guild_state {
  timestamp joined_at{};
  int member_count = 0;
  bool large = false;
  bool unavailable = false;  ///< an outage, or not sent again yet after a new session began
};

/// What Discord told a bot, in compact records: about 100 bytes for a member with its user. Events change it with `apply`;
/// everything that is read is a copy, which belongs to the reader for as long as it wants. Thread-safe: guilds are spread
/// over stripes with a lock each, held for no longer than one copy or change takes; nobody's function is called under one.
/// Events of one guild must be applied one after another, as a shard gives them.
class cache {
 public:
  explicit cache(cache_options options = {});
  cache(const cache&) = delete;
  cache& operator=(const cache&) = delete;
  ~cache();

#define MONOCHORD_CACHED(event, kinds) void apply(const event&);
  /// Takes an event in. Where there is a `before` and it is not null, it gets the old value, if the cache had it, and nothing otherwise.
#define MONOCHORD_CACHED_BEFORE(event, what, kinds) void apply(const event&, what* before = nullptr);
#include <monochord/cache/events.def>
#undef MONOCHORD_CACHED
#undef MONOCHORD_CACHED_BEFORE

  // What an answer of REST tells, under the same policy; nothing of a guild that is not known. An answer may be older than an
  // event that came meanwhile and is believed nevertheless, but for a member who was just told to have left.
  void learn(guild_id guild, const monochord::member& member);
  /// Only of a user who is kept already, or the bot's own; of anybody where the policy keeps users without a member.
  void learn(const monochord::user& user);
  void learn(const monochord::guild& guild);
  /// A channel or an active thread of a guild, or a direct message.
  void learn(const monochord::channel& channel);
  void learn(guild_id guild, const monochord::role& role);
  void learn(const monochord::message& message);

  /// Drops members and users that are older than their policy's `member_age` and `user_age`. To be called now and then.
  void sweep();

  /// One consistent copy of everything of a guild, users included, to be read under no lock for as long as one wants; nothing
  /// when the guild is not known. Include `monochord/cache/guild_snapshot.hpp`. It takes 0.15 ms for each 1,000 members; a lock
  /// is held while their pages are shared, which takes much less.
  optional<guild_snapshot> snapshot(guild_id id) const;
  optional<monochord::guild> guild(guild_id id) const;
  /// All that are known, in no order.
  std::vector<guild_id> guild_ids() const;
  optional<cached_guild_state> state(guild_id id) const;
  /// A channel or an active thread.
  optional<monochord::channel> channel(channel_id id) const;
  std::vector<monochord::channel> channels(guild_id guild) const;
  std::vector<monochord::channel> threads(guild_id guild) const;
  /// With its user, of which there is only the id where users are not kept.
  optional<monochord::member> member(guild_id guild, user_id user) const;
  /// One consistent copy of all, about 1 ms for 2,000; events wait no longer than for a snapshot.
  std::vector<monochord::member> members(guild_id guild) const;
  optional<monochord::user> user(user_id id) const;
  optional<monochord::role> role(guild_id guild, role_id id) const;
  std::vector<monochord::role> roles(guild_id guild) const;
  std::vector<monochord::emoji> emojis(guild_id guild) const;
  std::vector<monochord::sticker> stickers(guild_id guild) const;
  std::vector<monochord::soundboard_sound> soundboard(guild_id guild) const;
  optional<monochord::voice_state> voice_state(guild_id guild, user_id user) const;
  std::vector<monochord::voice_state> voice_states(guild_id guild) const;
  optional<monochord::presence> presence(guild_id guild, user_id user) const;
  std::vector<monochord::stage_instance> stage_instances(guild_id guild) const;
  std::vector<monochord::scheduled_event> scheduled_events(guild_id guild) const;
  std::vector<monochord::integration> integrations(guild_id guild) const;
  std::vector<monochord::auto_moderation_rule> auto_moderation_rules(guild_id guild) const;
  std::vector<monochord::invite_create> invites(guild_id guild) const;
  optional<monochord::message> message(channel_id channel, message_id id) const;
  /// The last ones, oldest first.
  std::vector<monochord::message> messages(channel_id channel) const;
  std::vector<monochord::entitlement> entitlements() const;
  optional<monochord::user> current_user() const;
  optional<monochord::application> current_application() const;

  /// Writes what changed since the last call to `cache_options::store`, by parts of about 100, as it is when its turn comes: a thing
  /// that changed often is written once. Returns how many things were written or removed. To be called now and then, by one at a
  /// time (another call meanwhile gives 0 at once); no event waits for it. Where the store throws or the call is cancelled, what
  /// was not written is written by the next call. A guild that came or went, that lost a role or of which too much
  /// changed is compared with the store as a whole. The cache must outlive the call.
  task<std::size_t> flush();
  /// How many changed things and guilds the next `flush` will write.
  std::size_t backlog() const;

  /// Writes all that is held to a file, which is replaced as a whole and synced: a crash leaves the old one or the new one. Only
  /// its owner may read it. Blocks for as long as the disk takes (run it by `run_blocking`), but no event: each guild in turn is
  /// copied under its lock and written under none. Include `monochord/cache/file.hpp`. `marks`: where each shard stood before
  /// this call. Throws `error` with `errc::resource` when the disk refuses, which leaves the old file, and with
  /// `errc::invalid_argument` for an empty path or a mark of no shard. Saves of one cache wait for each other.
  void save(const std::string& path, const std::vector<cache_mark>& marks) const;
  /// Replaces all that is held by what `save` wrote; nothing when there is no file. Blocks; no event may be applied meanwhile,
  /// readers may read. What this cache's policy leaves out is left out; how old members are counts on, with the time between.
  /// Throws `error` and leaves the cache as it was: `errc::file_damaged`; `errc::file_version`; `errc::file_mismatch` when it is
  /// another bot's file, one that others than this process's user may write, or was saved under a policy that kept less than this
  /// cache's; `errc::resource` when it cannot be read. What the file is about to fill takes no more memory than the file and
  /// what is restored.
  optional<cache_file> restore(const std::string& path);
  optional<cache_file> restore(const std::string& path, const cache_restore_options& options);

  /// Counts and bytes; walks all guilds, one stripe at a time.
  cache_stats stats() const;

 private:
  friend struct cached::bulk;
  friend struct cached::late;
  /// For whoever is no event of a shard: it has taken in all that it was told.
  cached::world& whole() const;
  std::unique_ptr<cached::world> world_;
};

}  // namespace monochord
