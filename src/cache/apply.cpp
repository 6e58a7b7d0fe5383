// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cache/bulk.hpp"
#include "cache/impl.hpp"

namespace monochord {

using namespace cached;

namespace {

template <class T>
void tell(optional<T>* before, const world::locked& g, cache_kind kind, std::uint64_t key) {
  clear(before);
  if (before && g) *before = take<T>(g->find(kind), key);
}

guild_id guild_or_none(const optional<guild_id>& id) { return id.value_or(guild_id{}); }
guild_id guild_or_none(const maybe<guild_id>& id) { return id.value_or(guild_id{}); }

// The events of kinds that are simply kept by their id.
template <class T, class Id>
void change(world& w, guild_id guild, cache_kind kind, Id id, const T* value, optional<T>* before = nullptr) {
  const world::locked g = w.enter(guild);
  tell(before, g, kind, id.value());
  if (!g) return;
  if (value) keep(*g, kind, id.value(), *value);
  else drop(*g, kind, id.value());
}

template <class T>
void replace(world& w, guild_id guild, cache_kind kind, const std::vector<T>& values, std::vector<T>* before,
             std::uint64_t (*key)(const T&)) {
  clear(before);
  const world::locked g = w.find(guild);
  if (!g) return;
  if (before) *before = take_all<T>(g->find(kind));
  g->clear(kind);
  for (const T& value : values)
    if (const std::uint64_t id = key(value)) keep(*g, kind, id, value);
}

/// Room for the members who are to come too, as far as that is no bold promise.
void expect(guild_entry& g, const guild_members_chunk& chunk, std::size_t here) {
  constexpr std::size_t of_chunk = 1000;
  record_set& set = g.set(cache_kind::members);
  if (set.has_index_for(set.size() + here)) return;
  const std::int64_t behind = std::int64_t{chunk.chunk_count} - chunk.chunk_index - 1;  // chunks
  const auto left = static_cast<std::size_t>(std::max<std::int64_t>(behind, 0));
  if (left == 0 && here == 0) return;
  const auto in_all = static_cast<std::size_t>(std::max(g.state.member_count, 0));
  const std::size_t most = std::max(set.size(), of_chunk) * 8;
  set.reserve(std::max(set.size() + here, std::min({set.size() + here + left * of_chunk, in_all, most})));
}

std::uint64_t sound_key(const soundboard_sound& s) { return s.sound_id.value(); }

}  // namespace

// A new session: what it does not list was lost meanwhile; what it lists is marked until it comes.
void cache::apply(const ready& event) {
  world& w = *world_;
  w.self_id.store(event.user.id.value(), std::memory_order_relaxed);
  {
    const std::lock_guard hold(w.self_lock);
    w.self = event.user;
    w.app = event.application;
  }
  std::uint64_t shard = 0, shards = 1;
  if (event.shard && event.shard->size() == 2 && (*event.shard)[1] > 0) {
    shard = static_cast<std::uint64_t>((*event.shard)[0]);
    shards = static_cast<std::uint64_t>((*event.shard)[1]);
  }
  std::vector<guild_id> listed;
  for (const auto& g : event.guilds) listed.push_back(g.id);
  std::sort(listed.begin(), listed.end());
  for (const guild_id id : guild_ids()) {
    if ((id.value() >> 22) % shards != shard) continue;
    if (!std::binary_search(listed.begin(), listed.end(), id)) w.remove_guild(id);
    else if (const auto g = w.find(id)) g->state.unavailable = true;
  }
}

void cache::apply(const user_update& event, optional<monochord::user>* before) {
  clear(before);
  if (world_->users.hold(event.user, world_->options.policy.without, false)) world_->note_user(event.user.id);
  const std::lock_guard hold(world_->self_lock);
  if (before) *before = world_->self;
  world_->self = event.user;
}

namespace {

/// `put_members(guild, speakers)`; these are sorted.
template <class F>
void come(world& w, const guild_create& event, optional<monochord::guild>* before, std::size_t members, F&& put_members) {
  clear(before);
  const auto g = w.open(event.guild.id);
  if (before) *before = take_guild(*g);
  if (event.unavailable) {
    g->state.unavailable = true;
    return;
  }
  w.empty(*g);  // whatever does not come back is gone
  g->state = {event.joined_at, event.member_count, event.large, false};
  w.put_guild(*g, event.guild);
  for (const auto& c : event.channels) w.put_channel(*g, c);
  for (const auto& c : event.threads) w.put_thread(*g, c);
  std::vector<user_id> speakers;
  for (const auto& v : event.voice_states)
    if (v.channel_id.has_value()) speakers.push_back(v.user_id);
  std::sort(speakers.begin(), speakers.end());
  if (g->keeps(cache_kind::members) && g->policy.members == cache_members::all && members != 0)
    g->set(cache_kind::members).reserve(members);
  put_members(*g, speakers);
  for (const auto& p : event.presences) w.put_presence(*g, p);
  for (const auto& v : event.voice_states) w.put_voice_state(*g, v);
  for (const auto& s : event.stage_instances) keep(*g, cache_kind::stage_instances, s.id.value(), s);
  for (const auto& e : event.guild_scheduled_events) keep(*g, cache_kind::scheduled_events, e.id.value(), e);
  for (const auto& s : event.soundboard_sounds) keep(*g, cache_kind::soundboard_sounds, s.sound_id.value(), s);
}

}  // namespace

void cache::apply(const guild_create& event, optional<monochord::guild>* before) {
  come(*world_, event, before, event.members.size(), [&](guild_entry& g, const std::vector<user_id>& speakers) {
    for (const auto& m : event.members)
      world_->put_member(g, m, false, m.user && std::binary_search(speakers.begin(), speakers.end(), m.user->id));
  });
}

void bulk::apply(cache& to, const json::listed<guild_create>& event) {
  world& w = *to.world_;
  come(w, event.event, nullptr, event.members.size(),
       [&](guild_entry& g, const std::vector<user_id>& speakers) { w.put_members(g, event.members, speakers); });
}

void cache::apply(const guild_update& event, optional<monochord::guild>* before) {
  clear(before);
  const auto g = world_->find(event.guild.id);
  if (!g) return;
  if (before) *before = take_guild(*g);
  world_->put_guild(*g, event.guild);
}

void cache::apply(const guild_delete& event, optional<monochord::guild>* before) {
  clear(before);
  {
    const auto g = world_->find(event.guild.id);
    if (!g) return;
    if (before) *before = take_guild(*g);
    if (event.guild.unavailable) {
      g->state.unavailable = true;
      return;
    }
  }
  world_->remove_guild(event.guild.id);
}

// The count follows with GUILD_MEMBER_REMOVE, which Discord sends too where the banned was a member.
void cache::apply(const guild_ban_add& event, optional<monochord::member>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  if (before) *before = world_->take_member(*g, event.user.id);
  world_->drop_member(*g, event.user.id);
}

void cache::apply(const guild_emojis_update& event, std::vector<emoji>* before) {
  replace<emoji>(*world_, event.guild_id, cache_kind::emojis, event.emojis, before,
                 [](const emoji& e) { return e.id.has_value() ? e.id->value() : 0; });
}
void cache::apply(const guild_stickers_update& event, std::vector<sticker>* before) {
  replace<sticker>(*world_, event.guild_id, cache_kind::stickers, event.stickers, before,
                   [](const sticker& s) { return s.id.value(); });
}
void cache::apply(const guild_soundboard_sounds_update& event) {
  replace<soundboard_sound>(*world_, event.guild_id, cache_kind::soundboard_sounds, event.soundboard_sounds, nullptr, sound_key);
}
void cache::apply(const soundboard_sounds& event) {
  replace<soundboard_sound>(*world_, event.guild_id, cache_kind::soundboard_sounds, event.soundboard_sounds, nullptr, sound_key);
}

void cache::apply(const guild_member_add& event) {
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  const record_set* members = g->find(cache_kind::members);
  const bool known = event.member.user && members && members->find(event.member.user->id.value()).data();
  const bool news = event.member.user && g->turn(event.member.user->id, true);
  if (!known && news) ++g->state.member_count;  // told twice, somebody is still one
  world_->put_member(*g, event.member, false);
}

void cache::apply(const guild_member_remove& event, optional<monochord::member>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  if (before) *before = world_->take_member(*g, event.user.id);
  const record_set* members = g->find(cache_kind::members);
  const bool all_known = members && members->size() >= static_cast<std::size_t>(std::max(g->state.member_count, 0));
  const bool known = world_->drop_member(*g, event.user.id);
  drop(*g, cache_kind::presences, event.user.id.value());
  const bool news = g->turn(event.user.id, false);
  // Told twice, somebody left once, even when something older was told of them again between; where all members were known,
  // an unknown one is none.
  if (g->state.member_count > 0 && news && (known || !all_known)) --g->state.member_count;
}

void cache::apply(const guild_member_update& event, optional<monochord::member>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id, event.user.id);
  if (!g) return;
  if (before) *before = world_->take_member(*g, event.user.id);
  world_->put_member(*g, event);
}

void cache::apply(const guild_members_chunk& event) {
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  for (const auto& m : event.members) world_->put_member(*g, m, false);
  if (event.presences)
    for (const auto& p : *event.presences) world_->put_presence(*g, p);
}

void bulk::apply(cache& to, const json::listed<guild_members_chunk>& event) {
  world& w = *to.world_;
  const auto g = w.find(event.event.guild_id);
  if (!g) return;
  if (g->keeps(cache_kind::members) && g->policy.members == cache_members::all && !g->stamps())
    expect(*g, event.event, event.members.size());
  w.put_members(*g, event.members);
  if (event.event.presences)
    for (const auto& p : *event.event.presences) w.put_presence(*g, p);
}

void cache::apply(const guild_role_create& event) {
  change(*world_, event.guild_id, cache_kind::roles, event.role.id, &event.role);
}
void cache::apply(const guild_role_update& event, optional<monochord::role>* before) {
  change(*world_, event.guild_id, cache_kind::roles, event.role.id, &event.role, before);
}
void cache::apply(const guild_role_delete& event, optional<monochord::role>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id);
  tell(before, g, cache_kind::roles, event.role_id.value());
  if (!g) return;
  drop(*g, cache_kind::roles, event.role_id.value());
  g->member_roles.remove(event.role_id);  // every member loses it
  if (world_->changes) world_->changes->note_guild(g->id);
}

void cache::apply(const presence_update& event, optional<monochord::presence>* before) {
  clear(before);
  if (!event.presence.guild_id) return;
  const auto g = world_->find(*event.presence.guild_id);
  tell(before, g, cache_kind::presences, event.presence.user.id.value());
  if (g) world_->put_presence(*g, event.presence);
}

void cache::apply(const voice_state_update& event, optional<monochord::voice_state>* before) {
  clear(before);
  const auto g = world_->find(guild_or_none(event.voice_state.guild_id), event.voice_state.user_id);
  tell(before, g, cache_kind::voice_states, event.voice_state.user_id.value());
  if (g) world_->put_voice_state(*g, event.voice_state);
}

#define MONOCHORD_CACHE_SIMPLE(create, update, remove, type, kind, member, guild)                               \
  void cache::apply(const create& event) {                                                                     \
    change(*world_, guild, cache_kind::kind, event.member.id, &event.member);                                    \
  }                                                                                                            \
  void cache::apply(const update& event, optional<monochord::type>* before) {                                   \
    change(*world_, guild, cache_kind::kind, event.member.id, &event.member, before);                            \
  }
MONOCHORD_CACHE_SIMPLE(stage_instance_create, stage_instance_update, , stage_instance, stage_instances, stage, event.stage.guild_id)
MONOCHORD_CACHE_SIMPLE(guild_scheduled_event_create, guild_scheduled_event_update, , scheduled_event, scheduled_events, event,
                       event.event.guild_id)
MONOCHORD_CACHE_SIMPLE(auto_moderation_rule_create, auto_moderation_rule_update, , auto_moderation_rule,
                       auto_moderation_rules, rule, event.rule.guild_id)
MONOCHORD_CACHE_SIMPLE(integration_create, integration_update, , integration, integrations, integration, event.guild_id)
MONOCHORD_CACHE_SIMPLE(entitlement_create, entitlement_update, , entitlement, entitlements, entitlement, guild_id{})
#undef MONOCHORD_CACHE_SIMPLE

void cache::apply(const stage_instance_delete& event, optional<monochord::stage_instance>* before) {
  change<monochord::stage_instance>(*world_, event.stage.guild_id, cache_kind::stage_instances, event.stage.id, nullptr, before);
}
void cache::apply(const guild_scheduled_event_delete& event, optional<monochord::scheduled_event>* before) {
  change<monochord::scheduled_event>(*world_, event.event.guild_id, cache_kind::scheduled_events, event.event.id, nullptr, before);
}
void cache::apply(const auto_moderation_rule_delete& event, optional<monochord::auto_moderation_rule>* before) {
  change<monochord::auto_moderation_rule>(*world_, event.rule.guild_id, cache_kind::auto_moderation_rules, event.rule.id, nullptr, before);
}
void cache::apply(const integration_delete& event, optional<monochord::integration>* before) {
  change<monochord::integration>(*world_, event.guild_id, cache_kind::integrations, event.id, nullptr, before);
}
void cache::apply(const entitlement_delete& event, optional<monochord::entitlement>* before) {
  change<monochord::entitlement>(*world_, guild_id{}, cache_kind::entitlements, event.entitlement.id, nullptr, before);
}
void cache::apply(const guild_soundboard_sound_create& event) {
  change(*world_, guild_or_none(event.sound.guild_id), cache_kind::soundboard_sounds, event.sound.sound_id, &event.sound);
}
void cache::apply(const guild_soundboard_sound_update& event, optional<soundboard_sound>* before) {
  change(*world_, guild_or_none(event.sound.guild_id), cache_kind::soundboard_sounds, event.sound.sound_id, &event.sound, before);
}
void cache::apply(const guild_soundboard_sound_delete& event, optional<soundboard_sound>* before) {
  change<soundboard_sound>(*world_, event.guild_id, cache_kind::soundboard_sounds, event.sound_id, nullptr, before);
}
void cache::apply(const invite_create& event) {
  change(*world_, guild_or_none(event.guild_id), cache_kind::invites, any_id{invite_key(event.code)}, &event);
}
void cache::apply(const invite_delete& event, optional<invite_create>* before) {
  change<invite_create>(*world_, guild_or_none(event.guild_id), cache_kind::invites, any_id{invite_key(event.code)}, nullptr, before);
}

}  // namespace monochord
