// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// Kinds of mentions that may notify somebody: `{.parse = {allowed_mention_type::users}}`.
/// https://docs.discord.com/developers/resources/message#allowed-mentions-object-allowed-mention-types
struct allowed_mention_type_names {
  static constexpr std::string_view roles = "roles";
  static constexpr std::string_view users = "users";
  static constexpr std::string_view everyone = "everyone";
};
using allowed_mention_type = open_string<allowed_mention_type_names>;

}  // namespace monochord
