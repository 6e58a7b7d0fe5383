// SPDX-License-Identifier: MIT
// The code of docs/controllers.md: regions between the marks stand there word for word.
#include <chrono>
#include <functional>
#include <string>

#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/gateway_bodies.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

//! [queue]
class patient_queue : public mc::identify_queue {
 public:
  patient_queue(std::shared_ptr<mc::identify_queue> counts, std::function<mc::task<>()> waits)
      : counts_(std::move(counts)), waits_(std::move(waits)) {}
  mc::task<std::unique_ptr<mc::identify_permit>> request(int shard_id) override {
    co_await waits_();
    co_return co_await counts_->request(shard_id);
  }
  void expect(const std::vector<int>& shard_ids) override { counts_->expect(shard_ids); }
  void arrived(int shard_id) override { counts_->arrived(shard_id); }
  std::optional<mc::identify_budget> budget() const override { return counts_->budget(); }

 private:
  const std::shared_ptr<mc::identify_queue> counts_;
  const std::function<mc::task<>()> waits_;
};
//! [queue]

/// Runs a bot with these options until its shards are up.
void with_bot(simulated_world& w, const mc::client_options& options, const std::function<void(mc::client&)>& act) {
  mc::client bot(w.world.bot_token(), options);
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  w.sim.run_until([&] { return bot.shards().all_ready(); });
  w.sim.settle();
  act(bot);
  bot.stop();
  w.sim.run_until([&] { return ended; });
}

simulated_world two_shards() {
  mc::testing::mock_options out;
  out.recommended_shards = 2;
  out.max_concurrency = 16;
  return simulated_world(out);
}

}  // namespace

TEST_CASE("a plan made of what Discord recommends") {
  auto w = two_shards();
  auto options = w.options();
  //! [shards]
  options.controllers.shards = [](const mc::start_figures& now) {
    return mc::shard_plan::of((now.recommended + 15) / 16 * 16);  // a multiple of 16
  };
  //! [shards]
  with_bot(w, options, [](mc::client& bot) { CHECK(bot.shards().total() == 16); });
}

TEST_CASE("a queue that waits for something else first") {
  auto w = two_shards();
  auto options = w.options();
  int waited = 0;
  const auto until_moved = [&]() -> mc::task<> {
    ++waited;
    co_return;
  };
  mc::identify_queue_options limits;
  //! [use-queue]
  options.identify_queue = std::make_shared<patient_queue>(mc::make_identify_queue(mc::system_clock(), limits), until_moved);
  //! [use-queue]
  options.identify_queue = std::make_shared<patient_queue>(mc::make_identify_queue(w.sim.clock(), limits), until_moved);
  with_bot(w, options, [](mc::client&) {});
  CHECK(waited == 2);
}

TEST_CASE("a resharding that is decided by a function") {
  mc::client_options options;
  //! [decide]
  options.resharding.automatic = true;
  options.resharding.decide = [](const mc::shard_load& now) {
    return now.total >= 64 ? 0 : mc::default_reshard(now, 60);  // from 60 % on, and never past 64
  };
  //! [decide]
  mc::shard_load now;
  now.total = now.shards = 2;
  now.guilds = 3'200;
  CHECK(mc::default_reshard(now) == 0);
  CHECK(options.resharding.decide(now) == 3);
  now.total = 64;
  CHECK(options.resharding.decide(now) == 0);
}

TEST_CASE("a route, a presence for each shard, a decision about fatal closes") {
  auto w = two_shards();
  auto options = w.options();
  //! [route]
  options.controllers.route = [](const mc::command_route& command) {
    return command.guild ? command.shards.first : mc::default_route(command);  // the first one takes all about guilds
  };
  //! [route]
  CHECK(options.controllers.route({mc::guild_id(std::uint64_t{5} << 22), {4, 7, 8}}) == 4);
  CHECK(options.controllers.route({mc::guild_id(), {4, 7, 8}}) == mc::every_shard);
  //! [presence]
  options.controllers.presence = [](const mc::presence_request& request) -> mc::initial_presence {
    const auto name = "shard " + std::to_string(request.shard_id);
    const mc::activity_body playing[] = {{.name = name}};
    return mc::update_presence_body{.activities = playing};
  };
  //! [presence]
  //! [fatal]
  options.controllers.fatal = [](const mc::fatal_close& end) {
    if (end.code == 4014 && end.times < 10) return mc::fatal_decision::try_again(1min);  // somebody is at the switch
    if (end.code == 4010) return mc::fatal_decision::give_up_shard();
    return mc::default_fatal(end);
  };
  //! [fatal]
  with_bot(w, options, [&](mc::client& bot) {
    CHECK(w.discord().last_presence(0).find("shard 0") != std::string::npos);
    CHECK(w.discord().last_presence(1).find("shard 1") != std::string::npos);
    w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4010, 1);
    w.sim.run_for(1min);
    CHECK(bot.shards().status(1) == mc::shard_status::ended);
    CHECK(bot.shards().status(0) == mc::shard_status::ready);
    w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4014, 0);
    w.sim.run_for(2min);
    CHECK(bot.shards().status(0) == mc::shard_status::ready);
  });
}
