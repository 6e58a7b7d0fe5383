// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include "net/byte_stream.hpp"
#include "net/http_client.hpp"
#include "net/parked.hpp"
#include "net/stream_adaptor.hpp"

namespace monochord::net {

class http_reader;

/// One keep-alive connection, on a strand of its own; what is not private may be called from any thread, `exchange`, or `begin`,
/// `send`, `wait` and `finish` one after another, by one coroutine at a time.
///
/// A read is always under way, also while the connection is idle: so a peer that closes it, or that talks without being
/// asked, is noticed at once and not by the next request.
class http_connection : public std::enable_shared_from_this<http_connection> {
 public:
  /// How far an exchange got: what decides whether a request may be sent again.
  struct progress {
    bool written = false;   ///< some of the request was handed to the transport
    bool answered = false;  ///< some of an answer was read
  };

  /// What all requests to one server share.
  struct server {
    std::string host;       ///< as a Host header says it
    default_fields defaults;
    http_options options;
    std::string common = {};  ///< what stands behind a target, with the lines of both, for whoever writes a head by itself
  };

  /// `on_dead` is called once, on the strand, when the connection ends while it is idle.
  http_connection(std::unique_ptr<byte_stream> stream, std::shared_ptr<clock> time,
                  std::function<void(http_connection&)> on_dead);
  ~http_connection();

  /// Sends a request that is not `in_one_piece` and reads its answer, until `deadline` at most. Throws `error`; then it is not
  /// `reusable`, unless the request cannot be written down (`errc::invalid_argument`). Cancellation closes it, and is over when it is
  /// known whether anything was sent; a coroutine that was cancelled before gets `system_error`.
  task<http_response> exchange(const http_request& request, const server& to, time_point deadline, progress& how_far);

  // The same for one that is, in four steps of the coroutine that wants it, which needs no other one then.
  /// Throws `error` with `errc::invalid_argument` when the request cannot be written down.
  void begin(const http_request& request, const server& to);
  /// Sends it, within this call where the strand is free and the peer takes it.
  void send(time_point deadline);
  /// `done` is called, where it wants to be, when there is an answer or none will come: nothing but `close` ends it before.
  void wait(parked::handler done, const boost::asio::any_io_executor& where);
  /// What came of it: throws as `exchange`.
  http_response finish(bool cancelled, const http_request& request, const server& to, progress& how_far);

  /// Whether it can serve another request.
  bool reusable() const noexcept { return alive_ && reusable_; }
  /// Whether its TLS went on from an earlier connection.
  bool resumed() const noexcept { return stream_.stream().resumed(); }
  /// Ends it; from any thread.
  void close();

  const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

  time_point idle_since{};  // the pool's, guarded by its mutex

 private:
  /// A request that goes out in one piece, and its answer: what most calls are. Kept for the next one.
  struct short_exchange;

  template <class F>
  void run_there(F what);
  void run_short(time_point deadline);
  void wait_short(std::shared_ptr<parked> who);
  void start_write();
  void on_written(error_code failed, std::size_t bytes);
  void advance();
  void finish_short();
  void keep(const http_reader& reader, bool complete);

  void start_read();
  void on_read(error_code failed, std::size_t bytes);
  bool any_arrived() const noexcept { return !fresh_.empty() || !arrived_.empty(); }
  bool take_arrived(http_reader& reader, progress& how_far);
  task<> more_bytes();
  task<bool> write(const http_request& request, const server& to, progress& how_far);
  task<> write_source(const http_request& request, const server& to, progress& how_far, bool& complete);
  task<bool> write_some(std::string_view head, std::string_view body, progress& how_far);
  task<> read_answer(http_reader& reader, progress& how_far);
  task<error_code> answered(http_reader& reader, progress& how_far);
  task<> exchange_long(const http_request& request, const server& to, time_point deadline, progress& how_far,
                       http_response& answer);
  void limit(time_point deadline);
  static task<> watch(std::shared_ptr<http_connection> self);
  void end() noexcept;

  static constexpr time_point never = time_point::max();

  stream_adaptor stream_;
  const std::shared_ptr<clock> time_;
  const boost::asio::any_io_executor executor_;
  std::function<void(http_connection&)> on_dead_;
  std::string space_;            // what the read that is under way fills
  std::string_view fresh_;       // of it, what has just been read and not been parsed: empty unless `arrived_` is
  std::string arrived_;          // not parsed yet
  bool offered_ = false;         // the parser has seen all that arrived and wants more behind it
  error_code end_;
  std::shared_ptr<parked> waiting_;
  bool reading_ = false;
  std::atomic<bool> alive_{true};     // written on the strand, read by the pool
  std::atomic<bool> reusable_{true};  // the same, but for an answer that its caller cannot use
  bool busy_ = false;
  std::unique_ptr<short_exchange> short_;  // handed from the caller to the strand and back
  // One timer watches all exchanges, one after the other: it is not touched when one ends, only looked at when it fires.
  std::shared_ptr<timer> watch_timer_;
  time_point deadline_ = never;  // of the exchange under way
  time_point watched_ = never;   // what the timer waits for
  bool late_ = false;
};

}  // namespace monochord::net
