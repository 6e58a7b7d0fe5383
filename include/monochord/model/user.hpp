// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/locale.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// Badges and states of an account. Discord keeps more of them, up to 53 bits, to itself.
/// https://docs.discord.com/developers/resources/user#user-object-user-flags
enum class user_flag : std::uint64_t {
  staff = std::uint64_t{1} << 0,
  partner = std::uint64_t{1} << 1,
  hypesquad = std::uint64_t{1} << 2,
  bug_hunter_level_1 = std::uint64_t{1} << 3,
  hypesquad_online_house_1 = std::uint64_t{1} << 6,
  hypesquad_online_house_2 = std::uint64_t{1} << 7,
  hypesquad_online_house_3 = std::uint64_t{1} << 8,
  premium_early_supporter = std::uint64_t{1} << 9,
  team_pseudo_user = std::uint64_t{1} << 10,
  bug_hunter_level_2 = std::uint64_t{1} << 14,
  verified_bot = std::uint64_t{1} << 16,
  verified_developer = std::uint64_t{1} << 17,
  certified_moderator = std::uint64_t{1} << 18,
  bot_http_interactions = std::uint64_t{1} << 19,
};
template <>
inline constexpr bool is_flags<user_flag> = true;
template <>
inline constexpr bool is_number_flags<user_flag> = true;

/// The kind of Nitro of an account.
/// https://docs.discord.com/developers/resources/user#user-object-premium-types
enum class premium_type : std::int32_t {
  none = 0,
  nitro_classic = 1,
  nitro = 2,
  nitro_basic = 3,
};

/// The decoration around an avatar.
/// https://docs.discord.com/developers/resources/user#avatar-decoration-data-object-avatar-decoration-data-structure
struct avatar_decoration_data {
  std::string asset;
  maybe<monochord::sku_id> sku_id;
};

/// The background of a name in the member list.
/// https://docs.discord.com/developers/resources/user#nameplate-nameplate-structure
struct nameplate {
  maybe<monochord::sku_id> sku_id;
  std::string asset;
  std::string label;
  std::string palette;
};

/// What somebody collected and shows.
/// https://docs.discord.com/developers/resources/user#collectibles-collectible-structure
struct collectibles {
  box<monochord::nameplate> nameplate;
};

/// The guild whose tag somebody wears.
/// https://docs.discord.com/developers/resources/user#user-object-user-primary-guild
struct user_primary_guild {
  maybe<guild_id> identity_guild_id;
  maybe<bool> identity_enabled;
  maybe<std::string> tag;
  maybe<std::string> badge;
};

/// An account: a person, a bot or a webhook.
/// https://docs.discord.com/developers/resources/user#user-object-user-structure
struct user {
  // Compiled once, in the library.
  user();
  user(const user&);
  user(user&&) noexcept;
  user& operator=(const user&);
  user& operator=(user&&) noexcept;
  ~user();

  user_id id;
  std::string username;
  std::string discriminator;
  maybe<std::string> global_name;
  maybe<std::string> avatar;
  optional_bool bot;
  optional_bool system;
  optional_bool mfa_enabled;
  maybe<std::string> banner;
  maybe<int> accent_color;
  optional<locale_name> locale;
  optional_bool verified;
  maybe<std::string> email;
  optional<monochord::flags<user_flag>> flags;
  optional<monochord::premium_type> premium_type;
  optional<monochord::flags<user_flag>> public_flags;
  maybe<monochord::avatar_decoration_data> avatar_decoration_data;
  maybe<box<monochord::collectibles>> collectibles;
  maybe<box<user_primary_guild>> primary_guild;
};

/// An account of which only the id is certain, as in presences and teams.
/// https://docs.discord.com/developers/resources/user#user-object
struct partial_user {
  // Compiled once, in the library.
  partial_user();
  partial_user(const partial_user&);
  partial_user(partial_user&&) noexcept;
  partial_user& operator=(const partial_user&);
  partial_user& operator=(partial_user&&) noexcept;
  ~partial_user();

  user_id id;
  optional<std::string> username;
  optional<std::string> discriminator;
  maybe<std::string> global_name;
  maybe<std::string> avatar;
  optional_bool bot;
  optional_bool system;
  optional<monochord::flags<user_flag>> flags;
  optional<monochord::flags<user_flag>> public_flags;
  maybe<monochord::avatar_decoration_data> avatar_decoration_data;
  maybe<box<monochord::collectibles>> collectibles;
  maybe<box<user_primary_guild>> primary_guild;
  maybe<std::string> banner;
  maybe<int> accent_color;
};

}  // namespace monochord
