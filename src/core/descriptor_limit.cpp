// SPDX-License-Identifier: MIT
#include "core/descriptor_limit.hpp"

#include <dirent.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <memory>

namespace monochord {

descriptor_error::descriptor_error(const std::string& what_for, std::uint64_t needed, std::uint64_t limit)
    : error(errc::resource,
            what_for + " need " + std::to_string(needed) + " file descriptors in all, and this process may have " +
                std::to_string(limit) +
                ": raise its hard limit (ulimit -Hn, LimitNOFILE of systemd, --ulimit nofile of a container)"),
      needed_(needed),
      limit_(limit) {}

namespace detail {
namespace {

/// Where they cannot be counted.
constexpr std::uint64_t guess_of_open = 64;

/// Not by std::filesystem, whose code no start needs in memory for anything else.
std::uint64_t open_now() {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(opendir("/proc/self/fd"), closedir);
  if (!listing) return guess_of_open;
  std::uint64_t count = 0;
  errno = 0;
  while (const dirent* entry = readdir(listing.get()))
    if (entry->d_name[0] != '.') ++count;
  return errno == 0 ? count : guess_of_open;
}

/// RLIM_INFINITY is the largest number there is, as it happens to be on Linux.
descriptor_limits limits_now() noexcept {
  rlimit now{};
  if (getrlimit(RLIMIT_NOFILE, &now) != 0)
    return {UINT64_MAX, UINT64_MAX};  // cannot fail; then nobody is refused for it
  return {now.rlim_cur, now.rlim_max};
}

bool set_soft(std::uint64_t soft, std::uint64_t hard) noexcept {
  const rlimit wanted{soft, hard};
  return setrlimit(RLIMIT_NOFILE, &wanted) == 0;
}

std::uint64_t sum(std::uint64_t a, std::uint64_t b) noexcept { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

}  // namespace

std::uint64_t suitable_limit(const descriptor_limits& now, std::uint64_t open, const descriptor_need& need) {
  const std::uint64_t least = sum(open, need.least);
  if (least > now.hard) throw descriptor_error(need.what_for, least, now.hard);
  const std::uint64_t wished = std::max(least, sum(open, need.wished));
  return wished <= now.soft ? now.soft : std::min(wished, now.hard);
}

void provide_descriptors(const descriptor_need& need) {
  const auto now = limits_now();
  const auto open = open_now();
  const auto soft = suitable_limit(now, open, need);
  if (soft == now.soft || set_soft(soft, now.hard)) return;
  // Some systems take less than their hard limit. What cannot be raised is not yet too little.
  const auto least = sum(open, need.least);
  if (least > now.soft) throw descriptor_error(need.what_for, least, now.soft);
}

std::uint64_t provide_all_descriptors() noexcept {
  const auto now = limits_now();
  return now.soft == now.hard || !set_soft(now.hard, now.hard) ? now.soft : now.hard;
}

}  // namespace detail
}  // namespace monochord
