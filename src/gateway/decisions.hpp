// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <monochord/core/error.hpp>
#include <monochord/gateway/controllers.hpp>
#include <string>
#include <utility>

namespace monochord::gateway {

/// The controllers of a client, as the rest of the gateway asks them: what they throw is an `error` here, or was told
/// to somebody and is the default. Thread-safe as far as the user's functions are.
class decisions {
 public:
  /// `tell` is called on whatever thread asks, and must not throw.
  decisions(controllers by, std::function<void(std::exception_ptr)> tell)
      : by_(std::move(by)), tell_(std::move(tell)) {}

  shard_plan shards(const start_figures& now) const;
  /// A number, which need not be one of a shard; `every_shard` without a guild only.
  int route(const command_route& command) const;
  /// JSON, empty for nothing.
  std::string presence(int shard_id, int shard_count, const std::string& current) const;
  fatal_decision fatal(const fatal_close& end) const;

 private:
  const controllers by_;
  const std::function<void(std::exception_ptr)> tell_;
};

}  // namespace monochord::gateway
