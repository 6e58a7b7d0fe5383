// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <memory>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/gateway/shards.hpp>
#include <string>
#include <utility>

#include "net/http_client.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace monochord::tests {

inline constexpr std::uint16_t queue_port = 8091;
inline const std::string queue_address = "http://127.0.0.1:8091";
inline const std::string queue_secret = "s3cret-of-the-queue";

/// A mock Discord, and an identify queue server that can be started again.
struct queue_world {
  explicit queue_world(int max_concurrency = 1, int session_starts = 1000)
      : w(discord(max_concurrency, session_starts)) {
    wanted.port = queue_port;
    wanted.secret = token(queue_secret);
    wanted.queue.max_concurrency = max_concurrency;
    wanted.queue.remaining = session_starts;
    wanted.queue.total = session_starts;
    wanted.store = make_memory_session_store();
    wanted.log = log_level::trace;
    wanted.log_to = w.world.log.sink();
    wanted.clock = w.sim.clock();
    wanted.transport = w.network->transport();
    wanted.executor = w.sim.executor();
  }
  static testing::mock_options discord(int max_concurrency, int session_starts) {
    testing::mock_options out;
    out.max_concurrency = max_concurrency;
    out.session_start_limit = session_starts;
    return out;
  }

  void start() {
    server = std::make_unique<identify_queue_server>(wanted);
    server->start();
    w.sim.settle();
  }
  void end() {
    server.reset();
    w.sim.settle();
  }
  network_identify_queue_options client_options(std::string owner = {}) {
    network_identify_queue_options out;
    out.url = queue_address;
    out.secret = token(queue_secret);
    out.owner = std::move(owner);
    out.clock = w.sim.clock();
    out.transport = w.network->transport();
    out.executor = w.sim.executor();
    return out;
  }
  std::shared_ptr<identify_queue> queue(std::string owner = {}) {
    return make_network_identify_queue(client_options(std::move(owner)));
  }
  void check_no_violations() {
    for (const auto& v : w.discord().violations()) FAIL_CHECK(v.kind << ": " << v.text);
  }

  simulated_world w;
  identify_queue_server_options wanted;
  std::unique_ptr<identify_queue_server> server;
};

/// A process with a part of the shards.
struct cluster {
  cluster(queue_world& world, shard_plan plan, std::shared_ptr<identify_queue> queue, bool waits = true)
      : world(world), bot(world.w.world.bot_token(), with(world, plan, std::move(queue), waits)) {
    world.w.sim.spawn(live());
    lives = true;
  }
  ~cluster() { end(); }
  static client_options with(queue_world& world, shard_plan plan, std::shared_ptr<identify_queue> queue, bool waits) {
    auto out = world.w.options();
    out.shards = plan;
    out.identify_queue = std::move(queue);
    out.wait_for_identify_budget = waits;
    return out;
  }
  task<> live() {
    try {
      co_await bot.async_run();
    } catch (const error& e) {
      code = e.code();
    }
    lives = false;
  }
  bool ready() { return bot.shards().all_ready(); }
  void end() {
    bot.stop();
    world.w.sim.run_until([&] { return !lives; });
  }

  queue_world& world;
  bool lives = false;
  error_code code;
  client bot;
};

/// A question that is asked by itself, and can be cancelled.
struct question {
  question(queue_world& world, const std::shared_ptr<identify_queue>& queue, int shard)
      : world(world), asked(world.w.sim.clock()->now()) {
    const auto ask = [](std::shared_ptr<identify_queue> of, int id, question* self,
                        std::shared_ptr<clock> time) -> task<> {
      try {
        self->got = co_await of->request(id);
      } catch (const identify_queue_error& e) {
        self->code = e.code();
        self->status = e.status();
        self->text = e.what();
      } catch (const error& e) {
        self->code = e.code();
        self->text = e.what();
      }
      self->took = time->now() - self->asked;
      self->ended = true;
    };
    boost::asio::co_spawn(world.w.sim.executor(), ask(queue, shard, this, world.w.sim.clock()),
                          boost::asio::bind_cancellation_slot(cancel.slot(), [](std::exception_ptr thrown) {
                            if (thrown) std::rethrow_exception(thrown);
                          }));
  }
  ~question() {
    if (!ended) cancel.emit(boost::asio::cancellation_type::terminal);
    world.w.sim.run_until([&] { return ended; });
  }
  queue_world& world;
  boost::asio::cancellation_signal cancel;
  time_point asked;
  std::unique_ptr<identify_permit> got;
  bool ended = false;
  duration took{};
  error_code code;
  int status = 0;
  std::string text;
};

/// A client that knows nothing of ours.
struct plain_client {
  explicit plain_client(queue_world& world)
      : world(world), pool(world.w.sim.executor(), net::url::parse(queue_address), options(world)) {}
  static net::http_options options(queue_world& world) {
    net::http_options out;
    out.transport = world.w.network->transport();
    out.clock = world.w.sim.clock();
    return out;
  }
  net::http_response send(std::string method, std::string target, bool with_secret = true) {
    net::http_request request(std::move(method), std::move(target));
    if (with_secret) request.headers.add("Authorization", "Bearer " + queue_secret);
    return world.w.sim.run(pool.send(request, std::chrono::hours{24}));
  }
  queue_world& world;
  net::http_pool pool;
};

}  // namespace monochord::tests
