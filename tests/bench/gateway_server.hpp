// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
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
#include <condition_variable>
#include <memory>
#include <monochord/testing/test_ca.hpp>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>

#include "bench/ratio.hpp"
#include "bench/traffic.hpp"
#include "support/compressor.hpp"

// A gateway and the REST that leads to it, in a process of its own: it sends a stream that was compressed and framed
// before anybody connected, from memory, in TLS records as large as there are, so that it takes little of the machine
// that it shares with whoever is measured, and both read as cheaply as can be.
namespace monochord::bench {

constexpr int stream_kinds = 2;
constexpr protocol::compression kinds[stream_kinds] = {protocol::compression::zlib_stream,
                                                       protocol::compression::zstd_stream};
inline std::size_t number_of(protocol::compression kind) { return kind == protocol::compression::zlib_stream ? 0 : 1; }

/// What is sent to one shard of a bot that has one or `max_shards` of them. A WEBHOOKS_UPDATE stands at the beginning
/// and at the end of what is measured.
struct stream_plan {
  static constexpr unsigned max_shards = 4;
  static constexpr std::size_t guilds = traffic::guild_count;

  std::size_t events = 0;  // measured, of all shards
  std::size_t of(unsigned shards) const { return events / shards; }
  std::size_t warm_up(unsigned shards) const { return of(shards) / 10; }
  /// HELLO, READY, the guilds, and what warms up.
  std::size_t messages_before(unsigned shards) const { return 2 + guilds + warm_up(shards); }
  static constexpr const char* marker = "WEBHOOKS_UPDATE";
};

/// What the server knows of its streams.
struct stream_facts {
  std::uint16_t port = 0;
  std::size_t messages[2] = {};  // MESSAGE_CREATE in all, of one shard, and of `max_shards`
  std::size_t text_bytes = 0;    // an event's
  std::size_t wire_bytes[stream_kinds] = {};
};

class gateway_server {
 public:
  gateway_server(const stream_plan& plan, const testing::test_ca& authority) {
    int ends[2];
    need(pipe(ends) == 0, "pipe");
    pid_ = fork();
    need(pid_ >= 0, "fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      prctl(PR_SET_NAME, "bench_server");  // so that a profiler tells them apart
      worker(plan, authority.issue({"127.0.0.1"})).serve(ends[1]);
    }
    need(read(ends[0], &facts_, sizeof facts_) == sizeof facts_, "the server did not start");
    close(ends[0]);
    close(ends[1]);
  }
  gateway_server(const gateway_server&) = delete;
  gateway_server& operator=(const gateway_server&) = delete;
  ~gateway_server() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  const stream_facts& facts() const noexcept { return facts_; }

 private:
  using tcp = boost::asio::ip::tcp;
  using tls_stream = boost::asio::ssl::stream<tcp::socket>;

  class worker {
   public:
    worker(const stream_plan& plan, const testing::certificate& shown)
        : plan_(plan), tls_(boost::asio::ssl::context::tls_server) {
      tls_.use_certificate_chain(boost::asio::buffer(shown.chain_pem));
      tls_.use_private_key(boost::asio::buffer(shown.key_pem), boost::asio::ssl::context::pem);
      for (const unsigned shards : {1U, stream_plan::max_shards})
        for (unsigned i = 0; i < shards; ++i) make_stream(i, shards);
    }
    [[noreturn]] void serve(int say) {
      tcp::acceptor acceptor(context_, {boost::asio::ip::address_v4::loopback(), 0});
      facts_.port = acceptor.local_endpoint().port();
      need(write(say, &facts_, sizeof facts_) == sizeof facts_, "write");
      for (;;) std::thread([this, socket = acceptor.accept()]() mutable { talk(std::move(socket)); }).detach();
    }

   private:
    /// Frames as they go over the wire: HELLO, and all that follows IDENTIFY.
    struct stream {
      std::string hello, rest;
    };

    static void add_frame(std::string& to, const std::string& message) {
      to += '\x82';
      if (message.size() < 126) {
        to += static_cast<char>(message.size());
      } else if (message.size() < 65536) {
        to += {'\x7e', static_cast<char>(message.size() >> 8), static_cast<char>(message.size())};
      } else {
        to += '\x7f';
        for (int shift = 56; shift >= 0; shift -= 8)
          to += static_cast<char>(static_cast<std::uint64_t>(message.size()) >> shift);
      }
      to += message;
    }
    void make_stream(unsigned shard, unsigned shards) {
      test::compressor zlib(kinds[0]), zstd(kinds[1]);
      stream* const to[stream_kinds] = {&of(0, shard, shards), &of(1, shard, shards)};
      traffic about(shard + 1, shard);
      std::size_t s = 0;
      const auto add = [&](std::string stream::* where, const std::string& text) {
        add_frame(to[0]->*where, zlib(text));
        add_frame(to[1]->*where, zstd(text));
      };
      const auto mark = [&] {
        add(&stream::rest, R"({"t":")" + std::string(plan_.marker) + R"(","s":)" + std::to_string(++s) +
                               R"(,"op":0,"d":{"guild_id":")" + about.guild_id(0) + R"(","channel_id":"1"}})");
      };
      const auto events = [&](std::size_t count) {
        for (; count > 0; --count) {
          const std::string text = about.payload(++s);
          facts_.messages[shards == 1 ? 0 : 1] += text.starts_with(R"({"t":"MESSAGE_CREATE")");
          if (shards == 1) facts_.text_bytes += text.size();
          add(&stream::rest, text);
        }
      };
      add(&stream::hello, R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":600000}})");
      add(&stream::rest, ready(about, shard, shards, ++s));
      for (std::size_t i = 0; i < plan_.guilds; ++i) add(&stream::rest, about.guild(i, ++s));
      events(plan_.warm_up(shards));
      mark();
      const std::size_t before[] = {to[0]->rest.size(), to[1]->rest.size()};
      facts_.text_bytes = 0;
      events(plan_.of(shards));
      for (std::size_t i = 0; i < stream_kinds && shards == 1; ++i)
        facts_.wire_bytes[i] = (to[i]->rest.size() - before[i]) / plan_.events;
      if (shards == 1) text_bytes_ = facts_.text_bytes / plan_.events;
      facts_.text_bytes = text_bytes_;
      mark();
    }
    std::string ready(const traffic& about, unsigned shard, unsigned shards, std::size_t s) const {
      nlohmann::ordered_json d{{"v", 10},
                               {"user",
                                {{"id", "80351110224678912"},
                                 {"username", "bench"},
                                 {"discriminator", "0"},
                                 {"global_name", nullptr},
                                 {"avatar", nullptr},
                                 {"bot", true}}},
                               {"session_id", "0123456789abcdef" + std::to_string(shard)},
                               {"resume_gateway_url", "wss://127.0.0.1:1"},
                               {"shard", {shard, shards}},
                               {"application", {{"id", "80351110224678912"}, {"flags", 0}}}};
      d["guilds"] = nlohmann::ordered_json::array();
      for (std::size_t i = 0; i < plan_.guilds; ++i)
        d["guilds"].push_back({{"id", about.guild_id(i)}, {"unavailable", true}});
      return R"({"t":"READY","s":)" + std::to_string(s) + R"(,"op":0,"d":)" + d.dump() + "}";
    }

    stream& of(std::size_t kind, unsigned shard, unsigned shards) {
      return streams_[kind][shards == 1 ? stream_plan::max_shards : shard];
    }

    void talk(tcp::socket socket) {
      boost::system::error_code failed;
      socket.set_option(tcp::no_delay(true), failed);
      tls_stream tls(std::move(socket), tls_);
      tls.handshake(tls_stream::server, failed);
      namespace http = boost::beast::http;
      for (boost::beast::flat_buffer buffer; !failed;) {
        http::request<http::string_body> asked;
        http::read(tls, buffer, asked, failed);
        if (failed) break;
        if (boost::beast::websocket::is_upgrade(asked)) {
          try {
            send_stream(tls, asked);
          } catch (const boost::system::system_error&) {  // the client has seen enough
          }
          return;
        }
        http::response<http::string_body> answer(http::status::ok, 11);
        answer.set(http::field::content_type, "application/json");
        answer.body() =
            R"({"url":"wss://127.0.0.1:)" + std::to_string(facts_.port) +
            R"(","shards":1,"session_start_limit":{"total":1000,"remaining":1000,"reset_after":14400000,"max_concurrency":16}})";
        answer.prepare_payload();
        http::write(tls, answer, failed);
      }
    }

    void send_stream(tls_stream& tls, const boost::beast::http::request<boost::beast::http::string_body>& asked) {
      boost::beast::websocket::stream<tls_stream&, false> socket(tls);
      socket.accept(asked);
      const std::size_t kind = asked.target().find("zlib") != asked.target().npos ? 0 : 1;
      boost::asio::write(tls, boost::asio::buffer(of(kind, 0, 1).hello));  // which is the same for all
      boost::beast::flat_buffer buffer;
      socket.read(buffer);
      const auto* const text = static_cast<const char*>(buffer.data().data());
      const auto identify = nlohmann::json::parse(text, text + buffer.size());
      const auto shard = identify.at("d").at("shard").at(0).get<unsigned>(),
                 shards = identify.at("d").at("shard").at(1).get<unsigned>();
      await_all(shards);
      boost::asio::write(tls, boost::asio::buffer(of(kind, shard, shards).rest));
      // Of what comes now only the close matters: HELLO has asked for a heartbeat every ten minutes.
      for (;;) {
        buffer.clear();
        socket.read(buffer);
      }
    }
    /// All shards of a client begin at one time.
    void await_all(unsigned shards) {
      std::unique_lock lock(mutex_);
      const auto round = round_;
      if (++identified_ == shards) {
        identified_ = 0;
        ++round_;
        all_identified_.notify_all();
      }
      all_identified_.wait(lock, [&] { return round_ != round; });
    }

    const stream_plan plan_;
    boost::asio::io_context context_;
    boost::asio::ssl::context tls_;
    std::array<std::array<stream, stream_plan::max_shards + 1>, stream_kinds>
        streams_;  // the last is that of a single shard
    stream_facts facts_;
    std::size_t text_bytes_ = 0;
    std::mutex mutex_;  // guards what follows
    std::condition_variable all_identified_;
    unsigned identified_ = 0, round_ = 0;
  };

  pid_t pid_ = -1;
  stream_facts facts_;
};

}  // namespace monochord::bench
