// SPDX-License-Identifier: MIT
// Everything at the same time, on several threads: for ThreadSanitizer, and to see that nobody waits for ever.
#include <array>
#include <atomic>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <future>
#include <thread>
#include <vector>

#include "net/task_group.hpp"
#include "unit/dispatch/fixture.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using namespace std::chrono_literals;
using mc::dispatch::dispatcher;

namespace {

constexpr int shards = 2, events_each = 400;

/// A dispatcher on a pool of threads, as a client has it.
struct pool {
  explicit pool(mc::event_order order) {
    handlers = std::make_shared<mc::net::task_group>(context.get_executor(), [](std::exception_ptr) {});
    mc::dispatch::dispatcher_options how;
    how.spawn = [group = handlers](std::shared_ptr<mc::net::long_job> one, std::shared_ptr<mc::net::place_holder> holder) {
      return group->spawn(std::move(one), std::move(holder));
    };
    how.run = [group = handlers](std::shared_ptr<mc::net::short_job> one) { return group->run(std::move(one)); };
    how.clock = mc::system_clock();
    how.order = order;
    how.max_running = 4;
    how.max_queued = 6;
    how.overflow = mc::drop_oldest<mc::typing_start>();
    how.slow_after = 1ms;
    how.background = [this](mc::task<> work) {
      asio::co_spawn(asio::make_strand(context), std::move(work), asio::detached);
      return true;
    };
    how.on_slow = [](const mc::dispatch::slow_handler&) {};
    events = std::make_shared<dispatcher>(std::move(how));
  }
  template <class E, class F>
  mc::handler_id on(mc::id_filter filter, F f, bool once = false) {
    return events->add(mc::event_type_of<E>(), std::make_unique<mc::detail::typed_handler<E, F>>(std::move(f)),
                       {mc::detail::make_condition<E>(filter), once, std::source_location::current()});
  }
  template <class E>
  mc::task<std::shared_ptr<const E>> next(mc::id_filter filter, mc::duration timeout) {
    auto from =
        events->tap(mc::event_type_of<E>(), mc::detail::make_condition<E>(filter), mc::detail::event_tap::kind::next);
    return mc::detail::as_event<E>(
        dispatcher::next(events, std::move(from), mc::after(std::chrono::steady_clock::now(), timeout)));
  }
  mc::task<> pause(mc::duration time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::io_context context;
  std::shared_ptr<mc::net::task_group> handlers;
  std::shared_ptr<dispatcher> events;
};

}  // namespace

TEST_CASE("events, waits, streams, removals and the end on several threads at a time") {
  for (const auto order : {mc::event_order::concurrent, mc::event_order::per_guild, mc::event_order::per_shard}) {
    std::atomic<int> claimed{0}, dealt_with{0}, handled{0}, waited{0}, streamed{0}, once{0};
    {
      pool p(order);
      p.on<mc::message_delete>({}, [&](const mc::message_delete& event) -> mc::task<> {
        const auto kind = event.id.value() % 4;
        if (kind == 0) co_await p.pause(100us);
        if (kind == 1 && co_await p.next<mc::message_delete>(mc::in_channel(event.channel_id), 2ms)) ++waited;
        if (kind == 2) {
          const auto mine =
              p.on<mc::typing_start>(mc::from_user(mc::user_id{event.id.value()}), [](const mc::typing_start&) {});
          co_await p.pause(50us);
          p.events->remove(mine);
        }
        ++handled;
      });
      p.on<mc::typing_start>({}, [&](const mc::typing_start&) -> mc::task<> { co_await p.pause(200us); });
      for (int i = 0; i < 20; ++i)
        p.on<mc::message_delete>(mc::in_guild(mc::guild_id{1}), [&](const mc::message_delete&) { ++once; }, true);
      auto stream = mc::event_stream<mc::message_delete>(p.events->tap(
          mc::event_type_of<mc::message_delete>(), {}, mc::detail::event_tap::kind::stream, {.buffer = 100'000}));
      p.handlers->spawn([](mc::event_stream<mc::message_delete>& from, std::atomic<int>& count) -> mc::task<> {
        while (co_await from.next()) ++count;
      }(stream, streamed));

      const auto read = [&](int shard) -> mc::task<> {
        for (int i = 1; i <= events_each; ++i) {
          const mc::detail::claim_source claims = [&] {
            ++claimed;
            return mc::tests::claim_that([&] { ++dealt_with; });
          };
          const auto number = std::to_string(i);
          const auto text = i % 5 == 0
                                ? R"({"channel_id":"8","timestamp":1,"user_id":")" + number + R"(","guild_id":"1"})"
                                : R"({"id":")" + number + R"(","channel_id":")" + std::to_string(i % 7 + 1) +
                                      R"(","guild_id":")" + std::to_string(i % 3 + 1) + R"("})";
          const mc::raw_event event{shard, static_cast<std::uint64_t>(i),
                                    i % 5 == 0 ? "TYPING_START" : "MESSAGE_DELETE", text};
          if (!p.events->deliver(event, {text.data(), text.size(), text.size()}, &claims)) co_await p.events->room();
        }
      };
      std::array<std::promise<void>, shards> done;
      for (int shard = 0; shard < shards; ++shard)
        asio::co_spawn(asio::make_strand(p.context), read(shard),
                       [&, shard](std::exception_ptr) { done[static_cast<std::size_t>(shard)].set_value(); });
      auto work = asio::make_work_guard(p.context);
      std::vector<std::jthread> threads;
      for (int i = 0; i < 4; ++i) threads.emplace_back([&] { p.context.run(); });
      for (auto& one : done) REQUIRE(one.get_future().wait_for(60s) == std::future_status::ready);
      p.events->close();  // who still waits is cut short
      std::promise<bool> ended;
      asio::co_spawn(
          asio::make_strand(p.context),
          [](pool& of) -> mc::task<bool> {
            co_return co_await of.handlers->join(*mc::system_clock(), std::chrono::steady_clock::now() + 60s);
          }(p),
          [&](std::exception_ptr, bool all) { ended.set_value(all); });
      auto over = ended.get_future();
      REQUIRE(over.wait_for(90s) == std::future_status::ready);
      CHECK(over.get());
      const auto counters = p.events->counters();
      CHECK(counters.handlers_running == 0);
      CHECK(counters.events_queued == 0);
      CHECK(counters.handlers_failed == 0);
      work.reset();
      threads.clear();
    }
    CHECK(streamed == shards * events_each * 4 / 5);
    CHECK(once == 20);
    CHECK(claimed == shards * events_each);
    CHECK(dealt_with <= claimed);
    CHECK(dealt_with >= claimed - waited - 200);  // what the end cut short
    CHECK(handled > 0);
  }
}
