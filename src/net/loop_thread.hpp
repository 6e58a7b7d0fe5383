// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

namespace monochord::net {

/// An executor with a thread of its own, for what must go on whatever becomes of its users' executors.
class loop_thread {
 public:
  /// Throws `error` with `errc::resource` when there is no thread to be had.
  loop_thread();
  loop_thread(const loop_thread&) = delete;
  loop_thread& operator=(const loop_thread&) = delete;
  /// `join()`.
  ~loop_thread();

  /// Waits until all that was started there has ended: whoever has this sees to it that it does. Not from the thread
  /// itself. What is posted later is destroyed with this, and never runs.
  void join();

  boost::asio::any_io_executor executor() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace monochord::net
