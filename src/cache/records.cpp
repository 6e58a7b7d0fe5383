// SPDX-License-Identifier: MIT
#include "cache/records.hpp"

#include <algorithm>

#include "cache/pack.hpp"
#include "cache/record_set.hpp"
#include <monochord/json/codec.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/raw_json.hpp>

namespace monochord::cached {

namespace {

int digit(char c) noexcept { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

}  // namespace

bool pack_hash(std::string_view text, char* out) noexcept {
  if (text.size() != 32) return false;
  for (std::size_t i = 0; i < 16; ++i) {
    const int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<char>(high << 4 | low);
  }
  return true;
}

std::string unpack_hash(const char* bytes, bool animated) {
  std::string text = animated ? "a_" : "";
  for (int i = 0; i < 16; ++i) {
    const auto b = static_cast<unsigned char>(bytes[i]);
    text += "0123456789abcdef"[b >> 4];
    text += "0123456789abcdef"[b & 15];
  }
  return text;
}

std::int64_t role_table::number_of(role_id role) {
  const auto at = std::find(ids_.begin(), ids_.end(), role);
  if (at != ids_.end()) return at - ids_.begin();
  ids_.push_back(role);
  return static_cast<std::int64_t>(ids_.size()) - 1;
}

void role_table::remove(role_id role) noexcept { std::replace(ids_.begin(), ids_.end(), role, role_id{}); }

std::size_t role_table::bytes() const noexcept { return allocation_bytes(ids_.capacity() * sizeof(role_id)); }

namespace {

// How many bytes of mask each has; the bits are those of its fields, see pack.hpp.
constexpr std::size_t user_mask = 4, member_mask = 3, role_mask = 2, channel_mask = 6, voice_mask = 2, small_mask = 2;

constexpr auto decoration_fields = [](auto& io, auto& d) {
  io.text(d.asset);
  io.id(d.sku_id);
};
constexpr auto nameplate_fields = [](auto& io, auto& n) {
  io.id(n.sku_id);
  io.text(n.asset);
  io.text(n.label);
  io.text(n.palette);
};
constexpr auto collectible_fields = [](auto& io, auto& c) { io.object(c.nameplate, small_mask, nameplate_fields); };
constexpr auto tag_fields = [](auto& io, auto& g) {
  io.id(g.identity_guild_id);
  io.flag(g.identity_enabled);
  io.text(g.tag);
  io.hash(g.badge);
};

template <class Io, class User>
void user_fields(Io& io, User& u, flags<cache_field> without) {
  io.text(u.username);
  io.text(u.global_name, !without.has(cache_field::user_global_name));
  io.hash(u.avatar, !without.has(cache_field::user_avatar));
  io.flag(u.bot);
  io.flag(u.system);
  io.hash(u.banner, !without.has(cache_field::user_banner));
  io.number(u.accent_color, !without.has(cache_field::user_banner));
  io.number(u.flags);
  io.number(u.public_flags);
  const bool decorated = !without.has(cache_field::user_decoration);
  io.object(u.avatar_decoration_data, small_mask, decoration_fields, decorated);
  io.object(u.collectibles, small_mask, collectible_fields, decorated);
  io.object(u.primary_guild, small_mask, tag_fields, decorated);
}

template <class Io, class Member>
void member_fields(Io& io, Member& m, flags<cache_field> without) {
  io.text(m.nick, !without.has(cache_field::member_nick));
  io.hash(m.avatar, !without.has(cache_field::member_avatar));
  io.hash(m.banner, !without.has(cache_field::member_avatar));
  io.time(m.joined_at, !without.has(cache_field::member_joined_at));
  io.time(m.premium_since, !without.has(cache_field::member_premium_since));
  io.flag(m.deaf);
  io.flag(m.mute);
  io.number(m.flags);
  io.flag(m.pending);
  io.time(m.communication_disabled_until);
  const bool decorated = !without.has(cache_field::member_decoration);
  io.object(m.avatar_decoration_data, small_mask, decoration_fields, decorated);
  io.object(m.collectibles, small_mask, collectible_fields, decorated);
}

constexpr auto tags_fields = [](auto& io, auto& t) {
  io.id(t.bot_id);
  io.id(t.integration_id);
  io.flag(t.premium_subscriber);
  io.id(t.subscription_listing_id);
  io.flag(t.available_for_purchase);
  io.flag(t.guild_connections);
};
constexpr auto colors_fields = [](auto& io, auto& c) {
  io.number(c.primary_color);
  io.number(c.secondary_color);
  io.number(c.tertiary_color);
};

template <class Io, class Role>
void role_fields(Io& io, Role& r, flags<cache_field> without) {
  io.text(r.name);
  io.number(r.color);
  io.object(r.colors, small_mask, colors_fields);
  io.flag(r.hoist);
  io.hash(r.icon, !without.has(cache_field::role_icon));
  io.text(r.unicode_emoji, !without.has(cache_field::role_icon));
  io.number(r.position);
  io.number(r.permissions);
  io.flag(r.managed);
  io.flag(r.mentionable);
  io.object(r.tags, small_mask, tags_fields);
  io.number(r.flags);
}

constexpr auto overwrite_fields = [](auto& io, auto& o) {
  io.id(o.id);
  io.number(o.type);
  io.number(o.allow);
  io.number(o.deny);
};

template <class Io, class Channel>
void channel_fields(Io& io, Channel& c, flags<cache_field> without) {
  io.number(c.type);
  io.id(c.guild_id);
  io.number(c.position);
  io.list(c.permission_overwrites, 1, overwrite_fields, !without.has(cache_field::channel_overwrites));
  io.text(c.name);
  io.text(c.topic, !without.has(cache_field::channel_topic));
  io.flag(c.nsfw);
  io.id(c.last_message_id);
  io.number(c.bitrate);
  io.number(c.user_limit);
  io.number(c.rate_limit_per_user);
  io.id(c.owner_id);
  io.id(c.parent_id);
  io.time(c.last_pin_timestamp);
  io.text(c.rtc_region);
  io.number(c.video_quality_mode);
  io.number(c.message_count);
  io.number(c.member_count);
  io.number(c.default_auto_archive_duration);
  io.number(c.flags);
  io.number(c.total_message_sent);
  io.number(c.default_thread_rate_limit_per_user);
}

// What is rare stands behind it as JSON: a channel with nothing else.
bool has_more(const channel& c) {
  return c.recipients || !c.icon.is_absent() || !c.application_id.is_absent() || c.managed.has_value() || c.thread_metadata ||
         c.member || c.available_tags || c.applied_tags || !c.default_reaction_emoji.is_absent() ||
         !c.default_sort_order.is_absent() || c.default_forum_layout || !c.default_tag_setting.is_absent() || c.unknown;
}
template <class To, class From>
void move_more(To& to, From& from) {
  to.recipients = from.recipients;
  to.icon = from.icon;
  to.application_id = from.application_id;
  to.managed = from.managed;
  to.thread_metadata = from.thread_metadata;
  to.member = from.member;
  to.available_tags = from.available_tags;
  to.applied_tags = from.applied_tags;
  to.default_reaction_emoji = from.default_reaction_emoji;
  to.default_sort_order = from.default_sort_order;
  to.default_forum_layout = from.default_forum_layout;
  to.default_tag_setting = from.default_tag_setting;
  to.unknown = from.unknown;
}

template <class Io, class State>
void voice_fields(Io& io, State& v) {
  io.id(v.guild_id);
  io.id(v.channel_id);
  io.text(v.session_id);
  io.flag(v.deaf);
  io.flag(v.mute);
  io.flag(v.self_deaf);
  io.flag(v.self_mute);
  io.flag(v.self_stream);
  io.flag(v.self_video);
  io.flag(v.suppress);
  io.time(v.request_to_speak_timestamp);
}

}  // namespace

void pack(std::string& out, const user& value, flags<cache_field> without) {
  packer io(out, user_mask);
  io.state(value.discriminator == "0", 1);
  if (value.discriminator != "0") io.put_text(value.discriminator);
  user_fields(io, value, without);
}

bool unpack(std::string_view text, user& out) {
  unpacker io(text, user_mask);
  out.discriminator = io.state(1) ? "0" : std::string(io.take_text());
  user_fields(io, out, {});
  return !io.failed();
}

void pack(std::string& out, const member& value, flags<cache_field> without, role_table& roles) {
  packer io(out, member_mask);
  member_fields(io, value, without);
  const std::size_t count = without.has(cache_field::member_roles) ? 0 : value.roles.size();
  io.varint(static_cast<std::int64_t>(count));
  for (std::size_t i = 0; i < count; ++i) io.varint(roles.number_of(value.roles[i]));
}

bool unpack(std::string_view text, member& out, const role_table& roles) {
  unpacker io(text, member_mask);
  member_fields(io, out, {});
  const auto count = static_cast<std::uint64_t>(io.varint());
  for (std::uint64_t i = 0; i < count && !io.failed(); ++i)
    if (const role_id role = roles.role_at(io.varint())) out.roles.push_back(role);
  return !io.failed();
}

void pack(std::string& out, const role& value, flags<cache_field> without) {
  packer io(out, role_mask);
  role_fields(io, value, without);
}

bool unpack(std::string_view text, role& out) {
  unpacker io(text, role_mask);
  role_fields(io, out, {});
  return !io.failed();
}

void pack(std::string& out, const channel& value, flags<cache_field> without) {
  packer io(out, channel_mask);
  channel_fields(io, value, without);
  const bool more = has_more(value);
  io.state(more, 1);
  if (!more) return;
  channel rare;
  move_more(rare, value);
  io.put_text(json::encode(rare));
}

bool unpack(std::string_view text, channel& out) {
  unpacker io(text, channel_mask);
  channel_fields(io, out, {});
  if (!io.state(1) || io.failed()) return !io.failed();
  channel rare;
  json::failure why;
  if (!json::decode_into(rare, io.take_text(), why)) return false;
  move_more(out, rare);
  return !io.failed();
}

void pack(std::string& out, const voice_state& value) {
  packer io(out, voice_mask);
  voice_fields(io, value);
}

bool unpack(std::string_view text, voice_state& out) {
  unpacker io(text, voice_mask);
  voice_fields(io, out);
  return !io.failed();
}

}  // namespace monochord::cached
