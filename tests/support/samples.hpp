// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "json/table.hpp"

namespace monochord::tests {

using value = nlohmann::ordered_json;

/// Which fields a sample has.
enum class extent { required, all };

/// An object made from its table: `all` has every field (to a depth of `depth` objects), `required` only those.
/// `alternative` says which kind the tagged fields take.
value sample(const json::table& how, extent which, int depth = 2, std::size_t alternative = 0);

/// Whether re-encoding gave the same: ids may have been numbers, timestamps may be written differently, and what was
/// null may have become absent. `where` is the path of the first difference.
bool same(const value& before, const value& after, std::string& where);

/// The fields of `before` that `after` has not or has with another value, as paths without indexes; null may be absent.
void lost(const value& before, const value& after, const std::string& path, std::set<std::string>& out);

}  // namespace monochord::tests
