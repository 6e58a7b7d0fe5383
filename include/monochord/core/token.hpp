// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <utility>

namespace monochord {

/// A bot token. It has no way into a stream, a log or a format call: whoever needs the text says `reveal()`.
/// Its format is not judged, since other servers that speak Discord's protocol use other formats.
/// https://docs.discord.com/developers/reference#authentication
class token {
 public:
  token() = default;
  explicit token(std::string text) : text_(std::move(text)) {}
  bool empty() const noexcept { return text_.empty(); }
  const std::string& reveal() const noexcept { return text_; }

 private:
  std::string text_;
};

/// The token in environment variable `variable`. Throws `error` with `errc::token_missing`, whose text says where to
/// get one, when the variable is not set or empty. Spaces and line ends around the token are dropped.
token token_from_env(const char* variable);

}  // namespace monochord
