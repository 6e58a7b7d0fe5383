// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace monochord::bench {

/// What Discord answers to a bot's POST of a message.
inline std::string message_answer(std::string_view content) {
  return R"({"type":0,"content":")" + std::string(content) +
         R"(","mentions":[],"mention_roles":[],"attachments":[],"embeds":[],"timestamp":"2024-07-01T12:34:56.789000+00:00",)"
         R"("edited_timestamp":null,"flags":0,"components":[],"id":"1257300000000000000","channel_id":"1257000000000000000",)"
         R"("author":{"id":"1257200000000000000","username":"monochord","avatar":"0123456789abcdef0123456789abcdef",)"
         R"("discriminator":"0420","public_flags":0,"flags":0,"bot":true,"banner":null,"accent_color":null,)"
         R"("global_name":null,"avatar_decoration_data":null,"collectibles":null,"banner_color":null,"clan":null,)"
         R"("primary_guild":null},"pinned":false,"mention_everyone":false,"tts":false})";
}

/// And what stands in its header besides: limits that never bind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> message_answer_headers{{
    {"X-RateLimit-Bucket", "d7a9c0f1e2b3d4c5"},
    {"X-RateLimit-Limit", "100000"},
    {"X-RateLimit-Remaining", "99999"},
    {"X-RateLimit-Reset", "1719837297.789"},
    {"X-RateLimit-Reset-After", "1.000"},
    {"Via", "1.1 loopback"},
}};

}  // namespace monochord::bench
