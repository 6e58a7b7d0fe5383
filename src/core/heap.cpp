// SPDX-License-Identifier: MIT
#include "core/heap.hpp"

#include <cstddef>

#if defined(__linux__)
#include <malloc.h>
#endif

namespace monochord::detail {

void give_back_free_memory() noexcept {
#if defined(__GLIBC__)
  constexpr std::size_t worth = std::size_t{4} << 20;
  if (mallinfo2().fordblks >= worth) malloc_trim(0);
#endif
}

}  // namespace monochord::detail
