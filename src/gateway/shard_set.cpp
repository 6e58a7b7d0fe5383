// SPDX-License-Identifier: MIT
#include "gateway/shard_set.hpp"

#include <monochord/core/error.hpp>

#include "protocol/shard_math.hpp"

namespace monochord {
namespace {

using protocol::session_status;

shard_status to_public(session_status status) noexcept {
  switch (status) {
    case session_status::idle: return shard_status::idle;
    case session_status::waiting: return shard_status::waiting;
    case session_status::connecting: return shard_status::connecting;
    case session_status::hello: return shard_status::hello;
    case session_status::queued: return shard_status::queued;
    case session_status::identifying: return shard_status::identifying;
    case session_status::resuming: return shard_status::resuming;
    case session_status::ready: return shard_status::ready;
    case session_status::ended: break;
  }
  return shard_status::ended;
}

shard_info look_at(const gateway::shard& which) {
  shard_info out;
  out.id = which.id();
  out.status = to_public(which.status());
  out.latency = which.latency();
  out.guilds = which.guild_count();
  out.lag = which.lag();
  out.zombies = which.zombies();
  return out;
}

std::shared_ptr<gateway::shard_manager> known(const shard_set::source& from) {
  auto manager = from.get();
  if (from.get_feed())
    throw error(errc::unsupported, "the client runs no shards: its events come from client_options::event_source");
  if (!manager)
    throw error(errc::invalid_argument, "the shards are not known before run() has reached Discord");
  return manager;
}

}  // namespace

std::string_view to_string(shard_status status) noexcept {
  switch (status) {
    case shard_status::idle: return "idle";
    case shard_status::waiting: return "waiting";
    case shard_status::connecting: return "connecting";
    case shard_status::hello: return "hello";
    case shard_status::queued: return "queued";
    case shard_status::identifying: return "identifying";
    case shard_status::resuming: return "resuming";
    case shard_status::ready: return "ready";
    case shard_status::ended: return "ended";
  }
  return "unknown";
}

shard_set::shard_set(std::shared_ptr<source> from) noexcept : source_(std::move(from)) {}
shard_set::~shard_set() = default;

int shard_set::total() const noexcept {
  if (const auto feed = source_->get_feed()) return feed->shards().total;
  const auto manager = source_->get();
  return manager ? manager->range().total : 0;
}

std::vector<int> shard_set::ids() const {
  std::vector<int> out;
  if (const auto manager = source_->get())
    for (const auto& one : manager->all()) out.push_back(one->id());
  return out;
}

int shard_set::shard_for(guild_id guild) const {
  const auto feed = source_->get_feed();
  return protocol::shard_of(guild, feed ? feed->shards().total : known(*source_)->range().total);
}

shard_status shard_set::status(int id) const { return to_public(known(*source_)->at(id)->status()); }
std::optional<duration> shard_set::latency(int id) const { return known(*source_)->at(id)->latency(); }
std::optional<std::size_t> shard_set::guild_count(int id) const { return known(*source_)->at(id)->guild_count(); }

std::vector<shard_info> shard_set::info() const {
  std::vector<shard_info> out;
  if (const auto manager = source_->get())
    for (const auto& one : manager->all()) out.push_back(look_at(*one));
  return out;
}

bool shard_set::all_ready() const noexcept {
  const auto manager = source_->get();
  return manager && manager->all_ready();
}

task<reshard_report> shard_set::reshard(int total, reshard_options how) {
  source::resharder resharder;
  {
    const std::lock_guard lock(source_->mutex);
    resharder = source_->reshard;
  }
  if (!resharder) throw error(errc::invalid_argument, "the shards are not known before run() has reached Discord");
  co_return co_await resharder(total, std::move(how));
}

void shard_set::restart(int id, restart_mode mode) { known(*source_)->at(id)->restart(mode == restart_mode::new_session); }

}  // namespace monochord
