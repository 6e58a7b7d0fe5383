// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string_view>

#include "net/byte_stream.hpp"

namespace monochord::net {

/// What a websocket's client reads from. It reads ahead, so that one wake-up brings many messages, gives out by itself
/// what is a message in the plainest form there is, and leaves everything else to the websocket above, which never gets
/// more than one frame: between two of its messages nothing lies there.
class read_ahead final : public byte_stream {
 public:
  /// A message that is longer than this, or than `most_bytes`, is left to the websocket above.
  static constexpr std::size_t most = 16U << 10U;

  explicit read_ahead(std::unique_ptr<byte_stream> below, std::size_t most_bytes = most);
  ~read_ahead() override;

  /// What comes from here on are frames (RFC 6455 5.2); until then it is the answer to the upgrade.
  void begin_frames() noexcept;

  enum class found {
    message,  ///< here it is
    more,     ///< it is not known yet, or not here as a whole: `async_fill`
    other,    ///< the websocket above must read
  };
  /// The next message, when it is a binary one in one frame. The view is valid until the next call of this or of
  /// `async_fill`.
  found take(std::string_view& message) noexcept;
  /// Waits for more, with nobody else waiting. What fails is told to the websocket above as well.
  void async_fill(io_handler done);

  boost::asio::any_io_executor get_executor() noexcept override;
  void async_read_some(boost::asio::mutable_buffer into, io_handler done) override;
  void async_write_some(const_pieces from, io_handler done) override;
  void async_shutdown(handler done) override;
  void close() noexcept override;
  void reset() noexcept override;
  void rest() noexcept override;
  bool resumed() const noexcept override;
  std::string peer() const override;

 private:
  struct state;
  std::shared_ptr<state> state_;  // a read below may end after this is gone
};

}  // namespace monochord::net
