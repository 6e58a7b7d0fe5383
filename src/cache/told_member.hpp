// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/model/guild_events.hpp>
#include <monochord/model/member.hpp>

namespace monochord::cached {

/// A member as an event tells it, and what the event leaves out as it was before: made of parts of both, which have to
/// stay. The names are those of `member`.
struct told_member {
  /// With a message's member, or a changed one. Null is what a model says that has no such thing; absent is what stays.
  told_member(const monochord::user& who, const partial_member& news, const member& before)
      : user(&who),
        roles(news.roles),
        nick(newer(news.nick, before.nick)),
        avatar(newer(news.avatar, before.avatar)),
        banner(newer(news.banner, before.banner)),
        joined_at(newer(news.joined_at, before.joined_at)),
        premium_since(newer(news.premium_since, before.premium_since)),
        communication_disabled_until(newer(news.communication_disabled_until, before.communication_disabled_until)),
        avatar_decoration_data(newer(news.avatar_decoration_data, before.avatar_decoration_data)),
        collectibles(newer(news.collectibles, before.collectibles)),
        deaf(news.deaf.value_or(before.deaf)),
        mute(news.mute.value_or(before.mute)),
        pending(news.pending.has_value() ? news.pending : before.pending),
        flags(news.flags ? news.flags : before.flags) {}
  told_member(const guild_member_update& news, const member& before)
      : user(&news.user),
        roles(news.roles),
        nick(news.nick),
        avatar(news.avatar),
        banner(news.banner),
        joined_at(newer(news.joined_at, before.joined_at)),
        premium_since(news.premium_since),
        communication_disabled_until(news.communication_disabled_until),
        avatar_decoration_data(news.avatar_decoration_data),
        collectibles(news.collectibles),
        deaf(news.deaf.value_or(before.deaf)),
        mute(news.mute.value_or(before.mute)),
        pending(news.pending.has_value() ? news.pending : before.pending),
        flags(news.flags ? news.flags : before.flags) {}

  const monochord::user* user;
  const std::vector<role_id>& roles;
  const maybe<std::string>& nick;
  const maybe<std::string>& avatar;
  const maybe<std::string>& banner;
  const maybe<timestamp>& joined_at;
  const maybe<timestamp>& premium_since;
  const maybe<timestamp>& communication_disabled_until;
  const maybe<monochord::avatar_decoration_data>& avatar_decoration_data;
  const maybe<box<monochord::collectibles>>& collectibles;
  bool deaf;
  bool mute;
  optional_bool pending;
  optional<monochord::flags<member_flag>> flags;

 private:
  template <class T>
  static const T& newer(const T& news, const T& before) noexcept {
    return news.is_absent() ? before : news;
  }
};

}  // namespace monochord::cached
