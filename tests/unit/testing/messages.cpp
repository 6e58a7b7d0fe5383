// SPDX-License-Identifier: MIT
// Messages as they are made, changed and answered with: what a request brings, what the message had, what is refused.
#include <string>

#include "support/catch.hpp"
#include "unit/testing/brain_fixture.hpp"

using namespace monochord;
using namespace monochord::testing;
using namespace std::chrono_literals;

namespace {

struct talking : brain_fixture {
  /// Every call has the limits to itself.
  answer call(std::string method, const std::string& path, std::string_view body = {}) {
    clock->advance(1s);
    return request(std::move(method), path, body);
  }
  /// The same with files as their parts are named, and their content.
  answer upload(std::string method, const std::string& path, std::string_view payload, std::initializer_list<std::string> files) {
    clock->advance(1s);
    net::http_request request(std::move(method), "/api/v10" + path);
    request.headers.add("User-Agent", "DiscordBot (https://example.org, 1.0)");
    request.headers.add("Authorization", "Bot " + std::string(default_mock_token));
    request.headers.add("Content-Type", "multipart/form-data; boundary=b");
    request.body = "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n" + std::string(payload);
    std::size_t number = 0;
    for (const auto& content : files) {
      const std::string n = std::to_string(number++);
      request.body += "\r\n--b\r\nContent-Disposition: form-data; name=\"files[" + n + "]\"; filename=\"" + n + ".txt\"\r\n\r\n" + content;
    }
    request.body += "\r\n--b--\r\n";
    return send(request);
  }
  answer post(std::string_view body) { return call("POST", messages_path(), body); }
  std::string path_of(const answer& message) const { return messages_path() + "/" + message.body["id"].get<std::string>(); }
  role_id allow(std::uint64_t permissions) {
    return mind->with([&](mock_state& state, gateway& gate, rest&) {
      const auto role = acts::add_role(state, gate, home, "allowed", permissions);
      acts::give_role(state, gate, home, user_id{state.world.bot}, role);
      return role;
    });
  }
};

}  // namespace

TEST_CASE("an interaction whose channel was deleted is answered with Unknown Channel, also later") {
  talking f;
  const auto link = f.session();
  f.allow(8);
  f.call("PUT", "/applications/" + f.application + "/commands", R"([{"name":"roll","description":"d"}])");
  const auto slash = [&](channel_id where) {
    const auto id = f.mind->with(
        [&](mock_state& state, gateway& gate, rest&) { return acts::slash(state, gate, f.alice, where, "roll", {}); });
    return std::pair{id, f.take(*link).back()["d"]["token"].get<std::string>()};
  };
  const auto callback = [](const auto& of) { return "/interactions/" + of.first.str() + "/" + of.second + "/callback"; };
  const auto answered = slash(f.general);
  CHECK(f.call("POST", callback(answered), R"({"type":5})").status == 204);
  const auto open = slash(f.general);
  CHECK(f.call("DELETE", "/channels/" + f.general.str()).status == 200);
  CHECK(f.request("POST", callback(open), R"({"type":4,"data":{"content":"4"}})").code() == 10003);
  CHECK(f.request("POST", callback(open), R"({"type":5})").code() == 10003);  // not taken as answered
  const auto hook = "/webhooks/" + f.application + "/" + answered.second;
  CHECK(f.call("POST", hook, R"({"content":"more"})").code() == 10003);
  CHECK(f.call("PATCH", hook + "/messages/@original", R"({"content":"more"})").code() == 10008);
  CHECK(f.violations().empty());
}

TEST_CASE("an edit keeps the attachments that it names, whole, and refuses those that the message never had") {
  talking f;
  const auto sent = f.upload("POST", f.messages_path(), R"({"content":"files","attachments":[{"id":1,"description":"second"}]})", {"a", "bb"});
  REQUIRE(sent.status == 200);
  const json first = sent.body["attachments"][0];
  const json second = sent.body["attachments"][1];
  CHECK(second["description"] == "second");
  const auto path = f.path_of(sent);

  const auto kept = f.call("PATCH", path, R"({"attachments":[{"id":")" + second["id"].get<std::string>() + R"(","description":"renamed"}]})");
  REQUIRE(kept.body["attachments"].size() == 1);
  json renamed = second;
  renamed["description"] = "renamed";
  CHECK(kept.body["attachments"][0] == renamed);  // name, size and address are still there
  CHECK(f.call("PATCH", path, R"({"content":"edited"})").body["attachments"] == kept.body["attachments"]);

  const auto more = f.upload("PATCH", path, R"({"attachments":[{"id":")" + second["id"].get<std::string>() + R"("},{"id":0,"description":"new"}]})", {"ccc"});
  REQUIRE(more.body["attachments"].size() == 2);
  CHECK(more.body["attachments"][0] == renamed);
  CHECK(more.body["attachments"][1]["size"] == 3);
  CHECK(more.body["attachments"][1]["description"] == "new");
  CHECK(f.upload("PATCH", path, R"({"content":"and another"})", {"d"}).body["attachments"].size() == 3);
  CHECK(f.violations().empty());

  const auto gone = f.call("PATCH", path, R"({"attachments":[{"id":")" + first["id"].get<std::string>() + R"("}]})");
  CHECK(gone.code() == 50035);
  CHECK(gone.body["errors"]["attachments"]["0"]["id"]["_errors"][0]["code"] == "MODEL_VALUE_INVALID_FILE");
  CHECK(f.call("PATCH", path, R"({"attachments":[{"id":7}]})").code() == 50035);
  CHECK(f.post(R"({"content":"x","attachments":[{"id":")" + second["id"].get<std::string>() + R"("}]})").code() == 50035);
  CHECK(f.call("PATCH", path, R"({"attachments":[]})").body["attachments"].empty());
}

TEST_CASE("a message is forwarded from another channel, with a snapshot of what it was") {
  talking f;
  const auto link = f.session();
  const auto other = f.mind->with(
      [&](mock_state& state, gateway& gate, rest&) { return acts::add_text_channel(state, gate, f.home, "other"); });
  const auto there = "/channels/" + other.str() + "/messages";
  const auto said = f.say("look at this");
  f.take(*link);
  const auto reference = [&](const std::string& channel, const std::string& message) {
    return R"({"message_reference":{"type":1,"message_id":")" + message + "\"" + (channel.empty() ? "" : R"(,"channel_id":")" + channel + "\"") + "}}";
  };
  const auto sent = f.call("POST", there, reference(f.general.str(), said.str()));
  REQUIRE(sent.status == 200);
  CHECK(sent.body["type"] == 0);
  CHECK(sent.body["flags"] == 1 << 14);
  CHECK(sent.body["content"] == "");
  CHECK(sent.body["message_reference"] ==
        json{{"type", 1}, {"channel_id", f.general.str()}, {"message_id", said.str()}, {"guild_id", f.home.str()}});
  CHECK(sent.body["message_snapshots"][0]["message"]["content"] == "look at this");
  CHECK_FALSE(sent.body["message_snapshots"][0]["message"].contains("id"));
  CHECK_FALSE(sent.body.contains("referenced_message"));
  CHECK(f.take(*link).at(0)["d"]["message_snapshots"] == sent.body["message_snapshots"]);
  const auto on = f.post(reference(other.str(), sent.body["id"]));
  CHECK(on.body["message_snapshots"] == sent.body["message_snapshots"]);
  CHECK(f.post(reference(other.str(), "5")).body["errors"].contains("message_reference"));
  CHECK(f.violations().empty());
  CHECK(f.post(reference("", said.str())).body["errors"]["message_reference"].contains("channel_id"));
  CHECK(f.post(reference("77", said.str())).code() == 10003);
}

TEST_CASE("polls and stickers of a request are in its message") {
  talking f;
  const auto sent = f.post(
      R"({"poll":{"question":{"text":"tea?"},"answers":[{"poll_media":{"text":"yes"}},{"poll_media":{"text":"no","emoji":{"name":"x"}}}],"duration":2},"sticker_ids":["816087792291282944"]})");
  REQUIRE(sent.status == 200);
  const json& poll = sent.body["poll"];
  CHECK(poll["question"] == json{{"text", "tea?"}});
  CHECK(poll["answers"][1]["answer_id"] == 2);
  CHECK(poll["answers"][1]["poll_media"]["emoji"]["name"] == "x");
  CHECK(poll["layout_type"] == 1);
  CHECK(poll["allow_multiselect"] == false);
  CHECK(poll["results"]["is_finalized"] == false);
  CHECK(poll["expiry"].get<std::string>() > sent.body["timestamp"].get<std::string>());
  CHECK(sent.body["sticker_items"] == json::array({{{"id", "816087792291282944"}, {"name", "sticker"}, {"format_type", 1}}}));
  CHECK(f.violations().empty());
}

TEST_CASE("values that only the documentation names are taken: media channels, activities, premium") {
  talking f;
  const auto link = f.session();
  f.allow(8);
  const auto media = f.call("POST", "/guilds/" + f.home.str() + "/channels", R"({"name":"pictures","type":16})");
  CHECK(media.status == 201);
  CHECK(media.body["type"] == 16);
  f.call("PUT", "/applications/" + f.application + "/commands", R"([{"name":"play","description":"d"}])");
  for (const int type : {10, 12}) {
    f.take(*link);
    const auto id = f.mind->with(
        [&](mock_state& state, gateway& gate, rest&) { return acts::slash(state, gate, f.alice, f.general, "play", {}); });
    const auto token = f.take(*link).at(0)["d"]["token"].get<std::string>();
    const auto answered = f.call("POST", "/interactions/" + id.str() + "/" + token + "/callback?with_response=true",
                                 R"({"type":)" + std::to_string(type) + "}");
    CHECK(answered.status == 200);
    CHECK(answered.body["resource"]["type"] == type);
    CHECK(answered.body["resource"].contains("activity_instance") == (type == 12));
  }
  CHECK(f.violations().empty());
}

TEST_CASE("an edit is held to the rules of the message that it makes") {
  talking f;
  const auto code = [](const brain_fixture::answer& from) { return from.body["errors"].begin().key(); };
  const auto modern = f.post(R"({"flags":32768,"components":[{"type":10,"content":"text"}]})");
  REQUIRE(modern.status == 200);
  const auto path = f.path_of(modern);
  CHECK(code(f.call("PATCH", path, R"({"content":"legacy"})")) == "content");
  CHECK(code(f.call("PATCH", path, R"({"flags":4})")) == "flags");
  CHECK(f.call("PATCH", path, R"({"components":[]})").code() == 50006);
  CHECK(f.violations() == names{"invalid_body", "invalid_body", "invalid_body"});
  f.mind->with([](mock_state& state, gateway&, rest&) { state.violations.clear(); });
  CHECK(f.call("PATCH", path, R"({"components":[{"type":10,"content":"other"}]})").body["flags"] == 32768);
  CHECK(f.call("PATCH", path, R"({"flags":32772})").body["flags"] == 32772);

  const auto legacy = f.post(R"({"content":"a","embeds":[{"title":"t"}]})");
  const auto there = f.path_of(legacy);
  CHECK(f.call("PATCH", there, R"({"content":null})").body["content"] == "");
  CHECK(f.violations().empty());
  CHECK(f.call("PATCH", there, R"({"embeds":[]})").code() == 50006);
  CHECK(code(f.call("PATCH", there, R"({"components":[{"type":10,"content":"text"}]})")) == "components");
  CHECK(code(f.call("PATCH", there, R"({"flags":32768,"components":[{"type":10,"content":"text"}]})")) == "embeds");
  CHECK(f.call("PATCH", there, R"({"flags":32768,"embeds":null,"components":[{"type":10,"content":"text"}]})").status == 200);
  const auto file = f.upload("POST", f.messages_path(), "{}", {"a"});
  CHECK(f.call("PATCH", f.path_of(file), R"({"content":""})").status == 200);
  CHECK(f.call("PATCH", f.path_of(file), R"({"attachments":[]})").code() == 50006);
}

TEST_CASE("an edit leaves alone the flags that are Discord's") {
  talking f;
  const auto link = f.session();
  f.call("PUT", "/applications/" + f.application + "/commands", R"([{"name":"roll","description":"d"}])");
  const auto id = f.mind->with(
      [&](mock_state& state, gateway& gate, rest&) { return acts::slash(state, gate, f.alice, f.general, "roll", {}); });
  const auto token = f.take(*link).at(0)["d"]["token"].get<std::string>();
  f.call("POST", "/interactions/" + id.str() + "/" + token + "/callback", R"({"type":5,"data":{"flags":64}})");
  const auto original = "/webhooks/" + f.application + "/" + token + "/messages/@original";
  CHECK(f.call("GET", original).body["flags"] == (64 | 128));
  CHECK(f.call("PATCH", original, R"({"content":"psst","flags":4})").body["flags"] == (64 | 4));
  CHECK(f.violations().empty());
}

TEST_CASE("the reactions of others are taken away with MANAGE_MESSAGES only") {
  talking f;
  const auto link = f.session(1U << 10);
  const auto reactions = f.messages_path() + "/" + f.say("hi").str() + "/reactions";
  const auto fire = reactions + "/%F0%9F%94%A5/";
  const auto react = [&] {
    f.mind->with([&](mock_state& state, gateway& gate, rest&) {
      auto& place = state.world.channels.at(f.general.value());
      change_reaction_of(state.world, gate, place, place.messages.rbegin()->second, f.alice.value(), "🔥", true);
    });
  };
  react();
  f.call("PUT", fire + "@me");
  CHECK(f.call("DELETE", fire + f.application).status == 204);  // its own, by its id
  CHECK(f.call("DELETE", fire + f.alice.str()).code() == 50013);
  CHECK(f.call("DELETE", reactions).code() == 50013);
  CHECK(f.violations() == names{"forbidden", "forbidden"});
  f.allow(1U << 13);
  CHECK(f.call("DELETE", fire + f.alice.str()).status == 204);
  react();
  CHECK(f.call("DELETE", reactions).status == 204);
  CHECK(f.names(*link) == names{"MESSAGE_REACTION_ADD", "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE",
                                "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE_ALL"});
}
