// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <monochord/gateway/shards.hpp>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/bot_world.hpp"
#include "support/sanitized.hpp"

namespace monochord::tests {

/// What a soak is made of.
struct soak_plan {
  int shards = 8;
  duration time = std::chrono::hours{2};
  std::uint64_t seed = 1;
  duration fault_every = std::chrono::minutes{10};    ///< of one shard, on average
  duration outage_every = std::chrono::minutes{40};   ///< of all of them
  duration message_every = std::chrono::seconds{40};  ///< in one shard's guild
  bool keep_log = false;                              ///< which grows
};

/// Many shards of one bot, random faults, hours of virtual time: each message must be heard once and in its shard's
/// order, but for those that the mock says it would not send again. The seed decides which faults come when, and
/// how long the client waits where it waits by chance. Keeps nothing that grows with the time: what grows is
/// the bot's, or the mock's.
class soak {
 public:
  explicit soak(soak_plan plan)
      : plan_(plan), random_(plan.seed), chances_(~plan.seed), world_(served(plan)), bot_(world_.world.bot_token(), options()) {
    auto& discord = world_.discord();
    shards_.resize(static_cast<std::size_t>(plan_.shards));
    place(world_.world.home, world_.world.general);
    for (int i = 1; i < plan_.shards; ++i) {  // guilds that follow each other are on shards that do
      const auto guild = discord.add_guild("guild " + std::to_string(i), world_.world.alice);
      place(guild, discord.add_text_channel(guild, "general"));
    }
    bot_.on<message_create>(
        [this](const message_create& event, const raw_event& sent) { hear(event.message.content, sent.shard_id); });
    bot_.on_error([this](std::exception_ptr error, const raw_event& event) {
      note(std::string(event.name) + ": " + result<int>(error).error_text());
    });
  }
  ~soak() {
    bot_.stop();
    world_.sim.run_until([&] { return ended_; }, std::chrono::minutes{1});
  }
  soak(const soak&) = delete;
  soak& operator=(const soak&) = delete;

  /// Everything, to its end. What is wrong is in `complaints()` then.
  void run() {
    std::printf("soak: %d shards, MONOCHORD_SEED=%llu\n", plan_.shards, static_cast<unsigned long long>(plan_.seed));
    std::fflush(stdout);
    world_.sim.spawn(live());
    world_.sim.run_until([&] { return bot_.shards().all_ready(); }, std::chrono::minutes{30});
    begin_ = world_.sim.elapsed();
    for (auto& one : shards_) one.next_fault = begin_ + about(plan_.fault_every);
    next_outage_ = begin_ + about(plan_.outage_every);
    const auto tick = std::chrono::seconds{1};
    for (std::uint64_t seconds = 0; world_.sim.elapsed() - begin_ < plan_.time && !ended_; ++seconds) {
      outage();
      for (int id = 0; id < plan_.shards; ++id) each_second(id);
      world_.sim.run_for(tick);
      if (seconds % 600 == 0) sample_memory();
      if (seconds % 3600 == 3599) forget_lost();
    }
    settle();
    judge();
    tell();
  }

  const std::vector<std::string>& complaints() const noexcept { return complaints_; }
  const std::string& log() const noexcept { return log_; }
  /// Mean resident memory of a quarter of the time (0 to 3), in bytes.
  double memory_of_quarter(std::size_t quarter) const {
    return memory_samples_[quarter] == 0 ? 0 : memory_sums_[quarter] / static_cast<double>(memory_samples_[quarter]);
  }

 private:
  enum fault {
    drop,
    reset,
    op7,
    op9_true,
    op9_false,
    zombie,
    garbage,
    bad_frame,
    op1,
    close_4000,
    close_4008,
    close_4009,
    forgotten,
    resume_refused,
    resumes_cut,
    restart,
    cut_in_burst,
    faults_
  };
  static constexpr std::array<std::string_view, faults_> names = {"drop",
                                                                  "reset of all",
                                                                  "op 7",
                                                                  "op 9 true",
                                                                  "op 9 false",
                                                                  "zombie",
                                                                  "garbage",
                                                                  "bad frame",
                                                                  "op 1",
                                                                  "close 4000",
                                                                  "close 4008",
                                                                  "close 4009",
                                                                  "session forgotten",
                                                                  "resume refused",
                                                                  "resumes cut",
                                                                  "restart asked for",
                                                                  "cut in a burst"};
  /// Of 100. Those that end a session are few: a day has its number of session starts.
  static constexpr std::array<int, faults_> weights = {16, 1, 14, 10, 1, 16, 8, 8, 4, 6, 6, 1, 1, 1, 1, 3, 3};

  struct shard_state {
    channel_id channel;
    duration next_fault{};
    std::uint64_t said = 0;   // messages are numbered from 1
    std::uint64_t heard = 0;  // the last one
    std::deque<std::uint64_t> awaited;
    std::set<std::uint64_t> skipped;  // a later one was heard
    duration paused_until = duration::zero();
  };

  static testing::mock_options served(const soak_plan& plan) {
    testing::mock_options out;
    out.recommended_shards = plan.shards;
    out.max_concurrency = 4;
    out.session_start_limit = 2000;
    out.note_lost_events = true;
    return out;
  }
  client_options options() {
    auto out = world_.options();
    out.jitter = [this] { return static_cast<double>(chances_() >> 11U) * 0x1.0p-53; };
    out.log = log_level::info;
    out.log_to = [this](log_level level, std::string_view, std::string_view text) {
      ++log_lines_;
      if (plan_.keep_log) log_ += std::to_string(world_.sim.elapsed().count()) + " " + std::string(text) + "\n";
      if (level == log_level::error) note("log: " + std::string(text));
    };
    return out;
  }
  task<> live() {
    try {
      co_await bot_.async_run();
    } catch (...) {
      note("run() ended: " + result<int>(std::current_exception()).error_text());
    }
    ended_ = true;
  }

  // The same numbers everywhere, which std's distributions do not promise.
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  duration about(duration mean) {
    return mean / 4 + duration(static_cast<duration::rep>(below(static_cast<std::uint64_t>((mean * 3 / 2).count()))));
  }
  bool happens_every(duration mean) { return below(static_cast<std::uint64_t>(mean / std::chrono::seconds{1})) == 0; }

  void place(guild_id guild, channel_id channel) { shards_[(guild.value() >> 22U) % shards_.size()].channel = channel; }
  void note(std::string what) {
    if (complaints_.size() < 50) complaints_.push_back(std::move(what));
  }

  void say(int id) {
    auto& one = shards_[static_cast<std::size_t>(id)];
    const auto number = ++one.said;
    one.awaited.push_back(number);
    const auto message =
        world_.discord().say(world_.world.alice, one.channel, std::to_string(id) + ":" + std::to_string(number));
    world_.discord().erase(one.channel, message);  // the world of the mock is not to grow
  }
  void hear(std::string_view text, int shard_id) {
    int id = -1;
    std::uint64_t number = 0;
    if (!parse(text, id, number) || id != shard_id)
      return note("shard " + std::to_string(shard_id) + " was given " + std::string(text));
    auto& one = shards_[static_cast<std::size_t>(id)];
    ++heard_;
    if (number <= one.heard || number > one.said)
      return note("shard " + std::to_string(id) + " was given " + std::to_string(number) + " after " +
                  std::to_string(one.heard));
    one.heard = number;
    while (!one.awaited.empty() && one.awaited.front() <= number) {
      if (one.awaited.front() != number) one.skipped.insert(one.awaited.front());
      one.awaited.pop_front();
    }
  }
  bool parse(std::string_view text, int& id, std::uint64_t& number) const {
    const auto end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, id);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != ':') return false;
    const auto second = std::from_chars(first.ptr + 1, end, number);
    return second.ec == std::errc() && second.ptr == end && id >= 0 && id < plan_.shards;
  }

  /// What the mock would not send again need not have been heard.
  void forget_lost() {
    constexpr std::string_view field = "\"content\":\"";
    for (const auto& lost : world_.discord().take_lost_events()) {
      const auto at = lost.json.find(field);
      if (at == std::string::npos) continue;
      const auto text = std::string_view(lost.json).substr(at + field.size());
      int id = -1;
      std::uint64_t number = 0;
      if (!parse(text.substr(0, text.find('"')), id, number)) continue;
      auto& one = shards_[static_cast<std::size_t>(id)];
      lost_unheard_ += one.skipped.erase(number);
      lost_unheard_ += std::erase(one.awaited, number);
    }
  }

  void each_second(int id) {
    auto& one = shards_[static_cast<std::size_t>(id)];
    if (happens_every(plan_.message_every)) say(id);
    const auto now = world_.sim.elapsed();
    if (one.paused_until > duration::zero() && now >= one.paused_until) {
      one.paused_until = duration::zero();
      world_.discord().resume_traffic(id);  // what nobody reads any more is found to be gone
    }
    if (now < one.next_fault) return;
    one.next_fault = now + about(plan_.fault_every);
    for (auto count = below(4); count > 0; --count) say(id);
    play(id);
    for (auto count = below(4); count > 0; --count) say(id);
  }

  void play(int id) {
    auto pick = below(100);
    int which = 0;
    for (; which + 1 < faults_ && pick >= static_cast<std::uint64_t>(weights[static_cast<std::size_t>(which)]); ++which)
      pick -= static_cast<std::uint64_t>(weights[static_cast<std::size_t>(which)]);
    ++played_[static_cast<std::size_t>(which)];
    auto& discord = world_.discord();
    using testing::disconnect_how;
    auto faults = discord.faults();
    switch (static_cast<fault>(which)) {
      case drop:
        discord.disconnect(disconnect_how::drop, 0, id);
        break;
      case reset:
        world_.network->reset_all();
        break;
      case op7:
        discord.reconnect_op7(id);
        break;
      case op9_true:
        discord.invalid_session(true, id);
        break;
      case op9_false:
        discord.invalid_session(false, id);
        break;
      case zombie:
        discord.pause(id);
        shards_[static_cast<std::size_t>(id)].paused_until = world_.sim.elapsed() + std::chrono::minutes{3};
        break;
      case garbage: {
        std::string bytes(below(300), ' ');
        for (auto& byte : bytes) byte = static_cast<char>(below(256));
        discord.send_raw(bytes, true, id);
        break;
      }
      case bad_frame:
        discord.send_bytes("\xc1\x01x", id);
        break;
      case op1:
        discord.request_heartbeat(id);
        break;
      case close_4000:
        discord.disconnect(disconnect_how::close_frame, 4000, id);
        break;
      case close_4008:
        discord.disconnect(disconnect_how::close_frame, 4008, id);
        break;
      case close_4009:
        discord.disconnect(disconnect_how::close_frame, 4009, id);
        break;
      case forgotten:
        discord.disconnect(disconnect_how::drop, 0, id);
        discord.forget_sessions(id);
        break;
      case resume_refused:
        faults.op9_at_resume = 1;
        discord.set_faults(faults);
        discord.disconnect(disconnect_how::drop, 0, id);
        break;
      case resumes_cut:
        faults.close_at_resume = 1 + static_cast<int>(below(2));
        discord.set_faults(faults);
        discord.disconnect(disconnect_how::drop, 0, id);
        break;
      case restart:
        bot_.shards().restart(id);
        break;
      case cut_in_burst:
        faults.cut_after_events = 20 + below(20);
        discord.set_faults(faults);
        for (int count = 0; count < 20; ++count) say(id);
        break;
      case faults_:
        break;
    }
  }

  /// Something is wrong for whoever connects meanwhile.
  void outage() {
    const auto now = world_.sim.elapsed();
    if (outage_ends_ > duration::zero()) {
      if (now >= outage_ends_) end_outage();
      return;
    }
    if (now < next_outage_) return;
    next_outage_ = now + about(plan_.outage_every);
    outage_ends_ = now + std::chrono::seconds{10 + static_cast<int>(below(200))};
    ++outages_;
    auto faults = world_.discord().faults();
    switch (below(5)) {
      case 0:
        world_.network->unresolvable("localhost", true);
        break;
      case 1:
        world_.network->garble("localhost", true);
        break;
      case 2:
        world_.network->refuse("localhost", true);
        break;
      case 3:
        world_.network->black_hole("localhost", true);
        break;
      default:
        faults.resume_url_down = true;
        world_.discord().set_faults(faults);
    }
  }
  void end_outage() {
    outage_ends_ = duration::zero();
    world_.network->unresolvable("localhost", false);
    world_.network->garble("localhost", false);
    world_.network->refuse("localhost", false);
    world_.network->black_hole("localhost", false);
    auto faults = world_.discord().faults();
    faults.resume_url_down = false;
    world_.discord().set_faults(faults);
  }

  /// All is well again: everybody comes up, and a last word reaches everybody.
  void settle() {
    end_outage();
    world_.discord().set_faults({});
    world_.discord().resume_traffic();
    world_.sim.run_for(std::chrono::minutes{15});
    if (!bot_.shards().all_ready()) note("not all shards are up, a quarter of an hour after the last fault");
    for (int id = 0; id < plan_.shards; ++id) say(id);
    world_.sim.run_for(std::chrono::minutes{4});  // sessions that were left behind are gone by then
    for (int id = 0; id < plan_.shards; ++id) {
      const auto& one = shards_[static_cast<std::size_t>(id)];
      if (one.heard != one.said) note("shard " + std::to_string(id) + " does not hear any more");
    }
  }

  void judge() {
    forget_lost();
    for (int id = 0; id < plan_.shards; ++id) {
      const auto& one = shards_[static_cast<std::size_t>(id)];
      for (const auto number : one.skipped)
        note("shard " + std::to_string(id) + " was never given " + std::to_string(number));
      for (const auto number : one.awaited)
        note("shard " + std::to_string(id) + " still waits for " + std::to_string(number));
    }
    for (const auto& v : world_.discord().violations()) note("violation " + v.kind + ": " + v.text);
  }

  void tell() {
    const auto hours = std::chrono::duration<double, std::ratio<3600>>(world_.sim.elapsed() - begin_).count();
    const auto now = world_.discord().counters();
    std::uint64_t said = 0, zombies = 0;
    for (const auto& one : shards_) said += one.said;
    for (const auto& one : bot_.shards().info()) zombies += one.zombies;
    std::printf("  %.1f hours, %llu messages said, %llu heard, %llu that Discord would not send again\n", hours,
                number(said), number(heard_), number(lost_unheard_));
    std::printf("  %llu connections, %llu identifies, %llu resumes, %llu zombies, %llu violations, %llu log lines\n",
                number(now.connections), number(now.identifies), number(now.resumed), number(zombies),
                number(now.violations), number(log_lines_));
    std::printf("  faults: %llu outages", number(outages_));
    for (std::size_t i = 0; i < names.size(); ++i)
      if (played_[i] != 0) std::printf(", %llu %s", number(played_[i]), std::string(names[i]).c_str());
    std::printf("\n  resident memory by quarters:");
    for (std::size_t i = 0; i < 4; ++i) std::printf(" %.1f MB", memory_of_quarter(i) / 1e6);
    std::printf("\n");
    // heaptrack, 64 shards: 110 MB of a peak of 170 are the mock's compressors, 40 MB the bot's decompressors.
    constexpr double mock_mb = 1.7, bot_mb = 0.63;
    std::printf("  of it streams of zstd, a pair for each shard: about %.0f MB of the mock, %.0f MB of the bot\n",
                mock_mb * plan_.shards, bot_mb * plan_.shards);
    std::fflush(stdout);
  }
  static unsigned long long number(std::uint64_t n) { return n; }

  void sample_memory() {
    const auto share =
        std::chrono::duration<double>(world_.sim.elapsed() - begin_) / std::chrono::duration<double>(plan_.time);
    const auto quarter = std::min<std::size_t>(3, static_cast<std::size_t>(share * 4));
    long pages = 0, resident = 0;
    if (std::FILE* const file = std::fopen("/proc/self/statm", "r")) {
      if (std::fscanf(file, "%ld %ld", &pages, &resident) != 2) resident = 0;
      std::fclose(file);
    }
    memory_sums_[quarter] += static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
    ++memory_samples_[quarter];
  }

  const soak_plan plan_;
  std::mt19937_64 random_, chances_;  // of the faults, of the client
  simulated_world world_;
  std::vector<shard_state> shards_;
  std::vector<std::string> complaints_;
  std::string log_;
  bool ended_ = false;
  duration begin_{}, next_outage_{}, outage_ends_{};
  std::uint64_t heard_ = 0, lost_unheard_ = 0, log_lines_ = 0, outages_ = 0;
  std::array<std::uint64_t, faults_> played_{};
  std::array<double, 4> memory_sums_{};
  std::array<std::uint64_t, 4> memory_samples_{};
  client bot_;
};

/// The seed of MONOCHORD_SEED, else `otherwise`.
inline std::uint64_t seed_from_env(std::uint64_t otherwise) {
  const char* const given = std::getenv("MONOCHORD_SEED");
  return given ? std::strtoull(given, nullptr, 10) : otherwise;
}

}  // namespace monochord::tests
