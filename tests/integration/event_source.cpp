// SPDX-License-Identifier: MIT
// A bot whose events come from an object of its own: no gateway, no network.
#include <atomic>
#include <boost/asio/this_coro.hpp>
#include <deque>
#include <monochord/gateway/event_source.hpp>
#include <monochord/metrics/metrics.hpp>
#include <monochord/model/derived_events.hpp>
#include <stdexcept>

#include "support/command_bot.hpp"
#include "support/prometheus_page.hpp"
#include "support/sanitized.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::log_book;
using mc::tests::outcome;

namespace {

std::string message(int number) {
  return R"({"id":")" + std::to_string(1000 + number) +
         R"(","channel_id":"7","author":{"id":"5","username":"alice","discriminator":"0","global_name":null,"avatar":null},"content":")" +
         std::to_string(number) +
         R"(","timestamp":"2024-01-01T00:00:00+00:00","edited_timestamp":null,"tts":false,"mention_everyone":false,"mentions":[],)"
         R"("mention_roles":[],"attachments":[],"embeds":[],"pinned":false,"type":0})";
}

/// Events that a test has written down, and what the client says of them.
class written_source : public mc::event_source {
 public:
  struct item {
    int shard = 0;
    std::int64_t seq = 0;
    std::uint64_t session = 0;
    std::string name;
    std::string data;
  };

  explicit written_source(std::shared_ptr<mc::clock> time) : time_(std::move(time)) {}

  // What it does.
  mc::shard_range range{0, 0, 1};
  bool ends = true;  ///< after the last item; otherwise it waits for more
  bool asks_for_room = true;
  bool ignores_stop = false;   ///< neither its cancellation nor anything else ends it
  bool ends_itself = false;    ///< as it says in stop()
  std::exception_ptr failure;  ///< thrown after the last item
  bool refuses_to_keep = false;
  bool has_commands = false;
  std::exception_ptr command_failure;

  void say(int shard, std::int64_t seq, std::string name, std::string data, std::uint64_t session = 0) {
    items.push_back({shard, seq, session, std::move(name), std::move(data)});
  }
  void messages(int from, int to, int shard = 0) {
    for (int i = from; i <= to; ++i) say(shard, i, "MESSAGE_CREATE", message(i));
  }

  // What it saw.
  std::deque<item> items;
  int taken = 0, waits = 0, kept = 0;
  std::vector<std::string> positions;
  std::vector<std::string> payloads;
  std::vector<mc::stop_mode> stops;
  bool cancelled = false;

  mc::task<> run(mc::event_receiver& to) override {
    for (;;) {
      while (!items.empty()) {
        const item next = std::move(items.front());
        items.pop_front();
        mc::source_event event(next.shard, next.seq, next.name, next.data);
        event.session = next.session;
        const bool room = to.take(event);
        ++taken;
        if (room || !asks_for_room) continue;
        ++waits;
        co_await to.room(next.shard);
      }
      if (failure) std::rethrow_exception(failure);
      if (ends) co_return;
      const auto wait = time_->make_timer(co_await boost::asio::this_coro::executor);
      if (ignores_stop) co_await boost::asio::this_coro::throw_if_cancelled(false);
      const auto woken = co_await wait->wait_until(time_->now() + (ignores_stop ? 1h : 100ms));
      if (woken) cancelled = true;
      if (ignores_stop) continue;
      if (woken && !ends_itself) co_return;
      if (ends_itself && !stops.empty()) co_return;
    }
  }
  bool stop(mc::stop_mode mode) override {
    stops.push_back(mode);
    return ends_itself;
  }
  void handled(int shard, std::uint64_t session, std::int64_t seq) override {
    positions.push_back(std::to_string(shard) + "/" + std::to_string(session) + ": " + std::to_string(seq));
  }
  mc::task<> keep_positions() override {
    ++kept;
    if (refuses_to_keep) throw std::runtime_error("the disk is full");
    co_return;
  }
  mc::shard_range shards() const override { return range; }
  bool takes_commands() const override { return has_commands; }
  mc::task<> send(int shard, std::string payload) override {
    if (command_failure) std::rethrow_exception(command_failure);
    payloads.push_back(std::to_string(shard) + " " + payload);
    co_return;
  }

 private:
  const std::shared_ptr<mc::clock> time_;
};

/// A bot in a simulation that has nothing but its source.
struct fed_bot {
  explicit fed_bot(std::function<void(mc::client_options&)> change = {}) {
    mc::client_options options;
    options.executor = sim.executor();
    options.clock = sim.clock();
    options.rest_url = "http://localhost:1/api";
    options.transport = network->transport();
    options.intents = mc::intent::guilds | mc::intent::guild_messages;
    options.log = mc::log_level::trace;
    options.log_to = log.sink();
    options.event_source = source;
    if (change) change(options);
    bot.emplace(mc::token{"t"}, std::move(options));
  }
  ~fed_bot() {
    if (!life || life->ended) return;
    bot->stop();
    sim.run_until([&] { return life->ended; });
  }
  void begin() { life = watch(bot->async_run()); }
  void until_ended(mc::duration limit = 5min) {
    if (!life) begin();
    sim.run_until([&] { return life->ended; }, limit);
  }
  std::shared_ptr<outcome> watch(mc::task<> work) {
    const auto out = std::make_shared<outcome>();
    sim.spawn(mc::tests::command_bot::follow(std::move(work), out));
    return out;
  }
  outcome done(mc::task<> work) {
    const auto end = watch(std::move(work));
    sim.run_until([&] { return end->ended; }, 5min);
    return *end;
  }

  mc::testing::simulation sim;
  std::shared_ptr<mc::testing::memory_network> network = std::make_shared<mc::testing::memory_network>();
  log_book log;
  std::shared_ptr<written_source> source = std::make_shared<written_source>(sim.clock());
  std::shared_ptr<outcome> life;
  std::optional<mc::client> bot;
};

}  // namespace

TEST_CASE("a bot handles what its source gives, in order, and ends well when there is no more") {
  fed_bot f;
  f.source->range = {0, 1, 2};
  f.source->messages(1, 50);
  f.source->messages(1, 3, 1);
  f.source->say(1, 4, "SOMETHING_NEW", R"({"a":1})");
  std::vector<std::string> seen, raw;
  f.bot->on<mc::message_create>([&](const mc::message_create& event, const mc::raw_event& sent) {
    seen.push_back(std::to_string(sent.shard_id) + ":" + event.message.content);
  });
  f.bot->on_raw(
      [&](const mc::raw_event& event) { raw.push_back(std::string(event.name) + " " + std::string(event.data)); });
  f.until_ended();
  CHECK(f.life->text == "");
  REQUIRE(seen.size() == 53);
  for (int i = 0; i < 50; ++i) CHECK(seen[static_cast<std::size_t>(i)] == "0:" + std::to_string(i + 1));
  CHECK(seen.back() == "1:3");
  CHECK(raw.size() == 54);
  CHECK(raw.back() == R"(SOMETHING_NEW {"a":1})");
  CHECK(f.source->positions.size() <= 4);  // many at once
  CHECK(f.source->positions.back() == "1/0: 4");
  CHECK(std::count(f.source->positions.begin(), f.source->positions.end(), "0/0: 50") == 1);
  CHECK(f.source->kept >= 1);
  CHECK(f.sim.elapsed() < 1s);
  const mc::tests::prometheus_page page(f.bot->metrics().prometheus());
  CHECK(page.value("monochord_gateway_events_total", {{"type", "MESSAGE_CREATE"}}) == 53);
  CHECK(page.value("monochord_gateway_events_total", {{"type", "other"}}) == 1);
  CHECK_FALSE(page.has("monochord_gateway_shard_lag_seconds", {{"shard", "0"}}));
}

TEST_CASE("a source has whole payloads as Discord sends them") {
  const auto text = std::string(R"({"t":"MESSAGE_CREATE","s":42,"op":0,"d":)") + message(7) + "}" +
                    std::string(mc::json::padding_bytes, ' ');
  const auto size = text.size() - mc::json::padding_bytes;
  const auto event = mc::event_of_payload(3, {text.data(), size, text.size()});
  CHECK(event.shard_id == 3);
  CHECK(event.sequence == 42);
  CHECK(event.name == "MESSAGE_CREATE");
  CHECK(event.data.has_padding());
  CHECK(mc::json::decode<mc::message_create>(event.data).message.content == "7");
  const std::string beat = R"({"op":11})";
  CHECK_THROWS_WITH(mc::event_of_payload(0, {beat.data(), beat.size(), beat.size()}),
                    "a payload with op 11 is no event");
  const std::string none = "hello";
  CHECK_THROWS_AS(mc::event_of_payload(0, {none.data(), none.size(), none.size()}), mc::decode_error);
}

TEST_CASE("a source is told what is handled: in order, early where it is acknowledged, and late where it takes long") {
  fed_bot f([](mc::client_options& o) { o.ack_after = 30s; });
  f.source->ends = false;
  std::vector<std::string> got;
  f.bot->on<mc::message_create>([&](const mc::message_create& event, const mc::raw_event& sent) -> mc::task<> {
    const std::string text = event.message.content;
    got.push_back(text);
    if (text == "1") co_await f.bot->sleep(10s);
    if (text == "2") sent.acknowledge();
    if (text == "2" || text == "4") co_await f.bot->sleep(2min);
  });
  f.begin();
  f.source->messages(1, 3);
  f.sim.run_for(5s);
  CHECK(got.size() == 3);
  CHECK(f.source->positions.empty());  // the first one holds them all
  f.sim.run_for(6s);
  CHECK(f.source->positions == std::vector<std::string>{"0/0: 3"});
  f.source->messages(4, 5);
  f.sim.run_for(25s);
  CHECK(f.source->positions.size() == 1);
  f.sim.run_for(10s);
  CHECK(f.source->positions == std::vector<std::string>{"0/0: 3", "0/0: 5"});
  CHECK_THAT(f.log.text(), Catch::Contains("1 events are worked on for longer than ack_after"));
}

TEST_CASE("what came before is dropped, and another session counts anew") {
  fed_bot f;
  f.source->messages(5, 8);
  f.source->messages(6, 9);  // given again
  f.source->say(0, 1, "MESSAGE_CREATE", message(101), 1);
  f.source->say(0, 2, "MESSAGE_CREATE", message(102), 1);
  f.source->say(0, 0, "MESSAGE_CREATE", message(0), 1);  // without a place
  f.source->say(0, 0, "MESSAGE_CREATE", message(0), 1);
  std::string seen;
  f.bot->on<mc::message_create>([&](const mc::message_create& event) -> mc::task<> {
    seen += event.message.content + " ";
    if (event.message.content == "9") co_await f.bot->sleep(1s);
  });
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK(seen == "5 6 7 8 9 101 102 0 0 ");
  // The session that is over is told of too, once its last event is handled.
  CHECK(f.source->positions == std::vector<std::string>{"0/0: 8", "0/1: 2", "0/0: 9"});
}

TEST_CASE("no more is taken than there are places for handlers, and a source that does not wait is refused") {
  const bool polite = GENERATE(true, false);
  fed_bot f([](mc::client_options& o) { o.max_running_handlers = 4; });
  f.source->asks_for_room = polite;
  f.source->messages(1, 20);
  int runs = 0, most = 0, ended = 0;
  f.bot->on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
    most = std::max(most, ++runs);
    co_await f.bot->sleep(1s);
    --runs;
    ++ended;
  });
  f.until_ended();
  CHECK(most == 4);
  if (polite) {
    CHECK(f.life->text == "");
    CHECK(ended == 20);
    CHECK(f.source->waits >= 4);
    CHECK(f.source->positions.back() == "0/0: 20");
  } else {
    CHECK(f.life->code == mc::errc::invalid_argument);
    CHECK(f.life->text == "the event source did not wait for room for shard 0");
    CHECK(ended == 4);
  }
}

TEST_CASE("what a source must not give ends the bot with a typed error") {
  fed_bot f;
  f.source->range = {2, 3, 8};
  std::string text;
  SECTION("another shard") {
    f.source->messages(1, 1, 4);
    text = "the event source has no shard 4, but 2 to 3";
  }
  SECTION("no name") {
    f.source->say(2, 1, "", "{}");
    text = "the event source gave an event without a name";
  }
  SECTION("a negative sequence") {
    f.source->say(2, -1, "X", "{}");
    text = "the event source gave an event with a negative sequence";
  }
  SECTION("shards that no bot has") {
    f.source->range = {3, 2, 8};
    text = "the event source has shards that no bot has: 3 to 2 of 8";
  }
  f.until_ended();
  CHECK(f.life->code == mc::errc::invalid_argument);
  CHECK(f.life->text == text);
}

TEST_CASE("an event that cannot be decoded costs that event alone") {
  fed_bot f;
  f.source->messages(1, 1);
  f.source->say(0, 2, "MESSAGE_CREATE", "{\"id\":");
  f.source->say(0, 3, "MESSAGE_CREATE", "");
  f.source->messages(4, 4);
  int errors = 0, seen = 0;
  f.bot->on_error(
      [&](std::exception_ptr, const mc::raw_event& event) { errors += event.name == "MESSAGE_CREATE" ? 1 : 0; });
  f.bot->on<mc::message_create>([&](const mc::message_create&) { ++seen; });
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK(seen == 2);
  CHECK(errors == 2);
  CHECK(f.source->positions.back() == "0/0: 4");
}

TEST_CASE("what a source throws is what run throws, once handlers have come to their end") {
  fed_bot f;
  f.source->messages(1, 2);
  std::string text;
  SECTION("an error of its own") {
    f.source->failure = std::make_exception_ptr(std::runtime_error("the broker is gone"));
    text = "the broker is gone";
  }
  SECTION("a typed one") {
    f.source->failure = std::make_exception_ptr(mc::error(mc::errc::closed, "the connection to the broker ended"));
    text = "the connection to the broker ended";
  }
  int ended = 0;
  f.bot->on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
    co_await f.bot->sleep(2s);
    ++ended;
  });
  f.until_ended();
  CHECK(f.life->text == text);
  CHECK(ended == 2);
  CHECK(f.source->positions.back() == "0/0: 2");
}

TEST_CASE("stop ends a source that waits, for events or for room, and what its handlers finish is told") {
  fed_bot f([](mc::client_options& o) { o.max_running_handlers = 2; });
  f.source->ends = false;
  int ended = 0;
  f.bot->on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
    co_await f.bot->sleep(3s);
    ++ended;
  });
  f.begin();
  const bool full = GENERATE(true, false);
  f.source->messages(1, full ? 5 : 1);
  f.sim.run_for(1s);
  CHECK(f.source->taken == (full ? 2 : 1));
  const auto since = f.sim.elapsed();
  f.bot->stop();
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK(f.sim.elapsed() - since <= 3s);
  CHECK(ended == (full ? 2 : 1));
  CHECK(f.source->stops == std::vector<mc::stop_mode>{mc::stop_mode::keep_sessions});
  CHECK(f.source->positions.back() == (full ? "0/0: 2" : "0/0: 1"));
  CHECK(f.source->kept >= 2);  // while handlers ended, and at the end
}

TEST_CASE("stop before a source has begun, and twice") {
  fed_bot f;
  f.source->ends = false;
  const bool before = GENERATE(true, false);
  if (before) f.bot->stop();
  f.begin();
  f.sim.run_for(1s);
  f.bot->stop();
  f.bot->stop(mc::stop_mode::discard_sessions);
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK(f.source->taken == 0);
}

TEST_CASE("a source that ends by itself is given the time, one that hears nothing is left behind") {
  fed_bot f;
  f.source->ends = false;
  SECTION("by itself") {
    f.source->ends_itself = true;
    f.begin();
    f.sim.run_for(1s);
    f.bot->stop();
    f.until_ended();
    CHECK_FALSE(f.source->cancelled);
    CHECK(f.sim.elapsed() < 2s);
  }
  SECTION("left behind") {
    f.source->ignores_stop = true;
    f.begin();
    f.sim.run_for(1s);
    f.bot->stop();
    f.until_ended();
    CHECK(f.source->cancelled);
    CHECK(f.sim.elapsed() < 10s);
    CHECK_THAT(f.log.text(), Catch::Contains("the event source does not end when it is cancelled: left behind"));
  }
  CHECK(f.life->text == "");
}

TEST_CASE("a source that cannot keep positions does not keep the bot from ending") {
  fed_bot f;
  f.source->messages(1, 1);
  f.source->refuses_to_keep = true;
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK_THAT(f.log.text(), Catch::Contains("the event source does not keep what is handled: the disk is full"));
}

TEST_CASE("guilds of a source are told apart as those of shards are") {
  fed_bot f;
  f.source->say(
      0, 1, "READY",
      R"({"v":10,"user":{"id":"1","username":"bot","discriminator":"0","global_name":null,"avatar":null},"guilds":[{"id":"9","unavailable":true}],)"
      R"("session_id":"s","resume_gateway_url":"wss://x","application":{"id":"1","flags":0}})");
  f.source->say(0, 2, "GUILD_DELETE", R"({"id":"9","unavailable":true})");
  f.source->say(0, 3, "GUILD_DELETE", R"({"id":"9"})");
  std::string told;
  f.bot->on<mc::guild_unavailable>([&](const mc::guild_unavailable&) { told += "unavailable "; });
  f.bot->on<mc::guild_leave>([&](const mc::guild_leave&) { told += "left "; });
  f.until_ended();
  CHECK(f.life->text == "");
  CHECK(told == "unavailable left ");
}

TEST_CASE("commands go through a source that takes them, and are refused by one that does not") {
  fed_bot f;
  f.source->ends = false;
  f.source->range = {0, 3, 4};
  f.source->has_commands = GENERATE(true, false);
  const mc::guild_id guild(std::uint64_t{6} << 22);
  const auto early = f.done(f.bot->gateway().update_voice_state(guild, {}));
  CHECK(early.text == "the shards are not known before run() has reached Discord");
  f.begin();
  f.sim.run_for(1s);
  const auto end = f.done(f.bot->gateway().update_voice_state(guild, {}));
  CHECK(f.bot->shards().total() == 4);
  CHECK(f.bot->shards().shard_for(guild) == 2);
  CHECK(f.bot->shards().ids().empty());
  CHECK_THROWS_WITH(f.bot->shards().status(0),
                    "the client runs no shards: its events come from client_options::event_source");
  if (!f.source->has_commands) {
    CHECK(end.code == mc::errc::unsupported);
    CHECK(end.text == "client_options::event_source takes no commands");
    CHECK(f.done(f.bot->gateway().update_presence({})).code == mc::errc::unsupported);
    return;
  }
  CHECK(end.text == "");
  REQUIRE(f.source->payloads.size() == 1);
  CHECK_THAT(f.source->payloads[0], Catch::StartsWith(R"(2 {"op":4,"d":{"guild_id":")" + guild.str()));
  CHECK(f.done(f.bot->gateway().update_presence({})).good());
  CHECK(f.source->payloads.size() == 5);
  CHECK_THAT(f.source->payloads[4], Catch::StartsWith(R"(3 {"op":3,"d":{)"));
  CHECK_THAT(f.done(f.bot->gateway().update_presence(4, {})).text, Catch::Contains("has no shard 4"));
  // An answer comes as an event.
  const auto asks = [&]() -> mc::task<> {
    const auto found = co_await f.bot->gateway().request_guild_members(guild, {.query = "a", .nonce = "n"});
    CHECK(found.members.size() == 1);
  };
  const auto answered = f.watch(asks());
  f.sim.run_for(1s);
  REQUIRE(f.source->payloads.size() == 6);
  f.source->say(
      2, 1, "GUILD_MEMBERS_CHUNK",
      R"({"guild_id":")" + guild.str() +
          R"(","members":[{"user":{"id":"5","username":"a","discriminator":"0","global_name":null,"avatar":null},"roles":[],)"
          R"("joined_at":"2024-01-01T00:00:00+00:00","deaf":false,"mute":false,"flags":0}],"chunk_index":0,"chunk_count":1,"nonce":"n"})");
  f.sim.run_for(1s);
  CHECK(answered->text == "");
  CHECK(answered->ended);
  // What the source throws.
  f.source->command_failure = std::make_exception_ptr(mc::error(mc::errc::rate_limited, "too many"));
  auto failed = f.done(f.bot->gateway().update_voice_state(guild, {}));
  CHECK(failed.code == mc::errc::rate_limited);
  CHECK_THAT(failed.text, Catch::StartsWith("the gateway command was not sent"));
  f.source->command_failure = std::make_exception_ptr(std::runtime_error("pipe"));
  const auto asks_sounds = [&]() -> mc::task<> {
    const mc::guild_id guilds[] = {guild};
    (void)co_await f.bot->gateway().request_soundboard_sounds(guilds);
  };
  failed = f.done(asks_sounds());
  CHECK(failed.code == mc::errc::closed);
  CHECK_THAT(f.log.text(), Catch::Contains("the event source does not take a command: pipe"));
}

TEST_CASE("a client whose events come from elsewhere asks Discord nothing and has no shards to reshard") {
  fed_bot f([](mc::client_options& o) { o.resharding.automatic = true; });
  f.source->ends = false;
  f.begin();
  f.sim.run_for(mc::tests::sanitized ? 6h : 24h);
  CHECK_FALSE(f.life->ended);
  const auto reshard = [&]() -> mc::task<> { (void)co_await f.bot->shards().reshard(4); };
  const auto end = f.done(reshard());
  CHECK(end.code == mc::errc::unsupported);
}

TEST_CASE("a source feeds a bot on several threads, and nothing of what it gave is left when run returns") {
  const auto source = std::make_shared<written_source>(mc::system_clock());
  source->messages(1, 5'000);
  mc::client_options options;
  options.threads = 4;
  options.max_running_handlers = 64;
  options.rest_url = "http://127.0.0.1:1/api/v10";
  options.log = mc::log_level::off;
  options.event_source = source;
  mc::client bot(mc::token{"t"}, options);
  std::atomic<int> seen{0};
  bot.on<mc::message_create>([&](const mc::message_create&) { ++seen; });
  CHECK(bot.run() == 0);
  CHECK(seen == 5'000);
  REQUIRE_FALSE(source->positions.empty());
  CHECK(source->positions.back() == "0/0: 5000");
}
