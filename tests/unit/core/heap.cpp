// SPDX-License-Identifier: MIT
#include "core/heap.hpp"

#include <malloc.h>

#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "support/catch.hpp"

namespace {

long resident_kb() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("RssAnon:")) return std::stol(line.substr(8));
  return 0;
}

}  // namespace

TEST_CASE("what the allocator keeps between what is used goes back to the system") {
  constexpr std::size_t pieces = 1000, bytes = std::size_t{32} << 10;
  std::vector<std::unique_ptr<char[]>> busy, idle;
  for (std::size_t i = 0; i < pieces; ++i) {
    busy.push_back(std::make_unique_for_overwrite<char[]>(bytes));
    std::memset(busy.back().get(), 1, bytes);
    idle.push_back(std::make_unique<char[]>(100));
  }
  busy.clear();
  if (mallinfo2().fordblks < pieces * bytes / 2) return;  // a sanitizer's allocator, which has its own mind
  const long before = resident_kb();
  monochord::detail::give_back_free_memory();
  CHECK(before - resident_kb() > static_cast<long>(pieces * bytes / 2 / 1024));
}
