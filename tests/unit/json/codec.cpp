// SPDX-License-Identifier: MIT
#include <monochord/json/codec.hpp>

#include <thread>

#include <monochord/json/inspect.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/gateway.hpp>
#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {

constexpr std::string_view small_user = R"({"id":"80351110224678912","username":"nelly","discriminator":"0"})";

std::string in_message(std::string_view more) {
  return R"({"id":"1","channel_id":"2","author":)" + std::string(small_user) +
         R"(,"content":"","timestamp":"2024-01-01T00:00:00+00:00","edited_timestamp":null,"tts":false,"mention_everyone":false,)"
         R"("mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"pinned":false,"type":0)" +
         std::string(more) + "}";
}

template <class T>
decode_error refused(std::string_view text) {
  try {
    json::decode<T>(text);
  } catch (const decode_error& e) {
    return e;
  }
  FAIL("was not refused: " << text);
  throw std::logic_error("unreachable");
}

}  // namespace

TEST_CASE("a message has what Discord sent") {
  const auto event = json::decode<message_create>(in_message(
      R"(,"guild_id":"3","member":{"roles":["5"],"joined_at":"2020-01-01T00:00:00.5Z","deaf":false,"mute":true,"nick":"\u00e4\ud83d\ude00"},)"
      R"("mentions_x":1,"nonce":"77","flags":64)"));
  CHECK(event.message.id == message_id{1});
  CHECK(event.message.channel_id == channel_id{2});
  CHECK(event.message.author.username == "nelly");
  CHECK(event.message.edited_timestamp.is_null());
  CHECK(event.message.nonce->text() == "77");
  CHECK(event.message.flags->has(message_flag::ephemeral));
  CHECK(event.guild_id == guild_id{3});
  REQUIRE(event.member);
  CHECK(event.member->roles == std::vector{role_id{5}});
  CHECK(*event.member->nick == "\u00e4\U0001F600");
  CHECK(event.member->mute);
  CHECK(format_timestamp(*event.member->joined_at) == "2020-01-01T00:00:00.500000+00:00");
  CHECK_FALSE(event.channel_type);
}

TEST_CASE("a field of three states is absent, null or a value, and stays so") {
  const auto with = [](std::string_view more) {
    return json::decode<user>(R"({"id":"1","username":"a","discriminator":"0")" + std::string(more) + "}");
  };
  CHECK(with("").avatar.is_absent());
  CHECK(with(R"(,"avatar":null)").avatar.is_null());
  CHECK(*with(R"(,"avatar":"x")").avatar == "x");
  CHECK(json::encode(with("")) == R"({"id":"1","username":"a","discriminator":"0"})");
  CHECK(json::encode(with(R"(,"avatar":null)")) == R"({"id":"1","username":"a","discriminator":"0","avatar":null})");
}

TEST_CASE("an optional boolean is true only when it is there and true") {
  const auto with = [](std::string_view bot) {
    return json::decode<user>(R"({"id":"1","username":"a","discriminator":"0")" + std::string(bot) + "}");
  };
  CHECK_FALSE(with("").bot);
  CHECK_FALSE(with(R"(,"bot":false)").bot);
  CHECK(with(R"(,"bot":false)").bot.has_value());
  CHECK(with(R"(,"bot":true)").bot);
}

TEST_CASE("an error says where") {
  std::string text = in_message("");
  text.replace(text.find(R"("embeds":[])"), 11, R"("embeds":[{},{"fields":[{"name":"a","value":7}]}])");
  const auto in_embed = refused<message>(text);
  CHECK(in_embed.path() == "$.embeds[1].fields[0].value");
  CHECK(in_embed.reason() == "expected text, found a number");
  CHECK(in_embed.code() == errc::json_mismatch);
  CHECK(std::string(in_embed.what()) == "cannot decode $.embeds[1].fields[0].value: expected text, found a number");
  CHECK(refused<std::vector<user>>("[" + std::string(small_user) + R"(,{"id":"1"}])").path() == "$[1].username");
  CHECK(refused<resolved_data>(R"({"users":{"12":{"id":"x"}}})").path() == R"($.users["12"].id)");
  CHECK(refused<resolved_data>(R"({"users":{"twelve":{}}})").path() == R"($.users["twelve"])");
  CHECK(refused<user>("").path() == "$");
}

TEST_CASE("an error never holds what the text said") {
  const auto e = refused<interaction>(R"({"id":"1","token":"very secret","application_id":"very secret"})");
  CHECK(std::string(e.what()).find("secret") == std::string::npos);
}

TEST_CASE("ids are decimal numbers of 64 bits, in text or bare") {
  const auto id_of = [](std::string_view id) { return json::decode<unavailable_guild>(R"({"id":)" + std::string(id) + "}").id; };
  CHECK(id_of(R"("18446744073709551615")").value() == UINT64_MAX);
  CHECK(id_of("18446744073709551615").value() == UINT64_MAX);
  for (const char* bad : {R"("18446744073709551616")", R"("99999999999999999999")", R"("111111111111111111111")", R"("")",
                          R"("-1")", R"("12a")", R"(" 1")", "-1", "1.5", "true", "[]", R"("\u0031")"})
    CHECK(refused<unavailable_guild>(R"({"id":)" + std::string(bad) + "}").path() == "$.id");
}

TEST_CASE("whole numbers keep to the range of their field") {
  const auto text = [](std::string_view n) { return R"({"reset_after":1,"total":1,"remaining":1,"max_concurrency":)" + std::string(n) + "}"; };
  CHECK(json::decode<session_start_limit>(text("2147483647")).max_concurrency == 2147483647);
  CHECK(json::decode<session_start_limit>(text("-2147483648")).max_concurrency == INT32_MIN);
  for (const char* bad : {"2147483648", "-2147483649", "1.0", "1e3", "01", "-0", "+1", "1x", "--1", "\"1\"", "0x1"})
    CHECK(refused<session_start_limit>(text(bad)).path() == "$.max_concurrency");
}

TEST_CASE("unknown enum values survive") {
  const auto m = json::decode<message>(in_message("").replace(in_message("").find(R"("type":0)"), 8, R"("type":4711)"));
  CHECK(static_cast<int>(m.type) == 4711);
  CHECK(json::encode(m).find(R"("type":4711)") != std::string::npos);
  const auto p = json::decode<presence>(R"({"user":{"id":"1"},"status":"asleep","activities":[],"client_status":{"desktop":"asleep"}})");
  CHECK(p.status == "asleep");
  CHECK(json::encode(p) == R"({"user":{"id":"1"},"status":"asleep","activities":[],"client_status":{"desktop":"asleep"}})");
}

TEST_CASE("permissions are a number in text, and unknown bits survive") {
  const auto text = R"({"id":"1","type":0,"allow":"9223372036854775809","deny":"0"})";
  const auto o = json::decode<overwrite>(text);
  CHECK(o.allow.has(permission::create_instant_invite));
  CHECK(json::encode(o) == text);
}

TEST_CASE("a component is told by its type, wherever that stands") {
  const auto row = json::decode<action_row>(
      R"({"components":[{"custom_id":"x","style":1,"type":2},{"type":2,"style":5,"url":"https://a.b"}]})");
  REQUIRE(row.components.size() == 2);
  const auto* first = row.components[0].get_if<button>();
  REQUIRE(first);
  CHECK(*first->custom_id == "x");
  CHECK(row.components[0].type() == component_type::button);
  CHECK(row.components[0].get_if<text_display>() == nullptr);
  const action_row copy = row;
  CHECK(*copy.components[1].get_if<button>()->url == "https://a.b");
}

TEST_CASE("a component of an unknown type keeps its text and is written back") {
  const auto before = json::counters();
  const std::string_view text = R"({"components":[{"type":999,"new": [1, {"a":null}],"id":3},{"type":10,"content":"x"}]})";
  const auto row = json::decode<action_row>(text);
  REQUIRE(row.components.size() == 2);
  REQUIRE(row.components[0].unknown());
  CHECK(row.components[0].unknown()->text() == R"({"type":999,"new": [1, {"a":null}],"id":3})");
  CHECK(row.components[0].type() == static_cast<component_type>(999));
  CHECK(row.components[1].is<text_display>());
  CHECK(json::encode(row) == text);
  CHECK(json::counters().unknown_kinds == before.unknown_kinds + 1);
  CHECK(refused<action_row>(R"({"components":[{"style":1}]})").path() == "$.components[0].type");
  CHECK(refused<action_row>(R"({"components":[{"type":"2"}]})").path() == "$.components[0].type");
  CHECK(refused<action_row>(R"({"components":[{"type":999,"x":[1,]}]})").code() == errc::json_malformed);
}

TEST_CASE("what an interaction is about is told by the interaction's own type") {
  const std::string_view start = R"({"id":"1","application_id":"2","token":"t","version":1,)";
  const auto command = json::decode<interaction_create>(
      std::string(start) +
      R"("data":{"id":"3","name":"roll","type":1,"options":[{"name":"sides","type":4,"value":20},{"name":"x","type":10,"value":0.5},)"
      R"({"name":"y","type":5,"value":true},{"name":"z","type":3,"value":"20"}]},"type":2})");
  const auto* data = command.interaction.data.get_if<application_command_data>();
  REQUIRE(data);
  REQUIRE(data->options);
  CHECK((*data->options)[0].value->integer() == 20);
  CHECK((*data->options)[1].value->number() == 0.5);
  CHECK((*data->options)[2].value->boolean());
  CHECK((*data->options)[3].value->text() == "20");
  const auto button = json::decode<interaction>(std::string(start) + R"("type":3,"data":{"custom_id":"a","component_type":2}})");
  REQUIRE(button.data.get_if<message_component_data>());
  CHECK(button.data.get_if<message_component_data>()->custom_id == "a");
  const auto typing = json::decode<interaction>(std::string(start) + R"("type":4,"data":{"id":"3","name":"roll","type":1}})");
  CHECK(typing.data.is<application_command_data>());
  CHECK(typing.data.type() == interaction_type::application_command_autocomplete);
  const auto later = json::decode<interaction>(std::string(start) + R"("type":77,"data":{"x":1}})");
  REQUIRE(later.data.unknown());
  CHECK(later.data.unknown()->text() == R"({"x":1})");
  CHECK(json::decode<interaction>(std::string(start) + R"("type":1})").data.empty());
}

TEST_CASE("of a key that comes twice the first counts") {
  const auto g = json::decode<unavailable_guild>(R"({"id":"1","unavailable":true,"id":"2","unavailable":false,"id":[1,{}]})");
  CHECK(g.id == guild_id{1});
  CHECK(g.unavailable);
  const auto r = json::decode<resolved_data>(R"({"roles":{},"roles":{"1":"not even a role"}})");
  CHECK(r.roles->empty());
}

TEST_CASE("keys may be written with escapes") {
  const auto g = json::decode<unavailable_guild>(R"({"\u0069d":"1","un\u0061vailable":true,"\ud83d\ude00":0})");
  CHECK(g.id == guild_id{1});
  CHECK(g.unavailable);
}

TEST_CASE("text comes through whatever it holds") {
  const std::string text = "\"\\/\b\f\n\r\t\x01\x1f \x7f \u00e9 \u20ac \U0001F600";
  embed_footer footer;
  footer.text = text;
  CHECK(json::decode<embed_footer>(json::encode(footer)).text == text);
  CHECK(json::decode<embed_footer>(R"({"text":"\"\\\/\b\f\n\r\t\u00e9\u20AC\uD83D\uDE00"})").text == "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F600");
  for (const char* bad : {R"("\x")", R"("\u12")", R"("\ud83d")", R"("\ud83dx")", R"("\ude00")", R"("\ud83d\u0041")", R"("\u12g4")"})
    CHECK(refused<embed_footer>(R"({"text":)" + std::string(bad) + "}").code() == errc::json_malformed);
}

TEST_CASE("what is not JSON is refused, also where nobody looks") {
  for (const std::string_view bad :
       {"", " ", "nul", "{", "}", "[]", "\"", "{\"id\":\"1\"", "{\"id\":\"1\",}", "{\"id\":\"1\"}}", "{\"id\":\"1\"}x", "{\"id\" \"1\"}",
        "{\"id\":\"1\" \"x\":1}", "{id:\"1\"}", "{\"id\":'1'}", "{\"id\":\"1\",\"x\":[1 2]}", "{\"id\":\"1\",\"x\":{\"a\":}}",
        "{\"id\":\"1\",\"x\":{1:2}}", "{\"id\":\"1\",\"x\":[}", "{\"id\":\"1\",\"x\":tru}", "{\"id\":\"1\",\"x\":truex}", "{\"id\":\"1\",\"x\":01}",
        "{\"id\":\"1\",\"x\":1.}", "{\"id\":\"1\",\"x\":-}", "{\"id\":\"1\",\"x\":\"\\q\"}", "{\"id\":\"1\",,}", "{,\"id\":\"1\"}",
        "{\"id\":\"1\",\"x\":[1,]}", "{\"id\":\"1\",\"x\":{\"a\":1,}}", "{\"id\":\"1\",\"x\":[1}}", "{\"id\":\"1\",\"x\":{\"a\":1]}", "{\"id\":\"1\"}{}",
        "{\"id\":\"1\",\"x\":NaN}", "{\"id\":\"1\",\"x\":1\x02}", "{\"id\":\"1\",\"x\":{\"\\y\":1}}", "{\"id\":\"1\"\x01}", "{\"id\":\"1\",\"x\"}", "{\"id\":\"1\",\"x\":}", "\xef\xbb\xbf{\"id\":\"1\"}"}) {
    INFO(bad);
    unavailable_guild g;
    json::failure why;
    CHECK_FALSE(json::decode_into(g, bad, why));
  }
}

TEST_CASE("text that is not UTF-8 is refused") {
  for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\x80"})
    CHECK(refused<embed_footer>("{\"text\":\"" + std::string(bad) + "\"}").code() == errc::json_malformed);
  CHECK(refused<embed_footer>("{\"text\":\"a\nb\"}").code() == errc::json_malformed);
}

TEST_CASE("nesting ends at the limit, read or skipped") {
  const auto nested = [](int levels) {
    return R"({"id":"1","x":)" + std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']') + "}";
  };
  json::decode<unavailable_guild>(nested(json::max_depth - 1));
  CHECK(refused<unavailable_guild>(nested(json::max_depth)).reason().find("levels") != std::string::npos);
  CHECK(refused<unavailable_guild>(nested(100000)).reason().find("levels") != std::string::npos);

  std::string options;
  std::string ends;
  for (int i = 0; i < 1000; ++i) {
    options += R"({"name":"a","type":1,"options":[)";
    ends += "]}";
  }
  CHECK(refused<interaction_option>(options + ends).reason().find("levels") != std::string::npos);
  std::string replies = in_message("");
  for (int i = 0; i < 200; ++i) replies = in_message(R"(,"referenced_message":)" + replies);
  CHECK(refused<message>(replies).reason().find("levels") != std::string::npos);
}

TEST_CASE("null where a value belongs is counted and read as absent") {
  const auto before = json::counters();
  const auto g = json::decode<unavailable_guild>(R"({"id":"1","unavailable":null})");
  CHECK_FALSE(g.unavailable.has_value());
  CHECK(json::counters().unexpected_nulls == before.unexpected_nulls + 1);
  // also where there has to be one: that is said and empty, while one left out is missing
  CHECK(json::decode<unavailable_guild>(R"({"id":null})").id == guild_id{});
  CHECK(json::counters().unexpected_nulls == before.unexpected_nulls + 2);
  CHECK(json::counters().failures == before.failures);
  const auto left_out = refused<unavailable_guild>(R"({"unavailable":true})");
  CHECK(left_out.path() == "$.id");
  CHECK(left_out.reason() == "missing");
  CHECK(json::counters().failures == before.failures + 1);
}

TEST_CASE("a guild in an outage is an event all the same") {
  const auto e = json::decode<guild_create>(R"({"id":"5","unavailable":true})");
  CHECK(e.guild.id == guild_id{5});
  CHECK(e.unavailable);
  CHECK(json::encode(e) == R"({"id":"5","unavailable":true})");
  CHECK(refused<guild_create>(R"({"id":"5"})").reason() == "missing");
  CHECK(refused<guild_create>(R"({"id":"5","unavailable":false})").reason() == "missing");
}

TEST_CASE("a nonce stays a number or text") {
  CHECK(json::encode(json::decode<message>(in_message(R"(,"nonce":5)"))).find(R"("nonce":5)") != std::string::npos);
  CHECK(json::encode(json::decode<message>(in_message(R"(,"nonce":"5")"))).find(R"("nonce":"5")") != std::string::npos);
}

TEST_CASE("role tags have booleans made of null") {
  const std::string_view text = R"({"bot_id":"1","premium_subscriber":null})";
  const auto tags = json::decode<role_tags>(text);
  CHECK(tags.premium_subscriber);
  CHECK_FALSE(tags.guild_connections);
  CHECK(json::encode(tags) == text);
}

TEST_CASE("padding is used where it is there and made where it is not") {
  std::string buffer(small_user);
  const std::size_t size = buffer.size();
  buffer.append(json::padding_bytes, '}');  // what lies behind the text is never read as part of it
  const json::padded_text padded(buffer.data(), size, buffer.size());
  CHECK(padded.has_padding());
  CHECK(json::decode<user>(padded).username == "nelly");
  json::failure why;
  user u;
  CHECK_FALSE(json::decode_into(u, json::padded_text(buffer.data(), size - 1, buffer.size()), why));
  const std::string_view payload_text(buffer.data(), size);
  CHECK(padded.part(payload_text.substr(5)).text() == payload_text.substr(5));
  CHECK(padded.part(payload_text.substr(5)).has_padding());
}

TEST_CASE("only a piece of a text may be followed by more") {
  json::failure why;
  user u;
  for (const std::size_t behind : {std::size_t{0}, json::padding_bytes}) {
    const std::string followed = std::string(small_user) + R"(,"new":{"a":1})" + std::string(behind, ' ');
    const std::string_view all = std::string_view(followed).substr(0, followed.size() - behind);
    const json::padded_text text(all.data(), all.size(), followed.size());
    INFO(behind);
    CHECK_FALSE(text.is_piece());
    CHECK_FALSE(json::decode_into(u, text, why));
    CHECK(why.reason == "there is more after the end");
    CHECK(text.part(all).is_piece());
    CHECK(json::decode<user>(text.part(all)).username == "nelly");
    CHECK_FALSE(json::decode_into(u, text.part(all.substr(0, all.find(R"("username")"))), why));
  }
  const std::string nonsense = std::string(small_user) + "x";
  CHECK_FALSE(json::decode_into(u, json::padded_text(nonsense.data(), nonsense.size(), nonsense.size()).part(nonsense), why));
}

TEST_CASE("an empty piece, like the d that a payload does not have, is empty text") {
  const std::string_view payload = R"({"op":7})";
  const json::padded_text text(payload.data(), payload.size(), payload.size());
  for (const auto piece : {std::string_view(), payload.substr(3, 0)}) {
    CHECK(text.part(piece).text().empty());
    CHECK_FALSE(text.part(piece).has_padding());
    json::failure why;
    user u;
    CHECK_FALSE(json::decode_into(u, text.part(piece), why));
    CHECK(why.code == errc::json_malformed);
  }
}

TEST_CASE("threads decode at the same time") {
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t t = 0; t < 4; ++t)
    threads.emplace_back([&good, t] {
      for (int i = 0; i < 500; ++i) good[t] += json::decode<message>(in_message("")).author.username == "nelly";
    });
  for (auto& t : threads) t.join();
  CHECK(good == std::vector{500, 500, 500, 500});
}

TEST_CASE("a text larger than any before, then small ones again") {
  std::string big = "{\"text\":\"" + std::string(5'000'000, 'x') + "\"}";
  CHECK(json::decode<embed_footer>(big).text.size() == 5'000'000);
  CHECK(json::decode<embed_footer>(R"({"text":"y"})").text == "y");
}

TEST_CASE("nlohmann's values go in and out") {
  const auto value = json::inspect(json::raw(std::string(small_user)));
  CHECK(value.at("username") == "nelly");
  CHECK(json::from_inspected<user>(value).username == "nelly");
  CHECK(json::inspect(json::to_raw(value)) == value);
  CHECK_THROWS_AS(json::inspect(std::string_view("{")), decode_error);
}

TEST_CASE("the errors of a refused call become a list") {
  const auto errors = json::field_errors(
      R"({"_errors":[{"code":"A","message":"a"}],"embeds":{"0":{"title":{"_errors":[{"code":"BASE_TYPE_MAX_LENGTH","message":"too long"}]}}}})");
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].path.empty());
  CHECK(errors[1].path == "embeds.0.title");
  CHECK(errors[1].code == "BASE_TYPE_MAX_LENGTH");
  CHECK(errors[1].message == "too long");
  CHECK(json::field_errors("[").empty());
  CHECK(json::field_errors(R"({"_errors":7,"a":[]})").empty());
}
