// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/guild_events.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>

// Events with many members for somebody who only looks at each once: these are decoded to what points into the text, all
// else as ever. What is said here of a member that is as most are is what the tables say: whatever is not so they decode.
namespace monochord::json {

/// Where a model has an object: absent or null. Members with more are no views.
struct no_object {
  bool is_null = false;
};

/// What `user` has of it that a cache may keep, by the same names. The texts are parts of the payload, without escapes.
struct user_view {
  user_id id;
  std::string_view username;
  std::string_view discriminator;
  maybe<std::string_view> global_name;
  maybe<std::string_view> avatar;
  maybe<std::string_view> banner;
  optional_bool bot;
  optional_bool system;
  no_object avatar_decoration_data;
  no_object collectibles;
  no_object primary_guild;
  maybe<int> accent_color;
  optional<monochord::flags<user_flag>> flags;
  optional<monochord::flags<user_flag>> public_flags;
};

/// Likewise of `member`.
struct member_view {
  struct role_ids {
    const std::vector<role_id>* all = nullptr;
    std::uint32_t first = 0;
    std::uint32_t count = 0;

    std::size_t size() const noexcept { return count; }
    role_id operator[](std::size_t i) const noexcept { return (*all)[first + i]; }
  };

  optional<user_view> user;
  maybe<std::string_view> nick;
  maybe<std::string_view> avatar;
  maybe<std::string_view> banner;
  role_ids roles;
  maybe<timestamp> joined_at;
  maybe<timestamp> premium_since;
  maybe<timestamp> communication_disabled_until;
  bool deaf = false;
  bool mute = false;
  optional_bool pending;
  no_object avatar_decoration_data;
  no_object collectibles;
  optional<monochord::flags<member_flag>> flags;
};

/// The members of an event, in their order. Good for as long as the text is from which they were decoded.
class member_list {
 public:
  member_list() = default;
  member_list(const member_list&) = delete;
  member_list& operator=(const member_list&) = delete;

  std::size_t size() const noexcept { return items_.size(); }
  user_id id(std::size_t i) const noexcept {
    const auto& [plain, whole] = items_[i];
    return !whole ? plain.user->id : whole->user ? whole->user->id : user_id{};
  }
  /// `f(member)` with a `member_view` or a `member`.
  template <class F>
  auto visit(std::size_t i, F&& f) const {
    return items_[i].whole ? f(*items_[i].whole) : f(items_[i].plain);
  }
  /// How many are no views.
  std::size_t wholes() const noexcept;

 private:
  friend class plain_member_reader;
  friend struct member_list_access;
  struct item {
    member_view plain;
    std::unique_ptr<member> whole;  // of one that is not as most are
  };
  /// What came at the same place in the member before: mostly the same comes again.
  struct habit {
    std::string_view key;
    std::uint8_t what = 0;
  };
  static constexpr std::size_t most_habits = 40;

  std::vector<item> items_;
  std::vector<role_id> roles_;
  const std::uint32_t* first_ = nullptr;  // where the first member was
  std::array<habit, most_habits> member_keys_{}, user_keys_{};
};

/// An event without its `members`, which are in the list.
template <class Event>
struct listed {
  Event event;
  member_list members;
};

/// Like `decode_into` for the event itself: the same texts are refused, with the same error. A text without padding gets a
/// copy in `room`, which then has to stay with the list.
bool decode_into(listed<guild_create>& out, const padded_text& text, std::string& room, failure& why);
bool decode_into(listed<guild_members_chunk>& out, const padded_text& text, std::string& room, failure& why);

}  // namespace monochord::json
