// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include <monochord/core/snowflake.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>

#include "protocol/session.hpp"

namespace monochord::protocol {

/// One gateway message, told to the session: reads op, s and t, and of `d` only what the session itself needs (HELLO,
/// READY, INVALID_SESSION). Text that is no payload becomes `session::malformed`. `head` is filled for `deliver`; its
/// views point into `text`.
actions feed_payload(session& to, std::uint32_t generation, const json::padded_text& text, moment at,
                     json::payload_head& head);

/// Whose session a READY begins, from its data; 0 when that cannot be read.
user_id ready_user(std::string_view data);

}  // namespace monochord::protocol
