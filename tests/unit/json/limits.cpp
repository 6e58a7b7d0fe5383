// SPDX-License-Identifier: MIT
#include <monochord/json/limits.hpp>
#include <monochord/model/application_command_bodies.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/soundboard_bodies.hpp>
#include <monochord/model/thread_bodies.hpp>

#include "json/limit_walk.hpp"
#include "support/catch.hpp"

using namespace monochord;

namespace {

// What is said of a body, empty when Discord takes it.
template <class T>
std::string refused(const T& body, limit_checks which = limit_checks::strict) {
  try {
    json::check_limits(body, which);
    return {};
  } catch (const limit_error& e) {
    CHECK(e.code() == errc::invalid_argument);
    CHECK(std::string(e.what()) == e.path() + ": " + e.reason());
    return e.what();
  }
}

std::string text(std::size_t characters) { return std::string(characters, 'x'); }

button a_button(std::string id) {
  button b;
  b.style = button_style::primary;
  b.label = "x";
  b.custom_id = std::move(id);
  return b;
}

}  // namespace

TEST_CASE("a text over its limit is refused and its field named") {
  CHECK(refused(create_message_body{.content = text(2000)}).empty());
  CHECK(refused(create_message_body{.content = text(2001)}) == "content: 2001 characters, Discord takes at most 2000");
  message_builder four;
  for (int i = 0; i < 4; ++i) four.embed(embed_builder(i == 3 ? text(300) : "fine"));
  CHECK(refused(four) == "embeds[3].title: 300 characters, Discord takes at most 256");
  CHECK(refused(message_builder().embed(embed_builder().field("n", text(1025)))) ==
        "embeds[0].fields[0].value: 1025 characters, Discord takes at most 1024");
  CHECK(refused(message_builder().embed(embed_builder().color(0x1000000))) ==
        "embeds[0].color: 16777216, Discord takes at most 16777215");
  CHECK(refused(message_builder("x").nonce(text(26))) == "nonce: 26 characters, Discord takes at most 25");
}

TEST_CASE("lengths count code points, not bytes") {
  std::string smileys;
  for (int i = 0; i < 2000; ++i) smileys += "\U0001F600";
  CHECK(json::code_points(smileys) == 2000);
  CHECK(refused(create_message_body{.content = smileys}).empty());
  CHECK(refused(create_message_body{.content = smileys + "x"}) == "content: 2001 characters, Discord takes at most 2000");
}

TEST_CASE("where documentation and specification disagree the caller chooses") {
  const create_message_body body{.content = "x"};
  const std::string long_text = text(3000);
  const create_message_body longer{.content = long_text};
  CHECK(refused(body).empty());
  CHECK(!refused(longer).empty());
  CHECK(refused(longer, limit_checks::wide).empty());
  const std::string too_long = text(4001);
  const create_message_body longest{.content = too_long};
  CHECK(refused(longest, limit_checks::wide) == "content: 4001 characters, Discord takes at most 4000");
  CHECK(refused(longest, limit_checks::off).empty());
}

TEST_CASE("lists have limits, and what is absent or null has none") {
  std::vector<sticker_id> stickers(4, sticker_id{1});
  CHECK(refused(create_message_body{.sticker_ids = stickers}) == "sticker_ids: 4 items, Discord takes at most 3");
  std::vector<user_id> users(101, user_id{1});
  const allowed_mentions mentions{.users = users};
  CHECK(refused(create_message_body{.content = "x", .allowed_mentions = mentions}) ==
        "allowed_mentions.users: 101 items, Discord takes at most 100");
  CHECK(refused(edit_message_body{.content = null}).empty());
  CHECK(refused(edit_message_body{.embeds = list<embed>{}}).empty());
  CHECK(refused(create_message_body{}).empty());
}

TEST_CASE("a kind of mentions stands for all of them, ids for some") {
  const auto mentions = [](std::vector<std::string> kinds, std::vector<user_id> users, std::vector<role_id> roles = {}) {
    return refused(message_builder("x").mentions(std::move(kinds), std::move(users), std::move(roles)));
  };
  CHECK(mentions({"users"}, {user_id{1}}) ==
        "allowed_mentions.parse: Discord takes all users or the ids of some, not both");
  CHECK(mentions({"everyone", "roles"}, {user_id{1}}, {role_id{2}}) ==
        "allowed_mentions.parse: Discord takes all roles or the ids of some, not both");
  CHECK(mentions({"everyone", "roles"}, {user_id{1}}).empty());
  CHECK(mentions({"users", "roles"}, {}).empty());
  CHECK(refused(create_message_body{.allowed_mentions = allowed_mentions{.parse = list<std::string_view>{"users"},
                                                                         .users = list<user_id>{}}})
            .empty());
}

TEST_CASE("the embeds of a message have 6000 characters together") {
  message_builder m;
  m.embed(embed_builder(text(200)).description(text(3000)));
  m.embed(embed_builder().description(text(2000)).footer(text(400)).author(text(200)).field(text(100), text(100)));
  CHECK(refused(m).empty());
  m.embed(embed_builder("x"));
  CHECK(refused(m) == "embeds: 6001 characters in all of them, Discord takes at most 6000");
  CHECK(refused(m.edit_body()) == "embeds: 6001 characters in all of them, Discord takes at most 6000");
}

TEST_CASE("of the texts of an embed the white space around them does not count") {
  CHECK(json::trimmed("\n \u3000 a b\u00a0\t") == "a b");
  CHECK(json::trimmed("\u2003").empty());
  const auto padded = [](std::size_t characters) { return " \n" + text(characters) + "\u2003 \t"; };
  const auto both = [&](auto make, std::size_t most) {
    CHECK(refused(message_builder().embed(make(padded(most)))).empty());
    return refused(message_builder().embed(make(padded(most + 1))));
  };
  using words = std::string;
  CHECK(both([](words s) { return embed_builder(s); }, 256) == "embeds[0].title: 257 characters, Discord takes at most 256");
  CHECK(both([](words s) { return embed_builder().description(s); }, 4096) ==
        "embeds[0].description: 4097 characters, Discord takes at most 4096");
  CHECK(both([](words s) { return embed_builder().field(s, "v"); }, 256) ==
        "embeds[0].fields[0].name: 257 characters, Discord takes at most 256");
  CHECK(both([](words s) { return embed_builder().field("n", s); }, 1024) ==
        "embeds[0].fields[0].value: 1025 characters, Discord takes at most 1024");
  CHECK(both([](words s) { return embed_builder().footer(s); }, 2048) ==
        "embeds[0].footer.text: 2049 characters, Discord takes at most 2048");
  CHECK(both([](words s) { return embed_builder().author(s); }, 256) ==
        "embeds[0].author.name: 257 characters, Discord takes at most 256");
  message_builder together;
  together.embed(embed_builder().description(padded(3000))).embed(embed_builder().description(padded(3000)));
  CHECK(refused(together).empty());
  CHECK(refused(together.embed(embed_builder("x"))) == "embeds: 6001 characters in all of them, Discord takes at most 6000");
  CHECK(refused(create_message_body{.content = padded(2000)}) == "content: 2005 characters, Discord takes at most 2000");
}

TEST_CASE("components are counted through and through") {
  std::vector<component> rows;
  for (int i = 0; i < 8; ++i) {
    action_row row;
    for (int k = 0; k < 4; ++k) row.components.emplace_back(a_button(std::to_string(i * 4 + k)));
    rows.emplace_back(std::move(row));
  }
  create_message_body body{.components = rows, .flags = message_flag::is_components_v2};
  CHECK(refused(body).empty());  // 8 rows of 1 + 4
  rows.emplace_back([] {
    text_display more;
    more.content = "x";
    return more;
  }());
  body.components = rows;
  CHECK(refused(body) == "components: 41 components, nested ones included, Discord takes at most 40");
  body.components = list<component>(rows.data(), 6);
  body.flags = {};
  CHECK(refused(body) == "components: 6 rows without the flag is_components_v2, Discord takes at most 5");
  const interaction_response_body answer{.type = interaction_callback_type::channel_message_with_source, .data = response_data(body)};
  CHECK(refused(answer) == "data.components: 6 rows without the flag is_components_v2, Discord takes at most 5");
  body.content = "x";
  body.flags = message_flag::is_components_v2;
  CHECK(refused(body) == "content: a message with the flag is_components_v2 takes none: say it with components");

  action_row mixed;
  mixed.components.emplace_back(a_button("a"));
  user_select users;
  users.custom_id = "u";
  mixed.components.emplace_back(users);
  CHECK(refused(message_builder().component(mixed)) ==
        "components[0].components: 2 components, Discord takes a select only alone");
  CHECK(refused(message_builder().row({a_button("")})) ==
        "components[0].components[0].custom_id: 0 characters, Discord takes at least 1");
  CHECK(refused(message_builder().row({})) == "components[0].components: 0 items, Discord takes at least 1");
  string_select none;
  none.custom_id = "s";
  CHECK(refused(message_builder().row({none})) ==
        "components[0].components[0].options: 0 items, Discord takes at least 1");
}

TEST_CASE("a modal and an autocomplete result have limits") {
  text_input input;
  input.custom_id = "name";
  input.style = text_input_style::short_;
  modal_builder modal("m", "Title");
  CHECK(refused(modal) == "data.components: 0 components, Discord takes at least 1");
  for (int i = 0; i < 5; ++i) modal.label("Name", input);
  CHECK(refused(modal).empty());
  modal.label("Name", input);
  CHECK(refused(modal) == "data.components: 6 components of a modal, Discord takes at most 5");
  CHECK(refused(modal, limit_checks::wide).empty());
  CHECK(refused(modal_builder("m", text(46)).label("Name", input)) == "data.title: 46 characters, Discord takes at most 45");
  input.min_length = 4001;
  CHECK(refused(modal_builder("m", "t").label("Name", input)) ==
        "data.components[0].component.min_length: 4001, Discord takes at most 4000");

  std::vector<command_choice> choices(26);
  for (auto& c : choices) c.name = "x", c.value = 1;
  interaction_response_body answer{.type = interaction_callback_type::application_command_autocomplete_result,
                                   .data = interaction_response_data{.choices = list<command_choice>(choices)}};
  CHECK(refused(answer) == "data.choices: 26 items, Discord takes at most 25");
}

TEST_CASE("a poll has limits") {
  poll_create_request poll;
  poll.question.text = text(300);
  poll.answers.resize(2);
  poll.answers[0].poll_media.text = "yes";
  poll.answers[1].poll_media.text = text(56);
  poll.duration = 768;
  CHECK(refused(message_builder().poll(poll)) == "poll.answers[1].poll_media.text: 56 characters, Discord takes at most 55");
  CHECK(refused(message_builder().poll(poll), limit_checks::wide).empty());
  poll.answers[1].poll_media.text = "no";
  poll.duration = 769;
  CHECK(refused(message_builder().poll(poll)) == "poll.duration: 769, Discord takes at most 768");
}

TEST_CASE("a command has limits, alone and in all") {
  const application_command_body bodies[] = {{.name = "a", .description = "b"}, {.name = "", .description = "b"}};
  CHECK(refused(list<application_command_body>(bodies)) == "[1].name: 0 characters, Discord takes at least 1");
  CHECK(refused(application_command_body{.name = "a"}) == "description: 0 characters, Discord takes at least 1");
  CHECK(refused(command_builder(application_command_type::user, "Greet")).empty());
  const std::vector<command_builder> both{command_builder("a", "b"), command_builder(text(33), "b")};
  CHECK(refused(both) == "[1].name: 33 characters, Discord takes at most 32");
  command_builder german("a", "b");
  german.name_in("de", text(33));
  CHECK(refused(german) == "name_localizations.de: 33 characters, Discord takes at most 32");

  command_builder big("a", "b");
  for (int i = 0; i < 4; ++i) {
    option_builder option(command_option_type::string, "o", text(100));
    for (int k = 0; k < 20; ++k) option.choice(text(50), text(50));
    big.option(std::move(option));
  }
  CHECK(refused(big) == "options: 8406 characters of names, descriptions and values in all, Discord takes at most 8000");
  command_builder choice("a", "b");
  choice.option(option_builder(command_option_type::string, "o", "d").choice("n", text(101)));
  CHECK(refused(choice) == "options[0].choices[0].value: 101 characters, Discord takes at most 100");
}

TEST_CASE("an edited command has limits in all, as far as the edit says it") {
  const std::string hundred = text(100);
  const std::vector<command_choice_body> choices(20, command_choice_body{.name = hundred, .value = hundred});
  const command_option_body option{.name = "o", .description = "d", .choices = choices};
  const command_option_body options[] = {option, option};
  edit_application_command_body edit{.name = "a", .options = list<command_option_body>(options, 1)};
  CHECK(refused(edit).empty());
  edit.options = list<command_option_body>(options);
  CHECK(refused(edit) == "options: 8005 characters of names, descriptions and values in all, Discord takes at most 8000");
}

TEST_CASE("the texts in the lists of a search have limits") {
  const std::string fits = text(256), long_text = text(257), longest = text(1025);
  const std::vector<std::string_view> good{"a", fits}, bad{"a", long_text}, worst{"a", longest};
  CHECK(refused(search_guild_messages_query{.embed_provider = good, .link_hostname = good, .attachment_filename = bad,
                                            .attachment_extension = good})
            .empty());
  CHECK(refused(search_guild_messages_query{.embed_provider = bad}) ==
        "embed_provider[1]: 257 characters, Discord takes at most 256");
  CHECK(refused(search_guild_messages_query{.link_hostname = bad}) ==
        "link_hostname[1]: 257 characters, Discord takes at most 256");
  CHECK(refused(search_guild_messages_query{.attachment_filename = worst}) ==
        "attachment_filename[1]: 1025 characters, Discord takes at most 1024");
  CHECK(refused(search_guild_messages_query{.attachment_extension = bad}) ==
        "attachment_extension[1]: 257 characters, Discord takes at most 256");
}

TEST_CASE("a message and a post of a forum have ten files") {
  const std::vector<file_body> files(11, file_body{.name = "a.txt", .bytes = "x"});
  const list<file_body> ten(files.data(), 10);
  CHECK(refused(create_message_body{.files = ten}).empty());
  CHECK(refused(create_message_body{.files = files}) == "files: 11 files, Discord takes at most 10");
  CHECK(refused(start_thread_in_forum_or_media_channel_body{.name = "n", .files = ten}).empty());
  CHECK(refused(start_thread_in_forum_or_media_channel_body{.name = "n", .files = files}) ==
        "files: 11 files, Discord takes at most 10");
}

TEST_CASE("the description of a file has a limit where it stands") {
  const std::string fits = text(1024), long_text = text(1025);
  const file_body files[] = {{.name = "a.png", .bytes = "x", .description = fits},
                             {.name = "b.png", .bytes = "x", .description = long_text}};
  const list<file_body> first(files, 1);
  const std::string reason = "files[1].description: 1025 characters, Discord takes at most 1024";
  CHECK(refused(create_message_body{.files = first}).empty());
  CHECK(refused(create_message_body{.files = files}) == reason);
  CHECK(refused(edit_message_body{.files = files}) == reason);
  CHECK(refused(start_thread_in_forum_or_media_channel_body{.name = "n", .files = files}) == reason);
  const interaction_response_body answer{.type = interaction_callback_type::channel_message_with_source,
                                         .data = interaction_response_data{.files = files}};
  CHECK(refused(answer) == "data." + reason);
}

TEST_CASE("a stage takes more people than a voice channel") {
  CHECK(refused(modify_channel_body{.user_limit = 10000}).empty());
  CHECK(refused(modify_channel_body{.user_limit = 10001}) == "user_limit: 10001, Discord takes at most 10000");
  create_guild_channel_body made{.name = "n", .type = channel_type::guild_stage_voice, .user_limit = 10000};
  CHECK(refused(made).empty());
  made.type = channel_type::guild_voice;
  CHECK(refused(made) == "user_limit: 10000 in a voice channel, Discord takes at most 99");
}

TEST_CASE("a forum has a longer topic than other channels, when it is made and when it is changed") {
  const std::string most = text(4096), more = text(4097), of_others = text(1025);
  for (const auto type : {channel_type::guild_forum, channel_type::guild_media}) {
    CHECK(refused(create_guild_channel_body{.name = "n", .type = type, .topic = most}).empty());
    CHECK(refused(create_guild_channel_body{.name = "n", .type = type, .topic = more}) ==
          "topic: 4097 characters, Discord takes at most 4096");
  }
  const create_guild_channel_body plain{.name = "n", .topic = of_others};
  CHECK(refused(plain) == "topic: 1025 characters outside of a forum, Discord takes at most 1024");
  CHECK(refused(plain, limit_checks::wide).empty());
  CHECK(refused(modify_channel_body{.topic = most}).empty());
}

TEST_CASE("numbers that are no figure are refused") {
  const attachment_body files[] = {{.filename = "a.ogg", .duration_secs = -0.5}};
  CHECK(refused(create_message_body{.attachments = files}) == "attachments[0].duration_secs: -0.5, Discord takes at least 0");
  const attachment_body endless[] = {{.filename = "a.ogg", .duration_secs = std::numeric_limits<double>::infinity()}};
  CHECK(refused(create_message_body{.attachments = endless}) == "attachments[0].duration_secs: not a number");
}

TEST_CASE("a number over its limit is named as it was given") {
  create_guild_soundboard_sound_body sound{.name = "horn", .volume = 1.0};
  CHECK(refused(sound).empty());
  sound.volume = 1.2;
  CHECK(refused(sound) == "volume: 1.2, Discord takes at most 1");
  sound.volume = -0.25;
  CHECK(refused(sound) == "volume: -0.25, Discord takes at least 0");
  sound.volume = 1e30;
  CHECK(refused(sound) == "volume: 1e+30, Discord takes at most 1");
  CHECK(refused(command_builder("a", "b").default_member_permissions(flags<permission>(~std::uint64_t{0}))) ==
        "default_member_permissions: 18446744073709551615, Discord takes at most 18014398509481983");
}
