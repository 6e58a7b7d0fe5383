// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/flags.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/permission.hpp>

namespace monochord {

struct channel;
struct guild;
struct member;
struct overwrite;
struct partial_member;
struct role;
enum class channel_type : std::int32_t;

/// Everything that this library knows by name: what owners and administrators may do.
inline constexpr flags<permission> all_permissions{(std::uint64_t{1} << 53) - 1 - (std::uint64_t{1} << 47)};  // 47: never given out
/// What is left to somebody who is timed out.
/// https://docs.discord.com/developers/topics/permissions#permissions-for-timed-out-members
inline constexpr flags<permission> timed_out_permissions = permission::view_channel | permission::read_message_history;
/// Who has all of these in a stage channel moderates it.
/// https://docs.discord.com/developers/resources/stage-instance#stage-instance-object
inline constexpr flags<permission> stage_moderator_permissions =
    permission::manage_channels | permission::mute_members | permission::move_members;

/// Whose permissions are asked for. A view: the roles must live as long.
struct permission_subject {
  user_id user{};
  list<role_id> roles{};    ///< without @everyone, which everybody has
  bool owner = false;       ///< of the guild
  bool timed_out = false;
};

/// `now` is for the timeout, since no clock is read here. Throws `error` (`errc::invalid_argument`) for a member without
/// its user, as in messages; then say whose it is.
permission_subject subject_of(const guild& where, const member& who, timestamp now);
permission_subject subject_of(const guild& where, user_id user, const partial_member& who, timestamp now);

/// What somebody may do in a guild before any channel is looked at: the roles' permissions together, those of @everyone
/// (the role with the guild's id) included; owner and administrators everything. Roles that are not in `all` count for
/// nothing. A timeout is not applied, see `effective_permissions`.
/// https://docs.discord.com/developers/topics/permissions#permission-hierarchy
flags<permission> base_permissions(const permission_subject& who, guild_id guild, list<role> all);
/// The same from bare values; `roles` are the permissions of each role that the subject has.
flags<permission> base_permissions(bool owner, flags<permission> everyone, list<flags<permission>> roles);

/// `base` after the overwrites of a channel: first that of @everyone, then those of the roles (denied, then allowed, all
/// roles together), then that of the member. Overwrites do not touch owners and administrators.
/// https://docs.discord.com/developers/topics/permissions#permission-overwrites
flags<permission> overwritten_permissions(flags<permission> base, const permission_subject& who, guild_id guild,
                                          list<overwrite> overwrites);

/// What of `permissions` counts in a channel of a type, in this order: somebody who is timed out keeps
/// `timed_out_permissions`; in a thread SEND_MESSAGES is what SEND_MESSAGES_IN_THREADS is in the parent; without VIEW_CHANNEL
/// there is nothing; without SEND_MESSAGES no MENTION_EVERYONE, SEND_TTS_MESSAGES, ATTACH_FILES and EMBED_LINKS; in voice and
/// stage channels without CONNECT nothing of voice and no MANAGE_CHANNELS; a stage has none of those that voice channels
/// alone have. Owners and administrators keep all. READ_MESSAGE_HISTORY stays where CONNECT is denied, for replies and
/// reactions need nothing else; to read the messages of a voice channel both are needed.
/// https://docs.discord.com/developers/topics/permissions#implicit-permissions
flags<permission> effective_permissions(flags<permission> permissions, const permission_subject& who, channel_type type);

/// What a member may do in a guild, a timeout applied. https://docs.discord.com/developers/topics/permissions
flags<permission> permissions_in(const guild& where, const member& who, timestamp now);
/// What a member may do in a channel. A thread has the overwrites of its parent, which must then be given; throws `error`
/// (`errc::invalid_argument`) without it. Whether somebody has joined a private thread is not looked at: who has not, and has
/// no MANAGE_THREADS, sees nothing of it. https://docs.discord.com/developers/topics/threads#permissions
flags<permission> permissions_in(const guild& where, const member& who, const channel& in, timestamp now,
                                 const channel* parent = nullptr);
flags<permission> permissions_in(const permission_subject& who, guild_id guild, list<role> all, const channel& in,
                                 const channel* parent = nullptr);

}  // namespace monochord
