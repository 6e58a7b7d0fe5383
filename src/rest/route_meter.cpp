// SPDX-License-Identifier: MIT
#include "rest/route_meter.hpp"

#include <iterator>
#include <unordered_set>
#include <utility>

namespace monochord::rest {

namespace {

constexpr std::string_view paths[] = {
#define PATH(path) path,
#include "protocol/paths.def"
#undef PATH
};
constexpr std::string_view other_path = "other";

/// The text of `path` that is always there; "other" for one that a caller made.
std::string_view known_path(std::string_view path) {
  static const std::unordered_set<std::string_view> all(std::begin(paths), std::end(paths));
  const auto found = all.find(path);
  return found == all.end() ? other_path : *found;
}

}  // namespace

std::string_view route_meter::name_of(int status) noexcept {
  switch (status) {
    case 0:
      return "none";
    case 200:
      return "200";
    case 201:
      return "201";
    case 202:
      return "202";
    case 204:
      return "204";
    case 304:
      return "304";
    case 400:
      return "400";
    case 401:
      return "401";
    case 403:
      return "403";
    case 404:
      return "404";
    case 405:
      return "405";
    case 409:
      return "409";
    case 413:
      return "413";
    case 429:
      return "429";
    case 500:
      return "500";
    case 502:
      return "502";
    case 503:
      return "503";
    case 504:
      return "504";
    case 520:
      return "520";
    case 521:
      return "521";
    case 522:
      return "522";
    case 523:
      return "523";
    case 524:
      return "524";
    default:
      break;
  }
  switch (status / 100) {
    case 1:
      return "1xx";
    case 2:
      return "2xx";
    case 3:
      return "3xx";
    case 4:
      return "4xx";
    case 5:
      return "5xx";
    default:
      return "other";
  }
}

/// With the mutex held.
route_meter::per_route& route_meter::of(const protocol::route& where) {
  if (last_counts_ && last_.verb == where.verb && last_.path == where.path) return *last_counts_;
  const auto verb = protocol::name(where.verb);
  auto found = routes_.find({where.path, verb});
  if (found == routes_.end()) found = routes_.try_emplace({known_path(where.path), verb}).first;
  last_ = {where.verb, found->first.first};  // whose text stays
  last_counts_ = &found->second;
  return found->second;
}

void route_meter::sent(const protocol::route& where, int status, duration took) {
  const std::lock_guard lock(mutex_);
  auto& counts = of(where);
  ++counts.statuses[name_of(status)];
  counts.times.observe(took);
}

std::vector<route_meter::figures> route_meter::look() const {
  const std::lock_guard lock(mutex_);
  std::vector<figures> out;
  out.reserve(routes_.size());
  for (const auto& [key, of] : routes_)
    out.push_back({key.second, key.first, {of.statuses.begin(), of.statuses.end()}, of.times.figures()});
  return out;
}

}  // namespace monochord::rest
