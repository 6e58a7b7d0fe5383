// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monochord::testing {

struct multipart_part {
  std::string name;
  std::string file_name;  ///< empty for a plain field
  std::string type;
  std::string_view content;  ///< into the body
};

/// The parts of a multipart/form-data body; nothing when it is not well formed.
std::optional<std::vector<multipart_part>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace monochord::testing
