// SPDX-License-Identifier: MIT
#include "protocol/event_key.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <monochord/json/payload.hpp>

#include "json/member.hpp"

namespace monochord::protocol {

namespace {

/// What makes an event of this type the one that it is: one or two members of its `d`.
struct identity {
  std::string_view type;
  event_key::kind what;
  std::string_view first, second = {};
};

// Sorted. What is not here goes by its content: everything that may change in a way which no number tells.
constexpr auto counted = event_key::kind::counted;
constexpr auto unique = event_key::kind::unique;
constexpr std::array identities{
    identity{"CHANNEL_CREATE", unique, "id"},
    identity{"CHANNEL_DELETE", unique, "id"},
    identity{"ENTITLEMENT_CREATE", unique, "id"},
    identity{"ENTITLEMENT_DELETE", unique, "id"},
    identity{"GUILD_AUDIT_LOG_ENTRY_CREATE", unique, "id"},
    // A guild is left and joined again. What comes with it may differ between two copies: its members, its presences.
    identity{"GUILD_CREATE", counted, "id", "unavailable"},
    identity{"GUILD_DELETE", counted, "id", "unavailable"},
    identity{"INTERACTION_CREATE", unique, "id"},
    identity{"MESSAGE_CREATE", unique, "id"},
    identity{"MESSAGE_DELETE", unique, "id"},
    // Discord adds embeds to a message without a new time: as often as it does, so often it comes.
    identity{"MESSAGE_UPDATE", counted, "id", "edited_timestamp"},
    identity{"SUBSCRIPTION_CREATE", unique, "id"},
};

// Of a connection, or the answer to what was asked on it.
constexpr std::array<std::string_view, 6> own_types{"CHANNEL_INFO", "GUILD_MEMBERS_CHUNK", "RATE_LIMITED", "READY",
                                                    "RESUMED",      "SOUNDBOARD_SOUNDS"};

constexpr std::uint64_t one = 0x9e3779b97f4a7c15, two = 0xd1b54a32d192ed03, three = 0x8cb92ba72f3d8dd7;

std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  a ^= b;
  a ^= a >> 32;
  a *= one;
  a ^= a >> 29;
  a *= two;
  return a ^ (a >> 32);
}

/// Two hashes side by side; what differs in one word differs in both.
class hasher {
 public:
  explicit hasher(std::uint64_t seed) noexcept : high_(mixed(seed, two)), low_(mixed(seed, three)) {}
  void add(std::string_view text) noexcept {
    word(text.size());
    const char* at = text.data();
    std::size_t left = text.size();
    for (std::uint64_t next = 0; left >= sizeof next; at += sizeof next, left -= sizeof next) {
      std::memcpy(&next, at, sizeof next);
      word(next);
    }
    if (left == 0) return;
    std::uint64_t rest = 0;
    std::memcpy(&rest, at, left);
    word(rest);
  }
  void into(event_key& out) const noexcept {
    out.high = mixed(high_, low_);
    out.low = mixed(low_, high_ + one);
  }

 private:
  void word(std::uint64_t next) noexcept {
    high_ = mixed(high_, next);
    low_ = (low_ ^ next) * three;
    low_ ^= low_ >> 31;
  }
  std::uint64_t high_, low_;
};

guild_id id_in(std::string_view text) noexcept {
  if (text.size() < 2 || text.front() != '"') return {};
  return guild_id::parse(text.substr(1, text.size() - 2));
}

bool is_of_guild_itself(std::string_view type) noexcept {
  return type == "GUILD_CREATE" || type == "GUILD_UPDATE" || type == "GUILD_DELETE";
}

}  // namespace

event_key key_of(std::string_view type, std::string_view data, std::uint64_t seed) noexcept {
  event_key out;
  if (std::find(own_types.begin(), own_types.end(), type) != own_types.end()) return out;
  hasher hash(seed);
  hash.add(type);
  out.guild = id_in(json::member_of(data, is_of_guild_itself(type) ? "id" : "guild_id"));
  const auto at = std::lower_bound(identities.begin(), identities.end(), type,
                                   [](const identity& a, std::string_view name) { return a.type < name; });
  std::string_view first, second;
  if (at != identities.end() && at->type == type) {
    first = json::member_of(data, at->first);
    if (!at->second.empty()) second = json::member_of(data, at->second);
  }
  if (first.empty()) {
    out.what = event_key::kind::counted;
    hash.add(json::first_value(data));
  } else {
    out.what = at->what;
    hash.add(first);
    hash.add(second);
  }
  hash.into(out);
  return out;
}

}  // namespace monochord::protocol
