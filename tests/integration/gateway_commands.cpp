// SPDX-License-Identifier: MIT
// What a bot tells Discord over the gateway, and what it is answered.
#include <set>

#include <monochord/cache/cache.hpp>
#include <monochord/gateway/session_store.hpp>

#include "support/command_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::populate;
using mc::tests::simulated_world;
using mc::tests::violations_of;

namespace {

mc::testing::mock_options shards(int count) {
  mc::testing::mock_options out;
  out.recommended_shards = count;
  return out;
}

std::set<std::uint64_t> ids_of(const std::vector<mc::member>& members) {
  std::set<std::uint64_t> out;
  for (const auto& one : members) out.insert(one.user->id.value());
  CHECK(out.size() == members.size());
  return out;
}

/// How many payloads of a bot's own: its first heartbeat comes at a random time.
std::uint64_t commands_received(simulated_world& w) {
  const auto counters = w.discord().counters();
  return counters.payloads_received - counters.heartbeats;
}

/// A stream to its end, with the sizes of its chunks.
mc::task<> read_all(mc::guild_member_stream& from, std::vector<std::size_t>& sizes) {
  for (;;) {
    const auto chunk = co_await from.next();
    if (!chunk) co_return;
    sizes.push_back(chunk->members.size());
  }
}

}  // namespace

TEST_CASE("presence: from the start, changed, on one shard of several, and after another IDENTIFY") {
  simulated_world w(shards(2));
  auto options = w.options();
  options.presence = mc::update_presence_body{.status = mc::presence_status::idle};
  command_bot bot(w, options);
  bot.until_ready();
  CHECK(w.discord().last_identify(0).find(R"("status":"idle")") != std::string::npos);
  CHECK(w.discord().last_presence(1).find("idle") != std::string::npos);

  const mc::activity_body playing[] = {{.name = "chess", .type = mc::activity_type::playing}};
  bot.run(bot.commands().update_presence({.status = mc::presence_status::dnd, .activities = playing}));
  w.sim.run_for(1s);
  for (const int shard : {0, 1}) {
    CHECK(w.discord().last_presence(shard).find("dnd") != std::string::npos);
    CHECK(w.discord().last_presence(shard).find("chess") != std::string::npos);
  }
  bot.run(bot.commands().update_presence(1, {.status = mc::presence_status::invisible}));
  w.sim.run_for(1s);
  CHECK(w.discord().last_presence(0).find("dnd") != std::string::npos);
  CHECK(w.discord().last_presence(1).find("invisible") != std::string::npos);

  w.discord().forget_sessions();
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().identifies == 4; }, 5min);
  CHECK(w.discord().last_identify(0).find("chess") != std::string::npos);
  CHECK(w.discord().last_identify(1).find("invisible") != std::string::npos);
  no_violations(w);
}

TEST_CASE("presence: what is set before a shard has a session comes with its IDENTIFY, a resumed one is told") {
  simulated_world w;
  const auto store = mc::make_memory_session_store();
  auto options = w.options();
  options.session_store = store;
  options.resume_with_cold_cache = true;
  {
    command_bot first(w, options);
    first.begin();
    w.sim.run_until([&] { return first.bot.shards().total() == 1; });
    first.run(first.commands().update_presence({.status = mc::presence_status::dnd}));
    CHECK(w.discord().counters().identifies == 0);  // it was not waited for
    first.until_ready();
    CHECK(w.discord().last_identify().find("dnd") != std::string::npos);
  }
  options.presence = mc::update_presence_body{.status = mc::presence_status::idle};
  command_bot second(w, options);
  second.until_ready();
  CHECK(w.discord().counters().resumed == 1);
  w.sim.run_for(1s);
  CHECK(w.discord().last_presence().find("idle") != std::string::npos);
  no_violations(w);
}

TEST_CASE("what can never be sent is refused before it is") {
  simulated_world w;
  command_bot bot(w);
  const auto refused = [&](mc::task<> work) {
    try {
      bot.run(std::move(work));
    } catch (const mc::error& e) {
      CHECK(e.code() == mc::errc::invalid_argument);
      return std::string(e.what());
    }
    return std::string("nothing was thrown");
  };
  CHECK(refused(bot.commands().update_presence({})) == "the shards are not known before run() has reached Discord");
  bot.until_ready();
  const auto before = commands_received(w);
  const std::string large(4000, 'x');
  const mc::activity_body too_large[] = {{.name = large}};
  CHECK_THAT(refused(bot.commands().update_presence({.activities = too_large})), Catch::Contains("3500 bytes"));
  const mc::activity_body no_text[] = {{.name = "\xff\xfe"}};
  CHECK_THAT(refused(bot.commands().update_presence({.activities = no_text})), Catch::Contains("UTF-8"));
  CHECK_THAT(refused(bot.commands().update_presence(7, {})), Catch::Contains("there is no shard 7"));
  const auto members = [&](const mc::guild_members_request& request) {
    return [](mc::task<mc::guild_members> work) -> mc::task<> {
      co_await std::move(work);
    }(bot.commands().request_guild_members(w.world.home, request));
  };
  const std::string long_nonce(33, 'n');
  const std::vector<mc::user_id> nobody;
  CHECK(refused(members({.query = "a", .nonce = long_nonce})) == "nonce: 33 bytes, Discord takes at most 32");
  CHECK_THAT(refused(members({.query = "a", .nonce = "\"quoted\""})), Catch::Contains("printable"));
  CHECK(refused(members({.query = "a", .limit = 101})) == "limit: 101, Discord takes 1 to 100");
  CHECK(refused(members({.query = "a", .limit = 0})) == "limit: 0, Discord takes 1 to 100");
  CHECK_THAT(refused(members({.query = "a", .user_ids = mc::list<mc::user_id>(nobody)})), Catch::Contains("not both"));
  CHECK_THAT(refused(members({.query = "\xc0"})), Catch::Contains("UTF-8"));
  w.sim.run_for(1s);
  CHECK(commands_received(w) == before);
  no_violations(w);
}

TEST_CASE("voice: joining, moving and leaving is answered by events") {
  simulated_world w;
  const auto talk = w.discord().add_voice_channel(w.world.home, "talk");
  const auto other = w.discord().add_voice_channel(w.world.home, "other");
  command_bot bot(w, mc::intent::guild_voice_states);
  std::vector<std::string> endpoints;
  bot.bot.on<mc::voice_server_update>(
      [&](const mc::voice_server_update& event) { endpoints.push_back(event.endpoint.value()); });
  bot.until_ready();
  const auto me = w.discord().bot_user();
  bot.run(bot.commands().update_voice_state(w.world.home, {.channel_id = talk, .self_deaf = true}));
  w.sim.run_for(1s);
  CHECK(w.discord().voice_channel(w.world.home, me) == talk);
  CHECK(bot.events["VOICE_STATE_UPDATE"] == 1);
  CHECK(endpoints.size() == 1);
  bot.run(bot.commands().update_voice_state(w.world.home, {.channel_id = other}));
  bot.run(bot.commands().update_voice_state(w.world.home, {}));
  w.sim.run_for(1s);
  CHECK_FALSE(w.discord().voice_channel(w.world.home, me));
  CHECK(bot.events["VOICE_STATE_UPDATE"] == 3);
  CHECK(endpoints.size() == 2);
  no_violations(w);
}

TEST_CASE("members by name, by id and all, with presences, and handlers see the chunks too") {
  simulated_world w;
  const auto many = populate(w.discord(), w.world.home, 2500);
  w.discord().set_presence(many[3], "idle");
  command_bot bot(w, mc::intent::guild_members | mc::intent::guild_presences);
  bot.until_ready();
  bot.events.clear();

  const auto some = bot.run(bot.commands().request_guild_members(w.world.home, {.query = "member1", .limit = 5}));
  CHECK(some.members.size() == 5);
  CHECK(some.members.front().user->username.starts_with("member1"));
  CHECK(bot.run(bot.commands().request_guild_members(w.world.home, {.query = "member"})).members.size() == 100);

  auto asked = std::vector<mc::user_id>(many.begin(), many.begin() + 1850);
  asked.push_back(mc::user_id{12345});
  const auto named = bot.run(bot.commands().request_guild_members(
      w.world.home, {.user_ids = mc::list<mc::user_id>(asked), .presences = true}));
  CHECK(ids_of(named.members).size() == 1850);
  CHECK(named.not_found == std::vector<mc::user_id>{mc::user_id{12345}});
  REQUIRE(named.presences.size() == 1);
  CHECK(named.presences[0].user.id == many[3]);

  const auto all = bot.run(bot.commands().request_guild_members(w.world.home));
  CHECK(ids_of(all.members).size() == 2502);
  CHECK(all.presences.empty());
  w.sim.settle();
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == 2 + 19 + 3);

  const std::vector<mc::user_id> nobody;
  CHECK(bot.run(bot.commands().request_guild_members(w.world.home, {.user_ids = mc::list<mc::user_id>(nobody)}))
            .members.empty());
  no_violations(w);
}

TEST_CASE("a nonce of one's own comes with the events, and two requests may not have it at a time") {
  simulated_world w;
  const auto many = populate(w.discord(), w.world.home, 250);
  command_bot bot(w);
  std::vector<std::string> nonces;
  bot.bot.on<mc::guild_members_chunk>(
      [&](const mc::guild_members_chunk& event) { nonces.push_back(event.nonce.value()); });
  bot.until_ready();
  const mc::guild_members_request mine{.user_ids = mc::list<mc::user_id>(many), .nonce = "mine"};
  const auto got = std::make_shared<mc::guild_members>();
  const auto first = bot.watch(bot.commands().request_guild_members(w.world.home, mine), got);
  const auto second =
      bot.watch(bot.commands().request_guild_members(w.world.home, mine), std::make_shared<mc::guild_members>());
  bot.until(first);
  CHECK(first->good());
  CHECK(ids_of(got->members).size() == 250);
  CHECK(second->code == mc::errc::invalid_argument);
  CHECK(nonces == std::vector<std::string>{"mine", "mine", "mine"});
  CHECK(bot.run(bot.commands().request_guild_members(w.world.home, mine)).members.size() == 250);
  no_violations(w);
}

TEST_CASE("a missing intent is named, and nothing is sent") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  const auto before = commands_received(w);
  const auto refused = [&](const mc::guild_members_request& request) {
    try {
      bot.run(bot.commands().request_guild_members(w.world.home, request));
    } catch (const mc::gateway_error& e) {
      CHECK(e.shard_id() == 0);
      CHECK(e.close_code() == 0);
      return std::string(e.what());
    }
    return std::string();
  };
  CHECK_THAT(refused({}), Catch::Contains("intent guild_members,"));
  CHECK_THAT(refused({.query = "a", .presences = true}), Catch::Contains("intent guild_presences,"));
  auto stream = bot.commands().stream_guild_members(w.world.home);
  CHECK_THROWS_AS(bot.run(stream.next()), mc::gateway_error);
  CHECK(commands_received(w) == before);
  no_violations(w);
}

TEST_CASE("all members of a guild twice: the second waits its 30 seconds, unless it has no time for that") {
  simulated_world w;
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  const auto began = w.sim.elapsed();
  const auto first =
      bot.watch(bot.commands().request_guild_members(w.world.home), std::make_shared<mc::guild_members>());
  const auto second =
      bot.watch(bot.commands().request_guild_members(w.world.home), std::make_shared<mc::guild_members>());
  bot.until(first);
  CHECK(w.sim.elapsed() - began < 1s);
  const auto hurried = bot.watch(bot.commands().request_guild_members(w.world.home, {.timeout = 10s}),
                                 std::make_shared<mc::guild_members>());
  bot.until(hurried);
  CHECK(hurried->code == mc::errc::rate_limited);
  CHECK(w.sim.elapsed() - began < 1s);
  bot.until(second);
  CHECK(second->good());
  CHECK(w.sim.elapsed() - began >= 30s);
  CHECK(w.sim.elapsed() - began < 32s);
  no_violations(w);
}

TEST_CASE("RATE_LIMITED because of another process: asked again at its time") {
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
  const auto got = bot.run(bot.commands().request_guild_members(w.world.home));
  CHECK(got.members.size() == 2);
  CHECK(w.sim.elapsed() - asked > 25s);
  CHECK(w.sim.elapsed() - asked < 31s);
  CHECK(bot.events["RATE_LIMITED"] == 1);
  CHECK(violations_of(w, "members_rate_limit") == 1);
}

TEST_CASE("a stream gives a large guild in chunks, and a slow reader stops the shard, not its heartbeats") {
  simulated_world w;
  populate(w.discord(), w.world.home, 12'000);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  bot.events.clear();
  auto stream = bot.commands().stream_guild_members(w.world.home);
  auto first = bot.run(stream.next());
  REQUIRE(first);
  CHECK(first->members.size() == 1000);
  w.sim.run_for(50s);
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] <= 6);
  CHECK(w.discord().counters().connections == 1);
  std::vector<std::size_t> sizes;
  bot.run(read_all(stream, sizes));
  CHECK(sizes.size() == 12);
  CHECK_FALSE(bot.run(stream.next()));
  w.sim.settle();
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == 13);
  no_violations(w);
}

TEST_CASE("a stream for the cache has the numbers of its chunks, and the cache has their members") {
  simulated_world w;
  populate(w.discord(), w.world.home, 3'000);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  auto stream = bot.commands().stream_guild_members(w.world.home, {.for_cache = true});
  const auto first = bot.run(stream.next());
  REQUIRE(first);
  CHECK(first->guild_id == w.world.home);
  CHECK(first->chunk_index == 0);
  CHECK(first->chunk_count >= 3);
  CHECK(first->members.empty());
  std::vector<std::size_t> sizes;
  bot.run(read_all(stream, sizes));
  CHECK(sizes.size() == static_cast<std::size_t>(first->chunk_count) - 1);
  for (const std::size_t size : sizes) CHECK(size == 0);
  CHECK(bot.bot.cache().stats().of(mc::cache_kind::members).count >= 3'000);
  no_violations(w);
}

TEST_CASE("a reader that has stopped loses its stream, and the shard reads on") {
  simulated_world w;
  populate(w.discord(), w.world.home, 12'000);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  bot.events.clear();
  auto stream = bot.commands().stream_guild_members(w.world.home, {.timeout = 60s});
  REQUIRE(bot.run(stream.next()));
  w.sim.run_for(70s);
  CHECK(bot.events["GUILD_MEMBERS_CHUNK"] == 13);
  try {
    bot.run(stream.next());
    FAIL_CHECK("nothing was thrown");
  } catch (const mc::error& e) {
    CHECK(e.code() == mc::errc::timeout);
  }
  CHECK_FALSE(bot.run(stream.next()));
}

TEST_CASE("a stream that is dropped in the middle holds up nobody, and within one another request is answered") {
  simulated_world w;
  populate(w.discord(), w.world.home, 12'000);
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  {
    auto stream = bot.commands().stream_guild_members(w.world.home);
    REQUIRE(bot.run(stream.next()));
    w.sim.run_for(1s);
    const auto began = w.sim.elapsed();
    const auto inner = bot.run(bot.commands().request_guild_members(w.world.home, {.query = "alice"}));
    CHECK(inner.members.size() == 1);
    CHECK(w.sim.elapsed() - began < 5s);
  }
  const auto outer = bot.run(bot.commands().request_guild_members(w.world.home, {.query = "alice"}));
  CHECK(outer.members.size() == 1);
  no_violations(w);
}

TEST_CASE("handlers that all wait for members are answered, though there is no room for another handler") {
  simulated_world w;
  auto options = command_bot::with(w, {});
  options.max_running_handlers = 3;
  command_bot bot(w, options);
  int answered = 0;
  bot.bot.on<mc::message_create>([&](const mc::message_create&) -> mc::task<> {
    const auto got = co_await bot.commands().request_guild_members(w.world.home, {.query = "alice"});
    answered += static_cast<int>(got.members.size());
  });
  bot.until_ready();
  const auto began = w.sim.elapsed();
  for (int i = 0; i < 20; ++i) w.discord().say(w.world.alice, w.world.general, "hello");
  w.sim.run_until([&] { return answered == 20; }, 1min);
  CHECK(w.sim.elapsed() - began < 10s);
  CHECK(bot.errors.empty());
}

TEST_CASE("soundboards of guilds on several shards, in the order asked for") {
  simulated_world w(shards(2));
  const auto other = w.discord().add_guild("other", w.world.alice);
  w.discord().add_soundboard_sound(w.world.home, "honk");
  w.discord().add_soundboard_sound(other, "quack");
  w.discord().add_soundboard_sound(other, "moo");
  command_bot bot(w);
  bot.until_ready();
  REQUIRE(bot.bot.shards().shard_for(w.world.home) != bot.bot.shards().shard_for(other));
  const std::vector<mc::guild_id> guilds{other, w.world.home, other};
  const auto got = bot.run(bot.commands().request_soundboard_sounds(guilds));
  REQUIRE(got.size() == 2);
  CHECK(got[0].guild_id == other);
  CHECK(got[0].soundboard_sounds.size() == 2);
  CHECK(got[1].soundboard_sounds.at(0).name == "honk");
  no_violations(w);

  const auto began = w.sim.elapsed();
  const auto strange =
      bot.watch(bot.commands().request_soundboard_sounds({w.world.home, mc::guild_id{99ULL << 22}}, {.timeout = 5s}),
                std::make_shared<std::vector<mc::soundboard_sounds>>());
  bot.until(strange);
  CHECK(strange->code == mc::errc::timeout);
  CHECK_THAT(strange->text, Catch::Contains("1 guilds have not answered"));
  CHECK(w.sim.elapsed() - began >= 5s);
}

TEST_CASE("channel info: status and since when somebody talks") {
  simulated_world w;
  const auto talk = w.discord().add_voice_channel(w.world.home, "talk");
  const auto empty = w.discord().add_voice_channel(w.world.home, "empty");
  w.discord().set_voice_status(talk, "about chess");
  w.discord().join_voice(w.world.alice, w.world.home, talk);
  command_bot bot(w);
  bot.until_ready();
  const auto got = bot.run(bot.commands().request_channel_info(w.world.home));
  REQUIRE(got.channels.size() == 2);
  CHECK(got.channels[0].id == talk);
  CHECK(got.channels[0].status.value() == "about chess");
  CHECK(got.channels[0].voice_start_time.value() > 0);
  CHECK(got.channels[1].id == empty);
  CHECK(got.channels[1].status.is_null());
  no_violations(w);
}

TEST_CASE("a guild of another process is refused, and says of which shard") {
  simulated_world w(shards(3));
  auto options = w.options();
  options.shards = mc::shard_plan::range(1, 1, 3);
  command_bot bot(w, options);
  bot.until_ready();
  REQUIRE(bot.bot.shards().shard_for(w.world.home) != 1);
  const auto text =
      "shard " + std::to_string(bot.bot.shards().shard_for(w.world.home)) + " is not run by this process (1 to 1 of 3)";
  CHECK_THROWS_WITH(bot.run(bot.commands().request_guild_members(w.world.home, {.query = "a"})), text);
  CHECK_THROWS_WITH(bot.run(bot.commands().update_voice_state(w.world.home, {})), text);
  CHECK_THROWS_WITH(bot.run(bot.commands().request_channel_info(w.world.home)), text);
}

TEST_CASE("an answer that cannot be read fails the call that it is for") {
  simulated_world w;
  command_bot bot(w);
  bot.until_ready();
  const mc::guild_members_request mine{.query = "nobody has this name", .nonce = "mine", .timeout = 10s};
  w.discord().pause();  // the answer that comes first is ours
  const auto got =
      bot.watch(bot.commands().request_guild_members(w.world.home, mine), std::make_shared<mc::guild_members>());
  w.sim.settle();
  w.discord().send_event("GUILD_MEMBERS_CHUNK", R"({"guild_id":")" + w.world.home.str() +
                                                    R"(","members":7,"chunk_index":0,"chunk_count":1,"nonce":"mine"})");
  w.discord().resume_traffic();
  bot.until(got);
  CHECK(got->code == mc::errc::json_mismatch);
}
