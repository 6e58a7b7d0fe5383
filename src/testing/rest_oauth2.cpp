// SPDX-License-Identifier: MIT
// Access tokens, as applications get and give them back.
#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr int token_seconds = 604'800;

}  // namespace

/// The client's credentials come as HTTP Basic or in the form.
bool rest::is_application(const call& what) const {
  return what.by == caller::application || (text_at(what.body, "client_id") == id_text(state_.world.application) &&
                                            text_at(what.body, "client_secret") == state_.options.client_secret);
}

rest::answer rest::create_oauth2_token(const call& what) {
  const auto failed = [](int status, std::string_view error, std::string violation) {
    return answer{status, {{"error", error}}, false, std::move(violation), {}, {}};
  };
  if (!is_application(what)) return failed(401, "invalid_client", "unauthorized");
  const std::string grant = text_at(what.body, "grant_type");
  const std::string refresh = text_at(what.body, "refresh_token");
  if (grant == "authorization_code") {
    if (text_at(what.body, "code").empty()) return failed(400, "invalid_request", "invalid_body: code");
  } else if (grant == "refresh_token") {
    if (state_.refresh_tokens.erase(refresh) == 0) return failed(400, "invalid_grant", "");
  } else if (grant != "client_credentials") {
    return failed(400, "unsupported_grant_type", "invalid_body: grant_type");
  }
  const std::string number = std::to_string(++state_.last_token);
  const std::string scope = text_at(what.body, "scope");
  const std::string access = "mock-access-token-" + number;
  state_.bearer_tokens.insert(access);
  json out = {{"access_token", access},
              {"token_type", "Bearer"},
              {"expires_in", token_seconds},
              {"scope", scope.empty() ? "identify" : scope}};
  if (grant != "client_credentials") {
    out["refresh_token"] = "mock-refresh-token-" + number;
    state_.refresh_tokens.insert("mock-refresh-token-" + number);
  }
  return ok(std::move(out));
}

rest::answer rest::revoke_oauth2_token(const call& what) {
  if (!is_application(what)) return {401, {{"error", "invalid_client"}}, false, "unauthorized", {}, {}};
  const std::string token = text_at(what.body, "token");  // one that nobody knows is no error: RFC 7009
  state_.bearer_tokens.erase(token);
  state_.refresh_tokens.erase(token);
  return ok(json::object());
}

}  // namespace monochord::testing
