// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/bot_world.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/gateway/shards.hpp>

namespace monochord::tests {

/// Random events through the whole of a client: the socket, inflating, decoding, a cache of every kind, handlers, somebody who
/// waits for one. Guilds come, go and have outages, their people, channels, roles and messages change, connections are cut and
/// sessions lost. The world has a size that it does not outgrow, so what grows is a leak.
class random_events {
 public:
  explicit random_events(std::uint64_t seed) : random_(seed), bot_(world_.world.bot_token(), options()) {
    bot_.on_raw([this](const raw_event&) { ++heard_; });
    bot_.on<message_create>([this](const message_create& event) { characters_ += event.message.content.size(); });
    bot_.on<guild_member_update>([this](const guild_member_update& event) { changed_ += event.before && event.before->nick != event.nick; });
    bot_.on<guild_create>([this](const guild_create& event) -> task<> {
      const auto next = co_await bot_.next<message_create>(
          [guild = event.guild.id](const message_create& m) { return m.guild_id == guild; }, std::chrono::seconds{1});
      if (next) ++answered_;
    });
    bot_.on_error([this](std::exception_ptr error, const raw_event& event) {
      complaints_.push_back(std::string(event.name) + ": " + result<int>(error).error_text());
    });
    world_.sim.spawn(live());
    world_.sim.run_until([&] { return ended_ || bot_.shards().all_ready(); }, std::chrono::minutes{5});
  }
  ~random_events() {
    bot_.stop();
    world_.sim.run_until([&] { return ended_; }, std::chrono::minutes{1});
  }
  random_events(const random_events&) = delete;
  random_events& operator=(const random_events&) = delete;

  /// Until so many were heard.
  void run(std::uint64_t events) {
    constexpr std::uint64_t at_once = 100;
    for (std::uint64_t round = 0; heard_ < events && !ended_ && complaints_.empty(); ++round) {
      if (round % 100 == 63) lose_session();
      const std::uint64_t before = heard_;
      for (std::uint64_t i = 0; i < at_once; ++i) happen();
      disturb(round);
      world_.sim.run_until([&] { return ended_ || heard_ >= before + at_once; }, std::chrono::hours{1});
      world_.sim.run_for(std::chrono::milliseconds{100});
      if (round % 20 == 0) sample_memory(heard_, events);
    }
    world_.sim.run_for(std::chrono::seconds{5});
  }

  std::uint64_t heard() const noexcept { return heard_; }
  /// What was seen by handlers, waited for, and had an old value.
  bool all_used() const noexcept { return characters_ > 0 && changed_ > 0 && answered_ > 0; }
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }
  std::size_t cached_bytes() { return bot_.cache().stats().bytes(); }
  /// Mean resident memory of a quarter of the events (0 to 3), in bytes.
  double memory_of_quarter(std::size_t quarter) const {
    return samples_[quarter] == 0 ? 0 : sums_[quarter] / static_cast<double>(samples_[quarter]);
  }

 private:
  static constexpr std::uint64_t guilds = 5, first_guild = 7'000'000;

  client_options options() {
    auto made = world_.options();
    made.intents = all_intents;
    made.log = log_level::off;
    made.cache.policy.kinds = cache_policy::every_kind;
    made.cache.policy.messages_per_channel = 10;
    return made;
  }
  task<> live() {
    try {
      co_await bot_.async_run();
    } catch (...) {
      complaints_.push_back("run() ended: " + result<int>(std::current_exception()).error_text());
    }
    ended_ = true;
  }

  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string text() { return std::string(1 + below(60), static_cast<char>('a' + below(26))); }
  member somebody() {
    member m = cache_events::somebody(1001 + below(60));
    if (below(3) == 0) m.nick = text();
    if (below(3) == 0) m.user->global_name = text();
    return m;
  }
  channel some_channel(guild_id guild) {
    channel c;
    c.id = channel_id{guild.value() * 10 + below(4)};
    c.guild_id = guild;
    c.name = text();
    if (below(2) == 0) c.topic = text();
    return c;
  }
  template <class Event>
  void tell(std::string_view name, const Event& event) {
    world_.discord().send_event(name, json::encode(event));
  }

  void happen() {
    const guild_id guild{first_guild + below(guilds)};
    switch (below(20)) {
      case 0:
        if (below(10) == 0) return create(guild);
        return type(guild);
      case 1:
        if (below(10) == 0) return remove(guild);
        return type(guild);
      case 2: case 3: {
        guild_member_add event;
        event.guild_id = guild;
        event.member = somebody();
        return tell("GUILD_MEMBER_ADD", event);
      }
      case 4: {
        guild_member_remove event;
        event.guild_id = guild;
        event.user = *somebody().user;
        return tell("GUILD_MEMBER_REMOVE", event);
      }
      case 5: case 6: {
        const member m = somebody();
        guild_member_update event;
        event.guild_id = guild;
        event.user = *m.user;
        event.roles = m.roles;
        event.nick = m.nick;
        event.joined_at = m.joined_at;
        return tell("GUILD_MEMBER_UPDATE", event);
      }
      case 7: {
        channel_update event;
        event.channel = some_channel(guild);
        return tell("CHANNEL_UPDATE", event);
      }
      case 8: {
        channel_create event;
        event.channel = some_channel(guild);
        return tell("CHANNEL_CREATE", event);
      }
      case 9: {
        channel_delete event;
        event.channel = some_channel(guild);
        return tell("CHANNEL_DELETE", event);
      }
      case 10: {
        guild_role_create event;
        event.guild_id = guild;
        event.role.id = role_id{71 + below(4)};
        event.role.name = text();
        return tell("GUILD_ROLE_CREATE", event);
      }
      case 11: {
        guild_role_delete event;
        event.guild_id = guild;
        event.role_id = role_id{71 + below(4)};
        return tell("GUILD_ROLE_DELETE", event);
      }
      case 12: {
        auto event = cache_events::in_voice(1001 + below(60), guild.value() * 10);
        event.voice_state.guild_id = guild;
        if (below(2) == 0) event.voice_state.channel_id = null;
        return tell("VOICE_STATE_UPDATE", event);
      }
      case 13: case 14:
        return tell("PRESENCE_UPDATE", cache_events::seen(guild.value(), 1001 + below(60), below(3) == 0 ? "offline" : "online"));
      case 15: {
        message_delete event;
        event.guild_id = guild;
        event.channel_id = channel_id{guild.value() * 10 + below(4)};
        event.id = message_id{written_ - below(std::min<std::uint64_t>(written_, 40))};
        return tell("MESSAGE_DELETE", event);
      }
      default: {
        auto event = cache_events::written(guild.value(), guild.value() * 10 + below(4), ++written_, 1001 + below(60));
        event.message.content = text();
        return tell("MESSAGE_CREATE", event);
      }
    }
  }
  void create(guild_id guild) {
    auto event = cache_events::a_guild(guild.value(), 20 + below(40));
    event.guild.name = text();
    tell("GUILD_CREATE", event);
  }
  void remove(guild_id guild) {
    guild_delete event;
    event.guild.id = guild;
    if (below(2) == 0) event.guild.unavailable = true;
    tell("GUILD_DELETE", event);
  }
  void type(guild_id guild) {
    typing_start event;
    event.guild_id = guild;
    event.channel_id = channel_id{guild.value() * 10};
    event.user_id = user_id{1001 + below(60)};
    tell("TYPING_START", event);
  }
  void disturb(std::uint64_t round) {
    if (round % 20 == 7) world_.discord().disconnect();
    if (round % 50 == 31) world_.discord().reconnect_op7();
  }
  /// While nothing is on its way, which would be lost.
  void lose_session() {
    auto& discord = world_.discord();
    const auto before = discord.counters().readies;
    discord.forget_sessions();
    discord.disconnect();
    world_.sim.run_until([&] { return ended_ || (discord.counters().readies > before && bot_.shards().all_ready()); },
                         std::chrono::hours{1});
  }

  void sample_memory(std::uint64_t done, std::uint64_t all) {
    long pages = 0, resident = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
      std::fclose(file);
    }
    const auto quarter = std::min<std::size_t>(3, static_cast<std::size_t>(done * 4 / all));
    sums_[quarter] += static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    ++samples_[quarter];
  }

  std::mt19937_64 random_;
  simulated_world world_;
  std::vector<std::string> complaints_;
  bool ended_ = false;
  std::uint64_t heard_ = 0, characters_ = 0, changed_ = 0, answered_ = 0, written_ = 1;
  std::array<double, 4> sums_{};
  std::array<std::uint64_t, 4> samples_{};
  client bot_;
};

}  // namespace monochord::tests
