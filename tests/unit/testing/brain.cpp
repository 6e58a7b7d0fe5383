// SPDX-License-Identifier: MIT
#include "testing/brain.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <thread>

#include <monochord/testing/manual_clock.hpp>
#include "support/catch.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// A caller of `brain::until` on a loop of its own, who can be cancelled.
struct waiting {
  bool wait(std::function<bool()> check) {
    asio::co_spawn(context, brain::until(mind, std::move(check), 1h),
                   asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr error, bool value) {
                     failed = error != nullptr;
                     met = value;
                   }));
    context.run();
    REQUIRE_FALSE(failed);
    return met;
  }
  static mock_options on_manual_clock() {
    mock_options options;
    options.clock = std::make_shared<manual_clock>();
    return options;
  }

  std::shared_ptr<brain> mind = std::make_shared<brain>(on_manual_clock());
  asio::io_context context{1};
  asio::cancellation_signal cancel;
  bool failed = true;
  bool met = false;
};

}  // namespace

TEST_CASE("a wait that is cancelled ends with false") {
  waiting w;
  CHECK_FALSE(w.wait([&] {
    asio::post(w.context, [&] { w.cancel.emit(asio::cancellation_type::terminal); });
    return false;
  }));
}

TEST_CASE("a cancellation that arrives when the wait is over finds nothing to touch") {
  waiting w;
  // From another thread it has to queue behind the check, whose answer ends the wait and the caller's frame first.
  CHECK(w.wait([&] {
    std::thread([&] { w.cancel.emit(asio::cancellation_type::terminal); }).join();
    return true;
  }));
}
