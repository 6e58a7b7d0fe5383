// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <cstdint>
#include <cstdio>
#include <monochord/testing/test_ca.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

#include "bench/ratio.hpp"

// A gateway and the REST that leads to it, in a process of its own. What it sends is compressed and framed before anybody
// connects, so that it takes little of the machine that it shares with whoever is measured.
namespace monochord::bench {

/// A binary message as a server sends it, at the end of `to`.
inline void add_frame(std::string& to, const std::string& message) {
  to += '\x82';
  if (message.size() < 126) {
    to += static_cast<char>(message.size());
  } else if (message.size() < 65536) {
    to += {'\x7e', static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
  } else {
    to += '\x7f';
    for (int shift = 56; shift >= 0; shift -= 8) to += static_cast<char>(static_cast<std::uint64_t>(message.size()) >> shift);
  }
  to += message;
}

/// Takes connections, each on a thread of its own, and answers what is no websocket with the gateway's address.
class gateway_worker {
 public:
  using tcp = boost::asio::ip::tcp;
  using tls_stream = boost::asio::ssl::stream<tcp::socket>;
  using websocket = boost::beast::websocket::stream<tls_stream&, false>;

  explicit gateway_worker(const testing::certificate& shown) : tls_(boost::asio::ssl::context::tls_server) {
    tls_.use_certificate_chain(boost::asio::buffer(shown.chain_pem));
    tls_.use_private_key(boost::asio::buffer(shown.key_pem), boost::asio::ssl::context::pem);
  }
  gateway_worker(const gateway_worker&) = delete;
  gateway_worker& operator=(const gateway_worker&) = delete;
  virtual ~gateway_worker() = default;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[noreturn]] void serve() {
    for (;;) std::thread([this, socket = acceptor_.accept()]() mutable { talk(std::move(socket)); }).detach();
  }

 protected:
  /// The next thing that a client says.
  static nlohmann::json next(websocket& socket) {
    boost::beast::flat_buffer buffer;
    socket.read(buffer);
    const auto* const text = static_cast<const char*>(buffer.data().data());
    return nlohmann::json::parse(text, text + buffer.size());
  }

 private:
  /// A client's websocket, by its address; `tls` takes what `add_frame` made. What is thrown ends the connection.
  virtual void play(tls_stream& tls, websocket& socket, const std::string& target) = 0;

  void talk(tcp::socket socket) {
    namespace http = boost::beast::http;
    boost::system::error_code failed;
    socket.set_option(tcp::no_delay(true), failed);
    tls_stream tls(std::move(socket), tls_);
    tls.handshake(tls_stream::server, failed);
    for (boost::beast::flat_buffer buffer; !failed;) {
      http::request<http::string_body> asked;
      http::read(tls, buffer, asked, failed);
      if (failed) return;
      if (boost::beast::websocket::is_upgrade(asked)) {
        try {
          websocket upgraded(tls);
          upgraded.accept(asked);
          play(tls, upgraded, std::string(asked.target()));
        } catch (const boost::system::system_error&) {  // the client has seen enough
        }
        return;
      }
      http::response<http::string_body> answer(http::status::ok, 11);
      answer.set(http::field::content_type, "application/json");
      answer.body() =
          R"({"url":"wss://127.0.0.1:)" + std::to_string(port()) +
          R"(","shards":1,"session_start_limit":{"total":1000,"remaining":1000,"reset_after":14400000,"max_concurrency":16}})";
      answer.prepare_payload();
      http::write(tls, answer, failed);
    }
  }

  boost::asio::io_context context_;
  boost::asio::ssl::context tls_;
  tcp::acceptor acceptor_{context_, {boost::asio::ip::address_v4::loopback(), 0}};
};

/// A child that serves until this ends. `Facts` is what it says of itself when it is ready.
template <class Facts>
class server_process {
 public:
  /// `serve` runs in the child, and calls what it is given once, with its facts.
  template <class Serve>
  explicit server_process(const Serve& serve) {
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    std::fflush(stdout);
    pid_ = fork();
    need(pid_ >= 0, "fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      prctl(PR_SET_NAME, "bench_server");  // so that a profiler tells them apart
      serve([&](const Facts& facts) { need(write(ends[1], &facts, sizeof facts) == sizeof facts, "write"); });
    }
    need(read(ends[0], &facts_, sizeof facts_) == sizeof facts_, "the server did not start");
    close(ends[0]);
    close(ends[1]);
  }
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  const Facts& facts() const noexcept { return facts_; }

 private:
  pid_t pid_ = -1;
  Facts facts_;
};

}  // namespace monochord::bench
