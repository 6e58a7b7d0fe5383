// SPDX-License-Identifier: MIT
#include "rest/answer.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include <monochord/json/codec.hpp>
#include <monochord/model/api_error.hpp>
#include "json/table.hpp"

namespace monochord {

namespace {

/// https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
struct oauth2_refusal {
  std::string error;
  optional<std::string> error_description;
};

}  // namespace

MONOCHORD_MODEL(oauth2_refusal, error, error_description)

}  // namespace monochord

namespace monochord::rest {

namespace {

constexpr double longest_wait_seconds = 24 * 60 * 60;

/// https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
constexpr std::int64_t index_not_ready = 110000;
constexpr std::int64_t invalid_token = 50014;
/// What is shown of an answer: Discord's sentences are shorter, a page of something before it is not read further.
constexpr std::size_t longest_message = 500;
constexpr std::size_t longest_line_of_a_page = 80;
constexpr std::size_t looked_at_of_a_page = 64U << 10U;
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

/// As Discord writes them: digits, and so many behind the point that none is lost.
std::optional<std::chrono::microseconds> plain_seconds(std::string_view text) {
  constexpr std::size_t most_before = 4, most_behind = 6;  // less than longest_wait_seconds
  const auto point = std::min(text.find('.'), text.size());
  const auto behind = text.size() - std::min(point + 1, text.size());
  if (point == 0 || point > most_before || behind > most_behind) return std::nullopt;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  for (auto i = behind; i < most_behind; ++i) value *= 10;
  return std::chrono::microseconds(value);
}

std::optional<duration> seconds(std::optional<std::string_view> text) {
  if (const auto plain = text ? plain_seconds(*text) : std::nullopt) return *plain;
  const auto value = number<double>(text);
  return value ? seconds(*value) : std::nullopt;
}

/// For messages and logs: without the secrets that some servers repeat from what they were asked for, on one line, and cut.
std::string shown(std::string text, const std::vector<std::string>& secrets, std::size_t most) {
  // Before anything is cut off, for a part of a secret is one too.
  for (const auto& secret : secrets)
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3)) text.replace(at, secret.size(), "***");
  if (text.size() > most) {
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;  // a whole character
    text.resize(most);
  }
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
  return text;
}

std::optional<api_error> body_of(const net::http_response& response) {
  api_error body;
  json::failure why;
  if (!json::decode_into(body, response.body, why)) return std::nullopt;
  // Other JSON, such as an OAuth2 refusal, has neither.
  if (body.message.empty() && !body.retry_after) return std::nullopt;
  return body;
}

/// What to tell of an answer that is not an error of Discord's API.
std::string other_message(const net::http_response& response, const std::vector<std::string>& secrets) {
  oauth2_refusal oauth2;
  json::failure why;
  if (json::decode_into(oauth2, response.body, why)) {
    if (oauth2.error_description) oauth2.error += ": " + *oauth2.error_description;
    return shown(std::move(oauth2.error), secrets, longest_message);
  }
  if (response.status < 400) return "redirects are not followed";
  auto page = response.body.substr(0, std::min(looked_at_of_a_page, response.body.find('\n')));
  return "the answer is not Discord's JSON: " + shown(std::move(page), secrets, longest_line_of_a_page);
}

}  // namespace

protocol::response_info read_limits(const net::http_response& response) {
  protocol::response_info info;
  info.status = response.status;
  std::string_view scope;
  const auto& headers = response.headers;
  for (const auto& [name, value] : headers) {
    const auto is = [what = name](std::string_view one) { return net::same_token(what, one); };
    switch (name.size()) {
      case 17:
        if (is("X-RateLimit-Limit")) info.limit = number<int>(value);
        else if (is("X-RateLimit-Scope")) scope = value;
        break;
      case 18:
        if (is("X-RateLimit-Bucket")) info.bucket = std::string(value);
        else if (is("X-RateLimit-Global")) info.global = true;
        break;
      case 21:
        if (is("X-RateLimit-Remaining")) info.remaining = number<int>(value);
        break;
      case 23:
        if (is("X-RateLimit-Reset-After")) info.reset_after = seconds(std::optional(value));
        break;
      default: break;
    }
  }
  if (scope == "user") info.scope = protocol::limit_scope::user;
  if (scope == "global") info.scope = protocol::limit_scope::global;
  if (scope == "shared") info.scope = protocol::limit_scope::shared;
  if (response.status < 400) return info;

  const auto body = body_of(response);
  if (body && body->code) info.code = *body->code;
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
  if (!body || !body->code || *body->code != index_not_ready) return std::nullopt;
  const auto wait = body->retry_after ? seconds(*body->retry_after) : std::nullopt;
  return std::max(wait.value_or(duration::zero()), shortest_index_wait);
}

rest_error refused(const net::http_response& response, const std::string& route, int attempt,
                   const std::vector<std::string>& secrets, bool may_have_been_sent) {
  rest_error::details what;
  what.status = response.status;
  what.route = route;
  what.attempt = attempt;
  what.may_have_been_sent = may_have_been_sent;
  const auto body = body_of(response);
  if (body) {
    what.discord_code = body->code.value_or(0);
    what.message = shown(body->message, secrets, longest_message);
    if (body->errors) what.fields = json::field_errors(body->errors->text());
    for (auto& field : what.fields) {
      field.path = shown(std::move(field.path), secrets, longest_message);
      field.code = shown(std::move(field.code), secrets, longest_message);
      field.message = shown(std::move(field.message), secrets, longest_message);
    }
  } else {
    what.message = other_message(response, secrets);
  }
  // Other 401s (40001, 50027, an OAuth2 refusal, a proxy's) are about the call, not about the token.
  const bool about_token = response.status == 401 && body && body->code && (*body->code == 0 || *body->code == invalid_token);
  const auto code = about_token                ? errc::token_rejected
                    : response.status == 429 ? errc::rate_limited
                                             : errc::rest_refused;
  if (what.may_have_been_sent) what.message += " (it may have been sent and carried out)";
  if (code == errc::token_rejected) what.message += " (" + make_error_code(code).message() + ")";
  return rest_error(code, std::move(what));
}

}  // namespace monochord::rest
