// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>
#include "testing/json.hpp"

namespace monochord::testing {

constexpr int voice_channel_type = 2;

using snowflake = std::uint64_t;

struct user_record {
  snowflake id = 0;
  std::string name;
  bool bot = false;
  std::string status = "offline";
};

struct role_record {
  snowflake id = 0;
  std::string name;
  std::uint64_t permissions = 0;
  int position = 0;
  json settings = json::object();  ///< fields that differ from those of a new role
};

struct member_record {
  std::vector<snowflake> roles;
  std::string nick;
  timestamp joined;
  json settings = json::object();  ///< fields that differ from those of a new member
};

/// `body` is the message object as Discord sends it, without `guild_id` and `member`, which only events carry.
struct message_record {
  json body;
  snowflake author = 0;
  snowflake interaction = 0;  ///< the interaction that it answers
  std::string token;          ///< of that interaction: who may change it without the bot's token
  std::map<std::string, std::set<snowflake>> reactions;  ///< who reacted, by emoji
  bool ephemeral = false;
  bool claimed = false;       ///< a test has expected it already
  time_point at{};
};

struct pin_record {
  snowflake message = 0;
  timestamp at;
};

/// A channel of a guild, a thread, or a direct channel.
struct channel_record {
  snowflake id = 0;
  snowflake guild = 0;
  snowflake recipient = 0;  ///< of a direct channel
  snowflake parent = 0;     ///< of a thread
  snowflake owner = 0;      ///< of a thread
  int type = 0;             ///< as Discord counts them; not used for direct channels
  std::string name;
  int position = 0;
  json settings = json::object();  ///< fields that differ from those of a new channel
  std::map<snowflake, timestamp> thread_members;  ///< when they joined
  std::map<snowflake, message_record> messages;  // ids ascend, so this is their order
  std::vector<pin_record> pins;  ///< oldest first
  std::map<std::string, snowflake> nonces;  ///< of the bot's messages that enforce theirs
  std::string voice_status;
  std::int64_t voice_since = 0;  ///< since when somebody is in it, in seconds since 1970; 0: nobody

  bool is_thread() const noexcept { return parent != 0; }
};

/// Somebody in a voice channel.
struct voice_record {
  snowflake channel = 0;
  bool self_mute = false;
  bool self_deaf = false;
  std::string session;
};

struct sound_record {
  snowflake id = 0;
  std::string name;
};

struct webhook_record {
  snowflake id = 0;
  snowflake guild = 0;
  snowflake channel = 0;
  std::string name;
  std::string token;
};

struct guild_record {
  snowflake id = 0;
  std::string name;
  snowflake owner = 0;
  std::vector<role_record> roles;
  std::vector<snowflake> channels;
  std::map<snowflake, member_record> members;
  std::vector<snowflake> threads;
  std::map<snowflake, std::string> bans;  ///< reasons by user
  std::map<snowflake, voice_record> voice;  ///< by user
  std::vector<sound_record> sounds;
  bool unavailable = false;
  timestamp bot_joined;
};

struct interaction_record {
  snowflake id = 0;
  std::string token;
  int type = 0;              ///< 2 command, 3 component, 4 autocomplete, 5 modal submit
  snowflake user = 0;
  snowflake guild = 0;
  snowflake channel = 0;
  std::string name;          ///< of the command
  snowflake source_message = 0;  ///< whose component was used
  time_point created{};
  int callback_type = 0;     ///< 0: not answered yet
  json callback_data;
  time_point answered_at{};
  snowflake original = 0;    ///< message of the answer
  bool deferred = false;     ///< the answer's content is still to come
  bool answer_lost = false;  ///< a fault hid from the client that its answer was taken
  bool ephemeral = false;
  std::size_t followups = 0;
};

/// The things of the mock's Discord and their JSON forms. No rules of access, no events.
class world {
 public:
  explicit world(std::shared_ptr<monochord::clock> time);

  snowflake next_id();
  /// Guild ids are consecutive in the bits that sharding uses, so that guilds spread over shards in the order in which
  /// they were made.
  snowflake next_guild_id();

  user_record& add_user(std::string_view name, bool bot);
  user_record* find_user(std::string_view name);
  channel_record* find_channel(snowflake id);
  guild_record* find_guild(snowflake id);
  message_record* find_message(snowflake channel, snowflake id);
  /// Whether a message can have had this id: one that was given out, and that nothing else has.
  bool may_have_been_message(snowflake id) const;
  channel_record& direct_channel(snowflake user);
  bool is_member(snowflake guild, snowflake user) const;
  std::uint64_t permissions(const guild_record& guild, snowflake user) const;
  /// Whether the highest role of somebody is above a role; the owner of the guild is above all.
  /// https://docs.discord.com/developers/topics/permissions#permission-hierarchy
  static bool is_above(const guild_record& guild, snowflake user, const role_record& role);
  /// Whether somebody is above another: nobody is above the owner, or above themselves, and everybody in the guild above
  /// those who are not.
  static bool is_above(const guild_record& guild, snowflake user, snowflake other);

  json user_json(snowflake id) const;
  json own_user_json() const;
  json member_json(const guild_record& guild, snowflake user, bool with_user) const;
  static json role_json(const guild_record& guild, const role_record& role);
  json channel_json(const channel_record& channel) const;
  static json thread_member_json(const channel_record& thread, snowflake user);
  json guild_json(const guild_record& guild) const;
  json voice_state_json(const guild_record& guild, snowflake user, const voice_record& voice) const;
  json presence_json(const guild_record& guild, snowflake user) const;
  static json sound_json(const guild_record& guild, const sound_record& sound);
  /// For a session with or without the intent for presences: without it the members are the bot and those who are in voice
  /// channels, and with it in a guild over `large_threshold` those who are online too.
  /// https://docs.discord.com/developers/events/gateway-events#guild-create
  json guild_create_json(const guild_record& guild, bool presences, std::size_t large_threshold) const;
  json application_json() const;

  /// A message object by `author` with what a create request may hold; text is searched for mentions.
  json make_message(snowflake id, const channel_record& channel, snowflake author, const json& request);
  /// Applies the fields that an edit may hold, but for new files.
  void edit_message(message_record& message, const json& request);
  /// Puts a message into its channel; the oldest one is forgotten past a limit.
  message_record& store(channel_record& channel, message_record message);
  /// A message as its event carries it.
  json message_event(const channel_record& channel, const message_record& message) const;

  snowflake bot = 0;
  snowflake application = 0;
  std::map<snowflake, user_record> users;
  std::map<snowflake, guild_record> guilds;
  std::map<snowflake, channel_record> channels;
  std::map<snowflake, webhook_record> webhooks;
  std::map<snowflake, interaction_record> interactions;
  std::map<snowflake, std::vector<json>> commands;  ///< by guild, 0 for global ones

 private:
  static const role_record& highest_role(const guild_record& guild, snowflake user);
  json thread_json(const channel_record& thread) const;
  void refer(json& message, const channel_record& channel, const json& reference);
  json poll_json(const json& request) const;
  void find_mentions(json& message, const std::string& text, snowflake guild) const;

  std::shared_ptr<monochord::clock> clock_;
  snowflake first_id_ = 0;
  snowflake last_id_ = 0;
  snowflake guild_count_ = 0;
};

std::string id_text(snowflake id);

/// Of roles with one position the older one is higher.
bool is_higher(const role_record& a, const role_record& b);

/// The attachments that an edit leaves of a message: those that it names, with what it says of them; all if it names none.
json kept_attachments(const json& message, const json& request);
/// A message object as an edit makes it. Files that come with the edit are not in it.
json edited(const json& message, const json& request);

}  // namespace monochord::testing
