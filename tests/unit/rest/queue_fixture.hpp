// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/server.hpp"
#include "rest/queue.hpp"
#include "support/catch.hpp"
#include <monochord/core/result.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>

namespace monochord::tests {

namespace mc = monochord;
using namespace std::chrono_literals;

inline constexpr protocol::route get_message{protocol::method::get, "/channels/{channel_id}/messages/{message_id}"};
inline constexpr protocol::route post_message{protocol::method::post, "/channels/{channel_id}/messages"};
inline constexpr protocol::route callback{protocol::method::post, "/interactions/{interaction_id}/{interaction_token}/callback"};

/// A queue and a server that answers by script, in virtual time.
struct queue_fixture {
  explicit queue_fixture(std::chrono::milliseconds timeout = 60s, protocol::rate_limiter_options limits = {}, rest_hooks hooks = {}) {
    net::server_options serving;
    serving.transport = network->transport();
    serving.clock = sim.clock();
    net::server_handlers handlers;
    handlers.on_request = [this](const net::http_request& request, const net::peer_info&) -> mc::task<net::server_reply> {
      requests.push_back(request);
      times.push_back(sim.elapsed());
      if (thinks != mc::duration::zero()) {
        const auto wait = sim.clock()->make_timer(sim.executor());
        co_await wait->wait_until(sim.clock()->now() + thinks);
      }
      if (answers.empty()) co_return net::http_response(200, "application/json", "{}");
      auto next = std::move(answers.front());
      answers.pop_front();
      co_return next;
    };
    server = std::make_unique<net::server>(sim.executor(), std::move(serving), std::move(handlers));
    server->listen("127.0.0.1", 8080);

    auto options = options_to_server();
    options.limits = limits;
    options.hooks = std::move(hooks);
    options.timeout = timeout;
    queue = std::make_shared<mc::rest::queue>(sim.executor(), std::move(options));
  }
  ~queue_fixture() {
    sim.run(queue->close());
    sim.run(server->stop());
  }

  mc::rest::queue_options options_to_server() const {
    net::http_options http;
    http.transport = network->transport();
    http.clock = sim.clock();
    http.user_agent = "DiscordBot (https://example.invalid, 1)";
    return {.base = net::url::parse("http://127.0.0.1:8080/api/v10"), .bot_token = mc::token{"secret"}, .http = http, .limits = {},
            .log = {}};
  }
  /// Another queue to the same server.
  std::shared_ptr<mc::rest::queue> another(std::shared_ptr<rest_limits> shared) {
    auto options = options_to_server();
    options.shared_limits = std::move(shared);
    return std::make_shared<mc::rest::queue>(sim.executor(), std::move(options));
  }

  mc::result<mc::rest::answer> send(const protocol::route& route, protocol::path_parameters parameters, std::string body = {}) {
    return run(make(route, std::move(parameters), std::move(body)));
  }
  static mc::rest::call make(const protocol::route& route, protocol::path_parameters parameters, std::string body = {}) {
    mc::rest::call what(route, std::move(parameters));
    if (!body.empty()) what.content_type = "application/json";
    what.body = std::move(body);
    return what;
  }
  mc::result<mc::rest::answer> run(mc::rest::call what) { return sim.run(mc::as_result(queue->send(std::move(what)))); }
  /// Sends beside the others; what it ends with goes to `ends`.
  void start(mc::rest::call what) { sim.spawn(keep(std::move(what))); }
  mc::task<> keep(mc::rest::call what) {
    auto end = co_await mc::as_result(queue->send(std::move(what)));
    ends.push_back(std::move(end));
  }
  void answer(int status, std::string body = "{}", std::vector<std::pair<std::string, std::string>> headers = {}) {
    net::http_response response(status, "application/json", std::move(body));
    for (auto& [name, value] : headers) response.headers.add(name, value);
    answers.emplace_back(std::move(response));
  }
  void drop() {
    net::server_reply reply;
    reply.play = net::server_reply::fault::close;
    answers.push_back(std::move(reply));
  }

  mc::testing::simulation sim;
  std::shared_ptr<mc::testing::memory_network> network = std::make_shared<mc::testing::memory_network>();
  std::deque<net::server_reply> answers;
  mc::duration thinks{};  // the server, before each answer
  std::vector<net::http_request> requests;
  std::vector<mc::duration> times;
  std::vector<mc::result<mc::rest::answer>> ends;  // of what was started
  std::unique_ptr<net::server> server;
  std::shared_ptr<mc::rest::queue> queue;
};

}  // namespace monochord::tests
