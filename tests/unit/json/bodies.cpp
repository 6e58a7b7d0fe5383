// SPDX-License-Identifier: MIT
#include <monochord/json/codec.hpp>
#include <monochord/json/limits.hpp>
#include <monochord/core/error.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>

#include "support/catch.hpp"

using namespace monochord;

TEST_CASE("a body has just what was named") {
  CHECK(json::encode(create_message_body{}) == "{}");
  CHECK(json::encode(create_message_body{.content = "pong"}) == R"({"content":"pong"})");
  const std::string text = "a\"b";
  CHECK(json::encode(create_message_body{.content = text, .tts = true, .flags = message_flag::suppress_embeds}) ==
        R"({"content":"a\"b","tts":true,"flags":4})");
  CHECK(json::encode(create_message_body{.content = "x", .allowed_mentions = no_mentions}) ==
        R"({"content":"x","allowed_mentions":{"parse":[]}})");
  CHECK(json::encode(create_message_body{.message_reference = message_reference_body{.message_id = message_id{5}}, .sticker_ids = {sticker_id{1}, sticker_id{2}}}) ==
        R"({"message_reference":{"message_id":"5"},"sticker_ids":["1","2"]})");
}

TEST_CASE("an edit leaves, clears or sets") {
  CHECK(json::encode(edit_message_body{}) == "{}");
  CHECK(json::encode(edit_message_body{.content = null, .embeds = list<embed>{}}) == R"({"content":null,"embeds":[]})");
  const std::vector<embed> embeds{json::decode<embed>(R"({"title":"t"})")};
  CHECK(json::encode(edit_message_body{.embeds = embeds}) == R"({"embeds":[{"title":"t"}]})");
}

TEST_CASE("an interaction is answered with the same message") {
  const create_message_body message{.content = "hi", .flags = message_flag::ephemeral};
  const interaction_response_body body{.type = interaction_callback_type::channel_message_with_source, .data = response_data(message)};
  CHECK(json::encode(body) == R"({"type":4,"data":{"content":"hi","flags":64}})");
  CHECK(json::encode(interaction_response_body{.type = interaction_callback_type::pong}) == R"({"type":1})");
}

TEST_CASE("a command is defined by a body or by a builder") {
  const command_option_body options[] = {{.type = command_option_type::integer, .name = "sides", .description = "How many", .required = true, .min_value = 2}};
  const application_command_body body{.name = "roll", .description = "Roll a die", .options = options};
  CHECK(json::encode(body) ==
        R"({"name":"roll","description":"Roll a die","options":[{"type":4,"name":"sides","description":"How many","required":true,"min_value":2}]})");
  CHECK(json::encode(list<application_command_body>(&body, 1)) == "[" + json::encode(body) + "]");

  command_builder built("roll", "Roll a die");
  built.option(option_builder(command_option_type::integer, "sides", "How many").required().min(2).max(1000).choice("six", 6));
  built.default_member_permissions({}).contexts({interaction_context::guild}).name_in("de", "w\u00fcrfeln");
  CHECK(json::encode(built) ==
        R"({"name":"roll","name_localizations":{"de":"würfeln"},"description":"Roll a die","options":[{"type":4,"name":"sides","description":"How many","required":true,)"
        R"("choices":[{"name":"six","value":6}],"min_value":2,"max_value":1000}],"default_member_permissions":"0","contexts":[0],"type":1})");
  const std::vector<command_builder> all(2, built);
  CHECK(json::encode(all) == "[" + json::encode(built) + "," + json::encode(built) + "]");
  CHECK(json::encode(std::vector<command_builder>{}) == "[]");
  CHECK(json::encode(command_builder(application_command_type::user, "Greet")) == R"({"name":"Greet","type":2})");
  command_builder group("admin", "x");
  group.subcommand(option_builder(command_option_type::sub_command, "add", "y").option({command_option_type::user, "who", "z"}));
  CHECK(json::encode(group) ==
        R"({"name":"admin","description":"x","options":[{"type":1,"name":"add","description":"y","options":[{"type":6,"name":"who","description":"z"}]}],"type":1})");
}

TEST_CASE("an entry point says who handles it, and an option which files it takes") {
  command_builder launch(application_command_type::primary_entry_point, "launch", "Race with friends");
  launch.handler(command_handler_type::discord_launch_activity);
  CHECK(json::encode(launch) == R"({"name":"launch","description":"Race with friends","type":4,"handler":2})");
  CHECK_NOTHROW(json::check_limits(launch));
  command_builder file("print", "x");
  file.option(option_builder(command_option_type::attachment, "what", "y").file_types({"image", ".pdf"}));
  CHECK(json::encode(file) ==
        R"({"name":"print","description":"x","options":[{"type":11,"name":"what","description":"y","file_types":["image",".pdf"]}],"type":1})");
}

TEST_CASE("a message is built with all that it can have") {
  message_builder m("pong");
  m.embed(embed_builder("Title").field("a", "b", true).color(0xff0000).footer("f").image("attachment://x.png"));
  button ok;
  ok.style = button_style::primary;
  ok.custom_id = "ok";
  ok.label = "OK";
  m.row({ok}).file("x.png", "PNG", "a picture").mentions({"roles"}, {user_id{1}}).mention_replied(false);
  m.reply_to(message_id{9}, false).ephemeral().nonce("n");
  CHECK(json::encode(m) ==
        R"({"content":"pong","nonce":"n","embeds":[{"title":"Title","color":16711680,"footer":{"text":"f"},"image":{"url":"attachment://x.png"},)"
        R"("fields":[{"name":"a","value":"b","inline":true}]}],"allowed_mentions":{"parse":["roles"],"users":["1"],"replied_user":false},)"
        R"("message_reference":{"message_id":"9","fail_if_not_exists":false},"components":[{"type":1,"components":[{"type":2,"style":1,"label":"OK","custom_id":"ok"}]}],)"
        R"("attachments":[{"id":"0","filename":"x.png","description":"a picture"}],"flags":64,"enforce_nonce":true})");
  const auto body = m.body();
  REQUIRE(body.files.size() == 1);
  CHECK(body.files[0].bytes.view() == "PNG");
  const message_builder copy = m;
  m.content("other");
  CHECK(json::encode(copy).starts_with(R"({"content":"pong")"));
  CHECK(json::encode(message_builder(copy).keep_none().edit_body()).find("nonce") == std::string::npos);
}

TEST_CASE("an edit keeps the attachments of a message unless it says which") {
  message_builder m("new text");
  m.file("b.txt", "bytes");
  CHECK(json::encode(m.edit_body()) == R"({"content":"new text"})");
  CHECK(m.edit_body().files.size() == 1);
  m.keep(attachment_id{7});
  CHECK(json::encode(m.edit_body()) == R"({"content":"new text","attachments":[{"id":"0","filename":"b.txt"},{"id":"7"}]})");
  CHECK(json::encode(response_data(m.edit_body())) == json::encode(m.edit_body()));
  CHECK(json::encode(message_builder("x").keep_none().edit_body()) == R"({"content":"x","attachments":[]})");

  message_builder described;
  described.file("b.png", "bytes", "a picture");
  try {
    described.edit_body();
    FAIL("the description would be lost, or the attachments");
  } catch (const error& e) {
    CHECK(e.code() == errc::invalid_argument);
  }
  CHECK(json::encode(described.keep_none().edit_body()) ==
        R"({"attachments":[{"id":"0","filename":"b.png","description":"a picture"}]})");
}

TEST_CASE("who is replied to is said without silencing the others") {
  message_builder m("x");
  m.mention_replied(false);
  const auto said = *m.body().allowed_mentions;
  CHECK(said.parse.is_null());  // the kinds of a message that says nothing: the client knows them
  CHECK(said.replied_user.value() == false);
  CHECK(m.mentions({"roles"}).body().allowed_mentions->parse.value().size() == 1);
}

TEST_CASE("a message shares the colours of a client") {
  shared_client_theme theme;
  theme.colors = {"5865F2"};
  theme.gradient_angle = 90;
  theme.base_mix = 58;
  CHECK(json::encode(message_builder("x").theme(theme)) ==
        R"({"content":"x","shared_client_theme":{"colors":["5865F2"],"gradient_angle":90,"base_mix":58}})");
}

TEST_CASE("a poll and a modal are built") {
  poll_create_request poll;
  poll.question.text = "?";
  poll.answers.resize(2);
  poll.answers[0].poll_media.text = "yes";
  poll.answers[1].poll_media.text = "no";
  poll.duration = 24;
  CHECK(json::encode(message_builder().poll(poll)) ==
        R"({"poll":{"question":{"text":"?"},"answers":[{"poll_media":{"text":"yes"}},{"poll_media":{"text":"no"}}],"duration":24}})");
  text_input input;
  input.custom_id = "name";
  input.style = text_input_style::short_;
  CHECK(json::encode(modal_builder("m", "Title").label("Name", input).text("**hi**")) ==
        R"({"type":9,"data":{"components":[{"type":18,"label":"Name","component":{"type":4,"custom_id":"name","style":1}},{"type":10,"content":"**hi**"}],)"
        R"("custom_id":"m","title":"Title"}})");
}

TEST_CASE("lists view what they are made from") {
  const std::vector<user_id> ids{user_id{1}, user_id{2}};
  const list<user_id> view = ids;
  CHECK(view.data() == ids.data());
  CHECK(view.size() == 2);
  CHECK(json::encode(allowed_mentions{.users = ids}) == R"({"users":["1","2"]})");
  CHECK(json::encode(allowed_mentions{.parse = list<std::string_view>{"roles", "users"}}) == R"({"parse":["roles","users"]})");
}
