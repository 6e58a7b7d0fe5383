// SPDX-License-Identifier: MIT
#include <monochord/json/codec.hpp>
#include <monochord/json/limits.hpp>
#include <monochord/model/component_builder.hpp>
#include <monochord/model/message_builder.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {
std::string refused(const message_builder& m) {
  try {
    json::check_limits(m);
    return {};
  } catch (const limit_error& e) {
    return e.path();
  }
}
}  // namespace

TEST_CASE("a message of components is built from a container") {
  const message_builder m =
      message_builder()
          .component(container_builder()
                         .text("# Hi")
                         .section("Look", thumbnail_builder("https://example.org/a.png", "a picture"))
                         .separator(true, true)
                         .gallery(gallery_builder().item("attachment://b.png").item("attachment://c.png", "hidden", true))
                         .file("d.pdf")
                         .row(button_builder("Yes", "yes"), button_builder::link("More", "https://example.org").disabled())
                         .row(user_select_builder("who").placeholder("Who?").values(0, 2).selected(user_id{5}))
                         .accent_color(0xff0000))
          .text("-# and more");
  CHECK(json::encode(m) ==
        R"({"components":[{"type":17,"components":[{"type":10,"content":"# Hi"},)"
        R"({"type":9,"components":[{"type":10,"content":"Look"}],"accessory":{"type":11,"media":{"url":"https://example.org/a.png"},"description":"a picture"}},)"
        R"({"type":14,"spacing":2},)"
        R"({"type":12,"items":[{"media":{"url":"attachment://b.png"}},{"media":{"url":"attachment://c.png"},"description":"hidden","spoiler":true}]},)"
        R"({"type":13,"file":{"url":"attachment://d.pdf"}},)"
        R"({"type":1,"components":[{"type":2,"style":1,"label":"Yes","custom_id":"yes"},{"type":2,"style":5,"label":"More","url":"https://example.org","disabled":true}]},)"
        R"({"type":1,"components":[{"type":5,"custom_id":"who","placeholder":"Who?","default_values":[{"id":"5","type":"user"}],"min_values":0,"max_values":2}]}],)"
        R"("accent_color":16711680},{"type":10,"content":"-# and more"}],"flags":32768})");
  CHECK(refused(m).empty());
}

TEST_CASE("a message of components takes nothing else") {
  const auto with = [] { return message_builder().text("x"); };
  CHECK(refused(with()).empty());
  CHECK(refused(with().content("x")) == "content");
  CHECK(refused(with().embed(embed_builder("x"))) == "embeds");
  CHECK(refused(with().sticker(sticker_id{1})) == "sticker_ids");
  poll_create_request poll;
  poll.answers.resize(1);
  CHECK(refused(with().poll(poll)) == "poll");
  // The flag is kept beside others, and an edit has it too.
  CHECK(json::encode(with().ephemeral()) == R"({"components":[{"type":10,"content":"x"}],"flags":32832})");
  CHECK(json::encode(with().edit_body()) == R"({"flags":32768,"components":[{"type":10,"content":"x"}]})");
  // Rows alone go with content, as ever.
  CHECK(json::encode(message_builder("x").row(button_builder("a", "b", button_style::danger).emoji("\U0001F600"))) ==
        R"({"content":"x","components":[{"type":1,"components":[{"type":2,"style":4,"label":"a","emoji":{"name":")"
        "\U0001F600"
        R"("},"custom_id":"b"}]}]})");
}

TEST_CASE("every component of a modal is built") {
  const modal_builder m =
      modal_builder("m", "Title")
          .label("Name", text_input_builder("name").length(1, 20).required(false).value("v").placeholder("p"), "Yours")
          .label("Kind", string_select_builder("kind").option("A", "a", "the first", true).option("B", "b").values(1, 1).required(true))
          .label("Files", file_upload_builder("files").files(0, 3).of_type(".png").required(false))
          .label("One", radio_group_builder("one").option("A", "a").option("B", "b", "", true))
          .label("Some", checkbox_group_builder("some").option("A", "a").values(0, 1));
  CHECK(json::encode(m) ==
        R"({"type":9,"data":{"components":[)"
        R"({"type":18,"label":"Name","description":"Yours","component":{"type":4,"custom_id":"name","style":1,"min_length":1,"max_length":20,"required":false,"value":"v","placeholder":"p"}},)"
        R"({"type":18,"label":"Kind","component":{"type":3,"custom_id":"kind","options":[{"label":"A","value":"a","description":"the first","default":true},{"label":"B","value":"b"}],"min_values":1,"max_values":1,"required":true}},)"
        R"({"type":18,"label":"Files","component":{"type":19,"custom_id":"files","min_values":0,"max_values":3,"required":false,"file_types":[".png"]}},)"
        R"({"type":18,"label":"One","component":{"type":21,"custom_id":"one","options":[{"value":"a","label":"A"},{"value":"b","label":"B","default":true}]}},)"
        R"({"type":18,"label":"Some","component":{"type":22,"custom_id":"some","options":[{"value":"a","label":"A"}],"min_values":0,"max_values":1}}],)"
        R"("custom_id":"m","title":"Title"}})");
  CHECK_NOTHROW(json::check_limits(m));
  CHECK(json::encode(modal_builder("m", "t").label("Yes?", checkbox_builder("c", true))).find(R"({"type":23,"custom_id":"c","default":true})") !=
        std::string::npos);
}

TEST_CASE("builders copy like values, and each kind has its numbers") {
  const container_builder first = container_builder().text("a");
  container_builder second = first;
  second.text("b").id(7).spoiler();
  CHECK(first.body().components.size() == 1);
  CHECK(second.body().components.size() == 2);
  CHECK(*second.body().id == 7);
  component as = second;
  CHECK(as.type() == component_type::container);
  const auto channels = channel_select_builder("c").of_type(channel_type::guild_text).of_type(channel_type::guild_forum);
  CHECK(channels.body().channel_types->size() == 2);
  CHECK(button_builder::premium(sku_id{9}).body().sku_id == sku_id{9});
  CHECK(section_builder("a", button_builder("x", "y")).text("b").body().components.size() == 2);
}
