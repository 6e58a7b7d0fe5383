// SPDX-License-Identifier: MIT
#include <monochord/model/message_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(get_channel_messages_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_channel_messages_query, around, before, after, limit)
MONOCHORD_LIMITS(get_reactions_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_reactions_query, type, after, limit)
MONOCHORD_LIMITS(bulk_delete_messages_body, {"messages", 2, 100})
MONOCHORD_MODEL(bulk_delete_messages_body, messages)
MONOCHORD_LIMITS(get_channel_pins_query, {"limit", 1, 50})
MONOCHORD_MODEL(get_channel_pins_query, before, limit)
MONOCHORD_LIMITS(get_answer_voters_query, {"limit", 1, 100})
MONOCHORD_MODEL(get_answer_voters_query, after, limit)

}  // namespace monochord
