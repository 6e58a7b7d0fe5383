// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <deque>
#include <exception>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/handled_events.hpp"
#include "gateway/shard.hpp"
#include "net/parked.hpp"
#include "net/websocket.hpp"
#include "protocol/payload_input.hpp"

namespace monochord::gateway {

/// Everything of a shard. All of it lives on `strand`; what may be read from elsewhere is atomic, or `handled`.
struct shard::impl : std::enable_shared_from_this<shard::impl> {
  /// A coroutine of the shard, with a way to cancel it. `life` awaits all of them.
  struct child {
    boost::asio::cancellation_signal signal;
    bool cancelled = false;
    void cancel() {
      cancelled = true;
      signal.emit(boost::asio::cancellation_type::terminal);
    }
  };

  /// One websocket with what belongs to it alone: the next connection has none of it.
  struct connection {
    connection(std::uint32_t g, const shard_options& options, std::shared_ptr<protocol::inflate_counters> count)
        : generation(g), inflater(options.compression, options.inflate, std::move(count)) {}
    const std::uint32_t generation;
    protocol::inflater inflater;
    std::unique_ptr<net::websocket> socket;  // null while connecting
    std::uint64_t read_at_ack = 0;           // messages, when the last heartbeat was answered
    std::weak_ptr<child> owner;              // the coroutine that connects and reads
    bool waits_for_room = false;
    std::deque<std::string> outbox;  // of the session; payloads of the user wait in `pending`
    bool writing = false;
  };

  /// A payload of the user on its way.
  struct outgoing {
    explicit outgoing(std::string payload) : text(std::move(payload)) {}
    std::string text;
    bool sent = false;
    bool withdrawn = false;  // nobody waits for it any more
    std::shared_ptr<net::parked> sender;     // whoever waits for it: a coroutine,
    std::function<void(error_code)> done;    // or a function
    void finish(error_code error = {});
  };

  impl(int shard_id, std::shared_ptr<const shard_options> shared, std::shared_ptr<event_sink> events);

  // Its life.
  static task<> live(std::shared_ptr<impl> self);
  task<> load_session(std::optional<protocol::session_snapshot>& into);
  task<error_code> until_woken();
  void stop(stop_mode mode);
  void restart(bool fresh);
  void settled();
  void over_now();
  /// Starts a child by a post, never within the call.
  std::shared_ptr<child> spawn(task<> work);
  void child_ended(std::list<std::shared_ptr<child>>::iterator place, std::exception_ptr error);

  // Carrying out what the session asks for.
  void apply(const protocol::actions& todo, const shard_event* event = nullptr);
  void apply_event(const shard_event& event);
  void carry_out(const protocol::action& what, const shard_event* event);
  void open_connection();
  void close_connection(int code);
  void send(protocol::payload_kind what);
  void write(std::string text);
  void wake_writer();
  void fail(const protocol::action& why);
  protocol::moment now();
  void rearm();
  std::optional<time_point> next_due() const;
  void publish();
  void rest_if_idle() noexcept;
  void tell_first_up(const protocol::actions& done);

  // Children.
  static task<> keep_time(std::shared_ptr<impl> self);
  static task<> work_connection(std::shared_ptr<impl> self, std::shared_ptr<connection> mine);
  static task<bool> connect(std::shared_ptr<impl> self, std::shared_ptr<connection> mine);
  static task<> read_all(std::shared_ptr<impl> self, std::shared_ptr<connection> mine);
  static task<> write_all(std::shared_ptr<impl> self, std::shared_ptr<connection> mine);
  static task<> close_politely(std::shared_ptr<impl> self, std::shared_ptr<connection> old, int code);
  static task<> ask_permit(std::shared_ptr<impl> self, std::uint32_t generation);
  static task<> keep_store(std::shared_ptr<impl> self);
  static task<> queue_payload(std::shared_ptr<impl> self, std::shared_ptr<outgoing> mine);
  void set_presence(std::string json, std::shared_ptr<outgoing> update);
  std::function<void()> withdrawal(const std::shared_ptr<outgoing>& of);
  void enqueue(std::shared_ptr<outgoing> which);
  void withdraw(const std::shared_ptr<outgoing>& which);
  std::string presence_now() const;
  void presence_after_up(bool resumed);
  protocol::fatal_answer ask_about_fatal(int code);
  static task<> find_position(std::shared_ptr<const impl> self, std::optional<session_position>& out);
  /// False when something went wrong that another frame does not mend, or the connection is not the present one.
  bool take_message(connection& from, std::string_view frame, bool& room);
  bool user_may_send() const;
  void user_written(bool written);
  void pump();
  void remember();
  void deliver(const shard_event& event);
  detail::claim claim_delivered();
  bool is_stored(std::uint64_t session_number, std::int64_t seq) const;
  void note_stored(std::uint64_t session_number, std::int64_t seq);
  void store_failed(const std::string& why);
  void note_handled(const handled_events::standing& now_is, time_point time);
  stored_session to_stored(const protocol::session_snapshot& from) const;
  static task<> keep_last_position(std::shared_ptr<impl> self);
  void keep(std::optional<protocol::session_snapshot> what);

  bool has_session() const { return !session->session_id().empty(); }
  bool is_present(const connection& c) const { return session && c.generation == session->generation(); }
  void log(log_level level, const std::string& text) const;

  const int id;
  const std::uint64_t serial;
  const std::shared_ptr<const shard_options> options;
  const std::shared_ptr<event_sink> sink;
  boost::asio::any_io_executor strand;
  net::websocket_options socket_options;

  std::optional<protocol::session> session;
  std::shared_ptr<connection> present;
  std::unique_ptr<timer> alarm;
  time_point armed_for = time_point::min();
  const detail::claim_source claims;
  std::uint64_t random_state;

  std::weak_ptr<child> permit_request;
  std::unique_ptr<identify_permit> permit;

  std::deque<std::shared_ptr<outgoing>> pending;
  std::shared_ptr<outgoing> in_flight;  // a socket takes it just now; nothing may overtake it
  std::string presence;                 // for IDENTIFY
  bool presence_is_due;                 // a session that is resumed has not been told of it
  std::weak_ptr<outgoing> presence_update;  // what tells it

  // What is dealt with, of the session with that number, and what the store knows of it.
  std::shared_ptr<handled_events> handled;
  handled_events::standing seen;              // as of the last look
  std::uint64_t positions_of = 0;
  std::uint64_t stored_of = 0;                // and as it does keep it
  std::int64_t position_stored = -1;
  const bool durable;                         // the store outlives the process
  bool store_fails = false;
  time_point tells_store_next = time_point::min();
  std::size_t late_untold = 0;
  time_point tells_late_next = time_point::min();
  std::int64_t delivering = 0;                // to the sink, just now
  bool claimed = false;
  time_point read_at{};                       // the message that is just being taken
  int budget_kept = -1;                       // the same of the starts that are left
  time_point keeps_next = time_point::min();  // not more often

  enum class store_work : std::uint8_t { none, save, erase };
  store_work to_store = store_work::none;
  bool storing = false;
  std::optional<protocol::session_snapshot> to_save;

  bool started = false;
  bool over = false;   // the session has ended
  bool ended = false;  // the children too
  std::optional<stop_mode> stop_requested;  // before the session exists
  bool discarded = false;
  bool forget_stored = false;  // asked to begin anew before the stored session was known
  std::exception_ptr failure;
  int fatal_closes = 0;  // since it was up
  std::shared_ptr<net::parked> owner;       // of `live`, while it waits for the store or for the end
  std::unique_ptr<timer> grace;             // while it waits for the children
  std::list<std::shared_ptr<child>> children;
  std::function<void(int)> on_settled;
  std::function<void(int, bool)> on_first_up;
  const std::unique_ptr<guild_registry::member> guilds;
  user_id bot_id;  // of the session, once it is known

  const std::shared_ptr<shard_counters> counters;  // with those of the session, and of each inflater
  std::uint64_t acks_seen = 0;
  std::atomic<protocol::session_status> status{protocol::session_status::idle};
  std::atomic<std::int64_t> latency_ns{-1};
  std::atomic<std::int64_t> guild_count{-1};
  std::atomic<std::uint64_t> zombies{0};
  std::atomic<bool> given_up{false};
  std::atomic<time_point> paused_since{time_point::max()};
};

}  // namespace monochord::gateway
