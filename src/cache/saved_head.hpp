// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/cache/file.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cache/file_format.hpp"
#include "cache/impl.hpp"

namespace monochord::cached {

/// What stands in a file before the guilds.
struct saved_head {
  cache_file told;
  flags<cache_field> users_without;
  optional<user> self;
  optional<application> app;
};

void write_head(std::string& out, const saved_head& head);
bool read_head(std::string_view text, saved_head& head);

/// Fills `fresh`, which is empty and whose policy says what is wanted, from a file. Throws what `cache::restore` does.
cache_file load(world& fresh, block_reader& file, const cache_restore_options& options);

}  // namespace monochord::cached
