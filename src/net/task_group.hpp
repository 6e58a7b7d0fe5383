// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/strand.hpp"

namespace monochord::net {

/// Tasks that belong together: started here, counted, cancelled together and awaited together. Each task runs on a
/// strand of its own over `executor`, so its cancellation can never race with it. Thread-safe.
class task_group : public std::enable_shared_from_this<task_group> {
 public:
  /// Called on the task's strand with what it threw; not for the cancellation that `cancel()` caused.
  using error_handler = std::function<void(std::exception_ptr)>;

  task_group(boost::asio::any_io_executor executor, error_handler on_error);

  /// Starts `work`; false, and `work` is destroyed unstarted, after `close()`. `holder`: whose strand it is to be; then the
  /// caller is about to return to its executor, for the work may begin only then.
  bool spawn(task<> work, std::shared_ptr<place_holder> holder = nullptr);
  /// No more tasks from now on.
  void close();
  /// Cancels every task that runs (its present and later awaits throw operation_aborted).
  void cancel();
  /// True once no task runs, false when `deadline` came first. Await it on a strand or a single thread.
  task<bool> join(clock& time, time_point deadline);
  std::size_t running() const;

 private:
  struct member;
  void ended(std::list<std::shared_ptr<member>>::iterator place, std::exception_ptr error);

  const boost::asio::any_io_executor executor_;
  const error_handler on_error_;

  mutable std::mutex mutex_;  // guards what follows
  std::list<std::shared_ptr<member>> members_;
  std::function<void()> on_empty_;
  bool closed_ = false;
  bool cancelled_ = false;
};

}  // namespace monochord::net
