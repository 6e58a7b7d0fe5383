// SPDX-License-Identifier: MIT
// An identify queue whose peers do not behave: servers and stores that hang, strangers, crowds.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <list>
#include <vector>

#include "net/network.hpp"
#include "net/server.hpp"
#include "support/queue_world.hpp"

namespace mc = monochord;
namespace net = monochord::net;
using namespace std::chrono_literals;
using mc::tests::cluster;
using mc::tests::plain_client;
using mc::tests::question;
using mc::tests::queue_port;
using mc::tests::queue_world;

namespace {

/// Takes connections and never says a word.
struct silent_server {
  explicit silent_server(queue_world& on)
      : world(on), listening(on.w.network->transport()->listen(on.w.sim.executor(), "127.0.0.1", queue_port)) {
    boost::asio::co_spawn(on.w.sim.executor(), accept_all(listening, held, on.w.sim.executor()), boost::asio::detached);
  }
  ~silent_server() {
    listening->close();
    world.w.sim.settle();
    held->clear();
    world.w.sim.settle();
  }
  using streams = std::shared_ptr<std::list<std::unique_ptr<net::byte_stream>>>;
  static mc::task<> accept_all(std::shared_ptr<net::listener> from, streams into, boost::asio::any_io_executor on) {
    try {
      for (;;) into->push_back(co_await from->accept(on));
    } catch (const mc::error&) {  // closed
    }
  }
  queue_world& world;
  std::shared_ptr<net::listener> listening;
  streams held = std::make_shared<std::list<std::unique_ptr<net::byte_stream>>>();
};

/// A connection whose owner says nothing.
std::unique_ptr<net::byte_stream> knock(queue_world& on) {
  const auto limit = on.w.sim.clock()->now() + 1s;
  return on.w.sim.run(
      on.w.network->transport()->connect(on.w.sim.executor(), "127.0.0.1", queue_port, *on.w.sim.clock(), limit));
}

std::size_t connections(queue_world& on) { return on.w.network->open_connections("127.0.0.1", queue_port); }

/// What it throws says nothing.
class strange_store final : public mc::session_store {
 public:
  mc::task<std::optional<mc::stored_session>> load(int) override { throw 1; }
  mc::task<> save(int, const mc::stored_session&) override { throw 2; }
  mc::task<> erase(int) override { throw 3; }
  mc::task<std::optional<mc::stored_budget>> load_budget() override { throw 4; }
  mc::task<> save_budget(const mc::stored_budget&) override { throw 5; }
};

/// Answers nothing until it is cancelled.
class hanging_store final : public mc::session_store {
 public:
  explicit hanging_store(queue_world& on) : time_(on.w.sim.clock()), where_(on.w.sim.executor()) {}
  mc::task<std::optional<mc::stored_session>> load(int) override { co_return std::nullopt; }
  mc::task<> save(int, const mc::stored_session&) override { co_return; }
  mc::task<> erase(int) override { co_return; }
  mc::task<std::optional<mc::stored_budget>> load_budget() override { co_return std::nullopt; }
  mc::task<> save_budget(const mc::stored_budget& budget) override {
    ++asked;
    if (hangs) {
      const auto wait = time_->make_timer(where_);
      co_await wait->wait_until(time_->now() + 100h);
      throw mc::error(mc::errc::cancelled, "given up");
    }
    kept = budget.remaining;
  }
  bool hangs = true;
  int asked = 0, kept = -1;

 private:
  const std::shared_ptr<mc::clock> time_;
  const boost::asio::any_io_executor where_;
};

}  // namespace

TEST_CASE("a server that takes connections and never answers is noticed within two minutes") {
  queue_world on;
  silent_server dead(on);
  question asked(on, on.queue(), 0);
  on.w.sim.run_until([&] { return asked.ended; }, 2h);
  CHECK(asked.code == mc::errc::timeout);
  CHECK(asked.status == 0);
  CHECK(asked.took <= 2min);
}

TEST_CASE("the first question is asked again where its connection died and the queue server did not") {
  queue_world on;
  on.wanted.first_after = 30min;
  on.start();
  auto options = on.client_options("one");
  const auto queue = mc::make_network_identify_queue(options);
  {
    question lost(on, queue, 0);
    on.w.sim.run_for(10s);
    CHECK(on.server->counters().waiting == 1);
    on.w.network->stall_all("127.0.0.1", queue_port);  // as a firewall that forgets it: others get through
    on.w.sim.run_until([&] { return lost.ended; }, 2h);
    CHECK(lost.code == mc::errc::timeout);
    CHECK_THAT(lost.text, Catch::Contains("lost on its way"));
    CHECK(lost.took <= 1min);
  }
  // A shard asks again, and now it is known whose the server is: no probing, and no hour.
  question again(on, queue, 0);
  on.w.sim.run_for(10s);
  on.w.network->stall_all("127.0.0.1", queue_port);
  on.w.sim.run_until([&] { return again.ended; }, 2h);
  CHECK(again.code == mc::errc::timeout);
  CHECK(again.took == 30s);
  question last(on, queue, 0);
  on.w.sim.run_until([&] { return last.ended; }, 1h);
  CHECK(last.got);
  CHECK(on.server->counters().requested == 1);  // whoever asks again has its place
}

TEST_CASE("a bot identifies soon although its first question to the identify queue was lost") {
  queue_world on;
  on.start();
  cluster bot(on, mc::shard_plan::cluster(0, 1, 1), on.queue("one"));
  on.w.sim.run_until([&] { return on.server->counters().waiting == 1; }, 1min);
  on.w.network->stall_all("127.0.0.1", queue_port);
  on.w.sim.run_until([&] { return bot.ready(); }, 2min);
  CHECK(bot.ready());
  on.check_no_violations();
}

TEST_CASE("a turn at a server that is not ours is waited for, as long as that server lives") {
  queue_world on;
  net::server_options served;
  served.transport = on.w.network->transport();
  served.clock = on.w.sim.clock();
  served.idle_timeout = 1h;
  int asked = 0;
  net::server_handlers handlers;
  handlers.on_request = [&](const net::http_request&, const net::peer_info&) -> mc::task<net::server_reply> {
    ++asked;
    const auto wait = on.w.sim.clock()->make_timer(on.w.sim.executor());
    co_await wait->wait_until(on.w.sim.clock()->now() + 20min);
    co_return net::http_response(200, "text/plain", "{\"message\": \"You're free to connect now! :)\"}");
  };
  net::server theirs(on.w.sim.executor(), served, handlers);
  theirs.listen("127.0.0.1", queue_port);
  {
    question patient(on, on.queue(), 0);
    on.w.sim.run_until([&] { return patient.ended; }, 1h);
    CHECK(patient.got);
    CHECK(patient.took == 20min);
    CHECK(asked == 1);  // it would take anything else for another shard
    CHECK(theirs.counters().requests == 1);
  }
  {
    question cut(on, on.queue(), 0);
    on.w.sim.run_for(5min);
    CHECK_FALSE(cut.ended);
    on.w.network->stall_all("127.0.0.1", queue_port);
    on.w.network->black_hole("127.0.0.1", true);
    on.w.sim.run_until([&] { return cut.ended; }, 10min);
    CHECK(cut.code == mc::errc::timeout);
    on.w.network->black_hole("127.0.0.1", false);
  }
  on.w.sim.run(theirs.stop());
}

TEST_CASE("more shards wait than there may be connections: they keep their places, and come in their order") {
  queue_world on;
  on.start();
  question used(on, on.queue(), 9);
  on.w.sim.run_until([&] { return used.ended; });  // and is not used for as long as a server waits
  auto options = on.client_options();
  options.max_connections = 2;
  options.answer_within = 8s;
  const auto queue = mc::make_network_identify_queue(options);
  std::list<question> all;
  for (int shard = 0; shard < 8; ++shard) {
    all.emplace_back(on, queue, shard);
    on.w.sim.settle();
  }
  std::vector<int> order;
  for (int turns = 0; turns < 8; ++turns) {
    int shard = 0;
    const auto next = [&] {
      shard = 0;
      for (auto& one : all) {
        if (one.got) return true;
        ++shard;
      }
      return false;
    };
    on.w.sim.run_until(next, 2min);
    auto& one = *std::next(all.begin(), shard);
    order.push_back(shard);
    one.got->sent();
    one.got->done(true);
    one.got.reset();
  }
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
  on.w.sim.settle();
  const auto now = on.server->counters();
  CHECK(now.requested == 9);
  CHECK(now.withdrawn == 0);
  CHECK(now.identified == 8);
}

TEST_CASE("one that gives up its wait for a connection holds up nobody") {
  queue_world on;
  on.start();
  question used(on, on.queue(), 9);
  on.w.sim.run_until([&] { return used.ended; });
  auto options = on.client_options();
  options.max_connections = 1;
  const auto queue = mc::make_network_identify_queue(options);
  question first(on, queue, 0), second(on, queue, 1), third(on, queue, 2);
  on.w.sim.run_for(1s);
  second.cancel.emit(boost::asio::cancellation_type::terminal);
  on.w.sim.run_until([&] { return second.ended; }, 1s);
  CHECK(second.code == mc::errc::cancelled);
  on.w.sim.run_until([&] { return first.ended; }, 2min);
  first.got->sent();
  on.w.sim.run_until([&] { return third.ended; }, 2min);
  CHECK(third.got);
}

TEST_CASE("reports of a grant are given up in time, however many wait with them") {
  queue_world on(16);
  on.start();
  std::list<question> all;
  const auto queue = on.queue("one");
  for (int shard = 0; shard < 16; ++shard) all.emplace_back(on, queue, shard);
  for (auto& one : all) {
    on.w.sim.run_until([&] { return one.ended; }, 1min);
    REQUIRE(one.got);
  }
  on.end();
  net::server_options served;
  served.transport = on.w.network->transport();
  served.clock = on.w.sim.clock();
  served.notice_departure = true;
  bool hangs = true;
  std::vector<std::string> heard;
  net::server_handlers handlers;
  handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> mc::task<net::server_reply> {
    const auto wait = on.w.sim.clock()->make_timer(on.w.sim.executor());
    if (hangs)
      co_await wait->wait_until(on.w.sim.clock()->now() + 1h);
    else
      heard.push_back(request.target.substr(0, 5));
    co_return net::http_response(200, "text/plain", "");
  };
  net::server alive(on.w.sim.executor(), served, handlers);
  alive.listen("127.0.0.1", queue_port);
  for (auto& one : all) one.got->sent();
  on.w.sim.run_for(25s);
  hangs = false;  // who hears now that they identified would count 5 seconds from now
  on.w.sim.run_for(1min);
  CHECK(heard.empty());
  on.w.sim.run(alive.stop());
  all.clear();
}

TEST_CASE("strangers keep no connection") {
  queue_world on;
  on.start();
  plain_client stranger(on);
  SECTION("who is refused is gone") {
    CHECK(stranger.send("GET", "/?shard=1", false).status == 401);
    on.w.sim.run_for(2s);
    CHECK(connections(on) == 0);
  }
  SECTION("who asks for the health, too") {
    CHECK(stranger.send("GET", "/health", false).status == 200);
    on.w.sim.run_for(2s);
    CHECK(connections(on) == 0);
    CHECK(stranger.send("GET", "/health", true).status == 200);
    on.w.sim.run_for(2s);
    CHECK(connections(on) == 1);
  }
  SECTION("who says nothing has some seconds") {
    const auto silent = knock(on);
    CHECK(connections(on) == 1);
    on.w.sim.run_for(11s);
    CHECK(connections(on) == 0);
  }
}

TEST_CASE("strangers who take all connections keep nobody from asking") {
  queue_world on;
  on.wanted.max_waiting = 1;
  on.start();
  std::vector<std::unique_ptr<net::byte_stream>> crowd;
  for (int i = 0; i < 400; ++i) crowd.push_back(knock(on));
  CHECK(connections(on) <= 257 + 64);
  question asked(on, on.queue(), 0);
  on.w.sim.run_until([&] { return asked.ended; }, 1min);
  CHECK(asked.got);
  CHECK(asked.took == 6s);
  for (int i = 0; i < 400; ++i) crowd.push_back(knock(on));
  CHECK(plain_client(on).send("GET", "/health").status == 200);
}

TEST_CASE("a store that hangs delays grants once, and uses none up") {
  queue_world on(8);
  const auto store = std::make_shared<hanging_store>(on);
  on.wanted.store = store;
  on.start();
  const auto queue = on.queue("one");
  std::list<question> all;
  for (int shard = 0; shard < 16; ++shard) all.emplace_back(on, queue, shard);
  for (int shard = 0; shard < 16; ++shard) {
    auto& one = *std::next(all.begin(), shard);
    on.w.sim.run_until([&] { return one.ended; }, 2min);
    REQUIRE(one.got);
    CHECK(one.took <= 40s);
    one.got->sent();
    one.got->done(true);
  }
  on.w.sim.settle();
  CHECK(on.server->counters().expired == 0);
  CHECK(on.server->counters().budget.remaining == 1000 - 16);
  CHECK(on.server->counters().identified == 16);
  CHECK(store->asked < 8);
  // And once it works again it is told.
  store->hangs = false;
  on.w.sim.run_for(1min);
  question last(on, queue, 16);
  on.w.sim.run_until([&] { return last.ended; }, 1min);
  CHECK(store->kept == 1000 - 17);
}

TEST_CASE("a store that throws what is no std::exception stops no identify queue") {
  queue_world on;
  on.wanted.store = std::make_shared<strange_store>();
  on.start();
  question asked(on, on.queue(), 0);
  on.w.sim.run_until([&] { return asked.ended; }, 1min);
  CHECK(asked.got);
  CHECK_THAT(on.w.world.log.text(), Catch::Contains("cannot load the stored identify budget"));
}
