// SPDX-License-Identifier: MIT
// Routes that change the mock's world, each with the event that tells of it.
#include <chrono>
#include <string>

#include "support/catch.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

/// A world in which the bot may do everything, watched by a session with every intent.
struct busy_world : brain_fixture {
  busy_world() {
    mind->with([&](mock_state& state, gateway& gate, rest&) {
      acts::give_role(state, gate, home, user_id{state.world.bot}, acts::add_role(state, gate, home, "admin", 8));
      acts::join(state, gate, home, bob = user_id{state.world.add_user("bob", false).id});
    });
    link = session(53608447);
  }
  answer call(std::string method, const std::string& path, std::string_view body = {}) {
    clock->advance(1s);
    return request(std::move(method), path, body);
  }
  std::string guild(const std::string& rest = {}) const { return "/guilds/" + home.str() + rest; }
  std::string channel(const std::string& rest = {}) const { return "/channels/" + general.str() + rest; }
  static std::string id(const answer& from) { return from.body["id"].get<std::string>(); }

  user_id bob;
  std::shared_ptr<gateway_link> link;
};

}  // namespace

TEST_CASE("channels are made, changed and deleted") {
  busy_world f;
  const auto made = f.call("POST", f.guild("/channels"),
                           R"({"name":"news","type":5,"topic":"t","permission_overwrites":[{"id":"1","type":0,"deny":"1024"}]})");
  CHECK(made.status == 201);
  CHECK(made.body["type"] == 5);
  CHECK(made.body["permission_overwrites"][0]["deny"] == "1024");
  CHECK(made.body["permission_overwrites"][0]["allow"] == "0");
  const std::string path = "/channels/" + f.id(made);
  CHECK(f.call("PATCH", path, R"({"name":"olds","topic":null,"rate_limit_per_user":5})").body["name"] == "olds");
  CHECK(f.call("GET", path).body["rate_limit_per_user"] == 5);
  CHECK(f.call("PUT", path + "/permissions/" + f.bob.str(), R"({"type":1,"allow":"2048"})").status == 204);
  CHECK(f.call("GET", path).body["permission_overwrites"].size() == 2);
  CHECK(f.call("DELETE", path + "/permissions/1").status == 204);
  CHECK(f.call("DELETE", path + "/permissions/1").code() == 10009);
  CHECK(f.call("DELETE", path).body["id"] == made.body["id"]);
  CHECK(f.call("GET", path).code() == 10003);
  CHECK(f.names(*f.link) == names{"CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_UPDATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"});
  CHECK(f.violations().empty());
}

TEST_CASE("without the permission nothing is changed") {
  brain_fixture f;
  CHECK(f.request("POST", "/guilds/" + f.home.str() + "/channels", R"({"name":"news"})").code() == 50013);
  CHECK(f.request("POST", "/guilds/" + f.home.str() + "/roles", "{}").code() == 50013);
  CHECK(f.request("PUT", "/guilds/" + f.home.str() + "/bans/" + f.alice.str(), "{}").code() == 50013);
  CHECK(f.request("POST", "/channels/" + f.general.str() + "/webhooks", R"({"name":"hook"})").code() == 50013);
  CHECK(f.violations() == names{"forbidden", "forbidden", "forbidden", "forbidden"});
  CHECK(f.request("GET", "/guilds/" + f.home.str() + "/channels").body.size() == 1);
}

TEST_CASE("roles are made, changed, given, taken and deleted") {
  busy_world f;
  const auto made = f.call("POST", f.guild("/roles"), R"({"name":"red","color":16711680,"permissions":"8"})");
  CHECK(made.status == 200);
  CHECK(made.body["colors"]["primary_color"] == 16711680);
  const std::string path = f.guild("/roles/") + f.id(made);
  CHECK(f.call("PATCH", path, R"({"name":"blue","hoist":true})").body["hoist"] == true);
  CHECK(f.call("GET", path).body["permissions"] == "8");
  const std::string member = f.guild("/members/") + f.bob.str();
  CHECK(f.call("PUT", member + "/roles/" + f.id(made)).status == 204);
  CHECK(f.call("PUT", member + "/roles/" + f.id(made)).status == 204);  // has it: no event
  CHECK(f.call("GET", member).body["roles"][0] == made.body["id"]);
  CHECK(f.call("DELETE", member + "/roles/" + f.id(made)).status == 204);
  CHECK(f.call("PUT", member + "/roles/7").code() == 10011);
  CHECK(f.call("DELETE", path).status == 204);
  CHECK(f.call("GET", path).code() == 10011);
  CHECK(f.names(*f.link) == names{"GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_UPDATE",
                                  "GUILD_ROLE_DELETE"});
}

TEST_CASE("roles that are not below the bot's highest are not for it to change, give, take, move or delete") {
  brain_fixture f;
  std::string low, own, high, bob;
  f.mind->with([&](mock_state& state, gateway& gate, rest&) {
    low = acts::add_role(state, gate, f.home, "low", 0).str();
    const auto manager = acts::add_role(state, gate, f.home, "manager", (1U << 28U) | (1U << 10U));
    own = manager.str();
    high = acts::add_role(state, gate, f.home, "high", 0).str();
    acts::give_role(state, gate, f.home, user_id{state.world.bot}, manager);
    const user_id who{state.world.add_user("bob", false).id};
    bob = who.str();
    acts::join(state, gate, f.home, who);
    acts::give_role(state, gate, f.home, who, role_id::parse(high));
  });
  const std::string roles = "/guilds/" + f.home.str() + "/roles";
  const std::string member = "/guilds/" + f.home.str() + "/members/" + bob;
  const auto refused = [&](std::string method, const std::string& path, const std::string& body = {}) {
    f.clock->advance(1s);
    const auto got = f.request(std::move(method), path, body);
    return got.status == 403 && got.code() == 50013;
  };
  const auto taken = [&](std::string method, const std::string& path, const std::string& body = {}) {
    f.clock->advance(1s);
    return f.request(std::move(method), path, body).status < 300;
  };
  for (const auto& role : {own, high}) {
    CHECK(refused("PATCH", roles + "/" + role, R"({"name":"x"})"));
    CHECK(refused("PUT", member + "/roles/" + role));
    CHECK(refused("DELETE", roles + "/" + role));
    CHECK(refused("PATCH", roles, R"([{"id":")" + role + R"(","position":1}])"));
  }
  CHECK(refused("DELETE", member + "/roles/" + high));
  CHECK(refused("PATCH", roles, R"([{"id":")" + low + R"(","position":3}])"));  // above itself
  CHECK(refused("PATCH", member, R"({"roles":[]})"));                          // takes the high one
  CHECK(taken("PATCH", member, R"({"roles":[")" + high + R"(",")" + low + R"("]})"));  // gives the low one to somebody higher
  CHECK(taken("DELETE", member + "/roles/" + low));
  // Nor does a role get what the bot itself does not have.
  CHECK(refused("POST", roles, R"({"permissions":"8"})"));
  CHECK(refused("PATCH", roles + "/" + low, R"({"permissions":"8"})"));
  CHECK(taken("PATCH", roles + "/" + low, R"({"permissions":"1024"})"));
  CHECK(taken("DELETE", roles + "/" + low));
  const auto kinds = f.violations();
  CHECK(kinds == names(13, "forbidden"));
}

TEST_CASE("members who are not below the bot are not for it to kick, ban, rename or time out") {
  brain_fixture f;
  constexpr std::uint64_t moderator = (1U << 1U) | (1U << 2U) | (1U << 5U) | (1U << 22U) | (1U << 27U) | (std::uint64_t{1} << 40U);
  std::string equal, lower, stranger;
  f.mind->with([&](mock_state& state, gateway& gate, rest&) {
    const auto newcomer = [&](const char* name, role_id role) {
      const user_id who{state.world.add_user(name, false).id};
      acts::join(state, gate, f.home, who);
      acts::give_role(state, gate, f.home, who, role);
      return who.str();
    };
    lower = newcomer("lower", acts::add_role(state, gate, f.home, "low", 0));
    const auto role = acts::add_role(state, gate, f.home, "moderator", moderator);
    acts::give_role(state, gate, f.home, user_id{state.world.bot}, role);
    equal = newcomer("equal", role);
    stranger = id_text(state.world.add_user("stranger", false).id);
  });
  const std::string members = "/guilds/" + f.home.str() + "/members/";
  const std::string bans = "/guilds/" + f.home.str() + "/bans/";
  const auto call = [&](std::string method, const std::string& path, const std::string& body = {}) {
    f.clock->advance(1s);
    return f.request(std::move(method), path, body);
  };
  const std::string rename = R"({"nick":"x"})";
  const std::string silence = R"({"communication_disabled_until":"2030-01-01T00:00:00+00:00"})";
  for (const auto& who : {equal, f.alice.str()}) {  // alice owns the guild
    CHECK(call("PATCH", members + who, rename).code() == 50013);
    CHECK(call("PATCH", members + who, silence).code() == 50013);
    CHECK(call("DELETE", members + who).code() == 50013);
    CHECK(call("PUT", bans + who, "{}").code() == 50013);
    CHECK(call("PATCH", members + who, R"({"mute":true})").status == 200);  // has nothing to do with the order
  }
  CHECK(call("PATCH", members + lower, rename).status == 200);
  CHECK(call("PATCH", members + lower, silence).status == 200);
  const auto banned = call("POST", "/guilds/" + f.home.str() + "/bulk-ban",
                           R"({"user_ids":[")" + equal + R"(",")" + lower + R"(",")" + stranger + R"("]})");
  CHECK(banned.body["banned_users"] == json{lower, stranger});
  CHECK(banned.body["failed_users"] == json{equal});
  CHECK(call("POST", "/guilds/" + f.home.str() + "/bulk-ban", R"({"user_ids":[")" + equal + R"("]})").code() == 500000);
  CHECK(f.request("GET", bans + lower).status == 200);
  CHECK(f.violations() == names(8, "forbidden"));
}

TEST_CASE("roles are put into another order, each change told once") {
  busy_world f;
  std::vector<std::string> made;
  f.mind->with([&](mock_state& state, gateway& gate, rest&) {
    for (const char* name : {"one", "two", "three"}) made.push_back(acts::add_role(state, gate, f.home, name, 0).str());
    acts::give_role(state, gate, f.home, user_id{state.world.bot}, acts::add_role(state, gate, f.home, "top", 8));
  });
  f.take(*f.link);
  const auto moved = f.call("PATCH", f.guild("/roles"), R"([{"id":")" + made[2] + R"(","position":1}])");
  REQUIRE(moved.status == 200);
  std::vector<std::string> order;
  for (const auto& role : moved.body) order.push_back(role["name"].get<std::string>());
  CHECK(order == names{"@everyone", "three", "admin", "one", "two", "top"});
  for (std::size_t i = 0; i < order.size(); ++i) CHECK(moved.body[i]["position"] == i);
  CHECK(f.names(*f.link) == names(4, "GUILD_ROLE_UPDATE"));
  CHECK(f.call("PATCH", f.guild("/roles"), R"([{"id":")" + f.home.str() + R"(","position":2}])").code() == 50028);
  CHECK(f.call("PATCH", f.guild("/roles"), R"([{"id":"7","position":2}])").code() == 10011);
}

TEST_CASE("members are renamed, timed out, kicked, banned and let in again") {
  busy_world f;
  const std::string member = f.guild("/members/") + f.bob.str();
  CHECK(f.call("PATCH", member, R"({"nick":"bobby"})").body["nick"] == "bobby");
  CHECK(f.call("PATCH", member, R"({"communication_disabled_until":"2030-01-01T00:00:00+00:00"})")
            .body["communication_disabled_until"] == "2030-01-01T00:00:00+00:00");
  CHECK(f.call("PATCH", f.guild("/members/@me"), R"({"nick":"me"})").body["nick"] == "me");
  CHECK(f.call("PATCH", f.guild("/members/@me/nick"), R"({"nick":null})").body["nick"].is_null());
  CHECK(f.call("DELETE", member).status == 204);
  CHECK(f.call("DELETE", member).code() == 10007);
  CHECK(f.names(*f.link) == names{"GUILD_MEMBER_UPDATE", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_UPDATE",
                                  "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE"});
  f.mind->with([&](mock_state& state, gateway& gate, rest&) { acts::say(state, gate, f.bob, f.general, "spam"); });
  f.take(*f.link);
  const std::string ban = f.guild("/bans/") + f.bob.str();
  net::http_request request("PUT", "/api/v10" + ban);
  request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
  request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
  request.headers.add("Content-Type", "application/json");
  request.headers.add("X-Audit-Log-Reason", "too%20loud");
  request.body = R"({"delete_message_seconds":60})";
  CHECK(f.send(request).status == 204);
  CHECK(f.call("GET", ban).body["reason"] == "too loud");
  CHECK(f.call("GET", f.guild("/bans")).body[0]["user"]["username"] == "bob");
  CHECK(f.call("DELETE", ban).status == 204);
  CHECK(f.call("GET", ban).code() == 10026);
  CHECK(f.names(*f.link) == names{"MESSAGE_DELETE_BULK", "GUILD_MEMBER_REMOVE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE"});
}

TEST_CASE("messages are pinned, newest first, and unpinned") {
  busy_world f;
  const auto first = f.say("one");
  const auto second = f.say("two");
  f.take(*f.link);
  CHECK(f.call("PUT", f.channel("/messages/pins/") + first.str()).status == 204);
  CHECK(f.call("PUT", f.channel("/messages/pins/") + second.str()).status == 204);
  const auto pins = f.call("GET", f.channel("/messages/pins?limit=1"));
  CHECK(pins.body["items"][0]["message"]["id"] == second.str());
  CHECK(pins.body["has_more"] == true);
  const std::string before = pins.body["items"][0]["pinned_at"].get<std::string>();
  std::string encoded;
  for (const char c : before) encoded += c == '+' ? "%2B" : c == ':' ? "%3A" : std::string(1, c);
  const auto next = f.call("GET", f.channel("/messages/pins?before=") + encoded);
  CHECK(next.body["items"][0]["message"]["id"] == first.str());
  CHECK(next.body["has_more"] == false);
  CHECK(f.call("DELETE", f.channel("/messages/pins/") + first.str()).status == 204);
  CHECK(f.call("GET", f.channel("/pins")).body.size() == 1);
  CHECK(f.names(*f.link) == names{"MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE", "MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE",
                                  "MESSAGE_UPDATE", "CHANNEL_PINS_UPDATE"});
}

TEST_CASE("threads are opened, joined, archived and deleted") {
  busy_world f;
  const auto message = f.say("topic");
  f.take(*f.link);
  const auto path = f.channel("/messages/") + message.str() + "/threads";
  const auto thread = f.call("POST", path, R"({"name":"talk"})");
  CHECK(thread.status == 201);
  CHECK(thread.body["id"] == message.str());
  CHECK(thread.body["type"] == 11);
  CHECK(f.call("POST", path, R"({"name":"talk"})").code() == 160004);
  const std::string here = "/channels/" + message.str();
  CHECK(f.call("POST", here + "/messages", R"({"content":"hi"})").body["channel_id"] == message.str());
  CHECK(f.call("PUT", here + "/thread-members/" + f.bob.str()).status == 204);
  CHECK(f.call("GET", here + "/thread-members").body.size() == 2);
  CHECK(f.call("DELETE", here + "/thread-members/@me").status == 204);
  CHECK(f.call("GET", f.guild("/threads/active")).body["threads"].size() == 1);
  CHECK(f.call("PATCH", here, R"({"archived":true})").body["thread_metadata"]["archived"] == true);
  CHECK(f.call("GET", f.guild("/threads/active")).body["threads"].empty());
  CHECK(f.call("DELETE", here).status == 200);
  CHECK(f.names(*f.link) == names{"THREAD_CREATE", "MESSAGE_UPDATE", "MESSAGE_CREATE", "THREAD_MEMBERS_UPDATE",
                                  "THREAD_MEMBERS_UPDATE", "THREAD_UPDATE", "THREAD_DELETE"});
  const auto own = f.call("POST", f.channel("/threads"), R"({"name":"secret"})");
  CHECK(own.body["type"] == 12);
  CHECK(own.body["thread_metadata"]["invitable"] == true);
  const auto forum = f.call("POST", f.guild("/channels"), R"({"name":"forum","type":15})");
  CHECK(f.call("POST", "/channels/" + f.id(forum) + "/threads", R"({"name":"post"})").code() == 50035);
  const auto post = f.call("POST", "/channels/" + f.id(forum) + "/threads", R"({"name":"post","message":{"content":"first"}})");
  CHECK(post.body["message"]["content"] == "first");
  CHECK(post.body["message"]["id"] == post.body["id"]);
  f.take(*f.link);
  const auto later = f.session(1);  // whoever comes later sees the open threads
  CHECK(f.call("DELETE", "/channels/" + f.id(forum)).status == 200);
  CHECK(f.call("GET", f.guild("/threads/active")).body["threads"].size() == 1);
}

TEST_CASE("webhooks are made, used without the bot's token, and deleted") {
  busy_world f;
  const auto hook = f.call("POST", f.channel("/webhooks"), R"({"name":"hook"})");
  CHECK(hook.status == 200);
  const std::string by_token = "/webhooks/" + f.id(hook) + "/" + hook.body["token"].get<std::string>();
  CHECK(f.call("GET", f.channel("/webhooks")).body.size() == 1);
  CHECK(f.call("GET", f.guild("/webhooks")).body.size() == 1);
  CHECK(f.call("POST", by_token, R"({"content":"quiet"})").status == 204);
  const auto sent = f.call("POST", by_token + "?wait=true", R"({"content":"hi","username":"Captain"})");
  CHECK(sent.body["author"]["username"] == "Captain");
  CHECK(sent.body["webhook_id"] == hook.body["id"]);
  const std::string message = by_token + "/messages/" + f.id(sent);
  CHECK(f.call("PATCH", message, R"({"content":"edited"})").body["content"] == "edited");
  CHECK(f.call("GET", message).body["content"] == "edited");
  CHECK(f.call("DELETE", message).status == 204);
  CHECK(f.call("GET", message).code() == 10008);
  CHECK(f.call("GET", "/webhooks/" + f.id(hook) + "/wrong").code() == 50027);
  CHECK(f.call("PATCH", "/webhooks/" + f.id(hook), R"({"name":"new"})").body["name"] == "new");
  CHECK(f.call("DELETE", by_token).status == 204);
  CHECK(f.call("POST", by_token, R"({"content":"gone"})").code() == 10015);
  CHECK(f.names(*f.link) == names{"WEBHOOKS_UPDATE", "MESSAGE_CREATE", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE",
                                  "WEBHOOKS_UPDATE", "WEBHOOKS_UPDATE"});
  CHECK(f.violations() == names{"unauthorized"});
}

TEST_CASE("guilds and thread members come in the pages that are asked for") {
  busy_world f;
  std::vector<std::string> all{f.home.str()};
  for (const char* name : {"second", "third"})
    all.push_back(f.mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_guild(s, g, name, f.alice).str(); }));
  const auto guilds = [&](const std::string& query) {
    names ids;
    const auto got = f.call("GET", "/users/@me/guilds" + query);
    for (const auto& one : got.body) ids.push_back(one["id"]);
    return ids;
  };
  CHECK(guilds("") == all);
  CHECK(guilds("?limit=2") == names{all[0], all[1]});
  CHECK(guilds("?limit=2&after=" + all[0]) == names{all[1], all[2]});
  CHECK(guilds("?limit=1&before=" + all[2]) == names{all[1]});
  CHECK(f.call("GET", "/users/@me/guilds").body[0].contains("approximate_member_count") == false);
  CHECK(f.call("GET", "/users/@me/guilds?with_counts=true").body[0]["approximate_member_count"] == 3);

  const auto message = f.say("topic");
  f.call("POST", f.channel("/messages/") + message.str() + "/threads", R"({"name":"talk"})");
  const std::string members = "/channels/" + message.str() + "/thread-members";
  f.call("PUT", members + "/" + f.bob.str());
  f.call("PUT", members + "/" + f.alice.str());
  const auto page = f.call("GET", members + "?with_member=true&limit=2");
  REQUIRE(page.body.size() == 2);
  CHECK(page.body[0]["member"]["user"]["id"] == page.body[0]["user_id"]);
  const auto last = f.call("GET", members + "?with_member=true&limit=2&after=" + page.body[1]["user_id"].get<std::string>());
  REQUIRE(last.body.size() == 1);
  CHECK(last.body[0]["user_id"].get<std::string>() > page.body[1]["user_id"].get<std::string>());
  CHECK(f.call("GET", members).body.size() == 3);
  CHECK_FALSE(f.call("GET", members).body[0].contains("member"));
  CHECK(f.call("GET", members + "/" + f.bob.str() + "?with_member=true").body["member"]["user"]["id"] == f.bob.str());
  CHECK(f.violations().empty());
}
