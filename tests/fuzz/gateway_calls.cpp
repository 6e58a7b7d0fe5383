// SPDX-License-Identifier: MIT
// Plays arbitrary answers, payload texts among them, against requests over the gateway, and checks what must hold after
// each.
#include <algorithm>
#include <cstdlib>
#include <monochord/json/codec.hpp>
#include <string>

#include "protocol/guild_call.hpp"
#include "protocol/member_call.hpp"

namespace {

using namespace monochord;
using namespace monochord::protocol;

void require(bool holds) {
  if (!holds) std::abort();
}

member_wish wish_of(std::uint8_t kind) {
  member_wish out;
  out.guild = guild_id{7};
  if (kind % 3 == 1) {
    out.query = "name";
    out.limit = 5;
  } else if (kind % 3 == 2) {
    out.user_ids.emplace();
    for (std::uint64_t i = 1; i <= 350; ++i) out.user_ids->push_back(user_id{i});
  }
  if (kind & 64U) out.nonce = "mine";
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  whole_guild_spacing spacing;
  nonce_series nonces("n");
  member_call members(wish_of(data[0]), data[0] & 128U ? member_call::way::stream : member_call::way::gather, spacing,
                      nonces);
  guild_call sounds(guild_question::soundboard_sounds, {{guild_id{1}, guild_id{2}}, {guild_id{3}}});
  time_point now{std::chrono::hours{1000}};
  std::string last = "none";
  std::size_t chunks = 0;
  for (std::size_t i = 1; i + 1 < size && !members.failure();) {
    const auto what = data[i] % 10;
    const auto argument = data[i + 1];
    i += 2;
    now += std::chrono::milliseconds{argument};
    const bool was_finished = members.finished();
    switch (what) {
      case 0:
        while (const auto out = members.next(now)) {
          require(out->payload.size() <= 4096 && out->key.size() <= member_call::nonce_bytes);
          last = out->key;
          if (out->whole_guild) spacing.sent(out->guild, now);
          members.sent(out->part, out->key, argument % 2);
        }
        break;
      case 1: {
        guild_members_chunk chunk;
        chunk.guild_id = guild_id{7};
        chunk.nonce = last;
        chunk.chunk_index = argument % 16;
        chunk.chunk_count = argument / 16;
        chunks += members.wants(last);
        members.take(std::move(chunk));
        break;
      }
      case 2:
        members.session_lost(argument % 2);
        break;
      case 3:
        members.session_resumed(argument % 2);
        break;
      case 4:
        members.refused(argument % 2 ? last : "", now + std::chrono::seconds{argument});
        break;
      case 5:
        now = std::max(now, members.wakeup().value_or(now));
        break;
      case 6:
        while (const auto out = sounds.next(now)) sounds.sent(out->part, out->key, argument % 2);
        break;
      case 7:
        sounds.answered(guild_id{argument});
        break;
      case 8:
        if (argument % 2)
          sounds.session_lost(argument % 2);
        else
          sounds.refused(std::nullopt, now + std::chrono::seconds{argument});
        break;
      default: {
        const std::size_t length = std::min<std::size_t>(argument, size - i);
        const std::string text(reinterpret_cast<const char*>(data) + i, length);
        i += length;
        guild_members_chunk chunk;
        json::failure why;
        if (!json::decode_into(chunk, std::string_view(text), why)) break;
        chunks += chunk.nonce && members.wants(*chunk.nonce);
        members.take(std::move(chunk));
        break;
      }
    }
    require(!was_finished || members.finished());  // what is answered stays so
    require(members.buffered() <= chunks);
    require(!members.finished() || !members.wakeup());
    require(sounds.finished() == (sounds.left() == 0));
  }
  if (members.finished()) require(members.take_all().size() <= chunks);
  return 0;
}
