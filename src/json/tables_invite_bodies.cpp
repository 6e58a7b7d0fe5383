// SPDX-License-Identifier: MIT
#include <monochord/model/invite_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(get_invite_query, with_counts, guild_scheduled_event_id, target_channel_id, target_message_id)

}  // namespace monochord
