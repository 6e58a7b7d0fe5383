// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <monochord/core/task.hpp>
#include <monochord/dispatch/next.hpp>
#include <utility>

namespace monochord {

/// What a stream does with an event that comes when its buffer is full. Nobody waits: a reader that is slow costs
/// events of its own stream, and no one else anything.
enum class stream_overflow : std::uint8_t {
  drop_oldest,  ///< the buffer holds the latest events
  drop_newest,  ///< the buffer holds the earliest events
};

/// How a stream keeps events until they are taken.
struct stream_options {
  std::size_t buffer = 1'000;  ///< events, at least 1
  stream_overflow overflow = stream_overflow::drop_oldest;
};

namespace detail {

class event_tap;

/// What streams of all events have in common.
class stream_base {
 public:
  explicit stream_base(std::shared_ptr<event_tap> from) noexcept : from_(std::move(from)) {}  // for client
  stream_base(stream_base&&) noexcept = default;
  stream_base& operator=(stream_base&& other) noexcept;
  ~stream_base();

  /// Ends the stream: whoever waits in `next` gets what is in the buffer, and then null. Destroying the stream does the
  /// same.
  void close() noexcept;
  /// Whether it has ended: `close()` was called, or the client is stopping. The buffer may still hold events.
  bool ended() const noexcept;
  /// Events that found the buffer full and were lost to this stream.
  std::uint64_t dropped() const noexcept;

 protected:
  task<std::shared_ptr<const void>> take();

 private:
  std::shared_ptr<event_tap> from_;
};

}  // namespace detail

/// Events one after the other, from `client::events` on: `while (auto event = co_await stream.next())`. Of those of one
/// shard the order is that in which Discord sent them. Moves, does not copy; may be used from any thread, one call of
/// `close` or the destructor at a time. What several coroutines take each gets once.
template <class E>
class event_stream : public detail::stream_base {
 public:
  using detail::stream_base::stream_base;

  /// The next event, shared with everybody else who has it; null when the stream has ended and its buffer is empty.
  /// While a handler waits here it gives its place up, as in `client::next`. Throws what the stream's predicate throws,
  /// and `error` with `errc::cancelled` when the coroutine is cancelled; no event is lost by that.
  task<std::shared_ptr<const E>> next() { return detail::as_event<E>(take()); }
};

}  // namespace monochord
