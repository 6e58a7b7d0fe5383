// SPDX-License-Identifier: MIT
#include "cache/saved_guild.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "cache/pack.hpp"

namespace monochord::cached {

namespace {

// Users and voice states are known before members are put in, whose policy asks for both.
constexpr cache_kind order[] = {
    cache_kind::guilds,
    cache_kind::channels,
    cache_kind::threads,
    cache_kind::users,
    cache_kind::voice_states,
    cache_kind::members,
    cache_kind::roles,
    cache_kind::emojis,
    cache_kind::stickers,
    cache_kind::soundboard_sounds,
    cache_kind::presences,
    cache_kind::stage_instances,
    cache_kind::scheduled_events,
    cache_kind::integrations,
    cache_kind::auto_moderation_rules,
    cache_kind::invites,
    cache_kind::messages,
    cache_kind::entitlements,
};
static_assert(std::size(order) == cache_stats::kinds);

void write_set(std::string& out, const record_set* set, std::size_t skip) {
  packer io(out, 0);
  io.varint(set ? static_cast<std::int64_t>(set->size()) : 0);
  if (set)
    set->for_each([&](std::uint64_t key, std::string_view text) {
      io.fixed(key);
      io.put_text(text.substr(skip));
    });
}

/// Whether all is there that a policy wants: RESUME brings none of it again.
bool is_enough(const cache_policy& had, const cache_policy& wanted) {
  if (!had.kinds.has(wanted.kinds)) return false;
  using f = cache_field;
  const struct {
    flags<cache_kind> of;
    flags<cache_field> fields;
  } each[] = {
      {cache_kind::users, f::user_global_name | f::user_avatar | f::user_banner | f::user_decoration},
      {cache_kind::members, f::member_nick | f::member_avatar | f::member_joined_at | f::member_premium_since |
                                f::member_roles | f::member_decoration},
      {cache_kind::channels | cache_kind::threads, f::channel_topic | f::channel_overwrites},
      {cache_kind::roles, f::role_icon},
      {cache_kind::presences, f::presence_activities},
  };
  for (const auto& e : each)
    if (wanted.kinds.any_of(e.of) && !wanted.without.has(had.without & e.fields)) return false;
  if (!wanted.kinds.has(cache_kind::members)) return true;
  if (wanted.members_per_guild == 0 && had.members_per_guild != 0) return false;
  if (wanted.member_age.count() == 0 && had.member_age.count() != 0) return false;
  switch (wanted.members) {
    case cache_members::all:
      return had.members == cache_members::all;
    case cache_members::in_voice:
      return had.members == cache_members::in_voice ||
             (had.members == cache_members::all && had.kinds.has(cache_kind::voice_states));
    case cache_members::active:
      return true;  // who was active is known, or nobody was since the start
  }
  return false;
}

class guild_reader {
 public:
  guild_reader(world& to, std::string_view text, std::uint32_t older_seconds)
      : world_(to), io_(text, 0), older_(older_seconds) {}

  guild_read run() {
    const guild_id id{io_.fixed()};
    had_.kinds = flags<cache_kind>(static_cast<std::uint32_t>(io_.varint()));
    had_.without = flags<cache_field>(static_cast<std::uint32_t>(io_.varint()));
    had_.members = static_cast<cache_members>(io_.varint());
    had_.members_per_guild = static_cast<std::size_t>(io_.varint());
    had_.member_age = std::chrono::seconds{io_.varint()};
    had_.messages_per_channel = static_cast<std::size_t>(io_.varint());
    if (io_.failed() || had_.members > cache_members::in_voice) return guild_read::damaged;
    if (world_.find(id)) return guild_read::damaged;  // twice
    const auto g = world_.open(id);
    guild_ = &*g;
    if (!is_enough(had_, guild_->policy)) return guild_read::less_than_wanted;
    guild_->state.joined_at = timestamp{std::chrono::microseconds{io_.varint()}};
    guild_->state.member_count = static_cast<int>(io_.varint());
    const auto marks = io_.varint();
    guild_->state.large = (marks & 1) != 0;
    guild_->state.unavailable = (marks & 2) != 0;
    saved_ = static_cast<std::uint32_t>(io_.varint());
    std::vector<role_id> roles;
    for (auto left = io_.varint(); left > 0 && !io_.failed(); --left) roles.emplace_back(io_.fixed());
    roles_ = role_table(std::move(roles));
    for (auto left = io_.varint(); left > 0 && !io_.failed(); --left) guild_->turnover.push_back(io_.fixed());
    if (guild_->turnover.size() > guild_entry::most_turnover) return guild_read::damaged;
    for (auto left = io_.varint(); left > 0 && !io_.failed(); --left) {
      reaction_log::entry told;
      told.message = io_.fixed();
      told.what = io_.fixed();
      told.told = io_.fixed();
      if (!guild_->reactions.restore(told)) return guild_read::damaged;
    }
    for (const cache_kind kind : order)
      for (auto left = io_.varint(); left > 0; --left) {
        const std::uint64_t key = io_.fixed();
        const std::string_view text = io_.take_text();
        if (io_.failed() || !take_in(kind, key, text)) return guild_read::damaged;
      }
    return io_.failed() || !io_.rest().empty() ? guild_read::damaged : guild_read::ok;
  }

 private:
  bool take_in(cache_kind kind, std::uint64_t key, std::string_view text) {
    switch (kind) {
      case cache_kind::guilds:
        return put<guild>(kind, key, text);
      case cache_kind::channels:
        return put_place(key, text, [&](const channel& c) { world_.put_channel(*guild_, c); });
      case cache_kind::threads:
        return put_place(key, text, [&](const channel& c) { world_.put_thread(*guild_, c); });
      case cache_kind::users:
        if (!guild_->id) return put_loose(key, text);
        users_[key] = text;
        return true;
      case cache_kind::voice_states:
        speakers_.push_back(key);
        return put<voice_state>(kind, key, text);
      case cache_kind::members:
        return put_member(key, text);
      case cache_kind::roles:
        return put<role>(kind, key, text);
      case cache_kind::emojis:
        return put<emoji>(kind, key, text);
      case cache_kind::stickers:
        return put<sticker>(kind, key, text);
      case cache_kind::soundboard_sounds:
        return put<soundboard_sound>(kind, key, text);
      case cache_kind::presences:
        return put<presence>(kind, key, text);
      case cache_kind::stage_instances:
        return put<stage_instance>(kind, key, text);
      case cache_kind::scheduled_events:
        return put<scheduled_event>(kind, key, text);
      case cache_kind::integrations:
        return put<integration>(kind, key, text);
      case cache_kind::auto_moderation_rules:
        return put<auto_moderation_rule>(kind, key, text);
      case cache_kind::invites: {
        invite_create invite;
        if (!read(text, invite)) return false;
        keep(*guild_, kind, invite_key(invite.code), invite);
        return true;
      }
      case cache_kind::messages: {
        message m;
        if (!read(text, m) || m.id.value() != key) return false;
        world_.put_message(*guild_, m);
        return true;
      }
      case cache_kind::entitlements:
        return put<entitlement>(kind, key, text);
    }
    return false;
  }

  template <class T>
  bool put(cache_kind kind, std::uint64_t key, std::string_view text) {
    T value;
    if (!read(text, value)) return false;
    set_key(value, key);
    keep(*guild_, kind, key, value);
    return true;
  }
  template <class F>
  bool put_place(std::uint64_t key, std::string_view text, F keep_it) {
    channel c;
    if (!read(text, c)) return false;
    c.id = channel_id{key};
    keep_it(c);
    return true;
  }
  /// A user without a member, and when they were seen last.
  bool put_loose(std::uint64_t key, std::string_view text) {
    std::uint32_t seen = 0;
    user value;
    if (key == 0 || text.size() < sizeof seen || !unpack(text.substr(sizeof seen), value)) return false;
    std::memcpy(&seen, text.data(), sizeof seen);
    value.id = user_id{key};
    stay how = world_.how_loose();
    how.now -= saved_ - seen + older_;
    if (how.stays) world_.users.hold(value, world_.options.policy.without, false, how);
    world_.limit_users();
    return true;
  }
  bool put_member(std::uint64_t key, std::string_view text) {
    std::uint32_t age = 0;
    if (had_.members_per_guild != 0 || had_.member_age.count() != 0) {
      std::uint32_t seen = 0;
      if (text.size() < sizeof seen) return false;
      std::memcpy(&seen, text.data(), sizeof seen);
      text.remove_prefix(sizeof seen);
      age = saved_ - seen;
    }
    member m;
    if (key == 0 || !unpack(text, m, roles_)) return false;
    user& own = m.user.emplace();
    if (const auto known = users_.find(key); known != users_.end()) {
      if (!unpack(known->second, own)) return false;
    } else if (had_.kinds.has(cache_kind::users)) {
      return false;
    }
    own.id = user_id{key};
    if (!sorted_) std::sort(speakers_.begin(), speakers_.end());
    sorted_ = true;
    const bool in_voice =
        had_.members == cache_members::in_voice || std::binary_search(speakers_.begin(), speakers_.end(), key);
    world_.put_member(*guild_, m, had_.members == cache_members::active, in_voice);
    if (!guild_->stamps() || !guild_->find(cache_kind::members)) return true;
    const std::uint32_t seen = world_.now() - age - older_;
    if (char* at = guild_->set(cache_kind::members).find_mutable(key)) std::memcpy(at, &seen, sizeof seen);
    return true;
  }

  world& world_;
  unpacker io_;
  std::uint32_t older_;
  guild_entry* guild_ = nullptr;
  cache_policy had_;
  std::uint32_t saved_ = 0;
  role_table roles_;
  boost::unordered_flat_map<std::uint64_t, std::string_view> users_;
  std::vector<std::uint64_t> speakers_;
  bool sorted_ = false;
};

}  // namespace

void write_guild(std::string& out, const guild_image& image, std::uint32_t now) {
  const guild_entry& g = image.entry;
  {
    packer io(out, 0);
    io.fixed(g.id.value());
    io.varint(g.policy.kinds.bits());
    io.varint(g.policy.without.bits());
    io.varint(static_cast<std::int64_t>(g.policy.members));
    io.varint(static_cast<std::int64_t>(g.policy.members_per_guild));
    io.varint(g.policy.member_age.count());
    io.varint(static_cast<std::int64_t>(g.policy.messages_per_channel));
    io.varint(g.state.joined_at.time_since_epoch().count());
    io.varint(g.state.member_count);
    io.varint((g.state.large ? 1 : 0) | (g.state.unavailable ? 2 : 0));
    io.varint(now);
    io.varint(static_cast<std::int64_t>(g.member_roles.ids().size()));
    for (const role_id role : g.member_roles.ids()) io.fixed(role.value());
    io.varint(static_cast<std::int64_t>(g.turnover.size()));
    for (const std::uint64_t told : g.turnover) io.fixed(told);
    io.varint(static_cast<std::int64_t>(g.reactions.entries().size()));
    for (const reaction_log::entry& told : g.reactions.entries()) {
      io.fixed(told.message);
      io.fixed(told.what);
      io.fixed(told.told);
    }
  }
  for (const cache_kind kind : order) {
    const bool users = kind == cache_kind::users;
    write_set(out, users ? &image.users : g.find(kind), users && g.id ? sizeof(std::uint32_t) : 0);
  }
}

guild_id guild_of_block(std::string_view text) noexcept { return guild_id{unpacker(text, 0).fixed()}; }

guild_read read_guild(world& to, std::string_view text, std::uint32_t older_seconds) {
  return guild_reader(to, text, older_seconds).run();
}

}  // namespace monochord::cached
