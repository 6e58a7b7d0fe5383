// SPDX-License-Identifier: MIT
// What a client does for its cache.
#include <monochord/gateway/guild_members.hpp>
#include <monochord/model/guild_events.hpp>

#include "client/impl.hpp"
#include "client/member_chunker.hpp"
#include "net/deadline.hpp"
#include "net/strand.hpp"
#include "protocol/token_user.hpp"

namespace monochord {

namespace {

/// How often it is looked for what has become too old.
constexpr auto sweeps_every = std::chrono::minutes{1};
/// How often the store outside is told what changed, and what it gets at the end.
constexpr auto flushes_every = std::chrono::seconds{1};
constexpr auto last_flush = std::chrono::seconds{5};
/// Discord's limits may let a request wait for long while others of its shard go out.
constexpr auto chunk_timeout = std::chrono::minutes{10};

}  // namespace

void client::impl::check_cache(const client_options& options) {
  if (!options.cache_file.empty() && !options.session_store && !options.event_source)
    throw error(
        errc::invalid_argument,
        "client_options::cache_file without a session_store: what is kept is good only for sessions that are resumed");
  if (options.cache_save_interval < std::chrono::seconds::zero())
    throw error(errc::invalid_argument, "client_options::cache_save_interval is negative");
  if (!options.chunk_guilds_at_start) return;
  if (!options.intents.has(intent::guild_members))
    throw error(errc::invalid_argument,
                "client_options::chunk_guilds_at_start: Discord gives all members of a guild only to bots with "
                "intent::guild_members");
  if (!options.cache.guild_policy && !options.cache.policy.kinds.has(cache_kind::members))
    throw error(errc::invalid_argument, "client_options::chunk_guilds_at_start: the cache's policy keeps no members");
}

void client::impl::start_cache() {
  dispatcher->set_watcher(cached, cached->watches());
  cached->on_error([weak = weak_from_this()](std::exception_ptr error) {
    if (const auto self = weak.lock()) self->report_soon(std::move(error));
  });
  if (options.chunk_guilds_at_start) {
    member_chunker::options how;
    how.spawn = [group = tasks](task<> work) { return group->spawn(std::move(work)); };
    how.log = log;
    how.ask = [weak = weak_from_this()](guild_id guild) -> task<> {
      const auto self = weak.lock();
      if (!self) co_return;
      guild_members_request all;
      all.timeout = chunk_timeout;
      all.for_cache = true;
      auto chunks = self->commands->stream_guild_members(guild, all);
      while (co_await chunks.next()) continue;  // the cache has each before it gets here
    };
    cached->on_incomplete(
        [to = std::make_shared<member_chunker>(std::move(how))](int shard, guild_id guild) { to->want(shard, guild); });
  }
  const bool kept = options.cache.guild_policy || !options.cache.policy.kinds.empty();
  if (kept && (options.session_store || !options.cache_file.empty())) {
    cache_keeper::options how;
    how.cache = {cached, &cached->cache()};
    how.path = options.cache_file;
    how.once = options.cache_save_interval.count() == 0;
    how.needs_file = !options.resume_with_cold_cache;
    how.own_sessions = !options.event_source;
    how.bot_id = protocol::user_of_token(bot_token.reveal());
    how.store = options.session_store;
    how.log = log;
    keeper = std::make_shared<cache_keeper>(std::move(how));
    if (!options.cache_file.empty() && options.cache_save_interval.count() > 0)
      tasks->spawn(repeat(weak_from_this(), time, options.cache_save_interval, [weak = weak_from_this()]() -> task<> {
        const auto self = weak.lock();
        if (self && !self->stopping()) co_await save_cache(self, false);
      }));
  }
  if (options.cache.store)
    tasks->spawn(repeat(weak_from_this(), time, flushes_every, [weak = weak_from_this()]() -> task<> {
      if (const auto self = weak.lock()) co_await flush_cache(self);
    }));
  if (cached->has_ages())
    tasks->spawn(repeat(weak_from_this(), time, sweeps_every, [to = cached]() -> task<> {
      to->cache().sweep();
      co_return;
    }));
}

/// What fails is tried again: nothing of it is lost.
task<> client::impl::flush_cache(std::shared_ptr<impl> self) {
  std::string why;
  try {
    co_await self->cached->cache().flush();
  } catch (const std::exception& e) {
    if (is_cancellation(std::current_exception())) throw;
    why = e.what();
  }
  if (why.empty() == !self->store_fails) co_return;
  self->store_fails = !why.empty();
  if (self->store_fails)
    self->log(log_level::warning, "client", "cannot write to the cache's store, trying again: " + why);
  else
    self->log(log_level::info, "client", "the cache's store works again");
}

/// Where the shards stand comes first: what they deliver meanwhile may be in the file or not.
task<> client::impl::save_cache(std::shared_ptr<impl> self, bool at_end) {
  if (self->options.cache.store && at_end) {
    const bool flushed = co_await net::run_before(*self->time, after(self->time->now(), last_flush), flush_cache(self));
    if (!flushed) self->log(log_level::error, "client", "the cache's store did not take the last changes in time");
  }
  if (!self->keeper || self->options.cache_file.empty()) co_return;
  if (self->how_it_stops() == stop_mode::discard_sessions) {
    self->keeper->forget();
    co_return;
  }
  self->keeper->saving(true);
  std::exception_ptr failed;
  try {
    co_await write_cache(self);
  } catch (...) {
    failed = std::current_exception();
  }
  self->keeper->saving(false);
  if (failed) std::rethrow_exception(failed);
}

task<> client::impl::write_cache(std::shared_ptr<impl> self) {
  std::vector<cache_mark> marks;
  if (!self->options.event_source) {
    std::optional<std::vector<gateway::session_position>> found;
    co_await net::run_on(self->life, find_positions(self, found));
    if (!found || found->empty()) co_return;
    for (auto& one : *found) marks.push_back({one.shard_id, one.shard_count, std::move(one.session_id), one.seq});
  }
  co_await cache_keeper::save(self->keeper, std::move(marks));
}

task<> client::impl::find_positions(std::shared_ptr<impl> self,
                                    std::optional<std::vector<gateway::session_position>>& out) {
  const auto fleet = self->shards;
  if (!fleet) co_return;
  auto found = co_await fleet->positions();
  out = std::move(found);
}

}  // namespace monochord
