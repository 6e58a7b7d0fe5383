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
