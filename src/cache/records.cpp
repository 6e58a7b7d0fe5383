// SPDX-License-Identifier: MIT
#include "cache/records.hpp"

#include <algorithm>
#include <cstring>

#include "cache/pack.hpp"
#include "cache/record_set.hpp"
#include <monochord/json/codec.hpp>
#include <monochord/model/raw_json.hpp>

namespace monochord::cached {

// Without branches, as what a hash is made of cannot be foreseen, and in loops that a compiler makes vectors of.
bool pack_hash(std::string_view text, char* out) noexcept {
  constexpr std::size_t digits = 32;
  if (text.size() != digits) return false;
  unsigned char given[digits], values[digits];
  std::memcpy(given, text.data(), digits);
  unsigned char others = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto figure = static_cast<unsigned char>(given[i] - '0'), letter = static_cast<unsigned char>(given[i] - 'a');
    const unsigned char is_figure = figure < 10 ? 255 : 0, is_letter = letter < 6 ? 255 : 0;
    values[i] = static_cast<unsigned char>((figure & is_figure) | ((letter + 10) & is_letter));
    others = static_cast<unsigned char>(others | ~(is_figure | is_letter));
  }
  for (std::size_t i = 0; i < digits / 2; ++i) out[i] = static_cast<char>(values[2 * i] << 4 | values[2 * i + 1]);
  return others == 0;
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

// A deleted role stays in the index as what leads to a 0, until the index is made again: nobody asks for that.
std::int64_t role_table::number_of(role_id role) {
  if (ids_.size() > few && indexed_ != std::min(ids_.size(), most_indexed)) make_index();
  if (!slots_.empty())
    for (std::size_t i = slot_of(role); slots_[i] != 0; i = i + 1 == slots_.size() ? 0 : i + 1)
      if (ids_[slots_[i] - 1U] == role) return slots_[i] - 1;
  const auto at = std::find(ids_.begin() + static_cast<std::ptrdiff_t>(indexed_), ids_.end(), role);
  if (at != ids_.end()) return at - ids_.begin();
  ids_.push_back(role);
  if (!slots_.empty() && indexed_ + 1 == ids_.size() && indexed_ < most_indexed) {
    if (ids_.size() * 3 > slots_.size() * 2) make_index();
    else add_to_index(indexed_);
  }
  return static_cast<std::int64_t>(ids_.size()) - 1;
}

void role_table::add_to_index(std::size_t number) noexcept {
  std::size_t i = slot_of(ids_[number]);
  while (slots_[i] != 0) i = i + 1 == slots_.size() ? 0 : i + 1;
  slots_[i] = static_cast<slot>(number + 1);
  indexed_ = number + 1;
}

void role_table::make_index() {
  const std::size_t count = std::min(ids_.size(), most_indexed);
  slots_ = std::vector<slot>(count * 2 + 8);
  for (std::size_t number = 0; number < count; ++number)
    if (ids_[number]) add_to_index(number);  // those that are deleted would all stand in one place
  indexed_ = count;
}

void role_table::remove(role_id role) noexcept { std::replace(ids_.begin(), ids_.end(), role, role_id{}); }

std::size_t role_table::bytes() const noexcept {
  return allocation_bytes(ids_.capacity() * sizeof(role_id)) + allocation_bytes(slots_.capacity() * sizeof(slot));
}

namespace {

// How many bytes of mask each has; the bits are those of its fields, see pack.hpp.
constexpr std::size_t user_mask = 4, member_mask = 3, role_mask = 2, channel_mask = 6, voice_mask = 2, small_mask = 2,
                      activity_mask = 4;

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

/// A user within another record.
constexpr auto whole_user_fields = [](auto& io, auto& u) {
  io.id(u.id);
  io.text(u.discriminator);
  user_fields(io, u, {});
};
constexpr auto id_field = [](auto& io, auto& id) { io.id(id); };
constexpr auto number_field = [](auto& io, auto& value) { io.number(value); };

template <class Io, class Emoji>
void emoji_fields(Io& io, Emoji& e) {
  io.text(e.name);
  io.list(e.roles, 0, id_field);
  io.object(e.user, user_mask, whole_user_fields);
  io.flag(e.require_colons);
  io.flag(e.managed);
  io.flag(e.animated);
  io.flag(e.available);
}

template <class Io, class Sticker>
void sticker_fields(Io& io, Sticker& s) {
  io.id(s.pack_id);
  io.text(s.name);
  io.text(s.description);
  io.text(s.tags);
  io.number(s.type);
  io.number(s.format_type);
  io.flag(s.available);
  io.id(s.guild_id);
  io.object(s.user, user_mask, whole_user_fields);
  io.number(s.sort_value);
}

constexpr auto timestamps_fields = [](auto& io, auto& t) {
  io.number(t.start);
  io.number(t.end);
};
constexpr auto activity_emoji_fields = [](auto& io, auto& e) {
  io.text(e.name);
  io.id(e.id);
  io.flag(e.animated);
};
constexpr auto party_fields = [](auto& io, auto& p) {
  io.text(p.id);
  io.list(p.size, 1, number_field);
};
constexpr auto assets_fields = [](auto& io, auto& a) {
  io.text(a.large_image);
  io.text(a.large_text);
  io.text(a.large_url);
  io.text(a.small_image);
  io.text(a.small_text);
  io.text(a.small_url);
  io.text(a.invite_cover_image);
};
constexpr auto activity_fields = [](auto& io, auto& a) {
  io.text(a.name);
  io.number(a.type);
  io.text(a.url);
  io.number(a.created_at);
  io.object(a.timestamps, small_mask, timestamps_fields);
  io.id(a.application_id);
  io.number(a.status_display_type);
  io.text(a.details);
  io.text(a.details_url);
  io.text(a.state);
  io.text(a.state_url);
  io.object(a.emoji, small_mask, activity_emoji_fields);
  io.object(a.party, small_mask, party_fields);
  io.object(a.assets, small_mask, assets_fields);
  io.flag(a.instance);
  io.number(a.flags);
};

// Of a status that has a name only its number.
constexpr std::string_view statuses[] = {presence_status_names::online, presence_status_names::idle, presence_status_names::dnd,
                                         presence_status_names::offline, presence_status_names::invisible};
constexpr unsigned other_status = 6, no_status = 0, status_bits = 3;

void put_status(packer& io, const optional<presence_status>& value) {
  if (!value) return io.state(no_status, status_bits);
  for (unsigned i = 0; i < std::size(statuses); ++i)
    if (*value == statuses[i]) return io.state(i + 1, status_bits);
  io.state(other_status, status_bits);
  io.put_text(value->str());
}
void take_status(unpacker& io, optional<presence_status>& value) {
  const unsigned s = io.state(status_bits);
  if (s == no_status) return;
  value = presence_status(s < other_status ? statuses[s - 1] : io.take_text());
}
/// What is rare of a presence or an activity is JSON behind it.
bool has_more(const partial_user& u) {
  return u.username || u.discriminator || !u.global_name.is_absent() || !u.avatar.is_absent() || u.bot.has_value() ||
         u.system.has_value() || !u.banner.is_absent() || !u.accent_color.is_absent() || u.flags || u.public_flags ||
         !u.avatar_decoration_data.is_absent() || !u.collectibles.is_absent() || !u.primary_guild.is_absent();
}
bool has_more(const activity& a) { return a.secrets || a.buttons; }
constexpr std::size_t presence_mask = 3;

constexpr auto overwrite_fields = [](auto& io, auto& o) {
  io.id(o.id);
  io.number(o.type);
  io.number(o.allow);
  io.number(o.deny);
};

constexpr auto thread_fields = [](auto& io, auto& t) {
  io.flag(t.archived);
  io.number(t.auto_archive_duration);
  io.time(t.archive_timestamp);
  io.flag(t.locked);
  io.flag(t.invitable);
  io.time(t.create_timestamp);
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
  io.object(c.thread_metadata, small_mask, thread_fields);
  io.list(c.applied_tags, 0, id_field);
}

// What is rare stands behind it as JSON: a channel with nothing else.
bool has_more(const channel& c) {
  return c.recipients || !c.icon.is_absent() || !c.application_id.is_absent() || c.managed.has_value() || c.member ||
         c.available_tags || !c.default_reaction_emoji.is_absent() ||
         !c.default_sort_order.is_absent() || c.default_forum_layout || !c.default_tag_setting.is_absent() || c.unknown;
}
template <class To, class From>
void move_more(To& to, From& from) {
  to.recipients = from.recipients;
  to.icon = from.icon;
  to.application_id = from.application_id;
  to.managed = from.managed;
  to.member = from.member;
  to.available_tags = from.available_tags;
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

namespace {

template <class User>
void pack_user(flat_text& out, const User& value, flags<cache_field> without) {
  basic_packer io(out, user_mask);
  const bool none = value.discriminator == "0";
  io.state(none, 1);
  if (!none) io.put_text(value.discriminator);
  user_fields(io, value, without);
}

template <class Member>
void pack_member(flat_text& out, const Member& value, flags<cache_field> without, role_table& roles) {
  basic_packer io(out, member_mask);
  roles.prefetch(value.roles);
  member_fields(io, value, without);
  const std::size_t count = without.has(cache_field::member_roles) ? 0 : value.roles.size();
  io.varint(static_cast<std::int64_t>(count));
  for (std::size_t i = 0; i < count; ++i) io.varint(roles.number_of(value.roles[i]));
}

}  // namespace

void pack(flat_text& out, const user& value, flags<cache_field> without) { pack_user(out, value, without); }
void pack(flat_text& out, const json::user_view& value, flags<cache_field> without) { pack_user(out, value, without); }

bool unpack(std::string_view text, user& out) {
  unpacker io(text, user_mask);
  out.discriminator = io.state(1) ? "0" : std::string(io.take_text());
  user_fields(io, out, {});
  return !io.failed();
}

void pack(flat_text& out, const member& value, flags<cache_field> without, role_table& roles) {
  pack_member(out, value, without, roles);
}
void pack(flat_text& out, const json::member_view& value, flags<cache_field> without, role_table& roles) {
  pack_member(out, value, without, roles);
}
void pack(flat_text& out, const told_member& value, flags<cache_field> without, role_table& roles) {
  pack_member(out, value, without, roles);
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

void pack(std::string& out, const emoji& value) {
  packer io(out, small_mask);
  emoji_fields(io, value);
}

bool unpack(std::string_view text, emoji& out) {
  unpacker io(text, small_mask);
  emoji_fields(io, out);
  return !io.failed();
}

void pack(std::string& out, const sticker& value) {
  packer io(out, small_mask);
  sticker_fields(io, value);
}

bool unpack(std::string_view text, sticker& out) {
  unpacker io(text, small_mask);
  sticker_fields(io, out);
  return !io.failed();
}

void pack(std::string& out, const presence& value, flags<cache_field> without) {
  packer io(out, presence_mask);
  io.id(value.guild_id);
  put_status(io, value.status);
  for (const auto* const where : {&value.client_status.desktop, &value.client_status.mobile, &value.client_status.web,
                                  &value.client_status.vr})
    put_status(io, *where);
  const bool more = has_more(value.user);
  io.state(more, 1);
  if (more) {
    partial_user rest = value.user;
    rest.id = user_id{};
    io.put_text(json::encode(rest));
  }
  const std::size_t count = without.has(cache_field::presence_activities) ? 0 : value.activities.size();
  io.varint(static_cast<std::int64_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const activity& one = value.activities[i];
    packer inner(out, activity_mask);
    activity_fields(inner, one);
    const bool rare = has_more(one);
    inner.state(rare, 1);
    if (!rare) continue;
    activity rest;
    rest.secrets = one.secrets;
    rest.buttons = one.buttons;
    inner.put_text(json::encode(rest));
  }
}

bool unpack(std::string_view text, presence& out) {
  unpacker io(text, presence_mask);
  json::failure why;
  io.id(out.guild_id);
  optional<presence_status> status;
  take_status(io, status);
  if (!status) return false;
  out.status = *status;
  for (auto* const where : {&out.client_status.desktop, &out.client_status.mobile, &out.client_status.web, &out.client_status.vr})
    take_status(io, *where);
  if (io.state(1) && !json::decode_into(out.user, io.take_text(), why)) return false;
  const auto count = static_cast<std::uint64_t>(io.varint());
  for (std::uint64_t i = 0; i < count && !io.failed(); ++i) {
    activity& one = out.activities.emplace_back();
    bool good = true;
    io.nested(activity_mask, [&] {
      activity_fields(io, one);
      if (!io.state(1)) return;
      activity rest;
      good = json::decode_into(rest, io.take_text(), why);
      one.secrets = rest.secrets;
      one.buttons = rest.buttons;
    });
    if (!good) return false;
  }
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
