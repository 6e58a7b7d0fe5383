// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <monochord/core/error.hpp>
#include "core/tally.hpp"

namespace monochord::protocol {

/// How the gateway compresses what it sends (the `compress` query parameter).
/// https://docs.discord.com/developers/events/gateway#transport-compression
enum class compression : std::uint8_t { none, zlib_stream, zstd_stream };

/// The query parameter's value; "" for none.
std::string_view name(compression kind) noexcept;

struct inflate_limits {
  std::size_t max_message = std::size_t{64} << 20;  ///< bytes of one decompressed message; more is refused (a bomb)
  std::size_t keep = std::size_t{256} << 10;        ///< bytes of buffer that a thread keeps for its next message
  int max_window_log = 23;                          ///< zstd: greatest window (2^n bytes) that a stream may ask for
};

/// Counted by whoever feeds, to be read from anywhere.
struct inflate_counters {
  tally frames, messages;
  tally bytes_in;   ///< as they came
  tally bytes_out;  ///< of messages, decompressed
  tally errors;

  inflate_counters& operator+=(const inflate_counters& other) noexcept;
};

/// Turns websocket messages into gateway messages: one context for one connection. zlib-stream: a message may span
/// several frames and ends with 00 00 FF FF; zstd-stream: one frame, one message, and the stream never ends; none:
/// one frame, one message. Not thread-safe.
class inflater {
 public:
  /// Bytes that may be read (not: that mean anything) after the end of `result::message`: what simdjson wants.
  static constexpr std::size_t padding = 64;

  struct result {
    error_code error;          ///< inflate_failed or message_too_large; the context is of no use from then on
    std::string_view message;  ///< valid until the next call; meaningful when `complete`
    bool complete = false;     ///< false without an error: more frames are needed (or the frame was empty)
  };

  /// Counts in `counters`, which others may do as well on the same strand; null: in its own.
  explicit inflater(compression kind = compression::none, inflate_limits limits = {},
                    std::shared_ptr<inflate_counters> counters = nullptr);
  ~inflater();
  inflater(inflater&&) noexcept;
  inflater& operator=(inflater&&) noexcept;

  /// The next websocket message of the connection.
  result feed(std::string_view frame);

  /// A fresh context, for a new connection. Nothing of the old one is remembered, its half-finished message least of all.
  void reset();

  /// Gives the output buffer back to the thread that calls, whose next message has it; the last message becomes invalid. Half
  /// a message stays. Call it when a message is done with: a thousand connections that are mostly idle then need one buffer a
  /// thread.
  void release() noexcept;

  std::size_t capacity() const noexcept;  ///< of the output buffer, in bytes
  compression kind() const noexcept;
  const inflate_counters& counters() const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace monochord::protocol
