// SPDX-License-Identifier: MIT
#include "client/impl.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <algorithm>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

#include "client/handler_intents.hpp"
#include "client/rest_learner.hpp"
#include "core/random.hpp"
#include "net/deadline.hpp"
#include "net/limited_executor.hpp"
#include "net/network.hpp"
#include "net/proxy.hpp"
#include "net/strand.hpp"
#include "net/tls.hpp"
#include "net/url.hpp"
#include "net/worker_threads.hpp"
#include <monochord/gateway/event_traits.hpp>
#include <monochord/model/derived_events.hpp>

namespace monochord {

namespace asio = boost::asio;

const std::string_view user_agent = "DiscordBot (https://github.com/monochord/monochord, " MONOCHORD_VERSION ")";

namespace {

/// What cancelled handlers and tasks get to come to their end before they are left behind.
constexpr auto cancel_grace = std::chrono::seconds{5};
/// How often it is kept what was handled while the last handlers run.
constexpr auto keeps_every = std::chrono::milliseconds{250};

std::shared_ptr<const net::tls_context> make_tls(const client_options& options) {
  return options.ca_file.empty() ? net::tls_context::client() : net::tls_context::client_trusting_file(options.ca_file);
}

unsigned pool_size(const client_options& options) {
  const unsigned wanted = options.threads ? options.threads : std::thread::hardware_concurrency();
  return std::max(wanted, 2U);
}

}  // namespace

std::string client::impl::describe(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception that is not a std::exception";
  }
}

client::impl::impl(token given_token, client_options given)
    : options(std::move(given)),
      bot_token(std::move(given_token)),
      log(options.log_to ? options.log_to : spdlog_sink(options.log), options.log),
      time(options.clock ? options.clock : system_clock()),
      own_context(options.executor ? nullptr : std::make_unique<asio::io_context>(static_cast<int>(pool_size(options)))),
      executor(options.executor ? options.executor : asio::any_io_executor(own_context->get_executor())),
      user_executor(own_context ? net::make_limited_executor(executor, pool_size(options) - 1) : executor),
      life(net::make_strand(executor)),
      stop_wait_(life, asio::steady_timer::time_point::max()) {
  if (bot_token.empty())
    throw error(errc::token_missing, make_error_code(errc::token_missing).message());
  if (options.max_running_handlers == 0)
    throw error(errc::invalid_argument, "client_options::max_running_handlers is 0: no handler could ever run");
  if (options.max_queued_events == 0)
    throw error(errc::invalid_argument, "client_options::max_queued_events is 0: no event could ever wait for its turn");
  if (options.slow_handler < std::chrono::milliseconds::zero())
    throw error(errc::invalid_argument, "client_options::slow_handler is negative");
  if (options.ack_after < std::chrono::milliseconds::zero())
    throw error(errc::invalid_argument, "client_options::ack_after is negative");
  if (options.resharding.automatic && options.resharding.interval < std::chrono::seconds{1})
    throw error(errc::invalid_argument, "client_options::resharding.interval is below a second");
  check_resharding(options.resharding, options.shards);
  check_cache(options);
  if (options.guild_wait < std::chrono::milliseconds::zero())
    throw error(errc::invalid_argument, "client_options::guild_wait is negative");

  net::url base = net::url::parse(options.rest_url);
  if (base.scheme() != "https" && base.scheme() != "http")
    throw error(errc::bad_url, "rest_url must begin with https:// (or http:// for loopback)");
  base.require_encryption_unless(options.allow_plain);
  if (!options.gateway_url.empty()) {
    const auto gateway = net::url::parse(options.gateway_url);
    if (gateway.scheme() != "wss" && gateway.scheme() != "ws")
      throw error(errc::bad_url, "gateway_url must begin with wss:// (or ws:// for loopback)");
    gateway.require_encryption_unless(options.allow_plain);
  }

  guilds = std::make_shared<gateway::guild_registry>(options.intents.has(intent::guilds));
  tls = make_tls(options);
  transport = net::through_proxy(options.transport ? options.transport : net::tcp_network(), options.proxy, tls);
  net::http_options http;
  http.transport = transport;
  http.clock = time;
  http.tls = tls;
  http.allow_plain = options.allow_plain;
  http.user_agent = user_agent;
  http.max_connections = options.rest_connections;
  http.idle_timeout = options.rest_idle_timeout;
  rest::queue_options calls{.base = base, .bot_token = bot_token, .http = http, .limits = {}, .log = log};
  calls.timeout = options.rest_timeout;
  calls.uploads = {.attachment_bytes = options.max_attachment_bytes, .request_bytes = options.max_upload_bytes};
  calls.body_limits = options.body_limits;
  calls.allowed_mentions = options.allowed_mentions;
  calls.limits.global_limit = options.rest_requests_per_second;
  calls.limits.none = options.rest_limiter == rest_limiter_kind::none;
  if (!calls.limits.none) calls.shared_limits = options.rest_limits;
  calls.hooks = options.rest_hooks;
  calls.jitter = options.jitter;
  cached = std::make_shared<cache_feed>(options.cache, time, asio::query(executor, asio::execution::context));
  if (options.cache_learns_from_rest) calls.learner = rest_learner({cached, &cached->cache()});
  queue = std::make_shared<monochord::rest::queue>(executor, std::move(calls));
  rest = std::make_unique<rest_client>(queue);
}

void client::impl::start_parts() {
  const std::weak_ptr<impl> weak = weak_from_this();
  const auto on_error = [weak](std::exception_ptr error) {
    if (const auto self = weak.lock()) self->report(std::move(error), raw_event{});
  };
  handlers = std::make_shared<net::task_group>(user_executor, on_error);
  tasks = std::make_shared<net::task_group>(user_executor, on_error);
  meters = std::make_unique<client_meters>(time);
  dispatch::dispatcher_options how;
  how.spawn = [group = handlers](std::shared_ptr<net::long_job>&& one, std::shared_ptr<net::place_holder>&& holder) {
    return group->spawn(std::move(one), std::move(holder));
  };
  how.run = [group = handlers](std::shared_ptr<net::short_job> one) { return group->run(std::move(one)); };
  how.clock = time;
  how.order = options.order;
  how.max_running = options.max_running_handlers;
  how.max_queued = options.max_queued_events;
  how.overflow = options.overflow;
  how.slow_after = after(time_point(), options.slow_handler).time_since_epoch();
  how.background = [group = tasks](task<> work) { return group->spawn(std::move(work)); };
  how.on_slow = [to = log, limit = options.slow_handler](const dispatch::slow_handler& one) {
    const std::string place = one.where.file_name() + (":" + std::to_string(one.where.line()));
    to(log_level::warning, "client",
       "a handler of " + one.event + ", registered at " + place + ", works for longer than " + std::to_string(limit.count()) + " ms");
  };
  how.meter = meters->handlers;
  dispatcher = std::make_shared<dispatch::dispatcher>(std::move(how));
  dispatcher->on_error([weak](std::exception_ptr error, const raw_event& event) {
    if (const auto self = weak.lock()) self->report(std::move(error), event);
  });
  decides = std::make_shared<gateway::decisions>(options.controllers, [weak](std::exception_ptr error) {
    if (const auto self = weak.lock()) self->report_soon(std::move(error));
  });
  gateway::command_desk_options wanted{time, executor, options.intents, command_routes(), {}};
  wanted.waiting = [to = std::weak_ptr(dispatcher)](std::ptrdiff_t more) {
    if (const auto known = to.lock()) known->lend(more);
  };
  desk = std::make_shared<gateway::command_desk>(std::move(wanted));
  commands = std::make_unique<gateway_commands>(desk);
  start_cache();
  make_metrics();
}

void client::impl::set_error_handler(std::function<void(std::exception_ptr, const raw_event&)> handler) {
  // What was there before is destroyed once the lock is open.
  std::shared_ptr<const std::function<void(std::exception_ptr, const raw_event&)>> shared =
      std::make_shared<const std::function<void(std::exception_ptr, const raw_event&)>>(std::move(handler));
  const std::lock_guard lock(mutex_);
  on_error_.swap(shared);
}

/// From where no code of the user may run.
void client::impl::report_soon(std::exception_ptr error) {
  const auto tell = [](std::weak_ptr<impl> weak, std::exception_ptr what) -> task<> {
    if (const auto self = weak.lock()) self->report(std::move(what), raw_event{});
    co_return;
  };
  if (!handlers->spawn(tell(weak_from_this(), error))) log(log_level::error, "client", describe(error));  // it is stopping
}

void client::impl::report(std::exception_ptr error, const raw_event& event) {
  std::shared_ptr<const std::function<void(std::exception_ptr, const raw_event&)>> handler;
  {
    const std::lock_guard lock(mutex_);
    handler = on_error_;
  }
  if (handler && *handler) {
    (*handler)(std::move(error), event);
  } else {
    const auto text = describe(error);
    const bool says_who = text.starts_with("client_options::controllers");
    const std::string who = event.name.empty() ? "a spawned task" : "a handler of " + std::string(event.name);
    log(log_level::error, "client", says_who ? text : who + " failed: " + text);
  }
}

void client::impl::set_progress_handler(std::function<void(const start_progress&)> handler) {
  auto shared = std::make_shared<const std::function<void(const start_progress&)>>(std::move(handler));
  const std::lock_guard lock(mutex_);
  on_progress_.swap(shared);
}

/// Carries progress to where user code runs, one call after the other. Empty where nobody wants to know.
std::function<void(const start_progress&)> client::impl::progress_teller() {
  const std::lock_guard lock(mutex_);
  if (!on_progress_ || !*on_progress_) return {};
  const auto news = std::make_shared<progress_news>();
  news->handler = on_progress_;
  return [weak = weak_from_this(), news, group = handlers](const start_progress& now) {
    {
      const std::lock_guard told(news->mutex);
      news->waiting.push_back(now);
      if (std::exchange(news->being_told, true)) return;
    }
    group->spawn(tell_progress(weak, news));  // not once the client is stopping, which waits for what runs
  };
}

std::function<void(const all_ready&)> client::impl::ready_teller() {
  return [to = dispatcher, weak = weak_from_this()](const all_ready& now) {
    to->deliver_own(event_type_of<all_ready>(), std::make_shared<all_ready>(now));
    if (const auto self = weak.lock()) self->give_back_memory_soon();
  };
}

task<> client::impl::tell_progress(std::weak_ptr<impl> weak, std::shared_ptr<progress_news> news) {
  for (;;) {
    start_progress next;
    {
      const std::lock_guard lock(news->mutex);
      news->being_told = !news->waiting.empty();
      if (!news->being_told) co_return;
      next = news->waiting.front();
      news->waiting.pop_front();
    }
    try {
      (*news->handler)(next);
    } catch (...) {
      if (const auto self = weak.lock()) self->report(std::current_exception(), raw_event{});
    }
  }
}

bool client::impl::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void client::impl::stop(stop_mode mode) noexcept {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  if (mode == stop_mode::discard_sessions) mode_ = mode;
  // Only a life that is there is told: what is posted to a context that nobody runs any more keeps this object for ever.
  if (!started_ || ended_) return;
  asio::post(life, [self = shared_from_this()] {
    self->stop_wait_.cancel();
    self->tasks->close();
    self->tasks->cancel();
    if (self->feed) self->feed->stop(self->how_it_stops());
    self->dispatcher->close();  // whoever waits for room reads on, to its end
    self->desk->close();
  });
}

stop_mode client::impl::how_it_stops() const {
  const std::lock_guard lock(mutex_);
  return mode_;
}

/// Completes without an error once stop() was called, with one when it is cancelled before.
task<error_code> client::impl::stop_called() {
  if (!stopping()) {
    boost::system::error_code cancelled;  // by stop(), or from outside
    co_await stop_wait_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  co_return stopping() ? error_code() : make_error_code(errc::cancelled);
}

/// Handlers end by themselves or are cancelled, then tasks, then REST, which handlers need to the last.
task<> client::impl::shut_down() {
  tasks->close();
  tasks->cancel();
  dispatcher->close();
  desk->close();
  handlers->close();
  // Awaited outside of the conditions: g++ 12 without optimisation makes a trap of one within the branch of another.
  const auto drain_ends = after(time->now(), options.drain_timeout);
  bool drained = false;
  do {
    // What ends meanwhile is kept at once: whoever kills this process while it waits doubles nothing of that.
    drained = co_await handlers->join(*time, std::min(drain_ends, after(time->now(), keeps_every)));
    if (drained || !feed) continue;
    const bool kept = co_await net::run_before(*time, drain_ends, gateway::source_feed::keep_positions(feed));
    static_cast<void>(kept);
  } while (!drained && time->now() < drain_ends);
  if (!drained) {
    log(log_level::warning, "client", std::to_string(handlers->running()) + " handlers took longer than drain_timeout: cancelled");
    dispatcher->cut_short();
    handlers->cancel();
    drained = co_await handlers->join(*time, time->now() + cancel_grace);
    if (!drained) log(log_level::error, "client", std::to_string(handlers->running()) + " handlers do not end: left behind");
  }
  // Only now is it known what was handled: the next process is given the rest.
  if (feed) co_await gateway::source_feed::keep_positions(feed);
  const bool ended = co_await tasks->join(*time, time->now() + cancel_grace);
  if (!ended) log(log_level::error, "client", std::to_string(tasks->running()) + " spawned tasks do not end: left behind");
  co_await save_cache(shared_from_this(), true);
  const bool closed = co_await net::run_before(*time, time->now() + cancel_grace, queue->close());
  if (!closed) log(log_level::error, "client", "REST calls do not end where they are awaited: left behind");
}

void client::impl::begin() {
  check_handler_intents(dispatcher->names(), options.intents);
  const std::lock_guard lock(mutex_);
  if (started_) throw error(errc::invalid_argument, "a client runs once: make another one to run again");
  started_ = true;
}

task<> client::impl::live(std::shared_ptr<impl> self) {
  if (self->own_context)
    throw error(errc::invalid_argument, "async_run() is for clients with client_options::executor: call run(), or set it");
  self->begin();
  const auto life = self->life;
  co_await net::run_on(life, life_of(std::move(self)));
}

task<> client::impl::life_of(std::shared_ptr<impl> self) {
  // Its end is stop(), which closes in order; cancellation from outside must not tear it in the middle.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  std::exception_ptr failed;
  try {
    if (self->meters->server) self->meters->server->start();
    co_await self->serve();
  } catch (...) {
    failed = std::current_exception();
  }
  co_await self->shut_down();
  if (self->meters->server) co_await self->meters->server->async_stop();
  {
    const std::lock_guard lock(self->mutex_);
    self->ended_ = true;
  }
  if (failed) std::rethrow_exception(failed);
}

int client::impl::run() {
  if (!own_context)
    throw error(errc::invalid_argument, "run() is for clients with a pool of their own: await async_run() on your executor");

  begin();
  // The threads first: without them nothing has begun that would have to end in order.
  auto work = asio::make_work_guard(*own_context);
  std::optional<net::worker_threads> threads;
  try {
    threads.emplace(*own_context, pool_size(options), user_executor);
  } catch (const std::system_error& e) {
    own_context->stop();
    throw error(errc::resource, std::string("cannot start the client's threads: ") + e.what());
  }

  std::exception_ptr failed;
  asio::signal_set signals(*own_context, SIGINT, SIGTERM);
  // Weak: a wait that the end leaves behind must not keep this object.
  auto watch = [](std::weak_ptr<impl> weak, asio::signal_set& arrived) -> task<> {
    for (bool first = true;; first = false) {
      boost::system::error_code closed;
      const int which = co_await arrived.async_wait(asio::redirect_error(asio::use_awaitable, closed));
      const auto self = weak.lock();
      if (closed || !self) co_return;
      self->log(log_level::info, "client", which == SIGINT ? "SIGINT: stopping" : "SIGTERM: stopping");
      self->stop(first ? stop_mode::keep_sessions : stop_mode::discard_sessions);
    }
  };
  asio::co_spawn(life, watch(weak_from_this(), signals), asio::detached);
  asio::co_spawn(life, life_of(shared_from_this()), [&](std::exception_ptr error) {
    failed = std::move(error);
    own_context->stop();  // whatever else still waits here was left behind by its owner, and is destroyed with the client
  });
  threads->run();
  if (failed) std::rethrow_exception(failed);
  return 0;
}

task<> client::impl::sleep(std::shared_ptr<monochord::clock> time, duration how_long) {
  const auto wait = time->make_timer(co_await asio::this_coro::executor);
  if (const auto woken = co_await wait->wait_until(after(time->now(), how_long))) throw error(errc::cancelled, "sleep was cancelled");
}

task<> client::impl::repeat(std::weak_ptr<impl> weak, std::shared_ptr<monochord::clock> time, duration interval,
                            std::function<task<>()> work) {
  const auto wait = time->make_timer(co_await asio::this_coro::executor);
  for (auto next = after(time->now(), interval);; next = std::max(after(next, interval), time->now())) {
    if (co_await wait->wait_until(next)) co_return;  // cancelled
    std::exception_ptr failed;
    try {
      co_await work();
    } catch (...) {
      failed = std::current_exception();
    }
    if (!failed) continue;
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
      std::rethrow_exception(failed);
    if (const auto self = weak.lock()) self->report(failed, raw_event{});
  }
}

}  // namespace monochord
