// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// Kinds of files that a file upload or an attachment option takes; also names like `.pdf`.
/// https://docs.discord.com/developers/reference#file-type-filtering
struct file_type_names {
  static constexpr std::string_view image = "image";
  static constexpr std::string_view video = "video";
  static constexpr std::string_view audio = "audio";
};
using file_type = open_string<file_type_names>;

/// The formats of images at the CDN, as their names end.
/// https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
struct image_extension_names {
  static constexpr std::string_view jpg = ".jpg";
  static constexpr std::string_view jpeg = ".jpeg";
  static constexpr std::string_view png = ".png";
  static constexpr std::string_view webp = ".webp";
  static constexpr std::string_view gif = ".gif";
  static constexpr std::string_view lottie = ".json";
};
using image_extension = open_string<image_extension_names>;

}  // namespace monochord
