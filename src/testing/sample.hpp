// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include <monochord/testing/mock_rest.hpp>
#include "testing/json.hpp"

namespace monochord::testing {

/// A value of a shape of the tables, the same for the same settings.
json make_sample(std::uint16_t shape_index, const schema_play& how);

/// From which `schema_play::variation` on samples of a shape repeat themselves; at least 1.
std::size_t sample_variations(std::uint16_t shape_index, schema_mode mode);

}  // namespace monochord::testing
