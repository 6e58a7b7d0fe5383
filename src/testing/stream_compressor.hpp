// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace monochord::testing {

/// The sending side of transport compression: one context for the life of a connection, flushed after each message.
/// https://docs.discord.com/developers/events/gateway#transport-compression
class stream_compressor {
 public:
  virtual ~stream_compressor() = default;
  /// The bytes of one websocket message; valid until the next call. Throws `error` with `errc::resource`.
  virtual std::string_view compress(std::string_view text) = 0;

  /// Each message ends with 00 00 FF FF.
  static std::unique_ptr<stream_compressor> zlib();
  /// One zstd frame that never ends.
  static std::unique_ptr<stream_compressor> zstd();
};

}  // namespace monochord::testing
