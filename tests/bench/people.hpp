// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <monochord/model/events.hpp>
#include <random>
#include <string>

namespace monochord::bench {

/// Guilds and their members as they are met: names of 6 to 14 bytes, a global name for 70 %, a nick for 20 %, an avatar
/// for 80 %, 2 to 5 of 20 roles. Nobody is in two guilds. The same order of calls gives the same people.
class people {
 public:
  guild_create guild(std::uint64_t number, int members) {
    guild_create event;
    event.guild.id = guild_id{(number + 1) << 32};
    event.guild.name = name();
    for (std::uint64_t r = 0; r < 20; ++r) {
      auto& role = event.guild.roles.emplace_back();
      role.id = role_id{event.guild.id.value() + r};
      role.name = name();
    }
    for (int i = 0; i < members; ++i) event.members.push_back(somebody(event.guild));
    return event;
  }
  /// With roles of that guild.
  member somebody(const monochord::guild& guild) {
    member m;
    auto& u = m.user.emplace();
    u.id = user_id{175928847299117063U + ++made_ * 4'194'304'003U};
    u.username = name();
    u.discriminator.assign(1, '0');
    if (below(10) < 7)
      u.global_name = name();
    else
      u.global_name = null;
    if (below(10) < 8) {
      std::string hash;
      for (int i = 0; i < 32; ++i) hash += "0123456789abcdef"[below(16)];
      u.avatar = hash;
    } else {
      u.avatar = null;
    }
    u.public_flags = flags<user_flag>(below(4) ? 0 : 4194304);
    if (below(10) < 2) m.nick = name();
    for (std::uint64_t i = 2 + below(4); i > 0; --i) m.roles.push_back(guild.roles[below(20)].id);
    m.joined_at =
        timestamp{std::chrono::microseconds{1500000000000000 + static_cast<std::int64_t>(below(200000000000000))}};
    return m;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string name() {
    std::string text;
    for (std::uint64_t i = 6 + below(9); i > 0; --i) text += static_cast<char>('a' + below(26));
    return text;
  }
  std::mt19937_64 random_{1};
  std::uint64_t made_ = 0;
};

}  // namespace monochord::bench
