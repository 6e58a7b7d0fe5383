// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct get_sku_subscription_query;
struct list_sku_subscriptions_query;
struct subscription;
class rest_client;

namespace rest {

/// Subscriptions. With a user's bearer token (`call_options::bearer_token`) those of that user. Types:
/// `model/subscription.hpp`, `model/entitlement_bodies.hpp`.
class subscription_routes {
 public:
  /// The subscriptions with an SKU of one user, whom the query names unless a bearer token does.
  /// https://docs.discord.com/developers/resources/subscription#list-sku-subscriptions
  task<std::vector<subscription>> list_sku_subscriptions(sku_id sku, const call_options& options = {});
  task<std::vector<subscription>> list_sku_subscriptions(sku_id sku, const list_sku_subscriptions_query& query,
                                                         const call_options& options = {});
  /// One subscription. https://docs.discord.com/developers/resources/subscription#get-sku-subscription
  task<subscription> get_sku_subscription(sku_id sku, subscription_id which, const call_options& options = {});
  task<subscription> get_sku_subscription(sku_id sku, subscription_id which, const get_sku_subscription_query& query,
                                          const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  subscription_routes() = default;
};

}  // namespace rest

}  // namespace monochord
