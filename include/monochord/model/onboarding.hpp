// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/emoji.hpp>

namespace monochord {

/// What counts towards the requirements of onboarding.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-onboarding-mode
enum class onboarding_mode : std::int32_t {
  onboarding_default = 0,
  onboarding_advanced = 1,
};

/// How options are shown.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-prompt-types
enum class onboarding_prompt_type : std::int32_t {
  multiple_choice = 0,
  dropdown = 1,
};

/// An answer and what it gives. Received with `emoji`, sent with the three fields behind it.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-prompt-option-structure
struct onboarding_prompt_option {
  any_id id;
  std::vector<channel_id> channel_ids;
  std::vector<role_id> role_ids;
  box<monochord::emoji> emoji;
  maybe<monochord::emoji_id> emoji_id;
  maybe<std::string> emoji_name;
  maybe<bool> emoji_animated;
  std::string title;
  maybe<std::string> description;
};

/// A question to newcomers.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-onboarding-prompt-structure
struct onboarding_prompt {
  any_id id;
  onboarding_prompt_type type{};
  std::vector<onboarding_prompt_option> options;
  std::string title;
  bool single_select = false;
  bool required = false;
  bool in_onboarding = false;
};

/// What newcomers are asked.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-guild-onboarding-structure
struct guild_onboarding {
  // Compiled once, in the library.
  guild_onboarding();
  guild_onboarding(const guild_onboarding&);
  guild_onboarding(guild_onboarding&&) noexcept;
  guild_onboarding& operator=(const guild_onboarding&);
  guild_onboarding& operator=(guild_onboarding&&) noexcept;
  ~guild_onboarding();

  monochord::guild_id guild_id;
  std::vector<onboarding_prompt> prompts;
  std::vector<channel_id> default_channel_ids;
  bool enabled = false;
  onboarding_mode mode{};
};

}  // namespace monochord
