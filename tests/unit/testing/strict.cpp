// SPDX-License-Identifier: MIT
// Mistakes of a client that Discord would let pass, or punish quietly, are recorded.
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;

namespace {

/// All routes are answered from their schemas: here it counts what was asked.
struct strict : brain_fixture {
  strict() { play(schema_play{.all_routes = true}); }
  void play(std::optional<schema_play> how) {
    mind->with([&](mock_state& state, gateway&, rest&) { state.schema = how; });
  }
  net::http_request make(std::string method, std::string path, std::string authorization = {}) {
    net::http_request request(std::move(method), "/api/v10" + std::move(path));
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
    if (!authorization.empty()) request.headers.add("Authorization", std::move(authorization));
    return request;
  }
  net::http_request as_bot(std::string method, std::string path) {
    return make(std::move(method), std::move(path), "Bot " + std::string(default_mock_token));
  }
  /// The kinds of the violations since the last call.
  std::vector<std::string> kinds() {
    const auto out = violations();
    mind->with([](mock_state& state, gateway&, rest&) { state.violations.clear(); });
    return out;
  }
  std::string text() {
    return mind->quietly([](mock_state& state, gateway&, rest&) {
      return state.violations.empty() ? std::string() : state.violations.back().text;
    });
  }
  std::vector<mock_request> log() {
    return mind->quietly([](mock_state& state, gateway&, rest&) {
      return std::vector<mock_request>(state.rest_log.begin(), state.rest_log.end());
    });
  }
  std::string guild(std::string_view rest) const { return "/guilds/" + home.str() + std::string(rest); }
};

}  // namespace

TEST_CASE("queries are checked: names, types, bounds, lists, booleans") {
  strict f;
  const auto get = [&](const std::string& path) {
    const auto status = f.request("GET", path).status;
    f.clock->advance(std::chrono::seconds{11});
    return std::to_string(status) + (f.violations().empty() ? "" : " " + f.kinds().front());
  };
  CHECK(get(f.guild("/bans?limit=10&after=5")) == "200");
  CHECK(get(f.guild("/bans?limit=0")) == "400 invalid_query");
  CHECK(get(f.guild("/bans?limit=1001")) == "400 invalid_query");
  CHECK(get(f.guild("/bans?limit=many")) == "400 invalid_query");
  CHECK(get(f.guild("/bans?before=x")) == "400 invalid_query");
  CHECK(get(f.guild("/bans?with_roles=1")) == "200 unknown_query");
  CHECK(get(f.guild("/bans?limit=1&limit=2")) == "200 unknown_query");
  CHECK(get(f.guild("?with_counts=true")) == "200");
  CHECK(get(f.guild("?with_counts=yes")) == "400 invalid_query");
  CHECK(get(f.guild("/members/search")) == "400 invalid_query");
  CHECK(get(f.guild("/members/search?query=a%20b")) == "200");
  CHECK(get(f.guild("/members/search?query=a b")) == "200 bad_encoding");
  CHECK(get(f.guild("/members/search?query=%4")) == "200 bad_encoding");
  CHECK(get(f.guild("/messages/search?author_id=1&author_id=2")) == "200");
  CHECK(get(f.guild("/messages/search?author_id=1,2")) == "400 invalid_query");
  CHECK(get(f.guild("/messages/search?author_id[]=1")) == "200 unknown_query");
  CHECK(get(f.guild("/messages/search?has=image&has=image")) == "400 invalid_query");
  CHECK(get(f.guild("/prune?include_roles=1,2")) == "200");
  CHECK(get(f.guild("/prune?include_roles=1&include_roles=2")) == "200");
  CHECK(get(f.guild("/prune?include_roles=1,admins")) == "400 invalid_query");
}

TEST_CASE("unknown fields of a body are recorded with their path") {
  strict f;
  CHECK(f.request("POST", f.messages_path(), R"({"content":"a","embeds":[{"titel":"x","title":"t"}],"colour":1})").status == 200);
  CHECK(f.text().find("embeds.0.titel, colour") != std::string::npos);
  CHECK(f.kinds() == names{"unknown_field"});
  // The alternative of a union that knows the most is meant.
  const auto invite = "/channels/" + f.general.str() + "/invites";
  CHECK(f.request("POST", invite, R"({"max_uses":3,"max_age":60})").status == 200);
  CHECK(f.kinds().empty());
  CHECK(f.request("POST", invite, R"({"max_uses":3,"max_time":60})").status == 200);
  CHECK(f.text().find("the unknown max_time") != std::string::npos);
  CHECK(f.kinds() == names{"unknown_field"});
  auto get = f.as_bot("GET", "/users/@me");
  get.body = "{}";
  f.send(get);
  CHECK(f.kinds() == names{"unexpected_body"});
}

TEST_CASE("who may call what") {
  strict f;
  const std::string bot = "Bot " + std::string(default_mock_token);
  const std::string bearer = "Bearer " + std::string(default_mock_bearer);
  const auto call = [&](const std::string& method, const std::string& path, const std::string& authorization) {
    const int status = f.send(f.make(method, path, authorization)).status;
    return std::to_string(status) + (f.violations().empty() ? "" : " " + f.kinds().front());
  };
  const std::string role = "/users/@me/applications/" + f.application + "/role-connection";
  CHECK(call("GET", "/users/@me", bot) == "200");
  CHECK(call("GET", "/users/@me", bearer) == "200");
  CHECK(call("GET", "/users/@me", "Bearer nonsense") == "401 unauthorized");
  CHECK(call("GET", role, bearer) == "200");
  CHECK(call("GET", role, bot) == "403 bots_not_allowed");
  CHECK(call("GET", f.guild("/bans"), bearer) == "401 wrong_authorization");
  CHECK(call("GET", f.guild("/bans"), "") == "401 unauthorized");
  CHECK(call("GET", "/gateway", "") == "200");
  CHECK(call("GET", "/gateway", bot) == "200");
  CHECK(call("GET", "/webhooks/5/abc", "") == "200");
  CHECK(call("GET", "/webhooks/5/abc", bot) == "200 authorization_with_path_token");
}

TEST_CASE("access tokens are given, used, renewed and revoked") {
  strict f;
  f.play(std::nullopt);
  const auto post = [&](const std::string& path, const std::string& form, const std::string& authorization = {}) {
    auto request = f.make("POST", path, authorization);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
    return f.send(request);
  };
  const std::string credentials = "&client_id=" + f.application + "&client_secret=" + std::string(default_mock_secret);
  const auto code = post("/oauth2/token", "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Fexample.org%2Fback" + credentials);
  REQUIRE(code.status == 200);
  const std::string access = "Bearer " + code.body["access_token"].get<std::string>();
  CHECK(f.send(f.make("GET", "/users/@me", access)).status == 200);
  const std::string renew = "grant_type=refresh_token&refresh_token=" + code.body["refresh_token"].get<std::string>() + credentials;
  CHECK(post("/oauth2/token", renew).status == 200);
  CHECK(post("/oauth2/token", renew).body["error"] == "invalid_grant");  // used up
  CHECK(post("/oauth2/token/revoke", "token=" + access.substr(7) + credentials).status == 200);
  CHECK(f.kinds().empty());
  CHECK(f.send(f.make("GET", "/users/@me", access)).status == 401);
  // "<id>:mock-client-secret", for whatever id the application has
  std::string plain = f.application + ":" + std::string(default_mock_secret);
  std::string basic;
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (plain.size() % 3 != 0) plain += '\0';
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(plain[at])); };
    const unsigned bits = (byte(i) << 16U) | (byte(i + 1) << 8U) | byte(i + 2);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) basic += alphabet[(bits >> shift) & 63U];
  }
  for (std::size_t i = basic.size(); plain.back() == '\0'; --i, plain.pop_back()) basic[i - 1] = '=';
  f.kinds();
  const auto client = post("/oauth2/token", "grant_type=client_credentials&scope=identify", "Basic " + basic);
  CHECK(client.status == 200);
  CHECK(!client.body.contains("refresh_token"));
  CHECK(f.kinds().empty());
  CHECK(post("/oauth2/token", "grant_type=client_credentials&scope=identify").body["error"] == "invalid_client");
  CHECK(f.kinds() == names{"unauthorized"});
  auto request = f.make("POST", "/oauth2/token");
  request.headers.add("Content-Type", "application/json");
  request.body = R"({"grant_type":"client_credentials"})";
  CHECK(f.send(request).status == 400);
  CHECK(f.kinds() == names{"content_type"});
}

TEST_CASE("reasons for the audit log are encoded, short, and only where they count") {
  strict f;
  const auto kick = [&](const std::string& reason, std::string_view path = "/bans/5") {
    auto request = f.as_bot("DELETE", f.guild(path));
    request.headers.add("X-Audit-Log-Reason", reason);
    const int status = f.send(request).status;
    return std::to_string(status) + (f.violations().empty() ? "" : " " + f.kinds().front());
  };
  CHECK(kick("spam%20%C3%BC") == "204");
  CHECK(f.log().back().audit_log_reason == "spam \u00fc");
  CHECK(kick("sp\u00e4m") == "204 bad_encoding");
  CHECK(kick("100%") == "204 bad_encoding");
  CHECK(kick("%FF%FE") == "204 bad_encoding");
  CHECK(kick(std::string(513, 'x')) == "400 invalid_body");
  CHECK(kick("why", "") == "405 wrong_method");
  auto get = f.as_bot("GET", f.guild(""));
  get.headers.add("X-Audit-Log-Reason", "because");
  f.send(get);
  CHECK(f.kinds() == names{"audit_log_reason_ignored"});
}

TEST_CASE("parts of a multipart body have the names that Discord reads") {
  strict f;
  const auto post = [&](const std::string& path, const std::vector<std::pair<std::string, std::string>>& parts) {
    auto request = f.as_bot("POST", path);
    request.headers.add("Content-Type", "multipart/form-data; boundary=b");
    for (const auto& [name, content] : parts)
      request.body += "--b\r\nContent-Disposition: form-data; name=" + name + "\r\n\r\n" + content + "\r\n";
    request.body += "--b--\r\n";
    const int status = f.send(request).status;
    return std::to_string(status) + (f.violations().empty() ? "" : " " + f.kinds().front());
  };
  const std::string file = R"("files[0]"; filename="a.txt")";
  const std::string payload = R"("payload_json")";
  CHECK(post(f.messages_path(), {{payload, R"({"content":"a"})"}, {file, "abc"}}) == "200");
  CHECK(f.log().back().files.at(0).bytes == 3);
  CHECK(f.log().back().files.at(0).part == "files[0]");
  CHECK(parse_json(f.log().back().body) == json{{"content", "a"}});
  CHECK(post(f.messages_path(), {{payload, R"({"content":"a"})"}, {R"("file"; filename="a.txt")", "abc"}}).find("file_part") != std::string::npos);
  CHECK(post(f.messages_path(), {{payload, R"({"content":"a"})"}, {R"("files[10]"; filename="a.txt")", "abc"}}) == "200 file_part");
  CHECK(post(f.messages_path(), {{payload, R"({"content":"a"})"}, {file, "abc"}, {file, "abc"}}) == "200 file_part");
  const std::vector<std::pair<std::string, std::string>> sticker = {
      {R"("name")", "wave"}, {R"("tags")", "wave"}, {R"("description")", "waves"}, {R"("file"; filename="a.png")", "png"}};
  CHECK(post(f.guild("/stickers"), sticker) == "201");
}

TEST_CASE("the log tells what arrived, without tokens") {
  strict f;
  f.request("GET", f.messages_path() + "?limit=5&after=7");
  f.request("POST", "/webhooks/77/secret-of-the-hook", R"({"content":"x"})");
  f.request("GET", "/nowhere?a=b");
  const auto log = f.log();
  REQUIRE(log.size() == 3);
  CHECK(log[0].operation == "list_messages");
  CHECK(log[0].path == "/channels/{channel_id}/messages");
  CHECK(log[0].params.at("channel_id") == f.general.str());
  CHECK(log[0].query == std::vector<std::pair<std::string, std::string>>{{"limit", "5"}, {"after", "7"}});
  CHECK(log[0].authorization == "Bot");
  CHECK(log[0].status == 200);
  CHECK(log[1].params.at("webhook_token") == "...");
  CHECK(log[1].authorization.empty());
  CHECK(log[1].body == R"({"content":"x"})");
  CHECK(log[1].content_type == "application/json");
  CHECK(log[2].operation.empty());
  CHECK(log[2].status == 404);
  CHECK(log[2].number == 3);
}

TEST_CASE("the log has no token of a refused request, and no secret of a body") {
  strict f;
  f.send(f.make("POST", "/webhooks/77/SECRET/nowhere"));
  f.send(f.make("OPTIONS", "/interactions/5/SECRET/callback"));
  f.send(f.make("GET", "/nowhere/webhooks//6/SECRET"));
  net::http_request old("POST", "/api/v9/Webhooks/77/SECRET?wait=true");
  f.send(old);
  f.request("PUT", f.guild("/members/5"), R"({"access_token":"SECRET","nick":"n"})");
  f.request("PUT", "/lobbies", R"({"secret":"SECRET"})");
  f.request("POST", "/partner-sdk/token", R"({"client_id":"1","client_secret":"SECRET","external_auth_token":"SECRET","external_auth_type":"OIDC"})");
  const auto log = f.log();
  REQUIRE(log.size() == 7);
  CHECK(log[0].path == "/api/v10/webhooks/77/.../nowhere");
  CHECK(log[1].path == "/api/v10/interactions/5/.../callback");
  CHECK(log[3].path == "/api/v9/Webhooks/77/...");
  CHECK(parse_json(log[4].body) == json{{"access_token", "..."}, {"nick", "n"}});
  for (const auto& entry : log) {
    INFO(entry.path << " " << entry.body);
    CHECK((entry.path + entry.body).find("SECRET") == std::string::npos);
  }
  CHECK(f.mind->quietly([](mock_state& state, gateway&, rest&) {
    for (const auto& violation : state.violations)
      if (violation.text.find("SECRET") != std::string::npos) return false;
    return true;
  }));
}
