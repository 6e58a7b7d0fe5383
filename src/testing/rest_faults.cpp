// SPDX-License-Identifier: MIT
// What a test makes go wrong on the way of a request.
#include <array>

#include "testing/rest.hpp"

namespace monochord::testing {

namespace {

constexpr std::string_view block_page =
    "<!DOCTYPE html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head>"
    "<body><h1>Error 1015</h1><p>You are being rate limited</p></body></html>";

struct error_name {
  int status;
  int code;
  std::string_view message;
};

constexpr std::array error_names{
    error_name{401, 0, "401: Unauthorized"},
    error_name{401, 40001, "Unauthorized. Provide a valid token and try again"},
    error_name{401, 50014, "Invalid authentication token provided"},
    error_name{401, 50027, "Invalid Webhook Token"},
    error_name{403, 50001, "Missing Access"},
    error_name{403, 50013, "Missing Permissions"},
    error_name{404, 10003, "Unknown Channel"},
    error_name{404, 10008, "Unknown Message"},
    error_name{404, 10015, "Unknown Webhook"},
    error_name{404, 10062, "Unknown interaction"},
    error_name{400, 40060, "Interaction has already been acknowledged."},
};

struct page_name {
  int status;
  std::string_view title;
};

constexpr std::array page_names{
    page_name{500, "Internal Server Error"},
    page_name{502, "Bad Gateway"},
    page_name{503, "Service Temporarily Unavailable"},
    page_name{504, "Gateway Time-out"},
    page_name{520, "Web server is returning an unknown error"},
    page_name{521, "Web server is down"},
    page_name{522, "Connection timed out"},
    page_name{523, "Origin is unreachable"},
    page_name{524, "A timeout occurred"},
};

/// The next number of SplitMix64, in [0, 1).
double draw(std::uint64_t& seed) {
  std::uint64_t z = (seed += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31U)) >> 11U) * 0x1.0p-53;
}

/// A body that starts like HTML comes from the front, which knows none of Discord's headers.
net::http_response fault_answer(const rest_fault& fault) {
  const bool page = fault.body.starts_with("<");
  net::http_response response(fault.status, page ? "text/html; charset=UTF-8" : "application/json", fault.body);
  if (!page) response.headers.add("Via", "1.1 google");
  return response;
}

}  // namespace

rest_fault rest_faults::discord_error(int status, int code) {
  std::string message = std::to_string(status) + ": an error";
  for (const auto& known : error_names)
    if (known.status == status && known.code == code) message = known.message;
  rest_fault fault;
  fault.status = status;
  fault.body = dump({{"message", message}, {"code", code}});
  return fault;
}

rest_fault rest_faults::page(int status) {
  std::string title = "Error";
  for (const auto& known : page_names)
    if (known.status == status) title = known.title;
  rest_fault fault;
  fault.status = status;
  fault.body = "<html><head><title>" + std::to_string(status) + " " + title + "</title></head><body><center><h1>" +
               std::to_string(status) + " " + title + "</h1></center><hr><center>cloudflare</center></body></html>";
  return fault;
}

rest_fault rest_faults::index_not_ready(std::chrono::milliseconds retry_after) {
  rest_fault fault;
  fault.status = 202;
  fault.body = dump({{"message", "Index not yet available. Try again later"},
                     {"code", 110000},
                     {"documents_indexed", 0},
                     {"retry_after", static_cast<double>(retry_after.count()) / 1000.0}});
  return fault;
}

std::string whole_seconds_up(duration time) {
  return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count());
}

const tables::route_row* find_route(std::string_view method_and_path) {
  const auto space = method_and_path.find(' ');
  if (space == std::string_view::npos) return nullptr;
  for (const auto& route : tables::routes)
    if (route.method == method_and_path.substr(0, space) && route.path == method_and_path.substr(space + 1)) return &route;
  return nullptr;
}

rest_fault* rest::fault_for(const tables::route_row& route) {
  for (auto& fault : state_.faults.rest) {
    if (fault.times <= 0 || state_.now() < fault.from || (!fault.method.empty() && fault.method != route.method) ||
        (!fault.route.empty() && fault.route != route.path))
      continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.chance < 1.0 && draw(fault.seed) >= fault.chance) continue;
    --fault.times;
    return &fault;
  }
  return nullptr;
}

rest::fault_play rest::play_fault(const call& what, const tables::route_row& bucket, const std::string& major,
                                  const limit_verdict& verdict) {
  const tables::route_row& route = *what.route;
  fault_play play;
  rest_fault* fault = fault_for(route);
  if (!fault) return play;
  const auto now = state_.now();
  const auto until = now + fault->retry_after;
  limit_verdict told = verdict;
  told.retry_after = told.reset_after = fault->retry_after;
  told.remaining = 0;
  const auto instead = [&](rest_outcome outcome) {
    outcome.delay = fault->delay;
    play.instead = std::move(outcome);
  };
  play.delay = fault->delay;
  switch (fault->what) {
    case rest_fault::kind::status:
      play.answer = fault_answer(*fault);
      if (!fault->acts) {
        rest_outcome answered;
        answered.response = std::move(*play.answer);
        tell_limit(answered.response, verdict);
        instead(std::move(answered));
      }
      break;
    case rest_fault::kind::route_429:
      state_.limits.close_bucket(verdict.bucket, major, false, now, until);
      told.what = limit_verdict::kind::route;
      instead(rate_limited(told, route));
      break;
    case rest_fault::kind::shared_429:
      state_.limits.close_bucket(verdict.bucket, major, true, now, until);
      told.what = limit_verdict::kind::shared;
      instead(rate_limited(told, route));
      break;
    case rest_fault::kind::sub_limit_429:
      state_.limits.close_sub_limit(route, major, now, until);
      told.what = limit_verdict::kind::route;
      told.remaining = verdict.remaining;
      told.reset_after = verdict.reset_after;
      instead(rate_limited(told, route));
      break;
    case rest_fault::kind::global_429:
      state_.limits.close_global(what.sender, now, until);
      told.what = limit_verdict::kind::global;
      instead(rate_limited(told, route));
      break;
    case rest_fault::kind::cloudflare_block:
      state_.limits.block(now, until);
      instead(cloudflare_block(fault->retry_after, fault->retry_after_header));
      break;
    case rest_fault::kind::drop_before_acting: {
      rest_outcome nothing;
      nothing.drop = true;
      instead(std::move(nothing));
      break;
    }
    case rest_fault::kind::drop_before_answer: play.drop = true; break;
    case rest_fault::kind::no_rate_limit_headers: play.no_headers = true; break;
    case rest_fault::kind::new_bucket: state_.limits.rename_bucket(bucket); break;
    case rest_fault::kind::merge_bucket:
      if (const auto* other = find_route(fault->with)) state_.merged_buckets[route.operation] = &bucket_route(*other);
      break;
    case rest_fault::kind::late: break;
  }
  return play;
}

rest_outcome rest::cloudflare_block(duration retry_after, bool header) {
  rest_outcome outcome;
  outcome.response = net::http_response(429, "text/html; charset=UTF-8", std::string(block_page));
  if (header) outcome.response.headers.add("Retry-After", whole_seconds_up(retry_after));
  return outcome;
}

const tables::route_row& rest::bucket_route(const tables::route_row& route) const {
  const auto merged = state_.merged_buckets.find(route.operation);
  return merged == state_.merged_buckets.end() ? route : *merged->second;
}

void rest::answer_was_lost(const call& what) {
  const auto interaction = state_.world.interactions.find(what.id("interaction_id"));
  if (interaction != state_.world.interactions.end() && interaction->second.callback_type != 0)
    interaction->second.answer_lost = true;
}

}  // namespace monochord::testing
