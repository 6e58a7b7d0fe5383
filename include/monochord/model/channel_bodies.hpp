// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/file_body.hpp>
#include <monochord/model/invite_target_type.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/permission.hpp>

namespace monochord {

/// The reaction that every post of a forum offers: one of both.
/// https://docs.discord.com/developers/resources/channel#default-reaction-object-default-reaction-structure
struct default_reaction_body {
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
};

/// A tag of a forum; with an id one that is there already.
/// https://docs.discord.com/developers/resources/channel#forum-tag-object-forum-tag-structure
struct forum_tag_body {
  maybe<forum_tag_id> id{};
  std::string_view name{};
  maybe<bool> moderated{};
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
};

/// PATCH /channels/{channel_id}: of a channel of a guild, a thread or a group. Absent is left as it is.
/// https://docs.discord.com/developers/resources/channel#modify-channel
struct modify_channel_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> icon{};  ///< of a group: a data URI
  maybe<channel_type> type{};  ///< text to announcement and back
  maybe<int> position{};
  maybe<std::string_view> topic{};  ///< 1,024 characters, 4,096 of a forum
  maybe<bool> nsfw{};
  maybe<int> rate_limit_per_user{};  ///< seconds; also of threads
  maybe<int> bitrate{};  ///< bits a second
  maybe<int> user_limit{};  ///< 99 of a voice channel, 10,000 of a stage; 0: none
  maybe<list<overwrite>> permission_overwrites{};
  maybe<channel_id> parent_id{};
  maybe<std::string_view> rtc_region{};
  maybe<monochord::video_quality_mode> video_quality_mode{};
  maybe<int> default_auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<monochord::flags<channel_flag>> flags{};  ///< also of threads
  maybe<list<forum_tag_body>> available_tags{};
  maybe<default_reaction_body> default_reaction_emoji{};
  maybe<int> default_thread_rate_limit_per_user{};
  maybe<sort_order_type> default_sort_order{};
  maybe<forum_layout_type> default_forum_layout{};
  maybe<std::string_view> default_tag_setting{};  ///< of thread_search_tag_setting; not documented
  maybe<bool> archived{};  ///< of a thread, as those below
  maybe<int> auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<bool> locked{};
  maybe<bool> invitable{};
  maybe<list<forum_tag_id>> applied_tags{};
};

/// PUT /channels/{channel_id}/permissions/{overwrite_id}.
/// https://docs.discord.com/developers/resources/channel#edit-channel-permissions
struct edit_channel_permissions_body {
  maybe<flags<permission>> allow{};
  maybe<flags<permission>> deny{};
  overwrite_type type{};
};

/// POST /channels/{channel_id}/invites.
/// https://docs.discord.com/developers/resources/channel#create-channel-invite
struct create_channel_invite_body {
  maybe<int> max_age{};  ///< seconds; 0: for ever
  maybe<int> max_uses{};  ///< 0: no limit
  maybe<bool> temporary{};
  maybe<bool> unique{};
  maybe<invite_target_type> target_type{};
  maybe<user_id> target_user_id{};
  maybe<application_id> target_application_id{};
  maybe<list<role_id>> role_ids{};
  maybe<file_body> target_users_file{};  ///< CSV with a column of ids of users; only these can accept
};

/// POST /channels/{channel_id}/followers.
/// https://docs.discord.com/developers/resources/channel#follow-announcement-channel
struct follow_announcement_channel_body {
  channel_id webhook_channel_id{};
};

/// PUT /channels/{channel_id}/recipients/{user_id}. The token is a secret.
/// https://docs.discord.com/developers/resources/channel#group-dm-add-recipient
struct group_dm_add_recipient_body {
  maybe<std::string_view> access_token{};  ///< of the user, with the scope gdm.join
  maybe<std::string_view> nick{};
};

/// PUT /channels/{channel_id}/voice-status.
/// https://docs.discord.com/developers/resources/channel#set-voice-channel-status
struct set_voice_channel_status_body {
  maybe<std::string_view> status{};
};

static_assert(std::is_trivially_destructible_v<default_reaction_body>);
static_assert(std::is_trivially_destructible_v<forum_tag_body>);
static_assert(std::is_trivially_destructible_v<modify_channel_body>);
static_assert(std::is_trivially_destructible_v<edit_channel_permissions_body>);
static_assert(std::is_trivially_destructible_v<create_channel_invite_body>);
static_assert(std::is_trivially_destructible_v<follow_announcement_channel_body>);
static_assert(std::is_trivially_destructible_v<group_dm_add_recipient_body>);
static_assert(std::is_trivially_destructible_v<set_voice_channel_status_body>);

}  // namespace monochord
