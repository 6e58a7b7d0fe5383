// SPDX-License-Identifier: MIT
// Beast's sources, compiled once; every layer defines BOOST_BEAST_SEPARATE_COMPILATION.
#include <boost/beast/src.hpp>
