// SPDX-License-Identifier: MIT
#include "net/strand.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

namespace monochord::net {

namespace asio = boost::asio;

asio::any_io_executor make_strand(const asio::any_io_executor& executor) {
  using small = asio::io_context::executor_type;
  if (const auto* context = executor.target<small>()) return asio::strand<small>(*context);
  return asio::strand<asio::any_io_executor>(executor);
}

}  // namespace monochord::net
