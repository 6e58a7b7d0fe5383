// SPDX-License-Identifier: MIT
#pragma once
// Random worlds and events against maps that do the same without any cleverness.
#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "cache/bulk.hpp"
#include "support/catch.hpp"
#include "unit/cache/random_things.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/cache/file.hpp>

namespace cache_worlds {

namespace mc = monochord;
using namespace mc::tests::cache_events;
using mc::cache_field;
using mc::cache_kind;

struct plain_guild {
  int member_count = 0;
  bool unavailable = false;
  std::string name = "guild";
  std::map<std::uint64_t, mc::channel> channels, threads;
  std::map<std::uint64_t, mc::role> roles;
  plain_things things;
  std::map<std::uint64_t, mc::member> members;
  std::map<std::uint64_t, mc::voice_state> voice;
  std::map<std::uint64_t, mc::presence> presences;
  std::map<std::uint64_t, std::map<std::uint64_t, mc::message>> messages;
};

/// Discord's side (who really is where), the cache under test, and the maps.
class random_world {
 public:
  explicit random_world(std::uint32_t seed, mc::cache_options options = {}) : random_(seed) {
    policy_.kinds = mc::cache_policy::every_kind;
    if (seed % 3 == 1) policy_.kinds = mc::flags<cache_kind>(static_cast<std::uint32_t>(random_() & mc::cache_policy::every_kind.bits()));
    if (seed % 4 == 1) policy_.members = mc::cache_members::active;
    if (seed % 4 == 2) policy_.members = mc::cache_members::in_voice;
    if (seed % 2 == 1) policy_.without = cache_field::user_avatar | cache_field::member_nick | cache_field::channel_topic;
    if (seed % 5 == 0) policy_.without |= cache_field::member_roles;
    policy_.messages_per_channel = 3;
    if (seed % 7 < 3) policy_.users_without_member = 1000;
    options.policy = policy_;
    options_ = options;
    cache_ = std::make_unique<mc::cache>(options_);
    cache_->apply(ready_as(own));
    know_nothing();
  }

  mc::cache& cache() { return *cache_; }
  /// Nothing stays when every guild is gone.
  bool forgets_all() const { return policy_.users_without_member == 0; }

  void step() {
    const std::uint64_t g = 1 + below(3), u = 1001 + below(12), c = g * 10 + below(3), t = g * 100 + below(4), r = 71 + below(4);
    if (!guilds_.contains(g)) return create(g);
    if (below(4) == 0) return things_.step(g, guilds_[g].things, owned_, teller());
    switch (below(36)) {
      case 0: return below(6) ? void() : create(g);
      case 1: return below(6) ? void() : remove(g, below(2) != 0);
      case 2: case 3: case 4: return join(g, u);
      case 5: case 6: return leave(g, u);
      case 7: return update_member(g, u);
      case 8: return chunk(g);
      case 9: return role(g, r);
      case 10: return remove_role(g, r);
      case 11: return channel(g, c);
      case 12: return remove_channel(g, c);
      case 13: return thread(g, parent_of(g, t), t, below(3) == 0);
      case 14: return remove_thread(g, t);
      case 15: return sync(g, parent_of(g, t), t);
      case 16: return voice(g, u, c);
      case 17: return presence(g, u);
      case 18: case 19: return write(g, c, u);
      case 20: return edit(g, c);
      case 21: return below(12) ? void() : identify_again();
      case 22: case 23: case 24: return react(g, c, u);
      case 25: return below(3) ? vote(g, c, u) : unreact_all(g, c);
      case 26: return vote(g, c, u);
      case 27: return update_guild(g);
      case 28: return bulk_unwrite(g, c);
      case 29: case 30: return write(g, t, u);  // in a thread
      case 31: return thread_members(g, t);
      case 32: return pin(g, below(2) ? c : t);
      case 33: return type(g, u, c);
      case 34: return rename_own();
      default: return unwrite(g, c);
    }
  }

  /// A new process: what was saved is taken up, and what came shortly before the save comes again.
  void restart(const std::string& path) {
    // Who is kept once active is known better when what came before comes again: an update before the first message.
    const std::size_t most = policy_.members == mc::cache_members::active ? 0 : std::min(log_.size(), std::size_t{most_again});
    const std::size_t mark = log_.size() - below(std::min(most, log_.size() - floor_) + 1);
    mc::cache_mark position;
    position.session_id = "session";
    position.seq = static_cast<std::int64_t>(mark);
    cache_->save(path, {position});
    cache_ = std::make_unique<mc::cache>(options_);
    const auto file = cache_->restore(path);
    REQUIRE(file);
    REQUIRE(file->restored == guilds_.size());
    compare();
    for (auto i = static_cast<std::size_t>(file->marks.at(0).seq); i < log_.size(); ++i) log_[i](*cache_);
    compare();
  }

  void leave_all() {
    for (const std::uint64_t g : {1U, 2U, 3U})
      if (guilds_.contains(g)) remove(g, false);
    things_.drop_entitlements(owned_, teller());
    know_nothing();
  }

  void compare() {
    std::vector<std::uint64_t> ids;
    for (const auto id : cache_->guild_ids()) ids.push_back(id.value());
    std::sort(ids.begin(), ids.end());
    std::vector<std::uint64_t> expected;
    for (const auto& [id, g] : guilds_) expected.push_back(id);
    REQUIRE(ids == expected);
    std::set<std::uint64_t> held;
    std::size_t members = 0, messages = 0;
    for (const auto& [id, g] : guilds_) {
      const mc::guild_id guild{id};
      REQUIRE(cache_->state(guild)->member_count == g.member_count);
      REQUIRE(cache_->state(guild)->unavailable == g.unavailable);
      const auto whole_guild = cache_->guild(guild);
      REQUIRE(whole_guild.has_value() == keeps(cache_kind::guilds));
      if (whole_guild) REQUIRE(whole_guild->name == g.name);
      same(cache_->channels(guild), g.channels);
      same(cache_->threads(guild), g.threads);
      same(cache_->roles(guild), g.roles);
      same(cache_->emojis(guild), g.things.emojis);
      same(cache_->stickers(guild), g.things.stickers);
      same(cache_->soundboard(guild), g.things.sounds);
      same(cache_->stage_instances(guild), g.things.stages);
      same(cache_->scheduled_events(guild), g.things.scheduled);
      same(cache_->integrations(guild), g.things.integrations);
      same(cache_->auto_moderation_rules(guild), g.things.rules);
      same(cache_->invites(guild), g.things.invites);
      same(cache_->voice_states(guild), g.voice);
      std::map<std::uint64_t, mc::member> whole = g.members;
      for (auto& [user, m] : whole) {
        held.insert(user);
        m.user = keeps(cache_kind::users) ? users_.at(user) : mc::user();
        m.user->id = mc::user_id{user};
        REQUIRE(mc::json::encode(*cache_->member(guild, mc::user_id{user})) == mc::json::encode(m));
      }
      same(cache_->members(guild), whole);
      members += whole.size();
      for (const std::uint64_t user : range(1001, 12)) {
        const auto p = cache_->presence(guild, mc::user_id{user});
        REQUIRE(p.has_value() == g.presences.contains(user));
        if (p) REQUIRE(mc::json::encode(*p) == mc::json::encode(g.presences.at(user)));
      }
      auto places = range(id * 10, 3);
      for (const std::uint64_t thread : range(id * 100, 4)) places.push_back(thread);
      for (const std::uint64_t channel : places) {
        const auto at = g.messages.find(channel);
        const auto all = cache_->messages(mc::channel_id{channel});
        same(all, at == g.messages.end() ? std::map<std::uint64_t, mc::message>() : at->second);
        REQUIRE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; }));
        messages += all.size();
      }
    }
    same(cache_->entitlements(), owned_);
    REQUIRE(mc::json::encode(*cache_->current_user()) == mc::json::encode(self_));
    const auto stats = cache_->stats();
    REQUIRE(stats.of(cache_kind::members).count == members);
    REQUIRE(stats.of(cache_kind::messages).count == messages);
    for (const std::uint64_t user : loose_)
      REQUIRE(mc::json::encode(cache_->user(mc::user_id{user}).value()) == mc::json::encode(users_.at(user)));
    REQUIRE(stats.of(cache_kind::users).count == (keeps(cache_kind::users) ? held.size() + loose_.size() : 0));
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  struct to_cache {
    random_world& of;
    template <class E, class... Before>
    void operator()(const E& event, Before&... before) const {
      of.tell(event, before...);
    }
  };
  to_cache teller() { return {*this}; }
  /// What belongs to no guild has been there, and is gone.
  void know_nothing() {
    mc::entitlement_create come;
    come.entitlement.id = mc::entitlement_id{1};
    cache_->apply(come);
    mc::entitlement_delete gone;
    gone.entitlement.id = mc::entitlement_id{1};
    cache_->apply(gone);
  }
  static std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t count) {
    std::vector<std::uint64_t> all;
    for (std::uint64_t i = 0; i < count; ++i) all.push_back(from + i);
    return all;
  }
  /// Now and then twice: it makes no difference.
  template <class E>
  void tell(const E& event) {
    for (std::uint64_t times = below(3) ? 1 : 2; times > 0; --times) apply(event, below(2) != 0);
    remember(event);
  }
  template <class E, class Old>
  void tell(const E& event, Old& before) {
    cache_->apply(event, &before);
    if (below(3) == 0) apply(event, true);
    remember(event);
  }
  /// What has many members, also by way of its text.
  template <class E>
  void apply(const E& event, bool as_text) {
    if constexpr (std::is_same_v<E, mc::guild_create> || std::is_same_v<E, mc::guild_members_chunk>)
      if (as_text) {
        const std::string text = mc::json::encode(event);
        mc::json::listed<E> listed;
        std::string room;
        mc::json::failure why;
        REQUIRE(mc::json::decode_into(listed, mc::json::padded_text(text.data(), text.size(), text.size()), room, why));
        return mc::cached::bulk::apply(*cache_, listed);
      }
    cache_->apply(event);
  }
  template <class E>
  void remember(const E& event) {
    if (log_.size() >= 2 * std::size_t{most_again}) {
      log_.erase(log_.begin(), log_.begin() + most_again);
      floor_ -= std::min(floor_, std::size_t{most_again});
    }
    log_.push_back([event](mc::cache& cache) { cache.apply(event); });
  }
  bool keeps(cache_kind kind) const { return policy_.kinds.has(kind); }
  template <class T>
  static void same(const std::vector<T>& got, const std::map<std::uint64_t, T>& wanted) {
    std::vector<std::string> a, b;
    for (const T& value : got) a.push_back(mc::json::encode(value));
    for (const auto& [key, value] : wanted) b.push_back(mc::json::encode(value));
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    REQUIRE(a == b);
  }

  mc::member person(std::uint64_t id) {
    mc::member m = somebody(id);
    m.user->username = "name" + std::to_string(below(1000)) + std::string(below(30), 'x');
    if (below(2)) m.user->global_name = "Global";
    if (below(2)) m.nick = std::string(below(40), 'n');
    if (below(4) == 0) m.user->avatar = "no hash";
    if (below(4) == 0) m.nick = "\"quoted\"";
    m.roles.clear();
    for (const std::uint64_t r : range(71, 4))
      if (below(2)) m.roles.emplace_back(r);
    return m;
  }
  bool is_held(std::uint64_t user) const {
    return std::any_of(guilds_.begin(), guilds_.end(), [&](const auto& g) { return g.second.members.contains(user); });
  }
  void hear_of(mc::user user) {
    if (!keeps(cache_kind::users)) return;
    if (is_held(user.id.value())) loose_.erase(user.id.value());
    else if (!loose_.contains(user.id.value())) return;
    if (policy_.without.has(cache_field::user_avatar)) user.avatar = {};
    users_[user.id.value()] = user;
  }
  /// Did something, and may be no member that is kept.
  void meet(const mc::user& user) {
    if (keeps(cache_kind::users) && policy_.users_without_member != 0) loose_.insert(user.id.value());
    hear_of(user);
  }
  void lose(plain_guild& g, std::uint64_t user) {
    if (g.members.erase(user) == 0 || !keeps(cache_kind::users)) return;
    if (policy_.users_without_member != 0 && !is_held(user)) loose_.insert(user);
  }
  void keep_member(plain_guild& g, mc::member m, bool active, bool in_voice) {
    const std::uint64_t id = m.user->id.value();
    const mc::user user = *m.user;
    if (!keeps(cache_kind::members)) {
      if (active || in_voice) meet(user);
      return;
    }
    const bool wanted = policy_.members == mc::cache_members::all || (policy_.members == mc::cache_members::active && active) ||
                        (policy_.members == mc::cache_members::in_voice && (in_voice || g.voice.contains(id)));
    if (wanted || g.members.contains(id)) {
      if (policy_.without.has(cache_field::member_nick)) m.nick = {};
      if (policy_.without.has(cache_field::member_roles)) m.roles.clear();
      g.members[id] = m;
      return hear_of(user);
    }
    return active || in_voice ? meet(user) : hear_of(user);
  }

  void create(std::uint64_t id) {
    auto event = a_guild(id, 0);
    auto& there = truth_[id];
    for (const std::uint64_t u : there) event.members.push_back(person(u));
    event.member_count = static_cast<int>(there.size());
    plain_guild g;
    things_.add_to(event, g.things);
    g.member_count = event.member_count;
    if (keeps(cache_kind::roles))
      for (const auto& r : event.guild.roles) g.roles[r.id.value()] = r;
    if (keeps(cache_kind::channels)) put_channel(g, event.channels[0]);
    for (const std::uint64_t t : range(id * 100, 4)) {
      if (below(3)) continue;
      event.threads.push_back(a_thread(id, parent_of(id, t), t));
      if (keeps(cache_kind::threads)) put_channel(g, event.threads.back());
    }
    std::set<std::uint64_t> speakers;
    for (const std::uint64_t u : there)
      if (below(4) == 0) speakers.insert(u);
    for (const std::uint64_t u : speakers) event.voice_states.push_back(in_voice(u, id * 10).voice_state);
    for (const std::uint64_t u : there) {
      if (below(4)) continue;
      event.presences.push_back(seen(id, u, "idle").presence);
      if (keeps(cache_kind::presences)) g.presences[u] = event.presences.back();
    }
    guilds_[id] = g;
    for (const auto& m : event.members) keep_member(guilds_[id], m, false, speakers.contains(m.user->id.value()));
    for (const auto& v : event.voice_states)
      if (keeps(cache_kind::voice_states)) guilds_[id].voice[v.user_id.value()] = v;
    tell(event);
  }
  void update_guild(std::uint64_t id) {
    plain_guild& g = guilds_[id];
    mc::guild_update event;
    event.guild = a_guild(id, 0).guild;
    event.guild.name = g.name = "guild" + std::to_string(below(1000));
    event.guild.roles.clear();
    g.roles.clear();
    for (const std::uint64_t r : range(71, 4)) {
      if (below(2)) continue;
      event.guild.roles.emplace_back().id = mc::role_id{r};
      if (keeps(cache_kind::roles)) g.roles[r] = event.guild.roles.back();
    }
    things_.add_to(event.guild, g.things);
    mc::optional<mc::guild> before;
    tell(event, before);
    REQUIRE(before.has_value() == keeps(cache_kind::guilds));
  }
  void remove(std::uint64_t id, bool outage) {
    mc::guild_delete event;
    event.guild.id = mc::guild_id{id};
    if (outage) event.guild.unavailable = true;
    if (outage) guilds_[id].unavailable = true;
    else guilds_.erase(id);
    mc::optional<mc::guild> before;
    tell(event, before);
    if (!outage) floor_ = log_.size();
    REQUIRE(before.has_value() == keeps(cache_kind::guilds));
  }
  void identify_again() {
    auto event = ready_as(own);
    self_ = event.user;
    for (auto g = guilds_.begin(); g != guilds_.end();) {
      const bool lost = below(4) == 0;
      if (!lost) {
        event.guilds.emplace_back().id = mc::guild_id{g->first};
        g->second.unavailable = true;
      }
      g = lost ? guilds_.erase(g) : std::next(g);
    }
    tell(event);
    floor_ = log_.size();
  }
  void join(std::uint64_t id, std::uint64_t user) {
    mc::guild_member_add event;
    event.guild_id = mc::guild_id{id};
    event.member = person(user);
    if (!truth_[id].insert(user).second) return;
    ++guilds_[id].member_count;
    keep_member(guilds_[id], event.member, false, false);
    tell(event);
  }
  void leave(std::uint64_t id, std::uint64_t user) {
    if (truth_[id].erase(user) == 0) return;
    mc::guild_member_remove event;
    event.guild_id = mc::guild_id{id};
    event.user.id = mc::user_id{user};
    plain_guild& g = guilds_[id];
    --g.member_count;
    mc::optional<mc::member> before;
    tell(event, before);
    REQUIRE(before.has_value() == g.members.contains(user));
    lose(g, user);
    g.presences.erase(user);
  }
  void update_member(std::uint64_t id, std::uint64_t user) {
    if (!truth_[id].contains(user)) return;
    const mc::member m = person(user);
    mc::guild_member_update event;
    event.guild_id = mc::guild_id{id};
    event.user = *m.user;
    event.roles = m.roles;
    event.nick = m.nick;
    event.joined_at = m.joined_at;
    event.deaf = m.deaf;
    event.mute = m.mute;
    event.flags = m.flags;
    tell(event);
    keep_member(guilds_[id], m, false, false);
  }
  void chunk(std::uint64_t id) {
    mc::guild_members_chunk event;
    event.guild_id = mc::guild_id{id};
    for (const std::uint64_t user : truth_[id])
      if (below(2)) event.members.push_back(person(user));
    tell(event);
    for (const auto& m : event.members) keep_member(guilds_[id], m, false, false);
  }
  void role(std::uint64_t id, std::uint64_t role) {
    mc::guild_role_update event;
    event.guild_id = mc::guild_id{id};
    event.role.id = mc::role_id{role};
    event.role.name = std::string(below(60), 'r');
    event.role.position = static_cast<int>(below(300)) - 5;
    mc::optional<mc::role> before;
    tell(event, before);
    auto& roles = guilds_[id].roles;
    REQUIRE(before.has_value() == roles.contains(role));
    if (keeps(cache_kind::roles)) roles[role] = event.role;
  }
  void remove_role(std::uint64_t id, std::uint64_t role) {
    mc::guild_role_delete event;
    event.guild_id = mc::guild_id{id};
    event.role_id = mc::role_id{role};
    tell(event);
    guilds_[id].roles.erase(role);
    for (auto& [user, m] : guilds_[id].members) std::erase(m.roles, mc::role_id{role});
  }
  void put_channel(plain_guild& g, mc::channel c) {
    if (policy_.without.has(cache_field::channel_topic)) c.topic = {};
    (c.thread_metadata ? g.threads : g.channels)[c.id.value()] = c;
  }
  void channel(std::uint64_t id, std::uint64_t channel) {
    mc::channel_update event;
    event.channel = a_guild(id, 0).channels[0];
    event.channel.id = mc::channel_id{channel};
    event.channel.name = std::string(below(1200), 'c');
    for (auto& o = event.channel.permission_overwrites.emplace(); below(3) != 0;) o.emplace_back().id = mc::any_id{below(99) + 1};
    tell(event);
    if (keeps(cache_kind::channels)) put_channel(guilds_[id], event.channel);
  }
  void remove_channel(std::uint64_t id, std::uint64_t channel) {
    mc::channel_delete event;
    event.channel.guild_id = mc::guild_id{id};
    event.channel.id = mc::channel_id{channel};
    tell(event);
    plain_guild& g = guilds_[id];
    g.channels.erase(channel);
    g.messages.erase(channel);
    drop_threads(id, g, [&](const mc::channel& t) { return t.parent_id->value() == channel; });
  }
  /// A thread stays where it is.
  static std::uint64_t parent_of(std::uint64_t id, std::uint64_t thread) { return id * 10 + thread % 3; }
  /// With their messages. A message that came before and comes again would not know that its thread is gone.
  template <class F>
  void drop_threads(std::uint64_t id, plain_guild& g, F which) {
    for (auto t = g.threads.begin(); t != g.threads.end();) {
      if (!which(t->second)) {
        ++t;
        continue;
      }
      if (g.messages.erase(t->first) != 0) floor_ = log_.size();
      t = g.threads.erase(t);
    }
    // Messages of a thread that is not known stay. It may be told of later, and known when this comes again.
    for (const std::uint64_t t : range(id * 100, 4))
      if (!g.threads.contains(t) && g.messages.contains(t) && which(a_thread(id, parent_of(id, t), t))) floor_ = log_.size();
  }
  void thread_members(std::uint64_t id, std::uint64_t thread) {
    auto& threads = guilds_[id].threads;
    const auto known = threads.find(thread);
    mc::optional<mc::channel> before;
    if (below(2)) {
      mc::thread_member_update event;
      event.guild_id = mc::guild_id{id};
      event.member.id = mc::channel_id{thread};
      event.member.user_id = mc::user_id{own};
      event.member.flags = static_cast<int>(below(100));
      tell(event, before);
      REQUIRE(before.has_value() == (known != threads.end()));
      if (before) known->second.member = event.member;
      else floor_ = log_.size();  // told again, it would be of a thread that came later
      return;
    }
    mc::thread_members_update event;
    event.guild_id = mc::guild_id{id};
    event.id = mc::channel_id{thread};
    event.member_count = static_cast<int>(below(50));
    event.removed_member_ids.emplace().emplace_back(below(2) ? own : 1001);
    tell(event, before);
    REQUIRE(before.has_value() == (known != threads.end()));
    if (!before) return;
    known->second.member_count = event.member_count;
    if (event.removed_member_ids->front() == mc::user_id{own}) known->second.member.reset();
  }
  void pin(std::uint64_t id, std::uint64_t channel) {
    mc::channel_pins_update event;
    event.guild_id = mc::guild_id{id};
    event.channel_id = mc::channel_id{channel};
    event.last_pin_timestamp = mc::timestamp(std::chrono::seconds(1'700'000'000 + below(1000)));
    mc::optional<mc::channel> before;
    tell(event, before);
    plain_guild& g = guilds_[id];
    for (auto* const all : {&g.channels, &g.threads})
      if (const auto found = all->find(channel); found != all->end()) found->second.last_pin_timestamp = event.last_pin_timestamp;
    REQUIRE(before.has_value() == (g.channels.contains(channel) || g.threads.contains(channel)));
  }
  void type(std::uint64_t id, std::uint64_t user, std::uint64_t channel) {
    if (!truth_[id].contains(user)) return;
    mc::typing_start event;
    event.guild_id = mc::guild_id{id};
    event.channel_id = mc::channel_id{channel};
    event.user_id = mc::user_id{user};
    event.member = person(user);
    tell(event);
    keep_member(guilds_[id], *event.member, true, false);
  }
  void rename_own() {
    mc::user_update event;
    event.user = self_;
    event.user.username = "own" + std::to_string(below(1000));
    mc::optional<mc::user> before;
    tell(event, before);
    REQUIRE(mc::json::encode(*before) == mc::json::encode(self_));
    self_ = event.user;
  }
  void thread(std::uint64_t id, std::uint64_t parent, std::uint64_t thread, bool archived) {
    mc::thread_update event;
    event.thread = a_thread(id, parent, thread, archived);
    event.thread.topic = "topic";
    tell(event);
    plain_guild& g = guilds_[id];
    if (archived) {
      g.threads.erase(thread);
      g.messages.erase(thread);
    } else if (keeps(cache_kind::threads)) {
      if (const auto known = g.threads.find(thread); known != g.threads.end()) event.thread.member = known->second.member;
      put_channel(g, event.thread);
    }
  }
  void remove_thread(std::uint64_t id, std::uint64_t thread) {
    mc::thread_delete event;
    event.guild_id = mc::guild_id{id};
    event.id = mc::channel_id{thread};
    tell(event);
    guilds_[id].threads.erase(thread);
    guilds_[id].messages.erase(thread);
  }
  void sync(std::uint64_t id, std::uint64_t parent, std::uint64_t thread) {
    mc::thread_list_sync event;
    event.guild_id = mc::guild_id{id};
    if (below(2)) event.channel_ids.emplace().emplace_back(parent);
    event.threads.push_back(a_thread(id, parent, thread));
    tell(event);
    drop_threads(id, guilds_[id], [&](const mc::channel& t) {
      return t.id != event.threads[0].id && (!event.channel_ids || t.parent_id->value() == parent);
    });
    if (keeps(cache_kind::threads)) put_channel(guilds_[id], event.threads[0]);
  }
  void voice(std::uint64_t id, std::uint64_t user, std::uint64_t channel) {
    if (!truth_[id].contains(user)) return;
    auto event = in_voice(user, channel);
    event.voice_state.guild_id = mc::guild_id{id};
    const bool here = below(3) != 0;
    if (!here) event.voice_state.channel_id = mc::null;
    const mc::voice_state kept = event.voice_state;
    const mc::member m = person(user);
    event.voice_state.member = m;
    tell(event);
    plain_guild& g = guilds_[id];
    keep_member(g, m, false, here);
    if (here && keeps(cache_kind::voice_states)) g.voice[user] = kept;
    if (here) return;
    g.voice.erase(user);
    if (policy_.members == mc::cache_members::in_voice) lose(g, user);
  }
  void presence(std::uint64_t id, std::uint64_t user) {
    auto event = seen(id, user, below(3) ? "idle" : "offline");
    if (below(2)) event.presence.user.username = "renamed" + std::to_string(below(100));
    tell(event);
    auto& presences = guilds_[id].presences;
    if (event.presence.status == mc::presence_status("offline")) presences.erase(user);
    else if (keeps(cache_kind::presences)) presences[user] = event.presence;
    if (event.presence.user.username && users_.contains(user) && (is_held(user) || loose_.contains(user)))
      users_[user].username = *event.presence.user.username;
  }
  void write(std::uint64_t id, std::uint64_t channel, std::uint64_t user) {
    if (!truth_[id].contains(user)) return;
    const bool late = below(8) == 0;  // or told twice
    auto event = written(id, channel, late ? 5000 + below(newest_message_ - 4999) : ++newest_message_, user);
    event.message.content = std::string(below(1500), 'm');
    if (below(3) == 0) event.message.poll.emplace().answers.resize(2);
    tell(event);
    if (event.message.poll) event.message.poll->results.emplace();
    if (late) floor_ = log_.size();  // Discord's ids ascend, so that what was pushed out is again
    plain_guild& g = guilds_[id];
    mc::member m = somebody(user);
    m.mute = g.members.contains(user) ? g.members[user].mute : false;  // a message does not tell it
    if (const auto known = g.members.find(user); known != g.members.end()) m.flags = known->second.flags;
    else m.flags.reset();
    keep_member(g, m, true, false);
    if (!keeps(cache_kind::messages)) return;
    for (const auto& [other, all] : g.messages)
      if (other != channel && all.contains(event.message.id.value())) return;
    auto& all = g.messages[channel];
    all[event.message.id.value()] = event.message;
    told_.erase({id, event.message.id.value()});
    if (all.size() > 3) all.erase(all.begin());
  }
  std::uint64_t some_message(std::uint64_t id, std::uint64_t channel) {
    const auto& all = guilds_[id].messages[channel];
    return all.empty() ? 4000 : std::next(all.begin(), static_cast<std::ptrdiff_t>(below(all.size())))->first;
  }
  void edit(std::uint64_t id, std::uint64_t channel) {
    auto event = written(id, channel, some_message(id, channel), 1001);
    event.message.content = std::string(below(1500), 'e');
    const auto known = guilds_[id].messages[channel].find(event.message.id.value());
    const bool tells_all = below(2) != 0, keeps_poll = below(2) != 0;
    if (known != guilds_[id].messages[channel].end()) {
      if (tells_all) event.message.reactions = known->second.reactions;
      if (keeps_poll) event.message.poll = known->second.poll;
      if (keeps_poll && event.message.poll && !tells_all) event.message.poll->results.reset();
    }
    mc::message_update update;
    update.guild_id = mc::guild_id{id};
    update.message = event.message;
    mc::optional<mc::message> before;
    tell(update, before);
    auto& all = guilds_[id].messages[channel];
    const auto at = all.find(event.message.id.value());
    REQUIRE(before.has_value() == (at != all.end()));
    if (at == all.end()) return;
    REQUIRE(mc::json::encode(*before) == mc::json::encode(at->second));
    const mc::message old = at->second;
    at->second = event.message;
    at->second.reactions = old.reactions;
    if (at->second.poll) at->second.poll = old.poll;
  }
  /// Who reacts to a message with what and votes in it; rewritten as a whole after each change.
  struct told_of {
    struct one {
      mc::emoji emoji;
      std::set<std::uint64_t> normal, burst;
    };
    std::vector<one> reactions;
    std::vector<std::pair<int, std::set<std::uint64_t>>> votes;
  };
  mc::message* cached_message(std::uint64_t id, std::uint64_t channel, std::uint64_t message) {
    auto& all = guilds_[id].messages[channel];
    const auto at = all.find(message);
    return at == all.end() ? nullptr : &at->second;
  }
  void write_told(mc::message& to, told_of& from) {
    std::erase_if(from.reactions, [](const told_of::one& r) { return r.normal.empty() && r.burst.empty(); });
    to.reactions.reset();
    for (const auto& r : from.reactions) {
      if (!to.reactions) to.reactions.emplace();
      auto& out = to.reactions->emplace_back();
      out.emoji = r.emoji;
      out.count = static_cast<int>(r.normal.size() + r.burst.size());
      out.count_details.emplace(mc::reaction_count_details{static_cast<int>(r.burst.size()), static_cast<int>(r.normal.size())});
      out.me = r.normal.contains(own);
      out.me_burst = r.burst.contains(own);
      if (!r.burst.empty()) out.burst_colors.emplace().emplace_back("#ff0000");
    }
    std::erase_if(from.votes, [](const auto& v) { return v.second.empty(); });
    if (!to.poll) return;
    to.poll->results->answer_counts.clear();
    for (const auto& [answer, who] : from.votes)
      to.poll->results->answer_counts.push_back({answer, static_cast<int>(who.size()), who.contains(own)});
  }
  template <class E>
  E about(std::uint64_t id, std::uint64_t channel, std::uint64_t message) {
    E event;
    event.guild_id = mc::guild_id{id};
    event.channel_id = mc::channel_id{channel};
    event.message_id = mc::message_id{message};
    return event;
  }
  mc::emoji some_emoji() {
    mc::emoji e;
    const auto which = below(3);
    if (which == 0) e.id = mc::emoji_id{61};
    else e.id = mc::null;
    e.name = which == 0 ? "own" : which == 1 ? "\U0001F525" : "\U0001F44D";
    return e;
  }
  void react(std::uint64_t id, std::uint64_t channel, std::uint64_t user) {
    if (below(5) == 0) user = own;
    const std::uint64_t message = some_message(id, channel);
    const mc::emoji emoji = some_emoji();
    const bool burst = below(3) == 0;
    told_of spare;
    mc::message* const kept = cached_message(id, channel, message);
    told_of& told = kept ? told_[{id, message}] : spare;
    auto at = std::find_if(told.reactions.begin(), told.reactions.end(),
                           [&](const told_of::one& r) { return *r.emoji.name == *emoji.name; });
    if (at == told.reactions.end()) at = told.reactions.insert(at, told_of::one{emoji, {}, {}});
    auto& who = burst ? at->burst : at->normal;
    if (who.erase(user) != 0) {
      auto event = about<mc::message_reaction_remove>(id, channel, message);
      event.user_id = mc::user_id{user};
      event.emoji = emoji;
      event.burst = burst;
      tell(event);
    } else {
      who.insert(user);
      auto event = about<mc::message_reaction_add>(id, channel, message);
      event.user_id = mc::user_id{user};
      event.emoji = emoji;
      event.burst = burst;
      if (burst) event.burst_colors.emplace().emplace_back("#ff0000");
      tell(event);
    }
    if (kept) write_told(*kept, told);
  }
  void unreact_all(std::uint64_t id, std::uint64_t channel) {
    const std::uint64_t message = some_message(id, channel);
    const mc::emoji emoji = some_emoji();
    const bool of_one = below(2) != 0;
    if (of_one) {
      auto event = about<mc::message_reaction_remove_emoji>(id, channel, message);
      event.emoji = emoji;
      tell(event);
    } else {
      tell(about<mc::message_reaction_remove_all>(id, channel, message));
    }
    mc::message* const kept = cached_message(id, channel, message);
    if (!kept) return;
    told_of& told = told_[{id, message}];
    std::erase_if(told.reactions, [&](const told_of::one& r) { return !of_one || *r.emoji.name == *emoji.name; });
    write_told(*kept, told);
  }
  void vote(std::uint64_t id, std::uint64_t channel, std::uint64_t user) {
    if (below(5) == 0) user = own;
    const std::uint64_t message = some_message(id, channel);
    const int answer = static_cast<int>(below(2)) + 1;
    mc::message* const kept = cached_message(id, channel, message);
    if (kept && !kept->poll) return;
    told_of spare;
    told_of& told = kept ? told_[{id, message}] : spare;
    auto at = std::find_if(told.votes.begin(), told.votes.end(), [&](const auto& v) { return v.first == answer; });
    if (at == told.votes.end()) at = told.votes.insert(at, {answer, {}});
    if (at->second.erase(user) != 0) {
      auto event = about<mc::message_poll_vote_remove>(id, channel, message);
      event.user_id = mc::user_id{user};
      event.answer_id = answer;
      tell(event);
    } else {
      at->second.insert(user);
      auto event = about<mc::message_poll_vote_add>(id, channel, message);
      event.user_id = mc::user_id{user};
      event.answer_id = answer;
      tell(event);
    }
    if (kept) write_told(*kept, told);
  }
  void unwrite(std::uint64_t id, std::uint64_t channel) {
    mc::message_delete event;
    event.guild_id = mc::guild_id{id};
    event.channel_id = mc::channel_id{channel};
    event.id = mc::message_id{some_message(id, channel)};
    tell(event);
    guilds_[id].messages[channel].erase(event.id.value());
  }

  void bulk_unwrite(std::uint64_t id, std::uint64_t channel) {
    mc::message_delete_bulk event;
    event.guild_id = mc::guild_id{id};
    event.channel_id = mc::channel_id{channel};
    auto& all = guilds_[id].messages[channel];
    for (const auto& [message, value] : all)
      if (below(2)) event.ids.emplace_back(message);
    event.ids.emplace_back(4000);  // which nobody has
    std::vector<mc::message> before;
    tell(event, before);
    REQUIRE(before.size() == event.ids.size() - 1);
    for (const auto& old : before) {
      REQUIRE(mc::json::encode(old) == mc::json::encode(all.at(old.id.value())));
      all.erase(old.id.value());
    }
  }

  // Of more than so many comings and goings in a guild a cache that keeps no members does not know what it counted.
  static constexpr std::ptrdiff_t most_again = 16;
  static constexpr std::uint64_t own = 999;  // the bot, which is no member

  std::mt19937 random_;
  mc::cache_policy policy_;
  random_things things_{random_, policy_};
  std::map<std::uint64_t, mc::entitlement> owned_;
  mc::user self_ = ready_as(own).user;
  mc::cache_options options_;
  std::vector<std::function<void(mc::cache&)>> log_;
  // Nothing before it comes again: what a guild that is gone told last of a user who is still there would be missed.
  std::size_t floor_ = 0;
  std::uint64_t newest_message_ = 5000;
  std::unique_ptr<mc::cache> cache_;
  std::map<std::uint64_t, std::set<std::uint64_t>> truth_;
  std::map<std::uint64_t, plain_guild> guilds_;
  std::map<std::uint64_t, mc::user> users_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, told_of> told_;  // by guild and message
  std::set<std::uint64_t> loose_;  // kept, and of no member
};

}  // namespace cache_worlds
