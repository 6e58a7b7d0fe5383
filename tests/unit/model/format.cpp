// SPDX-License-Identifier: MIT
#include <monochord/format.hpp>

#include <monochord/model/channel.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/user.hpp>

#include "support/catch.hpp"

using namespace monochord;

// The examples of https://docs.discord.com/developers/reference#message-formatting-formats
TEST_CASE("mentions, emojis and timestamps look as Discord documents them") {
  CHECK(format::mention(user_id{80351110224678912}) == "<@80351110224678912>");
  CHECK(format::mention(channel_id{103735883630395392}) == "<#103735883630395392>");
  CHECK(format::mention(role_id{165511591545143296}) == "<@&165511591545143296>");
  CHECK(format::mention_command("airhorn", command_id{816437322781949972}) == "</airhorn:816437322781949972>");
  CHECK(format::mention_command("a", "b", command_id{1}) == "</a b:1>");
  CHECK(format::mention_command("a", "b", "c", command_id{1}) == "</a b c:1>");
  CHECK(format::custom_emoji("mmLol", emoji_id{216154654256398347}) == "<:mmLol:216154654256398347>");
  CHECK(format::custom_emoji("b1nzy", emoji_id{392938283556143104}, true) == "<a:b1nzy:392938283556143104>");
  const timestamp when{std::chrono::seconds{1618953630}};
  CHECK(format::time(when) == "<t:1618953630>");
  CHECK(format::time(when + std::chrono::milliseconds{999}, timestamp_style::short_date) == "<t:1618953630:d>");
  CHECK(format::time(when, timestamp_style::relative) == "<t:1618953630:R>");
  CHECK(format::time(timestamp{std::chrono::milliseconds{-1}}) == "<t:-1>");
  CHECK(format::guild_navigation(format::guild_page::customize) == "<id:customize>");
  CHECK(format::guild_navigation(format::guild_page::browse) == "<id:browse>");
  CHECK(format::guild_navigation(format::guild_page::guide) == "<id:guide>");
  CHECK(format::guild_navigation(format::guild_page::linked_roles) == "<id:linked-roles>");
  CHECK(format::linked_role(role_id{5}) == "<id:linked-roles:5>");
}

TEST_CASE("models are mentioned") {
  user alice;
  alice.id = user_id{1};
  channel general;
  general.id = channel_id{2};
  role admins;
  admins.id = role_id{3};
  role everyone;
  everyone.id = role_id{4};
  everyone.name = "@everyone";
  CHECK(format::mention(alice) == "<@1>");
  CHECK(format::mention(general) == "<#2>");
  CHECK(format::mention(admins) == "<@&3>");
  CHECK(format::mention(everyone) == "@everyone");
  emoji smile;
  smile.name = "\U0001F600";
  CHECK(format::custom_emoji(smile) == "\U0001F600");
  smile.id = emoji_id{6};
  smile.name = "dance";
  smile.animated = true;
  CHECK(format::custom_emoji(smile) == "<a:dance:6>");
}

TEST_CASE("links lead to channels and messages") {
  CHECK(format::message_link(guild_id{1}, channel_id{2}, message_id{3}) == "https://discord.com/channels/1/2/3");
  CHECK(format::message_link({}, channel_id{2}, message_id{3}) == "https://discord.com/channels/@me/2/3");
  CHECK(format::channel_link(guild_id{1}, channel_id{2}) == "https://discord.com/channels/1/2");
  CHECK(format::link("docs", "https://example.org/a b_(c)") == "[docs](https://example.org/a%20b_%28c%29)");
  CHECK(format::link("a](https://evil.example) [b", "https://example.org") ==
        "[a\\](https://evil.example) \\[b](https://example.org)");
}

TEST_CASE("markdown is escaped wherever it means something") {
  CHECK(format::escape_markdown("plain text, 1.5 and a-b #c") == "plain text, 1.5 and a-b #c");
  CHECK(format::escape_markdown("*_~`|\\[]<>") == "\\*\\_\\~\\`\\|\\\\\\[\\]\\<\\>");
  CHECK(format::escape_markdown("# big\n-# small\n  - item\n+ item\n12. item\n3) item\n> quote") ==
        "\\# big\n\\-# small\n  \\- item\n\\+ item\n12\\. item\n3\\) item\n\\> quote");
  CHECK(format::escape_markdown("see https://evil.example/a_b: now") == "see https\\://evil.example/a\\_b: now");
  CHECK(format::escape_markdown("").empty());
  CHECK(format::escape_markdown("\n\n   ") == "\n\n   ");
  CHECK(format::escape_markdown("2024\n7") == "2024\n7");
}

TEST_CASE("mentions in a text are made harmless") {
  CHECK(format::escape_mentions("a@b.example, 1 < 2, <3") == "a@b.example, 1 < 2, <3");
  CHECK(format::escape_mentions("@everyone @here") == "@\u200beveryone @\u200bhere");
  for (const char* inner : {"@1>", "@!1>", "@&1>", "#1>", "/a:1>", ":a:1>", "a:a:1>", "t:1:R>", "id:browse>"}) {
    INFO(inner);
    CHECK(format::escape_mentions("x<" + std::string(inner)) == "x<\u200b" + std::string(inner));
  }
}

TEST_CASE("nothing breaks out of code, quotes and spoilers") {
  CHECK(format::inline_code("a") == "`a`");
  CHECK(format::inline_code("a`b") == "``a`b``");
  CHECK(format::inline_code("`") == "`` ` ``");
  CHECK(format::inline_code("a``b") == "``a`\u200b`b``");
  CHECK(format::inline_code("") == "`\u200b`");
  CHECK(format::code_block("int i;", "cpp") == "```cpp\nint i;\n```");
  CHECK(format::code_block("x", "c++") == "```c++\nx\n```");
  CHECK(format::code_block("x", "a b\n") == "```\nx\n```");
  for (const char* text : {"```", "a```b", "``````", "`", "``` ```"}) {
    const std::string block = format::code_block(text);
    INFO(block);
    CHECK(block.find("```", 3) == block.size() - 3);  // the first fence after the opening one is the last
  }
  CHECK(format::quote("a\nb") == "> a\n> b");
  CHECK(format::spoiler("a") == "||a||");
  CHECK(format::spoiler("a||b|") == "||a|\u200b|b|\u200b||");
}
