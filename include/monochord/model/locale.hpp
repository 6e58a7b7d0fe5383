// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/open_enum.hpp>

namespace monochord {

/// A language of Discord's client, like `en-US`. Compare it with text: `interaction.locale == "de"`.
/// https://docs.discord.com/developers/reference#locales
using locale_name = open_string<struct locale_tag>;

}  // namespace monochord
