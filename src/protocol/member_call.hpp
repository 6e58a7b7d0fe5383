// SPDX-License-Identifier: MIT
#pragma once

#include <deque>
#include <map>
#include <monochord/model/guild_events.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/gateway_call.hpp"
#include "protocol/whole_guild_spacing.hpp"

namespace monochord::protocol {

/// Which members: those with `user_ids`, or those whose names begin with `query`; all of them when that is empty and
/// `limit` is 0.
struct member_wish {
  guild_id guild;
  std::optional<std::vector<user_id>> user_ids;
  std::string query;
  int limit = 0;
  bool presences = false;
  std::string nonce;  ///< the caller's own; empty: each payload gets one of ours
  bool for_cache = false;  ///< of the chunks only their numbers are wanted

  bool whole_guild() const noexcept { return !user_ids && query.empty() && limit == 0; }
};

/// Opcode 8 from the first payload to the last chunk. More ids than a payload may hold become several of them. A
/// payload that may be lost is sent again with another nonce; the first chunk says which of them Discord has answered,
/// and the chunks of another one are nobody's.
/// https://docs.discord.com/developers/events/gateway-events#request-guild-members
class member_call final : public gateway_call {
 public:
  static constexpr std::size_t ids_in_a_payload = 100;
  static constexpr std::size_t payloads_at_a_time = 10;
  static constexpr std::size_t nonce_bytes = 32;
  /// Far beyond the largest guild (1,000 members a chunk).
  static constexpr int most_chunks = 100'000;

  enum class way {
    gather,  ///< `take_all` once it is finished
    stream,  ///< `take_next` as they come
  };

  /// `spacing` and `nonces` are shared by all calls and must outlive this.
  member_call(member_wish wish, way how, whole_guild_spacing& spacing, nonce_series& nonces);

  std::optional<outbound> next(time_point now) override;
  std::optional<time_point> wakeup() const override;
  void sent(std::size_t part, const std::string& key, std::uint64_t shard) override;
  void session_lost(std::uint64_t shard) override;
  void session_resumed(std::uint64_t shard) override;
  std::optional<time_point> refused_until() const override;
  bool finished() const override { return left_ == 0; }

  /// Whether a chunk with this nonce is a part of the answer.
  bool wants(std::string_view nonce) const;
  void take(guild_members_chunk chunk);
  /// RATE_LIMITED; without a nonce it is about whichever payload waits for an answer, or else is on its way.
  void refused(std::string_view nonce, time_point until);

  std::optional<guild_members_chunk> take_next();
  std::size_t buffered() const noexcept { return buffer_.size(); }
  void drop_buffer() noexcept { buffer_.clear(); }
  /// In the order of the payloads, and of the chunks of each.
  std::vector<guild_members_chunk> take_all();
  guild_id guild() const noexcept { return wish_.guild; }
  bool for_cache() const noexcept { return wish_.for_cache; }
  bool whole_guild() const noexcept { return wish_.whole_guild(); }

 private:
  struct part {
    std::vector<user_id> ids;
    phase at = phase::waiting;
    std::uint64_t shard = unknown_shard;
    bool was_refused = false;
    time_point not_before = time_point::min();
    std::optional<time_point> refused_early;  // until then, before it was known that it had been sent
    std::vector<std::string> nonces;  // of what may still be answered
    int count = 0;                    // of chunks; 0 until the first
    std::size_t seen = 0;
    std::map<int, guild_members_chunk> chunks;  // with `stream` they are empty
  };
  bool has_turn() const;
  part* part_of(std::string_view nonce);
  std::string payload_of(const part& which, const std::string& nonce) const;
  time_point due(const part& which) const;
  void ask_again(part& which, time_point not_before);

  const member_wish wish_;
  const way how_;
  whole_guild_spacing& spacing_;
  nonce_series& nonces_;
  std::vector<part> parts_;
  std::size_t left_ = 0;
  std::deque<guild_members_chunk> buffer_;
};

}  // namespace monochord::protocol
