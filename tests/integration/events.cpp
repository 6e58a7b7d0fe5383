// SPDX-License-Identifier: MIT
// What is newer than the library, or broken: raw bytes, unknown events, unknown values.
#include <monochord/model/events.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

void with_bot(simulated_world& w, mc::client& bot, const std::function<void()>& act) {
  bool ended = false;
  const auto live = [&]() -> mc::task<> {
    co_await bot.async_run();
    ended = true;
  };
  w.sim.spawn(live());
  REQUIRE(w.sim.run(w.discord().expect_session()));
  act();
  w.sim.run_for(1s);
  bot.stop();
  w.sim.run_until([&] { return ended; }, 1min);
}

}  // namespace

TEST_CASE("a raw handler sees the bytes of an event, which nobody decodes") {
  simulated_world w;
  auto options = w.options();
  options.cache.policy.kinds = {};  // which would decode them
  mc::client bot(w.world.bot_token(), options);
  std::vector<std::pair<std::string, std::string>> seen;
  bot.on_raw([&](const mc::raw_event& sent) { seen.emplace_back(sent.name, sent.data); });
  bot.on_error([](std::exception_ptr, const mc::raw_event& event) { FAIL_CHECK("an error in " << event.name); });
  with_bot(w, bot, [&] {
    w.sim.settle();
    seen.clear();
    w.discord().send_event("MESSAGE_CREATE", R"({"id":7,"content":{"not":"text"},"type":[1,2]})");  // no message at all
    w.discord().send_event("BRAND_NEW_EVENT", R"({"a":"\u00e4 \" }{","b":[1.50,null]})");
    w.discord().send_event("GUILD_CREATE", R"({"id":{}})");
  });
  REQUIRE(seen.size() == 3);
  CHECK(seen[0] ==
        std::pair<std::string, std::string>{"MESSAGE_CREATE", R"({"id":7,"content":{"not":"text"},"type":[1,2]})"});
  CHECK(seen[1].first == "BRAND_NEW_EVENT");
  CHECK(seen[2] == std::pair<std::string, std::string>{"GUILD_CREATE", R"({"id":{}})"});
  CHECK(w.discord().counters().identifies == 1);
  CHECK(w.discord().counters().connections == 1);
}

TEST_CASE(
    "unknown values of enums, unknown flags and unknown fields reach a typed handler, an event that is none costs only "
    "itself") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  std::vector<mc::message_update> seen;
  std::vector<std::string> errors;
  bot.on<mc::message_update>([&](const mc::message_update& event) { seen.push_back(event); });
  bot.on_error([&](std::exception_ptr, const mc::raw_event& event) {
    errors.push_back(std::string(event.name) + " " + std::string(event.data));
  });
  with_bot(w, bot, [&] {
    const auto message = [&](std::string type, std::string flags) {
      return R"({"id":"7","channel_id":")" + w.world.general.str() +
             R"(","author":{"id":"8","username":"a","discriminator":"0","global_name":null,"avatar":null},"content":"x","timestamp":"2024-01-01T00:00:00+00:00","edited_timestamp":null,"tts":false,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"pinned":false,"brand_new":{"a":1},"type":)" +
             type + R"(,"flags":)" + flags + "}";
    };
    w.discord().send_event("MESSAGE_UPDATE", message("9999", "1073741824"));
    w.discord().send_event("MESSAGE_UPDATE", message("\"text\"", "0"));
    w.discord().send_event("MESSAGE_UPDATE", message("0", "0"));
  });
  REQUIRE(seen.size() == 2);
  CHECK(static_cast<int>(seen[0].message.type) == 9999);
  REQUIRE(seen[0].message.flags);
  CHECK(seen[0].message.flags->bits() == 1073741824U);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].starts_with("MESSAGE_UPDATE {\"id\":\"7\""));
  CHECK(w.discord().counters().connections == 1);
}
