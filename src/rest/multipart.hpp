// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include <monochord/model/bodies.hpp>
#include <monochord/model/list.hpp>

namespace monochord::rest {

/// A request body and what its Content-Type says.
struct encoded_body {
  std::string content_type;
  std::string text;
};

/// JSON alone, or with files as multipart/form-data: parts `payload_json` and `files[n]`.
/// https://docs.discord.com/developers/reference#uploading-files
encoded_body with_files(std::string json, list<file_body> files);

}  // namespace monochord::rest
