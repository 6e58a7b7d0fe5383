// SPDX-License-Identifier: MIT
#include <monochord/model/thread_bodies.hpp>

#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/poll.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(start_thread_from_message_body, {"name", 1, 100}, {"rate_limit_per_user", 0, 21600})
MONOCHORD_MODEL(start_thread_from_message_body, name, auto_archive_duration, rate_limit_per_user)
MONOCHORD_LIMITS(start_thread_without_message_body, {"name", 1, 100}, {"rate_limit_per_user", 0, 21600})
MONOCHORD_MODEL(start_thread_without_message_body, name, auto_archive_duration, type, invitable, rate_limit_per_user)
MONOCHORD_LIMITS(forum_thread_message_body, {"content", 0, 2000, 4000}, {"embeds", 0, 10}, {"components", 0, 40},
                                            {"sticker_ids", 0, 3}, {"attachments", 0, 10})
MONOCHORD_LIMIT_RULE(forum_thread_message_body, message_limits)
MONOCHORD_MODEL(forum_thread_message_body, content, embeds, allowed_mentions, components, sticker_ids, attachments, flags,
                                           poll, shared_client_theme)
MONOCHORD_LIMITS(start_thread_in_forum_or_media_channel_body, {"name", 1, 100}, {"rate_limit_per_user", 0, 21600},
                 {"applied_tags", 0, 5})
MONOCHORD_LIMIT_RULE(start_thread_in_forum_or_media_channel_body, forum_post_limits)
MONOCHORD_MODEL(start_thread_in_forum_or_media_channel_body, name, auto_archive_duration, rate_limit_per_user, message,
                 applied_tags)
MONOCHORD_MODEL(get_thread_member_query, with_member)
MONOCHORD_LIMITS(list_thread_members_query, {"limit", 1, 100})
MONOCHORD_MODEL(list_thread_members_query, with_member, after, limit)
MONOCHORD_LIMITS(list_archived_threads_query, {"limit", 2, 100})
MONOCHORD_MODEL(list_archived_threads_query, before, limit)
MONOCHORD_LIMITS(list_joined_private_archived_threads_query, {"limit", 2, 100})
MONOCHORD_MODEL(list_joined_private_archived_threads_query, before, limit)
MONOCHORD_LIMITS(thread_search_query, {"name", 0, 100}, {"slop", 0, 100}, {"limit", 1, 25}, {"offset", 0, 9975})
MONOCHORD_MODEL(thread_search_query, name, slop, min_id, max_id, tag, tag_setting, archived, sort_by, sort_order, limit,
                                     offset)

}  // namespace monochord
