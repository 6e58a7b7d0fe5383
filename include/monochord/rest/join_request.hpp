// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct action_guild_join_request_body;
struct get_guild_join_requests_query;
struct join_request;
struct join_request_list;
class rest_client;

namespace rest {

/// Requests to join a guild. Types: `model/join_request.hpp`, `model/join_request_bodies.hpp`.
class join_request_routes {
 public:
  /// Who asked to be let in. In Discord's specification, not in its documentation.
  task<join_request_list> get_guild_join_requests(guild_id guild, const call_options& options = {});
  task<join_request_list> get_guild_join_requests(guild_id guild, const get_guild_join_requests_query& query,
                                                  const call_options& options = {});
  /// Lets somebody in, or not. In Discord's specification, not in its documentation.
  task<join_request> action_guild_join_request(guild_id guild, any_id request,
                                               const action_guild_join_request_body& body,
                                               const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  join_request_routes() = default;
};

}  // namespace rest

}  // namespace monochord
