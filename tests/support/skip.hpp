// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string_view>

namespace monochord::test {

/// Marks the running test case as skipped and says why; the case then returns by itself: `return skip("...")`.
/// ctest, which runs each case in a process of its own, reports it as skipped.
void skip(std::string_view why);

/// The folder with Discord's API as data, nothing where MONOCHORD_DISCORD_DATA is not set.
/// Usage: `const auto data = discord_data(); if (!data) return skip(no_discord_data);`
inline std::optional<std::filesystem::path> discord_data() {
  const char* const folder = std::getenv("MONOCHORD_DISCORD_DATA");
  if (!folder || !*folder) return std::nullopt;
  return folder;
}

inline constexpr std::string_view no_discord_data =
    "MONOCHORD_DISCORD_DATA is not set to the folder with Discord's API as data";

}  // namespace monochord::test
