// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <monochord/gateway/intents.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/guild_events.hpp>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/command_port.hpp"
#include "gateway/shard.hpp"
#include "net/parked.hpp"
#include "protocol/gateway_call.hpp"
#include "protocol/guild_call.hpp"
#include "protocol/member_call.hpp"

namespace monochord::gateway {

/// To which shards commands go, asked anew for each payload: the only place that knows. All throw `error` with
/// `errc::invalid_argument` where there is none.
struct command_routes {
  std::function<std::shared_ptr<command_port>(guild_id)> of;
  std::function<std::shared_ptr<command_port>(int)> at;
  /// Where a command goes that is about no guild.
  std::function<std::vector<std::shared_ptr<command_port>>()> all;
};

struct command_desk_options {
  std::shared_ptr<monochord::clock> clock;
  boost::asio::any_io_executor executor;
  flags<intent> intents;
  command_routes routes;
  /// Somebody waits for an answer (1), or does no longer (-1), on an executor that is nobody's (`net::holder_of`): it may be that a
  /// handler waits for it, and takes no place meanwhile.
  std::function<void(std::ptrdiff_t)> waiting;
};

/// What became of a command's arguments: a call that has an error throws it when it is awaited.
template <class T>
struct prepared {
  T value{};
  std::exception_ptr refused;
};

/// The commands of a client that are under way: carries their payloads to shards and events to them. Thread-safe.
class command_desk : public std::enable_shared_from_this<command_desk> {
 public:
  /// Of a stream, before reading stops; and while others wait for what may stand behind its chunks.
  static constexpr std::size_t most_buffered = 4, most_buffered_for_others = 64;
  /// How long they wait for a reader who takes none.
  static constexpr duration others_wait = std::chrono::seconds{5};

  /// What a payload that nothing answers is about: whatever is said last holds.
  struct topic {
    enum class kind : std::uint8_t { none, voice_state, presence };
    static constexpr std::uint64_t all_shards = UINT64_MAX;
    kind what = kind::none;
    std::uint64_t of = 0;  // a guild; a shard's number, or all_shards

    bool settles(const topic& earlier) const noexcept {
      return what != kind::none && what == earlier.what && (of == earlier.of || (what == kind::presence && of == all_shards));
    }
  };

  /// A call until it has ended; guarded by the desk's mutex.
  struct call {
    std::unique_ptr<protocol::gateway_call> logic;
    protocol::member_call* members = nullptr;  // which of them `logic` is
    protocol::guild_call* guilds = nullptr;
    std::unordered_map<std::uint64_t, std::shared_ptr<const soundboard_sounds>> sounds;  // by guild
    std::shared_ptr<const channel_info> info;
    std::chrono::milliseconds stream_timeout{-1};  // of a stream; -1: it is none
    time_point full_until = time_point::max();     // of a stream whose buffer is full: then it is given up
    time_point others_until = time_point::max();   // the same while others wait
    bool counted = false;                          // somebody waits for it
    bool ended = false;
    std::size_t unsent = 0;      // of payloads that nothing answers
    std::exception_ptr refused;  // one of them went nowhere
    topic about;                 // of these
    bool outdated = false;       // a later call says something else about it
    bool woken = false;
    std::shared_ptr<net::parked> waiter;
    std::set<std::uint64_t> shards;  // to which something was sent, by serial: two sets have the same numbers
    std::vector<std::string> nonces;
    std::map<std::size_t, std::function<void()>> withdraw;  // by part
    std::list<std::shared_ptr<call>>::iterator place;

    bool is_stream() const noexcept { return stream_timeout.count() >= 0; }
  };

  explicit command_desk(command_desk_options options);

  /// What a shard has read, named by its serial. On its strand, before anybody else is given it.
  void on_event(std::uint64_t shard, std::string_view type, const json::padded_text& data);
  /// False while a stream has no place for more of this shard's events, and nobody waits for others of them.
  bool has_room(std::uint64_t shard) const;
  task<> room(std::uint64_t shard);
  /// Whoever waits gets `errc::cancelled`, and so does whoever comes.
  void close();

  /// These shards serve from now on, instead of others: they get the presence that was set for all.
  void serving(const std::vector<std::shared_ptr<command_port>>& all);
  /// The shards that served before have ended: what they did not answer is asked again.
  void retired(const std::vector<std::shared_ptr<shard>>& all);

  static task<> send_presence(std::shared_ptr<command_desk> self, prepared<std::string> json,
                              std::optional<int> shard_id, time_point deadline);
  static task<> send_voice_state(std::shared_ptr<command_desk> self, guild_id guild, std::string payload,
                                 time_point deadline);

  /// A stream with a timeout. Throws when another call has the same nonce.
  std::shared_ptr<call> open(const protocol::member_wish& wish,
                             std::optional<std::chrono::milliseconds> stream_timeout);
  std::shared_ptr<call> open(std::unique_ptr<protocol::guild_call> logic);
  /// Nobody waits for it any more: what was not sent is withdrawn.
  void end(const std::shared_ptr<call>& which);
  /// Works until all has been answered, or until a stream has a chunk. Throws.
  static task<> work(std::shared_ptr<command_desk> self, std::shared_ptr<call> which, time_point deadline);
  std::optional<guild_members_chunk> take_next(call& which);
  std::vector<guild_members_chunk> take_all(call& which);

  /// Throws `gateway_error` when the intents do not allow it.
  void check_intents(const protocol::member_wish& wish) const;
  const command_desk_options& options() const noexcept { return options_; }
  time_point deadline(std::chrono::milliseconds timeout) const { return after(options_.clock->now(), timeout); }

  /// Runs `work` on a strand of its own until `deadline`.
  static task<> run(std::shared_ptr<command_desk> self, task<> work);

 private:
  using calls = std::list<std::shared_ptr<call>>;

  std::shared_ptr<call> add(std::shared_ptr<call> made);
  void members_chunk(const json::padded_text& data);
  void guild_answer(protocol::guild_question what, const json::padded_text& data);
  void rate_limited(const json::padded_text& data);
  void session_changed(std::uint64_t shard, bool resumed);
  bool serves_elsewhere(guild_id guild, std::uint64_t than) const;
  void send_due(const std::shared_ptr<call>& which);
  void send_one(const std::shared_ptr<call>& which, protocol::gateway_call::outbound what);
  void was_sent(const std::weak_ptr<call>& which, const protocol::gateway_call::outbound& what, std::uint64_t shard,
                error_code failed);
  static void wake(call& which);
  void wake_whole_guilds();
  void wake_readers();
  bool is_full(std::uint64_t shard) const;
  /// Somebody waits for answers of this shard.
  bool is_waited_for(std::uint64_t shard) const;
  /// How many of its chunks keep it from being read.
  std::size_t most_kept(std::uint64_t shard) const { return is_waited_for(shard) ? most_buffered_for_others : most_buffered; }
  void count_waiting(call& which, bool waits);
  class waiting_call;
  class lent_place;
  class ending;
  /// A payload that nothing answers.
  struct errand {
    /// Whose it is once the shard that had it has ended: the same one when nobody has taken its place, null when it need
    /// not be told any more. Throws `error`.
    std::function<std::shared_ptr<command_port>(std::uint64_t gone)> again;
    /// Gives it to a shard, with what that calls then; gives what withdraws it.
    std::function<std::function<void()>(command_port&, std::function<void(error_code)>)> give;
  };
  static task<error_code> until_woken(std::shared_ptr<command_desk> self, std::shared_ptr<call> which);
  static task<> sleep(std::shared_ptr<command_desk> self, std::shared_ptr<call> which);
  static task<> send_all(std::shared_ptr<command_desk> self, std::vector<std::shared_ptr<command_port>> to,
                         std::shared_ptr<const errand> what, topic about, time_point deadline);
  void run_errand(const std::shared_ptr<call>& of, std::size_t part, std::shared_ptr<const errand> what, command_port& by);
  void errand_done(const std::weak_ptr<call>& which, std::size_t part, std::shared_ptr<const errand> what, std::uint64_t by,
                   error_code failed);

  const command_desk_options options_;
  std::atomic<std::size_t> open_{0};

  mutable std::mutex mutex_;  // guards what follows; no code of the user runs under it
  bool closed_ = false;
  calls calls_;
  std::unordered_map<std::string, std::weak_ptr<call>> by_nonce_;
  protocol::nonce_series nonces_;
  protocol::whole_guild_spacing spacing_;
  std::vector<std::shared_ptr<net::parked>> readers_;  // shards that have stopped reading
  std::string presence_;  // of all shards, the last that was set; empty: none was
};

}  // namespace monochord::gateway
