// SPDX-License-Identifier: MIT
// What is asked over the gateway, by script: payloads out, events in.
#include <monochord/core/error.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/gateway.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "json/member.hpp"
#include "protocol/guild_call.hpp"
#include "protocol/member_call.hpp"
#include "protocol/payload_text.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord;
using namespace monochord::protocol;
using way = member_call::way;

namespace {

constexpr time_point start{1000h};
constexpr guild_id home{7};

struct desk {
  whole_guild_spacing spacing;
  nonce_series nonces{"letters"};

  member_call call(member_wish wish, way how = way::gather) { return {std::move(wish), how, spacing, nonces}; }
};

member_wish all() { return {.guild = home, .user_ids = {}, .query = {}, .limit = 0, .presences = false, .nonce = {}}; }
member_wish by_name(std::string query, int limit) {
  auto out = all();
  out.query = std::move(query);
  out.limit = limit;
  return out;
}
member_wish by_ids(std::size_t count) {
  auto out = all();
  out.user_ids.emplace();
  for (std::size_t i = 0; i < count; ++i) out.user_ids->push_back(user_id{i + 1});
  return out;
}

request_guild_members sent_in(const std::string& payload) {
  CHECK(payload.size() <= 4096);
  CHECK(json::member_of(payload, "op") == "8");
  return json::decode<request_guild_members>(json::member_of(payload, "d"));
}

guild_members_chunk chunk(const std::string& nonce, int index, int count, std::uint64_t who) {
  guild_members_chunk out;
  out.guild_id = home;
  out.nonce = nonce;
  out.chunk_index = index;
  out.chunk_count = count;
  out.members.emplace_back().user.emplace().id = user_id{who};
  return out;
}

std::vector<std::uint64_t> who_came(const std::vector<guild_members_chunk>& chunks) {
  std::vector<std::uint64_t> out;
  for (const auto& one : chunks)
    for (const auto& member : one.members) out.push_back(member.user->id.value());
  return out;
}

errc code_of(const gateway_call& call) {
  try {
    if (call.failure()) std::rethrow_exception(call.failure());
  } catch (const error& e) {
    return static_cast<errc>(e.code().value());
  }
  return errc{};
}

/// Takes the next payload and has it sent on shard 0.
std::string send(desk& on, member_call& call, time_point now = start) {
  auto what = call.next(now);
  REQUIRE(what);
  if (what->whole_guild) on.spacing.sent(what->guild, now);
  call.sent(what->part, what->key, 0);
  return what->key;
}

}  // namespace

TEST_CASE("members by name: one payload with a nonce of ours, one chunk, done") {
  desk on;
  auto call = on.call(by_name("al", 10));
  CHECK(call.wakeup() <= start);
  const auto what = call.next(start);
  REQUIRE(what);
  const auto d = sent_in(what->payload);
  CHECK(d.guild_id == home);
  CHECK(d.query.value() == "al");
  CHECK(d.limit == 10);
  CHECK_FALSE(d.user_ids);
  CHECK_FALSE(d.presences);
  CHECK(d.nonce == what->key);
  CHECK(what->key.size() <= 32);
  CHECK_FALSE(what->whole_guild);
  CHECK_FALSE(call.next(start));
  CHECK_FALSE(call.wakeup());
  call.sent(what->part, what->key, 3);
  CHECK(call.wants(what->key));
  CHECK_FALSE(call.wants("letters9"));
  call.take(chunk("letters9", 0, 1, 4));  // somebody else's
  CHECK_FALSE(call.finished());
  call.take(chunk(what->key, 0, 1, 5));
  CHECK(call.finished());
  CHECK(who_came(call.take_all()) == std::vector<std::uint64_t>{5});
}

TEST_CASE("chunks in any order, some twice, are one answer in the order of Discord") {
  desk on;
  auto call = on.call(all());
  const auto nonce = send(on, call);
  for (const int index : {2, 0, 2, 1}) call.take(chunk(nonce, index, 4, static_cast<std::uint64_t>(10 + index)));
  CHECK_FALSE(call.finished());
  call.take(chunk(nonce, 3, 4, 13));
  CHECK(call.finished());
  CHECK(who_came(call.take_all()) == std::vector<std::uint64_t>{10, 11, 12, 13});
}

TEST_CASE("more than 100 ids are several payloads, each id once, ten of them at a time") {
  desk on;
  auto wish = by_ids(1234);
  wish.user_ids->push_back(user_id{1});
  auto call = on.call(wish);
  std::vector<std::string> keys;
  std::size_t ids = 0;
  while (!call.finished()) {
    auto what = call.next(start);
    if (!what) {
      CHECK_FALSE(call.wakeup());  // there is nothing to do but to wait for an answer
      CHECK(keys.size() == (ids == 1234 ? 3U : 10U));
      for (const auto& key : keys) call.take(chunk(key, 0, 1, 1));
      keys.clear();
      continue;
    }
    const auto d = sent_in(what->payload);
    CHECK(d.user_ids->size() <= 100);
    CHECK_FALSE(d.query);
    ids += d.user_ids->size();
    call.sent(what->part, what->key, 0);
    keys.push_back(what->key);
  }
  CHECK(ids == 1234);
  CHECK(call.take_all().size() == 13);
}

TEST_CASE("no ids are no members, and nothing is asked") {
  desk on;
  auto call = on.call(by_ids(0));
  CHECK(call.finished());
  CHECK_FALSE(call.next(start));
  CHECK(call.take_all().empty());
}

TEST_CASE("payloads with the caller's nonce go one after the other") {
  desk on;
  auto wish = by_ids(150);
  wish.nonce = "mine";
  auto call = on.call(wish);
  CHECK(send(on, call) == "mine");
  CHECK_FALSE(call.next(start));
  call.take(chunk("mine", 0, 1, 1));
  CHECK(send(on, call) == "mine");
  call.take(chunk("mine", 0, 1, 2));
  CHECK(call.finished());
  CHECK(who_came(call.take_all()) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("whole guilds: 30 seconds apart, for all who ask") {
  desk on;
  auto first = on.call(all()), second = on.call(all()), other = on.call(by_name("a", 1));
  const auto what = first.next(start);
  REQUIRE(what);
  CHECK(what->whole_guild);
  CHECK_FALSE(second.next(start));  // the first is on its way: when it goes is not known
  CHECK_FALSE(second.wakeup());
  CHECK(other.next(start));
  on.spacing.sent(home, start + 2s);
  first.sent(what->part, what->key, 0);
  CHECK(second.wakeup() == start + 2s + whole_guild_spacing::interval);
  CHECK(second.refused_until() == second.wakeup());
  CHECK_FALSE(second.next(start + 32s));
  CHECK(second.next(start + 33s));
  on.spacing.given_back(home);  // it was withdrawn
  auto third = on.call(all());
  CHECK(third.next(start + 33s));
}

TEST_CASE("spacing forgets what is long past") {
  whole_guild_spacing spacing;
  for (std::uint64_t i = 0; i < 10'000; ++i) spacing.sent(guild_id{i + 1}, start + i * 1s);
  CHECK(spacing.size() <= 130);
  CHECK(spacing.free_at(guild_id{10'000}) > start + 10'000s);
  CHECK(spacing.free_at(guild_id{1}) < start);
}

TEST_CASE("RATE_LIMITED: again at its time, with another nonce") {
  desk on;
  auto call = on.call(all());
  const auto refused = send(on, call);
  SECTION("that names the nonce") {
    call.refused("another", start + 5s);
    CHECK_FALSE(call.wakeup());
    call.refused(refused, start + 12s);
  }
  SECTION("that does not") { call.refused("", start + 12s); }
  on.spacing.refused(home, start + 12s);
  CHECK(call.wakeup() == start + 12s);
  CHECK(call.refused_until() == start + 12s);
  CHECK_FALSE(call.next(start + 11s));
  const auto again = send(on, call, start + 12s);
  CHECK(again != refused);
  call.take(chunk(again, 0, 1, 1));
  CHECK(call.finished());
}

TEST_CASE("RATE_LIMITED that is read before the socket has told that it took the payload counts all the same") {
  desk on;
  const bool named = GENERATE(true, false);
  auto call = on.call(all());
  const auto what = call.next(start);
  REQUIRE(what);
  on.spacing.refused(home, start + 12s);
  call.refused(named ? what->key : "", start + 12s);
  CHECK_FALSE(call.next(start + 1h));  // it is still on its way, as far as anybody knows
  on.spacing.sent(home, start + 1s);
  call.sent(what->part, what->key, 0);
  CHECK(call.wakeup() == start + 12s);  // what Discord has refused does not count for its 30 seconds
  CHECK(call.refused_until() == start + 12s);
  const auto again = send(on, call, start + 12s);
  call.take(chunk(again, 0, 1, 1));
  CHECK(call.finished());
}

TEST_CASE("an answer that is read before the socket has told that it took the payload begins anew with another session") {
  desk on;
  auto call = on.call(by_name("a", 1));
  const auto what = call.next(start);
  REQUIRE(what);
  call.take(chunk(what->key, 0, 2, 1));
  call.sent(what->part, what->key, 4);
  call.session_lost(4);
  const auto again = call.next(start);
  REQUIRE(again);
  call.sent(again->part, again->key, 4);
  for (const int index : {0, 1}) call.take(chunk(again->key, index, 2, static_cast<std::uint64_t>(1 + index)));
  CHECK(call.finished());
}

TEST_CASE("another session: what had not come in full is asked for again, from the beginning") {
  desk on;
  auto call = on.call(by_ids(250));
  std::vector<std::string> keys;
  for (int i = 0; i < 3; ++i) keys.push_back(send(on, call));
  call.take(chunk(keys[0], 0, 1, 1));
  call.take(chunk(keys[1], 0, 2, 101));
  call.session_lost(5);  // another shard's
  CHECK_FALSE(call.wakeup());
  call.session_lost(0);
  CHECK_FALSE(call.wants(keys[1]));
  call.take(chunk(keys[1], 1, 2, 102));
  std::vector<std::string> again;
  for (int i = 0; i < 2; ++i) again.push_back(send(on, call));
  CHECK_FALSE(call.next(start));
  call.take(chunk(again[0], 0, 1, 111));
  call.take(chunk(again[1], 0, 1, 222));
  CHECK(call.finished());
  CHECK(who_came(call.take_all()) == std::vector<std::uint64_t>{1, 111, 222});
}

TEST_CASE("what was not sent yet when the session ended is sent once") {
  desk on;
  auto call = on.call(by_name("a", 1));
  const auto what = call.next(start);
  REQUIRE(what);
  call.session_lost(0);
  CHECK_FALSE(call.next(start));
  call.sent(what->part, what->key, 0);
  call.take(chunk(what->key, 0, 1, 1));
  CHECK(call.finished());
}

TEST_CASE("a resumed session: what nothing has come of is sent again, and the first answer of the two counts") {
  desk on;
  auto call = on.call(by_name("a", 1));
  const auto lost = send(on, call);
  call.session_resumed(0);
  SECTION("the first was lost") {
    const auto again = send(on, call);
    CHECK(again != lost);
    CHECK(call.wants(lost));
    call.take(chunk(again, 0, 2, 1));
    CHECK_FALSE(call.wants(lost));
    call.take(chunk(lost, 1, 2, 9));
    CHECK_FALSE(call.finished());
    call.take(chunk(again, 1, 2, 2));
  }
  SECTION("the first was on its way, and is answered before the second is sent") {
    call.take(chunk(lost, 0, 2, 1));
    CHECK_FALSE(call.next(start));
    call.take(chunk(lost, 1, 2, 2));
  }
  SECTION("the first is answered although the second is queued") {
    const auto what = call.next(start);
    REQUIRE(what);
    call.take(chunk(lost, 0, 2, 1));
    call.sent(what->part, what->key, 0);
    CHECK_FALSE(call.wants(what->key));
    call.session_resumed(0);  // the rest is replayed
    CHECK_FALSE(call.next(start));
    call.take(chunk(lost, 1, 2, 2));
  }
  CHECK(call.finished());
  CHECK(who_came(call.take_all()) == std::vector<std::uint64_t>{1, 2});
}

TEST_CASE("a stream gives chunks as they come, and keeps none") {
  desk on;
  auto call = on.call(all(), way::stream);
  const auto nonce = send(on, call);
  CHECK_FALSE(call.take_next());
  call.take(chunk(nonce, 1, 2, 11));
  CHECK(call.buffered() == 1);
  CHECK(call.take_next()->chunk_index == 1);
  call.take(chunk(nonce, 1, 2, 11));
  CHECK(call.buffered() == 0);
  call.take(chunk(nonce, 0, 2, 10));
  CHECK(call.finished());
  CHECK(call.take_next()->chunk_index == 0);
}

TEST_CASE("a stream begins anew with the session as long as it has given nothing, and fails after that") {
  desk on;
  auto call = on.call(all(), way::stream);
  send(on, call);
  call.session_lost(0);
  CHECK_FALSE(call.failure());
  const auto nonce = send(on, call, start + 31s);
  call.take(chunk(nonce, 0, 2, 1));
  call.session_lost(0);
  CHECK(code_of(call) == errc::closed);
}

TEST_CASE("chunks that cannot be are a failure, not memory") {
  for (const auto& [index, count] :
       std::vector<std::pair<int, int>>{{0, 0}, {-1, 1}, {1, 1}, {0, 2'000'000'000}, {5, -3}}) {
    desk on;
    auto call = on.call(all());
    const auto nonce = send(on, call);
    call.take(chunk(nonce, index, count, 1));
    INFO(index << " of " << count);
    CHECK(code_of(call) == errc::json_mismatch);
  }
  desk on;
  auto call = on.call(all());
  const auto nonce = send(on, call);
  call.take(chunk(nonce, 0, 3, 1));
  call.take(chunk(nonce, 1, 4, 1));
  CHECK(code_of(call) == errc::json_mismatch);
}

TEST_CASE("nonces are told apart, fit, and do not repeat") {
  nonce_series series(std::string(10, 'x'));
  std::set<std::string> seen;
  for (int i = 0; i < 100'000; ++i) {
    const auto nonce = series.next();
    REQUIRE(nonce.size() <= 32);
    REQUIRE(seen.insert(nonce).second);
  }
}

TEST_CASE("sounds of many guilds: by shard, in payloads that fit, each answered once") {
  std::vector<std::vector<guild_id>> groups(2);
  for (std::uint64_t i = 0; i < 400; ++i) groups[0].push_back(guild_id{(1ULL << 62) + i});
  groups[1].push_back(guild_id{5});
  guild_call call(guild_question::soundboard_sounds, groups);
  CHECK(call.opcode() == 31);
  std::vector<std::size_t> sizes;
  while (const auto what = call.next(start)) {
    CHECK(what->payload.size() <= 4096);
    CHECK(json::member_of(what->payload, "op") == "31");
    const auto d = json::decode<request_soundboard_sounds>(json::member_of(what->payload, "d"));
    CHECK(d.guild_ids.front() == what->guild);
    sizes.push_back(d.guild_ids.size());
    call.sent(what->part, what->key, what->guild == guild_id{5} ? 1 : 0);
  }
  CHECK(sizes == std::vector<std::size_t>{150, 150, 100, 1});
  CHECK_FALSE(call.answered(guild_id{6}));
  for (const auto guild : groups[0]) CHECK(call.answered(guild));
  CHECK_FALSE(call.answered(groups[0].front()));
  CHECK(call.left() == 1);
  CHECK_FALSE(call.finished());
  call.session_lost(0);
  CHECK_FALSE(call.next(start));
  call.session_resumed(1);
  CHECK(call.next(start));
  CHECK(call.answered(guild_id{5}));
  CHECK(call.finished());
}

TEST_CASE("channel info: one guild, all its fields, again after RATE_LIMITED and in another session") {
  guild_call call(guild_question::channel_info, {{home}});
  auto what = call.next(start);
  REQUIRE(what);
  CHECK(what->payload == R"({"op":43,"d":{"guild_id":"7","fields":["status","voice_start_time"]}})");
  call.sent(what->part, what->key, 0);
  call.refused(guild_id{8}, start + 9s);
  CHECK_FALSE(call.wakeup());
  call.refused(home, start + 5s);
  CHECK(call.wakeup() == start + 5s);
  CHECK_FALSE(call.next(start));
  what = call.next(start + 5s);
  REQUIRE(what);
  call.sent(what->part, what->key, 0);
  call.session_lost(0);
  CHECK(call.next(start + 6s));
  CHECK(call.answered(home));
  CHECK(call.finished());
}

TEST_CASE("channel info: RATE_LIMITED that is read before the socket has told that it took the payload") {
  guild_call call(guild_question::channel_info, {{home}});
  const auto what = call.next(start);
  REQUIRE(what);
  call.refused(guild_id{8}, start + 9s);
  call.refused(home, start + 5s);
  CHECK_FALSE(call.next(start + 1h));
  call.sent(what->part, what->key, 0);
  CHECK_FALSE(call.next(start + 4s));
  CHECK(call.next(start + 5s));
}

TEST_CASE("UTF-8 is told from what is none") {
  for (const std::string_view good : {"", "plain", "\u00e4\u20ac", "\U0001F600", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"})
    CHECK(is_utf8(good));
  for (const std::string_view bad : {"\xff", "\x80", "\xc3", "a\xc3z", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80",
                                     "\xf4\x90\x80\x80", "\xf0\x9f\x98", "\xf5\x80\x80\x80"})
    CHECK_FALSE(is_utf8(bad));
}
