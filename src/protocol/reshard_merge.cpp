// SPDX-License-Identifier: MIT
#include "protocol/reshard_merge.hpp"

#include <algorithm>
#include <utility>

namespace monochord::protocol {

namespace {

/// What is due `limit` after a moment: a clock that has just begun must not overflow.
bool has_passed(time_point since, duration limit, time_point now) noexcept { return now - since >= limit; }

std::vector<reshard_merge::ticket> taken(std::vector<reshard_merge::ticket>& from) { return std::exchange(from, {}); }

}  // namespace

reshard_merge::reshard_merge(merge_options options, shard_part old_set, shard_part new_set)
    : options_(options),
      old_(old_set),
      new_(new_set),
      old_shards_(static_cast<std::size_t>(std::max(old_set.here.count, 0))),
      new_shards_(static_cast<std::size_t>(std::max(new_set.here.count, 0))) {}

// --- shards ----------------------------------------------------------------------------------------------------------

reshard_merge::shard_state* reshard_merge::state(side which, int shard) noexcept {
  const auto& part = which == side::old_set ? old_ : new_;
  auto& all = which == side::old_set ? old_shards_ : new_shards_;
  return part.has(shard) ? &all[static_cast<std::size_t>(shard - part.here.first)] : nullptr;
}

/// What belongs to no guild comes on shard 0, as far as it does not come on all.
int reshard_merge::shard_of_guild(side which, guild_id guild) const noexcept {
  return which == side::old_set ? old_.of(guild) : new_.of(guild);
}

std::vector<reshard_merge::ticket> reshard_merge::session_begins(side which, int shard, time_point now) {
  std::vector<ticket> out;
  auto* const s = state(which, shard);
  if (!s) return out;
  if (which == side::new_set) {
    if (std::exchange(s->begun, true)) {
      // There is a gap: where the new session begins has to be found anew.
      const auto is_here = [&](std::uint64_t guild) { return new_.of(guild_id{guild}) == shard; };
      std::erase_if(synced_, is_here);
      std::erase_if(proven_, is_here);
      s->announced = false;
      s->guilds_to_come.clear();
    }
    return out;
  }
  s->gap = true;
  if (options_.cluster && phase_ == phase::both) {
    moved_event told;
    told.what = moved_event::kind::gap;
    told.high = static_cast<std::uint64_t>(shard);
    told.at = now;
    moved_.push_back(told);
  }
  std::vector<guild_id> waiting;
  for (const auto& [guild, queue] : held_)
    if (old_.of(guild_id{guild}) == shard) waiting.push_back(guild_id{guild});
  for (const auto guild : waiting) sync(guild, out, held_[guild.value()].front().since);
  std::sort(out.begin(), out.end());
  return out;
}

void reshard_merge::guilds_announced(int new_shard, std::vector<guild_id> guilds, time_point now) {
  auto* const s = state(side::new_set, new_shard);
  if (!s) return;
  s->announced = true;
  s->last_guild = now;
  s->guilds_to_come.clear();
  for (const auto guild : guilds) s->guilds_to_come.insert(guild.value());
}

void reshard_merge::shard_is_up(side which, int shard, bool up, time_point now) {
  auto* const s = state(which, shard);
  if (!s) return;
  if (up && !s->up) s->up_since = now;
  s->up = up;
}

bool reshard_merge::new_set_is_ready(time_point now) const noexcept {
  return std::all_of(new_shards_.begin(), new_shards_.end(), [&](const shard_state& s) {
    if (!s.up || !s.announced) return false;
    return s.guilds_to_come.empty() || has_passed(std::max(s.last_guild, s.up_since), options_.guilds_limit, now);
  });
}

bool reshard_merge::new_set_has(guild_id guild) noexcept {
  if (!guild) return std::any_of(new_shards_.begin(), new_shards_.end(), [](const shard_state& s) { return s.begun; });
  const auto* const s = state(side::new_set, new_.of(guild));
  return s && s->begun;
}

bool reshard_merge::is_synced(guild_id guild) noexcept {
  if (synced_.contains(guild.value())) return true;
  const auto* const s = state(side::old_set, shard_of_guild(side::old_set, guild));
  return s && s->gap;
}

// --- events ----------------------------------------------------------------------------------------------------------

void reshard_merge::line::add(ticket name, time_point now) {
  if (copies.empty()) {
    began = now;
    low = 1;
  }
  copies.push_back({name, now});
}

reshard_merge::ticket reshard_merge::line::take() noexcept {
  const auto out = copies.front().name;
  copies.erase(copies.begin());
  low = std::min(low, copies.size());
  return out;
}

reshard_merge::tally& reshard_merge::tally_of(const event_key& key) {
  const auto [at, is_new] = tallies_.try_emplace(key);
  if (!is_new) return at->second;
  at->second.guild = key.guild;
  if (proven_.contains(key.guild.value())) return at->second;
  auto& keys = unproven_[key.guild.value()];
  constexpr std::size_t many = 64;
  if (keys.size() >= many && keys.size() == keys.capacity())
    std::erase_if(keys, [this](const event_key& one) { return !tallies_.contains(one); });
  keys.push_back(key);
  return at->second;
}

void reshard_merge::drop_if_empty(tallies::iterator at) {
  if (at->second.empty()) tallies_.erase(at);
}

void reshard_merge::let_go(const held_event& one, std::vector<ticket>& into, time_point now) {
  auto& t = tally_of(one.key);
  --t.held;
  t.by_new.add(one.name, now);
  --held_count_;
  held_bytes_ -= one.bytes;
  into.push_back(one.name);
}

void reshard_merge::prove(guild_id guild, ticket old_copy, ticket new_copy) {
  if (!guild || !proven_.insert(guild.value()).second) return;  // what belongs to no guild has no order among its shards
  const auto keys = unproven_.find(guild.value());
  if (keys == unproven_.end()) return;
  const auto forget_before = [this](line& all, ticket last) {
    const auto end =
        std::find_if(all.copies.begin(), all.copies.end(), [&](const auto& one) { return one.name >= last; });
    counters_.singles += static_cast<std::uint64_t>(end - all.copies.begin());
    for (auto one = all.copies.begin(); one != end; ++one) forgotten_.push_back(one->name);
    all.copies.erase(all.copies.begin(), end);
    all.low = std::min(all.low, all.copies.size());
  };
  for (const auto& key : keys->second) {
    const auto at = tallies_.find(key);
    if (at == tallies_.end()) continue;
    forget_before(at->second.by_old, old_copy);
    forget_before(at->second.by_new, new_copy);
    drop_if_empty(at);
  }
  unproven_.erase(keys);
}

void reshard_merge::sync(guild_id guild, std::vector<ticket>& into, time_point now) {
  const auto at = held_.find(guild.value());
  if (is_gained(guild)) {
    if (at != held_.end()) skip(guild, at->second, at->second.size());
    return;
  }
  synced_.insert(guild.value());
  if (at == held_.end()) return;
  for (const auto& one : at->second) let_go(one, into, now);
  held_.erase(at);
}

/// Without a guild an event may come on every shard of a set: the set has it as often as the shard that has it most
/// often.
bool reshard_merge::is_repeat(side from, int shard, const event_key& key, time_point now) {
  if (key.guild) return false;
  if (phase_ != phase::both && !repeated_.contains(key)) return false;
  auto& r = repeated_[key];
  r.since = now;
  const int mine = ++(from == side::old_set ? r.old_shards : r.new_shards)[shard];
  int& set = from == side::old_set ? r.old_set : r.new_set;
  if (mine <= set) return true;
  set = mine;
  return false;
}

/// A guild that a new shard tells of since it has come up: the old set has told of it when it came.
bool reshard_merge::is_start(side from, int shard, std::string_view type, const event_key& key, time_point now) {
  if (from != side::new_set || phase_ != phase::both || (type != "GUILD_CREATE" && type != "GUILD_DELETE"))
    return false;
  auto* const s = state(from, shard);
  if (!s || s->guilds_to_come.erase(key.guild.value()) == 0) return false;
  s->last_guild = now;
  return type == "GUILD_CREATE";
}

reshard_merge::outcome reshard_merge::event(side from, int shard, std::string_view type, const event_key& given,
                                            ticket name, std::size_t bytes, time_point now) {
  outcome out;
  auto key = given;
  // What does not come on its guild's shard does not move with the guild.
  if (options_.cluster && shard != shard_of_guild(from, key.guild)) key.guild = guild_id{};
  const bool reads_on = phase_ == phase::both || (phase_ == phase::only_new) == (from == side::new_set);
  if (!reads_on) {  // the other set has it too
    out.what = verdict::cancel;
    return out;
  }
  if (key.is_own()) {
    if (from == side::new_set && phase_ == phase::both && (type == "READY" || type == "RESUMED")) {
      ++counters_.starts;
      out.what = verdict::cancel;
    }
    return out;
  }
  if (spent_.erase(key) != 0) {
    out.what = verdict::cancel;
    return out;
  }
  if (is_repeat(from, shard, key, now)) {
    ++counters_.repeats;
    out.what = verdict::cancel;
    return out;
  }
  if (from == side::old_set) return is_lost(key.guild) ? of_lost(key, name, bytes, now) : of_old(key, name, now);
  if (!is_start(from, shard, type, key, now)) return of_new(key, name, bytes, now);
  ++counters_.starts;
  const auto at = tallies_.find(key);
  if (at != tallies_.end() && !at->second.by_old.empty())
    return of_new(key, name, bytes, now);  // it has just been joined
  out.what = verdict::cancel;
  out.begins = key.guild && new_.has(new_.of(key.guild)) && !old_.has(old_.of(key.guild));
  return out;
}

reshard_merge::outcome reshard_merge::of_old(const event_key& key, ticket name, time_point now) {
  outcome out;
  const bool is_unique = key.what == event_key::kind::unique;
  const auto at = tallies_.find(key);
  if (at != tallies_.end() && !at->second.by_new.empty()) {
    out.what = verdict::cancel;
    out.twin = at->second.by_new.take();
    ++counters_.twins;
    drop_if_empty(at);
    if (is_unique) prove(key.guild, name, out.twin);
    return out;
  }
  const auto queue = held_.find(key.guild.value());
  const bool may_be_held = at != tallies_.end() && at->second.held != 0;
  // The old set comes to the front of what waits first: what is equal to something behind it is of before that.
  if (!may_be_held || (!is_unique && !(queue->second.front().key == key))) {
    if (phase_ != phase::both || !new_set_has(key.guild)) return out;
    tally_of(key).by_old.add(name, now);
    out.expects_twin = true;
    return out;
  }
  const auto mine =
      std::find_if(queue->second.begin(), queue->second.end(), [&](const held_event& h) { return h.key == key; });
  const auto twin = mine->name;
  out.cancelled.push_back(twin);
  ++counters_.twins;
  --at->second.held;
  --held_count_;
  held_bytes_ -= mine->bytes;
  drop_if_empty(at);
  if (is_unique) {
    prove(key.guild, name, twin);
    for (auto before = queue->second.begin(); before != mine; ++before) let_go(*before, out.before, now);
    for (auto after = std::next(mine); after != queue->second.end(); ++after) let_go(*after, out.after, now);
    held_.erase(queue);
    synced_.insert(key.guild.value());
  } else {
    queue->second.erase(mine);
    cancel_passed(queue->second, out.cancelled);
    if (queue->second.empty()) held_.erase(queue);
  }
  return out;
}

/// Behind what the old set has just reached waits what it brought earlier, in another order.
void reshard_merge::cancel_passed(held_queue& queue, std::vector<ticket>& into) {
  while (!queue.empty()) {
    const auto& front = queue.front();
    const auto at = tallies_.find(front.key);
    if (at == tallies_.end() || at->second.by_old.empty()) return;
    forgotten_.push_back(at->second.by_old.take());
    into.push_back(front.name);
    ++counters_.twins;
    --at->second.held;
    --held_count_;
    held_bytes_ -= front.bytes;
    drop_if_empty(at);
    queue.pop_front();
  }
}

reshard_merge::outcome reshard_merge::of_new(const event_key& key, ticket name, std::size_t bytes, time_point now) {
  outcome out;
  const auto at = tallies_.find(key);
  // While something waits, the old set has not come so far: what it has brought is of before that.
  const bool may_match = key.what == event_key::kind::unique || !held_.contains(key.guild.value());
  if (may_match && at != tallies_.end() && !at->second.by_old.empty()) {
    out.what = verdict::cancel;
    out.twin = at->second.by_old.take();
    ++counters_.twins;
    drop_if_empty(at);
    // What comes once has been passed by the old set: it is not behind the new one.
    if (key.what == event_key::kind::unique && phase_ == phase::both) {
      prove(key.guild, out.twin, name);
      sync(key.guild, out.before, now);
    }
    return out;
  }
  if (phase_ == phase::only_new) return out;
  const bool gained = is_gained(key.guild);
  if (!gained && !old_set_has(key.guild)) {  // another process delivers it until the switch
    out.what = verdict::cancel;
    return out;
  }
  const bool is_full = held_bytes_ + bytes > options_.max_held_bytes;
  if (gained) {
    overfull_ = overfull_ || is_full;
  } else if (is_full && !is_synced(key.guild)) {
    const auto before = held_count_;
    sync(key.guild, out.before, now);
    counters_.held_too_long += before - held_count_ + 1;
  }
  auto& t = tally_of(key);
  if (is_synced(key.guild)) {
    t.by_new.add(name, now);
    out.expects_twin = true;
    return out;
  }
  ++t.held;
  ++held_count_;
  ++counters_.held;
  held_bytes_ += bytes;
  held_event one;
  one.key = key;
  one.name = name;
  one.bytes = bytes;
  one.since = now;
  held_[key.guild.value()].push_back(one);
  out.what = verdict::hold;
  return out;
}

// --- time ------------------------------------------------------------------------------------------------------------

bool reshard_merge::is_due(side expected_from, guild_id guild, time_point since, time_point now) noexcept {
  const auto* const s = state(expected_from, shard_of_guild(expected_from, guild));
  if (!s) return has_passed(since, options_.twin_limit, now);
  return s->up && has_passed(std::max(since, s->up_since), options_.twin_limit, now);
}

/// Where it is certain which copy is whose twin, each has its own time. Elsewhere equal events hide that the first of
/// them will get none: then it tells how few there have been at a time.
void reshard_merge::expire(side expected_from, const event_key& key, line& delivered, time_point now) {
  std::size_t lost = 0;
  if (proven_.contains(key.guild.value())) {
    while (lost < delivered.copies.size() && is_due(expected_from, key.guild, delivered.copies[lost].at, now)) ++lost;
  } else if (!delivered.empty() && is_due(expected_from, key.guild, delivered.began, now)) {
    lost = delivered.low;
    delivered.began = now;
  }
  for (std::size_t i = 0; i < lost; ++i) forgotten_.push_back(delivered.copies[i].name);
  delivered.copies.erase(delivered.copies.begin(), delivered.copies.begin() + static_cast<std::ptrdiff_t>(lost));
  if (lost != 0 && key.what == event_key::kind::unique) spent_.insert(key);
  if (lost != 0) delivered.low = delivered.copies.size();
  counters_.singles += lost;
}

bool reshard_merge::is_behind(const tally& of, const line& delivered, time_point now) const noexcept {
  if (delivered.empty()) return false;
  const bool certain = proven_.contains(of.guild.value());
  return has_passed(certain ? delivered.copies.front().at : delivered.began, options_.lag, now);
}

void reshard_merge::forget(line& all) {
  for (const auto& one : all.copies) forgotten_.push_back(one.name);
  all.copies.clear();
}

std::vector<reshard_merge::ticket> reshard_merge::timer(time_point now) {
  std::vector<ticket> out;
  std::vector<guild_id> late;
  for (const auto& [guild, queue] : held_)
    if (!is_gained(guild_id{guild}) && has_passed(queue.front().since, options_.hold_limit, now))
      late.push_back(guild_id{guild});
  for (const auto guild : late) {
    counters_.held_too_long += held_[guild.value()].size();
    sync(guild, out, now);
  }
  std::sort(out.begin(), out.end());

  bool balanced = new_set_is_ready(now);
  for (const auto& [guild, queue] : held_) balanced = balanced && !has_passed(queue.front().since, options_.lag, now);
  std::size_t expected = 0;
  for (auto at = tallies_.begin(); at != tallies_.end();) {
    auto& t = at->second;
    balanced = balanced && !is_behind(t, t.by_old, now) && !is_behind(t, t.by_new, now);
    expire(side::new_set, at->first, t.by_old, now);
    expire(side::old_set, at->first, t.by_new, now);
    expected += t.by_old.copies.size() + t.by_new.copies.size();
    at = t.empty() ? tallies_.erase(at) : std::next(at);
  }
  std::erase_if(repeated_, [&](const auto& one) { return has_passed(one.second.since, options_.twin_limit, now); });
  // One that is behind may have what began before the new set did.
  for (const auto& s : old_shards_) balanced = balanced && s.up && has_passed(s.up_since, options_.lag, now);
  if (!balanced) balanced_since_ = now;
  expected_ = expected;
  return out;
}

std::vector<reshard_merge::ticket> reshard_merge::take_forgotten() { return taken(forgotten_); }

// --- the end ---------------------------------------------------------------------------------------------------------

std::vector<reshard_merge::ticket> reshard_merge::finish() {
  phase_ = phase::only_new;
  kept_.clear();  // they are others' now
  std::vector<ticket> out;
  for (const auto* all : {&held_, &skipped_})
    for (const auto& [guild, queue] : *all)
      for (const auto& one : queue) out.push_back(one.name);
  std::sort(out.begin(), out.end());
  held_.clear();
  skipped_.clear();
  held_count_ = held_bytes_ = 0;
  for (auto at = tallies_.begin(); at != tallies_.end();) {
    auto& t = at->second;
    t.held = 0;
    forget(t.by_new);
    at = t.empty() ? tallies_.erase(at) : std::next(at);
  }
  return out;
}

std::vector<reshard_merge::ticket> reshard_merge::roll_back() {
  phase_ = phase::only_old;
  std::vector<ticket> out;
  for (const auto* all : {&held_, &skipped_})
    for (const auto& [guild, queue] : *all)
      for (const auto& one : queue) out.push_back(one.name);
  held_.clear();
  skipped_.clear();
  held_count_ = held_bytes_ = 0;
  for (auto at = tallies_.begin(); at != tallies_.end();) {
    auto& t = at->second;
    t.held = 0;
    forget(t.by_old);
    at = t.empty() ? tallies_.erase(at) : std::next(at);
  }
  return out;
}

}  // namespace monochord::protocol
