// SPDX-License-Identifier: MIT
#include "rest/answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <monochord/json/codec.hpp>
#include <monochord/model/api_error.hpp>

namespace monochord::rest {

namespace {

constexpr double longest_wait_seconds = 24 * 60 * 60;

/// A number of seconds with a fraction; nothing on anything that is not a sane wait.
std::optional<duration> seconds(double value) {
  if (!std::isfinite(value) || value < 0) return std::nullopt;
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(std::min(value, longest_wait_seconds)));
}

template <class T>
std::optional<T> number(std::optional<std::string_view> text) {
  T value{};
  if (!text) return std::nullopt;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

std::optional<duration> seconds(std::optional<std::string_view> text) {
  const auto value = number<double>(text);
  return value ? seconds(*value) : std::nullopt;
}

std::optional<api_error> body_of(const net::http_response& response) {
  api_error body;
  json::failure why;
  if (!json::decode_into(body, response.body, why)) return std::nullopt;
  return body;
}

}  // namespace

protocol::response_info read_limits(const net::http_response& response) {
  const auto& headers = response.headers;
  protocol::response_info info;
  info.status = response.status;
  if (const auto bucket = headers.find("X-RateLimit-Bucket")) info.bucket = std::string(*bucket);
  info.limit = number<int>(headers.find("X-RateLimit-Limit"));
  info.remaining = number<int>(headers.find("X-RateLimit-Remaining"));
  info.reset_after = seconds(headers.find("X-RateLimit-Reset-After"));
  info.global = headers.has("X-RateLimit-Global");
  const auto scope = headers.get("X-RateLimit-Scope");
  if (scope == "user") info.scope = protocol::limit_scope::user;
  if (scope == "global") info.scope = protocol::limit_scope::global;
  if (scope == "shared") info.scope = protocol::limit_scope::shared;
  if (response.status != 429) return info;

  const auto body = body_of(response);
  info.retry_after = seconds(headers.find("Retry-After"));
  if (body && body->retry_after) info.retry_after = seconds(*body->retry_after);  // has the fraction that the header lacks
  if (body && body->global && *body->global) info.global = true;
  // Discord itself always names a scope or gives its JSON; a block by what stands before it does neither.
  info.from_discord = !scope.empty() || (body && body->retry_after);
  return info;
}

rest_error refused(const net::http_response& response, const std::string& route, int attempt) {
  rest_error::details what;
  what.status = response.status;
  what.route = route;
  what.attempt = attempt;
  if (const auto body = body_of(response)) {
    what.discord_code = body->code;
    what.message = body->message;
    if (body->errors) what.fields = json::field_errors(body->errors->text());
  } else {
    what.message = "the answer is not Discord's JSON: " + response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 80));
  }
  const auto code = response.status == 401 ? errc::token_rejected
                    : response.status == 429 ? errc::rate_limited
                                             : errc::rest_refused;
  if (code == errc::token_rejected) what.message += " (" + make_error_code(code).message() + ")";
  return rest_error(code, std::move(what));
}

}  // namespace monochord::rest
