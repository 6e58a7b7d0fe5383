// SPDX-License-Identifier: MIT
// What tests read of the requests afterwards. No token is written down.
#include <algorithm>
#include <array>
#include <optional>

#include "testing/query.hpp"
#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

bool is_secret(std::string_view field) {
  return field.ends_with("token") || field.ends_with("tokens") || field.ends_with("secret") || field == "code";
}

/// A body with its secrets blanked; nothing when it has none.
std::optional<json> without_secrets(const json& body) {
  std::optional<json> blanked;
  if (!body.is_object()) return blanked;
  for (const auto& [name, value] : body.items()) {
    if (!is_secret(name) || value.is_null()) continue;
    if (!blanked) blanked = body;
    (*blanked)[name] = "...";
  }
  return blanked;
}

bool same_word(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

/// The path of a target that may have no route: what stands where a webhook or an interaction has its token is blanked.
std::string path_without_tokens(std::string_view path) {
  std::string out;
  int since_noun = 0;  // segments behind "webhooks" or "interactions": its id, its token
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find('/', start), path.size());
    const auto segment = path.substr(start, end - start);
    out += start == 0 ? "" : "/";
    if (since_noun == 2) out += "...";
    else out += segment;
    if (same_word(segment, "webhooks") || same_word(segment, "interactions")) since_noun = 1;
    else if (since_noun != 0 && !segment.empty()) ++since_noun;
    start = end + 1;
  }
  return out;
}

}  // namespace

void rest::begin_entry(const net::http_request& request) {
  entry_ = {};
  entry_.number = ++state_.counters.requests;
  entry_.when = state_.now();
  entry_.method = request.method;
  entry_.path = path_without_tokens(std::string_view(request.target).substr(0, request.target.find('?')));
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
  const auto blanked = without_secrets(what.body);
  if (entry_.content_type == "application/json") {
    entry_.body = blanked ? dump(*blanked) : request.body;
    return;
  }
  json form = blanked.value_or(what.body);
  for (const auto& file : what.files) form.erase(file.part);
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
