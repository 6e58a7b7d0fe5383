// SPDX-License-Identifier: MIT
#include <monochord/model/application_bodies.hpp>

#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(install_params_body, {"permissions", 0, 18014398509481983})
MONOCHORD_MODEL(install_params_body, scopes, permissions)
MONOCHORD_MODEL(integration_type_config_body, oauth2_install_params)
MONOCHORD_LIMITS(edit_current_application_body, {"custom_install_url", 0, 2048},
                 {"role_connections_verification_url", 0, 2048}, {"interactions_endpoint_url", 0, 2048}, {"tags", 0, 5},
                 {"tags[]", 0, 20}, {"event_webhooks_url", 0, 2048}, {"max_participants", -1, 2147483647})
MONOCHORD_MODEL(edit_current_application_body, custom_install_url, description, role_connections_verification_url,
                 install_params, integration_types_config, flags, icon, cover_image, interactions_endpoint_url, tags,
                 event_webhooks_url, event_webhooks_status, event_webhooks_types, team_id, explicit_content_filter,
                 max_participants, type)
MONOCHORD_LIMITS(application_role_connection_metadata_body, {"key", 1, 50}, {"name", 1, 100},
                 {"name_localizations[]", 1, 100}, {"description", 1, 200}, {"description_localizations[]", 1, 200})
MONOCHORD_MODEL(application_role_connection_metadata_body, type, key, name, name_localizations, description,
                 description_localizations)
MONOCHORD_LIMITS(update_current_user_application_role_connection_body, {"platform_name", 0, 50},
                 {"platform_username", 0, 100}, {"metadata[]", 0, 100})
MONOCHORD_MODEL(update_current_user_application_role_connection_body, platform_name, platform_username, metadata)

}  // namespace monochord
