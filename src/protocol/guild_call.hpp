// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/gateway_call.hpp"

namespace monochord::protocol {

/// What is asked of guilds and answered by one event for each of them.
enum class guild_question : std::uint8_t {
  soundboard_sounds,  ///< opcode 31, many guilds in a payload, answered by SOUNDBOARD_SOUNDS
  channel_info,       ///< opcode 43, one guild in a payload, answered by CHANNEL_INFO
};

/// Opcode 31 or 43 from the first payload to the last answer. Answers have no nonce: whatever comes for a guild answers
/// all who ask for it. So all fields of opcode 43 are asked for always, lest one gets what another asked.
/// https://docs.discord.com/developers/events/gateway-events#request-soundboard-sounds
class guild_call final : public gateway_call {
 public:
  /// 23 bytes each: a payload has 4,096.
  static constexpr std::size_t guilds_in_a_payload = 150;

  /// Of each group the guilds are on one shard.
  guild_call(guild_question what, const std::vector<std::vector<guild_id>>& groups);

  std::optional<outbound> next(time_point now) override;
  std::optional<time_point> wakeup() const override;
  void sent(std::size_t part, const std::string& key, std::uint64_t shard) override;
  void session_lost(std::uint64_t shard) override;
  void session_resumed(std::uint64_t shard) override { session_lost(shard); }
  bool finished() const override { return left_ == 0; }
  std::optional<time_point> refused_until() const override { return wakeup(); }

  guild_question question() const noexcept { return what_; }
  int opcode() const noexcept { return what_ == guild_question::soundboard_sounds ? 31 : 43; }
  bool wants(guild_id guild) const;
  /// False when it was not asked for, or is answered already.
  bool answered(guild_id guild);
  /// RATE_LIMITED: what waits for an answer is asked for again, of that guild alone if it is named.
  void refused(std::optional<guild_id> guild, time_point until);
  std::size_t left() const noexcept { return left_; }

 private:
  struct part {
    std::vector<guild_id> guilds;  // not answered yet
    phase at = phase::waiting;
    std::uint64_t shard = unknown_shard;
    time_point not_before = time_point::min();
    std::optional<time_point> refused_early;  // until then, before it was known that it had been sent
  };
  std::string payload_of(const part& which) const;

  const guild_question what_;
  std::vector<part> parts_;
  std::size_t left_ = 0;
};

}  // namespace monochord::protocol
