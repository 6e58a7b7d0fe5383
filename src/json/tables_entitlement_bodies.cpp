// SPDX-License-Identifier: MIT
#include <monochord/model/entitlement_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(list_entitlements_query, {"limit", 1, 100})
MONOCHORD_MODEL(list_entitlements_query, user_id, sku_ids, before, after, limit, guild_id, exclude_ended, exclude_deleted,
                                         only_active)
MONOCHORD_MODEL(create_test_entitlement_body, sku_id, owner_id, owner_type)
MONOCHORD_MODEL(get_current_user_application_entitlements_query, sku_ids, exclude_consumed)
MONOCHORD_LIMITS(list_sku_subscriptions_query, {"limit", 1, 100})
MONOCHORD_MODEL(list_sku_subscriptions_query, before, after, limit, user_id)
MONOCHORD_MODEL(get_sku_subscription_query, user_id)

}  // namespace monochord
