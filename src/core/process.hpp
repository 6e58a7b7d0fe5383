// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace monochord::detail {

/// What the system says of this process.
struct process_figures {
  double cpu_seconds = 0;  ///< of all threads, in user and system mode
  std::uint64_t threads = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t resident_bytes = 0;
};

/// Reads /proc/self/stat as proc(5) has it. Nothing where that is not what it was.
std::optional<process_figures> parse_process_stat(std::string_view text, long ticks_a_second, long page_bytes) noexcept;

/// Nothing where there is no /proc.
std::optional<process_figures> read_process_figures();

}  // namespace monochord::detail
