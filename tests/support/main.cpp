// SPDX-License-Identifier: MIT
// main() of every Catch2 binary, and what skip() needs from it. Catch2 v2 has no SKIP of its own.
#include <cstdio>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include "support/skip.hpp"

namespace {
int skipped = 0;
}

namespace monochord::test {

void skip(std::string_view why) {
  ++skipped;
  std::printf("SKIPPED: %.*s\n", static_cast<int>(why.size()), why.data());
}

}  // namespace monochord::test

int main(int argc, char** argv) {
  // Catch2's own result is a number of failures, which could be any; 4 means "skipped" to its CMake module.
  if (Catch::Session().run(argc, argv) != 0) return 1;
  return skipped > 0 ? 4 : 0;
}
