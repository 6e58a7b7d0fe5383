// SPDX-License-Identifier: MIT
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace monochord {

using error_code = boost::system::error_code;

/// What can go wrong, as an error_code of `monochord_category()`, each with a text.
enum class errc {
  token_missing = 1,       ///< no bot token was given
  token_rejected,          ///< Discord answered 401 or closed with 4004
  cancelled,               ///< the client stopped, or the caller cancelled
  timeout,                 ///< a deadline passed
  plain_refused,           ///< http:// or ws:// to a host that is not loopback
  bad_url,                 ///< a URL that cannot be used
  certificate_refused,     ///< TLS: wrong host, unknown authority, expired
  tls_failed,              ///< TLS: anything else
  connect_failed,          ///< no address of the host could be connected to
  resolve_failed,          ///< the host name could not be resolved
  http_malformed,          ///< the peer's HTTP could not be parsed, or is over a limit
  upgrade_refused,         ///< the websocket upgrade was answered with another status than 101
  websocket_malformed,     ///< the peer broke the websocket protocol
  closed,                  ///< the connection ended
  message_too_large,       ///< a message is over the limit
  inflate_failed,          ///< compressed data was damaged
  json_malformed,          ///< the text is not JSON
  json_mismatch,           ///< JSON of another shape than the object
  gateway_fatal,           ///< a close code that forbids reconnecting (4004, 4010 to 4014)
  identify_budget_spent,   ///< no IDENTIFY is left today
  resource,                ///< memory, descriptors or threads ran out
  invalid_argument,        ///< a call was given something that can never work
  rest_refused,            ///< Discord answered a REST call with a status of 400 or more
  rate_limited,            ///< a REST call met a rate limit that it could not wait for
  proxy_refused,           ///< the proxy did not open a tunnel
  upload_too_large,        ///< a file, or all of a request, is over the limit for uploads; nothing was sent
  upload_failed,           ///< a file could not be read, or changed while it was sent
  unsupported,             ///< a part that this build of the library, or this client, was made without
  controller_failed,       ///< a function of `client_options::controllers` threw
  file_damaged,            ///< a file of ours is cut short, or has other bytes than were written
  file_version,            ///< a file of ours that an older or a newer version of the library wrote
  file_mismatch,           ///< a file of ours that is whole, but of another bot or with less in it than is wanted
};

}  // namespace monochord

template <>
struct boost::system::is_error_code_enum<monochord::errc> : std::true_type {};

namespace monochord {

const boost::system::error_category& monochord_category() noexcept;
inline error_code make_error_code(errc value) noexcept { return {static_cast<int>(value), monochord_category()}; }

/// Base of everything that Monochord throws. `what()` says what happened and, where the user can do something, what; it
/// never holds a secret. Asio adds one: a coroutine that is cancelled before it awaits gets boost::system::system_error
/// with `operation_aborted` from its next `co_await`.
class error : public std::runtime_error {
 public:
  error(error_code code, const std::string& what) : std::runtime_error(what), code_(code) {}
  error(errc code, const std::string& what) : error(make_error_code(code), what) {}
  const error_code& code() const noexcept { return code_; }

 private:
  error_code code_;
};

/// Whether `thrown` says that a coroutine was cancelled: an `error` with `errc::cancelled`, or Asio's own. False for null.
bool is_cancellation(const std::exception_ptr& thrown) noexcept;

/// JSON that cannot become the object asked for. `path()` is where, like `$.embeds[2].title`.
class decode_error : public error {
 public:
  decode_error(errc code, std::string path, const std::string& reason)
      : error(code, "cannot decode " + path + ": " + reason), path_(std::move(path)), reason_(reason) {}
  const std::string& path() const noexcept { return path_; }
  const std::string& reason() const noexcept { return reason_; }

 private:
  std::string path_;
  std::string reason_;
};

/// A request body that Discord would not take: `embeds[3].title: 300 characters, Discord takes at most 256`. Nothing was
/// sent. `path()` is the field; the text holds no value of it. Its code is `errc::invalid_argument`.
class limit_error : public error {
 public:
  limit_error(std::string path, std::string reason)
      : error(errc::invalid_argument, path + ": " + reason), path_(std::move(path)), reason_(std::move(reason)) {}
  const std::string& path() const noexcept { return path_; }
  const std::string& reason() const noexcept { return reason_; }

 private:
  std::string path_;
  std::string reason_;
};

/// One entry of Discord's `errors` object: which field, a code in capitals, and a sentence.
/// https://docs.discord.com/developers/reference#error-messages
struct field_error {
  std::string path;  ///< like `embeds.0.title`
  std::string code;  ///< like `BASE_TYPE_MAX_LENGTH`
  std::string message;
};

/// A REST call that Discord refused, or that never got an answer.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#http
class rest_error : public error {
 public:
  struct details {
    int status = 0;             ///< HTTP status; 0 when there was no answer
    std::int64_t discord_code = 0;  ///< Discord's JSON error code; 0 when there was none
    std::string message;        ///< Discord's message, or ours
    std::vector<field_error> fields;
    std::string route;          ///< like `POST /channels/{channel_id}/messages`; tokens are never filled in
    int attempt = 1;            ///< how many times it was sent
    /// Nobody knows whether it was carried out: it was sent, or a part of it, and its answer is lost or a 5xx.
    bool may_have_been_sent = false;
  };
  rest_error(error_code code, details what);
  int status() const noexcept { return details_.status; }
  std::int64_t discord_code() const noexcept { return details_.discord_code; }
  const std::string& message() const noexcept { return details_.message; }
  const std::vector<field_error>& fields() const noexcept { return details_.fields; }
  const std::string& route() const noexcept { return details_.route; }
  int attempt() const noexcept { return details_.attempt; }
  bool may_have_been_sent() const noexcept { return details_.may_have_been_sent; }

 private:
  details details_;
};

/// A file that was not uploaded: it is over a limit (`errc::upload_too_large`, nothing was sent), or it cannot be read,
/// is gone or changed meanwhile (`errc::upload_failed`, the request was not completed).
/// https://docs.discord.com/developers/reference#uploading-files
class upload_error : public error {
 public:
  upload_error(errc code, std::string file, std::uint64_t size_bytes, std::uint64_t limit_bytes, const std::string& what)
      : error(code, what), file_(std::move(file)), size_bytes_(size_bytes), limit_bytes_(limit_bytes) {}
  /// The name it was to be sent with; empty when the whole request is too large.
  const std::string& file() const noexcept { return file_; }
  std::uint64_t size_bytes() const noexcept { return size_bytes_; }
  /// The limit that it is over; 0 when it is another matter.
  std::uint64_t limit_bytes() const noexcept { return limit_bytes_; }

 private:
  std::string file_;
  std::uint64_t size_bytes_;
  std::uint64_t limit_bytes_;
};

/// A gateway connection that ended for good, or a command that the session's intents do not allow. `close_code()` is
/// Discord's, 0 when the connection was never closed by it.
/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
class gateway_error : public error {
 public:
  gateway_error(error_code code, int close_code, int shard_id, const std::string& what)
      : error(code, what), close_code_(close_code), shard_id_(shard_id) {}
  int close_code() const noexcept { return close_code_; }
  int shard_id() const noexcept { return shard_id_; }

 private:
  int close_code_;
  int shard_id_;
};

}  // namespace monochord
