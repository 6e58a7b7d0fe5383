// SPDX-License-Identifier: MIT
#include "rest/call.hpp"

#include <atomic>

namespace monochord::rest {

namespace {

std::uint64_t next_order() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

call::call(protocol::route route) : route(route), order(next_order()) {}
call::call(protocol::route route, const protocol::path_parameters& parameters)
    : route(route), parameters(parameters), order(next_order()) {}

call call::to(protocol::method verb, std::string_view path) {
  auto parsed = protocol::parse_path(path);
  const auto owned = std::make_shared<const std::string>(std::move(parsed.path));
  call made(protocol::route{verb, *owned}, protocol::path_parameters(parsed.parameters));
  made.make_rare().owned_path = owned;
  return made;
}

}  // namespace monochord::rest
