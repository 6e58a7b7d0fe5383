// SPDX-License-Identifier: MIT
// Fault 05: the day's session starts, in crash loops and with several processes.
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>

#include "faults/listening_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::testing::rest_fault;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;

namespace {

/// A store that outlives the process, as a file does. A process that crashes writes nothing any more.
class disk_view final : public mc::session_store {
 public:
  explicit disk_view(std::shared_ptr<mc::session_store> disk) : disk_(std::move(disk)) {}
  void crash() { crashed_ = true; }

  mc::task<std::optional<mc::stored_session>> load(int shard_id) override { return disk_->load(shard_id); }
  mc::task<> save(int shard_id, const mc::stored_session& session) override {
    if (!crashed_) co_await disk_->save(shard_id, session);
  }
  mc::task<> erase(int shard_id) override {
    if (!crashed_) co_await disk_->erase(shard_id);
  }
  mc::task<std::optional<mc::stored_budget>> load_budget() override { return disk_->load_budget(); }
  mc::task<> save_budget(const mc::stored_budget& budget) override {
    if (!crashed_) co_await disk_->save_budget(budget);
  }

 private:
  const std::shared_ptr<mc::session_store> disk_;
  bool crashed_ = false;
};

/// One life of a bot, with what is on its disk.
struct process {
  process(simulated_world& w, std::shared_ptr<mc::session_store> disk, bool waits = false)
      : view(std::make_shared<disk_view>(std::move(disk))), bot(w, options(w, waits)) {}
  mc::client_options options(simulated_world& w, bool waits) {
    auto out = w.options();
    out.session_store = view;
    out.resume_with_cold_cache = true;
    out.wait_for_identify_budget = waits;
    return out;
  }
  /// No close frame, no last word to the disk.
  void crash() {
    view->crash();
    bot.world.network->reset_all();
    bot.end();
  }
  std::string error() const { return bot.error ? mc::result<int>(bot.error).error_text() : std::string(); }

  std::shared_ptr<disk_view> view;
  listening_bot bot;
};

mc::testing::mock_options discord_with_starts(int starts, int shards = 1) {
  mc::testing::mock_options out;
  out.session_start_limit = starts;
  out.recommended_shards = shards;
  return out;
}

}  // namespace

TEST_CASE("fault 05: a bot that crashes again and again resumes first: one IDENTIFY in all") {
  simulated_world w(discord_with_starts(3));
  const auto disk = mc::make_memory_session_store();
  for (int life = 0; life < 20; ++life) {
    process one(w, disk);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(1s);
    one.crash();
    w.sim.run_for(5s);
  }
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().counters().resumed == 19);
  no_violations(w);
}

TEST_CASE("fault 05: a bot that crashes before READY stops with a clear error before the day is overdrawn") {
  for (const bool counted_by_discord : {true, false}) {
    simulated_world w(discord_with_starts(5));
    mock_faults faults;
    faults.ready_delay = 1h;
    if (!counted_by_discord) {  // what answers for Discord has counted nothing: the stored figure is the smaller one
      rest_fault proxy;
      proxy.route = "/gateway/bot";
      proxy.times = 1000;
      proxy.status = 200;
      proxy.body =
          R"({"url":")" + w.discord().gateway_url() +
          R"(","shards":1,"session_start_limit":{"total":5,"remaining":5,"reset_after":86400000,"max_concurrency":1}})";
      faults.rest.push_back(proxy);
    }
    w.discord().set_faults(faults);
    const auto disk = mc::make_memory_session_store();
    int refused = 0;
    for (int life = 0; life < 20; ++life) {
      process one(w, disk);
      w.sim.run_for(3s);
      if (one.bot.ended) {
        ++refused;
        CHECK_THAT(one.error(), Catch::Contains("1 shard has to IDENTIFY, and 0 session starts are left for today"));
      }
      one.crash();
      w.sim.run_for(3s);
    }
    CHECK(w.discord().counters().identifies == 5);
    CHECK(refused == 15);
    no_violations(w);  // more than the day has would reset the token
  }
}

TEST_CASE("fault 05: by default a bot without a start left says so and waits for the next day") {
  simulated_world w(discord_with_starts(2));
  const auto disk = mc::make_memory_session_store();
  process one(w, disk, true);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  for (int lost = 0; lost < 5; ++lost) {
    w.sim.run_for(1min);
    w.discord().invalid_session(false);
  }
  w.sim.run_for(12h);
  CHECK(w.discord().counters().identifies == 2);
  CHECK(one.bot.shard().status == mc::shard_status::queued);
  CHECK(w.world.log.text().find("no session start is left for today: waiting for the next ones") != std::string::npos);
  w.sim.run_for(13h);
  CHECK(w.discord().counters().identifies == 3);
  CHECK(one.bot.shard().status == mc::shard_status::ready);
  no_violations(w);
}

TEST_CASE("fault 05: two processes with one queue share the day's starts") {
  simulated_world w(discord_with_starts(6, 2));
  mc::identify_queue_options limits;
  limits.remaining = limits.total = 6;
  limits.wait_for_budget = false;
  const auto queue = mc::make_identify_queue(w.sim.clock(), limits);
  const auto part = [&](int id) {
    auto out = w.options();
    out.shards = mc::shard_plan::cluster(id, 2);
    out.identify_queue = queue;
    out.wait_for_identify_budget = false;
    return out;
  };
  listening_bot first(w, part(0)), second(w, part(1));
  w.sim.run_until([&] { return w.discord().counters().readies == 2; }, 1min);
  for (int lost = 0; lost < 10 && !(first.ended && second.ended); ++lost) {
    w.sim.run_for(1min);
    w.discord().invalid_session(false);
  }
  w.sim.run_for(1min);
  CHECK(w.discord().counters().identifies == 6);
  for (auto* one : {&first, &second}) {
    REQUIRE(one->error);
    try {
      std::rethrow_exception(one->error);
    } catch (const mc::gateway_error& e) {
      CHECK(e.code() == mc::errc::identify_budget_spent);
      CHECK_THAT(e.what(), Catch::Contains("no session start is left for today; the next ones come in"));
    }
  }
  no_violations(w);
}
