// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "protocol/inflate.hpp"

namespace monochord::protocol {

/// The address to open: `base` with the API version, the encoding and the compression as its query. A query that
/// `base` has already is dropped.
/// https://docs.discord.com/developers/events/gateway#connecting
std::string gateway_address(std::string_view base, compression kind);

/// `url` with the scheme, host and port of `host_of`: how a `gateway_url` override also redirects resume URLs.
std::string with_host_of(std::string_view url, std::string_view host_of);

}  // namespace monochord::protocol
