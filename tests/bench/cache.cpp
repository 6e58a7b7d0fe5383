// SPDX-License-Identifier: MIT
// Bytes of RSS that a cached member takes with its user: 1,000 guilds of 200 members against 1,000 of 10, each in a fresh
// process; how far stats() is from what the allocator says; and what copying a large guild, saving and restoring take.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "bench/people.hpp"
#include "bench/ratio.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/cache/file.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/model/events.hpp>

namespace mc = monochord;
using namespace monochord::bench;

namespace {

constexpr std::uint64_t guilds = 1000;

struct figures {
  double rss = 0, allocated = 0, reported = 0, of_users = 0, of_members = 0;
};

double rss_bytes() {
  long pages = 0, resident = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  need(file && std::fscanf(file, "%ld %ld", &pages, &resident) == 2, "statm");
  std::fclose(file);
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

figures measure(int members) {
  mc::cache cache;
  people all;
  const auto before = static_cast<double>(mallinfo2().uordblks);
  for (std::uint64_t i = 0; i < guilds; ++i) cache.apply(all.guild(i, members));
  figures f;
  f.allocated = static_cast<double>(mallinfo2().uordblks) - before;
  malloc_trim(0);
  f.rss = rss_bytes();
  const mc::cache_stats stats = cache.stats();
  f.reported = static_cast<double>(stats.bytes());
  f.of_users = static_cast<double>(stats.of(mc::cache_kind::users).bytes);
  f.of_members = static_cast<double>(stats.of(mc::cache_kind::members).bytes);
  return f;
}

struct times {
  double copy = 0, copy_bytes = 0, save = 0, restore = 0, file_bytes = 0;
};

template <class F>
double milliseconds(F&& f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

times measure_copies() {
  times t;
  people all;
  {
    mc::cache cache;
    cache.apply(all.guild(0, 20000));
    const mc::guild_id id = cache.guild_ids().at(0);
    std::vector<double> each;
    for (int i = 0; i < 9; ++i) each.push_back(milliseconds([&] { t.copy_bytes = static_cast<double>(cache.snapshot(id)->bytes()); }));
    std::sort(each.begin(), each.end());
    t.copy = each[each.size() / 2];
  }
  mc::cache cache, fresh;
  for (std::uint64_t i = 0; i < guilds; ++i) cache.apply(all.guild(i, 200));
  const auto folder = std::filesystem::temp_directory_path() / ("monochord_bench_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const std::string path = (folder / "cache").string();
  t.save = milliseconds([&] { cache.save(path, {}); });
  t.file_bytes = static_cast<double>(std::filesystem::file_size(path));
  t.restore = milliseconds([&] { fresh.restore(path); });
  need(fresh.stats().of(mc::cache_kind::members).count == guilds * 200, "restored members");
  std::filesystem::remove_all(folder);
  return t;
}

}  // namespace

int main() {
  const auto many = in_fresh_process<figures>([] { return measure(200); });
  const auto few = in_fresh_process<figures>([] { return measure(10); });
  const double more = static_cast<double>(guilds) * 190;
  const double member = (many.rss - few.rss) / more;
  const double off = many.reported / many.allocated - 1;
  bool good = figure("RSS of a cached member with its user", member, "bytes", 160);
  figure("reported by stats(): of them the user", (many.of_users - few.of_users) / more, "bytes");
  figure("reported by stats(): of them the member", (many.of_members - few.of_members) / more, "bytes");
  good &= figure("stats() against the allocator, off by", std::fabs(off) * 100, "%", 5);
  const auto t = in_fresh_process<times>([] { return measure_copies(); });
  figure("snapshot of a guild of 20,000 members", t.copy, "ms");
  figure("the same, memory of it", t.copy_bytes / 20000, "bytes a member");
  figure("1,000 guilds of 200: save", t.save, "ms");
  figure("1,000 guilds of 200: restore", t.restore, "ms");
  figure("1,000 guilds of 200: file", t.file_bytes / 1e6, "MB");
  return good ? 0 : 1;
}
