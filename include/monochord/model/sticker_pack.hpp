// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/sticker.hpp>

namespace monochord {

/// Stickers that belong together.
/// https://docs.discord.com/developers/resources/sticker#sticker-pack-object-sticker-pack-structure
struct sticker_pack {
  // Compiled once, in the library.
  sticker_pack();
  sticker_pack(const sticker_pack&);
  sticker_pack(sticker_pack&&) noexcept;
  sticker_pack& operator=(const sticker_pack&);
  sticker_pack& operator=(sticker_pack&&) noexcept;
  ~sticker_pack();

  sticker_pack_id id;
  std::vector<sticker> stickers;
  std::string name;
  monochord::sku_id sku_id;
  optional<sticker_id> cover_sticker_id;
  maybe<std::string> description;
  optional<any_id> banner_asset_id;
};

/// The packs that everybody can use.
/// https://docs.discord.com/developers/resources/sticker#list-sticker-packs-response-structure
struct sticker_pack_list {
  std::vector<sticker_pack> sticker_packs;
};

}  // namespace monochord
