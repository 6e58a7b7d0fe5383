// SPDX-License-Identifier: MIT
#include <monochord/model/lobby_bodies.hpp>

#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/poll.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(lobby_member_body, id, metadata, flags)
MONOCHORD_LIMITS(create_lobby_body, {"members", 0, 25}, {"idle_timeout_seconds", 5, 604800},
                                    {"override_event_webhooks_url", 0, 512})
MONOCHORD_MODEL(create_lobby_body, metadata, members, idle_timeout_seconds, flags, override_event_webhooks_url)
MONOCHORD_LIMITS(create_or_join_lobby_body, {"secret", 0, 250}, {"idle_timeout_seconds", 5, 604800})
MONOCHORD_MODEL(create_or_join_lobby_body, secret, idle_timeout_seconds, lobby_metadata, member_metadata, flags)
MONOCHORD_LIMITS(modify_lobby_body, {"members", 0, 25}, {"idle_timeout_seconds", 5, 604800},
                                    {"override_event_webhooks_url", 0, 512})
MONOCHORD_MODEL(modify_lobby_body, metadata, members, idle_timeout_seconds, flags, override_event_webhooks_url)
MONOCHORD_LIMITS(add_member_to_lobby_body, {"additional_name", 1, 80})
MONOCHORD_MODEL(add_member_to_lobby_body, metadata, flags, additional_name)
MONOCHORD_LIMITS(bulk_lobby_member_body, {"additional_name", 1, 80})
MONOCHORD_MODEL(bulk_lobby_member_body, id, metadata, flags, additional_name, remove_member)
MONOCHORD_MODEL(link_channel_to_lobby_body, channel_id)
MONOCHORD_LIMITS(get_lobby_messages_query, {"limit", 1, 200})
MONOCHORD_MODEL(get_lobby_messages_query, limit)
MONOCHORD_LIMITS(send_lobby_message_body, {"content", 0, 4000}, {"embeds", 0, 10}, {"components", 0, 40},
                                          {"sticker_ids", 0, 3}, {"attachments", 0, 10}, {"nonce", 0, 25})
MONOCHORD_LIMIT_RULE(send_lobby_message_body, message_limits)
MONOCHORD_MODEL(send_lobby_message_body, content, metadata, flags, embeds, allowed_mentions, message_reference, components,
                                         sticker_ids, attachments, poll, shared_client_theme, nonce, enforce_nonce, tts)

}  // namespace monochord
