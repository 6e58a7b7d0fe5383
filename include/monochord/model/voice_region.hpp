// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace monochord {

/// Where voice servers stand.
/// https://docs.discord.com/developers/resources/voice#voice-region-object-voice-region-structure
struct voice_region {
  std::string id;
  std::string name;
  bool optimal = false;
  bool deprecated = false;
  bool custom = false;
};

}  // namespace monochord
