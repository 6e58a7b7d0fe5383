// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/execution_context.hpp>
#include <cstddef>

namespace monochord::detail {

/// Calls of `run_blocking` on this context that have not come back yet: work that no poll of the context can see.
std::size_t blocking_calls_pending(boost::asio::execution_context& context);

}  // namespace monochord::detail
