// SPDX-License-Identifier: MIT
#include <monochord/rest/application.hpp>

#include <monochord/model/application.hpp>
#include "rest/endpoint.hpp"

namespace monochord::rest {

task<application> application_routes::get_current_application(const call_options& options) {
  return decoded<application>(queue_of(*this), make({method::get, "/applications/@me"}, options));
}

}  // namespace monochord::rest
