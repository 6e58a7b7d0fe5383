// SPDX-License-Identifier: MIT
#include "protocol/gateway_url.hpp"

namespace monochord::protocol {
namespace {

/// Where the path starts: after the scheme and the host; the end of `url` when there is no path.
std::size_t path_begin(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto path = url.find_first_of("/?#", host);
  return path == std::string_view::npos ? url.size() : path;
}

}  // namespace

std::string gateway_address(std::string_view base, compression kind) {
  base = base.substr(0, base.find_first_of("?#"));
  std::string out(base);
  if (path_begin(base) == base.size()) out += '/';
  out += "?v=10&encoding=json";
  if (kind != compression::none) {
    out += "&compress=";
    out += name(kind);
  }
  return out;
}

std::string with_host_of(std::string_view url, std::string_view host_of) {
  std::string out(host_of.substr(0, path_begin(host_of)));
  out += url.substr(path_begin(url));
  return out;
}

}  // namespace monochord::protocol
