// SPDX-License-Identifier: MIT
// The code of docs/rest.md, docs/rate-limits.md and docs/errors.md: regions between the marks stand there word for word.
#include <exception>
#include <string>
#include <string_view>

#include <monochord/model/oauth2.hpp>
#include <monochord/model/oauth2_bodies.hpp>
#include <monochord/model/user.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

namespace {

mc::task<> write_and_delete(mc::rest_client& rest, mc::channel_id channel) {
  //! [calls]
  const mc::message sent = co_await rest.create_message(channel, {.content = "hello"});
  co_await rest.edit_message(channel, sent.id, {.content = "hello, world"});
  co_await rest.delete_message(channel, sent.id, {.reason = "only a demonstration"});
  //! [calls]
}

mc::task<> delete_if_there(mc::rest_client& rest, mc::channel_id channel, mc::message_id which) {
  //! [errors]
  const auto deleted = co_await mc::as_result(rest.delete_message(channel, which));
  const auto* refused = deleted.error_as<mc::rest_error>();
  const bool gone_already = refused && refused->status() == 404;
  if (!deleted && !gone_already) std::rethrow_exception(deleted.error());
  //! [errors]
}

mc::task<std::string> who_logged_in(mc::rest_client& rest, mc::application_id application, std::string_view secret,
                                    std::string_view code, std::string_view redirect_uri) {
  //! [oauth2]
  const mc::oauth2_token token = co_await rest.exchange_authorization_code(application, secret, code, redirect_uri);
  const mc::user who = co_await rest.get_current_user({.bearer_token = token.access_token});
  co_await rest.revoke_oauth2_token(application, secret, {.token = token.access_token});
  //! [oauth2]
  co_return who.username;
}

mc::task<std::string> unknown_route(mc::rest_client& rest, mc::guild_id guild) {
  //! [raw]
  const std::string path = "/guilds/" + guild.str() + "/new-member-welcome";
  const std::string json = co_await rest.request("GET", path);
  //! [raw]
  co_return json;
}

}  // namespace

TEST_CASE("who logged in is asked for by the code of a browser") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const auto name = w.sim.run(who_logged_in(bot.rest(), w.discord().application(), mc::testing::default_mock_secret, "code",
                                            "https://example.com/back"));
  CHECK(!name.empty());
  CHECK(w.discord().rest_log().size() == 3);
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a route without a function is called all the same") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  CHECK(w.sim.run(unknown_route(bot.rest(), w.world.home)).starts_with("{"));
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a message is written, changed and deleted") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  w.sim.run(write_and_delete(bot.rest(), w.world.general));
  CHECK(w.discord().messages(w.world.general).empty());
  CHECK(w.discord().counters().requests == 3);
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a refusal that is expected is a value") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  CHECK_NOTHROW(w.sim.run(delete_if_there(bot.rest(), w.world.general, mc::message_id{1})));
  mc::client stranger(mc::token{"not-the-token-of-this-bot"}, w.options());
  CHECK_THROWS_AS(w.sim.run(delete_if_there(stranger.rest(), w.world.general, mc::message_id{1})), mc::rest_error);
  w.discord().stop();  // what is no refusal is not swallowed either
  CHECK_THROWS_AS(w.sim.run(delete_if_there(bot.rest(), w.world.general, mc::message_id{1})), mc::error);
}

TEST_CASE("clients share what they know of limits") {
  simulated_world w;
  auto first = w.options(), second = w.options();
  //! [shared-limits]
  const auto limits = mc::make_rest_limits();
  first.rest_limits = limits;
  second.rest_limits = limits;
  //! [shared-limits]
  mc::client one(w.world.bot_token(), first), other(w.world.bot_token(), second);
  w.sim.run(write_and_delete(one.rest(), w.world.general));
  w.sim.run(write_and_delete(other.rest(), w.world.general));
  CHECK(w.discord().counters().responses_429 == 0);
}
