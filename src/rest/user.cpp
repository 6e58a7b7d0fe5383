// SPDX-License-Identifier: MIT
#include <monochord/rest/user.hpp>

#include <monochord/model/user.hpp>
#include "rest/endpoint.hpp"

namespace monochord::rest {

task<user> user_routes::get_current_user(const call_options& options) {
  return decoded<user>(queue_of(*this), make({method::get, "/users/@me"}, options));
}

}  // namespace monochord::rest
