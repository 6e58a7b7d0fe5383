// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What becomes of members whose subscription ended.
/// https://docs.discord.com/developers/resources/guild#integration-object-integration-expire-behaviors
enum class integration_expire_behavior : std::int32_t {
  remove_role = 0,
  kick = 1,
};

/// The account behind an integration.
/// https://docs.discord.com/developers/resources/guild#integration-account-object-integration-account-structure
struct integration_account {
  std::string id;
  maybe<std::string> name;
};

/// The application behind an integration.
/// https://docs.discord.com/developers/resources/guild#integration-application-object-integration-application-structure
struct integration_application {
  application_id id;
  maybe<std::string> name;
  maybe<std::string> icon;
  std::string description;
  maybe<int> type;
  optional<std::string> cover_image;
  optional<sku_id> primary_sku_id;
  box<user> bot;
};

/// Something that was connected with a guild: a bot, or an account of Twitch or YouTube (`type` says which).
/// https://docs.discord.com/developers/resources/guild#integration-object-integration-structure
struct integration {
  // Compiled once, in the library.
  integration();
  integration(const integration&);
  integration(integration&&) noexcept;
  integration& operator=(const integration&);
  integration& operator=(integration&&) noexcept;
  ~integration();

  integration_id id;
  maybe<std::string> name;
  std::string type;
  bool enabled = false;
  optional_bool syncing;
  maybe<monochord::role_id> role_id;
  optional_bool enable_emoticons;
  optional<integration_expire_behavior> expire_behavior;
  optional<int> expire_grace_period;  ///< in days
  box<monochord::user> user;
  integration_account account;
  optional<timestamp> synced_at;
  optional<int> subscriber_count;
  optional_bool revoked;
  box<integration_application> application;
  optional<std::vector<std::string>> scopes;
};

/// What an audit log tells of an integration.
/// https://docs.discord.com/developers/resources/audit-log#audit-log-object-example-partial-integration-object
struct partial_integration {
  integration_id id;
  maybe<std::string> name;
  std::string type;
  integration_account account;
  optional<monochord::application_id> application_id;
};

}  // namespace monochord
