// SPDX-License-Identifier: MIT
#include <monochord/rest/gateway.hpp>

#include <monochord/model/gateway.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<gateway_info> gateway_routes::get_gateway(const call_options& options) {
  return decoded<gateway_info>(queue_of(*this), without_authorization(make({method::get, "/gateway"}, options)));
}

task<gateway_bot_info> gateway_routes::get_gateway_bot(const call_options& options) {
  return decoded<gateway_bot_info>(queue_of(*this), make({method::get, "/gateway/bot"}, options));
}

}  // namespace monochord::rest
