// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// The kinds of channels.
/// https://docs.discord.com/developers/resources/channel#channel-object-channel-types
enum class channel_type : std::int32_t {
  guild_text = 0,
  dm = 1,
  guild_voice = 2,
  group_dm = 3,
  guild_category = 4,
  guild_announcement = 5,
  announcement_thread = 10,
  public_thread = 11,
  private_thread = 12,
  guild_stage_voice = 13,
  guild_directory = 14,
  guild_forum = 15,
  guild_media = 16,
};

/// The video quality of a voice channel.
/// https://docs.discord.com/developers/resources/channel#channel-object-video-quality-modes
enum class video_quality_mode : std::int32_t {
  auto_ = 1,
  full = 2,
};

/// States of a channel.
/// https://docs.discord.com/developers/resources/channel#channel-object-channel-flags
enum class channel_flag : std::uint32_t {
  pinned = 1U << 1,
  require_tag = 1U << 4,
  hide_media_download_options = 1U << 15,
  is_spoiler_channel = 1U << 21,
};
template <>
inline constexpr bool is_flags<channel_flag> = true;

/// How a forum sorts its posts.
/// https://docs.discord.com/developers/resources/channel#channel-object-sort-order-types
enum class sort_order_type : std::int32_t {
  latest_activity = 0,
  creation_date = 1,
};

/// How a forum shows its posts.
/// https://docs.discord.com/developers/resources/channel#channel-object-forum-layout-types
enum class forum_layout_type : std::int32_t {
  not_set = 0,
  list_view = 1,
  gallery_view = 2,
};

/// What an overwrite is about.
/// https://docs.discord.com/developers/resources/channel#overwrite-object
enum class overwrite_type : std::int32_t { role = 0, member = 1 };

/// Permissions of a role or a member in one channel.
/// https://docs.discord.com/developers/resources/channel#overwrite-object-overwrite-structure
struct overwrite {
  any_id id;
  overwrite_type type{};
  flags<permission> allow;
  flags<permission> deny;
};

/// What threads have beside other channels.
/// https://docs.discord.com/developers/resources/channel#thread-metadata-object-thread-metadata-structure
struct thread_metadata {
  bool archived = false;
  int auto_archive_duration = 0;
  maybe<timestamp> archive_timestamp;
  bool locked = false;
  optional_bool invitable;
  maybe<timestamp> create_timestamp;
};

/// Somebody within a thread. In THREAD_MEMBERS_UPDATE also with the presence.
/// https://docs.discord.com/developers/resources/channel#thread-member-object-thread-member-structure
struct thread_member {
  optional<channel_id> id;
  optional<monochord::user_id> user_id;
  timestamp join_timestamp;
  int flags = 0;
  box<monochord::member> member;
  maybe<box<monochord::presence>> presence;
};

/// The reaction that every post of a forum offers.
/// https://docs.discord.com/developers/resources/channel#default-reaction-object-default-reaction-structure
struct default_reaction {
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
};

/// A tag of a forum.
/// https://docs.discord.com/developers/resources/channel#forum-tag-object-forum-tag-structure
struct forum_tag {
  forum_tag_id id;
  std::string name;
  bool moderated = false;
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
};

/// A channel or thread. Which fields there are depends on its type and on who sent it.
/// https://docs.discord.com/developers/resources/channel#channel-object-channel-structure
struct channel {
  // Compiled once, in the library.
  channel();
  channel(const channel&);
  channel(channel&&) noexcept;
  channel& operator=(const channel&);
  channel& operator=(channel&&) noexcept;
  ~channel();

  channel_id id;
  channel_type type{};
  optional<monochord::guild_id> guild_id;
  optional<int> position;
  optional<std::vector<overwrite>> permission_overwrites;
  maybe<std::string> name;
  maybe<std::string> topic;
  optional_bool nsfw;
  maybe<message_id> last_message_id;
  optional<int> bitrate;
  optional<int> user_limit;
  optional<int> rate_limit_per_user;
  optional<std::vector<user>> recipients;
  maybe<std::string> icon;
  optional<user_id> owner_id;
  maybe<monochord::application_id> application_id;
  optional_bool managed;
  maybe<channel_id> parent_id;
  maybe<timestamp> last_pin_timestamp;
  maybe<std::string> rtc_region;
  optional<monochord::video_quality_mode> video_quality_mode;
  optional<int> message_count;
  optional<int> member_count;
  box<monochord::thread_metadata> thread_metadata;
  box<thread_member> member;
  optional<int> default_auto_archive_duration;
  optional<monochord::flags<permission>> permissions;
  optional<monochord::flags<permission>> app_permissions;
  optional<monochord::flags<channel_flag>> flags;
  optional<int> total_message_sent;
  optional<std::vector<forum_tag>> available_tags;
  optional<std::vector<forum_tag_id>> applied_tags;
  maybe<default_reaction> default_reaction_emoji;
  optional<int> default_thread_rate_limit_per_user;
  maybe<sort_order_type> default_sort_order;
  optional<forum_layout_type> default_forum_layout;
  maybe<std::string> default_tag_setting;  ///< of thread_search_tag_setting; not documented
  box<raw_json> unknown;  ///< the whole object, when its `type` is newer than this library
};

}  // namespace monochord
