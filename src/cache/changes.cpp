// SPDX-License-Identifier: MIT
#include "cache/changes.hpp"

namespace monochord::cached {

void change_log::add(const cache_key& key) {
  if (guilds_.contains(key.guild)) return;
  if (key.guild && keys_.size() >= most_ && !keys_.contains(key))
    guilds_.insert(key.guild);
  else
    keys_.insert(key);
}

void change_log::note(cache_key key) {
  const std::lock_guard hold(lock_);
  add(key);
}

void change_log::note_guild(guild_id id) {
  const std::lock_guard hold(lock_);
  if (id) guilds_.insert(id);  // what is outside guilds is noted thing by thing
}

void change_log::note_user(guild_id of, user_id id) {
  const std::lock_guard hold(lock_);
  if (!guilds_.contains(of)) keys_.insert({cache_kind::users, guild_id{}, id.value()});
}

std::size_t change_log::size() const {
  const std::lock_guard hold(lock_);
  return keys_.size() + guilds_.size();
}

change_log::batch::batch(change_log& log) : log_(log) {
  const std::lock_guard hold(log.lock_);
  if (log.written_) return;
  log.written_ = mine_ = true;
  guilds.assign(log.guilds_.begin(), log.guilds_.end());
  keys.assign(log.keys_.begin(), log.keys_.end());
  log.guilds_ = {};
  log.keys_ = {};
}

change_log::batch::~batch() {
  const std::lock_guard hold(log_.lock_);
  for (const guild_id id : guilds) log_.guilds_.insert(id);
  for (const cache_key& key : keys) log_.add(key);
  if (mine_) log_.written_ = false;
}

}  // namespace monochord::cached
