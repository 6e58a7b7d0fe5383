// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/execution_context.hpp>
#include <cstddef>
#include <memory>
#include <mutex>

namespace monochord::detail {

/// How threads that a context does not wait for come back to it: with the mutex held, while it is open. It closes before
/// the context's services are gone.
struct blocking_gate {
  std::mutex mutex;
  bool open = true;
  std::atomic<std::size_t> pending{0};
};

/// While it lives, a coroutine of `context` waits for a call on another thread: work that no poll of the context can see.
class blocking_call {
 public:
  explicit blocking_call(boost::asio::execution_context& context);
  blocking_call(const blocking_call&) = delete;
  blocking_call& operator=(const blocking_call&) = delete;
  ~blocking_call() { gate->pending.fetch_sub(1); }

  const std::shared_ptr<blocking_gate> gate;
};

/// How many there are now.
std::size_t blocking_calls_pending(boost::asio::execution_context& context);

}  // namespace monochord::detail
