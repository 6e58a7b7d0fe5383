// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <monochord/core/task.hpp>

namespace monochord::net {

/// Threads for calls that block and cannot be stopped (a name server, a file on a dead network share). Nothing ever waits
/// for such a thread: a call that nobody wants any more ends alone, if it ends. Thread-safe.
class side_threads {
 public:
  explicit side_threads(std::size_t most);
  ~side_threads();
  side_threads(const side_threads&) = delete;
  side_threads& operator=(const side_threads&) = delete;

  /// Runs `work` on one of them, later than what waits already when all are busy, and throws what it throws. Cancellation
  /// throws `error` with `errc::cancelled` at once and leaves `work` running: it must own all that it touches, and whoever
  /// gave it must not touch that any more. Throws `error` with `errc::resource` when no thread can be had.
  task<> run(std::function<void()> work);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace monochord::net
