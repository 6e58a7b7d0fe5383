// SPDX-License-Identifier: MIT
#include <monochord/core/proxy.hpp>

#include <cstdlib>

namespace monochord {

namespace {

std::string first_of(const char* lower, const char* upper) {
  for (const char* name : {lower, upper}) {
    const char* const found = std::getenv(name);
    if (found != nullptr && *found != '\0') return found;
  }
  return {};
}

}  // namespace

proxy_settings proxy_from_env() {
  proxy_settings found;
  found.url = first_of("https_proxy", "HTTPS_PROXY");
  found.except = first_of("no_proxy", "NO_PROXY");
  return found;
}

}  // namespace monochord
