// SPDX-License-Identifier: MIT
// What a call is to the limiter and on the wire, and what of it must be shown nowhere.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <functional>
#include <utility>

#include <monochord/core/error.hpp>
#include "rest/queue.hpp"
#include "rest/queue_parts.hpp"

namespace monochord::rest {

namespace {

/// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object
constexpr std::size_t longest_reason = 512;

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

/// A header of the caller's own, which must not end the line that it stands in. What it holds is not said.
void add_checked(net::http_request& to, const char* name, const std::string& value, const call& what) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  if (std::any_of(value.begin(), value.end(), control))
    throw error(errc::invalid_argument, protocol::display(what.route) + ": the value for " + name + " holds control characters");
  to.headers.add(name, value);
}

/// The members of a form by which OAuth2 hands over secrets.
bool is_secret_field(std::string_view name) {
  for (const std::string_view one : {"client_secret", "code", "code_verifier", "token", "access_token", "refresh_token"})
    if (name == one) return true;
  return false;
}

}  // namespace

std::string stands_for(const std::string& secret) {
  std::array<char, 13> text;  // as short as a string holds without memory of its own
  const auto end = std::to_chars(text.begin(), text.end(), std::uint64_t{std::hash<std::string>{}(secret)}, 32).ptr;
  return std::string(text.begin(), end);
}

void queue::write_key(protocol::route_key& key, const call& what) const {
  protocol::write_limiter_key(key, what.route, views(what.parameters), what.unordered, clock_->utc_now());
  if (!what.sublimit.empty()) key.route += " (" + what.sublimit + ")";
  const bool own_token = what.route.has_own_token();
  switch (what.authorization.what()) {
    case authorization::kind::none: key.by_address = !key.exempt_from_global; break;
    case authorization::kind::standard:
      key.carries_token = !own_token;
      if (!own_token) key.sender = sender_;
      break;
    case authorization::kind::given:
      key.carries_token = true;
      key.by_address = false;
      key.sender = stands_for(what.authorization.reveal());
      break;
  }
}

/// What must not be read anywhere, as it is and as it stands in a path or a form.
std::vector<std::string> queue::secrets_of(const call& what, const net::http_request& request) const {
  std::vector<std::string> all{options_.bot_token.reveal()};
  const auto add = [&](std::string secret) {
    all.push_back(protocol::percent_encode(secret));
    all.push_back(std::move(secret));
  };
  const auto& given = what.authorization.reveal();
  if (const auto space = given.find(' '); space != std::string::npos) all.push_back(given.substr(space + 1));
  for (auto& secret : protocol::secret_parameters(what.route, views(what.parameters))) add(std::move(secret));
  for (const auto& secret : what.secrets) add(secret);
  if (what.content_type == "application/x-www-form-urlencoded") {
    for (std::string_view form = request.body; !form.empty();) {
      const auto field = form.substr(0, form.find('&'));
      form.remove_prefix(std::min(field.size() + 1, form.size()));
      const auto equals = field.find('=');
      if (equals == field.npos || !is_secret_field(field.substr(0, equals))) continue;
      all.emplace_back(field.substr(equals + 1));
      add(protocol::percent_decode(field.substr(equals + 1)));
    }
  }
  std::erase(all, std::string());
  // One may be a part of another, which would then be shown but for that part.
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return all;
}

net::http_request queue::request_for(call& what) const {
  std::string target;
  target.reserve(base_path_.size() + what.route.path.size() + what.query.size() + 32 * what.parameters.size());
  target += base_path_;
  protocol::append_path(target, what.route, views(what.parameters));
  target += what.query;
  net::http_request request(std::string(protocol::name(what.route.verb)), std::move(target));
  request.headers.reserve(4, as_bot_.size() + 64);
  if (what.authorization.what() == authorization::kind::given)
    add_checked(request, "Authorization", what.authorization.reveal(), what);
  else if (what.authorization.what() == authorization::kind::standard && !what.route.has_own_token())
    add_checked(request, "Authorization", as_bot_, what);
  if (!what.reason.empty()) {
    if (characters(what.reason) > longest_reason)
      throw error(errc::invalid_argument, protocol::display(what.route) + ": the audit log reason is longer than 512 characters");
    request.headers.add("X-Audit-Log-Reason", protocol::percent_encode(what.reason));
  }
  if (!what.github_event.empty()) add_checked(request, "X-GitHub-Event", what.github_event, what);
  if (!what.body.empty() || !what.content_type.empty() || what.source) {
    request.headers.add("Content-Type", what.content_type);
    request.body = std::move(what.body);
    request.source = what.source;
  }
  return request;
}

}  // namespace monochord::rest
