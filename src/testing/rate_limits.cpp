// SPDX-License-Identifier: MIT
#include "testing/rate_limits.hpp"

#include <array>
#include <cstdio>

namespace monochord::testing {

namespace {

using namespace std::chrono_literals;

struct size_of_bucket {
  std::string_view operation;
  int limit;
  duration length;
};

/// Sizes in the order of those that bots meet; everything else has `usual`.
constexpr std::array sizes{
    size_of_bucket{"create_message", 5, 5s},
    size_of_bucket{"update_message", 5, 5s},
    size_of_bucket{"delete_message", 5, 1s},
    size_of_bucket{"delete_message young", 3, 1s},
    size_of_bucket{"delete_message old", 30, 120s},
    size_of_bucket{"add_my_message_reaction", 1, 250ms},
    size_of_bucket{"delete_my_message_reaction", 1, 250ms},
    size_of_bucket{"trigger_typing_indicator", 5, 5s},
    size_of_bucket{"get_bot_gateway", 2, 5s},
    size_of_bucket{"execute_webhook", 5, 2s},
    size_of_bucket{"update_original_webhook_message", 5, 2s},
    size_of_bucket{"update_webhook_message", 5, 2s},
    size_of_bucket{"bulk_set_application_commands", 5, 20s},
    size_of_bucket{"bulk_set_guild_application_commands", 5, 20s},
};
constexpr size_of_bucket usual{"", 10, 10s};

/// Requests that were on their way when a 429 was sent have not ignored it.
constexpr duration in_flight = 250ms;

/// The name and the topic of a channel may be changed twice in ten minutes each; its bucket is open meanwhile.
constexpr std::size_t changes = 2;
constexpr duration changes_in = 10min;

std::string with_age(std::string_view operation, std::string_view age) {
  std::string name(operation);
  if (!age.empty()) name.append(" ").append(age);
  return name;
}

const size_of_bucket& size_for(const tables::route_row& route, std::string_view age) {
  const auto name = with_age(route.operation, age);
  for (const auto& size : sizes)
    if (size.operation == name) return size;
  return usual;
}

}  // namespace

std::string rate_limits::bucket_of(const tables::route_row& route, std::string_view age) const {
  // Adding and taking back a reaction share a bucket; elsewhere every route has its own.
  std::string name =
      with_age(route.operation == "delete_my_message_reaction" ? "add_my_message_reaction" : route.operation, age);
  const auto renamed = renames_.find(route.operation);
  if (renamed != renames_.end()) name += std::to_string(renamed->second);
  std::uint64_t a = 0xcbf29ce484222325U;  // FNV-1a, twice, to look like Discord's 32 hexadecimal digits
  for (const char c : name) a = (a ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::uint64_t b = a;
  for (const char c : name) b = (b ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx", static_cast<unsigned long long>(a),
                static_cast<unsigned long long>(b));
  return text.data();
}

limit_verdict rate_limits::check_block(time_point now) {
  limit_verdict verdict;
  if (now >= blocked_until_) return verdict;
  verdict.what = limit_verdict::kind::blocked;
  verdict.retry_after = blocked_until_ - now;
  verdict.ignored = now - blocked_at_ > in_flight;
  return verdict;
}

bool rate_limits::take_global(const std::string& sender, time_point now, limit_verdict& verdict) {
  if (sender.empty()) return true;
  global_window& w = global_[sender];
  const bool closed = now < w.closed_until;
  if (!closed) {
    while (!w.sent.empty() && now - w.sent.front() >= 1s) w.sent.pop_front();
    if (w.sent.size() < static_cast<std::size_t>(global_per_second_)) return true;
    w.closed_at = now;
    w.closed_until = w.sent.front() + 1s;
  }
  verdict.what = limit_verdict::kind::global;
  verdict.retry_after = w.closed_until - now;
  verdict.ignored = closed && now - w.closed_at > in_flight;
  return false;
}

/// Something about the route is closed, though its bucket is open.
bool rate_limits::sub_limited(const std::string& key, const window& open, time_point now, limit_verdict& verdict) const {
  const auto found = sub_limits_.find(key);
  if (found == sub_limits_.end() || now >= found->second.until) return false;
  verdict.what = limit_verdict::kind::route;
  verdict.ignored = now - found->second.at > in_flight;
  verdict.retry_after = found->second.until - now;
  verdict.remaining = open.limit - open.used;
  return true;
}

limit_verdict rate_limits::take(const tables::route_row& route, const tables::route_row& bucket,
                                const request_kind& kind, const std::string& major, const std::string& sender,
                                time_point now) {
  limit_verdict verdict;
  const bool interaction = route.path.starts_with("/interactions/");
  if (interaction) return verdict;  // exempt: Discord sends no limit for them
  if (!take_global(sender, now, verdict)) return verdict;
  verdict.bucket = bucket_of(bucket, kind.age);
  window& w = windows_[verdict.bucket + "/" + major];
  const auto& size = size_for(bucket, kind.age);
  if (w.limit == 0 || now - w.start >= w.length)
    w = {now, w.closed_at, w.closed_until, w.shared, 0, size.limit, size.length};
  verdict.limited_route = true;
  verdict.limit = w.limit;
  verdict.reset_after = w.start + w.length - now;
  if (now < w.closed_until || w.used >= w.limit) {
    const bool closed = now < w.closed_until;
    verdict.what = closed && w.shared ? limit_verdict::kind::shared : limit_verdict::kind::route;
    verdict.ignored = closed && now - w.closed_at > in_flight;
    verdict.retry_after = closed ? w.closed_until - now : verdict.reset_after;
    verdict.reset_after = verdict.retry_after;
    if (!closed) {
      w.closed_at = now;
      w.closed_until = now + verdict.retry_after;
      w.shared = false;
    }
    return verdict;
  }
  const auto place = std::string(route.operation) + "/" + major;
  if (sub_limited(place, w, now, verdict)) return verdict;
  for (const auto& field : kind.fields) {
    const auto key = place + "/" + field;
    auto& changed = changes_[key];
    while (!changed.empty() && now - changed.front() >= changes_in) changed.pop_front();
    if (changed.size() < changes) continue;
    closed_route& closed = sub_limits_[key];
    if (now >= closed.until) closed = {now, changed.front() + changes_in};  // whom it refuses first could not know
    sub_limited(key, w, now, verdict);
    return verdict;
  }
  for (const auto& field : kind.fields) changes_[place + "/" + field].push_back(now);
  ++w.used;
  verdict.remaining = w.limit - w.used;
  if (!sender.empty()) global_[sender].sent.push_back(now);
  return verdict;
}

void rate_limits::close_bucket(const std::string& bucket, const std::string& major, bool shared, time_point now,
                               time_point until) {
  window& w = windows_[bucket + "/" + major];
  w.closed_at = now;
  w.closed_until = until;
  w.shared = shared;
}

void rate_limits::close_sub_limit(const tables::route_row& route, const std::string& major, time_point now,
                                  time_point until) {
  sub_limits_[std::string(route.operation) + "/" + major] = {now, until};
}

void rate_limits::close_global(const std::string& sender, time_point now, time_point until) {
  if (sender.empty()) return;
  global_[sender].closed_at = now;
  global_[sender].closed_until = until;
}

void rate_limits::block(time_point now, time_point until) {
  blocked_at_ = now;
  blocked_until_ = until;
}

bool rate_limits::count_invalid(time_point now) {
  invalid_.push_back(now);
  const bool blocked = now < blocked_until_;  // since when, decides whether the client could know
  if (blocked || invalid_requests(now) < static_cast<std::size_t>(invalid_limit_)) return false;
  block(now, invalid_.front() + 10min);
  return true;
}

std::size_t rate_limits::invalid_requests(time_point now) {
  while (!invalid_.empty() && now - invalid_.front() >= 10min) invalid_.pop_front();
  return invalid_.size();
}

}  // namespace monochord::testing
