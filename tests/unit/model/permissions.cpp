// SPDX-License-Identifier: MIT
#include <monochord/permissions.hpp>

#include <monochord/core/error.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>

#include "support/catch.hpp"

using namespace monochord;
using enum permission;
using set = flags<permission>;

namespace {

constexpr timestamp now{std::chrono::seconds{1'700'000'000}};
constexpr guild_id home{100};
constexpr user_id alice{1}, bob{2};
constexpr role_id helpers{101}, muted{102}, bosses{103};

role made(role_id id, set permissions) {
  role r;
  r.id = id;
  r.permissions = permissions;
  return r;
}

/// Bob owns it; everybody sees and writes, helpers manage messages, bosses are administrators.
guild a_guild() {
  guild g;
  g.id = home;
  g.owner_id = bob;
  g.roles = {made(role_id{home.value()}, view_channel | send_messages | embed_links | connect | speak | read_message_history),
             made(helpers, manage_messages | kick_members), made(muted, {}), made(bosses, administrator)};
  return g;
}

member a_member(user_id id, std::vector<role_id> roles) {
  member m;
  m.user.emplace().id = id;
  m.roles = std::move(roles);
  return m;
}

overwrite over(std::uint64_t id, overwrite_type type, set allow, set deny) {
  overwrite o;
  o.id = any_id{id};
  o.type = type;
  o.allow = allow;
  o.deny = deny;
  return o;
}

channel a_channel(channel_type type, std::vector<overwrite> overwrites = {}) {
  channel c;
  c.id = channel_id{200};
  c.type = type;
  c.permission_overwrites = std::move(overwrites);
  return c;
}

}  // namespace

TEST_CASE("roles add up, owners and administrators have everything") {
  const guild g = a_guild();
  const set plain = view_channel | send_messages | embed_links | connect | speak | read_message_history;
  CHECK(permissions_in(g, a_member(alice, {}), now) == plain);
  CHECK(permissions_in(g, a_member(alice, {helpers}), now) == (plain | manage_messages | kick_members));
  CHECK(permissions_in(g, a_member(alice, {bosses}), now) == all_permissions);
  CHECK(permissions_in(g, a_member(bob, {}), now) == all_permissions);
  CHECK(permissions_in(g, a_member(alice, {role_id{999}}), now) == plain);
  CHECK(base_permissions(false, plain, list<set>{kick_members}) == (plain | kick_members));
  CHECK(base_permissions(true, {}, {}) == all_permissions);
}

TEST_CASE("overwrites count in order: everyone, roles, member") {
  const guild g = a_guild();
  const auto text = channel_type::guild_text;
  const auto of_role = overwrite_type::role;
  const auto of_member = overwrite_type::member;
  const auto in = [&](const member& m, std::vector<overwrite> list) { return permissions_in(g, m, a_channel(text, std::move(list)), now); };
  const member plain = a_member(alice, {}), helper = a_member(alice, {helpers}), both = a_member(alice, {helpers, muted});

  CHECK(!in(plain, {over(home.value(), of_role, {}, send_messages)}).has(send_messages));
  CHECK(in(helper, {over(helpers.value(), of_role, send_messages, {}), over(home.value(), of_role, {}, send_messages)}).has(send_messages));
  CHECK(!in(plain, {over(helpers.value(), of_role, attach_files, {})}).has(attach_files));
  // Of several roles what one allows is not denied by another.
  CHECK(in(both, {over(muted.value(), of_role, {}, send_messages), over(helpers.value(), of_role, send_messages, {})}).has(send_messages));
  CHECK(!in(both, {over(muted.value(), of_role, {}, send_messages)}).has(send_messages));
  CHECK(!in(helper, {over(alice.value(), of_member, {}, send_messages), over(helpers.value(), of_role, send_messages, {})}).has(send_messages));
  CHECK(in(both, {over(alice.value(), of_member, send_messages, {}), over(muted.value(), of_role, {}, send_messages)}).has(send_messages));
  CHECK(in(plain, {over(bob.value(), of_member, {}, send_messages)}).has(send_messages));
  // A role's id that happens to be a user's is no overwrite of the member.
  CHECK(in(plain, {over(alice.value(), of_role, {}, send_messages)}).has(send_messages));

  const std::vector<overwrite> nobody{over(home.value(), of_role, {}, all_permissions)};
  CHECK(in(plain, nobody).empty());
  CHECK(in(a_member(alice, {bosses}), nobody) == all_permissions);
  CHECK(in(a_member(bob, {}), nobody) == all_permissions);
  CHECK(!in(plain, {over(alice.value(), of_member, administrator, {})}).has(administrator));
}

TEST_CASE("without the first permission there is none of those that need it") {
  const guild g = a_guild();
  const member m = a_member(alice, {});
  const auto denied = [&](channel_type type, set deny, set allow = {}) {
    return permissions_in(g, m, a_channel(type, {over(home.value(), overwrite_type::role, allow, deny)}), now);
  };
  CHECK(denied(channel_type::guild_text, view_channel, manage_messages).empty());
  const set silent = denied(channel_type::guild_text, send_messages, mention_everyone | send_tts_messages | attach_files | add_reactions);
  CHECK(!silent.any_of(mention_everyone | send_tts_messages | attach_files | embed_links));
  CHECK(silent.has(add_reactions | view_channel | read_message_history));
  const set inside_only = stream | mute_members | move_members | use_soundboard | manage_channels;
  for (const auto voice : {channel_type::guild_voice, channel_type::guild_stage_voice}) {
    const set outside = denied(voice, connect, inside_only);
    CHECK(!outside.any_of(speak | inside_only));
    CHECK(outside.has(view_channel | send_messages | read_message_history));
  }
  CHECK(denied(channel_type::guild_text, connect, manage_channels).has(manage_channels));
  CHECK(denied(channel_type::guild_text, connect).has(speak));  // means nothing in a text channel
}

TEST_CASE("in a stage one asks to speak") {
  const guild g = a_guild();
  const set allowed = request_to_speak | use_vad | priority_speaker | mute_members | move_members | manage_channels;
  const auto stage = a_channel(channel_type::guild_stage_voice, {over(home.value(), overwrite_type::role, allowed, {})});
  const set in = permissions_in(g, a_member(alice, {}), stage, now);
  CHECK(in.has(request_to_speak | connect));
  CHECK(in.has(stage_moderator_permissions));
  CHECK(!in.any_of(speak | use_vad | priority_speaker));
}

TEST_CASE("in a thread one writes by another permission") {
  const guild g = a_guild();
  const member m = a_member(alice, {});
  channel thread = a_channel(channel_type::public_thread);
  const auto in = [&](set allow, set deny) {
    const channel parent = a_channel(channel_type::guild_forum, {over(home.value(), overwrite_type::role, allow, deny)});
    return permissions_in(g, m, thread, now, &parent);
  };
  CHECK(!in({}, {}).any_of(send_messages | embed_links));  // SEND_MESSAGES alone is not enough
  CHECK(in(send_messages_in_threads, send_messages).has(send_messages | embed_links));
  CHECK(in({}, view_channel).empty());
  try {
    permissions_in(g, m, thread, now);
    FAIL("there is no parent");
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_argument);
  }
}

TEST_CASE("who is timed out sees and reads, unless nothing binds them") {
  const guild g = a_guild();
  member m = a_member(alice, {helpers});
  m.communication_disabled_until = now + std::chrono::seconds{1};
  const channel text = a_channel(channel_type::guild_text);
  CHECK(permissions_in(g, m, now) == timed_out_permissions);
  CHECK(permissions_in(g, m, text, now) == timed_out_permissions);
  CHECK(permissions_in(g, m, text, now + std::chrono::seconds{1}).has(send_messages));
  const channel hidden = a_channel(channel_type::guild_text, {over(home.value(), overwrite_type::role, {}, view_channel)});
  CHECK(permissions_in(g, m, hidden, now).empty());
  member boss = a_member(alice, {bosses}), owner = a_member(bob, {});
  boss.communication_disabled_until = owner.communication_disabled_until = now + std::chrono::hours{1};
  CHECK(permissions_in(g, boss, text, now) == all_permissions);
  CHECK(permissions_in(g, owner, text, now) == all_permissions);
  CHECK(permissions_in(g, owner, now) == all_permissions);
}

TEST_CASE("a member of a message needs its author") {
  const guild g = a_guild();
  member nobody;
  CHECK_THROWS_AS(subject_of(g, nobody, now), error);
  partial_member part;
  part.roles = {helpers};
  const auto subject = subject_of(g, alice, part, now);
  CHECK((!subject.owner && !subject.timed_out));
  CHECK(base_permissions(subject, g.id, g.roles).has(kick_members));
}
