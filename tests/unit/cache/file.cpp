// SPDX-License-Identifier: MIT
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <monochord/cache/file.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <monochord/core/error.hpp>
#include <monochord/testing/manual_clock.hpp>
#include <string>
#include <thread>

#include "cache/saved_head.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"

namespace mc = monochord;

using namespace mc::tests::cache_events;
using mc::cache_field;
using mc::cache_kind;
using mc::tests::temporary_folder;

namespace {

constexpr std::uint64_t of_shard_0 = 4ULL << 22, of_shard_1 = 5ULL << 22;

mc::cache_options everything() {
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  return options;
}

void fill(mc::cache& cache) {
  cache.apply(ready_as(1003));
  tell_everything(cache, mc::guild_id{of_shard_0});
  cache.apply(a_guild(of_shard_1, 2));
  cache.apply(written(0, 7, 901, 1001));
}

/// All that a cache says.
std::string told(const mc::cache& cache) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& where, const auto& values) {
    for (const auto& value : values) all.push_back(where + mc::json::encode(value));
  };
  for (const mc::guild_id id : cache.guild_ids()) {
    const auto s = cache.snapshot(id);
    const std::string at = std::to_string(id.value());
    all.push_back(at + " " + std::to_string(s->state().member_count) + (s->state().unavailable ? " away" : ""));
    if (const auto g = s->guild()) all.push_back(at + g->name);
    add(at + "members", s->members());
    add(at + "channels", s->channels());
    add(at + "threads", s->threads());
    add(at + "roles", s->roles());
    add(at + "emojis", s->emojis());
    add(at + "stickers", s->stickers());
    add(at + "sounds", s->soundboard());
    add(at + "voice", s->voice_states());
    add(at + "presences", s->presences());
    add(at + "stages", s->stage_instances());
    add(at + "events", s->scheduled_events());
    add(at + "integrations", s->integrations());
    add(at + "rules", s->auto_moderation_rules());
    add(at + "invites", s->invites());
    for (const auto& c : s->channels()) add(at + "messages", cache.messages(c.id));
  }
  if (const auto m = cache.message(mc::channel_id{7}, mc::message_id{901}))
    all.push_back("direct" + mc::json::encode(*m));
  add("entitlements", cache.entitlements());
  if (const auto u = cache.current_user()) all.push_back("self" + mc::json::encode(*u));
  std::sort(all.begin(), all.end());
  std::string text;
  for (const auto& line : all) text += line + "\n";
  return text;
}

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void put_contents(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

/// What restoring throws.
mc::error_code refusal(mc::cache& cache, const std::string& path, const mc::cache_restore_options& options = {}) {
  try {
    cache.restore(path, options);
  } catch (const mc::error& e) {
    CHECK(std::string(e.what()).find(path) != std::string::npos);
    return e.code();
  }
  return {};
}

bool refused_from_memory(const std::string& file) {
  std::string_view left = file;
  const auto source = [&](char* to, std::size_t most) {
    const std::size_t there = left.copy(to, most);
    left.remove_prefix(there);
    return there;
  };
  const auto fresh = std::make_unique<mc::cached::world>(everything());
  try {
    mc::cached::block_reader blocks(source, file.size(), "memory");
    mc::cached::load(*fresh, blocks, {});
  } catch (const mc::error& e) {
    return e.code() == mc::errc::file_damaged || e.code() == mc::errc::file_version;
  }
  return false;
}

const std::vector<mc::cache_mark> two_shards{{0, 2, "first", 70}, {1, 2, "second", 8000000000}};

}  // namespace

TEST_CASE("a cache that is saved comes back whole, with the marks that were given") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache before(everything());
  fill(before);
  before.save(path, two_shards);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  CHECK((std::filesystem::status(path).permissions() & ~std::filesystem::perms::owner_all) ==
        std::filesystem::perms::none);

  mc::cache after(everything());
  after.apply(a_guild(99, 5));  // goes
  const auto file = after.restore(path);
  REQUIRE(file);
  CHECK(file->bot_id == mc::user_id{1003});
  CHECK(std::chrono::abs(file->saved_at - std::chrono::system_clock::now()) < std::chrono::minutes{1});
  REQUIRE(file->marks.size() == 2);
  CHECK(file->marks[1].shard_id == 1);
  CHECK(file->marks[1].shard_count == 2);
  CHECK(file->marks[1].session_id == "second");
  CHECK(file->marks[1].seq == 8000000000);
  CHECK(file->restored == 2);
  CHECK(file->left_out == 0);
  CHECK(told(after) == told(before));
  for (std::size_t i = 0; i < mc::cache_stats::kinds; ++i) {
    INFO("kind " << i);
    CHECK(before.stats().each[i].count > 0);
    CHECK(after.stats().each[i].count == before.stats().each[i].count);
  }

  // It goes on like the first one.
  mc::guild_delete gone;
  for (const auto id : {of_shard_0, of_shard_1}) {
    gone.guild.id = mc::guild_id{id};
    after.apply(gone);
  }
  CHECK(after.stats().of(cache_kind::users).count == 0);
  CHECK_FALSE(after.channel(mc::channel_id{of_shard_0 * 10}));
}

TEST_CASE("where there is no file there is nothing, and the cache stays") {
  const temporary_folder folder;
  mc::cache cache;
  cache.apply(a_guild(5, 2));
  CHECK_FALSE(cache.restore(folder.file("none")));
  CHECK(cache.members(mc::guild_id{5}).size() == 2);
}

TEST_CASE("only the guilds of shards that are wanted come back") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache before(everything());
  fill(before);
  before.save(path, two_shards);
  for (const int shard : {0, 1}) {
    mc::cache after(everything());
    mc::cache_restore_options options;
    options.keep = [&](const mc::cache_mark& mark) { return mark.shard_id == shard; };
    const auto file = after.restore(path, options);
    CHECK(after.guild_ids() == std::vector{mc::guild_id{shard == 0 ? of_shard_0 : of_shard_1}});
    CHECK(file->restored == 1);
    CHECK(file->left_out >= 1);
    CHECK(after.message(mc::channel_id{7}, mc::message_id{901}).has_value() == (shard == 0));  // no guild: shard 0
    CHECK(after.user(mc::user_id{1001}));                                                      // in both
    CHECK(after.stats().of(cache_kind::users).count == (shard == 0 ? 3 : 2));
  }
  mc::cache none(everything());
  mc::cache_restore_options options;
  options.keep = [](const mc::cache_mark&) { return false; };
  CHECK(none.restore(path, options)->restored == 0);
  CHECK(none.stats().of(cache_kind::users).count == 0);
  CHECK_FALSE(none.current_user());
}

TEST_CASE("another bot's file, and one that others may write, is refused") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache before;
  fill(before);
  before.save(path, {});
  mc::cache after;
  mc::cache_restore_options options;
  options.bot_id = mc::user_id{1};
  CHECK(refusal(after, path, options) == mc::errc::file_mismatch);
  options.bot_id = mc::user_id{1003};
  CHECK_FALSE(refusal(after, path, options));
  std::filesystem::permissions(path, std::filesystem::perms::group_write, std::filesystem::perm_options::add);
  CHECK(refusal(after, path) == mc::errc::file_mismatch);
  CHECK(after.guild_ids().size() == 2);
}

TEST_CASE("under another policy what it wants is taken, and a file with less than that is refused") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  const mc::guild_id guild{of_shard_0};
  mc::cache before(everything());
  fill(before);
  before.save(path, {});

  mc::cache_options less;
  less.policy.kinds = cache_kind::members | cache_kind::users | cache_kind::channels;
  less.policy.without = cache_field::member_nick | cache_field::user_avatar | cache_field::channel_topic;
  mc::cache after(less);
  REQUIRE(after.restore(path));
  const auto member = after.member(guild, mc::user_id{1001});
  REQUIRE(member);
  CHECK(member->nick.is_absent());
  CHECK(member->user->avatar.is_absent());
  CHECK(member->user->username == "user1001");
  CHECK(member->joined_at.has_value());
  CHECK(after.channels(guild).at(0).topic.is_absent());
  CHECK(after.roles(guild).empty());
  CHECK(after.stats().of(cache_kind::guilds).count == 0);
  mc::cache same(less);
  same.apply(ready_as(1003));
  for (const auto id : {of_shard_0, of_shard_1}) same.apply(a_guild(id, id == of_shard_0 ? 3 : 2));
  CHECK(after.stats().of(cache_kind::users).bytes == same.stats().of(cache_kind::users).bytes);

  after.save(path, {});
  const auto refused = [&](auto change) {
    mc::cache_options options = less;
    change(options.policy);
    mc::cache cache(options);
    cache.apply(a_guild(6, 1));
    const auto code = refusal(cache, path);
    CHECK(cache.guild_ids().size() == (code ? 1 : 2));
    return code == mc::errc::file_mismatch;
  };
  CHECK_FALSE(refused([](mc::cache_policy&) {}));
  CHECK(refused([](mc::cache_policy& p) { p.kinds |= cache_kind::roles; }));
  CHECK(refused([](mc::cache_policy& p) { p.without = cache_field::member_nick | cache_field::channel_topic; }));
  CHECK(refused([](mc::cache_policy& p) { p.without = cache_field::user_avatar | cache_field::channel_topic; }));
  CHECK(refused([](mc::cache_policy& p) { p.without = cache_field::user_avatar | cache_field::member_nick; }));
  CHECK_FALSE(refused([](mc::cache_policy& p) {  // a field of what is not wanted is not missed
    p.kinds = cache_kind::members | cache_kind::users;
    p.without = cache_field::user_avatar | cache_field::member_nick;
  }));
  CHECK_FALSE(refused([](mc::cache_policy& p) { p.members_per_guild = 2; }));
  CHECK(refused([](mc::cache_policy& p) { p.members = mc::cache_members::in_voice; }));  // who is in voice is not told
}

TEST_CASE("whose members are kept is obeyed by what comes from a file") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  const mc::guild_id guild{of_shard_0};
  const auto members = [&](mc::cache_members saved, mc::cache_members wanted) -> std::string {
    mc::cache_options options = everything();
    options.policy.members = saved;
    mc::cache before(options);
    fill(before);
    before.save(path, {});
    options.policy.members = wanted;
    mc::cache after(options);
    if (refusal(after, path)) return "refused";
    std::string ids;
    for (const std::uint64_t id : {1001U, 1002U, 1003U})
      if (after.member(guild, mc::user_id{id})) ids += std::to_string(id - 1000);
    return ids;
  };
  using m = mc::cache_members;  // 1 wrote and is in voice, 3 is the bot
  CHECK(members(m::all, m::all) == "123");
  CHECK(members(m::all, m::in_voice) == "13");
  CHECK(members(m::all, m::active) == "3");
  CHECK(members(m::active, m::active) == "13");
  CHECK(members(m::in_voice, m::in_voice) == "13");
  CHECK(members(m::active, m::all) == "refused");
  CHECK(members(m::in_voice, m::all) == "refused");
  CHECK(members(m::active, m::in_voice) == "refused");
}

TEST_CASE("how long ago members were seen is counted on over a restart") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  const auto clock = std::make_shared<mc::testing::manual_clock>();
  mc::cache_options options;
  options.clock = clock;
  options.policy.member_age = std::chrono::hours{1};
  mc::cache before(options);
  clock->advance(std::chrono::minutes{10});
  before.apply(a_guild(5, 2));
  clock->advance(std::chrono::minutes{20});
  mc::guild_member_add event;
  event.guild_id = mc::guild_id{5};
  event.member = somebody(1002);
  before.apply(event);
  before.save(path, {});
  clock->advance(std::chrono::minutes{20});
  mc::cache after(options);
  REQUIRE(after.restore(path));
  clock->advance(std::chrono::minutes{19});
  after.sweep();
  CHECK(after.members(mc::guild_id{5}).size() == 2);
  clock->advance(std::chrono::minutes{2});
  after.sweep();
  CHECK_FALSE(after.member(mc::guild_id{5}, mc::user_id{1001}));
  CHECK(after.member(mc::guild_id{5}, mc::user_id{1002}));
  clock->advance(std::chrono::minutes{20});
  after.sweep();
  CHECK(after.members(mc::guild_id{5}).empty());
}

TEST_CASE("a file that is cut short or has another byte anywhere is refused, and the cache stays as it was") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache before(everything());
  fill(before);
  before.save(path, two_shards);
  const std::string whole = contents(path);
  mc::cache after(everything());
  after.apply(a_guild(6, 2));
  const std::string was = told(after);
  const auto check = [&](const std::string& text) {
    put_contents(path, text);
    const auto code = refusal(after, path);
    return code == mc::errc::file_damaged || code == mc::errc::file_version;
  };
  const auto flipped = [&](std::size_t i) {
    std::string other = whole;
    other[i] = static_cast<char>(other[i] ^ (1 << i % 8));
    return other;
  };
  // All of them from memory, some as files.
  std::size_t refused = 0, files = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    refused += refused_from_memory(whole.substr(0, i)) && refused_from_memory(flipped(i)) ? 1 : 0;
    if (i % 64 == 0) files += check(whole.substr(0, i)) && check(flipped(i)) ? 1 : 0;
  }
  CHECK(refused == whole.size());
  CHECK(files == (whole.size() + 63) / 64);
  CHECK_FALSE(refused_from_memory(whole));
  CHECK(check(whole + "x"));
  CHECK(check(whole + whole));
  CHECK(told(after) == was);
  put_contents(path, whole);
  CHECK_FALSE(refusal(after, path));
  CHECK(told(after) == told(before));
}

TEST_CASE("a file of an older or a newer version is refused as such") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache cache;
  cache.save(path, {});
  std::string text = contents(path);
  for (const char version : {'\0', '\1', '\3', '\x7f'}) {
    text[16] = version;
    put_contents(path, text);
    CHECK(refusal(cache, path) == mc::errc::file_version);
  }
}

TEST_CASE("a save that fails leaves the file that was there, and says why") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache cache;
  fill(cache);
  cache.save(path, {});
  const std::string text = contents(path);
  const auto code = [&](const std::string& where, const std::vector<mc::cache_mark>& marks) -> mc::error_code {
    try {
      cache.save(where, marks);
    } catch (const mc::error& e) {
      return e.code();
    }
    return {};
  };
  CHECK(code(folder.file("missing/cache"), {}) == mc::errc::resource);
  CHECK(code("", {}) == mc::errc::invalid_argument);
  CHECK(code(path, {{2, 2, "", 0}}) == mc::errc::invalid_argument);
  CHECK(code(path, {{-1, 2, "", 0}}) == mc::errc::invalid_argument);
  CHECK(code(path, {{0, 0, "", 0}}) == mc::errc::invalid_argument);
  std::filesystem::create_directory(path + ".new");  // in the way
  CHECK(code(path, {}) == mc::errc::resource);
  CHECK(contents(path) == text);
}

TEST_CASE("a file that is saved while events come is whole, and right once what came since the mark is applied again") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  mc::cache cache;
  constexpr std::uint64_t guilds = 20;
  for (std::uint64_t g = 1; g <= guilds; ++g) cache.apply(a_guild(g, 20));
  std::atomic<std::uint64_t> applied{0};
  std::atomic<bool> done{false};
  const auto event = [](std::uint64_t n) {
    mc::guild_member_update update;
    update.guild_id = mc::guild_id{1 + n % guilds};
    update.user = *somebody(1001 + n % 7).user;
    update.user.username = "name" + std::to_string(n);
    return update;
  };
  std::thread writer([&] {
    while (!done) {
      cache.apply(event(applied));
      ++applied;
    }
  });
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t mark = applied;
    cache.save(path, {{0, 1, "session", static_cast<std::int64_t>(mark)}});
    const std::uint64_t until = applied;
    mc::cache after;
    const auto file = after.restore(path);
    REQUIRE(file);
    REQUIRE(file->restored == guilds);
    for (std::uint64_t n = mark; n <= until; ++n) after.apply(event(n));
    for (std::uint64_t n = until < 7 ? 0 : until - 6; n <= until; ++n)
      CHECK(after.user(mc::user_id{1001 + n % 7})->username == "name" + std::to_string(n));
    for (std::uint64_t g = 1; g <= guilds; ++g) CHECK(after.members(mc::guild_id{g}).size() == 20);
  }
  done = true;
  writer.join();
}

TEST_CASE("when everything is deleted its memory is given back to the allocator, restored or not") {
  const temporary_folder folder;
  const std::string path = folder.file("cache");
  constexpr std::uint64_t guilds = 300;
  mc::cache cache(everything());
  const auto live = [&](bool restored) {
    for (std::uint64_t g = 1; g <= guilds; ++g) cache.apply(a_guild(g, 100));
    for (std::uint64_t g = 1; g <= guilds; ++g)
      for (std::uint64_t m = 1; m <= 5; ++m) cache.apply(written(g, g * 10, g * 100 + m, 1001));
    if (restored) {
      cache.save(path, {});
      cache.restore(path);
    }
    const std::size_t peak = ::mallinfo2().uordblks;
    mc::guild_delete gone;
    for (std::uint64_t g = 1; g <= guilds; ++g) {
      gone.guild.id = mc::guild_id{g};
      cache.apply(gone);
    }
    return peak;
  };
  live(false);  // what lives as long as a thread is there now
  const std::size_t start = ::mallinfo2().uordblks;
  for (const bool restored : {false, true, true}) {
    const std::size_t peak = live(restored);
    const std::size_t end = ::mallinfo2().uordblks;
    INFO("start " << start << ", peak " << peak << ", end " << end);
    CHECK(end <= start + (peak - start) / 100);
  }
  CHECK(cache.stats().of(cache_kind::users).count == 0);
}
