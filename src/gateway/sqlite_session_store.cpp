// SPDX-License-Identifier: MIT
#include <monochord/core/error.hpp>
#include <monochord/gateway/session_store.hpp>

#ifdef MONOCHORD_SQLITE

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <system_error>
#include <utility>

#include "gateway/sqlite.hpp"
#include "net/side_threads.hpp"

namespace monochord {
namespace {

using gateway::sqlite_database;
using gateway::sqlite_statement;
using gateway::sqlite_transaction;

// Marks the file as ours: "MCss".
constexpr std::int64_t application = 0x4d437373;
constexpr std::int64_t version = 1;

constexpr const char* schema = R"(
  CREATE TABLE sessions(
    shard_id INTEGER PRIMARY KEY, session_id TEXT NOT NULL, seq INTEGER NOT NULL, resume_url TEXT NOT NULL,
    shard_count INTEGER NOT NULL, intents INTEGER NOT NULL, large_threshold INTEGER NOT NULL, bot_id INTEGER NOT NULL);
  CREATE TABLE budget(
    id INTEGER PRIMARY KEY CHECK(id = 1), remaining INTEGER NOT NULL, total INTEGER NOT NULL, reset_at_us INTEGER NOT NULL);
  PRAGMA application_id = 1296266099;
  PRAGMA user_version = 1;
)";
static_assert(application == 1296266099);

/// Puts a file that cannot be used aside. Of several processes that find it so one does; the others find another file.
void put_aside(const std::string& path, std::uint64_t inode) {
  const int gate = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (gate < 0 || ::flock(gate, LOCK_EX) != 0) {
    const int why = errno;
    if (gate >= 0) ::close(gate);
    throw error(errc::resource, "cannot lock " + path + ".lock: " + std::system_category().message(why));
  }
  struct stat what {};
  int failed = 0;
  if (::lstat(path.c_str(), &what) == 0 && what.st_ino == inode) {
    if (std::rename(path.c_str(), (path + ".ignored").c_str()) != 0) failed = errno;
    // SQLite would take them for parts of the new one.
    for (const char* const part : {"-wal", "-shm", "-journal"}) ::unlink((path + part).c_str());
  }
  ::close(gate);
  if (failed != 0)
    throw error(errc::resource, "cannot put " + path + " aside: " + std::system_category().message(failed));
}

class sqlite_session_store final : public session_store, public std::enable_shared_from_this<sqlite_session_store> {
 public:
  explicit sqlite_session_store(std::string path) : path_(std::move(path)) {}

  task<std::optional<stored_session>> load(int shard_id) override {
    const auto self = shared_from_this();
    const auto found = std::make_shared<std::optional<stored_session>>();
    // Named: g++ 12 destroys what is converted within a co_await expression twice.
    const std::function<void()> work = [self, found, shard_id] { *found = self->read(shard_id); };
    co_await disk_.run(work);
    co_return std::move(*found);
  }
  task<std::optional<stored_budget>> load_budget() override {
    const auto self = shared_from_this();
    const auto found = std::make_shared<std::optional<stored_budget>>();
    const std::function<void()> work = [self, found] { *found = self->read_budget(); };
    co_await disk_.run(work);
    co_return *found;
  }
  task<> save(int shard_id, const stored_session& session) override {
    return change([this, shard_id, session] { to_write_.sessions.insert_or_assign(shard_id, session); });
  }
  task<> erase(int shard_id) override {
    return change([this, shard_id] { to_write_.sessions.insert_or_assign(shard_id, std::nullopt); });
  }
  task<> save_budget(const stored_budget& budget) override {
    return change([this, budget] { to_write_.budget = budget; });
  }

 private:
  struct changes {
    std::map<int, std::optional<stored_session>> sessions;  // nothing: erased
    std::optional<stored_budget> budget;
  };

  /// Whoever changes something waits until it is on disk; whatever else was given meanwhile goes along.
  task<> change(std::function<void()> what) {
    const auto self = shared_from_this();
    std::uint64_t mine = 0;
    {
      const std::lock_guard lock(mutex_);
      what();
      mine = ++wanted_;
    }
    const std::function<void()> work = [self, mine] { self->write(mine); };
    co_await disk_.run(work);
  }

  // On the side thread, from here on.

  sqlite_database& database() {
    if (open_) return *open_;
    auto fresh = std::make_unique<sqlite_database>(path_);
    try {
      set_up(*fresh);
    } catch (const error& e) {
      if (e.code() != errc::json_mismatch) throw;
      const auto inode = fresh->inode();
      fresh.reset();
      begin_anew(inode, e.what());
    }
    open_ = std::move(fresh);
    return *open_;
  }

  void set_up(sqlite_database& on) {
    // Looked at before anything is written: it may be somebody else's.
    if (on.number("SELECT count(*) FROM sqlite_master") != 0) check_owner(on);
    on.use_write_ahead_log();
    on.run("PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF");
    sqlite_transaction all(on);
    if (on.number("SELECT count(*) FROM sqlite_master") == 0)
      on.run(schema);
    else
      check_owner(on);
    all.commit();
    if (const auto bad = on.number("SELECT count(*) FROM pragma_quick_check(1) WHERE quick_check <> 'ok'"); bad != 0)
      throw error(errc::json_mismatch, path_ + " is damaged");
  }

  void check_owner(sqlite_database& on) const {
    if (on.number("PRAGMA application_id") != application)
      throw error(errc::resource, path_ + " is a database of something else: give the sessions a file of their own");
    if (const auto found = on.number("PRAGMA user_version"); found != version)
      throw error(errc::json_mismatch, path_ + " is of version " + std::to_string(found) + ", this library writes " +
                                           std::to_string(version));
  }

  /// Throws `errc::json_mismatch`, so that the log tells once; the next call finds no file.
  [[noreturn]] void begin_anew(std::uint64_t inode, const std::string& why) {
    open_.reset();
    put_aside(path_, inode);
    throw error(errc::json_mismatch, why + "; it is ignored, and kept as " + path_ + ".ignored");
  }

  /// Runs `work(database)`; what turns out to be damaged on the way is put aside.
  template <class F>
  auto with_database(F work) {
    auto& on = database();
    try {
      return work(on);
    } catch (const error& e) {
      if (e.code() != errc::json_mismatch) throw;
      const auto inode = on.inode();
      begin_anew(inode, e.what());
    }
  }

  std::optional<stored_session> read(int shard_id) {
    return with_database([&](sqlite_database& on) -> std::optional<stored_session> {
      sqlite_statement row(on,
                           "SELECT session_id, seq, resume_url, shard_count, intents, large_threshold, bot_id "
                           "FROM sessions WHERE shard_id = ?");
      row.bind(1, shard_id);
      if (!row.step()) return std::nullopt;
      const auto shard_count = row.number(3), large_threshold = row.number(5);
      stored_session out;
      out.session_id = row.text(0);
      out.seq = row.number(1);
      out.resume_url = row.text(2);
      if (out.session_id.empty() || out.seq < 0 || shard_count < 1 || shard_count > INT32_MAX || row.number(4) < 0 ||
          large_threshold < 0 || large_threshold > INT32_MAX || row.number(6) < 0)
        return std::nullopt;
      out.shard_count = static_cast<int>(shard_count);
      out.intents = static_cast<std::uint64_t>(row.number(4));
      out.large_threshold = static_cast<int>(large_threshold);
      out.bot_id = user_id(static_cast<std::uint64_t>(row.number(6)));
      return out;
    });
  }

  std::optional<stored_budget> read_budget() {
    return with_database([&](sqlite_database& on) -> std::optional<stored_budget> {
      sqlite_statement row(on, "SELECT remaining, total, reset_at_us FROM budget");
      if (!row.step()) return std::nullopt;
      const auto fits = [](std::int64_t n) { return n >= 0 && n <= INT32_MAX; };
      if (!fits(row.number(0)) || !fits(row.number(1))) return std::nullopt;
      return stored_budget{static_cast<int>(row.number(0)), static_cast<int>(row.number(1)),
                           timestamp(std::chrono::microseconds{row.number(2)})};
    });
  }

  void write(std::uint64_t change) {
    changes all;
    std::uint64_t until = 0;
    {
      const std::lock_guard lock(mutex_);
      if (written_ >= change) return;
      until = wanted_;
      all = std::exchange(to_write_, {});
    }
    try {
      write_to_disk(all);
    } catch (...) {
      // Whoever changes something next writes it too, but for what has been changed since.
      const std::lock_guard lock(mutex_);
      to_write_.sessions.merge(all.sessions);
      if (!to_write_.budget) to_write_.budget = all.budget;
      throw;
    }
    const std::lock_guard lock(mutex_);
    written_ = until;
  }

  void write_to_disk(const changes& all) {
    const auto work = [&](sqlite_database& on) { write_all(on, all); };
    try {
      with_database(work);
    } catch (const error& e) {
      if (e.code() != errc::json_mismatch) throw;
      with_database(work);  // what was damaged is out of the way
      throw;                // and is told of
    }
  }

  static void write_all(sqlite_database& on, const changes& all) {
    sqlite_transaction whole(on);
    sqlite_statement put(on,
                         "INSERT OR REPLACE INTO sessions(shard_id, session_id, seq, resume_url, shard_count, intents, "
                         "large_threshold, bot_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    sqlite_statement drop(on, "DELETE FROM sessions WHERE shard_id = ?");
    for (const auto& [shard_id, one] : all.sessions) {
      if (!one) {
        drop.bind(1, shard_id).step();
        continue;
      }
      put.bind(1, shard_id)
          .bind(2, one->session_id)
          .bind(3, one->seq)
          .bind(4, one->resume_url)
          .bind(5, one->shard_count);
      put.bind(6, static_cast<std::int64_t>(one->intents)).bind(7, one->large_threshold);
      put.bind(8, static_cast<std::int64_t>(one->bot_id.value())).step();
    }
    if (all.budget) write_budget(on, *all.budget);
    whole.commit();
  }

  /// Several processes count down the same day: the least that one of them knows of is right, until another day begins.
  /// When that is each of them has worked out by itself.
  static void write_budget(sqlite_database& on, const stored_budget& budget) {
    sqlite_statement put(
        on,
        "INSERT INTO budget(id, remaining, total, reset_at_us) VALUES(1, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
        "remaining = excluded.remaining, total = excluded.total, reset_at_us = excluded.reset_at_us "
        "WHERE excluded.remaining < remaining OR abs(excluded.reset_at_us - reset_at_us) > 60000000");
    put.bind(1, budget.remaining).bind(2, budget.total);
    put.bind(3, budget.reset_at.time_since_epoch().count()).step();
  }

  const std::string path_;
  net::side_threads disk_{1};  // one: the database is used by one thread at a time
  std::unique_ptr<sqlite_database> open_;
  std::mutex mutex_;  // guards what follows
  changes to_write_;
  std::uint64_t wanted_ = 0;   // changes
  std::uint64_t written_ = 0;  // of these, on disk
};

}  // namespace

std::shared_ptr<session_store> make_sqlite_session_store(std::string path) {
  if (path.empty()) throw error(errc::invalid_argument, "a database of sessions needs a path");
  return std::make_shared<sqlite_session_store>(std::move(path));
}

}  // namespace monochord

#else

namespace monochord {

std::shared_ptr<session_store> make_sqlite_session_store(std::string) {
  throw error(errc::unsupported,
              "this Monochord was built without SQLite (libsqlite3-dev): make_sqlite_session_store is not there");
}

}  // namespace monochord

#endif
