// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string>

#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>
#include <monochord/testing/test_ca.hpp>
#include "net/http_client.hpp"
#include "net/parked.hpp"
#include "net/server.hpp"
#include "net/stream_adaptor.hpp"
#include "net/websocket.hpp"

namespace monochord::net_test {

using namespace std::chrono_literals;

/// The authority that every test of a run shares: making keys takes a while under sanitizers.
inline const testing::test_ca& authority() {
  static const testing::test_ca instance;
  return instance;
}

inline std::shared_ptr<const net::tls_context> server_tls(const testing::certificate& shown) {
  return net::tls_context::server(shown.chain_pem, shown.key_pem);
}

inline std::shared_ptr<const net::tls_context> client_tls() {
  static const auto instance = net::tls_context::client_trusting_pem(authority().pem());
  return instance;
}

/// What a task throws as `error`, as text; empty when it throws nothing of the kind.
struct failure {
  error_code code;
  std::string text;
};

inline task<failure> failure_of(task<> work) {
  failure result;
  try {
    co_await std::move(work);
  } catch (const error& e) {
    result.code = e.code();
    result.text = e.what();
  }
  co_return result;
}

template <class T>
task<> ignoring_value(task<T> work) {
  co_await std::move(work);
}

template <class T>
task<failure> failure_of(task<T> work) {
  return failure_of(ignoring_value(std::move(work)));
}

/// A simulation, a network in memory and a server on it: what most tests begin with.
struct stage {
  explicit stage(bool encrypted = true) : encrypted(encrypted) {
    server_options.transport = network.transport();
    server_options.clock = sim.clock();
    if (encrypted) server_options.tls = server_tls(authority().issue({"localhost", "127.0.0.1", "::1"}));
    http_options.transport = network.transport();
    http_options.clock = sim.clock();
    http_options.tls = client_tls();
    socket_options.transport = network.transport();
    socket_options.clock = sim.clock();
    socket_options.tls = client_tls();
  }

  void serve() {
    server = std::make_unique<net::server>(sim.executor(), server_options, handlers);
    server->listen("localhost", 443);
  }
  net::url http_url() const { return net::url::parse(encrypted ? "https://localhost" : "http://localhost:443"); }
  net::url socket_url() const { return net::url::parse(encrypted ? "wss://localhost/?v=10" : "ws://localhost:443/?v=10"); }
  std::unique_ptr<net::http_pool> pool() { return std::make_unique<net::http_pool>(sim.executor(), http_url(), http_options); }
  task<std::unique_ptr<net::websocket>> connect() {
    return net::connect_websocket(sim.executor(), socket_url(), socket_options);
  }

  bool encrypted;
  testing::memory_network network;
  testing::simulation sim;
  net::server_options server_options;
  net::server_handlers handlers;
  net::http_options http_options;
  net::websocket_options socket_options;
  std::unique_ptr<net::server> server;
};

/// Runs `work` and cancels it after `turns` turns of the simulation; false when it had ended before.
inline bool run_cancelled_after(testing::simulation& sim, int turns, task<failure> work, failure& result) {
  boost::asio::cancellation_signal signal;
  bool done = false;
  boost::asio::co_spawn(sim.executor(), std::move(work),
                        boost::asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr thrown, failure what) {
                          done = true;
                          result = what;
                          if (thrown) result = {boost::asio::error::operation_aborted, "aborted"};
                        }));
  int count = 0;
  sim.run_until([&] { return done || count++ == turns; });
  if (done) return false;
  // On the executor: Boost 1.81 carries a signal from elsewhere by a pointer that may be stale when it arrives.
  boost::asio::post(sim.executor(), [&] {
    if (!done) signal.emit(boost::asio::cancellation_type::terminal);
  });
  sim.run_until([&] { return done; });
  sim.settle();
  return true;
}

/// Sends bytes to a server without TLS and gives all that it says until it ends the connection: for peers that misbehave.
inline task<std::string> exchange_raw(stage& on, std::string sent) {
  clock& time = *on.sim.clock();
  net::stream_adaptor bytes(co_await on.network.transport()->connect(on.sim.executor(), "localhost", 443, time, time.now() + 1s));
  co_await boost::asio::async_write(bytes, boost::asio::buffer(sent), boost::asio::use_awaitable);
  std::string heard;
  for (;;) {
    char space[4096];
    auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    const auto [failed, count] = co_await bytes.async_read_some(boost::asio::buffer(space), token);
    heard.append(space, count);
    if (failed) co_return heard;
  }
}

/// Sends every message back until the websocket ends.
inline task<> echo(std::unique_ptr<net::websocket> socket, const net::http_request&, const net::peer_info&) {
  try {
    for (;;) {
      const auto message = co_await socket->read();
      const std::string copy(message.data);
      if (message.binary) co_await socket->write_binary(copy);
      else co_await socket->write_text(copy);
    }
  } catch (const error& e) {
    if (e.code() != errc::closed) throw;
  }
}

}  // namespace monochord::net_test
