// SPDX-License-Identifier: MIT
#include <monochord/model/interaction_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(create_interaction_response_query, with_response)

}  // namespace monochord
