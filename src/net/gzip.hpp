// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace monochord::net {

/// What a gzip file (RFC 1952) of at most 16 members unpacks to. Throws `error`: `errc::inflate_failed` when it is damaged,
/// cut short, of more members or followed by something else, `errc::message_too_large` as soon as there are more than
/// `max_bytes`.
std::string gunzip(std::string_view packed, std::size_t max_bytes);

}  // namespace monochord::net
