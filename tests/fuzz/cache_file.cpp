// SPDX-License-Identifier: MIT
// Any bytes as a cache's file, with the sums put right, so that what is behind them is reached: a file is refused with a
// typed error, or all that came from it can be read and saved again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "cache/saved_guild.hpp"
#include "cache/saved_head.hpp"

using namespace monochord;

namespace {

constexpr std::size_t frame = 4 + 8;

void put_sums_right(std::string& file) {
  std::uint64_t place = 0;
  for (std::size_t at = cached::file_magic.size() + 4; at + frame + 8 <= file.size(); ++place) {
    std::uint32_t kind = 0;
    std::uint64_t size = 0;
    std::memcpy(&kind, file.data() + at, sizeof kind);
    std::memcpy(&size, file.data() + at + 4, sizeof size);
    if (size > file.size() - at - frame - 8) return;
    const std::string_view text(file.data() + at + frame, static_cast<std::size_t>(size));
    const std::uint64_t sum = cached::block_sum(place, static_cast<cached::block_kind>(kind), text);
    at += frame + static_cast<std::size_t>(size);
    std::memcpy(file.data() + at, &sum, sizeof sum);
    at += 8;
  }
}

cache_options everything() {
  cache_options options;
  options.policy.kinds = cache_policy::every_kind;
  return options;
}

template <class T>
void read_all(const cached::guild_entry& g, cache_kind kind) {
  for (const T& value : cached::take_all<T>(g.find(kind)))
    if (json::encode(value).empty()) std::abort();
}

void look_at(cached::world& from, guild_id id) {
  const auto image = from.copy(id);
  if (!image) std::abort();
  const auto& g = image->entry;
  read_all<guild>(g, cache_kind::guilds);
  read_all<channel>(g, cache_kind::channels);
  read_all<channel>(g, cache_kind::threads);
  read_all<role>(g, cache_kind::roles);
  read_all<emoji>(g, cache_kind::emojis);
  read_all<sticker>(g, cache_kind::stickers);
  read_all<presence>(g, cache_kind::presences);
  read_all<voice_state>(g, cache_kind::voice_states);
  read_all<message>(g, cache_kind::messages);
  if (const auto* members = g.find(cache_kind::members))
    members->for_each([&](std::uint64_t key, std::string_view) {
      const auto m = image->member(key);
      if (!m || json::encode(*m).empty()) std::abort();
    });
  std::string text;
  cached::write_guild(text, *image, 0);
  cached::world again(everything());
  if (cached::read_guild(again, text, 0) != cached::guild_read::ok) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string file(reinterpret_cast<const char*>(data), size);
  put_sums_right(file);
  std::size_t given = 0;
  const auto source = [&](char* to, std::size_t most) {
    const std::size_t there = std::min(most, file.size() - given);
    std::memcpy(to, file.data() + given, there);
    given += there;
    return there;
  };
  const auto fresh = std::make_unique<cached::world>(everything());
  try {
    cached::block_reader blocks(source, file.size(), "input");
    cached::load(*fresh, blocks, {});
  } catch (const error& e) {
    if (e.code() != errc::file_damaged && e.code() != errc::file_version && e.code() != errc::file_mismatch) std::abort();
    return 0;
  }
  for (const auto& stripe : fresh->stripes)
    for (const auto& [id, g] : stripe.guilds) look_at(*fresh, id);
  return 0;
}
