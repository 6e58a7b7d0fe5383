// SPDX-License-Identifier: MIT
// How long the writer of a cache waits for its readers, measured at the locks: as many threads as there are cores read
// without a pause, one applies 200,000 events meanwhile. Once at a pace (20,000 a second, more than any shard brings),
// once as fast as it can. A program of its own that does not read shows what the machine itself keeps the writer from.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <monochord/cache/cache.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/model/events.hpp>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/people.hpp"
#include "bench/ratio.hpp"
#include "cache/watched_mutex.hpp"

namespace mc = monochord;
using namespace monochord::bench;
using monochord::cached::watched_mutex;

namespace {

constexpr std::uint64_t guilds = 1000, members = 200;
constexpr std::uint64_t large = guilds, large_members = 20'000;  // one guild more

struct waits {
  double p50 = 0, p99 = 0, p999 = 0, most = 0;  // microseconds
  double taken = 0;                             // of an event, without the waits
  double waited = 0;                            // events in 1,000
  double reads = 0;                             // a second
};

struct world {
  mc::cache cache;
  std::vector<std::vector<mc::member>> who;
  std::vector<mc::guild_id> ids;

  world() {
    mc::cache_options options;
    people all;
    for (std::uint64_t g = 0; g <= guilds; ++g) {
      auto event = all.guild(g, static_cast<int>(g == large ? large_members : members));
      auto& channel = event.channels.emplace_back();
      channel.id = mc::channel_id{event.guild.id.value() + 100};
      channel.guild_id = event.guild.id;
      channel.name = "general";
      ids.push_back(event.guild.id);
      who.emplace_back(event.members.begin(), event.members.begin() + members);
      cache.apply(event);
    }
  }
};

/// Whatever a handler asks for, of any guild; of all that a thing as a whole (a snapshot, all members) is every 50th.
void read_once(const world& w, std::mt19937_64& random) {
  const std::uint64_t g = random() % 50 == 0 ? large : random() % guilds;
  const mc::guild_id id = w.ids[g];
  const auto& all = w.who[g];
  std::size_t seen = 0;
  switch (random() % 50) {
    case 0:
      seen = w.cache.snapshot(id)->member_count();
      break;
    case 1:
      seen = w.cache.members(id).size();
      break;
    case 2:
    case 3:
    case 4:
    case 5:
      seen = w.cache.guild(id)->roles.size();
      break;
    case 6:
    case 7:
    case 8:
    case 9:
      seen = w.cache.roles(id).size();
      break;
    case 10:
    case 11:
    case 12:
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
      seen = w.cache.channel(mc::channel_id{id.value() + 100})->name->size();
      break;
    default:
      seen = w.cache.member(id, all[random() % members].user->id)->user->username.size();
  }
  need(seen > 0, "a reader missed something");
}

/// Changes of members, channels and roles.
void write_once(world& w, std::mt19937_64& random) {
  const std::uint64_t g = random() % 50 == 0 ? large : random() % guilds;
  const mc::member& who = w.who[g][random() % members];
  if (random() % 8 == 0) {
    mc::channel_update event;
    event.channel.id = mc::channel_id{w.ids[g].value() + 100};
    event.channel.guild_id = w.ids[g];
    event.channel.name = std::string(6 + random() % 9, 'c');
    return w.cache.apply(event);
  }
  mc::guild_member_update event;
  event.guild_id = w.ids[g];
  event.user = *who.user;
  event.nick = std::string(6 + random() % 9, 'n');
  event.roles = who.roles;
  event.joined_at = who.joined_at;
  w.cache.apply(event);
}

double nanoseconds(std::chrono::steady_clock::duration d) {
  return std::chrono::duration<double, std::nano>(d).count();
}

waits measure(int events, double a_second) {
  world w;
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> reads{0};
  std::vector<std::thread> readers;
  for (unsigned t = 0; t < std::max(1U, std::thread::hardware_concurrency()); ++t)
    readers.emplace_back([&, t] {
      std::mt19937_64 random(t + 2);
      std::uint64_t mine = 0;
      for (; !done.load(std::memory_order_relaxed); ++mine) read_once(w, random);
      reads += mine;
    });
  std::mt19937_64 random(1);
  std::vector<double> each;
  each.reserve(static_cast<std::size_t>(events));
  double working = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < events; ++i) {
    if (a_second > 0)
      std::this_thread::sleep_until(start + std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 / a_second * i)));
    const auto from = std::chrono::steady_clock::now();
    const std::uint64_t before = watched_mutex::waited_ns();
    write_once(w, random);
    each.push_back(static_cast<double>(watched_mutex::waited_ns() - before) / 1e3);
    working += nanoseconds(std::chrono::steady_clock::now() - from) / 1e3;
  }
  const double seconds = nanoseconds(std::chrono::steady_clock::now() - start) / 1e9;
  done = true;
  for (auto& r : readers) r.join();
  waits result;
  double sum = 0;
  for (const double wait : each) {
    sum += wait;
    result.waited += wait > 0 ? 1000.0 / events : 0;
  }
  result.taken = (working - sum) / events;
  result.p50 = quantile(each, 0.5);
  result.p99 = quantile(each, 0.99);
  result.p999 = quantile(each, 0.999);
  result.most = quantile(each, 1);
  result.reads = static_cast<double>(reads) / seconds;
  return result;
}

bool print(const std::string& how, const waits& w) {
  std::printf("%s: %.0f reads a second; an event takes %.1f us, %.2f of 1,000 events find a lock taken\n", how.c_str(),
              w.reads, w.taken, w.waited);
  figure(("the writer's wait, p50, " + how).c_str(), w.p50, "us");
  figure(("the writer's wait, p99, " + how).c_str(), w.p99, "us");
  const bool good = figure(("the writer's wait, p99.9, " + how).c_str(), w.p999, "us", bound(1000, 5000));
  figure(("the writer's wait, longest, " + how).c_str(), w.most, "us");
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::string_view(argv[1]) == "--check";
  checking = check;
  const int events = check ? 50'000 : 200'000;
  bool good = print("20,000 events a second", in_fresh_process<waits>([&] { return measure(events, 20'000); }));
  good &= print("as fast as it can", in_fresh_process<waits>([&] { return measure(events, 0); }));
  return good ? 0 : 1;
}
