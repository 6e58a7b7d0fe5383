// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

/// Whether a subscription goes on.
/// https://docs.discord.com/developers/resources/subscription#subscription-statuses
enum class subscription_status : std::int32_t {
  active = 0,
  inactive = 1,
  ending = 2,
};

/// Somebody who pays again and again. Do not grant anything by its status: that is what entitlements are for.
/// https://docs.discord.com/developers/resources/subscription#subscription-object
struct subscription {
  // Compiled once, in the library.
  subscription();
  subscription(const subscription&);
  subscription(subscription&&) noexcept;
  subscription& operator=(const subscription&);
  subscription& operator=(subscription&&) noexcept;
  ~subscription();

  subscription_id id;
  monochord::user_id user_id;
  std::vector<sku_id> sku_ids;
  std::vector<entitlement_id> entitlement_ids;
  maybe<std::vector<sku_id>> renewal_sku_ids;
  timestamp current_period_start;
  timestamp current_period_end;
  subscription_status status{};
  maybe<timestamp> canceled_at;
  maybe<std::string> country;
};

}  // namespace monochord
