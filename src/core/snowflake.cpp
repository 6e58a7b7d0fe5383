// SPDX-License-Identifier: MIT
#include <charconv>
#include <monochord/core/snowflake.hpp>

namespace monochord::detail {

/// Here, so that whoever includes the header does not get <charconv> with it, which costs a compiler 10 MB.
std::string decimal(std::uint64_t number) {
  char text[20];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

}  // namespace monochord::detail
