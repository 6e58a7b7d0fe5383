// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include <monochord/core/task.hpp>

namespace monochord::net {

/// The body of a request, made while it is sent, so that it never stands in memory as a whole. Used by one sending at a
/// time, possibly from another executor each time.
class body_source {
 public:
  body_source() = default;
  body_source(const body_source&) = delete;
  body_source& operator=(const body_source&) = delete;
  virtual ~body_source() = default;

  /// Called before each sending: learns the size, or goes back to the beginning. Throws `error`, with
  /// `errc::invalid_argument` when it cannot be read another time.
  virtual task<> open() = 0;
  /// Bytes that `read()` will give in all; known once `open()` has returned.
  virtual std::uint64_t size() const noexcept = 0;
  /// Whether `open()` can go back to the beginning once something was read.
  virtual bool repeatable() const noexcept = 0;
  /// The next bytes, empty at the end; valid until the next call. Never blocks the executor. Throws
  /// `error` when there are not as many as `size()` said: then the request is never completed.
  virtual task<std::string_view> read() = 0;
};

}  // namespace monochord::net
