// SPDX-License-Identifier: MIT
// One identify queue for several processes: clients that share a server, a server that restarts, peers of other kinds.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>

#include <monochord/testing/test_ca.hpp>

#include "net/server.hpp"
#include "support/queue_world.hpp"

namespace mc = monochord;
namespace net = monochord::net;
using namespace std::chrono_literals;
using mc::tests::cluster;
using mc::tests::plain_client;
using mc::tests::question;
using mc::tests::queue_world;

namespace {

constexpr std::uint16_t port = mc::tests::queue_port;
const std::string& secret = mc::tests::queue_secret;

/// A server's certificate with its key, and whom a client has to trust, as files.
struct pem_files {
  pem_files() {
    std::filesystem::create_directory(folder);
    const mc::testing::test_ca authority_of_tests;
    const auto shown = authority_of_tests.issue({"localhost", "127.0.0.1"});
    std::ofstream(certificate) << shown.chain_pem;
    std::ofstream(key) << shown.key_pem;
    std::ofstream(authority) << authority_of_tests.pem();
  }
  ~pem_files() { std::filesystem::remove_all(folder); }
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("monochord-queue-pem-" + std::to_string(::getpid()));
  const std::string certificate = folder / "certificate.pem", key = folder / "key.pem", authority = folder / "ca.pem";
};

}  // namespace

TEST_CASE("two processes share one identify queue server, which restarts in the middle of their start") {
  queue_world on;
  on.start();
  cluster first(on, mc::shard_plan::cluster(0, 2, 6), on.queue("first")),
      second(on, mc::shard_plan::cluster(1, 2, 6), on.queue("second"));
  on.w.sim.run_until([&] { return on.w.discord().counters().identifies == 2; }, 1min);
  CHECK(on.server->counters().granted == 2);
  CHECK(on.server->counters().budget.remaining == 998);
  on.end();
  on.w.sim.run_for(20s);
  CHECK(on.w.discord().counters().identifies == 2);
  on.start();
  CHECK(on.server->counters().budget.remaining == 998);
  on.w.sim.run_until([&] { return on.w.discord().counters().identifies == 4; }, 2min);
  on.end();  // at the moment that a grant has just been used
  on.start();
  on.w.sim.run_until([&] { return first.ready() && second.ready(); }, 3min);
  on.w.sim.run_for(1s);
  const auto now = on.server->counters();
  CHECK(now.budget.remaining == 994);
  CHECK(now.identified == now.granted);
  CHECK(now.waiting == 0);
  CHECK(on.w.discord().counters().identifies == 6);
  on.check_no_violations();
}

TEST_CASE("an identify queue server that is killed again and again while shards start: slow, and no rule is broken") {
  queue_world on(2);
  cluster first(on, mc::shard_plan::cluster(0, 2, 8), on.queue("first")),
      second(on, mc::shard_plan::cluster(1, 2, 8), on.queue("second"));
  for (int round = 0; round < 60 && !(first.ready() && second.ready()); ++round) {
    on.start();
    on.w.sim.run_for(std::chrono::milliseconds{6100 + 37 * round});
    if (round % 2 != 0) on.w.network->reset_all("127.0.0.1", port);
    on.end();
    on.w.sim.run_for(std::chrono::milliseconds{100 * (round % 7)});
  }
  on.start();
  on.w.sim.run_until([&] { return first.ready() && second.ready(); }, 5min);
  on.w.sim.run_for(1s);
  CHECK(on.w.discord().counters().identifies == 8);
  CHECK(on.server->counters().budget.remaining <= 992);
  on.check_no_violations();
}

TEST_CASE("processes share the day's session starts, and what is left outlives the server") {
  queue_world on;
  on.wanted.queue.remaining = on.wanted.queue.total = 3;
  on.start();
  {
    cluster first(on, mc::shard_plan::cluster(0, 2, 4), on.queue()),
        second(on, mc::shard_plan::cluster(1, 2, 4), on.queue());
    on.w.sim.run_for(10min);
    CHECK(on.w.discord().counters().identifies == 3);
    CHECK(on.server->counters().budget.remaining == 0);
    CHECK(on.server->counters().waiting == 1);
    on.end();
    on.start();  // told again that there are 3
    CHECK(on.server->counters().budget.remaining == 0);
    on.w.sim.run_for(1h);
    CHECK(on.w.discord().counters().identifies == 3);
    CHECK(on.server->counters().waiting == 1);

    auto options = on.client_options();
    options.wait_for_budget = false;
    cluster third(on, mc::shard_plan::range(3, 3, 4), mc::make_network_identify_queue(options));
    on.w.sim.run_for(1min);
    CHECK_FALSE(third.lives);
    CHECK(third.code == mc::errc::identify_budget_spent);
    on.w.sim.run_until([&] { return first.ready() && second.ready(); }, 25h);
    CHECK(on.w.sim.elapsed() > 23h);
  }
  on.check_no_violations();
}

TEST_CASE("what becomes of a permit is told: sent, done, given back unused") {
  queue_world on;
  on.start();
  const auto queue = on.queue("asker");
  CHECK_FALSE(queue->budget());
  question first(on, queue, 0), second(on, queue, 1);
  on.w.sim.run_until([&] { return first.ended; });
  REQUIRE(first.got);
  CHECK(first.took == 6s);
  REQUIRE(queue->budget());
  CHECK(queue->budget()->remaining == 999);
  CHECK(queue->budget()->total == 1000);
  CHECK(queue->budget()->reset_after > 23h);
  on.w.sim.run_for(10s);
  CHECK_FALSE(second.ended);  // the first has not been used yet
  first.got->sent();
  on.w.sim.run_until([&] { return second.ended; });
  REQUIRE(second.got);
  CHECK(second.took == 21s);
  first.got->done(true);
  first.got->done(false);
  on.w.sim.settle();
  CHECK(on.server->counters().identified == 1);
  second.got.reset();
  on.w.sim.settle();
  CHECK(on.server->counters().unused == 1);
  CHECK(on.server->counters().budget.remaining == 999);

  question third(on, queue, 2);
  on.w.sim.run_until([&] { return third.ended; });
  CHECK(third.took == 0s);
  third.got->sent();
  third.got.reset();
  on.w.sim.settle();
  CHECK(on.server->counters().failed == 1);
}

TEST_CASE("a client that goes away while it waits gives its place back") {
  queue_world on;
  on.start();
  const auto queue = on.queue();
  question first(on, queue, 0);
  on.w.sim.run_until([&] { return first.ended; });
  {
    question cancelled(on, queue, 1);
    on.w.sim.run_for(1s);
    CHECK(on.server->counters().waiting == 1);
    cancelled.cancel.emit(boost::asio::cancellation_type::terminal);
    on.w.sim.run_until([&] { return cancelled.ended; });
    CHECK(cancelled.code == mc::errc::cancelled);
    on.w.sim.settle();
    CHECK(on.server->counters().waiting == 0);
    CHECK(on.server->counters().withdrawn == 1);
  }
  {
    question cut(on, queue, 2);  // by the network, or by a kill
    on.w.sim.run_for(1s);
    CHECK(on.server->counters().waiting == 1);
    on.w.network->reset_all("127.0.0.1", port);
    on.w.sim.run_until([&] { return cut.ended; });
    CHECK(cut.code == mc::errc::closed);
    CHECK(cut.status == 0);
    on.w.sim.settle();
    CHECK(on.server->counters().waiting == 0);
  }
  CHECK(on.server->counters().budget.remaining == 999);
  first.got.reset();
  question next(on, queue, 3);
  on.w.sim.run_until([&] { return next.ended; });
  CHECK(next.took == 0s);
}

TEST_CASE("a wait of hours survives, and either side notices that the other is gone") {
  queue_world on(1, 1);
  on.start();
  const auto queue = on.queue();
  question used(on, queue, 0);
  on.w.sim.run_until([&] { return used.ended; });
  used.got->sent();
  question waits(on, queue, 1);
  on.w.sim.run_for(1h);
  CHECK_FALSE(waits.ended);
  CHECK(on.server->counters().waiting == 1);
  CHECK(on.server->counters().requested == 2);  // the same place all the time
  on.w.network->stall_all("127.0.0.1", port);
  on.w.sim.run_until([&] { return waits.ended; }, 2min);
  CHECK(waits.code == mc::errc::timeout);
  on.w.sim.run_for(1min);
  CHECK(on.server->counters().waiting == 0);
}

TEST_CASE("another run of an owner takes the place of the one before") {
  queue_world on;
  on.start();
  const auto dead = on.queue("cluster-0"), alive = on.queue("cluster-0"), other = on.queue("cluster-1");
  question lost(on, dead, 0);
  on.w.sim.run_until([&] { return lost.ended; });
  question stale(on, dead, 1), fresh(on, alive, 0), next(on, other, 2);
  on.w.sim.run_until([&] { return fresh.ended; });
  CHECK(fresh.took == 5s);  // the grant that is lost may have been used
  CHECK(stale.code == mc::errc::closed);
  CHECK(stale.status == 409);
  CHECK_THAT(stale.text, Catch::Contains("another process asks under the name of this one"));
  CHECK(on.server->counters().expired == 1);
  CHECK(on.server->counters().budget.remaining == 998);
}

TEST_CASE("the secret is asked for, is not told, and is not needed to ask for the server's health") {
  queue_world on;
  on.start();
  for (const auto* wrong : {"", "another-secret", "s3cret-of-the-queuf", "s3cret-of-the-queue0"}) {
    auto options = on.client_options();
    options.secret = mc::token(wrong);
    question refused(on, mc::make_network_identify_queue(options), 0);
    on.w.sim.run_until([&] { return refused.ended; });
    CHECK(refused.code == mc::errc::invalid_argument);
    CHECK(refused.status == 401);
    CHECK_THAT(refused.text, Catch::Contains("it wants another secret"));
    CHECK(refused.text.find(secret) == std::string::npos);
    if (*wrong != '\0') CHECK(refused.text.find(wrong) == std::string::npos);
  }
  CHECK(on.server->counters().unauthorized == 4);
  CHECK(on.server->counters().requested == 0);
  plain_client somebody(on);
  CHECK(somebody.send("POST", "/sent?shard=0&owner=a&run=b&ask=1", false).status == 401);
  const auto health = somebody.send("GET", "/health", false);
  CHECK(health.status == 200);
  CHECK(health.headers.get("Content-Type") == "application/json");
  CHECK_THAT(health.body,
             Catch::StartsWith(
                 "{\"status\": \"ok\", \"waiting\": 0, \"remaining\": 1000, \"total\": 1000, \"reset_after_ms\": 86") &&
                 Catch::Contains("\"max_concurrency\": 1") && Catch::Contains("\"unauthorized\": 5}"));

  cluster bot(on, mc::shard_plan::of(1), on.queue());
  on.w.sim.run_until([&] { return bot.ready(); }, 1min);
  CHECK(on.w.world.log.text().find("shard 0 may identify") != std::string::npos);
  CHECK(on.w.world.log.text().find(secret) == std::string::npos);
}

TEST_CASE("what cannot be used is refused before anything is sent") {
  queue_world on;
  const auto code = [&](auto change) {
    auto options = on.client_options();
    change(options);
    try {
      (void)mc::make_network_identify_queue(options);
    } catch (const mc::error& e) {
      return e.code();
    }
    return mc::error_code();
  };
  CHECK(code([](auto& o) { o.url = "http://queue.example:8091"; }) == mc::errc::plain_refused);
  CHECK_FALSE(code([](auto& o) {
    o.url = "http://queue.example:8091";
    o.allow_plain = true;
  }));
  CHECK_FALSE(code([](auto& o) { o.url = "https://queue.example/behind/a/path/"; }));
  CHECK(code([](auto& o) { o.url = "wss://queue.example"; }) == mc::errc::bad_url);
  CHECK(code([](auto& o) { o.url = "https://queue.example/?shard=1"; }) == mc::errc::bad_url);
  CHECK(code([](auto& o) { o.owner = "a b"; }) == mc::errc::invalid_argument);
  CHECK(code([](auto& o) { o.secret = mc::token("two\r\nlines"); }) == mc::errc::invalid_argument);
  CHECK(code([](auto& o) {
          o.ca_file = "/nowhere";
          o.url = "https://localhost";
        }) == mc::errc::tls_failed);

  const auto server_code = [&](auto change) {
    auto options = on.wanted;
    change(options);
    try {
      const mc::identify_queue_server made(options);
    } catch (const mc::error& e) {
      return e.code();
    }
    return mc::error_code();
  };
  CHECK(server_code([](auto& o) { o.address = "0.0.0.0"; }) == mc::errc::plain_refused);
  CHECK_FALSE(server_code([](auto& o) {
    o.address = "0.0.0.0";
    o.allow_plain = true;
  }));
  CHECK(server_code([](auto& o) {
          o.certificate_file = "/nowhere";
          o.key_file = "/nowhere";
        }) == mc::errc::tls_failed);
  CHECK(server_code([](auto& o) { o.certificate_file = "/nowhere"; }) == mc::errc::invalid_argument);
  CHECK(server_code([](auto& o) { o.queue.max_concurrency = 0; }) == mc::errc::invalid_argument);
  CHECK(server_code([](auto& o) { o.max_waiting = 0; }) == mc::errc::invalid_argument);
  on.start();
  CHECK_THROWS_AS(on.server->start(), mc::error);
}

TEST_CASE("a client of Twilight's takes part, its grants counting from their answers") {
  queue_world on;
  on.wanted.secret = {};
  on.start();
  const auto ours = on.queue();
  plain_client theirs(on);
  CHECK(theirs.send("GET", "/?shard=0", false).status == 200);
  const auto first = on.w.sim.clock()->now();
  question behind(on, ours, 1);
  on.w.sim.run_until([&] { return behind.ended; });
  CHECK(on.w.sim.clock()->now() - first == 5500ms);
  behind.got->sent();
  on.w.sim.settle();
  const auto second = on.w.sim.clock()->now();
  const auto answer = theirs.send("GET", "/", false);
  CHECK(answer.status == 200);
  CHECK(answer.body == "{\"message\": \"You may identify now.\"}\n");
  CHECK(on.w.sim.clock()->now() - second == 5s);
  on.w.sim.settle();
  CHECK(on.server->counters().untold == 2);
  for (const auto* nonsense : {"/?shard=-1", "/?shard=one", "/?shard=1&shard=2"})
    CHECK(theirs.send("GET", nonsense, false).status == 400);
  CHECK(theirs.send("GET", "/elsewhere", false).status == 404);
  const auto wrong = theirs.send("DELETE", "/?shard=1", false);
  CHECK(wrong.status == 405);
  CHECK(wrong.headers.get("Allow") == "GET");
}

TEST_CASE("our clients take part in a queue of Twilight's") {
  queue_world on;
  net::server_options served;
  served.transport = on.w.network->transport();
  served.clock = on.w.sim.clock();
  std::vector<std::string> asked;
  mc::time_point free_at{};
  net::server_handlers handlers;
  handlers.on_request = [&](const net::http_request& request, const net::peer_info&) -> mc::task<net::server_reply> {
    asked.push_back(request.method + " " + request.target.substr(0, request.target.find('&')));
    const auto mine = std::max(free_at, on.w.sim.clock()->now());
    free_at = mine + 5s;
    const auto wait = on.w.sim.clock()->make_timer(on.w.sim.executor());
    co_await wait->wait_until(mine);
    co_return net::http_response(200, "text/plain", "{\"message\": \"You're free to connect now! :)\"}");
  };
  net::server theirs(on.w.sim.executor(), served, handlers);
  theirs.listen("127.0.0.1", port);
  {
    cluster first(on, mc::shard_plan::cluster(0, 2, 6), on.queue()),
        second(on, mc::shard_plan::cluster(1, 2, 6), on.queue());
    on.w.sim.run_until([&] { return first.ready() && second.ready(); }, 1min);
    CHECK(asked.size() == 6);  // nothing but questions: it would take anything for one
    for (const auto& line : asked) CHECK_THAT(line, Catch::StartsWith("GET /?shard="));
    const auto queue = on.queue();
    question alone(on, queue, 0);
    on.w.sim.run_until([&] { return alone.ended; });
    CHECK(alone.got);
    CHECK_FALSE(queue->budget());
  }
  on.w.sim.run(theirs.stop());
  on.check_no_violations();
}

TEST_CASE("so many may wait at an identify queue server, more are turned away and told when to come back") {
  queue_world on;
  on.wanted.max_waiting = 2;
  on.start();
  const auto queue = on.queue();
  question a(on, queue, 0), b(on, queue, 1), c(on, queue, 2);
  on.w.sim.run_until([&] { return c.ended; });
  CHECK(c.code == mc::errc::resource);
  CHECK(c.status == 503);
  CHECK_THAT(c.text, Catch::Contains("too many wait already"));
  plain_client theirs(on);
  const auto answer = theirs.send("GET", "/?shard=7");
  CHECK(answer.status == 503);
  CHECK(answer.headers.get("Retry-After") == "5");
  CHECK(on.server->counters().turned_away == 2);
  CHECK(on.server->counters().waiting == 2);
  // Headers and bodies have their limits too.
  CHECK(theirs.send("GET", "/?shard=" + std::string(20'000, '1')).status == 400);
  on.w.sim.run_until([&] { return a.ended; });
  a.got->sent();
  on.w.sim.run_until([&] { return b.ended; });
  CHECK(b.got);
}

TEST_CASE("an identify queue over sockets, with threads of its own, used by clients with pools of theirs") {
  mc::testing::mock_options mock;
  mock.max_concurrency = 4;
  mc::tests::small_world w(mock);
  mc::identify_queue_server_options served;
  served.secret = mc::token(secret);
  served.queue.max_concurrency = 4;
  served.first_after = 0ms;
  served.log_to = w.log.sink();
  mc::network_identify_queue_options options;
  const pem_files files;
  if (GENERATE(false, true)) {
    served.certificate_file = files.certificate;
    served.key_file = files.key;
    options.ca_file = files.authority;
  }
  mc::identify_queue_server server(served);
  server.start();
  options.url = server.url();
  options.secret = mc::token(secret);
  {
    const auto client = [&](int id) {
      auto out = w.options();
      out.threads = 2;
      out.shards = mc::shard_plan::cluster(id, 2, 4);
      out.identify_queue = mc::make_network_identify_queue(options);
      return out;
    };
    mc::client first(w.bot_token(), client(0)), second(w.bot_token(), client(1));
    auto one = std::async(std::launch::async, [&] { return first.run(); });
    auto two = std::async(std::launch::async, [&] { return second.run(); });
    for (int shard = 0; shard < 4; ++shard) CHECK(w.discord.wait_session(shard, 20s));
    first.stop();
    second.stop();
    CHECK(one.get() == 0);
    CHECK(two.get() == 0);
  }
  const auto now = server.counters();
  CHECK(now.granted == 4);
  CHECK(now.identified + now.failed == 4);
  CHECK(now.budget.remaining == 996);
  server.stop();
  CHECK(w.discord.counters().identifies == 4);
  for (const auto& v : w.discord.violations()) FAIL_CHECK(v.kind << ": " << v.text);
}
