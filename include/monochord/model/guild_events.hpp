// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/soundboard_sound.hpp>
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/voice_state.hpp>

namespace monochord {

/// The bot sees a guild: at the start, after an outage, or because it was added. During an outage only `guild.id`
/// and `unavailable` are there.
/// https://docs.discord.com/developers/events/gateway-events#guild-create
struct guild_create {
  monochord::guild guild;
  monochord::timestamp joined_at;
  bool large = false;
  optional_bool unavailable;
  int member_count = 0;
  std::vector<voice_state> voice_states;
  std::vector<member> members;
  std::vector<channel> channels;
  std::vector<channel> threads;
  std::vector<presence> presences;
  std::vector<stage_instance> stage_instances;
  std::vector<scheduled_event> guild_scheduled_events;
  std::vector<soundboard_sound> soundboard_sounds;
  std::shared_ptr<const monochord::guild> before{};  ///< as the cache had it; null where it did not
};

/// A guild changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-update
struct guild_update {
  monochord::guild guild;
  std::shared_ptr<const monochord::guild> before{};  ///< as the cache had it; null where it did not
};

/// An outage (`guild.unavailable`), or the bot is no longer in the guild.
/// https://docs.discord.com/developers/events/gateway-events#guild-delete
struct guild_delete {
  unavailable_guild guild;
  std::shared_ptr<const monochord::guild> before{};  ///< as the cache had it; null where it did not
};

/// Somebody was banned.
/// https://docs.discord.com/developers/events/gateway-events#guild-ban-add
struct guild_ban_add {
  monochord::guild_id guild_id;
  monochord::user user;
  std::shared_ptr<const monochord::member> before{};  ///< as the cache had it; null where it did not
};

/// A ban was lifted.
/// https://docs.discord.com/developers/events/gateway-events#guild-ban-remove
struct guild_ban_remove {
  monochord::guild_id guild_id;
  monochord::user user;
};

/// The emojis of a guild, all of them.
/// https://docs.discord.com/developers/events/gateway-events#guild-emojis-update
struct guild_emojis_update {
  monochord::guild_id guild_id;
  std::vector<emoji> emojis;
  std::vector<monochord::emoji> before{};  ///< as the cache had them
};

/// The stickers of a guild, all of them.
/// https://docs.discord.com/developers/events/gateway-events#guild-stickers-update
struct guild_stickers_update {
  monochord::guild_id guild_id;
  std::vector<sticker> stickers;
  std::vector<monochord::sticker> before{};  ///< as the cache had them
};

/// Integrations of a guild changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-integrations-update
struct guild_integrations_update {
  monochord::guild_id guild_id;
};

/// Somebody joined.
/// https://docs.discord.com/developers/events/gateway-events#guild-member-add
struct guild_member_add {
  monochord::member member;
  monochord::guild_id guild_id;
};

/// Somebody left, was kicked or banned.
/// https://docs.discord.com/developers/events/gateway-events#guild-member-remove
struct guild_member_remove {
  monochord::guild_id guild_id;
  monochord::user user;
  std::shared_ptr<const monochord::member> before{};  ///< as the cache had it; null where it did not
};

/// A member changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-member-update
struct guild_member_update {
  monochord::guild_id guild_id;
  std::vector<role_id> roles;
  monochord::user user;
  maybe<std::string> nick;
  maybe<std::string> avatar;
  maybe<std::string> banner;
  maybe<timestamp> joined_at;
  maybe<timestamp> premium_since;
  optional_bool deaf;
  optional_bool mute;
  optional_bool pending;
  maybe<timestamp> communication_disabled_until;
  maybe<monochord::avatar_decoration_data> avatar_decoration_data;
  maybe<box<monochord::collectibles>> collectibles;
  optional<monochord::flags<member_flag>> flags;
  std::shared_ptr<const monochord::member> before{};  ///< as the cache had it; null where it did not
};

/// Members, as asked for with opcode 8.
/// https://docs.discord.com/developers/events/gateway-events#guild-members-chunk
struct guild_members_chunk {
  monochord::guild_id guild_id;
  std::vector<member> members;
  int chunk_index = 0;
  int chunk_count = 0;
  optional<std::vector<any_id>> not_found;
  optional<std::vector<presence>> presences;
  optional<std::string> nonce;
};

/// A role was made.
/// https://docs.discord.com/developers/events/gateway-events#guild-role-create
struct guild_role_create {
  monochord::guild_id guild_id;
  monochord::role role;
};

/// A role changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-role-update
struct guild_role_update {
  monochord::guild_id guild_id;
  monochord::role role;
  std::shared_ptr<const monochord::role> before{};  ///< as the cache had it; null where it did not
};

/// A role was deleted.
/// https://docs.discord.com/developers/events/gateway-events#guild-role-delete
struct guild_role_delete {
  monochord::guild_id guild_id;
  monochord::role_id role_id;
  std::shared_ptr<const monochord::role> before{};  ///< as the cache had it; null where it did not
};

/// An event was announced.
/// https://docs.discord.com/developers/events/gateway-events#guild-scheduled-event-create
struct guild_scheduled_event_create {
  scheduled_event event;
};

/// An announced event changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-scheduled-event-update
struct guild_scheduled_event_update {
  scheduled_event event;
  std::shared_ptr<const monochord::scheduled_event> before{};  ///< as the cache had it; null where it did not
};

/// An announced event was cancelled.
/// https://docs.discord.com/developers/events/gateway-events#guild-scheduled-event-delete
struct guild_scheduled_event_delete {
  scheduled_event event;
  std::shared_ptr<const monochord::scheduled_event> before{};  ///< as the cache had it; null where it did not
};

/// Somebody wants to attend.
/// https://docs.discord.com/developers/events/gateway-events#guild-scheduled-event-user-add
struct guild_scheduled_event_user_add {
  scheduled_event_id guild_scheduled_event_id;
  monochord::user_id user_id;
  monochord::guild_id guild_id;
};

/// Somebody no longer wants to attend.
/// https://docs.discord.com/developers/events/gateway-events#guild-scheduled-event-user-remove
struct guild_scheduled_event_user_remove {
  scheduled_event_id guild_scheduled_event_id;
  monochord::user_id user_id;
  monochord::guild_id guild_id;
};

/// A sound was added.
/// https://docs.discord.com/developers/events/gateway-events#guild-soundboard-sound-create
struct guild_soundboard_sound_create {
  soundboard_sound sound;
};

/// A sound changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-soundboard-sound-update
struct guild_soundboard_sound_update {
  soundboard_sound sound;
  std::shared_ptr<const monochord::soundboard_sound> before{};  ///< as the cache had it; null where it did not
};

/// A sound was deleted.
/// https://docs.discord.com/developers/events/gateway-events#guild-soundboard-sound-delete
struct guild_soundboard_sound_delete {
  soundboard_sound_id sound_id;
  monochord::guild_id guild_id;
  std::shared_ptr<const monochord::soundboard_sound> before{};  ///< as the cache had it; null where it did not
};

/// Several sounds changed.
/// https://docs.discord.com/developers/events/gateway-events#guild-soundboard-sounds-update
struct guild_soundboard_sounds_update {
  std::vector<soundboard_sound> soundboard_sounds;
  monochord::guild_id guild_id;
};

/// The answer to opcode 31.
/// https://docs.discord.com/developers/events/gateway-events#soundboard-sounds
struct soundboard_sounds {
  std::vector<soundboard_sound> soundboard_sounds;
  monochord::guild_id guild_id;
};

/// Somebody came, went, or does something else.
/// https://docs.discord.com/developers/events/gateway-events#presence-update
struct presence_update {
  monochord::presence presence;
  std::shared_ptr<const monochord::presence> before{};  ///< as the cache had it; null where it did not
};

/// Somebody bought something.
/// https://docs.discord.com/developers/events/gateway-events#entitlement-create
struct entitlement_create {
  monochord::entitlement entitlement;
};

/// An entitlement changed.
/// https://docs.discord.com/developers/events/gateway-events#entitlement-update
struct entitlement_update {
  monochord::entitlement entitlement;
  std::shared_ptr<const monochord::entitlement> before{};  ///< as the cache had it; null where it did not
};

/// An entitlement was deleted.
/// https://docs.discord.com/developers/events/gateway-events#entitlement-delete
struct entitlement_delete {
  monochord::entitlement entitlement;
  std::shared_ptr<const monochord::entitlement> before{};  ///< as the cache had it; null where it did not
};

}  // namespace monochord
