// SPDX-License-Identifier: MIT
// The calls of channels, threads, messages, webhooks and interactions.
#include <string>
#include <vector>

#include <monochord/model/channel.hpp>
#include <monochord/model/channel_bodies.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/interaction.hpp>
#include <monochord/model/interaction_bodies.hpp>
#include <monochord/model/invite.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/message_bodies.hpp>
#include <monochord/model/message_builder.hpp>
#include <monochord/model/message_pin.hpp>
#include <monochord/model/poll_voters.hpp>
#include <monochord/model/soundboard_bodies.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/thread_list.hpp>
#include <monochord/model/webhook.hpp>
#include <monochord/model/webhook_bodies.hpp>

#include "typed_routes.hpp"

namespace monochord::tests {

namespace {

constexpr std::string_view table = "user_id\n110000000000000005\n";

message_builder rich() {
  embed_builder about("Title");
  about.description("text").color(0x123456).field("name", "value").footer("foot").author("author");
  message_builder made("content");
  made.embed(std::move(about)).file("a.png", "not a picture");
  return made;
}

interaction at_hand() {
  interaction made;
  made.id = some::interaction;
  made.application_id = some::application;
  made.token = some::token;
  return made;
}

constexpr forum_tag_id tags[] = {some::tag};
const thread_search_query found{.name = "name", .slop = 2, .min_id = some::channel, .max_id = some::channel, .tag = tags,
                                .tag_setting = thread_search_tag_setting::match_some, .archived = true,
                                .sort_by = thread_sorting_mode::creation_time, .sort_order = sorting_order::asc, .limit = 25,
                                .offset = 50};

task<> modify_channel(rest_client& rest) {
  const std::vector<overwrite> overwrites{{.id = some::anything, .type = overwrite_type::role, .allow = {}, .deny = {}}};
  const std::vector<forum_tag_body> tags{{.id = some::tag, .name = "tag", .moderated = true, .emoji_name = "x"}};
  modify_channel_body body{.name = "name", .type = channel_type::guild_text, .position = 1, .topic = "topic"};
  body.permission_overwrites = overwrites;
  body.available_tags = tags;
  body.parent_id = null;
  body.default_reaction_emoji = default_reaction_body{.emoji_id = some::emoji};
  return asked(rest.modify_channel(some::channel, body, {.reason = "reason ü"}));
}

task<> start_post(rest_client& rest) {
  const message_builder first = rich();
  const auto& message = first.body();
  start_thread_in_forum_or_media_channel_body body{.name = "post", .auto_archive_duration = 60};
  body.message.content = message.content;
  body.message.embeds = message.embeds;
  body.files = message.files;
  const forum_tag_id tags[] = {some::tag};
  body.applied_tags = tags;
  return asked(rest.start_thread_in_forum_or_media_channel(some::channel, body, {.reason = "reason"}));
}

}  // namespace

std::vector<typed_route> routes_of_channels() {
  return {
      {"get_channel", {}, {}, answer<channel>(), {CALL(get_channel(some::channel))}},
      {"update_channel", body<modify_channel_body>(), {}, answer<channel>(),
       {modify_channel, CALL(modify_channel(some::channel, {.archived = true, .locked = false, .invitable = true})),
        CALL(modify_channel(some::channel, {.name = "group", .icon = some::image}))}},
      {"delete_channel", {}, {}, answer<channel>(), {CALL(delete_channel(some::channel, {.reason = "reason"}))}},
      {"follow_channel", body<follow_announcement_channel_body>(), {}, answer<followed_channel>(),
       {CALL(follow_announcement_channel(some::channel, some::channel, {.reason = "reason"}))}},
      {"list_channel_invites", {}, {}, answer<invite>(), {CALL(get_channel_invites(some::channel))}},
      {"create_channel_invite", body<create_channel_invite_body>(), {}, answer<invite>(),
       {CALL(create_channel_invite(some::channel, {})),
        CALL(create_channel_invite(some::channel, {.max_age = 60, .max_uses = 1, .temporary = true, .unique = true,
                                                   .target_type = invite_target_type::stream, .target_user_id = some::user,
                                                   .role_ids = list<role_id>{some::role},
                                                   .target_users_file = file_body{.name = "users.csv", .bytes = table}}))}},
      {"set_channel_permission_overwrite", body<edit_channel_permissions_body>(), {}, {},
       {CALL(edit_channel_permissions(some::channel, some::role, {.allow = permission::view_channel})),
        CALL(edit_channel_permissions(some::channel, some::user, {.deny = null}, {.reason = "reason"})),
        CALL(edit_channel_permissions(some::channel, some::anything, {.type = overwrite_type::member}))}},
      {"delete_channel_permission_overwrite", {}, {}, {}, {CALL(delete_channel_permission(some::channel, some::anything))}},
      {"add_group_dm_user", body<group_dm_add_recipient_body>(), {}, answer<channel>(),
       {CALL(group_dm_add_recipient(some::channel, some::user, {.access_token = "token", .nick = "nick"}))}},
      {"delete_group_dm_user", {}, {}, {}, {CALL(group_dm_remove_recipient(some::channel, some::user))}},
      {"trigger_typing_indicator", {}, {}, {}, {CALL(trigger_typing_indicator(some::channel))}},
      {"update_voice_channel_status", body<set_voice_channel_status_body>(), {}, {},
       {CALL(set_voice_channel_status(some::channel, {.status = "status"}, {.reason = "reason"})),
        CALL(set_voice_channel_status(some::channel, {.status = null}))}},
      {"send_soundboard_sound", body<send_soundboard_sound_body>(), {}, {},
       {CALL(send_soundboard_sound(some::channel, {.sound_id = some::sound, .source_guild_id = some::guild}))}},

      {"list_thread_members", {}, query<list_thread_members_query>(), answer<thread_member>(),
       {CALL(list_thread_members(some::channel)),
        CALL(list_thread_members(some::channel, {.with_member = true, .after = some::user, .limit = 5}))}},
      {"join_thread", {}, {}, {}, {CALL(join_thread(some::channel))}},
      {"leave_thread", {}, {}, {}, {CALL(leave_thread(some::channel))}},
      {"get_thread_member", {}, query<get_thread_member_query>(), answer<thread_member>(),
       {CALL(get_thread_member(some::channel, some::user)),
        CALL(get_thread_member(some::channel, some::user, {.with_member = true}))}},
      {"add_thread_member", {}, {}, {}, {CALL(add_thread_member(some::channel, some::user))}},
      {"delete_thread_member", {}, {}, {}, {CALL(remove_thread_member(some::channel, some::user))}},
      {"create_thread", body<start_thread_without_message_body, start_thread_in_forum_or_media_channel_body>(), {},
       answer<channel>(),
       {CALL(start_thread_without_message(some::channel, {.name = "name", .type = channel_type::private_thread, .invitable = true})),
        start_post}},
      {"create_thread_from_message", body<start_thread_from_message_body>(), {}, answer<channel>(),
       {CALL(start_thread_from_message(some::channel, some::message,
                                       {.name = "name", .auto_archive_duration = 1440, .rate_limit_per_user = 5}))}},
      {"list_private_archived_threads", {}, query<list_archived_threads_query>(), answer<thread_list>(),
       {CALL(list_private_archived_threads(some::channel)),
        CALL(list_private_archived_threads(some::channel, {.before = some::channel.created_at(), .limit = 5}))}},
      {"list_public_archived_threads", {}, query<list_archived_threads_query>(), answer<thread_list>(),
       {CALL(list_public_archived_threads(some::channel)),
        CALL(list_public_archived_threads(some::channel, {.before = some::channel.created_at(), .limit = 5}))}},
      {"list_my_private_archived_threads", {}, query<list_joined_private_archived_threads_query>(), answer<thread_list>(),
       {CALL(list_joined_private_archived_threads(some::channel)),
        CALL(list_joined_private_archived_threads(some::channel, {.before = some::channel, .limit = 5}))}},
      {"thread_search", {}, query<thread_search_query>(), answer<thread_list>(),
       {CALL(thread_search(some::channel)), CALL(thread_search(some::channel, found))}},

      {"list_messages", {}, query<get_channel_messages_query>(), answer<message>(),
       {CALL(get_channel_messages(some::channel)), CALL(get_channel_messages(some::channel, {.around = some::message})),
        CALL(get_channel_messages(some::channel, {.before = some::message, .limit = 5})),
        CALL(get_channel_messages(some::channel, {.after = some::message}))}},
      {"create_message", body<create_message_body>(), {}, answer<message>(),
       {CALL(create_message(some::channel, {.content = "text", .allowed_mentions = no_mentions,
                                            .message_reference = message_reference_body{.message_id = some::message}})),
        CALL(create_message(some::channel, rich()))}},
      {"get_message", {}, {}, answer<message>(), {CALL(get_channel_message(some::channel, some::message))}},
      {"update_message", body<edit_message_body>(), {}, answer<message>(),
       {CALL(edit_message(some::channel, some::message, {.content = null, .embeds = list<embed>()})),
        CALL(edit_message(some::channel, some::message, rich()))}},
      {"delete_message", {}, {}, {}, {CALL(delete_message(some::channel, some::message, {.reason = "reason"}))}},
      {"bulk_delete_messages", body<bulk_delete_messages_body>(), {}, {},
       {CALL(bulk_delete_messages(some::channel, {some::message, message_id{1}}, {.reason = "reason"}))}},
      {"crosspost_message", {}, {}, answer<message>(), {CALL(crosspost_message(some::channel, some::message))}},
      {"add_my_message_reaction", {}, {}, {},
       {CALL(create_reaction(some::channel, some::message, "👍")),
        CALL(create_reaction(some::channel, some::message, "name:110000000000000007"))}},
      {"delete_my_message_reaction", {}, {}, {}, {CALL(delete_own_reaction(some::channel, some::message, "👍"))}},
      {"delete_user_message_reaction", {}, {}, {}, {CALL(delete_user_reaction(some::channel, some::message, "👍", some::user))}},
      {"list_message_reactions_by_emoji", {}, query<get_reactions_query>(), answer<user>(),
       {CALL(get_reactions(some::channel, some::message, "👍")),
        CALL(get_reactions(some::channel, some::message, "👍", {.type = reaction_type::burst, .after = some::user, .limit = 5}))}},
      {"delete_all_message_reactions", {}, {}, {}, {CALL(delete_all_reactions(some::channel, some::message))}},
      {"delete_all_message_reactions_by_emoji", {}, {}, {},
       {CALL(delete_all_reactions_for_emoji(some::channel, some::message, "👍"))}},
      {"list_pins", {}, query<get_channel_pins_query>(), answer<channel_pins>(),
       {CALL(get_channel_pins(some::channel)),
        CALL(get_channel_pins(some::channel, {.before = some::message.created_at(), .limit = 5}))}},
      {"create_pin", {}, {}, {}, {CALL(pin_message(some::channel, some::message, {.reason = "reason"}))}},
      {"delete_pin", {}, {}, {}, {CALL(unpin_message(some::channel, some::message, {.reason = "reason"}))}},
      {"deprecated_list_pins", {}, {}, answer<message>(), {CALL(get_pinned_messages_deprecated(some::channel))}},
      {"deprecated_create_pin", {}, {}, {}, {CALL(pin_message_deprecated(some::channel, some::message))}},
      {"deprecated_delete_pin", {}, {}, {}, {CALL(unpin_message_deprecated(some::channel, some::message))}},
      {"get_answer_voters", {}, query<get_answer_voters_query>(), answer<poll_voters>(),
       {CALL(get_answer_voters(some::channel, some::message, 1)),
        CALL(get_answer_voters(some::channel, some::message, 1, {.after = some::user, .limit = 5}))}},
      {"poll_expire", {}, {}, answer<message>(), {CALL(end_poll(some::channel, some::message))}},

      {"list_channel_webhooks", {}, {}, answer<webhook>(), {CALL(get_channel_webhooks(some::channel))}},
      {"create_webhook", body<create_webhook_body>(), {}, answer<webhook>(),
       {CALL(create_webhook(some::channel, {.name = "name", .avatar = some::image}, {.reason = "reason"}))}},
      {"get_guild_webhooks", {}, {}, answer<webhook>(), {CALL(get_guild_webhooks(some::guild))}},
      {"get_webhook", {}, {}, answer<webhook>(), {CALL(get_webhook(some::webhook))}},
      {"update_webhook", body<modify_webhook_body>(), {}, answer<webhook>(),
       {CALL(modify_webhook(some::webhook, {.name = "name", .avatar = null, .channel_id = some::channel}))}},
      {"delete_webhook", {}, {}, {}, {CALL(delete_webhook(some::webhook, {.reason = "reason"}))}},
      {"get_webhook_by_token", {}, {}, answer<webhook>(), {CALL(get_webhook_with_token(some::webhook, some::token))}},
      {"update_webhook_by_token", body<modify_webhook_with_token_body>(), {}, answer<webhook>(),
       {CALL(modify_webhook_with_token(some::webhook, some::token, {.name = "name", .avatar = some::image}))}},
      {"delete_webhook_by_token", {}, {}, {}, {CALL(delete_webhook_with_token(some::webhook, some::token))}},
      {"execute_webhook", body<execute_webhook_body>(), query<execute_webhook_query>(), answer<message>(),
       {CALL(execute_webhook(some::webhook, some::token,
                             {.content = "text", .username = "name", .avatar_url = "https://example.com/a.png", .tts = false})),
        CALL(execute_webhook(some::webhook, some::token, {.content = "text", .thread_name = "post", .applied_tags = {some::tag}},
                             {.wait = true, .thread_id = some::channel, .with_components = true})),
        CALL(execute_webhook(some::webhook, some::token, rich())),
        CALL(execute_webhook(some::webhook, some::token, rich(), {.wait = true}))},
       {CALL(create_followup_message(some::application, some::token, {.content = "text"})),
        CALL(create_followup_message(some::application, some::token, rich())),
        CALL(create_followup_message(at_hand(), {.content = "text"})),
        CALL(create_followup_message(at_hand(), rich()))}},
      {"execute_slack_compatible_webhook", {}, query<execute_compatible_webhook_query>(), {},
       {CALL(execute_slack_compatible_webhook(some::webhook, some::token, R"({"text":"text"})")),
        CALL(execute_slack_compatible_webhook(some::webhook, some::token, R"({"text":"text"})",
                                              {.thread_id = some::channel, .wait = true}))},
       {}, true},
      {"execute_github_compatible_webhook", {}, query<execute_compatible_webhook_query>(), {},
       {CALL(execute_github_compatible_webhook(
            some::webhook, some::token, "star",
            R"({"sender":{"id":1,"login":"a","html_url":"https://example.com","avatar_url":"https://example.com/a.png"}})")),
        CALL(execute_github_compatible_webhook(
            some::webhook, some::token, "star",
            R"({"sender":{"id":1,"login":"a","html_url":"https://example.com","avatar_url":"https://example.com/a.png"}})",
            {.thread_id = some::channel, .wait = true}))},
       {}, true},
      {"get_webhook_message", {}, query<webhook_message_query>(), answer<message>(),
       {CALL(get_webhook_message(some::webhook, some::token, some::message)),
        CALL(get_webhook_message(some::webhook, some::token, some::message, {.thread_id = some::channel})),
        CALL(get_followup_message(some::application, some::token, some::message))}},
      {"update_webhook_message", body<edit_message_body>(), query<edit_webhook_message_query>(), answer<message>(),
       {CALL(edit_webhook_message(some::webhook, some::token, some::message, {.content = "text"})),
        CALL(edit_webhook_message(some::webhook, some::token, some::message, {.content = "text"},
                                  {.thread_id = some::channel, .with_components = true})),
        CALL(edit_webhook_message(some::webhook, some::token, some::message, rich())),
        CALL(edit_webhook_message(some::webhook, some::token, some::message, rich(), {.thread_id = some::channel})),
        CALL(edit_followup_message(some::application, some::token, some::message, {.content = "text"})),
        CALL(edit_followup_message(some::application, some::token, some::message, rich())),
        CALL(edit_followup_message(at_hand(), some::message, {.content = "text"})),
        CALL(edit_followup_message(at_hand(), some::message, rich()))}},
      {"delete_webhook_message", {}, query<webhook_message_query>(), {},
       {CALL(delete_webhook_message(some::webhook, some::token, some::message)),
        CALL(delete_webhook_message(some::webhook, some::token, some::message, {.thread_id = some::channel})),
        CALL(delete_followup_message(some::application, some::token, some::message))}},

      {"create_interaction_response", body<interaction_response_body>(), query<create_interaction_response_query>(),
       answer<interaction_callback_response>(),
       {CALL(create_interaction_response(some::interaction, some::token,
                                         {.type = interaction_callback_type::channel_message_with_source,
                                          .data = interaction_response_data{.content = "text"}})),
        CALL(create_interaction_response(some::interaction, some::token,
                                         {.type = interaction_callback_type::deferred_update_message}, {.with_response = true})),
        CALL(reply(at_hand(), {.content = "text"})), CALL(reply(at_hand(), rich()))}},
      {"get_original_webhook_message", {}, query<webhook_message_query>(), answer<message>(),
       {CALL(get_original_interaction_response(some::application, some::token)),
        CALL(get_original_interaction_response(some::application, some::token, {.thread_id = some::channel}))}},
      {"update_original_webhook_message", body<edit_message_body>(), query<edit_webhook_message_query>(), answer<message>(),
       {CALL(edit_original_interaction_response(some::application, some::token, {.content = "text"})),
        CALL(edit_original_interaction_response(some::application, some::token, {.content = "text"}, {.with_components = true})),
        CALL(edit_original_interaction_response(some::application, some::token, rich())),
        CALL(edit_original_interaction_response(at_hand(), {.content = "text"})),
        CALL(edit_original_interaction_response(at_hand(), rich()))}},
      {"delete_original_webhook_message", {}, query<webhook_message_query>(), {},
       {CALL(delete_original_interaction_response(some::application, some::token)),
        CALL(delete_original_interaction_response(some::application, some::token, {.thread_id = some::channel}))}},
  };
}

}  // namespace monochord::tests
