// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include "net/http_message.hpp"

namespace monochord::net {

/// What an answer may be at most to be read at once.
struct plain_answer_limits {
  std::size_t header_bytes;
  std::size_t body_bytes;
  std::size_t spare_bytes;  ///< to have room for behind the body
};

/// Reads an answer that lies there whole and is as plain as most are: HTTP/1.1, a body of the length that its header
/// tells, a connection that stays. Gives how many bytes it takes, and 0 for every other one, right or wrong, which a
/// parser of the whole of HTTP must look at: what is read here is read as that would.
std::size_t read_plain_answer(std::string_view bytes, const plain_answer_limits& limits, http_response& into);

}  // namespace monochord::net
