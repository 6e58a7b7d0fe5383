// SPDX-License-Identifier: MIT
#include "protocol/member_call.hpp"

#include <algorithm>
#include <monochord/core/error.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/gateway.hpp>
#include <unordered_set>
#include <utility>

namespace monochord::protocol {

namespace {

/// Payloads of one part that may still be answered: one, and those that were lost with a connection, or were not.
constexpr std::size_t most_nonces = 4;

/// In their order, none twice: Discord answers once.
std::vector<user_id> unique(const std::vector<user_id>& ids) {
  std::vector<user_id> out;
  std::unordered_set<std::uint64_t> known;
  out.reserve(ids.size());
  for (const auto id : ids)
    if (known.insert(id.value()).second) out.push_back(id);
  return out;
}

}  // namespace

member_call::member_call(member_wish wish, way how, whole_guild_spacing& spacing, nonce_series& nonces)
    : wish_(std::move(wish)), how_(how), spacing_(spacing), nonces_(nonces) {
  if (!wish_.user_ids) {
    parts_.emplace_back();
  } else {
    const auto ids = unique(*wish_.user_ids);
    for (std::size_t from = 0; from < ids.size(); from += ids_in_a_payload) {
      const auto to = std::min(ids.size(), from + ids_in_a_payload);
      parts_.emplace_back().ids.assign(ids.begin() + static_cast<std::ptrdiff_t>(from),
                                       ids.begin() + static_cast<std::ptrdiff_t>(to));
    }
  }
  left_ = parts_.size();
}

std::string member_call::payload_of(const part& which, const std::string& nonce) const {
  request_guild_members d;
  d.guild_id = wish_.guild;
  if (wish_.user_ids) {
    d.user_ids = which.ids;
  } else {
    d.query = wish_.query;
    d.limit = wish_.limit;
  }
  if (wish_.presences) d.presences = true;
  d.nonce = nonce;
  std::string out = R"({"op":8,"d":)";
  json::encode_to(out, d);
  out += '}';
  return out;
}

time_point member_call::due(const part& which) const {
  return wish_.whole_guild() ? std::max(which.not_before, spacing_.free_at(wish_.guild)) : which.not_before;
}

/// Parts with one nonce can be told apart only if they come one after the other.
bool member_call::has_turn() const {
  const auto on_the_way = std::count_if(parts_.begin(), parts_.end(), [](const part& one) {
    return one.at == phase::queued || one.at == phase::sent || one.at == phase::receiving;
  });
  return static_cast<std::size_t>(on_the_way) < (wish_.nonce.empty() ? payloads_at_a_time : 1);
}

std::optional<gateway_call::outbound> member_call::next(time_point now) {
  if (!has_turn()) return std::nullopt;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    part& one = parts_[i];
    if (one.at != phase::waiting || due(one) > now) continue;
    one.at = phase::queued;
    one.was_refused = false;
    outbound out;
    out.part = i;
    out.guild = wish_.guild;
    out.key = wish_.nonce.empty() ? nonces_.next() : wish_.nonce;
    out.payload = payload_of(one, out.key);
    out.whole_guild = wish_.whole_guild();
    if (one.nonces.size() >= most_nonces) one.nonces.erase(one.nonces.begin());
    one.nonces.push_back(out.key);
    if (out.whole_guild) spacing_.taken(wish_.guild);
    return out;
  }
  return std::nullopt;
}

std::optional<time_point> member_call::wakeup() const {
  std::optional<time_point> out;
  if (!has_turn()) return out;
  for (const part& one : parts_)
    if (one.at == phase::waiting && due(one) != time_point::max())
      out = std::min(out.value_or(time_point::max()), due(one));
  return out;
}

std::optional<time_point> member_call::refused_until() const {
  std::optional<time_point> out;
  for (const part& one : parts_)
    if (one.at == phase::waiting && (one.was_refused || wish_.whole_guild()) && due(one) != time_point::max())
      out = std::max(out.value_or(time_point::min()), due(one));
  return out;
}

member_call::part* member_call::part_of(std::string_view nonce) {
  for (part& one : parts_)
    if (one.at != phase::done && std::find(one.nonces.begin(), one.nonces.end(), nonce) != one.nonces.end())
      return &one;
  return nullptr;
}

bool member_call::wants(std::string_view nonce) const {
  return const_cast<member_call*>(this)->part_of(nonce) != nullptr;
}

void member_call::sent(std::size_t which, const std::string& key, std::uint64_t shard) {
  part& one = parts_[which];
  // What was answered meanwhile, or is to be sent again already, is none of it any more.
  const auto place = std::find(one.nonces.begin(), one.nonces.end(), key);
  if ((one.at != phase::queued && one.at != phase::receiving) || place == one.nonces.end()) return;
  one.shard = shard;
  if (one.at == phase::receiving) return;  // its answer was read first
  one.at = phase::sent;
  if (const auto until = std::exchange(one.refused_early, std::nullopt)) {
    one.nonces.erase(place);
    ask_again(one, *until);
    one.was_refused = true;
  }
}

void member_call::take(guild_members_chunk chunk) {
  if (!chunk.nonce || chunk.guild_id != wish_.guild) return;
  part* const found = part_of(*chunk.nonce);
  if (!found) return;
  part& one = *found;
  const bool fits = chunk.chunk_count >= 1 && chunk.chunk_count <= most_chunks && chunk.chunk_index >= 0 &&
                    chunk.chunk_index < chunk.chunk_count && (one.count == 0 || one.count == chunk.chunk_count);
  if (!fits)
    return fail(std::make_exception_ptr(decode_error(
        errc::json_mismatch, "$.chunk_index",
        "number " + std::to_string(chunk.chunk_index) + " of " + std::to_string(chunk.chunk_count) + " chunks")));
  one.at = phase::receiving;
  one.count = chunk.chunk_count;
  if (one.nonces.size() > 1) one.nonces.assign(1, *chunk.nonce);
  const auto [place, is_new] = one.chunks.try_emplace(chunk.chunk_index);
  if (!is_new) return;
  ++one.seen;
  if (how_ == way::stream)
    buffer_.push_back(std::move(chunk));
  else
    place->second = std::move(chunk);
  if (one.seen < static_cast<std::size_t>(one.count)) return;
  one.at = phase::done;
  if (how_ == way::stream) one.chunks.clear();
  --left_;
}

void member_call::ask_again(part& which, time_point not_before) {
  which.at = phase::waiting;
  which.not_before = not_before;
}

void member_call::refused(std::string_view nonce, time_point until) {
  const bool any_sent = std::any_of(parts_.begin(), parts_.end(), [](const part& one) { return one.at == phase::sent; });
  for (part& one : parts_) {
    const bool last_named = !one.nonces.empty() && one.nonces.back() == nonce;
    if (one.at == phase::queued && (last_named || (nonce.empty() && !any_sent))) one.refused_early = until;
    if (one.at != phase::sent) continue;
    const auto place = std::find(one.nonces.begin(), one.nonces.end(), nonce);
    if (!nonce.empty() && place == one.nonces.end()) continue;
    if (place != one.nonces.end()) one.nonces.erase(place);
    ask_again(one, until);
    one.was_refused = true;
  }
}

void member_call::session_lost(std::uint64_t shard) {
  for (part& one : parts_) {
    if (one.at == phase::done || one.shard != shard) continue;
    if (one.at == phase::queued) {  // it goes to the next session
      one.nonces.erase(one.nonces.begin(), one.nonces.end() - 1);
      continue;
    }
    one.nonces.clear();
    if (one.at == phase::waiting) continue;
    if (how_ == way::stream && one.seen != 0)
      return fail(std::make_exception_ptr(
          error(errc::closed, "the session ended before all members had come, and some were handed on: ask again")));
    one.chunks.clear();
    one.seen = 0;
    one.count = 0;
    ask_again(one, time_point::min());
  }
}

void member_call::session_resumed(std::uint64_t shard) {
  // Of what was being answered the rest was replayed, or is yet to come.
  for (part& one : parts_)
    if (one.at == phase::sent && one.shard == shard) ask_again(one, time_point::min());
}

std::optional<guild_members_chunk> member_call::take_next() {
  if (buffer_.empty()) return std::nullopt;
  std::optional<guild_members_chunk> out = std::move(buffer_.front());
  buffer_.pop_front();
  return out;
}

std::vector<guild_members_chunk> member_call::take_all() {
  std::vector<guild_members_chunk> out;
  for (part& one : parts_)
    for (auto& [index, chunk] : one.chunks) out.push_back(std::move(chunk));
  return out;
}

}  // namespace monochord::protocol
