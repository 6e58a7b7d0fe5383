// SPDX-License-Identifier: MIT
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <vector>

#include <monochord/testing/simulation.hpp>
#include "core/blocking.hpp"
#include "net/parked.hpp"

namespace monochord::testing {

namespace asio = boost::asio;

struct simulation::impl {
  std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
  time_point start = clock->now();
  std::vector<std::function<bool()>> busy;
  std::exception_ptr failure;  // of a spawned task
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);

  bool held() {
    if (clock->holds() != 0 || monochord::detail::blocking_calls_pending(context) != 0) return true;
    for (const auto& one : busy) {
      if (one()) return true;
    }
    return false;
  }

  /// Runs one handler; waits in real time only for work of other threads. False when nothing can run.
  bool turn() {
    bool ran = context.poll_one() != 0;
    while (!ran && held()) {
      ran = context.run_one_for(std::chrono::milliseconds{5}) != 0;  // ends as soon as a thread posts something
    }
    ran = ran || context.poll_one() != 0;  // posted just before the hold ended
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
    return ran;
  }

  std::string waiting() {
    const auto seconds = [](duration time) { return std::to_string(std::chrono::duration<double>(time).count()) + " s"; };
    std::string text = "after " + seconds(clock->now() - start) + " of virtual time: ";
    const std::size_t timers = clock->pending();
    const std::size_t parked = net::parked::count(context);
    text += std::to_string(timers) + " timers wait";
    if (const auto next = clock->next()) text += " (the next is due in " + seconds(*next - clock->now()) + ")";
    text += ", " + std::to_string(parked - std::min(parked, timers)) +
            " other operations wait (streams in memory, queues, locks)";
    return text;
  }

  /// True when `done`; moves time up to `limit`.
  void drive(const std::function<bool()>& done, time_point limit) {
    while (!done()) {
      if (turn()) continue;
      const auto next = clock->next();
      if (!next) throw simulation_stuck("nothing can ever progress " + waiting());
      if (*next > limit) throw simulation_stuck("not done " + waiting());
      clock->advance_to_next();
    }
  }
};

simulation::simulation() : impl_(std::make_unique<impl>()) {}
simulation::~simulation() = default;

asio::any_io_executor simulation::executor() const { return impl_->context.get_executor(); }
std::shared_ptr<manual_clock> simulation::clock() const { return impl_->clock; }
duration simulation::elapsed() const { return impl_->clock->now() - impl_->start; }
void simulation::hold_while(std::function<bool()> busy) { impl_->busy.push_back(std::move(busy)); }

void simulation::run_until(const std::function<bool()>& done, duration limit) {
  impl_->drive(done, impl_->clock->now() + limit);
}

void simulation::run_for(duration time) {
  const time_point end = impl_->clock->now() + time;
  for (;;) {
    settle();
    const auto next = impl_->clock->next();
    if (!next || *next > end) break;
    impl_->clock->advance_to_next();
  }
  impl_->clock->advance(end - impl_->clock->now());
  settle();
}

void simulation::settle() {
  while (impl_->turn()) {
  }
}

void simulation::spawn(task<> work) {
  asio::co_spawn(impl_->context, std::move(work), [state = impl_.get()](std::exception_ptr error) {
    if (error && !state->failure) state->failure = std::move(error);
  });
}

void simulation::run_task(task<> work, duration limit) {
  struct outcome {
    bool done = false;
    std::exception_ptr error;
    asio::cancellation_signal cancel;
  };
  const auto state = std::make_shared<outcome>();
  asio::co_spawn(impl_->context, std::move(work),
                 asio::bind_cancellation_slot(state->cancel.slot(), [state](std::exception_ptr error) {
                   state->done = true;
                   state->error = std::move(error);
                 }));
  try {
    impl_->drive([&] { return state->done; }, impl_->clock->now() + limit);
  } catch (...) {
    // On the executor: Boost 1.81 carries a signal from elsewhere by a pointer that may be stale when it arrives.
    asio::post(impl_->context, [state] {
      if (!state->done) state->cancel.emit(asio::cancellation_type::terminal);
    });
    for (int turns = 0; turns < 100'000 && !state->done && impl_->context.poll_one() != 0; ++turns) {
    }
    throw;
  }
  if (state->error) std::rethrow_exception(state->error);
}

}  // namespace monochord::testing
