// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <monochord/core/task.hpp>
#include <monochord/gateway/sharding.hpp>
#include <monochord/gateway/stop_mode.hpp>
#include <monochord/json/codec.hpp>
#include <string>
#include <string_view>

namespace monochord {

namespace detail {
struct own_facts;
}

/// An event on its way to handlers, as Discord dispatched it. What the views point to must live until `take` has
/// returned. https://docs.discord.com/developers/events/gateway-events#payload-structure
struct source_event {
  source_event() noexcept = default;
  /// With JSON that has nothing readable behind it, which costs a copy when it is decoded.
  source_event(int shard, std::int64_t seq, std::string_view event_name, std::string_view json) noexcept
      : shard_id(shard), sequence(seq), name(event_name), data(json.data(), json.size(), json.size()) {}

  int shard_id = 0;
  /// Its place in the session: above that of the event before it. 0: it has none, and nobody is told when it is
  /// handled.
  std::int64_t sequence = 0;
  /// A number for the session that the sequence counts in: another one whenever its shard has begun a new session.
  std::uint64_t session = 0;
  std::string_view name;  ///< `t`, like "MESSAGE_CREATE"
  /// `d`. With `json::padding_bytes` readable behind it, it is decoded in place.
  json::padded_text data{nullptr, 0, 0};
  const detail::own_facts* own = nullptr;  ///< for the client's own shards, which keep their positions themselves
};

/// A whole gateway payload (op 0) as an event; its views point into `payload`. Throws `decode_error` for text that is
/// no payload, `error` with `errc::invalid_argument` for another opcode. Thread-safe.
source_event event_of_payload(int shard_id, const json::padded_text& payload);

/// Where an event source puts its events: the dispatch of a client.
class event_receiver {
 public:
  /// An event, in the order of its shard: handlers are started in the order of the calls. False when there is no room
  /// for another one: then await `room` before the next event of that shard. An event whose sequence is not above the
  /// last of its session came before, and is dropped. Once the client is stopping nothing is taken any more: false.
  /// Throws `error` with `errc::invalid_argument` for a shard that is none of `event_source::shards()`, an event
  /// without a name, one with a negative sequence, and one that did not wait for room.
  virtual bool take(const source_event& event) = 0;
  /// Completes when there is room for events of that shard. Throws `error` with `errc::cancelled` when the client is
  /// stopping.
  virtual task<> room(int shard_id) = 0;

 protected:
  ~event_receiver() = default;
};

/// What feeds a client's handlers: by default its own shards; `client_options::event_source` takes another, like a
/// queue that another process fills, or a file of events that were recorded. A client whose events come from elsewhere
/// connects to no gateway: sharding, resharding, sessions, presence at the start and compression are then somebody
/// else's, `all_ready` and `on_progress` are not told, and `client::shards()` knows no more than `shards()`.
///
/// A client calls all but `shards` and `takes_commands` on one executor, that of `run()`, never two at a time but where
/// one waits; whoever has threads of their own comes there by a post (`co_await boost::asio::this_coro::executor`). It
/// is one of those that handlers run on. One object serves one client, once.
class event_source {
 public:
  virtual ~event_source() = default;

  /// Gives `to` every event, and completes when there will be none any more: then the client ends as by `stop()`, which
  /// lets handlers come to their end. What it throws is thrown by `client::run()`, after the same end. Cancelled when
  /// the client stops (its awaits throw); whoever does not end within 5 seconds then is left behind, which takes an
  /// await: it must not block. `to` lives until this has ended, and is called from here, or from whatever this awaits,
  /// only.
  virtual task<> run(event_receiver& to) = 0;
  /// The client stops. True: `run()` will end by itself, and is given 30 seconds for that. By default false: it is
  /// cancelled at once. Called again for `discard_sessions` after `keep_sessions`.
  virtual bool stop(stop_mode mode);

  /// Everything up to `sequence` of that session is handled: its handlers have ended, it was acknowledged early, or was
  /// worked on for longer than `client_options::ack_after`. Called after `take` has returned, for many events at once
  /// where they are, until all handlers have ended. Who is given the events behind the last of these positions again
  /// loses none.
  virtual void handled(int shard_id, std::uint64_t session, std::int64_t sequence);
  /// Called while the client ends, every 250 ms until its handlers have ended, and a last time then: what `handled` was
  /// told is to be kept now, for whoever comes next. Gets 10 seconds. What it throws is logged, as is what `handled`
  /// and `stop` throw.
  virtual task<> keep_positions();

  /// The shards whose events come here, and how many the bot has; may be all of them, although others have their part.
  /// Asked once, before `run()`. By default the only one.
  virtual shard_range shards() const;

  /// Whether `send` does anything. By default false: the commands of `client::gateway()` then throw `error` with
  /// `errc::unsupported`.
  virtual bool takes_commands() const;
  /// Takes a payload of the bot, like `{"op":4,"d":{...}}`, to Discord on that shard, and completes when it went out:
  /// 4,096 bytes at the most, several at a time, in the order of the calls. An `error` that it throws gives the command
  /// its code. https://docs.discord.com/developers/events/gateway-events#send-events
  virtual task<> send(int shard_id, std::string payload);
};

}  // namespace monochord
