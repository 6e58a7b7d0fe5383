// SPDX-License-Identifier: MIT
// The first byte chooses the compression and how the rest is cut into frames.
#include "protocol/inflate.hpp"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace monochord::protocol;
  if (size == 0) return 0;
  inflate_limits limits;
  limits.max_message = 1 << 16;
  inflater unpack(static_cast<compression>(data[0] % 3), limits);
  const std::size_t piece = data[0] / 3 == 0 ? size : data[0] / 3u;
  std::size_t frames = 0;
  for (std::size_t at = 1; at < size; at += piece) {
    const auto got = unpack.feed({reinterpret_cast<const char*>(data) + at, std::min(piece, size - at)});
    if (got.error && got.complete) std::abort();
    if (got.complete && got.message.size() > limits.max_message) std::abort();
    volatile char last = 0;
    if (got.complete) last = got.message.data()[got.message.size() + inflater::padding - 1];  // must be readable
    static_cast<void>(last);
    if (++frames % 5 == 0) unpack.release();
    if (frames % 17 == 0) unpack.reset();
  }
  if (unpack.counters().frames != frames) std::abort();
  return 0;
}
