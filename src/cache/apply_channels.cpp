// SPDX-License-Identifier: MIT
#include <unordered_map>
#include <unordered_set>

#include "cache/impl.hpp"

namespace monochord {

using namespace cached;

void cache::apply(const channel_create& event) {
  if (const auto g = world_->enter(event.channel.guild_id.value_or(guild_id{}))) world_->put_channel(*g, event.channel);
}
void cache::apply(const channel_update& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->enter(event.channel.guild_id.value_or(guild_id{}));
  if (!g) return;
  if (before) *before = take_channel(*g, event.channel.id);
  world_->put_channel(*g, event.channel);
}
void cache::apply(const channel_delete& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->find(event.channel.guild_id.value_or(guild_id{}));
  if (!g) return;
  if (before) *before = take_channel(*g, event.channel.id);
  world_->drop_channel(*g, cache_kind::channels, event.channel.id);
}
void cache::apply(const channel_pins_update& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id.value_or(guild_id{}));
  if (!g) return;
  auto old = take_channel(*g, event.channel_id);
  if (!old) return;
  monochord::channel fresh = *old;
  fresh.last_pin_timestamp = event.last_pin_timestamp;
  if (fresh.thread_metadata) world_->put_thread(*g, fresh);
  else world_->put_channel(*g, fresh);
  if (before) *before = std::move(old);
}

void cache::apply(const thread_create& event) {
  if (const auto g = world_->enter(event.thread.guild_id.value_or(guild_id{}))) world_->put_thread(*g, event.thread);
}
// The bot's own membership comes only with THREAD_CREATE, THREAD_LIST_SYNC and THREAD_MEMBER_UPDATE.
void cache::apply(const thread_update& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->enter(event.thread.guild_id.value_or(guild_id{}));
  if (!g) return;
  auto old = take_channel(*g, event.thread.id);
  if (old && old->member && !event.thread.member) {
    monochord::channel fresh = event.thread;
    fresh.member = old->member;
    world_->put_thread(*g, fresh);
  } else {
    world_->put_thread(*g, event.thread);
  }
  if (before) *before = std::move(old);
}
void cache::apply(const thread_delete& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id ? *event.guild_id : world_->guild_of(event.id));
  if (!g) return;
  if (before) *before = take_channel(*g, event.id);
  world_->drop_channel(*g, cache_kind::threads, event.id);
}
void cache::apply(const thread_list_sync& event) {
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  std::unordered_set<std::uint64_t> listed, parents;
  for (const auto& t : event.threads) listed.insert(t.id.value());
  if (event.channel_ids)
    for (const channel_id id : *event.channel_ids) parents.insert(id.value());
  for (const auto& thread : take_all<monochord::channel>(g->find(cache_kind::threads))) {
    const bool meant = !event.channel_ids || (thread.parent_id.has_value() && parents.contains(thread.parent_id->value()));
    if (meant && !listed.contains(thread.id.value())) world_->drop_channel(*g, cache_kind::threads, thread.id);
  }
  std::unordered_map<std::uint64_t, const thread_member*> own;
  for (const auto& m : event.members)
    if (m.id) own[m.id->value()] = &m;
  for (monochord::channel thread : event.threads) {
    if (const auto m = own.find(thread.id.value()); m != own.end()) thread.member = *m->second;
    world_->put_thread(*g, thread);
  }
}
void cache::apply(const thread_member_update& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id);
  if (!g || !event.member.id) return;
  auto old = take<monochord::channel>(g->find(cache_kind::threads), event.member.id->value());
  if (!old) return;
  monochord::channel fresh = *old;
  fresh.member = event.member;
  world_->put_thread(*g, fresh);
  if (before) *before = std::move(old);
}
void cache::apply(const thread_members_update& event, optional<monochord::channel>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id);
  if (!g) return;
  auto old = take<monochord::channel>(g->find(cache_kind::threads), event.id.value());
  if (!old) return;
  monochord::channel fresh = *old;
  fresh.member_count = event.member_count;
  if (event.removed_member_ids)
    for (const user_id id : *event.removed_member_ids)
      if (id.value() == world_->self_id.load(std::memory_order_relaxed)) fresh.member.reset();
  world_->put_thread(*g, fresh);
  if (before) *before = std::move(old);
}

void cache::apply(const message_create& event) { world_->take_in(event); }

void world::take_in(const message_create& event) {
  if (!event.message.webhook_id) see(event.guild_id, event.message.author, event.member);  // a webhook is no user
  if (event.guild_id && !may_keep(cache_kind::messages)) return;
  const auto g = enter(event.guild_id.value_or(guild_id{}));
  if (!g || !g->keeps(cache_kind::messages)) return;
  g->reactions.forget_reactions(event.message.id);
  g->reactions.forget_votes(event.message.id);
  if (!event.message.poll || event.message.poll->results) return put_message(*g, event.message);
  monochord::message fresh = event.message;
  fresh.poll->results.emplace();  // nobody can have voted yet
  put_message(*g, fresh);
}

void cache::apply(const message_update& event, optional<monochord::message>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id.value_or(guild_id{}));
  if (!g) return;
  auto old = take<monochord::message>(g->find(cache_kind::messages), event.message.id.value());
  if (!old) return;  // an old message that nobody has does not push out a new one
  monochord::message fresh = event.message;
  // What an update does not tell stays.
  if (fresh.reactions) g->reactions.forget_reactions(fresh.id);
  else fresh.reactions = old->reactions;
  if (fresh.poll && fresh.poll->results) g->reactions.forget_votes(fresh.id);
  else if (fresh.poll && old->poll) fresh.poll->results = old->poll->results;
  world_->put_message(*g, fresh);
  if (before) *before = std::move(old);
}

void cache::apply(const message_delete& event, optional<monochord::message>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id.value_or(guild_id{}));
  if (!g) return;
  if (before) *before = take<monochord::message>(g->find(cache_kind::messages), event.id.value());
  world_->drop_message(*g, event.channel_id, event.id);
}
void cache::apply(const message_delete_bulk& event, std::vector<monochord::message>* before) {
  clear(before);
  const auto g = world_->find(event.guild_id.value_or(guild_id{}));
  if (!g) return;
  for (const message_id id : event.ids) {
    if (before)
      if (auto old = take<monochord::message>(g->find(cache_kind::messages), id.value())) before->push_back(std::move(*old));
    world_->drop_message(*g, event.channel_id, id);
  }
}
void cache::apply(const typing_start& event) {
  if (!event.guild_id || !event.member) return;
  if (const auto g = world_->find(*event.guild_id, event.user_id)) world_->put_member(*g, *event.member, true);
}
void cache::apply(const interaction_create& event) { world_->take_in(event); }

void world::take_in(const interaction_create& event) {
  if (event.interaction.user) meet(*event.interaction.user);  // in a direct message
  if (!event.interaction.guild_id || !event.interaction.member) return;
  if (const auto g = find(*event.interaction.guild_id)) put_member(*g, *event.interaction.member, true);
}

}  // namespace monochord
