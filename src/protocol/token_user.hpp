// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/snowflake.hpp>
#include <string_view>

namespace monochord::protocol {

/// Whom a bot token belongs to: its part before the first dot is the bot's user id in base64. 0 for a token of another
/// form, which other servers that speak Discord's protocol may use.
/// https://docs.discord.com/developers/reference#authentication
user_id user_of_token(std::string_view token);

}  // namespace monochord::protocol
