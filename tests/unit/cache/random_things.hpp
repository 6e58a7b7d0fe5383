// SPDX-License-Identifier: MIT
#pragma once
// The kinds that are simply kept by their id, at random, against plain maps.
#include <map>
#include <monochord/cache/cache.hpp>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/cache/sample_events.hpp"

namespace cache_worlds {

namespace mc = monochord;
using mc::cache_kind;

struct plain_things {
  std::map<std::uint64_t, mc::emoji> emojis;
  std::map<std::uint64_t, mc::sticker> stickers;
  std::map<std::uint64_t, mc::soundboard_sound> sounds;
  std::map<std::uint64_t, mc::stage_instance> stages;
  std::map<std::uint64_t, mc::scheduled_event> scheduled;
  std::map<std::uint64_t, mc::integration> integrations;
  std::map<std::uint64_t, mc::auto_moderation_rule> rules;
  std::map<std::uint64_t, mc::invite_create> invites;
};

/// `tell(event)` and `tell(event, before)` have the cache know.
class random_things {
 public:
  random_things(std::mt19937& random, const mc::cache_policy& policy) : random_(random), policy_(policy) {}

  template <class Tell>
  void step(std::uint64_t g, plain_things& at, std::map<std::uint64_t, mc::entitlement>& owned, const Tell& tell) {
    const std::uint64_t id = 1 + below(5);
    switch (below(10)) {
      case 0: {
        mc::guild_emojis_update event;
        for (std::uint64_t i = below(4); i > 0; --i) event.emojis.push_back(an_emoji(i));
        return replace(g, at.emojis, cache_kind::emojis, event, event.emojis, tell);
      }
      case 1: {
        mc::guild_stickers_update event;
        for (std::uint64_t i = below(4); i > 0; --i) event.stickers.push_back(a_sticker(i));
        return replace(g, at.stickers, cache_kind::stickers, event, event.stickers, tell);
      }
      case 2: {
        if (below(2)) return sounds<mc::guild_soundboard_sounds_update>(g, at, tell);
        return sounds<mc::soundboard_sounds>(g, at, tell);
      }
      case 3:
        return change<mc::guild_soundboard_sound_create, mc::guild_soundboard_sound_update,
                      mc::guild_soundboard_sound_delete>(g, at.sounds, cache_kind::soundboard_sounds, a_sound(g, id),
                                                         tell);
      case 4:
        return change<mc::stage_instance_create, mc::stage_instance_update, mc::stage_instance_delete>(
            g, at.stages, cache_kind::stage_instances, a_stage(g, id), tell);
      case 5:
        return change<mc::guild_scheduled_event_create, mc::guild_scheduled_event_update,
                      mc::guild_scheduled_event_delete>(g, at.scheduled, cache_kind::scheduled_events, an_event(g, id),
                                                        tell);
      case 6: {
        mc::integration value;
        value.id = mc::integration_id{id};
        value.name = text();
        return change<mc::integration_create, mc::integration_update, mc::integration_delete>(
            g, at.integrations, cache_kind::integrations, value, tell);
      }
      case 7: {
        mc::auto_moderation_rule value;
        value.id = mc::auto_moderation_rule_id{id};
        value.guild_id = mc::guild_id{g};
        value.name = text();
        return change<mc::auto_moderation_rule_create, mc::auto_moderation_rule_update,
                      mc::auto_moderation_rule_delete>(g, at.rules, cache_kind::auto_moderation_rules, value, tell);
      }
      case 8:
        return invite(g, id, at, tell);
      default: {
        mc::entitlement value;
        value.id = mc::entitlement_id{id};
        value.sku_id = mc::sku_id{below(9) + 1};
        value.deleted = below(2) != 0;
        return change<mc::entitlement_create, mc::entitlement_update, mc::entitlement_delete>(
            0, owned, cache_kind::entitlements, value, tell);
      }
    }
  }

  /// What GUILD_CREATE tells.
  void add_to(mc::guild_create& event, plain_things& at) {
    const std::uint64_t g = event.guild.id.value();
    for (std::uint64_t i = below(4); i > 0; --i)
      put(at.emojis, cache_kind::emojis, i, event.guild.emojis.emplace_back(an_emoji(i)));
    if (below(4)) event.guild.stickers.emplace();
    for (std::uint64_t i = event.guild.stickers ? below(4) : 0; i > 0; --i)
      put_sticker(at, event.guild.stickers->emplace_back(a_sticker(i)));
    for (std::uint64_t i = below(3); i > 0; --i)
      put(at.sounds, cache_kind::soundboard_sounds, i, event.soundboard_sounds.emplace_back(a_sound(g, i)));
    for (std::uint64_t i = below(3); i > 0; --i)
      put(at.stages, cache_kind::stage_instances, i, event.stage_instances.emplace_back(a_stage(g, i)));
    for (std::uint64_t i = below(3); i > 0; --i)
      put(at.scheduled, cache_kind::scheduled_events, i, event.guild_scheduled_events.emplace_back(an_event(g, i)));
  }
  /// What GUILD_UPDATE tells: of stickers not always.
  void add_to(mc::guild& guild, plain_things& at) {
    at.emojis.clear();
    for (std::uint64_t i = below(4); i > 0; --i)
      put(at.emojis, cache_kind::emojis, i, guild.emojis.emplace_back(an_emoji(i)));
    if (below(2)) return;
    at.stickers.clear();
    guild.stickers.emplace();
    for (std::uint64_t i = below(4); i > 0; --i) put_sticker(at, guild.stickers->emplace_back(a_sticker(i)));
  }
  template <class Tell>
  void drop_entitlements(std::map<std::uint64_t, mc::entitlement>& owned, const Tell& tell) {
    while (!owned.empty()) {
      mc::entitlement_delete event;
      event.entitlement = owned.begin()->second;
      tell(event);
      owned.erase(owned.begin());
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  std::string text() { return std::string(below(60), 'a') + std::to_string(below(1000)); }
  bool keeps(cache_kind kind) const { return policy_.kinds.has(kind); }
  template <class T>
  void put(std::map<std::uint64_t, T>& all, cache_kind kind, std::uint64_t key, const T& value) {
    if (keeps(kind)) all[key] = value;
  }

  void put_sticker(plain_things& at, const mc::sticker& s) { put(at.stickers, cache_kind::stickers, s.id.value(), s); }

  mc::emoji an_emoji(std::uint64_t id) {
    mc::emoji out;
    out.id = mc::emoji_id{id};
    out.name = text();
    if (below(2)) out.animated = below(2) != 0;
    for (std::uint64_t r = below(3); r > 0; --r) {
      if (!out.roles) out.roles.emplace();
      out.roles->emplace_back(70 + r);
    }
    return out;
  }
  mc::sticker a_sticker(std::uint64_t id) {
    mc::sticker out;
    out.id = mc::sticker_id{id + 10};
    out.name = text();
    out.tags = text();
    return out;
  }
  mc::soundboard_sound a_sound(std::uint64_t g, std::uint64_t id) {
    mc::soundboard_sound out;
    out.sound_id = mc::soundboard_sound_id{id};
    out.guild_id = mc::guild_id{g};
    out.name = text();
    out.volume = static_cast<double>(below(5)) / 4;
    return out;
  }
  mc::stage_instance a_stage(std::uint64_t g, std::uint64_t id) {
    mc::stage_instance out;
    out.id = mc::stage_instance_id{id};
    out.guild_id = mc::guild_id{g};
    out.topic = text();
    return out;
  }
  mc::scheduled_event an_event(std::uint64_t g, std::uint64_t id) {
    mc::scheduled_event out;
    out.id = mc::scheduled_event_id{id};
    out.guild_id = mc::guild_id{g};
    out.name = text();
    return out;
  }

  static std::uint64_t key_of(const mc::emoji& e) { return e.id->value(); }
  static std::uint64_t key_of(const mc::soundboard_sound& s) { return s.sound_id.value(); }
  template <class T>
  static std::uint64_t key_of(const T& value) {
    return value.id.value();
  }
  template <class T>
  static void same(const T& got, const T& wanted) {
    REQUIRE(mc::json::encode(got) == mc::json::encode(wanted));
  }

  template <class E, class T>
  static void fill(E& event, std::uint64_t g, const T& value) {
    if constexpr (requires { event.stage = value; })
      event.stage = value;
    else if constexpr (requires { event.event = value; })
      event.event = value;
    else if constexpr (requires { event.rule = value; })
      event.rule = value;
    else if constexpr (requires { event.sound = value; })
      event.sound = value;
    else if constexpr (requires { event.entitlement = value; })
      event.entitlement = value;
    else if constexpr (requires { event.integration = value; })
      event.integration = value;
    else if constexpr (requires { event.sound_id; })
      event.sound_id = value.sound_id;
    else
      event.id = value.id;
    if constexpr (requires { event.guild_id = mc::guild_id{g}; }) event.guild_id = mc::guild_id{g};
  }
  template <class Create, class Update, class Remove, class T, class Tell>
  void change(std::uint64_t g, std::map<std::uint64_t, T>& all, cache_kind kind, const T& value, const Tell& tell) {
    const std::uint64_t key = key_of(value);
    const auto known = all.find(key);
    const auto check = [&](const mc::optional<T>& before) {
      REQUIRE(before.has_value() == (known != all.end()));
      if (before) same(*before, known->second);
    };
    mc::optional<T> before;
    switch (below(3)) {
      case 0: {
        Create event;
        fill(event, g, value);
        tell(event);
        return put(all, kind, key, value);
      }
      case 1: {
        Update event;
        fill(event, g, value);
        tell(event, before);
        check(before);
        return put(all, kind, key, value);
      }
      default: {
        Remove event;
        fill(event, g, value);
        tell(event, before);
        check(before);
        all.erase(key);
      }
    }
  }
  template <class E, class T, class Tell>
  void replace(std::uint64_t g, std::map<std::uint64_t, T>& all, cache_kind kind, E& event,
               const std::vector<T>& values, const Tell& tell) {
    event.guild_id = mc::guild_id{g};
    std::vector<T> before;
    tell(event, before);
    REQUIRE(before.size() == all.size());
    for (const T& old : before) {
      REQUIRE(all.contains(key_of(old)));
      same(old, all.at(key_of(old)));
    }
    all.clear();
    for (const T& value : values) put(all, kind, key_of(value), value);
  }
  template <class E, class Tell>
  void sounds(std::uint64_t g, plain_things& at, const Tell& tell) {
    E event;
    event.guild_id = mc::guild_id{g};
    at.sounds.clear();
    for (std::uint64_t i = below(4); i > 0; --i)
      put(at.sounds, cache_kind::soundboard_sounds, i, event.soundboard_sounds.emplace_back(a_sound(g, i)));
    tell(event);
  }
  template <class Tell>
  void invite(std::uint64_t g, std::uint64_t id, plain_things& at, const Tell& tell) {
    const std::string code = "code" + std::to_string(id);
    if (below(2)) {
      mc::invite_create event;
      event.guild_id = mc::guild_id{g};
      event.channel_id = mc::channel_id{g * 10};
      event.code = code;
      event.max_uses = static_cast<int>(below(100));
      tell(event);
      return put(at.invites, cache_kind::invites, id, event);
    }
    mc::invite_delete event;
    event.guild_id = mc::guild_id{g};
    event.channel_id = mc::channel_id{g * 10};
    event.code = code;
    mc::optional<mc::invite_create> before;
    tell(event, before);
    REQUIRE(before.has_value() == at.invites.contains(id));
    if (before) same(*before, at.invites.at(id));
    at.invites.erase(id);
  }

  std::mt19937& random_;
  const mc::cache_policy& policy_;
};

}  // namespace cache_worlds
