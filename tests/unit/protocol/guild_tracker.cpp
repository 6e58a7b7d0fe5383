// SPDX-License-Identifier: MIT
// The guilds of a shard, counted from its events.
#include <string>

#include "json/member.hpp"
#include "protocol/guild_tracker.hpp"
#include "support/catch.hpp"

using namespace monochord;
using protocol::guild_tracker;

namespace {

bool feed(guild_tracker& to, std::string_view type, const std::string& data) {
  return to.event(type, json::padded_text(data.data(), data.size(), data.size()));
}

}  // namespace

TEST_CASE("guilds are counted from READY on: joined, left, and not by an outage") {
  guild_tracker guilds;
  CHECK_FALSE(guilds.count());
  CHECK(feed(guilds, "READY", R"({"v":10,"guilds":[{"id":"30","unavailable":true},{"id":"10"},{"id":"10"}],"session_id":"x"})"));
  CHECK(guilds.count() == 2U);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"name":"old","id":"10"})"));
  CHECK(guilds.count() == 2U);
  CHECK(feed(guilds, "GUILD_CREATE", R"({"roles":[{"id":"99"}],"name":"\"id\":\"98\"","id":"20","members":[]})"));
  CHECK(guilds.count() == 3U);
  CHECK(guilds.contains(guild_id{20}));
  CHECK_FALSE(guilds.contains(guild_id{98}));
  CHECK_FALSE(guilds.contains(guild_id{99}));
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"30","unavailable":true})"));
  CHECK(guilds.count() == 3U);
  CHECK(feed(guilds, "GUILD_DELETE", R"({ "unavailable" : false , "id" : "30" })"));
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"10"})"));
  CHECK(feed(guilds, "GUILD_DELETE", R"({"id":"10"})"));
  CHECK(guilds.count() == 1U);
  CHECK(feed(guilds, "READY", R"({"guilds":[]})"));
  CHECK(guilds.count() == 0U);
}

TEST_CASE("other events are not looked at, broken ones change nothing") {
  guild_tracker guilds;
  CHECK_FALSE(feed(guilds, "GUILD_CREATE_", R"({"id":"1"})"));
  CHECK_FALSE(feed(guilds, "GUILD_UPDATE", R"({"id":"1"})"));
  CHECK_FALSE(feed(guilds, "MESSAGE_CREATE", R"({"id":"1"})"));
  feed(guilds, "READY", R"({"guilds":7})");
  CHECK_FALSE(guilds.count());
  feed(guilds, "READY", R"({"guilds":[{"id":"1"}]})");
  for (const char* const data : {"", "7", "[]", "{", "{}", R"({"id")", R"({"id":)", R"({"id":1})", R"({"id":"x"})", R"({"id":null})",
                                 R"({"a":{"id":"2"}})", R"({"id":"2)"})
    feed(guilds, "GUILD_CREATE", data);
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
}
