// SPDX-License-Identifier: MIT
// Send limit, back-off, shard arithmetic, routes, payload texts, addresses.
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include <monochord/core/error.hpp>

#include "protocol/backoff.hpp"
#include "protocol/gateway_url.hpp"
#include "protocol/path_parameters.hpp"
#include "protocol/payload_text.hpp"
#include "protocol/routes.hpp"
#include "protocol/send_limit.hpp"
#include "protocol/shard_math.hpp"
#include "protocol/sliding_window.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using sender = send_limit::sender;

namespace {
constexpr time_point start{1000h};
}

TEST_CASE("send limit: 115 for the user, 120 in all, in any 60 seconds") {
  send_limit limit;
  time_point now = start;
  int sent = 0;
  while (limit.may_send(sender::user, now)) {
    limit.sent(now);
    now += 10ms;
    ++sent;
  }
  CHECK(sent == 115);
  CHECK(limit.next(sender::user, now) == start + 60s);
  for (int i = 0; i < 5; ++i) {
    CHECK(limit.may_send(sender::session, now));
    limit.sent(now);
  }
  CHECK_FALSE(limit.may_send(sender::session, now));
  // The user may go again only when the window holds fewer than 115, however the 120 came together.
  CHECK(limit.next(sender::user, now) == start + 60s + 50ms);
  CHECK(limit.may_send(sender::user, start + 60s + 50ms));
  limit.reset();
  CHECK(limit.may_send(sender::user, now));
}

TEST_CASE("send limit: whoever obeys it is never over 120 in a window") {
  send_limit limit;
  std::deque<time_point> window;
  time_point now = start;
  unsigned seed = 7;
  for (int i = 0; i < 5000; ++i) {
    seed = seed * 1103515245U + 12345U;
    const auto who = (seed >> 16) % 5 == 0 ? sender::session : sender::user;
    now = std::max(now + std::chrono::milliseconds((seed >> 20) % 400), limit.next(who, now));
    limit.sent(now);
    window.push_back(now);
    while (window.front() <= now - 60s) window.pop_front();
    REQUIRE(window.size() <= 120);
  }
}

TEST_CASE("back-off: doubles up to the cap, half of it jitter, starts over after a success") {
  backoff b({1s, 60s});
  for (const duration most : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    backoff copy = b;
    CHECK(copy.next(0.0) == most / 2);
    CHECK(b.next(1.0) == most);
  }
  for (int i = 0; i < 1000; ++i) CHECK(b.next(1.0) == 60s);
  b.reset();
  CHECK(b.next(0.0) == 500ms);
  CHECK(b.failures() == 1);
}

TEST_CASE("shard of a guild") {
  CHECK(shard_of(guild_id{197038439483310086}, 1) == 0);
  CHECK(shard_of(guild_id{197038439483310086}, 16) == static_cast<int>((197038439483310086ULL >> 22) % 16));
  CHECK(shard_of(guild_id{}, 16) == 0);
  CHECK(shard_of(guild_id{197038439483310086}, 0) == 0);
}

namespace {
constexpr route create_message{method::post, "/channels/{channel_id}/messages"};
constexpr route react{method::put, "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"};
constexpr route execute_webhook{method::post, "/webhooks/{webhook_id}/{webhook_token}"};
constexpr route answer{method::post, "/interactions/{interaction_id}/{interaction_token}/callback"};
constexpr route me{method::get, "/users/@me"};
}  // namespace

TEST_CASE("routes: paths are built and percent-encoded") {
  CHECK(build_path(me, {}) == "/users/@me");
  CHECK(build_path(create_message, {"123"}) == "/channels/123/messages");
  CHECK(build_path(react, {"1", "2", "\xf0\x9f\x91\x8d"}) == "/channels/1/messages/2/reactions/%F0%9F%91%8D/@me");
  CHECK(build_path(react, {"1", "2", "a/../b?c#d"}) == "/channels/1/messages/2/reactions/a%2F..%2Fb%3Fc%23d/@me");
  CHECK_THROWS_AS(build_path(create_message, {}), error);
  CHECK_THROWS_AS(build_path(create_message, {"1", "2"}), error);
  CHECK_THROWS_AS(build_path(create_message, {""}), error);
  CHECK_THROWS_AS(build_path(create_message, {".."}), error);
  CHECK(react.parameter_count() == 3);
  const std::string open = "/channels/{channel_id/messages";
  CHECK_THROWS_WITH(build_path(route{method::get, open}, {}), Catch::Contains("%7B"));
  CHECK_THROWS_WITH(build_path(route{method::get, open}, {"1"}), Catch::Contains("%7B"));
}

TEST_CASE("routes: what is shown never holds a token, not even in an error") {
  const std::string_view parameters[] = {"12", "very-secret"};
  CHECK(display(execute_webhook, parameters) == "POST /webhooks/12/{webhook_token}");
  CHECK(display(answer, parameters) == "POST /interactions/12/{interaction_token}/callback");
  CHECK(display(create_message) == "POST /channels/{channel_id}/messages");
  try {
    build_path(execute_webhook, {"very-secret", ""});
    FAIL("an empty token was taken");
  } catch (const error& e) {
    CHECK(std::string(e.what()).find("very-secret") == std::string::npos);
  }
}

TEST_CASE("routes: what the limiter files them under") {
  const std::string_view one[] = {"12"};
  const std::string_view two[] = {"12", "tok"};
  const std::string_view three[] = {"12", "34", "x"};
  CHECK(limiter_key(create_message, one).route == "POST /channels/{channel_id}/messages");
  CHECK(limiter_key(create_message, one).major == "12");
  CHECK(limiter_key(react, three).major == "12");
  CHECK(limiter_key(execute_webhook, two).major == "12/tok");
  CHECK(limiter_key(execute_webhook, two).by_address);
  CHECK(limiter_key(answer, two).major == "12/tok");
  CHECK(limiter_key(answer, two).exempt_from_global);
  CHECK(limiter_key(me, {}).major.empty());
  const route member{method::get, "/users/@me/guilds/{guild_id}/member"};
  CHECK(limiter_key(member, one).major == "12");
  const route other{method::get, "/users/{user_id}"};
  CHECK(limiter_key(other, one).major.empty());
  CHECK(execute_webhook.has_own_token());
  CHECK(answer.has_own_token());
  CHECK_FALSE(create_message.has_own_token());
  CHECK(member.has_major());
  CHECK_FALSE(other.has_major());
  const std::string written = "/webhooks/{application_id}/{interaction_token}";  // read when it is made
  const route made{method::post, written};
  CHECK(made.is_interaction());
  CHECK(made.has_own_token());
  CHECK_FALSE(made.has_major());
  CHECK(made.parameter_count() == 2);
}

TEST_CASE("payload texts are JSON whatever is in them") {
  std::string out;
  write_heartbeat(out, std::nullopt);
  CHECK(out == R"({"op":1,"d":null})");
  out.clear();
  write_heartbeat(out, 251);
  CHECK(out == R"({"op":1,"d":251})");
  out.clear();
  write_resume(out, "tok\"en", "sess\\ion\n", 7);
  CHECK(out == R"({"op":6,"d":{"token":"tok\"en","session_id":"sess\\ion\u000a","seq":7}})");
  out.clear();
  identify_fields fields;
  fields.intents = 513;
  fields.shard_id = 2;
  fields.shard_count = 5;
  fields.large_threshold = 250;
  fields.presence_json = R"({"status":"idle"})";
  write_identify(out, fields, "tok");
  CHECK(out ==
        R"({"op":2,"d":{"token":"tok","properties":{"os":"linux","browser":"monochord","device":"monochord"},)"
        R"("compress":false,"large_threshold":250,"shard":[2,5],"presence":{"status":"idle"},"intents":513}})");
}

TEST_CASE("gateway addresses") {
  CHECK(gateway_address("wss://gateway.discord.gg", compression::zstd_stream) ==
        "wss://gateway.discord.gg/?v=10&encoding=json&compress=zstd-stream");
  CHECK(gateway_address("wss://gateway.discord.gg/", compression::none) ==
        "wss://gateway.discord.gg/?v=10&encoding=json");
  CHECK(gateway_address("ws://localhost:1/x?v=6", compression::none) == "ws://localhost:1/x?v=10&encoding=json");
  CHECK(with_host_of("wss://a.discord.gg/p?q=1", "ws://localhost:80/ignored") == "ws://localhost:80/p?q=1");
  CHECK(with_host_of("wss://a.discord.gg", "ws://localhost:80") == "ws://localhost:80");
}

TEST_CASE("sliding window: without a limit everybody goes at once, but for a pause, and nothing is remembered for ever") {
  sliding_window window(0, 1s, 200ms);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(window.next(start) == start);
    window.granted();
    window.started(start);
  }
  window.pause_until(start + 3s);
  CHECK(window.next(start) == start + 3s);
  CHECK(window.next(start + 3s) == start + 3s);
  CHECK_FALSE(window.idle(start));
  CHECK(window.idle(start + 3s));  // what was sent has been forgotten
}

TEST_CASE("sliding window: a request counts from when it can have arrived at the latest, or from its answer") {
  sliding_window window(2, 1s, 200ms);
  window.granted();
  window.granted();
  CHECK(window.next(start) == time_point::max());  // nobody knows when they start
  window.started(start);
  CHECK(window.next(start) == start + 1200ms);
  window.answered(start, start + 50ms);
  CHECK(window.next(start + 50ms) == start + 1050ms);
  window.answered(start, start + 60ms);  // a second answer to it changes nothing
  CHECK(window.next(start + 60ms) == start + 1050ms);
  window.given_back();
  CHECK(window.next(start + 60ms) == start + 60ms);
}

TEST_CASE("parameters of a path are kept whether they are short or long") {
  path_parameters all;
  CHECK(all.empty());
  all.add_number(UINT64_MAX);
  all.add("");
  all.add_number(-5);
  const std::string token(200, 't');
  const auto check_first = [](const path_parameters& of) {
    CHECK(of.front() == "18446744073709551615");
    CHECK(of[1].empty());
    CHECK(of[2] == "-5");
  };
  check_first(all);
  all.add(token);
  all.add("x");
  check_first(all);
  CHECK(all[3] == token);
  CHECK(all[4] == "x");
  const path_parameters copy = all;
  const path_parameters moved = std::move(all);
  for (const auto& one : {copy, moved}) {
    REQUIRE(one.size() == 5);
    check_first(one);
    CHECK(one[3] == token);
    CHECK(std::span<const std::string_view>(parameter_views(one)).back() == "x");
  }
  path_parameters many;
  for (std::size_t i = 0; i < path_parameters::most; ++i) many.add_number(i);
  CHECK(many.size() == path_parameters::most);
  CHECK(many.only_numbers());
  CHECK_FALSE(all.only_numbers());
  CHECK_THROWS_AS(many.add("one more"), error);
  CHECK(many.size() == path_parameters::most);
  CHECK(path_parameters(std::vector<std::string>{"a", "bc"})[1] == "bc");
}

TEST_CASE("routes: one short name never stands for two keys") {
  const char* const paths[] = {
#define PATH(path) path,
#include "protocol/paths.def"
#undef PATH
  };
  std::map<std::string, std::tuple<std::string, std::string, std::string, std::string, bool, bool>> keys;
  int named = 0, unnamed = 0;
  for (const std::string_view path : paths)
    for (const auto verb : {method::get, method::post, method::put, method::patch, method::del})
      for (const bool unordered : {false, true})
        for (int values = 0; values < 4; ++values) {
          const route r{verb, path};
          std::vector<std::string_view> parameters;
          for (std::size_t i = 0; i < r.parameter_count(); ++i) parameters.push_back((values >> std::min<std::size_t>(i, 1)) % 2 == 0 ? "1" : "2");
          std::string name = "sender\n";
          INFO(display(r));
          if (!append_key_name(name, r, parameters.empty() ? std::string_view() : parameters[0], unordered)) {
            CHECK((r.has_own_token() || verb == method::del));
            ++unnamed;
            continue;
          }
          ++named;
          const auto key = limiter_key(r, parameters, unordered, timestamp{});
          const std::tuple told(key.route, key.major, key.domain, key.webhook, key.exempt_from_global, key.trusts_headers);
          CHECK(keys.try_emplace(name, told).first->second == told);
          CHECK_FALSE(key.by_address);
        }
  CHECK(unnamed > 0);
  CHECK(named > unnamed);
}
