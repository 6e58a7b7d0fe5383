// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <monochord/core/error.hpp>
#include <new>
#include <string_view>

#include "net/byte_stream.hpp"

namespace monochord::net {

/// One connection's TLS without any I/O: what came from the peer is put in, what has to go to it is taken out, both in
/// OpenSSL's own memory.
class tls_engine {
 public:
  /// What a step asks of whoever carries it out.
  enum class want {
    nothing,           ///< it is done, or has failed
    input,             ///< the step again once more came from the peer
    output,            ///< it is done, or has failed: what is to go out is to be sent
    output_and_retry,  ///< the step again once that is sent
  };
  enum class role { client, server };

  /// Throws `error` with `errc::resource`.
  explicit tls_engine(SSL_CTX* context);
  tls_engine(const tls_engine&) = delete;
  tls_engine& operator=(const tls_engine&) = delete;

  want handshake(role as, error_code& failed);
  want read(boost::asio::mutable_buffer into, error_code& failed, std::size_t& bytes);
  /// As much as one record holds. What it takes of several small pieces is one record. Again with the same bytes.
  want write(const const_pieces& from, error_code& failed, std::size_t& bytes);
  /// Says goodbye and waits for the peer's.
  want shutdown(error_code& failed);

  /// Where the peer's next bytes go; stays valid while nothing has been put there, whatever is sent meanwhile.
  boost::asio::mutable_buffer space() noexcept;
  /// They were written to the beginning of `space`.
  void put(boost::asio::mutable_buffer space, std::size_t bytes) noexcept;
  /// What the end of what comes from the peer means here: cut short, unless it said goodbye.
  error_code end_of_input(error_code below) const noexcept;
  /// Whether something came that was not read; what it is may not be known yet.
  bool has_input() const noexcept;

  /// Stays valid until it is `sent`.
  boost::asio::const_buffer output() const noexcept { return {out_.data(), out_.size()}; }
  bool has_output() const noexcept { return out_.size() != 0; }
  void sent(std::size_t bytes) noexcept { out_.take(bytes); }

  /// Gives back OpenSSL's buffers, unless something lies there.
  void rest() noexcept;

  SSL* native() const noexcept { return ssl_.get(); }

 private:
  /// Bytes on their way through, in one piece: a record and a bit, beyond which none are taken.
  class passage {
   public:
    passage() noexcept : room_(new (std::nothrow) char[capacity]) {}
    bool is_open() const noexcept { return room_ != nullptr; }  ///< false where there is no memory
    std::size_t size() const noexcept { return end_ - begin_; }
    const char* data() const noexcept { return room_.get() + begin_; }
    boost::asio::mutable_buffer space() const noexcept { return {room_.get() + end_, capacity - end_}; }
    /// They were written to the beginning of `space`.
    void add(std::size_t bytes) noexcept { end_ += bytes; }
    void take(std::size_t bytes) noexcept {
      begin_ += bytes;
      if (begin_ == end_) begin_ = end_ = 0;
    }
    /// All there is moves to the front.
    void gather() noexcept;

   private:
    static constexpr std::size_t capacity = 17 * 1024;  // of one record 16 KiB and 261 bytes

    std::unique_ptr<char[]> room_;
    std::size_t begin_ = 0, end_ = 0;
  };
  /// What OpenSSL reads from and writes to: the passages of an engine.
  struct io;

  want write(std::string_view text, error_code& failed, std::size_t& bytes);
  want write_joined(const const_pieces& from, error_code& failed, std::size_t& bytes);
  bool has_goodbye() const noexcept;
  template <class Step>
  want perform(Step step, error_code& failed, std::size_t* bytes = nullptr);

  struct release {
    void operator()(SSL* one) const noexcept { SSL_free(one); }
  };
  passage in_, out_;
  std::unique_ptr<SSL, release> ssl_;
  error_code lost_;  // why nothing more can be read
  bool lacks_input_ = false, lacks_room_ = false;  // what OpenSSL was refused in the last step
};

}  // namespace monochord::net
