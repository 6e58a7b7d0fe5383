// SPDX-License-Identifier: MIT
// What is checked of a request before anything is done: target, authorization, query, headers, body.
#include <algorithm>
#include <charconv>

#include "net/base64.hpp"
#include "testing/multipart.hpp"
#include "testing/query.hpp"
#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

void rest::note(const call& what, std::string kind, std::string_view text) {
  state_.violate(std::move(kind), std::string(what.route->method) + " " + std::string(what.route->path) + " " + std::string(text));
}

void rest::check_target(const net::http_request& request, const call& what) {
  if (!well_encoded(request.target)) note(what, "bad_encoding", "came with a target that is not well encoded");
  for (const auto& [name, value] : what.params)
    if (!valid_utf8(value)) note(what, "bad_encoding", "came with a " + name + " that is not UTF-8");
}

rest::caller rest::caller_of(std::string_view authorization) const {
  if (authorization.empty()) return caller::nobody;
  if (authorization == "Bot " + state_.options.token) return state_.token_reset ? caller::unknown : caller::bot;
  constexpr std::string_view bearer = "Bearer ";
  constexpr std::string_view basic = "Basic ";
  if (authorization.starts_with(bearer))
    return state_.bearer_tokens.contains(authorization.substr(bearer.size())) ? caller::bearer : caller::unknown;
  if (authorization.starts_with(basic) &&
      authorization.substr(basic.size()) ==
          net::base64(id_text(state_.world.application) + ":" + state_.options.client_secret))
    return caller::application;
  return caller::unknown;
}

std::string rest::sender_of(std::string_view authorization, const call& what) const {
  const bool of_interaction = what.route->path.starts_with("/interactions/") ||
                              (what.route->token_in_path() && what.id("webhook_id") == state_.world.application);
  if (of_interaction) return {};
  return authorization.empty() || what.route->token_in_path() ? "the address" : std::string(authorization);
}

bool rest::authorize(const net::http_request& request, call& what, answer& refusal) {
  constexpr std::uint8_t bot = 1;
  constexpr std::uint8_t bearer = 2;
  constexpr std::uint8_t none = 4;
  constexpr std::uint8_t basic = 8;
  const auto& route = *what.route;
  const auto authorization = request.headers.get("Authorization");
  what.by = caller_of(authorization);
  what.sender = sender_of(authorization, what);
  if (!authorization.empty() && route.token_in_path())
    note(what, "authorization_with_path_token", "came with an Authorization header beside the token in its path");
  bool allowed = false;
  switch (what.by) {
    case caller::nobody: allowed = (route.auth & none) != 0; break;
    case caller::bot: allowed = (route.auth & bot) != 0; break;
    case caller::bearer: allowed = (route.auth & bearer) != 0; break;
    case caller::application: allowed = (route.auth & basic) != 0; break;
    case caller::unknown: break;
  }
  if (allowed) return true;
  if (what.by == caller::bot && (route.auth & bearer) != 0)
    refusal = refuse(403, 20001, "Bots cannot use this endpoint", "bots_not_allowed");
  else if (what.by == caller::nobody || what.by == caller::unknown)
    refusal = refuse(401, 0, "401: Unauthorized", "unauthorized");
  else
    refusal = refuse(401, 0, "401: Unauthorized", "wrong_authorization");
  return false;
}

rest::answer rest::checked(const net::http_request& request, call& what) {
  const auto& route = *what.route;
  form_errors errors;
  form_errors query;
  std::vector<std::string> path;
  for (const auto& param : tables::params.subspan(route.first_param, route.param_count)) {
    path.assign(1, std::string(param.name));
    validate(param.shape_index, what.param(param.name), path, errors);
  }
  validate_query(route, what.query, query);
  if (!query.unknown().empty()) note(what, "unknown_query", "came with " + joined(query.unknown()) + " in its query");
  if (!query.empty()) return invalid_form(query, "invalid_query");
  if (!check_reason(request, what, errors) || !errors.empty()) return invalid_form(errors);
  answer refusal;
  if (route.body == tables::no_shape) {
    if (!request.body.empty()) note(what, "unexpected_body", "came with a body, which it does not take");
  } else {
    if (request.body.size() > state_.options.request_limit_bytes)
      return refuse(413, 40005, "Request entity too large",
                    "request_too_large: a body of " + std::to_string(request.body.size()) + " bytes");
    if (!read_body(request, what, refusal)) return refusal;
    describe_body(request, what);
    if (!check_sizes(what, refusal)) return refusal;
    if (route.body_required || !what.body.empty()) {
      path.clear();
      validate(route.body, what.body, path, errors);
      std::vector<std::string> unknown = errors.unknown();
      std::erase(unknown, std::string(route.file_part));  // a file, and no field of the body
      if (!unknown.empty()) note(what, "unknown_field", "came with the unknown " + joined(unknown));
      if (!errors.empty()) return invalid_form(errors);
    }
  }
  if (plays_schema(route)) return answer_from_schema(what);
  return (this->*find_handler(route.operation))(what);
}

bool rest::check_reason(const net::http_request& request, const call& what, form_errors& errors) {
  if (!request.headers.has("X-Audit-Log-Reason")) return true;
  const auto reason = request.headers.get("X-Audit-Log-Reason");
  const std::string text = percent_decode(reason, false);
  const bool spaced = std::all_of(reason.begin(), reason.end(), [](char c) { return c >= ' ' && c <= '~'; });
  std::string no_spaces(reason);
  std::replace(no_spaces.begin(), no_spaces.end(), ' ', '_');  // Discord takes them as they are
  if (!spaced || !well_encoded(no_spaces) || !valid_utf8(text))
    note(what, "bad_encoding", "came with an X-Audit-Log-Reason that is not well encoded");
  if (!what.route->audit_log_reason) note(what, "audit_log_reason_ignored", "takes no X-Audit-Log-Reason");
  if (characters(text) <= 512) return true;
  errors.add({"reason"}, "BASE_TYPE_MAX_LENGTH", "Must be 512 or fewer in length.");
  return false;
}

bool rest::read_body(const net::http_request& request, call& what, answer& refusal) {
  what.body = json::object();
  if (request.body.empty()) return true;
  const std::string type(request.headers.get("Content-Type"));
  const std::uint8_t content = what.route->content;
  if ((content & 1) != 0 && type.starts_with("application/json")) {
    what.body = parse_json(request.body);
    if (!what.body.is_discarded()) return true;
    what.body = nullptr;
    refusal = refuse(400, 50109, "The request body contains invalid JSON.", "invalid_json");
    return false;
  }
  if ((content & 4) != 0 && type.starts_with("multipart/form-data")) {
    if (read_multipart(request, what)) return true;
    refusal = refuse(400, 50035, "Invalid Form Body", "invalid_multipart");
    return false;
  }
  if ((content & 2) != 0 && type.starts_with("application/x-www-form-urlencoded")) {
    if (!well_encoded(request.body)) note(what, "bad_encoding", "came with a form that is not well encoded");
    for (auto& [name, value] : parse_query(request.body)) what.body[name] = value;
    return true;
  }
  refusal = refuse(400, 50035, "Expected \"Content-Type\" header to be one of {'application/json'}.", "content_type");
  return false;
}

bool rest::read_multipart(const net::http_request& request, call& what) {
  const auto parts = parse_multipart(request.headers.get("Content-Type"), request.body);
  if (!parts) return false;
  for (const auto& part : *parts) {
    if (part.name == "payload_json") {
      const json payload = parse_json(part.content);
      if (!payload.is_object()) return false;
      for (const auto& [name, value] : payload.items()) what.body[name] = value;
    } else if (part.file_name.empty()) {
      what.body[part.name] = std::string(part.content);
    } else {
      check_part(what, part.name);
      what.files.push_back({part.name, part.file_name, part.type, part.content.size()});
      if (!part.name.starts_with("files[")) what.body[part.name] = part.file_name;
    }
  }
  return true;
}

bool rest::check_sizes(const call& what, answer& refusal) {
  for (const auto& file : what.files) {
    if (file.bytes <= state_.options.attachment_limit_bytes) continue;
    note(what, "attachment_too_large", "came with a file of " + std::to_string(file.bytes) + " bytes as part " + file.part);
    refusal = refuse(413, 40005, "Request entity too large");
  }
  return refusal.status != 413;
}

void rest::check_part(const call& what, std::string_view name) {
  constexpr unsigned most_files = 10;
  bool good = !what.route->file_part.empty() && name == what.route->file_part;
  if (what.route->file_part == "files") {
    unsigned index = most_files;
    good = name.starts_with("files[") && name.ends_with("]");
    if (good) {
      const auto number = name.substr(6, name.size() - 7);
      const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), index);
      good = failed == std::errc{} && end == number.data() + number.size() && index < most_files;
    }
  }
  const bool again = std::any_of(what.files.begin(), what.files.end(), [&](const mock_file& f) { return f.part == name; });
  if (!good || again) note(what, "file_part", "came with a file as part " + std::string(name) + (again ? " again" : ""));
}

}  // namespace monochord::testing
