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
std::string created(const mc::message_builder& message) {
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
