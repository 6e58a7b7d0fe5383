// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/shared_limit.hpp"
#include "net/strand.hpp"

namespace monochord::net {

class task_group;

/// Something to do that waits for nothing. In one queue at a time.
class short_job {
 public:
  virtual ~short_job() = default;
  virtual void run() = 0;
  /// Instead of `run`, where that will never come.
  virtual void drop() noexcept = 0;

 private:
  friend class task_group;
  /// In the queue of a limited executor.
  class place final : public queued_function {
   public:
    void call() override;
    void drop() noexcept override;

    std::shared_ptr<task_group> group;  // both null while it is in no queue
    std::shared_ptr<short_job> job;
  };
  place place_;
};

/// Something to do that may wait.
class long_job {
 public:
  virtual ~long_job() = default;
  /// When its turn has come: what there is to do.
  virtual task<> start() = 0;
  /// Once that has come to its end, and is gone; what this throws goes to the group's error handler. `was_cancelled`: by the
  /// group.
  virtual void ended(std::exception_ptr error, bool was_cancelled) = 0;
  /// Instead of `ended`, where that will never come: also where memory runs out, then perhaps within `spawn`, which throws.
  virtual void drop() noexcept = 0;
};

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
  /// The same for a job, which starts and ends on its strand. It is dropped where the executor ends first, or the group is cancelled
  /// just before its first turn. False, and nothing is done with it, after `close()`.
  bool spawn(std::shared_ptr<long_job> one, std::shared_ptr<place_holder> holder);
  /// The same for a short one, which costs no strand and no coroutine. The executor runs it, in its turn among what was handed to
  /// it before; what it throws goes to the error handler. False, and nothing is done with it, after `close()`. Once the group is
  /// cancelled, or where the executor ends first, a job that has not begun is dropped.
  bool run(std::shared_ptr<short_job> one);
  /// No more tasks from now on.
  void close();
  /// Cancels every task that runs (its present and later awaits throw operation_aborted).
  void cancel();
  /// True once no task runs, false when `deadline` came first. Await it on a strand or a single thread.
  task<bool> join(clock& time, time_point deadline);
  std::size_t running() const;

 private:
  friend class short_job;
  class member;
  class spawned_task;
  class queued_job;
  void work(short_job& one);
  void job_ended() noexcept;
  void report(std::exception_ptr error);
  bool is_empty() const noexcept { return members_.empty() && jobs_ == 0; }  // with the lock
  member* add(boost::asio::any_io_executor&& strand, std::shared_ptr<long_job>&& one);
  void ended(member& one, std::exception_ptr error);
  void left(const member& one) noexcept;

  const boost::asio::any_io_executor executor_;
  const boost::asio::any_io_executor soon_;  // the same, for whoever is about to return to it
  const limited_executor* const soon_limited_;  // that, where it is such a one
  const error_handler on_error_;

  // A job counts before it looks whether the group is closed: whoever has closed it sees each that was taken.
  std::atomic<std::size_t> jobs_{0};  // queued or at work
  std::atomic<bool> closed_{false}, cancelled_{false};  // written with the lock
  mutable std::mutex mutex_;  // guards what follows
  std::vector<std::shared_ptr<member>> members_;
  std::function<void()> on_empty_;
};

}  // namespace monochord::net
