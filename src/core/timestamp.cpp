// SPDX-License-Identifier: MIT
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>

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

struct parts {
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0, micros = 0;

  std::optional<timestamp> time() const noexcept {
    using namespace std::chrono;
    const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
    if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    return sys_days{date} + hours{h} + minutes{mi} + seconds{s} + microseconds{micros};
  }
};

/// Eight characters of a text whose shape is known: `d` stands for any digit.
struct eight {
  std::uint64_t zeros = 0;  // the characters, each digit a 0
  std::uint64_t over = 0;   // makes 16 or more of what is over 9 where a digit stands, of what is not 0 elsewhere

  explicit consteval eight(const char (&like)[9]) {
    for (unsigned i = 0; i < 8; ++i) {
      zeros |= std::uint64_t{like[i] == 'd' ? static_cast<unsigned char>('0') : static_cast<unsigned char>(like[i])} << 8 * i;
      over |= std::uint64_t{like[i] == 'd' ? 6U : 15U} << 8 * i;
    }
  }
  /// In the place of each digit the number that it makes with the one behind it. Characters of another shape leave one of
  /// the upper four bits of a byte in `bad`.
  std::uint64_t pairs(const char* text, std::uint64_t& bad) const noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, text, sizeof word);
    word ^= zeros;
    bad |= word | (word + over);
    return word * 10 + (word >> 8);
  }
};

/// As Discord writes nearly all of them; false for any other.
bool usual(std::string_view text, parts& out) noexcept {
  if (text.size() != 32 || std::endian::native != std::endian::little) return false;
  static constexpr eight first("dddd-dd-"), second("ddTdd:dd"), third(":dd.dddd"), fourth("dd+00:00");
  std::uint64_t bad = 0;
  const std::uint64_t a = first.pairs(text.data(), bad), b = second.pairs(text.data() + 8, bad),
                      c = third.pairs(text.data() + 16, bad), d = fourth.pairs(text.data() + 24, bad);
  if ((bad & 0xF0F0F0F0F0F0F0F0U) != 0) return false;
  const auto two = [](std::uint64_t of, unsigned at) { return static_cast<int>(of >> 8 * at & 0xFF); };
  out = {two(a, 0) * 100 + two(a, 2), two(a, 5), two(b, 0), two(b, 3), two(b, 6), two(c, 1),
         two(c, 4) * 10'000 + two(c, 6) * 100 + two(d, 0)};
  return true;
}

}  // namespace

std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
  using namespace std::chrono;
  parts all;
  if (usual(text, all)) return all.time();
  all = {};
  auto& [y, mo, d, h, mi, s, micros] = all;
  if (!digits(text, 4, y) || !symbol(text, '-') || !digits(text, 2, mo) || !symbol(text, '-') || !digits(text, 2, d))
    return std::nullopt;
  if (!symbol(text, 'T') && !symbol(text, ' ')) return std::nullopt;
  if (!digits(text, 2, h) || !symbol(text, ':') || !digits(text, 2, mi) || !symbol(text, ':') || !digits(text, 2, s))
    return std::nullopt;

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

  const auto here = all.time();
  return here ? std::optional(*here - offset) : std::nullopt;
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
