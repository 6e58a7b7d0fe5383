// SPDX-License-Identifier: MIT
// The guilds of a shard, from its events: how many there are, and what each event means.
#include <array>
#include <string>

#include "json/member.hpp"
#include "protocol/guild_tracker.hpp"
#include "support/catch.hpp"

using namespace monochord;
using namespace std::chrono_literals;
using protocol::guild_news;
using protocol::guild_tracker;
using protocol::read_guild_event;

namespace {

const timestamp now = *parse_timestamp("2026-03-04T05:06:07+00:00");

std::optional<protocol::guild_event> read(std::string_view type, const std::string& data) {
  return read_guild_event(type, json::padded_text(data.data(), data.size(), data.size()));
}

guild_news feed(guild_tracker& to, std::string_view type, const std::string& data, bool known_elsewhere = false) {
  const auto event = read(type, data);
  REQUIRE(event);
  return to.take(*event, known_elsewhere, now);
}

std::string created(int id, std::string_view joined = "2020-01-01T00:00:00+00:00") {
  return R"({"id":")" + std::to_string(id) + R"(","joined_at":")" + std::string(joined) + R"(","unavailable":false,"name":"x"})";
}

guild_tracker with_ready(const std::string& guilds) {
  guild_tracker out;
  CHECK(feed(out, "READY", R"({"guilds":[)" + guilds + "]}") == guild_news::none);
  return out;
}

}  // namespace

TEST_CASE("guilds are counted from READY on: joined, left, and not by an outage") {
  guild_tracker guilds;
  CHECK_FALSE(guilds.count());
  CHECK_FALSE(guilds.is_up());
  feed(guilds, "READY", R"({"v":10,"guilds":[{"id":"30","unavailable":true},{"id":"10"},{"id":"10"}],"session_id":"x"})");
  CHECK(guilds.is_up());
  CHECK(guilds.count() == 2U);
  CHECK(guilds.awaited() == 2);
  feed(guilds, "GUILD_CREATE", R"({"name":"old","id":"10"})");
  CHECK(guilds.count() == 2U);
  CHECK(guilds.awaited() == 1);
  feed(guilds, "GUILD_CREATE", R"({"roles":[{"id":"99"}],"name":"\"id\":\"98\"","id":"20","members":[]})");
  CHECK(guilds.count() == 3U);
  CHECK(guilds.contains(guild_id{20}));
  CHECK_FALSE(guilds.contains(guild_id{98}));
  CHECK_FALSE(guilds.contains(guild_id{99}));
  feed(guilds, "GUILD_DELETE", R"({"id":"30","unavailable":true})");
  CHECK(guilds.count() == 3U);
  CHECK(guilds.awaited() == 0);
  CHECK(guilds.unavailable() == 1);
  feed(guilds, "GUILD_DELETE", R"({ "unavailable" : false , "id" : "30" })");
  CHECK(guilds.unavailable() == 0);
  feed(guilds, "GUILD_DELETE", R"({"id":"10"})");
  feed(guilds, "GUILD_DELETE", R"({"id":"10"})");
  CHECK(guilds.count() == 1U);
  feed(guilds, "READY", R"({"guilds":[]})");
  CHECK(guilds.count() == 0U);
  guilds.session_lost();
  CHECK_FALSE(guilds.count());
  CHECK_FALSE(guilds.is_up());
}

TEST_CASE("what READY lists becomes available, anything else was joined") {
  auto guilds = with_ready(R"({"id":"1"},{"id":"2"})");
  CHECK(feed(guilds, "GUILD_CREATE", created(1)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", created(3)) == guild_news::joined);
  CHECK(feed(guilds, "GUILD_CREATE", created(3)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"3"})") == guild_news::left);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"3"})") == guild_news::none);
  CHECK(feed(guilds, "GUILD_CREATE", created(3)) == guild_news::joined);
  CHECK(feed(guilds, "RESUMED", "{}") == guild_news::none);
  CHECK(feed(guilds, "GUILD_CREATE", created(4)) == guild_news::joined);
  CHECK(feed(guilds, "GUILD_CREATE", created(5), true) == guild_news::available);
  CHECK(guilds.count() == 5U);
}

TEST_CASE("an outage is neither a leave nor, when it ends, a join, and it is told of once") {
  auto guilds = with_ready(R"({"id":"1"},{"id":"2"})");
  feed(guilds, "GUILD_CREATE", created(1));
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"1","unavailable":true})") == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"1","unavailable":true})") == guild_news::none);
  CHECK(feed(guilds, "GUILD_CREATE", created(1)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"1","unavailable":true})") == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"2","unavailable":true})") == guild_news::unavailable);
  CHECK(guilds.awaited() == 0);
  CHECK(guilds.unavailable() == 2);
  CHECK(feed(guilds, "GUILD_CREATE", created(2)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"1"})") == guild_news::left);
  CHECK(guilds.unavailable() == 0);
}

TEST_CASE("a guild that is joined during its outage is joined once it is there") {
  auto guilds = with_ready("");
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"7","unavailable":true})") == guild_news::unavailable);
  CHECK(guilds.count() == 1U);
  CHECK(feed(guilds, "GUILD_CREATE", created(7)) == guild_news::joined);
  CHECK(feed(guilds, "GUILD_CREATE", created(7)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"8","unavailable":true})", true) == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_CREATE", created(8)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"9","unavailable":true})") == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"9"})") == guild_news::left);
}

TEST_CASE("in a session that was begun elsewhere the time of the join tells") {
  guild_tracker guilds;
  feed(guilds, "RESUMED", "{}");
  CHECK(guilds.is_up());
  CHECK(feed(guilds, "GUILD_CREATE", created(1, "2019-01-01T00:00:00+00:00")) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", created(2, "2026-03-04T05:06:06.5+00:00")) == guild_news::joined);
  CHECK(feed(guilds, "GUILD_CREATE", created(3, "2026-03-04T04:56:07+00:00")) == guild_news::joined);
  CHECK(feed(guilds, "GUILD_CREATE", created(4, "2026-03-04T04:56:06+00:00")) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", created(5, "2026-03-04T09:00:00+00:00")) == guild_news::joined);  // our clock is late
  CHECK(feed(guilds, "GUILD_CREATE", created(6, "yesterday")) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", created(2, "2026-03-04T05:06:06.5+00:00")) == guild_news::available);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"id":"8","unavailable":true})") == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_CREATE", created(8)) == guild_news::available);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"9","unavailable":true})") == guild_news::unavailable);
  CHECK(feed(guilds, "GUILD_CREATE", created(9, "2026-03-04T05:06:06.5+00:00")) == guild_news::available);
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"100"})") == guild_news::left);
  CHECK_FALSE(guilds.count());
  CHECK(guilds.known() == 8);
}

TEST_CASE("without intent::guilds nothing is awaited") {
  guild_tracker guilds(false);
  feed(guilds, "READY", R"({"guilds":[{"id":"1"}]})");
  CHECK(guilds.count() == 1U);
  CHECK(guilds.awaited() == 0);
}

TEST_CASE("other events are not looked at, broken ones change nothing") {
  CHECK_FALSE(read("GUILD_CREATE_", R"({"id":"1"})"));
  CHECK_FALSE(read("GUILD_UPDATE", R"({"id":"1"})"));
  CHECK_FALSE(read("USER_UPDATE_", R"({"id":"1"})"));
  CHECK_FALSE(read("MESSAGE_CREATE", R"({"id":"1"})"));
  guild_tracker guilds;
  feed(guilds, "READY", R"({"guilds":7})");
  CHECK(guilds.is_up());
  CHECK_FALSE(guilds.count());
  feed(guilds, "READY", R"({"guilds":[{"id":"1"}]})");
  for (const char* const data : {"", "7", "[]", "{", "{}", R"({"id")", R"({"id":)", R"({"id":1})", R"({"id":"x"})", R"({"id":null})",
                                 R"({"a":{"id":"2"}})", R"({"id":"2)"})
    for (const char* const type : {"GUILD_CREATE", "GUILD_DELETE"}) CHECK(feed(guilds, type, data) == guild_news::none);
  CHECK(guilds.count() == 1U);
}

TEST_CASE("a member is found at the top of an object, and no further than it is read") {
  using json::member_of;
  CHECK(member_of(R"({"a":[1,{"b":2}],"b":{"c":"}"},"d":3})", "b") == R"({"c":"}"})");
  CHECK(member_of(R"( { "a" : "x" , "b" : true } , "behind":1)", "b") == "true");
  CHECK(member_of(R"({"a":1,"a":2})", "a") == "1");
  CHECK(member_of(R"({"a":1,"b":2,)", "b") == "2");
  CHECK(member_of(R"({"a":1}})", "b").empty());
  CHECK(member_of(R"({"a":1} "b":2)", "b").empty());
  CHECK(member_of("{}", "a").empty());

  constexpr std::array<std::string_view, 3> keys{"c", "a", "x"};
  std::array<std::string_view, 3> values;
  json::members_of(R"({"a":1,"a":2,"b":{"x":3},"c":"4","d":[]})", keys, values);
  CHECK(values == std::array<std::string_view, 3>{R"("4")", "1", ""});
}

TEST_CASE("members of a large object are the same ones") {
  const std::string much = R"("much":[{"b":"}\"]"},[)" + std::string(5000, ' ') + R"(1]],)";
  for (const char* rest :
       {R"("a":[1,{"b":2}],"b":{"c":"}"},"x":3})", R"( "a" : "x" , "b" : true } , "behind":1)", R"("a":1,"a":2})", R"("a":1,"b":2,)",
        R"("a":1}})", R"("a":1} "b":2)", "}", "", "\"a\"", "\"a\":", R"("a":})", R"("\u0061":1})", R"("a":"\\","b":null,"x":-1.5e3 ,"y":[})",
        R"("a":"ends)", "\"a\":1,\"b\":\"\xff\",\"x\":2}", R"("b":[1,{"a":7}],"a":[[]]})", R"("a":{"b":1]})"})
    for (const std::string& text : {'{' + much + rest, "[{" + much + rest, std::string("{\"a\":0,") + much + rest}) {
      INFO(text);
      constexpr std::array<std::string_view, 3> keys{"b", "a", "x"};
      std::array<std::string_view, 3> small, large;
      const std::string padded = text + std::string(json::padding_bytes, '"');
      const json::padded_text object(padded.data(), text.size(), padded.size());
      json::members_of(object.text(), keys, small);
      json::members_of(object, keys, large);
      CHECK(large == small);
    }
}
