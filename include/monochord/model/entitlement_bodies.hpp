// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <type_traits>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/list.hpp>

namespace monochord {

/// Whose an entitlement is.
/// https://docs.discord.com/developers/resources/entitlement#create-test-entitlement
enum class entitlement_owner_type : std::int32_t {
  guild = 1,
  user = 2,
};

/// Which entitlements.
/// https://docs.discord.com/developers/resources/entitlement#list-entitlements
struct list_entitlements_query {
  maybe<monochord::user_id> user_id{};
  comma_list<sku_id> sku_ids{};
  maybe<entitlement_id> before{};
  maybe<entitlement_id> after{};
  maybe<int> limit{};
  maybe<monochord::guild_id> guild_id{};
  maybe<bool> exclude_ended{};
  maybe<bool> exclude_deleted{};  ///< true unless given
  maybe<bool> only_active{};  ///< not documented
};

/// POST /applications/{application_id}/entitlements. The owner is a guild or a user.
/// https://docs.discord.com/developers/resources/entitlement#create-test-entitlement
struct create_test_entitlement_body {
  monochord::sku_id sku_id{};
  any_id owner_id{};
  entitlement_owner_type owner_type = entitlement_owner_type::guild;
};

/// Which entitlements of a user. Discord does not document it.
struct get_current_user_application_entitlements_query {
  comma_list<sku_id> sku_ids{};
  maybe<bool> exclude_consumed{};
};

/// Whose subscriptions; without a bearer token `user_id` is needed.
/// https://docs.discord.com/developers/resources/subscription#list-sku-subscriptions
struct list_sku_subscriptions_query {
  maybe<subscription_id> before{};
  maybe<subscription_id> after{};
  maybe<int> limit{};  ///< 50 unless given
  maybe<monochord::user_id> user_id{};
};

/// Whose subscription.
struct get_sku_subscription_query {
  maybe<monochord::user_id> user_id{};
};

static_assert(std::is_trivially_destructible_v<list_entitlements_query>);
static_assert(std::is_trivially_destructible_v<create_test_entitlement_body>);
static_assert(std::is_trivially_destructible_v<get_current_user_application_entitlements_query>);
static_assert(std::is_trivially_destructible_v<list_sku_subscriptions_query>);
static_assert(std::is_trivially_destructible_v<get_sku_subscription_query>);

}  // namespace monochord
