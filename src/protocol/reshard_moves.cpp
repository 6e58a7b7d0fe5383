// SPDX-License-Identifier: MIT
// Of a merge: guilds that move from one process of a cluster to another.
#include <algorithm>
#include <iterator>
#include <utility>

#include "protocol/reshard_merge.hpp"

namespace monochord::protocol {

std::vector<moved_event> reshard_merge::take_moved() { return std::exchange(moved_, {}); }
std::vector<reshard_merge::ticket> reshard_merge::take_kept() { return std::exchange(kept_, {}); }

/// An event of a guild that this process gives away: it is the one who delivers it, until all are to freeze.
reshard_merge::outcome reshard_merge::of_lost(const event_key& key, ticket name, std::size_t bytes, time_point now) {
  outcome out;
  if (phase_ != phase::both) return out;
  if (frozen_) {
    held_bytes_ += bytes;
    overfull_ = overfull_ || held_bytes_ > options_.max_held_bytes;
    kept_.push_back(name);
    out.what = verdict::hold;
    return out;
  }
  moved_event told;
  told.what = key.what == event_key::kind::unique ? moved_event::kind::unique : moved_event::kind::counted;
  told.guild = key.guild;
  told.high = key.high;
  told.low = key.low;
  told.at = now;
  moved_.push_back(told);
  return out;
}

void reshard_merge::take_off(const held_event& one) {
  --held_count_;
  held_bytes_ -= one.bytes;
  const auto at = tallies_.find(one.key);
  --at->second.held;
  drop_if_empty(at);
}

void reshard_merge::skip(guild_id guild, held_queue& queue, std::size_t count) {
  if (count == 0) return;
  auto& to = skipped_[guild.value()];
  const auto end = queue.begin() + static_cast<std::ptrdiff_t>(count);
  std::move(queue.begin(), end, std::back_inserter(to));
  queue.erase(queue.begin(), end);
  if (queue.empty()) held_.erase(guild.value());
}

std::vector<reshard_merge::ticket> reshard_merge::delivered_elsewhere(const moved_event& told, ticket name,
                                                                      time_point now) {
  std::vector<ticket> out;
  if (phase_ != phase::both || told.what == moved_event::kind::gap || !is_gained(told.guild)) return out;
  event_key key;
  const bool is_unique = told.what == moved_event::kind::unique;
  key.what = is_unique ? event_key::kind::unique : event_key::kind::counted;
  key.high = told.high;
  key.low = told.low;
  key.guild = told.guild;
  const auto is_it = [&](const held_event& one) { return one.key == key; };
  const auto at = tallies_.find(key);
  const bool may_be_held = at != tallies_.end() && at->second.held != 0;
  const auto queue = may_be_held ? held_.find(key.guild.value()) : held_.end();
  if (queue != held_.end()) {
    auto& all = queue->second;
    // As in `of_old`: what is equal to something behind the front is of before that.
    const auto mine = is_unique || is_it(all.front()) ? std::find_if(all.begin(), all.end(), is_it) : all.end();
    if (mine != all.end()) {
      const auto twin = mine->name;
      const auto before = static_cast<std::size_t>(mine - all.begin());
      out.push_back(twin);
      ++counters_.twins;
      take_off(*mine);
      all.erase(mine);
      if (is_unique)
        prove(key.guild, name, twin);
      else
        cancel_passed(all, out);
      skip(key.guild, all, before);
      if (const auto left = held_.find(key.guild.value()); left != held_.end() && left->second.empty())
        held_.erase(left);
      return out;
    }
  }
  const auto passed = may_be_held ? skipped_.find(key.guild.value()) : skipped_.end();
  if (passed != skipped_.end()) {
    const auto mine = std::find_if(passed->second.begin(), passed->second.end(), is_it);
    if (mine != passed->second.end()) {
      out.push_back(mine->name);
      ++counters_.twins;
      take_off(*mine);
      passed->second.erase(mine);
      if (passed->second.empty()) skipped_.erase(passed);
      return out;
    }
  }
  if (new_set_has(key.guild)) tally_of(key).by_old.add(name, now);
  return out;
}

std::vector<reshard_merge::ticket> reshard_merge::gap_elsewhere(int old_shard, time_point until) {
  std::vector<ticket> out;
  if (phase_ != phase::both) return out;
  for (auto* const all : {&skipped_, &held_}) {
    for (auto at = all->begin(); at != all->end();) {
      auto& queue = at->second;
      const guild_id guild{at->first};
      while (is_gained(guild) && old_.of(guild) == old_shard && !queue.empty() && queue.front().since <= until) {
        out.push_back(queue.front().name);
        ++counters_.singles;
        take_off(queue.front());
        queue.pop_front();
      }
      at = queue.empty() ? all->erase(at) : std::next(at);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace monochord::protocol
