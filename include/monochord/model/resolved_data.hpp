// SPDX-License-Identifier: MIT
#pragma once

#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// The things whose ids stand in options and values. Members have no user, `deaf` and `mute`; channels are partial.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-resolved-data-structure
struct resolved_data {
  maybe<flat_map<user_id, user>> users;
  maybe<flat_map<user_id, partial_member>> members;
  maybe<flat_map<role_id, role>> roles;
  maybe<flat_map<channel_id, channel>> channels;
  optional<flat_map<message_id, partial_message>> messages;
  optional<flat_map<attachment_id, attachment>> attachments;
};

}  // namespace monochord
