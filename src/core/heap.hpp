// SPDX-License-Identifier: MIT
#pragma once

namespace monochord::detail {

/// Gives the system the memory that the allocator of this process keeps for later, if it is worth the call: what was
/// needed by all connections at one time, as after a start, would otherwise stay. Others
/// that allocate wait meanwhile. Thread-safe; does nothing with an allocator that is not glibc's.
void give_back_free_memory() noexcept;

}  // namespace monochord::detail
