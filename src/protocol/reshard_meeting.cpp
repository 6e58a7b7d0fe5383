// SPDX-License-Identifier: MIT
#include "protocol/reshard_meeting.hpp"

#include <algorithm>
#include <utility>

namespace monochord::protocol {
namespace {

std::string name_of(const shard_part& part) {
  std::string out = "shards " + std::to_string(part.here.first) + " to ";
  return out + std::to_string(part.here.first + part.here.count - 1) + " of " + std::to_string(part.total);
}

/// At least.
std::uint64_t milliseconds_since(time_point at, time_point now) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>((now - at) / std::chrono::milliseconds{1} + 1, 0));
}

bool overlap(const shard_part& a, const shard_part& b) noexcept {
  return a.here.first < b.here.first + b.here.count && b.here.first < a.here.first + a.here.count;
}

}  // namespace

meeting_answer reshard_meeting::refuse(const member_report& to, meeting_failure why, std::string text) const {
  meeting_answer out;
  out.round = to.round;
  out.phase = meeting_phase::failed;
  out.failure = why;
  out.text = std::move(text);
  return out;
}

meeting_answer reshard_meeting::hear(const member_report& report, time_point now, std::uint64_t fresh) {
  look(now);
  if (report.round == 0) return join(report, now, fresh);
  if (!round_ || round_->id != report.round) return recover(report, now);
  auto found = round_->members.find(report.old_part.here.first);
  if (found == round_->members.end() && round_->recovers) return recover(report, now);
  if (found == round_->members.end() || found->second.run != report.run)
    return refuse(report, meeting_failure::gone, "another process has the same shards, or had them");
  take_in(found->second, report, now);
  decide(now);
  return answer(found->second, now);
}

/// Time passes.
void reshard_meeting::look(time_point now) {
  if (!round_) return;
  auto& r = *round_;
  const auto is_silent = [&](const member& m) { return now - m.heard >= options_.contact_limit; };
  if (r.phase == meeting_phase::gathering) {
    if (r.recovers) {
      if (now - r.since >= options_.linger)  // it may have been decided: whoever is in doubt gives up before that by itself
        fail(meeting_failure::gone, "the place where processes meet has begun anew, and not all came back", now);
      return;
    }
    std::erase_if(r.members, [&](const auto& one) { return is_silent(one.second); });
    if (r.members.empty()) drop();
    return;
  }
  if (is_open()) {
    const auto gone = std::ranges::find_if(r.members, [&](const auto& one) { return is_silent(one.second); });
    if (gone != r.members.end())
      fail(meeting_failure::gone, "nothing is heard of the process with " + name_of(gone->second.old_part), now);
    else if (r.phase == meeting_phase::freezing && now - r.since >= options_.freeze_limit)
      fail(meeting_failure::timeout, "the processes took too long to agree", now);
    return;
  }
  // Whoever asks later after one that has failed, is told so too.
  const bool all_know = std::ranges::all_of(r.members, [](const auto& one) { return one.second.told; });
  const bool has_failed = r.phase == meeting_phase::failed;
  if (now - r.since >= (has_failed ? options_.contact_limit : options_.linger) || (has_failed && all_know)) drop();
}

void reshard_meeting::drop() {
  round_.reset();
  events_ = 0;
}

void reshard_meeting::fail(meeting_failure why, std::string text, time_point now) {
  auto& r = *round_;
  r.phase = meeting_phase::failed;
  r.failure = why;
  r.text = text.substr(0, longest_failure_text);
  r.since = now;
  for (auto& [shard, one] : r.members) one.inbox.clear();
  events_ = 0;
}

bool reshard_meeting::disagrees(const member_report& report, std::string& text) const {
  for (const auto& [shard, one] : round_->members) {
    if (shard == report.old_part.here.first && report.old_part == one.old_part && report.new_part == one.new_part)
      continue;  // the same process, begun anew
    const bool differs = one.old_part.total != report.old_part.total || one.new_part.total != report.new_part.total;
    if (!differs && !overlap(one.old_part, report.old_part) && !overlap(one.new_part, report.new_part)) continue;
    text = "one process would go from " + name_of(one.old_part) + " to " + name_of(one.new_part) + ", another from " +
           name_of(report.old_part) + " to " + name_of(report.new_part);
    return true;
  }
  return false;
}

/// Every shard of both plans is some process's; that none is two processes' was seen when they came.
bool reshard_meeting::covers_all() const {
  int olds = 0, news = 0;
  for (const auto& [shard, one] : round_->members) {
    olds += one.old_part.here.count;
    news += one.new_part.here.count;
  }
  const auto& any = round_->members.begin()->second;
  return olds == any.old_part.total && news == any.new_part.total;
}

reshard_meeting::member* reshard_meeting::known(const member_report& report) {
  if (!round_ || round_->recovers) return nullptr;
  const auto found = round_->members.find(report.old_part.here.first);
  return found != round_->members.end() && found->second.run == report.run ? &found->second : nullptr;
}

meeting_answer reshard_meeting::join(const member_report& report, time_point now, std::uint64_t fresh) {
  meeting_answer wait;
  if (report.state == member_state::gave_up) {
    // It waited for the others, and waits no more; that they had come it may not have heard.
    if (auto* const me = known(report); me && round_->phase == meeting_phase::gathering) {
      round_->members.erase(report.old_part.here.first);
      if (round_->members.empty()) drop();
    } else if (me) {
      take_in(*me, report, now);
    }
    return refuse(report, meeting_failure::gave_up, {});
  }
  if (auto* const me = known(report)) {
    take_in(*me, report, now);
    decide(now);
    return answer(*me, now);
  }
  if (round_ && (round_->phase != meeting_phase::gathering || round_->recovers)) {
    const auto before = round_->members.find(report.old_part.here.first);
    if (is_open() && !round_->recovers && before != round_->members.end())
      fail(meeting_failure::gone, "the process with " + name_of(report.old_part) + " has begun anew", now);
    if (round_->phase != meeting_phase::over) return wait;  // until those who are in it know how it ended
    drop();
  }
  if (!round_) {
    round_.emplace();
    round_->id = fresh;
    round_->since = now;
  }
  std::string text;
  if (disagrees(report, text)) {
    fail(meeting_failure::mismatch, text, now);
    return refuse(report, meeting_failure::mismatch, round_->text);
  }
  if (round_->members.size() >= options_.max_members)
    return refuse(report, meeting_failure::resource, "too many processes want to reshard together");
  auto& me = round_->members[report.old_part.here.first];
  me = member{};
  me.run = report.run;
  me.old_part = report.old_part;
  me.new_part = report.new_part;
  me.heard = now;
  decide(now);
  return answer(me, now);
}

/// A resharding that is not known here: this place has begun anew, or it is long over. Nothing was decided that a
/// member does not know while none of them has done more than promise.
meeting_answer reshard_meeting::recover(const member_report& report, time_point now) {
  const bool is_other = round_ && round_->id != report.round;
  if (is_other && report.state == member_state::taken) {
    meeting_answer out;
    out.round = report.round;
    out.phase = meeting_phase::over;
    return out;
  }
  if (report.state != member_state::complete && report.state != member_state::taken)
    return refuse(report, meeting_failure::forgotten, "the place where the processes meet has begun anew");
  const bool gives_way = is_other && !round_->recovers &&
                         (round_->phase == meeting_phase::gathering || round_->phase >= meeting_phase::over);
  if (is_other && !gives_way)
    return refuse(report, meeting_failure::forgotten, "this resharding is not known any more");
  if (!round_ || is_other) {  // who waits to begin comes after those
    drop();
    round_.emplace();
    round_->id = report.round;
    round_->recovers = true;
    round_->since = now;
  }
  if (round_->members.size() >= options_.max_members)
    return refuse(report, meeting_failure::resource, "too many processes want to reshard together");
  auto& me = round_->members[report.old_part.here.first];
  me.run = report.run;
  me.old_part = report.old_part;
  me.new_part = report.new_part;
  take_in(me, report, now);
  decide(now);
  return answer(me, now);
}

void reshard_meeting::take_in(member& of, const member_report& report, time_point now) {
  of.heard = now;
  of.state = report.state;
  of.merges = of.merges || report.round != 0;
  auto& r = *round_;
  if (r.phase == meeting_phase::failed) {
    of.told = true;  // with this answer
    return;
  }
  if (!is_open() || r.recovers) return;
  if (of.state == member_state::gave_up) {
    of.told = true;
    fail(meeting_failure::gave_up, "the process with " + name_of(of.old_part) + " gave up", now);
    return;
  }
  while (of.fetched < report.got && !of.inbox.empty()) {
    of.inbox.pop_front();
    ++of.fetched;
    --events_;
  }
  if (report.first > of.got || of.got - report.first > report.events.size()) return;  // something is between
  for (auto at = of.got - report.first; at < report.events.size(); ++at) pass_on(of, report.events[at], now);
  of.got = report.first + report.events.size();
  of.last = report.last;
  if (events_ > options_.max_events)
    fail(meeting_failure::resource, "more is told of guilds that move than is fetched", now);
}

void reshard_meeting::pass_on(const member& from, const moved_event& one, time_point now) {
  for (auto& [shard, to] : round_->members) {
    if (&to == &from) continue;
    if (one.what != moved_event::kind::gap && !to.new_part.has(to.new_part.of(one.guild))) continue;
    to.inbox.push_back(one);
    to.inbox.back().at = now;
    ++events_;
  }
}

void reshard_meeting::decide(time_point now) {
  auto& r = *round_;
  const auto all = [&](auto is) {
    return std::ranges::all_of(r.members, [&](const auto& one) { return is(one.second.state); });
  };
  const auto become = [&](meeting_phase next) {
    r.phase = next;
    r.since = now;
  };
  const auto is_complete = [](member_state s) { return s == member_state::complete || s == member_state::taken; };
  const auto is_taken = [](member_state s) { return s == member_state::taken; };
  if (r.phase == meeting_phase::gathering && r.recovers) {
    const bool one_knows = std::ranges::any_of(r.members, [&](const auto& one) { return is_taken(one.second.state); });
    if (one_knows || (covers_all() && all(is_complete))) become(meeting_phase::taken);
  } else if (r.phase == meeting_phase::gathering) {
    if (covers_all()) become(meeting_phase::preparing);
  } else if (r.phase == meeting_phase::preparing) {
    if (std::ranges::all_of(r.members, [](const auto& one) { return one.second.merges; }))
      become(meeting_phase::working);
  } else if (r.phase == meeting_phase::working) {
    if (all([](member_state s) { return s == member_state::balanced; })) become(meeting_phase::freezing);
  } else if (r.phase == meeting_phase::freezing) {
    if (all(is_complete)) become(meeting_phase::taken);
  }
  if (r.phase == meeting_phase::taken && covers_all() && all(is_taken)) become(meeting_phase::over);
}

meeting_answer reshard_meeting::answer(const member& to, time_point now) const {
  const auto& r = *round_;
  meeting_answer out;
  out.round = r.id;
  out.phase = r.phase;
  out.failure = r.failure;
  out.text = r.text;
  if (r.recovers && r.phase == meeting_phase::gathering) out.phase = meeting_phase::freezing;
  out.got = to.got;
  out.first = to.fetched;
  const auto count = std::min(to.inbox.size(), most_events_told);
  out.events.assign(to.inbox.begin(), to.inbox.begin() + static_cast<std::ptrdiff_t>(count));
  for (auto& one : out.events)
    if (one.what == moved_event::kind::gap) one.low += milliseconds_since(one.at, now);
  out.last = r.phase >= meeting_phase::freezing && count == to.inbox.size() &&
             std::ranges::all_of(r.members, [&](const auto& one) { return &one.second == &to || one.second.last; });
  return out;
}

}  // namespace monochord::protocol
