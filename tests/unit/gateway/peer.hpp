// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <monochord/core/log.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>

#include "gateway/shard_manager.hpp"
#include "net/parked.hpp"
#include "net/server.hpp"
#include "support/catch.hpp"
#include "support/compressor.hpp"

namespace monochord::gateway_test {

using namespace std::chrono_literals;

inline constexpr std::string_view secret = "very.secret.token";

/// A gateway that plays what a test tells it, nothing more: the strict one is the mock.
class peer {
 public:
  struct received {
    duration when;
    int connection;
    int op;
    std::string text;
  };

  explicit peer(testing::simulation& sim, testing::memory_network& network) : sim_(sim) {
    net::server_options serving;
    serving.transport = network.transport();
    serving.clock = sim.clock();
    net::server_handlers handlers;
    handlers.on_websocket = [this](std::unique_ptr<net::websocket> socket, const net::http_request& request,
                                   const net::peer_info&) { return serve(std::move(socket), request.target); };
    handlers.on_upgrade = [this](const net::http_request&, const net::peer_info&) -> task<std::optional<net::server_reply>> {
      if (refuse_upgrades-- > 0) co_return net::server_reply(net::http_response(503, "text/html", "<h1>busy</h1>"));
      refuse_upgrades = 0;
      co_return std::nullopt;
    };
    server_ = std::make_unique<net::server>(sim.executor(), std::move(serving), std::move(handlers));
    server_->listen("localhost", 8080);
  }
  ~peer() { sim_.run(server_->stop()); }

  // What it does.
  bool sends_hello = true, acks = true, sends_ready = true, resumes = true;
  int refuse_upgrades = 0;
  std::chrono::milliseconds interval{40'000};

  // What it saw.
  std::vector<received> payloads;
  std::vector<std::uint16_t> close_codes;  ///< of connections that have ended
  int connections = 0;

  std::vector<received> of_op(int op) const {
    std::vector<received> out;
    for (const auto& p : payloads)
      if (p.op == op) out.push_back(p);
    return out;
  }

  /// Dispatches an event on the newest connection; it is also replayed to those who resume before it.
  void say(std::string type, std::string data = "{}") {
    history_.push_back(R"({"t":")" + type + R"(","s":)" + std::to_string(++seq_) + R"(,"op":0,"d":)" + data + "}");
    send(history_.back());
  }
  /// Sends a message on the newest connection as it is.
  void send(const std::string& text) {
    if (live_) sim_.spawn(write(live_, text));
  }
  void send_raw(const std::string& bytes) {
    if (live_) sim_.spawn(write_bytes(live_, bytes));
  }
  void close(std::uint16_t code) {
    if (live_) sim_.spawn(end(live_, code));
  }
  void drop() {
    if (live_ && live_->socket) live_->socket->abort();
  }

 private:
  struct link {
    std::unique_ptr<net::websocket> socket;
    std::unique_ptr<test::compressor> pack;
    bool binary = false;
  };

  static task<> write(std::shared_ptr<link> to, std::string text) {
    const auto packed = (*to->pack)(text);
    co_await write_bytes(to, packed);
  }
  static task<> write_bytes(std::shared_ptr<link> to, std::string bytes) {
    try {
      if (to->binary) {
        co_await to->socket->write_binary(bytes);
      } else {
        co_await to->socket->write_text(bytes);
      }
    } catch (const error&) {
      to->socket->abort();  // the client is gone
    }
  }
  static task<> end(std::shared_ptr<link> which, std::uint16_t code) { co_await which->socket->close(code); }

  task<> serve(std::unique_ptr<net::websocket> socket, std::string target) {
    auto mine = std::make_shared<link>();
    mine->socket = std::move(socket);
    const auto kind = target.find("zlib") != std::string::npos   ? protocol::compression::zlib_stream
                      : target.find("zstd") != std::string::npos ? protocol::compression::zstd_stream
                                                                 : protocol::compression::none;
    mine->pack = std::make_unique<test::compressor>(kind);
    mine->binary = kind != protocol::compression::none;
    live_ = mine;
    const int number = ++connections;
    try {
      if (sends_hello) {
        const std::string hello = R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":)" + std::to_string(interval.count()) + "}}";
        co_await write(mine, hello);
      }
      for (;;) {
        const auto message = co_await mine->socket->read();
        const std::string text(message.data);
        const auto head = json::peek(text);
        payloads.push_back({sim_.elapsed(), number, head.op, text});
        co_await answer(mine, head.op, text);
      }
    } catch (const error& e) {
      if (e.code() != errc::closed && e.code() != errc::cancelled) throw;
    }
    close_codes.push_back(mine->socket->end().code);
  }

  task<> answer(std::shared_ptr<link> to, int op, const std::string& text) {
    if (op == 1 && acks) {
      co_await write(to, R"({"t":null,"s":null,"op":11,"d":null})");
    }
    if (op == 2 && sends_ready) {
      seq_ = 1;
      history_ = {R"({"t":"READY","s":1,"op":0,"d":{"v":10,"session_id":"session-)" + std::to_string(++sessions_) +
                  R"(","resume_gateway_url":"ws://localhost:8080"}})"};
      co_await write(to, history_.back());
    }
    if (op == 6) {
      if (!resumes) {
        co_await write(to, R"({"t":null,"s":null,"op":9,"d":false})");
        co_return;
      }
      const auto at = text.find(R"("seq":)");
      const auto position = std::stoul(text.substr(at + 6));
      for (std::size_t i = position; i < history_.size(); ++i) {
        const auto one = history_[i];
        co_await write(to, one);
      }
      history_.push_back(R"({"t":"RESUMED","s":)" + std::to_string(++seq_) + R"(,"op":0,"d":{}})");
      const auto resumed = history_.back();
      co_await write(to, resumed);
    }
  }

  testing::simulation& sim_;
  std::unique_ptr<net::server> server_;
  std::shared_ptr<link> live_;
  std::vector<std::string> history_;
  std::size_t seq_ = 0;
  int sessions_ = 0;
};

/// Takes events; full when a test says so.
class recorder final : public gateway::event_sink {
 public:
  struct item {
    int shard_id;
    std::int64_t seq;
    std::string type;
    std::string data;
  };
  std::vector<item> events;
  bool full = false;
  bool works = false;                                   // on every event, until its claim is let go
  std::vector<std::shared_ptr<detail::claim>> claims;

  bool on_event(const gateway::shard_event& event) override {
    events.push_back({event.shard_id, event.seq, std::string(event.type), std::string(event.data.text())});
    if (works) claims.push_back(std::make_shared<detail::claim>((*event.claim)()));
    return !full;
  }
  task<> room(std::uint64_t) override {
    while (full) co_await net::park([&](std::shared_ptr<net::parked> wait) { waiter_ = std::move(wait); });
  }
  void release() {
    full = false;
    if (const auto waiting = std::exchange(waiter_, nullptr)) waiting->complete();
  }
  std::vector<std::string> types() const {
    std::vector<std::string> out;
    for (const auto& e : events) out.push_back(e.type);
    return out;
  }

 private:
  std::shared_ptr<net::parked> waiter_;
};

/// A simulation with a peer and whatever of the gateway a test puts on it.
struct stage {
  testing::simulation sim;
  testing::memory_network network;
  peer server{sim, network};
  std::shared_ptr<recorder> sink = std::make_shared<recorder>();
  std::shared_ptr<session_store> store = make_memory_session_store();
  std::vector<std::string> log;

  gateway::shard_options options(protocol::compression kind = protocol::compression::zlib_stream) {
    gateway::shard_options out;
    out.token = token{std::string(secret)};
    out.intents = 513;
    out.gateway_url = "ws://localhost:8080";
    out.compression = kind;
    out.user_agent = "DiscordBot (https://example.invalid, 1)";
    out.transport = network.transport();
    out.clock = sim.clock();
    out.executor = sim.executor();
    out.store = store;
    out.guilds = std::make_shared<gateway::guild_registry>(true);
    out.log = logger(
        [this](log_level, std::string_view part, std::string_view text) {
          log.push_back(std::string(part) + ": " + std::string(text));
        },
        log_level::trace);
    return out;
  }
  static gateway::gateway_info info(int shards = 1, int concurrency = 1, int remaining = 1000) {
    gateway::gateway_info out;
    out.url = "ws://localhost:8080";
    out.shards = shards;
    out.session_start_limit.total = 1000;
    out.session_start_limit.remaining = remaining;
    out.session_start_limit.reset_after = 86'400'000;
    out.session_start_limit.max_concurrency = concurrency;
    return out;
  }
};

/// A manager that runs on a stage, and how it ended.
class running {
 public:
  running(stage& on, gateway::shard_manager_options options)
      : on_(on), manager_(std::make_shared<gateway::shard_manager>(std::move(options), on.sink)) {
    on_.sim.spawn(watch(manager_, state_));
  }
  running(stage& on, protocol::compression kind = protocol::compression::zlib_stream) : running(on, plain(on, kind)) {}
  ~running() {
    if (!state_->ended) stop(gateway::stop_mode::keep_session);
  }

  gateway::shard_manager& operator*() { return *manager_; }
  gateway::shard_manager* operator->() { return manager_.get(); }

  void until_ready() {
    on_.sim.run_until([&] { return manager_->all_ready(); }, 2min);
  }
  /// Stops and gives how long that took.
  duration stop(gateway::stop_mode mode) {
    const auto begin = on_.sim.elapsed();
    manager_->stop(mode);
    on_.sim.run_until([&] { return state_->ended; }, 1min);
    return on_.sim.elapsed() - begin;
  }
  void until_ended(duration limit = 1min) {
    on_.sim.run_until([&] { return state_->ended; }, limit);
  }
  bool ended() const { return state_->ended; }
  std::exception_ptr error() const { return state_->error; }
  gateway::shard_counters counters() { return manager_->counters(); }

 private:
  struct outcome {
    bool ended = false;
    std::exception_ptr error;
  };
  static gateway::shard_manager_options plain(stage& on, protocol::compression kind) {
    gateway::shard_manager_options out;
    out.shard = on.options(kind);
    out.info = stage::info();
    return out;
  }
  static task<> watch(std::shared_ptr<gateway::shard_manager> manager, std::shared_ptr<outcome> state) {
    try {
      co_await manager->run();
    } catch (...) {
      state->error = std::current_exception();
    }
    state->ended = true;
  }

  stage& on_;
  std::shared_ptr<gateway::shard_manager> manager_;
  std::shared_ptr<outcome> state_ = std::make_shared<outcome>();
};

}  // namespace monochord::gateway_test
