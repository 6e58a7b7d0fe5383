// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/file_body.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/lobby.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/view_map.hpp>

namespace monochord {

struct embed;
struct poll_create_request;
struct shared_client_theme;

/// Somebody who is put into a lobby. The texts of `metadata` are 1000 characters in all.
/// https://docs.discord.com/developers/resources/lobby#create-lobby
struct lobby_member_body {
  user_id id{};
  maybe<text_map> metadata{};
  maybe<monochord::flags<lobby_member_flag>> flags{};
};

/// POST /lobbies.
/// https://docs.discord.com/developers/resources/lobby#create-lobby
struct create_lobby_body {
  maybe<text_map> metadata{};
  maybe<list<lobby_member_body>> members{};
  maybe<int> idle_timeout_seconds{};
  maybe<std::uint32_t> flags{};
  maybe<std::string_view> override_event_webhooks_url{};
};

/// PUT /lobbies. Whoever knows the secret joins.
/// https://docs.discord.com/developers/resources/lobby#create-or-join-lobby
struct create_or_join_lobby_body {
  std::string_view secret{};
  maybe<int> idle_timeout_seconds{};
  maybe<text_map> lobby_metadata{};
  maybe<text_map> member_metadata{};
  maybe<std::uint32_t> flags{};
};

/// PATCH /lobbies/{lobby_id}. Members that are not named leave.
/// https://docs.discord.com/developers/resources/lobby#modify-lobby
struct modify_lobby_body {
  maybe<text_map> metadata{};
  maybe<list<lobby_member_body>> members{};
  maybe<int> idle_timeout_seconds{};
  maybe<std::uint32_t> flags{};
  maybe<std::string_view> override_event_webhooks_url{};
};

/// PUT /lobbies/{lobby_id}/members/{user_id}.
/// https://docs.discord.com/developers/resources/lobby#add-a-member-to-a-lobby
struct add_member_to_lobby_body {
  maybe<text_map> metadata{};
  maybe<monochord::flags<lobby_member_flag>> flags{};
  maybe<std::string_view> additional_name{};
};

/// One member of POST /lobbies/{lobby_id}/members/bulk.
/// https://docs.discord.com/developers/resources/lobby#bulk-update-lobby-members
struct bulk_lobby_member_body {
  user_id id{};
  maybe<text_map> metadata{};
  maybe<monochord::flags<lobby_member_flag>> flags{};
  maybe<std::string_view> additional_name{};
  maybe<bool> remove_member{};
};

/// PATCH /lobbies/{lobby_id}/channel-linking.
/// https://docs.discord.com/developers/resources/lobby#link-channel-to-lobby
struct link_channel_to_lobby_body {
  maybe<monochord::channel_id> channel_id{};
};

/// How many messages.
/// https://docs.discord.com/developers/resources/lobby#get-lobby-messages
struct get_lobby_messages_query {
  maybe<int> limit{};
};

/// POST /lobbies/{lobby_id}/messages.
/// https://docs.discord.com/developers/resources/lobby#send-lobby-message
struct send_lobby_message_body {
  maybe<std::string_view> content{};
  maybe<text_map> metadata{};
  maybe<monochord::flags<message_flag>> flags{};
  list<embed> embeds{};  ///< not documented, as those below
  maybe<monochord::allowed_mentions> allowed_mentions{};
  maybe<message_reference_body> message_reference{};
  list<component> components{};
  list<sticker_id> sticker_ids{};
  list<file_body> files{};  ///< sent beside the JSON
  list<attachment_body> attachments{};
  const poll_create_request* poll = nullptr;
  const monochord::shared_client_theme* shared_client_theme = nullptr;
  maybe<std::string_view> nonce{};
  maybe<bool> enforce_nonce{};
  maybe<bool> tts{};
};

static_assert(std::is_trivially_destructible_v<lobby_member_body>);
static_assert(std::is_trivially_destructible_v<create_lobby_body>);
static_assert(std::is_trivially_destructible_v<create_or_join_lobby_body>);
static_assert(std::is_trivially_destructible_v<modify_lobby_body>);
static_assert(std::is_trivially_destructible_v<add_member_to_lobby_body>);
static_assert(std::is_trivially_destructible_v<bulk_lobby_member_body>);
static_assert(std::is_trivially_destructible_v<link_channel_to_lobby_body>);
static_assert(std::is_trivially_destructible_v<get_lobby_messages_query>);
static_assert(std::is_trivially_destructible_v<send_lobby_message_body>);

}  // namespace monochord
