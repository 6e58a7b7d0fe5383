// SPDX-License-Identifier: MIT
#pragma once

#include <malloc.h>
#include <sys/resource.h>
#include <time.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

// What the programs of this folder have in common: they take commands on their standard input, one a line, and answer
// each with a line of JSON.
namespace monochord::scale {

inline void print(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

/// Options as `--name value`.
class arguments {
 public:
  arguments(int argc, char** argv) : all_(argv, argv + argc) {}
  std::string text(const std::string& name, std::string otherwise) const {
    for (std::size_t i = 0; i + 1 < all_.size(); ++i)
      if (all_[i] == "--" + name) return all_[i + 1];
    return otherwise;
  }
  long number(const std::string& name, long otherwise) const {
    return std::stol(text(name, std::to_string(otherwise)));
  }

 private:
  std::vector<std::string> all_;
};

/// A line "Name:   123 kB" of a file of /proc/self.
inline long kilobytes(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(name + ":")) return std::stol(line.substr(name.size() + 1));
  throw std::runtime_error(std::string(file) + " has no " + name);
}

inline double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

/// Of this process: resident memory in kB (all; without what is mapped from files; this process' share of what several
/// have) and CPU time.
inline std::string measured() {
  return "\"rss_kb\":" + std::to_string(kilobytes("/proc/self/status", "VmRSS")) +
         ",\"anon_kb\":" + std::to_string(kilobytes("/proc/self/status", "RssAnon")) +
         ",\"pss_kb\":" + std::to_string(kilobytes("/proc/self/smaps_rollup", "Pss")) +
         ",\"heap_used_kb\":" + std::to_string(mallinfo2().uordblks / 1024 + mallinfo2().hblkhd / 1024) +
         ",\"cpu_s\":" + std::to_string(cpu_seconds());
}

inline int descriptor_limit() {
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  return static_cast<int>(now.rlim_cur);
}

int mock(const arguments& given);
int bot(const arguments& given);
int bare(const arguments& given);
int decode(const arguments& given);

}  // namespace monochord::scale
