// SPDX-License-Identifier: MIT
// The code of docs/helpers.md: regions between the marks stand there word for word.
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include <monochord/cdn.hpp>
#include <monochord/format.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/permissions.hpp>
#include <monochord/rest/counters.hpp>
#include <monochord/rest/pages.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::tests::simulated_world;

namespace {

/// Runs a coroutine with a client that has a mock to talk to.
template <class Body>
void with_client(Body body) {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  w.sim.run(body(bot, w.world.general));
  CHECK(w.discord().violations().empty());
}

}  // namespace

TEST_CASE("a message of components is sent") {
  with_client([](mc::client& bot, mc::channel_id channel) -> mc::task<> {
    //! [components]
    co_await bot.rest().create_message(
        channel, mc::message_builder{}.component(
                     mc::container_builder{}
                         .text("# Today's menu")
                         .section("Soup of the day", mc::thumbnail_builder{"https://example.org/soup.png"})
                         .separator()
                         .row(mc::button_builder{"Order", "order"}, mc::button_builder::link("More", "https://example.org"))
                         .accent_color(0x2e8b57)));
    //! [components]
  });
}

TEST_CASE("a modal is built") {
  //! [modal]
  const mc::modal_builder modal =
      mc::modal_builder{"feedback", "Tell us"}
          .label("Your name", mc::text_input_builder{"name"}.length(1, 50))
          .label("Rating", mc::radio_group_builder{"rating"}.option("Good", "good").option("Bad", "bad"))
          .label("Pictures", mc::file_upload_builder{"pictures"}.files(0, 3).required(false));
  //! [modal]
  CHECK(modal.body().data->components->size() == 3);
}

TEST_CASE("a body over a limit is not sent") {
  with_client([](mc::client& bot, mc::channel_id channel) -> mc::task<> {
    const std::string title(300, 'x');
    //! [limit]
    const auto sent = co_await mc::as_result(
        bot.rest().create_message(channel, mc::message_builder{}.embed(mc::embed_builder{title})));
    if (const auto* limit = sent.error_as<mc::limit_error>())
      std::printf("%s\n", limit->what());  // embeds[0].title: 300 characters, Discord takes at most 256
    //! [limit]
    CHECK(sent.error_text() == "embeds[0].title: 300 characters, Discord takes at most 256");
    const mc::rest_counters counters = co_await bot.rest().counters();
    CHECK(counters.calls == 0);
  });
}

TEST_CASE("text is formatted") {
  const mc::user_id user{80351110224678912};
  const mc::timestamp when{1618953630s};
  const mc::guild_id guild{1};
  const mc::channel_id channel{2};
  const mc::message_id message{3};
  //! [format]
  const std::string text = mc::format::mention(user) + " joined " + mc::format::time(when, mc::timestamp_style::relative) +
                           ", see " + mc::format::message_link(guild, channel, message);
  //! [format]
  CHECK(text == "<@80351110224678912> joined <t:1618953630:R>, see https://discord.com/channels/1/2/3");
  //! [escape]
  const std::string shown = mc::format::escape_markdown("2 * 3 * 4");
  const std::string code = mc::format::code_block("std::puts(\"```\");", "cpp");
  //! [escape]
  CHECK(shown == "2 \\* 3 \\* 4");
  CHECK(code.find("```\")") == std::string::npos);
}

TEST_CASE("images are found") {
  mc::user user;
  user.id = mc::user_id{80351110224678912};
  user.avatar = "8342729096ea3675442027381ff50dfe";
  const mc::guild guild;
  //! [cdn]
  const mc::cdn images;
  const std::string avatar = images.avatar(user, {.format = mc::image_format::webp, .size = 128});
  const std::optional<std::string> icon = images.icon(guild);
  //! [cdn]
  CHECK(avatar == "https://cdn.discordapp.com/avatars/80351110224678912/8342729096ea3675442027381ff50dfe.webp?size=128");
  CHECK(!icon);
}

TEST_CASE("permissions are computed") {
  mc::guild guild;
  guild.id = mc::guild_id{1};
  guild.roles.resize(1);
  guild.roles[0].id = mc::role_id{1};
  guild.roles[0].permissions = mc::permission::view_channel | mc::permission::send_messages | mc::permission::embed_links;
  mc::member member;
  member.user.emplace().id = mc::user_id{2};
  const mc::channel channel;
  const mc::timestamp now{1618953630s};
  //! [permissions]
  const auto may = mc::permissions_in(guild, member, channel, now);
  if (may.has(mc::permission::send_messages | mc::permission::embed_links)) std::puts("go on");
  //! [permissions]
  CHECK(may == guild.roles[0].permissions);
}

TEST_CASE("a history is read in pages") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  w.discord().burst(w.world.general, 150);
  const mc::timestamp now{w.sim.clock()->utc_now()};
  //! [lowest]
  const auto yesterday = mc::message_id::lowest_at(now - 24h);
  //! [lowest]
  std::string last;
  const auto read_it = [&](mc::channel_id channel) -> mc::task<> {
    //! [history]
    auto history = mc::channel_history(bot.rest(), channel, {.after = yesterday, .limit = 120});
    for (;;) {
      const auto message = co_await history.next();
      if (!message) break;
      std::printf("%s\n", message->content.c_str());
    }
    //! [history]
    last = history.finished() && history.cursor() ? history.cursor()->str() : "";
  };
  w.sim.run(read_it(w.world.general));
  const auto found = w.sim.run(bot.rest().get_channel_message(w.world.general, mc::message_id::parse(last)));
  CHECK(found.content == "burst 119");
}

TEST_CASE("a pager is made of a function that fetches a page") {

  int pages = 0;
  const auto fetch = [&pages](std::optional<mc::any_id> before, std::size_t count) -> mc::task<std::vector<mc::message>> {
    ++pages;
    std::vector<mc::message> page(count);
    std::uint64_t id = before ? before->value() : 1000;
    for (auto& m : page) m.id = mc::message_id{--id};
    co_return page;
  };
  std::uint64_t last = 0;
  with_client([&](mc::client&, mc::channel_id) -> mc::task<> {
    //! [pager]
    mc::pager<mc::message> own(fetch, [](const mc::message& m) { return m.id; },
                               {.page_size = 50, .limit = 120, .order = mc::page_order::falling});
    //! [pager]
    const auto all = co_await own.all();
    last = all.back().id.value();
  });
  CHECK(pages == 3);
  CHECK(last == 880);
}
