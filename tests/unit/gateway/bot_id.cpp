// SPDX-License-Identifier: MIT
// Whose session it is: another bot's is not resumed.
#include "protocol/token_user.hpp"
#include "unit/gateway/peer.hpp"

namespace monochord::gateway_test {

namespace {

gateway::shard_manager_options of_bot(stage& on, user_id bot) {
  gateway::shard_manager_options out;
  out.shard = on.options();
  out.shard.bot_id = bot;
  out.info = stage::info();
  return out;
}

void keep(stage& on, user_id bot) {
  stored_session kept;
  kept.session_id = "kept";
  kept.resume_url = "ws://localhost:8080";
  kept.intents = 513;
  kept.bot_id = bot;
  on.sim.run(on.store->save(0, kept));
}

}  // namespace

TEST_CASE("a stored session of another bot is not resumed, one's own is") {
  struct row {
    std::uint64_t stored, today;
    bool resumes;
  };
  for (const auto& [stored, today, resumes] :
       {row{1, 2, false}, row{2, 2, true}, row{0, 2, true}, row{1, 0, true}, row{0, 0, true}}) {
    stage on;
    keep(on, user_id{stored});
    running bot(on, of_bot(on, user_id{today}));
    bot.until_ready();
    CAPTURE(stored, today);
    CHECK(on.server.of_op(6).size() == (resumes ? 1U : 0U));
    CHECK(on.server.of_op(2).size() == (resumes ? 0U : 1U));
    on.sim.run_for(1s);
    CHECK(on.sim.run(on.store->load(0))->bot_id == user_id{today ? today : stored});
  }
}

TEST_CASE("whose session it is comes from READY where the token does not say") {
  for (const std::uint64_t told : {std::uint64_t{0}, std::uint64_t{5}}) {
    stage on;
    on.server.sends_ready = false;
    running bot(on, of_bot(on, user_id{told}));
    on.sim.run_until([&] { return on.server.of_op(2).size() == 1; });
    on.server.say(
        "READY",
        R"({"v":10,"user":{"username":"x","id":"4711"},"session_id":"a","resume_gateway_url":"ws://localhost:8080"})");
    bot.until_ready();
    on.sim.run_for(1s);
    CHECK(on.sim.run(on.store->load(0))->bot_id == user_id{told ? told : 4711});
  }
}

TEST_CASE("a token says whose it is by its first part") {
  using protocol::user_of_token;
  CHECK(user_of_token("MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcDE.secret") == user_id{123456789012345678});
  CHECK(user_of_token("MTA=.x.y") == user_id{10});
  CHECK(user_of_token("MTg0NDY3NDQwNzM3MDk1NTE2MTU=.x") == user_id{UINT64_MAX});
  for (const char* const other :
       {"", ".", "MTIz", "mock-bot-token.for-tests", "a-token", "very.secret.token", "AAAA.x", "MTIz!.x",
        "MTg0NDY3NDQwNzM3MDk1NTE2MTY.x", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw.x"})
    CHECK(user_of_token(other) == user_id{});
}

}  // namespace monochord::gateway_test
