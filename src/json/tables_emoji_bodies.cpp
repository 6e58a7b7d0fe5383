// SPDX-License-Identifier: MIT
#include <monochord/model/emoji_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(create_guild_emoji_body, {"name", 2, 32})
MONOCHORD_MODEL(create_guild_emoji_body, name, image, roles)
MONOCHORD_LIMITS(modify_guild_emoji_body, {"name", 2, 32})
MONOCHORD_MODEL(modify_guild_emoji_body, name, roles)
MONOCHORD_LIMITS(create_application_emoji_body, {"name", 2, 32})
MONOCHORD_MODEL(create_application_emoji_body, name, image)
MONOCHORD_LIMITS(modify_application_emoji_body, {"name", 2, 32})
MONOCHORD_MODEL(modify_application_emoji_body, name)

}  // namespace monochord
