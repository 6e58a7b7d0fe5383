// SPDX-License-Identifier: MIT
// A client against the mock with Discord's limits, in virtual time: as fast as they allow, without a 429.
#include <cstdio>
#include <map>

#include <monochord/model/channel.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/rest/counters.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

constexpr int channels = 20;
constexpr int messages_each = 50;

/// Five messages in five seconds for each channel: the tenth round cannot begin before 45 s. It is a hundred messages,
/// fifty a second.
constexpr mc::duration theoretical_minimum = (messages_each / 5 - 1) * 5s + (channels * 5 / 50 - 1) * 1s;

mc::testing::mock_options plain() {
  mc::testing::mock_options options;
  options.tls = false;
  return options;
}

mc::client_options patient(simulated_world& w) {
  auto options = w.options();
  options.rest_timeout = 30min;
  options.log = mc::log_level::warning;
  return options;
}

struct poster {
  mc::task<> post(mc::client& bot, mc::channel_id where, std::string text) {
    mc::create_message_body body;
    body.content = text;
    const auto end = co_await mc::as_result(bot.rest().create_message(where, body));
    ++ended;
    if (!end) errors.push_back(end.error_text());
  }
  int ended = 0;
  std::vector<std::string> errors;
};

}  // namespace

TEST_CASE("20 channels with 50 messages each take as long as the limits, for one client and for ten that share limits") {
  const int clients = GENERATE(1, 10);
  simulated_world w(plain());
  std::vector<mc::channel_id> where;
  for (int i = 0; i < channels; ++i) where.push_back(w.discord().add_text_channel(w.world.home, "c" + std::to_string(i)));
  const auto limits = mc::make_rest_limits();
  std::vector<std::unique_ptr<mc::client>> bots;
  for (int i = 0; i < clients; ++i) {
    auto options = patient(w);
    if (clients > 1) options.rest_limits = limits;
    bots.push_back(std::make_unique<mc::client>(w.world.bot_token(), std::move(options)));
  }

  poster p;
  std::vector<std::string> wanted;
  for (int n = 0; n < messages_each; ++n) {
    wanted.push_back(std::to_string(n));
    for (const auto channel : where) w.sim.spawn(p.post(*bots[static_cast<std::size_t>(n % clients)], channel, wanted.back()));
  }
  const auto began = w.sim.elapsed();
  w.sim.run_until([&] { return p.ended == channels * messages_each; }, 10min);
  const auto took = w.sim.elapsed() - began;

  const auto ms = [](mc::duration d) { return static_cast<long long>(d / 1ms); };
  const auto counters = w.discord().counters();
  std::printf("%d clients: %d messages in %lld ms of virtual time, the limits allow %lld ms: ratio %.4f, %llu 429s\n", clients,
              channels * messages_each, ms(took), ms(theoretical_minimum), static_cast<double>(ms(took)) / static_cast<double>(ms(theoretical_minimum)),
              static_cast<unsigned long long>(counters.responses_429));
  CHECK(p.errors.empty());
  CHECK(took * 100 <= theoretical_minimum * 101);
  CHECK(counters.responses_429 == 0);
  CHECK(w.discord().violations().empty());
  for (const auto channel : where) {
    const auto said = w.discord().messages(channel);
    if (clients == 1) CHECK(said == wanted);  // in call order
    CHECK(said.size() == wanted.size());
  }
}

TEST_CASE("a route never seen learns with one request, then what is left of its window goes at once") {
  simulated_world w(plain());
  mc::client bot(w.world.bot_token(), patient(w));
  int ended = 0;
  const auto read = [&](mc::message_id which) -> mc::task<> {
    co_await mc::as_result(bot.rest().get_channel_message(w.world.general, which));
    ++ended;
  };
  const auto message = w.discord().say(w.world.alice, w.world.general, "hello");
  for (int i = 0; i < 30; ++i) w.sim.spawn(read(message));
  w.sim.run_until([&] { return ended == 30; }, 10min);
  CHECK(w.sim.elapsed() >= 20s);  // ten in ten seconds
  CHECK(w.sim.elapsed() < 21s);
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a channel that may not be renamed yet waits for that alone, and is told of it once") {
  simulated_world w(plain());
  mc::client bot(w.world.bot_token(), patient(w));
  w.discord().give_role(w.world.home, w.discord().bot_user(), w.discord().add_role(w.world.home, "admin", 8));
  std::vector<mc::duration> renamed, others;
  const auto change = [&](std::vector<mc::duration>& ended, std::string name) -> mc::task<> {
    mc::modify_channel_body body;
    if (name.empty()) body.nsfw = true;
    else body.name = name;
    co_await bot.rest().modify_channel(w.world.general, body);
    ended.push_back(w.sim.elapsed());
  };
  poster p;
  for (const char* name : {"one", "two", "three", "four"}) w.sim.spawn(change(renamed, name));
  w.sim.spawn(change(others, ""));
  w.sim.spawn(p.post(bot, w.world.general, "x"));
  w.sim.run_until([&] { return p.ended == 1 && others.size() == 1; }, 1min);
  CHECK(p.errors.empty());
  CHECK(w.sim.elapsed() < 2s);
  CHECK(renamed.size() == 2);
  w.sim.run_until([&] { return renamed.size() == 4; }, 11min);
  CHECK(renamed.back() >= 10min);
  CHECK(renamed.back() < 10min + 5s);
  CHECK(w.discord().counters().responses_429 == 1);  // no header says before that there is such a limit
  for (const auto& v : w.discord().violations()) CHECK(v.kind != "429_ignored");
}

TEST_CASE("messages of every age are deleted as fast as the limit of their age allows, without a 429") {
  simulated_world w(plain());
  mc::client bot(w.world.bot_token(), patient(w));
  w.discord().give_role(w.world.home, w.discord().bot_user(), w.discord().add_role(w.world.home, "admin", 8));
  constexpr int each = 40;
  std::vector<mc::message_id> which;
  const auto say = [&] {
    for (int i = 0; i < each; ++i) which.push_back(w.discord().say(w.world.alice, w.world.general, "x"));
  };
  say();
  w.sim.run_for(24h * 14 + 1h);
  say();
  w.sim.run_for(1min);
  say();
  int ended = 0;
  const auto began = w.sim.elapsed();
  std::map<int, mc::duration> at;
  const auto remove = [&](int kind, mc::message_id message) -> mc::task<> {
    co_await bot.rest().delete_message(w.world.general, message, {.unordered = true});
    at[kind] = w.sim.elapsed() - began;
    ++ended;
  };
  for (std::size_t i = 0; i < which.size(); ++i) w.sim.spawn(remove(static_cast<int>(i) / each, which[i]));
  w.sim.run_until([&] { return ended == 3 * each; }, 10min);
  CHECK(at[0] >= 120s);  // 30 in two minutes
  CHECK(at[0] < 122s);
  CHECK(at[1] >= 7s);  // 5 a second
  CHECK(at[1] < 9s);
  CHECK(at[2] >= 10s);  // 3 a second; those that are no longer young when their turn comes are nothing worse
  CHECK(at[2] < 14s);
  CHECK(w.discord().counters().responses_429 == 0);
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a Discord that is slow, and then fast again, is not sent more than 50 requests in any second") {
  simulated_world w(plain());
  mc::client bot(w.world.bot_token(), patient(w));
  constexpr int posts = 300;
  std::vector<mc::channel_id> where;
  for (int i = 0; i < posts; ++i) where.push_back(w.discord().add_text_channel(w.world.home, "c" + std::to_string(i)));
  mc::testing::mock_faults slow;
  slow.rest = {{.what = mc::testing::rest_fault::kind::late, .times = 32, .delay = 2s}};
  w.discord().set_faults(std::move(slow));
  poster p;
  for (const auto channel : where) w.sim.spawn(p.post(bot, channel, "x"));
  w.sim.run_until([&] { return p.ended == posts; }, 5min);
  CHECK(w.sim.elapsed() >= 4s);  // two rounds of 16 connections were slow
  CHECK(w.sim.elapsed() < 11s);
  CHECK(p.errors.empty());
  CHECK(w.discord().counters().responses_429 == 0);
}

TEST_CASE("calls of a route that are written out share its limit, whatever they ask for") {
  simulated_world w(plain());
  mc::client bot(w.world.bot_token(), patient(w));
  int ended = 0;
  const auto read = [&](int n) -> mc::task<> {
    const std::string path = "/invites/abc" + std::to_string(n);
    co_await mc::as_result(bot.rest().request("GET", path));
    ++ended;
  };
  for (int i = 0; i < 60; ++i) w.sim.spawn(read(i));
  w.sim.run_until([&] { return ended == 60; }, 10min);
  CHECK(w.discord().counters().responses_429 == 0);
}
