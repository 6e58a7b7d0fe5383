// SPDX-License-Identifier: MIT
#include <monochord/model/partner_sdk_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(partner_sdk_account_body, {"client_secret", 0, 1024}, {"external_auth_token", 1, 10240})
MONOCHORD_MODEL(partner_sdk_account_body, client_id, client_secret, external_auth_token, external_auth_type)
MONOCHORD_LIMITS(bot_partner_sdk_token_body, {"external_user_id", 1, 1024}, {"preferred_global_name", 1, 32})
MONOCHORD_MODEL(bot_partner_sdk_token_body, external_user_id, preferred_global_name, provisional_user_id)
MONOCHORD_LIMITS(bot_partner_sdk_unmerge_provisional_account_body, {"external_user_id", 1, 1024})
MONOCHORD_MODEL(bot_partner_sdk_unmerge_provisional_account_body, external_user_id)

}  // namespace monochord
