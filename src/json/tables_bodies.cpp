// SPDX-License-Identifier: MIT
// What is sent to the REST API.
#include <monochord/model/api_error.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/message_builder.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_TABLE(api_error, MONOCHORD_OPTIONAL(code), MONOCHORD_OPTIONAL(message), MONOCHORD_FIELD(errors),
                MONOCHORD_FIELD(retry_after), MONOCHORD_FIELD(global))

MONOCHORD_MODEL(allowed_mentions, parse, roles, users, replied_user)
MONOCHORD_MODEL(message_reference_body, type, message_id, channel_id, guild_id, fail_if_not_exists)
MONOCHORD_MODEL(attachment_body, id, filename, title, description, duration_secs, waveform, is_spoiler)
MONOCHORD_MODEL(create_message_body, content, nonce, tts, embeds, allowed_mentions, message_reference, components,
                sticker_ids, attachments, flags, enforce_nonce, poll)
MONOCHORD_MODEL(edit_message_body, content, embeds, flags, allowed_mentions, components, attachments)
MONOCHORD_MODEL(interaction_response_data, tts, content, embeds, allowed_mentions, flags, components, attachments, poll,
                choices, custom_id, title)
MONOCHORD_MODEL(interaction_response_body, type, data)
MONOCHORD_MODEL(command_choice_body, name, value)
MONOCHORD_MODEL(command_option_body, type, name, description, required, choices, options, min_value, max_value, min_length,
                max_length, autocomplete)
MONOCHORD_MODEL(application_command_body, name, description, type, options, default_member_permissions, nsfw,
                integration_types, contexts)
MONOCHORD_MODEL(command_definition, name, name_localizations, description, description_localizations, options,
                default_member_permissions, integration_types, contexts, type, nsfw, handler)

}  // namespace monochord
