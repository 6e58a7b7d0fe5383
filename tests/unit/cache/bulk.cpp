// SPDX-License-Identifier: MIT
// Events with many members go into the cache from their text. It must come out as if they had become models on the way.
#include <algorithm>
#include <memory>
#include <monochord/testing/manual_clock.hpp>
#include <random>
#include <string>
#include <vector>

#include "cache/bulk.hpp"
#include "json/listed_members.hpp"
#include "support/catch.hpp"
#include "support/samples.hpp"
#include "unit/cache/sample_events.hpp"

namespace mc = monochord;
namespace json = monochord::json;
using mc::cache_field;
using mc::cache_kind;
using namespace mc::tests::cache_events;

namespace {

const std::string guild_head =
    R"({"id":"1","name":"guild","joined_at":"2021-05-06T07:08:09.123456+00:00","large":false,"member_count":3,"voice_states":)"
    R"([{"channel_id":"10","user_id":"1002","session_id":"s","deaf":false,"mute":false,"self_deaf":false,"self_mute":false,)"
    R"("self_video":false,"suppress":false,"request_to_speak_timestamp":null}],"channels":[],"threads":[],"presences":[],)"
    R"("stage_instances":[],"guild_scheduled_events":[],"soundboard_sounds":[],"icon":null,"splash":null,"discovery_splash":null,)"
    R"("owner_id":"1001","afk_channel_id":null,"afk_timeout":300,"verification_level":0,"default_message_notifications":0,)"
    R"("explicit_content_filter":0,"roles":[],"emojis":[],"features":[],"mfa_level":0,"application_id":null,)"
    R"("system_channel_id":null,"system_channel_flags":0,"rules_channel_id":null,"vanity_url_code":null,"description":null,)"
    R"("banner":null,"premium_tier":0,"preferred_locale":"en-US","public_updates_channel_id":null,"nsfw_level":0,)"
    R"("premium_progress_bar_enabled":false,"safety_alerts_channel_id":null,"members":)";
const std::string chunk_head = R"({"guild_id":"1","chunk_index":0,"chunk_count":1,"members":)";

std::string user_text(const std::string& more) {
  return R"({"id":"1001","username":"name","discriminator":"0","global_name":null,"avatar":"0123456789abcdef0123456789abcdef")" + more + "}";
}
std::string member_text(const std::string& user, const std::string& more) {
  return R"({"user":)" + user + R"(,"roles":["71","72"],"joined_at":"2021-05-06T07:08:09.123456+00:00","deaf":false,"mute":true)" + more + "}";
}

/// What Discord sends, what it might send some day, and what nobody should.
std::vector<std::string> odd_members() {
  const std::string user = user_text("");
  std::vector<std::string> all = {
      member_text(user, ""), member_text(user, R"(,"nick":null,"avatar":null,"banner":null,"flags":0,"pending":false)"),
      member_text(user, R"(,"nick":"N","flags":4294967295,"premium_since":null,"communication_disabled_until":"2030-01-01T00:00:00+00:00")"),
      member_text(user, R"(,"nick":"a\"b\u00e9")"), member_text(user, R"(,"n\u0069ck":"escaped key")"), member_text(user, R"(,"nick":"ünï")"),
      member_text(user, R"(,"nick":"first","nick":"second")"), member_text(user, R"(,"roles":["73"])"), member_text(user, R"(,"deaf":null)"),
      member_text(user, R"(,"new":{"a":[1,{"b":null}],"c":"d"},"newer":[],"old":-1.5e3,"text":"t","yes":true)"), member_text(user, R"(,"new":01)"),
      member_text(user, R"(,"new":"\q")"), member_text(user, R"(,"pending":null)"), member_text(user, R"(,"flags":null)"), member_text(user, R"(,"flags":-1)"),
      member_text(user, R"(,"flags":4294967296)"), member_text(user, R"(,"flags":"1")"), member_text(user, R"(,"flags":01)"), member_text(user, R"(,"nick":1)"),
      member_text(user, R"(,"nick":nulL)"), member_text(user, R"(,"pending":falsy)"), member_text(user, R"(,"pending":true )"), member_text(user, R"(,"nick":null  )"),
      member_text(user, R"( , "nick" : "spaces" )"), member_text(user, R"(,"permissions":"8")"), member_text(user, R"(,"permissions":"x")"),
      member_text(user, R"(,"avatar_decoration_data":{"asset":"a_1","sku_id":"9"},"collectibles":{"nameplate":{"sku_id":"1","asset":"a","label":"l","palette":"p"}})"),
      member_text(user, R"(,"avatar_decoration_data":{},"collectibles":null)"), member_text(user, R"(,"premium_since":"yesterday")"),
      member_text(user, R"(,"premium_since":5)"), member_text("null", ""), member_text("[]", ""), member_text("{}", ""),
      member_text(user_text(R"(,"bot":true,"system":false,"banner":"a_00000000000000000000000000000000","accent_color":-5,"public_flags":64,"flags":9007199254740993)"), ""),
      member_text(user_text(R"(,"accent_color":null,"avatar_decoration_data":null,"collectibles":null,"primary_guild":null,"display_name_styles":null)"), ""),
      member_text(user_text(R"(,"primary_guild":{"identity_guild_id":"5","identity_enabled":true,"tag":"TAG","badge":"0123456789abcdef0123456789abcdef"})"), ""),
      member_text(user_text(R"(,"mfa_enabled":true,"locale":"de","verified":false,"email":null,"premium_type":2)"), ""), member_text(user_text(R"(,"bot":null)"), ""),
      member_text(user_text(R"(,"id":"7")"), ""), member_text(user_text(R"(,"accent_color":1.5)"), ""), member_text(user_text(R"(,"public_flags":18446744073709551616)"), ""),
      R"({"user":{"username":"no id","discriminator":"0"},"roles":[],"deaf":false,"mute":false})", R"({"roles":[],"deaf":false,"mute":false})",
      R"({"user":{"id":"1005","username":"u","discriminator":"1234","avatar":"0123456789ABCDEF0123456789abcdef"},"roles":[],"deaf":false,"mute":false})",
      R"({"user":{"id":1005,"username":"u","discriminator":"0"},"roles":[71,"72"],"deaf":true,"mute":true})",
      R"({"user":{"id":"","username":"u","discriminator":"0"},"roles":[],"deaf":true,"mute":true})", "null", "{}", "[]", "5", R"("text")", "{\"user\"", "{,}", "{\"deaf\":}",
      R"({"user":{"id":"18446744073709551615","username":"","discriminator":""},"roles":["18446744073709551616"],"deaf":false,"mute":false})",
      R"({"user":{"id":"18446744073709551615","username":"","discriminator":""},"roles":["0"],"deaf":false,"mute":false})",
      R"({"user":{"id":"12345678x","username":"","discriminator":"0"},"roles":[],"deaf":false,"mute":false})",
      R"({"user":{"id":"0","username":"","discriminator":"0"},"roles":[null],"deaf":false,"mute":false})"};
  for (std::size_t levels = 58; levels <= 64; ++levels) {  // as deep as is read, and deeper
    const std::string deep = ",\"new\":" + std::string(levels, '[') + std::string(levels, ']');
    all.push_back(member_text(user, deep));
    all.push_back(member_text(user_text(deep), ""));
  }
  for (const char* id : {"9", "12345678", "123456789", "1234567890123456", "12345678901234567", "1234567890123456789", "9999999999999999999", "00000000000000000001"})
    all.push_back(R"({"user":{"id":")" + std::string(id) + R"(","username":"u","discriminator":"0"},"roles":[")" + id + R"("],"deaf":false,"mute":false})");
  return all;
}

template <class E>
std::string said(json::failure& why, bool good) {
  return (good ? "good" : std::to_string(static_cast<int>(why.code)) + ' ' + why.path + ' ' + why.reason) + ' ' + std::to_string(why.unexpected_nulls);
}

/// All that a reader can see, in an order of its own.
std::vector<std::string> content(const mc::cache& cache) {
  std::vector<std::string> out;
  for (const mc::guild_id id : cache.guild_ids()) {
    const auto add = [&](const auto& one) { out.push_back(id.str() + ' ' + json::encode(one)); };
    for (const auto& m : cache.members(id)) {
      add(m);
      if (const auto u = cache.user(m.user->id)) add(*u);
    }
    for (const auto& v : cache.voice_states(id)) add(v);
    for (const auto& r : cache.roles(id)) add(r);
    for (const auto& c : cache.channels(id)) add(c);
    for (std::uint64_t user = 1000; user < 1010; ++user)
      if (const auto p = cache.presence(id, mc::user_id{user})) add(*p);
    const auto state = cache.state(id);
    out.push_back(std::to_string(state->member_count) + (state->unavailable ? " unavailable" : ""));
    if (const auto g = cache.guild(id)) add(*g);
  }
  std::sort(out.begin(), out.end());
  for (const auto& one : cache.stats().each) out.push_back(std::to_string(one.count));
  return out;
}

std::vector<mc::cache_options> all_policies() {
  std::vector<mc::cache_options> all(8);
  all[1].policy.kinds = mc::cache_policy::every_kind;
  all[1].policy.without = cache_field::member_roles | cache_field::user_avatar | cache_field::user_decoration | cache_field::member_joined_at;
  all[2].policy.members = mc::cache_members::in_voice;
  all[3].policy.members = mc::cache_members::active;
  all[3].policy.users_without_member = 10;
  all[4].policy.members_per_guild = 1000;
  all[5].policy.kinds = cache_kind::guilds | cache_kind::members;
  all[6].policy.kinds = cache_kind::guilds | cache_kind::users;
  all[7].policy.users_without_member = 10;
  // Whom a limit lets go depends on when they were seen: what is compared sees everybody at the same time.
  const auto time = std::make_shared<mc::testing::manual_clock>();
  for (auto& one : all) one.clock = time;
  return all;
}

/// The same text both ways: said, and into caches that hold something already.
template <class E>
void compare(const std::string& text, std::size_t* views = nullptr) {
  std::string padded = text;
  padded.append(json::padding_bytes, ' ');
  for (const bool is_padded : {true, false}) {
    const json::padded_text data(padded.data(), text.size(), is_padded ? padded.size() : text.size());
    E model;
    json::listed<E> listed;
    std::string room;
    json::failure one, other;
    const bool good = json::decode_into(model, data, one);
    const bool same = json::decode_into(listed, data, room, other);
    INFO(text);
    REQUIRE(said<E>(other, same) == said<E>(one, good));
    if (!good) continue;
    REQUIRE(listed.members.size() == model.members.size());
    if (views) *views += listed.members.size() - listed.members.wholes();
    for (const auto& options : all_policies()) {
      mc::cache first(options), second(options);
      for (mc::cache* cache : {&first, &second}) {
        cache->apply(ready_as(1003));
        cache->apply(a_guild(1, 2));
        cache->apply(a_guild(2, 4));
      }
      first.apply(model);
      mc::cached::bulk::apply(second, listed);
      REQUIRE(content(second) == content(first));
    }
  }
}

void compare_members(const std::string& members, std::size_t* views = nullptr) {
  compare<mc::guild_create>(guild_head + members + "}", views);
  compare<mc::guild_members_chunk>(chunk_head + members + R"(,"not_found":[],"nonce":"n"})", views);
}

}  // namespace

TEST_CASE("members of events from their text: each oddity is refused or kept as by way of models") {
  const std::string usual = member_text(R"({"id":"1002","username":"other","discriminator":"0","avatar":null})", R"(,"nick":"Other")");
  std::size_t views = 0;
  for (const std::string& odd : odd_members()) {
    compare_members('[' + odd + ']', &views);
    compare_members('[' + usual + ',' + odd + ',' + usual + ']', &views);
  }
  CHECK(views > 300);
  for (const char* broken : {"[", "[]", "[,]", "null", "{}", "5", "[[]]", "[{}", "[{}}"}) compare_members(broken);
}

TEST_CASE("members of events from their text: numbers of a chunk that cannot be are no reason to foresee much") {
  const std::string usual = member_text(user_text(""), "");
  for (const char* numbers : {R"("chunk_index":-1,"chunk_count":2147483647)", R"("chunk_index":2147483647,"chunk_count":-2147483648)",
                              R"("chunk_index":-2147483648,"chunk_count":2147483647)", R"("chunk_index":7,"chunk_count":1)"})
    for (const std::string& members : {std::string(), usual})
      compare<mc::guild_members_chunk>(R"({"guild_id":"1",)" + std::string(numbers) + R"(,"members":[)" + members + "]}");
}

TEST_CASE("members of events from their text: one who was asked for makes room for no more") {
  const auto bytes_with = [](const std::string& members) {
    mc::cache cache{mc::cache_options{}};
    cache.apply(ready_as(1003));
    auto large = a_guild(1, 2);
    large.member_count = 5000;
    cache.apply(large);
    const std::string text = chunk_head + '[' + members + "]}";
    json::listed<mc::guild_members_chunk> listed;
    std::string room;
    json::failure why;
    REQUIRE(json::decode_into(listed, json::padded_text(text.data(), text.size(), text.size()), room, why));
    mc::cached::bulk::apply(cache, listed);
    return cache.stats().bytes();
  };
  CHECK(bytes_with(member_text(user_text(""), "")) < bytes_with("") + 2000);
}

TEST_CASE("members of events from their text: cut anywhere, and without any of its bytes, an event is told of as by way of models") {
  const std::string text = chunk_head + '[' +
                           member_text(user_text(R"(,"bot":false,"public_flags":64,"primary_guild":null)"), R"(,"nick":"N","flags":0,"new":[{}])") +
                           "]}";
  for (std::size_t size = 0; size < text.size(); ++size) {
    json::failure one, other;
    for (std::string changed : {text.substr(0, size), text.substr(0, size) + text.substr(size + 1), text.substr(0, size) + ' ' + text.substr(size)}) {
      mc::guild_members_chunk model;
      json::listed<mc::guild_members_chunk> listed;
      std::string room;
      const std::size_t length = changed.size();
      changed.append(json::padding_bytes, '"');
      const json::padded_text data(changed.data(), length, changed.size());
      const bool good = json::decode_into(model, data, one);
      const bool same = json::decode_into(listed, data, room, other);
      INFO(changed.substr(0, length));
      REQUIRE(said<int>(other, same) == said<int>(one, good));
    }
  }
}

TEST_CASE("members of events from their text: the order of fields is as it is, and may change from one to the next") {
  std::mt19937 random(1);
  std::vector<std::string> user = {R"("id":"1001")", R"("username":"n")", R"("discriminator":"0")", R"("avatar":null)", R"("bot":true)", R"("x":{})"};
  std::vector<std::string> member = {R"("roles":[])", R"("deaf":false)", R"("mute":false)", R"("nick":"N")", R"("y":1)", "user"};
  const auto object = [](const std::vector<std::string>& fields) {
    std::string out = "{";
    for (const auto& f : fields) out += (out.size() == 1 ? "" : ",") + f;
    return out + '}';
  };
  std::size_t views = 0;
  for (int round = 0; round < 50; ++round) {
    std::string all = "[";
    for (int i = 0; i < 5; ++i) {
      std::shuffle(user.begin(), user.end(), random);
      std::shuffle(member.begin(), member.end(), random);
      std::vector<std::string> fields = member;
      for (auto& f : fields)
        if (f == "user") f = R"("user":)" + object(user);
      all += (i ? "," : "") + object(fields);
    }
    compare_members(all + ']', &views);
  }
  CHECK(views == 1000);
}

TEST_CASE("members of events from their text: large guilds, whose members come again and change") {
  std::mt19937 random(2);
  for (const auto& options : all_policies()) {
    mc::cache first(options), second(options);
    first.apply(a_guild(1, 0));
    second.apply(a_guild(1, 0));
    for (int chunk = 0; chunk < 12; ++chunk) {
      mc::guild_members_chunk event;
      event.guild_id = mc::guild_id{1};
      event.chunk_index = chunk;
      event.chunk_count = 12;
      for (int i = 0; i < 1000; ++i) {
        auto& m = event.members.emplace_back(somebody(1 + random() % 6000));
        m.nick = std::string(random() % 60, 'n');
        if (random() % 10 == 0) m.nick = "\"quoted\"";
        if (random() % 10 == 0) m.user->avatar_decoration_data.emplace().asset = "asset";
        if (random() % 500 == 0) m.user->id = mc::user_id{};
      }
      std::string text = json::encode(event), room;
      json::listed<mc::guild_members_chunk> listed;
      json::failure why;
      REQUIRE(json::decode_into(listed, json::padded_text(text.data(), text.size(), text.size()), room, why));
      CHECK(listed.members.wholes() > 0);
      CHECK(listed.members.wholes() < 500);
      first.apply(event);
      mc::cached::bulk::apply(second, listed);
    }
    const auto everybody = [](const mc::cache& of) {
      std::vector<std::string> all;
      for (const auto& m : of.members(mc::guild_id{1})) all.push_back(json::encode(m));
      std::sort(all.begin(), all.end());
      return all;
    };
    REQUIRE(everybody(second) == everybody(first));
    REQUIRE(second.stats().of(cache_kind::users).count == first.stats().of(cache_kind::users).count);
    for (mc::cache* cache : {&first, &second}) {  // each user is held as often as there are members
      mc::guild_delete gone;
      gone.guild.id = mc::guild_id{1};
      cache->apply(gone);
      CHECK(cache->stats().of(cache_kind::users).count <= options.policy.users_without_member);
    }
  }
}
