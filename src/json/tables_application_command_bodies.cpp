// SPDX-License-Identifier: MIT
#include <monochord/model/application_command_bodies.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

MONOCHORD_LIMITS(edit_application_command_body, {"name", 1, 32}, {"name_localizations[]", 1, 32}, {"description", 0, 100},
                 {"description_localizations[]", 0, 100}, {"options", 0, 25},
                 {"default_member_permissions", 0, 18014398509481983}, {"integration_types", 1}, {"contexts", 1})
MONOCHORD_LIMIT_RULE(edit_application_command_body, command_limits)
MONOCHORD_MODEL(edit_application_command_body, name, name_localizations, description, description_localizations, options,
                 default_member_permissions, integration_types, contexts, nsfw, handler, dm_permission, default_permission)
MONOCHORD_MODEL(get_application_commands_query, with_localizations)
MONOCHORD_LIMITS(edit_application_command_permissions_body, {"permissions", 0, 100})
MONOCHORD_MODEL(edit_application_command_permissions_body, permissions)
MONOCHORD_LIMITS(batch_application_command_permissions_body, {"permissions", 0, 100})
MONOCHORD_MODEL(batch_application_command_permissions_body, id, permissions)

}  // namespace monochord
