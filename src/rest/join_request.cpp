// SPDX-License-Identifier: MIT
#include <monochord/model/join_request.hpp>
#include <monochord/model/join_request_bodies.hpp>
#include <monochord/rest/join_request.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<join_request_list> join_request_routes::get_guild_join_requests(guild_id guild, const call_options& options) {
  return decoded<join_request_list>(queue_of(*this),
      make({method::get, "/guilds/{guild_id}/requests"}, options, guild));
}
task<join_request_list> join_request_routes::get_guild_join_requests(guild_id guild,
                                                                     const get_guild_join_requests_query& query,
                                                                     const call_options& options) {
  return decoded<join_request_list>(queue_of(*this),
      asking(queue_of(*this), make({method::get, "/guilds/{guild_id}/requests"}, options, guild), query));
}

task<join_request> join_request_routes::action_guild_join_request(guild_id guild, any_id request,
                                                                  const action_guild_join_request_body& body,
                                                                  const call_options& options) {
  return decoded<join_request>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/guilds/{guild_id}/requests/{request_id}"}, options, guild,
          request), body));
}

}  // namespace monochord::rest
