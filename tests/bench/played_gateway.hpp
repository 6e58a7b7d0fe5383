// SPDX-License-Identifier: MIT
#pragma once

#include <zlib.h>

#include <functional>
#include <string>
#include <vector>

#include "bench/server_process.hpp"
#include "support/compressor.hpp"

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

/// A gateway that plays one script.
class played_gateway {
 public:
  played_gateway(const gateway_script& script, const testing::test_ca& authority)
      : process_([&](const auto& say) {
          worker plays(script, authority.issue({"127.0.0.1"}), sent_.ends[1]);
          say(plays.facts());
          plays.serve();
        }) {
    close(sent_.ends[1]);
  }
  played_gateway(const played_gateway&) = delete;
  played_gateway& operator=(const played_gateway&) = delete;
  ~played_gateway() { close(sent_.ends[0]); }
  const played_facts& facts() const noexcept { return process_.facts(); }
  /// Until a connection was sent all that it is sent before chunks.
  void await_sent() const {
    char one;
    need(read(sent_.ends[0], &one, 1) == 1, "the server");
  }

 private:
  class worker final : public gateway_worker {
   public:
    worker(const gateway_script& script, const testing::certificate& shown, int sent) : gateway_worker(shown), sent_(sent) {
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
      facts_.port = port();
    }
    const played_facts& facts() const noexcept { return facts_; }

   private:
    void play(tls_stream& tls, websocket& socket, const std::string&) override {
      boost::asio::write(tls, boost::asio::buffer(hello_));
      while (next(socket).at("op") != 2) continue;
      boost::asio::write(tls, boost::asio::buffer(start_));
      need(write(sent_, ".", 1) == 1, "write");
      for (;;) {
        const auto payload = next(socket);
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

    const int sent_;
    std::string hello_, start_, last_;
    std::vector<std::string> chunks_;
    played_facts facts_;
  };

  struct pipe_ends {
    pipe_ends() { need(pipe(ends) == 0, "pipe"); }
    int ends[2];
  };
  pipe_ends sent_;  // before the process, which writes to it
  server_process<played_facts> process_;
};

}  // namespace monochord::bench
