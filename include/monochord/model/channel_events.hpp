// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/invite_target_type.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// A channel was made.
/// https://docs.discord.com/developers/events/gateway-events#channel-create
struct channel_create {
  monochord::channel channel;
};

/// A channel changed.
/// https://docs.discord.com/developers/events/gateway-events#channel-update
struct channel_update {
  monochord::channel channel;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// A channel was deleted.
/// https://docs.discord.com/developers/events/gateway-events#channel-delete
struct channel_delete {
  monochord::channel channel;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// A message was pinned or unpinned.
/// https://docs.discord.com/developers/events/gateway-events#channel-pins-update
struct channel_pins_update {
  optional<monochord::guild_id> guild_id;
  monochord::channel_id channel_id;
  maybe<timestamp> last_pin_timestamp;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// Live information of one channel.
/// https://docs.discord.com/developers/events/gateway-events#channel-info-channel-info-channel-structure
struct channel_info_channel {
  channel_id id;
  maybe<std::string> status;
  maybe<std::int64_t> voice_start_time;
};

/// The answer to opcode 43.
/// https://docs.discord.com/developers/events/gateway-events#channel-info
struct channel_info {
  monochord::guild_id guild_id;
  std::vector<channel_info_channel> channels;
};

/// A thread was made, or the bot was added to it.
/// https://docs.discord.com/developers/events/gateway-events#thread-create
struct thread_create {
  monochord::channel thread;
  optional_bool newly_created;
};

/// A thread changed.
/// https://docs.discord.com/developers/events/gateway-events#thread-update
struct thread_update {
  monochord::channel thread;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// A thread was deleted.
/// https://docs.discord.com/developers/events/gateway-events#thread-delete
struct thread_delete {
  channel_id id;
  optional<monochord::guild_id> guild_id;
  maybe<channel_id> parent_id;
  channel_type type{};
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// The threads of channels that became visible.
/// https://docs.discord.com/developers/events/gateway-events#thread-list-sync
struct thread_list_sync {
  monochord::guild_id guild_id;
  optional<std::vector<channel_id>> channel_ids;
  std::vector<channel> threads;
  std::vector<thread_member> members;
};

/// The bot's own membership of a thread changed.
/// https://docs.discord.com/developers/events/gateway-events#thread-member-update
struct thread_member_update {
  monochord::thread_member member;
  monochord::guild_id guild_id;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// Somebody joined or left a thread.
/// https://docs.discord.com/developers/events/gateway-events#thread-members-update
struct thread_members_update {
  channel_id id;
  monochord::guild_id guild_id;
  int member_count = 0;
  optional<std::vector<thread_member>> added_members;
  optional<std::vector<user_id>> removed_member_ids;
  std::shared_ptr<const monochord::channel> before{};  ///< as the cache had it; null where it did not
};

/// A stage went live.
/// https://docs.discord.com/developers/events/gateway-events#stage-instance-create
struct stage_instance_create {
  monochord::stage_instance stage;
};

/// A stage changed.
/// https://docs.discord.com/developers/events/gateway-events#stage-instance-update
struct stage_instance_update {
  monochord::stage_instance stage;
  std::shared_ptr<const monochord::stage_instance> before{};  ///< as the cache had it; null where it did not
};

/// A stage was closed.
/// https://docs.discord.com/developers/events/gateway-events#stage-instance-delete
struct stage_instance_delete {
  monochord::stage_instance stage;
  std::shared_ptr<const monochord::stage_instance> before{};  ///< as the cache had it; null where it did not
};

/// The webhooks of a channel changed.
/// https://docs.discord.com/developers/events/gateway-events#webhooks-update
struct webhooks_update {
  monochord::guild_id guild_id;
  monochord::channel_id channel_id;
};

/// An invite was made; `max_age` in seconds.
/// https://docs.discord.com/developers/events/gateway-events#invite-create
struct invite_create {
  monochord::channel_id channel_id;
  std::string code;
  timestamp created_at;
  optional<monochord::guild_id> guild_id;
  box<user> inviter;
  int max_age = 0;
  int max_uses = 0;
  optional<invite_target_type> target_type;
  box<user> target_user;
  box<application> target_application;
  bool temporary = false;
  int uses = 0;
  maybe<timestamp> expires_at;
  optional<std::vector<role_id>> role_ids;
};

/// An invite was deleted.
/// https://docs.discord.com/developers/events/gateway-events#invite-delete
struct invite_delete {
  monochord::channel_id channel_id;
  optional<monochord::guild_id> guild_id;
  std::string code;
  std::shared_ptr<const monochord::invite_create> before{};  ///< as the cache had it; null where it did not
};

}  // namespace monochord
