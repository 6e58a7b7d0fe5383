// SPDX-License-Identifier: MIT
#include <monochord/rest/rest.hpp>

#include <algorithm>
#include <array>

#include <monochord/rest/counters.hpp>

#include "rest/endpoint.hpp"

namespace monochord {

namespace {

protocol::method verb_of(std::string_view name) {
  using protocol::method;
  for (const method verb : std::array{method::get, method::post, method::put, method::patch, method::del})
    if (protocol::name(verb) == name) return verb;
  throw error(errc::invalid_argument, "a method is one of GET, POST, PUT, PATCH and DELETE");
}

/// Refuses what would not be one path of the API: spaces and line ends, braces (which mark parameters), steps upwards.
/// What it holds is not said, since it may hold a token.
void check_path(std::string_view path) {
  const auto plain = [](char c) { return c > ' ' && c <= '~' && c != '{' && c != '}' && c != '#'; };
  if (!std::all_of(path.begin(), path.end(), plain))
    throw error(errc::invalid_argument, "a path of the API is percent-encoded");
  path = path.substr(0, path.find('?'));
  for (std::size_t at = 0; at < path.size();) {
    const auto end = std::min(path.find('/', at + 1), path.size());
    const auto segment = path.substr(at + 1, end - at - 1);
    if (segment.empty() || segment == "." || segment == "..")
      throw error(errc::invalid_argument, "a path of the API has no empty segment, \".\" or \"..\"");
    at = end;
  }
}

}  // namespace

task<std::string> rest_client::request(std::string_view method, std::string_view path, std::string_view json,
                                       const call_options& options) {
  using namespace rest;
  call made({protocol::method::get, "/"});
  try {
    check_path(path);
    const auto query = std::min(path.find('?'), path.size());
    made = call::to(verb_of(method), path.substr(0, query));
    made.make_rare().query = std::string(path.substr(query));
    apply(options, made);
    if (!json.empty()) made = with_json(std::move(made), json);
  } catch (const error&) {
    made.make_rare().refused = std::current_exception();
  }
  return bytes(queue_, std::move(made));
}

task<rest_counters> rest_client::counters() const { return queue_->counters(); }

}  // namespace monochord
