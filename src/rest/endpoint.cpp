// SPDX-License-Identifier: MIT
#include "rest/endpoint.hpp"

#include <exception>

namespace monochord::rest {

void apply(const call_options& options, call& to) {
  if (!options.reason.empty()) to.make_rare().reason = std::string(options.reason);
  if (!options.bearer_token.empty()) to.make_rare().authorization = authorization::bearer(std::string(options.bearer_token));
  if (options.timeout) to.make_rare().timeout = *options.timeout;
  if (options.priority == call_priority::low) to.priority = protocol::priority::low;
  to.unordered = options.unordered;
}

void put(encoded_body&& body, call& into) {
  into.content_type = body.content_type;
  into.body = std::move(body.text);
  if (body.source) into.make_rare().source = std::move(body.source);
}

call with_json(call made, std::string_view json) {
  made.content_type = "application/json";
  made.body = std::string(json);
  return made;
}

call with_map(const std::shared_ptr<queue>& queue, call made, const text_map& map, std::size_t most) {
  if (queue->body_limits() != limit_checks::off && map.size() > most) {
    made.make_rare().refused = std::make_exception_ptr(
        limit_error("metadata", std::to_string(map.size()) + " entries, Discord takes at most " + std::to_string(most)));
    return made;
  }
  json::encode_to(made.body, map);
  made.content_type = "application/json";
  return made;
}

call with_one_file(call made, std::string_view part, const file_body& file) {
  try {
    put(with_file(std::move(made.body), part, file), made);
  } catch (const error&) {
    made.make_rare().refused = std::current_exception();
  }
  return made;
}

call holding(call made, std::initializer_list<std::string_view> secrets) {
  made.make_rare().secrets.assign(secrets.begin(), secrets.end());
  return made;
}

call without_authorization(call made) {
  made.make_rare().authorization = authorization::none();
  return made;
}

call_options as(std::string_view bearer_token, call_options options) {
  options.bearer_token = bearer_token;
  return options;
}

task<answer> send_and_learn(std::shared_ptr<queue> queue, call made) {
  const auto route = made.route;
  // Where that of the route may be, longer than the call lives.
  const auto path = made.rare() ? made.rare()->owned_path : nullptr;
  const auto parameters = made.parameters;
  answer got = co_await queue->send(std::move(made));
  queue->learner()(route, parameters, got.body);
  co_return got;
}

task<> done(std::shared_ptr<queue> queue, call made) { co_await send(queue, std::move(made)); }

task<std::string> bytes(std::shared_ptr<queue> queue, call made) {
  answer got = co_await send(queue, std::move(made));
  co_return std::move(got.body);
}

}  // namespace monochord::rest
