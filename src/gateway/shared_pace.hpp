// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>

#include "protocol/connect_pace.hpp"

namespace monochord::gateway {

/// The pace of all shards of a process, each of which asks on a strand of its own. Thread-safe.
class shared_pace final : public protocol::connect_gate {
 public:
  explicit shared_pace(protocol::connect_pace_options options = {}) noexcept : pace_(options) {}

  time_point turn(time_point now, double random) override {
    const std::lock_guard lock(mutex_);
    return pace_.turn(now, random);
  }

 private:
  std::mutex mutex_;
  protocol::connect_pace pace_;
};

}  // namespace monochord::gateway
