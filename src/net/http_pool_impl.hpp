// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/body_source.hpp"
#include "net/http_client.hpp"
#include "net/http_connection.hpp"
#include "net/parked.hpp"

namespace monochord::net {

/// What a pool is made of, for the ways to send a request over it.
struct http_pool::impl : std::enable_shared_from_this<impl> {
  using connection_ptr = std::shared_ptr<http_connection>;

  impl(boost::asio::any_io_executor on, url where, http_options with);

  const boost::asio::any_io_executor executor;
  const url base;
  const http_connection::server to;
  const http_options& options;
  const boost::asio::any_io_executor janitor_strand;

  mutable std::mutex mutex;  // guards what follows; never held while anything is awaited
  std::vector<connection_ptr> idle;  // the last one was used last
  std::set<std::weak_ptr<http_connection>, std::owner_less<>> all;  // those that are gone included, until the next is opened
  /// A call that wants one of max_connections.
  struct claim {
    time_point deadline;
    std::shared_ptr<parked> wait = {};
    bool granted = false;
    connection_ptr connection = {};  // of a granted one: an idle one, or null for the right to open one
  };
  std::deque<std::shared_ptr<claim>> waiting;  // the janitor ends those that waited too long
  std::vector<std::shared_ptr<parked>> opening;  // completed by shut(): connections that are being made end then
  std::size_t taken = 0;   // connections in use or being made
  std::size_t active = 0;  // calls of send, and the janitor
  bool closed = false;
  bool janitor_runs = false;
  std::shared_ptr<timer> janitor_timer;  // used on janitor_strand
  time_point janitor_wakes{};
  std::vector<std::shared_ptr<parked>> joining;
  http_counters count;

  struct running;
  class lease;

  task<http_response> run(const http_request& request, std::optional<duration> limit, time_point deadline, int tries = 1,
                          bool written = false);
  /// One that ended with an error.
  struct failed_try {
    error_code code;
    std::string text;
    http_connection::progress how_far;
    bool reused;   // a kept connection
    bool written;  // by any of the tries
    int tries;
  };
  void again_or_throw(const http_request& request, failed_try&& last);
  task<> prepare(body_source& source, time_point deadline);
  task<> get_connection(lease& mine, bool may_go, time_point deadline);
  duration time_for(const http_request& request) const;
  bool take_now(lease& into);
  task<> wait_for_turn(lease& into, time_point deadline);
  bool grant(claim& to);
  bool hand_over(const connection_ptr& connection);
  static task<> open(std::shared_ptr<impl> self, std::shared_ptr<connection_ptr> made, time_point deadline);
  task<> unless_closed(task<> work);
  task<> open_source(body_source& source, time_point deadline);
  task<error_code> closing();
  void release(connection_ptr connection);
  void keep(connection_ptr connection, time_point now);
  void forget(http_connection& dead);
  void start_janitor(time_point latest);
  task<> sweep();
  void shut();
  void check_joined();
  std::string name(const http_request& request) const { return request.method + " " + base.origin(); }
};

}  // namespace monochord::net
