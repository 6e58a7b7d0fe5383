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

/// One guild as a community has it; what stands in it and how often is said by Discord's limits and taste.
mc::guild_create community(std::uint64_t number, people& all) {
  mc::guild_create event = all.guild(number, 100);
  const std::uint64_t base = event.guild.id.value();
  auto& g = event.guild;
  const std::string hash = "0123456789abcdef0123456789abcdef", sentence = "What this is about, in a sentence of 60 characters or so.";
  g.icon = hash;
  g.banner = hash;
  g.splash = mc::null;
  g.discovery_splash = mc::null;
  g.description = sentence;
  g.owner_id = mc::user_id{base + 1};
  g.afk_channel_id = mc::null;
  g.system_channel_id = mc::channel_id{base + 2};
  g.rules_channel_id = mc::channel_id{base + 3};
  g.public_updates_channel_id = mc::channel_id{base + 4};
  g.preferred_locale = mc::locale_name("en-US");
  for (const char* const feature : {"COMMUNITY", "NEWS", "ANIMATED_ICON", "INVITE_SPLASH", "ROLE_ICONS", "BANNER", "SOUNDBOARD"})
    g.features.emplace_back(feature);
  g.roles.resize(50, g.roles.at(0));
  for (std::uint64_t i = 0; i < g.roles.size(); ++i) {
    auto& r = g.roles[i];
    r.id = mc::role_id{base + i};
    r.color = static_cast<int>(i * 0x0a0b0c % 0xffffff);
    r.colors.emplace().primary_color = r.color;
    r.icon = mc::null;
    r.unicode_emoji = mc::null;
    r.position = static_cast<int>(i);
    r.permissions = mc::flags<mc::permission>(0x6546771E2F3C1U);
    r.flags.emplace();
  }
  for (std::uint64_t i = 0; i < 50; ++i) {
    auto& e = g.emojis.emplace_back();
    e.id = mc::emoji_id{base + 1000 + i};
    e.name = g.roles[i % 20].name;
    e.roles.emplace();
    e.require_colons = true;
    e.managed = false;
    e.animated = i % 3 == 0;
    e.available = true;
  }
  for (std::uint64_t i = 0; i < 20; ++i) {
    auto& s = (g.stickers ? *g.stickers : g.stickers.emplace()).emplace_back();
    s.id = mc::sticker_id{base + 2000 + i};
    s.name = g.roles[i].name;
    s.description = sentence;
    s.tags = "smile";
    s.type = mc::sticker_type::guild;
    s.format_type = mc::sticker_format::png;
    s.available = true;
    s.guild_id = g.id;
  }
  for (std::uint64_t i = 0; i < 100; ++i) {
    auto& c = event.channels.emplace_back();
    c.id = mc::channel_id{base + 3000 + i};
    c.name = g.roles[i % 20].name;
    c.position = static_cast<int>(i);
    c.nsfw = false;
    c.rate_limit_per_user = 0;
    c.flags.emplace();
    c.parent_id = mc::channel_id{base + 3000 + i / 10};
    c.last_message_id = mc::message_id{base + 9000 + i};
    c.topic = mc::null;
    if (i % 3 == 0) c.topic = sentence;
    c.permission_overwrites.emplace();
    for (std::uint64_t o = 0; i % 5 < 2 && o < 3; ++o) {
      auto& one = c.permission_overwrites->emplace_back();
      one.id = mc::any_id{base + o};
      one.allow = mc::flags<mc::permission>(0x400U);
      one.deny = mc::flags<mc::permission>(0x800U);
    }
  }
  for (std::uint64_t i = 0; i < 20; ++i) {
    auto& t = event.threads.emplace_back();
    t.id = mc::channel_id{base + 4000 + i};
    t.type = mc::channel_type::public_thread;
    t.guild_id = g.id;
    t.parent_id = mc::channel_id{base + 3000 + i};
    t.owner_id = mc::user_id{base + i};
    t.name = sentence.substr(0, 20);
    t.last_message_id = mc::message_id{base + 9000 + i};
    t.message_count = 17;
    t.member_count = 5;
    t.total_message_sent = 17;
    t.rate_limit_per_user = 0;
    t.flags.emplace();
    auto& more = t.thread_metadata.emplace();
    more.auto_archive_duration = 4320;
    more.archive_timestamp = mc::timestamp{std::chrono::microseconds{1600000000123456}};
    more.create_timestamp = more.archive_timestamp;
  }
  for (std::uint64_t i = 0; i < event.members.size(); ++i) {
    auto& p = event.presences.emplace_back();
    p.user.id = event.members[i].user->id;
    p.status = mc::presence_status(i % 2 ? "online" : "idle");
    p.client_status.desktop = p.status;
    if (i % 3) continue;
    auto& a = p.activities.emplace_back();
    a.name = "Visual Studio Code";
    a.created_at = 1600000000000;
    a.details = sentence.substr(0, 30);
    a.application_id = mc::application_id{base};
  }
  return event;
}

constexpr mc::cache_kind kinds_told[] = {mc::cache_kind::guilds,   mc::cache_kind::channels,  mc::cache_kind::threads,
                                         mc::cache_kind::roles,    mc::cache_kind::emojis,    mc::cache_kind::stickers,
                                         mc::cache_kind::presences};
constexpr const char* names_told[] = {"guild", "channel", "thread", "role", "emoji", "sticker", "presence"};

struct by_kind {
  double bytes[std::size(kinds_told)] = {};
  double off = 0;
};

by_kind measure_kinds() {
  mc::cache_options options;
  options.policy.kinds |= mc::cache_kind::stickers | mc::cache_kind::presences;
  mc::cache cache(options);
  people all;
  const auto before = static_cast<double>(mallinfo2().uordblks);
  for (std::uint64_t i = 0; i < 200; ++i) cache.apply(community(i, all));
  const double allocated = static_cast<double>(mallinfo2().uordblks) - before;
  const mc::cache_stats stats = cache.stats();
  by_kind out;
  out.off = std::fabs(static_cast<double>(stats.bytes()) / allocated - 1) * 100;
  for (std::size_t i = 0; i < std::size(kinds_told); ++i) {
    const auto& of = stats.of(kinds_told[i]);
    out.bytes[i] = static_cast<double>(of.bytes) / static_cast<double>(of.count);
  }
  return out;
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
  const auto kinds = in_fresh_process<by_kind>([] { return measure_kinds(); });
  for (std::size_t i = 0; i < std::size(kinds_told); ++i)
    figure((std::string("reported by stats(): a ") + names_told[i]).c_str(), kinds.bytes[i], "bytes");
  good &= figure("the same of communities, off by", kinds.off, "%", 5);
  const auto t = in_fresh_process<times>([] { return measure_copies(); });
  figure("snapshot of a guild of 20,000 members", t.copy, "ms");
  figure("the same, memory of it", t.copy_bytes / 20000, "bytes a member");
  figure("1,000 guilds of 200: save", t.save, "ms");
  figure("1,000 guilds of 200: restore", t.restore, "ms");
  figure("1,000 guilds of 200: file", t.file_bytes / 1e6, "MB");
  return good ? 0 : 1;
}
