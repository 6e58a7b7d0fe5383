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
