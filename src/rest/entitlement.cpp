// SPDX-License-Identifier: MIT
#include <monochord/rest/entitlement.hpp>

#include <monochord/model/entitlement.hpp>
#include <monochord/model/entitlement_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<entitlement>> entitlement_routes::list_entitlements(application_id application,
                                                                     const call_options& options) {
  return decoded<std::vector<entitlement>>(
      queue_of(*this), make({method::get, "/applications/{application_id}/entitlements"}, options, application));
}
task<std::vector<entitlement>> entitlement_routes::list_entitlements(application_id application,
                                                                     const list_entitlements_query& query,
                                                                     const call_options& options) {
  return decoded<std::vector<entitlement>>(
      queue_of(*this),
      asking(queue_of(*this), make({method::get, "/applications/{application_id}/entitlements"}, options, application),
             query));
}

task<entitlement> entitlement_routes::get_entitlement(application_id application, entitlement_id which,
                                                      const call_options& options) {
  return decoded<entitlement>(
      queue_of(*this),
      make({method::get, "/applications/{application_id}/entitlements/{entitlement_id}"}, options, application, which));
}

task<> entitlement_routes::consume_an_entitlement(application_id application, entitlement_id which,
                                                  const call_options& options) {
  return done(queue_of(*this),
              make({method::post, "/applications/{application_id}/entitlements/{entitlement_id}/consume"}, options,
                   application, which));
}

task<entitlement> entitlement_routes::create_test_entitlement(application_id application,
                                                              const create_test_entitlement_body& body,
                                                              const call_options& options) {
  return decoded<entitlement>(
      queue_of(*this),
      with(queue_of(*this), make({method::post, "/applications/{application_id}/entitlements"}, options, application),
           body));
}

task<> entitlement_routes::delete_test_entitlement(application_id application, entitlement_id which,
                                                   const call_options& options) {
  return done(queue_of(*this), make({method::del, "/applications/{application_id}/entitlements/{entitlement_id}"},
                                    options, application, which));
}

task<std::vector<entitlement>> entitlement_routes::get_current_user_application_entitlements(
    std::string_view bearer_token, application_id application, const call_options& options) {
  return decoded<std::vector<entitlement>>(queue_of(*this),
                                           make({method::get, "/users/@me/applications/{application_id}/entitlements"},
                                                as(bearer_token, options), application));
}
task<std::vector<entitlement>> entitlement_routes::get_current_user_application_entitlements(
    std::string_view bearer_token, application_id application,
    const get_current_user_application_entitlements_query& query, const call_options& options) {
  return decoded<std::vector<entitlement>>(
      queue_of(*this), asking(queue_of(*this),
                              make({method::get, "/users/@me/applications/{application_id}/entitlements"},
                                   as(bearer_token, options), application),
                              query));
}

}  // namespace monochord::rest
