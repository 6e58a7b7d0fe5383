// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct application_role_connection;
struct application_role_connection_metadata;
struct application_role_connection_metadata_body;
struct update_current_user_application_role_connection_body;
class rest_client;

namespace rest {

/// What an application knows of its users, for roles that ask for it. Types: `model/application_role_connection.hpp`,
/// `model/application_bodies.hpp`.
class application_role_connection_routes {
 public:
  /// What the application can say of its users.
  /// https://docs.discord.com/developers/resources/application-role-connection-metadata#get-application-role-connection-metadata-records
  task<std::vector<application_role_connection_metadata>> get_application_role_connection_metadata_records(
      application_id application, const call_options& options = {});
  /// Says anew what the application can say of its users: at most 5 things.
  /// https://docs.discord.com/developers/resources/application-role-connection-metadata#update-application-role-connection-metadata-records
  task<std::vector<application_role_connection_metadata>> update_application_role_connection_metadata_records(
      application_id application, list<application_role_connection_metadata_body> items,
      const call_options& options = {});
  /// What the application says of the user whose bearer token it is; scope role_connections.write.
  /// https://docs.discord.com/developers/resources/user#get-current-user-application-role-connection
  task<application_role_connection> get_current_user_application_role_connection(std::string_view bearer_token,
                                                                                 application_id application,
                                                                                 const call_options& options = {});
  /// Says something of the user whose bearer token it is; scope role_connections.write.
  /// https://docs.discord.com/developers/resources/user#update-current-user-application-role-connection
  task<application_role_connection> update_current_user_application_role_connection(
      std::string_view bearer_token, application_id application,
      const update_current_user_application_role_connection_body& body, const call_options& options = {});
  /// Says nothing more of the user whose bearer token it is; scope role_connections.write.
  /// https://docs.discord.com/developers/resources/user#delete-current-user-application-role-connection
  task<> delete_current_user_application_role_connection(std::string_view bearer_token, application_id application,
                                                         const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  application_role_connection_routes() = default;
};

}  // namespace rest

}  // namespace monochord
