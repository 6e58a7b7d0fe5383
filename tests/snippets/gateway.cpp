// SPDX-License-Identifier: MIT
// The code of docs/gateway.md: regions between the marks stand there word for word.
#include <monochord/gateway/commands.hpp>
#include <monochord/gateway/guild_members.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/gateway_bodies.hpp>
#include <monochord/model/guild_events.hpp>
#include <string>

#include "support/command_bot.hpp"

namespace mc = monochord;
using mc::tests::command_bot;
using mc::tests::no_violations;
using mc::tests::populate;
using mc::tests::simulated_world;

namespace {

//! [presence]
mc::task<> play(mc::client& bot, std::string_view game) {
  const mc::activity_body activities[] = {{.name = game, .type = mc::activity_type::playing}};
  co_await bot.gateway().update_presence({.status = mc::presence_status::dnd, .activities = activities});
}
//! [presence]

//! [members]
mc::task<std::size_t> count_named(mc::client& bot, mc::guild_id guild, std::string_view beginning) {
  const auto found = co_await bot.gateway().request_guild_members(guild, {.query = beginning, .limit = 100});
  co_return found.members.size();
}

mc::task<std::size_t> count_missing(mc::client& bot, mc::guild_id guild, const std::vector<mc::user_id>& users) {
  const mc::list<mc::user_id> wanted(users);  // any number
  const auto found = co_await bot.gateway().request_guild_members(guild, {.user_ids = wanted});
  co_return found.not_found.size();
}
//! [members]

//! [stream]
mc::task<std::size_t> count_bots(mc::client& bot, mc::guild_id guild) {
  std::size_t count = 0;
  auto chunks = bot.gateway().stream_guild_members(guild);
  for (;;) {
    const auto chunk = co_await chunks.next();
    if (!chunk) co_return count;
    for (const auto& member : chunk->members)
      if (member.user && member.user->bot) ++count;
  }
}
//! [stream]

//! [voice]
mc::task<> join_and_leave(mc::client& bot, mc::guild_id guild, mc::channel_id channel) {
  co_await bot.gateway().update_voice_state(guild, {.channel_id = channel, .self_deaf = true});
  co_await bot.gateway().update_voice_state(guild, {});
}
//! [voice]

//! [more]
mc::task<std::string> describe(mc::client& bot, mc::guild_id guild) {
  std::string out;
  const mc::guild_id guilds[] = {guild};
  const auto boards = co_await bot.gateway().request_soundboard_sounds(guilds);
  for (const auto& board : boards) out += std::to_string(board.soundboard_sounds.size()) + " sounds\n";
  const auto info = co_await bot.gateway().request_channel_info(guild);
  for (const auto& channel : info.channels)
    if (channel.status) out += *channel.status + "\n";
  co_return out;
}
//! [more]

}  // namespace

TEST_CASE("a presence from the start") {
  simulated_world w;
  mc::client_options options = w.options();
  //! [initial]
  options.presence = mc::update_presence_body{.status = mc::presence_status::idle};
  //! [initial]
  command_bot bot(w, options);
  bot.until_ready();
  CHECK(w.discord().last_presence().find("idle") != std::string::npos);
  bot.run(play(bot.bot, "chess"));
  w.sim.run_for(std::chrono::seconds{1});
  CHECK(w.discord().last_presence().find("chess") != std::string::npos);
  no_violations(w);
}

TEST_CASE("members, sounds, channels and voice") {
  simulated_world w;
  const auto some = populate(w.discord(), w.world.home, 120);
  const auto talk = w.discord().add_voice_channel(w.world.home, "talk");
  w.discord().set_voice_status(talk, "about chess");
  w.discord().add_soundboard_sound(w.world.home, "honk");
  command_bot bot(w, mc::intent::guild_members);
  bot.until_ready();
  CHECK(bot.run(count_named(bot.bot, w.world.home, "member11")) == 11);
  auto users = some;
  users.push_back(mc::user_id{1});
  CHECK(bot.run(count_missing(bot.bot, w.world.home, users)) == 1);
  CHECK(bot.run(count_bots(bot.bot, w.world.home)) == 1);
  CHECK(bot.run(describe(bot.bot, w.world.home)) == "1 sounds\nabout chess\n");
  bot.run(join_and_leave(bot.bot, w.world.home, talk));
  no_violations(w);
}
