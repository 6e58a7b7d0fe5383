// SPDX-License-Identifier: MIT
// What is said over the voice gateway.
#include <monochord/model/voice_gateway.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(voice_identify, server_id, user_id, session_id, token, max_dave_protocol_version)
MONOCHORD_MODEL(voice_protocol_data, address, port, mode)
MONOCHORD_MODEL(voice_select_protocol, protocol, data)
MONOCHORD_MODEL(voice_ready, ssrc, ip, port, modes, heartbeat_interval)
MONOCHORD_MODEL(voice_heartbeat, t, seq_ack)
MONOCHORD_MODEL(voice_session_description, mode, secret_key, dave_protocol_version)
MONOCHORD_MODEL(voice_speaking, speaking, delay, ssrc, user_id)
MONOCHORD_MODEL(voice_resume, server_id, session_id, token, seq_ack)
MONOCHORD_MODEL(voice_hello, heartbeat_interval, v)

}  // namespace monochord
