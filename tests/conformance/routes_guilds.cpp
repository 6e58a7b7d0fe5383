// SPDX-License-Identifier: MIT
// The calls of what a guild is made of.
#include "typed_routes.hpp"

namespace monochord::tests {

std::vector<typed_route> routes_of_guilds() { return {}; }

route_exceptions exceptions_of_guilds() { return {}; }

}  // namespace monochord::tests
