// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// States of an embed.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-flags
enum class embed_flag : std::uint32_t {
  is_content_inventory_entry = 1U << 5,
};
template <>
inline constexpr bool is_flags<embed_flag> = true;

/// States of the media of an embed.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-media-flags
enum class embed_media_flag : std::uint32_t {
  is_animated = 1U << 5,
};
template <>
inline constexpr bool is_flags<embed_media_flag> = true;

/// The small text below an embed.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-footer-structure
struct embed_footer {
  std::string text;
  std::optional<std::string> icon_url;
  std::optional<std::string> proxy_icon_url;
};

/// A picture of an embed.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-image-structure
struct embed_image {
  std::string url;
  std::optional<std::string> proxy_url;
  std::optional<int> height;
  std::optional<int> width;
  std::optional<std::string> content_type;
  std::optional<std::string> placeholder;
  std::optional<int> placeholder_version;
  std::optional<std::string> description;
  std::optional<monochord::flags<embed_media_flag>> flags;
};

/// The video of an embed; only Discord makes these.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-video-structure
struct embed_video {
  std::optional<std::string> url;
  std::optional<std::string> proxy_url;
  std::optional<int> height;
  std::optional<int> width;
  std::optional<std::string> content_type;
  std::optional<std::string> placeholder;
  std::optional<int> placeholder_version;
  std::optional<std::string> description;
  std::optional<monochord::flags<embed_media_flag>> flags;
};

/// Where the content of a link comes from.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-provider-structure
struct embed_provider {
  std::optional<std::string> name;
  std::optional<std::string> url;
};

/// The line above the title.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-author-structure
struct embed_author {
  std::string name;
  std::optional<std::string> url;
  std::optional<std::string> icon_url;
  std::optional<std::string> proxy_icon_url;
};

/// A name with a value.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-field-structure
struct embed_field {
  std::string name;
  std::string value;
  optional_bool inline_;
};

/// A card within a message: written by a bot, or made by Discord from a link.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-structure
struct embed {
  std::optional<std::string> title;
  std::optional<std::string> type;
  std::optional<std::string> description;
  std::optional<std::string> url;
  std::optional<monochord::timestamp> timestamp;
  std::optional<int> color;
  box<embed_footer> footer;
  box<embed_image> image;
  box<embed_image> thumbnail;
  box<embed_video> video;
  box<embed_provider> provider;
  box<embed_author> author;
  std::optional<std::vector<embed_field>> fields;
  std::optional<monochord::flags<embed_flag>> flags;
};

}  // namespace monochord
