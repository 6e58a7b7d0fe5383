// SPDX-License-Identifier: MIT
// Compact records give back what Discord told, field by field.
#include "cache/records.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "cache/pack.hpp"
#include "support/catch.hpp"
#include <monochord/json/codec.hpp>
#include <monochord/model/channel.hpp>

namespace mc = monochord;
namespace cached = monochord::cached;

namespace {

template <class T, class... Without>
std::string packed(const T& value, Without... without) {
  std::string out;
  cached::pack(out, value, without...);
  return out;
}

/// As it is after a stay in a record that says all but its id; cut short it must be refused, or give something.
template <class T, class... Without>
void check(const std::string& json, T (*with_key)(T, const T&), Without... without) {
  INFO(json);
  const T value = mc::json::decode<T>(json);
  const std::string bytes = packed(value, without...);
  T back;
  REQUIRE(cached::unpack(bytes + std::string(23, '\0'), back));
  CHECK(mc::json::encode(with_key(back, value)) == mc::json::encode(value));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    T cut;
    static_cast<void>(cached::unpack(bytes.substr(0, size), cut));
  }
  T none;
  CHECK_FALSE(cached::unpack("", none));
}

template <class T>
T with_id(T value, const T& from) {
  value.id = from.id;
  return value;
}
mc::presence with_user(mc::presence value, const mc::presence& from) {
  value.user.id = from.user.id;
  return value;
}

}  // namespace

TEST_CASE("an emoji stays what it is") {
  check<mc::emoji>(R"({"id":"41771983429993937","name":"LUL"})", &with_id<mc::emoji>);
  check<mc::emoji>(R"({"id":"1","name":null,"roles":[],"require_colons":true,"managed":false,"animated":false,"available":true})",
                   &with_id<mc::emoji>);
  check<mc::emoji>(R"({"id":"1","name":"LUL","roles":["41771983429993000","41771983429993111"],"animated":true,"available":false,
      "user":{"username":"Luigi","discriminator":"0002","id":"96008815106887111","avatar":"5500909a3274e1812beb4e8de6631111",
      "public_flags":131328,"global_name":null,"bot":true}})",
                   &with_id<mc::emoji>);
}

TEST_CASE("a sticker stays what it is") {
  check<mc::sticker>(R"({"id":"749054660769218631","name":"Wave","tags":"wumpus, hello","type":1,"format_type":3,
      "description":"Wumpus waves hello","pack_id":"847199849233514549","sort_value":12})",
                     &with_id<mc::sticker>);
  check<mc::sticker>(R"({"id":"7","name":"","tags":"","type":2,"format_type":4,"description":null,"available":true,"sort_value":0,
      "guild_id":"5","user":{"username":"a","discriminator":"0","id":"9","avatar":null,"global_name":"A"}})",
                     &with_id<mc::sticker>);
}

TEST_CASE("a presence stays what it is, without activities where they are not wanted") {
  const std::string full = R"({"user":{"id":"9"},"guild_id":"5","status":"dnd",
      "client_status":{"desktop":"dnd","mobile":"idle","web":"online","vr":"offline"},"activities":[
      {"name":"Rocket League","type":0,"url":null,"created_at":1507665886000,"timestamps":{"start":1507665886,"end":0},
       "application_id":"379286085710381999","status_display_type":1,"details":"Ranked Duos: 2-1","details_url":"https://a.example",
       "state":"In a Match","state_url":"https://b.example","emoji":{"name":"x","id":"7","animated":false},
       "party":{"id":"9dd6594e-81b3-49f6-a6b5-a679e6a060d3","size":[2,0]},
       "assets":{"large_image":"351371005538729000","large_text":"DFH Stadium","large_url":"u","small_image":"351371005538729111",
                 "small_text":"Silver III","small_url":"v","invite_cover_image":"w"},
       "secrets":{"join":"025ed05c71f639de8bfaa0d679d7c94b2fdce12f"},"instance":true,"flags":257,"buttons":["a","b"]},
      {"name":"Custom Status","type":4,"created_at":0,"state":"hello","emoji":{"name":"fire"}}]})";
  check<mc::presence>(full, &with_user, mc::flags<mc::cache_field>{});
  check<mc::presence>(R"({"user":{"id":"9"},"status":"online","activities":[],"client_status":{}})", &with_user,
                      mc::flags<mc::cache_field>{});
  check<mc::presence>(R"({"user":{"id":"9","username":"new","discriminator":"0","global_name":null,"avatar":"abc"},
      "status":"newer than this","activities":[],"client_status":{"web":"as new"}})",
                      &with_user, mc::flags<mc::cache_field>{});
  const auto value = mc::json::decode<mc::presence>(full);
  mc::presence back;
  REQUIRE(cached::unpack(packed(value, mc::flags<mc::cache_field>(mc::cache_field::presence_activities)), back));
  CHECK(back.activities.empty());
  CHECK(back.client_status.mobile == mc::presence_status("idle"));
}

TEST_CASE("a thread stays what it is, and is small") {
  const std::string json = R"({"id":"41771983423143937","guild_id":"41771983423143937","parent_id":"41771983423143938",
      "owner_id":"41771983423143937","name":"don't buy dota-2","type":11,"last_message_id":"155117677105512449","message_count":1,
      "member_count":5,"rate_limit_per_user":2,"total_message_sent":1,"flags":2,"applied_tags":["7","8"],
      "thread_metadata":{"archived":false,"auto_archive_duration":1440,"archive_timestamp":"2021-04-12T23:40:39.855793+00:00",
      "locked":true,"invitable":false,"create_timestamp":"2022-01-12T23:40:39.855793+00:00"}})";
  check<mc::channel>(json, &with_id<mc::channel>, mc::flags<mc::cache_field>{});
  CHECK(packed(mc::json::decode<mc::channel>(json), mc::flags<mc::cache_field>{}).size() < 120);
  std::string joined = json;
  joined.back() = ',';
  joined += R"("member":{"id":"41771983423143937","user_id":"9","join_timestamp":"2022-01-12T23:40:39.855793+00:00","flags":1},
      "available_tags":[{"id":"7","name":"t","moderated":true,"emoji_id":null,"emoji_name":"x"}]})";
  check<mc::channel>(joined, &with_id<mc::channel>, mc::flags<mc::cache_field>{});
}

TEST_CASE("each role keeps its number, however many there are and whichever go") {
  cached::role_table table;
  std::map<std::uint64_t, std::int64_t> numbers;
  std::vector<std::uint64_t> all;
  std::mt19937_64 random(5);
  constexpr std::size_t most = 70'000;  // more than the table's index takes
  for (std::size_t i = 0; all.size() < most; ++i) {
    const std::uint64_t id = random() | 1;
    numbers[id] = static_cast<std::int64_t>(all.size());
    REQUIRE(table.number_of(mc::role_id{id}) == numbers[id]);
    all.push_back(id);
    const auto known = numbers.find(all[random() % all.size()]);
    if (known == numbers.end()) continue;  // went
    if (table.number_of(mc::role_id{known->first}) != known->second) FAIL("another number of " << known->first);
    if (i % 100 != 0) continue;
    table.remove(mc::role_id{known->first});
    REQUIRE_FALSE(table.role_at(known->second));
    numbers.erase(known);
  }
  const cached::role_table copy = table;
  for (const auto& [id, number] : numbers)
    if (copy.role_at(number) != mc::role_id{id}) FAIL("another role at " << number);
  const std::uint64_t gone = *std::find_if(all.begin(), all.end(), [&](std::uint64_t id) { return !numbers.contains(id); });
  CHECK(table.number_of(mc::role_id{gone}) == static_cast<std::int64_t>(most));  // who comes back is somebody new
  CHECK(table.number_of(mc::role_id{gone}) == static_cast<std::int64_t>(most));
  // One that was read from a file has all at once.
  cached::role_table read(std::vector<mc::role_id>(copy.ids()));
  for (const auto& [id, number] : numbers) {
    if (number >= 2'000) continue;
    if (read.number_of(mc::role_id{id}) != number) FAIL("another number of what was read: " << id);
  }
  CHECK(read.ids().size() == most);
}

TEST_CASE("roles that come and go leave the others their numbers, also when they are read again") {
  cached::role_table table;
  const mc::role_id first{1}, last{99'999};
  REQUIRE(table.number_of(first) == 0);
  constexpr std::int64_t most = 30'000;
  for (std::int64_t i = 1; i < most; ++i) {
    const mc::role_id brief{static_cast<std::uint64_t>(100'000 + i)};
    REQUIRE(table.number_of(brief) == i);
    table.remove(brief);
    if (i % 1000 == 0) REQUIRE(table.number_of(first) == 0);
  }
  REQUIRE(table.number_of(last) == most);
  cached::role_table read(std::vector<mc::role_id>(table.ids()));
  CHECK(read.number_of(last) == most);
  CHECK(read.number_of(first) == 0);
  CHECK(read.number_of(mc::role_id{100'001}) == most + 1);
}

TEST_CASE("the hash of an image takes 16 bytes, and nothing else passes for one") {
  const std::string hash = "0123456789abcdef9f86d081884c7d65";
  char bytes[16];
  REQUIRE(cached::pack_hash(hash, bytes));
  CHECK(cached::unpack_hash(bytes, false) == hash);
  CHECK(cached::unpack_hash(bytes, true) == "a_" + hash);
  CHECK_FALSE(cached::pack_hash(hash.substr(1), bytes));
  for (int c = 0; c < 256; ++c)
    for (const std::size_t at : {0U, 7U, 16U, 31U}) {
      std::string other = hash;
      other[at] = static_cast<char>(c);
      const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
      if (cached::pack_hash(other, bytes) != is_digit) FAIL("the byte " << c << " at " << at);
      if (is_digit && cached::unpack_hash(bytes, false) != other) FAIL("the digit " << c << " at " << at);
    }
}
