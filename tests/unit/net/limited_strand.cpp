// SPDX-License-Identifier: MIT
// A strand that waits in a limited executor itself, as each handler has one.
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

asio::any_io_executor held_strand(const asio::any_io_executor& over,
                                  std::shared_ptr<net::place_holder> by = std::make_shared<nobody>()) {
  return net::make_strand(over, std::move(by));
}

}  // namespace

TEST_CASE("a strand that is somebody's keeps the order, runs inline what it dispatches itself, and says whose it is") {
  asio::io_context context(1);
  const auto by = std::make_shared<nobody>();
  const auto strand = held_strand(net::make_limited_executor(context.get_executor(), 1), by);
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

TEST_CASE("on many threads the functions of a strand run one at a time, each thread's in its order, and none is lost") {
  constexpr int threads = 4, each = 5'000;
  asio::thread_pool pool(3);
  const auto strand = held_strand(net::make_limited_executor(pool.get_executor(), 3));
  std::vector<int> last(threads, -1);  // need no lock: that is the point
  int ran = 0, disordered = 0;
  std::vector<std::thread> all;
  for (int who = 0; who < threads; ++who)
    all.emplace_back([&, who] {
      for (int i = 0; i < each; ++i)
        asio::post(strand, [&, who, i] {
          disordered += last[static_cast<std::size_t>(who)] == i - 1 ? 0 : 1;
          last[static_cast<std::size_t>(who)] = i;
          ++ran;
        });
    });
  for (auto& one : all) one.join();
  pool.join();
  CHECK(ran == threads * each);
  CHECK(disordered == 0);
}

TEST_CASE("a function that throws takes none of those behind it from its strand") {
  asio::io_context context(1);
  const auto strand = held_strand(net::make_limited_executor(context.get_executor(), 1));
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
  const auto witness = std::make_shared<int>(0);
  {
    asio::io_context context(1);
    const auto strand = held_strand(net::make_limited_executor(context.get_executor(), 1));
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
