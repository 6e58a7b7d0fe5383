// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace monochord {

/// What a user did.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-type
enum class interaction_type : std::int32_t {
  ping = 1,
  application_command = 2,
  message_component = 3,
  application_command_autocomplete = 4,
  modal_submit = 5,
  social_layer_sku_purchase_eligibility = 6,
};

/// The kinds of answers.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
enum class interaction_callback_type : std::int32_t {
  pong = 1,
  channel_message_with_source = 4,
  deferred_channel_message_with_source = 5,
  deferred_update_message = 6,
  update_message = 7,
  application_command_autocomplete_result = 8,
  modal = 9,
  premium_required = 10,  ///< deprecated
  launch_activity = 12,
  social_layer_sku_purchase_eligibility = 13,
};

/// Where it can be or was done.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-object-interaction-context-types
enum class interaction_context : std::int32_t {
  guild = 0,
  bot_dm = 1,
  private_channel = 2,
};

}  // namespace monochord
