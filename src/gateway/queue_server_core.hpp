// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include <mutex>
#include <optional>
#include <string>

#include "net/async_lock.hpp"
#include "net/server.hpp"
#include "protocol/identify_desk.hpp"

namespace monochord::gateway {

/// What answers an identify queue server's requests: the desk of protocol/identify_desk.hpp on a strand, its time, its
/// store. Shared by all who work with it.
class queue_server_core : public std::enable_shared_from_this<queue_server_core> {
 public:
  queue_server_core(const identify_queue_server_options& options, std::shared_ptr<clock> time,
                    boost::asio::any_io_executor on, logger log);

  /// Answers one request; from any executor.
  static task<net::server_reply> serve(std::shared_ptr<queue_server_core> self, const net::http_request& request);
  /// Takes over what the store remembers, then keeps time until `end()`. On the strand.
  static task<> live(std::shared_ptr<queue_server_core> self);
  /// Stores what is left, and lets `live` end. On the strand.
  static task<> end(std::shared_ptr<queue_server_core> self);

  /// How large the body of a request may be, by what stands before it; from any executor.
  std::size_t most_body_bytes(const net::http_request& head) const;

  identify_queue_server_counters counters() const;
  const boost::asio::any_io_executor strand;

 private:
  class visitor;

  task<> answer(const net::http_request& request, net::server_reply& reply);
  task<> ask(const protocol::queue_call& call, net::server_reply& reply);
  task<> meet(const std::string& message, net::server_reply& reply);
  void hear(const protocol::queue_call& call, net::server_reply& reply);
  void grant(const protocol::identify_desk::visit& who, net::server_reply& reply);
  bool is_authorized(const net::http_request& request) const;
  void add_budget(net::server_reply& reply) const;
  identify_budget budget() const;
  void turn();
  void publish();
  task<> open();
  /// `although_it_fails`: asks the store even if it failed a moment ago.
  task<> keep_budget(bool although_it_fails = false);

  const identify_queue_server_options options_;
  const std::shared_ptr<clock> time_;
  const logger log_;

  // On the strand.
  protocol::identify_desk desk_;
  std::map<std::uint64_t, std::shared_ptr<timer>> visitors_;  // by the numbers of their visits
  bool open_ = false;                                         // what the store remembers is known
  bool over_ = false;
  const std::unique_ptr<timer> alarm_;
  time_point armed_for_ = time_point::max();
  net::async_lock keeping_;
  const std::shared_ptr<reshard_exchange> exchange_;
  std::optional<std::pair<int, time_point>> kept_;  // remaining and reset, as the store has them
  bool store_fails_ = false;
  time_point asks_store_next_ = time_point::min();  // after it failed
  std::uint64_t turned_away_ = 0, unauthorized_ = 0, reshard_messages_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  identify_queue_server_counters shown_;
};

}  // namespace monochord::gateway
