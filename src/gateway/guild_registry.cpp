// SPDX-License-Identifier: MIT
#include "gateway/guild_registry.hpp"

#include <algorithm>
#include <utility>

namespace monochord::gateway {

guild_registry::member::member(std::shared_ptr<guild_registry> of) : of_(std::move(of)), guilds_(of_->guilds_follow_) {
  const std::lock_guard lock(of_->mutex_);
  of_->members_.push_back(this);
}

guild_registry::member::~member() {
  const std::lock_guard lock(of_->mutex_);
  std::erase(of_->members_, this);
}

protocol::guild_news guild_registry::member::take(const protocol::guild_event& event, const clock& time) {
  const auto now = time.now();
  const auto utc = time.utc_now();
  const std::lock_guard lock(of_->mutex_);
  const bool begins =
      event.what == protocol::guild_event::kind::ready || event.what == protocol::guild_event::kind::resumed;
  const auto awaited = guilds_.awaited();
  // Only for a guild that is new here are the others asked: there is seldom one.
  const bool elsewhere =
      event.what == protocol::guild_event::kind::created && !guilds_.contains(event.id) && of_->is_known(event.id);
  const auto news = guilds_.take(event, elsewhere, utc);
  of_->last_news_ = now;
  const bool all_came = awaited != 0 && guilds_.awaited() == 0;
  // Within the lock, which orders it with `watch({})`; whoever watches does no more than post.
  if (of_->watcher_ && (begins || all_came)) of_->watcher_();
  return news;
}

void guild_registry::member::session_lost() {
  const std::lock_guard lock(of_->mutex_);
  guilds_.session_lost();
}

void guild_registry::member::leave() {
  const std::lock_guard lock(of_->mutex_);
  guilds_.session_lost();
  left_ = true;
}

std::optional<std::size_t> guild_registry::member::count() const {
  const std::lock_guard lock(of_->mutex_);
  return guilds_.count();
}

std::unique_ptr<guild_registry::member> guild_registry::join() { return std::make_unique<member>(shared_from_this()); }

bool guild_registry::is_known(guild_id id) const noexcept {
  return std::any_of(members_.begin(), members_.end(), [id](const member* one) { return one->guilds_.contains(id); });
}

guild_registry::progress guild_registry::look() const {
  progress out;
  const std::lock_guard lock(mutex_);
  out.last_news = last_news_;
  for (const auto* one : members_) {
    if (one->left_) continue;
    out.up = out.up && one->guilds_.is_up();
    out.guilds += one->guilds_.known();
    out.awaited += one->guilds_.awaited();
    out.unavailable += one->guilds_.unavailable();
  }
  return out;
}

void guild_registry::watch(std::function<void()> call) {
  const std::lock_guard lock(mutex_);
  watcher_.swap(call);
}

}  // namespace monochord::gateway
