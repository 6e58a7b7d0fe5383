// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace monochord {

/// JSON text that is kept as it came: fields whose shape depends on something else, and kinds of objects that are newer
/// than this library. Written back unchanged. Empty means "no value".
class raw_json {
 public:
  raw_json() = default;
  /// `text` must be one well-formed JSON value.
  explicit raw_json(std::string text) noexcept : text_(std::move(text)) {}

  std::string_view text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }

  friend bool operator==(const raw_json&, const raw_json&) = default;

 private:
  std::string text_;
};

}  // namespace monochord
