// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/guild.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/webhook.hpp>

namespace monochord {

/// What an application asks a user for.
/// https://docs.discord.com/developers/topics/oauth2#shared-resources-oauth2-scopes
struct oauth2_scope_names {
  static constexpr std::string_view activities_read = "activities.read";
  static constexpr std::string_view activities_write = "activities.write";
  static constexpr std::string_view applications_builds_read = "applications.builds.read";
  static constexpr std::string_view applications_builds_upload = "applications.builds.upload";
  static constexpr std::string_view applications_commands = "applications.commands";
  static constexpr std::string_view applications_commands_update = "applications.commands.update";
  static constexpr std::string_view applications_commands_permissions_update = "applications.commands.permissions.update";
  static constexpr std::string_view applications_entitlements = "applications.entitlements";
  static constexpr std::string_view applications_store_update = "applications.store.update";
  static constexpr std::string_view bot = "bot";
  static constexpr std::string_view connections = "connections";
  static constexpr std::string_view dm_channels_read = "dm_channels.read";
  static constexpr std::string_view email = "email";
  static constexpr std::string_view gdm_join = "gdm.join";
  static constexpr std::string_view guilds = "guilds";
  static constexpr std::string_view guilds_join = "guilds.join";
  static constexpr std::string_view guilds_members_read = "guilds.members.read";
  static constexpr std::string_view identify = "identify";
  static constexpr std::string_view identify_premium = "identify.premium";
  static constexpr std::string_view messages_read = "messages.read";
  static constexpr std::string_view relationships_read = "relationships.read";
  static constexpr std::string_view role_connections_write = "role_connections.write";
  static constexpr std::string_view rpc = "rpc";
  static constexpr std::string_view rpc_activities_write = "rpc.activities.write";
  static constexpr std::string_view rpc_notifications_read = "rpc.notifications.read";
  static constexpr std::string_view rpc_voice_read = "rpc.voice.read";
  static constexpr std::string_view rpc_voice_write = "rpc.voice.write";
  static constexpr std::string_view voice = "voice";
  static constexpr std::string_view webhook_incoming = "webhook.incoming";
  static constexpr std::string_view rpc_video_read = "rpc.video.read";
  static constexpr std::string_view rpc_video_write = "rpc.video.write";
  static constexpr std::string_view rpc_screenshare_read = "rpc.screenshare.read";
  static constexpr std::string_view rpc_screenshare_write = "rpc.screenshare.write";
  static constexpr std::string_view activities_invites_write = "activities.invites.write";
  static constexpr std::string_view openid = "openid";
};
using oauth2_scope = open_string<oauth2_scope_names>;

/// An access token. It and `refresh_token` are secrets. `guild` is there when a bot was added, `webhook` with the scope
/// webhook.incoming.
/// https://docs.discord.com/developers/topics/oauth2#authorization-code-grant-access-token-response
struct oauth2_token {
  // Compiled once, in the library.
  oauth2_token();
  oauth2_token(const oauth2_token&);
  oauth2_token(oauth2_token&&) noexcept;
  oauth2_token& operator=(const oauth2_token&);
  oauth2_token& operator=(oauth2_token&&) noexcept;
  ~oauth2_token();

  std::string access_token;
  std::string token_type;
  std::int64_t expires_in = 0;  ///< seconds
  optional<std::string> refresh_token;
  std::string scope;
  optional<std::string> id_token;
  box<monochord::guild> guild;
  box<monochord::webhook> webhook;
};

/// What a bearer token may do.
/// https://docs.discord.com/developers/topics/oauth2#get-current-authorization-information-response-structure
struct current_authorization {
  // Compiled once, in the library.
  current_authorization();
  current_authorization(const current_authorization&);
  current_authorization(current_authorization&&) noexcept;
  current_authorization& operator=(const current_authorization&);
  current_authorization& operator=(current_authorization&&) noexcept;
  ~current_authorization();

  monochord::application application;
  std::vector<oauth2_scope> scopes;
  timestamp expires;
  box<monochord::user> user;
};

/// The parameters of the URL that adds a bot to a guild.
/// https://docs.discord.com/developers/topics/oauth2#bot-authorization-flow-bot-auth-parameters
struct bot_authorization {
  std::string client_id;
  optional<std::string> scope;
  optional<std::string> permissions;
  optional<std::string> guild_id;
  optional<std::string> disable_guild_select;
  optional<std::string> integration_type;
};

/// A public key that id tokens are signed with.
struct oauth2_key {
  std::string kty;
  std::string use;
  std::string kid;
  std::string n;
  std::string e;
  std::string alg;
};

/// The public keys that id tokens are signed with.
struct oauth2_keys {
  std::vector<oauth2_key> keys;
};

/// What OpenID Connect tells of a user.
struct openid_user_info {
  std::string sub;
  maybe<std::string> email;
  optional_bool email_verified;
  optional<std::string> preferred_username;
  maybe<std::string> nickname;
  optional<std::string> picture;
  optional<std::string> locale;
};

/// The token of a provisional account. The tokens are secrets.
struct provisional_token {
  std::string token_type;
  std::string access_token;
  std::int64_t expires_in = 0;  ///< seconds
  std::string scope;
  optional<std::string> id_token;
  maybe<std::string> refresh_token;
  maybe<std::vector<std::string>> scopes;
  maybe<std::int64_t> expires_at_s;
};

}  // namespace monochord
