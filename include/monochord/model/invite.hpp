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
#include <monochord/model/application.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/invite_target_type.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/partial_channel.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// Where an invite leads.
/// https://docs.discord.com/developers/resources/invite#invite-object-invite-types
enum class invite_type : std::int32_t {
  guild = 0,
  group_dm = 1,
  friend_ = 2,
};

/// How an invite invites.
/// https://docs.discord.com/developers/resources/invite#invite-object-guild-invite-flags
enum class invite_flag : std::uint32_t {
  is_guest_invite = 1U << 0,
};
template <>
inline constexpr bool is_flags<invite_flag> = true;

/// How far the list of those for whom an invite is has been read.
/// https://docs.discord.com/developers/resources/invite#get-target-users-job-status-status-codes
enum class target_users_job_status_code : std::int32_t {
  unspecified = 0,
  processing = 1,
  completed = 2,
  failed = 3,
};

/// A role that an invite gives.
/// https://docs.discord.com/developers/resources/invite#invite-object-invite-structure
struct partial_role {
  role_id id;
  std::string name;
  optional<int> position;
  optional<int> color;
  optional<role_colors> colors;
  maybe<std::string> icon;
  maybe<std::string> unicode_emoji;
  optional<flags<permission>> permissions;
};

/// The live stage that an invite leads to; deprecated.
/// https://docs.discord.com/developers/resources/invite#invite-stage-instance-object-invite-stage-instance-structure
struct invite_stage_instance {
  std::vector<partial_member> members;
  int participant_count = 0;
  int speaker_count = 0;
  std::string topic;
};

/// How lively a guild is.
struct guild_liveliness {
  std::vector<int> msg_activity_bins;
  maybe<timestamp> last_updated_ts;
};

/// A way into a guild, a group or to a friend. Who may see it in detail also gets the fields of the invite metadata.
/// https://docs.discord.com/developers/resources/invite#invite-object-invite-structure
/// https://docs.discord.com/developers/resources/invite#invite-metadata-object-invite-metadata-structure
struct invite {
  // Compiled once, in the library.
  invite();
  invite(const invite&);
  invite(invite&&) noexcept;
  invite& operator=(const invite&);
  invite& operator=(invite&&) noexcept;
  ~invite();

  invite_type type{};
  std::string code;
  box<partial_guild> guild;
  optional<monochord::guild_id> guild_id;
  maybe<box<partial_channel>> channel;
  box<user> inviter;
  optional<invite_target_type> target_type;
  box<user> target_user;
  box<application> target_application;
  maybe<int> approximate_presence_count;
  maybe<int> approximate_member_count;
  maybe<timestamp> expires_at;
  box<invite_stage_instance> stage_instance;
  box<scheduled_event> guild_scheduled_event;
  optional<monochord::flags<invite_flag>> flags;
  maybe<std::vector<partial_role>> roles;
  // metadata
  optional<int> uses;
  optional<int> max_uses;  ///< 0: no limit
  optional<int> max_age;   ///< in seconds; 0: for ever
  optional_bool temporary;
  optional<timestamp> created_at;
  // not documented
  optional<int> friends_count;
  optional_bool is_contact;
  optional<channel_id> target_channel_id;
  optional<message_id> target_message_id;
  maybe<guild_liveliness> liveliness;
  optional_bool is_nickname_changeable;
};

/// What became of the list of those for whom an invite is.
/// https://docs.discord.com/developers/resources/invite#get-target-users-job-status
struct target_users_job_status {
  target_users_job_status_code status{};
  std::uint32_t total_users = 0;
  std::uint32_t processed_users = 0;
  maybe<timestamp> created_at;
  maybe<timestamp> completed_at;
  maybe<std::string> error_message;
};

/// Why a vanity URL is not valid.
struct vanity_url_error {
  std::string message;
  int code = 0;
};

/// The vanity URL of a guild.
/// https://docs.discord.com/developers/resources/guild#get-guild-vanity-url
struct vanity_url {
  maybe<std::string> code;
  int uses = 0;
  maybe<box<vanity_url_error>> error;
};

}  // namespace monochord
