// SPDX-License-Identifier: MIT
// A bot's figures beside what its mock did, asked for and served while it works.
#include <atomic>
#include <future>
#include <monochord/gateway/shards.hpp>
#include <monochord/metrics/metrics.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_events.hpp>
#include <regex>
#include <stdexcept>
#include <thread>

#include "net/http_client.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/prometheus_page.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::rest_fault;
using mc::tests::prometheus_page;
using mc::tests::simulated_world;
using mc::tests::small_world;

namespace {

/// A bot in a simulation, from its start to its end.
struct living_bot {
  explicit living_bot(simulated_world& w, mc::client_options options)
      : world(w), bot(w.world.bot_token(), std::move(options)) {}
  ~living_bot() {
    if (!ended) end();
  }
  void begin() {
    world.sim.spawn(live());
    world.sim.run_until([&] { return bot.shards().all_ready() || ended; }, 10min);
    world.sim.run_for(1s);
    REQUIRE_FALSE(ended);
  }
  void end() {
    bot.stop();
    world.sim.run_until([&] { return ended; }, 1min);
  }
  mc::task<> live() {
    const auto how = co_await mc::as_result(bot.async_run());
    failure = how.error_text();
    ended = true;
  }
  mc::task<> post(std::string text) {
    mc::create_message_body body;
    body.content = text;
    (void)co_await mc::as_result(bot.rest().create_message(world.world.general, body));
    ++posted;
  }
  prometheus_page page() const { return prometheus_page(bot_text()); }
  std::string bot_text() const { return const_cast<mc::client&>(bot).metrics().prometheus(); }
  void cut(const std::function<void()>& how) {
    const auto before = world.discord().counters().resumed;
    how();
    world.sim.run_until([&] { return world.discord().counters().resumed > before && bot.shards().all_ready(); }, 10min);
    world.sim.run_for(1s);
  }

  simulated_world& world;
  mc::client bot;
  bool ended = false;
  std::string failure;
  int posted = 0;
};

double sum_of(const prometheus_page& page, std::string_view name) {
  double all = 0;
  for (const auto& one : page.of(name).samples) all += one.value;
  return all;
}

std::string scrape(simulated_world& w, const std::string& target = "/metrics") {
  mc::net::http_options http;
  http.transport = w.network->transport();
  http.clock = w.sim.clock();
  mc::net::http_pool pool(w.sim.executor(), mc::net::url::parse("http://localhost:9464"), http);
  const mc::net::http_request request("GET", target);
  auto body = w.sim.run(pool.send(request)).body;
  w.sim.run(pool.close());
  return body;
}

}  // namespace

TEST_CASE("a bot's figures are what its mock did: events by type, reconnects by reason, requests by route and status") {
  simulated_world w;
  auto& discord = w.discord();
  auto quiet = w.options();
  quiet.cache.policy.kinds = {};  // of all events it wants READY alone
  living_bot on(w, quiet);
  int heard = 0;
  on.bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    ++heard;
    if (event.message.content == "boom") throw std::runtime_error("broken");
    co_await on.bot.sleep(20ms);
  });
  on.bot.on_error([](std::exception_ptr, const mc::raw_event&) {});

  // Before it runs there is little, and nothing is wrong with that.
  CHECK(on.page().of("monochord_gateway_events_total").samples.empty());
  CHECK(on.page().value("monochord_gateway_shards", {{"status", "ready"}}) == 0);
  CHECK(on.page().of("monochord_gateway_session_starts_left").samples.empty());
  on.begin();

  for (int i = 0; i < 5; ++i) discord.say(w.world.alice, w.world.general, "hello");
  const auto edited = discord.say(w.world.alice, w.world.general, "boom");
  for (int i = 0; i < 2; ++i) discord.edit(w.world.alice, w.world.general, edited, "boom " + std::to_string(i));
  discord.send_event("NEWER_THAN_THIS", "{}");
  w.sim.run_for(1min);
  on.cut([&] { discord.disconnect(mc::testing::disconnect_how::close_frame, 4000); });
  on.cut([&] { discord.disconnect(mc::testing::disconnect_how::drop); });
  on.cut([&] { discord.reconnect_op7(); });
  on.cut([&] { discord.invalid_session(true); });
  on.cut([&] { discord.pause(); });
  w.sim.run_for(2min);

  const auto page = on.page();
  const auto sent = discord.counters();
  const auto events = [&](const std::string& type) {
    return page.value("monochord_gateway_events_total", {{"type", type}});
  };
  CHECK(events("READY") == 1);
  CHECK(events("GUILD_CREATE") == 1);
  CHECK(events("MESSAGE_CREATE") == 6);
  CHECK(events("MESSAGE_UPDATE") == 2);
  CHECK(events("RESUMED") == 5);
  CHECK(events("other") == 1);
  CHECK(sum_of(page, "monochord_gateway_events_total") + page.value("monochord_gateway_duplicate_events_total") ==
        static_cast<double>(sent.events_sent));
  CHECK(page.value("monochord_gateway_resumed_total") == static_cast<double>(sent.resumed));
  CHECK(page.value("monochord_gateway_identifies_total") == static_cast<double>(sent.identifies));
  CHECK(page.value("monochord_gateway_session_starts_left") == 999);
  CHECK(page.value("monochord_gateway_heartbeats_total") >= static_cast<double>(sent.heartbeats));
  CHECK(page.value("monochord_gateway_heartbeat_latency_seconds_count") ==
        page.value("monochord_gateway_heartbeat_acks_total"));
  CHECK(page.value("monochord_gateway_heartbeat_acks_total") > 0);

  const auto reconnects = [&](const std::string& why) {
    return page.value("monochord_gateway_reconnects_total", {{"reason", why}});
  };
  CHECK(reconnects("closed") == 2);
  CHECK(reconnects("asked") == 1);
  CHECK(reconnects("invalid_session") == 1);
  CHECK(reconnects("zombie") == 1);
  CHECK(sum_of(page, "monochord_gateway_reconnects_total") == 5);
  CHECK(page.of("monochord_gateway_reconnects_total").samples.size() == 10);

  const double compressed = page.value("monochord_gateway_received_compressed_bytes_total");
  CHECK(compressed > 0);
  CHECK(page.value("monochord_gateway_received_bytes_total") > compressed);
  CHECK(page.value("monochord_gateway_sent_bytes_total") > 10 * page.value("monochord_gateway_payloads_sent_total"));
  // A heartbeat went to the connection that did not read any more.
  CHECK(page.value("monochord_gateway_payloads_sent_total") == static_cast<double>(sent.payloads_received + 1));
  CHECK(page.value("monochord_gateway_shards", {{"status", "ready"}}) == 1);
  CHECK(page.value("monochord_gateway_shard_guilds", {{"shard", "0"}}) == 1);
  CHECK(page.value("monochord_gateway_shard_lag_seconds", {{"shard", "0"}}) == 0);
  CHECK(page.has("monochord_gateway_shard_latency_seconds", {{"shard", "0"}}));

  CHECK(heard == 6);
  CHECK(page.value("monochord_dispatch_handler_duration_seconds_count", {{"type", "MESSAGE_CREATE"}}) == 6);
  CHECK(std::abs(page.value("monochord_dispatch_handler_duration_seconds_sum", {{"type", "MESSAGE_CREATE"}}) -
                 5 * 0.020) < 1e-9);
  CHECK(page.value("monochord_dispatch_handler_duration_seconds_bucket",
                   {{"type", "MESSAGE_CREATE"}, {"le", "0.01"}}) == 1);
  CHECK(page.value("monochord_dispatch_handler_errors_total", {{"type", "MESSAGE_CREATE"}}) == 1);
  CHECK(page.value("monochord_dispatch_handlers_running") == 0);
  CHECK(page.value("monochord_dispatch_handlers_queued") == 0);
  CHECK(page.value("monochord_dispatch_unwanted_events_total") ==
        sum_of(page, "monochord_gateway_events_total") - 6 - static_cast<double>(sent.readies));
  CHECK(page.value("process_resident_memory_bytes") > 1'000'000);
  CHECK(page.value("process_threads") >= 1);

  // What it did stays there to be read when it has ended.
  on.end();
  const auto after = on.page();
  CHECK(after.value("monochord_gateway_events_total", {{"type", "MESSAGE_CREATE"}}) == 6);
  CHECK(after.value("monochord_gateway_shards", {{"status", "ended"}}) == 1);
}

TEST_CASE("429s are counted by their scope, and what waits for them is seen to wait") {
  simulated_world w;
  living_bot on(w, w.options());
  on.begin();
  const std::string where = "/channels/{channel_id}/messages";
  const auto route = [&](std::string status) {
    return prometheus_page::labels{{"method", "POST"}, {"route", where}, {"status", std::move(status)}};
  };
  struct provoked {
    rest_fault::kind kind;
    std::string scope;
  };
  int answered = 0;
  for (const auto& one :
       {provoked{rest_fault::kind::route_429, "bucket"}, provoked{rest_fault::kind::shared_429, "shared"},
        provoked{rest_fault::kind::global_429, "global"}, provoked{rest_fault::kind::cloudflare_block, "address"}}) {
    mc::testing::mock_faults faults;
    faults.rest = {{.what = one.kind, .method = "POST", .route = where, .times = 1, .retry_after = 3s}};
    w.discord().set_faults(faults);
    const auto before = on.page();
    w.sim.spawn(on.post("through " + one.scope));
    w.sim.run_for(1s);
    const auto during = on.page();
    INFO(one.scope);
    if (one.scope != "address") {  // whose block lasts longer than a call may take
      CHECK(during.value("monochord_rest_calls") == 1);
      CHECK(during.value("monochord_rest_waiting") == 1);
      CHECK(during.value("monochord_rest_oldest_waiting_seconds") > 0.5);
      CHECK(during.value("monochord_rest_oldest_waiting_seconds") < 1.5);
    }
    ++answered;
    w.sim.run_until([&] { return on.posted == answered; }, 10min);
    const auto after = on.page();
    for (const std::string scope : {"bucket", "shared", "global", "address"}) {
      const auto of = [&](const prometheus_page& page) {
        return page.value("monochord_rest_rate_limited_total", {{"scope", scope}});
      };
      CHECK(of(after) - of(before) == (scope == one.scope ? 1 : 0));
    }
    CHECK(after.value("monochord_rest_waiting") == 0);
    CHECK(after.value("monochord_rest_oldest_waiting_seconds") == 0);
    w.sim.run_for(15min);
  }
  mc::testing::mock_faults faults;
  faults.rest = {{.what = rest_fault::kind::status, .method = "POST", .route = where, .times = 1, .status = 502}};
  w.discord().set_faults(faults);
  w.sim.spawn(on.post("refused for good: nobody knows whether it was carried out"));
  w.sim.run_until([&] { return on.posted == answered + 1; }, 10min);

  const auto page = on.page();
  CHECK(page.value("monochord_rest_requests_total", route("429")) == 4);
  CHECK(page.value("monochord_rest_requests_total", route("502")) == 1);
  CHECK(page.value("monochord_rest_requests_total", route("200")) >= 4);
  CHECK(sum_of(page, "monochord_rest_requests_total") == static_cast<double>(w.discord().counters().requests));
  CHECK(page.value("monochord_rest_request_duration_seconds_count", {{"method", "POST"}, {"route", where}}) ==
        page.value("monochord_rest_requests_total", route("429")) +
            page.value("monochord_rest_requests_total", route("502")) +
            page.value("monochord_rest_requests_total", route("200")));
  CHECK(page.value("monochord_rest_wait_seconds_count") == static_cast<double>(w.discord().counters().requests));
  CHECK(page.value("monochord_rest_wait_seconds_sum") >= 9);
  CHECK(page.value("monochord_rest_calls") == 0);
}

TEST_CASE("routes that nobody declared are one, and no figure holds a token or an id") {
  const std::string secret = "s3cret-bot-token-0123456789";
  mc::testing::mock_options mock;
  mock.token = secret;
  simulated_world w(mock);
  living_bot on(w, w.options());
  on.bot.on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    (void)co_await mc::as_result(
        on.bot.rest().create_reaction(event.message.channel_id, event.message.id, "\xF0\x9F\x8E\xB5"));
    throw std::runtime_error("of " + std::to_string(event.message.author.id.value()));
  });
  on.bot.on_error([](std::exception_ptr, const mc::raw_event&) {});
  on.begin();
  for (int i = 0; i < 3; ++i) w.discord().say(w.world.alice, w.world.general, "hello");
  w.sim.run_for(1min);
  const auto text = on.bot_text();
  CHECK(
      prometheus_page(text).value("monochord_rest_requests_total",
                                  {{"method", "PUT"},
                                   {"route", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"},
                                   {"status", "204"}}) == 3);
  CHECK(text.find(secret) == text.npos);
  CHECK(text.find("Bot ") == text.npos);
  for (const auto& id :
       {w.world.alice.value(), w.world.home.value(), w.world.general.value(), w.discord().bot_user().value()})
    CHECK(text.find(std::to_string(id)) == text.npos);
  // Nothing in a label looks like an id.
  CHECK_FALSE(std::regex_search(text, std::regex(R"re("[^"\n]*\d{15,})re")));
}

TEST_CASE("a client serves its figures while it runs, and those of its user, and no longer") {
  simulated_world w;
  auto options = w.options();
  options.metrics_listen = "localhost:9464";
  living_bot on(w, std::move(options));
  on.bot.metrics().add([](std::vector<mc::metric_family>& out) {
    out.push_back({"songs_played_total", mc::metric_type::counter, "Songs that were played.", {{{}, 3, {}}}});
  });
  on.begin();
  w.discord().say(w.world.alice, w.world.general, "hello");
  w.sim.run_for(1s);
  const prometheus_page page(scrape(w));
  CHECK(page.value("monochord_gateway_events_total", {{"type", "MESSAGE_CREATE"}}) == 1);
  CHECK(page.value("songs_played_total") == 3);
  CHECK(scrape(w, "/").find("/metrics") != std::string::npos);
  CHECK(w.world.log.text().find("metrics: figures are at http://localhost:9464/metrics") != std::string::npos);

  // A second bot cannot have the same address, and says so before it connects.
  const auto identifies = w.discord().counters().identifies;
  auto taken = w.options();
  taken.metrics_listen = "localhost:9464";
  living_bot second(w, std::move(taken));
  w.sim.spawn(second.live());
  w.sim.run_until([&] { return second.ended; }, 1min);
  CHECK_FALSE(second.failure.empty());
  CHECK(w.discord().counters().identifies == identifies);

  on.end();
  CHECK_THROWS(scrape(w));
  CHECK(on.page().value("songs_played_total") == 3);
}

TEST_CASE("figures of shards that a resharding replaced stay in the sums") {
  simulated_world w;
  auto options = w.options();
  options.shards = mc::shard_plan::of(1);
  living_bot on(w, std::move(options));
  on.begin();
  for (int i = 0; i < 3; ++i) w.discord().say(w.world.alice, w.world.general, "before");
  w.sim.run_for(1s);
  const auto before = on.page();
  bool done = false;
  const auto reshard = [&]() -> mc::task<> {
    (void)co_await on.bot.shards().reshard(2);
    done = true;
  };
  w.sim.spawn(reshard());
  w.sim.run_until([&] { return done; }, 30min);
  w.sim.run_for(1min);
  for (int i = 0; i < 2; ++i) w.discord().say(w.world.alice, w.world.general, "after");
  w.sim.run_for(1s);
  const auto after = on.page();
  CHECK(after.value("monochord_gateway_events_total", {{"type", "MESSAGE_CREATE"}}) == 5);
  CHECK(after.value("monochord_gateway_identifies_total") == before.value("monochord_gateway_identifies_total") + 2);
  CHECK(after.value("monochord_gateway_received_bytes_total") > before.value("monochord_gateway_received_bytes_total"));
  CHECK(after.value("monochord_gateway_shards", {{"status", "ready"}}) == 2);
  CHECK(after.has("monochord_gateway_shard_lag_seconds", {{"shard", "1"}}));
}

TEST_CASE("figures are read on other threads while a pool of threads counts, and never go back") {
  mc::testing::mock_options mock;
  mock.recommended_shards = 2;
  mock.max_concurrency = 2;
  mock.identify_interval = 100ms;
  small_world w(mock);
  const auto second = w.discord.add_guild("second", w.alice);
  const auto there = w.discord.add_text_channel(second, "general");
  auto options = w.options();
  options.threads = 4;
  options.log = mc::log_level::warning;
  mc::client bot(w.bot_token(), std::move(options));
  std::atomic<int> heard{0};
  bot.on<mc::message_create>([&](const mc::message_create&) { ++heard; });
  auto life = std::async(std::launch::async, [&] { return bot.run(); });
  REQUIRE(w.discord.wait_session(0));
  REQUIRE(w.discord.wait_session(1));

  std::atomic<bool> over{false};
  std::atomic<int> wrong{0}, read{0};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      double last = 0;
      while (!over) {
        const prometheus_page page(bot.metrics().prometheus());
        const double now =
            sum_of(page, "monochord_gateway_events_total") + page.value("monochord_gateway_received_bytes_total");
        if (now < last) ++wrong;
        last = now;
        ++read;
      }
    });
  }
  constexpr int each = 400;
  w.discord.burst(w.general, each);
  w.discord.burst(there, each);
  w.discord.disconnect(mc::testing::disconnect_how::close_frame, 4000, 1);
  const auto until = std::chrono::steady_clock::now() + 60s;
  while ((heard < 2 * each || read < 10) && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  over = true;
  readers.clear();
  CHECK(heard == 2 * each);
  CHECK(wrong == 0);
  CHECK(read >= 10);
  const prometheus_page page(bot.metrics().prometheus());
  CHECK(page.value("monochord_gateway_events_total", {{"type", "MESSAGE_CREATE"}}) == 2 * each);
  bot.stop();
  CHECK(life.get() == 0);
}
