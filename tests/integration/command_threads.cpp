// SPDX-License-Identifier: MIT
// Commands over real sockets, from several threads at a time, cut and stopped in the middle.
#include <condition_variable>
#include <future>
#include <monochord/gateway/commands.hpp>
#include <monochord/gateway/guild_members.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/gateway_bodies.hpp>
#include <mutex>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::small_world;

namespace {

/// Asks for members in every way until it is cut short.
struct asking {
  mc::client& bot;
  mc::guild_id guild;
  std::vector<mc::user_id> users;
  std::mutex mutex;
  std::condition_variable changed;
  int answered = 0, wrong = 0, cancelled = 0;

  void count(int asking::*what) {
    const std::lock_guard lock(mutex);
    ++(this->*what);
    changed.notify_all();
  }
  template <class F>
  bool until(F done) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 60s, done);
  }

  static mc::task<> once(asking& self, int how) {
    auto& to = self.bot.gateway();
    if (how % 4 == 0) {
      const mc::list<mc::user_id> wanted(self.users);
      const auto got = co_await to.request_guild_members(self.guild, {.user_ids = wanted});
      if (got.members.size() != self.users.size()) self.count(&asking::wrong);
    } else if (how % 4 == 1) {
      const auto got = co_await to.request_guild_members(self.guild, {.query = "user1"});
      if (got.members.empty()) self.count(&asking::wrong);
    } else if (how % 4 == 2) {
      auto stream = to.stream_guild_members(self.guild, {.query = "user"});
      const auto chunk = co_await stream.next();  // and the rest is dropped
      if (!chunk) self.count(&asking::wrong);
    } else {
      co_await to.update_presence({.status = mc::presence_status::idle});
    }
    self.count(&asking::answered);
  }
  static mc::task<> work(asking& self, int how) {
    try {
      co_await once(self, how);
    } catch (const mc::error& e) {
      self.count(e.code() == mc::errc::cancelled ? &asking::cancelled : &asking::wrong);
    }
  }
};

}  // namespace

TEST_CASE("commands from many tasks on a thread pool are each answered with what they asked for, over cuts too") {
  small_world w({});
  std::vector<mc::user_id> users;
  for (int i = 0; i < 150; ++i) {
    users.push_back(w.discord.add_user("user" + std::to_string(i)));
    w.discord.join(w.home, users.back());
  }
  auto options = w.options();
  options.threads = 4;
  options.log = mc::log_level::warning;
  mc::client bot(w.bot_token(), std::move(options));
  asking all{.bot = bot, .guild = w.home, .users = users, .mutex = {}, .changed = {}};
  auto life = std::async(std::launch::async, [&] { return bot.run(); });
  REQUIRE(w.discord.wait_session());
  constexpr int rounds = 64;  // within what a connection may send in a minute
  for (int i = 0; i < rounds; ++i) {
    REQUIRE(bot.spawn(asking::work(all, i)));
    if (i != rounds / 2) continue;
    REQUIRE(all.until([&] { return all.answered >= 8; }));  // the session is there to be resumed
    w.discord.disconnect();
  }
  CHECK(all.until([&] { return all.answered == rounds || all.wrong != 0; }));
  CHECK(all.wrong == 0);

  w.discord.pause();  // what comes now waits until the end
  for (int i = 0; i < 20; ++i) REQUIRE(bot.spawn(asking::work(all, i % 3)));
  bot.stop();
  CHECK(life.get() == 0);
  CHECK(all.cancelled == 20);
  CHECK(all.wrong == 0);
}
