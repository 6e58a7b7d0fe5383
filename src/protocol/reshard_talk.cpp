// SPDX-License-Identifier: MIT
#include "protocol/reshard_talk.hpp"

#include <algorithm>

namespace monochord::protocol {
namespace {

constexpr std::uint64_t format = 1;
constexpr std::uint64_t most_shards = 1'000'000;

class writer {
 public:
  void number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
  }
  void part(const shard_part& p) {
    number(static_cast<std::uint64_t>(p.here.first), 4);
    number(static_cast<std::uint64_t>(p.here.count), 4);
    number(static_cast<std::uint64_t>(p.total), 4);
  }
  void events(const std::vector<moved_event>& all) {
    number(all.size(), 2);
    for (const auto& one : all) {
      number(static_cast<std::uint64_t>(one.what), 1);
      number(one.guild.value(), 8);
      number(one.high, 8);
      number(one.low, 8);
    }
  }
  std::string out;
};

class reader {
 public:
  explicit reader(std::string_view bytes) noexcept : rest_(bytes) {}
  std::uint64_t number(int bytes) noexcept {
    if (rest_.size() < static_cast<std::size_t>(bytes)) {
      good_ = false;
      return 0;
    }
    std::uint64_t out = 0;
    for (int i = 0; i < bytes; ++i)
      out |= std::uint64_t{static_cast<unsigned char>(rest_[static_cast<std::size_t>(i)])} << (8 * i);
    rest_.remove_prefix(static_cast<std::size_t>(bytes));
    return out;
  }
  /// A number of one byte up to `most`.
  template <class E>
  E choice(E most) noexcept {
    const auto value = number(1);
    if (value > static_cast<std::uint64_t>(most)) good_ = false;
    return good_ ? static_cast<E>(value) : E{};
  }
  bool flag() noexcept {
    const auto value = number(1);
    if (value > 1) good_ = false;
    return value == 1;
  }
  shard_part part() noexcept {
    const auto first = number(4), count = number(4), total = number(4);
    if (count == 0 || total > most_shards || count > total || first > total - count) good_ = false;
    if (!good_) return {};
    return {{static_cast<int>(first), static_cast<int>(count)}, static_cast<int>(total)};
  }
  std::vector<moved_event> events() {
    const auto count = number(2);
    constexpr std::size_t bytes_each = 25;
    if (count > most_events_told || rest_.size() < count * bytes_each) good_ = false;
    std::vector<moved_event> out;
    if (!good_) return out;
    out.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      moved_event one;
      one.what = choice(moved_event::kind::gap);
      one.guild = guild_id{number(8)};
      one.high = number(8);
      one.low = number(8);
      if (one.what == moved_event::kind::gap && one.high >= most_shards) good_ = false;
      out.push_back(one);
    }
    return out;
  }
  std::string text() {
    const auto size = number(1);
    if (size > longest_failure_text || rest_.size() < size) good_ = false;
    if (!good_) return {};
    std::string out(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (!std::ranges::all_of(out, [](char c) { return c >= ' ' && c <= '~'; })) good_ = false;
    return out;
  }
  bool is_whole() const noexcept { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

std::string to_bytes(const member_report& report) {
  writer w;
  w.number(format, 1);
  w.number(report.round, 8);
  w.number(report.run, 8);
  w.part(report.old_part);
  w.part(report.new_part);
  w.number(static_cast<std::uint64_t>(report.state), 1);
  w.number(report.last ? 1 : 0, 1);
  w.number(report.got, 8);
  w.number(report.first, 8);
  w.events(report.events);
  return std::move(w.out);
}

std::string to_bytes(const meeting_answer& answer) {
  writer w;
  w.number(format, 1);
  w.number(answer.round, 8);
  w.number(static_cast<std::uint64_t>(answer.phase), 1);
  w.number(static_cast<std::uint64_t>(answer.failure), 1);
  w.number(answer.last ? 1 : 0, 1);
  w.number(answer.got, 8);
  w.number(answer.first, 8);
  w.events(answer.events);
  w.number(answer.text.size(), 1);
  w.out += answer.text;
  return std::move(w.out);
}

std::optional<member_report> parse_member_report(std::string_view bytes) {
  reader r(bytes);
  member_report out;
  if (r.number(1) != format) return std::nullopt;
  out.round = r.number(8);
  out.run = r.number(8);
  out.old_part = r.part();
  out.new_part = r.part();
  out.state = r.choice(member_state::gave_up);
  out.last = r.flag();
  out.got = r.number(8);
  out.first = r.number(8);
  out.events = r.events();
  if (!r.is_whole()) return std::nullopt;
  return out;
}

std::optional<meeting_answer> parse_meeting_answer(std::string_view bytes) {
  reader r(bytes);
  meeting_answer out;
  if (r.number(1) != format) return std::nullopt;
  out.round = r.number(8);
  out.phase = r.choice(meeting_phase::failed);
  out.failure = r.choice(meeting_failure::forgotten);
  out.last = r.flag();
  out.got = r.number(8);
  out.first = r.number(8);
  out.events = r.events();
  out.text = r.text();
  if (!r.is_whole()) return std::nullopt;
  return out;
}

}  // namespace monochord::protocol
