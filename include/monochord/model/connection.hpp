// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// A service that accounts can be connected with.
/// https://docs.discord.com/developers/resources/user#connection-object-services
struct connection_service_names {
  static constexpr std::string_view amazon_music = "amazon-music";
  static constexpr std::string_view battle_net = "battlenet";
  static constexpr std::string_view bungie_net = "bungie";
  static constexpr std::string_view bluesky = "bluesky";
  static constexpr std::string_view crunchyroll = "crunchyroll";
  static constexpr std::string_view domain = "domain";
  static constexpr std::string_view e_bay = "ebay";
  static constexpr std::string_view epic_games = "epicgames";
  static constexpr std::string_view facebook = "facebook";
  static constexpr std::string_view git_hub = "github";
  static constexpr std::string_view instagram = "instagram";
  static constexpr std::string_view mastodon = "mastodon";
  static constexpr std::string_view pay_pal = "paypal";
  static constexpr std::string_view playstation_network = "playstation";
  static constexpr std::string_view reddit = "reddit";
  static constexpr std::string_view roblox = "roblox";
  static constexpr std::string_view spotify = "spotify";
  static constexpr std::string_view skype = "skype";
  static constexpr std::string_view steam = "steam";
  static constexpr std::string_view tik_tok = "tiktok";
  static constexpr std::string_view twitch = "twitch";
  static constexpr std::string_view x_twitter = "twitter";
  static constexpr std::string_view xbox = "xbox";
  static constexpr std::string_view you_tube = "youtube";
  static constexpr std::string_view league_of_legends = "leagueoflegends";
  static constexpr std::string_view riot_games = "riotgames";
};
using connection_service = open_string<connection_service_names>;

/// Who sees a connection.
/// https://docs.discord.com/developers/resources/user#connection-object-visibility-types
enum class connection_visibility : std::int32_t {
  none = 0,
  everyone = 1,
};

/// What a connection does in a guild.
/// https://docs.discord.com/developers/resources/user#connection-object-connection-structure
struct connection_integration {
  std::string id;
  maybe<std::string> name;
  std::string type;
  optional_bool enabled;
  optional<integration_account> account;
  box<partial_guild> guild;
};

/// An account elsewhere that a user connected.
/// https://docs.discord.com/developers/resources/user#connection-object-connection-structure
struct connection {
  // Compiled once, in the library.
  connection();
  connection(const connection&);
  connection(connection&&) noexcept;
  connection& operator=(const connection&);
  connection& operator=(connection&&) noexcept;
  ~connection();

  std::string id;
  maybe<std::string> name;
  connection_service type;
  optional_bool revoked;
  optional<std::vector<connection_integration>> integrations;
  bool verified = false;
  bool friend_sync = false;
  bool show_activity = false;
  bool two_way_link = false;
  connection_visibility visibility{};
};

}  // namespace monochord
