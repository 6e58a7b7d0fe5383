// SPDX-License-Identifier: MIT
#pragma once

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <vector>

// How a ratio is measured (docs/architecture.md): alternating pairs, each measurement in a fresh process; a check fails
// only when the lower quartile is over the budget.
namespace monochord::bench {

constexpr int pairs = 15;

inline void need(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "benchmark: %s\n", what);
  std::_Exit(2);
}

inline double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// The trivially copyable value of `work()` as a child of this process had it.
template <class Value>
Value in_fresh_process(const std::function<Value()>& work) {
  int ends[2];
  need(pipe(ends) == 0, "pipe");
  std::fflush(stdout);
  const pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    const Value value = work();
    std::_Exit(write(ends[1], &value, sizeof value) == sizeof value ? 0 : 2);
  }
  Value value{};
  int status = 0;
  close(ends[1]);
  const bool got = read(ends[0], &value, sizeof value) == sizeof value;
  close(ends[0]);
  waitpid(child, &status, 0);
  need(got && status == 0, "a measurement failed");
  return value;
}

inline double quantile(std::vector<double> all, double part = 0.5) {
  std::sort(all.begin(), all.end());
  return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1) + 0.5)];
}

/// A way to do something: `measure` gives CPU time for one unit of it, and runs in a process of its own.
struct contender {
  const char* name;
  std::function<double()> measure;
};

/// True when the lower quartile of other / least keeps to the budget (0: there is none).
inline bool compare(const contender& least, const contender& other, double budget, const char* unit) {
  std::vector<double> a, b, ratio;
  for (int i = 0; i < pairs; ++i) {
    a.push_back(in_fresh_process(least.measure));
    b.push_back(in_fresh_process(other.measure));
    ratio.push_back(b.back() / a.back());
  }
  std::printf("%-40s %8.1f %s\n%-40s %8.1f %s   ratio %.3f (quartiles %.3f to %.3f)", least.name, quantile(a), unit,
              other.name, quantile(b), unit, quantile(ratio), quantile(ratio, 0.25), quantile(ratio, 0.75));
  if (budget > 0) std::printf("   budget %.2f", budget);
  const bool good = budget == 0 || quantile(ratio, 0.25) <= budget;
  std::printf("%s\n\n", good ? "" : "   OVER");
  std::fflush(stdout);
  return good;
}

}  // namespace monochord::bench
