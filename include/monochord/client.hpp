// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

#include <monochord/cache/options.hpp>
#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/proxy.hpp>
#include <monochord/core/task.hpp>
#include <monochord/core/token.hpp>
#include <monochord/dispatch/counters.hpp>
#include <monochord/dispatch/filter.hpp>
#include <monochord/dispatch/handler.hpp>
#include <monochord/dispatch/next.hpp>
#include <monochord/dispatch/order.hpp>
#include <monochord/dispatch/stream.hpp>
#include <monochord/fwd.hpp>
#include <monochord/gateway/controllers.hpp>
#include <monochord/gateway/initial_presence.hpp>
#include <monochord/gateway/intents.hpp>
#include <monochord/gateway/resharding.hpp>
#include <monochord/gateway/sharding.hpp>
#include <monochord/gateway/stop_mode.hpp>
#include <monochord/json/limit_checks.hpp>
#include <monochord/rest/default_mentions.hpp>
#include <monochord/rest/hooks.hpp>
#include <monochord/rest/limits.hpp>

namespace monochord {

class handler_call;
class inner_handler;
namespace detail {
class middleware;
template <class F>
class typed_middleware;
}  // namespace detail

/// How gateway frames are compressed. A `zstd_stream` is decompressed in half the time that a `zlib_stream` takes, and its
/// context has 260 KiB more; `none` has five times the traffic. docs/sharding.md has the figures.
/// https://docs.discord.com/developers/events/gateway#transport-compression
enum class gateway_compression : std::uint8_t { none, zlib_stream, zstd_stream };

/// Who keeps Discord's rate limits.
enum class rest_limiter_kind : std::uint8_t {
  own,   ///< this process
  none,  ///< a REST proxy that `rest_url` leads to: only the order of writes is kept here, and a 429 is waited for
};

/// What a client is made with. Every member has a default that suits a bot on Discord.
struct client_options {
  flags<intent> intents = unprivileged_intents;

  /// How the bot appears from its start: `{.presence = mc::update_presence_body{.status = mc::presence_status::idle}}`. Later:
  /// `gateway_commands::update_presence`.
  initial_presence presence = {};

  /// Which shards run in this process: all that Discord recommends, a number of your own, or a part of them.
  shard_plan shards = {};
  /// Of each day's session starts fewer may be left than shards have to IDENTIFY. By default the start then takes until the
  /// next day's, with a warning in the log; with `false` `run()` throws `gateway_error` with `errc::identify_budget_spent`
  /// before one is used up, and later when a shard that has lost its session finds none left. A queue of your own
  /// (`identify_queue`) decides for itself about the latter.
  /// https://docs.discord.com/developers/events/gateway#session-start-limit-object
  bool wait_for_identify_budget = true;
  /// Whether another number of shards takes over when the present ones get full. https://docs.discord.com/developers/events/gateway#sharding
  auto_resharding resharding = {};
  /// What else the shards decide, as functions: where a command goes, how the bot appears on a shard, what a fatal close does.
  monochord::controllers controllers = {};

  /// Where REST goes: Discord, a proxy, or a mock. The gateway's address comes from there, unless `gateway_url` says
  /// otherwise; then that is also the host of every resume.
  std::string rest_url = "https://discord.com/api/v10";
  std::string gateway_url = {};

  /// A file of PEM certificates that are trusted instead of the system's store.
  std::string ca_file = {};
  /// Allows http:// and ws:// to hosts that are not loopback. The token then travels in the clear.
  bool allow_plain = false;

  /// Through which proxy REST and gateway go; none unless it is given, here or by `options_from_env`.
  proxy_settings proxy = {};

  /// What `client::cache` keeps. Not what is decoded for handlers: with `{.policy = {.kinds = {}}}` nothing is kept but the bot's
  /// own user, and nothing is decoded but what handlers want. docs/cache.md
  cache_options cache = {};
  /// Asks for the members of each guild that comes without all of them, a few guilds of a shard at a time, for the cache. Needs
  /// `intent::guild_members`. Large bots wait long for this: Discord takes 120 such requests a minute and shard.
  /// https://docs.discord.com/developers/events/gateway-events#request-guild-members
  bool chunk_guilds_at_start = false;
  /// Has the cache learn too what REST answers tell of guilds, channels, roles, members, users and messages that the gateway did not,
  /// under the same policy. Such an answer is decoded twice.
  bool cache_learns_from_rest = false;
  /// Where the cache is kept over restarts: written at the end, read at the start, as long as a shard resumes the session that it
  /// was written for (from the older position, if that differs from what was handled: what lies between goes to the cache alone).
  /// For one process, with a `session_store` (or an `event_source`); empty: nowhere. It holds what the bot was told: only its owner
  /// may read it. docs/cache.md
  std::string cache_file = {};
  /// How often the file is written besides, for a process that is killed; then Discord keeps what is not in it yet. 0: at the end
  /// only, and after a kill each shard begins a new session.
  std::chrono::seconds cache_save_interval{0};
  /// A resumed session does not bring its guilds again. So one that an earlier process left is resumed only where the cache keeps
  /// nothing, or `cache_file` has the guilds; with `true` always, and the cache fills as events come.
  bool resume_with_cold_cache = false;

  gateway_compression compression = gateway_compression::zstd_stream;

  /// `all_ready` waits for the guilds that Discord listed; once none has come for this long it goes without those that are still
  /// missing (0: it waits for none).
  std::chrono::milliseconds guild_wait{15'000};

  /// Threads of the pool, at least 2; 0 is one a core. User code never occupies all of them.
  unsigned threads = 0;
  /// Handlers that may run at the same time, at least 1, those not counted that wait in `client::next`, in a stream or for the
  /// answer to a gateway command; past that, reading from the gateway stops until one ends.
  std::size_t max_running_handlers = 10'000;
  /// Which events wait for each other. docs/events.md says what counts as waiting.
  event_order order = event_order::concurrent;
  /// Events that wait for their turn, at least 1: because of `order`, or since `overflow` lets reading go on while too many
  /// handlers run. Past that, reading stops until one begins, or `overflow` drops one.
  std::size_t max_queued_events = 10'000;
  /// Which events are dropped rather than that reading stops: `drop_oldest<typing_start, presence_update>()`. Default: none.
  overflow_policy overflow = {};
  /// A handler that works for longer is named in the log, as a warning, once, and counted; waiting in `client::next`, in a
  /// stream or for the answer to a gateway command is no work. `max()`: never.
  std::chrono::milliseconds slow_handler{10'000};
  /// An event whose handlers have all ended is handled: a process that resumes later begins behind it. So is one that was
  /// acknowledged (`raw_event::acknowledge`), and one that handlers have worked on for this long (`max()`: none; 0: every event
  /// is, as it comes).
  std::chrono::milliseconds ack_after{30'000};
  /// How long `stop()` waits for handlers before it cancels them.
  std::chrono::milliseconds drain_timeout{10'000};
  /// How long one REST call may take in all, waiting for rate limits included.
  std::chrono::milliseconds rest_timeout{60'000};
  /// Requests a second over all routes; Discord's limit for bots is 50.
  /// https://docs.discord.com/developers/topics/rate-limits#global-rate-limit
  int rest_requests_per_second = 50;
  /// The largest file that is sent, unless it comes with a limit of its own (`file_body::limit_bytes`, the
  /// `attachment_size_limit` of an interaction that is answered), and the largest request; what is larger is refused
  /// with `upload_error` before anything is sent. https://docs.discord.com/developers/reference#uploading-files
  std::uint64_t max_attachment_bytes = 10U << 20U;
  std::uint64_t max_upload_bytes = 25U << 20U;
  /// Connections that REST keeps open at a time, and how long one stays open that nobody uses.
  std::size_t rest_connections = 16;
  std::chrono::milliseconds rest_idle_timeout{30'000};
  /// Which of Discord's limits a request body must keep; a call with one that does not throws `limit_error`, unsent.
  limit_checks body_limits = limit_checks::strict;
  /// Whom messages notify whose body leaves `allowed_mentions` out: created, edited (where the text or the components
  /// change), answers to interactions, follow-ups, webhooks and lobbies. By default Discord's: everybody they mention;
  /// those of webhooks and interactions users only.
  optional<default_mentions> allowed_mentions = {};
  rest_limiter_kind rest_limiter = rest_limiter_kind::own;
  /// Called for each sending of a call, its answer, and each 429.
  monochord::rest_hooks rest_hooks = {};

  /// Where the client's figures may be read over HTTP while it runs: `127.0.0.1:9464`, or `9464`, which is the same; empty:
  /// nowhere. See `metrics_server_options::listen`.
  std::string metrics_listen = {};

  log_level log = log_level::info;
  /// Where log lines go; by default to stderr.
  log_sink log_to = {};

  /// The seams: each has a good default, and whoever needs something else passes an object.
  std::shared_ptr<monochord::clock> clock = {};             ///< default `system_clock()`
  /// Chance, where what waits is not to wait equally long: numbers from 0 up to 1, from any thread. Default: the system's. What
  /// must not be foreseen is not made of it.
  std::function<double()> jitter = {};
  std::shared_ptr<net::network> transport = {};             ///< default TCP
  std::shared_ptr<monochord::identify_queue> identify_queue = {};  ///< default in this process
  std::shared_ptr<monochord::session_store> session_store = {};    ///< default in memory; `make_file_session_store`, `make_sqlite_session_store`
  /// Default: the client's own shards. What is above about the gateway is about these, and says nothing about another source.
  std::shared_ptr<monochord::event_source> event_source = {};
  /// Default: limits of its own. Clients that have the same object here share what they know; then it says how many
  /// requests a second there may be.
  std::shared_ptr<monochord::rest_limits> rest_limits = {};
  /// Runs everything on this executor instead of a pool of the client's own: for `async_run`. Then `run()` must not be
  /// called, signals are not handled, and user code shares the executor's threads.
  boost::asio::any_io_executor executor = {};
};

/// `options` with what the environment says: MONOCHORD_REST_URL, MONOCHORD_GATEWAY_URL, MONOCHORD_CA_FILE and
/// MONOCHORD_LOG (trace, debug, info, warning, error, off), and, unless a proxy is given, HTTPS_PROXY and NO_PROXY (or
/// the same in lower case). Throws `error` with `errc::invalid_argument` for another level. So a bot runs against the mock, or behind a proxy, without being rebuilt.
client_options options_from_env(client_options options = {});

/// A bot: gateway connection, REST calls, events and tasks on one thread pool.
///
/// Thread safety: every member function may be called from any thread, handlers included; the destructor may not run
/// while another call does. Handlers run on the pool, each on a strand of its own.
class client {
 public:
  /// Throws `error` with `errc::token_missing` when `bot_token` is empty, `errc::bad_url` or `errc::plain_refused` for
  /// an address that cannot be used (the proxy's included), `errc::tls_failed` when `ca_file` cannot be read,
  /// `errc::invalid_argument` for another option that can never work. Connects nowhere yet.
  explicit client(token bot_token, client_options options = {});
  client(const client&) = delete;
  client& operator=(const client&) = delete;
  /// `run()` must have returned, a task of `async_run()` must have ended.
  ~client();

  /// Calls `handler(const E&)` for each event of type `E` (`message_create`, `ready`, ... of `model/events.hpp`), or
  /// `handler(const E&, const raw_event&)` where it wants to know the shard, or to `acknowledge` the event early. A
  /// handler is a coroutine returning `task<>`, or a plain function that must not block. Handlers are queued in the order
  /// of a shard's events and run side by side, each on a strand of its own, so with several threads one may overtake
  /// another (`client_options::order` has more orders); those of one event start in the order in which they were registered, raw ones
  /// first. What one throws goes to `on_error`. Events that nobody wants are not decoded. What is told from other events
  /// (`guild_join`, `guild_available`, `guild_unavailable`, `guild_leave`, `all_ready`) is an event like any other. `where` is for
  /// messages.
  template <class E, class F>
    requires detail::event_handler<F, E>
  handler_id on(F handler, std::source_location where = std::source_location::current()) {
    return add_handler(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(handler)),
                       {{}, false, where});
  }
  /// The same for events that pass a filter: ids (`in_guild(id) && from_user(id)`, of `dispatch/filter.hpp`), a predicate
  /// `bool(const E&)`, or both (`in_channel(id) && [](const auto& event) { ... }`). An event that no handler's ids let through is not
  /// decoded. The predicate is asked where the handler would run, in its place and order, possibly several at a time; what it
  /// throws goes to `on_error`.
  template <class E, class Filter, class F>
    requires(detail::filter_of<Filter, E> && detail::event_handler<F, E>)
  handler_id on(Filter filter, F handler, std::source_location where = std::source_location::current()) {
    return add_handler(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(handler)),
                       {detail::make_condition<E>(std::move(filter)), false, where});
  }

  /// As `on` for one event, the first that comes (and passes); then the handler is taken away. Called once at the most, whatever
  /// happens at the same time: of several events that are asked by a predicate at a time the first that passes it.
  template <class E, class F>
    requires detail::event_handler<F, E>
  handler_id once(F handler, std::source_location where = std::source_location::current()) {
    return add_handler(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(handler)),
                       {{}, true, where});
  }
  template <class E, class Filter, class F>
    requires(detail::filter_of<Filter, E> && detail::event_handler<F, E>)
  handler_id once(Filter filter, F handler, std::source_location where = std::source_location::current()) {
    return add_handler(event_type_of<E>(), std::make_unique<detail::typed_handler<E, F>>(std::move(handler)),
                       {detail::make_condition<E>(std::move(filter)), true, where});
  }

  /// The next event of type `E` that passes `filter` (as in `on`), shared with everybody else who has it; null when none has come
  /// within `timeout`. Events count from the call on, also before the task is awaited: call it, do what provokes the event, then
  /// await. They are taken where they are read, before any queue, order or limit, so an event comes here although its handlers
  /// wait for their turn; a handler that awaits this gives its own place up (`client_options::max_running_handlers`, `order`), and
  /// when it goes on waits for no other.
  ///
  /// The predicate is asked where the task is awaited, one event at a time, and what it throws is thrown here. Ids cost next to
  /// nothing however many wait, a predicate alone wakes everybody who waits. With g++ 12 a predicate that owns what it captures must
  /// have a name. Of what comes before the task is awaited the last
  /// 1,000 are kept. Throws `error` with `errc::cancelled` when the client stops, which cuts a handler short that waits here, or
  /// when the coroutine is cancelled; with `errc::invalid_argument` at once when the event never comes with the client's intents.
  template <class E>
  task<std::shared_ptr<const E>> next(std::chrono::milliseconds timeout = std::chrono::milliseconds::max()) {
    return detail::as_event<E>(next_event(event_type_of<E>(), {}, timeout));
  }
  template <class E, class Filter>
    requires detail::filter_of<std::remove_cvref_t<Filter>, E>
  task<std::shared_ptr<const E>> next(Filter&& filter,
                                      std::chrono::milliseconds timeout = std::chrono::milliseconds::max()) {
    static_assert(detail::may_be_awaited<Filter>,
                  "give the predicate a name before (auto is_it = [...](...) {...}): g++ 12 destroys a lambda twice that owns "
                  "something and stands within a co_await expression");
    using own = std::remove_cvref_t<Filter>;
    return detail::as_event<E>(
        next_event(event_type_of<E>(), detail::make_condition<E, own>(std::forward<Filter>(filter)), timeout));
  }

  /// All events of type `E` from now on, one after the other, until the stream is closed or destroyed or the client stops:
  /// `auto stream = bot.events<mc::message_create>(); while (auto event = co_await stream.next()) ...`. With a filter as in `on`:
  /// only what its ids let through takes a place of the buffer; a predicate is asked where events are taken. Taken where they are read,
  /// as by `next`. Throws `error` with `errc::invalid_argument` for a buffer of 0, and when the event never comes with the
  /// client's intents.
  template <class E>
  event_stream<E> events(const stream_options& how = {}) {
    return event_stream<E>(open_stream(event_type_of<E>(), {}, how));
  }
  template <class E, class Filter>
    requires detail::filter_of<Filter, E>
  event_stream<E> events(Filter filter, const stream_options& how = {}) {
    return event_stream<E>(open_stream(event_type_of<E>(), detail::make_condition<E>(std::move(filter)), how));
  }

  /// Calls `handler(const raw_event&)` for every dispatched event, known or not, with its JSON.
  template <class F>
    requires std::is_invocable_v<F&, const raw_event&>
  handler_id on_raw(F handler, std::source_location where = std::source_location::current()) {
    return add_raw_handler(std::make_unique<detail::typed_handler<raw_event, F>>(std::move(handler)), {{}, false, where});
  }

  /// Puts `around(const handler_call&, inner_handler inner) -> task<>` around each handler that is called from now on, those that
  /// were registered before included: `co_await inner()` calls the handler, or the next middleware; without it the handler is
  /// skipped, and its event handled. The first that was put is outermost. What the handler throws comes out of `inner()`, and what
  /// leaves the middleware goes to `on_error`. Not asked for handlers whose filter says no, nor for `next` and streams. Both types
  /// are in `<monochord/dispatch/middleware.hpp>`.
  template <class F>
    requires std::is_same_v<std::invoke_result_t<F&, const handler_call&, inner_handler>, task<>>
  void use(F around) {
    add_middleware(std::make_unique<detail::typed_middleware<F>>(std::move(around)));
  }

  /// Takes a handler away: no event reaches it any more, those that wait for their turn included. A call that runs, or is just
  /// beginning on another thread, goes on; the handler is destroyed after the last of them. A handler may take itself away, and
  /// register others; these get the events that are read from then on.
  void off(handler_id which);

  /// Called for what a handler or a spawned task throws, and for events that cannot be decoded; `event.name` is empty
  /// for spawned tasks. By default such errors are logged. Called where handlers run, possibly several at a time; must not
  /// throw. What is cut short by the client's end is not reported.
  void on_error(std::function<void(std::exception_ptr, const raw_event& event)> handler);

  /// What became of events so far, and how many are worked on now.
  monochord::event_counters event_counters() const;

  /// Called when a shard of this process is up for the first time, with how far the start is; `start_progress` is in
  /// `<monochord/gateway/shards.hpp>`. Calls come one after the other in the order of `start_progress::ready`, where
  /// handlers run; what one throws goes to `on_error`. Set it before `run()`.
  void on_progress(std::function<void(const start_progress& now)> handler);

  /// Discord's REST API, typed; include `<monochord/rest/rest.hpp>` (the umbrella does) to call it.
  rest_client& rest() noexcept;

  /// What the bot tells Discord over the gateway (presence, voice, asking for members); include
  /// `<monochord/gateway/commands.hpp>` to call it. Lives as long as the client.
  gateway_commands& gateway() noexcept;

  /// What Discord told the bot, as far as `client_options::cache` keeps it; it knows of an event before the first handler of that
  /// event starts. Include `<monochord/cache/cache.hpp>` to read it. Lives as long as the client.
  monochord::cache& cache() noexcept;

  /// What the shards are doing; include `<monochord/gateway/shards.hpp>` to ask. Lives as long as the client.
  shard_set& shards() noexcept;

  /// What the client has done and is doing, as figures for Prometheus or for yourself; include
  /// `<monochord/metrics/metrics.hpp>` to ask. Lives as long as the client.
  monochord::metrics& metrics() noexcept;

  /// Connects and works until `stop()`, SIGINT or SIGTERM; a second signal is `stop(discard_sessions)`. Returns 0 after an
  /// orderly stop, or when `client_options::event_source` has no more events. Throws `rest_error` or `gateway_error` when
  /// Discord refuses the bot for good (token, intents, shards); `error` with `errc::certificate_refused`, `plain_refused` or `bad_url` when the gateway's address can never
  /// be used, `descriptor_error` before a shard connects when the system lets this process open too few sockets for its shards
  /// (the soft limit is raised where that helps), `error` with `errc::invalid_argument` when called twice or with `client_options::executor`, and when there is a
  /// handler of an event that never comes with `client_options::intents`; with `errc::connect_failed` where
  /// `client_options::metrics_listen` is taken; what `controllers::shards` and `event_source::run` throw.
  int run();

  /// The same as a task, which may be awaited from any executor; signals are not handled. For tests and for programs that
  /// have a loop of their own: throws `error` with `errc::invalid_argument` without `client_options::executor`.
  task<> async_run();

  /// Starts an orderly end: no new handlers or tasks, running handlers get `drain_timeout`, spawned tasks are
  /// cancelled, connections are closed. Returns at once; `run()` returns when all is done. The gateway is closed first,
  /// which takes 3 seconds at the most (5 while shards change), and then handlers are waited for. Calling it again does nothing, but with
  /// `discard_sessions` after `keep_sessions` and while the gateway is being closed: the sessions are erased from the
  /// session store, so the next process starts new ones. The close code has been sent by then: Discord shows the bot
  /// online for some minutes more.
  void stop(stop_mode mode = stop_mode::keep_sessions) noexcept;

  /// Starts a task beside the handlers; what it throws goes to `on_error`; `stop()` cancels it. False, and nothing is
  /// started, once the client that runs is stopping.
  bool spawn(task<> work);
  /// The same for a function that returns a task; the function lives as long as its task, so captures are safe.
  template <class F>
    requires std::is_same_v<std::invoke_result_t<F&>, task<>>
  bool spawn(F work) {
    return spawn(own(std::move(work)));
  }

  /// Calls `work()` every `interval` on the client's clock, first after one interval; a call that takes longer makes
  /// the next ones wait, it is never run twice at a time. What it throws goes to `on_error` and the next call comes all
  /// the same. `stop()` ends it. False, and nothing is started, once the client that runs is stopping.
  template <class F>
    requires std::is_same_v<std::invoke_result_t<F&>, task<>>
  bool every(duration interval, F work) {
    return spawn(repeat(interval, [work = std::move(work)]() mutable { return work(); }));
  }

  /// Waits on the client's clock. Throws `error` with `errc::cancelled` when the coroutine is cancelled meanwhile: spawned
  /// tasks are by `stop()`, running handlers once `drain_timeout` is over, other coroutines by whoever owns them.
  task<> sleep(duration time);

  /// The clock of `client_options`.
  monochord::clock& clock() noexcept;
  /// The executor that handlers run on; it never occupies every thread of the pool.
  boost::asio::any_io_executor executor() const;

 private:
  struct impl;

  template <class F>
  static task<> own(F work) {
    co_await work();
  }
  handler_id add_handler(const event_type& type, std::unique_ptr<detail::handler> handler, detail::registration how);
  handler_id add_raw_handler(std::unique_ptr<detail::handler> handler, detail::registration how);
  void add_middleware(std::unique_ptr<detail::middleware> around);
  task<std::shared_ptr<const void>> next_event(const event_type& type, detail::condition when,
                                               std::chrono::milliseconds timeout);
  std::shared_ptr<detail::event_tap> open_stream(const event_type& type, detail::condition when, const stream_options& how);
  task<> repeat(duration interval, std::function<task<>()> work);

  std::shared_ptr<impl> impl_;
};

}  // namespace monochord
