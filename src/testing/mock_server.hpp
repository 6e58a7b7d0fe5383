// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>

#include "net/network.hpp"
#include "net/server.hpp"
#include "net/tls.hpp"
#include "testing/brain.hpp"

namespace monochord::testing {

/// The server that carries a brain's decisions out: REST under /api, the gateway's websocket at / and, for those who
/// resume, at `gateway::resume_path`.
std::unique_ptr<net::server> make_mock_server(boost::asio::any_io_executor executor, std::shared_ptr<brain> mind,
                                              std::shared_ptr<net::network> transport,
                                              std::shared_ptr<const net::tls_context> tls);

}  // namespace monochord::testing
