// SPDX-License-Identifier: MIT
#include "net/worker_threads.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

namespace monochord::net {

namespace {

/// So many functions in a tick are worth a thread.
constexpr std::size_t enough = 100;
/// So many ticks without work, and nobody looks before there is some.
constexpr int quiet_ticks = 10;
/// What waits for work sees so often whether what comes is run.
constexpr std::chrono::milliseconds question_every{100};

}  // namespace

/// Of the calling thread.
struct standing {
  worker_threads* among = nullptr;
  void* me = nullptr;
  bool was_asked = false;  // and has done nothing else since it waited
};
static thread_local standing here;

worker_threads::worker_threads(boost::asio::io_context& context, unsigned count)
    : context_(context), workers_(std::max(count, 1U)) {
  workers_.front().joined = true;
  try {
    for (std::size_t i = 1; i < workers_.size(); ++i) {
      threads_.emplace_back([this, &me = workers_[i]] {
        here = {this, &me};
        stand_by(me);
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

void worker_threads::run() {
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
  while (!context_.stopped()) {
    if (!std::exchange(here.was_asked, false)) begin(me);
    context_.poll();
    me.rests.fetch_add(1, std::memory_order_relaxed);
    me.busy.store(false);
    context_.run_one();  // what this runs says itself that there is work, where it may take its time
  }
}

void worker_threads::note_work() noexcept {
  if (here.among) here.among->begin(*static_cast<worker*>(here.me));
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
    work(me);
    me.joined = false;
    me.busy = false;
  }
}

/// True when one more is to work, false at the end.
bool worker_threads::watch() {
  std::vector<look> seen(workers_.size());
  bool quiet = false;
  see(seen, quiet);
  for (int without_work = 0;;) {
    {
      std::unique_lock lock(mutex_);
      if (without_work == quiet_ticks) {
        without_work = 0;
        asleep_ = true;
        if (!anybody_busy() && !sleep(lock)) {
          asleep_ = false;
          workers_.front().busy = true;  // until it says otherwise
          return true;
        }
        asleep_ = false;
        lock.unlock();
        see(seen, quiet);
        lock.lock();
      }
      if (look_.wait_for(lock, tick, [this] { return ended_; })) return false;
    }
    if (see(seen, quiet)) return true;
    without_work = quiet ? without_work + 1 : 0;
  }
}

/// Until there is work; false when the context does not run what it is given, so that somebody is held up who has not said that
/// he works.
bool worker_threads::sleep(std::unique_lock<std::mutex>& lock) {
  const auto answered = std::make_shared<std::atomic<bool>>(true);
  while (!look_.wait_for(lock, question_every, [this] { return ended_ || !asleep_; })) {
    if (!answered->exchange(false)) return false;
    lock.unlock();
    boost::asio::post(context_, [answered] {
      *answered = true;
      here.was_asked = true;
    });
    lock.lock();
  }
  return true;
}

/// Whether all that work have been busy since the last look without a rest.
bool worker_threads::see(std::vector<look>& seen, bool& quiet) const {
  bool all_busy = true;
  quiet = true;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const worker& one = workers_[i];
    const look before = std::exchange(seen[i], {one.joined && one.busy, one.rests});
    if (!one.joined) continue;
    all_busy = all_busy && before.busy && seen[i].busy && before.rests == seen[i].rests;
    quiet = quiet && !seen[i].busy && before.rests == seen[i].rests;
  }
  return all_busy;
}

/// Until there is too little to do, and the first of all is not held up.
void worker_threads::work(worker& me) {
  const worker& first = workers_.front();
  for (;;) {
    const look before{first.busy, first.rests};
    const std::size_t count = context_.run_for(tick);
    if (context_.stopped()) return;
    if (count >= enough) continue;
    me.rests.fetch_add(1, std::memory_order_relaxed);
    const bool held_up = before.busy && first.busy && before.rests == first.rests;
    if (!held_up) return;
  }
}

}  // namespace monochord::net
