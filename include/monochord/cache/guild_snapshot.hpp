// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <utility>
#include <vector>

namespace monochord {

namespace cached {
struct guild_image;
}

/// All that a cache held of one guild at one moment: what `cache::snapshot` gives. It never changes, so it may be held
/// for as long as one wants, across `co_await` too, copied (which costs a pointer) and read by several threads; no lock
/// is taken, and the cache goes on meanwhile. It is a copy of the compact records (about 110 bytes for a member with
/// its user), and each call below builds what it gives. As in the cache, kinds and fields that the policy leaves out
/// are absent.
class guild_snapshot {
 public:
  guild_id id() const noexcept;
  cached_guild_state state() const noexcept;
  /// Bytes that it holds, as the allocator counts them: with those that it shares with the cache, which counts them too.
  std::size_t bytes() const noexcept;

  optional<monochord::guild> guild() const;
  /// A channel or an active thread.
  optional<monochord::channel> channel(channel_id id) const;
  std::vector<monochord::channel> channels() const;
  std::vector<monochord::channel> threads() const;
  /// With its user, of which there is only the id where users are not kept.
  optional<monochord::member> member(user_id user) const;
  std::vector<monochord::member> members() const;
  /// How many `members()` gives.
  std::size_t member_count() const noexcept;
  /// `f` for each member, in no order and one at a time: a large guild as models takes ten times what its snapshot
  /// does.
  void for_each_member(const std::function<void(const monochord::member&)>& f) const;
  optional<monochord::role> role(role_id id) const;
  std::vector<monochord::role> roles() const;
  std::vector<monochord::emoji> emojis() const;
  std::vector<monochord::sticker> stickers() const;
  std::vector<monochord::soundboard_sound> soundboard() const;
  optional<monochord::voice_state> voice_state(user_id user) const;
  std::vector<monochord::voice_state> voice_states() const;
  optional<monochord::presence> presence(user_id user) const;
  std::vector<monochord::presence> presences() const;
  std::vector<monochord::stage_instance> stage_instances() const;
  std::vector<monochord::scheduled_event> scheduled_events() const;
  std::vector<monochord::integration> integrations() const;
  std::vector<monochord::auto_moderation_rule> auto_moderation_rules() const;
  std::vector<monochord::invite_create> invites() const;
  optional<monochord::message> message(channel_id channel, message_id id) const;
  /// The last ones, oldest first.
  std::vector<monochord::message> messages(channel_id channel) const;

 private:
  friend class cache;
  explicit guild_snapshot(std::shared_ptr<const cached::guild_image> image) : image_(std::move(image)) {}

  std::shared_ptr<const cached::guild_image> image_;
};

}  // namespace monochord
