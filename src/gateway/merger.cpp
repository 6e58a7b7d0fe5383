// SPDX-License-Identifier: MIT
#include "gateway/merger.hpp"

#include <algorithm>
#include <utility>

#include <monochord/core/random.hpp>
#include "protocol/event_key.hpp"

namespace monochord::gateway {

/// Holds the claims of an event's copies until the handlers of the one that was delivered have ended.
class merger::link final : public detail::claim_keeper {
 public:
  link() = default;
  link(const link&) = delete;
  link& operator=(const link&) = delete;
  ~link() override {
    // The handlers were cut short: neither copy was handled.
    if (!finished_)
      for (auto& one : held_) one.give_up();
  }

  void dealt_with(std::uint64_t, std::int64_t) override { finish(); }
  void add(detail::claim one) {
    const std::lock_guard lock(mutex_);
    if (!finished_) held_.push_back(std::move(one));
  }
  void finish() {
    std::vector<detail::claim> all;  // let go once the lock is open
    const std::lock_guard lock(mutex_);
    finished_ = true;
    all.swap(held_);
  }
  bool is_finished() const {
    const std::lock_guard lock(mutex_);
    return finished_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<detail::claim> held_;
  bool finished_ = false;
};

merger::merger(std::shared_ptr<event_sink> to, std::shared_ptr<clock> time, protocol::merge_options options,
               protocol::shard_part old_set, protocol::shard_part new_set, std::optional<std::uint64_t> seed)
    : to_(std::move(to)),
      time_(std::move(time)),
      seed_(seed ? *seed : static_cast<std::uint64_t>(random_int<std::int64_t>(0, INT64_MAX))),
      merge_(options, old_set, new_set) {}
merger::~merger() = default;

bool merger::on_event(side from, const shard_event& event) {
  const auto key = protocol::key_of(event.type, event.data.text(), seed_);
  std::vector<guild_id> guilds;
  const bool is_ready = from == side::new_set && event.type == "READY";
  if (is_ready) {
    auto told = protocol::read_guild_event(event.type, event.data);
    if (told && told->listed) guilds = std::move(*told->listed);  // one that is broken names none
  }

  const std::lock_guard lock(mutex_);
  const auto now = time_->now();
  if (is_ready) merge_.guilds_announced(event.shard_id, std::move(guilds), now);
  const auto name = ++last_;
  constexpr std::size_t per_event = 256;
  const auto out = merge_.event(from, event.shard_id, event.type, key, name, event.data.text().size() + per_event, now);
  bool room = deliver_held(out.before, true);
  using verdict = protocol::reshard_merge::outcome::verdict;
  switch (out.what) {
    case verdict::deliver: {
      std::shared_ptr<link> shared;
      if (out.expects_twin || !out.cancelled.empty()) shared = std::make_shared<link>();
      shard_event first = event;
      std::vector<detail::claim> others;
      for (const auto cancelled : out.cancelled) {
        auto one = held_.extract(cancelled);
        if (one.empty()) continue;
        others.push_back(std::move(one.mapped().claim));
        // Only the shard that had it first takes it for news.
        if (first.guilds == protocol::guild_news::none) first.guilds = one.mapped().guilds;
      }
      room = deliver(first, name, out.expects_twin, shared) && room;
      for (auto& claim : others) shared->add(std::move(claim));  // let go at once where nobody works on it
      break;
    }
    case verdict::hold: {
      held_event one{.claim = (*event.claim)()};
      one.shard_id = event.shard_id;
      one.source = event.source;
      one.seq = event.seq;
      one.type = event.type;
      one.size = event.data.text().size();
      one.data.reserve(one.size + json::padding_bytes);
      one.data = event.data.text();
      one.data.resize(one.size + json::padding_bytes);
      one.guilds = event.guilds;
      held_.emplace(name, std::move(one));
      break;
    }
    case verdict::cancel: {
      if (out.begins) to_->on_gained(event);
      const auto twin = delivered_.extract(out.twin);
      if (!twin.empty() && !twin.mapped()->is_finished()) twin.mapped()->add((*event.claim)());
      break;
    }
  }
  room = deliver_held(out.after, true) && room;
  forget();
  return room;
}

/// `shared` null: whoever takes the event has the shard's own claim.
bool merger::deliver(const shard_event& event, ticket name, bool expects_twin, const std::shared_ptr<link>& shared) {
  if (!shared) return to_->on_event(event);
  bool claimed = false;
  const detail::claim_source source = [&] {
    claimed = true;
    shared->add((*event.claim)());
    return detail::claim(shared, 0, 0);
  };
  shard_event tracked = event;
  tracked.claim = &source;
  const bool room = to_->on_event(tracked);
  if (!claimed) shared->finish();
  else if (expects_twin) delivered_.emplace(name, shared);
  return room;
}

bool merger::deliver_held(const std::vector<ticket>& names, bool expect_twins) {
  bool room = true;
  for (const auto name : names) {
    auto found = held_.extract(name);
    if (found.empty()) continue;
    auto& one = found.mapped();
    const detail::claim_source claim = [&one] { return std::move(one.claim); };
    const auto data = json::padded_text(one.data.data(), one.size, one.data.size()).part(std::string_view(one.data).substr(0, one.size));
    const shard_event event{one.shard_id, one.seq, one.type, data, &claim, one.guilds, one.source};
    room = deliver(event, name, expect_twins, expect_twins ? std::make_shared<link>() : nullptr) && room;
  }
  return room;
}

void merger::forget() {
  for (const auto name : merge_.take_forgotten()) delivered_.erase(name);
}

void merger::session_begins(side which, int shard) {
  const std::lock_guard lock(mutex_);
  (void)deliver_held(merge_.session_begins(which, shard, time_->now()), true);  // whoever reads next finds out that there is no room
}

void merger::shard_is_up(side which, int shard, bool up) {
  const std::lock_guard lock(mutex_);
  merge_.shard_is_up(which, shard, up, time_->now());
}

void merger::tick() {
  const std::lock_guard lock(mutex_);
  (void)deliver_held(merge_.timer(time_->now()), true);
  forget();
}

bool merger::new_set_is_ready() const {
  const std::lock_guard lock(mutex_);
  return merge_.new_set_is_ready(time_->now());
}

time_point merger::balanced_since() const {
  const std::lock_guard lock(mutex_);
  return merge_.balanced_since();
}

void merger::finish() {
  const std::lock_guard lock(mutex_);
  (void)deliver_held(merge_.finish(), false);
  held_.clear();  // the others deliver the rest
  forget();
}

void merger::roll_back() {
  const std::lock_guard lock(mutex_);
  for (const auto name : merge_.roll_back()) held_.erase(name);
  (void)deliver_held(merge_.take_kept(), false);
  forget();
}

std::vector<protocol::moved_event> merger::take_moved() {
  const std::lock_guard lock(mutex_);
  return merge_.take_moved();
}

void merger::hear(const std::vector<protocol::moved_event>& told, duration slack) {
  if (told.empty()) return;
  const std::lock_guard lock(mutex_);
  const auto now = time_->now();
  for (const auto& one : told) {
    if (one.what == protocol::moved_event::kind::gap) {
      constexpr std::uint64_t longest = 1'000'000'000;
      const std::chrono::milliseconds ago{std::min(one.low, longest)};
      (void)deliver_held(merge_.gap_elsewhere(static_cast<int>(one.high), now - ago - slack), false);
    } else {
      for (const auto name : merge_.delivered_elsewhere(one, ++last_, now)) held_.erase(name);
    }
  }
  forget();
}

std::vector<protocol::moved_event> merger::freeze() {
  const std::lock_guard lock(mutex_);
  merge_.freeze();
  return merge_.take_moved();
}

bool merger::is_overfull() const {
  const std::lock_guard lock(mutex_);
  return merge_.is_overfull();
}

bool merger::is_done() const {
  const std::lock_guard lock(mutex_);
  return merge_.is_done();
}

std::size_t merger::expected() const {
  const std::lock_guard lock(mutex_);
  return merge_.expected();
}

protocol::merge_counters merger::counters() const {
  const std::lock_guard lock(mutex_);
  return merge_.counters();
}

// ---------------------------------------------------------------------------------------------------------------------

std::shared_ptr<merger> set_sink::current(merger::side& as) const {
  const std::lock_guard lock(mutex_);
  as = side_;
  return merger_;
}

bool set_sink::on_event(const shard_event& event) {
  to_->on_read(event);  // before a merger has its say, which takes no READY of the new set for news
  if (merges_.load(std::memory_order_acquire)) {
    merger::side as{};
    if (const auto by = current(as)) return by->on_event(as, event);
  }
  return to_->on_event(event);
}

void set_sink::session_begins(int shard) {
  merger::side as{};
  if (const auto by = current(as)) by->session_begins(as, shard);
}

void set_sink::merge(std::shared_ptr<merger> by, merger::side as) {
  const std::lock_guard lock(mutex_);
  merger_ = std::move(by);
  side_ = as;
  merges_.store(true, std::memory_order_release);
}

void set_sink::pass() {
  std::shared_ptr<merger> gone;
  const std::lock_guard lock(mutex_);
  merges_.store(false, std::memory_order_release);
  gone.swap(merger_);
}

}  // namespace monochord::gateway
