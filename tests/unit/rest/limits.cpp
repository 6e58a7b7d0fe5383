// SPDX-License-Identifier: MIT
// Bodies over Discord's limits never reach the network, and the caller learns why when the call is awaited.
#include <monochord/core/result.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/rest/counters.hpp>
#include <monochord/rest/rest.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>

#include "rest/queue.hpp"
#include "support/catch.hpp"

namespace mc = monochord;

namespace {

/// A REST client in a world without a server: whatever it sends fails to connect.
struct lonely_client {
  explicit lonely_client(mc::limit_checks checks = mc::limit_checks::strict) {
    mc::net::http_options http;
    http.transport = network->transport();
    http.clock = sim.clock();
    mc::rest::queue_options options{.base = mc::net::url::parse("http://127.0.0.1:8080/api/v10"), .bot_token = mc::token{"secret"},
                                    .http = http, .limits = {}, .log = {}};
    options.body_limits = checks;
    queue = std::make_shared<mc::rest::queue>(sim.executor(), std::move(options));
  }
  ~lonely_client() { sim.run(queue->close()); }

  template <class T>
  std::string limit(mc::task<T> call) {
    const auto result = sim.run(mc::as_result(std::move(call)));
    const auto* error = result.template error_as<mc::limit_error>();
    return error ? error->what() : "";
  }
  std::uint64_t calls() { return sim.run(queue->counters()).calls; }

  mc::testing::simulation sim;
  std::shared_ptr<mc::testing::memory_network> network = std::make_shared<mc::testing::memory_network>();
  std::shared_ptr<mc::rest::queue> queue;
};

}  // namespace

TEST_CASE("a body over a limit is refused when its call is awaited, and is not sent") {
  lonely_client c;
  mc::rest_client rest(c.queue);
  const std::string text(2001, 'x');
  const mc::create_message_body body{.content = text};
  CHECK(c.limit(rest.create_message(mc::channel_id{1}, body)) == "content: 2001 characters, Discord takes at most 2000");
  CHECK(c.limit(rest.edit_message(mc::channel_id{1}, mc::message_id{2}, mc::message_builder(text))) ==
        "content: 2001 characters, Discord takes at most 2000");
  CHECK(c.limit(rest.create_interaction_response(mc::interaction_id{1}, "token",
                                                 {.type = mc::interaction_callback_type::channel_message_with_source,
                                                  .data = mc::response_data(body)})) ==
        "data.content: 2001 characters, Discord takes at most 2000");
  const std::vector<mc::command_builder> commands{mc::command_builder("a", "")};
  CHECK(c.limit(rest.bulk_overwrite_global_application_commands(mc::application_id{1}, commands)) ==
        "[0].description: 0 characters, Discord takes at least 1");
  CHECK(c.calls() == 0);
}

TEST_CASE("the limits of bodies can be wider, or off") {
  const std::string text(2001, 'x'), more(4001, 'x');
  for (const auto checks : {mc::limit_checks::wide, mc::limit_checks::off}) {
    lonely_client c(checks);
    mc::rest_client rest(c.queue);
    CHECK(c.limit(rest.create_message(mc::channel_id{1}, mc::message_builder(text))).empty());
    CHECK(c.limit(rest.create_message(mc::channel_id{1}, mc::message_builder(more))).empty() ==
          (checks == mc::limit_checks::off));
    CHECK(c.calls() == (checks == mc::limit_checks::off ? 2U : 1U));
  }
}
