// SPDX-License-Identifier: MIT
#include "protocol/payload_text.hpp"

namespace monochord::protocol {

void write_json_string(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    if (first >= 0x80 && (first < 0xC2 || first > 0xF4)) return false;
    const std::size_t more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    if (more >= text.size() - i) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      // The second byte rules out what is too long, surrogates, and what is past U+10FFFF.
      const unsigned low = k == 1 && first == 0xE0 ? 0xA0 : k == 1 && first == 0xF0 ? 0x90 : 0x80;
      const unsigned high = k == 1 && first == 0xED ? 0x9F : k == 1 && first == 0xF4 ? 0x8F : 0xBF;
      if (byte < low || byte > high) return false;
    }
    i += more + 1;
  }
  return true;
}

void write_identify(std::string& out, const identify_fields& fields, std::string_view token) {
  out += R"({"op":2,"d":{"token":)";
  write_json_string(out, token);
  out += R"(,"properties":{"os":)";
  write_json_string(out, fields.os);
  out += R"(,"browser":)";
  write_json_string(out, fields.library);
  out += R"(,"device":)";
  write_json_string(out, fields.library);
  out += R"(},"compress":false)";  // per-payload compression does not go together with the transport's
  if (fields.large_threshold != 0) out += R"(,"large_threshold":)" + std::to_string(fields.large_threshold);
  out += R"(,"shard":[)" + std::to_string(fields.shard_id) + ',' + std::to_string(fields.shard_count) + ']';
  if (!fields.presence_json.empty()) {
    out += R"(,"presence":)";
    out += fields.presence_json;
  }
  out += R"(,"intents":)" + std::to_string(fields.intents) + "}}";
}

void write_resume(std::string& out, std::string_view token, std::string_view session_id, std::int64_t seq) {
  out += R"({"op":6,"d":{"token":)";
  write_json_string(out, token);
  out += R"(,"session_id":)";
  write_json_string(out, session_id);
  out += R"(,"seq":)" + std::to_string(seq) + "}}";
}

void write_heartbeat(std::string& out, std::optional<std::int64_t> seq) {
  out += R"({"op":1,"d":)";
  out += seq ? std::to_string(*seq) : "null";
  out += '}';
}

}  // namespace monochord::protocol
