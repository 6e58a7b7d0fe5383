// SPDX-License-Identifier: MIT
// The calls of what a guild is made of.
#include <monochord/model/audit_log.hpp>
#include <monochord/model/audit_log_bodies.hpp>
#include <monochord/model/auto_moderation.hpp>
#include <monochord/model/auto_moderation_bodies.hpp>
#include <monochord/model/ban.hpp>
#include <monochord/model/ban_bodies.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/guild_preview.hpp>
#include <monochord/model/guild_template.hpp>
#include <monochord/model/guild_template_bodies.hpp>
#include <monochord/model/guild_widget.hpp>
#include <monochord/model/guild_widget_bodies.hpp>
#include <monochord/model/integration.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/join_request.hpp>
#include <monochord/model/join_request_bodies.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/member_bodies.hpp>
#include <monochord/model/message_search.hpp>
#include <monochord/model/new_member_welcome.hpp>
#include <monochord/model/onboarding.hpp>
#include <monochord/model/onboarding_bodies.hpp>
#include <monochord/model/permission.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/role_bodies.hpp>
#include <monochord/model/scheduled_event.hpp>
#include <monochord/model/scheduled_event_bodies.hpp>
#include <monochord/model/scheduled_event_exception.hpp>
#include <monochord/model/scheduled_event_user.hpp>
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/stage_instance_bodies.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/voice_region.hpp>

#include "typed_routes.hpp"

namespace monochord::tests {

namespace some {
constexpr timestamp time{std::chrono::milliseconds{1900000000000}};
}  // namespace some

std::vector<typed_route> routes_of_guilds() {
  return {
      {"get_guild", {}, query<get_guild_query>(), answer<guild>(),
       {[](rest_client& rest) { return asked(rest.get_guild(some::guild)); },
        [](rest_client& rest) { return asked(rest.get_guild(some::guild, {.with_counts = true})); }}},
      {"get_guild_preview", {}, {}, answer<guild_preview>(),
       {[](rest_client& rest) { return asked(rest.get_guild_preview(some::guild)); }}},
      {"update_guild", body<modify_guild_body>(), {}, answer<guild>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild(some::guild, {.name = "A guild", .verification_level = verification_level::high, .afk_timeout = 300, .icon = null, .description = "of ours"}));
        }}},
      {"list_guild_channels", {}, {}, answer<channel>(),
       {[](rest_client& rest) { return asked(rest.get_guild_channels(some::guild)); }}},
      {"create_guild_channel", body<create_guild_channel_body>(), {}, answer<channel>(),
       {[](rest_client& rest) {
          return asked(rest.create_guild_channel(some::guild, {.name = "general", .type = channel_type::guild_text, .topic = "anything", .nsfw = false}));
        }}},
      {"bulk_update_guild_channels", body<channel_position_body>(), {}, {},
       {[](rest_client& rest) {
          return asked(rest.modify_guild_channel_positions(some::guild, {{.id = some::channel, .position = 1}}));
        }}},
      {"get_active_guild_threads", {}, {}, answer<thread_list>(),
       {[](rest_client& rest) { return asked(rest.list_active_guild_threads(some::guild)); }}},
      {"preview_prune_guild", {}, query<get_guild_prune_count_query>(), answer<prune_result>(),
       {[](rest_client& rest) { return asked(rest.get_guild_prune_count(some::guild)); },
        [](rest_client& rest) { return asked(rest.get_guild_prune_count(some::guild, {.days = 7})); }}},
      {"prune_guild", body<begin_guild_prune_body>(), {}, answer<prune_result>(),
       {[](rest_client& rest) {
          return asked(rest.begin_guild_prune(some::guild, {.days = 7, .compute_prune_count = false}));
        }}},
      {"list_guild_voice_regions", {}, {}, answer<voice_region>(),
       {[](rest_client& rest) { return asked(rest.get_guild_voice_regions(some::guild)); }}},
      {"list_guild_invites", {}, {}, answer<invite>(),
       {[](rest_client& rest) { return asked(rest.get_guild_invites(some::guild)); }}},
      {"get_guild_vanity_url", {}, {}, answer<vanity_url>(),
       {[](rest_client& rest) { return asked(rest.get_guild_vanity_url(some::guild)); }}},
      {"update_guild_incident_actions", body<modify_guild_incident_actions_body>(), {}, answer<incidents_data>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_incident_actions(some::guild, {.invites_disabled_until = null, .dms_disabled_until = null}));
        }}},
      {"guild_search", {}, query<search_guild_messages_query>(), answer<message_search_result>(),
       {[](rest_client& rest) {
          return asked(rest.search_guild_messages(some::guild, {.limit = 5, .content = "hello", .author_type = {"user"}, .has = {"link"}, .sort_by = "timestamp", .sort_order = "asc"}));
        }}},
      {"get_guild_member", {}, {}, answer<member>(),
       {[](rest_client& rest) { return asked(rest.get_guild_member(some::guild, some::user)); }}},
      {"list_guild_members", {}, query<list_guild_members_query>(), answer<member>(),
       {[](rest_client& rest) { return asked(rest.list_guild_members(some::guild)); },
        [](rest_client& rest) {
          return asked(rest.list_guild_members(some::guild, {.limit = 10, .after = some::user}));
        }}},
      {"search_guild_members", {}, query<search_guild_members_query>(), answer<member>(),
       {[](rest_client& rest) {
          return asked(rest.search_guild_members(some::guild, {.query = "ali", .limit = 10}));
        }}},
      {"add_guild_member", body<add_guild_member_body>(), {}, answer<member>(),
       {[](rest_client& rest) {
          return asked(rest.add_guild_member(some::guild, some::user, {.access_token = some::bearer, .nick = "newcomer"}));
        }}},
      {"update_guild_member", body<modify_guild_member_body>(), {}, answer<member>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_member(some::guild, some::user, {.nick = "somebody", .roles = list<role_id>{some::role}, .communication_disabled_until = null}));
        }}},
      {"update_my_guild_member", body<modify_current_member_body>(), {}, answer<member>(),
       {[](rest_client& rest) {
          return asked(rest.modify_current_member(some::guild, {.nick = null, .bio = "a bot"}));
        }}},
      {"PATCH /guilds/{guild.id}/members/@me/nick", body<modify_current_user_nick_body>(), {}, {},
       {[](rest_client& rest) { return asked(rest.modify_current_user_nick(some::guild, {.nick = "me"})); }}},
      {"delete_guild_member", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.remove_guild_member(some::guild, some::user)); }}},
      {"add_guild_member_role", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.add_guild_member_role(some::guild, some::user, some::role)); }}},
      {"delete_guild_member_role", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.remove_guild_member_role(some::guild, some::user, some::role)); }}},
      {"list_guild_bans", {}, query<get_guild_bans_query>(), answer<ban>(),
       {[](rest_client& rest) { return asked(rest.get_guild_bans(some::guild)); },
        [](rest_client& rest) {
          return asked(rest.get_guild_bans(some::guild, {.limit = 10, .after = some::user}));
        }}},
      {"get_guild_ban", {}, {}, answer<ban>(),
       {[](rest_client& rest) { return asked(rest.get_guild_ban(some::guild, some::user)); }}},
      {"ban_user_from_guild", body<create_guild_ban_body>(), {}, {},
       {[](rest_client& rest) {
          return asked(rest.create_guild_ban(some::guild, some::user, {.delete_message_seconds = 3600}));
        }}},
      {"unban_user_from_guild", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.remove_guild_ban(some::guild, some::user)); }}},
      {"bulk_ban_users_from_guild", body<bulk_guild_ban_body>(), {}, answer<bulk_ban_result>(),
       {[](rest_client& rest) {
          return asked(rest.bulk_guild_ban(some::guild, {.user_ids = {some::user}, .delete_message_seconds = 3600}));
        }}},
      {"list_guild_roles", {}, {}, answer<role>(),
       {[](rest_client& rest) { return asked(rest.get_guild_roles(some::guild)); }}},
      {"get_guild_role", {}, {}, answer<role>(),
       {[](rest_client& rest) { return asked(rest.get_guild_role(some::guild, some::role)); }}},
      {"guild_role_member_counts", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.get_guild_role_member_counts(some::guild)); }}},
      {"create_guild_role", body<create_guild_role_body>(), {}, answer<role>(),
       {[](rest_client& rest) {
          return asked(rest.create_guild_role(some::guild, {.name = "helpers", .permissions = permission::send_messages, .color = 0x112233, .hoist = true}));
        }}},
      {"bulk_update_guild_roles", body<role_position_body>(), {}, answer<role>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_role_positions(some::guild, {{.id = some::role, .position = 1}}));
        }}},
      {"update_guild_role", body<modify_guild_role_body>(), {}, answer<role>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_role(some::guild, some::role, {.name = "helpers", .colors = role_colors{.primary_color = 1, .secondary_color = {}, .tertiary_color = {}}, .mentionable = true}));
        }}},
      {"delete_guild_role", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.delete_guild_role(some::guild, some::role)); }}},
      {"list_auto_moderation_rules", {}, {}, answer<auto_moderation_rule>(),
       {[](rest_client& rest) { return asked(rest.list_auto_moderation_rules_for_guild(some::guild)); }}},
      {"get_auto_moderation_rule", {}, {}, answer<auto_moderation_rule>(),
       {[](rest_client& rest) {
          return asked(rest.get_auto_moderation_rule(some::guild, auto_moderation_rule_id{110000000000000011}));
        }}},
      {"create_auto_moderation_rule", body<create_auto_moderation_rule_body>(), {}, answer<auto_moderation_rule>(),
       {[](rest_client& rest) {
          return asked(rest.create_auto_moderation_rule(some::guild, {.name = "no spam", .event_type = auto_moderation_event::message_send, .trigger_type = auto_moderation_trigger::keyword,
                 .trigger_metadata = auto_moderation_metadata_body{.keyword_filter = list<std::string_view>{"spam"}},
                 .actions = list<auto_moderation_action_body>{{.type = auto_moderation_action_type::block_message}}, .enabled = true})); }}},
      {"update_auto_moderation_rule", body<modify_auto_moderation_rule_body>(), {}, answer<auto_moderation_rule>(),
       {[](rest_client& rest) {
          return asked(rest.modify_auto_moderation_rule(some::guild, auto_moderation_rule_id{110000000000000011}, {.name = "no spam", .enabled = false}));
        }}},
      {"delete_auto_moderation_rule", {}, {}, {},
       {[](rest_client& rest) {
          return asked(rest.delete_auto_moderation_rule(some::guild, auto_moderation_rule_id{110000000000000011}));
        }}},
      {"list_guild_audit_log_entries", {}, query<get_guild_audit_log_query>(), answer<audit_log>(),
       {[](rest_client& rest) { return asked(rest.get_guild_audit_log(some::guild)); },
        [](rest_client& rest) {
          return asked(rest.get_guild_audit_log(some::guild, {.user_id = some::user, .action_type = audit_log_event::guild_update, .limit = 10}));
        }}},
      {"list_guild_scheduled_events", {}, query<with_user_count_query>(), answer<scheduled_event>(),
       {[](rest_client& rest) { return asked(rest.list_scheduled_events_for_guild(some::guild)); },
        [](rest_client& rest) {
          return asked(rest.list_scheduled_events_for_guild(some::guild, {.with_user_count = true}));
        }}},
      {"create_guild_scheduled_event", body<create_guild_scheduled_event_body>(), {}, answer<scheduled_event>(),
       {[](rest_client& rest) {
          return asked(rest.create_guild_scheduled_event(some::guild, {.entity_metadata = scheduled_event_metadata_body{.location = "here"}, .name = "A party",
                 .scheduled_start_time = some::time, .scheduled_end_time = some::time, .entity_type = scheduled_event_entity::external})); }}},
      {"get_guild_scheduled_event", {}, query<with_user_count_query>(), answer<scheduled_event>(),
       {[](rest_client& rest) {
          return asked(rest.get_guild_scheduled_event(some::guild, scheduled_event_id{110000000000000012}));
        },
        [](rest_client& rest) {
          return asked(rest.get_guild_scheduled_event(some::guild, scheduled_event_id{110000000000000012}, {.with_user_count = true}));
        }}},
      {"update_guild_scheduled_event", body<modify_guild_scheduled_event_body>(), {}, answer<scheduled_event>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_scheduled_event(some::guild, scheduled_event_id{110000000000000012}, {.name = "A party", .status = scheduled_event_status::active}));
        }}},
      {"delete_guild_scheduled_event", {}, {}, {},
       {[](rest_client& rest) {
          return asked(rest.delete_guild_scheduled_event(some::guild, scheduled_event_id{110000000000000012}));
        }}},
      {"list_guild_scheduled_event_users", {}, query<get_guild_scheduled_event_users_query>(), answer<scheduled_event_user>(),
       {[](rest_client& rest) {
          return asked(rest.get_guild_scheduled_event_users(some::guild, scheduled_event_id{110000000000000012}));
        },
        [](rest_client& rest) {
          return asked(rest.get_guild_scheduled_event_users(some::guild, scheduled_event_id{110000000000000012}, {.limit = 10, .with_member = true}));
        }}},
      {"count_guild_scheduled_event_users", {}, query<count_guild_scheduled_event_users_query>(), answer<scheduled_event_user_counts>(),
       {[](rest_client& rest) {
          return asked(rest.count_guild_scheduled_event_users(some::guild, scheduled_event_id{110000000000000012}));
        },
        [](rest_client& rest) {
          return asked(rest.count_guild_scheduled_event_users(some::guild, scheduled_event_id{110000000000000012}, {.guild_scheduled_event_exception_ids = {some::anything}}));
        }}},
      {"list_guild_scheduled_event_exception_users", {}, query<get_guild_scheduled_event_users_query>(), answer<scheduled_event_user>(),
       {[](rest_client& rest) {
          return asked(rest.list_guild_scheduled_event_exception_users(some::guild, scheduled_event_id{110000000000000012}, some::anything));
        },
        [](rest_client& rest) {
          return asked(rest.list_guild_scheduled_event_exception_users(some::guild, scheduled_event_id{110000000000000012}, some::anything, {.limit = 10, .with_member = true}));
        }}},
      {"create_guild_scheduled_event_exception", body<create_guild_scheduled_event_exception_body>(), {}, answer<scheduled_event_exception>(),
       {[](rest_client& rest) {
          return asked(rest.create_guild_scheduled_event_exception(some::guild, scheduled_event_id{110000000000000012}, {.original_scheduled_start_time = some::time, .is_canceled = true}));
        }}},
      {"update_guild_scheduled_event_exception", body<update_guild_scheduled_event_exception_body>(), {}, answer<scheduled_event_exception>(),
       {[](rest_client& rest) {
          return asked(rest.update_guild_scheduled_event_exception(some::guild, scheduled_event_id{110000000000000012}, some::anything, {.is_canceled = true}));
        }}},
      {"delete_guild_scheduled_event_exception", {}, {}, {},
       {[](rest_client& rest) {
          return asked(rest.delete_guild_scheduled_event_exception(some::guild, scheduled_event_id{110000000000000012}, some::anything));
        }}},
      {"get_guild_template", {}, {}, answer<guild_template>(),
       {[](rest_client& rest) { return asked(rest.get_guild_template("some-code")); }}},
      {"list_guild_templates", {}, {}, answer<guild_template>(),
       {[](rest_client& rest) { return asked(rest.get_guild_templates(some::guild)); }}},
      {"create_guild_template", body<create_guild_template_body>(), {}, answer<guild_template>(),
       {[](rest_client& rest) {
          return asked(rest.create_guild_template(some::guild, {.name = "ours", .description = "as it is"}));
        }}},
      {"sync_guild_template", {}, {}, answer<guild_template>(),
       {[](rest_client& rest) { return asked(rest.sync_guild_template(some::guild, "some-code")); }}},
      {"update_guild_template", body<modify_guild_template_body>(), {}, answer<guild_template>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_template(some::guild, "some-code", {.name = "ours"}));
        }}},
      {"delete_guild_template", {}, {}, answer<guild_template>(),
       {[](rest_client& rest) { return asked(rest.delete_guild_template(some::guild, "some-code")); }}},
      {"create_stage_instance", body<create_stage_instance_body>(), {}, answer<stage_instance>(),
       {[](rest_client& rest) {
          return asked(rest.create_stage_instance({.channel_id = some::channel, .topic = "talk"}));
        }}},
      {"get_stage_instance", {}, {}, answer<stage_instance>(),
       {[](rest_client& rest) { return asked(rest.get_stage_instance(some::channel)); }}},
      {"update_stage_instance", body<modify_stage_instance_body>(), {}, answer<stage_instance>(),
       {[](rest_client& rest) { return asked(rest.modify_stage_instance(some::channel, {.topic = "talk"})); }}},
      {"delete_stage_instance", {}, {}, {},
       {[](rest_client& rest) { return asked(rest.delete_stage_instance(some::channel)); }}},
      {"get_guilds_onboarding", {}, {}, answer<guild_onboarding>(),
       {[](rest_client& rest) { return asked(rest.get_guild_onboarding(some::guild)); }}},
      {"put_guilds_onboarding", body<modify_guild_onboarding_body>(), {}, answer<guild_onboarding>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_onboarding(some::guild, {.prompts = list<onboarding_prompt_body>{}, .enabled = true, .mode = onboarding_mode::onboarding_default}));
        }}},
      {"get_guild_welcome_screen", {}, {}, answer<welcome_screen>(),
       {[](rest_client& rest) { return asked(rest.get_guild_welcome_screen(some::guild)); }}},
      {"update_guild_welcome_screen", body<modify_guild_welcome_screen_body>(), {}, answer<welcome_screen>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_welcome_screen(some::guild, {.enabled = true, .description = "welcome"}));
        }}},
      {"get_guild_new_member_welcome", {}, {}, answer<new_member_welcome>(),
       {[](rest_client& rest) { return asked(rest.get_guild_new_member_welcome(some::guild)); }}},
      {"get_guild_widget_settings", {}, {}, answer<guild_widget_settings>(),
       {[](rest_client& rest) { return asked(rest.get_guild_widget_settings(some::guild)); }}},
      {"update_guild_widget_settings", body<modify_guild_widget_body>(), {}, answer<guild_widget_settings>(),
       {[](rest_client& rest) {
          return asked(rest.modify_guild_widget(some::guild, {.enabled = true, .channel_id = some::channel}));
        }}},
      {"get_guild_widget", {}, {}, answer<guild_widget>(),
       {[](rest_client& rest) { return asked(rest.get_guild_widget(some::guild)); }}},
      {"get_guild_widget_png", {}, query<get_guild_widget_image_query>(), {},
       {[](rest_client& rest) { return asked(rest.get_guild_widget_image(some::guild)); },
        [](rest_client& rest) { return asked(rest.get_guild_widget_image(some::guild, {.style = "banner1"})); }}},
      {"list_guild_integrations", {}, {}, answer<integration>(),
       {[](rest_client& rest) { return asked(rest.get_guild_integrations(some::guild)); }}},
      {"delete_guild_integration", {}, {}, {},
       {[](rest_client& rest) {
          return asked(rest.delete_guild_integration(some::guild, integration_id{110000000000000013}));
        }}},
      {"get_guild_join_requests", {}, query<get_guild_join_requests_query>(), answer<join_request_list>(),
       {[](rest_client& rest) { return asked(rest.get_guild_join_requests(some::guild)); },
        [](rest_client& rest) {
          return asked(rest.get_guild_join_requests(some::guild, {.status = "SUBMITTED", .limit = 10}));
        }}},
      {"action_guild_join_request", body<action_guild_join_request_body>(), {}, answer<join_request>(),
       {[](rest_client& rest) {
          return asked(rest.action_guild_join_request(some::guild, some::anything, {.action = "APPROVED"}));
        }}},
  };
}

route_exceptions exceptions_of_guilds() { return {}; }

}  // namespace monochord::tests
