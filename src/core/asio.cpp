// SPDX-License-Identifier: MIT
// Asio's compiled part, once for the whole library (BOOST_ASIO_SEPARATE_COMPILATION); its TLS part is in net/asio_ssl.cpp.
#include <boost/asio/impl/src.hpp>
