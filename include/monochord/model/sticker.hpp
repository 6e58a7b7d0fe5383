// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// Where a sticker comes from.
/// https://docs.discord.com/developers/resources/sticker#sticker-object-sticker-types
enum class sticker_type : std::int32_t {
  standard = 1,
  guild = 2,
};

/// The file format of a sticker.
/// https://docs.discord.com/developers/resources/sticker#sticker-object-sticker-format-types
enum class sticker_format : std::int32_t {
  png = 1,
  apng = 2,
  lottie = 3,
  gif = 4,
};

/// What is needed to show a sticker.
/// https://docs.discord.com/developers/resources/sticker#sticker-item-object-sticker-item-structure
struct sticker_item {
  sticker_id id;
  std::string name;
  sticker_format format_type{};
};

/// A picture that can be sent in a message.
/// https://docs.discord.com/developers/resources/sticker#sticker-object-sticker-structure
struct sticker {
  // Compiled once, in the library.
  sticker();
  sticker(const sticker&);
  sticker(sticker&&) noexcept;
  sticker& operator=(const sticker&);
  sticker& operator=(sticker&&) noexcept;
  ~sticker();

  sticker_id id;
  optional<sticker_pack_id> pack_id;
  std::string name;
  maybe<std::string> description;
  std::string tags;
  sticker_type type{};
  maybe<sticker_format> format_type;
  optional_bool available;
  optional<monochord::guild_id> guild_id;
  box<monochord::user> user;
  optional<int> sort_value;
};

}  // namespace monochord
