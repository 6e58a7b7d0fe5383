// SPDX-License-Identifier: MIT
#pragma once

#include <boost/beast/core/flat_buffer.hpp>

namespace monochord::bench {

/// What a floor reads into: 64 KiB that are there from the beginning, so that one read takes all that has come.
inline boost::beast::flat_buffer room_of_64_kib() {
  boost::beast::flat_buffer buffer(65536);
  buffer.reserve(65536);
  return buffer;
}

}  // namespace monochord::bench
