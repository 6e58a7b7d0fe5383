// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/emoji.hpp>

namespace monochord {

/// What newcomers should do. Not documented.
enum class new_member_action_type : std::int32_t {
  view = 0,
  talk = 1,
};

/// The words that greet newcomers. Not documented.
struct welcome_message {
  std::vector<user_id> author_ids;
  std::string message;
};

/// Something that newcomers should do. Not documented.
struct new_member_action {
  monochord::channel_id channel_id;
  new_member_action_type action_type{};
  std::string title;
  optional<std::string> description;
  box<monochord::emoji> emoji;
  maybe<std::string> icon;
};

/// A channel that newcomers should read. Not documented.
struct resource_channel {
  monochord::channel_id channel_id;
  std::string title;
  box<monochord::emoji> emoji;
  maybe<std::string> icon;
  optional<std::string> description;
};

/// The guide that a guild shows newcomers. Not documented.
struct new_member_welcome {
  // Compiled once, in the library.
  new_member_welcome();
  new_member_welcome(const new_member_welcome&);
  new_member_welcome(new_member_welcome&&) noexcept;
  new_member_welcome& operator=(const new_member_welcome&);
  new_member_welcome& operator=(new_member_welcome&&) noexcept;
  ~new_member_welcome();

  monochord::guild_id guild_id;
  bool enabled = false;
  box<monochord::welcome_message> welcome_message;
  std::vector<new_member_action> new_member_actions;
  std::vector<resource_channel> resource_channels;
};

}  // namespace monochord
