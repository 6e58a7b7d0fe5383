// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "net/http_message.hpp"

namespace monochord::net {

/// Takes one HTTP/1.1 message in as its bytes come. An answer that is plain and lies there whole is read by plain_answer,
/// anything else by Beast's parser, which http_reader.cpp alone knows.
class http_reader {
 public:
  /// So much room there is behind a body whose length was told: for a parser that reads a little further than its text.
  static constexpr std::size_t spare_bytes = 64;

  struct limits {
    std::size_t header_bytes;
    std::size_t body_bytes;
    /// Of requests: by what stands before the body, no more than `body_bytes`. May be empty.
    std::function<std::size_t(const http_request& head)> body_bytes_of = {};
  };

  static http_reader for_requests(limits of);
  /// `head` is true for the answer to a HEAD request, which has no body whatever its header says.
  static http_reader for_responses(limits of, bool head);
  /// Begins anew, for the next response on the same connection.
  void next_response(bool head);
  http_reader(http_reader&&) noexcept;
  http_reader& operator=(http_reader&&) noexcept;
  ~http_reader();

  /// Takes what it can of `bytes` and says how much; the rest must be offered again with more behind it, or belongs to
  /// the next message once `done()`. Throws `error`: `errc::http_malformed`, `errc::message_too_large`.
  std::size_t put(std::string_view bytes);
  /// The peer ended its direction: fine when a body without a length was read, else throws `errc::closed`.
  void put_end();

  bool done() const noexcept;
  /// Whether the header was read whole.
  bool header_done() const noexcept;
  /// Whether the connection can serve another message afterwards, as far as this one says.
  bool keep_alive() const;

  http_request take_request();
  http_response take_response();

 private:
  struct impl;
  explicit http_reader(std::unique_ptr<impl> what);
  std::unique_ptr<impl> impl_;
};

}  // namespace monochord::net
