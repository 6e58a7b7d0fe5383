// SPDX-License-Identifier: MIT
#include "property/rest_storm.hpp"

TEST_CASE("in random storms every call ends and no message is there twice") {
  monochord::tests::ride_out(1, 1000 / MONOCHORD_PROPERTY_SHARE);
}
