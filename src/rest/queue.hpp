// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/token.hpp>
#include <monochord/json/limit_checks.hpp>
#include <monochord/rest/counters.hpp>
#include <monochord/rest/default_mentions.hpp>
#include <monochord/rest/hooks.hpp>
#include "net/http_client.hpp"
#include "net/parked.hpp"
#include "protocol/backoff.hpp"
#include "protocol/rate_limiter.hpp"
#include "protocol/routes.hpp"
#include "rest/call.hpp"
#include "rest/limits.hpp"
#include "rest/route_meter.hpp"
#include "rest/upload.hpp"

namespace monochord::rest {

struct queue_options {
  net::url base;                 ///< like https://discord.com/api/v10
  token bot_token;
  net::http_options http;
  protocol::rate_limiter_options limits;  ///< of a limiter of its own; not used with `shared_limits`
  std::shared_ptr<rest_limits> shared_limits = {};
  upload_limits uploads{};
  std::chrono::milliseconds timeout{60'000};  ///< of one call in all
  limit_checks body_limits = limit_checks::strict;
  optional<default_mentions> allowed_mentions = {};  ///< of messages that do not say it
  int attempts = 4;              ///< at most, for calls that may be repeated; 429s do not count
  rest_hooks hooks = {};
  std::function<double()> jitter = {};  ///< as `client_options::jitter`
  /// Sees each successful answer before the caller does; empty: nobody. Must not throw.
  std::function<void(const protocol::route&, const protocol::path_parameters& parameters, std::string_view body)> learner = {};
  logger log;
};

/// All calls of one client pass here: rate limiter, connection pool, retries. Thread-safe. A call runs where it is awaited.
class queue : public rest_limits::sender, public std::enable_shared_from_this<queue> {
 public:
  queue(boost::asio::any_io_executor executor, queue_options options);
  ~queue() override;

  /// Waits for its turn, sends, and gives a successful answer. A 429 is waited for and sent again; a 5xx or a lost
  /// connection is, when the call may be repeated (`repetition`, or nothing was sent): after a pause, in its old place.
  /// Throws `rest_error` for every other answer and when the deadline passes, at once when a limit is known to last
  /// longer; `error` with `errc::invalid_argument` for a call that can never be sent, `upload_error` before anything is
  /// sent when files are too large or cannot be read. Without a timeout of its own, a call with files has besides
  /// `queue_options::timeout` the time that its bytes take at `http_options::slowest_upload_bytes_per_second`.
  /// Cancellation gives the slot back.
  task<answer> send(call&& what);
  /// Ends what waits and what is under way with `errc::cancelled`, and closes the connections.
  task<> close();

  task<rest_counters> counters();
  /// The same at once.
  rest_counters count() const;
  std::vector<route_meter::figures> routes() const { return routes_.look(); }
  /// How long each sending waited for its turn, those that did not wait included.
  histogram_figures waits() const noexcept { return waits_.figures(); }

  const auto& learner() const noexcept { return options_.learner; }
  limit_checks body_limits() const noexcept { return options_.body_limits; }
  const optional<monochord::default_mentions>& default_mentions() const noexcept { return options_.allowed_mentions; }

 private:
  struct place;
  struct waiting;
  struct journey;
  struct sending;
  struct sent_one;
  class guard;

  task<answer> run(std::shared_ptr<queue> self, std::shared_ptr<journey> its);
  struct tallies {
    std::atomic<std::uint64_t> calls = 0, succeeded = 0, refused = 0, failed = 0, retries = 0, waited = 0, status_429 = 0;
  };
  std::optional<answer> judge(place& mine, journey& trip, std::atomic<std::uint64_t> tallies::*& end);
  protocol::rate_limiter::ticket enter(place& in, const journey& trip, time_point now);
  template <class Step>
  void unless_thrown(const place& in, protocol::rate_limiter::ticket which, Step step);
  struct looked {
    bool in_time = false, closed = false;
  };
  static task<> admit(std::shared_ptr<queue> self, std::shared_ptr<upload> source, time_point deadline, std::shared_ptr<looked> seen);
  void take_turn(place& mine, const journey& trip) const;
  void started(protocol::rate_limiter::ticket which, time_point now);
  void tell_start(place& mine, journey& trip);
  void ended(const journey& trip, int status, error_code error);
  task<> look_at_files(std::shared_ptr<queue> self, journey& trip, place& mine);
  static task<> wait_for_turn(place& mine, time_point deadline);
  static task<net::http_response> send_kept(std::shared_ptr<queue> self, net::http_pool& pool, std::shared_ptr<sending> what,
                                            time_point end);
  static task<> send_there(std::shared_ptr<queue> self, net::http_pool& pool, std::shared_ptr<sending> what, time_point end);
  task<error_code> closing();
  void deliver(std::vector<rest_limits::news> what) override;
  std::size_t connections() const override { return options_.http.max_connections; }
  void take_in(const std::vector<rest_limits::news>& what);
  void look();
  void pump();
  void arm();
  static task<> wake_loop(std::weak_ptr<queue> of, std::shared_ptr<timer> wait);
  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  void check(const call& what) const;
  static void check(const call& what, const call::rarities& rare);
  bool write_name(std::string& name, const call& what) const;
  void write_key(protocol::route_key& key, const call& what) const;
  std::vector<std::string> secrets_of(const call& what, const net::http_request& request) const;
  std::optional<duration> again_after(journey& trip) const;
  rest_error refused_here(const journey& trip, const protocol::refused_request& why) const;
  void tell_limited(const journey& trip, const protocol::response_info& info) const;
  template <class Hook, class Event>
  void call_hook(const Hook& hook, const Event& event) const;

  const queue_options options_;
  const std::shared_ptr<clock> clock_;
  const std::string sender_;     // what stands for the bot's token in the limiter
  const std::string as_bot_;     // the line of its Authorization header: a secret
  const bool token_is_usable_;   // in one line
  const std::string base_path_;  // without its last '/'
  const std::shared_ptr<rest_limits> limits_;
  const boost::asio::any_io_executor strand_;  // of wake_loop, of what others deliver, and of looks at files
  net::http_pool pool_;
  net::http_pool express_;  // for answers to interactions while every connection of the pool is busy
  std::atomic<std::size_t> sending_ = 0;  // through pool_
  std::atomic<std::size_t> sending_express_ = 0;

  tallies tallies_;
  route_meter routes_;
  histogram waits_;

  mutable std::recursive_mutex hooks_mutex_;  // held while one runs, which may make a call that has hooks itself

  // Guards what follows, and the members of a place. Taken by `guard`, before that of the limits; never held while a hook runs, a
  // log is written or anything is awaited.
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<net::parked>> woken_;  // completed when the guard goes
  std::unordered_map<protocol::rate_limiter::ticket, place*> places_;  // of those that wait, or once did
  std::multimap<time_point, waiting*> ends_;  // of those that wait for their turn: when their time is over
  std::vector<std::shared_ptr<net::parked>> until_closed_;
  std::shared_ptr<timer> wake_timer_;       // of the running wake_loop; null when none runs
  bool wake_loop_waits_ = false;  // for its timer
  std::atomic<time_point> wakes_at_ = time_point::max();  // read without the mutex too
  bool closed_ = false;
};

}  // namespace monochord::rest
