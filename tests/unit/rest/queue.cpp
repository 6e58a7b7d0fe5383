// SPDX-License-Identifier: MIT
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include "queue_fixture.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using namespace std::chrono_literals;
using namespace mc::tests;
using fixture = queue_fixture;

TEST_CASE("a call goes out with token, user agent and body, and gives the answer's body") {
  fixture f;
  f.answer(200, R"({"id":"1"})");
  const auto got = f.send(post_message, {"5"}, R"({"content":"hi"})");
  REQUIRE(got);
  CHECK(got->body == R"({"id":"1"})");
  REQUIRE(f.requests.size() == 1);
  const auto& request = f.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.target == "/api/v10/channels/5/messages");
  CHECK(request.headers.get("Authorization") == "Bot secret");
  CHECK(request.headers.get("Content-Type") == "application/json");
  CHECK(request.headers.get("User-Agent") == "DiscordBot (https://example.invalid, 1)");
  CHECK(request.body == R"({"content":"hi"})");
}

TEST_CASE("a call by interaction token goes without Authorization") {
  fixture f;
  f.answer(204, "");
  CHECK(f.send(callback, {"5", "token/with?odd#signs"}, "{}"));
  REQUIRE(f.requests.size() == 1);
  CHECK(!f.requests[0].headers.has("Authorization"));
  CHECK(f.requests[0].target == "/api/v10/interactions/5/token%2Fwith%3Fodd%23signs/callback");
}

TEST_CASE("calls share connections") {
  fixture f;
  for (int i = 0; i < 20; ++i) REQUIRE(f.send(get_message, {"5", "6"}));
  const auto counters = f.sim.run(f.queue->counters());
  CHECK(counters.calls == 20);
  CHECK(counters.succeeded == 20);
  CHECK(counters.connections_opened == 1);
  CHECK(counters.connections_reused == 19);
}

TEST_CASE("a 429 is waited for to the fraction of a second and sent again") {
  fixture f;
  f.answer(429, R"({"message":"You are being rate limited.","retry_after":1.337,"global":false})",
           {{"Retry-After", "2"}, {"X-RateLimit-Scope", "user"}, {"X-RateLimit-Bucket", "b"}});
  f.answer(200, "7");
  const auto got = f.send(post_message, {"5"}, "{}");
  REQUIRE(got);
  CHECK(got->body == "7");
  REQUIRE(f.times.size() == 2);
  CHECK(f.times[1] - f.times[0] >= 1337ms);
  CHECK(f.times[1] - f.times[0] < 1400ms);
  CHECK(f.sim.run(f.queue->counters()).status_429 == 1);
}

TEST_CASE("a bucket that is used up is waited for without a 429") {
  fixture f;
  f.answer(200, "1", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "5"}, {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-Reset-After", "2.5"}});
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  REQUIRE(f.send(post_message, {"6"}, "{}"));  // another channel is another quota
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  REQUIRE(f.times.size() == 3);
  CHECK(f.times[1] - f.times[0] < 100ms);
  CHECK(f.times[2] - f.times[0] >= 2500ms);
  CHECK(f.times[2] - f.times[0] < 2700ms);
}

TEST_CASE("a refusal is a typed error with Discord's code, message and fields") {
  fixture f;
  f.answer(400, R"({"code":50035,"message":"Invalid Form Body","errors":{"embeds":{"0":{"title":{"_errors":[
      {"code":"BASE_TYPE_MAX_LENGTH","message":"Must be 256 or fewer in length."}]}}}}})");
  const auto got = f.send(post_message, {"5"}, "{}");
  const auto* error = got.error_as<mc::rest_error>();
  REQUIRE(error != nullptr);
  CHECK(error->status() == 400);
  CHECK(error->discord_code() == 50035);
  CHECK(error->message() == "Invalid Form Body");
  CHECK(error->route() == "POST /channels/{channel_id}/messages");
  REQUIRE(error->fields().size() == 1);
  CHECK(error->fields()[0].path == "embeds.0.title");
  CHECK(error->fields()[0].code == "BASE_TYPE_MAX_LENGTH");
  CHECK(f.requests.size() == 1);
}

TEST_CASE("an error of a proxy, which is no JSON, is cut to a line") {
  fixture f;
  f.answer(403, "<html>" + std::string(5000, 'x'));
  const auto got = f.send(get_message, {"5", "6"});
  REQUIRE(got.error_as<mc::rest_error>() != nullptr);
  CHECK(got.error_text().size() < 250);
}

TEST_CASE("a 5xx is tried again for a GET, with growing pauses, and not for a POST") {
  fixture f;
  f.answer(502, "<html>");
  f.answer(503, "");
  f.answer(200, "9");
  const auto got = f.send(get_message, {"5", "6"});
  REQUIRE(got);
  CHECK(got->body == "9");
  CHECK(f.requests.size() == 3);
  CHECK(f.times[1] - f.times[0] >= 500ms);
  CHECK(f.times[2] - f.times[1] >= 1s);

  f.answer(502, "<html>");
  const auto refused = f.send(post_message, {"5"}, "{}");
  REQUIRE(refused.error_as<mc::rest_error>() != nullptr);
  CHECK(refused.error_as<mc::rest_error>()->status() == 502);
  CHECK(f.requests.size() == 4);
}

TEST_CASE("a GET is given up after four tries") {
  fixture f;
  for (int i = 0; i < 10; ++i) f.answer(500, "{}");
  const auto got = f.send(get_message, {"5", "6"});
  REQUIRE(got.error_as<mc::rest_error>() != nullptr);
  CHECK(got.error_as<mc::rest_error>()->attempt() == 4);
  CHECK(f.requests.size() == 4);
}

TEST_CASE("a POST whose answer is lost is not sent twice, and its slot is free at once") {
  fixture f;
  f.drop();
  const auto got = f.send(post_message, {"5"}, "{}");
  REQUIRE(got.error_as<mc::rest_error>() != nullptr);
  CHECK(got.error_as<mc::rest_error>()->status() == 0);
  CHECK(f.requests.size() == 1);
  const auto before = f.sim.elapsed();
  CHECK(f.send(post_message, {"5"}, "{}"));
  CHECK(f.sim.elapsed() - before < 1s);
}

TEST_CASE("a GET whose answer is lost is sent again") {
  fixture f;
  f.drop();
  f.answer(200, "3");
  const auto got = f.send(get_message, {"5", "6"});
  REQUIRE(got);
  CHECK(got->body == "3");
}

TEST_CASE("a limit that lasts longer than the call may take is told at once, and costs nobody else a slot") {
  fixture f(10s);
  f.answer(200, "1", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-Reset-After", "25"}});
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  const auto late = f.send(post_message, {"5"}, "{}");
  REQUIRE(late.error_as<mc::rest_error>() != nullptr);
  CHECK(late.error_as<mc::rest_error>()->code() == mc::errc::rate_limited);
  CHECK_THAT(late.error_text(), Catch::Contains("it would have to wait 2") && Catch::Contains("the limit of its bucket"));
  CHECK(f.sim.elapsed() < 1s);
  f.sim.run_for(25s);
  CHECK(f.send(post_message, {"5"}, "{}"));
  CHECK(f.requests.size() == 2);
}

TEST_CASE("a cancelled call that waits gives its place to the next one") {
  fixture f;
  f.answer(200, "1", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-Reset-After", "5"}});
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  asio::cancellation_signal cancel;
  bool cancelled = false;
  asio::co_spawn(f.sim.executor(), f.queue->send(mc::rest::call(post_message, {"5"})),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const mc::rest::answer&) { cancelled = error != nullptr; }));
  f.sim.run_for(1s);
  CHECK(!cancelled);
  cancel.emit(asio::cancellation_type::terminal);
  f.sim.settle();
  CHECK(cancelled);
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  CHECK(f.requests.size() == 2);
  CHECK(f.sim.elapsed() < 6s);
}

TEST_CASE("a queue that is dropped without being closed is gone at once, and leaves nothing that waits for a time") {
  fixture f;
  const auto before = f.sim.clock()->pending();
  auto queue = f.another(nullptr);
  f.answer(200, "1", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-Reset-After", "50"}});
  mc::rest::call first(post_message, {"5"});
  REQUIRE(f.sim.run(mc::as_result(queue->send(std::move(first)))));
  asio::cancellation_signal cancel;
  bool cancelled = false;
  asio::co_spawn(f.sim.executor(), queue->send(mc::rest::call(post_message, {"5"})),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, const mc::rest::answer&) { cancelled = error != nullptr; }));
  f.sim.run_for(1s);
  cancel.emit(asio::cancellation_type::terminal);
  f.sim.settle();
  REQUIRE(cancelled);
  CHECK(f.sim.clock()->pending() > before);  // it looks again when the bucket is full
  const std::weak_ptr<mc::rest::queue> left = queue;
  queue.reset();
  CHECK(left.expired());
  f.sim.run_for(2s);  // the server's side of the connection
  CHECK(f.sim.clock()->pending() == before);
}

TEST_CASE("a block by what stands before Discord is told to the caller and pauses everything for a minute") {
  fixture f(5min);
  f.answer(429, "<html>error 1015</html>");
  const auto got = f.send(post_message, {"5"}, "{}");
  REQUIRE(got.error_as<mc::rest_error>() != nullptr);
  CHECK(got.error_as<mc::rest_error>()->code() == mc::errc::rate_limited);
  REQUIRE(f.send(get_message, {"6", "7"}));
  REQUIRE(f.times.size() == 2);
  CHECK(f.times[1] - f.times[0] >= 60s);
}

TEST_CASE("closing ends what waits and what is under way") {
  fixture f;
  f.answer(200, "1", {{"X-RateLimit-Bucket", "b"}, {"X-RateLimit-Limit", "1"}, {"X-RateLimit-Remaining", "0"},
                      {"X-RateLimit-Reset-After", "50"}});
  REQUIRE(f.send(post_message, {"5"}, "{}"));
  std::vector<mc::errc> ends;
  const auto wait = [&]() -> mc::task<> {
    mc::rest::call what(post_message, {"5"});
    const auto end = co_await mc::as_result(f.queue->send(std::move(what)));
    const auto* error = end.error_as<mc::rest_error>();
    ends.push_back(error ? static_cast<mc::errc>(error->code().value()) : mc::errc{});
  };
  for (int i = 0; i < 3; ++i) f.sim.spawn(wait());
  f.sim.settle();
  CHECK(ends.empty());
  f.sim.run(f.queue->close());
  f.sim.settle();
  CHECK(ends == std::vector<mc::errc>(3, mc::errc::cancelled));
  CHECK(f.sim.elapsed() < 1s);
}
