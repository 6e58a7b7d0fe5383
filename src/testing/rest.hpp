// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/http_message.hpp"
#include "testing/gateway.hpp"
#include "testing/state.hpp"
#include "testing/validate.hpp"

namespace monochord::testing {

/// The answer to a request and what happens to it on its way.
class rest_outcome {
 public:
  net::http_response response;
  std::chrono::milliseconds delay{0};
  bool drop = false;  ///< the connection ends instead
};

/// Discord's REST API: pure logic over `mock_state`, called under its lock.
/// https://docs.discord.com/developers/reference
class rest {
 public:
  rest(mock_state& state, gateway& gate) : state_(state), gate_(gate) {}

  rest_outcome handle(const net::http_request& request);
  /// Whether the mock acts on a route, or only checks it and answers from its response schema.
  static bool plays(const tables::route_row& route);

 private:
  /// Whom the Authorization header names.
  enum class caller { nobody, bot, bearer, application, unknown };
  struct call {
    const tables::route_row* route = nullptr;
    std::map<std::string, std::string, std::less<>> params;
    std::vector<std::pair<std::string, std::string>> query;
    json body;
    std::vector<mock_file> files;
    caller by = caller::nobody;
    std::string sender;       ///< whose global limit it counts against; empty: nobody's

    snowflake id(std::string_view name) const;
    std::string param(std::string_view name) const;
    std::string query_value(std::string_view name) const;
    bool query_flag(std::string_view name) const;
  };
  struct answer {
    int status = 200;
    json body;
    bool empty = false;
    std::string violation;  ///< a kind, when the refusal is the client's fault
    std::string media{};    ///< the type of `file`, when the answer is one
    std::string file{};
  };
  using handler = answer (rest::*)(const call&);
  static handler find_handler(std::string_view operation);

  // the way of a request
  rest_outcome route_request(const net::http_request& request);
  rest_outcome limited(const net::http_request& request, const tables::route_row& route, call& what);
  /// Records a mistake that Discord would not refuse.
  void note(const call& what, std::string kind, std::string_view text);

  // what is checked before anything is done (rest_checks.cpp)
  void check_target(const net::http_request& request, const call& what);
  bool authorize(const net::http_request& request, call& what, answer& refusal);
  caller caller_of(std::string_view authorization) const;
  /// Whoever has an Authorization of its own has a global limit of its own, the others have that of their address.
  /// Interactions have none. https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
  std::string sender_of(std::string_view authorization, const call& what) const;
  answer checked(const net::http_request& request, call& what);
  bool check_reason(const net::http_request& request, const call& what, form_errors& errors);
  bool read_body(const net::http_request& request, call& what, answer& refusal);
  bool read_multipart(const net::http_request& request, call& what);
  void check_part(const call& what, std::string_view name);
  bool check_sizes(const call& what, answer& refusal);

  // what tests read afterwards (rest_log.cpp)
  void begin_entry(const net::http_request& request);
  void describe_entry(const call& what);
  void describe_body(const net::http_request& request, const call& what);
  void end_entry(const rest_outcome& outcome);

  /// An answer made from the route's response schema (rest_schema.cpp).
  answer answer_from_schema(const call&);
  bool plays_schema(const tables::route_row& route) const;
  /// Makes the list of such an answer the page that was asked for, of so many items (rest_lists.cpp).
  static void make_page(const call&, std::uint64_t items, json& body);
  /// Leaves of rising ids those that a call's `before`, `after` and `limit` ask for.
  static void keep_page(const call&, std::size_t usual_limit, std::vector<snowflake>& rising);

  rest_outcome finish(const answer& result, const tables::route_row* route);
  /// The X-RateLimit headers, except on a page of the front.
  void tell_limit(net::http_response& response, const limit_verdict& verdict) const;
  request_kind kind_of(const net::http_request& request, const call& what) const;
  rest_outcome rate_limited(const limit_verdict& verdict, const tables::route_row& route);

  // faults on that way (rest_faults.cpp)
  struct fault_play {
    std::optional<rest_outcome> instead;       ///< the request is not carried out
    std::optional<net::http_response> answer;  ///< it is, but this is what the client reads
    bool drop = false;
    bool no_headers = false;
    std::chrono::milliseconds delay{0};
  };
  fault_play play_fault(const call& what, const tables::route_row& bucket, const std::string& major,
                        const limit_verdict& verdict);
  rest_fault* fault_for(const tables::route_row& route);
  rest_outcome cloudflare_block(duration retry_after, bool header);
  /// The route whose bucket a route uses: another one after a merge.
  const tables::route_row& bucket_route(const tables::route_row& route) const;
  /// The client cannot know that its call was carried out: doing it again is no fault of its own.
  void answer_was_lost(const call& what);
  static std::string major_of(const call& what);

  static answer ok(json body) { return {200, std::move(body), false, {}, {}, {}}; }
  static answer created(json body) { return {201, std::move(body), false, {}, {}, {}}; }
  static answer no_content() { return {204, nullptr, true, {}, {}, {}}; }
  static answer refuse(int status, int code, std::string_view message, std::string violation = {});
  static answer invalid_form(const form_errors& errors, const std::string& kind = "invalid_body");

  // gateway, users, guilds (rest_basic.cpp)
  answer get_gateway(const call&);
  answer get_bot_gateway(const call&);
  answer get_my_user(const call&);
  answer get_user(const call&);
  answer list_my_guilds(const call&);
  answer leave_guild(const call&);
  answer create_dm(const call&);
  answer get_my_application(const call&);
  answer get_guild(const call&);
  answer list_guild_channels(const call&);
  answer list_guild_roles(const call&);
  answer list_guild_members(const call&);
  answer get_guild_member(const call&);
  answer get_channel(const call&);
  answer trigger_typing(const call&);

  // channels (rest_channels.cpp)
  answer create_guild_channel(const call&);
  answer update_channel(const call&);
  answer delete_channel(const call&);
  answer set_channel_permission_overwrite(const call&);
  answer delete_channel_permission_overwrite(const call&);

  // roles (rest_roles.cpp)
  answer create_guild_role(const call&);
  answer get_guild_role(const call&);
  answer update_guild_role(const call&);
  answer bulk_update_guild_roles(const call&);
  answer delete_guild_role(const call&);
  answer add_guild_member_role(const call&);
  answer delete_guild_member_role(const call&);
  answer change_member_role(const call&, bool add);
  bool may_grant(const guild_record& guild, std::uint64_t permissions, answer& refusal) const;

  // members (rest_members.cpp)
  answer update_guild_member(const call&);
  answer update_my_guild_member(const call&);
  answer modify_current_user_nick(const call&);
  answer delete_guild_member(const call&);
  answer ban_user_from_guild(const call&);
  answer unban_user_from_guild(const call&);
  answer get_guild_ban(const call&);
  answer list_guild_bans(const call&);
  answer bulk_ban_users_from_guild(const call&);
  void ban(guild_record& guild, snowflake user, std::chrono::seconds deleted);
  json ban_json(const guild_record& guild, snowflake user) const;
  void remove_member(guild_record& guild, snowflake user);

  // pins (rest_pins.cpp)
  answer create_pin(const call&);
  answer delete_pin(const call&);
  answer list_pins(const call&);
  answer list_pinned_messages(const call&);
  answer change_pin(const call&, bool add);
  void announce_pins(const channel_record& channel);

  // threads (rest_threads.cpp)
  answer create_thread_from_message(const call&);
  answer create_thread(const call&);
  answer join_thread(const call&);
  answer leave_thread(const call&);
  answer add_thread_member(const call&);
  answer delete_thread_member(const call&);
  answer list_thread_members(const call&);
  json thread_member(const channel_record& thread, snowflake user, bool with_member) const;
  answer get_thread_member(const call&);
  answer get_active_guild_threads(const call&);
  channel_record& open_thread(const channel_record& parent, snowflake id, int type, const json& request);
  channel_record* visible_thread(snowflake id, answer& refusal);
  answer change_thread_member(const call&, snowflake user, bool add);

  // webhooks (rest_webhooks.cpp)
  answer create_webhook(const call&);
  answer list_channel_webhooks(const call&);
  answer get_guild_webhooks(const call&);
  answer get_webhook(const call&);
  answer update_webhook(const call&);
  answer delete_webhook(const call&);
  answer execute_webhook(const call&);
  answer get_webhook_message(const call&);
  answer update_webhook_message(const call&);
  answer delete_webhook_message(const call&);
  answer list_webhooks(snowflake guild, snowflake channel);
  json webhook_json(const webhook_record& hook, bool with_user) const;
  /// The webhook of the path, by its token or with the permission to manage it; otherwise `refusal` is filled.
  webhook_record* webhook_of(const call&, answer& refusal);
  message_record* webhook_message(const call&, answer& refusal);
  void announce_webhooks(const webhook_record& hook);

  // messages and reactions (rest_messages.cpp)
  answer create_message(const call&);
  answer get_message(const call&);
  answer list_messages(const call&);
  answer update_message(const call&);
  answer delete_message(const call&);
  answer bulk_delete_messages(const call&);
  answer add_reaction(const call&);
  answer delete_my_reaction(const call&);
  answer delete_user_reaction(const call&);
  answer delete_all_reactions(const call&);
  answer change_reaction(const call&, snowflake user, bool add);

  // commands (rest_commands.cpp)
  answer list_commands(const call&);
  answer create_command(const call&);
  answer bulk_set_commands(const call&);
  answer get_command(const call&);
  answer update_command(const call&);
  answer delete_command(const call&);
  answer check_command_scope(const call&) const;
  json complete_command(const json& request, snowflake id, snowflake guild) const;

  // interactions (rest_interactions.cpp)
  answer create_interaction_response(const call&);
  answer answer_interaction(const call&, interaction_record&, int type);
  answer get_original(const call&);
  answer update_original(const call&);
  answer delete_original(const call&);
  answer create_followup(const call&);
  answer get_followup(const call&);
  answer update_followup(const call&);
  answer delete_followup(const call&);
  interaction_record* by_token(const call&);
  answer edit_by_token(interaction_record&, snowflake message, const call&);
  answer erase_by_token(interaction_record&, snowflake message);
  message_record& send_answer(interaction_record&, const json& data, const call&, bool loading);

  // OAuth2 (rest_oauth2.cpp)
  answer create_oauth2_token(const call&);
  answer revoke_oauth2_token(const call&);
  bool is_application(const call&) const;

  // shared by them
  /// The channel if the bot may see it; otherwise `refusal` is filled.
  channel_record* visible_channel(snowflake id, answer& refusal);
  /// The guild if the bot is in it; otherwise `refusal` is filled.
  guild_record* visible_guild(snowflake id, answer& refusal);
  /// Whether the bot has permissions in a guild; otherwise `refusal` is filled.
  bool may(snowflake guild, std::uint64_t permission, answer& refusal) const;
  /// Whether a role is below the bot's highest, so that it may change, give and take it; otherwise `refusal` is filled.
  bool may_touch(const guild_record& guild, const role_record& role, answer& refusal) const;
  /// Whether a member is below the bot in the order of roles; otherwise `refusal` is filled.
  bool may_act_on(const guild_record& guild, snowflake user, answer& refusal) const;
  /// Whether a message may be made, or that one edited, so; otherwise `refusal` is filled.
  bool check_message_body(const json& request, const call&, const message_record* edits, answer& refusal) const;
  /// Whether the message that a new one answers or forwards is there to be read; otherwise `refusal` is filled.
  bool check_reference(const channel_record& channel, const json& reference, answer& refusal);
  /// Puts the files of a call into a message, as the call's `request` describes them.
  void add_files(json& message, const json& request, const call&);
  void publish(std::string_view event, const channel_record& channel, const message_record& message);
  void remove_message(channel_record& channel, snowflake id);

  mock_state& state_;
  gateway& gate_;
  mock_request entry_;  ///< of the request that is handled now
};

/// Adds or takes a reaction and tells the sessions; false when it was so already.
bool change_reaction_of(world& things, gateway& gate, const channel_record& channel, message_record& message,
                        snowflake user, const std::string& emoji, bool add);

/// Tells the sessions how a member is now.
void announce_member(gateway& gate, const world& things, const guild_record& guild, snowflake user);

/// The route of the tables that a path (below /api/v10) and method name, with its parameters as they stand in the path.
struct route_match {
  const tables::route_row* route = nullptr;
  bool path_known = false;  ///< some route has that path, with another method
  std::map<std::string, std::string, std::less<>> params;
};
route_match match_route(std::string_view method, std::string_view path);

/// The route of the tables that is written `GET /channels/{channel_id}`; null when there is none.
const tables::route_row* find_route(std::string_view method_and_path);

/// The answer of a route with that status; its first one when it has none such, or for 0.
const tables::answer_row& answer_of(const tables::route_row& route, int status);

/// Whole seconds for a `Retry-After` header, rounded up: whoever waits that long is not early.
std::string whole_seconds_up(duration time);

/// Whether a User-Agent has the form that Discord asks for: `DiscordBot (url, version) anything`.
bool good_user_agent(std::string_view text);

}  // namespace monochord::testing
