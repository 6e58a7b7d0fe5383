// SPDX-License-Identifier: MIT
// What tests read of the requests afterwards. No token is written down.
#include <array>

#include "testing/query.hpp"
#include "testing/rest.hpp"

namespace monochord::testing {

void rest::begin_entry(const net::http_request& request) {
  entry_ = {};
  entry_.number = ++state_.counters.requests;
  entry_.when = state_.now();
  entry_.method = request.method;
  entry_.path = std::string(request.target.substr(0, request.target.find('?')));
  const std::string_view authorization = request.headers.get("Authorization");
  for (const std::string_view scheme : std::array<std::string_view, 3>{"Bot", "Bearer", "Basic"})
    if (authorization.starts_with(scheme)) entry_.authorization = scheme;
  const std::string_view type = request.headers.get("Content-Type");
  entry_.content_type = type.substr(0, type.find(';'));
  entry_.audit_log_reason = percent_decode(request.headers.get("X-Audit-Log-Reason"), false);
}

void rest::describe_entry(const call& what) {
  entry_.path = what.route->path;
  entry_.operation = what.route->operation;
  entry_.query = what.query;
  for (const auto& [name, value] : what.params) entry_.params[name] = name.ends_with("_token") ? "..." : value;
}

void rest::describe_body(const net::http_request& request, const call& what) {
  entry_.files = what.files;
  if (request.body.empty()) return;
  if (entry_.content_type == "application/json") {
    entry_.body = request.body;
    return;
  }
  json form = what.body;
  for (const auto& file : what.files) form.erase(file.part);
  for (const char* secret : {"client_secret", "token", "refresh_token", "code"})
    if (form.contains(secret)) form[secret] = "...";
  entry_.body = dump(form);
}

void rest::end_entry(const rest_outcome& outcome) {
  if (state_.options.rest_log_limit == 0) return;
  entry_.status = outcome.response.status;
  entry_.answered = !outcome.drop;
  state_.rest_log.push_back(std::move(entry_));
  while (state_.rest_log.size() > state_.options.rest_log_limit) state_.rest_log.pop_front();
}

}  // namespace monochord::testing
