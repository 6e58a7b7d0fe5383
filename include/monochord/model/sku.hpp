// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// What is sold.
/// https://docs.discord.com/developers/resources/sku#sku-object-sku-types
enum class sku_type : std::int32_t {
  durable = 2,
  consumable = 3,
  subscription = 5,
  subscription_group = 6,
};

/// Who can buy it.
/// https://docs.discord.com/developers/resources/sku#sku-object-sku-flags
enum class sku_flag : std::uint32_t {
  available = 1U << 2,
  guild_subscription = 1U << 7,
  user_subscription = 1U << 8,
};
template <>
inline constexpr bool is_flags<sku_flag> = true;

/// Something that an application sells.
/// https://docs.discord.com/developers/resources/sku#sku-object-sku-structure
struct sku {
  // Compiled once, in the library.
  sku();
  sku(const sku&);
  sku(sku&&) noexcept;
  sku& operator=(const sku&);
  sku& operator=(sku&&) noexcept;
  ~sku();

  sku_id id;
  sku_type type{};
  monochord::application_id application_id;
  std::string name;
  std::string slug;
  monochord::flags<sku_flag> flags;
  maybe<sku_id> dependent_sku_id;
  maybe<timestamp> release_date;
  optional<std::vector<std::string>> features;
  optional<int> access_type;
  optional_bool show_age_gate;
  optional_bool premium;
};

}  // namespace monochord
