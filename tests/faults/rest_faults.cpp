// SPDX-License-Identifier: MIT
// Faults of REST, played by the mock against a whole client in virtual time. The limiter's own are in protocol_faults.cpp.
#include <algorithm>
#include <map>

#include <monochord/model/message.hpp>
#include <monochord/model/user.hpp>
#include <monochord/rest/counters.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::testing::rest_fault;
using mc::tests::simulated_world;
using kind = mc::testing::rest_fault::kind;

namespace {

/// A client that only uses REST, and what became of the calls that it started.
struct caller {
  explicit caller(simulated_world& w) : caller(w, w.options()) {}
  caller(simulated_world& w, mc::client_options options) : world(w), bot(w.world.bot_token(), std::move(options)) {}

  void post(std::string text) { world.sim.spawn(keep_post(std::move(text))); }
  mc::task<> keep_post(std::string text) {
    mc::create_message_body body;
    body.content = text;
    keep(co_await mc::as_result(bot.rest().create_message(world.world.general, body)));
  }
  void me() { world.sim.spawn(keep_me()); }
  mc::task<> keep_me() { keep(co_await mc::as_result(bot.rest().get_current_user())); }
  template <class T>
  void keep(const mc::result<T>& end) {
    ++ended;
    const auto* error = end.template error_as<mc::rest_error>();
    if (error) errors.push_back(*error);
    else if (end) ++succeeded;
    ends.push_back(world.sim.elapsed());
  }
  void until(std::size_t count, mc::duration limit = 1h) {
    world.sim.run_until([&] { return ended >= count; }, limit);
  }
  mc::rest_counters counters() { return world.sim.run(bot.rest().counters()); }
  std::vector<std::string> said() { return world.discord().messages(world.world.general); }
  void play(std::vector<rest_fault> what) {
    mock_faults faults;
    faults.rest = std::move(what);
    world.discord().set_faults(std::move(faults));
  }

  simulated_world& world;
  std::size_t ended = 0;
  std::size_t succeeded = 0;
  std::vector<mc::rest_error> errors;
  std::vector<mc::duration> ends;
  mc::client bot;
};

std::vector<std::string> numbers(int count) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) all.push_back(std::to_string(i));
  return all;
}

void no_violations(simulated_world& w) {
  for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
}

}  // namespace

TEST_CASE("fault 17: answers without rate-limit headers stop no queue") {
  simulated_world w;
  caller c(w);
  c.play({{.what = kind::no_rate_limit_headers, .times = 1000}});
  for (int i = 0; i < 30; ++i) c.me();
  c.until(30);
  CHECK(c.succeeded == 30);
  c.play({});
  for (const auto& n : numbers(12)) c.post(n);
  c.until(42, 5min);
  CHECK(c.said() == numbers(12));
}

TEST_CASE("fault 18: timeouts and resets give the slot back, and nothing is posted twice") {
  simulated_world w;
  auto options = w.options();
  options.rest_timeout = 3min;
  caller c(w, std::move(options));
  // One message is lost twice, one once, one is late: each less often than a call is tried.
  c.play({{.what = kind::drop_before_answer, .times = 2, .skip = 1},
          {.what = kind::drop_before_acting, .times = 1, .skip = 3},
          {.what = kind::late, .times = 1, .delay = 40s, .skip = 4}});
  for (const auto& n : numbers(10)) c.post(n);
  c.until(10, 10min);
  for (const auto& error : c.errors) UNSCOPED_INFO(error.what());
  CHECK(c.succeeded == 10);
  CHECK(c.said() == numbers(10));  // each once, in order
  CHECK(c.counters().retries == 4);
  CHECK(c.counters().waiting.empty());
}

TEST_CASE("fault 18: a message whose every answer is lost ends with an error that says so, and is there once") {
  simulated_world w;
  caller c(w);
  c.play({{.what = kind::drop_before_answer, .times = 4}});
  c.post("perhaps");
  c.post("surely");
  c.until(2);
  CHECK(c.succeeded == 1);
  REQUIRE(c.errors.size() == 1);
  CHECK(c.errors[0].may_have_been_sent());
  CHECK_THAT(c.errors[0].what(), Catch::Contains("attempt 4"));
  CHECK(c.said() == std::vector<std::string>{"perhaps", "surely"});
}

TEST_CASE("fault 19: a block of the address is one pause for all, told to the callers, its page cut in logs") {
  for (const bool says_how_long : {false, true}) {
    simulated_world w;
    auto options = w.options();
    std::map<mc::rest_limit_scope, int> hooked;
    options.rest_hooks.rate_limited = [&](const mc::rest_rate_limit_event& e) { ++hooked[e.scope]; };
    options.rest_timeout = 30s;
    caller c(w, std::move(options));
    c.play({{.what = kind::cloudflare_block, .retry_after = says_how_long ? 1h : 50s, .retry_after_header = says_how_long}});
    for (int i = 0; i < 20; ++i) c.me();
    c.post("blocked");
    c.until(21);
    CHECK(w.sim.elapsed() < 1s);  // nobody waits for what cannot come in time
    REQUIRE(c.errors.size() == 21);
    for (const auto& error : c.errors) {
      CHECK(error.code() == mc::errc::rate_limited);
      CHECK(std::string_view(error.what()).size() < 300);
    }
    CHECK(hooked[mc::rest_limit_scope::address] >= 1);
    CHECK(w.discord().counters().requests <= 3);  // those that were under way
    w.sim.run_for(says_how_long ? 1h - 2s : 58s);
    const auto before = w.discord().counters().requests;
    c.post("still blocked");
    w.sim.run_for(1s);
    CHECK(w.discord().counters().requests == before);
    w.sim.run_for(3s);
    c.post("open");
    w.sim.run_for(1s);
    CHECK(c.said().back() == "open");
    CHECK(w.world.log.text().find("</html>") == std::string::npos);
    for (const auto& v : w.discord().violations()) CHECK(v.kind != "429_ignored");
  }
}

TEST_CASE("fault 20: a global 429 stops all clients that share limits within one round trip") {
  simulated_world w;
  const auto limits = mc::make_rest_limits();
  std::vector<std::unique_ptr<caller>> clients;
  for (int i = 0; i < 5; ++i) {
    auto options = w.options();
    options.rest_limits = limits;
    clients.push_back(std::make_unique<caller>(w, std::move(options)));
  }
  clients[0]->me();
  clients[0]->until(1);
  clients[0]->play({{.what = kind::global_429, .retry_after = 7s}});
  clients[0]->me();
  w.sim.settle();
  const auto requests = w.discord().counters().requests;
  for (auto& c : clients) c->me();
  w.sim.run_for(6900ms);
  CHECK(w.discord().counters().requests == requests);
  w.sim.run_for(1min);
  for (auto& c : clients) CHECK(c->errors.empty());
  CHECK(clients[4]->counters().limited_global == 1);
  no_violations(w);
}

TEST_CASE("fault 20: refusals are counted, the guard closes before Discord would and opens again") {
  mc::testing::mock_options mock;
  mock.invalid_requests_per_10_minutes = 100;
  simulated_world w(mock);
  auto options = w.options();
  options.rest_timeout = 30min;
  options.rest_limits = mc::make_rest_limits({.requests_per_second = 50, .invalid_requests = 100});
  caller c(w, std::move(options));
  auto forbidden = mc::testing::rest_faults::discord_error(403, 50013);
  forbidden.times = 95;
  c.play({forbidden});
  for (int i = 0; i < 150; ++i) c.me();
  w.sim.run_for(9min);
  CHECK(c.ended == 95);
  CHECK(c.counters().invalid_requests == 95);
  CHECK(c.counters().waited_guard >= 1);
  // Answers to interactions pass.
  const auto requests = w.discord().counters().requests;
  const auto answer = [&]() -> mc::task<> {
    mc::interaction_response_body body;
    body.type = mc::interaction_callback_type::deferred_update_message;
    co_await mc::as_result(c.bot.rest().create_interaction_response(mc::interaction_id{5}, "nothing", body));
  };
  w.sim.run(answer());
  CHECK(w.discord().counters().requests == requests + 1);
  c.until(150);
  CHECK(c.succeeded == 55);
  CHECK(w.sim.elapsed() >= 10min);
  CHECK(w.sim.elapsed() < 11min);
}

TEST_CASE("fault 21: buckets that change or merge, shared and sub-limits: only what is meant waits, order is kept") {
  for (const auto what : {kind::new_bucket, kind::merge_bucket, kind::shared_429, kind::sub_limit_429}) {
    simulated_world w;
    auto options = w.options();
    options.rest_timeout = 5min;
    caller c(w, std::move(options));
    rest_fault fault{.what = what, .method = "POST", .route = "/channels/{channel_id}/messages"};
    fault.retry_after = 8s;
    fault.skip = 2;
    fault.with = what == kind::merge_bucket ? "POST /channels/{channel_id}/typing" : "";
    c.play({fault});
    for (const auto& n : numbers(12)) c.post(n);
    w.sim.run_for(1s);
    c.me();  // another route goes on meanwhile
    const auto before = w.sim.elapsed();
    c.until(c.ended + 1, 1min);
    CHECK(w.sim.elapsed() - before < 1s);
    c.until(13, 10min);
    CHECK(c.said() == numbers(12));
    CHECK(c.errors.empty());
    for (const auto& v : w.discord().violations()) CHECK(v.kind != "429_ignored");
  }
}

TEST_CASE("fault 21: a sub-limit of minutes is told at once to who cannot wait for it") {
  simulated_world w;
  caller c(w);
  c.play({{.what = kind::sub_limit_429, .retry_after = 519s}});
  c.me();
  c.until(1);
  CHECK(w.sim.elapsed() < 1s);
  REQUIRE(c.errors.size() == 1);
  CHECK(c.errors[0].code() == mc::errc::rate_limited);
  CHECK_THAT(c.errors[0].what(), Catch::Contains("519"));
}

TEST_CASE("fault 22: a storm of 5xx and pages: few attempts with growing pauses, the circuit opens, then all goes on") {
  simulated_world w;
  auto options = w.options();
  options.rest_timeout = 5min;
  caller c(w, std::move(options));
  std::vector<rest_fault> storm;
  for (const int status : {502, 503, 520, 521, 522, 523, 524}) {
    auto page = mc::testing::rest_faults::page(status);
    page.chance = 0.5;
    page.times = 100'000;
    storm.push_back(page);
  }
  storm.back().chance = 1;
  c.play(storm);
  for (int i = 0; i < 60; ++i) c.me();
  for (const auto& n : numbers(3)) c.post(n);
  w.sim.run_for(4min);
  CHECK(w.discord().counters().requests < 130);
  CHECK(c.counters().circuit_openings >= 3);
  CHECK(w.world.log.text().find("</html>") == std::string::npos);
  c.play({});
  c.until(63);
  for (const auto& error : c.errors) CHECK((error.status() >= 500 || error.code() == mc::errc::rate_limited || error.code() == mc::errc::timeout));
  c.post("after");
  c.until(64);
  CHECK(c.said().back() == "after");
  for (const auto& text : numbers(3)) {
    const auto all = c.said();
    CHECK(std::count(all.begin(), all.end(), text) <= 1);
  }
}

TEST_CASE("fault 22: a 5xx whose call was carried out makes no second message") {
  simulated_world w;
  caller c(w);
  auto page = mc::testing::rest_faults::page(502);
  page.acts = true;
  page.times = 2;
  c.play({page});
  for (const auto& n : numbers(4)) c.post(n);
  c.until(4);
  CHECK(c.succeeded == 4);
  CHECK(c.said() == numbers(4));
}

TEST_CASE("fault 24: no log line, error, hook or figure of REST holds a token of any kind") {
  simulated_world w;
  auto options = w.options();
  std::string seen;
  options.rest_hooks.before_request = [&](const auto& e) { seen.append(e.route).append(" ").append(e.shown).append("\n"); };
  options.rest_hooks.after_response = [&](const auto& e) { seen.append(e.shown).append(" ").append(e.error.message()).append("\n"); };
  options.rest_hooks.rate_limited = [&](const auto& e) { seen.append(e.shown).append("\n"); };
  caller c(w, std::move(options));
  const std::string secret = "interaction-token-that-nobody-may-see";
  c.play({{.what = kind::drop_before_acting, .times = 2}, {.what = kind::route_429, .retry_after = 20s}, {.what = kind::status, .body = "<html>"}});
  const auto follow_up = [&](int n) -> mc::task<> {
    mc::create_message_body body;
    body.content = "x";
    mc::interaction_response_body answer;
    answer.type = mc::interaction_callback_type::deferred_update_message;
    const auto one = co_await mc::as_result(c.bot.rest().create_interaction_response(mc::interaction_id{static_cast<std::uint64_t>(n)}, secret, answer));
    const auto two = co_await mc::as_result(c.bot.rest().create_followup_message(mc::application_id{5}, secret, body));
    seen += one.error_text() + "\n" + two.error_text() + "\n";
    ++c.ended;
  };
  for (int i = 1; i <= 4; ++i) w.sim.spawn(follow_up(i));
  w.sim.run_for(2s);
  for (const auto& waiting : c.counters().waiting) seen += waiting.route + waiting.reason + waiting.bucket + "\n";
  c.until(4);
  seen += w.world.log.text();
  REQUIRE(seen.find("{interaction_token}") != std::string::npos);
  CHECK(seen.find(secret) == std::string::npos);
  CHECK(seen.find(w.discord().token()) == std::string::npos);
}
