// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/onboarding.hpp>

namespace monochord {

/// An answer to a question of the onboarding; with an id one that is there already.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-prompt-option-structure
struct onboarding_option_body {
  maybe<any_id> id{};
  std::string_view title{};
  maybe<std::string_view> description{};
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
  maybe<bool> emoji_animated{};
  maybe<list<role_id>> role_ids{};  ///< given to who chooses it
  maybe<list<channel_id>> channel_ids{};  ///< shown to who chooses it
};

/// A question of the onboarding. A new one takes any number as its id.
/// https://docs.discord.com/developers/resources/guild#guild-onboarding-object-onboarding-prompt-structure
struct onboarding_prompt_body {
  any_id id{};
  std::string_view title{};
  list<onboarding_option_body> options{};
  maybe<onboarding_prompt_type> type{};
  maybe<bool> single_select{};
  maybe<bool> required{};
  maybe<bool> in_onboarding{};  ///< false: only in Channels & Roles
};

/// PUT /guilds/{guild_id}/onboarding. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild-onboarding
struct modify_guild_onboarding_body {
  maybe<list<onboarding_prompt_body>> prompts{};
  maybe<list<channel_id>> default_channel_ids{};
  maybe<bool> enabled{};
  maybe<onboarding_mode> mode{};
};

/// A channel that the welcome screen shows.
/// https://docs.discord.com/developers/resources/guild#welcome-screen-object-welcome-screen-channel-structure
struct welcome_screen_channel_body {
  monochord::channel_id channel_id{};
  std::string_view description{};
  maybe<monochord::emoji_id> emoji_id{};
  maybe<std::string_view> emoji_name{};
};

/// PATCH /guilds/{guild_id}/welcome-screen. Absent is left as it is.
/// https://docs.discord.com/developers/resources/guild#modify-guild-welcome-screen
struct modify_guild_welcome_screen_body {
  maybe<bool> enabled{};
  maybe<list<welcome_screen_channel_body>> welcome_channels{};
  maybe<std::string_view> description{};
};

static_assert(std::is_trivially_destructible_v<onboarding_option_body>);
static_assert(std::is_trivially_destructible_v<onboarding_prompt_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_onboarding_body>);
static_assert(std::is_trivially_destructible_v<welcome_screen_channel_body>);
static_assert(std::is_trivially_destructible_v<modify_guild_welcome_screen_body>);

}  // namespace monochord
