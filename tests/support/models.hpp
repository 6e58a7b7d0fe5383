// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/json/codec.hpp>

namespace monochord::tests {

/// A model with its type erased, for the sweeps.
struct model {
  std::string_view name;
  const json::table& (*table)() noexcept;
  /// Decodes, and encodes again into `out`.
  bool (*round)(std::string_view text, std::string& out, json::failure& why);
};

/// Every struct that can be read.
const std::vector<model>& models();
const model& model_named(std::string_view name);

}  // namespace monochord::tests
