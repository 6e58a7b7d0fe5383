// SPDX-License-Identifier: MIT
// Bodies as they are read by whoever stands on the other side.
#include <monochord/model/interaction_response.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(mention_rules, parse, roles, users, replied_user)
MONOCHORD_MODEL(attachment_request, id, filename, title, description, duration_secs, waveform, is_spoiler)
MONOCHORD_MODEL(interaction_callback_data, tts, content, embeds, allowed_mentions, flags, components, attachments,
                poll, choices, custom_id, title)
MONOCHORD_MODEL(interaction_response, type, data)
MONOCHORD_MODEL(message_request, content, nonce, tts, embeds, allowed_mentions, message_reference, components,
                sticker_ids, attachments, flags, enforce_nonce, poll)

}  // namespace monochord
