// SPDX-License-Identifier: MIT
#include <monochord/model/user_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(modify_current_user_body, {"username", 2, 32})
MONOCHORD_MODEL(modify_current_user_body, username, avatar, banner)
MONOCHORD_LIMITS(get_current_user_guilds_query, {"limit", 1, 200})
MONOCHORD_MODEL(get_current_user_guilds_query, before, after, limit, with_counts)
MONOCHORD_MODEL(create_dm_body, recipient_id)
MONOCHORD_MODEL(create_group_dm_body, access_tokens, nicks)

}  // namespace monochord
