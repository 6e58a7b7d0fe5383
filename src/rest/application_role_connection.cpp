// SPDX-License-Identifier: MIT
#include <monochord/rest/application_role_connection.hpp>

#include <monochord/model/application_bodies.hpp>
#include <monochord/model/application_role_connection.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<application_role_connection_metadata>>
application_role_connection_routes::get_application_role_connection_metadata_records(application_id application,
                                                                                     const call_options& options) {
  return decoded<std::vector<application_role_connection_metadata>>(
      queue_of(*this),
      make({method::get, "/applications/{application_id}/role-connections/metadata"}, options, application));
}

task<std::vector<application_role_connection_metadata>>
application_role_connection_routes::update_application_role_connection_metadata_records(
    application_id application, list<application_role_connection_metadata_body> items, const call_options& options) {
  return decoded<std::vector<application_role_connection_metadata>>(
      queue_of(*this),
      with(queue_of(*this),
           make({method::put, "/applications/{application_id}/role-connections/metadata"}, options, application),
           items));
}

task<application_role_connection> application_role_connection_routes::get_current_user_application_role_connection(
    std::string_view bearer_token, application_id application, const call_options& options) {
  return decoded<application_role_connection>(
      queue_of(*this), make({method::get, "/users/@me/applications/{application_id}/role-connection"},
                            as(bearer_token, options), application));
}

task<application_role_connection> application_role_connection_routes::update_current_user_application_role_connection(
    std::string_view bearer_token, application_id application,
    const update_current_user_application_role_connection_body& body, const call_options& options) {
  return decoded<application_role_connection>(
      queue_of(*this), with(queue_of(*this),
                            make({method::put, "/users/@me/applications/{application_id}/role-connection"},
                                 as(bearer_token, options), application),
                            body));
}

task<> application_role_connection_routes::delete_current_user_application_role_connection(
    std::string_view bearer_token, application_id application, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/users/@me/applications/{application_id}/role-connection"},
                                    as(bearer_token, options), application));
}

}  // namespace monochord::rest
