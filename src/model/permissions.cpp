// SPDX-License-Identifier: MIT
#include <algorithm>

#include <monochord/core/error.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/role.hpp>
#include <monochord/permissions.hpp>

namespace monochord {

namespace {

using set = flags<permission>;

/// "Denying SEND_MESSAGES implicitly denies": the documentation's list.
constexpr set needs_send = permission::mention_everyone | permission::send_tts_messages | permission::attach_files |
                           permission::embed_links;
constexpr set voice_only = permission::priority_speaker | permission::speak | permission::deafen_members |
                           permission::use_vad | permission::use_soundboard | permission::use_external_sounds |
                           permission::set_voice_channel_status;
/// The documentation names MANAGE_CHANNELS alone; the others mean something only to who is in the channel.
constexpr set needs_connect = voice_only | permission::stream | permission::mute_members | permission::move_members |
                              permission::request_to_speak | permission::use_embedded_activities |
                              permission::manage_channels;

bool is_thread(channel_type type) {
  return type == channel_type::announcement_thread || type == channel_type::public_thread ||
         type == channel_type::private_thread;
}
bool is_voice(channel_type type) { return type == channel_type::guild_voice || type == channel_type::guild_stage_voice; }

bool exempt(set permissions, const permission_subject& who) {
  return who.owner || permissions.has(permission::administrator);
}

bool contains(list<role_id> roles, std::uint64_t id) {
  return std::any_of(roles.begin(), roles.end(), [id](role_id r) { return r.value() == id; });
}

template <class Member>
permission_subject subject(const guild& where, user_id user, const Member& who, timestamp now) {
  permission_subject made;
  made.user = user;
  made.roles = who.roles;
  made.owner = user == where.owner_id;
  made.timed_out = who.communication_disabled_until && *who.communication_disabled_until > now;
  return made;
}

}  // namespace

permission_subject subject_of(const guild& where, const member& who, timestamp now) {
  if (!who.user) throw error(errc::invalid_argument, "a member without its user: say whose permissions are asked for");
  return subject(where, who.user->id, who, now);
}
permission_subject subject_of(const guild& where, user_id user, const partial_member& who, timestamp now) {
  return subject(where, user, who, now);
}

set base_permissions(bool owner, set everyone, list<set> roles) {
  set all = everyone;
  for (const set& role : roles) all |= role;
  return owner || all.has(permission::administrator) ? all_permissions | all : all;
}

set base_permissions(const permission_subject& who, guild_id guild, list<role> all) {
  set together;
  for (const role& r : all) {
    if (r.id.value() == guild.value() || contains(who.roles, r.id.value())) together |= r.permissions;
  }
  return base_permissions(who.owner, together, {});
}

set overwritten_permissions(set base, const permission_subject& who, guild_id guild, list<overwrite> overwrites) {
  if (exempt(base, who)) return all_permissions | base;
  set everyone_allow, everyone_deny, roles_allow, roles_deny, member_allow, member_deny;
  for (const overwrite& o : overwrites) {
    if (o.type == overwrite_type::member) {
      if (o.id.value() != who.user.value()) continue;
      member_allow |= o.allow;
      member_deny |= o.deny;
    } else if (o.id.value() == guild.value()) {
      everyone_allow |= o.allow;
      everyone_deny |= o.deny;
    } else if (contains(who.roles, o.id.value())) {
      roles_allow |= o.allow;
      roles_deny |= o.deny;
    }
  }
  set result = (base & ~everyone_deny) | everyone_allow;
  result = (result & ~roles_deny) | roles_allow;
  result = (result & ~member_deny) | member_allow;
  return result & ~set(permission::administrator);  // comes from roles alone, and then we are not here
}

set effective_permissions(set permissions, const permission_subject& who, channel_type type) {
  if (exempt(permissions, who)) return permissions;
  if (who.timed_out) permissions &= timed_out_permissions;
  if (is_thread(type)) {
    permissions &= ~set(permission::send_messages);
    if (permissions.has(permission::send_messages_in_threads)) permissions |= permission::send_messages;
  }
  if (!permissions.has(permission::view_channel)) return {};
  if (!permissions.has(permission::send_messages)) permissions &= ~needs_send;
  if (is_voice(type) && !permissions.has(permission::connect)) permissions &= ~needs_connect;
  if (type == channel_type::guild_stage_voice) permissions &= ~voice_only;
  return permissions;
}

set permissions_in(const guild& where, const member& who, timestamp now) {
  const permission_subject subject = subject_of(where, who, now);
  const set base = base_permissions(subject, where.id, where.roles);
  return subject.timed_out && !exempt(base, subject) ? base & timed_out_permissions : base;
}

set permissions_in(const permission_subject& who, guild_id guild, list<role> all, const channel& in, const channel* parent) {
  if (is_thread(in.type) && !parent)
    throw error(errc::invalid_argument, "a thread has the permissions of its parent channel, which was not given");
  const channel& overwriting = is_thread(in.type) ? *parent : in;
  const auto& overwrites = overwriting.permission_overwrites;
  const set base = base_permissions(who, guild, all);
  return effective_permissions(
      overwritten_permissions(base, who, guild, overwrites ? list<overwrite>(*overwrites) : list<overwrite>()), who, in.type);
}

set permissions_in(const guild& where, const member& who, const channel& in, timestamp now, const channel* parent) {
  return permissions_in(subject_of(where, who, now), where.id, where.roles, in, parent);
}

}  // namespace monochord
