// SPDX-License-Identifier: MIT
#include <monochord/json/payload.hpp>

#include "support/catch.hpp"

using namespace monochord;

namespace {

json::payload_head good(std::string_view text) {
  json::payload_head head;
  json::failure why;
  const bool ok = json::peek(text, head, why);
  INFO(text << " at " << why.path << ": " << why.reason);
  REQUIRE(ok);
  return head;
}

}  // namespace

TEST_CASE("the head of an event as Discord sends it") {
  const auto head = good(R"({"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"id":"1","content":"}\"{"}})");
  CHECK(head.op == 0);
  CHECK(head.s == 42U);
  CHECK(head.t == "MESSAGE_CREATE");
  CHECK(head.d == R"({"id":"1","content":"}\"{"})");
}

TEST_CASE("the head of a payload in any order and spacing, with keys that nobody knows") {
  for (const std::string_view text :
       {R"({"d":{"a":[1,"]}"]},"t":"X","s":7,"op":0})", R"({"op":0,"d":{"a":[1,"]}"]},"s":7,"t":"X"})",
        R"({"zzz":{"op":9,"d":[]},"op":0,"t":"X","s":7,"d":{"a":[1,"]}"]}})", R"({"\u006fp":0,"\u0074":"X","\u0073":7,"\u0064":{"a":[1,"]}"]}})",
        "\n{ \"op\" : 0 ,\t\"t\" :\r\"X\" , \"s\" : 7 , \"d\" : {\"a\":[1,\"]}\"]} } \n",
        R"({"t":"X","s":7,"op":0,"op":5,"s":9,"t":null,"d":{"a":[1,"]}"]}})"}) {
    const auto head = good(text);
    INFO(text);
    CHECK(head.op == 0);
    CHECK(head.s == 7U);
    CHECK(head.t == "X");
    CHECK(head.d == R"({"a":[1,"]}"]})");
  }
}

TEST_CASE("a member behind d does not become part of it") {
  CHECK(good(R"({"t":"X","s":7,"op":0,"d":{"a":1},"new":5})").d == R"({"a":1})");
  CHECK(good(R"({"t":"X","s":7,"op":0,"d":[1,{}] ,"new":"x}"} )").d == "[1,{}]");
  CHECK(good(R"({"t":"X","s":7,"op":0,"d":true,"new":{}})").d == "true");
}

TEST_CASE("d as text ends where its value does, whatever stands behind it") {
  const auto d = good(R"({"t":"X","s":7,"op":0,"d":{"a":"},\"x\":{"} ,"new":{"b":[1]}})").d;
  CHECK(json::first_value(d) == R"({"a":"},\"x\":{"})");
  CHECK(json::first_value(R"([[],{}],"new":[])") == "[[],{}]");
  CHECK(json::first_value(R"( "a\"b" , 5)") == R"("a\"b")");
  CHECK(json::first_value("-1.5e3,2") == "-1.5e3");
  CHECK(json::first_value("null") == "null");
  for (const std::string_view whole : {R"({"a":[1,{"b":null}]})", "[]", "{}", "true"}) {
    CHECK(json::first_value(whole) == whole);
    for (std::size_t size = 0; size < whole.size() && whole[0] != 't'; ++size)
      CHECK(json::first_value(whole.substr(0, size)).empty());
  }
  for (const std::string_view nothing : {"", "  ", ",", "}", "{", "\""}) CHECK(json::first_value(nothing).empty());
}

TEST_CASE("heads of payloads that are no events") {
  CHECK(good(R"({"t":null,"s":null,"op":11,"d":null})").op == 11);
  CHECK(good(R"({"t":null,"s":null,"op":11,"d":null})").d == "null");
  CHECK(good(R"({"op":10,"d":{"heartbeat_interval":45000}})").d == R"({"heartbeat_interval":45000})");
  CHECK(good(R"({"op":9,"d":false})").d == "false");
  CHECK(good(R"({"op":1,"d":251})").d == "251");
  CHECK(good(R"({"op":7})").d.empty());
  CHECK_FALSE(good(R"({"op":7})").s);
  CHECK(good(R"({"s":18446744073709551615,"op":0,"t":"X","d":[]})").s == UINT64_MAX);
}

TEST_CASE("what is no payload is refused with a reason") {
  const struct {
    std::string_view text;
    std::string_view path;
    errc code;
  } bad[] = {
      {"", "$", errc::json_malformed},
      {"[]", "$", errc::json_malformed},
      {"{}", "$.op", errc::json_mismatch},
      {R"({"d":{}})", "$.op", errc::json_mismatch},
      {R"({"op":"0"})", "$.op", errc::json_mismatch},
      {R"({"op":0.5})", "$.op", errc::json_mismatch},
      {R"({"op":01})", "$.op", errc::json_mismatch},
      {R"({"op":-3})", "$.op", errc::json_mismatch},
      {R"({"op":99999999999})", "$.op", errc::json_mismatch},
      {R"({"op":0,"s":-1})", "$.s", errc::json_mismatch},
      {R"({"op":0,"s":18446744073709551616})", "$.s", errc::json_mismatch},
      {R"({"op":0,"t":5})", "$.t", errc::json_mismatch},
      {R"({"op":0 "t":5})", "$", errc::json_malformed},
      {R"({"op":0}x)", "$", errc::json_malformed},
      {R"({"op":0,})", "$", errc::json_malformed},
      {R"({"op":nul})", "$.op", errc::json_mismatch},
      {R"({"op":0,"s":nul})", "$", errc::json_malformed},
      {R"({"\q":0,"op":0})", "$", errc::json_malformed},
      {R"({"t":"X","s":7,"op":0,"d":})", "$", errc::json_malformed},
  };
  for (const auto& b : bad) {
    json::payload_head head;
    json::failure why;
    INFO(b.text);
    CHECK_FALSE(json::peek(b.text, head, why));
    CHECK(why.path == b.path);
    CHECK(why.code == b.code);
    CHECK_FALSE(why.reason.empty());
    CHECK_THROWS_AS(json::peek(b.text), decode_error);
  }
}

TEST_CASE("every truncation of a payload is refused, or leaves a d that is") {
  for (const std::string_view text : {R"({"t":"X","s":7,"op":0,"d":{"a":[1,"]}"],"b":{"c":null}}})", R"({"d":{"a":[1,"]}"]},"x":[{}],"t":"X","s":7,"op":0})"})
    for (std::size_t size = 0; size < text.size(); ++size) {
      json::payload_head head;
      json::failure why;
      INFO(text.substr(0, size));
      if (!json::peek(text.substr(0, size), head, why)) continue;
      CHECK(head.d != R"({"a":[1,"]}"],"b":{"c":null}})");
      CHECK(head.d.size() < text.size() - 24);
    }
}
