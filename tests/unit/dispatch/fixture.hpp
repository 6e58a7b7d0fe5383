// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <monochord/model/events.hpp>
#include <monochord/testing/manual_clock.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/dispatcher.hpp"
#include "net/strand.hpp"
#include "support/catch.hpp"
#include "support/claim_that.hpp"

namespace monochord::tests {

/// A dispatcher whose handlers run on an io_context that the test polls.
struct dispatch_fixture {
  explicit dispatch_fixture(std::size_t max_running = 100, dispatch::dispatcher_options how = {}) {
    how.spawn = [this](std::shared_ptr<net::long_job> one, std::shared_ptr<net::place_holder> holder) {
      if (before_spawn) before_spawn();
      return open && jobs->spawn(std::move(one), std::move(holder));
    };
    how.run = [this](std::shared_ptr<net::short_job> one) { return open && jobs->run(std::move(one)); };
    how.clock = clock;
    how.max_running = max_running;
    events = std::make_shared<dispatch::dispatcher>(std::move(how));
    events->on_error([this](std::exception_ptr error, const raw_event& event) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& e) {
        errors.push_back(std::string(event.name) + ": " + e.what());
      }
    });
  }
  ~dispatch_fixture() { open = false; }
  dispatch_fixture(const dispatch_fixture&) = delete;
  dispatch_fixture& operator=(const dispatch_fixture&) = delete;

  bool deliver(std::string_view name, std::string_view data, std::uint64_t sequence = 1,
               const detail::claim_source* claims = nullptr, int shard = 0) {
    return events->deliver({shard, sequence, name, data}, {data.data(), data.size(), data.size()}, claims);
  }
  template <class E, class F>
  handler_id on(F f) {
    return events->add(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(f)));
  }
  template <class E, class Filter, class F>
  handler_id on(Filter filter, F f) {
    return events->add(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(f)),
                       {detail::make_condition<E>(std::move(filter)), false, std::source_location::current()});
  }
  template <class E, class Filter, class F>
  handler_id once(Filter filter, F f) {
    return events->add(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(f)),
                       {detail::make_condition<E>(std::move(filter)), true, std::source_location::current()});
  }
  template <class F>
  handler_id on_raw(F f) {
    return events->add_raw(std::make_unique<detail::typed_handler<raw_event, F>>(std::move(f)));
  }
  /// As client::next and client::events.
  template <class E, class Filter>
  task<std::shared_ptr<const E>> next(Filter filter, duration timeout = duration::max()) {
    auto from =
        events->tap(event_type_of<E>(), detail::make_condition<E>(std::move(filter)), detail::event_tap::kind::next);
    return detail::as_event<E>(dispatch::dispatcher::next(events, std::move(from), after(clock->now(), timeout)));
  }
  template <class E, class Filter>
  event_stream<E> stream(Filter filter, const stream_options& how = {}) {
    return event_stream<E>(events->tap(event_type_of<E>(), detail::make_condition<E>(std::move(filter)),
                                       detail::event_tap::kind::stream, how));
  }
  template <class F>
  void spawn(F work) {
    boost::asio::co_spawn(
        context, [](F mine) -> task<> { co_await mine(); }(std::move(work)),
        [this](std::exception_ptr error) {
          try {
            if (error) std::rethrow_exception(error);
          } catch (const std::exception& e) {
            errors.push_back(std::string("spawned: ") + e.what());
          }
        });
  }
  void poll() {
    context.restart();
    context.poll();
  }

  bool open = true;
  std::function<void()> before_spawn;
  boost::asio::io_context context;
  std::shared_ptr<net::task_group> jobs = std::make_shared<net::task_group>(context.get_executor(), nullptr);
  std::vector<std::string> errors;
  std::shared_ptr<testing::manual_clock> clock = std::make_shared<testing::manual_clock>();
  std::shared_ptr<dispatch::dispatcher> events;
};

/// Holds handlers until it is opened.
class gate {
 public:
  explicit gate(boost::asio::io_context& context) : timer_(context, boost::asio::steady_timer::time_point::max()) {}
  task<> wait() {
    boost::system::error_code opened;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, opened));
  }
  void open() { timer_.cancel(); }
  void open_one() { timer_.cancel_one(); }

 private:
  boost::asio::steady_timer timer_;
};

/// Counts the claims on events, and which of them were dealt with.
struct claim_counter {
  const detail::claim_source source = [this] {
    ++claimed;
    return claim_that([this] { ++dealt_with; });
  };
  int claimed = 0, dealt_with = 0;
};

}  // namespace monochord::tests
