// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/model/soundboard_sound.hpp>

namespace monochord {

/// The sounds of a guild.
/// https://docs.discord.com/developers/resources/soundboard#list-guild-soundboard-sounds-response-structure
struct soundboard_list {
  std::vector<soundboard_sound> items;
};

}  // namespace monochord
