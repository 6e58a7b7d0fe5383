// SPDX-License-Identifier: MIT
// Processes that reshard together meet at the server of their identify queue.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "protocol/reshard_talk.hpp"
#include "support/queue_world.hpp"
#include <monochord/gateway/reshard_exchange.hpp>
#include <monochord/gateway/shards.hpp>

namespace mc = monochord;
namespace net = monochord::net;
using namespace std::chrono_literals;
using mc::tests::plain_client;
using mc::tests::queue_world;

namespace {

struct talking_process {
  talking_process(mc::token token, mc::client_options options, std::map<mc::channel_id, std::vector<std::string>>& seen)
      : bot(std::move(token), std::move(options)) {
    bot.on<mc::message_create>(
        [&seen](const mc::message_create& event) { seen[event.message.channel_id].push_back(event.message.content); });
  }
  mc::task<> live() {
    lives = true;
    co_await bot.async_run();
    lives = false;
  }
  mc::task<> reshard(int total) {
    why.reset();
    resharding = true;
    try {
      report = co_await bot.shards().reshard(total);
    } catch (const mc::reshard_exchange_error& e) {
      why = e.why();
      text = e.what();
    }
    resharding = false;
  }
  mc::client bot;
  bool lives = false, resharding = false;
  std::optional<mc::reshard_failure> why;
  std::string text;
  mc::reshard_report report;
};

net::http_response post(plain_client& by, std::string target, std::string body, bool with_secret = true) {
  net::http_request request("POST", std::move(target));
  if (with_secret) request.headers.add("Authorization", "Bearer " + mc::tests::queue_secret);
  request.body = std::move(body);
  return by.world.w.sim.run(by.pool.send(request, 1min));
}

}  // namespace

TEST_CASE("processes that share an identify queue server reshard together by it, and go back when it is started again") {
  queue_world on(4);
  on.start();
  std::vector<mc::channel_id> channels;
  for (int i = 0; i < 20; ++i)
    channels.push_back(
        on.w.discord().add_text_channel(on.w.discord().add_guild("guild " + std::to_string(i), on.w.world.alice), "general"));
  std::map<mc::channel_id, std::vector<std::string>> seen;
  std::vector<std::unique_ptr<talking_process>> all;
  for (int i = 0; i < 2; ++i) {
    auto options = on.w.options();
    options.shards = mc::shard_plan::cluster(i, 2, 4);
    options.identify_queue = on.queue("process-" + std::to_string(i));
    options.resharding.exchange = mc::make_network_reshard_exchange(on.client_options());
    all.push_back(std::make_unique<talking_process>(on.w.world.bot_token(), options, seen));
    on.w.sim.spawn(all.back()->live());
  }
  on.w.sim.run_until([&] { return all[0]->bot.shards().all_ready() && all[1]->bot.shards().all_ready(); }, 5min);
  int said = 0;
  const auto busy_until = [&](const std::function<bool()>& done) {
    for (int i = 0; !done(); ++i) {
      REQUIRE(i < 10'000);
      for (const auto channel : channels) on.w.discord().say(on.w.world.alice, channel, std::to_string(said));
      ++said;
      on.w.sim.run_for(50ms);
    }
  };
  const auto none_reshards = [&] { return !all[0]->resharding && !all[1]->resharding; };

  for (auto& one : all) on.w.sim.spawn(one->reshard(6));
  on.w.sim.settle();
  const auto identifies = on.w.discord().counters().identifies;
  busy_until([&] { return on.w.discord().counters().identifies > identifies; });
  on.end();
  busy_until([&, until = said + 40] { return said == until; });
  on.start();
  busy_until(none_reshards);
  for (auto& one : all) {
    INFO(one->text);
    CHECK(one->why == mc::reshard_failure::forgotten);
    CHECK(one->bot.shards().total() == 4);
  }

  busy_until([&, until = said + 20] { return said == until; });
  for (auto& one : all) on.w.sim.spawn(one->reshard(6));
  on.w.sim.settle();
  busy_until(none_reshards);
  for (auto& one : all) {
    INFO(one->text);
    CHECK_FALSE(one->why);
    CHECK(one->bot.shards().total() == 6);
    CHECK(one->report.balanced);
  }
  busy_until([&, until = said + 20] { return said == until; });
  on.w.sim.run_for(5s);
  std::vector<std::string> expected;
  for (int i = 0; i < said; ++i) expected.push_back(std::to_string(i));
  for (const auto channel : channels) {
    CHECK(seen[channel].size() == expected.size());
    CHECK(seen[channel] == expected);
  }
  CHECK(on.server->counters().reshard_messages > 20);
  for (auto& one : all) one->bot.stop();
  on.w.sim.run_until([&] { return !all[0]->lives && !all[1]->lives; }, 1min);
}

TEST_CASE("what is said to an identify queue server for a resharding needs the secret, and has its limit") {
  queue_world on;
  on.start();
  plain_client by(on);
  mc::protocol::member_report report;
  report.run = 1;
  report.old_part = {{0, 2}, 4};
  report.new_part = {{0, 3}, 6};
  const auto bytes = mc::protocol::to_bytes(report);
  const auto answer = post(by, "/reshard", bytes);
  CHECK(answer.status == 200);
  const auto said = mc::protocol::parse_meeting_answer(answer.body);
  REQUIRE(said);
  CHECK(said->phase == mc::protocol::meeting_phase::gathering);
  report.events.resize(mc::protocol::most_events_told);  // of no round yet: read, and of no use
  const auto large = mc::protocol::to_bytes(report);
  CHECK(large.size() < mc::reshard_exchange::most_bytes);
  CHECK(post(by, "/reshard", large).status == 200);
  CHECK(post(by, "/reshard", bytes, false).status == 401);
  CHECK(post(by, "/reshard", large, false).status == 413);
  CHECK(post(by, "/reshard", "nothing").status == 400);
  CHECK(post(by, "/reshard", std::string(mc::reshard_exchange::most_bytes, 'a')).status == 400);
  CHECK(post(by, "/reshard", std::string(mc::reshard_exchange::most_bytes + 1, 'a')).status == 413);
  CHECK(post(by, "/sent?shard=0&owner=a&run=b&ask=1", std::string(4096, 'a')).status == 404);
  CHECK(post(by, "/sent?shard=0&owner=a&run=b&ask=1", std::string(4097, 'a')).status == 413);
  const auto read = by.send("GET", "/reshard");
  CHECK(read.status == 405);
  CHECK(read.headers.get("Allow") == "POST");
  CHECK(on.server->counters().reshard_messages == 4);
  CHECK(by.send("GET", "/health").body.find("\"reshard_messages\": 4") != std::string::npos);
}

TEST_CASE("an exchange on the network says why it does not answer") {
  queue_world on;
  const auto ask = [&](mc::network_identify_queue_options options, std::string message) {
    struct outcome {
      std::string text;
      int status = -1;
    } out;
    const auto exchange = mc::make_network_reshard_exchange(std::move(options));
    const auto talk = [&]() -> mc::task<> {
      try {
        out.text = co_await exchange->talk(message);
      } catch (const mc::identify_queue_error& e) {
        out.text = e.what();
        out.status = e.status();
      } catch (const mc::error& e) {
        out.text = e.what();
        out.status = 0;
      }
    };
    on.w.sim.run(talk());
    return out;
  };
  CHECK(ask(on.client_options(), "x").status == 0);  // there is no server
  on.start();
  auto wrong = on.client_options();
  wrong.secret = mc::token("another");
  const auto refused = ask(wrong, "x");
  CHECK(refused.status == 401);
  CHECK(refused.text == "the identify queue at http://127.0.0.1:8091: it wants another secret "
                        "(network_identify_queue_options::secret) (HTTP 401)");
  CHECK(ask(on.client_options(), "x").status == 400);
  auto elsewhere = on.client_options();
  elsewhere.url += "/elsewhere";
  CHECK(ask(elsewhere, "x").status == 404);
  CHECK(on.w.world.log.text().find(mc::tests::queue_secret) == std::string::npos);
  mc::network_identify_queue_options none;
  none.url = "ftp://127.0.0.1";
  CHECK_THROWS_AS(mc::make_network_reshard_exchange(none), mc::error);
}

TEST_CASE("processes reshard together over sockets, each on a thread pool: each message is seen once") {
  mc::testing::mock_options discord;
  discord.max_concurrency = 8;
  mc::tests::small_world w(discord);
  std::vector<mc::channel_id> channels;
  for (int i = 0; i < 8; ++i)
    channels.push_back(w.discord.add_text_channel(w.discord.add_guild("guild " + std::to_string(i), w.alice), "general"));
  mc::identify_queue_server_options served;
  served.queue.max_concurrency = 8;
  served.first_after = 0ms;
  mc::identify_queue_server server(served);
  server.start();
  std::mutex mutex;
  std::map<mc::channel_id, std::vector<std::string>> seen;
  std::vector<std::unique_ptr<mc::client>> bots;
  std::vector<std::string> failed(2);
  std::atomic<int> done = 0;
  for (int i = 0; i < 2; ++i) {
    mc::network_identify_queue_options queue;
    queue.url = server.url();
    queue.owner = "process-" + std::to_string(i);
    auto options = w.options();
    options.log = mc::log_level::warning;
    options.threads = 2;
    options.shards = mc::shard_plan::cluster(i, 2, 4);
    options.identify_queue = mc::make_network_identify_queue(queue);
    options.resharding.exchange = mc::make_network_reshard_exchange(queue);
    bots.push_back(std::make_unique<mc::client>(w.bot_token(), options));
    bots.back()->on<mc::message_create>([&](const mc::message_create& event) {
      const std::lock_guard lock(mutex);
      seen[event.message.channel_id].push_back(event.message.content);
    });
  }
  std::vector<std::thread> run;
  std::vector<int> ended(bots.size(), -1);
  for (std::size_t i = 0; i < bots.size(); ++i) run.emplace_back([&, i] { ended[i] = bots[i]->run(); });
  REQUIRE(w.discord.wait_until([](const auto& c) { return c.readies == 4; }));
  const auto reshard = [&](std::size_t which) -> mc::task<> {
    mc::reshard_options how;
    how.settle = 500ms;
    how.twin_limit = 2s;
    how.guilds_limit = 1s;
    try {
      (void)co_await bots[which]->shards().reshard(6, how);
    } catch (const std::exception& e) {
      failed[which] = e.what();
    }
    ++done;
  };
  for (std::size_t i = 0; i < bots.size(); ++i) bots[i]->spawn(reshard(i));
  int said = 0;
  const auto say = [&] {
    for (const auto channel : channels) w.discord.say(w.alice, channel, std::to_string(said));
    ++said;
  };
  // The mock's counters change with each heartbeat and event: it is waited for as long as they do, at most.
  while (done < 2 && said < 100'000) {
    say();
    const auto until = w.discord.counters().events_sent + 1;
    w.discord.wait_until([&](const auto& c) { return c.events_sent > until || done == 2; }, 20ms);
  }
  for (int i = 0; i < 10; ++i) say();
  const auto all_seen = [&] {
    const std::lock_guard lock(mutex);
    return std::ranges::all_of(channels, [&](auto one) { return seen[one].size() >= static_cast<std::size_t>(said); });
  };
  for (int i = 0; i < 500 && !all_seen(); ++i) w.discord.wait_until([](const auto&) { return false; }, 20ms);
  for (auto& bot : bots) bot->stop();
  for (auto& one : run) one.join();
  CHECK(ended == std::vector<int>{0, 0});
  CHECK(failed == std::vector<std::string>(2));
  CHECK(done == 2);
  // Handlers of one channel run side by side: what is certain is the number of times.
  for (const auto channel : channels) {
    std::map<std::string, int> times;
    for (const auto& text : seen[channel]) ++times[text];
    CHECK(times.size() == static_cast<std::size_t>(said));
    for (const auto& [text, count] : times) CHECK(count == 1);
  }
  CHECK(w.discord.counters().identifies == 10);
}
