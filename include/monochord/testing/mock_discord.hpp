// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <monochord/core/clock.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/testing/mock_faults.hpp>
#include <monochord/testing/mock_rest.hpp>

namespace monochord::testing {

class memory_network;

/// The bot token that a mock accepts when it is given no other. It opens nothing but a mock.
inline constexpr std::string_view default_mock_token = "mock-bot-token.for-tests.opens-nothing-at-discord";

/// The OAuth2 access token and the client secret of a mock that is given no other.
inline constexpr std::string_view default_mock_bearer = "mock-access-token";
inline constexpr std::string_view default_mock_secret = "mock-client-secret";

/// How a mock is served and how strict its numbers are. The defaults are Discord's.
struct mock_options {
  /// Where the mock runs. Empty: a thread of its own (never with a manual clock, which moves only when its own
  /// executor is idle).
  boost::asio::any_io_executor executor{};
  /// All time of the mock. Null: the system's clock.
  std::shared_ptr<monochord::clock> clock{};
  /// Null: loopback TCP. Otherwise the mock listens on this in-memory network and opens no socket.
  std::shared_ptr<memory_network> memory{};
  /// TLS with a certificate of the mock's own authority (`ca_pem()`); false serves http:// and ws://.
  bool tls = true;
  std::string host = "localhost";  ///< the name in URLs and in the certificate
  std::uint16_t port = 0;          ///< 0: any free one

  std::string token{default_mock_token};
  std::string bearer_token{default_mock_bearer};  ///< an OAuth2 access token that is good from the start
  std::string client_secret{default_mock_secret}; ///< of the application, whose client id is `application()`
  std::chrono::milliseconds heartbeat_interval{41'250};
  bool allow_zlib = true;  ///< `compress=zlib-stream`; refused with 4002 when false
  bool allow_zstd = true;  ///< `compress=zstd-stream`; refused with 4002 when false
  int recommended_shards = 1;
  int max_concurrency = 1;
  int session_start_limit = 1000;  ///< IDENTIFYs per day
  std::chrono::milliseconds identify_interval{5000};  ///< between two of one max_concurrency key; less for a queue whose clock runs faster
  int max_guilds_per_shard = 2500; ///< more are refused with 4011
  /// Which privileged intents the application has; the others close with 4014.
  std::uint64_t allowed_privileged_intents = (1U << 1) | (1U << 8) | (1U << 15);
  std::chrono::milliseconds session_lifetime{180'000};  ///< how long a cut session can be resumed
  std::size_t replay_limit = 20'000;  ///< events kept per session; older ones make a RESUME fail with op 9
  int gateway_sends_per_minute = 120;
  int rest_requests_per_second = 50;
  int invalid_requests_per_10_minutes = 10'000;
  std::size_t attachment_limit_bytes = 10'485'760;  ///< of a file; interactions tell it. Larger ones are refused with 413
  std::size_t request_limit_bytes = 26'214'400;     ///< of a body; larger ones are refused with 413
  std::size_t rest_log_limit = 10'000;  ///< requests that `rest_log()` keeps; older ones are forgotten
  std::size_t violations_limit = 10'000;  ///< what `violations()` keeps: the first ones; the counter goes on
  /// How long a message with `enforce_nonce` answers for later ones of its nonce: Discord's "past few minutes".
  std::chrono::milliseconds nonce_lifetime{180'000};
  bool note_lost_events = false;  ///< keep what `take_lost_events()` tells, however much it is
};

/// An event that Discord would not send again.
struct mock_lost_event {
  std::string session;    ///< empty: its shard had none
  std::uint64_t seq = 0;  ///< within the session
  std::string json;       ///< the whole payload; of an event without a session its `d`
};

/// Something that Discord would punish or refuse, and that the mock refused in Discord's way.
struct violation {
  std::string kind;  ///< like `identify_too_early`, `user_agent_missing`, `429_ignored`
  std::string text;  ///< a sentence; never holds a token
  time_point when;
};

/// What the bot answered: a message in the channel, or the answer of an interaction.
struct mock_reply {
  message_id message;    ///< 0 when the answer made no message (deferred update, modal, autocomplete)
  channel_id channel;
  std::string content;   ///< the message's content; a modal's title
  bool ephemeral = false;
  int callback_type = 0; ///< interaction callback type, 0 for an ordinary message
  std::string json;      ///< the message object, or the callback's `data`
  duration latency{};    ///< from the act to the answer, on the mock's clock
};

using mock_option_value = std::variant<std::string, std::int64_t, double, bool, any_id>;
/// One option of a slash command, as the human fills it in. Text is converted to the option's registered type.
struct mock_option {
  std::string name;
  mock_option_value value;
};

/// What the mock has seen and done since it was made.
struct mock_counters {
  std::uint64_t connections = 0;        ///< websocket connections that were opened
  std::uint64_t open_connections = 0;   ///< those open now
  std::uint64_t identifies = 0;         ///< IDENTIFYs that were accepted
  std::uint64_t readies = 0;
  std::uint64_t resumes = 0;            ///< RESUMEs that were accepted
  std::uint64_t resumes_at_resume_url = 0;  ///< those of them that came where READY's resume_gateway_url says
  std::uint64_t resumed = 0;            ///< RESUMED events sent, i.e. replay complete
  std::uint64_t invalid_sessions = 0;   ///< op 9 sent
  std::uint64_t heartbeats = 0;
  std::uint64_t heartbeat_acks = 0;
  std::uint64_t events_sent = 0;        ///< dispatches written to sockets, replays included
  std::uint64_t events_replayed = 0;
  std::uint64_t payloads_received = 0;
  std::uint64_t closes_sent = 0;
  std::uint64_t closes_received = 0;
  std::uint16_t last_close_received = 0;
  std::uint64_t requests = 0;           ///< HTTP requests
  std::uint64_t responses_429 = 0;
  std::uint64_t responses_4xx = 0;      ///< 429 not included
  std::uint64_t responses_5xx = 0;
  std::uint64_t messages_by_bot = 0;
  std::uint64_t interactions = 0;
  std::uint64_t interaction_answers = 0;
  std::uint64_t violations = 0;         ///< also those that `violations()` did not keep
  std::uint64_t not_played = 0;         ///< valid calls that were answered from the response schema
};

/// How a connection is ended by `disconnect`.
enum class disconnect_how {
  close_frame,  ///< a close frame with the code
  drop,         ///< TCP ends without a close frame
};

/// A strict Discord in this process: REST under `/api/v10`, the gateway, a small world that tests build and act in.
/// What Discord would punish or refuse is refused as Discord does and recorded in `violations()`.
///
/// Thread safety: every member may be called from any thread, and from inside a simulation (no member but the ones
/// named `wait_*` blocks). Awaitable members may be awaited on any executor; cancelling one makes it return its
/// "nothing happened" value. Names that do not exist throw `error` with `errc::invalid_argument`.
/// https://docs.discord.com/developers/events/gateway
class mock_discord {
 public:
  explicit mock_discord(mock_options options = {});
  ~mock_discord();
  mock_discord(const mock_discord&) = delete;
  mock_discord& operator=(const mock_discord&) = delete;

  /// Listens; the URLs below are valid afterwards. Throws `error` when the port is taken, and may be called again then;
  /// with `errc::invalid_argument` when it runs already, or has a manual clock and no executor.
  void start();
  /// Ends every connection and stops listening; idempotent. With an executor of the caller's, what still runs on it
  /// ends with its next turns.
  void stop();

  std::string rest_url() const;     ///< like `https://localhost:34567/api/v10`
  std::string api_url() const;      ///< the same without the version: `https://localhost:34567/api`
  std::string gateway_url() const;  ///< like `wss://localhost:34567`
  std::uint16_t port() const;
  std::string ca_pem() const;       ///< empty without TLS
  /// A file with `ca_pem()`, made at the first call, removed with the mock. Throws `error` when it cannot be written.
  std::string ca_file() const;
  std::string token() const;

  std::vector<violation> violations() const;
  void clear_violations();
  mock_counters counters() const;
  /// When connections arrived, before TLS and REST's too, oldest first: the last 10,000.
  std::vector<time_point> connection_times() const;
  /// Every route of Discord's API.
  static std::vector<mock_route> routes();
  /// The requests so far, oldest first: what arrived of each, and how it was answered.
  std::vector<mock_request> rest_log() const;
  void clear_rest_log();
  /// From now on routes that the mock does not act on (or all of them) are answered like this; `nullopt`: every field.
  void play_schema(std::optional<schema_play> how);
  /// How many variations a route's answer has before they repeat, at least 1. `method` and `path` are those of
  /// `routes()`, `status` is 0 for the first answer. Throws `error` with `errc::invalid_argument` for another route.
  static std::size_t schema_variations(std::string_view method, std::string_view path, schema_mode mode, int status = 0);
  /// Throws `error` with `errc::invalid_argument` when a fault names a route to merge with that does not exist.
  void set_faults(mock_faults faults);
  mock_faults faults() const;

  // --- the world; changes are sent as events to every session that should see them ---
  user_id bot_user() const;
  application_id application() const;
  /// A human. Names are unique.
  user_id add_user(std::string_view name);
  /// A guild with @everyone, owned by `owner` (0: a user "owner" is made), the bot is a member.
  guild_id add_guild(std::string_view name, user_id owner = {});
  channel_id add_text_channel(guild_id guild, std::string_view name);
  channel_id add_voice_channel(guild_id guild, std::string_view name);
  soundboard_sound_id add_soundboard_sound(guild_id guild, std::string_view name);
  /// A role above all that the guild has. A bot cannot change roles, and act on members, that are not below its own highest.
  role_id add_role(guild_id guild, std::string_view name, std::uint64_t permissions = 0);
  /// Gives a member (the bot, say) a role; GUILD_MEMBER_UPDATE.
  void give_role(guild_id guild, user_id user, role_id role);
  void join(guild_id guild, user_id user);
  void leave(guild_id guild, user_id user);
  /// The direct channel between the bot and a user, made when there is none.
  channel_id open_dm(user_id user);
  void set_guild_unavailable(guild_id guild, bool unavailable);
  /// The bot is kicked: GUILD_DELETE without `unavailable`.
  void remove_bot(guild_id guild);

  // --- what humans do ---
  message_id say(user_id user, channel_id channel, std::string_view text);
  void edit(user_id user, channel_id channel, message_id message, std::string_view text);
  void erase(channel_id channel, message_id message);
  void react(user_id user, channel_id channel, message_id message, std::string_view emoji);
  void type(user_id user, channel_id channel);
  /// Into a voice channel, 0: out of the one in that guild.
  void join_voice(user_id user, guild_id guild, channel_id channel);
  void set_voice_status(channel_id channel, std::string_view status);
  /// `online`, `idle`, `dnd`, `offline`; who was never heard of is offline.
  void set_presence(user_id user, std::string_view status);
  /// A slash command; subcommands are separated by spaces ("admin ban"). It must be registered and visible there.
  interaction_id slash(user_id user, channel_id channel, std::string_view name,
                       const std::vector<mock_option>& options = {});
  /// Typing in an option that autocompletes.
  interaction_id autocomplete(user_id user, channel_id channel, std::string_view name, std::string_view option,
                              std::string_view typed);
  /// A user or message command on a target.
  interaction_id context_command(user_id user, channel_id channel, std::string_view name, any_id target);
  /// A button of a message.
  interaction_id press(user_id user, message_id message, std::string_view custom_id);
  /// Choices in a select menu.
  interaction_id select(user_id user, message_id message, std::string_view custom_id,
                        const std::vector<std::string>& values);
  /// Sends the modal that `opened_by` was answered with.
  interaction_id submit_modal(user_id user, interaction_id opened_by,
                              const std::map<std::string, std::string>& values);
  /// `count` messages by one user at once, texts "burst 0", "burst 1", ...
  void burst(channel_id channel, std::size_t count);

  // --- what the bot did ---
  /// The bot's answer to a message: one that references it, else its first not yet expected message in that channel
  /// after it. Nothing after `timeout` on the mock's clock.
  task<std::optional<mock_reply>> expect_reply(message_id to, duration timeout = std::chrono::seconds{10});
  /// The answer of an interaction. A deferred one counts when it is edited or followed up.
  task<std::optional<mock_reply>> expect_reply(interaction_id to, duration timeout = std::chrono::seconds{10});
  /// Awaits a condition on the counters, checked after each change; false after `timeout`.
  task<bool> until(std::function<bool(const mock_counters&)> condition, duration timeout = std::chrono::seconds{10});
  /// Awaits an identified (or resumed) session of this shard that is connected now.
  task<bool> expect_session(int shard_id = 0, duration timeout = std::chrono::seconds{10});
  /// The same, blocking the calling thread for at most `timeout` of real time: for programs, never in a simulation.
  std::optional<mock_reply> wait_reply(message_id to, duration timeout = std::chrono::seconds{10});
  std::optional<mock_reply> wait_reply(interaction_id to, duration timeout = std::chrono::seconds{10});
  bool wait_until(std::function<bool(const mock_counters&)> condition, duration timeout = std::chrono::seconds{10});
  bool wait_session(int shard_id = 0, duration timeout = std::chrono::seconds{10});

  /// Whether this is the id of an interaction (they share their numbers with everything else).
  bool knows(interaction_id id) const;
  std::vector<std::string> messages(channel_id channel) const;  ///< contents, oldest first
  std::vector<std::string> registered_commands(guild_id guild = {}) const;  ///< names; guild 0: global ones
  std::vector<std::string> reactions(channel_id channel, message_id message) const;
  /// The `d` of the last IDENTIFY that was accepted for this shard, without its token, as JSON; empty when none was.
  std::string last_identify(int shard_id = 0) const;
  /// The voice channel that somebody (the bot, say) is in, 0 when in none.
  channel_id voice_channel(guild_id guild, user_id user) const;
  /// The `d` of the last presence update (op 3), as JSON.
  std::string last_presence(int shard_id = 0) const;

  // --- what the gateway does to the bot ---
  /// Ends every gateway connection (or that of one shard). Whether its session can be resumed is as Discord's table of
  /// close codes says.
  void disconnect(disconnect_how how = disconnect_how::drop, std::uint16_t code = 4000, std::optional<int> shard = {});
  /// Gateway connections stop reading and writing: no ACK, no event, no FIN. `resume_traffic` goes on.
  void pause(std::optional<int> shard = {});
  void resume_traffic(std::optional<int> shard = {});
  void invalid_session(bool resumable, std::optional<int> shard = {});  ///< op 9
  void reconnect_op7(std::optional<int> shard = {});                    ///< op 7
  void request_heartbeat(std::optional<int> shard = {});                ///< op 1
  /// Forgets every session (or that of one shard): the next RESUME gets op 9.
  void forget_sessions(std::optional<int> shard = {});
  /// The events that nobody is given any more, and forgets them; with `mock_options::note_lost_events`. Those are the events of a
  /// session that has ended which the client had not acknowledged, by the position in a heartbeat or in a refused RESUME
  /// (it may have read some of them), and those for a shard that had no session.
  std::vector<mock_lost_event> take_lost_events();
  /// Sends any event to every session, as it is: for events the world does not make, and for malformed ones.
  void send_event(std::string_view name, std::string_view data_json);
  /// Sends raw bytes as one websocket message on every gateway connection, outside the compression.
  void send_raw(std::string_view bytes, bool binary, std::optional<int> shard = {});
  /// Sends bytes below the framing of every gateway connection, inside TLS: frames that no websocket may send.
  void send_bytes(std::string_view bytes, std::optional<int> shard = {});

 private:
  class impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord::testing
