// SPDX-License-Identifier: MIT
#include "brain_fixture.hpp"
#include "support/catch.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

TEST_CASE("the front refuses what Discord's front refuses") {
  brain_fixture f;
  net::http_request bare("GET", "/api/v10/gateway");
  CHECK(f.send(bare).code() == 40333);
  bare.headers.add("User-Agent", "curl/8");
  CHECK(f.send(bare).status == 403);
  CHECK(good_user_agent("DiscordBot (https://discord.js.org, 2.4.3) Node.js/20"));
  CHECK(!good_user_agent("DiscordBot (https://discord.js.org)"));

  net::http_request old("GET", "/api/v9/gateway");
  old.headers.add("User-Agent", "DiscordBot (x, 1)");
  CHECK(f.send(old).code() == 50041);
  CHECK(f.request("GET", "/nowhere").status == 404);
  CHECK(f.request("DELETE", "/gateway").status == 405);
  CHECK(f.request("GET", "/users/@me", {}, false).status == 401);
  CHECK(f.request("GET", "/gateway", {}, false).status == 200);
  CHECK(f.request("PUT", "/applications/" + f.application + "/guilds/1/commands/1/permissions", R"({"permissions":[]})").code() == 20001);
  CHECK(f.violations() == names{"user_agent", "user_agent", "api_version", "unknown_route", "wrong_method", "unauthorized",
                                "bots_not_allowed"});
}

TEST_CASE("gateway information counts the day's identifies") {
  mock_options options;
  options.session_start_limit = 7;
  options.max_concurrency = 2;
  options.recommended_shards = 3;
  brain_fixture f(options);
  const auto link = f.session();
  f.clock->advance(1h);
  const auto info = f.request("GET", "/gateway/bot").body;
  CHECK(info["shards"] == 3);
  CHECK(info["session_start_limit"]["remaining"] == 6);
  CHECK(info["session_start_limit"]["max_concurrency"] == 2);
  CHECK(info["session_start_limit"]["reset_after"] == 23 * 3'600'000);
}

TEST_CASE("a message is created, read, edited, listed and deleted, and each change is an event") {
  brain_fixture f;
  const auto link = f.session();
  const auto sent = f.request("POST", f.messages_path(), R"({"content":"pong","nonce":"n1"})");
  REQUIRE(sent.status == 200);
  CHECK(sent.body["content"] == "pong");
  CHECK(sent.body["author"]["bot"] == true);
  CHECK(sent.body["nonce"] == "n1");
  const std::string path = f.messages_path() + "/" + sent.body["id"].get<std::string>();
  CHECK(f.request("PATCH", path, R"({"content":"pong!"})").body["content"] == "pong!");
  CHECK(f.request("GET", path).body["edited_timestamp"].is_string());
  CHECK(f.request("GET", f.messages_path() + "?limit=10").body.size() == 1);
  CHECK(f.request("DELETE", path).status == 204);
  CHECK(f.request("GET", path).code() == 10008);
  const auto events = f.take(*link);
  REQUIRE(events.size() == 3);
  CHECK(events[0]["t"] == "MESSAGE_CREATE");
  CHECK(events[0]["d"]["guild_id"] == f.home.str());
  CHECK(events[0]["d"]["member"].is_object());
  CHECK(events[1]["t"] == "MESSAGE_UPDATE");
  CHECK(events[2]["d"]["id"] == sent.body["id"]);
  CHECK(f.violations().empty());
}

TEST_CASE("bodies are refused with Discord's codes and recorded") {
  brain_fixture f;
  CHECK(f.request("POST", f.messages_path(), "{").code() == 50109);
  CHECK(f.request("POST", f.messages_path(), R"({})").code() == 50006);
  f.clock->advance(10s);
  const auto bad = f.request("POST", f.messages_path(), R"({"embeds":[{"title":1}]})");
  CHECK(bad.code() == 50035);
  CHECK(bad.body["errors"]["embeds"]["0"]["title"]["_errors"][0]["code"] == "STRING_TYPE_CONVERT");
  net::http_request text("POST", "/api/v10" + f.messages_path());
  text.headers.add("User-Agent", "DiscordBot (x, 1)");
  text.headers.add("Authorization", "Bot " + std::string(default_mock_token));
  text.headers.add("Content-Type", "text/plain");
  text.body = "hi";
  CHECK(f.send(text).code() == 50035);
  CHECK(f.request("GET", "/channels/abc").body["errors"].contains("channel_id"));
  CHECK(f.request("GET", f.messages_path() + "?limit=101").body["errors"].contains("limit"));
  CHECK(f.violations() ==
        names{"invalid_json", "invalid_body", "invalid_body", "content_type", "invalid_body", "invalid_query"});
}

TEST_CASE("files come as multipart/form-data and become attachments") {
  brain_fixture f;
  net::http_request request("POST", "/api/v10" + f.messages_path());
  request.headers.add("User-Agent", "DiscordBot (x, 1)");
  request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
  request.headers.add("Content-Type", "multipart/form-data; boundary=xyz");
  request.body =
      "--xyz\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n"
      R"({"content":"look","attachments":[{"id":0,"description":"a cat"}]})"
      "\r\n--xyz\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"cat.txt\"\r\nContent-Type: text/plain\r\n\r\n"
      "miau\r\n--xyz--\r\n";
  const auto sent = f.send(request);
  REQUIRE(sent.status == 200);
  CHECK(sent.body["attachments"][0]["filename"] == "cat.txt");
  CHECK(sent.body["attachments"][0]["size"] == 4);
  CHECK(sent.body["attachments"][0]["description"] == "a cat");
  request.body.resize(request.body.size() - 8);
  CHECK(f.send(request).status == 400);
}

TEST_CASE("buckets answer with headers, then with 429, and know who ignores it") {
  brain_fixture f;
  for (int i = 4; i >= 0; --i) {
    const auto sent = f.request("POST", f.messages_path(), R"({"content":"x"})");
    CHECK(sent.headers.get("X-RateLimit-Limit") == "5");
    CHECK(sent.headers.get("X-RateLimit-Remaining") == std::to_string(i));
    CHECK(sent.headers.get("X-RateLimit-Bucket").size() == 32);
    f.clock->advance(100ms);
  }
  const auto over = f.request("POST", f.messages_path(), R"({"content":"x"})");
  CHECK(over.status == 429);
  CHECK(over.headers.get("X-RateLimit-Scope") == "user");
  CHECK(over.headers.get("X-RateLimit-Reset-After") == "4.500");
  CHECK(over.headers.get("Retry-After") == "5");
  CHECK(over.body["retry_after"] == 4.5);
  CHECK(over.body["global"] == false);
  CHECK(f.violations() == names{"rate_limited"});
  f.clock->advance(100ms);  // was on its way
  f.request("POST", f.messages_path(), R"({"content":"x"})");
  f.clock->advance(1s);
  f.request("POST", f.messages_path(), R"({"content":"x"})");
  CHECK(f.violations() == names{"rate_limited", "rate_limited", "429_ignored"});
  f.clock->advance(3400ms);
  CHECK(f.request("POST", f.messages_path(), R"({"content":"x"})").status == 200);
}

TEST_CASE("fifty requests a second in all, interactions not counted") {
  brain_fixture f;
  for (int i = 0; i < 50; ++i) {
    const auto path = "/users/" + std::to_string(i + 1);
    if (i % 10 == 0) f.clock->advance(1us);
    f.request("GET", i % 2 == 0 ? "/guilds/" + std::to_string(i + 1) : "/channels/" + std::to_string(i + 1));
  }
  const auto over = f.request("GET", "/channels/99");
  CHECK(over.status == 429);
  CHECK(over.body["global"] == true);
  CHECK(over.headers.get("X-RateLimit-Scope") == "global");
  CHECK(f.request("POST", "/interactions/1/x/callback", R"({"type":5})").code() == 10062);
  f.clock->advance(1s);
  CHECK(f.request("GET", "/channels/99").status == 404);
}

TEST_CASE("too many invalid requests block the address") {
  mock_options options;
  options.invalid_requests_per_10_minutes = 3;
  brain_fixture f(options);
  for (int i = 0; i < 3; ++i) CHECK(f.request("GET", "/users/@me", {}, false).status == 401);
  const auto blocked = f.request("GET", "/users/@me");
  CHECK(blocked.status == 429);
  CHECK(blocked.body.is_discarded());
  CHECK(!blocked.headers.has("Via"));
  f.clock->advance(10min);
  CHECK(f.request("GET", "/users/@me").status == 200);
}

TEST_CASE("faults of REST are played") {
  brain_fixture f;
  const auto play = [&](rest_fault::kind what) {
    f.mind->with([&](mock_state& state, gateway&, rest&) {
      rest_fault fault;
      fault.what = what;
      fault.route = "/users/@me";
      state.faults.rest = {fault};
    });
    return f.request("GET", "/users/@me");
  };
  CHECK(play(rest_fault::kind::status).status == 502);
  const auto named = f.request("GET", "/users/@me");
  const std::string bucket(named.headers.get("X-RateLimit-Bucket"));
  CHECK(play(rest_fault::kind::new_bucket).status == 200);
  CHECK(f.request("GET", "/users/@me").headers.get("X-RateLimit-Bucket") != bucket);
  CHECK(!play(rest_fault::kind::no_rate_limit_headers).headers.has("X-RateLimit-Limit"));
  CHECK(play(rest_fault::kind::shared_429).headers.get("X-RateLimit-Scope") == "shared");
  f.clock->advance(1s);
  CHECK(play(rest_fault::kind::global_429).body["global"] == true);
  f.clock->advance(1s);
  CHECK(play(rest_fault::kind::cloudflare_block).body.is_discarded());
  f.clock->advance(1s);
  CHECK(play(rest_fault::kind::route_429).status == 429);
  CHECK(f.violations().empty());
  f.clock->advance(500ms);
  CHECK(f.request("GET", "/users/@me").status == 429);
  CHECK(f.violations() == names{"429_ignored"});
}

TEST_CASE("commands are set, replaced, edited and deleted") {
  brain_fixture f;
  const auto path = "/applications/" + f.application + "/commands";
  const auto made = f.request("POST", path, R"({"name":"roll","description":"d"})");
  CHECK(made.status == 201);
  CHECK(f.request("POST", path, R"({"name":"roll","description":"other"})").status == 200);
  const auto all = f.request("PUT", path, R"([{"name":"ping","description":"d"},{"name":"roll","description":"d"}])");
  REQUIRE(all.body.size() == 2);
  CHECK(all.body[1]["id"] == made.body["id"]);
  CHECK(f.request("PATCH", path + "/" + made.body["id"].get<std::string>(), R"({"description":"new"})").body["description"] == "new");
  CHECK(f.request("DELETE", path + "/" + made.body["id"].get<std::string>()).status == 204);
  CHECK(f.request("GET", path).body.size() == 1);
  CHECK(f.request("PUT", path, R"([{"name":"Bad Name","description":"d"}])").code() == 50035);
  CHECK(f.request("PUT", "/applications/1/commands", "[]").code() == 20012);
  const auto guild = "/applications/" + f.application + "/guilds/" + f.home.str() + "/commands";
  CHECK(f.request("PUT", guild, R"([{"name":"local","description":"d"}])").body[0]["guild_id"] == f.home.str());
}

TEST_CASE("an interaction is answered once, in time, by its token") {
  brain_fixture f;
  const auto link = f.session();
  f.request("PUT", "/applications/" + f.application + "/commands",
            R"([{"name":"roll","description":"d","options":[{"type":4,"name":"sides","description":"d","min_value":2,"required":true}]}])");
  const auto slash = [&] {
    return f.mind->with([&](mock_state& state, gateway& gate, rest&) {
      return acts::slash(state, gate, f.alice, f.general, "roll", {{"sides", std::string("6")}});
    });
  };
  const auto id = slash();
  const auto events = f.take(*link);
  REQUIRE(events.size() == 1);
  const json& d = events[0]["d"];
  CHECK(d["data"]["options"][0]["value"] == 6);
  CHECK(d["member"]["user"]["username"] == "alice");
  const std::string token = d["token"];
  const std::string callback = "/interactions/" + id.str() + "/" + token + "/callback";
  CHECK(f.request("POST", "/interactions/" + id.str() + "/wrong/callback", R"({"type":5})").code() == 10062);
  CHECK(f.request("POST", callback, R"({"type":8,"data":{"choices":[]}})").code() == 50035);
  CHECK(f.request("POST", callback, R"({"type":5})", false).status == 204);
  CHECK(f.request("POST", callback, R"({"type":5})").code() == 40060);
  const auto waiting = [&](interaction_id which) {
    return f.mind->with([&](mock_state& state, gateway&, rest&) { return acts::reply_to(state, which); });
  };
  CHECK(!waiting(id));
  f.clock->advance(2s);
  const auto original = "/webhooks/" + f.application + "/" + token + "/messages/@original";
  CHECK(f.request("PATCH", original, R"({"content":"4"})", false).body["content"] == "4");
  const auto reply = waiting(id);
  REQUIRE(reply);
  CHECK(reply->content == "4");
  CHECK(reply->latency == 2s);
  CHECK(reply->callback_type == 5);
  CHECK(f.names(*link) == names{"MESSAGE_CREATE", "MESSAGE_UPDATE"});
  const auto more = f.request("POST", "/webhooks/" + f.application + "/" + token, R"({"content":"psst","flags":64})", false);
  CHECK(more.status == 200);
  CHECK(f.names(*link).empty());  // ephemeral
  CHECK(f.request("DELETE", original, {}, false).status == 204);

  const auto late = slash();
  const std::string late_token = f.take(*link).back()["d"]["token"];
  f.clock->advance(3001ms);
  CHECK(f.request("POST", "/interactions/" + late.str() + "/" + late_token + "/callback", R"({"type":5})").code() == 10062);
  CHECK(f.violations() == names{"unknown_interaction", "invalid_body", "interaction_answered_twice", "interaction_late"});
  f.clock->advance(15min);
  CHECK(f.request("GET", original, {}, false).code() == 10015);
}

TEST_CASE("buttons, modals and their answers") {
  brain_fixture f;
  const auto link = f.session();
  const auto sent = f.request("POST", f.messages_path(),
                              R"({"content":"?","components":[{"type":1,"components":[{"type":2,"style":1,"label":"go","custom_id":"go"}]}]})");
  f.take(*link);
  const message_id message = message_id::parse(sent.body["id"].get<std::string>());
  const auto press = f.mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::component(s, g, f.alice, message, "go", nullptr); });
  json event = f.take(*link).at(0)["d"];
  CHECK(event["message"]["id"] == sent.body["id"]);
  CHECK(event["data"]["component_type"] == 2);
  const std::string callback = "/interactions/" + press.str() + "/" + event["token"].get<std::string>() + "/callback";
  CHECK(f.request("POST", callback,
                  R"({"type":9,"data":{"custom_id":"form","title":"Form","components":[{"type":18,"label":"Name","component":{"type":4,"custom_id":"name","style":1}}]}})")
            .status == 204);
  const auto submit = f.mind->with([&](mock_state& s, gateway& g, rest&) {
    return acts::submit_modal(s, g, f.alice, press, {{"name", "Ada"}});
  });
  event = f.take(*link).at(0)["d"];
  CHECK(event["type"] == 5);
  CHECK(event["data"]["components"][0]["component"]["value"] == "Ada");
  const auto answered = f.request("POST", "/interactions/" + submit.str() + "/" + event["token"].get<std::string>() +
                                              "/callback?with_response=true",
                                  R"({"type":7,"data":{"content":"hello Ada","components":[]}})");
  CHECK(answered.status == 200);
  CHECK(answered.body["resource"]["message"]["content"] == "hello Ada");
  CHECK(f.names(*link) == names{"MESSAGE_UPDATE"});
  CHECK(f.violations().empty());
}

TEST_CASE("a route that the mock does not play is checked, answered from its schema and counted") {
  brain_fixture f;
  const auto emojis = f.request("GET", "/guilds/" + f.home.str() + "/emojis");
  CHECK(emojis.status == 200);
  CHECK(emojis.body[0].contains("name"));
  CHECK(f.request("POST", "/guilds/" + f.home.str() + "/emojis", R"({"name":"x"})").status == 400);
  CHECK(f.mind->quietly([](mock_state& s, gateway&, rest&) { return s.counters.not_played; }) == 1);
  CHECK(f.violations() == names{"invalid_body"});
}

TEST_CASE("reactions are added and taken back") {
  brain_fixture f;
  const auto link = f.session(1U << 10);
  const auto id = f.say("hi");
  const auto path = f.messages_path() + "/" + id.str() + "/reactions/%F0%9F%94%A5/@me";
  CHECK(f.request("PUT", path).status == 204);
  f.clock->advance(1s);
  CHECK(f.request("GET", f.messages_path() + "/" + id.str()).body["reactions"][0]["me"] == true);
  CHECK(f.request("DELETE", path).status == 204);
  CHECK(f.names(*link) == names{"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE"});
  f.clock->advance(1s);
  CHECK(f.request("PUT", f.messages_path() + "/" + id.str() + "/reactions/fire/@me").code() == 10014);
}
