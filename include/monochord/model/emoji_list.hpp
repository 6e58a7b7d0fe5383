// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include <monochord/model/emoji.hpp>

namespace monochord {

/// The emojis of an application.
/// https://docs.discord.com/developers/resources/emoji#list-application-emojis
struct emoji_list {
  std::vector<emoji> items;
};

}  // namespace monochord
