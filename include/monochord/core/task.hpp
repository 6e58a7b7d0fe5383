// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/awaitable.hpp>

namespace monochord {

/// What every asynchronous function returns: an Asio coroutine. `co_await` it from another one, or start it with
/// `client::spawn`. It starts when it is awaited; whatever it takes by reference must live until it ends.
template <class T = void>
using task = boost::asio::awaitable<T>;

}  // namespace monochord
