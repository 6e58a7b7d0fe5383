// SPDX-License-Identifier: MIT
// What is sent to the REST API.
#include <monochord/model/api_error.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/message_builder.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_TABLE(api_error, MONOCHORD_FIELD(code), MONOCHORD_OPTIONAL(message), MONOCHORD_FIELD(errors),
                MONOCHORD_FIELD(retry_after), MONOCHORD_FIELD(global))

MONOCHORD_LIMITS(allowed_mentions, {"roles", 0, 100}, {"users", 0, 100})
MONOCHORD_LIMIT_RULE(allowed_mentions, mention_limits)
MONOCHORD_MODEL(allowed_mentions, parse, roles, users, replied_user)
MONOCHORD_MODEL(message_reference_body, type, message_id, channel_id, guild_id, fail_if_not_exists)
MONOCHORD_LIMITS(attachment_body, {"filename", 1, 1024}, {"title", 0, 1024}, {"description", 0, 1024},
                 {"duration_secs", 0, 2147483647}, {"waveform", 0, 400})
MONOCHORD_MODEL(attachment_body, id, filename, title, description, duration_secs, waveform, is_spoiler, is_remix)
MONOCHORD_LIMITS(edit_message_body, {"content", 0, 2000, 4000}, {"embeds", 0, 10}, {"components", 0, 40},
                 {"attachments", 0, 10})
MONOCHORD_LIMIT_RULE(edit_message_body, message_limits)
MONOCHORD_MODEL(edit_message_body, content, embeds, flags, allowed_mentions, components, attachments, sticker_ids, poll)
MONOCHORD_LIMITS(interaction_response_data, {"content", 0, 2000}, {"embeds", 0, 10}, {"components", 0, 40},
                 {"attachments", 0, 10}, {"choices", 0, 25}, {"custom_id", 1, 100}, {"title", 1, 45},
                 {"ineligible_reason_description", 0, 255})
MONOCHORD_LIMIT_RULE(interaction_response_data, message_limits)
MONOCHORD_MODEL(interaction_response_data, tts, content, embeds, allowed_mentions, flags, components, attachments, poll,
                choices, custom_id, title, eligible, ineligible_reason, ineligible_reason_description)
MONOCHORD_LIMIT_RULE(interaction_response_body, response_limits)
MONOCHORD_MODEL(interaction_response_body, type, data)
MONOCHORD_LIMITS(command_choice_body, {"name", 1, 100}, {"name_localizations[]", 1, 100}, {"value", 0, 100, 6000})
MONOCHORD_MODEL(command_choice_body, name, value, name_localizations)
MONOCHORD_LIMITS(command_option_body, {"name", 1, 32}, {"file_types", 0, 10}, {"name_localizations[]", 1, 32}, {"description", 1, 100},
                 {"description_localizations[]", 1, 100}, {"choices", 0, 25}, {"options", 0, 25},
                 {"min_length", 0, 6000}, {"max_length", 1, 6000})
MONOCHORD_MODEL(command_option_body, type, name, name_localizations, description, description_localizations, required,
                choices, options, channel_types, min_value, max_value, min_length, max_length, autocomplete, file_types)
MONOCHORD_LIMITS(application_command_body, {"name", 1, 32}, {"name_localizations[]", 1, 32}, {"description", 0, 100},
                 {"description_localizations[]", 0, 100}, {"options", 0, 25},
                 {"default_member_permissions", 0, 18014398509481983})
MONOCHORD_LIMIT_RULE(application_command_body, command_limits)
MONOCHORD_MODEL(application_command_body, id, name, name_localizations, description, description_localizations, type,
                options, default_member_permissions, nsfw, integration_types, contexts, handler, dm_permission,
                default_permission)
MONOCHORD_LIMITS(command_definition, {"name", 1, 32}, {"name_localizations[]", 1, 32}, {"description", 0, 100},
                 {"description_localizations[]", 0, 100}, {"options", 0, 25},
                 {"default_member_permissions", 0, 18014398509481983}, {"integration_types", 1}, {"contexts", 1})
MONOCHORD_LIMIT_RULE(command_definition, command_limits)
MONOCHORD_MODEL(command_definition, name, name_localizations, description, description_localizations, options,
                default_member_permissions, integration_types, contexts, type, nsfw, handler)

}  // namespace monochord
