// SPDX-License-Identifier: MIT
// What belongs to an application and its users.
#include <monochord/model/activity_attachment.hpp>
#include <monochord/model/activity_instance.hpp>
#include <monochord/model/application_command_permissions.hpp>
#include <monochord/model/application_events.hpp>
#include <monochord/model/application_role_connection.hpp>
#include <monochord/model/connection.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/sku.hpp>
#include <monochord/model/subscription.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_MODEL(activity_location, id, kind, channel_id, guild_id)
MONOCHORD_MODEL(activity_attachment, attachment)
MONOCHORD_MODEL(activity_instance, application_id, instance_id, launch_id, location, users)
MONOCHORD_MODEL(application_command_permission, id, type, permission)
MONOCHORD_MODEL(application_command_permissions, id, application_id, guild_id, permissions)
MONOCHORD_MODEL(application_role_connection_metadata, type, key, name, name_localizations, description,
                description_localizations)
MONOCHORD_MODEL(application_role_connection, platform_name, platform_username, metadata)
MONOCHORD_MODEL(connection_integration, id, name, type, enabled, account, guild)
MONOCHORD_MODEL(connection, id, name, type, revoked, integrations, verified, friend_sync, show_activity, two_way_link,
                visibility)
MONOCHORD_MODEL(oauth2_token, access_token, token_type, expires_in, refresh_token, scope, id_token, guild, webhook)
MONOCHORD_MODEL(current_authorization, application, scopes, expires, user)
MONOCHORD_MODEL(bot_authorization, client_id, scope, permissions, guild_id, disable_guild_select, integration_type)
MONOCHORD_MODEL(oauth2_key, kty, use, kid, n, e, alg)
MONOCHORD_MODEL(oauth2_keys, keys)
MONOCHORD_MODEL(openid_user_info, sub, email, email_verified, preferred_username, nickname, picture, locale)
MONOCHORD_MODEL(provisional_token, token_type, access_token, expires_in, scope, id_token, refresh_token, scopes,
                expires_at_s)
MONOCHORD_MODEL(sku, id, type, application_id, name, slug, flags, dependent_sku_id, release_date, features,
                access_type, show_age_gate, premium)
MONOCHORD_MODEL(subscription, id, user_id, sku_ids, entitlement_ids, renewal_sku_ids, current_period_start,
                current_period_end, status, canceled_at, country)
MONOCHORD_TABLE(application_command_permissions_update, MONOCHORD_INLINE(permissions))
MONOCHORD_TABLE(integration_create, MONOCHORD_INLINE(integration), MONOCHORD_FIELD(guild_id))
MONOCHORD_TABLE(integration_update, MONOCHORD_INLINE(integration), MONOCHORD_FIELD(guild_id))
MONOCHORD_MODEL(integration_delete, id, guild_id, application_id)
MONOCHORD_TABLE(subscription_create, MONOCHORD_INLINE(subscription))
MONOCHORD_TABLE(subscription_update, MONOCHORD_INLINE(subscription))
MONOCHORD_TABLE(subscription_delete, MONOCHORD_INLINE(subscription))

}  // namespace monochord
