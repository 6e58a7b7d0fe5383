// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <monochord/testing/manual_clock.hpp>
#include "testing/brain.hpp"

namespace monochord::testing {

/// A brain with a small world and no sockets: REST requests and gateway payloads go in as text.
struct brain_fixture {
  explicit brain_fixture(mock_options options = {}) {
    options.clock = clock;
    mind = std::make_shared<brain>(std::move(options));
    mind->with([&](mock_state& state, gateway& gate, rest&) {
      state.gateway_url = "wss://localhost";
      state.resume_gateway_url = "wss://localhost/resume";
      alice = user_id{state.world.add_user("alice", false).id};
      home = acts::add_guild(state, gate, "home", alice);
      general = acts::add_text_channel(state, gate, home, "general");
      application = id_text(state.world.application);
    });
  }

  struct answer {
    int status = 0;
    json body;
    net::http_headers headers;
    int code() const { return static_cast<int>(int_at(body, "code")); }
  };
  /// Without the bot's token where the path holds one of its own.
  answer request(std::string method, std::string path, std::string_view body = {}, bool authorized = true) {
    if (path.starts_with("/interactions/")) authorized = false;
    if (path.starts_with("/webhooks/") && path.find('/', path.find('/', 1) + 1) != std::string::npos) authorized = false;
    net::http_request request(std::move(method), "/api/v10" + std::move(path));
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
    if (authorized) request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = body;
    return send(request);
  }
  answer send(const net::http_request& request) {
    return mind->with([&](mock_state&, gateway&, rest& api) {
      auto outcome = api.handle(request);
      return answer{outcome.response.status, parse_json(outcome.response.body), outcome.response.headers};
    });
  }

  std::shared_ptr<gateway_link> open(std::string_view query = "v=10&encoding=json", std::string_view path = "/") {
    return mind->with([&](mock_state&, gateway& gate, rest&) { return gate.open(path, query, [] {}); });
  }
  void receive(gateway_link& link, std::string_view text) {
    mind->with([&](mock_state&, gateway& gate, rest&) { gate.receive(link, text); });
  }
  void receive(gateway_link& link, const json& payload) { receive(link, std::string_view(dump(payload))); }
  /// What the link has to do: payloads as JSON, closes as {"close": code}, drops as {"drop": true}.
  std::vector<json> take(gateway_link& link) {
    const auto items = mind->with([&](mock_state&, gateway& gate, rest&) {
      gate.tick(link);
      return gate.take(link, 100'000);
    });
    std::vector<json> out;
    for (const auto& item : items) {
      if (item.what == outgoing::kind::close) out.push_back({{"close", item.code}});
      else if (item.what == outgoing::kind::drop) out.push_back({{"drop", true}});
      else if (item.what == outgoing::kind::stall) out.push_back({{"stall", true}});
      else out.push_back(parse_json(*item.text));
    }
    return out;
  }
  /// The names of what was taken: events by name, other payloads as "op 10", "close 4004", "drop".
  std::vector<std::string> names(gateway_link& link) {
    std::vector<std::string> out;
    for (const auto& item : take(link)) {
      if (item.contains("close")) out.push_back("close " + std::to_string(item["close"].get<int>()));
      else if (item.contains("drop")) out.push_back("drop");
      else if (item.contains("stall")) out.push_back("stall");
      else if (item["op"] == 0) out.push_back(item["t"].get<std::string>());
      else out.push_back("op " + std::to_string(item["op"].get<int>()));
    }
    return out;
  }
  static json identify(std::uint32_t intents = 33281, int shard = 0, int count = 1) {
    return {{"op", 2},
            {"d",
             {{"token", default_mock_token},
              {"intents", intents},
              {"shard", {shard, count}},
              {"properties", {{"os", "linux"}, {"browser", "test"}, {"device", "test"}}}}}};
  }
  /// Opens and identifies; what was sent is taken away.
  std::shared_ptr<gateway_link> session(std::uint32_t intents = 33281) {
    auto link = open();
    receive(*link, identify(intents));
    take(*link);
    return link;
  }
  std::vector<std::string> violations() {
    return mind->quietly([&](mock_state& state, gateway&, rest&) {
      std::vector<std::string> kinds;
      for (const auto& v : state.violations) kinds.push_back(v.kind);
      return kinds;
    });
  }
  message_id say(std::string_view text) {
    return mind->with([&](mock_state& state, gateway& gate, rest&) { return acts::say(state, gate, alice, general, text); });
  }
  std::string messages_path() const { return "/channels/" + general.str() + "/messages"; }

  std::shared_ptr<manual_clock> clock = std::make_shared<manual_clock>();
  std::shared_ptr<brain> mind;
  user_id alice;
  guild_id home;
  channel_id general;
  std::string application;
};

using names = std::vector<std::string>;

}  // namespace monochord::testing
