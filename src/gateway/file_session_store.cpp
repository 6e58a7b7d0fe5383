// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/json/codec.hpp>
#include "core/file.hpp"
#include "json/table.hpp"
#include "net/side_threads.hpp"

namespace monochord {
namespace {

/// What stands in the file.
struct kept_session {
  std::int64_t shard_id = 0;
  std::string session_id;
  std::int64_t seq = 0;
  std::string resume_url;
  std::int64_t shard_count = 1;
  std::int64_t intents = 0;
  std::int64_t large_threshold = 0;
  user_id bot_id;
};
struct kept_budget {
  std::int64_t remaining = 0;
  std::int64_t total = 0;
  timestamp reset_at{};
};
struct kept_sessions {
  std::int64_t version = 0;
  std::string checksum;  // of all this as JSON with an empty one
  std::vector<kept_session> sessions;
  optional<kept_budget> budget;
};

}  // namespace

MONOCHORD_MODEL(kept_session, shard_id, session_id, seq, resume_url, shard_count, intents, large_threshold, bot_id)
MONOCHORD_MODEL(kept_budget, remaining, total, reset_at)
MONOCHORD_MODEL(kept_sessions, version, checksum, sessions, budget)

namespace {

constexpr std::int64_t version = 2;
constexpr std::uint64_t largest_file = 64U << 20U;  // a hundred thousand shards take a third of it

/// Against what a disk or an editor does to a file, not against somebody who may write it. FNV-1a, 64 bits.
std::string checksum_of(kept_sessions all) {
  all.checksum.clear();
  std::uint64_t sum = 14695981039346656037U;
  for (const char c : json::encode(all)) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return std::to_string(sum);
}

/// Nothing when there is no file. One that others may write could lead the bot's token to a gateway of theirs.
std::optional<std::string> contents(const std::string& path) {
  detail::own_file file = detail::own_file::open(path, errc::json_mismatch);
  if (!file) return std::nullopt;
  if (file.size() > largest_file)
    throw error(errc::message_too_large, path + " is too large for a file of sessions and is ignored");
  std::string text(static_cast<std::size_t>(file.size()), '\0');
  text.resize(file.read(text.data(), text.size()));  // it may have become shorter: it is parsed then, and found damaged
  return text;
}

/// One file for all shards. Whoever saves waits until what it gave is on disk; whatever else was given meanwhile goes along.
class file_session_store final : public session_store, public std::enable_shared_from_this<file_session_store> {
 public:
  explicit file_session_store(std::string path) : path_(std::move(path)) {}

  task<std::optional<stored_session>> load(int shard_id) override {
    co_await read_first();
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(shard_id);
    co_return found == sessions_.end() ? std::nullopt : std::optional<stored_session>(found->second);
  }
  task<std::optional<stored_budget>> load_budget() override {
    co_await read_first();
    const std::lock_guard lock(mutex_);
    co_return budget_;
  }
  task<> save(int shard_id, const stored_session& session) override {
    return change([this, shard_id, session] { sessions_.insert_or_assign(shard_id, session); });
  }
  task<> erase(int shard_id) override {
    return change([this, shard_id] { sessions_.erase(shard_id); });
  }
  task<> save_budget(const stored_budget& budget) override {
    return change([this, budget] { budget_ = budget; });
  }

 private:
  task<> read_first() {
    const auto self = shared_from_this();
    {
      const std::lock_guard lock(mutex_);
      if (read_) co_return;
    }
    // Named: g++ 12 destroys what is converted within a co_await expression twice.
    const std::function<void()> work = [self] { self->read(); };
    co_await disk_.run(work);
  }

  task<> change(std::function<void()> what) {
    const auto self = shared_from_this();
    try {
      co_await read_first();
    } catch (const error& e) {
      if (e.code() == errc::cancelled || e.code() == errc::resource) throw;
      // What is damaged is replaced; whoever loads is told of it.
    }
    std::uint64_t mine = 0;
    {
      const std::lock_guard lock(mutex_);
      what();
      mine = ++wanted_;
    }
    const std::function<void()> work = [self, mine] { self->write(mine); };
    co_await disk_.run(work);
  }

  /// On the side thread, as what follows.
  void read() {
    {
      const std::lock_guard lock(mutex_);
      if (read_) return;
    }
    lock_file();
    // A disk that does not answer is asked again: what stands on it must not be replaced by less. What is damaged is told of
    // once, and is.
    kept_sessions kept;
    kept.version = version;
    std::exception_ptr damaged;
    try {
      if (const auto text = contents(path_)) {
        kept = json::decode<kept_sessions>(*text);
        if (kept.version != version)
          throw error(errc::json_mismatch, path_ + " is of version " + std::to_string(kept.version) +
                                               " and is ignored: this library writes " + std::to_string(version));
        if (kept.checksum != checksum_of(kept))
          throw error(errc::json_mismatch, path_ + " is damaged and is ignored: its checksum is another");
      }
    } catch (const decode_error& e) {
      kept = {};
      damaged = std::make_exception_ptr(error(e.code(), path_ + " is damaged and is ignored: " + e.what()));
    } catch (const error& e) {
      if (e.code() == errc::resource) throw;
      kept = {};
      damaged = std::current_exception();
    }
    {
      const std::lock_guard lock(mutex_);
      take_in(kept);
      read_ = true;
    }
    if (damaged) std::rethrow_exception(damaged);
  }

  /// Two processes, or two stores of one, would undo each other's work.
  void lock_file() {
    if (locked_) return;
    const std::string path = path_ + ".lock";
    detail::file_descriptor file(path, O_RDWR | O_CREAT | O_NOFOLLOW);
    if (!file) detail::file_failed("cannot open", path);
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno == EWOULDBLOCK)
        throw error(errc::resource, path_ + " is in use: another process, or another store of this one, has it");
      detail::file_failed("cannot lock", path);
    }
    locked_ = std::move(file);
  }

  /// The mutex is held.
  void take_in(kept_sessions& kept) {
    for (auto& one : kept.sessions) {
      if (one.shard_id < 0 || one.shard_id > INT32_MAX || one.shard_count < 1 || one.shard_count > INT32_MAX || one.seq < 0 ||
          one.intents < 0 || one.large_threshold < 0 || one.large_threshold > INT32_MAX || one.session_id.empty())
        continue;
      stored_session session;
      session.session_id = std::move(one.session_id);
      session.seq = one.seq;
      session.resume_url = std::move(one.resume_url);
      session.shard_count = static_cast<int>(one.shard_count);
      session.intents = static_cast<std::uint64_t>(one.intents);
      session.large_threshold = static_cast<int>(one.large_threshold);
      session.bot_id = one.bot_id;
      sessions_.try_emplace(static_cast<int>(one.shard_id), std::move(session));
    }
    const auto fits = [](std::int64_t n) { return n >= 0 && n <= INT32_MAX; };
    if (kept.budget && fits(kept.budget->remaining) && fits(kept.budget->total))
      budget_ = {static_cast<int>(kept.budget->remaining), static_cast<int>(kept.budget->total), kept.budget->reset_at};
  }

  void write(std::uint64_t change) {
    std::uint64_t all = 0;
    std::string text;
    {
      const std::lock_guard lock(mutex_);
      if (written_ >= change) return;
      all = wanted_;
      text = encoded();
    }
    detail::file_replacement file(path_);
    file.write(text);
    file.commit();
    const std::lock_guard lock(mutex_);
    written_ = all;
  }

  std::string encoded() const {
    kept_sessions kept;
    kept.version = version;
    for (const auto& [shard_id, one] : sessions_)
      kept.sessions.push_back({shard_id, one.session_id, one.seq, one.resume_url, one.shard_count,
                               static_cast<std::int64_t>(one.intents), one.large_threshold, one.bot_id});
    if (budget_) kept.budget = kept_budget{budget_->remaining, budget_->total, budget_->reset_at};
    kept.checksum = checksum_of(kept);
    return json::encode(kept);
  }

  const std::string path_;
  net::side_threads disk_{1};  // one, so that nothing is written twice at a time
  detail::file_descriptor locked_;          // on the side thread
  std::mutex mutex_;           // guards what follows
  bool read_ = false;
  std::map<int, stored_session> sessions_;
  std::optional<stored_budget> budget_;
  std::uint64_t wanted_ = 0;   // changes
  std::uint64_t written_ = 0;  // of these, on disk
};

}  // namespace

std::shared_ptr<session_store> make_file_session_store(std::string path) {
  if (path.empty()) throw error(errc::invalid_argument, "a file of sessions needs a path");
  return std::make_shared<file_session_store>(std::move(path));
}

}  // namespace monochord
