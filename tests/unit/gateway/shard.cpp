// SPDX-License-Identifier: MIT
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/defer.hpp>

#include "net/limited_executor.hpp"
#include "net/strand.hpp"
#include "peer.hpp"

namespace monochord::gateway_test {
namespace {

using gateway::stop_mode;
using protocol::compression;
using protocol::reconnect_reason;

TEST_CASE("a shard comes up, delivers in order, beats on time and stops so that it can be resumed") {
  for (const auto kind : {compression::none, compression::zlib_stream, compression::zstd_stream}) {
    INFO(protocol::name(kind));
    stage on;
    running bot(on, kind);
    bot.until_ready();
    for (int i = 0; i < 5; ++i) on.server.say("MESSAGE_CREATE", R"({"content":")" + std::to_string(i) + "\"}");
    on.sim.run_for(10min);
    CHECK(on.sink->types() == std::vector<std::string>{"READY", "MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_CREATE",
                                                       "MESSAGE_CREATE", "MESSAGE_CREATE"});
    CHECK(on.sink->events[3].data == R"({"content":"2"})");
    CHECK(on.sink->events[3].seq == 4);

    const auto beats = on.server.of_op(1);
    REQUIRE(beats.size() >= 14);
    CHECK(beats[0].when <= 40s);
    for (std::size_t i = 1; i < beats.size(); ++i) {
      CHECK(beats[i].when - beats[i - 1].when >= 40s);
      CHECK(beats[i].when - beats[i - 1].when <= 41s);
    }
    CHECK(beats.back().text == R"({"op":1,"d":6})");
    CHECK(bot->at(0)->latency());

    const auto identify = on.server.of_op(2);
    REQUIRE(identify.size() == 1);
    CHECK(identify[0].text.find(R"("token":"very.secret.token")") != std::string::npos);
    CHECK(identify[0].text.find(R"("shard":[0,1])") != std::string::npos);

    CHECK(bot.stop(stop_mode::keep_session) <= 2500ms);
    CHECK_FALSE(bot.error());
    on.sim.settle();
    CHECK(on.server.close_codes == std::vector<std::uint16_t>{4000});
    const auto kept = on.sim.run(on.store->load(0));
    REQUIRE(kept);
    CHECK(kept->session_id == "session-1");
    CHECK(kept->seq == 6);
    const auto c = bot.counters();
    CHECK(c.session.identifies == 1);
    CHECK(c.session.events == 6);
    CHECK(c.inflate.messages >= 20);
  }
}

/// The network below, which notes how often something was read, and how often a connection was told to rest.
class stream_watch final : public net::network {
 public:
  explicit stream_watch(std::shared_ptr<net::network> below) : below_(std::move(below)) {}

  int reads = 0, rests = 0;

  task<std::unique_ptr<net::byte_stream>> connect(boost::asio::any_io_executor executor, std::string host, std::uint16_t port,
                                                  clock& time, time_point deadline) override {
    auto made = co_await below_->connect(std::move(executor), std::move(host), port, time, deadline);
    co_return std::make_unique<stream>(std::move(made), *this);
  }
  std::unique_ptr<net::listener> listen(boost::asio::any_io_executor executor, const std::string& address,
                                        std::uint16_t port) override {
    return below_->listen(std::move(executor), address, port);
  }

 private:
  class stream final : public net::byte_stream {
   public:
    stream(std::unique_ptr<net::byte_stream> below, stream_watch& by) : below_(std::move(below)), by_(by) {}
    boost::asio::any_io_executor get_executor() noexcept override { return below_->get_executor(); }
    void async_read_some(boost::asio::mutable_buffer into, io_handler done) override {
      ++by_.reads;
      below_->async_read_some(into, std::move(done));
    }
    void async_write_some(net::const_pieces from, io_handler done) override { below_->async_write_some(from, std::move(done)); }
    void async_shutdown(handler done) override { below_->async_shutdown(std::move(done)); }
    void close() noexcept override { below_->close(); }
    void rest() noexcept override { ++by_.rests; }
    std::string peer() const override { return below_->peer(); }

   private:
    const std::unique_ptr<net::byte_stream> below_;
    stream_watch& by_;
  };

  const std::shared_ptr<net::network> below_;
};

/// Works on every event, by a function that is queued as handlers are.
struct busy_sink final : gateway::event_sink {
  busy_sink(boost::asio::any_io_executor on, const int& reads)
      : executor(net::make_strand(net::make_limited_executor(std::move(on), 1))), reads(reads) {}

  bool on_event(const gateway::shard_event& event) override {
    if (works) claims.push_back(std::make_shared<detail::claim>((*event.claim)()));
    boost::asio::defer(executor, [this, before = reads] { read_before_work.push_back(reads - before); });
    return true;
  }
  task<> room(std::uint64_t) override { co_return; }

  const boost::asio::any_io_executor executor;
  const int& reads;
  bool works = true;
  std::vector<int> read_before_work;
  std::vector<std::shared_ptr<detail::claim>> claims;
};

TEST_CASE("what handlers do with an event begins before the shard reads on, which goes on at once where nobody works") {
  stage on;
  const auto network = std::make_shared<stream_watch>(on.network.transport());
  const auto sink = std::make_shared<busy_sink>(on.sim.executor(), network->reads);
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.transport = network;
  options.info = stage::info();
  const auto manager = std::make_shared<gateway::shard_manager>(std::move(options), sink);
  bool ended = false;
  const auto work = [&]() -> task<> {
    co_await manager->run();
    ended = true;
  };
  on.sim.spawn(work());
  on.sim.run_until([&] { return manager->all_ready(); }, 2min);
  on.sim.run_for(1s);
  for (const bool works : {true, false}) {
    INFO((works ? "somebody works" : "nobody does"));
    sink->works = works;
    sink->read_before_work.clear();
    for (int i = 0; i < 3; ++i) {
      on.server.say("MESSAGE_CREATE");
      on.sim.run_for(1s);
    }
    CHECK(sink->read_before_work == std::vector<int>(3, works ? 0 : 1));
  }
  manager->stop(stop_mode::keep_session);
  on.sim.run_until([&] { return ended; }, 1min);
}

TEST_CASE("with a store the next process resumes and costs no IDENTIFY, without a session it does") {
  stage on;
  {
    running first(on);
    first.until_ready();
    first.stop(stop_mode::keep_session);
  }
  on.server.say("MESSAGE_CREATE", R"({"content":"meanwhile"})");
  {
    running second(on);
    second.until_ready();
    on.sim.run_for(1s);
    CHECK(on.server.of_op(2).size() == 1);
    CHECK(on.server.of_op(6).size() == 1);
    CHECK(on.sink->types() == std::vector<std::string>{"READY", "MESSAGE_CREATE", "RESUMED"});
    second.stop(stop_mode::discard_session);
    on.sim.settle();
    CHECK(on.server.close_codes.back() == 1000);
  }
  running third(on);
  third.until_ready();
  CHECK(on.server.of_op(2).size() == 2);
}

TEST_CASE("a burst that is cut in the middle, again and again, comes once each and in order") {
  for (const auto kind : {compression::zlib_stream, compression::zstd_stream}) {
    INFO(protocol::name(kind));
    stage on;
    running bot(on, kind);
    bot.until_ready();
    on.sim.run_for(10s);
    for (int i = 0; i < 3000; ++i) on.server.say("MESSAGE_CREATE", "{\"n\":" + std::to_string(i) + "}");
    for (int cut = 0; cut < 5; ++cut) {
      on.sim.run_until([&] { return on.sink->events.size() >= static_cast<std::size_t>(400 * (cut + 1)); });
      INFO("cut " << cut << " after " << on.sink->events.size() << " events, " << on.server.connections << " connections");
      on.network.reset_all();
      on.sim.run_until([&] { return !bot->all_ready() || on.sink->events.size() > 3000; });
    }
    on.sim.run_until([&] { return bot->all_ready(); }, 5min);
    on.sim.run_for(10s);
    std::vector<std::string> numbers;
    for (const auto& e : on.sink->events)
      if (e.type == "MESSAGE_CREATE") numbers.push_back(e.data);
    REQUIRE(numbers.size() == 3000);
    for (int i = 0; i < 3000; ++i) REQUIRE(numbers[static_cast<std::size_t>(i)] == "{\"n\":" + std::to_string(i) + "}");
    CHECK(on.server.of_op(2).size() == 1);
  }
}

TEST_CASE("a half-open connection is noticed, dropped and resumed") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1min);
  on.network.stall_all();
  const auto cut = on.sim.elapsed();
  on.sim.run_until([&] { return on.server.of_op(6).size() == 1; }, 5min);
  CHECK(on.sim.elapsed() - cut <= 81s);
  bot.until_ready();
  const auto c = bot.counters();
  CHECK(c.session.zombies == 1);
  CHECK(c.session.reconnects_by(reconnect_reason::zombie) == 1);
  CHECK(c.session.resumed == 1);
}

TEST_CASE("a peer that never answers the close frame costs two seconds, not more") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.network.stall_all();
  CHECK(bot.stop(stop_mode::keep_session) <= 2500ms);
  CHECK_FALSE(bot.error());
}

TEST_CASE("a connection rests with each heartbeat that is answered, unless a message a second came since the last one") {
  stage on;
  const auto network = std::make_shared<stream_watch>(on.network.transport());
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.transport = network;
  options.info = stage::info();
  running bot(on, std::move(options));
  bot.until_ready();
  const auto beats = [&] { return on.server.of_op(1).size(); };
  const auto until_answered = [&](std::size_t more) {
    const auto all = beats() + more;
    on.sim.run_until([&] { return beats() == all; }, 10min);
    on.sim.run_for(1s);
  };
  const auto rests_of = [&](int messages, std::size_t heartbeats) {
    for (int i = 0; i < messages; ++i) on.server.say("MESSAGE_CREATE");
    const int before = network->rests;
    until_answered(heartbeats);
    return network->rests - before;
  };
  until_answered(2);
  CHECK(rests_of(0, 5) == 5);
  CHECK(rests_of(20, 1) == 1);
  CHECK(rests_of(100, 1) == 0);
  CHECK(rests_of(0, 1) == 1);
  on.server.drop();
  until_answered(2);
  CHECK(rests_of(0, 3) == 3);  // of the next one as well
}

TEST_CASE("back-pressure: reading stops, heartbeats go on for minutes, nothing is lost") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sink->full = true;
  for (int i = 0; i < 200; ++i) on.server.say("MESSAGE_CREATE", "{\"n\":" + std::to_string(i) + "}");
  on.sim.run_for(10min);
  CHECK(on.sink->events.size() == 2);
  CHECK(on.server.of_op(1).size() >= 14);
  CHECK(on.server.connections == 1);
  on.sink->release();
  on.sim.run_for(1s);
  CHECK(on.sink->events.size() == 201);
  on.sim.run_for(5min);
  CHECK(on.server.connections == 1);
  CHECK(bot.counters().pauses == 1);
}

TEST_CASE("a stop while reading is paused does not wait for the sink") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sink->full = true;
  on.server.say("MESSAGE_CREATE");
  on.sim.run_for(1s);
  CHECK(bot.stop(stop_mode::keep_session) <= 2500ms);
}

TEST_CASE("fatal close codes end it with a typed error and no retry") {
  for (const int code : {4004, 4010, 4011, 4012, 4013, 4014}) {
    INFO(code);
    stage on;
    on.server.sends_ready = false;
    running bot(on);
    on.sim.run_until([&] { return on.server.of_op(2).size() == 1; });
    on.server.close(static_cast<std::uint16_t>(code));
    bot.until_ended();
    REQUIRE(bot.error());
    try {
      std::rethrow_exception(bot.error());
    } catch (const gateway_error& e) {
      CHECK(e.close_code() == code);
      CHECK(e.code() == (code == 4004 ? errc::token_rejected : errc::gateway_fatal));
      CHECK(e.shard_id() == 0);
      CHECK(std::string(e.what()).find(std::to_string(code)) != std::string::npos);
    }
    on.sim.run_for(10min);
    CHECK(on.server.connections == 1);
  }
}

TEST_CASE("an unencrypted address elsewhere is refused for good") {
  stage on;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.gateway_url = "ws://gateway.example.org";
  options.info = stage::info();
  running bot(on, std::move(options));
  bot.until_ended();
  REQUIRE(bot.error());
  try {
    std::rethrow_exception(bot.error());
  } catch (const error& e) {
    CHECK(e.code() == errc::plain_refused);
  }
}

TEST_CASE("INVALID_SESSION, op 7, refused upgrades, garbage: each ends in a working session") {
  {
    stage on;
    running bot(on);
    bot.until_ready();
    on.server.send(R"({"t":null,"s":null,"op":7,"d":null})");
    on.sim.run_until([&] { return on.server.of_op(6).size() == 1; });
    bot.until_ready();
    on.server.send(R"({"t":null,"s":null,"op":9,"d":false})");
    on.sim.run_until([&] { return on.server.of_op(2).size() == 2; });
    bot.until_ready();
    CHECK(on.server.close_codes == std::vector<std::uint16_t>{4000, 4000});
  }
  {
    stage on;
    on.server.refuse_upgrades = 5;
    running bot(on);
    bot.until_ready();
    CHECK(bot.counters().session.connects == 6);
  }
  for (const std::string& garbage : {std::string("not compressed"), std::string(3, '\xff'), std::string(64, '\0')}) {
    stage on;
    running bot(on);
    bot.until_ready();
    on.sim.run_for(10s);
    const auto lines = on.log.size();
    on.server.send_raw(garbage);
    on.server.send_raw(garbage);
    on.sim.run_for(1min);
    bot.until_ready();
    CHECK(bot.counters().session.malformed == 1);
    CHECK(on.server.of_op(6).size() == 1);
    CHECK(on.log.size() - lines < 20);
  }
  for (const std::string& garbage : {std::string("{"), std::string("[]"), std::string("{\"op\":0}"), std::string("nonsense"), std::string("{\"op\":10,\"d\":null}"), std::string("{\"op\":99,\"d\":{}}")}) {
    INFO(garbage);
    stage on;
    running bot(on);
    bot.until_ready();
    on.sim.run_for(10s);
    on.server.send(garbage);
    on.sim.run_for(1min);
    bot.until_ready();
    CHECK_FALSE(bot.ended());
  }
}

TEST_CASE("user payloads: in order, within the limit, beats between them, withdrawn when the shard ends") {
  stage on;
  running bot(on);
  bot.until_ready();
  int done = 0, refused = 0;
  const auto send = [&](int i) -> task<> {
    try {
      co_await bot->at(0)->send(R"({"op":3,"d":)" + std::to_string(i) + "}");
      ++done;
    } catch (const error& e) {
      if (e.code() == errc::cancelled) ++refused;
    }
  };
  for (int i = 0; i < 300; ++i) on.sim.spawn(send(i));
  on.sim.run_for(100s);
  CHECK(done < 300);
  CHECK(done >= 200);
  on.server.drop();  // those that wait go on waiting over a reconnect
  on.sim.run_for(1s);
  CHECK(refused == 0);
  bot.until_ready();
  for (int i = 300; i < 500; ++i) on.sim.spawn(send(i));
  on.sim.run_for(1s);
  bot.stop(stop_mode::keep_session);
  on.sim.settle();
  CHECK(done + refused == 500);
  CHECK(refused > 0);
  std::map<int, std::deque<duration>> window;
  for (const auto& p : on.server.payloads) {
    auto& mine = window[p.connection];
    mine.push_back(p.when);
    while (mine.front() <= p.when - 60s) mine.pop_front();
    REQUIRE(mine.size() <= 120);
  }
  const auto sent = on.server.of_op(3);
  for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sent[i].text == R"({"op":3,"d":)" + std::to_string(i) + "}");
  CHECK(sent.size() == static_cast<std::size_t>(done));
  CHECK_THROWS_AS(on.sim.run(bot->at(0)->send(std::string(4097, 'x'))), error);
}

TEST_CASE("a payload whose sender gave up is not sent") {
  stage on;
  on.server.sends_ready = false;
  running bot(on);
  on.sim.run_for(1s);
  boost::asio::cancellation_signal cancel;
  bool ended = false;
  boost::asio::co_spawn(on.sim.executor(), bot->at(0)->send(R"({"op":4,"d":null})"),
                        boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr e) {
                          CHECK(e);
                          ended = true;
                        }));
  on.sim.run_for(1s);
  cancel.emit(boost::asio::cancellation_type::terminal);
  on.sim.run_for(1s);
  CHECK(ended);
  on.server.send(R"({"t":"READY","s":1,"op":0,"d":{"session_id":"x"}})");
  on.sim.run_for(1min);
  CHECK(on.server.of_op(4).empty());
}

TEST_CASE("the token is in no line of the log, at the most verbose level") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.server.drop();
  on.sim.run_for(1s);
  bot.until_ready();
  bot.stop(stop_mode::discard_session);
  CHECK(on.log.size() >= 8);
  for (const auto& line : on.log) {
    CHECK(line.find(secret) == std::string::npos);
    CHECK(line.find("session-1") == std::string::npos);
  }
}

TEST_CASE("stop at any moment ends within its bound, with nothing left behind") {
  for (int moment = 0; moment < 60; ++moment) {
    INFO("after " << moment << " turns");
    stage on;
    on.server.interval = 1000ms;
    if (moment % 3 == 1) on.server.sends_hello = false;
    if (moment % 3 == 2) on.server.sends_ready = false;
    running bot(on);
    on.sim.run_for(std::chrono::milliseconds(moment * moment * 7));
    if (moment % 4 == 3) on.network.stall_all();
    CHECK(bot.stop(moment % 2 == 0 ? stop_mode::keep_session : stop_mode::discard_session) <= 3s);
    CHECK_FALSE(bot.error());
    CHECK(bot->at(0)->status() == protocol::session_status::ended);
  }
  stage on;  // before it has begun
  running bot(on);
  CHECK(bot.stop(stop_mode::keep_session) == 0s);
  CHECK(on.server.connections == 0);
}

TEST_CASE("several shards start in the order of the queue, 5 seconds apart in each key") {
  stage on;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.info = stage::info(6, 2);
  running bot(on, std::move(options));
  bot.until_ready();
  const auto identifies = on.server.of_op(2);
  REQUIRE(identifies.size() == 6);
  for (int i = 0; i < 6; ++i) {
    const auto& one = identifies[static_cast<std::size_t>(i)];
    CHECK(one.text.find("\"shard\":[" + std::to_string(i) + ",6]") != std::string::npos);
    if (i >= 2) CHECK(one.when - identifies[static_cast<std::size_t>(i - 2)].when >= 5s);
  }
  CHECK(identifies.back().when <= 12s);
  CHECK(bot.stop(stop_mode::keep_session) <= 2500ms);
  const auto budget = on.sim.run(on.store->load_budget());
  REQUIRE(budget);
  CHECK(budget->remaining == 994);
}

TEST_CASE("no session start is left: refused with a typed error, or waited for") {
  {
    stage on;
    gateway::shard_manager_options options;
    options.shard = on.options();
    options.info = stage::info(1, 1, 0);
    options.wait_for_budget = false;
    running bot(on, std::move(options));
    bot.until_ended();
    REQUIRE(bot.error());
    try {
      std::rethrow_exception(bot.error());
    } catch (const gateway_error& e) {
      CHECK(e.code() == errc::identify_budget_spent);
    }
    CHECK(on.server.of_op(2).empty());
  }
  {
    stage on;
    gateway::shard_manager_options options;
    options.shard = on.options();
    options.info = stage::info(1, 1, 0);
    options.info.session_start_limit.reset_after = 3'600'000;
    running bot(on, std::move(options));
    on.sim.run_for(59min);
    CHECK(on.server.of_op(2).empty());
    on.sim.run_for(2min);
    CHECK(on.server.of_op(2).size() == 1);
    CHECK(bot->all_ready());
  }
}

}  // namespace
}  // namespace monochord::gateway_test
