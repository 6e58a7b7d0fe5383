// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/attachment.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/component_fwd.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/interaction_type.hpp>
#include <monochord/model/member.hpp>
#include <monochord/model/message_flag.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/partial_message.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/resolved_data.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/sticker.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// The invitation in a message.
/// https://docs.discord.com/developers/resources/message#message-object-message-activity-types
enum class message_activity_type : std::int32_t {
  join = 1,
  spectate = 2,
  listen = 3,
  join_request = 5,
  stream_request = 6,
};

/// Reply or forward.
/// https://docs.discord.com/developers/resources/message#message-reference-types
enum class message_reference_type : std::int32_t {
  default_ = 0,
  forward = 1,
};

/// The theme under shared colours.
/// https://docs.discord.com/developers/resources/message#base-theme-types
enum class base_theme : std::int32_t {
  unset = 0,
  dark = 1,
  light = 2,
  darker = 3,
  midnight = 4,
};

/// Somebody whom a message mentions; in events of guilds with the member.
/// https://docs.discord.com/developers/events/gateway-events#message-create-message-create-extra-fields
struct mentioned_user : user {
  box<partial_member> member;
};

/// A channel of another guild that a crossposted message mentions.
/// https://docs.discord.com/developers/resources/message#channel-mention-object-channel-mention-structure
struct channel_mention {
  channel_id id;
  monochord::guild_id guild_id;
  channel_type type{};
  std::string name;
};

/// Reactions by kind.
/// https://docs.discord.com/developers/resources/message#reaction-count-details-object-reaction-count-details-structure
struct reaction_count_details {
  int burst = 0;
  int normal = 0;
};

/// An emoji below a message.
/// https://docs.discord.com/developers/resources/message#reaction-object-reaction-structure
struct reaction {
  int count = 0;
  optional<reaction_count_details> count_details;
  bool me = false;
  optional_bool me_burst;
  monochord::emoji emoji;
  optional<std::vector<std::string>> burst_colors;
};

/// An invitation to join an activity.
/// https://docs.discord.com/developers/resources/message#message-object-message-activity-structure
struct message_activity {
  message_activity_type type{};
  optional<std::string> party_id;
};

/// The message that this one answers, forwards or announces.
/// https://docs.discord.com/developers/resources/message#message-reference-structure
struct message_reference {
  optional<message_reference_type> type;
  optional<monochord::message_id> message_id;
  optional<monochord::channel_id> channel_id;
  optional<monochord::guild_id> guild_id;
  optional_bool fail_if_not_exists;
};

/// A call in a private channel.
/// https://docs.discord.com/developers/resources/message#message-call-object-message-call-object-structure
struct message_call {
  std::vector<user_id> participants;
  maybe<timestamp> ended_timestamp;
};

/// The role that somebody subscribed to.
/// https://docs.discord.com/developers/resources/message#role-subscription-data-object-role-subscription-data-object-structure
struct role_subscription_data {
  any_id role_subscription_listing_id;
  std::string tier_name;
  int total_months_subscribed = 0;
  bool is_renewal = false;
};

/// Colours that somebody shares.
/// https://docs.discord.com/developers/resources/message#shared-client-theme-object-shared-client-theme-object-structure
struct shared_client_theme {
  std::vector<std::string> colors;
  int gradient_angle = 0;
  int base_mix = 0;
  maybe<monochord::base_theme> base_theme;
};

/// What led to a message. Which of the last four fields there are depends on `type`.
/// https://docs.discord.com/developers/resources/message#message-interaction-metadata-object
struct message_interaction_metadata {
  // Compiled once, in the library.
  message_interaction_metadata();
  message_interaction_metadata(const message_interaction_metadata&);
  message_interaction_metadata(message_interaction_metadata&&) noexcept;
  message_interaction_metadata& operator=(const message_interaction_metadata&);
  message_interaction_metadata& operator=(message_interaction_metadata&&) noexcept;
  ~message_interaction_metadata();

  interaction_id id;
  interaction_type type{};
  box<monochord::user> user;
  optional<flat_map<std::string, any_id>> authorizing_integration_owners;
  optional<message_id> original_response_message_id;
  box<monochord::user> target_user;
  optional<message_id> target_message_id;
  optional<message_id> interacted_message_id;
  box<message_interaction_metadata> triggering_interaction_metadata;
};

/// What led to a message; deprecated, see message_interaction_metadata.
/// https://docs.discord.com/developers/interactions/receiving-and-responding#message-interaction-object-message-interaction-structure
struct message_interaction {
  interaction_id id;
  interaction_type type{};
  std::string name;
  monochord::user user;
  box<partial_member> member;
  optional<std::string> name_localized;  ///< not documented
};

/// A forwarded message.
/// https://docs.discord.com/developers/resources/message#message-snapshot-structure
struct message_snapshot {
  partial_message message;
};

/// A product of a guild that was bought. Not documented.
struct guild_product_purchase {
  any_id listing_id;
  std::string product_name;
};

/// What was bought. Not documented.
struct purchase_notification {
  int type = 0;
  optional<monochord::guild_product_purchase> guild_product_purchase;
};

/// The member of a lobby who wrote a message. Not documented.
struct message_lobby_member {
  std::string additional_name;
};

/// A message. `content`, `embeds`, `attachments`, `components` and `poll` are empty without the intent
/// message_content, except in private channels, when the bot is mentioned, and in its own messages.
/// https://docs.discord.com/developers/resources/message#message-object-message-structure
struct message {
  // Compiled once, in the library.
  message();
  message(const message&);
  message(message&&) noexcept;
  message& operator=(const message&);
  message& operator=(message&&) noexcept;
  ~message();

  message_id id;
  monochord::channel_id channel_id;
  user author;
  std::string content;
  monochord::timestamp timestamp;
  maybe<monochord::timestamp> edited_timestamp;
  bool tts = false;
  bool mention_everyone = false;
  std::vector<mentioned_user> mentions;
  std::vector<role_id> mention_roles;
  optional<std::vector<channel_mention>> mention_channels;
  std::vector<attachment> attachments;
  std::vector<embed> embeds;
  optional<std::vector<reaction>> reactions;
  optional<scalar> nonce;
  bool pinned = false;
  optional<monochord::webhook_id> webhook_id;
  message_type type{};
  box<message_activity> activity;
  box<monochord::application> application;
  optional<monochord::application_id> application_id;
  optional<monochord::flags<message_flag>> flags;
  box<monochord::message_reference> message_reference;
  optional<std::vector<message_snapshot>> message_snapshots;
  maybe<box<message>> referenced_message;
  box<message_interaction_metadata> interaction_metadata;
  box<message_interaction> interaction;  ///< deprecated
  box<channel> thread;
  optional<std::vector<component>> components;
  optional<std::vector<sticker_item>> sticker_items;
  optional<std::vector<sticker>> stickers;  ///< deprecated
  optional<int> position;
  box<monochord::role_subscription_data> role_subscription_data;
  box<resolved_data> resolved;
  box<monochord::poll> poll;
  box<message_call> call;
  box<monochord::shared_client_theme> shared_client_theme;
  // not documented
  box<monochord::purchase_notification> purchase_notification;
  optional<message_lobby_member> lobby_member;
};

}  // namespace monochord
