// SPDX-License-Identifier: MIT
// Limits beyond a bucket: who shares one, how long what a fault closed stays closed, and what is too large.
#include <algorithm>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

struct limited : brain_fixture {
  void play(rest_fault::kind what, std::chrono::milliseconds retry_after, std::string route = {}) {
    rest_fault fault{.what = what};
    fault.retry_after = retry_after;
    fault.route = std::move(route);
    mind->with([&](mock_state& state, gateway&, rest&) { state.faults.rest = {fault}; });
  }
  static std::string scope(const answer& from) { return std::string(from.headers.get("X-RateLimit-Scope")); }
};

}  // namespace

TEST_CASE("calls without the bot's token have the global limit of their address") {
  limited f;
  for (int i = 1; i <= 50; ++i) CHECK(f.request("GET", "/webhooks/" + std::to_string(i) + "/token").code() == 10015);
  const auto over = f.request("GET", "/webhooks/51/token");
  CHECK(over.status == 429);
  CHECK(over.body["global"] == true);
  CHECK(f.request("GET", "/gateway", {}, false).status == 429);
  CHECK(f.request("GET", "/users/@me").status == 200);  // the bot has its own
  CHECK(f.request("GET", "/webhooks/" + f.application + "/token/messages/5").status == 404);  // an interaction has none
  f.clock->advance(1s);
  CHECK(f.request("GET", "/gateway", {}, false).status == 200);
}

TEST_CASE("a played global 429 closes the limit of whoever met it") {
  limited f;
  f.play(rest_fault::kind::global_429, 5s);
  CHECK(f.request("GET", "/webhooks/5/token").body["global"] == true);
  CHECK(f.request("GET", "/users/@me").status == 200);
  CHECK(f.request("GET", "/webhooks/6/token").status == 429);
  f.clock->advance(5s);
  f.play(rest_fault::kind::global_429, 5s);
  CHECK(f.request("GET", "/users/@me").body["global"] == true);
  CHECK(f.request("GET", "/webhooks/6/token").status == 404);
  CHECK(f.request("GET", "/users/@me").status == 429);
}

TEST_CASE("to reach the limit of invalid requests is a violation once, to go on is one each time") {
  mock_options options;
  options.invalid_requests_per_10_minutes = 3;
  brain_fixture f(options);
  for (int i = 0; i < 3; ++i) CHECK(f.request("GET", "/users/@me", {}, false).status == 401);
  CHECK(f.violations() == names{"unauthorized", "unauthorized", "unauthorized", "invalid_requests"});
  f.mind->with([](mock_state& state, gateway&, rest&) { state.violations.clear(); });
  CHECK(f.request("GET", "/users/@me").status == 429);  // was on its way
  for (int i = 0; i < 3; ++i) {
    f.clock->advance(200ms);
    CHECK(f.request("GET", "/users/@me").status == 429);
  }
  CHECK(f.violations() == names{"429_ignored", "429_ignored"});
}

TEST_CASE("a played sub-limit holds its route for its channel until its time, and nothing else") {
  limited f;
  const auto other = f.mind->with(
      [&](mock_state& state, gateway& gate, rest&) { return acts::add_text_channel(state, gate, f.home, "other"); });
  const auto channel = "/channels/" + f.general.str();
  f.play(rest_fault::kind::sub_limit_429, 600s);
  CHECK(f.request("GET", channel).status == 429);
  f.clock->advance(10s);
  const auto again = f.request("GET", channel);
  CHECK(again.status == 429);
  CHECK(again.headers.get("Retry-After") == "590");
  CHECK(again.headers.get("X-RateLimit-Remaining") != "0");
  CHECK(f.scope(again) == "user");
  CHECK(f.request("GET", "/channels/" + other.str()).status == 200);
  CHECK(f.request("GET", channel + "/messages").status == 200);
  CHECK(f.violations() == names{"429_ignored"});
  f.clock->advance(590s);
  CHECK(f.request("GET", channel).status == 200);
}

TEST_CASE("a channel's name and its topic may be changed twice in ten minutes each, while its bucket is open") {
  limited f;
  const auto role = [&](mock_state& state, gateway& gate, rest&) {
    acts::give_role(state, gate, f.home, user_id{state.world.bot}, acts::add_role(state, gate, f.home, "admin", 8));
  };
  f.mind->with(role);
  const auto channel = "/channels/" + f.general.str();
  for (const char* name : {"one", "two"}) {
    CHECK(f.request("PATCH", channel, R"({"name":")" + std::string(name) + R"("})").status == 200);
    f.clock->advance(1s);
  }
  const auto third = f.request("PATCH", channel, R"({"name":"three","nsfw":true})");
  CHECK(third.status == 429);
  CHECK(third.headers.get("Retry-After") == "598");
  CHECK(third.headers.get("X-RateLimit-Remaining") == "8");
  CHECK(f.scope(third) == "user");
  CHECK(f.request("PATCH", channel, R"({"nsfw":true})").status == 200);
  CHECK(f.request("PATCH", channel, R"({"topic":"other"})").status == 200);
  CHECK(f.violations() == names{"rate_limited"});
  f.clock->advance(1s);
  CHECK(f.request("PATCH", channel, R"({"name":"three"})").status == 429);
  CHECK(f.violations().back() == "429_ignored");
  f.clock->advance(597s);
  CHECK(f.request("PATCH", channel, R"({"name":"three"})").status == 200);
}

TEST_CASE("messages are deleted under three limits, by their age") {
  limited f;
  std::map<std::string, std::string> sizes;
  const auto remove = [&](message_id which) {
    const auto got = f.request("DELETE", f.messages_path() + "/" + which.str());
    sizes[std::string(got.headers.get("X-RateLimit-Bucket"))] = got.headers.get("X-RateLimit-Limit");
    return got.status;
  };
  f.mind->with([&](mock_state& state, gateway& gate, rest&) {
    acts::give_role(state, gate, f.home, user_id{state.world.bot}, acts::add_role(state, gate, f.home, "admin", 8));
  });
  const auto old = f.say("old");
  f.clock->advance(24h * 14 + 1s);
  const auto other = f.say("other");
  f.clock->advance(10s);
  const auto young = f.say("young");
  for (const auto which : {old, other, young}) CHECK(remove(which) == 204);
  std::vector<std::string> all;
  for (const auto& [bucket, size] : sizes) all.push_back(size);
  std::sort(all.begin(), all.end());
  CHECK(all == names{"3", "30", "5"});
}

TEST_CASE("what ignores a played shared limit is answered as shared, and does not count as invalid") {
  limited f;
  f.play(rest_fault::kind::shared_429, 5s);
  CHECK(f.scope(f.request("GET", "/users/@me")) == "shared");
  f.clock->advance(1s);
  const auto again = f.request("GET", "/users/@me");
  CHECK(f.scope(again) == "shared");
  CHECK(again.body["message"] == "The resource is being rate limited.");
  CHECK(f.violations() == names{"429_ignored"});
  CHECK(f.mind->quietly([&](mock_state& state, gateway&, rest&) { return state.limits.invalid_requests(state.now()); }) == 0);
  f.clock->advance(4s);
  CHECK(f.request("GET", "/users/@me").status == 200);
}

TEST_CASE("files and requests over Discord's limits are refused with 413, unless the mock was made for larger ones") {
  const auto upload = [](brain_fixture& f, std::initializer_list<std::size_t> sizes) {
    net::http_request request("POST", "/api/v10" + f.messages_path());
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
    request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
    request.headers.add("Content-Type", "multipart/form-data; boundary=b");
    std::size_t number = 0;
    for (const auto size : sizes)
      request.body += "--b\r\nContent-Disposition: form-data; name=\"files[" + std::to_string(number++) +
                      "]\"; filename=\"f\"\r\n\r\n" + std::string(size, 'x') + "\r\n";
    request.body += "--b--\r\n";
    return f.send(request);
  };
  constexpr std::size_t most = 10'485'760;
  brain_fixture f;
  CHECK(upload(f, {most, most}).status == 200);
  CHECK(f.violations().empty());
  const auto over = upload(f, {most + 1, 5, most + 1});
  CHECK(over.status == 413);
  CHECK(over.code() == 40005);
  CHECK(f.violations() == names{"attachment_too_large", "attachment_too_large"});
  CHECK(upload(f, {9'000'000, 9'000'000, 9'000'000}).code() == 40005);
  CHECK(f.violations().back() == "request_too_large");

  mock_options options;
  options.attachment_limit_bytes = options.request_limit_bytes = 50'000'000;
  brain_fixture g(options);
  CHECK(upload(g, {30'000'000}).status == 200);
  CHECK(g.violations().empty());
}
