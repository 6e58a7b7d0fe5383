// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/told_member.hpp"
#include "json/listed_members.hpp"
#include <monochord/cache/policy.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/presence.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/voice_state.hpp>

namespace monochord::cached {

class flat_text;

/// The roles that members of a guild have, each stored there as a small number. A deleted role leaves a 0, which makes
/// it vanish from every member at once.
class role_table {
 public:
  role_table() = default;
  explicit role_table(std::vector<role_id> ids) : ids_(std::move(ids)) {}
  std::int64_t number_of(role_id role);
  role_id role_at(std::int64_t number) const noexcept {
    return number >= 0 && static_cast<std::size_t>(number) < ids_.size() ? ids_[static_cast<std::size_t>(number)] : role_id{};
  }
  void remove(role_id role) noexcept;
  /// What looks for the roles soon finds the index in the processor's cache, or, when that was some time ago, the ids.
  template <class Ids>
  [[gnu::always_inline]] void prefetch_index(const Ids& roles) const noexcept {
    if (slots_.empty()) {  // few, which stand on two lines or three
      const auto* const ids = reinterpret_cast<const char*>(ids_.data());
      for (std::size_t at = 0; at < ids_.size() * sizeof(role_id) && at < 192; at += 64) __builtin_prefetch(ids + at);
      return;
    }
    for (std::size_t i = 0; i < roles.size(); ++i) __builtin_prefetch(&slots_[slot_of(roles[i])]);
  }
  template <class Ids>
  [[gnu::always_inline]] void prefetch(const Ids& roles) const noexcept {
    if (slots_.empty()) return;
    for (std::size_t i = 0; i < roles.size(); ++i)
      if (const slot at = slots_[slot_of(roles[i])]) __builtin_prefetch(&ids_[at - 1U]);
  }
  /// By number.
  const std::vector<role_id>& ids() const noexcept { return ids_; }
  std::size_t bytes() const noexcept;

 private:
  using slot = std::uint16_t;                                    // number + 1, 0 when it is free
  static constexpr std::size_t few = 16, most_indexed = 0xffff;  // so many are looked through, only the first are in the index

  std::size_t slot_of(role_id role) const noexcept {
    return static_cast<std::size_t>((role.value() * 0x9e3779b97f4a7c15U >> 32) * slots_.size() >> 32);
  }
  void add_to_index(std::size_t number) noexcept;
  void make_index();

  std::vector<role_id> ids_;
  std::vector<slot> slots_;  // open addressing; empty for a few roles, and until a number is asked for
  std::size_t indexed_ = 0;
};

// What each appends to `out` the reader with the same name takes; readers say false when the bytes are damaged. An id that
// is the key of the record is not in it.
void pack(flat_text& out, const user& value, flags<cache_field> without);
void pack(flat_text& out, const json::user_view& value, flags<cache_field> without);
bool unpack(std::string_view text, user& out);
void pack(flat_text& out, const member& value, flags<cache_field> without, role_table& roles);
void pack(flat_text& out, const json::member_view& value, flags<cache_field> without, role_table& roles);
void pack(flat_text& out, const told_member& value, flags<cache_field> without, role_table& roles);
bool unpack(std::string_view text, member& out, const role_table& roles);
void pack(std::string& out, const role& value, flags<cache_field> without);
bool unpack(std::string_view text, role& out);
void pack(std::string& out, const channel& value, flags<cache_field> without);
bool unpack(std::string_view text, channel& out);
void pack(std::string& out, const emoji& value);
bool unpack(std::string_view text, emoji& out);
void pack(std::string& out, const sticker& value);
bool unpack(std::string_view text, sticker& out);
void pack(std::string& out, const presence& value, flags<cache_field> without);
bool unpack(std::string_view text, presence& out);
void pack(std::string& out, const voice_state& value);
bool unpack(std::string_view text, voice_state& out);

}  // namespace monochord::cached
