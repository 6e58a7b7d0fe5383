// SPDX-License-Identifier: MIT
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <memory>
#include <monochord/core/error.hpp>
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

  boost::asio::const_buffer output() noexcept;
  bool has_output() const noexcept { return BIO_ctrl_pending(outside_.get()) != 0; }
  void sent(std::size_t bytes) noexcept;

  SSL* native() const noexcept { return ssl_.get(); }

 private:
  want write(std::string_view text, error_code& failed, std::size_t& bytes);
  want write_joined(const const_pieces& from, error_code& failed, std::size_t& bytes);
  template <class Step>
  want perform(Step step, error_code& failed, std::size_t* bytes = nullptr);

  struct release {
    void operator()(SSL* one) const noexcept { SSL_free(one); }
    void operator()(BIO* one) const noexcept { BIO_free(one); }
  };
  std::unique_ptr<BIO, release> outside_;  // the end of a pair; the other one is OpenSSL's
  std::unique_ptr<SSL, release> ssl_;
  error_code lost_;  // why nothing more can be read
};

}  // namespace monochord::net
