// SPDX-License-Identifier: MIT
#include <algorithm>
#include <bit>
#include <charconv>

#include <monochord/cdn.hpp>
#include <monochord/core/error.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// A row of Discord's table of endpoints.
struct cdn::kind {
  std::string_view name;
  bool lossy = true;  // JPEG and WebP beside PNG
  bool gif = false;
  bool webp = false;  // is a WebP when the choice is left to us
};

namespace {

constexpr int least_size = 16;
constexpr int most_size = 4096;
constexpr std::string_view sticker_pack_application = "710982414301790216";

std::string without_slash(std::string base) {
  while (base.ends_with('/')) base.pop_back();
  return base;
}

bool is_hash_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string_view extension(image_format format) {
  switch (format) {
    case image_format::automatic:
    case image_format::png: return ".png";
    case image_format::jpeg: return ".jpg";
    case image_format::webp: return ".webp";
    case image_format::gif: return ".gif";
    case image_format::lottie: return ".json";
  }
  return ".png";
}

[[noreturn]] void refuse(const std::string& what) { throw error(errc::invalid_argument, what); }

std::string in_guild(guild_id guild, user_id user, std::string_view what) {
  return "guilds/" + guild.str() + "/users/" + user.str() + "/" + std::string(what) + "/";
}

}  // namespace

cdn::cdn(std::string base, std::string media) : base_(without_slash(std::move(base))), media_(without_slash(std::move(media))) {}

std::string cdn::url(const kind& what, std::string path, std::string_view hash, bool animated, image_options how) const {
  if (hash.empty() || !std::all_of(hash.begin(), hash.end(), is_hash_character))
    refuse("the hash of a " + std::string(what.name) + " is letters, digits, _ and -");
  if (how.size != 0 && (how.size < least_size || how.size > most_size || !std::has_single_bit(static_cast<unsigned>(how.size))))
    refuse("the size of an image is a power of two from 16 to 4096, not " + std::to_string(how.size));
  const bool moves = what.gif && animated;
  if (how.format == image_format::automatic && what.webp) how.format = image_format::webp;
  if (how.format == image_format::automatic && moves) how.format = image_format::gif;
  switch (how.format) {
    case image_format::automatic:
    case image_format::png: break;
    case image_format::jpeg:
    case image_format::webp:
      if (!what.lossy) refuse("a " + std::string(what.name) + " is a PNG only");
      break;
    case image_format::gif:
      if (!what.gif) refuse("a " + std::string(what.name) + " is never a GIF");
      if (!moves) refuse("this " + std::string(what.name) + " does not move, so there is no GIF of it");
      break;
    case image_format::lottie: refuse("a " + std::string(what.name) + " is never a Lottie");
  }
  std::string out = base_ + "/" + std::move(path);
  out += hash;
  out += extension(how.format);
  const bool asks = moves && how.format == image_format::webp;  // a WebP stands still unless it is asked to move
  if (asks) out += "?animated=true";
  if (how.size != 0) out += (asks ? "&size=" : "?size=") + std::to_string(how.size);
  return out;
}

std::string cdn::hashed(const kind& what, std::string path, std::string_view hash, image_options how) const {
  return url(what, std::move(path), hash, hash.starts_with("a_"), how);
}

std::string cdn::user_avatar(user_id user, std::string_view hash, image_options how) const {
  return hashed({.name = "user's avatar", .gif = true}, "avatars/" + user.str() + "/", hash, how);
}
std::string cdn::user_banner(user_id user, std::string_view hash, image_options how) const {
  return hashed({.name = "user's banner", .gif = true}, "banners/" + user.str() + "/", hash, how);
}
std::string cdn::guild_icon(guild_id guild, std::string_view hash, image_options how) const {
  return hashed({.name = "guild's icon", .gif = true}, "icons/" + guild.str() + "/", hash, how);
}
std::string cdn::guild_banner(guild_id guild, std::string_view hash, image_options how) const {
  return hashed({.name = "guild's banner", .gif = true}, "banners/" + guild.str() + "/", hash, how);
}
std::string cdn::member_avatar(guild_id guild, user_id user, std::string_view hash, image_options how) const {
  return hashed({.name = "member's avatar", .gif = true}, in_guild(guild, user, "avatars"), hash, how);
}
std::string cdn::member_banner(guild_id guild, user_id user, std::string_view hash, image_options how) const {
  return hashed({.name = "member's banner", .gif = true}, in_guild(guild, user, "banners"), hash, how);
}
std::string cdn::custom_emoji(emoji_id emoji, bool animated, image_options how) const {
  return url({.name = "custom emoji", .gif = true, .webp = true}, "emojis/", emoji.str(), animated, how);
}

std::string cdn::guild_splash(guild_id guild, std::string_view hash, image_options how) const {
  return hashed({.name = "guild's splash"}, "splashes/" + guild.str() + "/", hash, how);
}
std::string cdn::guild_discovery_splash(guild_id guild, std::string_view hash, image_options how) const {
  return hashed({.name = "guild's discovery splash"}, "discovery-splashes/" + guild.str() + "/", hash, how);
}
std::string cdn::guild_tag_badge(guild_id guild, std::string_view hash, image_options how) const {
  return hashed({.name = "guild's tag badge"}, "guild-tag-badges/" + guild.str() + "/", hash, how);
}
std::string cdn::role_icon(role_id role, std::string_view hash, image_options how) const {
  return hashed({.name = "role's icon"}, "role-icons/" + role.str() + "/", hash, how);
}
std::string cdn::scheduled_event_cover(any_id event, std::string_view hash, image_options how) const {
  return hashed({.name = "scheduled event's cover"}, "guild-events/" + event.str() + "/", hash, how);
}
std::string cdn::application_icon(application_id application, std::string_view hash, image_options how) const {
  return hashed({.name = "icon of an application"}, "app-icons/" + application.str() + "/", hash, how);
}
std::string cdn::application_cover(application_id application, std::string_view hash, image_options how) const {
  return hashed({.name = "cover of an application"}, "app-icons/" + application.str() + "/", hash, how);
}
std::string cdn::application_asset(application_id application, std::string_view asset, image_options how) const {
  return hashed({.name = "asset of an application"}, "app-assets/" + application.str() + "/", asset, how);
}
std::string cdn::achievement_icon(application_id application, any_id achievement, std::string_view hash,
                                  image_options how) const {
  return hashed({.name = "icon of an achievement"},
                "app-assets/" + application.str() + "/achievements/" + achievement.str() + "/icons/", hash, how);
}
std::string cdn::store_asset(application_id application, std::string_view asset, image_options how) const {
  return hashed({.name = "store page's asset"}, "app-assets/" + application.str() + "/store/", asset, how);
}
std::string cdn::sticker_pack_banner(any_id asset, image_options how) const {
  return hashed({.name = "sticker pack's banner"}, "app-assets/" + std::string(sticker_pack_application) + "/store/",
                asset.str(), how);
}
std::string cdn::team_icon(team_id team, std::string_view hash, image_options how) const {
  return hashed({.name = "team's icon"}, "team-icons/" + team.str() + "/", hash, how);
}

std::string cdn::avatar_decoration(std::string_view asset, image_options how) const {
  return hashed({.name = "decoration of an avatar", .lossy = false}, "avatar-decoration-presets/", asset, how);
}

std::string cdn::default_avatar(user_id user, std::string_view discriminator) const {
  unsigned number = 0;
  std::from_chars(discriminator.data(), discriminator.data() + discriminator.size(), number);
  const std::uint64_t index = number == 0 ? (user.value() >> 22) % 6 : number % 5;
  return base_ + "/embed/avatars/" + std::to_string(index) + ".png";
}

std::string cdn::sticker(sticker_id sticker, sticker_format made_in) const {
  const auto at = [&](const std::string& base, image_format format) {
    return base + "/stickers/" + sticker.str() + std::string(extension(format));
  };
  switch (made_in) {
    case sticker_format::png:
    case sticker_format::apng: return at(base_, image_format::png);
    case sticker_format::lottie: return at(base_, image_format::lottie);
    case sticker_format::gif: return at(media_, image_format::gif);
  }
  refuse("a sticker of a format that is not known: " + std::to_string(static_cast<int>(made_in)));
}

std::string cdn::avatar(const user& who, image_options how) const {
  return who.avatar ? user_avatar(who.id, *who.avatar, how) : default_avatar(who.id, who.discriminator);
}
std::string cdn::avatar(guild_id guild, const member& who, image_options how) const {
  if (!who.user) refuse("a member without its user has no address of an avatar");
  return who.avatar ? member_avatar(guild, who.user->id, *who.avatar, how) : avatar(*who.user, how);
}
std::optional<std::string> cdn::banner(const user& who, image_options how) const {
  if (!who.banner) return std::nullopt;
  return user_banner(who.id, *who.banner, how);
}
std::optional<std::string> cdn::icon(const guild& which, image_options how) const {
  if (!which.icon) return std::nullopt;
  return guild_icon(which.id, *which.icon, how);
}
std::optional<std::string> cdn::icon(const role& which, image_options how) const {
  if (!which.icon) return std::nullopt;
  return role_icon(which.id, *which.icon, how);
}
std::optional<std::string> cdn::image(const emoji& which, image_options how) const {
  if (!which.id) return std::nullopt;
  return custom_emoji(*which.id, which.animated, how);
}
std::string cdn::image(const monochord::sticker& which) const { return sticker(which.id, which.format_type.value_or(sticker_format::png)); }
std::string cdn::image(const sticker_item& which) const { return sticker(which.id, which.format_type); }

}  // namespace monochord
