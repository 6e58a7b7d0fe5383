// SPDX-License-Identifier: MIT
// Reactions and votes, which change the messages that are kept.
#include <string>

#include "cache/reaction_log.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/cache/file.hpp>

namespace mc = monochord;
using namespace mc::tests::cache_events;
using mc::cache_kind;

namespace {

mc::emoji unicode(const char* name) {
  mc::emoji e;
  e.id = mc::null;
  e.name = name;
  return e;
}
mc::emoji custom(std::uint64_t id) {
  mc::emoji e;
  e.id = mc::emoji_id{id};
  e.name = "own";
  return e;
}

struct fixture {
  fixture() {
    options.policy.kinds |= cache_kind::messages;
    cache = std::make_unique<mc::cache>(options);
    cache->apply(ready_as(999));
    cache->apply(a_guild(5, 3));
    cache->apply(written(5, 50, 900, 1001));
  }
  template <class E>
  E about(std::uint64_t message = 900) {
    E event;
    event.guild_id = mc::guild_id{5};
    event.channel_id = mc::channel_id{50};
    event.message_id = mc::message_id{message};
    return event;
  }
  template <class E>
  void react(std::uint64_t user, const mc::emoji& what, bool burst = false) {
    auto event = about<E>();
    event.user_id = mc::user_id{user};
    event.emoji = what;
    event.burst = burst;
    if constexpr (requires { event.burst_colors; })
      if (burst) event.burst_colors.emplace().emplace_back("#112233");
    cache->apply(event);
  }
  void add(std::uint64_t user, const mc::emoji& what, bool burst = false) { react<mc::message_reaction_add>(user, what, burst); }
  void remove(std::uint64_t user, const mc::emoji& what, bool burst = false) {
    react<mc::message_reaction_remove>(user, what, burst);
  }
  template <class E>
  void vote(std::uint64_t user, int answer) {
    auto event = about<E>();
    event.user_id = mc::user_id{user};
    event.answer_id = answer;
    cache->apply(event);
  }
  mc::message message(std::uint64_t id = 900) { return cache->message(mc::channel_id{50}, mc::message_id{id}).value(); }
  std::string reactions() {
    std::string out;
    const auto m = message();
    if (!m.reactions) return "none";
    for (const auto& r : *m.reactions)
      out += r.emoji.name.value() + " " + std::to_string(r.count) + " (" + std::to_string(r.count_details->normal) + "+" +
             std::to_string(r.count_details->burst) + ")" + (r.me ? " me" : "") + (r.me_burst ? " me_burst" : "") +
             (r.burst_colors ? " " + r.burst_colors->at(0) : "") + ";";
    return out;
  }
  std::string votes() {
    std::string out;
    const auto m = message();
    if (!m.poll || !m.poll->results) return "unknown";
    for (const auto& a : m.poll->results->answer_counts)
      out += std::to_string(a.id) + ": " + std::to_string(a.count) + (a.me_voted ? " me;" : ";");
    return out;
  }

  mc::cache_options options;
  std::unique_ptr<mc::cache> cache;
};

}  // namespace

TEST_CASE("reactions are counted by kind, the bot's own are marked, and an emoji without any goes") {
  fixture f;
  f.add(1001, unicode("fire"));
  f.add(1002, unicode("fire"), true);
  f.add(999, unicode("fire"), true);
  f.add(999, custom(61));
  CHECK(f.reactions() == "fire 3 (1+2) me_burst #112233;own 1 (1+0) me;");
  f.remove(999, custom(61));
  f.remove(999, unicode("fire"), true);
  f.remove(1002, unicode("fire"), true);
  CHECK(f.reactions() == "fire 1 (1+0);");
  f.remove(1001, unicode("fire"));
  CHECK(f.reactions() == "none");
  f.remove(1001, custom(61));  // of one that nobody knows
  CHECK(f.reactions() == "none");
}

TEST_CASE("all reactions go at once, or those of an emoji, and come again") {
  fixture f;
  for (const std::uint64_t user : {1001U, 1002U}) {
    f.add(user, unicode("fire"));
    f.add(user, custom(61));
  }
  auto of_one = f.about<mc::message_reaction_remove_emoji>();
  of_one.emoji = custom(61);
  f.cache->apply(of_one);
  CHECK(f.reactions() == "fire 2 (2+0);");
  f.add(1001, custom(61));
  CHECK(f.reactions() == "fire 2 (2+0);own 1 (1+0);");
  f.cache->apply(f.about<mc::message_reaction_remove_all>());
  CHECK(f.reactions() == "none");
  f.add(1001, unicode("fire"));
  CHECK(f.reactions() == "fire 1 (1+0);");
}

TEST_CASE("an event of reactions that comes twice counts once, after a restart too") {
  const mc::tests::temporary_folder folder;
  fixture f;
  f.add(1001, unicode("fire"));
  f.add(1001, unicode("fire"));
  f.add(1002, unicode("fire"));
  f.remove(1002, unicode("fire"));
  CHECK(f.reactions() == "fire 1 (1+0);");
  f.cache->save(folder.file("cache"), {});
  f.cache = std::make_unique<mc::cache>(f.options);
  REQUIRE(f.cache->restore(folder.file("cache")));
  CHECK(f.reactions() == "fire 1 (1+0);");
  f.add(1001, unicode("fire"));
  f.add(1002, unicode("fire"));
  f.remove(1002, unicode("fire"));
  CHECK(f.reactions() == "fire 1 (1+0);");
  f.cache->apply(written(5, 50, 900, 1001));  // and from the beginning
  f.add(1001, unicode("fire"));
  CHECK(f.reactions() == "fire 1 (1+0);");
}

TEST_CASE("what an update does not tell of reactions and votes stays, what it tells counts, and both are in `before`") {
  fixture f;
  f.add(1001, unicode("fire"));
  mc::message_update update;
  update.guild_id = mc::guild_id{5};
  update.message = written(5, 50, 900, 1001).message;
  update.message.content = "edited";
  mc::optional<mc::message> before;
  f.cache->apply(update, &before);
  REQUIRE(before);
  CHECK(before->reactions->at(0).count == 1);
  CHECK(f.message().content == "edited");
  CHECK(f.reactions() == "fire 1 (1+0);");
  update.message.reactions = f.message().reactions;
  update.message.reactions->at(0).count = 7;
  update.message.reactions->at(0).count_details->normal = 7;
  f.cache->apply(update);
  f.add(1002, unicode("fire"));
  CHECK(f.reactions() == "fire 8 (8+0);");
}

TEST_CASE("votes are counted in a poll whose results are known, as those of a new one are") {
  fixture f;
  auto created = written(5, 50, 900, 1001);
  created.message.poll.emplace().answers.resize(2);
  f.cache->apply(created);
  CHECK(f.votes() == "");
  f.vote<mc::message_poll_vote_add>(1001, 2);
  f.vote<mc::message_poll_vote_add>(1001, 2);
  f.vote<mc::message_poll_vote_add>(999, 2);
  f.vote<mc::message_poll_vote_add>(999, 1);
  CHECK(f.votes() == "2: 2 me;1: 1 me;");
  f.vote<mc::message_poll_vote_remove>(999, 2);
  f.vote<mc::message_poll_vote_remove>(999, 1);
  CHECK(f.votes() == "2: 1;");
  mc::message from_rest = created.message;
  f.cache->learn(from_rest);
  f.vote<mc::message_poll_vote_add>(1001, 1);
  CHECK(f.votes() == "unknown");
}

TEST_CASE("of a message that is not kept nothing is known, and direct messages have reactions too") {
  fixture f;
  auto event = f.about<mc::message_reaction_add>(901);
  event.user_id = mc::user_id{1001};
  event.emoji = unicode("fire");
  f.cache->apply(event);
  CHECK_FALSE(f.cache->message(mc::channel_id{50}, mc::message_id{901}));
  f.cache->apply(written(0, 9, 902, 1001));
  event.guild_id.reset();
  event.channel_id = mc::channel_id{9};
  event.message_id = mc::message_id{902};
  f.cache->apply(event);
  CHECK(f.cache->message(mc::channel_id{9}, mc::message_id{902})->reactions->at(0).count == 1);
  mc::cache without;
  without.apply(a_guild(5, 1));
  const std::size_t bytes = without.stats().bytes();
  f.cache->apply(event);
  without.apply(event);
  CHECK(without.stats().bytes() == bytes);
}

TEST_CASE("the last that was told of a guild's reactions is remembered, up to a limit") {
  mc::cached::reaction_log log;
  const auto fire = mc::cached::reaction_log::subject::of(unicode("fire"), false);
  for (std::uint64_t user = 1; user <= 100; ++user) CHECK(log.turn(mc::message_id{9}, fire, mc::user_id{user}, true));
  CHECK(log.entries().size() == mc::cached::reaction_log::most);
  CHECK_FALSE(log.turn(mc::message_id{9}, fire, mc::user_id{37}, true));
  CHECK(log.turn(mc::message_id{9}, fire, mc::user_id{36}, true));  // was forgotten
  CHECK(log.turn(mc::message_id{9}, fire, mc::user_id{100}, false));
  log.forget_votes(mc::message_id{9});
  log.forget_emoji(mc::message_id{9}, unicode("water"));
  CHECK(log.entries().size() == mc::cached::reaction_log::most);
  log.forget_emoji(mc::message_id{9}, unicode("fire"));
  CHECK(log.entries().empty());
}
