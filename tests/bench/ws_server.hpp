// SPDX-License-Identifier: MIT
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

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
#include <functional>
#include <monochord/testing/test_ca.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/ratio.hpp"
#include "support/compressor.hpp"

// A gateway that plays one script, and the REST that leads to it, in a process of its own. What it sends is compressed and
// framed before anybody connects.
namespace monochord::bench {

/// What one connection is sent. HELLO comes first by itself.
struct gateway_script {
  using emit = std::function<void(const std::string&)>;
  protocol::compression kind = protocol::compression::zlib_stream;
  std::function<void(const emit&)> after_identify;
  /// After opcode 8, zlib-stream only; each text lacks its end: the nonce, `"}}`. May be empty.
  std::function<void(const emit&)> chunks;
  /// After the chunks, or after what comes after IDENTIFY.
  std::string last;
};

struct played_facts {
  std::uint16_t port = 0;
  std::size_t before_chunks = 0;  // messages, HELLO among them
  std::size_t messages = 0;       // in all
  std::size_t text_bytes = 0, wire_bytes = 0;
};

/// One deflate stream. After a full flush nothing refers to what was before: between two such messages bytes of another
/// stream may stand.
class deflater {
 public:
  explicit deflater(bool raw) {
    need(deflateInit2(&zlib_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw ? -15 : 15, 8, Z_DEFAULT_STRATEGY) == Z_OK, "deflateInit");
  }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater() { deflateEnd(&zlib_); }
  std::string operator()(const std::string& text, int flush) {
    std::string out(deflateBound(&zlib_, text.size()) + 64, '\0');
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    zlib_.avail_in = static_cast<uInt>(text.size());
    zlib_.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib_.avail_out = static_cast<uInt>(out.size());
    need(deflate(&zlib_, flush) == Z_OK && zlib_.avail_out != 0, "deflate");
    out.resize(out.size() - zlib_.avail_out);
    return out;
  }

 private:
  z_stream zlib_{};
};

class played_gateway {
 public:
  played_gateway(const gateway_script& script, const testing::test_ca& authority) {
    int ends[2];
    need(pipe(ends) == 0 && pipe(sent_) == 0, "pipe");
    std::fflush(stdout);
    pid_ = fork();
    need(pid_ >= 0, "fork");
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      prctl(PR_SET_NAME, "bench_server");  // so that a profiler tells them apart
      worker(script, authority.issue({"127.0.0.1"}), sent_[1]).serve(ends[1]);
    }
    need(read(ends[0], &facts_, sizeof facts_) == sizeof facts_, "the server did not start");
    close(ends[0]);
    close(ends[1]);
    close(sent_[1]);
  }
  played_gateway(const played_gateway&) = delete;
  played_gateway& operator=(const played_gateway&) = delete;
  ~played_gateway() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    close(sent_[0]);
  }
  const played_facts& facts() const noexcept { return facts_; }
  /// Until a connection was sent all that it is sent before chunks.
  void await_sent() const {
    char one;
    need(read(sent_[0], &one, 1) == 1, "the server");
  }

 private:
  using tcp = boost::asio::ip::tcp;
  using tls_stream = boost::asio::ssl::stream<tcp::socket>;

  class worker {
   public:
    worker(const gateway_script& script, const testing::certificate& shown, int sent)
        : tls_(boost::asio::ssl::context::tls_server), sent_(sent) {
      tls_.use_certificate_chain(boost::asio::buffer(shown.chain_pem));
      tls_.use_private_key(boost::asio::buffer(shown.key_pem), boost::asio::ssl::context::pem);
      deflater zlib(false);
      test::compressor zstd(protocol::compression::zstd_stream);
      const auto add = [&](std::string& to, const std::string& text) {
        add_frame(to, script.kind == protocol::compression::zlib_stream ? zlib(text, Z_SYNC_FLUSH) : zstd(text));
        facts_.text_bytes += text.size();
        ++facts_.messages;
      };
      add(hello_, R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":600000}})");
      script.after_identify([&](const std::string& text) { add(start_, text); });
      facts_.before_chunks = facts_.messages;
      facts_.wire_bytes = hello_.size() + start_.size();
      if (script.chunks) {
        zlib("", Z_FULL_FLUSH);  // not sent, and nothing of it is missed
        script.chunks([&](const std::string& text) {
          chunks_.push_back(zlib(text, Z_FULL_FLUSH));
          facts_.wire_bytes += chunks_.back().size();
          facts_.text_bytes += text.size();
          ++facts_.messages;
        });
        add(last_, script.last);
      } else {
        add(start_, script.last);
      }
    }
    [[noreturn]] void serve(int say) {
      tcp::acceptor acceptor(context_, {boost::asio::ip::address_v4::loopback(), 0});
      facts_.port = acceptor.local_endpoint().port();
      need(write(say, &facts_, sizeof facts_) == sizeof facts_, "write");
      for (;;) std::thread([this, socket = acceptor.accept()]() mutable { talk(std::move(socket)); }).detach();
    }

   private:
    static void add_frame(std::string& to, const std::string& message) {
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
            play(tls, asked);
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

    void play(tls_stream& tls, const boost::beast::http::request<boost::beast::http::string_body>& asked) {
      boost::beast::websocket::stream<tls_stream&, false> socket(tls);
      socket.accept(asked);
      boost::asio::write(tls, boost::asio::buffer(hello_));
      boost::beast::flat_buffer buffer;
      const auto next = [&] {
        buffer.clear();
        socket.read(buffer);
        const auto* const text = static_cast<const char*>(buffer.data().data());
        return nlohmann::json::parse(text, text + buffer.size());
      };
      while (next().at("op") != 2) continue;
      boost::asio::write(tls, boost::asio::buffer(start_));
      need(write(sent_, ".", 1) == 1, "write");
      for (;;) {
        const auto payload = next();
        if (payload.at("op") != 8) continue;
        const std::string end = payload.at("d").at("nonce").get<std::string>() + "\"}}";
        std::string frame;
        for (const std::string& chunk : chunks_) {
          frame.clear();
          add_frame(frame, chunk + deflater(true)(end, Z_SYNC_FLUSH));
          boost::asio::write(tls, boost::asio::buffer(frame));
        }
        boost::asio::write(tls, boost::asio::buffer(last_));
      }
    }

    boost::asio::io_context context_;
    boost::asio::ssl::context tls_;
    int sent_;
    std::string hello_, start_, last_;
    std::vector<std::string> chunks_;
    played_facts facts_;
  };

  pid_t pid_ = -1;
  int sent_[2];
  played_facts facts_;
};

}  // namespace monochord::bench
