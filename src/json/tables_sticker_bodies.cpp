// SPDX-License-Identifier: MIT
#include <monochord/model/sticker_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(create_guild_sticker_body, {"name", 2, 30}, {"description", 0, 100}, {"tags", 1, 200})
MONOCHORD_MODEL(create_guild_sticker_body, name, description, tags)
MONOCHORD_LIMITS(modify_guild_sticker_body, {"name", 2, 30}, {"description", 0, 100}, {"tags", 1, 200})
MONOCHORD_MODEL(modify_guild_sticker_body, name, description, tags)

}  // namespace monochord
