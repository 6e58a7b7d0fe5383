// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/token.hpp>
#include <monochord/rest/counters.hpp>
#include "net/http_client.hpp"
#include "protocol/backoff.hpp"
#include "protocol/rate_limiter.hpp"
#include "protocol/routes.hpp"
#include "rest/upload.hpp"

namespace monochord::rest {

/// One call of the API, ready to be sent.
class call {
 public:
  call(protocol::route route, std::vector<std::string> parameters) : route(route), parameters(std::move(parameters)) {}

  protocol::route route;
  std::vector<std::string> parameters;  ///< in the order of the template, not yet encoded
  std::string query;                    ///< with its '?', encoded
  std::string content_type;             ///< of the body
  std::string body;                     ///< empty: none
  std::shared_ptr<upload> source;       ///< instead of `body`
};

struct queue_options {
  net::url base;                 ///< like https://discord.com/api/v10
  token bot_token;
  net::http_options http;
  protocol::rate_limiter_options limits;
  upload_limits uploads{};
  duration timeout = std::chrono::seconds{60};  ///< of one call in all
  int attempts = 4;              ///< at most, for calls that may be repeated; 429s do not count
  logger log;
};

/// All calls of one client pass here: rate limiter, connection pool, retries. Its state lives on one strand; `send` may
/// be awaited from any executor.
class queue : public std::enable_shared_from_this<queue> {
 public:
  queue(boost::asio::any_io_executor executor, queue_options options);

  /// Waits for its turn, sends, and gives the body of a successful answer. A 429 is waited for and sent again; a 5xx
  /// or a lost connection is, when the call may be repeated (GET, PUT, DELETE, or nothing was sent). Throws `rest_error`
  /// for every other answer and when the deadline passes, `upload_error` before anything is sent when files are too
  /// large or cannot be read; cancellation gives the slot back.
  task<std::string> send(call what);
  /// Ends what waits and what is under way with `errc::cancelled`, and closes the connections.
  task<> close();

  task<rest_counters> counters();

 private:
  struct waiter;
  struct attempt;

  task<> run(std::shared_ptr<queue> self, call what, std::string& body);
  static task<> close_on_strand(std::shared_ptr<queue> self);
  static task<> read_counters(std::shared_ptr<queue> self, rest_counters& all);
  task<> turn(waiter& me, time_point deadline);
  task<> pause(duration time);
  void pump();
  static task<> wake_loop(std::shared_ptr<queue> self);
  net::http_request request_for(const call& what) const;

  const queue_options options_;
  const std::shared_ptr<clock> clock_;
  boost::asio::strand<boost::asio::any_io_executor> strand_;
  net::http_pool pool_;

  // On the strand only.
  protocol::rate_limiter limiter_;
  std::map<protocol::rate_limiter::ticket, waiter*> waiters_;
  std::shared_ptr<timer> wake_timer_;           // of the running wake_loop; null when none runs
  std::vector<std::shared_ptr<timer>> pauses_;  // between two attempts
  bool closed_ = false;
  rest_counters counters_;
};

}  // namespace monochord::rest
