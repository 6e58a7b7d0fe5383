// SPDX-License-Identifier: MIT
// A bot with a cache that is stopped or killed, and started again.
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <monochord/cache/cache.hpp>
#include <monochord/gateway/session_store.hpp>
#include <monochord/model/events.hpp>

#include "support/command_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;

namespace {

struct folder {
  folder() : path(std::filesystem::temp_directory_path() / ("monochord_cache_restart_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~folder() { std::filesystem::remove_all(path); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  std::string sessions() const { return path / "sessions"; }
  std::string cache() const { return path / "cache"; }
  const std::filesystem::path path;
};

mc::client_options options_of(simulated_world& w, const folder& in) {
  auto out = w.options();
  out.intents |= mc::intent::guild_members;
  out.cache.policy.kinds = mc::cache_policy::every_kind;
  out.session_store = mc::make_file_session_store(in.sessions());
  out.cache_file = in.cache();
  return out;
}

std::size_t identifies(simulated_world& w) { return w.discord().counters().identifies; }

}  // namespace

TEST_CASE("a bot that is started again resumes warm, and what happened meanwhile is in its cache and told once") {
  simulated_world w;
  const folder in;
  const auto bob = w.discord().add_user("bob"), eve = w.discord().add_user("eve");
  mc::message_id first{};
  {
    command_bot bot(w, options_of(w, in));
    bot.until_ready();
    w.discord().join(w.world.home, bob);
    first = w.discord().say(bob, w.world.general, "hello");
    w.sim.run_for(1s);
  }
  CHECK(std::filesystem::exists(in.cache()));
  w.discord().join(w.world.home, eve);  // while nobody is there
  command_bot bot(w, options_of(w, in));
  std::vector<std::string> joined;
  bot.bot.on<mc::guild_member_add>(
      [&](const mc::guild_member_add& event) { joined.push_back(event.member.user->username); });
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(identifies(w) == 1);
  CHECK(joined == std::vector<std::string>{"eve"});
  auto& cache = bot.bot.cache();
  CHECK(cache.guild_ids().size() == 1);
  CHECK(cache.member(w.world.home, bob));
  CHECK(cache.member(w.world.home, eve));
  REQUIRE(cache.message(w.world.general, first));
  CHECK(cache.message(w.world.general, first)->content == "hello");
  CHECK(cache.state(w.world.home)->member_count == 4);
  no_violations(w);
}

TEST_CASE("without a file a session that would come without its guilds is not resumed, unless that is wanted") {
  simulated_world w;
  const folder in;
  auto options = options_of(w, in);
  options.cache_file.clear();
  {
    command_bot(w, options).until_ready();
  }
  {
    command_bot bot(w, options);
    bot.until_ready();
    w.sim.run_for(1s);
    CHECK(identifies(w) == 2);
    CHECK(bot.bot.cache().guild(w.world.home));
  }
  CHECK(w.world.log.text().find(
            "shard 0 does not resume its stored session: a session brings its guilds only when it begins, and "
            "client_options::cache_file, which would keep them, is empty") != std::string::npos);
  options.resume_with_cold_cache = true;
  command_bot bot(w, options);
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(identifies(w) == 2);
  CHECK(!bot.bot.cache().guild(w.world.home));
}

TEST_CASE("a file that is written at the end only is gone while a bot runs: after a kill a new session begins") {
  simulated_world w;
  const folder in;
  {
    command_bot(w, options_of(w, in)).until_ready();
  }
  REQUIRE(std::filesystem::exists(in.cache()));
  std::filesystem::path left = in.path / "left";
  {
    command_bot bot(w, options_of(w, in));
    bot.until_ready();
    w.discord().say(w.world.alice, w.world.general, "one");
    w.sim.run_for(1s);
    CHECK(!std::filesystem::exists(in.cache()));
    std::filesystem::copy_file(in.sessions(), left);  // what a killed process leaves
  }
  std::filesystem::copy_file(left, in.sessions(), std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove(in.cache());
  command_bot bot(w, options_of(w, in));
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(identifies(w) == 2);
  CHECK(bot.bot.cache().guild(w.world.home));
}

TEST_CASE("after a kill the older of two positions counts: what handlers had before goes to the cache alone") {
  simulated_world w;
  const folder in;
  const std::filesystem::path left = in.path / "left", left_cache = in.path / "left cache";
  auto options = options_of(w, in);
  options.cache_save_interval = 10s;
  std::vector<std::string> handled;
  const auto listen = [&](command_bot& bot) {
    bot.bot.on<mc::message_create>([&](const mc::message_create& event) { handled.push_back(event.message.content); });
  };
  mc::message_id second{};
  {
    command_bot bot(w, options);
    listen(bot);
    bot.until_ready();
    w.discord().say(w.world.alice, w.world.general, "one");
    w.sim.run_for(11s);
    REQUIRE(std::filesystem::exists(in.cache()));
    second = w.discord().say(w.world.alice, w.world.general, "two");
    w.sim.run_for(1s);
    w.discord().request_heartbeat();  // which must not tell Discord to forget "two"
    w.sim.run_for(1s);
    std::filesystem::copy_file(in.sessions(), left);
    std::filesystem::copy_file(in.cache(), left_cache);
  }
  CHECK(handled == std::vector<std::string>{"one", "two"});
  std::filesystem::copy_file(left, in.sessions(), std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(left_cache, in.cache(), std::filesystem::copy_options::overwrite_existing);
  w.discord().say(w.world.alice, w.world.general, "three");
  {
    command_bot bot(w, options);
    listen(bot);
    bot.until_ready();
    w.sim.run_for(1s);
    CHECK(identifies(w) == 1);
    CHECK(handled == std::vector<std::string>{"one", "two", "three"});
    CHECK(bot.bot.cache().messages(w.world.general).size() == 3);
    CHECK(bot.bot.cache().message(w.world.general, second));
    CHECK(bot.events["MESSAGE_CREATE"] == 1);
  }
  // The position of before does not go back for having read from an older one.
  std::filesystem::copy_file(left, in.path / "again");
  command_bot bot(w, options);
  listen(bot);
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(handled.size() == 3);
  CHECK(identifies(w) == 1);
  no_violations(w);
}

TEST_CASE("a file that is damaged, or of another session, is ignored, and the bot begins anew") {
  simulated_world w;
  const folder in;
  {
    command_bot(w, options_of(w, in)).until_ready();
  }
  SECTION("damaged") {
    std::fstream file(in.cache(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(40);
    file.put('\x7f');
    file.put('\x01');
  }
  SECTION("of another session") {
    const auto kept = in.path / "kept";
    std::filesystem::copy_file(in.cache(), kept);
    std::filesystem::remove(in.sessions());
    {
      command_bot(w, options_of(w, in)).until_ready();
    }
    std::filesystem::copy_file(kept, in.cache(), std::filesystem::copy_options::overwrite_existing);
  }
  SECTION("not there") { std::filesystem::remove(in.cache()); }
  const auto before = identifies(w);
  command_bot bot(w, options_of(w, in));
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(identifies(w) == before + 1);
  CHECK(bot.bot.cache().guild(w.world.home));
}

TEST_CASE("sessions that are discarded leave no cache, and a cache without sessions is refused") {
  simulated_world w;
  const folder in;
  auto options = options_of(w, in);
  options.cache_save_interval = 1s;
  {
    command_bot bot(w, options);
    bot.until_ready();
    w.sim.run_for(3s);
    REQUIRE(std::filesystem::exists(in.cache()));
    bot.end(mc::stop_mode::discard_sessions);
    CHECK(!std::filesystem::exists(in.cache()));
  }
  options.session_store = nullptr;
  CHECK_THROWS_WITH(
      (mc::client{w.world.bot_token(), options}),
      "client_options::cache_file without a session_store: what is kept is good only for sessions that are resumed");
}
