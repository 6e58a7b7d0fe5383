// SPDX-License-Identifier: MIT
#include "core/process.hpp"

#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace monochord::detail {

namespace {

// Fields of /proc/<pid>/stat, counted from 1 as proc(5) does.
constexpr int utime = 14, stime = 15, num_threads = 20, vsize = 23, rss = 24;
constexpr int first_after_name = 3;

}  // namespace

std::optional<process_figures> parse_process_stat(std::string_view text, long ticks_a_second,
                                                  long page_bytes) noexcept {
  // The program's name is between parentheses and may hold anything, ')' and spaces included.
  const auto name_end = text.rfind(')');
  if (name_end == std::string_view::npos || ticks_a_second <= 0 || page_bytes <= 0) return std::nullopt;
  text.remove_prefix(name_end + 1);

  std::uint64_t fields[rss + 1] = {};
  for (int field = first_after_name; field <= rss; ++field) {
    if (!text.starts_with(' ')) return std::nullopt;
    text.remove_prefix(1);
    const auto word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size());
    const bool wanted = field == utime || field == stime || field == num_threads || field == vsize || field == rss;
    if (!wanted) continue;  // the state is a letter, and some of the others are negative
    const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), fields[field]);
    if (failed != std::errc() || end != word.data() + word.size()) return std::nullopt;
  }
  const auto ticks = static_cast<double>(ticks_a_second);
  process_figures out;
  out.cpu_seconds = static_cast<double>(fields[utime] + fields[stime]) / ticks;
  out.threads = fields[num_threads];
  out.virtual_bytes = fields[vsize];
  out.resident_bytes = fields[rss] * static_cast<std::uint64_t>(page_bytes);
  return out;
}

std::optional<process_figures> read_process_figures() {
  std::ifstream file("/proc/self/stat");
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_process_stat(text, sysconf(_SC_CLK_TCK), sysconf(_SC_PAGESIZE));
}

}  // namespace monochord::detail
