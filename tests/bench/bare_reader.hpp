// SPDX-License-Identifier: MIT
#pragma once

#include <simdjson.h>
#include <zlib.h>
#include <zstd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "bench/ratio.hpp"

// The floor of what reads events: the least that does it with Beast, zlib or zstd, and simdjson.
namespace monochord::bench {

/// One context and one buffer for all messages, which grows to the largest.
class bare_inflater {
 public:
  explicit bare_inflater(bool zstd) : zstd_(zstd ? ZSTD_createDStream() : nullptr) {
    if (!zstd_) need(inflateInit(&zlib_) == Z_OK && inflateValidate(&zlib_, 0) == Z_OK, "inflateInit");
  }
  bare_inflater(const bare_inflater&) = delete;
  bare_inflater& operator=(const bare_inflater&) = delete;
  ~bare_inflater() {
    if (zstd_) ZSTD_freeDStream(zstd_);
    else inflateEnd(&zlib_);
  }
  /// What simdjson can read in place. Valid until the next call.
  std::string_view feed(const void* data, std::size_t size) {
    std::size_t taken = 0, got = 0;
    for (;;) {
      const std::size_t room = buffer_.size() - simdjson::SIMDJSON_PADDING - got;
      if (zstd_) {
        ZSTD_inBuffer in{data, size, taken};
        ZSTD_outBuffer out{buffer_.data() + got, room, 0};
        need(!ZSTD_isError(ZSTD_decompressStream(zstd_, &out, &in)), "zstd");
        taken = in.pos;
        got += out.pos;
        if (taken == size && out.pos < room) break;
      } else {
        zlib_.next_in = static_cast<Bytef*>(const_cast<void*>(data)) + taken;
        zlib_.avail_in = static_cast<uInt>(size - taken);
        zlib_.next_out = reinterpret_cast<Bytef*>(buffer_.data()) + got;
        zlib_.avail_out = static_cast<uInt>(room);
        const int status = inflate(&zlib_, Z_SYNC_FLUSH);
        need(status == Z_OK || status == Z_BUF_ERROR, "inflate");
        taken = size - zlib_.avail_in;
        got += room - zlib_.avail_out;
        if (taken == size && zlib_.avail_out != 0) break;
      }
      buffer_.resize(buffer_.size() * 2);
    }
    return {buffer_.data(), got};
  }

 private:
  ZSTD_DStream* const zstd_;
  z_stream zlib_{};
  std::string buffer_ = std::string(65536, '\0');
};

/// A full parse of what `bare_inflater` gave.
class bare_parser {
 public:
  /// Something of what was parsed, so that the work is not optimised away.
  bool operator()(std::string_view text) {
    simdjson::dom::element element;
    need(parser_.parse(text.data(), text.size(), false).get(element) == simdjson::SUCCESS, "simdjson");
    return element.is_object();
  }

 private:
  simdjson::dom::parser parser_;
};

/// A websocket over TLS as bare as Beast has it: concrete executors, no strand, no coroutine, nothing allocated for a
/// message. `Take` gets the text of each, and says whether it wants another.
template <class Take>
class bare_reader {
 public:
  bare_reader(boost::asio::io_context& context, boost::asio::ssl::context& tls, bool zstd, Take take)
      : stream_(context, tls), zstd_(zstd), inflater_(zstd), take_(std::move(take)) {
    buffer_.reserve(65536);
  }

  /// Connects and identifies; each message goes to `take` while the context runs.
  void open(std::uint16_t port, unsigned shard = 0, unsigned shards = 1) {
    boost::beast::get_lowest_layer(stream_).connect({boost::asio::ip::address_v4::loopback(), port});
    boost::beast::get_lowest_layer(stream_).set_option(boost::asio::ip::tcp::no_delay(true));
    stream_.next_layer().handshake(boost::asio::ssl::stream_base::client);
    stream_.handshake("127.0.0.1", std::string("/?v=10&encoding=json&compress=") + (zstd_ ? "zstd-stream" : "zlib-stream"));
    stream_.text(true);
    send(R"({"op":2,"d":{"token":"secret","intents":0,"shard":[)" + std::to_string(shard) + "," + std::to_string(shards) +
         R"(],"properties":{"os":"linux","browser":"bare","device":"bare"}}})");
    read();
  }
  void send(const std::string& text) { stream_.write(boost::asio::buffer(text)); }
  const Take& take() const noexcept { return take_; }

 private:
  using tcp = boost::asio::ip::tcp;
  using socket_stream = boost::beast::websocket::stream<
      boost::asio::ssl::stream<boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type>>, false>;

  void read() {
    stream_.async_read(buffer_, [this](boost::beast::error_code failed, std::size_t) {
      need(!failed, ("the floor's connection: " + failed.message()).c_str());
      const std::string_view text = inflater_.feed(buffer_.data().data(), buffer_.size());
      buffer_.clear();
      if (take_(text)) read();
    });
  }

  socket_stream stream_;
  boost::beast::flat_buffer buffer_;
  const bool zstd_;
  bare_inflater inflater_;
  Take take_;
};

}  // namespace monochord::bench
