// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <monochord/core/task.hpp>
#include <utility>

#include "gateway/merger.hpp"
#include "gateway/set_store.hpp"
#include "gateway/shard_manager.hpp"

namespace monochord::gateway {

/// One set of shards with what stands around it. On the strand of whoever has it; shared with its own life.
struct crew : std::enable_shared_from_this<crew> {
  std::shared_ptr<set_store> store;  // null: sessions are not kept
  std::shared_ptr<set_sink> sink;
  std::shared_ptr<shard_manager> manager;
  std::shared_ptr<std::atomic<bool>> on_trial = std::make_shared<std::atomic<bool>>(false);  // another set serves
  bool runs = false;
  bool ended = false;  // after it has run
  std::exception_ptr failure;

  /// Nobody need wait for its end: it has come, or it never began.
  bool is_over() const noexcept { return !runs; }

  /// Has it live on `strand`, and calls `changed` there at its end. What `life` and this throw leaves it as it was.
  void start(const boost::asio::any_io_executor& strand, std::function<task<>()> life, std::function<void()> changed) {
    runs = true;  // first: it may end within the call
    try {
      auto done = [self = shared_from_this(), told = std::move(changed)](std::exception_ptr error) {
        self->runs = false;
        self->ended = true;
        self->failure = std::move(error);
        told();
      };
      boost::asio::co_spawn(strand, life(), std::move(done));
    } catch (...) {
      runs = false;
      throw;
    }
  }
};

}  // namespace monochord::gateway
