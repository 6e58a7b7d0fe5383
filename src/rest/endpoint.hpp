// SPDX-License-Identifier: MIT
#pragma once

// What the one line of each endpoint is made of: what comes back (`decoded<T>`, `done`, `bytes`), of a call that is made
// from a route, the caller's options and the path parameters (`make`) and what goes along (`with`, `asking`: both give back the
// very call that they are given).
#include <concepts>
#include <exception>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <monochord/json/codec.hpp>
#include <monochord/json/limits.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/rest/call_options.hpp>
#include <monochord/rest/rest.hpp>
#include "json/query.hpp"
#include "rest/mentions.hpp"
#include "rest/multipart.hpp"
#include "rest/queue.hpp"

namespace monochord::rest {

using protocol::method;
using protocol::route;

/// Lets the groups of routes at their client's queue.
struct access {
  static const std::shared_ptr<queue>& queue_of(const rest_client& client) { return client.queue_; }
};

/// The queue of the client that a group of routes is part of.
template <class Group>
const std::shared_ptr<queue>& queue_of(const Group& group) {
  return access::queue_of(static_cast<const rest_client&>(group));
}

inline void add_parameter(protocol::path_parameters& to, std::string_view text) { to.add(text); }
template <class Tag>
void add_parameter(protocol::path_parameters& to, const monochord::id<Tag>& which) {
  to.add_number(which.value());
}
template <std::integral T>
void add_parameter(protocol::path_parameters& to, T number) {
  to.add_number(number);
}

void apply(const call_options& options, call& to);
/// Its text, if it has one, and its files.
void put(encoded_body&& body, call& into);

/// A call without a body: `make(route, options, channel, message)`.
template <class... Parameters>
call make(const route& which, const call_options& options, const Parameters&... parameters) {
  call made(which);
  (add_parameter(made.parameters, parameters), ...);
  apply(options, made);
  return made;
}

/// Puts a JSON body in, and files beside it where the body has some; a message that does not say whom it notifies says
/// what the client says. A body over Discord's limits is refused when the call is awaited, like everything else that can go
/// wrong with it.
template <class Body>
call&& with(const std::shared_ptr<queue>& queue, call&& made, const Body& given) {
  try {
    const mentions notified(queue->default_mentions(), made.route.path.starts_with("/channels/"));
    const auto& body = notified.in(given);
    json::check_limits(body, queue->body_limits());
    if (files_of(body).empty()) [[likely]] {
      write_text(made.body, body);
      made.content_type = "application/json";
    } else {
      put(rest::encode(body), made);
    }
  } catch (const error&) {
    made.make_rare().refused = std::current_exception();
  }
  return std::move(made);
}

/// Adds the members of a query struct to the path.
template <class Query>
call&& asking(const std::shared_ptr<queue>& queue, call&& made, const Query& query) {
  try {
    json::check_limits(query, queue->body_limits());
    made.make_rare().query = json::encode_query(query);
  } catch (const error&) {
    made.make_rare().refused = std::current_exception();
  }
  return std::move(made);
}

/// Form-encoded, as OAuth2 wants it.
template <class Body>
call with_form(call made, const Body& body) {
  made.content_type = "application/x-www-form-urlencoded";
  made.body = json::encode_form(body);
  return made;
}

/// JSON text of the caller's own, as it is.
call with_json(call made, std::string_view json);
/// An object of texts, of which Discord takes so many at most.
call with_map(const std::shared_ptr<queue>& queue, call made, const text_map& map, std::size_t most);
/// A file in a part of its own name; beside the JSON that is there already.
call with_one_file(call made, std::string_view part, const file_body& file);
/// Its body holds `secrets`, which no error may repeat, whatever the answer does. Empty ones are none.
call holding(call made, std::initializer_list<std::string_view> secrets);
/// Sent without an Authorization header.
call without_authorization(call made);
/// The options of a call that a user's access token is for.
call_options as(std::string_view bearer_token, call_options options);

task<answer> send_and_learn(std::shared_ptr<queue> queue, call made);
/// Sends it. Throws what the queue throws, and what was found when the call was made.
inline task<answer> send(const std::shared_ptr<queue>& queue, call&& made) {
  if (queue->learner()) [[unlikely]] return send_and_learn(queue, std::move(made));
  return queue->send(std::move(made));
}

/// Becomes the model that it holds the text of: there where the model is kept, which moves no large one about.
struct to_be_decoded {
  const std::string& text;
  template <class T>
  operator T() const {
    return json::decode<T>(json::padded_text(text.data(), text.size(), text.capacity()));
  }
};
/// Keeps nothing of the call: that is with the queue.
template <class T>
task<T> decoded_from(task<answer> sent) {
  const answer got = co_await std::move(sent);
  co_return to_be_decoded{got.body};
}
/// The answer is one model, or a std::vector of one.
template <class T>
task<T> decoded(const std::shared_ptr<queue>& queue, call&& made) {
  return decoded_from<T>(send(queue, std::move(made)));
}
/// The answer is one model, or nothing: 204, or JSON's null.
template <class T>
task<optional<T>> decoded_or_nothing(std::shared_ptr<queue> queue, call made) {
  const answer got = co_await send(queue, std::move(made));
  if (got.status == 204 || got.body.empty() || got.body == "null") co_return optional<T>();
  co_return optional<T>(static_cast<T>(to_be_decoded{got.body}));
}
/// The answer has no body, or one that says nothing.
task<> done(std::shared_ptr<queue> queue, call made);
/// The answer's bytes: an image, CSV.
task<std::string> bytes(std::shared_ptr<queue> queue, call made);

}  // namespace monochord::rest
