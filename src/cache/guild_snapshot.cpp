// SPDX-License-Identifier: MIT
#include <monochord/cache/guild_snapshot.hpp>

#include "cache/image.hpp"

namespace monochord {

using namespace cached;

namespace cached {

namespace {

/// While it lives, what changes users of a guild leaves them to it as they were before.
class sparing {
 public:
  sparing(world& of, guild_id id) : world_(of), id_(id) {}
  sparing(const sparing&) = delete;
  sparing& operator=(const sparing&) = delete;
  ~sparing() { end(); }
  void begin(guild_entry& g) { g.copies.push_back(users_); }
  /// Afterwards nobody changes what it gives.
  const record_set& end() {
    if (const world::locked g = world_.find(id_); g && std::erase(g->copies, users_) != 0 && g->copies.empty()) g->copies = {};
    return users_->set;
  }

 private:
  world& world_;
  guild_id id_;
  std::shared_ptr<spared_users> users_ = std::make_shared<spared_users>();
};

}  // namespace

void world::spare(const entry& g, user_id id) {
  for (const auto& copy : g.copies)
    if (!copy->set.find(id.value()).data()) users.copy(id, copy->set);
}

std::shared_ptr<const guild_image> world::copy(guild_id id) {
  std::shared_ptr<guild_image> image;
  bool has_users = false;
  sparing spared(*this, id);
  {
    const locked g = find(id);
    if (!g) return nullptr;
    image = std::make_shared<guild_image>(*g);
    has_users = g->find(cache_kind::members) && g->keeps(cache_kind::users);
    if (has_users) spared.begin(*g);
  }
  if (!id) users.copy_loose(image->users);  // with what belongs to no guild are users without a member
  if (!has_users) return image;
  const record_set& members = *image->entry.find(cache_kind::members);
  users.copy_all(members, image->users);
  spared.end().for_each([&](std::uint64_t key, std::string_view text) {
    if (members.find(key).data()) image->users.put(key, text);
  });
  std::vector<std::uint64_t> without;  // where another cache took this one's place meanwhile
  members.for_each([&](std::uint64_t key, std::string_view) {
    if (!image->users.find(key).data()) without.push_back(key);
  });
  for (const std::uint64_t key : without) drop(image->entry, cache_kind::members, key);
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

std::vector<monochord::member> guild_image::members() const {
  std::vector<monochord::member> all;
  const record_set* set = entry.find(cache_kind::members);
  if (!set) return all;
  all.reserve(set->size());
  set->for_each([&](std::uint64_t key, std::string_view) {
    if (auto m = member(key)) all.push_back(std::move(*m));
  });
  return all;
}

std::size_t guild_image::bytes() const noexcept {
  std::size_t sum = allocation_bytes(sizeof *this) + entry.table_bytes() + users.bytes();
  for (std::size_t i = 0; i < entry.sets.size(); ++i)
    if (entry.sets[i]) sum += entry.sets[i]->bytes() + entry.sets.bytes(i);
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
std::vector<monochord::member> guild_snapshot::members() const { return image_->members(); }

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
