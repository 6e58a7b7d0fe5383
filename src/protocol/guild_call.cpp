// SPDX-License-Identifier: MIT
#include "protocol/guild_call.hpp"

#include <algorithm>
#include <monochord/json/codec.hpp>
#include <monochord/model/gateway.hpp>
#include <utility>

namespace monochord::protocol {

namespace {

template <class D>
std::string payload(int op, const D& d) {
  std::string out = R"({"op":)" + std::to_string(op) + R"(,"d":)";
  json::encode_to(out, d);
  out += '}';
  return out;
}

}  // namespace

guild_call::guild_call(guild_question what, const std::vector<std::vector<guild_id>>& groups) : what_(what) {
  const std::size_t most = what == guild_question::channel_info ? 1 : guilds_in_a_payload;
  for (const auto& group : groups) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (i % most == 0) parts_.emplace_back();
      parts_.back().guilds.push_back(group[i]);
    }
    left_ += group.size();
  }
}

std::string guild_call::payload_of(const part& which) const {
  if (what_ == guild_question::soundboard_sounds) {
    request_soundboard_sounds d;
    d.guild_ids = which.guilds;
    return payload(opcode(), d);
  }
  request_channel_info d;
  d.guild_id = which.guilds.front();
  d.fields = {"status", "voice_start_time"};
  return payload(opcode(), d);
}

std::optional<gateway_call::outbound> guild_call::next(time_point now) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    part& one = parts_[i];
    if (one.at != phase::waiting || one.not_before > now) continue;
    one.at = phase::queued;
    outbound out;
    out.part = i;
    out.guild = one.guilds.front();
    out.payload = payload_of(one);
    return out;
  }
  return std::nullopt;
}

std::optional<time_point> guild_call::wakeup() const {
  std::optional<time_point> out;
  for (const part& one : parts_)
    if (one.at == phase::waiting) out = std::min(out.value_or(time_point::max()), one.not_before);
  return out;
}

void guild_call::sent(std::size_t which, const std::string&, std::uint64_t shard) {
  part& one = parts_[which];
  if (one.at != phase::queued) return;
  one.at = phase::sent;
  one.shard = shard;
  if (const auto until = std::exchange(one.refused_early, std::nullopt)) {
    one.at = phase::waiting;
    one.not_before = *until;
  }
}

void guild_call::session_lost(std::uint64_t shard) {
  for (part& one : parts_) {
    if (one.at != phase::sent || one.shard != shard) continue;
    one.at = phase::waiting;
    one.not_before = time_point::min();
  }
}

bool guild_call::wants(guild_id guild) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const part& one) {
    return one.at != phase::done && std::find(one.guilds.begin(), one.guilds.end(), guild) != one.guilds.end();
  });
}

bool guild_call::answered(guild_id guild) {
  for (part& one : parts_) {
    const auto place = std::find(one.guilds.begin(), one.guilds.end(), guild);
    if (place == one.guilds.end()) continue;
    one.guilds.erase(place);
    if (one.guilds.empty()) one.at = phase::done;
    --left_;
    return true;
  }
  return false;
}

void guild_call::refused(std::optional<guild_id> guild, time_point until) {
  const bool any_sent = std::any_of(parts_.begin(), parts_.end(), [](const part& one) { return one.at == phase::sent; });
  for (part& one : parts_) {
    if (guild && std::find(one.guilds.begin(), one.guilds.end(), *guild) == one.guilds.end()) continue;
    if (one.at == phase::queued && (guild || !any_sent)) one.refused_early = until;
    if (one.at != phase::sent) continue;
    one.at = phase::waiting;
    one.not_before = until;
  }
}

}  // namespace monochord::protocol
