// SPDX-License-Identifier: MIT
// Many readers against the writer: what one call gives is of one moment, and what somebody has got stays what it was.
#include <algorithm>
#include <array>
#include <atomic>
#include <monochord/cache/guild_snapshot.hpp>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"

namespace mc = monochord;

using namespace mc::tests::cache_events;

namespace {

constexpr mc::guild_id home{5}, coming_and_going{6};
constexpr mc::channel_id general{50};
constexpr std::uint64_t people = 20, ring = 5;
constexpr int updates = 200'000;

std::string named(std::uint64_t number) { return "n" + std::to_string(number); }
std::uint64_t number_of(const std::string& name) { return std::stoull(name.substr(1)); }

/// Applies events in which whatever changes at once carries one number, and the number only grows.
class writer {
 public:
  explicit writer(mc::cache& to) : to_(to), created_(a_guild(coming_and_going.value(), 3)) {
    auto first = a_guild(home.value(), people);
    guild_.guild = first.guild;
    channel_.channel = first.channels.at(0);
    message_ = written(home.value(), general.value(), 1, 900);  // who is nobody of these: what a message shows of its author is new
    name();
    first.guild = guild_.guild;
    first.channels = {channel_.channel};
    for (auto& m : first.members) {
      everybody_.push_back(m);
      m.nick = named(0);
      m.user->global_name = named(0);
    }
    to.apply(first);
    for (auto& m : created_.members) m.user->id = mc::user_id{m.user->id.value() + 1000};  // nobody of the other guild
    gone_.guild.id = coming_and_going;
  }

  void step() {
    ++number_;
    const mc::member& who = everybody_[number_ / 8 % people];
    switch (number_ % 8) {
      case 0:
        name();
        return to_.apply(guild_);
      case 1:
        name();
        return to_.apply(channel_);
      case 2:
        return leave(who);
      case 3:
        return join(everybody_[(number_ - 1) / 8 % people]);
      case 4:
        return write();
      case 5:
        return (number_ & 8) != 0 ? to_.apply(created_) : to_.apply(gone_);
      default:
        return rename(who);
    }
  }

 private:
  void name() {
    guild_.guild.name = named(number_);
    for (auto& r : guild_.guild.roles) r.name = guild_.guild.name;
    channel_.channel.name = named(number_);
    channel_.channel.topic = channel_.channel.name;
  }
  void leave(const mc::member& who) {
    mc::guild_member_remove event;
    event.guild_id = home;
    event.user = *who.user;
    to_.apply(event);
  }
  void join(const mc::member& who) {
    mc::guild_member_add event;
    event.guild_id = home;
    event.member = who;
    event.member.nick = named(number_);
    event.member.user->global_name = named(number_);
    to_.apply(event);
  }
  void rename(const mc::member& who) {
    mc::guild_member_update event;
    event.guild_id = home;
    event.user = *who.user;
    event.user.global_name = named(number_);
    event.nick = named(number_);
    event.roles = who.roles;
    to_.apply(event);
  }
  void write() {
    message_.message.id = mc::message_id{number_};
    message_.message.channel_id = number_ % 16 < 8 ? general : mc::channel_id{51};
    message_.message.content = named(number_);
    message_.guild_id = home;
    message_.member.reset();
    to_.apply(message_);
  }

  mc::cache& to_;
  mc::guild_create created_;
  mc::guild_delete gone_;
  mc::guild_update guild_;
  mc::channel_update channel_;
  mc::message_create message_;
  std::vector<mc::member> everybody_;
  std::uint64_t number_ = 0;
};

/// What a reader sees; a wrong thing is counted, since Catch2 checks on one thread.
class reader {
 public:
  explicit reader(const mc::cache& of) : of_(of) {}

  void step() {
    switch (++turn_ % 6) {
      case 0:
        return see(*of_.guild(home));
      case 1:
        return see(*of_.channel(general));
      case 2:
        return see_one();
      case 3:
        return see_all(of_.members(home));
      case 4:
        return see_messages();
      default:
        return see_snapshots();
    }
  }
  int wrong() const { return wrong_; }

 private:
  void need(bool good) { wrong_ += good ? 0 : 1; }
  void forward(std::uint64_t& last, std::uint64_t now) {
    need(now >= last);
    last = now;
  }
  void see(const mc::guild& g) {
    forward(guild_, number_of(g.name));
    need(g.roles.size() == 2);
    for (const auto& r : g.roles) need(r.name == g.name);
  }
  void see(const mc::channel& c) {
    need(c.name.has_value() && c.topic.has_value() && *c.name == *c.topic);
    forward(channel_, number_of(*c.name));
  }
  void see(const mc::member& m) {
    need(m.user && m.user->global_name.has_value() && m.nick.has_value() && *m.user->global_name == *m.nick);
    need(m.user->username == "user" + std::to_string(m.user->id.value()) && m.roles.size() == 2);
    forward(members_[m.user->id.value() - 1001], number_of(*m.nick));
  }
  void see_one() {
    const mc::user_id id{1001 + turn_ / 6 % people};
    if (const auto m = of_.member(home, id)) {
      need(m->user->id == id);
      see(*m);
    }
  }
  void see_all(const std::vector<mc::member>& all) {
    need(all.size() == people || all.size() == people - 1);  // one leaves and joins again
    for (const auto& m : all) see(m);
  }
  void see_messages() {
    const auto all = of_.messages(general);
    need(all.size() <= ring);
    need(std::is_sorted(all.begin(), all.end(),
                        [](const auto& a, const auto& b) { return a.id.value() < b.id.value(); }));
    for (const auto& m : all) need(m.content == named(m.id.value()));
    if (!all.empty()) forward(message_, all.back().id.value());
  }
  void see_snapshots() {
    if (const auto other = of_.snapshot(coming_and_going))
      need(other->member_count() == 3 && other->roles().size() == 2);
    const auto s = *of_.snapshot(home);
    need(s.member_count() == static_cast<std::size_t>(s.state().member_count));
    see(*s.guild());
    see(*s.channel(general));
    see_all(s.members());
  }

  const mc::cache& of_;
  std::uint64_t turn_ = 0, guild_ = 0, channel_ = 0, message_ = 0;
  std::array<std::uint64_t, people> members_{};
  int wrong_ = 0;
};

template <class T>
std::string texts(const std::vector<T>& values) {
  std::vector<std::string> all;
  for (const T& value : values) all.push_back(mc::json::encode(value));
  std::sort(all.begin(), all.end());
  std::string joined;
  for (const auto& text : all) joined += text;
  return joined;
}
std::string texts(const mc::guild_snapshot& s) {
  return mc::json::encode(*s.guild()) + texts(s.channels()) + texts(s.members()) + texts(s.messages(general));
}

}  // namespace

TEST_CASE("eight readers see whole things while 200,000 updates come, and one of them holds what it got all the time") {
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  options.policy.messages_per_channel = ring;
  mc::cache cache(options);
  writer events(cache);
  for (int i = 0; i < 1000; ++i) events.step();

  std::atomic<bool> done{false};
  std::atomic<int> wrong{0}, reads{0};
  const auto held = *cache.snapshot(home);
  const auto held_members = cache.members(home);
  const std::string before = texts(held), members_before = texts(held_members);
  std::vector<std::thread> readers;
  readers.emplace_back([&] {
    do {
      if (texts(held) != before || texts(held_members) != members_before) ++wrong;
      ++reads;
    } while (!done);
  });
  while (readers.size() < 8)
    readers.emplace_back([&] {
      reader r(cache);
      do {
        r.step();
        ++reads;
      } while (!done);
      wrong += r.wrong();
    });
  for (int i = 0; i < updates; ++i) events.step();
  done = true;
  for (auto& r : readers) r.join();
  CHECK(wrong == 0);
  CHECK(reads >= 8);
  CHECK(texts(held) == before);
  CHECK(texts(*cache.snapshot(home)) != before);
}
