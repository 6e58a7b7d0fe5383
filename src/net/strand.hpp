// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace monochord::net {

/// A new strand over `executor`. One over an `io_context` is small enough to be copied, and to be asked for its
/// properties, without an allocation, which a `strand<any_io_executor>` is not: Asio does both several times for each
/// asynchronous operation.
boost::asio::any_io_executor make_strand(const boost::asio::any_io_executor& executor);

}  // namespace monochord::net
