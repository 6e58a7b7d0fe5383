// SPDX-License-Identifier: MIT
#include "client/rest_learner.hpp"

#include <algorithm>
#include <monochord/core/error.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/message.hpp>
#include <utility>

namespace monochord {
namespace {

guild_id guild_of(const protocol::path_parameters& parameters) {
  return parameters.empty() ? guild_id() : guild_id::parse(parameters.front());
}

/// What is told of whole things, and of things of the guild that the route begins with.
template <class T>
void learn(cache& to, const protocol::path_parameters&, const T& what) {
  to.learn(what);
}
void learn(cache& to, const protocol::path_parameters& parameters, const member& what) {
  to.learn(guild_of(parameters), what);
}
void learn(cache& to, const protocol::path_parameters& parameters, const role& what) {
  to.learn(guild_of(parameters), what);
}

template <class T>
void one(cache& to, const protocol::path_parameters& parameters, std::string_view body) {
  learn(to, parameters, json::decode<T>(body));
}
template <class T>
void all(cache& to, const protocol::path_parameters& parameters, std::string_view body) {
  for (const T& what : json::decode<std::vector<T>>(body)) learn(to, parameters, what);
}

struct lesson {
  std::string_view path;
  void (*get)(cache&, const protocol::path_parameters&, std::string_view);  // what GET answers
  void (*change)(cache&, const protocol::path_parameters&,
                 std::string_view);  // what POST, PUT and PATCH answer; null: nothing
};
constexpr lesson lessons[] = {
    {"/channels/{channel_id}", one<channel>, one<channel>},
    {"/channels/{channel_id}/messages", all<message>, one<message>},
    {"/channels/{channel_id}/messages/{message_id}", one<message>, one<message>},
    {"/guilds/{guild_id}", one<guild>, one<guild>},
    {"/guilds/{guild_id}/channels", all<channel>, one<channel>},
    {"/guilds/{guild_id}/members", all<member>, nullptr},
    {"/guilds/{guild_id}/members/search", all<member>, nullptr},
    {"/guilds/{guild_id}/members/{user_id}", one<member>, one<member>},
    {"/guilds/{guild_id}/roles", all<role>, one<role>},
    {"/guilds/{guild_id}/roles/{role_id}", one<role>, one<role>},
    {"/users/@me", one<user>, one<user>},
    {"/users/{user_id}", one<user>, nullptr},
};

}  // namespace

std::function<void(const protocol::route&, const protocol::path_parameters&, std::string_view)> rest_learner(
    std::shared_ptr<cache> to) {
  return [to = std::move(to)](const protocol::route& route, const protocol::path_parameters& parameters,
                              std::string_view body) {
    const auto* const found =
        std::find_if(std::begin(lessons), std::end(lessons), [&](const lesson& l) { return l.path == route.path; });
    if (found == std::end(lessons) || route.verb == protocol::method::del || body.empty()) return;
    const auto take = route.verb == protocol::method::get ? found->get : found->change;
    if (!take) return;
    try {
      take(*to, parameters, body);
    } catch (const error&) {  // the caller is told, who decodes the same text
    }
  };
}

}  // namespace monochord
