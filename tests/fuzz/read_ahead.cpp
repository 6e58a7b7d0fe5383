// SPDX-License-Identifier: MIT
// What a websocket's client reads: the first byte says how it is cut, what follows is the answer to the upgrade and
// frames. Every byte must be given out once, in its order, as a message that stands there or to whoever reads a frame,
// who never gets bytes of the next one.
#include "net/read_ahead.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

namespace asio = boost::asio;
using namespace monochord;
using net::read_ahead;

void check(bool good) {
  if (!good) std::abort();
}

class script final : public net::byte_stream {
 public:
  script(asio::io_context& context, std::string_view all, std::size_t piece)
      : context_(context), all_(all), piece_(piece) {}
  asio::any_io_executor get_executor() noexcept override { return context_.get_executor(); }
  void async_read_some(asio::mutable_buffer into, io_handler done) override {
    const auto bytes = copy(into, piece_);
    const error_code error = bytes == 0 ? asio::error::eof : error_code();
    asio::post(context_, [done = std::move(done), error, bytes]() mutable { std::move(done)(error, bytes); });
  }
  std::size_t read_now(asio::mutable_buffer into) noexcept override {
    return piece_ % 2 == 0 ? copy(into, piece_ * 3) : 0;
  }
  void async_write_some(net::const_pieces, io_handler) override {}
  void async_shutdown(handler) override {}
  void close() noexcept override {}
  std::string peer() const override { return {}; }

 private:
  std::size_t copy(asio::mutable_buffer into, std::size_t most) noexcept {
    const auto bytes = std::min({into.size(), most, all_.size()});
    std::memcpy(into.data(), all_.data(), bytes);
    all_.remove_prefix(bytes);
    return bytes;
  }
  asio::io_context& context_;
  std::string_view all_;
  const std::size_t piece_;
};

/// Bytes of the frame that `text` begins with, as far as they are there.
std::size_t frame_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() < 2) return text.size();
  std::size_t head = (byte(1) & 0x80U) != 0 ? 6 : 2;
  std::uint64_t payload = byte(1) & 0x7fU;
  const std::size_t more = payload == 126 ? 2 : payload == 127 ? 8 : 0;
  if (text.size() < 2 + more) return text.size();
  if (more != 0) payload = 0;
  for (std::size_t i = 0; i < more; ++i) payload = payload << 8U | byte(2 + i);
  head += more;
  return payload > text.size() ? text.size() : std::min(text.size(), head + static_cast<std::size_t>(payload));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view wire(reinterpret_cast<const char*>(data) + 1, size - 1);
  asio::io_context context(1);
  read_ahead stream(std::make_unique<script>(context, wire, 1U + data[0]));
  std::size_t at = 0;  // of the wire: what was given out
  bool over = false;
  char room[100];
  const auto read = [&](std::size_t until) {  // as far as there
    while (at < until && !over) {
      bool done = false;
      stream.async_read_some(
          asio::buffer(room, 1U + data[0] % sizeof room),
          net::byte_stream::io_handler(
              asio::bind_executor(context.get_executor(), [&](error_code error, std::size_t bytes) {
                done = true;
                over = bool(error);
                check(at + bytes <= until && wire.substr(at, bytes) == std::string_view(room, bytes));
                check(over || bytes != 0);
                at += bytes;
              })));
      context.restart();
      context.run();
      check(done);
    }
  };
  const auto head = wire.find("\r\n\r\n");
  read(head == wire.npos ? wire.size() : head + 4);
  stream.begin_frames();
  while (!over) {
    std::string_view message;
    switch (stream.take(message)) {
      case read_ahead::found::message: {
        const auto all = frame_size(wire.substr(at));
        check(wire[at] == '\x82' && message.size() <= read_ahead::most && all > message.size());
        check(wire.substr(at + all - message.size(), message.size()) == message);
        at += all;
        break;
      }
      case read_ahead::found::more: {
        bool done = false;
        stream.async_fill(net::byte_stream::io_handler(
            asio::bind_executor(context.get_executor(), [&](error_code, std::size_t) { done = true; })));
        context.restart();
        context.run();
        check(done);
        break;
      }
      case read_ahead::found::other:
        if (at == wire.size())
          read(at + 1);  // its end
        else
          read(at + frame_size(wire.substr(at)));
    }
  }
  check(at == wire.size());
  return 0;
}
