// SPDX-License-Identifier: MIT
#include <monochord/cache/guild_snapshot.hpp>

#include "cache/image.hpp"

namespace monochord {

using namespace cached;

namespace cached {

std::shared_ptr<const guild_image> world::copy(guild_id id, bool at_once) {
  std::shared_ptr<guild_image> image;
  const auto take_users = [&] {
    const record_set* members = image->entry.find(cache_kind::members);
    if (!members || !image->entry.keeps(cache_kind::users)) return;
    std::vector<std::uint64_t> without;
    members->for_each([&](std::uint64_t key, std::string_view) {
      users.copy(user_id{key}, image->users);
      if (!image->users.find(key).data()) without.push_back(key);
    });
    for (const std::uint64_t key : without) drop(image->entry, cache_kind::members, key);
  };
  {
    const locked g = find(id);
    if (!g) return nullptr;
    image = std::make_shared<guild_image>(*g);
    if (at_once) take_users();
  }
  if (!at_once) take_users();
  if (!at_once && !id) users.copy_loose(image->users);
  return image;
}

optional<monochord::member> guild_image::member(std::uint64_t key) const {
  auto m = take_bare_member(entry, key);
  if (!m) return m;
  user& own = m->user.emplace();
  if (const std::string_view text = users.find(key); text.data()) unpack(text.substr(sizeof(std::uint32_t)), own);
  own.id = user_id{key};
  return m;
}

std::size_t guild_image::bytes() const noexcept {
  std::size_t sum = allocation_bytes(sizeof *this) + entry.table_bytes() + users.bytes();
  for (const auto& set : entry.sets)
    if (set) sum += set->bytes() + allocation_bytes(sizeof *set);
  return sum;
}

}  // namespace cached

guild_id guild_snapshot::id() const noexcept { return image_->entry.id; }
cached_guild_state guild_snapshot::state() const noexcept { return image_->entry.state; }
std::size_t guild_snapshot::bytes() const noexcept { return image_->bytes(); }

optional<monochord::guild> guild_snapshot::guild() const { return take_guild(image_->entry); }
optional<monochord::channel> guild_snapshot::channel(channel_id id) const { return take_channel(image_->entry, id); }
optional<monochord::member> guild_snapshot::member(user_id user) const { return image_->member(user.value()); }

std::size_t guild_snapshot::member_count() const noexcept {
  const record_set* set = image_->entry.find(cache_kind::members);
  return set ? set->size() : 0;
}
void guild_snapshot::for_each_member(const std::function<void(const monochord::member&)>& f) const {
  if (const record_set* set = image_->entry.find(cache_kind::members))
    set->for_each([&](std::uint64_t key, std::string_view) {
      if (const auto m = image_->member(key)) f(*m);
    });
}
std::vector<monochord::member> guild_snapshot::members() const {
  std::vector<monochord::member> all;
  all.reserve(member_count());
  for_each_member([&](const monochord::member& m) { all.push_back(m); });
  return all;
}

#define MONOCHORD_SNAPSHOT_ONE(name, type, kind, Id)                                \
  optional<monochord::type> guild_snapshot::name(Id id) const {                     \
    return take<monochord::type>(image_->entry.find(cache_kind::kind), id.value()); \
  }
#define MONOCHORD_SNAPSHOT_ALL(name, type, kind)                            \
  std::vector<monochord::type> guild_snapshot::name() const {               \
    return take_all<monochord::type>(image_->entry.find(cache_kind::kind)); \
  }
MONOCHORD_SNAPSHOT_ONE(role, role, roles, role_id)
MONOCHORD_SNAPSHOT_ONE(voice_state, voice_state, voice_states, user_id)
MONOCHORD_SNAPSHOT_ONE(presence, presence, presences, user_id)
MONOCHORD_SNAPSHOT_ALL(channels, channel, channels)
MONOCHORD_SNAPSHOT_ALL(threads, channel, threads)
MONOCHORD_SNAPSHOT_ALL(roles, role, roles)
MONOCHORD_SNAPSHOT_ALL(emojis, emoji, emojis)
MONOCHORD_SNAPSHOT_ALL(stickers, sticker, stickers)
MONOCHORD_SNAPSHOT_ALL(soundboard, soundboard_sound, soundboard_sounds)
MONOCHORD_SNAPSHOT_ALL(voice_states, voice_state, voice_states)
MONOCHORD_SNAPSHOT_ALL(presences, presence, presences)
MONOCHORD_SNAPSHOT_ALL(stage_instances, stage_instance, stage_instances)
MONOCHORD_SNAPSHOT_ALL(scheduled_events, scheduled_event, scheduled_events)
MONOCHORD_SNAPSHOT_ALL(integrations, integration, integrations)
MONOCHORD_SNAPSHOT_ALL(auto_moderation_rules, auto_moderation_rule, auto_moderation_rules)
MONOCHORD_SNAPSHOT_ALL(invites, invite_create, invites)
#undef MONOCHORD_SNAPSHOT_ONE
#undef MONOCHORD_SNAPSHOT_ALL

optional<monochord::message> guild_snapshot::message(channel_id channel, message_id id) const {
  return take_message(image_->entry, channel, id);
}
std::vector<monochord::message> guild_snapshot::messages(channel_id channel) const {
  return take_messages(image_->entry, channel);
}

}  // namespace monochord
