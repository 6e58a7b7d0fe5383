// SPDX-License-Identifier: MIT
// Messages and their parts.
#include <monochord/model/application.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/resolved_data.hpp>
#include <monochord/model/submitted_component.hpp>

#include "json/limit_rules.hpp"
#include "json/table.hpp"

namespace monochord {

namespace json::detail {
template <>
const tagged_how& tagged_how_for<component_family>() noexcept;
template <>
const tagged_how& tagged_how_for<submitted_component_family>() noexcept;
}  // namespace json::detail

MONOCHORD_MODEL(install_params, scopes, permissions)
MONOCHORD_MODEL(integration_type_config, oauth2_install_params)
MONOCHORD_MODEL(team_member, membership_state, team_id, user, role, permissions)
MONOCHORD_MODEL(team, icon, id, members, name, owner_user_id)
MONOCHORD_MODEL(application, id, name, icon, description, rpc_origins, bot_public, bot_require_code_grant, bot,
                terms_of_service_url, privacy_policy_url, owner, verify_key, team, guild_id, guild, primary_sku_id,
                slug, cover_image, flags, flags_new, approximate_guild_count, approximate_user_install_count,
                approximate_user_authorization_count, redirect_uris, interactions_endpoint_url,
                role_connections_verification_url, event_webhooks_url, event_webhooks_status, event_webhooks_types,
                tags, install_params, integration_types_config, custom_install_url, type, max_participants,
                explicit_content_filter, eligible_oauth2_scopes)
MONOCHORD_MODEL(attachment, id, filename, title, description, content_type, size, url, proxy_url, height, width,
                placeholder, placeholder_version, ephemeral, duration_secs, waveform, flags, clip_participants,
                clip_created_at, application)
MONOCHORD_LIMITS(unfurled_media_item, {"url", 0, 2048})
MONOCHORD_MODEL(unfurled_media_item, url, proxy_url, height, width, placeholder, placeholder_version, content_type,
                flags, attachment_id, id)
MONOCHORD_LIMITS(select_option, {"label", 1, 100}, {"value", 1, 100}, {"description", 0, 100})
MONOCHORD_MODEL(select_option, label, value, description, emoji, default_)
MONOCHORD_MODEL(select_default_value, id, type)
MONOCHORD_LIMITS(action_row, {"id", 0}, {"components", 1, 5})
MONOCHORD_LIMIT_RULE(action_row, action_row_limits)
MONOCHORD_MODEL(action_row, id, components)
MONOCHORD_LIMITS(button, {"id", 0}, {"label", 0, 80}, {"custom_id", 1, 100}, {"url", 0, 512})
MONOCHORD_MODEL(button, id, style, label, emoji, custom_id, sku_id, url, disabled)
MONOCHORD_LIMITS(string_select, {"id", 0}, {"custom_id", 1, 100}, {"options", 1, 25}, {"placeholder", 0, 150},
                 {"min_values", 0, 25}, {"max_values", 1, 25})
MONOCHORD_MODEL(string_select, id, custom_id, options, placeholder, min_values, max_values, required, disabled)
MONOCHORD_LIMITS(text_input, {"id", 0}, {"custom_id", 1, 100}, {"min_length", 0, 4000}, {"max_length", 1, 4000},
                 {"value", 0, 4000}, {"placeholder", 0, 100}, {"label", 1, 45})
MONOCHORD_MODEL(text_input, id, custom_id, style, min_length, max_length, required, value, placeholder, label)
MONOCHORD_LIMITS(user_select, {"id", 0}, {"custom_id", 1, 100}, {"default_values", 0, 25}, {"placeholder", 0, 150},
                 {"min_values", 0, 25}, {"max_values", 1, 25})
MONOCHORD_MODEL(user_select, id, custom_id, placeholder, default_values, min_values, max_values, required, disabled)
MONOCHORD_LIMITS(role_select, {"id", 0}, {"custom_id", 1, 100}, {"default_values", 0, 25}, {"placeholder", 0, 150},
                 {"min_values", 0, 25}, {"max_values", 1, 25})
MONOCHORD_MODEL(role_select, id, custom_id, placeholder, default_values, min_values, max_values, required, disabled)
MONOCHORD_LIMITS(mentionable_select, {"id", 0}, {"custom_id", 1, 100}, {"default_values", 0, 25},
                 {"placeholder", 0, 150}, {"min_values", 0, 25}, {"max_values", 1, 25})
MONOCHORD_MODEL(mentionable_select, id, custom_id, placeholder, default_values, min_values, max_values, required,
                disabled)
MONOCHORD_LIMITS(channel_select, {"id", 0}, {"custom_id", 1, 100}, {"default_values", 0, 25}, {"placeholder", 0, 150},
                 {"min_values", 0, 25}, {"max_values", 1, 25})
MONOCHORD_MODEL(channel_select, id, custom_id, channel_types, placeholder, default_values, min_values, max_values,
                required, disabled)
MONOCHORD_LIMITS(section, {"id", 0}, {"components", 1, 3})
MONOCHORD_MODEL(section, id, components, accessory)
MONOCHORD_LIMITS(text_display, {"id", 0}, {"content", 1, 4000})
MONOCHORD_MODEL(text_display, id, content)
MONOCHORD_LIMITS(thumbnail, {"id", 0}, {"description", 1, 1024})
MONOCHORD_MODEL(thumbnail, id, media, description, spoiler)
MONOCHORD_LIMITS(media_gallery_item, {"description", 1, 1024})
MONOCHORD_MODEL(media_gallery_item, media, description, spoiler)
MONOCHORD_LIMITS(media_gallery, {"id", 0}, {"items", 1, 10})
MONOCHORD_MODEL(media_gallery, id, items)
MONOCHORD_LIMITS(file_component, {"id", 0})
MONOCHORD_MODEL(file_component, id, file, spoiler, name, size)
MONOCHORD_LIMITS(separator, {"id", 0})
MONOCHORD_MODEL(separator, id, divider, spacing)
MONOCHORD_LIMITS(container, {"id", 0}, {"components", 1, 40}, {"accent_color", 0, 16777215})
MONOCHORD_MODEL(container, id, components, accent_color, spoiler)
MONOCHORD_LIMITS(label, {"id", 0}, {"label", 1, 45}, {"description", 1, 100})
MONOCHORD_MODEL(label, id, label, description, component)
MONOCHORD_LIMITS(file_upload, {"id", 0}, {"custom_id", 1, 100}, {"min_values", 0, 10}, {"max_values", 1, 10},
                 {"file_types", 0, 10})
MONOCHORD_MODEL(file_upload, id, custom_id, min_values, max_values, required, file_types)
MONOCHORD_LIMITS(radio_group_option, {"value", 1, 100}, {"label", 1, 100}, {"description", 0, 100})
MONOCHORD_MODEL(radio_group_option, value, label, description, default_)
MONOCHORD_LIMITS(radio_group, {"id", 0}, {"custom_id", 1, 100}, {"options", 2, 10})
MONOCHORD_MODEL(radio_group, id, custom_id, options, required)
MONOCHORD_LIMITS(checkbox_group_option, {"value", 1, 100}, {"label", 1, 100}, {"description", 0, 100})
MONOCHORD_MODEL(checkbox_group_option, value, label, description, default_)
MONOCHORD_LIMITS(checkbox_group, {"id", 0}, {"custom_id", 1, 100}, {"options", 1, 10}, {"min_values", 0, 10},
                 {"max_values", 1, 10})
MONOCHORD_MODEL(checkbox_group, id, custom_id, options, min_values, max_values, required)
MONOCHORD_LIMITS(checkbox, {"id", 0}, {"custom_id", 1, 100})
MONOCHORD_MODEL(checkbox, id, custom_id, default_)
MONOCHORD_MODEL(partial_message, id, channel_id, author, type, content, embeds, attachments, timestamp,
                edited_timestamp, flags, mentions, mention_roles, mention_everyone, pinned, tts, sticker_items,
                stickers, components, webhook_id, application_id)
MONOCHORD_MODEL(resolved_data, users, members, roles, channels, messages, attachments)
MONOCHORD_MODEL(submitted_action_row, id, components)
MONOCHORD_MODEL(submitted_text, id, custom_id, value)
MONOCHORD_MODEL(submitted_string_select, id, custom_id, values)
MONOCHORD_MODEL(submitted_user_select, id, custom_id, resolved, values)
MONOCHORD_MODEL(submitted_role_select, id, custom_id, resolved, values)
MONOCHORD_MODEL(submitted_mentionable_select, id, custom_id, resolved, values)
MONOCHORD_MODEL(submitted_channel_select, id, custom_id, resolved, values)
MONOCHORD_MODEL(submitted_text_display, id)
MONOCHORD_MODEL(submitted_label, id, component)
MONOCHORD_MODEL(submitted_file_upload, id, custom_id, values)
MONOCHORD_MODEL(submitted_radio_group, id, custom_id, value)
MONOCHORD_MODEL(submitted_checkbox_group, id, custom_id, values)
MONOCHORD_MODEL(submitted_checkbox, id, custom_id, value)
MONOCHORD_MODEL(channel_mention, id, guild_id, type, name)
MONOCHORD_MODEL(reaction_count_details, burst, normal)
MONOCHORD_MODEL(reaction, count, count_details, me, me_burst, emoji, burst_colors)
MONOCHORD_MODEL(message_activity, type, party_id)
MONOCHORD_MODEL(message_reference, type, message_id, channel_id, guild_id, fail_if_not_exists)
MONOCHORD_MODEL(message_call, participants, ended_timestamp)
MONOCHORD_MODEL(role_subscription_data, role_subscription_listing_id, tier_name, total_months_subscribed, is_renewal)
MONOCHORD_LIMITS(shared_client_theme, {"colors", 1, 5}, {"gradient_angle", 0, 360}, {"base_mix", 0, 100})
MONOCHORD_MODEL(shared_client_theme, colors, gradient_angle, base_mix, base_theme)
MONOCHORD_MODEL(message_interaction_metadata, id, type, user, authorizing_integration_owners,
                original_response_message_id, target_user, target_message_id, interacted_message_id,
                triggering_interaction_metadata)
MONOCHORD_MODEL(message_interaction, id, type, name, user, member, name_localized)
MONOCHORD_MODEL(message_snapshot, message)
MONOCHORD_MODEL(guild_product_purchase, listing_id, product_name)
MONOCHORD_MODEL(purchase_notification, type, guild_product_purchase)
MONOCHORD_MODEL(message_lobby_member, additional_name)

namespace json::detail {
template <>
const tagged_how& tagged_how_for<component_family>() noexcept {
  using family = component_family;
  static constexpr alternative all[] = {
      alternative_of<family, action_row, static_cast<std::int64_t>(component_type::action_row)>(),
      alternative_of<family, button, static_cast<std::int64_t>(component_type::button)>(),
      alternative_of<family, string_select, static_cast<std::int64_t>(component_type::string_select)>(),
      alternative_of<family, text_input, static_cast<std::int64_t>(component_type::text_input)>(),
      alternative_of<family, user_select, static_cast<std::int64_t>(component_type::user_select)>(),
      alternative_of<family, role_select, static_cast<std::int64_t>(component_type::role_select)>(),
      alternative_of<family, mentionable_select, static_cast<std::int64_t>(component_type::mentionable_select)>(),
      alternative_of<family, channel_select, static_cast<std::int64_t>(component_type::channel_select)>(),
      alternative_of<family, section, static_cast<std::int64_t>(component_type::section)>(),
      alternative_of<family, text_display, static_cast<std::int64_t>(component_type::text_display)>(),
      alternative_of<family, thumbnail, static_cast<std::int64_t>(component_type::thumbnail)>(),
      alternative_of<family, media_gallery, static_cast<std::int64_t>(component_type::media_gallery)>(),
      alternative_of<family, file_component, static_cast<std::int64_t>(component_type::file)>(),
      alternative_of<family, separator, static_cast<std::int64_t>(component_type::separator)>(),
      alternative_of<family, container, static_cast<std::int64_t>(component_type::container)>(),
      alternative_of<family, label, static_cast<std::int64_t>(component_type::label)>(),
      alternative_of<family, file_upload, static_cast<std::int64_t>(component_type::file_upload)>(),
      alternative_of<family, radio_group, static_cast<std::int64_t>(component_type::radio_group)>(),
      alternative_of<family, checkbox_group, static_cast<std::int64_t>(component_type::checkbox_group)>(),
      alternative_of<family, checkbox, static_cast<std::int64_t>(component_type::checkbox)>(),
  };
  static constexpr tagged_how how = tagged_how_of<family>(all, std::size(all), false);
  return how;
}
}  // namespace json::detail

MONOCHORD_BOXED(action_row)
MONOCHORD_BOXED(button)
MONOCHORD_BOXED(string_select)
MONOCHORD_BOXED(text_input)
MONOCHORD_BOXED(user_select)
MONOCHORD_BOXED(role_select)
MONOCHORD_BOXED(mentionable_select)
MONOCHORD_BOXED(channel_select)
MONOCHORD_BOXED(section)
MONOCHORD_BOXED(text_display)
MONOCHORD_BOXED(thumbnail)
MONOCHORD_BOXED(media_gallery)
MONOCHORD_BOXED(file_component)
MONOCHORD_BOXED(separator)
MONOCHORD_BOXED(container)
MONOCHORD_BOXED(label)
MONOCHORD_BOXED(file_upload)
MONOCHORD_BOXED(radio_group)
MONOCHORD_BOXED(checkbox_group)
MONOCHORD_BOXED(checkbox)

namespace json::detail {
template <>
const tagged_how& tagged_how_for<submitted_component_family>() noexcept {
  using family = submitted_component_family;
  static constexpr alternative all[] = {
      alternative_of<family, submitted_action_row, static_cast<std::int64_t>(component_type::action_row)>(),
      alternative_of<family, submitted_text, static_cast<std::int64_t>(component_type::text_input)>(),
      alternative_of<family, submitted_string_select, static_cast<std::int64_t>(component_type::string_select)>(),
      alternative_of<family, submitted_user_select, static_cast<std::int64_t>(component_type::user_select)>(),
      alternative_of<family, submitted_role_select, static_cast<std::int64_t>(component_type::role_select)>(),
      alternative_of<family, submitted_mentionable_select, static_cast<std::int64_t>(component_type::mentionable_select)>(),
      alternative_of<family, submitted_channel_select, static_cast<std::int64_t>(component_type::channel_select)>(),
      alternative_of<family, submitted_text_display, static_cast<std::int64_t>(component_type::text_display)>(),
      alternative_of<family, submitted_label, static_cast<std::int64_t>(component_type::label)>(),
      alternative_of<family, submitted_file_upload, static_cast<std::int64_t>(component_type::file_upload)>(),
      alternative_of<family, submitted_radio_group, static_cast<std::int64_t>(component_type::radio_group)>(),
      alternative_of<family, submitted_checkbox_group, static_cast<std::int64_t>(component_type::checkbox_group)>(),
      alternative_of<family, submitted_checkbox, static_cast<std::int64_t>(component_type::checkbox)>(),
  };
  static constexpr tagged_how how = tagged_how_of<family>(all, std::size(all), false);
  return how;
}
}  // namespace json::detail

MONOCHORD_BOXED(submitted_action_row)
MONOCHORD_BOXED(submitted_text)
MONOCHORD_BOXED(submitted_string_select)
MONOCHORD_BOXED(submitted_user_select)
MONOCHORD_BOXED(submitted_role_select)
MONOCHORD_BOXED(submitted_mentionable_select)
MONOCHORD_BOXED(submitted_channel_select)
MONOCHORD_BOXED(submitted_text_display)
MONOCHORD_BOXED(submitted_label)
MONOCHORD_BOXED(submitted_file_upload)
MONOCHORD_BOXED(submitted_radio_group)
MONOCHORD_BOXED(submitted_checkbox_group)
MONOCHORD_BOXED(submitted_checkbox)
MONOCHORD_BOXED(raw_json)

}  // namespace monochord
