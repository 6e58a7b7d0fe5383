// SPDX-License-Identifier: MIT
// Faults of REST, played by the mock against a whole client in virtual time. The limiter's own are in protocol_faults.cpp.
#include <algorithm>
#include <map>

#include <monochord/model/member.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/webhook_bodies.hpp>
#include <monochord/rest/counters.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/no_violations.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::testing::rest_fault;
using mc::tests::no_violations;
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

}  // namespace

TEST_CASE("fault 17: answers without rate-limit headers stop no queue") {
  simulated_world w;
  caller c(w);
  c.play({{.what = kind::no_rate_limit_headers, .times = 1000}});
  // As many as the mock allows at once: nobody takes the silence for a limit that is used up.
  for (int i = 0; i < 10; ++i) c.me();
  for (const auto& n : numbers(5)) c.post(n);
  c.until(15);
  CHECK(w.sim.elapsed() < 2s);
  for (int i = 0; i < 20; ++i) c.me();
  c.until(35);
  CHECK(c.succeeded == 35);
  c.play({});
  const auto all = numbers(17);
  for (std::size_t i = 5; i < all.size(); ++i) c.post(all[i]);
  c.until(47, 5min);
  CHECK(c.said() == all);
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
    // The fault was there.
    const auto counters = c.counters();
    CHECK(counters.limited_shared == (what == kind::shared_429 ? 1U : 0U));
    CHECK(counters.limited_bucket >= (what == kind::sub_limit_429 ? 1U : 0U));
    if (what == kind::shared_429 || what == kind::sub_limit_429) CHECK(w.sim.elapsed() >= 8s);
  }
}

TEST_CASE("fault 21: a bucket that gets another name keeps its queue, one that merges shares its limit") {
  const auto name_while_waiting = [](caller& c, std::size_t posts) {
    for (const auto& n : numbers(static_cast<int>(posts))) c.post(n);
    c.world.sim.run_for(100ms);
    const auto waiting = c.counters().waiting;
    REQUIRE(waiting.size() == 1);
    return waiting[0].bucket;
  };
  {
    simulated_world w;
    caller c(w);
    const auto first = name_while_waiting(c, 6);
    c.until(6);
    w.sim.run_for(10s);
    c.play({{.what = kind::new_bucket, .method = "POST", .route = "/channels/{channel_id}/messages"}});
    const auto second = name_while_waiting(c, 8);
    CHECK(!first.empty());
    CHECK(first != second);
    c.until(14);
    CHECK(c.errors.empty());
  }
  simulated_world w;
  caller c(w);
  const auto typing = [&]() -> mc::task<> {
    c.keep(co_await mc::as_result(c.bot.rest().trigger_typing_indicator(w.world.general, {.unordered = true})));
  };
  w.sim.spawn(typing());  // its bucket is known
  c.until(1);
  rest_fault merge{.what = kind::merge_bucket, .method = "POST", .route = "/channels/{channel_id}/messages"};
  merge.with = "POST /channels/{channel_id}/typing";
  c.play({merge});
  c.post("one bucket");
  c.until(2);
  w.sim.run_for(10s);
  const auto began = w.sim.elapsed();
  for (const auto& n : numbers(5)) c.post(n);
  c.until(7);
  CHECK(w.sim.elapsed() - began < 1s);
  w.sim.spawn(typing());  // the posts have used up what both have
  c.until(8);
  CHECK(w.sim.elapsed() - began >= 4900ms);
  CHECK(c.errors.empty());
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

TEST_CASE("fault 22: the pauses between attempts grow, each within its bounds and by chance") {
  std::vector<mc::duration> first_pauses;
  for (int round = 0; round < 8; ++round) {
    simulated_world w;
    caller c(w);
    auto page = mc::testing::rest_faults::page(503);
    page.times = 100;
    c.play({page});
    c.me();
    c.until(1);
    std::vector<mc::time_point> at;
    for (const auto& request : w.discord().rest_log()) at.push_back(request.when);
    REQUIRE(at.size() == 4);
    for (std::size_t i = 1; i < at.size(); ++i) {
      const auto most = 1s * (1 << (i - 1));
      CHECK(at[i] - at[i - 1] >= most / 2);
      CHECK(at[i] - at[i - 1] <= most + 50ms);
      if (i > 1) CHECK(at[i] - at[i - 1] >= at[i - 1] - at[i - 2]);
    }
    first_pauses.push_back(at[1] - at[0]);
  }
  std::sort(first_pauses.begin(), first_pauses.end());
  CHECK(first_pauses.back() - first_pauses.front() > 10ms);
}

TEST_CASE("fault 23: a clock that is an hour wrong or jumps by years changes no wait") {
  // When each request came, since the start.
  const auto play = [](mc::duration before, const std::vector<mc::duration>& jumps) {
    simulated_world w;
    w.sim.clock()->step_utc(before);
    auto options = w.options();
    options.rest_timeout = 20min;
    caller c(w, std::move(options));
    std::size_t jump = 0;
    const auto go = [&](std::size_t calls) {  // jumps in the middle of the waiting
      w.sim.run_for(1500ms);
      if (!jumps.empty()) w.sim.clock()->step_utc(jumps[jump++ % jumps.size()]);
      c.until(calls, 20min);
    };
    // A bucket, whose headers tell wall-clock times that jump with the clock.
    for (const auto& n : numbers(12)) c.post(n);
    go(12);
    // The global limit.
    c.play({{.what = kind::global_429, .retry_after = 7s}});
    for (int i = 0; i < 5; ++i) c.me();
    go(17);
    // Messages are deleted under limits that depend on their age.
    const auto message = w.discord().say(w.world.alice, w.world.general, "old or young");
    const auto remove = [&]() -> mc::task<> { c.keep(co_await mc::as_result(c.bot.rest().delete_message(w.world.general, message))); };
    for (int i = 0; i < 8; ++i) w.sim.spawn(remove());
    go(25);
    // A block of the whole address.
    c.play({{.what = kind::cloudflare_block, .retry_after = 90s}});
    c.me();
    c.until(26);
    c.me();
    go(27);
    std::vector<mc::duration> when;
    const auto log = w.discord().rest_log();
    for (const auto& request : log) when.push_back(request.when - log.front().when);
    for (const auto& v : w.discord().violations()) CHECK(v.kind != "429_ignored");
    return when;
  };
  constexpr mc::duration years = 24h * 3652;
  const auto right = play(0s, {});
  REQUIRE(right.size() == 28);
  CHECK(right.back() >= 90s);
  for (const auto wrong : {1h, -1h}) CHECK(play(wrong, {}) == right);
  CHECK(play(0s, {1h, -1h, years, -years}) == right);
  CHECK(play(0s, {-years, years, -1h, 1h}) == right);
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

namespace {

/// Everything that a client says of itself: its log, hooks, errors, counters.
struct confession {
  void listen(mc::client_options& options) {
    options.rest_hooks.before_request = [this](const auto& e) { add({e.route, e.shown}); };
    options.rest_hooks.after_response = [this](const auto& e) { add({e.route, e.shown, e.error.message()}); };
    options.rest_hooks.rate_limited = [this](const auto& e) { add({e.route, e.shown}); };
  }
  void add(std::initializer_list<std::string_view> all) {
    for (const auto one : all) text.append(one).append("\n");
  }
  template <class T>
  void add_error(const mc::result<T>& end) {
    if (end) return;
    ++errors;
    add({end.error_text()});
    if (const auto* error = end.template error_as<mc::rest_error>()) {
      add({error->message(), error->route()});
      for (const auto& field : error->fields()) add({field.path, field.code, field.message});
    }
  }
  void add_counters(const mc::rest_counters& counters) {
    for (const auto& waiting : counters.waiting) add({waiting.route, waiting.reason, waiting.bucket});
  }
  std::string text;
  int errors = 0;
};

}  // namespace

TEST_CASE("fault 24: no log line, error, hook or figure of REST holds a token of any kind") {
  simulated_world w;
  auto options = w.options();
  confession said;
  said.listen(options);
  caller c(w, std::move(options));
  // Each stands somewhere else in its request: in the path, in a header, in a form, in JSON.
  const std::string in_path = "path-token-that-nobody-may-see", bearer = "bearer-token-that-nobody-may-see",
                    secret = "client-secret-that-nobody-may-see", in_form = "code-or-token-that-nobody-may-see",
                    in_json = "member-token-that-nobody-may-see";
  const auto call_all = [&](int n) -> mc::task<> {
    mc::create_message_body body;
    body.content = "x";
    mc::execute_webhook_body hook;
    hook.content = "x";
    mc::interaction_response_body answer;
    answer.type = mc::interaction_callback_type::deferred_update_message;
    mc::add_guild_member_body member;
    member.access_token = in_json;
    auto& rest = c.bot.rest();
    said.add_error(co_await mc::as_result(rest.create_interaction_response(mc::interaction_id{static_cast<std::uint64_t>(n)}, in_path, answer)));
    said.add_error(co_await mc::as_result(rest.create_followup_message(mc::application_id{5}, in_path, body)));
    said.add_error(co_await mc::as_result(rest.execute_webhook(mc::webhook_id{7}, in_path, hook)));
    said.add_error(co_await mc::as_result(rest.get_current_user({.bearer_token = bearer})));
    said.add_error(co_await mc::as_result(rest.add_guild_member(mc::guild_id{9}, mc::user_id{3}, member)));
    said.add_error(co_await mc::as_result(rest.exchange_authorization_code(mc::application_id{5}, secret, in_form, "https://example.invalid/")));
    said.add_error(co_await mc::as_result(rest.refresh_oauth2_token(mc::application_id{5}, secret, in_form)));
    ++c.ended;
  };
  std::vector<rest_fault> faults{{.what = kind::drop_before_acting, .times = 6}, {.what = kind::route_429, .times = 3, .retry_after = 20s}};
  // Every server repeats what it was told, in a page and in Discord's JSON.
  const auto repeat = [&](std::string_view route, const std::string& told) {
    const std::string echo = "no " + told + ", nor " + w.discord().token();
    for (const bool page : {true, false}) {
      rest_fault fault{.what = kind::status, .route = std::string(route), .times = 2, .status = page ? 403 : 400};
      fault.body = page ? "<html>" + echo : R"({"code":50035,"message":")" + echo + R"(","errors":{"name":{"_errors":[{"code":"X","message":")" + echo + R"("}]}}})";
      faults.push_back(fault);
    }
  };
  repeat("/interactions/{interaction_id}/{interaction_token}/callback", in_path);
  repeat("/webhooks/{webhook_id}/{webhook_token}", in_path);
  repeat("/users/@me", bearer);
  repeat("/guilds/{guild_id}/members/{user_id}", in_json);
  repeat("/oauth2/token", secret + " " + in_form);
  c.play(std::move(faults));
  for (int i = 1; i <= 4; ++i) w.sim.spawn(call_all(i));
  for (int i = 0; i < 10; ++i) {
    w.sim.run_for(2s);
    said.add_counters(c.counters());
  }
  c.until(4);
  CHECK(said.errors >= 12);
  const auto text = said.text + w.world.log.text();
  REQUIRE(text.find("{interaction_token}") != std::string::npos);
  REQUIRE(text.find("{webhook_token}") != std::string::npos);
  REQUIRE(text.find("***") != std::string::npos);
  for (const auto& hidden : {in_path, bearer, secret, in_form, in_json, w.discord().token()}) {
    INFO(hidden);
    CHECK(text.find(hidden) == std::string::npos);
  }
}

TEST_CASE("fault 24: neither a proxy that refuses nor a certificate that nobody knows makes a secret be told") {
  const std::string password = "proxy-password-that-nobody-may-see";
  for (const bool proxy : {true, false}) {
    mc::testing::mock_options mock;
    mock.host = "discord.example";  // hosts of this machine go past a proxy
    simulated_world w(mock);
    auto options = w.options();
    confession said;
    said.listen(options);
    if (proxy) options.proxy = mc::proxy_settings{.url = "http://somebody:" + password + "@127.0.0.1:1"};
    else options.ca_file.clear();
    caller c(w, std::move(options));
    const auto call = [&]() -> mc::task<> {
      said.add_error(co_await mc::as_result(c.bot.rest().get_current_user()));
      ++c.ended;
    };
    w.sim.spawn(call());
    c.until(1);
    CHECK(said.errors == 1);
    const auto text = said.text + w.world.log.text();
    CHECK_THAT(text, Catch::Contains(proxy ? "127.0.0.1" : "certificate"));
    CHECK(text.find(password) == std::string::npos);
    CHECK(text.find("c29tZWJvZHk6") == std::string::npos);  // as the header has it
    CHECK(text.find(w.discord().token()) == std::string::npos);
  }
}
