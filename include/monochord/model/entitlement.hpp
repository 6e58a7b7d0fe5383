// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// How an entitlement came about.
/// https://docs.discord.com/developers/resources/entitlement#entitlement-object-entitlement-types
enum class entitlement_type : std::int32_t {
  purchase = 1,
  premium_subscription = 2,
  developer_gift = 3,
  test_mode_purchase = 4,
  free_purchase = 5,
  user_gift = 6,
  premium_purchase = 7,
  application_subscription = 8,
  quest_reward = 10,
};

/// Whether somebody got what an entitlement promises. Not documented.
enum class entitlement_fulfillment : std::int32_t {
  unknown = 0,
  fulfillment_not_needed = 1,
  fulfillment_needed = 2,
  fulfilled = 3,
  fulfillment_failed = 4,
  unfulfillment_needed = 5,
  unfulfilled = 6,
  unfulfillment_failed = 7,
};

/// What somebody bought or was given.
/// https://docs.discord.com/developers/resources/entitlement#entitlement-object-entitlement-structure
struct entitlement {
  // Compiled once, in the library.
  entitlement();
  entitlement(const entitlement&);
  entitlement(entitlement&&) noexcept;
  entitlement& operator=(const entitlement&);
  entitlement& operator=(entitlement&&) noexcept;
  ~entitlement();

  entitlement_id id;
  monochord::sku_id sku_id;
  monochord::application_id application_id;
  optional<monochord::user_id> user_id;
  entitlement_type type{};
  bool deleted = false;
  maybe<timestamp> starts_at;
  maybe<timestamp> ends_at;
  maybe<monochord::guild_id> guild_id;
  optional_bool consumed;
  // not documented
  maybe<timestamp> fulfilled_at;
  maybe<entitlement_fulfillment> fulfillment_status;
  maybe<monochord::user_id> gifter_user_id;
  maybe<entitlement_id> parent_id;
};

}  // namespace monochord
