// SPDX-License-Identifier: MIT
#include "net/worker_threads.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "net/next_in_line.hpp"

namespace monochord::net {

namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

/// What waits less than this for two threads is nothing for two.
constexpr std::chrono::microseconds soon{250};
/// So many looks without work, and nobody looks before there is some.
constexpr int quiet_looks = 6;
/// While nobody is found at work, it is looked less often, up to this: a look costs more than what a quiet bot does
/// meanwhile.
constexpr std::chrono::milliseconds longest_tick{40};
/// What waits for work sees so often whether what comes is run.
constexpr std::chrono::milliseconds question_every{100};
/// Who works because the first one does not waits so many ticks before it looks again whether it does.
constexpr int look_again = 20;

clockid_t cpu_clock_of_this_thread() noexcept {
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);  // fails only for threads that are no more
  return clock;
}

nanoseconds read_clock(clockid_t clock) noexcept {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds(now.tv_sec) + nanoseconds(now.tv_nsec);
}

/// How long what an executor is given waits before it is run.
class question {
 public:
  explicit question(const boost::asio::any_io_executor& of) noexcept : of_(&of) {}
  /// One at a time.
  void ask() {
    if (is_open()) return;
    asked_ = true;
    *waited_ = unknown;
    boost::asio::post(*of_, [waited = waited_, since = steady_clock::now()] {
      waited->store((steady_clock::now() - since).count(), std::memory_order_relaxed);
    });
  }
  bool is_open() const noexcept { return asked_ && waited_->load(std::memory_order_relaxed) == unknown; }
  /// What the answer was, if it is there and has not been told yet.
  steady_clock::duration answer() noexcept {
    if (!asked_ || is_open()) return {};
    asked_ = false;
    return steady_clock::duration(waited_->load(std::memory_order_relaxed));
  }

 private:
  static constexpr steady_clock::rep unknown = -1;

  const boost::asio::any_io_executor* of_;
  bool asked_ = false;
  std::shared_ptr<std::atomic<steady_clock::rep>> waited_ = std::make_shared<std::atomic<steady_clock::rep>>(unknown);
};

}  // namespace

/// Asked of several executors.
class worker_threads::questions {
 public:
  explicit questions(const std::vector<boost::asio::any_io_executor>& of) : all_(of.begin(), of.end()) {}
  void ask() { all_.front().ask(); }
  /// That of a user's functions too, which counts as work where it is run.
  void ask_all() {
    for (auto& one : all_) one.ask();
  }
  bool is_open() const noexcept {
    return std::any_of(all_.begin(), all_.end(), [](const question& one) { return one.is_open(); });
  }
  /// The longest.
  steady_clock::duration answer() noexcept {
    steady_clock::duration longest{};
    for (auto& one : all_) longest = std::max(longest, one.answer());
    return longest;
  }

 private:
  std::vector<question> all_;
};

/// Of the calling thread.
struct standing {
  worker_threads* among = nullptr;
  void* me = nullptr;
  bool at_work = false;  // with something that says so
};
static thread_local standing here;

worker_threads::worker_threads(boost::asio::io_context& context, unsigned count, boost::asio::any_io_executor upon)
    : context_(context),
      asked_{context.get_executor()},
      workers_(std::max(count, 1U)),
      next_(std::make_shared<next_in_line>(context)) {
  if (upon) asked_.push_back(std::move(upon));
  try {
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      threads_.emplace_back([this, &me = workers_[i]] {
        here = {this, &me};
        me.cpu = cpu_clock_of_this_thread();
        try {
          stand_by(me);
        } catch (...) {
          fail(std::current_exception());
        }
      });
    }
  } catch (...) {
    end();
    throw;
  }
}

worker_threads::~worker_threads() {
  context_.stop();
  end();
}

void worker_threads::end() noexcept {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  turn_.notify_all();
  look_.notify_all();
  for (auto& one : threads_) one.join();
  threads_.clear();
}

/// The first that is thrown comes out of `run`.
void worker_threads::fail(std::exception_ptr what) noexcept {
  {
    const std::lock_guard lock(mutex_);
    if (!failed_) failed_ = std::move(what);
  }
  context_.stop();
}

void worker_threads::run() {
  work_first();
  if (failed_) std::rethrow_exception(std::exchange(failed_, nullptr));  // the threads have ended
}

void worker_threads::work_first() {
  worker& me = workers_.front();
  struct ending {
    worker_threads& of;
    standing before;
    ~ending() {
      here = before;
      of.context_.stop();
      of.end();
    }
  } const then{*this, std::exchange(here, {this, &me})};
  me.cpu = cpu_clock_of_this_thread();
  me.busy = false;
  me.joined = true;
  const next_in_line::of_thread mine(*next_);
  context_.run();  // in one go: the memory that Asio recycles lives as long as this call
}

worker_threads::working::working() noexcept
    : who_(here.among && !std::exchange(here.at_work, true) ? static_cast<worker*>(here.me) : nullptr) {
  if (who_) here.among->begin(*who_);
}

worker_threads::working::~working() {
  if (!who_) return;
  here.at_work = false;
  if (who_ != &here.among->workers_.front()) return;  // one that has joined is so until it goes back
  who_->rests.store(who_->rests.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  who_->busy.store(false, std::memory_order_release);
}

/// Either the one that goes to sleep sees that somebody is busy, or whoever becomes busy sees it asleep.
void worker_threads::begin(worker& me) noexcept {
  if (me.busy.load(std::memory_order_relaxed)) return;  // written by its own thread alone
  me.busy.store(true);
  if (asleep_.load()) wake();
}

void worker_threads::wake() noexcept {
  {
    const std::lock_guard lock(mutex_);
    asleep_ = false;
  }
  look_.notify_one();
}

bool worker_threads::anybody_busy() const noexcept {
  return std::any_of(workers_.begin(), workers_.end(), [](const worker& one) { return one.joined && one.busy; });
}

void worker_threads::stand_by(worker& me) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      turn_.wait(lock, [this] { return ended_ || !watched_; });
      if (ended_) return;
      watched_ = true;
    }
    const bool wanted = watch();
    if (wanted) {
      me.busy = true;
      me.joined = true;  // before another one looks
    }
    {
      const std::lock_guard lock(mutex_);
      watched_ = false;
    }
    turn_.notify_one();
    if (!wanted) return;
    next_->shared();
    work(me);
    next_->alone();
    me.joined = false;
    me.busy = false;
  }
}

/// True when one more is to work, false at the end.
bool worker_threads::watch() {
  std::vector<look> seen(workers_.size());
  questions waits(asked_);
  auto looked = steady_clock::now();
  const auto see_now = [&] {
    const auto now = steady_clock::now();
    return see(seen, now - std::exchange(looked, now));
  };
  see_now();
  auto wait = tick;
  for (int without_work = 0;;) {
    {
      std::unique_lock lock(mutex_);
      if (without_work == quiet_looks) {
        without_work = 0;
        asleep_ = true;
        if (!anybody_busy() && !sleep(lock)) {
          asleep_ = false;
          return true;
        }
        asleep_ = false;
        lock.unlock();
        see_now();
        lock.lock();
      }
      if (look_.wait_for(lock, wait, [this] { return ended_; })) return false;
    }
    const load now = see_now();
    if (now == load::held_up || waits.is_open() || waits.answer() >= late) return true;
    if (now == load::full)
      waits.ask_all();
    else if (now == load::some)
      waits.ask();
    without_work = now == load::nothing ? without_work + 1 : 0;
    wait = now == load::full || anybody_busy() ? tick : std::min(2 * wait, longest_tick);
  }
}

/// Until there may be work; false when the context does not run what it is given, so that somebody is held up who has
/// not said that he works.
bool worker_threads::sleep(std::unique_lock<std::mutex>& lock) {
  questions waits(asked_);
  while (!look_.wait_for(lock, question_every, [this] { return ended_ || !asleep_; })) {
    if (waits.is_open()) return false;
    if (waits.answer() >= late) return true;
    lock.unlock();
    waits.ask();
    lock.lock();
  }
  return true;
}

/// Held up are all when each is still with what it was with at the last look.
worker_threads::load worker_threads::see(std::vector<look>& seen, nanoseconds since) const {
  bool any = false, all_full = true, all_held_up = true, light = true, quiet = true;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const worker& one = workers_[i];
    if (!one.joined) {
      seen[i] = {};
      continue;
    }
    look now{one.busy, one.rests, read_clock(one.cpu)};
    now.still = seen[i].busy && now.busy && seen[i].rests == now.rests;
    const look before = std::exchange(seen[i], now);
    // One that has joined says once a tick that it rests, so that two looks may fall between.
    const bool held_up = now.still && (i == 0 || before.still);
    any = true;
    all_held_up = all_held_up && held_up;
    all_full = all_full && (held_up || now.cpu - before.cpu >= since * 3 / 4);
    light = light && !now.busy && now.cpu - before.cpu < since / 4;
    quiet = quiet && before.rests == now.rests;
  }
  if (!any || (light && quiet)) return load::nothing;
  if (light) return load::light;
  return all_held_up ? load::held_up : all_full ? load::full : load::some;
}

/// Until what comes is run soon, and the first of all is not held up.
void worker_threads::work(worker& me) {
  const worker& first = workers_.front();
  questions waits(asked_);
  for (int patience = 0;;) {
    const look before{first.busy, first.rests};
    waits.ask_all();
    context_.run_for(tick);
    if (context_.stopped()) return;
    me.rests.fetch_add(1, std::memory_order_relaxed);
    if (waits.is_open() || waits.answer() >= soon) continue;
    if (is_spare(me)) return;
    const bool held_up = before.busy && first.busy && before.rests == first.rests;
    if (held_up || --patience > 0) continue;
    if (first_runs()) return;
    patience = look_again;
  }
}

/// Whether another one has joined too, who stays for as long as the first is held up.
bool worker_threads::is_spare(const worker& me) const noexcept {
  for (std::size_t i = 1; i < workers_.size() && &workers_[i] != &me; ++i)
    if (workers_[i].joined) return true;
  return false;
}

/// Whether the first runs what comes, which is not said where it is with something that says nothing. Other threads may,
/// the calling one does not meanwhile.
bool worker_threads::first_runs() {
  worker& first = workers_.front();
  const std::uint64_t before = first.rests;
  boost::asio::post(asked_.front(), [&first] {
    if (here.me == &first) first.rests.store(first.rests.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  });
  std::this_thread::sleep_for(late / 2);  // less than what would bring another one
  return first.rests != before;
}

}  // namespace monochord::net
