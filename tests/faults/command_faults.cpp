// SPDX-License-Identifier: MIT
// Faults that meet what a bot sends on the gateway.
#include <algorithm>

#include "support/command_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::outcome;
using mc::tests::populate;
using mc::tests::simulated_world;
using mc::tests::violations_of;

namespace {

using outcomes = std::vector<std::shared_ptr<outcome>>;

std::shared_ptr<outcome> ask_members(command_bot& bot, const mc::guild_members_request& request = {}) {
  return bot.watch(bot.commands().request_guild_members(bot.world.world.home, request),
                   std::make_shared<mc::guild_members>());
}

bool all_ended(const outcomes& some) {
  return std::all_of(some.begin(), some.end(), [](const auto& one) { return one->ended; });
}

/// One of each command, waiting for a connection.
outcomes one_of_each(command_bot& bot) {
  auto& to = bot.commands();
  const auto guild = bot.world.world.home;
  outcomes out;
  out.push_back(bot.watch(to.update_voice_state(guild, {})));
  out.push_back(ask_members(bot, {.query = "alice"}));
  out.push_back(ask_members(bot));
  out.push_back(
      bot.watch(to.request_soundboard_sounds({guild}), std::make_shared<std::vector<mc::soundboard_sounds>>()));
  out.push_back(bot.watch(to.request_channel_info(guild), std::make_shared<mc::channel_info>()));
  return out;
}

}  // namespace

TEST_CASE(
    "fault 16: 500 presence and member requests at once: never above 120 in 60 s, heartbeats go on, all are answered") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  const auto began = w.sim.elapsed();
  const auto beats = w.discord().counters().heartbeats;
  outcomes all;
  for (int i = 0; i < 250; ++i) {
    const auto status = i % 2 == 0 ? mc::presence_status::idle : mc::presence_status::dnd;
    all.push_back(bot.watch(bot.commands().update_presence({.status = status}, {.timeout = 10min})));
    all.push_back(ask_members(bot, {.query = "alice", .timeout = 10min}));
  }
  w.sim.run_until([&] { return all_ended(all); }, 20min);
  for (const auto& one : all) CHECK(one->good());
  CHECK(w.sim.elapsed() - began >= 4min);
  CHECK(w.sim.elapsed() - began <= 5min);
  CHECK(w.discord().counters().heartbeats - beats >= 5);
  CHECK(w.discord().counters().connections == 1);
  CHECK(w.discord().last_presence().find("dnd") != std::string::npos);
  no_violations(w);
}

TEST_CASE("fault 16: what has no room within its time fails with it, and is not sent") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  outcomes all;
  for (int i = 0; i < 200; ++i)
    all.push_back(bot.watch(bot.commands().update_voice_state(w.world.home, {}, {.timeout = 10s})));
  w.sim.run_until([&] { return all_ended(all); }, 1min);
  const auto good = std::count_if(all.begin(), all.end(), [](const auto& one) { return one->good(); });
  CHECK(good >= 110);  // IDENTIFY and heartbeats have their part of the 120
  CHECK(good <= 115);
  CHECK(std::count_if(all.begin(), all.end(), [](const auto& one) { return one->code == mc::errc::timeout; }) ==
        200 - good);
  const auto sent = w.discord().counters().payloads_received;
  const auto beats = w.discord().counters().heartbeats;
  w.sim.run_for(3min);
  CHECK(w.discord().counters().payloads_received - sent == w.discord().counters().heartbeats - beats);
  no_violations(w);
}

TEST_CASE("fault 16: RATE_LIMITED for op 8: asked again after retry_after, or told in time that it cannot be") {
  simulated_world w;
  {
    command_bot before(w, mc::intent::guild_members);
    before.until_ready();
    before.run(before.commands().request_guild_members(w.world.home));
    before.end(mc::stop_mode::discard_sessions);
  }
  const auto asked = w.sim.elapsed();
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  const auto hurried = ask_members(bot, {.nonce = "hurried", .timeout = 5s});
  bot.until(hurried);
  CHECK(hurried->code == mc::errc::rate_limited);
  CHECK(w.sim.elapsed() - asked < 10s);
  outcomes patient;
  for (int i = 0; i < 3; ++i) patient.push_back(ask_members(bot, {.timeout = 3min}));
  w.sim.run_until([&] { return all_ended(patient); }, 10min);
  for (const auto& one : patient) CHECK(one->good());
  CHECK(w.sim.elapsed() - asked >= 90s);
  CHECK(w.sim.elapsed() - asked <= 100s);
  CHECK(violations_of(w, "members_rate_limit") == 1);
}

TEST_CASE("fault 16: Discord refuses again and again: no loop, and the call ends with its time") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  const auto sent = w.discord().counters().payloads_received;
  bot.bot.on<mc::guild_members_chunk>([](const mc::guild_members_chunk&) {});
  w.discord().remove_bot(w.world.home);  // so that no answer comes but ours
  const auto which = ask_members(bot, {.query = "alice", .nonce = "mine", .timeout = 60s});
  const auto refusal =
      R"({"opcode":8,"retry_after":10.5,"meta":{"guild_id":")" + w.world.home.str() + R"(","nonce":"mine"}})";
  for (int i = 0; i < 3; ++i) {
    w.sim.run_for(1s);
    w.discord().send_event("RATE_LIMITED", refusal);
    w.sim.run_for(10s);
  }
  w.discord().send_event("RATE_LIMITED", R"({"opcode":8,"retry_after":1e300,"meta":null})");
  w.discord().send_event("RATE_LIMITED", R"({"opcode":8,"retry_after":"soon"})");
  bot.until(which, 2min);
  CHECK(which->code == mc::errc::timeout);
  CHECK(w.discord().counters().payloads_received - sent <= 8);  // heartbeats included
}

TEST_CASE("fault 25: calls that wait for a connection when the client stops are cancelled at once") {
  simulated_world w;
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  w.network->refuse("localhost", true);
  w.discord().disconnect();
  w.sim.settle();
  const auto calls = one_of_each(bot);
  w.sim.run_for(10s);
  CHECK_FALSE(all_ended(calls));
  const auto began = w.sim.elapsed();
  bot.bot.stop();
  w.sim.run_until([&] { return all_ended(calls); }, 10s);
  CHECK(w.sim.elapsed() - began <= 1s);
  for (const auto& one : calls) CHECK(one->code == mc::errc::cancelled);
  w.sim.run_until([&] { return bot.life->ended; }, 10s);
  const auto late = one_of_each(bot);
  w.sim.settle();
  for (const auto& one : late) CHECK(one->code == mc::errc::cancelled);
}

TEST_CASE("fault 25: calls that wait for their answers when the client stops are cancelled, streams too") {
  simulated_world w;
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  w.discord().pause();
  auto calls = one_of_each(bot);
  auto stream = bot.commands().stream_guild_members(w.world.home, {.query = "alice"});
  calls.push_back(bot.watch(stream.next(), std::make_shared<std::optional<mc::guild_members_chunk>>()));
  w.sim.run_for(5s);
  bot.bot.stop();
  w.sim.run_for(1s);
  CHECK(calls[0]->good());  // the socket had taken it
  for (std::size_t i = 1; i < calls.size(); ++i) CHECK(calls[i]->code == mc::errc::cancelled);
}

TEST_CASE("fault 25: calls before the session is there, and one that the caller gives up") {
  simulated_world w;
  mock_faults faults;
  faults.ready_delay = 20s;
  w.discord().set_faults(faults);
  command_bot bot(w, mc::intent::guild_members);
  bot.begin();
  w.sim.run_until([&] { return bot.bot.shards().total() == 1; });
  auto calls = one_of_each(bot);
  auto given_up = ask_members(bot, {.query = "alice", .timeout = 3s});
  bot.until(given_up);
  CHECK(given_up->code == mc::errc::timeout);
  CHECK_FALSE(all_ended(calls));
  SECTION("the session comes") {
    w.sim.run_until([&] { return all_ended(calls); }, 1min);
    for (const auto& one : calls) CHECK(one->good());
    no_violations(w);
  }
  SECTION("the client stops before") {
    bot.bot.stop();
    w.sim.run_until([&] { return all_ended(calls); }, 10s);
    for (const auto& one : calls) CHECK(one->code == mc::errc::cancelled);
  }
}

TEST_CASE("fault 25: op 4 and op 8 that are called during a reconnect go out on the next connection") {
  simulated_world w;
  const auto talk = w.discord().add_voice_channel(w.world.home, "talk");
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  const bool fresh = GENERATE(false, true);
  if (fresh) w.discord().forget_sessions();
  w.discord().disconnect();
  w.sim.settle();
  CHECK_FALSE(bot.bot.shards().all_ready());
  auto calls = one_of_each(bot);
  calls.push_back(bot.watch(bot.commands().update_voice_state(w.world.home, {.channel_id = talk})));
  w.sim.run_until([&] { return all_ended(calls); }, 2min);
  for (const auto& one : calls) CHECK(one->good());
  w.sim.run_for(1s);
  CHECK(w.discord().voice_channel(w.world.home, w.discord().bot_user()) == talk);
  no_violations(w);
}

TEST_CASE("fault 25: chunks that a lost session took with it are asked for again, after 30 seconds") {
  simulated_world w;
  populate(w.discord(), w.world.home, 4500);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  mock_faults faults;
  faults.cut_after_events = 2;
  faults.op9_at_resume = 1;
  w.discord().set_faults(faults);
  const auto began = w.sim.elapsed();
  const auto got = std::make_shared<mc::guild_members>();
  const auto call = bot.watch(bot.commands().request_guild_members(w.world.home, {.timeout = 2min}), got);
  bot.until(call);
  CHECK(call->good());
  CHECK(got->members.size() == 4502);
  CHECK(w.discord().counters().identifies == 2);
  CHECK(w.sim.elapsed() - began >= 30s);
  no_violations(w);
}

TEST_CASE("fault 25: the connection is cut between chunks: what is missing comes with the resumed session, once") {
  simulated_world w;
  populate(w.discord(), w.world.home, 4500);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  for (const std::size_t cut : {1U, 2U, 4U}) {
    w.sim.run_for(40s);
    mock_faults faults;
    faults.cut_after_events = cut;
    w.discord().set_faults(faults);
    const auto got = std::make_shared<mc::guild_members>();
    const auto call = bot.watch(bot.commands().request_guild_members(w.world.home), got);
    bot.until(call);
    INFO(cut);
    CHECK(call->good());
    CHECK(got->members.size() == 4502);
  }
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().counters().resumed == 3);
  no_violations(w);
}

TEST_CASE("fault 25: a request that a dying connection has swallowed is sent again on the next") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  w.sim.run_for(10s);
  w.discord().pause();
  const auto members = ask_members(bot, {.query = "alice", .timeout = 5min});
  const auto info = bot.watch(bot.commands().request_channel_info(w.world.home, {.timeout = 5min}),
                              std::make_shared<mc::channel_info>());
  const auto began = w.sim.elapsed();
  w.sim.run_until([&] { return members->ended && info->ended; }, 10min);
  CHECK(members->good());
  CHECK(info->good());
  CHECK(w.sim.elapsed() - began <= 2min);
  CHECK(w.discord().counters().resumed == 1);
}

TEST_CASE("fault 25: a fatal close code cancels what waits") {
  simulated_world w;
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  w.discord().pause();
  const auto calls = one_of_each(bot);
  w.sim.run_for(1s);
  w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4014);
  w.sim.run_until([&] { return all_ended(calls); }, 10s);
  for (std::size_t i = 1; i < calls.size(); ++i) CHECK(calls[i]->code == mc::errc::cancelled);
  w.sim.run_until([&] { return bot.life->ended; }, 10s);
  CHECK(bot.life->code == mc::errc::gateway_fatal);
}
