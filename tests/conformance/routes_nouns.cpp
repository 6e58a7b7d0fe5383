// SPDX-License-Identifier: MIT
// The calls of everything but what a guild is made of.
#include <monochord/model/application.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/user.hpp>

#include "typed_routes.hpp"

namespace monochord::tests {

std::vector<typed_route> routes_of_nouns() {
  return {
      {"get_my_application", {}, {}, answer<application>(),
       {[](rest_client& rest) { return asked(rest.get_current_application()); }}},
      {"get_bot_gateway", {}, {}, answer<gateway_bot_info>(), {[](rest_client& rest) { return asked(rest.get_gateway_bot()); }}},
      {"get_my_user", {}, {}, answer<user>(), {[](rest_client& rest) { return asked(rest.get_current_user()); }}},
  };
}

route_exceptions exceptions_of_nouns() { return {}; }

}  // namespace monochord::tests
