// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>

namespace monochord::net {

/// An executor over `pool` that never occupies more than `limit` (at least 1) of its threads at once, however many
/// functions are submitted and however long they block; the others wait in the order they came. Copies share the limit.
boost::asio::any_io_executor make_limited_executor(boost::asio::any_io_executor pool, std::size_t limit);

}  // namespace monochord::net
