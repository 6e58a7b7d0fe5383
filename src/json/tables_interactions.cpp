// SPDX-License-Identifier: MIT
// Commands, interactions and the gateway's own objects.
#include <monochord/model/application_command.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/interaction.hpp>

#include "json/table.hpp"

namespace monochord {

namespace json::detail {
template <>
const tagged_how& tagged_how_for<interaction_data_family>() noexcept;
}  // namespace json::detail

MONOCHORD_LIMITS(command_choice, {"name", 1, 100}, {"name_localizations[]", 1, 100}, {"value", 0, 100, 6000})
MONOCHORD_MODEL(command_choice, name, name_localizations, value, name_localized)
namespace {
constexpr bool known_command_option(command_option_type type) {
  return type >= command_option_type::sub_command && type <= command_option_type::attachment;
}
constexpr bool known_application_command(const optional<application_command_type>& type) {
  return !type || (*type >= application_command_type::chat_input && *type <= application_command_type::primary_entry_point);
}
constexpr bool known_interaction(interaction_type type) {
  return type >= interaction_type::ping && type <= interaction_type::social_layer_sku_purchase_eligibility;
}
}  // namespace

MONOCHORD_LIMITS(command_option, {"name", 1, 32}, {"name_localizations[]", 1, 32}, {"description", 1, 100},
                 {"description_localizations[]", 1, 100}, {"choices", 0, 25}, {"options", 0, 25},
                 {"min_length", 0, 6000}, {"max_length", 1, 6000}, {"file_types", 0, 10})
MONOCHORD_TABLE(command_option, MONOCHORD_KEEP_UNKNOWN(known_command_option), MONOCHORD_EACH_FIELD(type, name,
                name_localizations, description, description_localizations, required, choices, options, channel_types,
                min_value, max_value, min_length, max_length, autocomplete, file_types,
                name_localized, description_localized))

MONOCHORD_TABLE(application_command, MONOCHORD_KEEP_UNKNOWN(known_application_command), MONOCHORD_EACH_FIELD(id, type,
                application_id, guild_id, name, name_localizations, description, description_localizations, options,
                default_member_permissions, dm_permission, default_permission, nsfw, integration_types, contexts,
                version, handler, name_localized, description_localized))
MONOCHORD_MODEL(interaction_option, name, type, value, options, focused)
MONOCHORD_MODEL(application_command_data, id, name, type, resolved, options, guild_id, target_id)
MONOCHORD_MODEL(message_component_data, custom_id, component_type, values, resolved, id)
MONOCHORD_MODEL(modal_submit_data, custom_id, components, resolved)

MONOCHORD_TABLE(interaction, MONOCHORD_KEEP_UNKNOWN(known_interaction), MONOCHORD_EACH_FIELD(id, application_id, type,
                data, guild, guild_id, channel, channel_id, member, user, token, version, message, app_permissions,
                locale, guild_locale, entitlements, authorizing_integration_owners, context, attachment_size_limit))
MONOCHORD_MODEL(interaction_callback, id, type, activity_instance_id, response_message_id, response_message_loading,
                response_message_ephemeral, channel_id, guild_id)
MONOCHORD_MODEL(callback_activity_instance, id)
MONOCHORD_MODEL(interaction_callback_resource, type, activity_instance, message)
MONOCHORD_MODEL(interaction_callback_response, interaction, resource)
MONOCHORD_MODEL(session_start_limit, total, remaining, reset_after, max_concurrency)
MONOCHORD_MODEL(gateway_info, url)
MONOCHORD_MODEL(gateway_bot_info, url, shards, session_start_limit)
MONOCHORD_MODEL(hello, heartbeat_interval)
MONOCHORD_MODEL(identify_properties, os, browser, device)
MONOCHORD_MODEL(gateway_presence_update, since, activities, status, afk)
MONOCHORD_MODEL(identify, token, properties, compress, large_threshold, shard, presence, intents)
MONOCHORD_MODEL(resume, token, session_id, seq)
MONOCHORD_MODEL(request_guild_members, guild_id, query, limit, presences, user_ids, nonce)
MONOCHORD_MODEL(request_soundboard_sounds, guild_ids)
MONOCHORD_MODEL(request_channel_info, guild_id, fields)
MONOCHORD_MODEL(voice_state_update_request, guild_id, channel_id, self_mute, self_deaf)

namespace json::detail {
template <>
const tagged_how& tagged_how_for<interaction_data_family>() noexcept {
  using family = interaction_data_family;
  static constexpr alternative all[] = {
      alternative_of<family, application_command_data, static_cast<std::int64_t>(interaction_type::application_command)>(),
      alternative_of<family, application_command_data, static_cast<std::int64_t>(interaction_type::application_command_autocomplete)>(),
      alternative_of<family, message_component_data, static_cast<std::int64_t>(interaction_type::message_component)>(),
      alternative_of<family, modal_submit_data, static_cast<std::int64_t>(interaction_type::modal_submit)>(),
  };
  static constexpr tagged_how how = tagged_how_of<family>(all, std::size(all), true);
  return how;
}
}  // namespace json::detail

MONOCHORD_BOXED(application_command_data)
MONOCHORD_BOXED(message_component_data)
MONOCHORD_BOXED(modal_submit_data)

}  // namespace monochord
