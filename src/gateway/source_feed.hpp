// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/log.hpp>
#include <monochord/gateway/event_source.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/command_port.hpp"
#include "gateway/event_sink.hpp"
#include "gateway/guild_registry.hpp"
#include "net/parked.hpp"
#include "protocol/handled_position.hpp"

namespace monochord::detail {

/// What a client's own shards know of an event.
struct own_facts {
  const claim_source* claim;
  protocol::guild_news guilds;
  std::uint64_t source;  ///< `command_port::serial` of the shard
};

}  // namespace monochord::detail

namespace monochord::gateway {

struct source_feed_options {
  std::shared_ptr<event_source> source;
  std::shared_ptr<event_sink> to;
  std::shared_ptr<monochord::clock> clock;
  boost::asio::any_io_executor strand;  ///< where everything happens
  std::shared_ptr<guild_registry> guilds;
  std::chrono::milliseconds ack_after{30'000};
  logger log;
  bool own = false;  ///< the client's shards, which know their positions, and by when they keep them
};

/// Stands between an event source and a client: runs the one, and keeps for it what is handled and told.
class source_feed final : public event_receiver, public std::enable_shared_from_this<source_feed> {
 public:
  /// Throws what `event_source::shards` throws, and `error` with `errc::invalid_argument` for shards that no bot has.
  explicit source_feed(source_feed_options options);
  source_feed(const source_feed&) = delete;
  source_feed& operator=(const source_feed&) = delete;
  ~source_feed();

  /// Until the source has ended; throws what it threw. Once only.
  static task<> run(std::shared_ptr<source_feed> self);
  /// Thread-safe.
  void stop(monochord::stop_mode mode) noexcept;
  /// `event_source::keep_positions`, within its time; what goes wrong is in the log.
  static task<> keep_positions(std::shared_ptr<source_feed> self);

  bool take(const source_event& event) override;
  task<> room(int shard_id) override;

  const shard_range& shards() const noexcept { return range_; }
  /// What takes commands to these shards. Throw `error`: `errc::unsupported` where the source takes none,
  /// `errc::invalid_argument` for a shard that it does not have.
  std::shared_ptr<command_port> port(int shard_id);
  std::vector<std::shared_ptr<command_port>> all_ports();

 private:
  struct shard_state;
  class port_of_source;

  static task<> live(std::shared_ptr<source_feed> self);
  static task<> work(std::shared_ptr<source_feed> self);
  static task<> keep_time(std::shared_ptr<source_feed> self);
  static task<> keep_now(std::shared_ptr<source_feed> self);
  static task<> send(std::shared_ptr<source_feed> self, int shard_id, std::string payload);
  task<> until_woken();
  /// False when it takes longer.
  task<bool> until_ended(duration limit);
  void stop_now(monochord::stop_mode mode);
  shard_state& state_of(int shard_id);
  void check_shard(int shard_id) const;
  /// Of what takes this shard's commands; 0 while there was none.
  std::uint64_t serial_of(int shard_id);
  bool take_tracked(const source_event& event);
  void begin_session(shard_state& of, const source_event& event);
  void event_done(int shard_id, std::uint64_t session, std::int64_t sequence);
  void tell_handled();
  void tell_soon(shard_state& of);
  void keep_time_soon(std::optional<time_point> due);
  error_code code_of(const std::exception_ptr& thrown) const;
  std::optional<time_point> next_late() const;
  void wake() {
    if (const auto waiting = std::exchange(owner_, nullptr)) waiting->complete();
  }
  template <class F>
  void guarded(const char* what, F call) noexcept;

  const source_feed_options options_;
  const shard_range range_;
  const bool takes_commands_;

  std::mutex ports_mutex_;
  std::map<int, std::shared_ptr<command_port>> ports_;  // guarded by it; one stays the same

  std::atomic<bool> closing_{false};  // from stop() on, which the strand may hear of later

  // On the strand.
  std::vector<std::unique_ptr<shard_state>> shards_;  // made when they are needed
  boost::asio::cancellation_signal cancel_;
  std::unique_ptr<timer> alarm_;
  time_point armed_for_ = time_point::min();
  std::atomic<bool> started_{false};  // read by whoever asks to keep positions
  bool stopped_ = false, ends_itself_ = false, ended_ = false, timing_ = false, telling_ = false;
  std::exception_ptr failure_;
  std::shared_ptr<net::parked> owner_;
};

}  // namespace monochord::gateway
