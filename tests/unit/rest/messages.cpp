// SPDX-License-Identifier: MIT
// What a message says of itself on its way to Discord.
#include <monochord/model/bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/rest/rest.hpp>

#include "queue_fixture.hpp"

using namespace monochord::tests;

namespace {

/// The body with which a message is created.
template <class Message>
std::string created(const Message& message) {
  queue_fixture f;
  mc::rest_client rest(f.queue);
  f.sim.run(mc::as_result(rest.create_message(mc::channel_id{1}, message)));  // the answer is no message
  REQUIRE(f.requests.size() == 1);
  return f.requests[0].body;
}

}  // namespace

TEST_CASE("a nonce is enforced unless its message says that it shall not be") {
  CHECK(created(mc::message_builder("x").nonce("n")) == R"({"content":"x","nonce":"n","enforce_nonce":true})");
  CHECK(created(mc::message_builder("x").nonce("n", false)) == R"({"content":"x","nonce":"n","enforce_nonce":false})");
  CHECK(created(mc::message_builder("x")).find(R"("enforce_nonce":true)") != std::string::npos);
}

TEST_CASE("the kinds that a message mentions by itself leave out those of which it names some") {
  const std::vector<mc::user_id> users{mc::user_id{1}};
  const std::vector<mc::role_id> roles{mc::role_id{2}};
  const auto said = [](const mc::allowed_mentions& mentions) {
    const std::string body = created(mc::create_message_body{.allowed_mentions = mentions, .enforce_nonce = false});
    return body.substr(0, body.find(R"(,"enforce_nonce")"));
  };
  CHECK(said({.parse = mc::null}) == R"({"allowed_mentions":{"parse":["users","everyone","roles"]})");
  CHECK(said({.parse = mc::null, .users = users}) == R"({"allowed_mentions":{"parse":["everyone","roles"],"users":["1"]})");
  CHECK(said({.parse = mc::null, .roles = roles}) == R"({"allowed_mentions":{"parse":["users","everyone"],"roles":["2"]})");
  CHECK(said({.parse = mc::null, .roles = roles, .users = users}) ==
        R"({"allowed_mentions":{"parse":["everyone"],"roles":["2"],"users":["1"]})");
}
