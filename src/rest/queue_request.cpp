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

/// What a header of the caller's own holds is not said.
void check_line(bool fits, const char* name, const call& what) {
  if (fits) return;
  throw error(errc::invalid_argument, protocol::display(what.route) + ": the value for " + name + " holds control characters");
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += value;
  out += "\r\n";
}

/// The members of a form by which OAuth2 hands over secrets.
bool is_secret_field(std::string_view name) {
  for (const std::string_view one : {"client_secret", "code", "code_verifier", "token", "access_token", "refresh_token"})
    if (name == one) return true;
  return false;
}

}  // namespace

std::string stands_for(std::string_view secret) {
  std::array<char, 13> text;  // as short as a string holds without memory of its own
  const auto end = std::to_chars(text.begin(), text.end(), std::uint64_t{std::hash<std::string_view>{}(secret)}, 32).ptr;
  return std::string(text.begin(), end);
}

bool fits_a_line(std::string_view value) noexcept {
  return std::none_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// What stands for the key, for most calls. It begins with the sender, which no name of the same limiter holds further behind.
bool queue::write_name(std::string& name, const call& what) const {
  name = sender_;
  name += '\n';
  const auto* const rare = what.rare();
  if (rare && (rare->authorization.what() != authorization::kind::standard || !rare->sublimit.empty())) [[unlikely]] return false;
  return protocol::append_key_name(name, what.route, what.parameters.front(), what.unordered);
}

void queue::write_key(protocol::route_key& key, const call& what) const {
  protocol::write_limiter_key(key, what.route, views(what.parameters), what.unordered, clock_->utc_now());
  const auto* const rare = what.rare();
  if (rare && !rare->sublimit.empty()) ((key.route += " (") += rare->sublimit) += ")";
  const bool own_token = what.route.has_own_token();
  switch (rare ? rare->authorization.what() : authorization::kind::standard) {
    case authorization::kind::none: key.by_address = !key.exempt_from_global; break;
    case authorization::kind::standard:
      key.carries_token = !own_token;
      if (!own_token) key.sender = sender_;
      break;
    case authorization::kind::given:
      key.carries_token = true;
      key.by_address = false;
      key.sender = stands_for(rare->authorization.reveal());
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
  const auto* const rare = what.rare();
  const auto given = rare ? rare->authorization.reveal() : std::string_view();
  if (const auto space = given.find(' '); space != std::string_view::npos) all.emplace_back(given.substr(space + 1));
  for (auto& secret : protocol::secret_parameters(what.route, views(what.parameters))) add(std::move(secret));
  if (rare)
    for (const auto& secret : rare->secrets) add(secret);
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

/// Before a call takes its place. Throws `error` with `errc::invalid_argument`.
void queue::check(const call& what) const {
  const bool fits = what.parameters.only_numbers() && what.parameters.size() == what.route.parameter_count();
  if (!fits) [[unlikely]] protocol::check_path(what.route, views(what.parameters));
  const auto* const rare = what.rare();
  const auto by = rare ? rare->authorization.what() : authorization::kind::standard;
  if (by == authorization::kind::standard && !token_is_usable_) [[unlikely]]
    check_line(what.route.has_own_token(), "Authorization", what);
  if (rare) [[unlikely]] check(what, *rare);
}

void queue::check(const call& what, const call::rarities& rare) {
  if (rare.authorization.what() == authorization::kind::given)
    check_line(fits_a_line(rare.authorization.reveal()), "Authorization", what);
  if (!rare.reason.empty() && characters(rare.reason) > longest_reason)
    throw error(errc::invalid_argument, protocol::display(what.route) + ": the audit log reason is longer than 512 characters");
  if (!rare.github_event.empty()) check_line(fits_a_line(rare.github_event), "X-GitHub-Event", what);
}

queue::journey::journey(const queue& by, call&& given)
    : by(by),
      what(std::move(given)),
      answers_interaction(what.route.is_interaction()) {
  request.method = protocol::name(what.route.verb);
  request.head = this;
  request.body = std::move(what.body);
  if (what.rare()) [[unlikely]] request.source = what.rare()->source;
}

namespace {

void write_rare_lines(std::string& out, const call::rarities& of) {
  if (of.authorization.what() == authorization::kind::given) append_line(out, "Authorization: ", of.authorization.reveal());
  if (!of.reason.empty()) append_line(out, "X-Audit-Log-Reason: ", protocol::percent_encode(of.reason));
  if (!of.github_event.empty()) append_line(out, "X-GitHub-Event: ", of.github_event);
}

}  // namespace

/// Of a call that was checked.
void queue::journey::write_head(std::string& out, std::string_view common) const {
  out += request.method;
  out += ' ';
  const auto target = out.size();
  out += by.base_path_;
  protocol::append_checked_path(out, what.route, what.parameters);
  const auto* const rare = what.rare();
  if (rare && !rare->query.empty()) out += rare->query;
  if (rare && (rare->owned_path || !rare->query.empty())) net::check_target(std::string_view(out).substr(target));
  out += common;
  const auto as = rare ? rare->authorization.what() : authorization::kind::standard;
  if (as == authorization::kind::standard && !what.route.has_own_token()) [[likely]] out += by.as_bot_;
  if (rare) [[unlikely]] write_rare_lines(out, *rare);
  const std::uint64_t size = request.source ? request.source->size() : request.body.size();
  if (size != 0 || !what.content_type.empty() || request.source) append_line(out, "Content-Type: ", what.content_type);
  const bool bodiless = what.route.verb == protocol::method::get || what.route.verb == protocol::method::del;
  if (size != 0 || !bodiless) net::append_content_length(out, size);
  out += "\r\n";
}

}  // namespace monochord::rest
