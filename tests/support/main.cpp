// SPDX-License-Identifier: MIT
// main() of every Catch2 binary, and what skip() needs from it. Catch2 v2 has no SKIP of its own.
#include <cstdio>

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#include <catch2/catch_version_macros.hpp>
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

#if defined(__SANITIZE_THREAD__)
#define MONOCHORD_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define MONOCHORD_TSAN
#endif
#endif
#ifdef MONOCHORD_TSAN
// What orders these accesses is there, but TSan does not see it: Asio counts references with a release and an acquire
// fence, and TSan does not know fences; libstdc++ counts the references of an exception, and OpenSSL marks what it has
// cached of a certificate (x509v3_cache_extensions), by atomics inside of libraries that are not instrumented.
extern "C" const char* __tsan_default_suppressions() {
  return "race:boost::asio::detail::ref_count_down\n"
         "race:any_executor_base::destroy_shared\n"
         "race:std::__exception_ptr::exception_ptr::_M_release\n"
         "race:libcrypto.so\n";
}
#endif

int main(int argc, char** argv) {
  // Catch2's own result is a number of failures, which could be any; 4 means "skipped" to its CMake module.
  Catch::Session session;
#ifndef CATCH_VERSION_MAJOR
#error "which Catch2 is this?"
#elif CATCH_VERSION_MAJOR < 3
  session.configData().warnings = Catch::WarnAbout::NoTests;  // a name that matches nothing is an error, as in v3
#endif
  if (session.run(argc, argv) != 0) return 1;
  return skipped > 0 ? 4 : 0;
}
