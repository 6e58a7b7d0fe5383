// SPDX-License-Identifier: MIT
// What a client does for its cache.
#include <monochord/gateway/guild_members.hpp>
#include <monochord/model/guild_events.hpp>

#include "client/impl.hpp"
#include "client/member_chunker.hpp"

namespace monochord {

namespace {

/// How often it is looked for what has become too old.
constexpr auto sweeps_every = std::chrono::minutes{1};
/// Discord's limits may let a request wait for long while others of its shard go out.
constexpr auto chunk_timeout = std::chrono::minutes{10};

}  // namespace

void client::impl::check_chunking(const client_options& options) {
  if (!options.chunk_guilds_at_start) return;
  if (!options.intents.has(intent::guild_members))
    throw error(errc::invalid_argument,
                "client_options::chunk_guilds_at_start: Discord gives all members of a guild only to bots with "
                "intent::guild_members");
  if (!options.cache.guild_policy && !options.cache.policy.kinds.has(cache_kind::members))
    throw error(errc::invalid_argument, "client_options::chunk_guilds_at_start: the cache's policy keeps no members");
}

void client::impl::start_cache() {
  cached = std::make_shared<cache_feed>(options.cache, time);
  dispatcher->set_watcher(cached, cached->watches());
  if (options.chunk_guilds_at_start) {
    member_chunker::options how;
    how.spawn = [group = tasks](task<> work) { return group->spawn(std::move(work)); };
    how.log = log;
    how.ask = [weak = weak_from_this()](guild_id guild) -> task<> {
      const auto self = weak.lock();
      if (!self) co_return;
      guild_members_request all;
      all.timeout = chunk_timeout;
      auto chunks = self->commands->stream_guild_members(guild, all);
      while (co_await chunks.next()) continue;  // the cache has each before it gets here
    };
    cached->on_incomplete(
        [to = std::make_shared<member_chunker>(std::move(how))](int shard, guild_id guild) { to->want(shard, guild); });
  }
  if (cached->has_ages())
    tasks->spawn(repeat(weak_from_this(), time, sweeps_every, [to = cached]() -> task<> {
      to->cache().sweep();
      co_return;
    }));
}

}  // namespace monochord
