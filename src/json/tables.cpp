// SPDX-License-Identifier: MIT
// What a bot reads and writes that answers messages, as most do. It stands in one file, the first of the tables, so that it
// is in few pages of memory: a bot that slept since the last message has to wait for each.
#include <monochord/model/bodies.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_events.hpp>
#include <monochord/model/user.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(user, id, username, discriminator, global_name, avatar, bot, system, mfa_enabled, banner,
                accent_color, locale, verified, email, flags, premium_type, public_flags, avatar_decoration_data,
                collectibles, primary_guild)
MONOCHORD_MODEL(partial_member, nick, avatar, banner, roles, joined_at, premium_since, deaf, mute, flags, pending,
                permissions, communication_disabled_until, avatar_decoration_data, collectibles, user)
MONOCHORD_TABLE(mentioned_user, MONOCHORD_BASE(user), MONOCHORD_FIELD(member))
MONOCHORD_MODEL(message, id, channel_id, author, content, timestamp, edited_timestamp, tts, mention_everyone,
                mentions, mention_roles, mention_channels, attachments, embeds, reactions, nonce, pinned, webhook_id,
                type, activity, application, application_id, flags, message_reference, message_snapshots,
                referenced_message, interaction_metadata, interaction, thread, components, sticker_items, stickers,
                position, role_subscription_data, resolved, poll, call, shared_client_theme,
                purchase_notification, lobby_member)
MONOCHORD_TABLE(message_create, MONOCHORD_INLINE(message), MONOCHORD_FIELD(guild_id), MONOCHORD_FIELD(member),
                MONOCHORD_FIELD(channel_type))
MONOCHORD_LIMITS(create_message_body, {"content", 0, 2000, 4000}, {"nonce", 0, 25}, {"embeds", 0, 10},
                 {"components", 0, 40}, {"sticker_ids", 0, 3}, {"attachments", 0, 10})
MONOCHORD_LIMIT_RULE(create_message_body, message_limits)
MONOCHORD_MODEL(create_message_body, content, nonce, tts, embeds, allowed_mentions, message_reference, components,
                sticker_ids, attachments, flags, enforce_nonce, poll, shared_client_theme)

}  // namespace monochord
