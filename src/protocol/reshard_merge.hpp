// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "protocol/event_key.hpp"
#include "protocol/shard_math.hpp"

namespace monochord::protocol {

/// The shards of a set that run here.
struct shard_part {
  shard_run here;
  int total = 1;
  bool has(int shard) const noexcept { return shard >= here.first && shard < here.first + here.count; }
  int of(guild_id guild) const noexcept { return shard_of(guild, total); }
  friend bool operator==(const shard_part&, const shard_part&) = default;
};

/// What a process that gives guilds away tells those that gain them, in its order.
struct moved_event {
  enum class kind : std::uint8_t {
    counted,  ///< as of `event_key`: it has delivered that event
    unique,   ///< likewise
    gap,      ///< its old shard `high` began another session, `low` milliseconds ago: what it had not got it never will
  };
  kind what = kind::counted;
  guild_id guild;
  std::uint64_t high = 0, low = 0;
  time_point at{};  ///< here; told to nobody
  friend bool operator==(const moved_event&, const moved_event&) = default;
};

struct merge_options {
  duration hold_limit = std::chrono::seconds{10};      ///< how long an event of the new set waits for the old set
  duration twin_limit = std::chrono::seconds{30};      ///< how long a shard that is up may take to bring a twin
  duration guilds_limit = std::chrono::seconds{15};    ///< how long a new shard waits for its next guild
  duration lag = std::chrono::seconds{2};              ///< what a set may be behind the other and still be balanced
  std::size_t max_held_bytes = std::size_t{64} << 20;  ///< past that no event waits, nor those of its guild
  /// Guilds move between processes that tell each other of it. Otherwise nothing is told, and what is gained is nobody's
  /// until the end.
  bool cluster = false;
};

struct merge_counters {
  std::uint64_t twins = 0;          ///< events that came on both sets, one copy of which was cancelled
  std::uint64_t singles = 0;        ///< that came on one set although the other should have had them
  std::uint64_t held = 0;           ///< of the new set, that had to wait for the old one
  std::uint64_t held_too_long = 0;  ///< of these, that were let go since their time was over, or the room
  std::uint64_t starts = 0;         ///< guilds that the new set told of when it came up, and READYs
  std::uint64_t repeats = 0;        ///< copies of events without a guild that several shards of a set got
};

/// Both sets of shards are read while one takes over from the other: of each event that comes on both the first copy
/// counts and the other is cancelled, by a multiset of keys: two equal events stay two. An event of the new set waits
/// until the old set has reached it in its guild, so that no guild sees a later event first. Pure: driven by its calls,
/// with the events as numbers of the driver's. Not thread-safe.
class reshard_merge {
 public:
  enum class side : std::uint8_t { old_set, new_set };
  using ticket = std::uint64_t;  ///< the driver's name for one copy; never 0

  /// What to do with the copy just fed in, and with others.
  struct outcome {
    enum class verdict : std::uint8_t { deliver, hold, cancel };
    verdict what = verdict::deliver;
    ticket twin = 0;             ///< `cancel`: the copy that was delivered instead; 0 when it needs no thought any more
    bool begins = false;         ///< `cancel`: the GUILD_CREATE of a guild that moves here from another process
    bool expects_twin = false;   ///< `deliver`: another copy may come, which will name this one
    std::vector<ticket> before;  ///< held ones to be delivered before it, in this order; each expects its twin
    std::vector<ticket> after;   ///< and behind it
    std::vector<ticket> cancelled;  ///< held ones that are not to be delivered: this copy is
  };

  reshard_merge(merge_options options, shard_part old_set, shard_part new_set);

  // --- shards ---
  /// A shard is about to start a session: from here on it gets events; what an earlier session of it had not brought
  /// never comes. Gives held ones to be delivered, in this order; each expects its twin.
  std::vector<ticket> session_begins(side which, int shard, time_point now);
  /// READY of a new shard named these guilds, whose GUILD_CREATEs follow.
  void guilds_announced(int new_shard, std::vector<guild_id> guilds, time_point now);
  /// Whether the shard works just now; asked of each by the driver from time to time.
  void shard_is_up(side which, int shard, bool up, time_point now);

  // --- events ---
  /// `bytes` is what holding it costs.
  outcome event(side from, int shard, std::string_view type, const event_key& given, ticket name, std::size_t bytes,
                time_point now);
  /// Held ones whose time is over, to be delivered in this order; each expects its twin. Call it every second or so.
  std::vector<ticket> timer(time_point now);
  /// Delivered copies whose twin will not come any more, since the last call.
  std::vector<ticket> take_forgotten();

  // --- guilds that move between processes ---
  // Until the end it is the old process that delivers. The new one holds its copies back and drops those that the old one
  // has delivered; what is left of them follows at the end.
  /// What the others have to be told, since the last call.
  std::vector<moved_event> take_moved();
  /// Another process has delivered this. Gives held ones that are not to be delivered any more. `name` as in `event`.
  std::vector<ticket> delivered_elsewhere(const moved_event& told, ticket name, time_point now);
  /// An old shard of another process will never bring what came before `until` and what it has not told of. Gives held
  /// ones to be delivered, in this order.
  std::vector<ticket> gap_elsewhere(int old_shard, time_point until);
  /// From now on nothing of the guilds that this process gives away is delivered here: it is held back for `roll_back`.
  void freeze() noexcept { frozen_ = true; }
  /// More has to be held back than there is room for: it has to be given up.
  bool is_overfull() const noexcept { return overfull_; }
  /// After `roll_back`: what was held back since `freeze`, to be delivered in this order.
  std::vector<ticket> take_kept();

  // --- the end ---
  /// Every new shard is up, and has told of its guilds or has had its time for that.
  bool new_set_is_ready(time_point now) const noexcept;
  /// Since when the new set has been ready, every old shard up, and neither set further behind the other than `lag`.
  time_point balanced_since() const noexcept { return balanced_since_; }
  /// The old set is read no more: the held ones, to be delivered in this order.
  std::vector<ticket> finish();
  /// The new set is read no more: the held ones, to be forgotten.
  std::vector<ticket> roll_back();
  /// After one of them: no copy is waited for any more.
  bool is_done() const noexcept { return phase_ != phase::both && tallies_.empty(); }

  const merge_counters& counters() const noexcept { return counters_; }
  std::size_t waiting() const noexcept { return held_count_; }
  /// Delivered copies whose twins were expected when `timer` was last called.
  std::size_t expected() const noexcept { return expected_; }

 private:
  enum class phase : std::uint8_t { both, only_new, only_old };
  /// Delivered copies of one set, oldest first, whose twins are expected.
  struct line {
    struct copy {
      ticket name;
      time_point at;
    };
    std::vector<copy> copies;
    std::size_t low = 0;  // the fewest that there were since `began`: so many of them have got no twin
    time_point began{};
    void add(ticket name, time_point now);
    ticket take() noexcept;
    bool empty() const noexcept { return copies.empty(); }
  };
  /// One key's copies that are not matched.
  struct tally {
    line by_old, by_new;
    int held = 0;  // of the new set
    guild_id guild;
    bool empty() const noexcept { return by_old.empty() && by_new.empty() && held == 0; }
  };
  struct held_event {
    event_key key;
    ticket name = 0;
    std::size_t bytes = 0;
    time_point since{};
  };
  struct shard_state {
    bool begun = false;  // it has a session, or had one
    bool gap = false;    // of the old set: a session was lost meanwhile, so new events need not wait for it
    bool up = false;
    bool announced = false;  // READY came, as far as we know
    time_point up_since{};
    time_point last_guild{};
    std::unordered_set<std::uint64_t> guilds_to_come;
  };
  /// How often each shard of a set brought an event that belongs to no guild, and how often the set did.
  struct repeated {
    std::unordered_map<int, int> old_shards, new_shards;
    int old_set = 0, new_set = 0;
    time_point since{};
  };
  using tallies = std::unordered_map<event_key, tally, event_key_hash>;
  using verdict = outcome::verdict;
  using held_queue = std::deque<held_event>;

  shard_state* state(side which, int shard) noexcept;
  int shard_of_guild(side which, guild_id guild) const noexcept;
  bool is_repeat(side from, int shard, const event_key& key, time_point now);
  bool is_start(side from, int shard, std::string_view type, const event_key& key, time_point now);
  bool new_set_has(guild_id guild) noexcept;
  bool old_set_has(guild_id guild) const noexcept { return !guild || old_.has(old_.of(guild)); }
  bool is_lost(guild_id guild) const noexcept {
    return options_.cluster && guild && old_.has(old_.of(guild)) && !new_.has(new_.of(guild));
  }
  bool is_gained(guild_id guild) const noexcept {
    return options_.cluster && guild && new_.has(new_.of(guild)) && !old_.has(old_.of(guild));
  }
  bool is_synced(guild_id guild) noexcept;
  void cancel_passed(held_queue& queue, std::vector<ticket>& into);
  /// Both sets have this event, which comes once: what either had before it and the other has not got by now will not
  /// come.
  void prove(guild_id guild, ticket old_copy, ticket new_copy);
  /// The old set has reached the new one in this guild, or is not waited for any more.
  void sync(guild_id guild, std::vector<ticket>& into, time_point now);
  tally& tally_of(const event_key& key);
  void drop_if_empty(tallies::iterator at);
  void let_go(const held_event& one, std::vector<ticket>& into, time_point now);
  outcome of_old(const event_key& key, ticket name, time_point now);
  outcome of_new(const event_key& key, ticket name, std::size_t bytes, time_point now);
  outcome of_lost(const event_key& key, ticket name, std::size_t bytes, time_point now);
  /// The old process has passed these, as far as the first `count` of the queue: it may have got them in another order.
  void skip(guild_id guild, held_queue& queue, std::size_t count);
  void take_off(const held_event& one);
  bool is_due(side expected_from, guild_id guild, time_point since, time_point now) noexcept;
  void expire(side expected_from, const event_key& key, line& delivered, time_point now);
  bool is_behind(const tally& of, const line& delivered, time_point now) const noexcept;
  void forget(line& all);

  const merge_options options_;
  const shard_part old_, new_;
  std::vector<shard_state> old_shards_, new_shards_;
  phase phase_ = phase::both;
  tallies tallies_;
  std::unordered_map<std::uint64_t, held_queue> held_;  // by guild
  std::size_t held_count_ = 0, held_bytes_ = 0, expected_ = 0;
  std::unordered_set<std::uint64_t>
      synced_;  // guilds in which the old set has reached the new one, or is not waited for
  std::unordered_set<std::uint64_t> proven_;                            // guilds in which it is certain where both are
  std::unordered_map<std::uint64_t, std::vector<event_key>> unproven_;  // the keys of other guilds that have a tally
  std::unordered_map<event_key, repeated, event_key_hash> repeated_;
  std::unordered_set<event_key, event_key_hash> spent_;  // what comes once, and whose twin came in no time: it comes too late
  std::vector<ticket> forgotten_;
  std::unordered_map<std::uint64_t, held_queue> skipped_;  // of gained guilds, by guild
  std::vector<moved_event> moved_;
  std::vector<ticket> kept_;  // of guilds that are given away, since `freeze`
  bool frozen_ = false, overfull_ = false;
  time_point balanced_since_{};
  merge_counters counters_;
};

}  // namespace monochord::protocol
