// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct create_test_entitlement_body;
struct entitlement;
struct get_current_user_application_entitlements_query;
struct list_entitlements_query;
class rest_client;

namespace rest {

/// What users bought. The routes for the application's users take their bearer token instead of the bot's
/// (`call_options::bearer_token`, scope applications.entitlements). Types: `model/entitlement.hpp`,
/// `model/entitlement_bodies.hpp`.
class entitlement_routes {
 public:
  /// Entitlements, active and expired ones. https://docs.discord.com/developers/resources/entitlement#list-entitlements
  task<std::vector<entitlement>> list_entitlements(application_id application, const call_options& options = {});
  task<std::vector<entitlement>> list_entitlements(application_id application, const list_entitlements_query& query,
                                                   const call_options& options = {});
  /// One entitlement. https://docs.discord.com/developers/resources/entitlement#get-entitlement
  task<entitlement> get_entitlement(application_id application, entitlement_id which, const call_options& options = {});
  /// Marks an entitlement of a consumable as used up.
  /// https://docs.discord.com/developers/resources/entitlement#consume-an-entitlement
  task<> consume_an_entitlement(application_id application, entitlement_id which, const call_options& options = {});
  /// Gives an entitlement for tests. Fires ENTITLEMENT_CREATE.
  /// https://docs.discord.com/developers/resources/entitlement#create-test-entitlement
  task<entitlement> create_test_entitlement(application_id application, const create_test_entitlement_body& body,
                                            const call_options& options = {});
  /// Takes an entitlement for tests back. Fires ENTITLEMENT_DELETE.
  /// https://docs.discord.com/developers/resources/entitlement#delete-test-entitlement
  task<> delete_test_entitlement(application_id application, entitlement_id which, const call_options& options = {});
  /// The entitlements of the user whose bearer token it is (scope applications.entitlements). Discord does not document
  /// it; what is alike: https://docs.discord.com/developers/resources/entitlement#list-entitlements
  task<std::vector<entitlement>> get_current_user_application_entitlements(std::string_view bearer_token,
                                                                           application_id application,
                                                                           const call_options& options = {});
  task<std::vector<entitlement>> get_current_user_application_entitlements(
      std::string_view bearer_token, application_id application,
      const get_current_user_application_entitlements_query& query, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  entitlement_routes() = default;
};

}  // namespace rest

}  // namespace monochord
