// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/optional.hpp>
#include <string>
#include <utility>

namespace monochord {

/// A text of a builder that was left out is not sent.
inline optional<std::string> unless_empty(std::string text) {
  return text.empty() ? std::nullopt : optional<std::string>(std::move(text));
}

}  // namespace monochord
