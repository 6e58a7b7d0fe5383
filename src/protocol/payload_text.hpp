// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monochord::protocol {

/// https://docs.discord.com/developers/events/gateway-events#identify
struct identify_fields {
  std::uint64_t intents = 0;
  int shard_id = 0;
  int shard_count = 1;
  int large_threshold = 0;          ///< 50 to 250; 0 leaves it out (Discord's default is 50)
  std::string_view os = "linux";
  std::string_view library = "monochord";
  std::string_view presence_json;   ///< an update presence object as JSON; "" leaves it out
};

// The session's own payloads, appended to `out`. The token comes in at the moment of sending and is kept nowhere; the
// caller wipes `out` or lets it go out of scope, and never logs it.
void write_identify(std::string& out, const identify_fields& fields, std::string_view token);
void write_resume(std::string& out, std::string_view token, std::string_view session_id, std::int64_t seq);
void write_heartbeat(std::string& out, std::optional<std::int64_t> seq);

/// Discord closes the connection of whoever sends text that is no UTF-8.
bool is_utf8(std::string_view text) noexcept;

/// `text` as a JSON string with its quotes, appended to `out`.
void write_json_string(std::string& out, std::string_view text);

}  // namespace monochord::protocol
