// SPDX-License-Identifier: MIT
#include <monochord/model/voice_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(modify_current_user_voice_state_body, channel_id, suppress, request_to_speak_timestamp)
MONOCHORD_MODEL(modify_user_voice_state_body, channel_id, suppress)

}  // namespace monochord
