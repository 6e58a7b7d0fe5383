// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include <monochord/client.hpp>
#include <monochord/gateway/commands.hpp>
#include <monochord/rest/rest.hpp>
#include "client/cache_feed.hpp"
#include "client/cache_keeper.hpp"
#include "client/meters.hpp"
#include "dispatch/dispatcher.hpp"
#include "gateway/command_desk.hpp"
#include "gateway/decisions.hpp"
#include "gateway/fleet.hpp"
#include "gateway/shard_set.hpp"
#include "gateway/source_feed.hpp"
#include "net/task_group.hpp"
#include "rest/queue.hpp"

namespace monochord {

extern const std::string_view user_agent;

/// Everything that a client owns. Coroutines of the client hold it by shared_ptr.
struct client::impl : std::enable_shared_from_this<client::impl> {
  impl(token bot_token, client_options given);

  /// The second half of construction, which needs shared_from_this().
  void start_parts();
  /// What `metrics()` tells, and the endpoint where there is one. After the parts that it asks.
  void make_metrics();
  void set_error_handler(std::function<void(std::exception_ptr, const raw_event&)> handler);
  void report(std::exception_ptr error, const raw_event& event);
  void report_soon(std::exception_ptr error);
  void set_progress_handler(std::function<void(const start_progress&)> handler);

  /// Throws when it was called before.
  void begin();
  int run();
  /// The client's life from connecting to the last close, on `life`.
  static task<> live(std::shared_ptr<impl> self);
  void stop(stop_mode mode) noexcept;

  static task<> sleep(std::shared_ptr<monochord::clock> time, duration how_long);
  static task<> repeat(std::weak_ptr<impl> weak, std::shared_ptr<monochord::clock> time, duration interval,
                       std::function<task<>()> work);

  client_options options;
  const token bot_token;
  logger log;
  std::shared_ptr<monochord::clock> time;
  std::unique_ptr<boost::asio::io_context> own_context;  // null with client_options::executor
  boost::asio::any_io_executor executor;                 // the whole pool
  boost::asio::any_io_executor user_executor;            // never all of it
  boost::asio::any_io_executor life;

  std::shared_ptr<net::network> transport;
  std::shared_ptr<const net::tls_context> tls;
  std::shared_ptr<net::task_group> handlers;
  std::shared_ptr<net::task_group> tasks;
  std::shared_ptr<dispatch::dispatcher> dispatcher;
  std::shared_ptr<cache_feed> cached;
  std::shared_ptr<cache_keeper> keeper;  // null where nothing is kept over restarts
  bool store_fails = false;              // that of the cache, so that it is told once; who flushes looks
  std::shared_ptr<monochord::rest::queue> queue;
  std::unique_ptr<rest_client> rest;
  std::shared_ptr<gateway::guild_registry> guilds;  // of all shards that this client ever has
  std::shared_ptr<const gateway::decisions> decides;
  std::shared_ptr<gateway::source_feed> feed;  // on `life`; null before it is known where events come from
  std::shared_ptr<gateway::fleet> shards;      // on `life`; null before the gateway is known, and where events come from elsewhere
  shard_plan plan;                             // once there are shards
  const std::shared_ptr<shard_set::source> shard_source = std::make_shared<shard_set::source>();  // the same for everybody
  shard_set shard_view{shard_source};
  std::shared_ptr<gateway::command_desk> desk;
  std::unique_ptr<gateway_commands> commands;
  std::unique_ptr<client_meters> meters;

 private:
  static task<> life_of(std::shared_ptr<impl> self);
  task<gateway::gateway_info> find_gateway();
  task<std::shared_ptr<event_source>> find_source(std::shared_ptr<gateway::event_sink> reads);
  std::shared_ptr<event_source> own_shards(gateway::gateway_info info, std::shared_ptr<gateway::event_sink> reads);
  task<> serve();
  static task<reshard_report> reshard(std::weak_ptr<impl> weak, int total, reshard_options how);
  /// Looks now and then whether there are enough shards.
  static task<> watch_size(std::weak_ptr<impl> weak, std::shared_ptr<monochord::clock> time, duration interval);
  task<> look_at_size();
  /// Once shards have come up, which takes memory that is not needed again. Not where the process is somebody else's.
  void give_back_memory_soon();
  /// Throws `descriptor_error`.
  static void provide_descriptors(const client_options& options, const shard_range& shards);
  task<shard_load> load_now();
  /// Throws where something was asked for that could not come, or be kept.
  static void check_cache(const client_options& options);
  void start_cache();
  static task<> save_cache(std::shared_ptr<impl> self, bool at_end);
  static task<> write_cache(std::shared_ptr<impl> self);
  static task<> find_positions(std::shared_ptr<impl> self, std::optional<std::vector<gateway::session_position>>& out);
  static task<> flush_cache(std::shared_ptr<impl> self);
  /// Throws where each of several processes would choose a number of shards of its own.
  static void check_resharding(const auto_resharding& how, const shard_plan& which);
  static std::string describe(const std::exception_ptr& error);
  task<> shut_down();
  gateway::command_routes command_routes() const;
  /// What is still to be told of the start.
  struct progress_news {
    std::shared_ptr<const std::function<void(const start_progress&)>> handler;
    std::mutex mutex;
    std::deque<start_progress> waiting;
    bool being_told = false;
  };
  std::function<void(const start_progress&)> progress_teller();
  std::function<void(const all_ready&)> ready_teller();
  static task<> tell_progress(std::weak_ptr<impl> weak, std::shared_ptr<progress_news> news);
  task<> ask_gateway(gateway::gateway_info& found);
  task<> pause(duration how_long);
  task<error_code> stop_called();
  bool stopping() const;
  stop_mode how_it_stops() const;

  boost::asio::steady_timer stop_wait_;  // on `life`; cancelled by stop()

  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const std::function<void(std::exception_ptr, const raw_event&)>> on_error_;
  std::shared_ptr<const std::function<void(const start_progress&)>> on_progress_;
  bool started_ = false;
  bool ended_ = false;
  bool stopping_ = false;
  stop_mode mode_ = stop_mode::keep_sessions;
};

}  // namespace monochord
