// SPDX-License-Identifier: MIT
#include "support/models.hpp"

#include <stdexcept>

#include <monochord/model/activity_attachment.hpp>
#include <monochord/model/activity_instance.hpp>
#include <monochord/model/api_error.hpp>
#include <monochord/model/application_role_connection.hpp>
#include <monochord/model/ban.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/connection.hpp>
#include <monochord/model/emoji_list.hpp>
#include <monochord/model/events.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/guild_preview.hpp>
#include <monochord/model/guild_template.hpp>
#include <monochord/model/guild_widget.hpp>
#include <monochord/model/interaction_response.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/message_pin.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/new_member_welcome.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/onboarding.hpp>
#include <monochord/model/poll_voters.hpp>
#include <monochord/model/scheduled_event_exception.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/model/sku.hpp>
#include <monochord/model/soundboard_list.hpp>
#include <monochord/model/sticker_pack.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/voice_gateway.hpp>
#include <monochord/model/voice_region.hpp>
#include <monochord/model/webhook_events.hpp>

namespace monochord::tests {

namespace {

template <class T>
bool round(std::string_view text, std::string& out, json::failure& why) {
  T value{};
  if (!json::decode_into(value, text, why)) return false;
  out = json::encode(value);
  return true;
}

}  // namespace

const std::vector<model>& models() {
#define MODEL(type) {#type, &json::table_of<type>, &round<type>}
  static const std::vector<model> all{
      MODEL(avatar_decoration_data), MODEL(nameplate), MODEL(collectibles), MODEL(user_primary_guild),
      MODEL(user), MODEL(partial_user), MODEL(role_tags), MODEL(role_colors), MODEL(role), MODEL(emoji),
      MODEL(sticker_item), MODEL(sticker), MODEL(member), MODEL(partial_member), MODEL(attachment),
      MODEL(embed_footer), MODEL(embed_image), MODEL(embed_video), MODEL(embed_provider), MODEL(embed_author),
      MODEL(embed_field), MODEL(embed), MODEL(unfurled_media_item), MODEL(select_option),
      MODEL(select_default_value), MODEL(action_row), MODEL(button), MODEL(string_select), MODEL(text_input),
      MODEL(user_select), MODEL(role_select), MODEL(mentionable_select), MODEL(channel_select), MODEL(section),
      MODEL(text_display), MODEL(thumbnail), MODEL(media_gallery_item), MODEL(media_gallery),
      MODEL(file_component), MODEL(separator), MODEL(container), MODEL(label), MODEL(file_upload),
      MODEL(radio_group_option), MODEL(radio_group), MODEL(checkbox_group_option), MODEL(checkbox_group),
      MODEL(checkbox), MODEL(submitted_action_row), MODEL(submitted_text), MODEL(submitted_string_select),
      MODEL(submitted_user_select), MODEL(submitted_role_select), MODEL(submitted_mentionable_select),
      MODEL(submitted_channel_select), MODEL(submitted_text_display), MODEL(submitted_label),
      MODEL(submitted_file_upload), MODEL(submitted_radio_group), MODEL(submitted_checkbox_group),
      MODEL(submitted_checkbox), MODEL(overwrite), MODEL(thread_metadata), MODEL(thread_member),
      MODEL(default_reaction), MODEL(forum_tag), MODEL(channel), MODEL(poll_media), MODEL(poll_answer),
      MODEL(poll_answer_count), MODEL(poll_results), MODEL(poll), MODEL(poll_create_request),
      MODEL(install_params), MODEL(integration_type_config), MODEL(team_member), MODEL(team),
      MODEL(application), MODEL(entitlement), MODEL(stage_instance), MODEL(soundboard_sound),
      MODEL(scheduled_event_metadata), MODEL(recurrence_n_weekday), MODEL(recurrence_rule),
      MODEL(scheduled_event), MODEL(unavailable_guild), MODEL(welcome_screen_channel), MODEL(welcome_screen),
      MODEL(incidents_data), MODEL(guild), MODEL(partial_guild), MODEL(voice_state), MODEL(activity_timestamps),
      MODEL(activity_emoji), MODEL(activity_party), MODEL(activity_assets), MODEL(activity_secrets),
      MODEL(activity_button), MODEL(activity), MODEL(client_status), MODEL(presence), MODEL(partial_message),
      MODEL(channel_mention), MODEL(reaction_count_details), MODEL(reaction), MODEL(message_activity),
      MODEL(message_reference), MODEL(message_call), MODEL(role_subscription_data), MODEL(shared_client_theme),
      MODEL(message_interaction_metadata), MODEL(message_interaction), MODEL(message_snapshot), MODEL(message),
      MODEL(resolved_data), MODEL(command_choice), MODEL(command_option), MODEL(application_command),
      MODEL(interaction_option), MODEL(application_command_data), MODEL(message_component_data),
      MODEL(modal_submit_data), MODEL(interaction), MODEL(interaction_callback),
      MODEL(callback_activity_instance), MODEL(interaction_callback_resource),
      MODEL(interaction_callback_response), MODEL(session_start_limit), MODEL(gateway_info),
      MODEL(gateway_bot_info), MODEL(hello), MODEL(identify_properties), MODEL(gateway_presence_update),
      MODEL(identify), MODEL(resume), MODEL(request_guild_members), MODEL(request_soundboard_sounds),
      MODEL(request_channel_info), MODEL(voice_state_update_request), MODEL(ready), MODEL(resumed),
      MODEL(rate_limited), MODEL(user_update), MODEL(message_create), MODEL(message_update),
      MODEL(message_delete), MODEL(message_delete_bulk), MODEL(message_reaction_add),
      MODEL(message_reaction_remove), MODEL(message_reaction_remove_all), MODEL(message_reaction_remove_emoji),
      MODEL(message_poll_vote_add), MODEL(message_poll_vote_remove), MODEL(typing_start),
      MODEL(interaction_create), MODEL(channel_create), MODEL(channel_update), MODEL(channel_delete),
      MODEL(channel_pins_update), MODEL(channel_info_channel), MODEL(channel_info), MODEL(thread_create),
      MODEL(thread_update), MODEL(thread_delete), MODEL(thread_list_sync), MODEL(thread_member_update),
      MODEL(thread_members_update), MODEL(stage_instance_create), MODEL(stage_instance_update),
      MODEL(stage_instance_delete), MODEL(webhooks_update), MODEL(invite_create), MODEL(invite_delete),
      MODEL(guild_create), MODEL(guild_update), MODEL(guild_delete), MODEL(guild_ban_add),
      MODEL(guild_ban_remove), MODEL(guild_emojis_update), MODEL(guild_stickers_update),
      MODEL(guild_integrations_update), MODEL(guild_member_add), MODEL(guild_member_remove),
      MODEL(guild_member_update), MODEL(guild_members_chunk), MODEL(guild_role_create),
      MODEL(guild_role_update), MODEL(guild_role_delete), MODEL(guild_scheduled_event_create),
      MODEL(guild_scheduled_event_update), MODEL(guild_scheduled_event_delete),
      MODEL(guild_scheduled_event_user_add), MODEL(guild_scheduled_event_user_remove),
      MODEL(guild_soundboard_sound_create), MODEL(guild_soundboard_sound_update),
      MODEL(guild_soundboard_sound_delete), MODEL(guild_soundboard_sounds_update), MODEL(soundboard_sounds),
      MODEL(presence_update), MODEL(entitlement_create), MODEL(entitlement_update), MODEL(entitlement_delete),
      MODEL(voice_state_update), MODEL(voice_server_update), MODEL(voice_channel_effect_send),
      MODEL(voice_channel_start_time_update), MODEL(voice_channel_status_update), MODEL(mentioned_user),
      MODEL(auto_moderation_trigger_metadata), MODEL(auto_moderation_action_metadata),
      MODEL(auto_moderation_action), MODEL(auto_moderation_rule), MODEL(audit_log_change),
      MODEL(audit_log_entry_info), MODEL(audit_log_entry), MODEL(audit_log), MODEL(audit_log_role),
      MODEL(auto_moderation_rule_create), MODEL(auto_moderation_rule_update),
      MODEL(auto_moderation_rule_delete), MODEL(auto_moderation_action_execution),
      MODEL(guild_audit_log_entry_create), MODEL(ban), MODEL(bulk_ban_result), MODEL(prune_result),
      MODEL(partial_channel), MODEL(guild_preview), MODEL(template_role), MODEL(template_tag),
      MODEL(template_channel), MODEL(template_guild), MODEL(guild_template), MODEL(guild_widget_settings),
      MODEL(widget_activity), MODEL(widget_member), MODEL(guild_widget), MODEL(integration_account),
      MODEL(integration_application), MODEL(integration), MODEL(partial_integration), MODEL(join_form_response),
      MODEL(join_request), MODEL(join_request_list), MODEL(welcome_message), MODEL(new_member_action),
      MODEL(resource_channel), MODEL(new_member_welcome), MODEL(onboarding_prompt_option),
      MODEL(onboarding_prompt), MODEL(guild_onboarding), MODEL(scheduled_event_exception),
      MODEL(scheduled_event_user), MODEL(scheduled_event_user_counts), MODEL(soundboard_list),
      MODEL(emoji_list), MODEL(sticker_pack), MODEL(sticker_pack_list), MODEL(thread_list), MODEL(voice_region),
      MODEL(partial_role), MODEL(invite_stage_instance), MODEL(guild_liveliness), MODEL(invite),
      MODEL(target_users_job_status), MODEL(vanity_url_error), MODEL(vanity_url), MODEL(lobby_member),
      MODEL(lobby), MODEL(lobby_message_member), MODEL(lobby_message), MODEL(lobby_invite), MODEL(webhook),
      MODEL(followed_channel), MODEL(webhook_event_body), MODEL(webhook_event_payload),
      MODEL(application_authorized), MODEL(application_deauthorized), MODEL(lobby_message_delete),
      MODEL(direct_lobby_message), MODEL(game_direct_message), MODEL(message_pin), MODEL(channel_pins),
      MODEL(found_message), MODEL(message_search_result), MODEL(search_index_not_ready), MODEL(poll_voters),
      MODEL(activity_location), MODEL(activity_instance), MODEL(application_command_permission),
      MODEL(application_command_permissions), MODEL(application_role_connection_metadata),
      MODEL(application_role_connection), MODEL(connection_integration), MODEL(connection), MODEL(oauth2_token),
      MODEL(current_authorization), MODEL(bot_authorization), MODEL(oauth2_key), MODEL(oauth2_keys),
      MODEL(openid_user_info), MODEL(provisional_token), MODEL(sku), MODEL(subscription),
      MODEL(application_command_permissions_update), MODEL(integration_create), MODEL(integration_update),
      MODEL(integration_delete), MODEL(subscription_create), MODEL(subscription_update),
      MODEL(subscription_delete), MODEL(voice_identify), MODEL(voice_protocol_data),
      MODEL(voice_select_protocol), MODEL(voice_ready), MODEL(voice_heartbeat),
      MODEL(voice_session_description), MODEL(voice_speaking), MODEL(voice_resume), MODEL(voice_hello),
      MODEL(mention_rules), MODEL(attachment_request), MODEL(interaction_callback_data), MODEL(interaction_response),
      MODEL(message_request), MODEL(activity_attachment), MODEL(rate_limited_members), MODEL(api_error), MODEL(command_definition)};
#undef MODEL
  return all;
}

const model& model_named(std::string_view name) {
  for (const model& m : models())
    if (m.name == name) return m;
  throw std::out_of_range("no model " + std::string(name));
}

}  // namespace monochord::tests
