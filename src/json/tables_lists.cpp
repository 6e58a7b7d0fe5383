// SPDX-License-Identifier: MIT
// Lists of messages and of voters.
#include <monochord/model/message_pin.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/poll_voters.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(message_pin, pinned_at, message)
MONOCHORD_MODEL(channel_pins, items, has_more)
MONOCHORD_TABLE(found_message, MONOCHORD_BASE(message), MONOCHORD_FIELD(hit), MONOCHORD_FIELD(restriction_count))
MONOCHORD_MODEL(message_search_result, doing_deep_historical_index, documents_indexed, total_results, messages,
                threads, members)
MONOCHORD_MODEL(search_index_not_ready, message, code, documents_indexed, retry_after)
MONOCHORD_MODEL(poll_voters, users)

}  // namespace monochord
