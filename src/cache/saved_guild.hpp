// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/image.hpp"

namespace monochord::cached {

/// The text of a guild's block. `now` is the time of its members' stamps.
void write_guild(std::string& out, const guild_image& image, std::uint32_t now);

/// The guild of that block, which is told before all else; 0 when the text is damaged.
guild_id guild_of_block(std::string_view text) noexcept;

enum class guild_read { ok, damaged, less_than_wanted };

/// Takes a guild's block in, as the policy of `to` wants it: `to` is not in use and has no such guild. `older_seconds`
/// is what members have aged since.
guild_read read_guild(world& to, std::string_view text, std::uint32_t older_seconds);

}  // namespace monochord::cached
