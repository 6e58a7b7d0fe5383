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
#include <functional>
#include <string>
#include <string_view>

#include "bench/ratio.hpp"

namespace monochord::bench {

/// The floor: a websocket over TLS as bare as Beast has it, one inflate buffer that grows to the largest message, a full simdjson
/// parse, and nothing else.
class bare_reader {
 public:
  using message_handler = std::function<bool(std::string_view text)>;  // false: enough

  bare_reader(boost::asio::io_context& context, boost::asio::ssl::context& tls, bool zstd)
      : stream_(context, tls), zstd_(zstd ? ZSTD_createDStream() : nullptr) {
    buffer_.reserve(65536);
    if (!zstd) need(inflateInit(&zlib_) == Z_OK, "inflateInit");
  }
  bare_reader(const bare_reader&) = delete;
  bare_reader& operator=(const bare_reader&) = delete;
  ~bare_reader() {
    if (zstd_) ZSTD_freeDStream(zstd_);
    else inflateEnd(&zlib_);
  }

  /// Each message goes to `f`, already parsed, while the context runs.
  void open(std::uint16_t port, message_handler f) {
    handler_ = std::move(f);
    boost::beast::get_lowest_layer(stream_).connect({boost::asio::ip::address_v4::loopback(), port});
    boost::beast::get_lowest_layer(stream_).set_option(boost::asio::ip::tcp::no_delay(true));
    stream_.next_layer().handshake(boost::asio::ssl::stream_base::client);
    stream_.handshake("127.0.0.1", std::string("/?v=10&encoding=json&compress=") + (zstd_ ? "zstd-stream" : "zlib-stream"));
    stream_.text(true);
    send(R"({"op":2,"d":{"token":"secret","intents":0,"properties":{"os":"linux","browser":"bare","device":"bare"}}})");
    read();
  }
  void send(const std::string& text) { stream_.write(boost::asio::buffer(text)); }

 private:
  using tcp = boost::asio::ip::tcp;
  using socket_stream = boost::beast::websocket::stream<
      boost::asio::ssl::stream<boost::asio::basic_stream_socket<tcp, boost::asio::io_context::executor_type>>, false>;

  void read() {
    stream_.async_read(buffer_, [this](boost::beast::error_code failed, std::size_t) {
      need(!failed, ("the floor's connection: " + failed.message()).c_str());
      const std::string_view text = inflated(buffer_.data().data(), buffer_.size());
      buffer_.clear();
      simdjson::dom::element element;
      need(parser_.parse(text.data(), text.size(), false).get(element) == simdjson::SUCCESS, "simdjson");
      if (handler_(text)) read();
    });
  }
  std::string_view inflated(const void* data, std::size_t size) {
    std::size_t taken = 0, got = 0;
    for (;;) {
      const std::size_t room = text_.size() - simdjson::SIMDJSON_PADDING - got;
      if (zstd_) {
        ZSTD_inBuffer in{data, size, taken};
        ZSTD_outBuffer out{text_.data() + got, room, 0};
        need(!ZSTD_isError(ZSTD_decompressStream(zstd_, &out, &in)), "zstd");
        taken = in.pos;
        got += out.pos;
        if (taken == size && out.pos < room) break;
      } else {
        zlib_.next_in = static_cast<Bytef*>(const_cast<void*>(data)) + taken;
        zlib_.avail_in = static_cast<uInt>(size - taken);
        zlib_.next_out = reinterpret_cast<Bytef*>(text_.data()) + got;
        zlib_.avail_out = static_cast<uInt>(room);
        const int status = inflate(&zlib_, Z_SYNC_FLUSH);
        need(status == Z_OK || status == Z_BUF_ERROR, "inflate");
        taken = size - zlib_.avail_in;
        got += room - zlib_.avail_out;
        if (taken == size && zlib_.avail_out != 0) break;
      }
      text_.resize(text_.size() * 2);
    }
    return {text_.data(), got};
  }

  socket_stream stream_;
  boost::beast::flat_buffer buffer_;
  ZSTD_DStream* const zstd_;
  z_stream zlib_{};
  std::string text_ = std::string(65536, '\0');
  simdjson::dom::parser parser_;
  message_handler handler_;
};

}  // namespace monochord::bench
