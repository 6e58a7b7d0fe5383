// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

struct action_row;
struct allowed_mentions;
struct application_command_body;
struct command_definition;
struct create_guild_channel_body;
struct create_message_body;
struct edit_application_command_body;
struct edit_message_body;
struct execute_webhook_body;
struct forum_thread_message_body;
struct interaction_response_body;
struct interaction_response_data;
struct poll_create_request;
struct send_lobby_message_body;
struct start_thread_in_forum_or_media_channel_body;

namespace json {

class limit_walk;

// What one field alone cannot break; each throws limit_error. https://docs.discord.com/developers/components/reference,
// .../resources/message#embed-object-embed-limits, .../interactions/application-commands, .../resources/poll
void message_limits(const create_message_body& body, const limit_walk& walk);
void message_limits(const edit_message_body& body, const limit_walk& walk);
void message_limits(const interaction_response_data& body, const limit_walk& walk);
void message_limits(const execute_webhook_body& body, const limit_walk& walk);
void message_limits(const forum_thread_message_body& body, const limit_walk& walk);
void message_limits(const send_lobby_message_body& body, const limit_walk& walk);
void forum_post_limits(const start_thread_in_forum_or_media_channel_body& body, const limit_walk& walk);
void response_limits(const interaction_response_body& body, const limit_walk& walk);
void channel_limits(const create_guild_channel_body& channel, const limit_walk& walk);
void mention_limits(const allowed_mentions& mentions, const limit_walk& walk);
void action_row_limits(const action_row& row, const limit_walk& walk);
void poll_limits(const poll_create_request& poll, const limit_walk& walk);
void command_limits(const application_command_body& command, const limit_walk& walk);
void command_limits(const command_definition& command, const limit_walk& walk);
void command_limits(const edit_application_command_body& command, const limit_walk& walk);

}  // namespace json

}  // namespace monochord
