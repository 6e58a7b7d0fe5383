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
