// SPDX-License-Identifier: MIT
// What shards read, as far as it answers a command.
#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <cmath>
#include <monochord/model/ready_events.hpp>

#include "gateway/command_desk.hpp"
#include "json/member.hpp"
#include "net/deadline.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {

/// Whatever Discord says, nobody waits longer.
constexpr double longest_refusal_s = 86'400;

/// A text without escapes; empty for anything else.
std::string_view plain_text(std::string_view json) {
  if (json.size() < 2 || json.front() != '"') return {};
  return json.substr(1, json.size() - 2);
}

template <class T>
std::exception_ptr decode(T& out, const json::padded_text& data) {
  json::failure why;
  if (json::decode_into(out, data, why)) return nullptr;
  return std::make_exception_ptr(decode_error(why.code, why.path, why.reason));
}

/// All of a chunk but what is large.
constexpr std::array<std::string_view, 5> chunk_keys = {"nonce", "guild_id", "chunk_index", "chunk_count", "not_found"};
using chunk_values = std::array<std::string_view, chunk_keys.size()>;

std::exception_ptr decode_numbers(guild_members_chunk& out, const chunk_values& values) {
  std::string small = R"({"members":[])";
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!values[i].empty()) small.append(",\"").append(chunk_keys[i]).append("\":").append(values[i]);
  json::failure why;
  if (json::decode_into(out, std::string_view(small += '}'), why)) return nullptr;
  return std::make_exception_ptr(decode_error(why.code, why.path, why.reason));
}

}  // namespace

void command_desk::on_event(std::uint64_t shard, std::string_view type, const json::padded_text& data) {
  if (open_.load(std::memory_order_relaxed) == 0) return;
  if (type == "GUILD_MEMBERS_CHUNK") return members_chunk(data);
  if (type == "SOUNDBOARD_SOUNDS") return guild_answer(protocol::guild_question::soundboard_sounds, data);
  if (type == "CHANNEL_INFO") return guild_answer(protocol::guild_question::channel_info, data);
  if (type == "RATE_LIMITED") return rate_limited(data);
  if (type == "READY") return session_changed(shard, false);
  if (type == "RESUMED") return session_changed(shard, true);
}

void command_desk::members_chunk(const json::padded_text& data) {
  chunk_values values;
  json::members_of(data, chunk_keys, values);  // the nonce stands behind a thousand members: they are walked once
  const std::string nonce(plain_text(values[0]));
  const auto find = [&]() -> std::shared_ptr<call> {
    const auto found = by_nonce_.find(nonce);
    auto which = found == by_nonce_.end() ? nullptr : found->second.lock();
    const bool goes_on = which && !which->logic->failure();  // behind a gap nobody is given more
    return goes_on && which->members->wants(nonce) ? which : nullptr;
  };
  bool for_cache = false;
  {
    const std::lock_guard lock(mutex_);
    const auto which = find();
    if (!which) return;
    for_cache = which->members->for_cache();
  }
  guild_members_chunk chunk;  // a thousand members: decoded while others go on
  const auto broken = for_cache ? decode_numbers(chunk, values) : decode(chunk, data);
  const std::lock_guard lock(mutex_);
  const auto which = find();
  if (!which) return;
  if (broken)
    which->logic->fail(broken);
  else
    which->members->take(std::move(chunk));
  if (which->is_stream() && which->members->buffered() >= most_buffered && which->full_until == time_point::max())
    which->full_until = after(options_.clock->now(), which->stream_timeout);
  wake(*which);
}

void command_desk::guild_answer(protocol::guild_question what, const json::padded_text& data) {
  const auto guild = guild_id::parse(plain_text(json::member_of(data.text(), "guild_id")));
  const auto asks = [&](const call& one) {
    return one.guilds && one.guilds->question() == what && one.guilds->wants(guild);
  };
  {
    const std::lock_guard lock(mutex_);
    if (std::none_of(calls_.begin(), calls_.end(), [&](const auto& one) { return asks(*one); })) return;
  }
  const auto sounds = std::make_shared<soundboard_sounds>();
  const auto info = std::make_shared<channel_info>();
  const bool is_sounds = what == protocol::guild_question::soundboard_sounds;
  const auto broken = is_sounds ? decode(*sounds, data) : decode(*info, data);
  const std::lock_guard lock(mutex_);
  for (const auto& one : calls_) {
    if (!asks(*one)) continue;
    if (broken) {
      one->logic->fail(broken);
    } else {
      one->guilds->answered(guild);
      if (is_sounds)
        one->sounds[guild.value()] = sounds;
      else
        one->info = info;
    }
    wake(*one);
  }
}

void command_desk::rate_limited(const json::padded_text& data) {
  monochord::rate_limited event;
  if (decode(event, data)) return;  // then a deadline ends the wait
  rate_limited_members about;
  const auto& meta = event.meta.text();
  json::failure why;
  const bool named = json::decode_into(about, std::string_view(meta), why);
  const double seconds =
      std::isfinite(event.retry_after) ? std::clamp(event.retry_after, 0.0, longest_refusal_s) : longest_refusal_s;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
  const auto nonce = named && about.nonce ? *about.nonce : std::string();
  const std::lock_guard lock(mutex_);
  const auto until = after(options_.clock->now(), wait);
  for (const auto& one : calls_) {
    if (one->members && event.opcode == 8 && named && one->members->guild() == about.guild_id) {
      if (!nonce.empty() && !one->members->wants(nonce)) continue;
      if (one->members->whole_guild()) spacing_.refused(about.guild_id, until);
      one->members->refused(nonce, until);
    } else if (one->guilds && event.opcode == one->guilds->opcode()) {
      one->guilds->refused(named ? std::optional(about.guild_id) : std::nullopt, until);
    } else {
      continue;
    }
    wake(*one);
  }
  wake_whole_guilds();
}

void command_desk::session_changed(std::uint64_t shard, bool resumed) {
  const std::lock_guard lock(mutex_);
  for (const auto& one : calls_) {
    if (!one->logic || !one->shards.contains(shard)) continue;
    if (resumed) {
      one->logic->session_resumed(shard);
    } else {
      one->shards.erase(shard);
      one->logic->session_lost(shard);
    }
    wake(*one);
  }
}

// --- streams whose reader is slow ------------------------------------------------------------------------------------

bool command_desk::is_full(std::uint64_t shard) const {
  const auto most = most_kept(shard);
  return std::any_of(calls_.begin(), calls_.end(), [&](const auto& one) {
    return one->is_stream() && one->shards.contains(shard) && one->members->buffered() >= most;
  });
}

/// What they wait for may stand behind what there is no place for.
bool command_desk::is_waited_for(std::uint64_t shard) const {
  return std::any_of(calls_.begin(), calls_.end(),
                     [&](const auto& one) { return one->counted && one->shards.contains(shard); });
}

bool command_desk::has_room(std::uint64_t shard) const {
  if (open_.load(std::memory_order_relaxed) == 0) return true;
  const std::lock_guard lock(mutex_);
  return closed_ || !is_full(shard);
}

void command_desk::wake_readers() {
  for (const auto& one : readers_) one->complete();
  readers_.clear();
}

task<> command_desk::room(std::uint64_t shard) {
  const auto self = shared_from_this();
  for (;;) {
    time_point due = time_point::max();
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || !is_full(shard)) co_return;
      const auto now = options_.clock->now();
      const auto most = most_kept(shard);
      for (const auto& one : calls_) {
        if (!one->shards.contains(shard) || !one->is_stream() || one->members->buffered() < most) continue;
        const bool for_others = most == most_buffered_for_others;
        if (!for_others) one->others_until = time_point::max();
        else if (one->others_until == time_point::max()) one->others_until = after(now, others_wait);
        const auto until = std::min(one->full_until, one->others_until);
        if (until > now) {
          due = std::min(due, until);
          continue;
        }
        one->members->drop_buffer();
        one->logic->fail(std::make_exception_ptr(
            one->full_until <= now
                ? error(errc::timeout, "nobody took the members that had come: given up")
                : error(errc::resource, "nobody took the members that had come while other calls waited behind them: given up")));
        due = now;
      }
    }
    const auto wait = [](std::shared_ptr<command_desk> me, std::uint64_t of) -> task<> {
      std::function<void(std::shared_ptr<net::parked>)> start = [me, of](std::shared_ptr<net::parked> waiter) {
        const std::lock_guard lock(me->mutex_);
        std::erase_if(me->readers_, [](const auto& one) { return one->done(); });
        if (me->closed_ || !me->is_full(of))
          waiter->complete();
        else
          me->readers_.push_back(std::move(waiter));
      };
      const auto woken = co_await net::park(std::move(start));
      static_cast<void>(woken);
    };
    const bool woken = co_await net::run_before(*options_.clock, due, wait(self, shard));
    static_cast<void>(woken);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(state)) throw error(errc::cancelled, "the connection is over");
  }
}

}  // namespace monochord::gateway
