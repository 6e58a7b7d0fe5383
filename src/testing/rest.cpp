// SPDX-License-Identifier: MIT
// The way of a request: front, route, authorization, limits, handler, headers.
#include "testing/rest.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "testing/query.hpp"

namespace monochord::testing {

namespace {

constexpr std::string_view api_root = "/api/";
constexpr std::string_view version = "v10";

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    parts.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

bool is_parameter(std::string_view segment) { return segment.size() > 2 && segment.front() == '{'; }

/// How many segments a route names itself; -1 when the path is not its own.
int fit(const tables::route_row& route, const std::vector<std::string_view>& path) {
  const auto wanted = segments_of(route.path);
  if (wanted.size() != path.size()) return -1;
  int literal = 0;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (is_parameter(wanted[i])) {
      if (path[i].empty()) return -1;
    } else if (wanted[i] == path[i] || wanted[i] == percent_decode(path[i], false)) {  // %40original, say
      ++literal;
    } else {
      return -1;
    }
  }
  return literal;
}

/// Seconds with three digits, rounded up: whoever waits that long is not early.
std::string seconds_up(duration time) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(ms / 1000), static_cast<long long>(ms % 1000));
  return text.data();
}

double seconds(duration time) {
  return static_cast<double>(std::chrono::ceil<std::chrono::milliseconds>(time).count()) / 1000.0;
}

}  // namespace

bool good_user_agent(std::string_view text) {
  constexpr std::string_view start = "DiscordBot (";
  if (!text.starts_with(start)) return false;
  const auto end = text.find(')');
  if (end == std::string_view::npos) return false;
  const auto inner = text.substr(start.size(), end - start.size());
  const auto comma = inner.find(',');
  return comma != std::string_view::npos && comma > 0 && inner.find_first_not_of(' ', comma + 1) != std::string_view::npos;
}

route_match match_route(std::string_view method, std::string_view path) {
  const auto parts = segments_of(path);
  route_match match;
  int best = -1;
  for (const auto& route : tables::routes) {
    const int literal = fit(route, parts);
    if (literal < 0) continue;
    match.path_known = true;
    if (route.method != method || literal <= best) continue;
    best = literal;
    match.route = &route;
  }
  if (!match.route) return match;
  const auto wanted = segments_of(match.route->path);
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (is_parameter(wanted[i]))
      match.params.emplace(wanted[i].substr(1, wanted[i].size() - 2), percent_decode(parts[i], false));
  return match;
}

snowflake rest::call::id(std::string_view name) const { return any_id::parse(param(name)).value(); }

std::string rest::call::param(std::string_view name) const {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

std::string rest::call::query_value(std::string_view name) const {
  for (const auto& [key, value] : query)
    if (key == name) return value;
  return {};
}

bool rest::call::query_flag(std::string_view name) const {
  const auto text = query_value(name);
  return text == "true" || text == "True" || text == "1";
}

rest::answer rest::refuse(int status, int code, std::string_view message, std::string violation) {
  return {status, {{"message", message}, {"code", code}}, false, std::move(violation), {}, {}};
}

rest::answer rest::invalid_form(const form_errors& errors, const std::string& kind) {
  answer out = refuse(400, 50035, "Invalid Form Body", kind + ": " + errors.summary());
  out.body["errors"] = errors.tree();
  return out;
}

rest_outcome rest::handle(const net::http_request& request) {
  begin_entry(request);
  rest_outcome outcome = route_request(request);
  const int status = outcome.response.status;
  end_entry(outcome);
  if (status == 429) ++state_.counters.responses_429;
  else if (status >= 500) ++state_.counters.responses_5xx;
  else if (status >= 400) ++state_.counters.responses_4xx;
  const bool shared = outcome.response.headers.get("X-RateLimit-Scope") == "shared";
  const bool invalid = status == 401 || status == 403 || (status == 429 && !shared);
  if (invalid && state_.limits.count_invalid(state_.now()))
    state_.violate("invalid_requests", std::to_string(state_.options.invalid_requests_per_10_minutes) +
                                           " invalid requests in ten minutes; the address is blocked");
  return outcome;
}

rest_outcome rest::route_request(const net::http_request& request) {
  const auto block = state_.limits.check_block(state_.now());
  if (block.what == limit_verdict::kind::blocked) {
    if (block.ignored) state_.violate("429_ignored", "a request while the address is blocked");
    return cloudflare_block(block.retry_after, true);
  }
  if (!good_user_agent(request.headers.get("User-Agent")))
    return finish(refuse(403, 40333, "internal network error", "user_agent"), nullptr);
  const std::string_view target = request.target;
  const auto question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (!path.starts_with(api_root)) return finish(refuse(404, 0, "404: Not Found", "unknown_route"), nullptr);
  path.remove_prefix(api_root.size());
  const auto slash = path.find('/');
  const auto given = path.substr(0, slash);
  if (given != version)  // without a version Discord serves an outdated one
    return finish(refuse(400, 50041, "Invalid API version provided", "api_version"), nullptr);

  call what;
  route_match match = match_route(request.method, slash == std::string_view::npos ? "" : path.substr(slash));
  if (!match.route) {
    if (match.path_known) return finish(refuse(405, 0, "405: Method Not Allowed", "wrong_method"), nullptr);
    return finish(refuse(404, 0, "404: Not Found", "unknown_route"), nullptr);
  }
  what.route = match.route;
  what.params = std::move(match.params);
  check_target(request, what);
  if (question != std::string_view::npos) what.query = parse_query(target.substr(question + 1));
  describe_entry(what);
  return limited(request, *match.route, what);
}

rest_outcome rest::limited(const net::http_request& request, const tables::route_row& route, call& what) {
  answer refusal;
  if (!authorize(request, what, refusal)) return finish(refusal, &route);
  const std::string major = major_of(what);
  const auto now = state_.now();
  const tables::route_row& bucket = bucket_route(route);
  const auto verdict = state_.limits.take(route, bucket, kind_of(request, what), major, what.sender, now);
  if (verdict.what != limit_verdict::kind::pass) {
    state_.violate(verdict.ignored ? "429_ignored" : "rate_limited",
                   std::string(route.method) + " " + std::string(route.path) +
                       (verdict.ignored ? " was sent again before retry_after had passed" : " was over its rate limit"));
    return rate_limited(verdict, route);
  }
  const fault_play played = play_fault(what, bucket, major, verdict);
  if (played.instead) return *played.instead;
  rest_outcome outcome = finish(checked(request, what), &route);
  outcome.delay = played.delay;
  outcome.drop = played.drop;
  if (played.answer) outcome.response = *played.answer;
  if (played.answer || played.drop || played.delay.count() > 0) answer_was_lost(what);
  if (!played.no_headers) tell_limit(outcome.response, verdict);
  return outcome;
}

void rest::tell_limit(net::http_response& response, const limit_verdict& verdict) const {
  if (!verdict.limited_route || response.headers.get("Content-Type").starts_with("text/html")) return;
  auto& headers = response.headers;
  const auto reset = state_.options.clock->utc_now().time_since_epoch() + verdict.reset_after;
  headers.add("X-RateLimit-Limit", std::to_string(verdict.limit));
  headers.add("X-RateLimit-Remaining", std::to_string(verdict.remaining));
  headers.add("X-RateLimit-Reset", seconds_up(std::chrono::duration_cast<duration>(reset)));
  headers.add("X-RateLimit-Reset-After", seconds_up(verdict.reset_after));
  headers.add("X-RateLimit-Bucket", verdict.bucket);
}

rest_outcome rest::finish(const answer& result, const tables::route_row* route) {
  rest_outcome outcome;
  if (result.empty) outcome.response = net::http_response(result.status);
  else if (!result.media.empty()) outcome.response = net::http_response(result.status, result.media, result.file);
  else outcome.response = net::http_response(result.status, "application/json", dump(result.body));
  outcome.response.headers.add("Via", "1.1 google");
  if (result.violation.empty()) return outcome;
  const auto colon = result.violation.find(": ");
  std::string text = route ? std::string(route->method) + " " + std::string(route->path) : std::string("a request");
  text += " was answered " + std::to_string(result.status) + " " + text_at(result.body, "message");
  if (colon != std::string::npos) text += " (" + result.violation.substr(colon + 2) + ")";
  state_.violate(result.violation.substr(0, colon), std::move(text));
  return outcome;
}

rest_outcome rest::rate_limited(const limit_verdict& verdict, const tables::route_row& route) {
  const bool global = verdict.what == limit_verdict::kind::global;
  const bool shared = verdict.what == limit_verdict::kind::shared;
  const json body = {{"message", shared ? "The resource is being rate limited." : "You are being rate limited."},
                     {"retry_after", seconds(verdict.retry_after)},
                     {"global", global}};
  rest_outcome outcome = finish({429, body, false, {}, {}, {}}, &route);
  auto& headers = outcome.response.headers;
  headers.add("Retry-After", whole_seconds_up(verdict.retry_after));
  headers.add("X-RateLimit-Scope", global ? "global" : shared ? "shared" : "user");
  if (global) headers.add("X-RateLimit-Global", "true");
  else tell_limit(outcome.response, verdict);
  return outcome;
}

/// Messages are deleted under three limits, by their age, and a channel's name and topic have limits beside its bucket's.
request_kind rest::kind_of(const net::http_request& request, const call& what) const {
  request_kind kind;
  if (what.route->operation == "delete_message") {
    const auto age = state_.options.clock->utc_now() - message_id{what.id("message_id")}.created_at();
    kind.age = age > std::chrono::days{14} ? "old" : age < std::chrono::seconds{10} ? "young" : "";
  } else if (what.route->operation == "update_channel" && !plays_schema(*what.route)) {  // else nothing is changed
    const json body = parse_json(request.body);
    for (const char* field : {"name", "topic"})
      if (body.is_object() && body.contains(field)) kind.fields.emplace_back(field);
  }
  return kind;
}

std::string rest::major_of(const call& what) {
  const std::string webhook = what.param("webhook_id");
  if (!webhook.empty()) return webhook + "/" + what.param("webhook_token");
  const std::string channel = what.param("channel_id");
  return channel.empty() ? what.param("guild_id") : channel;
}

}  // namespace monochord::testing
