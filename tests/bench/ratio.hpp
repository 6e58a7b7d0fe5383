// SPDX-License-Identifier: MIT
#pragma once

#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
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

/// What a figure has to keep to; 0: nothing. Where the budget is not held yet, `limit` is what the short check of the tests fails
/// at instead, so that it gets no worse; the report says that it is over.
struct bound {
  bound(double of = 0, double fails_at = 0) : budget(of), limit(fails_at) {}
  double budget, limit;
};

/// The short check of the tests is run.
inline bool checking = false;

/// True when a value passes. Prints the bound behind it.
inline bool keeps(double value, const bound& to) {
  const bool good = to.budget == 0 || value <= to.budget;
  if (to.budget > 0) std::printf("   budget %.2f%s", to.budget, good ? "" : "   OVER");
  if (good || !checking || to.limit == 0) return good;
  std::printf(" (the check fails at %.2f)", to.limit);
  return value <= to.limit;
}

/// One line of JSON a figure, appended to the file that MONOCHORD_BENCH_FIGURES names: what tests/bench/report.py reads.
inline void record(const nlohmann::ordered_json& figure) {
  const char* path = std::getenv("MONOCHORD_BENCH_FIGURES");
  if (path == nullptr) return;
  std::FILE* out = std::fopen(path, "a");
  need(out != nullptr && std::fprintf(out, "%s\n", figure.dump().c_str()) > 0 && std::fclose(out) == 0,
       "the figures cannot be written");
}

/// Prints what was measured, and records it. True when it passes.
inline bool figure(const char* name, double value, const char* unit, const bound& to = {}) {
  std::printf("%-48s %10.2f %s", name, value, unit);
  const bool passes = keeps(value, to);
  std::printf("\n");
  std::fflush(stdout);
  record({{"name", name}, {"value", value}, {"unit", unit}, {"budget", to.budget}, {"good", to.budget == 0 || value <= to.budget}});
  return passes;
}

/// What two ways to do something were measured to take, in alternation. True when the lower quartile of the ratios passes.
inline bool judge(const char* least, const std::vector<double>& a, const char* other, const std::vector<double>& b,
                  const bound& to, const char* unit) {
  std::vector<double> ratio;
  for (std::size_t i = 0; i < a.size(); ++i) ratio.push_back(b[i] / a[i]);
  std::printf("%-40s %8.1f %s\n%-40s %8.1f %s   ratio %.3f (quartiles %.3f to %.3f)", least, quantile(a), unit, other,
              quantile(b), unit, quantile(ratio), quantile(ratio, 0.25), quantile(ratio, 0.75));
  const bool passes = keeps(quantile(ratio, 0.25), to);
  std::printf("\n\n");
  std::fflush(stdout);
  record({{"name", other},
          {"value", quantile(b)},
          {"unit", unit},
          {"floor_name", least},
          {"floor", quantile(a)},
          {"ratio", quantile(ratio)},
          {"lower", quantile(ratio, 0.25)},
          {"upper", quantile(ratio, 0.75)},
          {"budget", to.budget},
          {"good", to.budget == 0 || quantile(ratio, 0.25) <= to.budget}});
  return passes;
}

/// The same of what it measures itself.
inline bool compare(const contender& least, const contender& other, const bound& to, const char* unit, int rounds = pairs) {
  std::vector<double> a, b;
  for (int i = 0; i < rounds; ++i) {
    a.push_back(in_fresh_process(least.measure));
    b.push_back(in_fresh_process(other.measure));
  }
  return judge(least.name, a, other.name, b, to, unit);
}

}  // namespace monochord::bench
