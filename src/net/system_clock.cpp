// SPDX-License-Identifier: MIT
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include <monochord/core/clock.hpp>
#include "net/worker_threads.hpp"

namespace monochord {
namespace {

/// The end of a wait: what comes of it is work.
template <class Done>
struct rung {
  Done done;
  void operator()(error_code failed) {
    const net::worker_threads::working now;
    std::move(done)(failed);
  }
};

}  // namespace
}  // namespace monochord

template <template <class, class> class Associator, class Done, class Default>
struct boost::asio::associator<Associator, monochord::rung<Done>, Default> : Associator<Done, Default> {
  static auto get(const monochord::rung<Done>& of) noexcept { return Associator<Done, Default>::get(of.done); }
  static auto get(const monochord::rung<Done>& of, const Default& otherwise) noexcept {
    return Associator<Done, Default>::get(of.done, otherwise);
  }
};

namespace monochord {
namespace {

namespace asio = boost::asio;
using any_steady_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>,
                               asio::any_io_executor>;

class system_timer final : public timer {
 public:
  explicit system_timer(asio::any_io_executor executor) : timer_(std::move(executor)) {}

  task<error_code> wait_until(time_point when) override {
    timer_.expires_at(when);
    const auto token = asio::as_tuple(asio::use_awaitable);
    const auto [error] = co_await asio::async_initiate<decltype(token), void(error_code)>(
        [this](auto done) { timer_.async_wait(rung<decltype(done)>{std::move(done)}); }, token);
    co_return error ? make_error_code(errc::cancelled) : error_code();
  }
  void cancel() noexcept override {
    try {
      timer_.cancel();
    } catch (const boost::system::system_error&) {
      // cancelling a timer that nobody waits on cannot fail; a wait that was not cancelled still ends at its time
    }
  }

 private:
  any_steady_timer timer_;
};

class real_clock final : public clock {
 public:
  time_point now() const noexcept override { return std::chrono::steady_clock::now(); }
  timestamp utc_now() const noexcept override {
    return std::chrono::time_point_cast<timestamp::duration>(std::chrono::system_clock::now());
  }
  std::unique_ptr<timer> make_timer(asio::any_io_executor executor) override {
    return std::make_unique<system_timer>(std::move(executor));
  }
};

}  // namespace

std::shared_ptr<clock> system_clock() {
  static const auto instance = std::make_shared<real_clock>();
  return instance;
}

}  // namespace monochord
