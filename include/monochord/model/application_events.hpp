// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/application_command_permissions.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/subscription.hpp>

namespace monochord {

/// Who may use the bot's commands changed.
/// https://docs.discord.com/developers/events/gateway-events#application-command-permissions-update
struct application_command_permissions_update {
  application_command_permissions permissions;
};

/// Something was connected with a guild.
/// https://docs.discord.com/developers/events/gateway-events#integration-create-integration-create-event-additional-fields
struct integration_create {
  monochord::integration integration;
  monochord::guild_id guild_id;
};

/// Something that is connected with a guild changed.
/// https://docs.discord.com/developers/events/gateway-events#integration-update-integration-update-event-additional-fields
struct integration_update {
  monochord::integration integration;
  monochord::guild_id guild_id;
  std::shared_ptr<const monochord::integration> before{};  ///< as the cache had it; null where it did not
};

/// Something is no longer connected with a guild.
/// https://docs.discord.com/developers/events/gateway-events#integration-delete-integration-delete-event-fields
struct integration_delete {
  integration_id id;
  monochord::guild_id guild_id;
  optional<monochord::application_id> application_id;
  std::shared_ptr<const monochord::integration> before{};  ///< as the cache had it; null where it did not
};

/// Somebody subscribed.
/// https://docs.discord.com/developers/events/gateway-events#subscription-create
struct subscription_create {
  monochord::subscription subscription;
};

/// A subscription was renewed, cancelled or otherwise changed.
/// https://docs.discord.com/developers/events/gateway-events#subscription-update
struct subscription_update {
  monochord::subscription subscription;
};

/// A subscription was deleted.
/// https://docs.discord.com/developers/events/gateway-events#subscription-delete
struct subscription_delete {
  monochord::subscription subscription;
};

}  // namespace monochord
