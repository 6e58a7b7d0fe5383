// SPDX-License-Identifier: MIT
// What the typed routes promise beyond the table of all of them: pages, raw requests, tokens for codes.
#include <monochord/core/result.hpp>
#include <monochord/model/activity_attachment.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/oauth2_bodies.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/sticker_bodies.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/webhook_bodies.hpp>
#include <monochord/rest/pages.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

namespace {

std::vector<std::string> contents(const std::vector<mc::message>& messages) {
  std::vector<std::string> all;
  for (const auto& one : messages) all.push_back(one.content);
  return all;
}

}  // namespace

TEST_CASE("a channel's history comes whole, newest first or oldest first, in as few requests as there are pages") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  w.discord().burst(w.world.general, 250);
  w.sim.settle();
  w.discord().clear_rest_log();

  auto down = mc::channel_history(bot.rest(), w.world.general);
  const auto newest_first = contents(w.sim.run(down.all()));
  REQUIRE(newest_first.size() == 250);
  CHECK(newest_first.front() == "burst 249");
  CHECK(newest_first.back() == "burst 0");
  CHECK(w.discord().rest_log().size() == 3);

  auto up = mc::channel_history(bot.rest(), w.world.general, {.after = mc::message_id{}, .limit = 120});
  const auto oldest_first = contents(w.sim.run(up.all()));
  REQUIRE(oldest_first.size() == 120);
  CHECK(oldest_first.front() == "burst 0");
  CHECK(oldest_first.back() == "burst 119");
  CHECK(w.discord().rest_log().size() == 5);
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a history that goes both ways is refused when it is made") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  CHECK_THROWS_AS(
      mc::channel_history(bot.rest(), w.world.general, {.before = mc::message_id{2}, .after = mc::message_id{1}}),
      mc::error);
}

TEST_CASE("the guilds of the bot come by rising id, from any of them on") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const mc::guild_id second = w.discord().add_guild("second");
  const mc::guild_id third = w.discord().add_guild("third");
  const auto ids = [&](mc::pager<mc::partial_guild> pages) {
    std::vector<mc::guild_id> all;
    for (const auto& one : w.sim.run(pages.all())) all.push_back(one.id);
    return all;
  };
  CHECK(ids(mc::current_user_guilds(bot.rest(), {.page_size = 2})) == std::vector{w.world.home, second, third});
  CHECK(ids(mc::current_user_guilds(bot.rest(), {.after = second})) == std::vector{third});
}

TEST_CASE("a route that has no function is called through the same client, and gives its answer as it is") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  w.discord().say(w.world.alice, w.world.general, "hello");
  const std::string path = "/channels/" + w.world.general.str() + "/messages";
  CHECK(w.sim.run(bot.rest().request("GET", path + "?limit=1")).find("\"hello\"") != std::string::npos);
  CHECK(w.sim.run(bot.rest().request("POST", path, R"({"content":"raw"})")).find("\"raw\"") != std::string::npos);
  CHECK(w.discord().messages(w.world.general) == std::vector<std::string>{"hello", "raw"});
  CHECK(w.discord().violations().empty());
}

TEST_CASE("a raw request that is none is refused, and never shows a token of its path") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const auto code_of = [&](std::string_view method, std::string_view path) {
    const auto got = w.sim.run(mc::as_result(bot.rest().request(method, path)));
    REQUIRE(!got);
    CHECK(got.error_text().find("s3cret") == std::string::npos);
    const auto* why = got.error_as<mc::error>();
    REQUIRE(why);
    return why->code();
  };
  for (const char* path :
       {"", "users", "/users/../x", "/users//x", "/users/{s3cret}", "/users/a b", "/users/\r\ns3cret", "/users/"})
    CHECK(code_of("GET", path) == mc::errc::invalid_argument);
  CHECK(code_of("get", "/users/@me") == mc::errc::invalid_argument);
  CHECK(w.discord().rest_log().empty());
  CHECK(code_of("POST", "/webhooks/110000000000000009/s3cret-token") == mc::errc::rest_refused);
  CHECK(w.world.log.text().find("s3cret") == std::string::npos);
}

TEST_CASE("files go along under the names that each route has for them") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  auto& rest = bot.rest();
  w.discord().play_schema(mc::testing::schema_play{.all_routes = true});
  const auto sent = [&] {
    const auto log = w.discord().rest_log();
    std::string all = log.back().content_type;
    for (const auto& one : log.back().files) all += " " + one.part + "=" + one.name;
    return all;
  };
  const mc::channel_id channel{110000000000000003};
  const mc::file_body file{.name = "a.txt", .bytes = "text", .description = "a text"};
  const mc::file_body files[] = {file};

  w.sim.run(rest.start_thread_in_forum_or_media_channel(channel, {.name = "post", .files = files}));
  CHECK(sent() == "multipart/form-data files[0]=a.txt");
  CHECK(w.discord().rest_log().back().body.find("\"a text\"") != std::string::npos);
  w.sim.run(rest.execute_webhook(mc::webhook_id{110000000000000009}, "token", {.content = "x", .files = files}));
  CHECK(sent() == "multipart/form-data files[0]=a.txt");
  w.sim.run(rest.create_channel_invite(channel, {.max_uses = 1, .target_users_file = file}));
  CHECK(sent() == "multipart/form-data target_users_file=a.txt");
  CHECK(w.discord().rest_log().back().body.find("\"max_uses\":1") != std::string::npos);
  w.sim.run(rest.update_target_users("code", file));
  CHECK(sent() == "multipart/form-data target_users_file=a.txt");
  w.sim.run(rest.create_guild_sticker(w.world.home, {.name = "name", .tags = "x", .file = file}));
  CHECK(sent() == "multipart/form-data file=a.txt");
  w.sim.run(rest.upload_application_attachment(w.discord().application(), file));
  CHECK(sent() == "multipart/form-data file=a.txt");
  CHECK(w.discord().violations().empty());
}

TEST_CASE("files in all answers to an interaction may be as large as it says, and no larger") {
  constexpr std::uint64_t mib = 1U << 20U;
  mc::testing::mock_options mock;
  mock.attachment_limit_bytes = 12 * mib;
  simulated_world w(mock);
  mc::client bot(w.world.bot_token(), w.options());
  auto& rest = bot.rest();
  w.discord().play_schema(mc::testing::schema_play{.all_routes = true});
  mc::interaction asked;
  asked.id = mc::interaction_id{110000000000000012};
  asked.application_id = w.discord().application();
  asked.token = "token";
  const mc::message_id message{110000000000000004};
  const auto limit_of = [&](std::uint64_t bytes) {
    const auto content = std::make_shared<const std::string>(bytes, 'x');
    const mc::file_body files[] = {{.name = "a.bin", .bytes = content}};
    mc::message_builder built;
    built.file("a.bin", std::string(bytes, 'x'));
    const mc::create_message_body body{.files = files};
    const mc::edit_message_body edit{.files = files};
    std::vector<std::uint64_t> limits;
    const auto tried = [&](auto call) {
      const auto got = w.sim.run(mc::as_result(std::move(call)));
      const auto* refused = got.template error_as<mc::upload_error>();
      REQUIRE((got || refused));
      limits.push_back(refused ? refused->limit_bytes() : 0);
      w.sim.run_for(std::chrono::seconds{5});
    };
    tried(rest.reply(asked, body));
    tried(rest.reply(asked, built));
    tried(rest.edit_original_interaction_response(asked, edit));
    tried(rest.edit_original_interaction_response(asked, built));
    tried(rest.create_followup_message(asked, body));
    tried(rest.create_followup_message(asked, built));
    tried(rest.edit_followup_message(asked, message, edit));
    tried(rest.edit_followup_message(asked, message, built));
    return limits;
  };
  using limits = std::vector<std::uint64_t>;
  CHECK(limit_of(11 * mib) == limits(8, 10 * mib));  // the client's
  asked.attachment_size_limit = static_cast<int>(12 * mib);
  CHECK(limit_of(11 * mib) == limits(8, 0));
  CHECK(limit_of(12 * mib + 1) == limits(8, 12 * mib));
  CHECK(w.discord().violations().empty());
}

TEST_CASE("messages that do not say whom they notify say what the client says") {
  simulated_world w;
  auto options = w.options();
  options.allowed_mentions = mc::default_mentions{.users = true};
  mc::client careful(w.world.bot_token(), options);
  mc::client plain(w.world.bot_token(), w.options());
  w.discord().play_schema(mc::testing::schema_play{.all_routes = true});
  const mc::channel_id channel{110000000000000003};
  const mc::message_id message{110000000000000004};
  const mc::webhook_id webhook{110000000000000009};
  const mc::application_id app = w.discord().application();
  mc::interaction asked;
  asked.id = mc::interaction_id{110000000000000012};
  asked.token = "token";
  const auto said = [&](mc::task<> call) {
    w.discord().clear_rest_log();
    w.sim.run(std::move(call));
    const auto body = w.discord().rest_log().back().body;
    const auto at = body.find(R"("allowed_mentions":)");
    if (at == body.npos) return std::string("nothing");
    return body.substr(at + 19, body.find('}', at) - at - 18);
  };
  const auto drop = [](auto call) -> mc::task<> { co_await std::move(call); };
  using calls = std::vector<std::function<mc::task<>(mc::rest_client&)>>;
  const calls speaking{
      [&](auto& rest) { return drop(rest.create_message(channel, {.content = "x"})); },
      [&](auto& rest) { return drop(rest.edit_message(channel, message, {.content = "x"})); },
      [&](auto& rest) { return drop(rest.start_thread_in_forum_or_media_channel(channel, {.name = "x", .message = {.content = "x"}})); },
      [&](auto& rest) { return rest.reply(asked, {.content = "x"}); },
      [&](auto& rest) { return drop(rest.edit_original_interaction_response(app, "token", {.content = "x"})); },
      [&](auto& rest) { return drop(rest.create_followup_message(app, "token", {.content = "x"})); },
      [&](auto& rest) { return drop(rest.execute_webhook(webhook, "token", {.content = "x"})); },
      [&](auto& rest) { return drop(rest.edit_webhook_message(webhook, "token", message, {.content = "x"})); },
  };
  for (std::size_t i = 0; i < speaking.size(); ++i) {
    INFO(i);
    CHECK(said(speaking[i](careful.rest())) == R"({"parse":["users"],"replied_user":false})");
    CHECK(said(speaking[i](plain.rest())) == "nothing");
  }
  // What says something itself, and what says nothing that could notify anybody.
  const calls others{
      [&](auto& rest) { return drop(rest.create_message(channel, {.content = "x", .allowed_mentions = mc::no_mentions})); },
      [&](auto& rest) { return drop(rest.edit_message(channel, message, {.flags = mc::message_flag::suppress_embeds})); },
      [&](auto& rest) {
        return drop(rest.create_interaction_response(asked.id, asked.token, mc::modal_builder("id", "title").text("x").body()));
      },
  };
  CHECK(said(others[0](careful.rest())) == R"({"parse":[]})");
  CHECK(said(others[1](careful.rest())) == "nothing");
  CHECK(said(others[2](careful.rest())) == "nothing");

  // Who is replied to, and the kinds of mentions that would be notified anyway.
  const auto reply = mc::message_builder("x").mention_replied(true);
  CHECK(said(drop(careful.rest().create_message(channel, reply))) == R"({"parse":["users"],"replied_user":true})");
  CHECK(said(drop(plain.rest().create_message(channel, reply))) == R"({"parse":["users","everyone","roles"],"replied_user":true})");
  CHECK(said(drop(plain.rest().create_followup_message(app, "token", reply))) == R"({"parse":["users"],"replied_user":true})");
  CHECK(said(plain.rest().reply(asked, reply)) == R"({"parse":["users"],"replied_user":true})");
}

TEST_CASE("a code becomes a token with which its user is asked for, and which can be taken back") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  auto& rest = bot.rest();
  const mc::application_id app = w.discord().application();
  const auto secret = mc::testing::default_mock_secret;
  const auto token = w.sim.run(rest.exchange_authorization_code(app, secret, "code", "https://example.com/?a=b&c=d"));
  CHECK(w.discord().rest_log().back().authorization == "Basic");
  CHECK(w.discord().rest_log().back().body.find("https://example.com/?a=b&c=d") != std::string::npos);
  w.sim.run(rest.get_current_user({.bearer_token = token.access_token}));
  CHECK(w.discord().rest_log().back().authorization == "Bearer");

  REQUIRE(token.refresh_token);
  const auto next = w.sim.run(rest.refresh_oauth2_token(app, secret, *token.refresh_token));
  CHECK(next.access_token != token.access_token);
  const auto again = w.sim.run(mc::as_result(rest.refresh_oauth2_token(app, secret, *token.refresh_token)));
  CHECK(!again);

  w.sim.run(rest.revoke_oauth2_token(app, secret, {.token = next.access_token}));
  CHECK(!w.sim.run(mc::as_result(rest.get_current_user({.bearer_token = next.access_token}))));
  const auto client = w.sim.run(rest.get_client_credentials_token(app, secret, "identify"));
  CHECK(client.scope == "identify");
  CHECK(!client.refresh_token);
}

TEST_CASE("a client secret that is not good is told as such, and shown nowhere") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  const auto refused = w.sim.run(mc::as_result(bot.rest().exchange_authorization_code(
      w.discord().application(), "s3cret-of-the-client", "s3cret-code", "https://example.com")));
  REQUIRE(!refused);
  REQUIRE(refused.error_as<mc::rest_error>());
  CHECK(refused.error_as<mc::rest_error>()->status() == 401);
  CHECK(refused.error_text().find("s3cret") == std::string::npos);
  CHECK(w.world.log.text().find("s3cret") == std::string::npos);
  CHECK(w.world.log.text().find("czNjcmV0") == std::string::npos);  // the same in base64
  // The bot's own token is as good as before.
  w.sim.run(bot.rest().get_current_application());
}
