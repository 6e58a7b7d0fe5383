// SPDX-License-Identifier: MIT
#include <cstdio>

#include <monochord/core/timestamp.hpp>

namespace monochord {
namespace {

/// Reads exactly `count` digits and moves past them; false when there are not that many.
bool digits(std::string_view& text, std::size_t count, int& out) {
  if (text.size() < count) return false;
  out = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    out = out * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool symbol(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
  using namespace std::chrono;
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  if (!digits(text, 4, y) || !symbol(text, '-') || !digits(text, 2, mo) || !symbol(text, '-') || !digits(text, 2, d))
    return std::nullopt;
  if (!symbol(text, 'T') && !symbol(text, ' ')) return std::nullopt;
  if (!digits(text, 2, h) || !symbol(text, ':') || !digits(text, 2, mi) || !symbol(text, ':') || !digits(text, 2, s))
    return std::nullopt;

  int micros = 0;
  if (symbol(text, '.')) {
    int scale = 100000;
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), scale /= 10)
      micros += (text.front() - '0') * scale;
  }

  minutes offset{0};
  if (!text.empty() && !symbol(text, 'Z')) {  // without a zone, as webhook events have it, it is UTC
    const bool west = !text.empty() && text.front() == '-';
    if (!symbol(text, '+') && !symbol(text, '-')) return std::nullopt;
    int oh = 0, om = 0;
    if (!digits(text, 2, oh)) return std::nullopt;
    symbol(text, ':');
    if (!digits(text, 2, om)) return std::nullopt;
    if (oh > 23 || om > 59) return std::nullopt;
    offset = hours{oh} + minutes{om};
    if (west) offset = -offset;
  }
  if (!text.empty()) return std::nullopt;

  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
  return sys_days{date} + hours{h} + minutes{mi} + seconds{s} + microseconds{micros} - offset;
}

std::string format_timestamp(timestamp time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06d+00:00", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                                   static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace monochord
