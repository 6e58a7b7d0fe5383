// SPDX-License-Identifier: MIT
#include <monochord/model/oauth2_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(oauth2_token_body, grant_type, code, redirect_uri, refresh_token, scope)
MONOCHORD_MODEL(revoke_oauth2_token_body, token, token_type_hint)

}  // namespace monochord
