// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/token.hpp>
#include <monochord/fwd.hpp>
#include <monochord/gateway/identify_queue.hpp>
#include <string>

namespace monochord {

class reshard_exchange;

/// An identify queue that is a server somewhere: ours, or one that speaks as Twilight's gateway-queue does.
struct network_identify_queue_options {
  /// Like `http://127.0.0.1:8091`, or `https://`; a path in front of the queue's own is understood.
  std::string url;
  /// Sent as `Authorization: Bearer`; none when empty.
  token secret = {};
  /// Who asks: letters, digits, '-', '_' and '.', at most 64. Give each process a name that it keeps when it is started
  /// again: the server then drops what an earlier life of it asked. No two processes may have the same. Empty: one by
  /// chance.
  std::string owner = {};
  /// A file of PEM certificates that are trusted instead of the system's store.
  std::string ca_file = {};
  /// Allows http:// to hosts that are not loopback. The secret then travels in the clear.
  bool allow_plain = false;
  /// false: `request` throws `errc::identify_budget_spent` when no session start is left for today. Servers that are
  /// not ours make it wait all the same.
  bool wait_for_budget = true;
  /// Ours says after this, at most a minute, that the turn has not come yet, and is asked again: so either side notices
  /// that the other is gone, and nothing in between takes the connection for a dead one.
  std::chrono::milliseconds answer_within{25'000};
  /// How long a server that is not ours may take to answer. While it does, the system looks after the connection and ends it when
  /// nothing was heard of the other side for 45 s.
  std::chrono::milliseconds plain_answer_within{3'600'000};
  /// Shards that wait at the same time; more wait for one of these to be let through.
  std::size_t max_connections = 1000;
  std::shared_ptr<monochord::clock> clock = {};  ///< default `system_clock()`
  std::shared_ptr<net::network> transport = {};  ///< default TCP
  /// Where connections live; a manual clock needs it. By default a thread of the queue's own, so that clients may come
  /// and go.
  boost::asio::any_io_executor executor = {};
};

/// `options` with what the environment says: MONOCHORD_QUEUE_URL, MONOCHORD_QUEUE_SECRET, MONOCHORD_QUEUE_OWNER and
/// MONOCHORD_CA_FILE.
network_identify_queue_options network_identify_queue_from_env(network_identify_queue_options options = {});

/// The queue's server refused, or gave no answer. `code()` is `errc::invalid_argument` where asking again cannot help
/// (a wrong secret, say), `errc::identify_budget_spent`, `errc::resource` where too many wait, `errc::closed` where
/// another process asks under the same owner's name, and without an answer what became of the connection.
class identify_queue_error : public error {
 public:
  identify_queue_error(error_code code, const std::string& what, int status) : error(code, what), status_(status) {}
  /// The HTTP status; 0 when there was no answer.
  int status() const noexcept { return status_; }

 private:
  int status_;
};

/// The queue of processes that share one server. Of what a server that is ours says, `budget()` is what it said last.
/// `request` throws `identify_queue_error`; a shard then asks again, with back-off. `expect` and `arrived` are ignored:
/// between processes the order is that of asking. Destroying the last reference waits up to a second for what has still
/// to be told. Throws `error` with `errc::bad_url`, `errc::plain_refused`, `errc::tls_failed` or
/// `errc::invalid_argument`. Connects nowhere yet.
std::shared_ptr<identify_queue> make_network_identify_queue(network_identify_queue_options options);

/// Where the processes of a cluster meet that reshard together (`client_options::resharding.exchange`): at the server of their
/// identify queue, which has to be ours. Of `options` it takes `url`, `secret`, `ca_file`, `allow_plain`, `clock`, `transport` and
/// `executor`. `talk` throws `identify_queue_error` where the server refuses, and `error` with what became of the connection. Throws as
/// `make_network_identify_queue`. Connects nowhere yet.
std::shared_ptr<reshard_exchange> make_network_reshard_exchange(network_identify_queue_options options);

struct identify_queue_server_options {
  std::string address = "127.0.0.1";  ///< to listen on
  std::uint16_t port = 0;             ///< 0: any free one
  /// PEM files of the certificate with its chain, and of its key; both empty: http.
  std::string certificate_file = {};
  std::string key_file = {};
  /// Allows to listen without TLS on an address that is not loopback.
  bool allow_plain = false;
  /// What clients have to send as `Authorization: Bearer`; empty: nothing. GET /health never needs it.
  token secret = {};
  /// As GET /gateway/bot says. `wait_for_budget` is each client's own to say.
  identify_queue_options queue = {};
  /// Keeps the day's session starts over restarts; of sessions it is asked for none. A file store is for this server
  /// alone.
  std::shared_ptr<monochord::session_store> store = {};
  /// Nobody is let through so soon after the start: a server that was here before may have let somebody through just
  /// now.
  std::chrono::milliseconds first_after{6'000};
  /// Questions that may wait at the same time; more are answered with status 503.
  std::size_t max_waiting = 4000;
  log_level log = log_level::info;
  log_sink log_to = {};                          ///< default stderr
  std::shared_ptr<monochord::clock> clock = {};  ///< default `system_clock()`
  std::shared_ptr<net::network> transport = {};  ///< default TCP
  /// Where the server runs; a manual clock needs it. By default a thread of its own.
  boost::asio::any_io_executor executor = {};
};

/// What a server has done since it was made; GET /health tells the same.
struct identify_queue_server_counters {
  std::size_t waiting = 0;
  identify_budget budget = {};
  std::uint64_t requested = 0;
  std::uint64_t granted = 0;
  std::uint64_t identified = 0;    ///< grants that led to READY
  std::uint64_t failed = 0;        ///< grants that were used and did not
  std::uint64_t untold = 0;        ///< grants of clients that do not tell what becomes of them
  std::uint64_t unused = 0;        ///< grants that were given back
  std::uint64_t expired = 0;       ///< grants of which nobody can say whether they were used; they count as used
  std::uint64_t withdrawn = 0;     ///< questions whose client went away
  std::uint64_t spent = 0;         ///< questions refused because the day's session starts are used up
  std::uint64_t turned_away = 0;   ///< questions refused because too many wait
  std::uint64_t unauthorized = 0;  ///< requests without the secret
  std::uint64_t reshard_messages = 0;  ///< of processes that reshard together
};

/// One budget for the shards of many processes, over HTTP: `GET /?shard=N` is answered when shard N may IDENTIFY.
/// Whoever can send that, as Twilight's shards do, takes part. Thread-safe.
/// https://docs.discord.com/developers/events/gateway#sharding-max-concurrency
class identify_queue_server {
 public:
  /// Throws `error` with `errc::plain_refused`, `errc::tls_failed` or `errc::invalid_argument`. Listens not yet.
  explicit identify_queue_server(identify_queue_server_options options);
  identify_queue_server(const identify_queue_server&) = delete;
  identify_queue_server& operator=(const identify_queue_server&) = delete;
  /// Stops.
  ~identify_queue_server();

  /// Listens. Throws `error` with `errc::connect_failed` when the port is taken, with `errc::invalid_argument` the
  /// second time.
  void start();
  /// Ends every connection and stores what is left of the day; idempotent. With an executor of the caller's, what still
  /// runs on it ends with its next turns.
  void stop() noexcept;

  std::uint16_t port() const noexcept;
  std::string url() const;
  identify_queue_server_counters counters() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace monochord
