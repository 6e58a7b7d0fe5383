// SPDX-License-Identifier: MIT
#include "protocol/identify_desk.hpp"

#include <algorithm>
#include <utility>

namespace monochord::protocol {

using ticket = identify_queue::ticket;

identify_desk::identify_desk(identify_desk_options options, time_point now)
    : options_(options), queue_(options.queue, now) {}

std::optional<identify_desk::visit> identify_desk::come(const queue_call& question, time_point now) {
  if (!question.is_plain()) {
    drop_others(question, now);
    if (const auto again = come_again(question)) return again;
  }
  if (waiting() >= options_.max_waiting) return std::nullopt;
  const ticket t = queue_.request(question.shard, now, !question.refuse_when_spent);
  auto& mine = questions_[t];
  mine.owner = question.owner;
  mine.number = question.number;
  mine.shard = question.shard;
  mine.visit = ++visits_;
  if (!question.is_plain()) {
    auto& owner = owners_[question.owner];
    owner.run = question.run;
    owner.questions[question.number] = t;
  }
  return visit{t, mine.visit};
}

std::optional<identify_desk::visit> identify_desk::come_again(const queue_call& question) {
  const auto t = find(question);
  if (!t) return std::nullopt;
  auto& known = questions_.at(*t);
  wake(known);  // whoever waited for it before waits for nothing now
  known.visit = ++visits_;
  return visit{*t, known.visit};
}

/// Of a run that is over, and of a shard that begins anew, the questions mean nothing any more.
void identify_desk::drop_others(const queue_call& question, time_point now) {
  const auto found = owners_.find(question.owner);
  if (found == owners_.end()) return;
  const bool other_run = found->second.run != question.run;
  std::vector<ticket> over;
  for (const auto& [number, t] : found->second.questions) {
    const auto& one = questions_.at(t);
    // A number names one question of one shard: the same with another shard is as good as another one.
    const bool same = number == question.number && one.shard == question.shard;
    const bool in_the_way = number == question.number || (one.shard == question.shard && !one.sent);
    if (other_run || (in_the_way && !same)) over.push_back(t);
  }
  for (const ticket t : over) drop(t, now);
}

/// A grant that was told and of which nothing was heard may have been used.
void identify_desk::drop(ticket t, time_point now) {
  const auto at = questions_.find(t);
  if (at->second.told)
    queue_.abandon(t, now);
  else
    queue_.cancel(t, now);
  wake(at->second);
  erase(at);
}

identify_desk::place identify_desk::erase(place at) {
  if (const auto owner = owners_.find(at->second.owner); owner != owners_.end()) {
    owner->second.questions.erase(at->second.number);
    if (owner->second.questions.empty()) owners_.erase(owner);
  }
  return questions_.erase(at);
}

void identify_desk::wake(question& what) {
  if (what.visit != 0) woken_.push_back(std::exchange(what.visit, 0));
}

std::optional<ticket> identify_desk::find(const queue_call& call) const {
  const auto owner = owners_.find(call.owner);
  if (owner == owners_.end() || owner->second.run != call.run) return std::nullopt;
  const auto found = owner->second.questions.find(call.number);
  if (found == owner->second.questions.end() || questions_.at(found->second).shard != call.shard) return std::nullopt;
  return found->second;
}

identify_desk::question* identify_desk::of(const visit& who) {
  const auto found = questions_.find(who.at);
  return found == questions_.end() || found->second.visit != who.number ? nullptr : &found->second;
}

identify_desk::standing identify_desk::look(const visit& who) const {
  const auto found = questions_.find(who.at);
  if (found == questions_.end() || found->second.visit != who.number || found->second.sent) return standing::superseded;
  return found->second.now;
}

void identify_desk::leave(const visit& who, time_point now) {
  auto* const mine = of(who);
  if (!mine) return;
  mine->visit = 0;
  if (mine->told) return;  // earlier: its owner knows of it
  queue_.cancel(who.at, now);
  erase(questions_.find(who.at));
}

void identify_desk::told_to_ask_again(const visit& who, time_point now) {
  auto* const mine = of(who);
  if (!mine) return;
  mine->visit = 0;
  mine->kept_until = now + options_.keep_place;
}

void identify_desk::told(const visit& who, time_point now) {
  auto* const mine = of(who);
  if (!mine || mine->now != standing::granted) return;
  mine->visit = 0;
  mine->told = true;
  if (!mine->owner.empty()) return;
  queue_.sent(who.at, now + options_.travel_margin);
  queue_.done(who.at, identify_queue::outcome::untold, now);
  erase(questions_.find(who.at));
}

bool identify_desk::hear(const queue_call& report, time_point now) {
  const auto t = find(report);
  if (!t) {
    // Of a queue that was here before, or too late: what counts is that the shard IDENTIFYs.
    if (report.what == queue_call::kind::sent) queue_.identified_elsewhere(report.shard, now);
    return false;
  }
  const auto at = questions_.find(*t);
  const bool granted = at->second.now == standing::granted;
  switch (report.what) {
    case queue_call::kind::sent:
      if (granted) {
        queue_.sent(*t, now);
        at->second.sent = at->second.told = true;
      }
      return granted;
    case queue_call::kind::done:
      if (!granted) return false;
      queue_.done(*t, report.identified ? identify_queue::outcome::identified : identify_queue::outcome::failed, now);
      break;
    case queue_call::kind::unused:
      queue_.cancel(*t, now);
      break;
    case queue_call::kind::ask:
    case queue_call::kind::health:
    case queue_call::kind::reshard:
      return false;
  }
  wake(at->second);
  erase(at);
  return true;
}

std::vector<std::uint64_t> identify_desk::poll(time_point now) {
  for (auto at = questions_.begin(); at != questions_.end();) {
    const auto& one = at->second;
    if (one.visit == 0 && !one.told && one.kept_until <= now) {
      queue_.cancel(at->first, now);
      at = erase(at);
    } else {
      ++at;
    }
  }
  for (const auto& decided : queue_.poll(now)) {
    auto& one = questions_.at(decided.id);
    one.now = decided.refused ? standing::spent : standing::granted;
    if (one.visit != 0) woken_.push_back(one.visit);
  }
  for (auto at = questions_.begin(); at != questions_.end();) {
    if (queue_.has(at->first) || at->second.now == standing::spent) {
      ++at;
      continue;
    }
    wake(at->second);  // the queue has taken its grant back
    at = erase(at);
  }
  return std::exchange(woken_, {});
}

std::optional<time_point> identify_desk::next_wakeup() const {
  auto next = queue_.next_wakeup();
  for (const auto& [t, one] : questions_) {
    if (one.visit == 0 && !one.told) next = next ? std::min(*next, one.kept_until) : one.kept_until;
  }
  return next;
}

}  // namespace monochord::protocol
