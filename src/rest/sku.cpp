// SPDX-License-Identifier: MIT
#include <monochord/rest/sku.hpp>

#include <monochord/model/sku.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<std::vector<sku>> sku_routes::list_skus(application_id application, const call_options& options) {
  return decoded<std::vector<sku>>(queue_of(*this),
                                   make({method::get, "/applications/{application_id}/skus"}, options, application));
}

}  // namespace monochord::rest
