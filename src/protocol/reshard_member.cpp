// SPDX-License-Identifier: MIT
#include "protocol/reshard_member.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace monochord::protocol {

reshard_member::reshard_member(std::uint64_t run, shard_part old_part, shard_part new_part)
    : run_(run), old_(old_part), new_(new_part) {}

member_report reshard_member::report(time_point now) {
  member_report out;
  out.round = stage_ == stage::to_merge ? 0 : round_;
  out.run = run_;
  out.old_part = old_;
  out.new_part = new_;
  out.got = heard_;
  out.first = told_;
  const auto count = std::min(untold_.size(), most_events_told);
  out.events.assign(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto& one : out.events) {
    if (one.what != moved_event::kind::gap) continue;
    const auto ago = std::chrono::ceil<std::chrono::milliseconds>(now - one.at).count();
    one.low = static_cast<std::uint64_t>(std::max<decltype(ago)>(ago, 0));
  }
  switch (stage_) {
    case stage::waiting:
    case stage::to_merge:
    case stage::merged:
    case stage::working:
    case stage::to_freeze:
      out.state = balanced_ ? member_state::balanced : member_state::works;
      break;
    case stage::freezing:
      out.last = count == untold_.size();
      out.state = member_state::frozen;
      if (!untold_.empty() || !heard_all_) break;
      out.state = member_state::complete;
      stage_ = stage::in_doubt;
      break;
    case stage::in_doubt:
      out.last = true;
      out.state = member_state::complete;
      break;
    case stage::taken:
      out.last = true;
      out.state = member_state::taken;
      break;
    case stage::failed:
      out.state = member_state::gave_up;
      break;
  }
  return out;
}

void reshard_member::hear(meeting_answer answer, time_point now) {
  if (round_ != 0 && answer.round != round_) return;  // of another time, or of another place
  last_heard_ = now;
  more_ = false;
  if (stage_ == stage::failed) {
    over_ = true;
    return;
  }
  if (stage_ == stage::taken) {
    over_ = answer.phase != meeting_phase::taken;
    return;
  }
  if (answer.phase == meeting_phase::failed) {
    stage_ = stage::failed;
    failure_ = answer.failure;
    text_ = std::move(answer.text);
    over_ = true;
    return;
  }
  if (stage_ == stage::waiting) {
    // Of a round that is further along it would know nothing.
    if (answer.phase != meeting_phase::preparing || answer.round == 0) return;
    round_ = answer.round;
    stage_ = stage::to_merge;
  }
  if (stage_ == stage::merged && answer.phase == meeting_phase::working) stage_ = stage::working;
  if (answer.got > told_) {
    const auto arrived = static_cast<std::size_t>(std::min<std::uint64_t>(answer.got - told_, untold_.size()));
    untold_.erase(untold_.begin(), untold_.begin() + static_cast<std::ptrdiff_t>(arrived));
    told_ += arrived;
  }
  if (answer.first <= heard_ && heard_ - answer.first <= answer.events.size()) {
    const auto known = static_cast<std::ptrdiff_t>(heard_ - answer.first);
    heard_ += answer.events.size() - static_cast<std::size_t>(known);
    std::move(answer.events.begin() + known, answer.events.end(), std::back_inserter(fresh_));
    heard_all_ = answer.last;
    more_ = answer.events.size() == most_events_told;
  }
  more_ = more_ || untold_.size() >= most_events_told;
  if (stage_ == stage::working && answer.phase == meeting_phase::freezing) stage_ = stage::to_freeze;
  if (stage_ == stage::in_doubt && (answer.phase == meeting_phase::taken || answer.phase == meeting_phase::over))
    stage_ = stage::taken;
}

void reshard_member::tell(std::vector<moved_event> events) {
  untold_.insert(untold_.end(), events.begin(), events.end());
}

void reshard_member::merged() noexcept {
  if (stage_ == stage::to_merge) stage_ = stage::merged;
}

void reshard_member::froze() noexcept {
  if (stage_ == stage::to_freeze) stage_ = stage::freezing;
}

bool reshard_member::give_up() noexcept {
  if (stage_ >= stage::in_doubt) return false;
  stage_ = stage::failed;
  failure_ = meeting_failure::gave_up;
  return true;
}

void reshard_member::despair() noexcept {
  if (stage_ != stage::in_doubt) return;
  stage_ = stage::failed;
  failure_ = meeting_failure::gone;
  over_ = true;
}

std::vector<moved_event> reshard_member::take_heard() { return std::exchange(fresh_, {}); }

}  // namespace monochord::protocol
