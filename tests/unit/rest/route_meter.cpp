// SPDX-License-Identifier: MIT
// What is counted of routes: few labels, and never an id.
#include "rest/route_meter.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "rest/call.hpp"
#include "support/catch.hpp"

namespace monochord::rest {

using namespace std::chrono_literals;
using protocol::method;

TEST_CASE("routes are counted by their templates, by status and by time") {
  route_meter all;
  const protocol::route post{method::post, "/channels/{channel_id}/messages"};
  const protocol::route get{method::get, "/channels/{channel_id}/messages"};
  all.sent(post, 200, 20ms);
  all.sent(post, 200, 40ms);
  all.sent(post, 429, 1ms);
  all.sent(get, 0, 2s);
  const auto seen = all.look();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].verb == "GET");
  CHECK(seen[0].statuses == std::vector<std::pair<std::string_view, std::uint64_t>>{{"none", 1}});
  CHECK(seen[1].verb == "POST");
  CHECK(seen[1].path == "/channels/{channel_id}/messages");
  CHECK(seen[1].statuses == std::vector<std::pair<std::string_view, std::uint64_t>>{{"200", 2}, {"429", 1}});
  CHECK(seen[1].times.count() == 3);
  CHECK(seen[1].times.sum == 61ms);
}

TEST_CASE("whatever paths and statuses there are, routes and labels are few, and none holds what a caller wrote") {
  route_meter all;
  std::set<std::string_view> statuses;
  for (int i = 0; i < 5000; ++i) {
    const auto made = call::to(
        method::get, "/new/" + std::to_string(175928847299117063 + i) + "/thing" + std::to_string(i) + "?token=secret");
    all.sent(made.route, i % 1100, 1ms);
  }
  const auto seen = all.look();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].path == "other");
  CHECK(seen[0].times.count() == 5000);
  CHECK(seen[0].statuses.size() <= 32);
  for (int status = -5; status < 2000; ++status) statuses.insert(route_meter::name_of(status));
  CHECK(statuses.size() <= 32);
  CHECK(route_meter::name_of(204) == "204");
  CHECK(route_meter::name_of(418) == "4xx");
  CHECK(route_meter::name_of(599) == "5xx");
  CHECK(route_meter::name_of(-1) == "other");
}

TEST_CASE("a path that is written out is counted under the template that Monochord has for it") {
  route_meter all;
  all.sent(call::to(method::get, "/channels/175928847299117063/messages/175928847299117064").route, 200, 1ms);
  const auto seen = all.look();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].path == "/channels/{channel_id}/messages/{message_id}");
}

}  // namespace monochord::rest
