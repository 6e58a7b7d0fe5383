// SPDX-License-Identifier: MIT
#include <monochord/model/webhook_bodies.hpp>

#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/poll.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(create_webhook_body, {"name", 1, 80})
MONOCHORD_MODEL(create_webhook_body, name, avatar)
MONOCHORD_LIMITS(modify_webhook_body, {"name", 1, 80})
MONOCHORD_MODEL(modify_webhook_body, name, avatar, channel_id)
MONOCHORD_LIMITS(modify_webhook_with_token_body, {"name", 1, 80})
MONOCHORD_MODEL(modify_webhook_with_token_body, name, avatar)
MONOCHORD_LIMITS(execute_webhook_body, {"content", 0, 2000}, {"username", 1, 80}, {"avatar_url", 0, 2048}, {"embeds", 0, 10},
                                       {"components", 0, 40}, {"attachments", 0, 10}, {"thread_name", 0, 100},
                                       {"applied_tags", 0, 5})
MONOCHORD_LIMIT_RULE(execute_webhook_body, message_limits)
MONOCHORD_MODEL(execute_webhook_body, content, username, avatar_url, tts, embeds, allowed_mentions, components, attachments,
                                      flags, thread_name, applied_tags, poll)
MONOCHORD_MODEL(execute_webhook_query, wait, thread_id, with_components)
MONOCHORD_MODEL(execute_compatible_webhook_query, thread_id, wait)
MONOCHORD_MODEL(webhook_message_query, thread_id)
MONOCHORD_MODEL(edit_webhook_message_query, thread_id, with_components)

}  // namespace monochord
