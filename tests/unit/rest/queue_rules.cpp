// SPDX-License-Identifier: MIT
// What is sent again and what is not, in which order, for whom, and what the caller is told.
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <chrono>

#include "queue_fixture.hpp"
#include "rest/endpoint.hpp"

namespace asio = boost::asio;
using namespace monochord;
using namespace monochord::tests;
using protocol::method;
using rest::repetition;
using fixture = queue_fixture;

namespace {

constexpr protocol::route patch_channel{method::patch, "/channels/{channel_id}"};
constexpr protocol::route execute_webhook{method::post, "/webhooks/{webhook_id}/{webhook_token}"};
constexpr protocol::route follow_up{method::post, "/webhooks/{application_id}/{interaction_token}"};
constexpr protocol::route search{method::get, "/guilds/{guild_id}/messages/search"};
constexpr protocol::route get_user{method::get, "/users/{user_id}"};

const rest_error& error_of(const result<rest::answer>& end) {
  const auto* error = end.error_as<rest_error>();
  REQUIRE(error != nullptr);
  return *error;
}

std::vector<std::string> bodies(const fixture& f) {
  std::vector<std::string> all;
  for (const auto& request : f.requests) all.push_back(request.body);
  return all;
}

std::string refusal(int status, int code) { return R"({"message":")" + std::to_string(status) + R"(","code":)" + std::to_string(code) + "}"; }

}  // namespace

TEST_CASE("a hundred posts started without awaiting arrive in call order") {
  fixture f(10min);
  std::vector<std::string> wanted;
  std::vector<rest::call> calls;
  for (int i = 0; i < 100; ++i) {
    wanted.push_back(std::to_string(i));
    calls.push_back(f.make(post_message, {"5"}, wanted.back()));
    const int left = 4 - i % 5;
    f.answer(200, "{}", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "5"},
                         {"X-RateLimit-Remaining", std::to_string(left)}, {"X-RateLimit-Reset-After", "5"}});
  }
  for (auto& call : calls) f.start(std::move(call));
  f.sim.run_until([&] { return f.ends.size() == 100; });
  CHECK(bodies(f) == wanted);
  for (const auto& end : f.ends) CHECK(end.has_value());
}

TEST_CASE("an answer to an interaction goes at once while every connection waits for slow answers, but for four no more") {
  queue_fixture f;
  f.thinks = 20s;
  for (int i = 0; i < 16; ++i) f.start(f.make(get_message, {std::to_string(i), "1"}));
  f.sim.settle();
  REQUIRE(f.requests.size() == 16);
  f.start(f.make(get_message, {"99", "1"}));
  f.sim.settle();
  CHECK(f.requests.size() == 16);  // all connections are in use
  for (int i = 0; i < 6; ++i) f.start(f.make(callback, {std::to_string(i), "t" + std::to_string(i)}, R"({"type":4})"));
  f.sim.settle();
  CHECK(f.requests.size() == 20);
  for (std::size_t i = 16; i < 20; ++i) CHECK(f.requests.at(i).target.starts_with("/api/v10/interactions/"));
  f.sim.run_for(20s);
  REQUIRE(f.requests.size() == 23);  // the other two, and the one that had waited
  CHECK(f.requests.at(20).target.starts_with("/api/v10/interactions/"));
  CHECK(f.requests.at(21).target.starts_with("/api/v10/interactions/"));
  f.sim.run_for(20s);
  REQUIRE(f.ends.size() == 23);
  for (const auto& end : f.ends) CHECK(end.has_value());
}

TEST_CASE("a post whose answer is lost is sent again in its old place when its nonce covers it") {
  fixture f;
  f.drop();
  auto first = f.make(post_message, {"5"}, "first");
  first.repeat = repetition::by_nonce;
  f.start(std::move(first));
  f.start(f.make(post_message, {"5"}, "second"));
  f.sim.run_until([&] { return f.ends.size() == 2; });
  CHECK(bodies(f) == std::vector<std::string>{"first", "first", "second"});
  CHECK(f.ends[0].has_value());
  CHECK(f.ends[1].has_value());
}

TEST_CASE("after two minutes a nonce covers nothing, and the error says so") {
  fixture f(10min);
  f.answer(429, R"({"message":"","retry_after":1,"global":false})", {{"X-RateLimit-Scope", "shared"}});
  f.answer(502, "<html>");
  f.answer(429, R"({"message":"","retry_after":125,"global":false})", {{"X-RateLimit-Scope", "shared"}});
  auto call = f.make(post_message, {"5"}, "once");
  call.repeat = repetition::by_nonce;
  const auto end = f.run(std::move(call));
  CHECK(f.requests.size() == 3);
  CHECK(error_of(end).may_have_been_sent());
  CHECK_THAT(end.error_text(), Catch::Contains("may have been sent"));
  // A 429 tells Discord no nonce: only what was carried out counts.
  f.answer(429, R"({"message":"","retry_after":200,"global":false})", {{"X-RateLimit-Scope", "shared"}});
  f.drop();
  auto again = f.make(post_message, {"6"}, "later");
  again.repeat = repetition::by_nonce;
  CHECK(f.run(std::move(again)));
  CHECK(f.requests.size() == 6);
}

TEST_CASE("a retry that a nonce covers is not under way for longer than that") {
  fixture f(10min);
  f.drop();
  f.answer(429, R"({"message":"","retry_after":100,"global":false})", {{"X-RateLimit-Scope", "shared"}});
  net::server_reply never;
  never.play = net::server_reply::fault::stall;
  f.answers.push_back(std::move(never));
  auto call = f.make(post_message, {"5"}, "once");
  call.repeat = repetition::by_nonce;
  const auto end = f.run(std::move(call));
  CHECK(error_of(end).may_have_been_sent());
  CHECK(f.requests.size() == 3);
  CHECK(f.sim.elapsed() <= 2min);
}

TEST_CASE("what an error says of being sent holds for all sendings, not for the last alone") {
  fixture f;
  f.answer(502, "<html>");
  f.answer(404, refusal(404, 10008));
  const protocol::route remove{method::del, "/channels/{channel_id}/messages/{message_id}"};
  const auto gone = f.send(remove, {"5", "6"});
  CHECK(error_of(gone).status() == 404);
  CHECK(error_of(gone).may_have_been_sent());
  CHECK_THAT(gone.error_text(), Catch::Contains("may have been sent"));
  f.drop();
  f.answer(403, refusal(403, 50013));
  auto call = f.make(post_message, {"5"}, "once");
  call.repeat = repetition::by_nonce;
  CHECK(error_of(f.run(std::move(call))).may_have_been_sent());
  f.answer(403, refusal(403, 50013));
  CHECK(!error_of(f.send(post_message, {"5"}, "{}")).may_have_been_sent());
  f.answer(502, "<html>");
  f.answer(404, refusal(404, 10003));
  CHECK(!error_of(f.send(get_user, {"5"})).may_have_been_sent());

  // Nor is it forgotten when the client stops while the answer is awaited.
  net::server_reply never;
  never.play = net::server_reply::fault::stall;
  f.answers.push_back(std::move(never));
  f.start(f.make(post_message, {"7"}, "perhaps"));
  f.sim.run_for(1s);
  f.sim.run(f.queue->close());
  f.sim.settle();
  REQUIRE(f.ends.size() == 1);
  CHECK(error_of(f.ends[0]).code() == errc::cancelled);
  CHECK(error_of(f.ends[0]).may_have_been_sent());
}

TEST_CASE("a redirect is no success") {
  fixture f;
  f.answer(302, "", {{"Location", "http://127.0.0.1:8080/elsewhere"}});
  const auto end = f.send(get_user, {"5"});
  CHECK(error_of(end).status() == 302);
  CHECK_THAT(end.error_text(), Catch::Contains("redirects are not followed"));
  CHECK(f.requests.size() == 1);
}

TEST_CASE("ids go into a path as they are, as many as it has places for") {
  fixture f;
  const auto with = [](int count) {
    protocol::path_parameters ids;
    for (int i = 0; i < count; ++i) ids.add_number(std::uint64_t{18'446'744'073'709'551'615U} - static_cast<unsigned>(i));
    return ids;
  };
  CHECK(f.send(get_message, with(2)).has_value());
  REQUIRE(f.requests.size() == 1);
  CHECK(f.requests[0].target == "/api/v10/channels/18446744073709551615/messages/18446744073709551614");
  for (const int count : {0, 1, 3}) {
    INFO(count << " ids");
    const auto end = f.send(get_message, with(count));
    const auto* error = end.error_as<monochord::error>();
    REQUIRE(error != nullptr);
    CHECK(error->code() == errc::invalid_argument);
  }
  CHECK(f.requests.size() == 1);
}

TEST_CASE("a call that can never be sent opens no connection, and is sent no second time") {
  fixture f;
  auto user = f.make(get_user, {"5"});
  user.make_rare().authorization = rest::authorization::bearer("of-a\nuser");
  const auto end = f.run(std::move(user));
  const auto* error = end.error_as<monochord::error>();
  REQUIRE(error != nullptr);
  CHECK(error->code() == errc::invalid_argument);
  CHECK(end.error_text().find("of-a") == std::string::npos);
  CHECK(f.network->connects() == 0);
  net::server_reply damaged;
  damaged.raw = "HTTP/9.9 what\r\n\r\n";
  for (int i = 0; i < 4; ++i) f.answers.push_back(damaged);
  CHECK(error_of(f.send(get_user, {"5"})).code() == errc::http_malformed);
  CHECK(f.requests.size() == 1);
}

TEST_CASE("what is not Discord's doing does not open the circuit") {
  fixture f(1s);
  net::server_reply slow;
  slow.play = net::server_reply::fault::stall;
  for (int i = 0; i < 15; ++i) {
    f.answers.push_back(slow);
    CHECK(error_of(f.send(get_user, {std::to_string(i + 1)})).code() == errc::timeout);
  }
  CHECK(f.requests.size() == 15);
  CHECK(f.sim.run(f.queue->counters()).circuit_openings == 0);
  CHECK(f.send(get_user, {"5"}));
}

TEST_CASE("a timeout of any length is no overflow") {
  fixture f(1s);
  auto call = f.make(get_user, {"5"});
  rest::apply({.timeout = std::chrono::milliseconds::max()}, call);
  CHECK(f.run(std::move(call)));
}

TEST_CASE("every call is counted once and every sending is told to both hooks") {
  int before = 0, after = 0;
  error_code last;
  rest_hooks hooks;
  hooks.before_request = [&](const rest_request_event&) { ++before; };
  hooks.after_response = [&](const rest_response_event& e) {
    ++after;
    last = e.error;
  };
  fixture f(60s, {}, hooks);
  asio::cancellation_signal waiting, flying;
  int ended = 0;
  const auto cancellable = [&](asio::cancellation_signal& by) {
    asio::co_spawn(f.sim.executor(), f.queue->send(f.make(post_message, {"5"}, "{}")),
                   asio::bind_cancellation_slot(by.slot(), [&](std::exception_ptr error, const rest::answer&) { ended += error ? 1 : 0; }));
  };
  net::server_reply never;
  never.play = net::server_reply::fault::stall;
  f.answers.push_back(std::move(never));
  cancellable(flying);
  cancellable(waiting);
  f.sim.run_for(1s);
  waiting.emit(asio::cancellation_type::terminal);
  f.sim.settle();
  CHECK(ended == 1);
  flying.emit(asio::cancellation_type::terminal);
  f.sim.settle();
  CHECK(ended == 2);
  CHECK(before == 1);
  CHECK(after == 1);
  CHECK(last == errc::cancelled);
  CHECK(f.send(get_user, {"5"}));
  f.answer(403, refusal(403, 1));
  CHECK(!f.send(get_user, {"5"}));
  auto too_long = f.make(get_user, {"5"});
  too_long.make_rare().reason = std::string(513, 'x');
  CHECK(!f.run(std::move(too_long)));
  const auto counters = f.sim.run(f.queue->counters());
  CHECK(counters.calls == 5);
  CHECK(counters.succeeded == 1);
  CHECK(counters.refused == 1);
  CHECK(counters.failed == 3);
  CHECK(before == after);
}

TEST_CASE("a post without a nonce is sent once, whatever comes back") {
  fixture f;
  f.answer(503, "");
  const auto end = f.send(post_message, {"5"}, "{}");
  CHECK(error_of(end).status() == 503);
  CHECK(error_of(end).may_have_been_sent());
  f.drop();
  const auto lost = f.send(post_message, {"5"}, "{}");
  CHECK(error_of(lost).may_have_been_sent());
  CHECK_THAT(lost.error_text(), Catch::Contains("may have been sent"));
  CHECK(f.requests.size() == 2);
}

TEST_CASE("an answer to an interaction that was already taken is a success only when it was sent before") {
  fixture f;
  f.answer(502, "<html>");
  f.answer(400, refusal(400, 40060));
  const auto end = f.send(callback, {"5", "tok"}, "{}");
  REQUIRE(end);
  CHECK(end->status == 204);
  CHECK(f.requests.size() == 2);
  f.answer(400, refusal(400, 40060));
  CHECK(error_of(f.send(callback, {"6", "tok2"}, "{}")).discord_code() == 40060);
}

TEST_CASE("a patch is sent again in its old place, but not with files") {
  fixture f;
  f.drop();
  f.start(f.make(patch_channel, {"5"}, "old"));
  f.start(f.make(patch_channel, {"5"}, "new"));
  f.sim.run_until([&] { return f.ends.size() == 2; });
  CHECK(bodies(f) == std::vector<std::string>{"old", "old", "new"});

  f.answer(502, "");
  auto files = f.make(patch_channel, {"5"}, "files");
  files.content_type = "multipart/form-data; boundary=x";
  CHECK(error_of(f.run(std::move(files))).status() == 502);
  CHECK(f.requests.size() == 4);
}

TEST_CASE("a search whose index is not ready waits as long as it is told, within its deadline") {
  fixture f;
  f.answer(202, R"({"message":"Index not yet available. Try again later","code":110000,"documents_indexed":0,"retry_after":2})");
  f.answer(202, R"({"message":"Index not yet available. Try again later","code":110000,"documents_indexed":0,"retry_after":0})");
  f.answer(200, R"({"total_results":1})");
  const auto end = f.send(search, {"5"});
  REQUIRE(end);
  CHECK(end->body == R"({"total_results":1})");
  REQUIRE(f.times.size() == 3);
  CHECK(f.times[1] - f.times[0] >= 2s);
  CHECK(f.times[2] - f.times[1] >= 1s);

  f.answer(202, R"({"message":"Index not yet available. Try again later","code":110000,"retry_after":100})");
  CHECK(error_of(f.send(search, {"5"})).code() == errc::rate_limited);
  CHECK(f.requests.size() == 4);
}

TEST_CASE("a 401 blocks a token only when it is about the token and the call carried it") {
  for (const int code : {0, 50014}) {
    fixture f;
    f.answer(401, refusal(401, code));
    CHECK(error_of(f.send(get_user, {"5"})).code() == errc::token_rejected);
    const auto next = f.send(post_message, {"5"}, "{}");
    CHECK(error_of(next).code() == errc::token_rejected);
    CHECK_THAT(next.error_text(), Catch::Contains("not sent"));
    CHECK(f.requests.size() == 1);
    CHECK(f.send(execute_webhook, {"5", "tok"}, "{}"));  // carries another token
    auto user = f.make(get_user, {"6"});
    user.make_rare().authorization = rest::authorization::bearer("of-a-user");
    CHECK(f.run(std::move(user)));
  }
  for (const auto& other : {refusal(401, 50027), refusal(401, 40001), std::string(R"({"message":"who are you?"})")}) {
    fixture f;
    f.answer(401, other);
    CHECK(error_of(f.send(get_user, {"5"})).code() == errc::rest_refused);
    CHECK(f.send(get_user, {"5"}));
  }
  fixture f;
  f.answer(401, refusal(401, 0));
  CHECK(!f.send(execute_webhook, {"5", "tok"}, "{}"));
  CHECK(f.send(get_user, {"5"}));
  f.answer(401, R"({"error":"invalid_client"})");
  const auto log_in = [&f] {
    auto login = f.make(get_user, {"5"});
    login.make_rare().authorization = rest::authorization::header("Basic YTpi");
    return f.run(std::move(login));
  };
  CHECK(error_of(log_in()).code() == errc::rest_refused);
  CHECK(log_in());
}

TEST_CASE("a webhook that Discord no longer knows is refused here from then on, with those that wait") {
  fixture f;
  f.answer(404, refusal(404, 10015));
  for (int i = 0; i < 3; ++i) f.start(f.make(execute_webhook, {"5", "hush"}, "{}"));
  f.sim.run_until([&] { return f.ends.size() == 3; });
  for (const auto& end : f.ends) {
    CHECK(error_of(end).status() == 404);
    CHECK(error_of(end).discord_code() == 10015);
    CHECK(end.error_text().find("hush") == std::string::npos);
  }
  CHECK(f.requests.size() == 1);
  CHECK(f.send(execute_webhook, {"6", "hush"}, "{}"));
  // A follow-up that came before the answer says the same, and is no webhook of that kind.
  f.answer(404, refusal(404, 10015));
  CHECK(!f.send(follow_up, {"7", "interaction"}, "{}"));
  CHECK(f.send(follow_up, {"7", "interaction"}, "{}"));
}

TEST_CASE("the audit log reason goes percent-encoded, and is refused when it is too long") {
  fixture f;
  const auto patch = [&](std::string reason) {
    auto call = f.make(patch_channel, {"5"}, "{}");
    call.make_rare().reason = std::move(reason);
    return f.run(std::move(call));
  };
  REQUIRE(patch("too loud \xe2\x80\x94 again"));
  CHECK(f.requests[0].headers.get("X-Audit-Log-Reason") == "too%20loud%20%E2%80%94%20again");
  std::string longest;
  for (int i = 0; i < 512; ++i) longest += "\xc3\xa4";
  REQUIRE(patch(longest));
  const auto end = patch(longest + "x");
  CHECK_THAT(end.error_text(), Catch::Contains("512"));
  CHECK(f.requests.size() == 2);
}

TEST_CASE("calls go out as who they say they are, and their secrets are shown nowhere") {
  std::string seen;
  rest_hooks hooks;
  hooks.before_request = [&](const rest_request_event& e) { seen.append(e.route).append(e.shown).append("\n"); };
  hooks.after_response = [&](const rest_response_event& e) { seen.append(e.route).append(e.shown).append(std::to_string(e.status)).append("\n"); };
  hooks.rate_limited = [&](const rest_rate_limit_event& e) { seen.append(e.route).append(e.shown).append(" limited\n"); };
  fixture f(60s, {}, hooks);
  const auto get_as = [&](rest::authorization who) {
    auto call = f.make(get_user, {"5"});
    call.make_rare().authorization = std::move(who);
    return f.run(std::move(call));
  };
  REQUIRE(get_as(rest::authorization::none()));
  CHECK(!f.requests[0].headers.has("Authorization"));
  REQUIRE(get_as(rest::authorization::bearer("bearer-secret")));
  CHECK(f.requests[1].headers.get("Authorization") == "Bearer bearer-secret");
  f.answer(429, R"({"message":"","retry_after":0.5,"global":false})", {{"X-RateLimit-Scope", "user"}});
  REQUIRE(f.send(execute_webhook, {"5", "webhook-secret"}, "{}"));
  auto unknown = rest::call::to(method::get, "/webhooks/123456789012345678/webhook-secret/new%3F");
  REQUIRE(f.run(std::move(unknown)));
  CHECK(f.requests.back().target == "/api/v10/webhooks/123456789012345678/webhook-secret/new%3F");
  CHECK_THAT(seen, Catch::Contains("POST /webhooks/5/{webhook_token} limited"));
  CHECK_THAT(seen, Catch::Contains("GET /webhooks/123456789012345678/{webhook_token}/new%3F"));
  CHECK_THAT(seen, Catch::Contains("GET /users/5200"));
  CHECK(seen.find("secret") == std::string::npos);
}

TEST_CASE("a hook that throws is logged and harms nothing") {
  rest_hooks hooks;
  hooks.before_request = [](const rest_request_event&) { throw std::runtime_error("out of order"); };
  fixture f(60s, {}, hooks);
  CHECK(f.send(get_user, {"5"}));
}

TEST_CASE("behind a proxy nothing is limited here, and no 429 is taken for a block") {
  protocol::rate_limiter_options limits;
  limits.none = true;
  fixture f(60s, limits);
  f.answer(429, "<html>slow down");
  f.answer(429, "<html>slow down", {{"Retry-After", "3"}});
  REQUIRE(f.send(get_user, {"5"}));
  CHECK(f.times[1] - f.times[0] >= 1s);
  CHECK(f.times[1] - f.times[0] < 2s);
  CHECK(f.times[2] - f.times[1] >= 3s);
  CHECK(f.times[2] - f.times[1] < 4s);
  f.answer(200, "{}", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset-After", "9"}});
  for (int i = 0; i < 200; ++i) f.start(f.make(get_message, {"5", std::to_string(i + 1)}));
  f.sim.run_until([&] { return f.ends.size() == 200; });
  CHECK(f.times.back() - f.times[2] < 1s);
}

TEST_CASE("invalid requests are counted, and close the guard before Discord closes the address") {
  protocol::rate_limiter_options limits;
  limits.invalid_limit = 20;
  limits.invalid_reserve = 5;
  fixture f(20min, limits);
  for (int i = 0; i < 40; ++i) f.answer(403, refusal(403, 50013));
  for (int i = 0; i < 40; ++i) f.start(f.make(get_user, {std::to_string(i + 1)}));
  f.sim.run_for(9min);
  CHECK(f.requests.size() == 15);
  const auto counters = f.sim.run(f.queue->counters());
  CHECK(counters.invalid_requests == 15);
  REQUIRE(!counters.waiting.empty());
  CHECK_THAT(counters.waiting[0].reason, Catch::Contains("invalid requests"));
  CHECK(counters.waiting[0].oldest >= 8min);
  CHECK(counters.waiting[0].waiting == 25);
  CHECK(!f.send(callback, {"5", "tok"}, "{}"));  // goes out
  CHECK(f.requests.size() == 16);
  f.sim.run_until([&] { return f.ends.size() == 40; }, 1h);
  for (std::size_t i = 20; i < f.times.size(); ++i) CHECK(f.times[i] - f.times[i - 20] >= 10min);
}

TEST_CASE("while Discord only fails one call asks for all") {
  fixture f(3min);
  for (int i = 0; i < 200; ++i) f.answer(502, "<html>bad gateway");
  for (int i = 0; i < 50; ++i) f.start(f.make(get_user, {std::to_string(i + 1)}));
  f.sim.run_for(2min);
  CHECK(f.requests.size() < 80);
  CHECK(f.sim.run(f.queue->counters()).circuit_openings >= 3);
  f.answers.clear();
  f.sim.run_until([&] { return f.ends.size() == 50; }, 10min);
  const auto before = f.sim.elapsed();
  CHECK(f.send(get_user, {"5"}));
  CHECK(f.sim.elapsed() - before < 1s);
}

TEST_CASE("queues that share limits share everything that is learnt, and none waits when another goes away") {
  fixture f(2min);
  const auto limits = make_rest_limits();
  const auto one = f.another(limits), two = f.another(limits);
  f.answer(200, "{}", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"}, {"X-RateLimit-Reset-After", "30"}});
  const auto send = [](std::shared_ptr<rest::queue> by) -> task<> {
    rest::call what(get_user, {"5"});
    co_await by->send(std::move(what));
  };
  f.sim.run(send(one));
  bool ended = false;
  const auto wait = [&]() -> task<> {
    co_await send(two);
    ended = true;
  };
  f.sim.spawn(wait());
  const auto quit = [](std::shared_ptr<rest::queue> by) -> task<> {
    rest::call what(get_user, {"5"});
    co_await as_result(by->send(std::move(what)));
  };
  f.sim.spawn(quit(one));
  f.sim.run_for(10s);
  CHECK(f.requests.size() == 1);
  f.sim.run(one->close());
  f.sim.run_until([&] { return ended; }, 1min);
  CHECK(f.sim.elapsed() >= 30s);
  CHECK(f.sim.elapsed() < 32s);
  f.sim.run(two->close());
}

TEST_CASE("a call under way in a client that stops lets the others of its limits go on at once") {
  fixture f(2min);
  const auto limits = make_rest_limits();
  const auto one = f.another(limits), two = f.another(limits);
  int ended = 0;
  const auto send = [&](std::shared_ptr<rest::queue> by) -> task<> {
    rest::call what(get_user, {"5"});
    co_await as_result(by->send(std::move(what)));
    ++ended;
  };
  net::server_reply never;
  never.play = net::server_reply::fault::stall;
  f.answers.push_back(std::move(never));
  f.sim.spawn(send(one));
  f.sim.run_for(1s);
  f.sim.spawn(send(two));  // the route is not learnt: it waits for the answer to the first
  f.sim.run_for(1s);
  CHECK(f.requests.size() == 1);
  f.sim.run(one->close());
  f.sim.run_for(1s);
  CHECK(ended == 2);
  CHECK(f.requests.size() == 2);
  f.sim.run(two->close());
}

TEST_CASE("a call that goes at once counts in its second from when it is written, however long its connection takes") {
  protocol::rate_limiter_options limits;
  limits.global_limit = 1;
  fixture f(60s, limits);
  REQUIRE(f.send(post_message, {"5"}).has_value());
  f.sim.run_for(1min);  // the connection was idle for too long
  f.network->black_hole("127.0.0.1", true);
  f.start(f.make(post_message, {"5"}, "first"));
  f.sim.run_for(100ms);
  f.network->black_hole("127.0.0.1", false);
  f.start(f.make(post_message, {"6"}, "next"));
  f.sim.run_for(5s);
  CHECK(f.requests.size() == 1);
  f.sim.run_for(1min);
  CHECK(f.ends.size() == 2);
  REQUIRE(f.requests.size() == 3);
  CHECK(f.times[2] - f.times[1] >= 1s);
}

TEST_CASE("a call that is cancelled in flight gives its slot back at once") {
  fixture f;
  net::server_reply never;
  never.play = net::server_reply::fault::stall;
  f.answers.push_back(std::move(never));
  asio::cancellation_signal cancel;
  bool cancelled = false;
  asio::co_spawn(f.sim.executor(), f.queue->send(f.make(post_message, {"5"}, "lost")),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const rest::answer&) { cancelled = error != nullptr; }));
  f.start(f.make(post_message, {"5"}, "next"));
  f.sim.run_for(1s);
  CHECK(f.requests.size() == 1);
  CHECK(f.ends.empty());
  cancel.emit(asio::cancellation_type::terminal);
  f.sim.run_for(1s);
  CHECK(cancelled);
  REQUIRE(f.ends.size() == 1);
  CHECK(f.ends[0].has_value());
  CHECK(bodies(f) == std::vector<std::string>{"lost", "next"});
}

TEST_CASE("a server that repeats what it was asked for gives no secret away, and a time without end is no overflow") {
  fixture f(std::chrono::milliseconds::max());
  f.answer(404, "Cannot POST /api/v10/webhooks/5/a%2Fsecret with Bot secret and a/secret");
  const auto end = f.send(execute_webhook, {"5", "a/secret"}, "{}");
  CHECK_THAT(end.error_text(), Catch::Contains("Cannot POST /api/v10/webhooks/5/***"));
  CHECK(end.error_text().find("secret") == std::string::npos);
  CHECK(f.send(get_user, {"5"}));
  // Nor a part of one where a page is cut, nor what breaks a log's lines.
  for (std::size_t before = 60; before < 82; ++before) {
    f.answer(403, std::string(before, '.') + "secret\r\x1b[2J" + std::string(5000, 'x'));
    const auto cut = f.send(get_user, {"5"}).error_text();
    CHECK(cut.substr(cut.find("JSON: ")).find('s') == std::string::npos);
    for (const char c : cut) CHECK(static_cast<unsigned char>(c) >= ' ');
  }
  f.answer(403, R"({"code":1,"message":"no\nBot secret )" + std::string(5000, 'x') + R"("})");
  const auto long_one = f.send(get_user, {"5"}).error_text();
  CHECK(long_one.size() < 700);
  CHECK_THAT(long_one, Catch::Contains("no Bot ***"));
}

TEST_CASE("an OAuth2 refusal is told in its own words, without what the form held") {
  fixture f;
  auto login = f.make(protocol::route{method::post, "/oauth2/token"}, {}, "grant_type=authorization_code&code=on%2Fce&client_secret=hush&x");
  login.content_type = "application/x-www-form-urlencoded";
  f.answer(400, R"({"error":"invalid_grant","error_description":"Invalid \"code\" on/ce (on%2Fce) for hush"})");
  const auto end = f.run(std::move(login));
  CHECK_THAT(end.error_text(), Catch::Contains("invalid_grant: Invalid \"code\" *** (***) for ***"));
  CHECK(error_of(end).code() == errc::rest_refused);
}
