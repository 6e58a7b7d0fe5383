// SPDX-License-Identifier: MIT
// Events that wait until their handlers have begun: nobody who looks at the cache can tell.
#include "cache/late.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <monochord/cache/file.hpp>
#include <monochord/cache/guild_snapshot.hpp>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"

namespace mc = monochord;

using namespace mc::tests::cache_events;
using mc::cached::late;

namespace {

constexpr mc::guild_id home{5}, elsewhere{6};
constexpr mc::channel_id general{50};
constexpr mc::message_id said{7};
constexpr mc::user_id author{900};

std::shared_ptr<const mc::message_create> message(mc::guild_id in = home, const std::string& name = "somebody") {
  auto one = written(in.value(), in.value() * 10, said.value(), author.value());
  one.message.author.global_name = name;
  return std::make_shared<const mc::message_create>(std::move(one));
}

std::shared_ptr<const mc::interaction_create> interaction() {
  mc::interaction_create one;
  one.interaction.guild_id = home;
  one.interaction.member = somebody(author.value());
  return std::make_shared<const mc::interaction_create>(std::move(one));
}

mc::cache_options with_messages() {
  mc::cache_options options;
  options.policy.kinds |= mc::cache_kind::messages;
  return options;
}

std::string name_in(const mc::cache& cache) { return cache.user(author)->global_name.value(); }

}  // namespace

TEST_CASE("whoever looks at a cache finds what waits in it") {
  struct look {
    const char* at;
    std::function<bool(mc::cache&)> finds;
  };
  const std::vector<look> looks{
      {"member", [](mc::cache& c) { return c.member(home, author).has_value(); }},
      {"members", [](mc::cache& c) { return c.members(home).size() == 2; }},
      {"user", [](mc::cache& c) { return c.user(author).has_value(); }},
      {"message", [](mc::cache& c) { return c.message(general, said).has_value(); }},
      {"messages", [](mc::cache& c) { return c.messages(general).size() == 1; }},
      {"snapshot", [](mc::cache& c) { return c.snapshot(home)->member(author).has_value(); }},
      {"stats", [](mc::cache& c) { return c.stats().of(mc::cache_kind::members).count == 2; }},
      {"a file",
       [](mc::cache& c) {
         const mc::tests::temporary_folder folder;
         c.save(folder.file("cache"), {});
         mc::cache again(with_messages());
         return again.restore(folder.file("cache")) && again.member(home, author) && again.message(general, said);
       }},
  };
  for (const auto& [at, finds] : looks) {
    CAPTURE(at);
    mc::cache cache(with_messages());
    cache.apply(a_guild(home.value(), 1));
    late::apply(cache, message());
    REQUIRE(late::waits(cache));
    CHECK(finds(cache));
    CHECK_FALSE(late::waits(cache));
  }
}

TEST_CASE("whoever uses a command waits like whoever writes") {
  mc::cache cache;
  cache.apply(a_guild(home.value(), 1));
  late::apply(cache, interaction());
  CHECK(late::waits(cache));
  CHECK(cache.member(home, author));
}

TEST_CASE("what waits in a cache keeps its place before what comes after it") {
  mc::cache cache;
  cache.apply(a_guild(home.value(), 1));
  cache.apply(a_guild(elsewhere.value(), 1));

  SECTION("an event of the same shard") {
    late::apply(cache, message(home, "before"));
    late::settle(cache);
    cache.apply(*message(elsewhere, "after"));
    CHECK(name_in(cache) == "after");
  }
  SECTION("another that waits") {
    late::apply(cache, message(home, "before"));
    late::apply(cache, message(elsewhere, "after"));
    CHECK(name_in(cache) == "after");
    CHECK(cache.member(home, author));
  }
  SECTION("an answer of REST") {
    late::apply(cache, message(home, "before"));
    auto learned = somebody(author.value());
    learned.user->global_name = "after";
    cache.learn(home, learned);
    CHECK(name_in(cache) == "after");
  }
  SECTION("a file that is restored") {
    const mc::tests::temporary_folder folder;
    cache.save(folder.file("cache"), {});
    late::apply(cache, message());
    REQUIRE(cache.restore(folder.file("cache")));
    CHECK_FALSE(cache.member(home, author));
  }
}

TEST_CASE("what belongs to no guild waits for nobody, for a policy may look at the cache") {
  mc::cache* known = nullptr;
  int asked = 0;
  mc::cache_options options;
  options.guild_policy = [&](mc::guild_id) {
    ++asked;
    CHECK_FALSE(known->user(author));
    return mc::cache_policy{};
  };
  mc::cache cache(std::move(options));
  known = &cache;
  auto direct = *message();
  direct.guild_id.reset();
  direct.member.reset();
  late::apply(cache, std::make_shared<const mc::message_create>(std::move(direct)));
  CHECK_FALSE(late::waits(cache));
  CHECK(asked == 1);
}

TEST_CASE("readers on other threads find what waits while it is taken in") {
  constexpr int messages = 20'000;
  mc::cache cache;
  cache.apply(a_guild(home.value(), 1));
  std::atomic<int> told{0};
  std::atomic<bool> behind{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&, i] {
      for (int least = 0; least < messages;) {
        least = told.load();
        if (least == 0) continue;
        if (i == 0) late::settle(cache);
        if (std::stoi(name_in(cache)) < least) behind = true;
      }
    });
  for (int i = 1; i <= messages; ++i) {
    late::settle(cache);
    late::apply(cache, message(home, std::to_string(i)));
    told = i;
  }
  for (auto& one : readers) one.join();
  CHECK_FALSE(behind);
}
