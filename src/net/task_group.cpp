// SPDX-License-Identifier: MIT
#include "net/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
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

/// A task on its strand, which waits there itself for its first turn.
class task_group::member final : public queued_function, public std::enable_shared_from_this<member> {
 public:
  member(const asio::any_io_executor& executor, std::shared_ptr<place_holder> holder)
      : strand(net::make_strand(executor, std::move(holder))) {}

  /// `soon`: the caller is about to return to the executor.
  void submit(std::shared_ptr<task_group> of, task<> work, bool soon) {
    self_ = shared_from_this();
    of_ = std::move(of);
    work_ = std::move(work);
    if (const auto* const limited = strand.target<limited_strand::executor_type>())
      return limited->queue().submit(*this, soon);
    if (const auto* const plain = strand.target<context_strand::executor_type>())
      return plain->queue().submit(*this, soon);
    struct turn {
      explicit turn(member& whose) noexcept : of(&whose) {}
      turn(turn&& other) noexcept : of(std::exchange(other.of, nullptr)) {}
      turn& operator=(turn&&) = delete;
      ~turn() {
        if (of) of->drop();
      }
      void operator()() { std::exchange(of, nullptr)->call(); }
      member* of;
    };
    if (soon) asio::defer(strand, turn(*this));
    else asio::post(strand, turn(*this));
  }
  // On the strand: co_spawn writes to the signal, which cancel() may already be about to emit there.
  void call() override {
    const auto self = self_;  // it may be over within this call
    ending end(*this);
    if (cancelled_) {
      drop_work();
      return end(nullptr);
    }
    asio::co_spawn(strand, std::move(work_), asio::bind_cancellation_slot(signal_.slot(), std::move(end)));
  }
  void drop() noexcept override {
    const ending never(*this);
    drop_work();
  }
  void cancel() {
    asio::post(strand, [self = shared_from_this()] {
      self->cancelled_ = true;
      self->signal_.emit(asio::cancellation_type::terminal);
    });
  }

  const asio::any_io_executor strand;
  std::size_t index = 0;  // among the members

 private:
  /// Called when the task has ended, or gone where everything ends before.
  class ending {
   public:
    explicit ending(member& of) noexcept : of_(&of) {}
    ending(ending&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    ending& operator=(ending&&) = delete;
    ~ending() {
      if (of_) of_->let_go();
    }
    void operator()(std::exception_ptr error) {
      member& one = *std::exchange(of_, nullptr);
      const auto held = one.let_go();
      held.second->ended(one, std::move(error));
    }

   private:
    member* of_;
  };
  std::pair<std::shared_ptr<member>, std::shared_ptr<task_group>> let_go() noexcept {
    return {std::move(self_), std::move(of_)};
  }

  void drop_work() noexcept { const task<> gone = std::move(work_); }  // assigned to, Asio's loses what it had

  // On the strand only.
  asio::cancellation_signal signal_;
  bool cancelled_ = false;
  task<> work_;  // until its turn has come
  // Until the end.
  std::shared_ptr<member> self_;
  std::shared_ptr<task_group> of_;
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
  const bool is_held = holder != nullptr;
  std::shared_ptr<member> added;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    added = std::make_shared<member>(executor_, std::move(holder));
    added->index = members_.size();
    members_.push_back(added);
  }
  added->submit(shared_from_this(), std::move(work), is_held);
  return true;
}

void task_group::ended(const member& one, std::exception_ptr error) {
  const struct ending {  // also where the error handler throws
    task_group& of;
    const member& one;
    ~ending() {
      std::function<void()> on_empty;
      {
        const std::lock_guard lock(of.mutex_);
        auto& place = of.members_[one.index];
        place.swap(of.members_.back());
        place->index = one.index;
        of.members_.pop_back();  // whoever calls holds it
        if (of.is_empty()) on_empty = std::exchange(of.on_empty_, nullptr);
      }
      if (on_empty) on_empty();
    }
  } at_end{*this, one};
  if (error) report(std::move(error));
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
