// SPDX-License-Identifier: MIT
// A strand that waits itself in what is below it: the limited executor of the handlers, each of which has one, or the context.
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <monochord/core/error.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "net/limited_executor.hpp"
#include "net/strand.hpp"
#include "net/task_group.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

namespace asio = boost::asio;

struct nobody final : net::place_holder {
  void wait() noexcept override {}
  void go_on() noexcept override {}
  void cut_short() noexcept override {}
};

/// What a strand may be over.
asio::any_io_executor below(asio::io_context& context, bool limited) {
  const asio::any_io_executor plain = context.get_executor();
  return limited ? net::make_limited_executor(plain, 1) : plain;
}

asio::any_io_executor held_strand(const asio::any_io_executor& over,
                                  std::shared_ptr<net::place_holder> by = std::make_shared<nobody>()) {
  return net::make_strand(over, std::move(by));
}

}  // namespace

TEST_CASE("a strand that is somebody's keeps the order, runs inline what it dispatches itself, and says whose it is") {
  const bool limited = GENERATE(true, false);
  asio::io_context context(1);
  const auto by = std::make_shared<nobody>();
  const auto strand = held_strand(below(context, limited), by);
  CHECK(net::holder_of(strand) == by);
  CHECK(net::holder_of(asio::prefer(strand, asio::execution::outstanding_work.tracked)) == by);
  CHECK(net::holder_of(context.get_executor()) == nullptr);
  context.restart();  // tracked work has come and gone
  std::string order;
  asio::dispatch(strand, [&] {
    order += 'a';
    asio::post(strand, [&] { order += 'd'; });
    asio::defer(strand, [&] { order += 'e'; });
    asio::dispatch(strand, [&] { order += 'b'; });
    order += 'c';
  });
  CHECK(order.empty());  // nothing runs within the call of whoever is not on it
  context.run();
  CHECK(order == "abcde");
}

TEST_CASE("a strand over a context runs at once what is dispatched to it there while it is free, and is held by nobody") {
  asio::io_context context(1);
  const auto strand = net::make_strand(context.get_executor());
  CHECK(net::holder_of(strand) == nullptr);
  std::string order;
  const auto run = [&](const char* name, const char* deeper) {
    asio::dispatch(strand, [&order, &strand, name, deeper] {
      order += name;
      asio::post(strand, [&order, deeper] { order += deeper; });
    });
  };
  run("a", "b");
  CHECK(order.empty());  // not on a thread of the context
  context.run();
  CHECK(order == "ab");
  context.restart();
  asio::post(context, [&] {
    run("c", "d");
    CHECK(order == "abc");
    run("e", "f");  // there is one that waits, so it waits behind that
    order += '|';
  });
  context.run();
  CHECK(order == "abc|def");
}

TEST_CASE("what is dispatched to a strand over a context and throws leaves it to others, and those that came to their turn") {
  asio::io_context context(1);
  const auto strand = net::make_strand(context.get_executor());
  std::string order;
  asio::post(context, [&] {
    asio::dispatch(strand, [&] {
      asio::post(strand, [&] { order += 'b'; });
      order += 'a';
      throw std::runtime_error("thrown");
    });
  });
  CHECK_THROWS_AS(context.run(), std::runtime_error);
  CHECK(order == "a");
  context.run();
  CHECK(order == "ab");
}

TEST_CASE("a function that gives up the last executor of its strand while it is dispatched there ends as it should") {
  asio::io_context context(1);
  bool ended = false;
  auto strand = std::make_unique<asio::any_io_executor>(net::make_strand(context.get_executor()));
  asio::post(context, [&] {
    const auto& on = *strand;
    asio::dispatch(on, [&, held = std::make_unique<int>(1)] {
      strand.reset();
      ended = *held == 1;
    });
  });
  context.run();
  CHECK(ended);
}

TEST_CASE("on many threads the functions of a strand run one at a time, each thread's in its order, and none is lost") {
  constexpr int threads = 4, each = 5'000;
  const bool limited = GENERATE(true, false);
  asio::io_context pool(3);
  const asio::any_io_executor plain = pool.get_executor();
  const auto strand = held_strand(limited ? net::make_limited_executor(plain, 3) : plain);
  std::vector<int> last(threads, -1);  // need no lock: that is the point
  int ran = 0, dispatched = 0, disordered = 0;
  std::vector<std::thread> all;
  {
    const auto working = asio::prefer(strand, asio::execution::outstanding_work.tracked);
    for (int i = 0; i < 3; ++i) all.emplace_back([&] { pool.run(); });
    std::vector<std::thread> posting;
    for (int who = 0; who < threads; ++who)
      posting.emplace_back([&, who] {
        for (int i = 0; i < each; ++i) {
          asio::post(strand, [&, who, i] {
            disordered += last[static_cast<std::size_t>(who)] == i - 1 ? 0 : 1;
            last[static_cast<std::size_t>(who)] = i;
            ++ran;
          });
          if (i % 4 == 0) asio::post(pool, [&] { asio::dispatch(strand, [&] { ++dispatched; }); });
        }
      });
    for (auto& one : posting) one.join();
  }
  for (auto& one : all) one.join();
  CHECK(dispatched == threads * each / 4);
  CHECK(ran == threads * each);
  CHECK(disordered == 0);
}

TEST_CASE("a function that throws takes none of those behind it from its strand") {
  asio::io_context context(1);
  const auto strand = held_strand(below(context, GENERATE(true, false)));
  std::string order;
  asio::post(strand, [&] { order += 'a'; });
  asio::post(strand, [&] {
    asio::post(strand, [&] { order += 'c'; });
    throw std::runtime_error("a handler");
  });
  asio::post(strand, [&] { order += 'b'; });
  CHECK_THROWS_AS(context.run(), std::runtime_error);
  context.run();
  CHECK(order == "abc");
}

TEST_CASE("tracked work on a strand keeps its context running, and functions that wait go with the context") {
  const bool limited = GENERATE(true, false);
  const auto witness = std::make_shared<int>(0);
  {
    asio::io_context context(1);
    const auto strand = held_strand(below(context, limited));
    {
      const auto working = asio::prefer(strand, asio::execution::outstanding_work.tracked);
      context.poll();
      CHECK(!context.stopped());
    }
    context.poll();
    CHECK(context.stopped());
    for (int i = 0; i < 3; ++i) asio::post(strand, [witness, strand] { ++*witness; });
  }
  CHECK(witness.use_count() == 1);
  CHECK(*witness == 0);
}

TEST_CASE("a task that never begins goes with its context, and so does its group") {
  std::weak_ptr<net::task_group> group;
  const auto witness = std::make_shared<int>(0);
  const auto work = [](std::shared_ptr<int> held) -> task<> {
    ++*held;
    co_return;
  };
  for (const bool limited : {false, true}) {
    {
      asio::io_context context(1);
      const asio::any_io_executor pool = context.get_executor();
      const auto made =
          std::make_shared<net::task_group>(limited ? net::make_limited_executor(pool, 1) : pool, nullptr);
      group = made;
      CHECK(made->spawn(work(witness)));
      CHECK(made->spawn(work(witness), std::make_shared<nobody>()));
      CHECK(made->running() == 2);
    }
    CHECK(group.expired());
    CHECK(witness.use_count() == 1);
    CHECK(*witness == 0);
  }
}

TEST_CASE("tasks come and go on many threads of a limited executor while others are cancelled, and all are counted") {
  asio::thread_pool pool(3);
  std::atomic<int> ended{0}, cut_short{0};
  for (int round = 0; round < 100; ++round) {
    const auto group = std::make_shared<net::task_group>(net::make_limited_executor(pool.get_executor(), 2),
                                                         [&](std::exception_ptr) { ++cut_short; });
    const auto quick = [](std::atomic<int>& count, bool hops) -> task<> {
      if (hops) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
      ++count;
    };
    std::vector<std::thread> all;
    std::atomic<int> taken{0};
    const int before = ended;
    for (int who = 0; who < 2; ++who)
      all.emplace_back([&] {
        for (int i = 0; i < 20; ++i)
          taken += group->spawn(quick(ended, i % 2 == 0), std::make_shared<nobody>()) ? 1 : 0;
      });
    for (auto& one : all) one.join();
    if (round % 2 == 1) {
      group->close();
      group->cancel();
    }
    const auto time = system_clock();
    auto joined = asio::co_spawn(net::make_strand(pool.get_executor()),
                                 group->join(*time, time->now() + std::chrono::seconds{30}), asio::use_future);
    REQUIRE(joined.get());
    CHECK(group->running() == 0);
    CHECK(taken == 40);
    if (round % 2 == 0) CHECK(ended - before == 40);
  }
  CHECK(cut_short == 0);  // what cancel() caused is nobody's error
}

}  // namespace monochord::net_test
