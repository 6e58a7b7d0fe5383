// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <monochord/cache/file.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/task.hpp>
#include <monochord/gateway/session_store.hpp>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace monochord {

/// Keeps a client's cache over restarts. A session that is resumed brings no guilds, so it is resumed only where the
/// file has them, from the older of two positions: what the file is true for, and what was handled. What lies between
/// them goes to the cache alone. Thread-safe.
class cache_keeper : public std::enable_shared_from_this<cache_keeper> {
 public:
  struct options {
    std::shared_ptr<monochord::cache> cache{};
    std::string path{};        ///< empty: no file
    bool once = false;         ///< the file is good for one start: nothing writes it while the client runs
    bool needs_file = true;    ///< a session without a file is not resumed
    bool own_sessions = true;  ///< else events come from elsewhere, whatever is stored
    user_id bot_id{};          ///< 0: not known, and not compared
    std::shared_ptr<session_store> store{};  ///< the user's
    logger log{};
  };
  explicit cache_keeper(options given) : options_(std::move(given)) {}

  /// Before the first shard starts. A file that cannot be used is complained about and ignored.
  static task<> restore(std::shared_ptr<cache_keeper> self);
  /// The user's store as shards are to see it.
  std::shared_ptr<session_store> sessions();
  /// Whether handlers had this event before the restart, so that it is the cache's alone.
  bool is_old(std::uint64_t source, int shard_id, std::int64_t seq, std::string_view type);
  /// The last event of a session that Discord may be told to forget: what came after is not in the file yet.
  std::int64_t may_acknowledge(int shard_id, std::string_view session_id) const;
  /// The first set of shards: only it reads stored sessions. `sources`: by the shard's number. Before its first event.
  void begins_with(std::map<int, std::uint64_t> sources);
  /// Another set of shards serves, whose numbers say nothing of those before.
  void shards_changed();
  /// Called before it is looked where the shards stand, and once the file is written, or is not after all: Discord is
  /// told meanwhile to forget nothing of sessions that no file has yet.
  void saving(bool now);
  /// Writes the file, with `marks` and those of shards that have not come to their session yet; what it throws is logged. Not
  /// before `restore` has ended. One call at a time.
  static task<> save(std::shared_ptr<cache_keeper> self, std::vector<cache_mark> marks);
  /// The file is good for no start.
  void forget() noexcept;

 private:
  class store;
  static task<> read(std::shared_ptr<cache_keeper> self);
  task<bool> is_stored(const cache_mark& mark) const;
  void adapt(int shard_id, std::optional<stored_session>& found);
  void add_untouched(std::vector<cache_mark>& to) const;  // the mutex is held

  const options options_;
  std::atomic<int> replaying_{0};  // shards in `old_until_`
  std::atomic<bool> file_there_{false};
  mutable std::mutex mutex_;               // guards what follows
  std::map<int, cache_mark> marks_;        // of the file, as far as their guilds were restored
  std::map<int, stored_session> handled_;  // what was handled of those sessions before
  std::map<int, std::int64_t> old_until_;
  std::map<int, std::uint64_t> sources_;  // of the set that it is about: a later one has the same numbers
  bool restored_ = false;  // or found nothing to restore
  bool saving_ = false;
  std::map<int, bool> told_;  // why a session is not resumed
};

}  // namespace monochord
