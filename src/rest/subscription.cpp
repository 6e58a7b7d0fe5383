// SPDX-License-Identifier: MIT
#include <monochord/rest/subscription.hpp>

#include <monochord/model/entitlement_bodies.hpp>
#include <monochord/model/subscription.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<subscription>> subscription_routes::list_sku_subscriptions(sku_id sku, const call_options& options) {
  return decoded<std::vector<subscription>>(queue_of(*this),
                                            make({method::get, "/skus/{sku_id}/subscriptions"}, options, sku));
}
task<std::vector<subscription>> subscription_routes::list_sku_subscriptions(sku_id sku,
                                                                            const list_sku_subscriptions_query& query,
                                                                            const call_options& options) {
  return decoded<std::vector<subscription>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/skus/{sku_id}/subscriptions"}, options, sku), query));
}

task<subscription> subscription_routes::get_sku_subscription(sku_id sku, subscription_id which,
                                                             const call_options& options) {
  return decoded<subscription>(
      queue_of(*this), make({method::get, "/skus/{sku_id}/subscriptions/{subscription_id}"}, options, sku, which));
}
task<subscription> subscription_routes::get_sku_subscription(sku_id sku, subscription_id which,
                                                             const get_sku_subscription_query& query,
                                                             const call_options& options) {
  return decoded<subscription>(
      queue_of(*this),
      asking(queue_of(*this),
             make({method::get, "/skus/{sku_id}/subscriptions/{subscription_id}"}, options, sku, which), query));
}

}  // namespace monochord::rest
