// SPDX-License-Identifier: MIT
// The code of docs/event-source.md: regions between the marks stand there word for word.
#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <utility>

#include <monochord/gateway/event_source.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;

namespace {

//! [recording]
/// Plays the lines that examples/07_raw_events wrote: {"shard":0,"seq":1,"name":"READY","d":{...}}
class recording : public mc::event_source {
 public:
  explicit recording(const std::string& path) : file_(path) {}

  mc::task<> run(mc::event_receiver& to) override {
    for (std::string line; std::getline(file_, line);) {
      const auto number = [&](std::string_view key) { return std::stoll(line.substr(line.find(key) + key.size())); };
      const auto name = line.find(R"("name":")") + 8, data = line.find(R"("d":)") + 4;
      const std::string_view text(line);
      const auto shard = static_cast<int>(number(R"("shard":)"));
      const mc::source_event event(shard, number(R"("seq":)"), text.substr(name, text.find('"', name) - name),
                                   text.substr(data, text.size() - data - 1));
      const bool room = to.take(event);
      if (!room) co_await to.room(shard);
    }
  }
  mc::shard_range shards() const override { return {0, 15, 16}; }

 private:
  std::ifstream file_;
};
//! [recording]

using positions = std::map<std::pair<int, std::uint64_t>, std::int64_t>;

class keeping : public recording {
 public:
  keeping(const std::string& path, positions& kept) : recording(path), kept_(kept) {}

  //! [handled]
  void handled(int shard, std::uint64_t session, std::int64_t sequence) override { done[{shard, session}] = sequence; }
  mc::task<> keep_positions() override {  // the end: now is the time
    co_await write_down(done);
  }
  //! [handled]

 private:
  mc::task<> write_down(const positions& what) {
    kept_ = what;
    co_return;
  }
  positions done;
  positions& kept_;
};

/// As examples/07_raw_events prints it.
std::string line_of(const mc::raw_event& event) {
  return R"({"shard":)" + std::to_string(event.shard_id) + R"(,"seq":)" + std::to_string(event.sequence) + R"(,"name":")" +
         std::string(event.name) + R"(","d":)" + std::string(event.data) + "}\n";
}

/// A file that is gone with this.
struct file {
  explicit file(const std::string& text) { std::ofstream(name) << text; }
  ~file() { std::remove(name.c_str()); }
  const std::string name = "events-of-a-snippet.jsonl";
};

}  // namespace

TEST_CASE("a bot is fed with what another one recorded") {
  std::string lines;
  {
    mc::tests::simulated_world w;
    mc::client bot(w.world.bot_token(), w.options());
    bot.on_raw([&](const mc::raw_event& event) { lines += line_of(event); });
    bool ended = false;
    const auto live = [&]() -> mc::task<> {
      co_await bot.async_run();
      ended = true;
    };
    w.sim.spawn(live());
    w.sim.run(w.discord().expect_session());
    for (int i = 0; i < 3; ++i) w.discord().say(w.world.alice, w.world.general, "line " + std::to_string(i));
    w.sim.settle();
    bot.stop();
    w.sim.run_until([&] { return ended; });
  }
  const file recorded(lines);
  mc::testing::simulation sim;
  mc::client_options options;
  //! [use]
  options.event_source = std::make_shared<recording>("events.jsonl");
  //! [use]
  positions kept;
  options.event_source = std::make_shared<keeping>(recorded.name, kept);
  options.executor = sim.executor();
  options.clock = sim.clock();
  mc::client bot(mc::token{"needed for REST alone"}, options);
  std::string seen;
  int guilds = 0;
  bot.on<mc::message_create>([&](const mc::message_create& event) { seen += event.message.content + "\n"; });
  bot.on<mc::ready>([&](const mc::ready& event) { guilds = static_cast<int>(event.guilds.size()); });
  sim.run(bot.async_run());
  CHECK(seen == "line 0\nline 1\nline 2\n");
  CHECK(guilds == 1);
  CHECK(kept == positions{{{0, 0}, 5}});
}
