// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// What an embed shows; a bot sends only rich ones, and need not say so.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-types
struct embed_type_names {
  static constexpr std::string_view rich = "rich";
  static constexpr std::string_view image = "image";
  static constexpr std::string_view video = "video";
  static constexpr std::string_view gifv = "gifv";
  static constexpr std::string_view article = "article";
  static constexpr std::string_view link = "link";
  static constexpr std::string_view poll_result = "poll_result";
};
using embed_type = open_string<embed_type_names>;

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
  optional<std::string> icon_url;
  optional<std::string> proxy_icon_url;
};

/// A picture of an embed.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-image-structure
struct embed_image {
  optional<std::string> url;  ///< needed on sending
  optional<std::string> proxy_url;
  optional<int> height;
  optional<int> width;
  optional<std::string> content_type;
  optional<std::string> placeholder;
  optional<int> placeholder_version;
  optional<std::string> description;
  optional<monochord::flags<embed_media_flag>> flags;
  optional_bool is_animated;  ///< not documented
};

/// The video of an embed; only Discord makes these.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-video-structure
struct embed_video {
  optional<std::string> url;
  optional<std::string> proxy_url;
  optional<int> height;
  optional<int> width;
  optional<std::string> content_type;
  optional<std::string> placeholder;
  optional<int> placeholder_version;
  optional<std::string> description;
  optional<monochord::flags<embed_media_flag>> flags;
  optional_bool is_animated;  ///< not documented
};

/// Where the content of a link comes from.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-provider-structure
struct embed_provider {
  optional<std::string> name;
  optional<std::string> url;
};

/// The line above the title.
/// https://docs.discord.com/developers/resources/message#embed-object-embed-author-structure
struct embed_author {
  std::string name;
  optional<std::string> url;
  optional<std::string> icon_url;
  optional<std::string> proxy_icon_url;
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
  // Compiled once, in the library.
  embed();
  embed(const embed&);
  embed(embed&&) noexcept;
  embed& operator=(const embed&);
  embed& operator=(embed&&) noexcept;
  ~embed();

  optional<std::string> title;
  optional<embed_type> type;
  optional<std::string> description;
  optional<std::string> url;
  optional<monochord::timestamp> timestamp;
  optional<int> color;
  box<embed_footer> footer;
  box<embed_image> image;
  box<embed_image> thumbnail;
  box<embed_video> video;
  box<embed_provider> provider;
  box<embed_author> author;
  optional<std::vector<embed_field>> fields;
  maybe<monochord::flags<embed_flag>> flags;
  optional<std::vector<component>> components;  ///< of what Discord shows itself; not documented
};

}  // namespace monochord
