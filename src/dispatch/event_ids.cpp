// SPDX-License-Identifier: MIT
#include "dispatch/event_ids.hpp"

#include <algorithm>
#include <array>

#include "json/member.hpp"

namespace monochord::dispatch {

namespace {

/// What an event is about whose own `id` says where it happened, or who did it.
enum class subject : std::uint8_t { other, guild, channel, user };

struct row {
  std::string_view name;
  subject id;
};

// Sorted.
constexpr std::array subjects{
    row{"CHANNEL_CREATE", subject::channel},
    row{"CHANNEL_DELETE", subject::channel},
    row{"CHANNEL_UPDATE", subject::channel},
    row{"GUILD_CREATE", subject::guild},
    row{"GUILD_DELETE", subject::guild},
    row{"GUILD_UPDATE", subject::guild},
    row{"THREAD_CREATE", subject::channel},
    row{"THREAD_DELETE", subject::channel},
    row{"THREAD_MEMBERS_UPDATE", subject::channel},
    row{"THREAD_MEMBER_UPDATE", subject::channel},
    row{"THREAD_UPDATE", subject::channel},
    row{"USER_UPDATE", subject::user},
    row{"VOICE_CHANNEL_START_TIME_UPDATE", subject::channel},
    row{"VOICE_CHANNEL_STATUS_UPDATE", subject::channel},
};

subject subject_of(std::string_view name) noexcept {
  const auto at = std::lower_bound(subjects.begin(), subjects.end(), name,
                                   [](const row& a, std::string_view wanted) { return a.name < wanted; });
  return at != subjects.end() && at->name == name ? at->id : subject::other;
}

template <class Id>
Id id_in(std::string_view text) noexcept {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return Id::parse(text);
}

user_id id_of_user(std::string_view user) { return id_in<user_id>(json::member_of(user, "id")); }

}  // namespace

event_ids read_event_ids(std::string_view name, std::string_view data) {
  constexpr std::array<std::string_view, 7> keys{"guild_id", "channel_id", "user_id", "author", "user", "member", "id"};
  std::array<std::string_view, keys.size()> values;
  const subject own = subject_of(name);
  // A guild has its id, and neither a channel nor a user; it may be a megabyte.
  if (own == subject::guild) return {id_in<guild_id>(json::member_of(data, "id")), {}, {}};
  json::members_of(data, keys, values);
  const auto& [guild, channel, user, author, whole_user, member, id] = values;
  event_ids out{id_in<guild_id>(guild), id_in<channel_id>(channel), id_in<user_id>(user)};
  if (!out.user) out.user = id_of_user(author);
  if (!out.user) out.user = id_of_user(whole_user);
  if (!out.user) out.user = id_of_user(json::member_of(member, "user"));
  if (own == subject::channel) out.channel = id_in<channel_id>(id);
  if (own == subject::user) out.user = id_in<user_id>(id);
  return out;
}

}  // namespace monochord::dispatch
