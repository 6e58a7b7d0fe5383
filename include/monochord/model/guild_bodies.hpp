// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

/// GET /guilds/{guild_id}.
/// https://docs.discord.com/developers/resources/guild#get-guild
struct get_guild_query {
  maybe<bool> with_counts{};  ///< approximate numbers of members come along
};

/// PATCH /guilds/{guild_id}. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild
struct modify_guild_body {
  maybe<std::string_view> name{};
  maybe<std::string_view> region{};  ///< deprecated
  maybe<monochord::verification_level> verification_level{};
  maybe<default_message_notifications_level> default_message_notifications{};
  maybe<explicit_content_filter_level> explicit_content_filter{};
  maybe<channel_id> afk_channel_id{};
  maybe<int> afk_timeout{};  ///< seconds: 60, 300, 900, 1800, 3600
  maybe<std::string_view> icon{};  ///< a data URI
  maybe<std::string_view> splash{};  ///< a data URI
  maybe<std::string_view> discovery_splash{};  ///< a data URI
  maybe<std::string_view> banner{};  ///< a data URI
  maybe<std::string_view> home_header{};  ///< a data URI; not documented
  maybe<channel_id> system_channel_id{};
  maybe<flags<system_channel_flag>> system_channel_flags{};
  maybe<channel_id> rules_channel_id{};
  maybe<channel_id> public_updates_channel_id{};
  maybe<std::string_view> preferred_locale{};  ///< like `en-US`
  maybe<list<std::string_view>> features{};  ///< all that the guild shall have
  maybe<std::string_view> description{};
  maybe<bool> premium_progress_bar_enabled{};
  maybe<channel_id> safety_alerts_channel_id{};
};

/// POST /guilds/{guild_id}/channels.
/// https://docs.discord.com/developers/resources/guild#create-guild-channel
struct create_guild_channel_body {
  std::string_view name{};
  maybe<channel_type> type{};
  maybe<std::string_view> topic{};  ///< 1,024 characters, 4,096 of a forum
  maybe<int> bitrate{};  ///< bits a second
  maybe<int> user_limit{};  ///< 99 of a voice channel, 10,000 of a stage; 0: none
  maybe<int> rate_limit_per_user{};  ///< seconds
  maybe<int> position{};
  maybe<list<overwrite>> permission_overwrites{};
  maybe<channel_id> parent_id{};
  maybe<bool> nsfw{};
  maybe<std::string_view> rtc_region{};
  maybe<monochord::video_quality_mode> video_quality_mode{};
  maybe<int> default_auto_archive_duration{};  ///< minutes: 60, 1440, 4320, 10080
  maybe<default_reaction_body> default_reaction_emoji{};
  maybe<list<forum_tag_body>> available_tags{};
  maybe<sort_order_type> default_sort_order{};
  maybe<forum_layout_type> default_forum_layout{};
  maybe<int> default_thread_rate_limit_per_user{};  ///< seconds
  maybe<std::string_view> default_tag_setting{};  ///< of a forum; not documented
  maybe<monochord::flags<channel_flag>> flags{};
};

/// One channel of PATCH /guilds/{guild_id}/channels.
/// https://docs.discord.com/developers/resources/guild#modify-guild-channel-positions
struct channel_position_body {
  channel_id id{};
  maybe<int> position{};
  maybe<bool> lock_permissions{};  ///< take over the overwrites of the new parent
  maybe<channel_id> parent_id{};
  maybe<monochord::flags<channel_flag>> flags{};
};

/// GET /guilds/{guild_id}/prune.
/// https://docs.discord.com/developers/resources/guild#get-guild-prune-count
struct get_guild_prune_count_query {
  maybe<int> days{};  ///< of inactivity; 7 by default
  list<role_id> include_roles{};  ///< members with these count too
};

/// POST /guilds/{guild_id}/prune.
/// https://docs.discord.com/developers/resources/guild#begin-guild-prune
struct begin_guild_prune_body {
  maybe<int> days{};  ///< of inactivity; 7 by default
  maybe<bool> compute_prune_count{};  ///< false for large guilds: the answer has no number then
  maybe<list<role_id>> include_roles{};  ///< members with these go too
  maybe<std::string_view> reason{};  ///< deprecated: call_options has it
};

/// PUT /guilds/{guild_id}/incident-actions; null ends a measure, at most 24 hours ahead.
/// https://docs.discord.com/developers/resources/guild#modify-guild-incident-actions
struct modify_guild_incident_actions_body {
  maybe<timestamp> invites_disabled_until{};
  maybe<timestamp> dms_disabled_until{};
};

/// GET /guilds/{guild_id}/messages/search. What stands in a list is one of these values; `has` and the like take a
/// minus before a value for "not".
/// https://docs.discord.com/developers/resources/message#search-guild-messages
struct search_guild_messages_query {
  maybe<int> limit{};  ///< 25 by default
  maybe<int> offset{};
  maybe<message_id> max_id{};
  maybe<message_id> min_id{};
  maybe<int> slop{};  ///< words between those of the content
  maybe<std::string_view> content{};
  list<monochord::channel_id> channel_id{};
  list<std::string_view> author_type{};  ///< user, bot, webhook
  list<user_id> author_id{};
  list<user_id> mentions{};
  list<role_id> mentions_role_id{};
  maybe<bool> mention_everyone{};
  list<user_id> replied_to_user_id{};
  list<message_id> replied_to_message_id{};
  maybe<bool> pinned{};
  list<std::string_view> has{};  ///< link, embed, file, image, video, sound, sticker, poll, snapshot
  list<std::string_view> embed_type{};  ///< image, video, gif, sound, article
  list<std::string_view> embed_provider{};
  list<std::string_view> link_hostname{};
  list<std::string_view> attachment_filename{};
  list<std::string_view> attachment_extension{};
  maybe<std::string_view> sort_by{};  ///< timestamp, relevance
  maybe<std::string_view> sort_order{};  ///< asc, desc
  maybe<bool> include_nsfw{};
};

static_assert(std::is_trivially_destructible_v<get_guild_query>);
static_assert(std::is_trivially_destructible_v<modify_guild_body>);
static_assert(std::is_trivially_destructible_v<create_guild_channel_body>);
static_assert(std::is_trivially_destructible_v<channel_position_body>);
static_assert(std::is_trivially_destructible_v<get_guild_prune_count_query>);
static_assert(std::is_trivially_destructible_v<begin_guild_prune_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_incident_actions_body>);
static_assert(std::is_trivially_destructible_v<search_guild_messages_query>);

}  // namespace monochord
