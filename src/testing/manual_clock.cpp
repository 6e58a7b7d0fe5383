// SPDX-License-Identifier: MIT
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include <monochord/testing/manual_clock.hpp>
#include "net/parked.hpp"

namespace monochord::testing {

namespace asio = boost::asio;
using net::parked;

struct manual_clock::impl {
  using key = std::pair<time_point, std::uint64_t>;  // equal times in the order the waits began

  mutable std::mutex mutex;
  time_point now{std::chrono::hours{1000}};  // far from zero, so that a time before the start can be written down
  timestamp utc{std::chrono::sys_days{std::chrono::January / 1 / 2026}};
  std::map<key, std::shared_ptr<parked>> waiting;
  std::uint64_t next_wait = 0;
  std::size_t holds = 0;

  void move_to(time_point when) {
    std::vector<std::shared_ptr<parked>> due;
    {
      const std::lock_guard lock(mutex);
      if (when > now) {
        utc += std::chrono::duration_cast<timestamp::duration>(when - now);
        now = when;
      }
      while (!waiting.empty() && waiting.begin()->first.first <= now) {
        due.push_back(std::move(waiting.begin()->second));
        waiting.erase(waiting.begin());
      }
    }
    for (const auto& one : due) one->complete();
  }

  /// The wait of that key ends early.
  void cancel(const key& which) {
    std::shared_ptr<parked> found;
    {
      const std::lock_guard lock(mutex);
      const auto place = waiting.find(which);
      if (place == waiting.end()) return;
      found = std::move(place->second);
      waiting.erase(place);
    }
    found->complete(make_error_code(errc::cancelled));
  }
};

namespace {

class manual_timer final : public timer {
 public:
  manual_timer(std::shared_ptr<manual_clock::impl> clock) : clock_(std::move(clock)) {}
  ~manual_timer() override { manual_timer::cancel(); }

  task<error_code> wait_until(time_point when) override {
    const auto clock = clock_;  // the timer may be destroyed meanwhile
    manual_clock::impl::key mine;
    {
      const std::lock_guard lock(clock->mutex);
      mine = {when, clock->next_wait++};
    }
    current_ = mine;
    // Named, because g++ 12 destroys an owning lambda twice that is a temporary of a co_await expression.
    std::function<void()> on_cancel = [clock, mine] { clock->cancel(mine); };
    std::function<void(std::shared_ptr<parked>)> start = [&](std::shared_ptr<parked> wait) {
      bool due = false;
      {
        const std::lock_guard lock(clock->mutex);
        due = when <= clock->now;
        if (!due) clock->waiting.emplace(mine, wait);
      }
      if (due) wait->complete();
    };
    const error_code error = co_await net::park(std::move(start), std::move(on_cancel));
    co_return error ? make_error_code(errc::cancelled) : error_code();
  }

  void cancel() noexcept override { clock_->cancel(current_); }

 private:
  std::shared_ptr<manual_clock::impl> clock_;
  manual_clock::impl::key current_{time_point::min(), 0};
};

}  // namespace

manual_clock::manual_clock() : impl_(std::make_shared<impl>()) {}
manual_clock::~manual_clock() = default;

time_point manual_clock::now() const noexcept {
  const std::lock_guard lock(impl_->mutex);
  return impl_->now;
}

timestamp manual_clock::utc_now() const noexcept {
  const std::lock_guard lock(impl_->mutex);
  return impl_->utc;
}

std::unique_ptr<timer> manual_clock::make_timer(asio::any_io_executor) {
  return std::make_unique<manual_timer>(impl_);  // completes on the executor of whoever awaits it
}

void manual_clock::advance(duration by) { impl_->move_to(now() + by); }

bool manual_clock::advance_to_next() {
  const auto when = next();
  if (when) impl_->move_to(*when);
  return when.has_value();
}

std::optional<time_point> manual_clock::next() const {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->waiting.empty()) return std::nullopt;
  return impl_->waiting.begin()->first.first;
}

std::size_t manual_clock::pending() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->waiting.size();
}

void manual_clock::step_utc(duration by) {
  const std::lock_guard lock(impl_->mutex);
  impl_->utc += std::chrono::duration_cast<timestamp::duration>(by);
}

std::size_t manual_clock::holds() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->holds;
}

manual_clock::hold::hold(std::shared_ptr<manual_clock> on) : clock_(std::move(on)) {
  const std::lock_guard lock(clock_->impl_->mutex);
  ++clock_->impl_->holds;
}

manual_clock::hold::~hold() {
  if (!clock_) return;  // moved from
  const std::lock_guard lock(clock_->impl_->mutex);
  --clock_->impl_->holds;
}

}  // namespace monochord::testing
