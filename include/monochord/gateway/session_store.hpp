// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/gateway/identify_queue.hpp>

namespace monochord {

/// What it takes to go on with a shard's session. `session_id` is enough, with the token, to read the bot's events:
/// keep it as safe as a token.
/// https://docs.discord.com/developers/events/gateway#preparing-to-resume
struct stored_session {
  std::string session_id;
  std::int64_t seq = 0;
  std::string resume_url;
  /// A session goes on with what it began with. A bot that asks for something else starts a new one.
  int shard_count = 1;
  std::uint64_t intents = 0;
  int large_threshold = 0;
  /// Whose session it is, so that nobody resumes another bot's: as the token says, or READY where the token is of a form that
  /// does not. 0: not known, and not compared.
  user_id bot_id;
};

/// The session starts that are left of a day, as the store keeps them.
struct stored_budget {
  int remaining = 0;
  int total = 0;
  timestamp reset_at{};
};

/// Where sessions live between connections, and between processes: with a store that outlives the process a restart
/// resumes and costs no IDENTIFY. Thread-safe; an implementation may throw, which is logged and costs only the chance to
/// resume. Each call gets 10 s; one that takes longer is cancelled, and a bot that waits for a `load` goes on without.
/// A call must end when it is cancelled: shards wait for it.
class session_store {
 public:
  virtual ~session_store() = default;
  virtual task<std::optional<stored_session>> load(int shard_id) = 0;
  virtual task<> save(int shard_id, const stored_session& session) = 0;
  virtual task<> erase(int shard_id) = 0;
  virtual task<std::optional<stored_budget>> load_budget() = 0;
  virtual task<> save_budget(const stored_budget& budget) = 0;
  /// Whether what is saved outlives the process. Then shards save what is handled every 250 ms while events come, and Discord is
  /// told of no event (by the heartbeat's `d`) before it is saved; otherwise at heartbeats and at the end alone.
  virtual bool is_durable() const noexcept { return true; }
};

/// A store in memory: clients that are given the same object one after the other resume.
std::shared_ptr<session_store> make_memory_session_store();

/// A store in a file: a bot that is started again within a few minutes goes on where it was, after `stop()` without losing an
/// event. The file (JSON; only its owner may read it) is replaced as a whole and synced, so that a crash leaves the old one or
/// the new one. One that is damaged is complained about once, by a warning in the log, ignored and replaced; so is one of
/// another version. Relative to the working folder, which must exist. For one process at a time. Throws `error` with
/// `errc::invalid_argument` for an empty path; loading and saving throw `errc::resource` when the disk refuses.
std::shared_ptr<session_store> make_file_session_store(std::string path);

/// A store in an SQLite database, for a bot whose shards run in several processes of one machine: all may be given the same
/// file, as long as no two run the same shard. What is saved is on disk when the call completes (write-ahead log, synchronous
/// FULL); what many shards save at once is one transaction. Only its owner may read the file; beside it lie two of SQLite's own
/// (`-wal`, `-shm`). A damaged file, or one of another version, is complained about once, by a warning in the log, put aside
/// under the name `<path>.ignored`, and begun anew. A database of something else is left alone: every call throws. Not for a
/// file system of a network. Relative to the working folder, which must exist. Throws `error` with `errc::invalid_argument`
/// for an empty path, and with `errc::unsupported` when the library was built without SQLite; loading and saving throw
/// `errc::resource` when the disk refuses, or another process keeps the database busy for 5 s.
std::shared_ptr<session_store> make_sqlite_session_store(std::string path);

}  // namespace monochord
