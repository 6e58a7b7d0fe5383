// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <memory>
#include <utility>

#include "net/byte_stream.hpp"

namespace monochord::net {

/// Hides a handler's type. Boost 1.81 frees one that is destroyed uncalled through its own allocator, which is gone by
/// then when that comes from another such handler inside; so it gets an allocator that depends on nothing.
template <class Erased, class Handler>
Erased erase_handler(Handler handler) {
  return Erased(boost::asio::bind_allocator(boost::asio::recycling_allocator<void>(), std::move(handler)));
}

/// What Asio's and Beast's stream templates are instantiated with: a byte_stream of any kind. Only .cpp files that hold
/// such an instance include this.
class stream_adaptor {
 public:
  using executor_type = boost::asio::any_io_executor;
  using lowest_layer_type = stream_adaptor;

  explicit stream_adaptor(std::unique_ptr<byte_stream> stream) : stream_(std::move(stream)) {}

  byte_stream& stream() noexcept { return *stream_; }
  const byte_stream& stream() const noexcept { return *stream_; }
  std::unique_ptr<byte_stream> release() noexcept { return std::move(stream_); }
  executor_type get_executor() noexcept { return stream_->get_executor(); }
  lowest_layer_type& lowest_layer() noexcept { return *this; }
  const lowest_layer_type& lowest_layer() const noexcept { return *this; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, boost::asio::mutable_buffer into) {
          stream_->async_read_some(into, erase_handler<byte_stream::io_handler>(std::move(handler)));
        },
        token, first_of(buffers));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(error_code, std::size_t)>(
        [this](auto handler, const const_pieces& from) {
          stream_->async_write_some(from, erase_handler<byte_stream::io_handler>(std::move(handler)));
        },
        token, const_pieces(buffers));
  }

 private:
  template <class Buffers>
  static boost::asio::mutable_buffer first_of(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
      const boost::asio::mutable_buffer piece(*at);
      if (piece.size() != 0) return piece;
    }
    return {};
  }

  std::unique_ptr<byte_stream> stream_;
};

/// How Beast ends a websocket's transport: a client just goes, a server waits until its last frame is out.
template <class Handler>
void async_teardown(boost::beast::role_type role, stream_adaptor& adaptor, Handler&& handler) {
  if (role == boost::beast::role_type::server) {
    adaptor.stream().async_shutdown(erase_handler<byte_stream::handler>(std::forward<Handler>(handler)));
    return;
  }
  adaptor.stream().close();
  boost::asio::post(adaptor.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler), error_code()));
}

/// Called by Beast where a handshake or a frame goes so wrong that no close frame can follow.
inline void beast_close_socket(stream_adaptor& adaptor) { adaptor.stream().close(); }

inline void teardown(boost::beast::role_type, stream_adaptor& adaptor, error_code& error) {
  adaptor.stream().close();
  error = {};
}

}  // namespace monochord::net
