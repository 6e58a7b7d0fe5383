// SPDX-License-Identifier: MIT
// The whole mock, with a hand-made client at the other end of its sockets.
#include <monochord/testing/mock_discord.hpp>

#include <zlib.h>
#include <zstd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>
#include "net/http_client.hpp"
#include "net/websocket.hpp"
#include "support/catch.hpp"
#include "testing/json.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

/// Undoes transport compression with the libraries themselves.
class unpacker {
 public:
  explicit unpacker(std::string how) : how_(std::move(how)) {
    inflateInit(&zlib_);
    zstd_ = ZSTD_createDCtx();
  }
  ~unpacker() {
    inflateEnd(&zlib_);
    ZSTD_freeDCtx(zstd_);
  }
  unpacker(const unpacker&) = delete;
  unpacker& operator=(const unpacker&) = delete;

  std::string unpack(std::string_view data) {
    if (how_.empty()) return std::string(data);
    std::string out(1U << 20U, '\0');
    if (how_ == "zlib-stream") {
      std::string copy(data);
      zlib_.next_in = reinterpret_cast<Bytef*>(copy.data());
      zlib_.avail_in = static_cast<uInt>(copy.size());
      zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
      zlib_.avail_out = static_cast<uInt>(out.size());
      inflate(&zlib_, Z_SYNC_FLUSH);
      out.resize(out.size() - zlib_.avail_out);
      return out;
    }
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (in.pos < in.size && ZSTD_isError(ZSTD_decompressStream(zstd_, &to, &in)) == 0) {
    }
    out.resize(to.pos);
    return out;
  }

 private:
  std::string how_;
  z_stream zlib_{};
  ZSTD_DCtx* zstd_ = nullptr;
};

/// A mock in a simulation, and connections to it.
struct stage {
  explicit stage(bool tls = true, mock_options options = {}) {
    options.executor = sim.executor();
    options.clock = sim.clock();
    options.memory = memory;
    options.tls = tls;
    discord = std::make_unique<mock_discord>(std::move(options));
    alice = discord->add_user("alice");
    home = discord->add_guild("home", alice);
    general = discord->add_text_channel(home, "general");
    discord->start();
    if (tls) trust = net::tls_context::client_trusting_pem(discord->ca_pem());
  }

  task<std::unique_ptr<net::websocket>> connect(std::string compress = {}) {
    net::websocket_options options;
    options.transport = memory->transport();
    options.clock = sim.clock();
    options.tls = trust;
    std::string target = discord->gateway_url() + "/?v=10&encoding=json";
    if (!compress.empty()) target += "&compress=" + compress;
    co_return co_await net::connect_websocket(sim.executor(), net::url::parse(target), options);
  }
  std::unique_ptr<net::http_pool> pool() {
    net::http_options options;
    options.transport = memory->transport();
    options.clock = sim.clock();
    options.tls = trust;
    return std::make_unique<net::http_pool>(sim.executor(), net::url::parse(discord->rest_url()), options);
  }
  net::http_request post(std::string text) const {
    net::http_request request("POST", "/api/v10/channels/" + general.str() + "/messages");
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1)");
    request.headers.add("Authorization", "Bot " + discord->token());
    request.headers.add("Content-Type", "application/json");
    request.body = R"({"content":")" + std::move(text) + "\"}";
    return request;
  }

  std::shared_ptr<memory_network> memory = std::make_shared<memory_network>();
  simulation sim;
  std::unique_ptr<mock_discord> discord;
  std::shared_ptr<const net::tls_context> trust;
  user_id alice;
  guild_id home;
  channel_id general;
};

std::string identify_text() {
  return R"({"op":2,"d":{"token":")" + std::string(default_mock_token) +
         R"(","intents":33281,"properties":{"os":"linux","browser":"t","device":"t"}}})";
}

std::string resume_text(const std::string& session, std::uint64_t seq) {
  return R"({"op":6,"d":{"token":")" + std::string(default_mock_token) + R"(","session_id":")" + session + R"(","seq":)" +
         std::to_string(seq) + "}}";
}

task<json> next(net::websocket& socket, unpacker& from) {
  const auto message = co_await socket.read();
  co_return parse_json(from.unpack(message.data));
}

}  // namespace

TEST_CASE("a cut in the middle of a burst, then a resume: each message once and in order") {
  const std::string compress = GENERATE("", "zlib-stream", "zstd-stream");
  stage s;
  std::string session;
  std::uint64_t seq = 0;
  std::size_t heard = 0;
  constexpr std::size_t burst = 2'000;
  const auto listen = [&](net::websocket& socket, unpacker& from) -> task<bool> {
    for (;;) {
      json payload;
      try {
        payload = co_await next(socket, from);
      } catch (const error&) {
        co_return false;
      }
      if (payload["op"] != 0) continue;
      if (payload["s"].get<std::uint64_t>() != ++seq) throw std::runtime_error("a sequence number is missing");
      if (payload["t"] == "READY") session = payload["d"]["session_id"];
      if (payload["t"] == "MESSAGE_CREATE") {
        if (payload["d"]["content"] != "burst " + std::to_string(heard)) throw std::runtime_error("a message is out of order");
        ++heard;
      }
      if (heard == burst) co_return true;
    }
  };
  const auto talk = [&]() -> task<> {
    const auto socket = co_await s.connect(compress);
    unpacker from(compress);
    co_await next(*socket, from);
    const std::string hello = identify_text();
    co_await socket->write_text(hello);
    mock_faults faults;
    faults.cut_after_events = burst / 2;
    s.discord->set_faults(faults);
    co_await s.discord->expect_session();
    s.discord->burst(s.general, burst);
    const bool first = co_await listen(*socket, from);
    if (first || heard == 0) throw std::runtime_error("the connection was not cut in the middle");
    const auto again = co_await s.connect(compress);
    unpacker anew(compress);
    co_await next(*again, anew);
    const std::string resume = resume_text(session, seq);
    co_await again->write_text(resume);
    if (!co_await listen(*again, anew)) throw std::runtime_error("the resumed connection ended");
  };
  s.sim.run(talk());
  CHECK(heard == burst);
  CHECK(s.discord->counters().resumed == 1);
  CHECK(s.discord->violations().empty());
}

TEST_CASE("a reply is awaited on the clock, and its latency is that of the clock") {
  stage s;
  const auto pool = s.pool();
  const auto said = s.discord->say(s.alice, s.general, "hello?");
  const auto before = s.sim.elapsed();
  CHECK(!s.sim.run(s.discord->expect_reply(said, 7s)));
  CHECK(s.sim.elapsed() - before == 7s);
  const auto request = s.post("here");
  s.sim.spawn([](stage& on, net::http_pool& with, const net::http_request& what) -> task<> {
    const auto alarm = on.sim.clock()->make_timer(on.sim.executor());
    co_await alarm->wait_until(on.sim.clock()->now() + 3s);
    co_await with.send(what);
  }(s, *pool, request));
  const auto reply = s.sim.run(s.discord->expect_reply(said, 10s));
  REQUIRE(reply);
  CHECK(reply->content == "here");
  CHECK(reply->latency == 10s);
  CHECK(!s.sim.run(s.discord->expect_reply(said, 1s)));  // it was claimed
}

TEST_CASE("answers that are late, lost after the act, or lost before it") {
  stage s;
  const auto pool = s.pool();
  const auto play = [&](rest_fault::kind what) {
    mock_faults faults;
    faults.rest.resize(1);
    faults.rest[0].what = what;
    faults.rest[0].delay = 5s;
    s.discord->set_faults(faults);
    const auto request = s.post("x");
    const auto send = [&]() -> task<int> {
      try {
        const auto response = co_await pool->send(request);
        co_return response.status;
      } catch (const net::http_error&) {
        co_return 0;
      }
    };
    return s.sim.run(send());
  };
  const auto before = s.sim.elapsed();
  CHECK(play(rest_fault::kind::late) == 200);
  CHECK(s.sim.elapsed() - before >= 5s);
  CHECK(s.discord->messages(s.general).size() == 1);
  CHECK(play(rest_fault::kind::drop_before_answer) == 0);
  CHECK(s.discord->messages(s.general).size() == 2);
  CHECK(play(rest_fault::kind::drop_before_acting) == 0);
  CHECK(s.discord->messages(s.general).size() == 2);
}

TEST_CASE("answers are made from schemas as a test asks for them, and what arrived is told") {
  stage s;
  const auto pool = s.pool();
  const auto post = [&] {
    const auto send = [&]() -> task<std::string> {
      const auto request = s.post("x");
      const auto response = co_await pool->send(request);
      co_return response.body;
    };
    return parse_json(s.sim.run(send()));
  };
  CHECK(post()["content"] == "x");
  s.discord->play_schema(schema_play{.mode = schema_mode::nulls, .all_routes = true});
  CHECK(post()["edited_timestamp"].is_null());
  CHECK(s.discord->messages(s.general).size() == 1);
  s.discord->play_schema(std::nullopt);
  CHECK(post()["content"] == "x");
  const auto log = s.discord->rest_log();
  REQUIRE(log.size() == 3);
  CHECK(log[0].operation == "create_message");
  CHECK(parse_json(log[0].body)["content"] == "x");
  CHECK(!log[0].from_schema);
  CHECK(log[1].from_schema);
  s.discord->clear_rest_log();
  CHECK(s.discord->rest_log().empty());
  CHECK(mock_discord::schema_variations("GET", "/channels/{channel_id}", schema_mode::full) > 1);
  CHECK(mock_discord::schema_variations("DELETE", "/guilds/{guild_id}/roles/{role_id}", schema_mode::full) == 1);
  CHECK_THROWS_AS(mock_discord::schema_variations("GET", "/nowhere", schema_mode::full), error);
  mock_faults wrong;
  wrong.rest.resize(1);
  wrong.rest[0].what = rest_fault::kind::merge_bucket;
  CHECK_THROWS_AS(s.discord->set_faults(wrong), error);
}

TEST_CASE("refused connections and upgrades, a hello that never comes, a close that is never answered") {
  stage s(false);
  mock_faults faults;
  faults.refuse_connections = 1;
  faults.refuse_upgrades = 1;
  s.discord->set_faults(faults);
  const auto upgrade = [&]() -> task<int> {
    try {
      co_await s.connect();
    } catch (const net::upgrade_error& e) {
      co_return e.status();
    } catch (const error&) {
      co_return 0;
    }
    co_return 101;
  };
  CHECK(s.sim.run(upgrade()) == 0);
  CHECK(s.sim.run(upgrade()) == 503);
  CHECK(s.sim.run(upgrade()) == 101);
  const auto close_unanswered = [&]() -> task<duration> {
    mock_faults deaf;
    deaf.never_answer_close = true;
    s.discord->set_faults(deaf);
    const auto socket = co_await s.connect();
    unpacker from("");
    co_await next(*socket, from);
    const auto start = s.sim.clock()->now();
    co_await socket->close(4000, "", 2s);
    co_return s.sim.clock()->now() - start;
  };
  CHECK(s.sim.run(close_unanswered()) == 2s);
  mock_faults mute;
  mute.no_hello = true;
  s.discord->set_faults(mute);
  const auto socket = s.sim.run(s.connect());
  s.sim.run_for(10min);
  CHECK(s.discord->counters().connections == 3);
  CHECK(s.discord->violations().empty());
}

TEST_CASE("the gateway is served at its root and where READY sends those who resume, nowhere else") {
  stage s(false);
  const auto upgrade = [&](std::string path) -> task<int> {
    net::websocket_options options;
    options.transport = s.memory->transport();
    options.clock = s.sim.clock();
    const auto where = net::url::parse(s.discord->gateway_url() + path + "?v=10&encoding=json");
    try {
      co_await net::connect_websocket(s.sim.executor(), where, options);
    } catch (const net::upgrade_error& e) {
      co_return e.status();
    }
    co_return 101;
  };
  for (const char* path : {"", "/", "/resume", "/resume/"}) CHECK(s.sim.run(upgrade(path)) == 101);
  for (const char* path : {"/resumed", "/resume/x", "/gateway"}) CHECK(s.sim.run(upgrade(path)) == 404);
}

TEST_CASE("a cut cable after READY: no ack, no end") {
  stage s;
  mock_faults faults;
  faults.swallow_after_ready = true;
  s.discord->set_faults(faults);
  const auto talk = [&]() -> task<std::size_t> {
    const auto socket = co_await s.connect();
    unpacker from("");
    co_await next(*socket, from);
    const std::string hello = identify_text();
    co_await socket->write_text(hello);
    co_await next(*socket, from);  // READY
    co_await next(*socket, from);  // GUILD_CREATE
    std::size_t more = 0;
    s.sim.spawn([](stage& on, net::websocket& to) -> task<> {
      const std::string beat = R"({"op":1,"d":2})";
      co_await to.write_text(beat);
      const auto alarm = on.sim.clock()->make_timer(on.sim.executor());
      co_await alarm->wait_until(on.sim.clock()->now() + 10min);
      to.abort();
    }(s, *socket));
    try {
      for (;; ++more) co_await next(*socket, from);
    } catch (const error&) {
    }
    co_return more;
  };
  CHECK(s.sim.run(talk()) == 0);
  CHECK(s.discord->counters().heartbeats == 0);
  CHECK(s.sim.elapsed() >= 10min);
}

TEST_CASE("split frames and pieces of compressed data carry the same payloads") {
  const bool pieces = GENERATE(false, true);
  stage s;
  mock_faults faults;
  if (pieces) faults.flush_in_pieces = 7;
  else faults.fragment_bytes = 7;
  s.discord->set_faults(faults);
  const auto talk = [&]() -> task<std::string> {
    const auto socket = co_await s.connect("zlib-stream");
    unpacker from("zlib-stream");
    std::string text;
    do {
      const auto message = co_await socket->read();
      text += from.unpack(message.data);
    } while (parse_json(text).is_discarded());
    co_return text;
  };
  CHECK(parse_json(s.sim.run(talk()))["op"] == 10);
}

TEST_CASE("a mock with a thread of its own serves TLS on loopback and stops") {
  mock_discord discord;
  discord.start();
  CHECK(discord.port() != 0);
  CHECK(discord.rest_url() == "https://localhost:" + std::to_string(discord.port()) + "/api/v10");
  CHECK(discord.gateway_url() == "wss://localhost:" + std::to_string(discord.port()));
  CHECK(discord.ca_pem().find("BEGIN CERTIFICATE") != std::string::npos);
  CHECK(!discord.wait_session(0, 1ms));
  CHECK(discord.wait_until([](const mock_counters& now) { return now.connections == 0; }));
  discord.stop();
  discord.stop();
}

TEST_CASE("a start that failed may be tried again, a stop may be called by several threads") {
  simulation sim;
  mock_options options;
  options.executor = sim.executor();
  options.clock = sim.clock();
  options.memory = std::make_shared<memory_network>();
  options.tls = false;
  mock_discord first(options);
  mock_discord second(options);
  first.start();
  for (int i = 0; i < 2; ++i) CHECK_THROWS_WITH(second.start(), Catch::Contains("in use"));
  first.stop();
  sim.settle();
  second.start();
  CHECK_THROWS_WITH(second.start(), Catch::Contains("started already"));

  for (int i = 0; i < 20; ++i) {
    mock_options plain;
    plain.tls = false;
    mock_discord discord(plain);
    discord.start();
    std::vector<std::thread> stoppers;
    for (int s = 0; s < 3; ++s) stoppers.emplace_back([&] { discord.stop(); });
    for (auto& one : stoppers) one.join();
  }
}

TEST_CASE("a manual clock without an executor is refused, for its time would stand still") {
  mock_options options;
  options.clock = std::make_shared<manual_clock>();
  mock_discord discord(options);
  try {
    discord.start();
    FAIL("it started");
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_argument);
  }
}

TEST_CASE("to wait for the answer to a message that was deleted is no error, to one that never was it is") {
  stage s;
  const auto said = s.discord->say(s.alice, s.general, "hello?");
  s.discord->erase(s.general, said);
  CHECK(!s.sim.run(s.discord->expect_reply(said, 1s)));
  CHECK_THROWS_AS(s.sim.run(s.discord->expect_reply(message_id{said.value() + 1000}, 1s)), error);
  CHECK_THROWS_AS(s.sim.run(s.discord->expect_reply(message_id{s.general.value()}, 1s)), error);
}

TEST_CASE("what does not exist is an error with its reason") {
  mock_discord discord;
  CHECK_THROWS_AS(discord.say(user_id{1}, channel_id{1}, "x"), error);
  CHECK_THROWS_WITH(discord.wait_reply(message_id{1}, 1ms), "the mock's world has no message 1");
  CHECK_THROWS_AS(discord.wait_reply(message_id{discord.bot_user().value()}, 1ms), error);
  discord.add_user("alice");
  CHECK_THROWS_AS(discord.add_user("alice"), error);
  CHECK_THROWS_WITH(discord.slash(discord.add_user("bob"), discord.open_dm(discord.add_user("eve")), "nothing"),
                    "no command named \"nothing\" is registered there");
}
