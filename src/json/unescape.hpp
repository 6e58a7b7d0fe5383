// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace monochord::json {

/// Appends what stands between the quotes of a JSON string, escapes resolved; false on an impossible escape, half a
/// surrogate pair included.
bool unescape(std::string_view quoted, std::string& out);

/// Whether `unescape` would succeed.
bool unescapable(std::string_view quoted) noexcept;

/// Appends `text` as a JSON string with its quotes.
void quote(std::string_view text, std::string& out);

}  // namespace monochord::json
