// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <monochord/gateway/commands.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/presence.hpp>
#include <optional>
#include <vector>

namespace monochord {

/// Members as `gateway_commands::request_guild_members` gives them.
/// https://docs.discord.com/developers/events/gateway-events#guild-members-chunk
struct guild_members {
  std::vector<member> members;
  std::vector<user_id> not_found;   ///< of the ids that were asked for: they are in this guild no members
  std::vector<presence> presences;  ///< of those members that are not offline; empty unless they were asked for
};

/// The chunks of a request as they come, `gateway_commands::stream_guild_members`; it may be moved but not copied. The
/// first `next()` sends the request; destroying it gives the request up.
///
/// A few chunks (1,000 members each) are kept for a reader that is slower than Discord; then the shard stops reading,
/// with the events behind the chunks, until one is taken. Whoever takes none for the request's `timeout` loses the
/// stream, with `errc::timeout`. While another call waits for an answer on the shard up to 64 are kept, and after 5
/// seconds in which none was taken the stream ends with `errc::resource`: what the other waits for may stand behind.
class guild_member_stream {
 public:
  struct impl;
  explicit guild_member_stream(std::shared_ptr<impl> made) noexcept;  // for gateway_commands
  guild_member_stream(guild_member_stream&& other) noexcept;
  guild_member_stream& operator=(guild_member_stream&& other) noexcept;
  ~guild_member_stream();

  /// The next chunk, in the order in which they come; nothing after the last. One call at a time. Throws as
  /// `gateway_commands::request_guild_members`, whose timeout is that of each call here; `error` with `errc::closed`
  /// when the session was lost after a part of the members had been given, since Discord begins anew then: ask again.
  /// After an error the stream is over. Cancelling it gives the request up.
  task<std::optional<guild_members_chunk>> next();

 private:
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord
