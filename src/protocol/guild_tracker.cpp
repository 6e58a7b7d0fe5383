// SPDX-License-Identifier: MIT
#include "protocol/guild_tracker.hpp"

#include <algorithm>
#include <array>

#include "json/member.hpp"
#include "json/table.hpp"

namespace monochord {
namespace protocol {

/// The part of READY that is read.
struct ready_guild {
  guild_id id;
};
struct ready_guilds {
  std::vector<ready_guild> guilds;
};

}  // namespace protocol

MONOCHORD_MODEL(protocol::ready_guild, id)
MONOCHORD_MODEL(protocol::ready_guilds, guilds)

namespace protocol {
namespace {

using ids = std::vector<guild_id>;

std::string_view unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"') return {};
  return text.substr(1, text.size() - 2);
}

std::optional<ids> listed_in(const json::padded_text& data) {
  ready_guilds all;
  json::failure why;
  if (!json::decode_into(all, data, why)) return std::nullopt;
  ids out;
  out.reserve(all.guilds.size());
  for (const auto& one : all.guilds) out.push_back(one.id);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

bool has(const ids& all, guild_id id) noexcept { return std::binary_search(all.begin(), all.end(), id); }

/// True when it was not there.
bool add(ids& all, guild_id id) {
  const auto at = std::lower_bound(all.begin(), all.end(), id);
  if (at != all.end() && *at == id) return false;
  all.insert(at, id);
  return true;
}

/// True when it was there. A list that has become empty keeps no memory: it was as long as the others once.
bool remove(ids& all, guild_id id) {
  const auto at = std::lower_bound(all.begin(), all.end(), id);
  if (at == all.end() || *at != id) return false;
  all.erase(at);
  if (all.empty()) ids().swap(all);
  return true;
}

}  // namespace

namespace detail {

std::optional<guild_event> read_guild_event(std::string_view type, const json::padded_text& data) {
  guild_event out;
  if (type == "READY") {
    out.what = guild_event::kind::ready;
    out.listed = listed_in(data);
    return out;
  }
  if (type == "RESUMED") {
    out.what = guild_event::kind::resumed;
    return out;
  }
  const bool created = type == "GUILD_CREATE";
  if (!created && type != "GUILD_DELETE") return std::nullopt;
  out.what = created ? guild_event::kind::created : guild_event::kind::deleted;
  constexpr std::array<std::string_view, 3> keys{"id", "unavailable", "joined_at"};
  std::array<std::string_view, keys.size()> values;
  const std::size_t wanted = created ? keys.size() : keys.size() - 1;
  json::members_of(data.text(), std::span(keys).first(wanted), std::span(values).first(wanted));
  out.id = guild_id::parse(unquoted(values[0]));
  out.unavailable = values[1] == "true";
  out.joined_at = parse_timestamp(unquoted(values[2]));
  return out;
}

}  // namespace detail

bool guild_tracker::contains(guild_id id) const noexcept { return has(ids_, id); }

guild_news guild_tracker::take(const guild_event& event, bool known_elsewhere, timestamp now) {
  switch (event.what) {
    case guild_event::kind::ready:
      session_lost();
      up_ = true;
      if (!event.listed) return guild_news::none;
      complete_ = true;
      ids_ = *event.listed;
      if (guilds_follow_) awaited_ = ids_;
      return guild_news::none;
    case guild_event::kind::resumed:
      up_ = true;
      return guild_news::none;
    case guild_event::kind::created:
      return event.id ? created(event, known_elsewhere, now) : guild_news::none;
    case guild_event::kind::deleted:
      return event.id ? deleted(event) : guild_news::none;
  }
  return guild_news::none;
}

guild_news guild_tracker::created(const guild_event& event, bool known_elsewhere, timestamp now) {
  remove(awaited_, event.id);
  const bool is_new = add(ids_, event.id) && !known_elsewhere;
  if (event.unavailable) {
    if (is_new) add(joining_, event.id);  // whether it was joined is told once it is available
    return add(unavailable_, event.id) ? guild_news::unavailable : guild_news::none;
  }
  remove(unavailable_, event.id);
  const bool was_joining = remove(joining_, event.id);
  if (!is_new && !was_joining) return guild_news::available;
  const bool is_recent = event.joined_at && now - *event.joined_at <= join_window;
  return complete_ || is_recent ? guild_news::joined : guild_news::available;
}

guild_news guild_tracker::deleted(const guild_event& event) {
  remove(awaited_, event.id);
  if (event.unavailable) {
    add(ids_, event.id);
    return add(unavailable_, event.id) ? guild_news::unavailable : guild_news::none;
  }
  remove(unavailable_, event.id);
  remove(joining_, event.id);
  const bool was_known = remove(ids_, event.id);
  return was_known || !complete_ ? guild_news::left : guild_news::none;
}

}  // namespace protocol
}  // namespace monochord
