// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/execution_context.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <span>
#include <vector>

#include <monochord/gateway/sharding.hpp>

#include "dispatch/dispatcher.hpp"
#include "net/queued_function.hpp"

namespace monochord {

/// Takes events into a client's cache before their handlers start, and gives these the old value where there is one. A
/// message or an interaction whose handlers the reading thread runs itself is taken in once these have begun; whoever looks at
/// the cache sees no difference.
class cache_feed : public std::enable_shared_from_this<cache_feed> {
 public:
  /// Without options.clock that is `time`. `context`: where events are read and handlers run.
  cache_feed(cache_options options, std::shared_ptr<monochord::clock> time, boost::asio::execution_context& context);

  monochord::cache& cache() noexcept { return cache_; }
  /// Only what can change what is kept: the rest is not decoded for the cache's sake. They want a `cache_feed` as
  /// watcher.
  std::span<const dispatch::watch> watches() const noexcept { return watches_; }
  /// Whether `cache::sweep` has something to do.
  bool has_ages() const noexcept { return has_ages_; }
  /// Is told of each guild that came without all of its members. Before the first event.
  void on_incomplete(std::function<void(int shard, guild_id guild)> tell) { on_incomplete_ = std::move(tell); }
  /// Is told of what goes wrong beside an event. Before the first event.
  void on_error(std::function<void(std::exception_ptr)> tell) { on_error_ = std::move(tell); }
  /// Whether the calling thread seems to run handlers itself once it is done with what it reads.
  bool handlers_begin_here() const noexcept;
  /// Before an event is taken in.
  void settle() noexcept;
  /// Once the handlers of an event are handed over: what waits is taken in, or will be soon.
  void after_handlers() noexcept;
  /// Forgets guilds whose events come to another process.
  void keep_only(const shard_range& here);
  /// `members` of them are in the event.
  void came(int shard, const guild_create& event, std::size_t members) const;

 private:
  monochord::cache cache_;
  std::vector<dispatch::watch> watches_;
  bool has_ages_;
  std::function<void(int, guild_id)> on_incomplete_;
  std::function<void(std::exception_ptr)> on_error_;
  void report(std::exception_ptr error) const noexcept;

  /// Takes in what waits, behind the handlers in the line of the thread that reads.
  class settling final : public net::queued_function {
   public:
    /// False when it has to be done now.
    bool begin(cache_feed& of) noexcept;
    void call() override;
    void drop() noexcept override;  // whoever looks at the cache takes in what waits

   private:
    std::shared_ptr<cache_feed> leave() noexcept;
    std::atomic<bool> queued_{false};
    std::shared_ptr<cache_feed> of_;  // while it is
  };
  boost::asio::execution_context& context_;
  settling settling_;
};

}  // namespace monochord
