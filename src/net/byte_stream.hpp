// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>

namespace monochord::net {

/// A few pieces of memory to write, in order. Cheap to copy, as Asio copies buffer sequences.
class const_pieces {
 public:
  using value_type = boost::asio::const_buffer;
  using const_iterator = const value_type*;

  const_pieces() = default;
  /// Takes the first non-empty buffers of a sequence, as many as fit: enough for a `write_some`.
  template <class Buffers>
  explicit const_pieces(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end && size_ < items_.size(); ++at) {
      const boost::asio::const_buffer piece(*at);
      if (piece.size() != 0) items_[size_++] = piece;
    }
  }
  const_iterator begin() const noexcept { return items_.data(); }
  const_iterator end() const noexcept { return items_.data() + size_; }

 private:
  std::array<value_type, 4> items_;
  std::size_t size_ = 0;
};

/// Bytes in two directions: TCP, TLS over one of these, or a pipe in memory. Everything above it is compiled once for
/// all of them. At most one read and one write at a time; from its executor (a strand) only.
///
/// Every operation completes through a post to its executor, which must be that of the handler if it has one, supports
/// cancellation (cancelled TLS cannot be used further: close it), and ends with an error after `close()`.
class byte_stream {
 public:
  using io_handler = boost::asio::any_completion_handler<void(error_code, std::size_t)>;
  using handler = boost::asio::any_completion_handler<void(error_code)>;

  byte_stream() = default;
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;
  /// Closes. No operation may be under way unless it is one that `close()` has already ended.
  virtual ~byte_stream() = default;

  virtual boost::asio::any_io_executor get_executor() noexcept = 0;
  /// Reads at least one byte (none, at once, into an empty buffer); `asio::error::eof` when the peer has shut its
  /// direction down.
  virtual void async_read_some(boost::asio::mutable_buffer into, io_handler done) = 0;
  /// What a read would bring at once, as far as that is known without asking the system; 0 when it may have to wait, or fails,
  /// which the next read says. While no read is under way.
  virtual std::size_t read_now(boost::asio::mutable_buffer) noexcept { return 0; }
  virtual void async_write_some(const_pieces from, io_handler done) = 0;
  /// What `write_now` did.
  struct taken {
    std::size_t bytes = 0;      ///< of what was given
    bool any_left = false;      ///< something went out to the peer
    bool is_held_back = false;  ///< not all of `bytes` did: a write of the rest, or of nothing, must follow, and ends when they have
  };
  /// Writes what can go out at once, which may be nothing, as it is with an error: the next write has it. While no write is under
  /// way.
  virtual taken write_now(const_pieces) noexcept { return {}; }
  /// Says politely that no more will be written (FIN; with TLS close_notify first, and that waits for the peer's).
  virtual void async_shutdown(handler done) = 0;
  /// Ends every operation and the connection. Idempotent.
  virtual void close() noexcept = 0;
  /// The same without politeness: the peer sees a reset.
  virtual void reset() noexcept { close(); }
  /// Asks the system to look after a connection on which nothing goes, and to end it with an error when its other side has not
  /// been heard of for about this long (TCP keep-alive), even where what was written is still under way: a firewall that forgot
  /// a connection tells nobody. A peer that reads nothing for so long is ended too. Does nothing where there is no such system.
  virtual void notice_silence(duration) noexcept {}
  /// Nothing comes or goes for now: what memory is only there for that is given back, and taken anew when something does.
  virtual void rest() noexcept {}
  /// Whether it is TLS that went on from an earlier connection, without a full handshake.
  virtual bool resumed() const noexcept { return false; }
  /// The peer's address, for logs.
  virtual std::string peer() const = 0;
};

}  // namespace monochord::net
