// SPDX-License-Identifier: MIT
#include "net/http_client.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <mutex>
#include <optional>
#include <vector>

#include "net/body_source.hpp"
#include "net/deadline.hpp"
#include "net/http_connection.hpp"
#include "net/http_pool_impl.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"

namespace monochord::net {

namespace asio = boost::asio;
using connection_ptr = std::shared_ptr<http_connection>;

namespace {

/// Methods that a second time does no more than the first (RFC 9110, 9.2.2).
bool is_idempotent(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "PUT" || method == "DELETE" || method == "OPTIONS";
}

default_fields defaults_of(const http_options& options) {
  http_headers all;
  if (!options.user_agent.empty()) all.add("User-Agent", options.user_agent);
  if (options.accept_gzip) all.add("Accept-Encoding", "gzip");
  return default_fields(all);
}

http_connection::server server_of(const url& where, http_options with) {
  http_connection::server to{where.authority(), defaults_of(with), std::move(with)};
  to.common = " HTTP/1.1\r\nHost: " + to.host + "\r\n";
  to.defaults.append_to(to.common);
  return to;
}

constexpr std::size_t small_bytes = 8U << 10U;

}  // namespace

bool in_one_piece(const http_request& request) noexcept { return !request.source && request.body.size() <= small_bytes; }

http_pool::impl::impl(asio::any_io_executor on, url where, http_options with)
    : executor(std::move(on)),
      base(std::move(where)),
      to(server_of(base, std::move(with))),
      options(to.options),
      janitor_strand(make_strand(executor)) {}

/// A call: `close()` waits for all of them, and for the janitor.
struct http_pool::impl::running {
  running(std::shared_ptr<impl> of, bool is_new) : pool(std::move(of)) {
    const std::lock_guard lock(pool->mutex);
    ++pool->active;
    if (is_new) ++pool->count.requests;
  }
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() {
    {
      const std::lock_guard lock(pool->mutex);
      --pool->active;
    }
    pool->check_joined();
  }
  std::shared_ptr<impl> pool;
};

/// The right to use one connection. Given back when it goes, whatever happened.
class http_pool::impl::lease {
 public:
  explicit lease(impl& of) : pool_(of) {}  // the caller keeps the pool
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
  ~lease() {
    if (held_) pool_.release(std::move(connection));
  }
  void take(connection_ptr which) {
    held_ = true;
    reused = which != nullptr;
    connection = std::move(which);
  }
  connection_ptr connection;  // null: it is still to be opened
  bool reused = false;

 private:
  impl& pool_;
  bool held_ = false;
};

/// Gives what one call no longer uses to the one that has waited longest; it stays taken meanwhile, so that no newcomer
/// gets in between. The mutex is held.
bool http_pool::impl::hand_over(const connection_ptr& connection) {
  while (!waiting.empty()) {
    const auto next = std::move(waiting.front());
    waiting.pop_front();
    if (!next->wait->complete()) continue;  // it has given up
    next->granted = true;  // read with the mutex held
    next->connection = connection;
    if (connection) ++count.connections_reused;
    return true;
  }
  return false;
}

void http_pool::impl::release(connection_ptr connection) {
  connection_ptr spent;
  {
    const std::lock_guard lock(mutex);
    if (connection && (closed || !connection->reusable())) {
      all.erase(connection);
      spent = std::move(connection);
    }
    keep(std::move(connection), options.clock->now());
  }
  if (spent) spent->close();
}

/// One that can be used again, or the right to open one. The mutex is held.
void http_pool::impl::keep(connection_ptr connection, time_point now) {
  if (hand_over(connection)) return;
  --taken;
  if (!connection) return;
  connection->idle_since = now;
  start_janitor(now + options.idle_timeout);
  idle.push_back(std::move(connection));
}

/// An idle connection ended by itself.
void http_pool::impl::forget(http_connection& dead) {
  connection_ptr last;
  const std::lock_guard lock(mutex);
  all.erase(dead.weak_from_this());
  const auto place = std::ranges::find(idle, &dead, &connection_ptr::get);
  if (place == idle.end()) return;  // it is just being taken: its user will notice
  last = std::move(*place);
  idle.erase(place);
  ++count.stale_connections;
}

/// Everything that it needs stays, although whoever wants the connection may be gone, with the context that they wait in.
task<> http_pool::impl::open(std::shared_ptr<impl> self, std::shared_ptr<connection_ptr> made_in, time_point deadline) {
  const http_options& options = self->options;
  const url& base = self->base;
  connection_ptr& made = *made_in;
  clock& time = *options.clock;
  const auto within = [&](duration limit) { return std::min(time.now() + limit, deadline); };
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  auto stream =
      co_await options.transport->connect(strand, base.host(), base.port(), time, within(options.connect_timeout));
  if (options.silence_limit > duration::zero()) stream->notice_silence(options.silence_limit);
  if (base.encrypted()) {
    stream = co_await tls_connect(std::move(stream), options.tls, base.host(), time, within(options.tls_timeout),
                                  tls_buffers::kept);
  }
  made = std::make_shared<http_connection>(std::move(stream), options.clock, [weak = self->weak_from_this()](http_connection& dead) {
    if (const auto pool = weak.lock()) pool->forget(dead);
  });
  const std::lock_guard lock(self->mutex);
  if (self->closed) throw error(errc::cancelled, "the HTTP client is closed");  // whoever closed it did not see this one
  std::erase_if(self->all, [](const auto& one) { return one.expired(); });
  self->all.insert(made);
  ++self->count.connections_opened;
  if (base.encrypted()) ++self->count.tls_handshakes;
  if (made->resumed()) ++self->count.tls_resumed;
}

/// Ends without an error when the pool is closed.
task<error_code> http_pool::impl::closing() {
  return park([this](std::shared_ptr<parked> wait) {
    const std::lock_guard lock(mutex);
    std::erase_if(opening, [](const auto& one) { return one->done(); });
    if (closed) wait->complete();
    else opening.push_back(std::move(wait));
  });
}

task<> http_pool::impl::unless_closed(task<> work) {
  const bool done = co_await race(std::move(work), closing());
  if (!done) throw error(errc::cancelled, "the HTTP client is closed");
}

task<> http_pool::impl::open_source(body_source& source, time_point deadline) {
  const bool opened = co_await run_before(*options.clock, deadline, source.open());
  if (!opened) throw error(errc::timeout, "what is to be sent could not be opened in time");
}

/// Takes an idle connection or the right to open one. The mutex is held.
bool http_pool::impl::grant(claim& to) {
  if (idle.empty() && taken >= options.max_connections) return false;
  ++taken;
  to.granted = true;
  if (!idle.empty()) {
    to.connection = std::move(idle.back());
    idle.pop_back();
    ++count.connections_reused;
  }
  return true;
}

/// Takes an idle connection, or the right to open one; false when there are too many.
bool http_pool::impl::take_now(lease& into) {
  const std::lock_guard lock(mutex);
  if (closed) throw error(errc::cancelled, "the HTTP client is closed");
  claim mine{};
  if (!grant(mine)) {
    ++count.waits;
    return false;
  }
  into.take(std::move(mine.connection));
  return true;
}

/// The same when somebody gives one back.
task<> http_pool::impl::wait_for_turn(lease& into, time_point deadline) {
  const auto mine = std::make_shared<claim>(deadline);
  struct unless_taken {
    impl& pool;
    claim& what;
    ~unless_taken() {
      std::unique_lock lock(pool.mutex);
      if (!std::exchange(what.granted, false)) return;
      connection_ptr back = std::move(what.connection);
      lock.unlock();
      pool.release(std::move(back));
    }
  } const gone{*this, *mine};  // the caller may be, with the context that it waits in
  const error_code woken = co_await park([this, &mine](std::shared_ptr<parked> wait) {
    const std::lock_guard lock(mutex);
    if (closed || grant(*mine)) {  // meanwhile there is one
      wait->complete();
      return;
    }
    mine->wait = std::move(wait);
    waiting.push_back(mine);
    if (mine->deadline != time_point::max()) start_janitor(mine->deadline);
  });
  const std::lock_guard lock(mutex);
  if (std::exchange(mine->granted, false)) {
    into.take(std::move(mine->connection));
    co_return;
  }
  if (woken == errc::timeout) throw error(errc::timeout, "no connection was free in time");
  throw error(errc::cancelled, closed ? "the HTTP client is closed" : "cancelled while waiting for a connection");
}

/// What a request may take when its caller names no limit.
duration http_pool::impl::time_for(const http_request& request) const {
  const std::uint64_t size = request.source ? request.source->size() : request.body.size();
  const std::size_t rate = options.slowest_upload_bytes_per_second;
  if (rate == 0) return options.response_timeout;
  return options.response_timeout + std::chrono::milliseconds{size * 1000 / rate};
}

task<> http_pool::impl::prepare(body_source& source, time_point deadline) {
  co_await run_on(make_strand(executor), unless_closed(open_source(source, deadline)));
}

/// For a call that cannot begin at once with a connection that is open.
task<> http_pool::impl::get_connection(lease& mine, bool may_go, time_point deadline) {
  if (!may_go) co_await wait_for_turn(mine, deadline);
  if (mine.connection) co_return;
  const auto made = std::make_shared<connection_ptr>();
  co_await run_on(make_strand(executor), unless_closed(open(shared_from_this(), made, deadline)));
  mine.connection = std::move(*made);
}

task<http_response> http_pool::impl::run(const http_request& request, std::optional<duration> limit, time_point deadline,
                                         int tries, bool written) {
  const running guard(shared_from_this(), tries == 1);
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto state = co_await asio::this_coro::cancellation_state;
  for (;; ++tries) {
    http_connection::progress how_far;
    bool reused = false;
    error_code code;
    std::string text;
    try {
      if (request.source) co_await prepare(*request.source, deadline);
      lease mine(*this);
      const bool at_once = take_now(mine);
      if (!at_once || !mine.connection) co_await get_connection(mine, at_once, deadline);
      reused = mine.reused;
      http_connection& connection = *mine.connection;
      if (request.on_start) request.on_start();
      const time_point end = std::min(options.clock->now() + (limit ? *limit : time_for(request)), deadline);
      http_response answer;
      if (in_one_piece(request)) {
        if (is_cancelled(state) && co_await asio::this_coro::throw_if_cancelled())
          throw boost::system::system_error(asio::error::operation_aborted);  // before it becomes the connection's
        connection.begin(request, to);
        connection.send(end);
        how_far.written = true;  // as far as is known before `finish`
        {
          // Only the end of the connection ends what is under way, and only then is it known what was sent.
          const abort_on_cancel guard(state, [on = mine.connection] { on->close(); });
          co_await uncancelled([&](auto done) { connection.wait(parked::handler(std::move(done)), here); });
        }
        answer = connection.finish(is_cancelled(state), request, to, how_far);
      } else {
        answer = co_await connection.exchange(request, to, end, how_far);
      }
      const std::lock_guard lock(mutex);
      ++count.responses;
      co_return answer;
    } catch (const upload_error&) {
      const std::lock_guard lock(mutex);
      ++count.failures;
      throw;
    } catch (const error& e) {
      code = e.code();
      text = e.what();
    } catch (const boost::system::system_error& e) {
      if (e.code() != asio::error::operation_aborted) throw;
      code = errc::cancelled;
      text = "cancelled";
    }
    written = written || how_far.written;
    again_or_throw(request, {code, std::move(text), how_far, reused, written, tries});
  }
}

/// Whether to try once more after one that failed: else throws.
void http_pool::impl::again_or_throw(const http_request& request, failed_try&& last) {
  const auto& how_far = last.how_far;
  error_code code = last.code;
  const std::lock_guard lock(mutex);
  // Only a kept connection can have been closed by the peer without regard to this request.
  const bool again = !request.source || request.source->repeatable();
  const bool stale = last.reused && code == errc::closed && !how_far.answered && again;
  if (stale && !closed && last.tries <= 1 + static_cast<int>(options.max_connections)) {
    ++count.stale_connections;
    if (!how_far.written || (last.tries == 1 && is_idempotent(request.method))) {
      if (how_far.written) ++count.resent;
      return;
    }
  }
  if (closed && code == errc::closed) code = errc::cancelled;
  if (code == errc::timeout) ++count.timeouts;
  else if (code == errc::cancelled) ++count.cancelled;
  else ++count.failures;
  throw http_error(code, name(request) + ": " + last.text, last.written);
}

/// Closes connections that were idle for too long and ends calls that waited for one too long; runs while there are such.
/// It looks again at `latest`, or before. The mutex is held.
void http_pool::impl::start_janitor(time_point latest) {
  if (std::exchange(janitor_runs, true)) {
    if (janitor_timer && latest < janitor_wakes) {
      asio::post(janitor_strand, [awake = janitor_timer] { awake->cancel(); });
    }
    return;
  }
  ++active;
  // Posted: co_spawn may run its first step at once, and that takes the mutex.
  asio::post(janitor_strand, [self = shared_from_this()] {
    asio::co_spawn(self->janitor_strand, self->sweep(), [self](std::exception_ptr error) {
      {
        const std::lock_guard lock(self->mutex);
        --self->active;
      }
      self->check_joined();
      if (error) std::rethrow_exception(error);  // a clock that throws: nothing here can mend that
    });
  });
}

task<> http_pool::impl::sweep() {
  constexpr time_point never = time_point::max();
  const auto self = shared_from_this();
  const std::shared_ptr<timer> wait = options.clock->make_timer(janitor_strand);
  for (;;) {
    std::vector<connection_ptr> expired;
    time_point next = never;
    {
      const std::lock_guard lock(mutex);
      const time_point now = options.clock->now();
      const time_point oldest = now - options.idle_timeout;
      for (auto& one : idle) {
        if (one->idle_since <= oldest) expired.push_back(one);
      }
      std::erase_if(idle, [&](const connection_ptr& one) { return one->idle_since <= oldest; });
      count.idle_closes += expired.size();
      for (const auto& one : expired) all.erase(one);
      for (const auto& one : waiting) {
        if (one->deadline <= now) one->wait->complete(make_error_code(errc::timeout));
        else next = std::min(next, one->deadline);
      }
      std::erase_if(waiting, [](const auto& one) { return one->wait->done(); });
      for (const auto& one : idle) next = std::min(next, one->idle_since + options.idle_timeout);
      if (closed) next = never;
      janitor_runs = next != never;
      janitor_timer = janitor_runs ? wait : nullptr;
      janitor_wakes = next;
    }
    for (const auto& one : expired) one->close();
    if (next == never) co_return;
    co_await wait->wait_until(next);
  }
}

void http_pool::impl::shut() {
  std::vector<connection_ptr> ending;
  {
    const std::lock_guard lock(mutex);
    if (std::exchange(closed, true)) return;
    for (const auto& one : all) {
      if (auto held = one.lock()) ending.push_back(std::move(held));
    }
    all.clear();
    idle.clear();
    for (const auto& one : waiting) one->wait->complete();
    waiting.clear();
    for (const auto& one : opening) one->complete();
    opening.clear();
    if (janitor_timer) {
      asio::post(janitor_strand, [wait = janitor_timer] { wait->cancel(); });
    }
  }
  for (const auto& one : ending) one->close();
}

void http_pool::impl::check_joined() {
  std::vector<std::shared_ptr<parked>> done;
  {
    const std::lock_guard lock(mutex);
    if (active == 0) done.swap(joining);
  }
  for (const auto& one : done) one->complete();
}

http_pool::http_pool(asio::any_io_executor executor, url base, http_options options)
    : impl_(std::make_shared<impl>(std::move(executor), std::move(base), std::move(options))) {
  impl_->base.require_encryption_unless(impl_->options.allow_plain);
  const auto& given = impl_->options;
  if (!given.transport || !given.clock || given.max_connections == 0 || (impl_->base.encrypted() && !given.tls)) {
    throw error(errc::invalid_argument, "an HTTP client needs a transport, a clock, TLS settings for https and at least "
                                        "one connection");
  }
}

http_pool::~http_pool() { impl_->shut(); }

task<http_response> http_pool::send(const http_request& request) {
  return impl_->run(request, std::nullopt, time_point::max());
}

task<http_response> http_pool::send(const http_request& request, duration response_timeout, time_point deadline) {
  return impl_->run(request, response_timeout, deadline);
}

task<http_response> http_pool::send_again(const http_request& request, duration response_timeout, time_point deadline,
                                          const direct& before) {
  return impl_->run(request, response_timeout, deadline, 2, before.written_);
}

duration http_pool::time_for(const http_request& request) const { return impl_->time_for(request); }

task<> http_pool::close() {
  const auto self = impl_;
  self->shut();
  co_await park([&self](std::shared_ptr<parked> wait) {
    {
      const std::lock_guard lock(self->mutex);
      if (self->active != 0) {
        self->joining.push_back(std::move(wait));
        return;
      }
    }
    wait->complete();
  });
}

http_counters http_pool::counters() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->count;
}

std::size_t http_pool::open_connections() const {
  const std::lock_guard lock(impl_->mutex);
  return static_cast<std::size_t>(std::ranges::count_if(impl_->all, [](const auto& one) { return !one.expired(); }));
}

const url& http_pool::base() const noexcept { return impl_->base; }

}  // namespace monochord::net
