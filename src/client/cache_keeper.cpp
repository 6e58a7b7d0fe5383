// SPDX-License-Identifier: MIT
#include "client/cache_keeper.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <monochord/run_blocking.hpp>
#include <optional>
#include <utility>

namespace monochord {

/// The user's store, less the sessions that the cache cannot follow.
class cache_keeper::store final : public session_store {
 public:
  explicit store(std::shared_ptr<cache_keeper> of) : of_(std::move(of)), inner_(of_->options_.store) {}

  task<std::optional<stored_session>> load(int shard_id) override {
    auto found = co_await inner_->load(shard_id);
    of_->adapt(shard_id, found);
    co_return found;
  }
  task<> save(int shard_id, const stored_session& session) override {
    auto kept = session;
    {
      const std::lock_guard lock(of_->mutex_);
      const auto before = of_->handled_.find(shard_id);
      if (before != of_->handled_.end() && before->second.session_id == kept.session_id)
        kept.seq = std::max(kept.seq, before->second.seq);
    }
    if (of_->options_.once) of_->forget();  // Discord may forget what came after the file from now on
    co_await inner_->save(shard_id, kept);
  }
  task<> erase(int shard_id) override { return inner_->erase(shard_id); }
  task<std::optional<stored_budget>> load_budget() override { return inner_->load_budget(); }
  task<> save_budget(const stored_budget& budget) override { return inner_->save_budget(budget); }
  bool is_durable() const noexcept override { return inner_->is_durable(); }

 private:
  const std::shared_ptr<cache_keeper> of_;
  const std::shared_ptr<session_store> inner_;
};

std::shared_ptr<session_store> cache_keeper::sessions() { return std::make_shared<store>(shared_from_this()); }

task<bool> cache_keeper::is_stored(const cache_mark& mark) const {
  if (!options_.store) co_return false;
  try {
    const auto found = co_await options_.store->load(mark.shard_id);
    co_return found && found->session_id == mark.session_id && found->shard_count == mark.shard_count;
  } catch (const std::exception& e) {
    if (is_cancellation(std::current_exception())) throw;
    options_.log(log_level::warning, "client",
                 std::string("cannot load the stored session for the cache: ") + e.what());
  } catch (...) {
    options_.log(log_level::warning, "client",
                 "cannot load the stored session for the cache: the session store threw what is no std::exception");
  }
  co_return false;
}

task<> cache_keeper::restore(std::shared_ptr<cache_keeper> self) {
  co_await read(self);
  const std::lock_guard lock(self->mutex_);
  self->restored_ = true;
}

task<> cache_keeper::read(std::shared_ptr<cache_keeper> self) {
  const auto& given = self->options_;
  if (given.path.empty()) co_return;
  std::string why;
  try {
    // First what it is true for: only guilds whose session goes on are wanted.
    cache_restore_options none;
    none.bot_id = given.bot_id;
    none.keep = [](const cache_mark&) { return false; };
    const auto look = [&] { return given.cache->restore(given.path, none); };
    const auto there = co_await run_blocking(look);
    if (!there) co_return;
    std::map<int, cache_mark> wanted;
    for (const auto& mark : there->marks) {
      const bool stored = co_await self->is_stored(mark);
      if (stored) wanted.emplace(mark.shard_id, mark);
    }
    if (wanted.empty() && !there->marks.empty()) {
      given.log(log_level::info, "client", "cache_file is of sessions that are over: the cache begins empty");
      co_return;
    }
    cache_restore_options some;
    some.bot_id = given.bot_id;
    if (!there->marks.empty())
      some.keep = [&wanted](const cache_mark& mark) {
        const auto found = wanted.find(mark.shard_id);
        return found != wanted.end() && found->second.shard_count == mark.shard_count;
      };
    const auto take = [&] { return given.cache->restore(given.path, some); };
    const auto taken = co_await run_blocking(take);
    if (!taken) co_return;
    given.log(log_level::info, "client",
              "the cache was restored: " + std::to_string(taken->restored) + " guilds of " +
                  std::to_string(wanted.size()) + " shards");
    {
      const std::lock_guard lock(self->mutex_);
      self->marks_ = std::move(wanted);
      self->file_there_ = true;
    }
    if (given.once && !given.own_sessions) self->forget();  // nothing will tell when it is too old
  } catch (const std::exception& e) {
    if (is_cancellation(std::current_exception())) throw;
    why = e.what();
  }
  if (!why.empty()) given.log(log_level::warning, "client", "cache_file is ignored: " + why);
}

void cache_keeper::adapt(int shard_id, std::optional<stored_session>& found) {
  if (!found) return;
  bool tell = false;
  {
    const std::lock_guard lock(mutex_);
    const auto mark = marks_.find(shard_id);
    const bool fits = mark != marks_.end() && mark->second.session_id == found->session_id &&
                      mark->second.shard_count == found->shard_count;
    if (fits) {
      if (mark->second.seq >= found->seq) return;
      handled_[shard_id] = *found;
      if (old_until_.insert_or_assign(shard_id, found->seq).second) replaying_.fetch_add(1);
      found->seq = mark->second.seq;
      return;
    }
    if (!options_.needs_file) return;
    tell = !std::exchange(told_[shard_id], true);
  }
  found.reset();
  if (!tell) return;
  options_.log(
      log_level::info, "client",
      "shard " + std::to_string(shard_id) + " does not resume its stored session: " +
          (options_.path.empty() ? "a session brings its guilds only when it begins, and client_options::cache_file, "
                                   "which would keep them, is empty"
                                 : "cache_file does not hold its guilds"));
}

bool cache_keeper::is_old(std::uint64_t source, int shard_id, std::int64_t seq, std::string_view type) {
  if (replaying_.load(std::memory_order_relaxed) == 0) return false;
  const std::lock_guard lock(mutex_);
  const auto found = old_until_.find(shard_id);
  if (found == old_until_.end()) return false;
  const auto reader = sources_.find(shard_id);
  if (reader == sources_.end() || reader->second != source) return false;
  if (type != "READY" && seq <= found->second) return true;
  old_until_.erase(found);  // it has caught up, or another session has begun
  replaying_.fetch_sub(1);
  return false;
}

void cache_keeper::saving(bool now) {
  const std::lock_guard lock(mutex_);
  saving_ = now;
}

void cache_keeper::begins_with(std::map<int, std::uint64_t> sources) {
  const std::lock_guard lock(mutex_);
  if (sources_.empty()) sources_ = std::move(sources);
}

void cache_keeper::shards_changed() {
  const std::lock_guard lock(mutex_);
  old_until_.clear();
  replaying_ = 0;
}

std::int64_t cache_keeper::may_acknowledge(int shard_id, std::string_view session_id) const {
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  if (options_.path.empty() || options_.once) return all;
  const std::lock_guard lock(mutex_);
  const auto found = marks_.find(shard_id);
  if (found != marks_.end() && found->second.session_id == session_id) return found->second.seq;
  return saving_ ? 0 : all;  // of a session that no file has nothing can be resumed anyway; but it may be in the next
}

/// Of shards that have no session yet: their guilds are as the file had them. Where it turns out that the session was over, the
/// session store has another one by then, or none, and the mark is good for nothing.
void cache_keeper::add_untouched(std::vector<cache_mark>& to) const {
  if (to.empty()) return;  // of events that come from elsewhere
  const auto known = [&to](int shard_id) {
    return std::any_of(to.begin(), to.end(), [&](const cache_mark& one) { return one.shard_id == shard_id; });
  };
  const int shard_count = to.front().shard_count;
  std::vector<cache_mark> more;
  for (const auto& [shard_id, mark] : marks_)
    if (mark.shard_count == shard_count && sources_.contains(shard_id) && !known(shard_id)) more.push_back(mark);
  to.insert(to.end(), more.begin(), more.end());
}

task<> cache_keeper::save(std::shared_ptr<cache_keeper> self, std::vector<cache_mark> marks) {
  const auto& given = self->options_;
  {
    const std::lock_guard lock(self->mutex_);
    if (!self->restored_) co_return;  // what is there is better
    self->add_untouched(marks);
  }
  std::string why;
  try {
    const auto write = [&] { given.cache->save(given.path, marks); };
    co_await run_blocking(write);
    const std::lock_guard lock(self->mutex_);
    for (auto& mark : marks) self->marks_.insert_or_assign(mark.shard_id, std::move(mark));
    self->file_there_ = true;
  } catch (const std::exception& e) {
    if (is_cancellation(std::current_exception())) throw;
    why = e.what();
  }
  if (!why.empty()) given.log(log_level::error, "client", "cannot save the cache: " + why);
}

void cache_keeper::forget() noexcept {
  if (!file_there_.exchange(false)) return;
  std::error_code ignored;  // it is of sessions that go on without it, and refused for that
  std::filesystem::remove(options_.path, ignored);
}

}  // namespace monochord
