// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// An emoji of a guild, or (without an id) of Unicode. A partial emoji has only some of the fields.
/// https://docs.discord.com/developers/resources/emoji#emoji-object-emoji-structure
struct emoji {
  // Compiled once, in the library.
  emoji();
  emoji(const emoji&);
  emoji(emoji&&) noexcept;
  emoji& operator=(const emoji&);
  emoji& operator=(emoji&&) noexcept;
  ~emoji();

  maybe<emoji_id> id;
  maybe<std::string> name;
  optional<std::vector<role_id>> roles;
  box<monochord::user> user;
  optional_bool require_colons;
  optional_bool managed;
  optional_bool animated;
  optional_bool available;
};

}  // namespace monochord
