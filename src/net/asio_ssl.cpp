// SPDX-License-Identifier: MIT
// Asio's TLS parts, compiled once (Asio itself is compiled in core).
#include <boost/asio/ssl/impl/src.hpp>
