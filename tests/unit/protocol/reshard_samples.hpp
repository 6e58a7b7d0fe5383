// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/snowflake.hpp>

// What the tests of resharding send: guilds by number, an event with an identity and one without.
namespace monochord::reshard_samples {

inline guild_id guild(int n) { return guild_id{(static_cast<std::uint64_t>(n) << 22) + 7}; }

inline std::string message(int n, int in) {
  return R"({"id":")" + std::to_string(n) + R"(","guild_id":")" + guild(in).str() + R"(","content":"x"})";
}
inline std::string typing(int user, int in) {
  return R"({"user_id":")" + std::to_string(user) + R"(","guild_id":")" + guild(in).str() + R"("})";
}

}  // namespace monochord::reshard_samples
