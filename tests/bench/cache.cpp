// SPDX-License-Identifier: MIT
// Bytes of RSS that a cached member takes with its user: 1,000 guilds of 200 members against 1,000 of 10, each in a fresh
// process; how far stats() is from what the allocator says; and what copying a large guild, saving and restoring take.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

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

class people {
 public:
  mc::guild_create guild(std::uint64_t number, int members) {
    mc::guild_create event;
    event.guild.id = mc::guild_id{(number + 1) << 32};
    event.guild.name = name();
    for (std::uint64_t r = 0; r < 20; ++r) {
      auto& role = event.guild.roles.emplace_back();
      role.id = mc::role_id{event.guild.id.value() + r};
      role.name = name();
    }
    for (int i = 0; i < members; ++i) event.members.push_back(member(event.guild));
    return event;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string name() {
    std::string text;
    for (std::uint64_t i = 6 + below(9); i > 0; --i) text += static_cast<char>('a' + below(26));
    return text;
  }
  mc::member member(const mc::guild& guild) {
    mc::member m;
    auto& u = m.user.emplace();
    u.id = mc::user_id{175928847299117063U + ++made_ * 4'194'304'003U};
    u.username = name();
    u.discriminator.assign(1, '0');
    if (below(10) < 7) u.global_name = name();
    else u.global_name = mc::null;
    if (below(10) < 8) {
      std::string hash;
      for (int i = 0; i < 32; ++i) hash += "0123456789abcdef"[below(16)];
      u.avatar = hash;
    } else {
      u.avatar = mc::null;
    }
    u.public_flags = mc::flags<mc::user_flag>(below(4) ? 0 : 4194304);
    if (below(10) < 2) m.nick = name();
    for (std::uint64_t i = 2 + below(4); i > 0; --i) m.roles.push_back(guild.roles[below(20)].id);
    m.joined_at = mc::timestamp{std::chrono::microseconds{1500000000000000 + static_cast<std::int64_t>(below(200000000000000))}};
    return m;
  }
  std::mt19937_64 random_{1};
  std::uint64_t made_ = 0;
};

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
  std::printf("RSS of a member with its user   %6.1f bytes   budget 160%s\n", member, member > 160 ? "   OVER" : "");
  std::printf("  of them reported: user %.1f, member %.1f\n", (many.of_users - few.of_users) / more, (many.of_members - few.of_members) / more);
  std::printf("stats() against the allocator   %+6.2f %%      budget 5 %%%s\n", off * 100, off > 0.05 || off < -0.05 ? "   OVER" : "");
  const auto t = in_fresh_process<times>([] { return measure_copies(); });
  std::printf("snapshot of 20,000 members      %6.2f ms, %.0f bytes a member\n", t.copy, t.copy_bytes / 20000);
  std::printf("1,000 guilds of 200             save %.0f ms, restore %.0f ms, file %.1f MB\n", t.save, t.restore, t.file_bytes / 1e6);
  return member <= 160 && off <= 0.05 && off >= -0.05 ? 0 : 1;
}
