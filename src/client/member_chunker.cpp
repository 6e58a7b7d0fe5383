// SPDX-License-Identifier: MIT
#include "client/member_chunker.hpp"

#include <algorithm>
#include <exception>
#include <monochord/core/error.hpp>
#include <string>

namespace monochord {

void member_chunker::want(int shard, guild_id guild) {
  {
    const std::lock_guard lock(mutex_);
    auto& of = shards_[shard];
    if (std::find(of.waiting.begin(), of.waiting.end(), guild) != of.waiting.end()) return;
    of.waiting.push_back(guild);
    if (of.asking == at_a_time) return;
    ++of.asking;
  }
  if (options_.spawn(work(shared_from_this(), shard))) return;
  const std::lock_guard lock(mutex_);  // it is stopping
  --shards_[shard].asking;
}

/// False, and the worker ends, when nothing waits.
bool member_chunker::take(int shard, guild_id& next) {
  const std::lock_guard lock(mutex_);
  auto& of = shards_[shard];
  if (of.waiting.empty()) {
    --of.asking;
    return false;
  }
  next = of.waiting.front();
  of.waiting.pop_front();
  return true;
}

task<> member_chunker::work(std::shared_ptr<member_chunker> self, int shard) {
  for (guild_id guild; self->take(shard, guild);) {
    std::string why;
    try {
      co_await self->options_.ask(guild);
    } catch (const error& e) {
      if (is_cancellation(std::current_exception())) throw;
      // The session was lost: its guilds come again, and are asked for again.
      if (e.code() != errc::closed) why = e.what();
    } catch (const std::exception& e) {
      if (is_cancellation(std::current_exception())) throw;
      why = e.what();
    }
    if (!why.empty())
      self->options_.log(log_level::warning, "client", "the members of guild " + guild.str() + " did not come: " + why);
  }
}

}  // namespace monochord
