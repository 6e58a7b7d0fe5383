// SPDX-License-Identifier: MIT
// Stores and queues of the user's that are slow, deaf or broken, and what a bot does about them.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include "peer.hpp"

namespace monochord::gateway_test {
namespace {

namespace asio = boost::asio;
using gateway::stop_mode;

/// A store that takes its time.
class slow_store final : public session_store {
 public:
  slow_store(std::shared_ptr<clock> time, std::shared_ptr<session_store> behind) : time_(std::move(time)), behind_(std::move(behind)) {}

  duration load_takes{0}, save_takes{0};
  bool deaf = false;  ///< does not hear that it is cancelled
  int loads = 0, saves = 0, erases = 0;

  task<std::optional<stored_session>> load(int shard_id) override {
    ++loads;
    co_await pass(load_takes);
    const auto found = co_await behind_->load(shard_id);
    co_return found;
  }
  task<> save(int shard_id, const stored_session& session) override {
    ++saves;
    co_await pass(save_takes);
    co_await behind_->save(shard_id, session);
  }
  task<> erase(int shard_id) override {
    ++erases;
    co_await pass(save_takes);
    co_await behind_->erase(shard_id);
  }
  task<std::optional<stored_budget>> load_budget() override {
    co_await pass(load_takes);
    const auto found = co_await behind_->load_budget();
    co_return found;
  }
  task<> save_budget(const stored_budget& budget) override {
    co_await pass(save_takes);
    co_await behind_->save_budget(budget);
  }

 private:
  task<> pass(duration how_long) {
    if (how_long == duration::zero()) co_return;
    if (deaf) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto wait = time_->make_timer(co_await asio::this_coro::executor);
    const auto cancelled = co_await wait->wait_until(time_->now() + how_long);
    if (cancelled) throw error(errc::cancelled, "the store was cancelled");
  }

  const std::shared_ptr<clock> time_;
  const std::shared_ptr<session_store> behind_;
};

std::shared_ptr<slow_store> make_slow(stage& on) {
  auto made = std::make_shared<slow_store>(on.sim.clock(), on.store);
  on.store = made;
  return made;
}

bool logged(const stage& on, std::string_view part) {
  for (const auto& line : on.log)
    if (line.find(part) != std::string::npos) return true;
  return false;
}

stored_session some_session() {
  stored_session out;
  out.session_id = "kept";
  out.seq = 5;
  out.resume_url = "ws://localhost:8080";
  out.intents = 513;
  return out;
}

}  // namespace

TEST_CASE("a store that does not answer costs seconds and the chance to resume, not the bot") {
  stage on;
  const auto store = make_slow(on);
  store->load_takes = 24h;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.info = stage::info(3, 3);
  running bot(on, std::move(options));
  bot.until_ready();
  CHECK(on.sim.elapsed() <= 31s);  // the budget, the first shard, and then all shards together
  CHECK(on.server.of_op(2).size() == 3);
  CHECK(logged(on, "cannot load the stored identify budget: the session store does not answer"));
  CHECK(logged(on, "cannot load the stored session: the session store does not answer"));
}

TEST_CASE("a store that never ends a save is asked again, and does not hold the end up") {
  stage on;
  const auto store = make_slow(on);
  store->save_takes = 24h;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(2min);
  CHECK(store->saves >= 3);
  CHECK(bot.counters().store_errors >= 3);
  CHECK(logged(on, "cannot store the session: the session store does not answer"));
  CHECK(bot.stop(stop_mode::keep_session) <= 3s);
  CHECK_FALSE(bot.error());
}

TEST_CASE("a store that does not end when it is cancelled is left behind") {
  stage on;
  const auto store = make_slow(on);
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  store->deaf = true;
  store->save_takes = 24h;
  CHECK(bot.stop(stop_mode::keep_session) <= 8s);
  CHECK_FALSE(bot.error());
  CHECK(logged(on, "left behind"));
}

TEST_CASE("stop and cancellation while the store is asked connect nowhere and leave the stored session alone") {
  // The manager asks for the budget (5 s) and for the session (10 s), then the shard does (15 s).
  for (const auto when : {0s, 3s, 8s, 13s}) {
    for (const bool cancelled : {false, true}) {
      INFO(when.count() << " s, " << (cancelled ? "cancelled" : "stopped"));
      stage on;
      on.sim.run(on.store->save(0, some_session()));
      const auto store = make_slow(on);
      store->load_takes = 5s;
      gateway::shard_manager_options options;
      options.shard = on.options();
      options.info = stage::info();
      gateway::shard_manager manager(std::move(options), on.sink);
      asio::cancellation_signal cancel;
      bool ended = false;
      asio::co_spawn(on.sim.executor(), manager.run(), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed) {
                       CHECK_FALSE(failed);
                       ended = true;
                     }));
      on.sim.run_for(when);
      if (cancelled) cancel.emit(asio::cancellation_type::terminal);
      else manager.stop(stop_mode::keep_session);
      on.sim.run_for(100ms);
      CHECK(ended);
      on.sim.run_for(1min);
      CHECK(on.server.connections == 0);
      CHECK(store->erases == 0);
      store->load_takes = 0s;
      const auto kept = on.sim.run(on.store->load(0));
      REQUIRE(kept);
      CHECK(kept->session_id == "kept");
    }
  }
}

TEST_CASE("discard after keep, while the connection is being closed, erases the stored session") {
  stage on;
  const auto store = make_slow(on);
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  on.network.stall_all();  // the close handshake takes its 2 seconds
  bot->stop(stop_mode::keep_session);
  on.sim.run_for(1s);
  CHECK_FALSE(bot.ended());
  REQUIRE(on.sim.run(on.store->load(0)));
  CHECK(bot.stop(stop_mode::discard_session) <= 2s);
  CHECK_FALSE(on.sim.run(on.store->load(0)));
  CHECK_FALSE(bot.error());

  running next(on);
  next.until_ready();
  CHECK(on.server.of_op(6).empty());
  const auto saved = store->saves;
  next->stop(stop_mode::keep_session);  // and keep after discard changes nothing
  next->stop(stop_mode::discard_session);
  next.stop(stop_mode::keep_session);
  CHECK(store->saves <= saved + 1);
  CHECK_FALSE(on.sim.run(on.store->load(0)));
}

TEST_CASE("the day's budget is stored when IDENTIFY is sent: a crash before READY does not forget it") {
  stage on;
  on.server.sends_ready = false;
  running bot(on);
  on.sim.run_until([&] { return on.server.of_op(2).size() == 1; });
  on.sim.settle();
  const auto budget = on.sim.run(on.store->load_budget());
  REQUIRE(budget);
  CHECK(budget->remaining == 999);
  CHECK(budget->total == 1000);
}

namespace {

/// A queue that misbehaves on request.
class odd_queue final : public identify_queue {
 public:
  explicit odd_queue(std::shared_ptr<identify_queue> behind) : behind_(std::move(behind)) {}
  bool expect_throws = false, never_answers = false;

  task<std::unique_ptr<identify_permit>> request(int shard_id) override {
    if (never_answers) co_await net::park([&](std::shared_ptr<net::parked> wait) { forever_ = std::move(wait); });
    auto got = co_await behind_->request(shard_id);
    co_return std::move(got);
  }
  void expect(const std::vector<int>& shard_ids) override {
    if (expect_throws) throw error(errc::invalid_argument, "no such shards here");
    behind_->expect(shard_ids);
  }

 private:
  const std::shared_ptr<identify_queue> behind_;
  std::shared_ptr<net::parked> forever_;
};

}  // namespace

TEST_CASE("a queue whose expect throws ends the bot after its shards, with that error") {
  stage on;
  on.sim.run(on.store->save(1, [] {
    auto kept = some_session();
    kept.shard_count = 2;
    return kept;
  }()));
  const auto queue = std::make_shared<odd_queue>(make_identify_queue(on.sim.clock(), {}));
  queue->expect_throws = true;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.queue = queue;
  options.info = stage::info(2);
  running bot(on, std::move(options));
  bot.until_ended();
  REQUIRE(bot.error());
  CHECK_THROWS_WITH(std::rethrow_exception(bot.error()), "no such shards here");
  CHECK(bot->at(1)->status() == protocol::session_status::ended);
  CHECK(on.sim.run(on.store->load(1)));  // its session is kept
}

TEST_CASE("a queue that never answers does not hold the end up") {
  stage on;
  const auto queue = std::make_shared<odd_queue>(make_identify_queue(on.sim.clock(), {}));
  queue->never_answers = true;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.queue = queue;
  options.info = stage::info();
  running bot(on, std::move(options));
  on.sim.run_for(10min);
  CHECK(on.server.connections == 1);
  CHECK(on.server.of_op(1).size() >= 14);
  CHECK(on.server.of_op(2).empty());
  CHECK(bot.stop(stop_mode::keep_session) <= 3s);
  CHECK_FALSE(bot.error());
}

TEST_CASE("a session stored before READY was handled is resumed by the next process, READY included") {
  stage on;
  const auto options = [&] {
    gateway::shard_manager_options out;
    out.shard = on.options();
    out.info = stage::info();
    return out;
  };
  {
    on.sink->works = true;  // and comes to no end
    running first(on, options());
    first.until_ready();
    on.server.say("MESSAGE_CREATE");
    on.sim.run_for(1s);
    first.stop(stop_mode::keep_session);
    CHECK(on.sim.run(on.store->load(0))->seq == 0);
    on.sink->events.clear();
    on.sink->works = false;
  }
  running second(on, options());
  second.until_ready();
  on.sim.run_for(1s);
  CHECK(on.sink->types() == std::vector<std::string>{"READY", "MESSAGE_CREATE", "RESUMED"});
  CHECK(on.server.of_op(2).size() == 1);
  CHECK(on.server.connections == 2);
}

TEST_CASE("a payload is sent when the socket has taken it, the rest goes on the next connection, in order") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  on.network.stall_all();  // 64 KiB more are taken, then nothing
  constexpr int count = 30;
  std::vector<int> done;
  const auto send = [&](int i) -> task<> {
    co_await bot->at(0)->send(R"({"op":8,"d":")" + std::to_string(1000 + i) + std::string(4000, ' ') + "\"}");
    done.push_back(i);
  };
  for (int i = 0; i < count; ++i) on.sim.spawn(send(i));
  on.sim.run_for(1s);
  const auto taken = done.size();
  CHECK(taken >= 10);
  CHECK(taken <= 17);
  on.sim.run_until([&] { return done.size() == count; }, 5min);
  on.sim.run_for(1s);
  for (int i = 0; i < count; ++i) CHECK(done[static_cast<std::size_t>(i)] == i);
  const auto arrived = on.server.of_op(8);
  REQUIRE(arrived.size() == count - taken);
  for (std::size_t i = 0; i < arrived.size(); ++i)
    CHECK(arrived[i].text.starts_with(R"({"op":8,"d":")" + std::to_string(1000 + taken + i)));
  CHECK(bot.counters().user_payloads == count);
}

TEST_CASE("a payload that the socket is taking when the shard ends is refused") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  on.network.stall_all();
  int done = 0, refused = 0;
  const auto send = [&]() -> task<> {
    try {
      co_await bot->at(0)->send(R"({"op":8,"d":")" + std::string(4000, ' ') + "\"}");
      ++done;
    } catch (const error& e) {
      refused += e.code() == errc::cancelled;
    }
  };
  for (int i = 0; i < 30; ++i) on.sim.spawn(send());
  on.sim.run_for(1s);
  CHECK(bot.stop(stop_mode::keep_session) <= 3s);
  on.sim.settle();
  CHECK(done >= 10);
  CHECK(done + refused == 30);
}

}  // namespace monochord::gateway_test
