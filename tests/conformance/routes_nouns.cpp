// SPDX-License-Identifier: MIT
// The calls of the application, its commands, what it sells, users, lobbies, OAuth2, invites, emojis, stickers, sounds and
// voice.
#include <string>
#include <vector>

#include <monochord/model/activity_attachment.hpp>
#include <monochord/model/activity_instance.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/application_bodies.hpp>
#include <monochord/model/application_command_bodies.hpp>
#include <monochord/model/application_role_connection.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/connection.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/emoji_bodies.hpp>
#include <monochord/model/emoji_list.hpp>
#include <monochord/model/entitlement.hpp>
#include <monochord/model/entitlement_bodies.hpp>
#include <monochord/model/gateway.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/invite_bodies.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/lobby_bodies.hpp>
#include <monochord/model/oauth2.hpp>
#include <monochord/model/oauth2_bodies.hpp>
#include <monochord/model/partner_sdk_bodies.hpp>
#include <monochord/model/sku.hpp>
#include <monochord/model/soundboard_bodies.hpp>
#include <monochord/model/soundboard_list.hpp>
#include <monochord/model/sticker_bodies.hpp>
#include <monochord/model/sticker_pack.hpp>
#include <monochord/model/subscription.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/user_bodies.hpp>
#include <monochord/model/voice_bodies.hpp>
#include <monochord/model/voice_region.hpp>
#include <monochord/model/voice_state.hpp>

#include "typed_routes.hpp"

namespace monochord::tests {

namespace {

constexpr file_body text{.name = "a.txt", .bytes = "text"};
constexpr file_body users{.name = "users.csv", .bytes = "user_id\n110000000000000005\n"};

const std::vector<command_builder>& commands() {
  static const std::vector<command_builder> made = [] {
    command_builder roll("roll", "Roll a die");
    roll.name_in("de", "wuerfeln").option(option_builder(command_option_type::integer, "sides", "How many").min(2).max(100));
    return std::vector<command_builder>{std::move(roll), command_builder(application_command_type::user, "Look")};
  }();
  return made;
}

task<> edit_application(rest_client& rest) {
  edit_current_application_body body;
  body.icon = null;
  const std::string_view scopes[] = {oauth2_scope::applications_commands};
  const install_params_body params{.scopes = scopes, .permissions = permission::view_channel};
  body.install_params = params;
  const view_map<integration_type_config_body>::entry config[] = {{"0", {.oauth2_install_params = params}}, {"1", {}}};
  body.integration_types_config = view_map<integration_type_config_body>(config);
  const std::string_view tags[] = {"one", "two"};
  body.tags = list<std::string_view>(tags);
  body.event_webhooks_status = event_webhook_status::enabled;
  return asked(rest.edit_current_application(body));
}

task<> batch_permissions(rest_client& rest) {
  const application_command_permission one[] = {
      {.id = some::anything, .type = application_command_permission_type::role, .permission = true}};
  const batch_application_command_permissions_body all[] = {
      {.id = some::anything, .permissions = list<application_command_permission>(one)}};
  return asked(rest.batch_edit_application_command_permissions(some::bearer, some::application, some::guild, all));
}

task<> overwrite_commands(rest_client& rest) {
  const application_command_body all[] = {{.name = "roll", .description = "Roll a die"},
                                          {.name = "Look", .type = application_command_type::message}};
  return asked(rest.bulk_overwrite_global_application_commands(some::application, all));
}

task<> edit_command(rest_client& rest) {
  const command_option_body options[] = {{.type = command_option_type::string, .name = "name", .description = "A name"}};
  const text_map::entry names[] = {{"de", "wuerfeln"}};
  return asked(rest.edit_global_application_command(
      some::application, some::command,
      {.name = "roll", .name_localizations = text_map(names), .description_localizations = null,
       .options = list<command_option_body>(options), .default_member_permissions = permission::view_channel}));
}

task<> send_to_lobby(rest_client& rest) {
  const text_map::entry metadata[] = {{"key", "value"}};
  return asked(rest.send_lobby_message(some::lobby, {.content = "text", .metadata = text_map(metadata), .flags = flags<message_flag>()}));
}

const application_role_connection_metadata_body record{
    .type = application_role_connection_metadata_type::integer_equal, .key = "key", .name = "name", .description = "text"};

constexpr partner_sdk_account_body account{.client_id = some::application, .client_secret = some::secret,
                                           .external_auth_token = "token", .external_auth_type = external_auth_type::oidc};

constexpr sku_id skus[] = {some::sku, sku_id{2}};
const list_entitlements_query bought{.user_id = some::user, .sku_ids = skus, .before = some::entitlement,
                                     .limit = 5, .guild_id = some::guild, .exclude_ended = true, .exclude_deleted = false};

}  // namespace

std::vector<typed_route> routes_of_nouns() {
  return {
      {"get_my_application", {}, {}, answer<application>(), {CALL(get_current_application())}},
      {"update_my_application", body<edit_current_application_body>(), {}, answer<application>(), {edit_application}},
      {"get_application", {}, {}, answer<application>(), {CALL(get_application(some::application))}},
      {"update_application", body<edit_current_application_body>(), {}, answer<application>(),
       {CALL(update_application(some::application, {.tags = null}))}},
      {"applications_get_activity_instance", {}, {}, answer<activity_instance>(),
       {CALL(get_application_activity_instance(some::application, "i-1-gc-2-3"))}},
      {"upload_application_attachment", {}, {}, answer<activity_attachment>(),
       {CALL(upload_application_attachment(some::application, text)),
        CALL(upload_application_attachment(some::application, text, {.bearer_token = some::bearer}))}},

      {"list_application_commands", {}, query<get_application_commands_query>(), answer<application_command>(),
       {CALL(get_global_application_commands(some::application)),
        CALL(get_global_application_commands(some::application, {.with_localizations = true}))}},
      {"create_application_command", body<application_command_body, command_definition>(), {}, answer<application_command>(),
       {CALL(create_global_application_command(some::application, {.name = "roll", .description = "Roll a die"})),
        CALL(create_global_application_command(some::application, commands().front()))}},
      {"bulk_set_application_commands", body<application_command_body, command_definition>(), {}, answer<application_command>(),
       {overwrite_commands, CALL(bulk_overwrite_global_application_commands(some::application, commands()))}},
      {"get_application_command", {}, {}, answer<application_command>(),
       {CALL(get_global_application_command(some::application, some::command))}},
      {"update_application_command", body<edit_application_command_body, command_definition>(), {}, answer<application_command>(),
       {edit_command, CALL(edit_global_application_command(some::application, some::command, {.name = "roll"}))}},
      {"delete_application_command", {}, {}, {}, {CALL(delete_global_application_command(some::application, some::command))}},
      {"list_guild_application_commands", {}, query<get_application_commands_query>(), answer<application_command>(),
       {CALL(get_guild_application_commands(some::application, some::guild)),
        CALL(get_guild_application_commands(some::application, some::guild, {.with_localizations = true}))}},
      {"create_guild_application_command", body<application_command_body, command_definition>(), {},
       answer<application_command>(),
       {CALL(create_guild_application_command(some::application, some::guild, {.name = "roll", .description = "Roll a die"})),
        CALL(create_guild_application_command(some::application, some::guild, commands().front()))}},
      {"bulk_set_guild_application_commands", body<application_command_body, command_definition>(), {},
       answer<application_command>(),
       {CALL(bulk_overwrite_guild_application_commands(some::application, some::guild, list<application_command_body>())),
        CALL(bulk_overwrite_guild_application_commands(some::application, some::guild, commands()))}},
      {"get_guild_application_command", {}, {}, answer<application_command>(),
       {CALL(get_guild_application_command(some::application, some::guild, some::command))}},
      {"update_guild_application_command", body<edit_application_command_body, command_definition>(), {},
       answer<application_command>(),
       {CALL(edit_guild_application_command(some::application, some::guild, some::command, {.description = "text"}))}},
      {"delete_guild_application_command", {}, {}, {},
       {CALL(delete_guild_application_command(some::application, some::guild, some::command))}},
      {"list_guild_application_command_permissions", {}, {}, answer<application_command_permissions>(),
       {CALL(get_guild_application_command_permissions(some::application, some::guild))}},
      {"get_guild_application_command_permissions", {}, {}, answer<application_command_permissions>(),
       {CALL(get_application_command_permissions(some::application, some::guild, some::anything))}},
      {"set_guild_application_command_permissions", body<edit_application_command_permissions_body>(), {},
       answer<application_command_permissions>(),
       {CALL(edit_application_command_permissions(
           some::bearer, some::application, some::guild, some::anything,
           {.permissions = list<application_command_permission>{
                {.id = some::anything, .type = application_command_permission_type::role, .permission = true}}}))}},
      {"PUT /applications/{application.id}/guilds/{guild.id}/commands/permissions",
       body<batch_application_command_permissions_body>(), {}, answer<application_command_permissions>(),
       {batch_permissions}},

      {"get_application_role_connections_metadata", {}, {}, answer<application_role_connection_metadata>(),
       {CALL(get_application_role_connection_metadata_records(some::application))}},
      {"update_application_role_connections_metadata", body<application_role_connection_metadata_body>(), {},
       answer<application_role_connection_metadata>(),
       {CALL(update_application_role_connection_metadata_records(some::application, {record}))}},
      {"get_application_user_role_connection", {}, {}, answer<application_role_connection>(),
       {CALL(get_current_user_application_role_connection(some::bearer, some::application))}},
      {"update_application_user_role_connection", body<update_current_user_application_role_connection_body>(), {},
       answer<application_role_connection>(),
       {CALL(update_current_user_application_role_connection(
           some::bearer, some::application,
           {.platform_name = "game", .platform_username = "name", .metadata = text_map{{"key", "1"}}}))}},
      {"delete_application_user_role_connection", {}, {}, {},
       {CALL(delete_current_user_application_role_connection(some::bearer, some::application))}},

      {"get_entitlements", {}, query<list_entitlements_query>(), answer<entitlement>(),
       {CALL(list_entitlements(some::application)), CALL(list_entitlements(some::application, bought)),
        CALL(list_entitlements(some::application, {.only_active = true}, {.bearer_token = some::bearer}))}},
      {"create_entitlement", body<create_test_entitlement_body>(), {}, answer<entitlement>(),
       {CALL(create_test_entitlement(some::application, {.sku_id = some::sku, .owner_id = some::anything,
                                                         .owner_type = entitlement_owner_type::user}))}},
      {"get_entitlement", {}, {}, answer<entitlement>(), {CALL(get_entitlement(some::application, some::entitlement))}},
      {"delete_entitlement", {}, {}, {}, {CALL(delete_test_entitlement(some::application, some::entitlement))}},
      {"consume_entitlement", {}, {}, {}, {CALL(consume_an_entitlement(some::application, some::entitlement))}},
      {"get_current_user_application_entitlements", {}, query<get_current_user_application_entitlements_query>(),
       answer<entitlement>(),
       {CALL(get_current_user_application_entitlements(some::bearer, some::application)),
        CALL(get_current_user_application_entitlements(some::bearer, some::application,
                                                       {.sku_ids = {some::sku}, .exclude_consumed = true}))}},
      {"GET /applications/{application.id}/skus", {}, {}, answer<sku>(), {CALL(list_skus(some::application))}},
      {"get_sku_subscriptions", {}, query<list_sku_subscriptions_query>(), answer<subscription>(),
       {CALL(list_sku_subscriptions(some::sku, {.user_id = some::user})),
        CALL(list_sku_subscriptions(some::sku, {.before = some::subscription, .limit = 5}, {.bearer_token = some::bearer})),
        CALL(list_sku_subscriptions(some::sku, {.after = some::subscription}))}},
      {"get_sku_subscription", {}, query<get_sku_subscription_query>(), answer<subscription>(),
       {CALL(get_sku_subscription(some::sku, some::subscription)),
        CALL(get_sku_subscription(some::sku, some::subscription, {.user_id = some::user}))}},

      {"get_gateway", {}, {}, answer<gateway_info>(), {CALL(get_gateway())}},
      {"get_bot_gateway", {}, {}, answer<gateway_bot_info>(), {CALL(get_gateway_bot())}},

      {"get_my_user", {}, {}, answer<user>(), {CALL(get_current_user()), CALL(get_current_user({.bearer_token = some::bearer}))}},
      {"get_user", {}, {}, answer<user>(), {CALL(get_user(some::user))}},
      {"update_my_user", body<modify_current_user_body>(), {}, answer<user>(),
       {CALL(modify_current_user({.username = "name", .avatar = some::image, .banner = null}))}},
      {"list_my_guilds", {}, query<get_current_user_guilds_query>(), answer<partial_guild>(),
       {CALL(get_current_user_guilds()),
        CALL(get_current_user_guilds({.before = some::guild, .limit = 5, .with_counts = true})),
        CALL(get_current_user_guilds({.after = some::guild}, {.bearer_token = some::bearer}))}},
      {"get_my_guild_member", {}, {}, answer<member>(), {CALL(get_current_user_guild_member(some::bearer, some::guild))}},
      {"leave_guild", {}, {}, {}, {CALL(leave_guild(some::guild))}},
      {"create_dm", body<create_dm_body, create_group_dm_body>(), {}, answer<channel>(),
       {CALL(create_dm(some::user)), CALL(create_group_dm({.access_tokens = {some::bearer}, .nicks = text_map{{"1", "nick"}}}))}},
      {"list_my_connections", {}, {}, answer<connection>(), {CALL(get_current_user_connections({.bearer_token = some::bearer}))}},

      {"create_lobby", body<create_lobby_body>(), {}, answer<lobby>(),
       {CALL(create_lobby({.metadata = text_map{{"key", "value"}},
                           .members = list<lobby_member_body>{{.id = some::user, .flags = lobby_member_flag::can_link_lobby}},
                           .idle_timeout_seconds = 60}))}},
      {"create_or_join_lobby", body<create_or_join_lobby_body>(), {}, answer<lobby>(),
       {CALL(create_or_join_lobby(some::bearer, {.secret = "secret", .member_metadata = text_map{{"key", "value"}}}))}},
      {"get_lobby", {}, {}, answer<lobby>(), {CALL(get_lobby(some::lobby))}},
      {"edit_lobby", body<modify_lobby_body>(), {}, answer<lobby>(), {CALL(modify_lobby(some::lobby, {.metadata = null}))}},
      {"delete_lobby", {}, {}, {}, {CALL(delete_lobby(some::lobby))}},
      {"edit_lobby_channel_link", body<link_channel_to_lobby_body>(), {}, answer<lobby>(),
       {CALL(link_channel_to_lobby(some::lobby, some::channel, {.bearer_token = some::bearer})),
        CALL(unlink_channel_from_lobby(some::lobby, {.bearer_token = some::bearer}))}},
      {"leave_lobby", {}, {}, {}, {CALL(leave_lobby(some::bearer, some::lobby))}},
      {"create_linked_lobby_guild_invite_for_self", {}, {}, answer<lobby_invite>(),
       {CALL(create_lobby_channel_invite_for_self(some::bearer, some::lobby))}},
      {"create_linked_lobby_guild_invite_for_user", {}, {}, answer<lobby_invite>(),
       {CALL(create_lobby_channel_invite_for_user(some::lobby, some::user))}},
      {"bulk_update_lobby_members", body<bulk_lobby_member_body>(), {}, answer<lobby_member>(),
       {CALL(bulk_update_lobby_members(some::lobby, {{.id = some::user, .additional_name = "name", .remove_member = false}}))}},
      {"add_lobby_member", body<add_member_to_lobby_body>(), {}, answer<lobby_member>(),
       {CALL(add_a_member_to_a_lobby(some::lobby, some::user,
                                     {.flags = lobby_member_flag::can_link_lobby, .additional_name = "name"}))}},
      {"delete_lobby_member", {}, {}, {}, {CALL(remove_a_member_from_a_lobby(some::lobby, some::user))}},
      {"get_lobby_messages", {}, query<get_lobby_messages_query>(), answer<lobby_message>(),
       {CALL(get_lobby_messages(some::lobby)), CALL(get_lobby_messages(some::lobby, {.limit = 5}))}},
      {"create_lobby_message", body<send_lobby_message_body>(), {}, answer<lobby_message>(), {send_to_lobby}},
      {"update_lobby_message_external_moderation_metadata", {}, {}, {},
       {CALL(update_lobby_message_moderation_metadata(some::lobby, some::message, {{"key", "value"}}))}},

      {"get_my_oauth2_authorization", {}, {}, answer<current_authorization>(),
       {CALL(get_current_authorization_information({.bearer_token = some::bearer}))}},
      {"get_my_oauth2_application", {}, {}, answer<application>(), {CALL(get_current_bot_application_information())}},
      {"get_public_keys", {}, {}, answer<oauth2_keys>(), {CALL(get_public_keys())}},
      {"get_openid_connect_userinfo", {}, {}, answer<openid_user_info>(),
       {CALL(get_openid_connect_userinfo({.bearer_token = some::bearer}))}},
      {"POST /oauth2/token", body<oauth2_token_body>(), {}, answer<oauth2_token>(),
       {CALL(exchange_authorization_code(some::client, some::secret, "code", "https://example.com/?a=b")),
        CALL(refresh_oauth2_token(some::client, some::secret, "token")),
        CALL(get_client_credentials_token(some::client, some::secret, "identify connections")),
        CALL(create_oauth2_token(some::client, some::secret, {.grant_type = oauth2_grant_type::authorization_code, .code = "code",
                                                              .redirect_uri = "https://example.com"}))}},
      {"POST /oauth2/token/revoke", body<revoke_oauth2_token_body>(), {}, {},
       {CALL(revoke_oauth2_token(some::client, some::secret, {.token = "token", .token_type_hint = "access_token"}))}},

      {"partner_sdk_token", body<partner_sdk_account_body>(), {}, answer<provisional_token>(), {CALL(partner_sdk_token(account))}},
      {"bot_partner_sdk_token", body<bot_partner_sdk_token_body>(), {}, answer<provisional_token>(),
       {CALL(bot_partner_sdk_token({.external_user_id = "player", .preferred_global_name = "name"}))}},
      {"partner_sdk_unmerge_provisional_account", body<partner_sdk_account_body>(), {}, {},
       {CALL(partner_sdk_unmerge_provisional_account(account))}},
      {"bot_partner_sdk_unmerge_provisional_account", body<bot_partner_sdk_unmerge_provisional_account_body>(), {}, {},
       {CALL(bot_partner_sdk_unmerge_provisional_account({.external_user_id = "player"}))}},
      {"update_user_message_external_moderation_metadata", {}, {}, {},
       {CALL(update_user_message_external_moderation_metadata(some::user, some::user, some::message, {{"key", "value"}}))}},

      {"invite_resolve", {}, query<get_invite_query>(), answer<invite>(),
       {CALL(get_invite("code")), CALL(get_invite("code", {.with_counts = true, .guild_scheduled_event_id = some::event,
                                                           .target_channel_id = some::channel,
                                                           .target_message_id = some::message}))}},
      {"invite_revoke", {}, {}, answer<invite>(), {CALL(delete_invite("code", {.reason = "reason"}))}},
      {"get_invite_target_users", {}, {}, {}, {CALL(get_target_users("code"))}},
      {"update_invite_target_users", {}, {}, {}, {CALL(update_target_users("code", users))}},
      {"get_invite_target_users_job_status", {}, {}, answer<target_users_job_status>(), {CALL(get_target_users_job_status("code"))}},

      {"list_guild_emojis", {}, {}, answer<emoji>(), {CALL(list_guild_emojis(some::guild))}},
      {"get_guild_emoji", {}, {}, answer<emoji>(), {CALL(get_guild_emoji(some::guild, some::emoji))}},
      {"create_guild_emoji", body<create_guild_emoji_body>(), {}, answer<emoji>(),
       {CALL(create_guild_emoji(some::guild, {.name = "name", .image = some::image, .roles = list<role_id>{some::role}},
                                {.reason = "reason"}))}},
      {"update_guild_emoji", body<modify_guild_emoji_body>(), {}, answer<emoji>(),
       {CALL(modify_guild_emoji(some::guild, some::emoji, {.name = "name", .roles = null}))}},
      {"delete_guild_emoji", {}, {}, {}, {CALL(delete_guild_emoji(some::guild, some::emoji, {.reason = "reason"}))}},
      {"list_application_emojis", {}, {}, answer<emoji_list>(), {CALL(list_application_emojis(some::application))}},
      {"get_application_emoji", {}, {}, answer<emoji>(), {CALL(get_application_emoji(some::application, some::emoji))}},
      {"create_application_emoji", body<create_application_emoji_body>(), {}, answer<emoji>(),
       {CALL(create_application_emoji(some::application, {.name = "name", .image = some::image}))}},
      {"update_application_emoji", body<modify_application_emoji_body>(), {}, answer<emoji>(),
       {CALL(modify_application_emoji(some::application, some::emoji, {.name = "name"}))}},
      {"delete_application_emoji", {}, {}, {}, {CALL(delete_application_emoji(some::application, some::emoji))}},

      {"get_sticker", {}, {}, answer<sticker>(), {CALL(get_sticker(some::sticker))}},
      {"list_sticker_packs", {}, {}, answer<sticker_pack_list>(), {CALL(list_sticker_packs())}},
      {"get_sticker_pack", {}, {}, answer<sticker_pack>(), {CALL(get_sticker_pack(some::pack))}},
      {"list_guild_stickers", {}, {}, answer<sticker>(), {CALL(list_guild_stickers(some::guild))}},
      {"get_guild_sticker", {}, {}, answer<sticker>(), {CALL(get_guild_sticker(some::guild, some::sticker))}},
      {"create_guild_sticker", body<create_guild_sticker_body>(), {}, answer<sticker>(),
       {CALL(create_guild_sticker(some::guild, {.name = "name", .description = "text", .tags = "x", .file = text},
                                  {.reason = "reason"}))}},
      {"update_guild_sticker", body<modify_guild_sticker_body>(), {}, answer<sticker>(),
       {CALL(modify_guild_sticker(some::guild, some::sticker, {.name = "name", .description = null, .tags = "x"}))}},
      {"delete_guild_sticker", {}, {}, {}, {CALL(delete_guild_sticker(some::guild, some::sticker, {.reason = "reason"}))}},

      {"get_soundboard_default_sounds", {}, {}, answer<soundboard_sound>(), {CALL(list_default_soundboard_sounds())}},
      {"list_guild_soundboard_sounds", {}, {}, answer<soundboard_list>(), {CALL(list_guild_soundboard_sounds(some::guild))}},
      {"get_guild_soundboard_sound", {}, {}, answer<soundboard_sound>(), {CALL(get_guild_soundboard_sound(some::guild, some::sound))}},
      {"create_guild_soundboard_sound", body<create_guild_soundboard_sound_body>(), {}, answer<soundboard_sound>(),
       {CALL(create_guild_soundboard_sound(some::guild, {.name = "name", .sound = "data:audio/ogg;base64,T2dnUw==",
                                                         .volume = 0.5, .emoji_name = "x"}))}},
      {"update_guild_soundboard_sound", body<modify_guild_soundboard_sound_body>(), {}, answer<soundboard_sound>(),
       {CALL(modify_guild_soundboard_sound(some::guild, some::sound, {.volume = null, .emoji_id = some::emoji}))}},
      {"delete_guild_soundboard_sound", {}, {}, {}, {CALL(delete_guild_soundboard_sound(some::guild, some::sound))}},

      {"list_voice_regions", {}, {}, answer<voice_region>(), {CALL(list_voice_regions())}},
      {"get_self_voice_state", {}, {}, answer<voice_state>(), {CALL(get_current_user_voice_state(some::guild))}},
      {"get_voice_state", {}, {}, answer<voice_state>(), {CALL(get_user_voice_state(some::guild, some::user))}},
      {"update_self_voice_state", body<modify_current_user_voice_state_body>(), {}, {},
       {CALL(modify_current_user_voice_state(some::guild, {.channel_id = some::channel, .suppress = false,
                                                           .request_to_speak_timestamp = null}))}},
      {"update_voice_state", body<modify_user_voice_state_body>(), {}, {},
       {CALL(modify_user_voice_state(some::guild, some::user, {.channel_id = some::channel, .suppress = true}))}},
  };
}

route_exceptions exceptions_of_nouns() {
  const std::string description = "documented as text, which Discord takes; the specification alone has translations there";
  return {
      {"update_my_application body description.default of no object", description},
      {"update_my_application body description.localizations of no object", description},
      {"update_application body description.default of no object", description},
      {"update_application body description.localizations of no object", description},
  };
}

}  // namespace monochord::tests
