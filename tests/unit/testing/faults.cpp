// SPDX-License-Identifier: MIT
#include <chrono>
#include <vector>

#include "support/catch.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

struct faulty : brain_fixture {
  void play(rest_fault fault) {
    mind->with([&](mock_state& state, gateway&, rest&) { state.faults.rest = {std::move(fault)}; });
  }
  rest_outcome outcome(std::string method, std::string path, std::string_view body = {}) {
    net::http_request request(std::move(method), "/api/v10" + std::move(path));
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
    const bool own_token = request.target.starts_with("/api/v10/interactions/");
    if (!own_token) request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = body;
    return mind->with([&](mock_state&, gateway&, rest& api) { return api.handle(request); });
  }
  std::size_t messages() {
    return mind->quietly([&](mock_state& state, gateway&, rest&) {
      return state.world.channels.at(general.value()).messages.size();
    });
  }
};

}  // namespace

TEST_CASE("a fault strikes after a number of requests, from a time on, as often as it says") {
  faulty f;
  rest_fault fault = rest_faults::page(503);
  fault.skip = 1;
  fault.times = 2;
  fault.route = "/users/@me";
  fault.from = f.clock->now() + 1s;
  f.play(fault);
  const auto status = [&] { return f.request("GET", "/users/@me").status; };
  CHECK(status() == 200);
  f.clock->advance(1s);
  CHECK(f.request("GET", "/gateway").status == 200);  // another route
  CHECK(status() == 200);
  CHECK(status() == 503);
  CHECK(status() == 503);
  CHECK(status() == 200);
}

TEST_CASE("a fault by chance strikes the same requests for the same seed") {
  const auto run = [](std::uint64_t seed) {
    faulty f;
    rest_fault fault = rest_faults::page(502);
    fault.times = 1000;
    fault.chance = 0.25;
    fault.seed = seed;
    f.play(fault);
    std::vector<bool> struck;
    for (int i = 0; i < 200; ++i) {
      struck.push_back(f.request("GET", "/users/@me").status == 502);
      f.clock->advance(5s);
    }
    return struck;
  };
  const auto first = run(7);
  CHECK(first == run(7));
  CHECK(first != run(8));
  const auto hits = std::count(first.begin(), first.end(), true);
  CHECK(hits > 25);
  CHECK(hits < 75);
}

TEST_CASE("errors of Discord come with its headers, pages of the front without") {
  faulty f;
  for (const int code : {0, 50014, 50027, 40001}) {
    f.play(rest_faults::discord_error(401, code));
    const auto answer = f.request("GET", "/users/@me");
    CHECK(answer.status == 401);
    CHECK(answer.code() == code);
    CHECK(answer.headers.has("X-RateLimit-Bucket"));
    CHECK(answer.headers.has("Via"));
  }
  f.play(rest_faults::discord_error(404, 10015));
  CHECK(f.request("GET", "/users/@me").body["message"] == "Unknown Webhook");
  for (const int status : {500, 502, 503, 520, 521, 522, 523, 524}) {
    f.clock->advance(5s);
    f.play(rest_faults::page(status));
    const auto answer = f.request("GET", "/users/@me");
    CHECK(answer.status == status);
    CHECK(answer.body.is_discarded());
    CHECK(!answer.headers.has("X-RateLimit-Bucket"));
    CHECK(!answer.headers.has("Via"));
  }
  f.play(rest_faults::index_not_ready(1500ms));
  const auto answer = f.request("GET", "/users/@me");
  CHECK(answer.status == 202);
  CHECK(answer.code() == 110000);
  CHECK(answer.body["retry_after"] == 1.5);
  CHECK(f.violations().empty());
}

TEST_CASE("a sub-limit leaves requests in the bucket") {
  faulty f;
  rest_fault fault;
  fault.what = rest_fault::kind::sub_limit_429;
  fault.retry_after = 600s;
  f.play(fault);
  const auto answer = f.request("GET", "/users/@me");
  CHECK(answer.status == 429);
  CHECK(answer.headers.get("X-RateLimit-Scope") == "user");
  CHECK(answer.headers.get("X-RateLimit-Remaining") != "0");
  CHECK(answer.headers.get("Retry-After") == "600");
  CHECK(answer.body["retry_after"] == 600.0);
}

TEST_CASE("a block of the front may come without Retry-After") {
  faulty f;
  rest_fault fault;
  fault.what = rest_fault::kind::cloudflare_block;
  fault.retry_after = 5s;
  f.play(fault);
  CHECK(f.request("GET", "/users/@me").headers.get("Retry-After") == "5");
  f.clock->advance(5s);
  fault.retry_after_header = false;
  f.play(fault);
  const auto answer = f.request("GET", "/users/@me");
  CHECK(answer.status == 429);
  CHECK(answer.body.is_discarded());
  CHECK(!answer.headers.has("Retry-After"));
  f.clock->advance(4s);
  CHECK(f.request("GET", "/gateway").status == 429);
}

TEST_CASE("buckets change their hash and merge") {
  faulty f;
  const auto bucket = [&](const std::string& path) { return std::string(f.request("GET", path).headers.get("X-RateLimit-Bucket")); };
  const auto other = bucket("/users/@me");
  const auto before = bucket("/gateway");
  CHECK(before != other);
  rest_fault fault;
  fault.what = rest_fault::kind::merge_bucket;
  fault.route = "/gateway";
  fault.with = "GET /users/@me";
  fault.from = f.clock->now() + 1s;
  f.play(fault);
  CHECK(bucket("/gateway") == before);
  f.clock->advance(1s);
  CHECK(bucket("/gateway") == before);
  CHECK(bucket("/gateway") == other);
  fault.what = rest_fault::kind::new_bucket;
  fault.route = "/users/@me";
  f.play(fault);
  CHECK(bucket("/users/@me") == other);
  CHECK(bucket("/users/@me") != other);
  CHECK(bucket("/gateway") == bucket("/users/@me"));
}

TEST_CASE("a connection is dropped before or after the effect, and answers come late") {
  faulty f;
  rest_fault fault;
  fault.what = rest_fault::kind::drop_before_acting;
  f.play(fault);
  auto outcome = f.outcome("POST", f.messages_path(), R"({"content":"a"})");
  CHECK(outcome.drop);
  CHECK(f.messages() == 0);
  fault.what = rest_fault::kind::drop_before_answer;
  fault.delay = 20s;
  f.play(fault);
  outcome = f.outcome("POST", f.messages_path(), R"({"content":"a"})");
  CHECK(outcome.drop);
  CHECK(outcome.delay == 20s);
  CHECK(f.messages() == 1);
  fault.what = rest_fault::kind::late;
  f.play(fault);
  outcome = f.outcome("POST", f.messages_path(), R"({"content":"a"})");
  CHECK(!outcome.drop);
  CHECK(outcome.delay == 20s);
  CHECK(f.messages() == 2);
  fault = rest_faults::page(502);
  fault.acts = true;
  f.play(fault);
  CHECK(f.outcome("POST", f.messages_path(), R"({"content":"a"})").response.status == 502);
  CHECK(f.messages() == 3);
}

TEST_CASE("a nonce that is enforced makes one message") {
  faulty f;
  const auto post = [&](std::string_view body) { return f.request("POST", f.messages_path(), body).body["id"]; };
  const auto first = post(R"({"content":"a","nonce":"n1","enforce_nonce":true})");
  CHECK(post(R"({"content":"a","nonce":"n1","enforce_nonce":true})") == first);
  CHECK(post(R"({"content":"b","nonce":"n2","enforce_nonce":true})") != first);
  CHECK(post(R"({"content":"a","nonce":"n1"})") != first);
  CHECK(f.messages() == 3);
  f.clock->advance(3min);
  CHECK(post(R"({"content":"a","nonce":"n1","enforce_nonce":true})") != first);
  CHECK(f.messages() == 4);
}

TEST_CASE("an interaction answered again is refused, but is no violation when the first answer was lost") {
  faulty f;
  const auto link = f.session();
  f.request("PUT", "/applications/" + f.application + "/commands", R"([{"name":"roll","description":"d"}])");
  const auto callback = [&] {
    const auto id = f.mind->with([&](mock_state& state, gateway& gate, rest&) {
      return acts::slash(state, gate, f.alice, f.general, "roll", {});
    });
    return "/interactions/" + id.str() + "/" + f.take(*link).back()["d"]["token"].get<std::string>() + "/callback";
  };
  rest_fault fault;
  fault.what = rest_fault::kind::drop_before_answer;
  const auto lost = callback();
  f.play(fault);
  CHECK(f.outcome("POST", lost, R"({"type":5})").drop);
  CHECK(f.request("POST", lost, R"({"type":5})", false).code() == 40060);
  CHECK(f.violations().empty());
  const auto twice = callback();
  CHECK(f.request("POST", twice, R"({"type":5})", false).status == 204);
  CHECK(f.request("POST", twice, R"({"type":5})", false).code() == 40060);
  CHECK(f.violations() == names{"interaction_answered_twice"});
}
