// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace monochord::net {

/// RFC 4648, with padding and without line breaks.
std::string base64(std::string_view bytes);

}  // namespace monochord::net
