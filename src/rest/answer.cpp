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

/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
constexpr std::int64_t index_not_ready = 110000;
constexpr std::int64_t invalid_token = 50014;
/// Discord says 0 for "shortly".
constexpr duration shortest_index_wait = std::chrono::seconds{1};

/// A number of seconds with a fraction; nothing on anything that is not a sane wait.
std::optional<duration> seconds(double value) {
  if (!std::isfinite(value) || value < 0) return std::nullopt;
  // Rounded up, for a wait must never be the least bit too short.
  return std::chrono::ceil<std::chrono::microseconds>(std::chrono::duration<double>(std::min(value, longest_wait_seconds)));
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

/// Some servers repeat the path that they were asked for.
void hide(std::string& text, const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets)
    for (auto at = text.find(secret); !secret.empty() && at != std::string::npos; at = text.find(secret, at + 3)) text.replace(at, secret.size(), "***");
}

std::optional<api_error> body_of(const net::http_response& response) {
  api_error body;
  json::failure why;
  if (!json::decode_into(body, response.body, why)) return std::nullopt;
  // Other JSON, such as an OAuth2 refusal, has neither.
  if (body.message.empty() && !body.retry_after) return std::nullopt;
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
  if (response.status < 400) return info;

  const auto body = body_of(response);
  if (body) info.code = body->code;
  if (response.status != 429) return info;
  info.retry_after = seconds(headers.find("Retry-After"));
  // The body has the fraction that the header lacks.
  if (const auto exact = body && body->retry_after ? seconds(*body->retry_after) : std::nullopt) info.retry_after = exact;
  // Discord itself names a scope, a bucket or says that it is global; what stands before it does not, whether its page is
  // HTML or JSON, nor does it go through Discord's own front, which says so in Via.
  info.from_discord = !scope.empty() || info.global || info.bucket || (headers.has("Via") && body && body->retry_after);
  if (body && body->global && *body->global) info.global = true;
  return info;
}

std::optional<duration> wait_for_index(const net::http_response& response) {
  if (response.status != 202) return std::nullopt;
  const auto body = body_of(response);
  if (!body || body->code != index_not_ready) return std::nullopt;
  const auto wait = body->retry_after ? seconds(*body->retry_after) : std::nullopt;
  return std::max(wait.value_or(duration::zero()), shortest_index_wait);
}

rest_error refused(const net::http_response& response, const std::string& route, int attempt,
                   const std::vector<std::string>& secrets) {
  rest_error::details what;
  what.status = response.status;
  what.route = route;
  what.attempt = attempt;
  what.may_have_been_sent = response.status >= 500 && !route.starts_with("GET ");
  const auto body = body_of(response);
  if (body) {
    what.discord_code = body->code;
    what.message = body->message;
    if (body->errors) what.fields = json::field_errors(body->errors->text());
  } else {
    what.message = "the answer is not Discord's JSON: " + response.body.substr(0, std::min<std::size_t>(response.body.find('\n'), 80));
  }
  // Other 401s (40001, 50027, an OAuth2 refusal) are about the call, not about the token.
  const bool about_token = response.status == 401 && body && (body->code == 0 || body->code == invalid_token);
  const auto code = about_token                ? errc::token_rejected
                    : response.status == 429 ? errc::rate_limited
                                             : errc::rest_refused;
  hide(what.message, secrets);
  for (auto& field : what.fields) {
    hide(field.path, secrets);
    hide(field.message, secrets);
  }
  if (what.may_have_been_sent) what.message += " (it may have been carried out)";
  if (code == errc::token_rejected) what.message += " (" + make_error_code(code).message() + ")";
  return rest_error(code, std::move(what));
}

}  // namespace monochord::rest
