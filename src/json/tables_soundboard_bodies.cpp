// SPDX-License-Identifier: MIT
#include <monochord/model/soundboard_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(send_soundboard_sound_body, sound_id, source_guild_id)
MONOCHORD_LIMITS(create_guild_soundboard_sound_body, {"name", 2, 32}, {"volume", 0, 1}, {"emoji_name", 1, 32})
MONOCHORD_MODEL(create_guild_soundboard_sound_body, name, sound, volume, emoji_id, emoji_name)
MONOCHORD_LIMITS(modify_guild_soundboard_sound_body, {"name", 2, 32}, {"volume", 0, 1}, {"emoji_name", 1, 32})
MONOCHORD_MODEL(modify_guild_soundboard_sound_body, name, volume, emoji_id, emoji_name)

}  // namespace monochord
