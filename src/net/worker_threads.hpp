// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace monochord::net {

class next_in_line;

/// Runs a context on some threads, of which no more are awake than there is work for. Where all of them wait within
/// Asio's `run()`, it wakes another one for whatever comes, to watch the sockets meanwhile: that costs more than most
/// of what comes; and what one thread has read is far from another one's caches. So the others stand by outside. One of
/// them looks now and then, while there is work, and joins those that work when all of these are held up, or when what
/// is handed to them waits for `late`; it goes back when that is over.
class worker_threads {
 public:
  /// How often it is looked while somebody is found at work. What is held up by a thread waits for two looks, the first
  /// of which may be 40 ms away, or for half a second where it is with what no socket, timer or handler began
  /// (`working`).
  static constexpr std::chrono::milliseconds tick{5};
  /// What waits so long for a thread that is busy is worth another one.
  static constexpr std::chrono::milliseconds late{1};

  /// `count` includes the thread that calls `run`. `upon`: an executor over the context with a queue of its own, in
  /// which nothing should wait either. Throws `std::system_error` when there are no threads to be had.
  worker_threads(boost::asio::io_context& context, unsigned count, boost::asio::any_io_executor upon = {});
  worker_threads(const worker_threads&) = delete;
  worker_threads& operator=(const worker_threads&) = delete;
  /// Stops the context, and waits for the threads.
  ~worker_threads();

  /// Works until the context is stopped, and throws what its functions do; the threads have ended then.
  void run();

 private:
  struct worker;

 public:
  /// While this lives, the calling thread is with something that may take its time, if it is one of those that work.
  class working {
   public:
    working() noexcept;
    working(const working&) = delete;
    working& operator=(const working&) = delete;
    ~working();

   private:
    worker* who_;  // null within another one of these
  };

 private:
  /// A thread, as the others see it.
  struct worker {
    clockid_t cpu{};  // the clock of its CPU time, from before it joined
    std::atomic<bool> joined{false};
    std::atomic<bool> busy{false};        // with something that says so
    std::atomic<std::uint64_t> rests{0};  // how often it had come to an end of such; written by its own thread alone
  };
  /// What was seen of one of them.
  struct look {
    bool busy = false;
    std::uint64_t rests = 0;
    std::chrono::nanoseconds cpu{0};
    bool still = false;  // with what it was with before
  };
  /// What a look tells of all that work.
  enum class load {
    nothing,
    light,  // somebody has worked, and waits for more most of the time: asked now, he would answer at once
    some,
    full,
    held_up
  };

  class questions;

  void work_first();
  void fail(std::exception_ptr what) noexcept;
  void begin(worker& me) noexcept;
  void stand_by(worker& me);
  bool watch();
  bool sleep(std::unique_lock<std::mutex>& lock);
  void work(worker& me);
  bool first_runs();
  bool is_spare(const worker& me) const noexcept;
  load see(std::vector<look>& seen, std::chrono::nanoseconds since) const;
  bool anybody_busy() const noexcept;
  void wake() noexcept;
  void end() noexcept;

  boost::asio::io_context& context_;
  std::vector<boost::asio::any_io_executor> asked_;  // the context's own first
  std::deque<worker> workers_;                       // the first is the one that calls `run`
  const std::shared_ptr<next_in_line> next_;         // what that one runs while no other has joined
  std::mutex mutex_;                                 // guards what follows
  std::condition_variable turn_, look_;
  bool watched_ = false;
  bool ended_ = false;
  std::exception_ptr failed_;
  std::atomic<bool> asleep_{false};  // the one that watches, until somebody begins
  std::vector<std::thread> threads_;
};

}  // namespace monochord::net
