// SPDX-License-Identifier: MIT
#include "net/task_group.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/this_coro.hpp>
#include <monochord/core/error.hpp>
#include <utility>

#include "net/own_strand.hpp"

namespace monochord::net {

namespace asio = boost::asio;

/// A job on its strand, which waits there itself for its first turn.
class task_group::member final : public queued_function, public std::enable_shared_from_this<member> {
 public:
  member(std::shared_ptr<task_group> of, asio::any_io_executor&& on, std::shared_ptr<long_job>&& what) noexcept
      : strand(std::move(on)), job(std::move(what)), of_(std::move(of)) {}

  /// To its strand, on which it may be over at once. `soon`: the caller is about to return to the executor.
  void submit(const asio::any_io_executor& to, bool soon) {
    if (const auto* const plain = to.target<context_strand::executor_type>())
      return plain->queue().submit(*this, soon);
    if (soon) asio::defer(to, queued_call(*this));
    else asio::post(to, queued_call(*this));
  }
  // On the strand: co_spawn writes to the signal, which cancel() may already be about to emit there.
  void call() override {
    const auto self = shared_from_this();  // it may be over within this call
    if (cancelled_) {
      const auto of = std::move(of_);
      drop_job();
      return of->left(*this);
    }
    asio::co_spawn(strand, [this] { return job->start(); }, ending(*this));
  }
  void drop() noexcept override {
    const auto of = std::move(of_);  // which may go now, and this with it
    drop_job();
  }
  void cancel() {
    asio::post(strand, [self = shared_from_this()] {
      self->cancelled_ = true;
      self->signal_.emit(asio::cancellation_type::terminal);
    });
  }
  bool is_cancelled() const noexcept { return cancelled_; }

  const asio::any_io_executor strand;
  std::shared_ptr<long_job> job;  // null once it is over
  std::size_t index = 0;          // among the members

 private:
  /// Called when the job has ended, or gone where everything ends before.
  class ending {
   public:
    using cancellation_slot_type = asio::cancellation_slot;

    explicit ending(member& of) noexcept : of_(&of) {}
    ending(ending&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    ending& operator=(ending&&) = delete;
    ~ending() {
      if (of_) of_->drop();
    }
    void operator()(std::exception_ptr error) {
      member& one = *std::exchange(of_, nullptr);
      const auto of = std::move(one.of_);
      of->ended(one, std::move(error));
    }
    cancellation_slot_type get_cancellation_slot() const noexcept { return of_->signal_.slot(); }

   private:
    member* of_;
  };
  void drop_job() noexcept {
    job->drop();
    job.reset();
  }

  // On the strand only.
  asio::cancellation_signal signal_;
  bool cancelled_ = false;
  std::shared_ptr<task_group> of_;  // which has this, until the end
};

/// A task of which nobody needs to know more.
class task_group::spawned_task final : public long_job {
 public:
  explicit spawned_task(task<> work) noexcept : work_(std::move(work)) {}
  task<> start() override { return std::move(work_); }
  void ended(std::exception_ptr error, bool) override {
    if (error) std::rethrow_exception(error);
  }
  void drop() noexcept override { const task<> gone = std::move(work_); }  // assigned to, Asio's loses what it had

 private:
  task<> work_;  // until its turn has come
};

task_group::task_group(asio::any_io_executor executor, error_handler on_error)
    : executor_(std::move(executor)),
      soon_(asio::prefer(asio::require(executor_, asio::execution::blocking.never),
                         asio::execution::relationship.continuation)),
      soon_limited_(soon_.target<limited_executor>()),
      on_error_(std::move(on_error)) {}

/// A job on its way through the executor.
class task_group::queued_job {
 public:
  queued_job(std::shared_ptr<task_group> of, std::shared_ptr<short_job> what) noexcept
      : of_(std::move(of)), what_(std::move(what)) {}
  queued_job(queued_job&&) noexcept = default;
  queued_job& operator=(queued_job&&) = delete;
  ~queued_job() {
    if (!of_) return;
    what_->drop();
    what_.reset();  // nothing of the job is left for whoever joins
    of_->job_ended();
  }
  void operator()() {
    if (of_->cancelled_) return;  // it is dropped with this
    struct ended {  // whatever comes through
      std::shared_ptr<task_group> of;
      std::shared_ptr<short_job> what;
      ~ended() {
        what.reset();  // nothing of the job is left for whoever joins
        of->job_ended();
      }
    };
    const ended at_work{std::move(of_), std::move(what_)};
    at_work.of->work(*at_work.what);
  }

 private:
  std::shared_ptr<task_group> of_;
  std::shared_ptr<short_job> what_;
};

void short_job::place::call() {
  task_group::queued_job mine(std::move(group), std::move(job));
  mine();
}

void short_job::place::drop() noexcept { const task_group::queued_job mine(std::move(group), std::move(job)); }

bool task_group::run(std::shared_ptr<short_job> one) {
  if (closed_) return false;
  ++jobs_;
  if (closed_) {
    job_ended();
    return false;
  }
  if (!soon_limited_) {
    soon_.execute(queued_job(shared_from_this(), std::move(one)));
    return true;
  }
  short_job::place& in = one->place_;
  in.group = shared_from_this();
  in.job = std::move(one);
  soon_limited_->submit(in);
  return true;
}

void task_group::work(short_job& one) {
  try {
    one.run();
  } catch (...) {
    report(std::current_exception());
  }
}

void task_group::job_ended() noexcept {
  if (--jobs_ != 0) return;
  std::function<void()> on_empty;
  {  // whoever joins has looked before, and is told, or looks later and sees it
    const std::lock_guard lock(mutex_);
    if (is_empty()) on_empty = std::exchange(on_empty_, nullptr);
  }
  if (on_empty) on_empty();
}

/// What was thrown, but for the cancellation that `cancel()` caused.
void task_group::report(std::exception_ptr error) {
  if (on_error_ && !(cancelled_ && is_cancellation(error))) on_error_(std::move(error));
}

bool task_group::spawn(task<> work, std::shared_ptr<place_holder> holder) {
  return spawn(std::make_shared<spawned_task>(std::move(work)), std::move(holder));
}

bool task_group::spawn(std::shared_ptr<long_job> one, std::shared_ptr<place_holder> holder) {
  const bool soon = holder != nullptr;
  if (!soon_limited_) {
    const auto strand = net::make_strand(executor_, std::move(holder));
    member* const added = add(asio::any_io_executor(strand), std::move(one));
    if (added) added->submit(strand, soon);
    return added != nullptr;
  }
  auto strand = limited_strand::make(in_limit(soon_limited_->queue()), std::move(holder));
  limited_strand& queue = strand.queue();
  member* const added = add(std::move(strand), std::move(one));
  if (added) queue.submit(*added, soon);  // which has it
  return added != nullptr;
}

/// Null after `close()`.
task_group::member* task_group::add(asio::any_io_executor&& strand, std::shared_ptr<long_job>&& one) {
  auto made = std::make_shared<member>(shared_from_this(), std::move(strand), std::move(one));
  const std::lock_guard lock(mutex_);
  if (closed_) return nullptr;
  made->index = members_.size();
  members_.push_back(std::move(made));
  return members_.back().get();
}

void task_group::ended(member& one, std::exception_ptr error) {
  const struct ending {  // also where the error handler throws
    task_group& of;
    member& one;
    ~ending() {
      one.job.reset();  // nothing of the job is left for whoever joins
      of.left(one);
    }
  } at_end{*this, one};
  try {
    one.job->ended(std::move(error), one.is_cancelled());
  } catch (...) {
    report(std::current_exception());
  }
}

/// The member may be gone then.
void task_group::left(const member& one) noexcept {
  std::shared_ptr<member> gone;  // once the lock is open
  std::function<void()> on_empty;
  {
    const std::lock_guard lock(mutex_);
    auto& place = members_[one.index];
    place.swap(members_.back());
    place->index = one.index;
    gone.swap(members_.back());
    members_.pop_back();
    if (is_empty()) on_empty = std::exchange(on_empty_, nullptr);
  }
  if (on_empty) on_empty();
}

void task_group::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void task_group::cancel() {
  std::vector<std::shared_ptr<member>> all;
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    all = members_;
  }
  for (const auto& one : all) one->cancel();
}

task<bool> task_group::join(clock& time, time_point deadline) {
  const auto here = co_await asio::this_coro::executor;
  const std::shared_ptr<timer> wait = time.make_timer(here);
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (is_empty()) co_return true;
      on_empty_ = [here, wait] { asio::post(here, [wait] { wait->cancel(); }); };
    }
    co_await wait->wait_until(deadline);
    const std::lock_guard lock(mutex_);
    if (is_empty()) {
      on_empty_ = nullptr;
      co_return true;
    }
    if (std::exchange(on_empty_, nullptr)) co_return false;  // else it was empty, and somebody has come since
  }
}

std::size_t task_group::running() const {
  const std::lock_guard lock(mutex_);
  return members_.size() + jobs_;
}

}  // namespace monochord::net
