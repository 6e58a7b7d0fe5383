// SPDX-License-Identifier: MIT
#include <monochord/model/channel_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(default_reaction_body, {"emoji_name", 0, 100})
MONOCHORD_MODEL(default_reaction_body, emoji_id, emoji_name)
MONOCHORD_LIMITS(forum_tag_body, {"name", 0, 20, 50}, {"emoji_name", 0, 100})
MONOCHORD_MODEL(forum_tag_body, id, name, moderated, emoji_id, emoji_name)
MONOCHORD_LIMITS(modify_channel_body, {"name", 1, 100}, {"position", 0, 2147483647}, {"topic", 0, 4096},
                                      {"rate_limit_per_user", 0, 21600}, {"bitrate", 8000, 2147483647},
                                      {"user_limit", 0, 10000}, {"permission_overwrites", 0, 100}, {"available_tags", 0, 20},
                                      {"default_thread_rate_limit_per_user", 0, 21600}, {"applied_tags", 0, 5})
MONOCHORD_MODEL(modify_channel_body, name, icon, type, position, topic, nsfw, rate_limit_per_user, bitrate, user_limit,
                                     permission_overwrites, parent_id, rtc_region, video_quality_mode,
                                     default_auto_archive_duration, flags, available_tags, default_reaction_emoji,
                                     default_thread_rate_limit_per_user, default_sort_order, default_forum_layout,
                                     default_tag_setting, archived, auto_archive_duration, locked, invitable, applied_tags)
MONOCHORD_MODEL(edit_channel_permissions_body, allow, deny, type)
MONOCHORD_LIMITS(create_channel_invite_body, {"max_age", 0, 604800, 5184000}, {"max_uses", 0, 100})
MONOCHORD_MODEL(create_channel_invite_body, max_age, max_uses, temporary, unique, target_type, target_user_id,
                                            target_application_id, role_ids)
MONOCHORD_MODEL(follow_announcement_channel_body, webhook_channel_id)
MONOCHORD_MODEL(group_dm_add_recipient_body, access_token, nick)
MONOCHORD_LIMITS(set_voice_channel_status_body, {"status", 0, 500})
MONOCHORD_MODEL(set_voice_channel_status_body, status)

}  // namespace monochord
