// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <monochord/core/timestamp.hpp>

namespace monochord {

namespace detail {
std::string decimal(std::uint64_t number);
}

/// Discord's epoch, the first second of 2015, in milliseconds since 1970.
/// https://docs.discord.com/developers/reference#snowflakes
inline constexpr std::int64_t discord_epoch_ms = 1420070400000;

/// A Discord id. `Tag` names the kind of thing, so that a channel's id cannot be passed where a user's is wanted.
/// An id is a 64-bit number, on the wire a decimal string; 0 means "none". Trivial; safe to share between threads.
template <class Tag>
class id {
 public:
  constexpr id() noexcept = default;
  constexpr explicit id(std::uint64_t value) noexcept : value_(value) {}
  /// The number; with it one kind becomes another where Discord reuses it: `role_id{guild.id.value()}` is @everyone.
  constexpr std::uint64_t value() const noexcept { return value_; }
  constexpr explicit operator bool() const noexcept { return value_ != 0; }

  /// When the id was made, to the millisecond.
  constexpr timestamp created_at() const noexcept {
    return timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(value_ >> 22) + discord_epoch_ms}};
  }

  /// The lowest id that can be made in the millisecond of `time`, to page from a point in time: `after = lowest_at(t)` is
  /// what came later, `before = lowest_at(t)` what came earlier. Before 2015 it is 0, after 2154 the highest there is.
  /// https://docs.discord.com/developers/reference#snowflake-ids-in-pagination
  static constexpr id lowest_at(timestamp time) noexcept {
    const auto ms = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count() - discord_epoch_ms;
    if (ms <= 0) return id{};
    constexpr std::int64_t last_ms = (std::int64_t{1} << 42) - 1;
    return id{static_cast<std::uint64_t>(ms < last_ms ? ms : last_ms) << 22};
  }

  /// The decimal form, as Discord writes it.
  std::string str() const { return detail::decimal(value_); }

  /// Reads a decimal id; an id of 0 on anything else (empty, signs, letters, more than 64 bits).
  static constexpr id parse(std::string_view text) noexcept {
    std::uint64_t value = 0;
    if (text.empty()) return id{};
    for (const char c : text) {
      if (c < '0' || c > '9') return id{};
      const auto digit = static_cast<std::uint64_t>(c - '0');
      if (value > (UINT64_MAX - digit) / 10) return id{};
      value = value * 10 + digit;
    }
    return id{value};
  }

  friend constexpr auto operator<=>(id, id) noexcept = default;

 private:
  std::uint64_t value_ = 0;
};

using application_id = id<struct application_tag>;
using attachment_id = id<struct attachment_tag>;
using audit_log_entry_id = id<struct audit_log_entry_tag>;
using auto_moderation_rule_id = id<struct auto_moderation_rule_tag>;
using channel_id = id<struct channel_tag>;
using command_id = id<struct command_tag>;
using emoji_id = id<struct emoji_tag>;
using entitlement_id = id<struct entitlement_tag>;
using forum_tag_id = id<struct forum_tag_tag>;
using guild_id = id<struct guild_tag>;
using integration_id = id<struct integration_tag>;
using interaction_id = id<struct interaction_tag>;
using lobby_id = id<struct lobby_tag>;
using message_id = id<struct message_tag>;
using role_id = id<struct role_tag>;
using scheduled_event_id = id<struct scheduled_event_tag>;
using sku_id = id<struct sku_tag>;
using soundboard_sound_id = id<struct soundboard_sound_tag>;
using stage_instance_id = id<struct stage_instance_tag>;
using sticker_id = id<struct sticker_tag>;
using sticker_pack_id = id<struct sticker_pack_tag>;
using subscription_id = id<struct subscription_tag>;
using team_id = id<struct team_tag>;
using user_id = id<struct user_tag>;
using webhook_id = id<struct webhook_tag>;
/// For fields whose kind of id depends on another field (an option's value, a mentionable).
using any_id = id<struct any_tag>;

}  // namespace monochord

template <class Tag>
struct std::hash<monochord::id<Tag>> {
  std::size_t operator()(monochord::id<Tag> value) const noexcept {
    // Snowflakes share their high bits; mix them (the finaliser of splitmix64) so that tables by power of two work.
    std::uint64_t x = value.value();
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return static_cast<std::size_t>(x ^ (x >> 31));
  }
};
