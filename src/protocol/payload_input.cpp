// SPDX-License-Identifier: MIT
#include "protocol/payload_input.hpp"

#include <algorithm>

#include <monochord/model/gateway.hpp>

#include "json/member.hpp"
#include "json/table.hpp"

namespace monochord {
namespace protocol {

/// The part of READY that the session lives on. The whole of it is decoded for handlers only, and may fail there.
struct ready_session {
  std::string session_id;
  optional<std::string> resume_gateway_url;
};

}  // namespace protocol

MONOCHORD_MODEL(protocol::ready_session, session_id, resume_gateway_url)

namespace protocol {
namespace {

constexpr int op_dispatch = 0;
constexpr int op_heartbeat = 1;
constexpr int op_reconnect = 7;
constexpr int op_invalid_session = 9;
constexpr int op_hello = 10;
constexpr int op_heartbeat_ack = 11;

/// As much of a sequence number as there is room for; Discord's are small.
std::int64_t position(const json::payload_head& head) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(head.s.value_or(0), INT64_MAX));
}

actions feed_ready(session& to, std::uint32_t generation, const json::padded_text& text, moment at,
                   const json::payload_head& head) {
  ready_session fields;
  json::failure why;
  if (!json::decode_into(fields, text.part(head.d), why)) return to.malformed(generation, at);
  return to.ready(generation, position(head), fields.session_id, fields.resume_gateway_url.value_or(""), at);
}

}  // namespace

actions feed_payload(session& to, std::uint32_t generation, const json::padded_text& text, moment at,
                     json::payload_head& head) {
  json::failure why;
  if (!json::peek(text.text(), head, why)) return to.malformed(generation, at);
  switch (head.op) {
    case op_dispatch:
      if (!head.s || head.t.empty()) [[unlikely]] return to.malformed(generation, at);
      if (head.t == "READY") [[unlikely]] return feed_ready(to, generation, text, at, head);
      return to.dispatch(generation, position(head), head.t, at);
    case op_heartbeat: return to.heartbeat_requested(generation, at);
    case op_reconnect: return to.reconnect_requested(generation, at);
    case op_invalid_session: return to.invalid_session(generation, head.d == "true", at);
    case op_hello: {
      monochord::hello fields;
      if (head.d.empty() || !json::decode_into(fields, text.part(head.d), why)) return to.malformed(generation, at);
      // Out of range becomes 0, which the session refuses.
      const bool sane = fields.heartbeat_interval > 0 && fields.heartbeat_interval < 86'400'000;
      return to.hello(generation, std::chrono::milliseconds{sane ? fields.heartbeat_interval : 0}, at);
    }
    case op_heartbeat_ack: return to.heartbeat_acked(generation, at);
    default: return to.unknown_op(generation);
  }
}

user_id ready_user(std::string_view data) {
  const auto id = json::member_of(json::member_of(data, "user"), "id");
  return id.size() < 2 ? user_id{} : user_id::parse(id.substr(1, id.size() - 2));
}

}  // namespace protocol
}  // namespace monochord
