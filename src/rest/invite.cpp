// SPDX-License-Identifier: MIT
#include <monochord/rest/invite.hpp>

#include <monochord/model/invite.hpp>
#include <monochord/model/invite_bodies.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<invite> invite_routes::get_invite(std::string_view code, const call_options& options) {
  return decoded<invite>(queue_of(*this), make({method::get, "/invites/{code}"}, options, code));
}
task<invite> invite_routes::get_invite(std::string_view code, const get_invite_query& query,
                                       const call_options& options) {
  return decoded<invite>(queue_of(*this),
                         asking(queue_of(*this), make({method::get, "/invites/{code}"}, options, code), query));
}

task<invite> invite_routes::delete_invite(std::string_view code, const call_options& options) {
  return decoded<invite>(queue_of(*this), make({method::del, "/invites/{code}"}, options, code));
}

task<std::string> invite_routes::get_target_users(std::string_view code, const call_options& options) {
  return bytes(queue_of(*this), make({method::get, "/invites/{code}/target-users"}, options, code));
}

task<> invite_routes::update_target_users(std::string_view code, const file_body& file, const call_options& options) {
  return done(queue_of(*this), with_one_file(make({method::put, "/invites/{code}/target-users"}, options, code),
                                             "target_users_file", file));
}

task<target_users_job_status> invite_routes::get_target_users_job_status(std::string_view code,
                                                                         const call_options& options) {
  return decoded<target_users_job_status>(
      queue_of(*this), make({method::get, "/invites/{code}/target-users/job-status"}, options, code));
}

}  // namespace monochord::rest
