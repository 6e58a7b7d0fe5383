// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <map>
#include <monochord/gateway/commands.hpp>
#include <monochord/gateway/guild_members.hpp>
#include <monochord/gateway/initial_presence.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/gateway_bodies.hpp>
#include <set>
#include <utility>

#include "gateway/command_desk.hpp"
#include "protocol/payload_text.hpp"

namespace monochord {

namespace {

using gateway::command_desk;
using gateway::prepared;

constexpr std::size_t max_presence_bytes = 3500;
constexpr int max_limit = 100;

/// Members from what a caller gave; what can never be sent is refused.
prepared<protocol::member_wish> wish_of(guild_id guild, const guild_members_request& request) {
  prepared<protocol::member_wish> out;
  auto& wish = out.value;
  try {
    wish.guild = guild;
    wish.presences = request.presences;
    wish.nonce = request.nonce;
    wish.for_cache = request.for_cache;
    if (request.user_ids) {
      if (request.query || request.limit)
        throw error(errc::invalid_argument, "members are asked for by query or by user_ids, not both");
      wish.user_ids.emplace(request.user_ids->begin(), request.user_ids->end());
    }
    wish.query = request.query.value_or(std::string_view());
    wish.limit = request.limit.value_or(wish.query.empty() ? 0 : max_limit);
    if (wish.limit < 0 || wish.limit > max_limit || (!wish.query.empty() && wish.limit == 0))
      throw limit_error("limit", std::to_string(wish.limit) + ", Discord takes 1 to 100");
    if (wish.nonce.size() > protocol::member_call::nonce_bytes)
      throw limit_error("nonce", std::to_string(wish.nonce.size()) + " bytes, Discord takes at most 32");
    const auto plain = [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; };
    if (!std::all_of(wish.nonce.begin(), wish.nonce.end(), plain))
      throw limit_error("nonce", "it is made of printable ASCII without quotes and backslashes");
    if (!protocol::is_utf8(wish.query)) throw error(errc::invalid_argument, "query is not UTF-8");
    if (wish.query.size() > max_presence_bytes) throw limit_error("query", "longer than any name");
  } catch (const error&) {
    out.refused = std::current_exception();
  }
  return out;
}

std::string presence_json(const update_presence_body& body) {
  gateway_presence_update sent;
  if (body.since)
    sent.since = *body.since;
  else
    sent.since = null;
  sent.status = presence_status(body.status);
  sent.afk = body.afk;
  for (const auto& one : body.activities) {
    auto& made = sent.activities.emplace_back();
    made.name = one.name;
    made.type = one.type;
    if (one.state) made.state = std::string(*one.state);
    if (one.url) made.url = std::string(*one.url);
  }
  std::string out;
  json::encode_to(out, sent);
  if (!protocol::is_utf8(out)) throw error(errc::invalid_argument, "a presence holds text that is not UTF-8");
  if (out.size() > max_presence_bytes)
    throw error(errc::invalid_argument, "a presence may have " + std::to_string(max_presence_bytes) +
                                            " bytes of JSON, this one has " + std::to_string(out.size()));
  return out;
}

prepared<std::string> presence_of(const update_presence_body& body) {
  prepared<std::string> out;
  try {
    out.value = presence_json(body);
  } catch (const error&) {
    out.refused = std::current_exception();
  }
  return out;
}

guild_members merged(std::vector<guild_members_chunk> chunks) {
  guild_members out;
  for (auto& chunk : chunks) {
    std::move(chunk.members.begin(), chunk.members.end(), std::back_inserter(out.members));
    if (chunk.presences) std::move(chunk.presences->begin(), chunk.presences->end(), std::back_inserter(out.presences));
  }
  // Discord repeats in each chunk what it has not found.
  std::set<std::uint64_t> known;
  for (const auto& chunk : chunks) {
    if (!chunk.not_found) continue;
    for (const auto id : *chunk.not_found)
      if (known.insert(id.value()).second) out.not_found.emplace_back(id.value());
  }
  return out;
}

/// A call of the desk, which ends with this.
struct open_call {
  open_call(std::shared_ptr<command_desk> of, std::shared_ptr<command_desk::call> made)
      : desk(std::move(of)), call(std::move(made)) {}
  open_call(const open_call&) = delete;
  open_call& operator=(const open_call&) = delete;
  ~open_call() { desk->end(call); }

  std::shared_ptr<command_desk> desk;
  std::shared_ptr<command_desk::call> call;
};

task<guild_members> gather(std::shared_ptr<command_desk> desk, prepared<protocol::member_wish> wish,
                           std::chrono::milliseconds timeout) {
  if (wish.refused) std::rethrow_exception(wish.refused);
  const open_call mine(desk, desk->open(wish.value, std::nullopt));
  co_await command_desk::run(desk, command_desk::work(desk, mine.call, desk->deadline(timeout)));
  co_return merged(desk->take_all(*mine.call));
}

/// By shard, in the order of the shards; each guild once.
std::vector<std::vector<guild_id>> by_shard(const command_desk& desk, const std::vector<guild_id>& guilds) {
  std::map<int, std::vector<guild_id>> groups;
  std::set<std::uint64_t> known;
  for (const auto guild : guilds)
    if (known.insert(guild.value()).second) groups[desk.options().routes.of(guild)->id()].push_back(guild);
  std::vector<std::vector<guild_id>> out;
  for (auto& [shard, some] : groups) out.push_back(std::move(some));
  return out;
}

task<std::vector<soundboard_sounds>> ask_sounds(std::shared_ptr<command_desk> desk, std::vector<guild_id> guilds,
                                                std::chrono::milliseconds timeout) {
  const auto groups = by_shard(*desk, guilds);
  const open_call mine(
      desk, desk->open(std::make_unique<protocol::guild_call>(protocol::guild_question::soundboard_sounds, groups)));
  co_await command_desk::run(desk, command_desk::work(desk, mine.call, desk->deadline(timeout)));
  desk->end(mine.call);  // nobody else touches it from now on
  std::vector<soundboard_sounds> out;
  for (const auto guild : guilds) {
    const auto found = mine.call->sounds.find(guild.value());
    if (found == mine.call->sounds.end()) continue;  // it was named before
    out.push_back(*found->second);
    mine.call->sounds.erase(found);
  }
  co_return out;
}

task<channel_info> ask_channels(std::shared_ptr<command_desk> desk, guild_id guild, std::chrono::milliseconds timeout) {
  const auto groups = by_shard(*desk, {guild});
  const open_call mine(
      desk, desk->open(std::make_unique<protocol::guild_call>(protocol::guild_question::channel_info, groups)));
  co_await command_desk::run(desk, command_desk::work(desk, mine.call, desk->deadline(timeout)));
  desk->end(mine.call);
  co_return *mine.call->info;
}

}  // namespace

initial_presence::initial_presence(const update_presence_body& body) : json_(presence_json(body)) {}

// --- streams ---------------------------------------------------------------------------------------------------------

struct guild_member_stream::impl {
  std::shared_ptr<command_desk> desk;
  prepared<protocol::member_wish> wish;
  std::chrono::milliseconds timeout{};
  std::shared_ptr<command_desk::call> call;  // once begun; set before another thread may look
  std::atomic<bool> begun{false}, busy{false}, over{false};

  void end() {
    over = true;
    if (begun) desk->end(call);
  }
  static task<std::optional<guild_members_chunk>> advance(std::shared_ptr<impl> self);
  static task<std::optional<guild_members_chunk>> advance_alone(std::shared_ptr<impl> self);
};

task<std::optional<guild_members_chunk>> guild_member_stream::impl::advance(std::shared_ptr<impl> self) {
  if (self->over) co_return std::nullopt;
  if (self->wish.refused) std::rethrow_exception(self->wish.refused);
  auto& desk = self->desk;
  if (!self->begun) {
    self->call = desk->open(self->wish.value, self->timeout);
    self->begun = true;
    if (self->over) {  // dropped meanwhile
      self->end();
      co_return std::nullopt;
    }
  }
  co_await command_desk::run(desk, command_desk::work(desk, self->call, desk->deadline(self->timeout)));
  co_return desk->take_next(*self->call);
}

task<std::optional<guild_members_chunk>> guild_member_stream::impl::advance_alone(std::shared_ptr<impl> self) {
  if (self->busy.exchange(true)) throw error(errc::invalid_argument, "another next() of this stream still waits");
  struct done {
    std::shared_ptr<impl> of;
    bool ends = true;
    ~done() {
      if (ends) of->end();
      of->busy = false;
    }
  } guard{self};
  auto chunk = co_await advance(self);
  guard.ends = !chunk || self->over;
  co_return chunk;
}

guild_member_stream::guild_member_stream(std::shared_ptr<impl> made) noexcept : impl_(std::move(made)) {}
guild_member_stream::guild_member_stream(guild_member_stream&& other) noexcept = default;
guild_member_stream& guild_member_stream::operator=(guild_member_stream&& other) noexcept {
  std::swap(impl_, other.impl_);
  return *this;
}
guild_member_stream::~guild_member_stream() {
  if (impl_) impl_->end();
}

task<std::optional<guild_members_chunk>> guild_member_stream::next() { return impl::advance_alone(impl_); }

// ---------------------------------------------------------------------------------------------------------------------

gateway_commands::gateway_commands(std::shared_ptr<gateway::command_desk> desk) noexcept : desk_(std::move(desk)) {}
gateway_commands::~gateway_commands() = default;

task<> gateway_commands::update_presence(const update_presence_body& body, const command_options& options) {
  return command_desk::send_presence(desk_, presence_of(body), std::nullopt, desk_->deadline(options.timeout));
}

task<> gateway_commands::update_presence(int shard, const update_presence_body& body, const command_options& options) {
  return command_desk::send_presence(desk_, presence_of(body), shard, desk_->deadline(options.timeout));
}

task<> gateway_commands::update_voice_state(guild_id guild, const update_voice_state_body& body,
                                            const command_options& options) {
  voice_state_update_request sent;
  sent.guild_id = guild;
  if (body.channel_id)
    sent.channel_id = *body.channel_id;
  else
    sent.channel_id = null;
  sent.self_mute = body.self_mute;
  sent.self_deaf = body.self_deaf;
  std::string payload = R"({"op":4,"d":)";
  json::encode_to(payload, sent);
  payload += '}';
  return command_desk::send_voice_state(desk_, guild, std::move(payload), desk_->deadline(options.timeout));
}

task<guild_members> gateway_commands::request_guild_members(guild_id guild, const guild_members_request& request) {
  return gather(desk_, wish_of(guild, request), request.timeout);
}

guild_member_stream gateway_commands::stream_guild_members(guild_id guild, const guild_members_request& request) {
  auto made = std::make_shared<guild_member_stream::impl>();
  made->desk = desk_;
  made->wish = wish_of(guild, request);
  made->timeout = request.timeout;
  return guild_member_stream(std::move(made));
}

task<std::vector<soundboard_sounds>> gateway_commands::request_soundboard_sounds(const list<guild_id>& guilds,
                                                                                 const command_options& options) {
  return ask_sounds(desk_, std::vector<guild_id>(guilds.begin(), guilds.end()), options.timeout);
}

task<channel_info> gateway_commands::request_channel_info(guild_id guild, const command_options& options) {
  return ask_channels(desk_, guild, options.timeout);
}

}  // namespace monochord
