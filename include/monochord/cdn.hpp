// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <monochord/core/snowflake.hpp>

namespace monochord {

struct emoji;
struct guild;
struct member;
struct role;
struct sticker;
struct sticker_item;
struct user;
enum class sticker_format : std::int32_t;

/// The formats of images. When the choice is left to us an emoji is a WebP, anything else that moves a GIF, and the rest a
/// PNG. A WebP of what moves moves; it is the one format in which everything is there that moves, however it was uploaded.
/// https://docs.discord.com/developers/reference#image-formatting-image-formats
enum class image_format : std::uint8_t { automatic, png, jpeg, webp, gif, lottie };

/// How an image is wanted: `{.format = mc::image_format::webp, .size = 128}`.
struct image_options {
  image_format format = image_format::automatic;
  int size = 0;  ///< of the longer side: a power of two from 16 to 4096; 0 leaves it to Discord
};

/// Addresses of images. Each function throws `error` (`errc::invalid_argument`) for a format that its kind of image does not
/// have, for a GIF of something that does not move, for another size, and for a hash that is none. Nothing is requested.
/// May be used from any thread.
/// https://docs.discord.com/developers/reference#image-formatting-cdn-endpoints
class cdn {
 public:
  /// `base` for a proxy or a mock; animated stickers are at `media`, where Discord has them.
  explicit cdn(std::string base = "https://cdn.discordapp.com", std::string media = "https://media.discordapp.net");

  /// PNG, JPEG, WebP; GIF when the hash begins with `a_`.
  std::string user_avatar(user_id user, std::string_view hash, image_options how = {}) const;
  std::string user_banner(user_id user, std::string_view hash, image_options how = {}) const;
  std::string guild_icon(guild_id guild, std::string_view hash, image_options how = {}) const;
  std::string guild_banner(guild_id guild, std::string_view hash, image_options how = {}) const;
  std::string member_avatar(guild_id guild, user_id user, std::string_view hash, image_options how = {}) const;
  std::string member_banner(guild_id guild, user_id user, std::string_view hash, image_options how = {}) const;
  /// An emoji has no hash that would tell whether it moves: `animated` does. One that was uploaded as WebP or AVIF is there
  /// as WebP only, as which any emoji comes unless another format is wanted.
  std::string custom_emoji(emoji_id emoji, bool animated = false, image_options how = {}) const;

  /// PNG, JPEG, WebP.
  std::string guild_splash(guild_id guild, std::string_view hash, image_options how = {}) const;
  std::string guild_discovery_splash(guild_id guild, std::string_view hash, image_options how = {}) const;
  std::string guild_tag_badge(guild_id guild, std::string_view hash, image_options how = {}) const;
  std::string role_icon(role_id role, std::string_view hash, image_options how = {}) const;
  std::string scheduled_event_cover(any_id event, std::string_view hash, image_options how = {}) const;
  std::string application_icon(application_id application, std::string_view hash, image_options how = {}) const;
  std::string application_cover(application_id application, std::string_view hash, image_options how = {}) const;
  std::string application_asset(application_id application, std::string_view asset, image_options how = {}) const;
  std::string achievement_icon(application_id application, any_id achievement, std::string_view hash,
                               image_options how = {}) const;
  std::string store_asset(application_id application, std::string_view asset, image_options how = {}) const;
  std::string sticker_pack_banner(any_id asset, image_options how = {}) const;
  std::string team_icon(team_id team, std::string_view hash, image_options how = {}) const;

  /// PNG only.
  std::string avatar_decoration(std::string_view asset, image_options how = {}) const;
  /// What somebody without an avatar has: one of six by the id, for old accounts one of five by the discriminator. A PNG
  /// of one size.
  std::string default_avatar(user_id user, std::string_view discriminator = "0") const;

  /// In the format that it was made in; PNG (also of APNG), GIF or Lottie, nothing else is there.
  std::string sticker(sticker_id sticker, sticker_format made_in) const;

  /// The same from what Discord sends. Nothing where there is no image. An avatar is always there: that in the guild, else
  /// that of the user, else the default one, which comes as it is whatever `how` says.
  std::string avatar(const user& who, image_options how = {}) const;
  std::string avatar(guild_id guild, const member& who, image_options how = {}) const;
  std::optional<std::string> banner(const user& who, image_options how = {}) const;
  std::optional<std::string> icon(const guild& which, image_options how = {}) const;
  std::optional<std::string> icon(const role& which, image_options how = {}) const;
  std::optional<std::string> image(const emoji& which, image_options how = {}) const;
  std::string image(const monochord::sticker& which) const;
  std::string image(const sticker_item& which) const;

 private:
  struct kind;
  std::string url(const kind& what, std::string path, std::string_view hash, bool animated, image_options how) const;
  std::string hashed(const kind& what, std::string path, std::string_view hash, image_options how) const;

  std::string base_;
  std::string media_;
};

}  // namespace monochord
