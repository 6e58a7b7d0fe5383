// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <monochord/core/optional.hpp>
#include <monochord/core/task.hpp>
#include <monochord/rest/rest.hpp>

#include "json/table.hpp"

// Which route of Discord's is which call of ours: the rows stand in routes_channels.cpp,
// routes_nouns.cpp and routes_guilds.cpp.
namespace monochord::tests {

using table_of_model = const json::table& (*)() noexcept;
using route_call = task<> (*)(rest_client& rest);

/// One route. Bodies, queries and the answer are given by their types, whose tables tell which fields they have; of a list
/// it is the type of its items.
struct typed_route {
  std::string_view operation;  ///< as routes.json has it; `POST /oauth2/token` of those that are in the documentation only
  std::vector<table_of_model> bodies;   ///< one for each form that the body may have
  std::vector<table_of_model> queries;
  std::vector<table_of_model> answers;  ///< none: no JSON
  std::vector<route_call> calls;        ///< each must reach the route, at least one for each overload that differs
  std::vector<route_call> other_calls = {};  ///< the same route by another name, of which Discord gives the first answer only
  bool any_body = false;                ///< the body is JSON text of the caller's
};

#define CALL(...) [](::monochord::rest_client& rest) { return ::monochord::tests::asked(rest.__VA_ARGS__); }

template <class... T>
std::vector<table_of_model> body() {
  return {&json::table_of<T>...};
}
template <class... T>
std::vector<table_of_model> query() {
  return {&json::table_of<T>...};
}
template <class... T>
std::vector<table_of_model> answer() {
  return {&json::table_of<T>...};
}

/// Awaits a call for what it does and for its answer being read: `return asked(rest.get_channel(some::channel));`
template <class T>
task<> asked(task<T> call) {
  [[maybe_unused]] const T answer = co_await std::move(call);
}
inline task<> asked(task<> call) { return call; }

/// Ids to call with. They are of nothing: the answers come from the schema.
namespace some {
inline application_id client;  // of the mock, which knows no other; set by the test
inline constexpr application_id application{110000000000000001};
inline constexpr guild_id guild{110000000000000002};
inline constexpr channel_id channel{110000000000000003};
inline constexpr message_id message{110000000000000004};
inline constexpr user_id user{110000000000000005};
inline constexpr role_id role{110000000000000006};
inline constexpr emoji_id emoji{110000000000000007};
inline constexpr sticker_id sticker{110000000000000008};
inline constexpr webhook_id webhook{110000000000000009};
inline constexpr command_id command{110000000000000011};
inline constexpr interaction_id interaction{110000000000000012};
inline constexpr lobby_id lobby{110000000000000013};
inline constexpr sku_id sku{110000000000000014};
inline constexpr subscription_id subscription{110000000000000015};
inline constexpr entitlement_id entitlement{110000000000000016};
inline constexpr soundboard_sound_id sound{110000000000000017};
inline constexpr sticker_pack_id pack{110000000000000018};
inline constexpr forum_tag_id tag{110000000000000019};
inline constexpr scheduled_event_id event{110000000000000020};
inline constexpr any_id anything{110000000000000010};
inline constexpr std::string_view bearer = "mock-access-token";   // testing::default_mock_bearer
inline constexpr std::string_view secret = "mock-client-secret";  // testing::default_mock_secret
inline constexpr std::string_view image = "data:image/png;base64,iVBORw0KGgo=";
inline constexpr std::string_view token = "token-of-a-webhook";
}  // namespace some

/// Fields that cannot be said or read, as `coverage::missing` names them, and why.
using route_exceptions = std::map<std::string, std::string>;

std::vector<typed_route> routes_of_channels();
std::vector<typed_route> routes_of_nouns();
route_exceptions exceptions_of_nouns();
std::vector<typed_route> routes_of_guilds();
route_exceptions exceptions_of_guilds();

inline std::vector<typed_route> typed_routes() {
  auto all = routes_of_channels();
  for (auto& one : routes_of_nouns()) all.push_back(std::move(one));
  for (auto& one : routes_of_guilds()) all.push_back(std::move(one));
  return all;
}

}  // namespace monochord::tests
