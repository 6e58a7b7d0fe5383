// SPDX-License-Identifier: MIT
// REST from many threads at once, over TLS sockets on loopback: what a client shares between them is made for it.
#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <algorithm>
#include <future>
#include <list>
#include <thread>

#include <monochord/rest/counters.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
namespace asio = boost::asio;
using namespace std::chrono_literals;
using mc::tests::small_world;

namespace {

/// Four threads, and strands on them.
class pool {
 public:
  pool() {
    for (int i = 0; i < 4; ++i) threads_.emplace_back([this] { context_.run(); });
  }
  ~pool() { stop(); }
  void stop() {
    context_.stop();
    for (auto& one : threads_)
      if (one.joinable()) one.join();
  }
  asio::io_context& context() { return context_; }

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_{context_.get_executor()};
  std::vector<std::thread> threads_;
};

mc::testing::mock_options generous() {
  mc::testing::mock_options options;
  options.rest_requests_per_second = 1000;
  return options;
}

}  // namespace

TEST_CASE("two clients that share their limits are used by four threads, and some of their calls are cancelled") {
  constexpr int channels = 60;
  small_world w(generous());
  std::vector<mc::channel_id> where;
  for (int i = 0; i < channels; ++i) where.push_back(w.discord.add_text_channel(w.home, "c" + std::to_string(i)));

  pool threads;
  auto options = w.options();
  options.log = mc::log_level::off;
  options.executor = threads.context().get_executor();
  options.rest_limits = mc::make_rest_limits({.requests_per_second = 1000});
  options.rest_connections = 4;
  mc::client one(w.bot_token(), options), two(w.bot_token(), options);

  struct sending {
    explicit sending(asio::io_context& context) : strand(asio::make_strand(context)) {}
    asio::strand<asio::io_context::executor_type> strand;
    asio::cancellation_signal cancel;
    std::promise<std::exception_ptr> ended;
  };
  std::list<sending> all;
  const auto post = [](mc::client& by, mc::channel_id channel, std::string text) -> mc::task<> {
    co_await by.rest().create_message(channel, {.content = text});
  };
  for (int i = 0; i < 4 * channels; ++i) {
    sending& now = all.emplace_back(threads.context());
    asio::co_spawn(now.strand, post(i % 2 == 0 ? one : two, where[static_cast<std::size_t>(i / 4)], "message " + std::to_string(i)),
                   asio::bind_cancellation_slot(now.cancel.slot(), [&now](std::exception_ptr error) { now.ended.set_value(error); }));
    // Some at once, which then wait, some that may be anywhere.
    if (i % 5 == 0) asio::post(now.strand, [&now] { now.cancel.emit(asio::cancellation_type::terminal); });
  }
  int succeeded = 0, cancelled = 0;
  for (auto& each : all) {
    const auto error = each.ended.get_future().get();
    try {
      if (error) std::rethrow_exception(error);
      ++succeeded;
    } catch (const mc::error& e) {
      CHECK(e.code() == mc::errc::cancelled);
      ++cancelled;
    } catch (const boost::system::system_error& e) {  // cancelled before it had begun
      CHECK(e.code() == asio::error::operation_aborted);
      ++cancelled;
    }
  }
  CHECK(succeeded >= channels * 4 * 4 / 5);
  std::vector<std::string> there;
  for (const auto channel : where)
    for (auto& text : w.discord.messages(channel)) there.push_back(std::move(text));
  CHECK(there.size() >= static_cast<std::size_t>(succeeded));
  CHECK(there.size() <= static_cast<std::size_t>(succeeded + cancelled));
  std::sort(there.begin(), there.end());
  CHECK(std::adjacent_find(there.begin(), there.end()) == there.end());  // none was carried out twice

  const auto counted = [&](mc::client& of) {
    return asio::co_spawn(threads.context(), of.rest().counters(), asio::use_future).get();
  };
  for (mc::client* each : {&one, &two}) {
    const auto c = counted(*each);
    CHECK(c.calls == c.succeeded + c.refused + c.failed);
    CHECK(c.status_429 == 0);
    CHECK(c.connections_opened >= 1);
    CHECK(c.waiting.empty());
  }
  for (const auto& v : w.discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
  threads.stop();  // kept connections would hold it for a while
}

TEST_CASE("a client that is stopped while four threads call it ends every call") {
  small_world w(generous());
  std::vector<mc::channel_id> where;
  for (int i = 0; i < 40; ++i) where.push_back(w.discord.add_text_channel(w.home, "c" + std::to_string(i)));
  auto options = w.options();
  options.log = mc::log_level::off;
  options.threads = 4;
  options.drain_timeout = 50ms;
  mc::client bot(w.bot_token(), options);
  std::atomic<int> begun = 0, under_way = 0;
  const auto keep_posting = [&](mc::channel_id channel) -> mc::task<> {
    struct counted {
      explicit counted(std::atomic<int>& of) : of(of) { ++of; }
      ~counted() { --of; }
      std::atomic<int>& of;
    };
    for (int i = 0; i < 100; ++i) {
      ++begun;
      const counted one(under_way);
      co_await bot.rest().create_message(channel, {.content = "text"});
    }
  };
  for (const auto channel : where) bot.spawn(keep_posting(channel));
  std::thread stopper([&] {
    w.discord.wait_until([](const auto& c) { return c.requests > 60; });
    bot.stop();
  });
  CHECK(bot.run() == 0);
  stopper.join();
  CHECK(begun > 40);
  CHECK(under_way == 0);
}

TEST_CASE("a caller's context that is destroyed takes its calls along and nothing else") {
  small_world w(generous());
  auto options = w.options();
  options.log = mc::log_level::off;
  options.threads = 2;
  options.rest_connections = 2;
  mc::client bot(w.bot_token(), options);
  std::thread runs([&] { CHECK(bot.run() == 0); });
  REQUIRE(w.discord.wait_session());
  const std::string bytes(4U << 20U, 'x');
  const auto upload = [&bot](mc::channel_id channel, const std::string& what) -> mc::task<> {
    mc::file_body file;
    file.name = "large.bin";
    file.bytes = mc::borrow(what);
    const mc::create_message_body body{.content = "file", .files = mc::list<mc::file_body>(&file, 1)};
    co_await bot.rest().create_message(channel, body);
  };
  const auto post = [&bot](mc::channel_id channel) -> mc::task<> { co_await bot.rest().create_message(channel, {.content = "text"}); };
  for (int round = 0; round < 20; ++round) {
    const auto one = w.discord.add_text_channel(w.home, "a" + std::to_string(round));
    const auto two = w.discord.add_text_channel(w.home, "b" + std::to_string(round));
    asio::io_context callers;
    asio::co_spawn(callers, upload(one, bytes), asio::detached);
    for (int i = 0; i < 3; ++i) asio::co_spawn(callers, post(two), asio::detached);
    callers.run_for(std::chrono::milliseconds{round});
  }
  // Neither a connection nor a place in a queue is lost for ever.
  asio::io_context callers;
  int done = 0;
  for (int i = 0; i < 4; ++i)
    asio::co_spawn(callers, post(w.discord.add_text_channel(w.home, "c" + std::to_string(i))), [&](std::exception_ptr error) {
      CHECK_FALSE(error);
      ++done;
    });
  callers.run();
  CHECK(done == 4);
  bot.stop();
  runs.join();
}

TEST_CASE("a stop waits for a while, and not for ever, for calls that are awaited where nothing runs any more") {
  small_world w(generous());
  auto options = w.options();
  options.threads = 2;
  mc::client bot(w.bot_token(), options);
  std::thread runs([&] { CHECK(bot.run() == 0); });
  REQUIRE(w.discord.wait_session());
  asio::io_context callers;
  const auto post = [&]() -> mc::task<> { co_await bot.rest().create_message(w.general, {.content = "text"}); };
  asio::co_spawn(callers, post(), asio::detached);
  callers.poll();
  bot.stop();
  runs.join();
  CHECK(w.log.text().find("REST calls do not end where they are awaited") != std::string::npos);
}
