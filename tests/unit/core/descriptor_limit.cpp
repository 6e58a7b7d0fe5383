// SPDX-License-Identifier: MIT
#include "core/descriptor_limit.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "support/catch.hpp"

using namespace monochord;
using namespace monochord::detail;

namespace {

/// With these limits, in a process of its own, for a hard limit does not rise again.
bool holds(rlim_t soft, rlim_t hard, const std::function<bool()>& what) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit wanted{soft, hard};
    bool good = false;
    try {
      good = setrlimit(RLIMIT_NOFILE, &wanted) == 0 && what();
    } catch (...) {
    }
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0;
}

rlim_t soft_now() {
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  return now.rlim_cur;
}

}  // namespace

TEST_CASE("descriptors: a limit that is enough stays as it is") {
  CHECK(suitable_limit({1024, 4096}, 10, {"3 shards", 80, 90}) == 1024);
  CHECK(suitable_limit({1024, 4096}, 10, {"507 shards", 507, 1014}) == 1024);
}

TEST_CASE("descriptors: one that is too low is raised to what is wished, or as far as it goes") {
  CHECK(suitable_limit({1024, 4096}, 10, {"508 shards", 508, 1015}) == 1025);
  CHECK(suitable_limit({1024, 4096}, 10, {"1000 shards", 1000, 2000}) == 2010);
  CHECK(suitable_limit({1024, 1500}, 10, {"1000 shards", 1000, 2000}) == 1500);
  CHECK(suitable_limit({1024, 1010}, 10, {"1000 shards", 1000, 2000}) == 1010);
  CHECK(suitable_limit({1024, UINT64_MAX}, UINT64_MAX, {"shards", 5, UINT64_MAX}) == UINT64_MAX);
}

TEST_CASE("descriptors: too few are an error that names what is needed, what there is, and what to do") {
  try {
    suitable_limit({1024, 1009}, 10, {"1000 shards", 1000, 2000});
    FAIL("nobody complained");
  } catch (const descriptor_error& e) {
    CHECK(e.code() == errc::resource);
    CHECK(e.needed() == 1010);
    CHECK(e.limit() == 1009);
    const std::string text = e.what();
    for (const char* part : {"1000 shards", "1010", "1009", "ulimit -Hn", "LimitNOFILE"})
      CHECK(text.find(part) != std::string::npos);
  }
}

TEST_CASE("descriptors: the soft limit of this process is raised, the hard one is the end") {
  CHECK(holds(64, 1000, [] {
    provide_descriptors({"some", 100, 500});
    return soft_now() >= 500 && soft_now() < 600;  // and what is open
  }));
  CHECK(holds(64, 1000, [] {
    provide_descriptors({"some", 100, 5000});
    return soft_now() == 1000;
  }));
  CHECK(holds(64, 1000, [] {
    try {
      provide_descriptors({"many", 1000, 1000});
    } catch (const descriptor_error& e) {
      return e.limit() == 1000 && e.needed() > 1000 && soft_now() == 64;
    }
    return false;
  }));
  CHECK(holds(64, 1000, [] { return provide_all_descriptors() == 1000 && soft_now() == 1000; }));
}
