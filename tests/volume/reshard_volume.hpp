// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <monochord/gateway/commands.hpp>
#include <monochord/gateway/guild_members.hpp>
#include <monochord/gateway/shards.hpp>
#include <monochord/model/channel_events.hpp>
#include <monochord/model/gateway_bodies.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/interaction_events.hpp>
#include <monochord/rest/application_command.hpp>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/bot_world.hpp"

namespace monochord::tests {

struct reshard_volume_plan {
  std::uint64_t distinct = 10'000, identical = 10'000;  ///< so many at least, all of them while shards change
  int each_step = 30;                                   ///< events in 50 ms
  std::uint64_t seed = 1;
};

/// A bot whose guilds are busy while its shards change. In each guild it has to see what happened there, in order; what
/// it asks of Discord meanwhile has to be answered. What is not so is a complaint.
class reshard_volume {
 public:
  explicit reshard_volume(const reshard_volume_plan& plan)
      : plan_(plan), random_(plan.seed), world_(served()), bot_(world_.world.bot_token(), options()) {
    listen();
    expect(world_.world.home, "created");
    for (int i = 0; i < 60; ++i) add_guild();
    world_.sim.spawn(live());
    world_.sim.run_until([&] { return bot_.shards().all_ready(); }, std::chrono::minutes{10});
    world_.sim.run(define_command());
    for (int i = 0; i < askers; ++i) world_.sim.spawn(ask(static_cast<std::size_t>(i)));
    busy_for(std::chrono::seconds{2});
  }
  ~reshard_volume() {
    bot_.stop();
    world_.sim.run_until([&] { return ended_; });
  }

  /// Another number of shards takes over.
  void reshard(int total) {
    const auto before = happened();
    const int from = bot_.shards().total();
    const auto report = run_reshard(total, {}, std::nullopt);
    if (!failed_.empty()) note("resharding to " + std::to_string(total) + ": " + failed_);
    if (bot_.shards().total() != total) note("there are " + std::to_string(bot_.shards().total()) + " shards");
    if (!report.balanced) note("the two sets were never balanced");
    std::printf("  %d -> %d: %llu events meanwhile, %llu twins, %llu singles, %llu held, %llu held too long, %.1f s\n",
                from, total, number(happened() - before), number(report.twins), number(report.singles),
                number(report.held), number(report.held_too_long), std::chrono::duration<double>(report.took).count());
  }
  /// It is tried, and given up after this time.
  void give_up(int total, duration after) {
    const auto before = happened();
    const int from = bot_.shards().total();
    (void)run_reshard(total, {}, after);
    if (failed_.empty()) note("a resharding that was cancelled came to its end");
    if (bot_.shards().total() != from)
      note("there are " + std::to_string(bot_.shards().total()) + " shards after going back");
    std::printf("  %d -> %d, given up after %.1f s: %llu events meanwhile\n", from, total,
                std::chrono::duration<double>(after).count(), number(happened() - before));
  }
  bool is_enough() const { return distinct_ >= plan_.distinct && identical_ >= plan_.identical; }

  /// What is on its way arrives; then all is compared.
  void finish() {
    busy_for(std::chrono::seconds{1});
    asks_ = false;
    world_.discord().resume_traffic();
    world_.sim.run_for(std::chrono::seconds{90});
    for (const auto& [guild, wanted] : expected_) compare(guild, wanted);
    for (const auto& [guild, what] : seen_)
      if (!expected_.contains(guild)) note("something was heard of guild " + guild.str());
    for (const auto& v : world_.discord().violations()) note("violation " + v.kind + ": " + v.text);
    if (answered_ != asked_) note(std::to_string(asked_ - answered_) + " commands have no answer");
    std::printf(
        "  %llu distinct and %llu identical events, of them %llu interactions, %llu members came or went; %llu guilds "
        "created, "
        "%llu deleted; %llu commands answered, %llu cuts, %llu pauses, %llu identifies\n",
        number(distinct_), number(identical_), number(interactions_), number(moved_), number(created_),
        number(deleted_), number(answered_), number(cuts_), number(pauses_),
        number(world_.discord().counters().identifies));
    std::fflush(stdout);
  }
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }
  std::uint64_t identifies() { return world_.discord().counters().identifies; }

 private:
  static constexpr int askers = 6;
  static constexpr std::size_t lasting = 20;  // guilds that are never deleted: commands go to them

  struct place {
    guild_id guild;
    channel_id channel;
    user_id human;                // of this guild alone
    std::deque<message_id> said;  // and not erased yet
    std::vector<user_id> visitors;
    std::string status = "idle";
  };

  static testing::mock_options served() {
    testing::mock_options out;
    out.max_concurrency = 4;
    out.replay_limit = 200'000;
    return out;
  }
  client_options options() {
    auto out = world_.options();
    out.intents |= intent::guild_message_typing | intent::guild_presences | intent::guild_members;
    out.shards = shard_plan::of(4);
    out.log = log_level::warning;
    return out;
  }
  void hear(guild_id guild, std::string what) { seen_[guild].push_back(std::move(what)); }
  void listen() {
    bot_.on<message_create>([this](const message_create& e) { hear(*e.guild_id, "m" + e.message.content); });
    bot_.on<message_delete>([this](const message_delete& e) { hear(*e.guild_id, "d" + e.id.str()); });
    bot_.on<typing_start>([this](const typing_start& e) { hear(*e.guild_id, "types"); });
    bot_.on<presence_update>(
        [this](const presence_update& e) { hear(*e.presence.guild_id, "is " + e.presence.status.str()); });
    bot_.on<guild_member_add>([this](const guild_member_add& e) { hear(e.guild_id, "+" + e.member.user->id.str()); });
    bot_.on<guild_member_remove>([this](const guild_member_remove& e) { hear(e.guild_id, "-" + e.user.id.str()); });
    bot_.on<interaction_create>(
        [this](const interaction_create& e) { hear(*e.interaction.guild_id, "i" + e.interaction.id.str()); });
    bot_.on<guild_create>([this](const guild_create& e) { hear(e.guild.id, "created"); });
    bot_.on<guild_delete>([this](const guild_delete& e) { hear(e.guild.id, "deleted"); });
  }
  task<> live() {
    co_await bot_.async_run();
    ended_ = true;
  }
  task<> define_command() {
    const std::vector<command_builder> commands{command_builder{"ping", "Answers pong"}};
    co_await bot_.rest().bulk_overwrite_global_application_commands(world_.discord().application(), commands);
  }

  // --- what the bot asks ---
  /// Commands all the time, to guilds that stay: each has to be answered.
  task<> ask(std::size_t which) {
    for (std::size_t turn = 0; asks_ && !ended_; ++turn) {
      const auto to = which + askers * (turn % (lasting / askers));
      ++asked_;
      std::string failed;
      try {
        co_await ask_once(places_[to].guild, places_[to].human, turn % 3 == 0);
        ++answered_;
      } catch (const std::exception& e) {
        failed = e.what();
      }
      if (!failed.empty()) note("a command was rejected: " + failed);
      co_await world_wait(std::chrono::milliseconds{700});
    }
  }
  task<> ask_once(guild_id guild, user_id human, bool of_channels) {
    if (of_channels) {
      (void)co_await bot_.gateway().request_channel_info(guild);
      co_return;
    }
    const std::vector<user_id> one{human};
    const list<user_id> wanted(one);
    const auto members = co_await bot_.gateway().request_guild_members(guild, {.user_ids = wanted});
    if (members.members.size() != 1)
      note("a command was answered with " + std::to_string(members.members.size()) + " members");
  }
  task<> world_wait(duration time) {
    const auto wait = world_.sim.clock()->make_timer(world_.sim.executor());
    co_await wait->wait_until(world_.sim.clock()->now() + time);
  }

  // --- what happens ---
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  std::uint64_t happened() const { return distinct_ + identical_; }
  void add_guild() {
    auto& discord = world_.discord();
    place made;
    const auto name = std::to_string(created_++);
    made.human = discord.add_user("human " + name);
    made.guild = discord.add_guild("guild " + name, made.human);
    made.channel = discord.add_text_channel(made.guild, "general");
    expect(made.guild, "created");
    places_.push_back(std::move(made));
  }
  void expect(guild_id guild, std::string what) { expected_[guild].push_back(std::move(what)); }

  void say(place& in) {
    const auto text = std::to_string(++said_);
    in.said.push_back(world_.discord().say(in.human, in.channel, text));
    expect(in.guild, "m" + text);
    ++distinct_;
  }
  void erase(place& in) {
    const auto which = in.said.front();
    in.said.pop_front();
    world_.discord().erase(in.channel, which);
    expect(in.guild, "d" + which.str());
    ++distinct_;
  }
  void twice(place& in, bool presence) {
    for (int i = 0; i < 2; ++i) {
      if (presence)
        world_.discord().set_presence(in.human, in.status);
      else
        world_.discord().type(in.human, in.channel);
      expect(in.guild, presence ? "is " + in.status : "types");
      ++identical_;
    }
    if (presence && below(4) == 0) in.status = in.status == "idle" ? "dnd" : "idle";
  }
  void move(place& in) {
    const bool goes = !in.visitors.empty() && below(2) == 0;
    if (goes) {
      const auto who = in.visitors.back();
      in.visitors.pop_back();
      world_.discord().leave(in.guild, who);
      expect(in.guild, "-" + who.str());
      homeless_.push_back(who);
    } else {
      if (homeless_.empty()) homeless_.push_back(world_.discord().add_user("visitor " + std::to_string(moved_)));
      const auto who = homeless_.front();
      homeless_.pop_front();
      world_.discord().join(in.guild, who);
      expect(in.guild, "+" + who.str());
      in.visitors.push_back(who);
    }
    ++moved_;
    ++distinct_;
  }
  void interact(place& in) {
    expect(in.guild, "i" + world_.discord().slash(in.human, in.channel, "ping").str());
    ++interactions_;
    ++distinct_;
  }
  void happen() {
    auto& in = places_[below(places_.size())];
    const auto what = below(100);
    if (what < 2)
      move(in);
    else if (what < 4)
      interact(in);
    else if (identical_ < distinct_)
      twice(in, below(2) == 0);
    else if (in.said.size() > 3)
      erase(in);
    else
      say(in);
  }
  void step() {
    for (int i = 0; i < plan_.each_step; ++i) happen();
    if (below(12) == 0) add_guild();
    if (below(14) == 0 && places_.size() > lasting + 20) {
      const auto which = lasting + below(places_.size() - lasting);
      world_.discord().remove_bot(places_[which].guild);
      expect(places_[which].guild, "deleted");
      for (const auto who : places_[which].visitors) homeless_.push_back(who);
      places_.erase(places_.begin() + static_cast<std::ptrdiff_t>(which));
      ++deleted_;
    }
    const auto now = world_.sim.elapsed();
    // A shard of one set is behind the other set for a while, since its number says nothing about the other set's.
    if (paused_ && now >= paused_until_) {
      world_.discord().resume_traffic(std::exchange(paused_, std::nullopt));
    } else if (!paused_ && below(20) == 0) {
      paused_ = static_cast<int>(below(16));
      paused_until_ = now + std::chrono::milliseconds{50 + static_cast<int>(below(1200))};
      world_.discord().pause(paused_);
      ++pauses_;
    }
    if (cuts_allowed_ && below(60) == 0) {
      world_.discord().disconnect(testing::disconnect_how::drop, 0, static_cast<int>(below(9)));
      ++cuts_;
    }
    world_.sim.run_for(std::chrono::milliseconds{50});
  }
  void busy_for(duration time) {
    for (const auto until = world_.sim.elapsed() + time; world_.sim.elapsed() < until;) step();
  }

  // --- resharding ---
  task<> reshard_now(int total, reshard_options how, reshard_report& out) {
    try {
      out = co_await bot_.shards().reshard(total, how);
    } catch (const std::exception& e) {
      failed_ = e.what();
    }
  }
  reshard_report run_reshard(int total, reshard_options how, std::optional<duration> cancel_after) {
    boost::asio::cancellation_signal cancel;
    bool over = false;
    failed_.clear();
    reshard_report out;
    const int from = bot_.shards().total();
    boost::asio::co_spawn(world_.sim.executor(), reshard_now(total, std::move(how), out),
                          boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr) { over = true; }));
    const auto began = world_.sim.elapsed();
    while (!over) {
      cuts_allowed_ = bot_.shards().total() == from;  // each cut has the settling begin anew
      step();
      const auto time = world_.sim.elapsed() - began;
      if (cancel_after && time >= *cancel_after) {
        cancel.emit(boost::asio::cancellation_type::terminal);
        cancel_after.reset();
      }
      if (time > std::chrono::minutes{10}) {
        std::fprintf(stderr, "a resharding does not end\n");
        std::abort();  // its coroutine refers to this frame
      }
    }
    cuts_allowed_ = false;
    return out;
  }

  // --- the verdict ---
  void compare(guild_id guild, const std::vector<std::string>& wanted) {
    const auto& got = seen_[guild];
    if (got == wanted) return;
    const auto [a, b] = std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end());
    note("guild " + guild.str() + ": " + std::to_string(got.size()) + " events instead of " +
         std::to_string(wanted.size()) + "; from number " + std::to_string(a - got.begin()) + " on: " + some(got, a) +
         "instead of: " + some(wanted, b));
  }
  static std::string some(const std::vector<std::string>& all, std::vector<std::string>::const_iterator from) {
    std::string out;
    for (int i = 0; i < 8 && from != all.end(); ++i) out += *from++ + ", ";
    return out;
  }
  void note(std::string what) {
    if (complaints_.size() < 20) complaints_.push_back(std::move(what));
  }
  static unsigned long long number(std::uint64_t n) { return n; }

  const reshard_volume_plan plan_;
  std::mt19937_64 random_;
  simulated_world world_;
  std::vector<place> places_;
  std::deque<user_id> homeless_;
  std::map<guild_id, std::vector<std::string>> seen_, expected_;
  std::vector<std::string> complaints_;
  std::string failed_;
  bool ended_ = false, asks_ = true, cuts_allowed_ = false;
  std::optional<int> paused_;
  duration paused_until_{};
  std::uint64_t distinct_ = 0, identical_ = 0, said_ = 0, moved_ = 0, interactions_ = 0, created_ = 0, deleted_ = 0,
                asked_ = 0, answered_ = 0, cuts_ = 0, pauses_ = 0;
  client bot_;
};

}  // namespace monochord::tests
