// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <monochord/core/clock.hpp>
#include "protocol/path_parameters.hpp"
#include "protocol/rate_limiter.hpp"
#include "protocol/routes.hpp"

namespace monochord::rest {

class upload;

/// Who a call says it is. The text is a secret: nothing but the request's header shows it.
/// https://docs.discord.com/developers/reference#authentication
class authorization {
 public:
  enum class kind : std::uint8_t {
    standard,  ///< the bot's token; none for a route with a token of its own in its path
    none,      ///< no Authorization header
    given,     ///< the header of this call alone
  };

  authorization() = default;
  static authorization none() { return authorization(kind::none, {}); }
  /// An OAuth2 access token of a user.
  static authorization bearer(const std::string& access_token) { return header("Bearer " + access_token); }
  /// `value` is the whole header: `Bearer ...`, `Basic ...`.
  static authorization header(std::string value) { return authorization(kind::given, std::move(value)); }

  kind what() const noexcept { return kind_; }
  std::string_view reveal() const noexcept { return value_; }

 private:
  authorization(kind what, std::string value) : kind_(what), value_(std::move(value)) {}
  kind kind_ = kind::standard;
  std::string value_;
};

/// Whether a call that may have been carried out, but whose answer is lost, may be sent again.
enum class repetition : std::uint8_t {
  by_method,  ///< GET, PUT and DELETE, and PATCH without files; a POST is never
  by_nonce,   ///< also a POST: its body has a nonce and `enforce_nonce`, which covers it for two minutes
  always,     ///< also a POST: Discord takes it once only (an interaction's callback, then answered 40060)
  never,
};

/// One call of the API, ready to be sent.
class call {
 public:
  explicit call(protocol::route route);
  call(protocol::route route, const protocol::path_parameters& parameters);
  /// A call of a route that nobody declared: `call::to(method::get, "/channels/123/pins")`. Throws `error` with
  /// `errc::invalid_argument` for a path that does not begin with '/'.
  static call to(protocol::method verb, std::string_view path);

  /// What few calls have.
  struct rarities {
    std::string query;                  ///< with its '?', encoded
    std::vector<std::string> secrets;   ///< that `body` holds, to be shown nowhere; those of a form are known
    std::shared_ptr<upload> source;     ///< instead of `body`
    std::exception_ptr refused;         ///< why it must not be sent; null: it may
    std::string github_event;           ///< of a webhook for GitHub's format: what its X-GitHub-Event says
    std::string reason;                 ///< for the audit log, UTF-8, at most 512 characters; empty: none
    class authorization authorization;
    std::string_view sublimit;          ///< a literal: a limit within the route's ("name" of a channel), waits for itself only
    std::shared_ptr<const std::string> owned_path;  ///< where the route's path is, when it is no literal
    /// Instead of queue_options::timeout: of the call in all, waiting included.
    std::optional<std::chrono::milliseconds> timeout;
  };
  /// Null: it has nothing of that.
  const rarities* rare() const noexcept { return rare_.get(); }
  /// To add some.
  rarities& make_rare() {
    if (!rare_) rare_ = std::make_unique<rarities>();
    return *rare_;
  }
  std::shared_ptr<upload> source() const { return rare_ ? rare_->source : nullptr; }
  bool is_refused() const noexcept { return rare_ && rare_->refused; }

  protocol::route route;
  protocol::path_parameters parameters;
  std::string_view content_type;        ///< of the body: a literal, or that of its source
  std::string body;                     ///< empty and no content type: none

  protocol::priority priority = protocol::priority::normal;  ///< interaction answers go first by themselves
  bool unordered = false;               ///< need not wait for earlier writes to the same channel or webhook
  repetition repeat = repetition::by_method;

  /// Calls that wait together leave in this order, which is that of their making. (One that was made earlier, but awaited
  /// on another thread and so late that this one had left, comes behind.)
  std::uint64_t order;

 private:
  std::unique_ptr<rarities> rare_;
};

/// What a call was answered with a status of 2xx.
class answer {
 public:
  answer() = default;
  answer(int status, std::string body) : status(status), body(std::move(body)) {}

  int status = 0;
  std::string body;          ///< any bytes
};

}  // namespace monochord::rest
