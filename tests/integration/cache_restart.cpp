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

/// Lets shard 0 know its session at once, and the others not while they wait: what a client looks up before comes through.
class slow_store final : public mc::session_store {
 public:
  slow_store(simulated_world& w, std::shared_ptr<mc::session_store> inner)
      : time_(w.sim.clock()), where_(w.sim.executor()), inner_(std::move(inner)) {}
  mc::task<std::optional<mc::stored_session>> load(int shard_id) override {
    if (shard_id != 0 && ++loads_[shard_id] > 2) {  // for the cache, for the manager, for the shard
      ++waiting;
      const auto wait = time_->make_timer(where_);
      const auto cancelled = co_await wait->wait_until(time_->now() + 1h);
      if (cancelled) throw mc::error(mc::errc::cancelled, "given up");
    }
    co_return co_await inner_->load(shard_id);
  }
  mc::task<> save(int shard_id, const mc::stored_session& session) override { return inner_->save(shard_id, session); }
  mc::task<> erase(int shard_id) override { return inner_->erase(shard_id); }
  mc::task<std::optional<mc::stored_budget>> load_budget() override { return inner_->load_budget(); }
  mc::task<> save_budget(const mc::stored_budget& budget) override { return inner_->save_budget(budget); }
  int waiting = 0;

 private:
  const std::shared_ptr<mc::clock> time_;
  const boost::asio::any_io_executor where_;
  const std::shared_ptr<mc::session_store> inner_;
  std::map<int, int> loads_;
};

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

TEST_CASE("a bot that is stopped while some of its shards still wait for their session resumes all of them the next time") {
  simulated_world w;
  const folder in;
  auto options = options_of(w, in);
  options.shards = mc::shard_plan::of(3);
  std::vector<mc::guild_id> guilds;
  for (int i = 0; i < 9; ++i) guilds.push_back(w.discord().add_guild("guild " + std::to_string(i), w.world.alice));
  {
    command_bot bot(w, options);
    bot.until_ready();
    w.sim.run_for(1s);
    REQUIRE(bot.bot.cache().guild_ids().size() == 10);
  }
  REQUIRE(identifies(w) == 3);
  const bool killed = GENERATE(false, true);
  const auto slow = std::make_shared<slow_store>(w, options.session_store);
  {
    auto of_slow = options;
    of_slow.session_store = slow;
    if (killed) of_slow.cache_save_interval = 2s;
    command_bot bot(w, of_slow);
    bot.begin();
    w.sim.run_until([&] { return bot.events["RESUMED"] == 1; }, 1s);
    w.sim.run_for(5s);
    CHECK(slow->waiting == 2);
    CHECK(bot.events["RESUMED"] == 1);
    if (killed) std::filesystem::copy_file(in.cache(), in.path / "left");
  }
  if (killed) std::filesystem::rename(in.path / "left", in.cache());
  command_bot bot(w, options);
  bot.until_ready();
  w.sim.run_for(1s);
  CHECK(identifies(w) == 3);
  CHECK(bot.events["RESUMED"] == 3);
  CHECK(bot.bot.cache().guild_ids().size() == 10);
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
