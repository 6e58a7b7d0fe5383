// SPDX-License-Identifier: MIT
#include "protocol/guild_tracker.hpp"

#include <algorithm>

#include "json/member.hpp"
#include "json/table.hpp"

namespace monochord {
namespace protocol {

/// The part of READY that is counted.
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

guild_id id_of(std::string_view object) {
  const auto text = json::member_of(object, "id");
  if (text.size() < 2 || text.front() != '"') return {};
  return guild_id::parse(text.substr(1, text.size() - 2));
}

}  // namespace

bool guild_tracker::contains(guild_id id) const noexcept { return std::binary_search(ids_.begin(), ids_.end(), id); }

bool guild_tracker::look_at(std::string_view type, const json::padded_text& data) {
  if (type == "READY") {
    ready_guilds all;
    json::failure why;
    if (!json::decode_into(all, data, why)) return true;
    known_ = true;
    ids_.clear();
    for (const auto& one : all.guilds) ids_.push_back(one.id);
    std::sort(ids_.begin(), ids_.end());
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    return true;
  }
  const bool created = type == "GUILD_CREATE";
  if (!created && type != "GUILD_DELETE") return false;
  const auto id = id_of(data.text());
  if (!id) return true;
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
  const bool found = at != ids_.end() && *at == id;
  if (created && !found) ids_.insert(at, id);
  if (!created && found && json::member_of(data.text(), "unavailable") != "true") ids_.erase(at);
  return true;
}

}  // namespace protocol
}  // namespace monochord
