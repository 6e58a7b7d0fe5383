// SPDX-License-Identifier: MIT
#include "rest/queue.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include <monochord/core/error.hpp>
#include <monochord/core/random.hpp>
#include "net/deadline.hpp"
#include "rest/answer.hpp"

namespace monochord::rest {

namespace asio = boost::asio;

namespace {

/// A call that Discord carries out twice has the same effect as once. POST and PATCH may not be: a PATCH is often a
/// change relative to now, a POST makes something.
bool may_repeat(protocol::method verb) {
  return verb == protocol::method::get || verb == protocol::method::put || verb == protocol::method::del;
}

double random_fraction() { return static_cast<double>(random_int<std::int64_t>(0, (1LL << 53) - 1)) / 9007199254740992.0; }

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

/// The connections live where the queue lives, which spares each call two changes of executor.
net::http_options on_one_strand(net::http_options options) {
  options.one_strand = true;
  return options;
}

}  // namespace

/// Someone who waits for a ticket's turn.
struct queue::waiter {
  std::shared_ptr<timer> wait;
  bool granted = false;
};

/// A ticket and the promise that the limiter hears how it ended, whatever happens to the coroutine.
struct queue::attempt {
  attempt(queue& owner, const protocol::route_key& key) : owner(owner), ticket(owner.limiter_.acquire(key, owner.clock_->now())) {
    me.wait = owner.clock_->make_timer(owner.strand_);
    owner.waiters_.emplace(ticket, &me);
  }
  ~attempt() {
    owner.waiters_.erase(ticket);
    if (!settled) owner.limiter_.cancel(ticket, owner.clock_->now());
    if (!owner.closed_) owner.pump();
  }
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;

  queue& owner;
  const protocol::rate_limiter::ticket ticket;
  waiter me;
  bool settled = false;
};

queue::queue(asio::any_io_executor executor, queue_options options)
    : options_(std::move(options)),
      clock_(options_.http.clock),
      strand_(asio::make_strand(executor)),
      pool_(strand_, options_.base, on_one_strand(options_.http)),
      limiter_(options_.limits) {}

task<std::string> queue::send(call what) {
  if (what.source) co_await what.source->admit(options_.uploads);
  std::string body;  // lives until run() has ended: run_on waits for that even when it is cancelled
  co_await net::run_on(strand_, run(shared_from_this(), std::move(what), body));
  co_return body;
}

task<> queue::run([[maybe_unused]] std::shared_ptr<queue> self, call what, std::string& body) {
  const auto parameters = views(what.parameters);
  const std::string shown = protocol::display(what.route);
  const auto request = request_for(what);
  const auto key = protocol::limiter_key(what.route, parameters);
  const auto deadline = clock_->now() + options_.timeout;
  protocol::backoff backoff;
  ++counters_.calls;

  const auto fail = [&](error_code code, std::string message, int tries) {
    ++counters_.failed;
    return rest_error(code, {0, 0, std::move(message), {}, shown, tries});
  };

  for (int tries = 1;; ++tries) {
    net::http_response response;
    std::optional<net::http_error> lost;
    {
      attempt place(*this, key);
      for (;;) {
        co_await turn(place.me, deadline);
        if (!place.me.granted)
          throw fail(closed_ ? errc::cancelled : errc::timeout,
                     closed_ ? "the client stopped" : "its time was over before a rate limit let it go", tries);
        place.me.granted = false;

        try {
          response = co_await pool_.send(request, pool_.time_for(request), deadline);
        } catch (const net::http_error& e) {
          lost = e;
          limiter_.failed(place.ticket, clock_->now());
          place.settled = true;
          break;
        }
        options_.log(log_level::trace, "rest", shown + ": HTTP " + std::to_string(response.status));
        const auto limits = read_limits(response);
        if (response.status == 429) ++counters_.status_429;
        const auto verdict = limiter_.answered(place.ticket, limits, clock_->now());
        if (verdict != protocol::rate_limiter::verdict::again) {
          place.settled = true;
          break;
        }
        options_.log(log_level::debug, "rest", shown + ": rate limited, goes again when Discord allows it");
      }
    }

    const bool again_allowed = tries < options_.attempts && !closed_;
    if (lost) {
      if (lost->code() == errc::cancelled) throw fail(errc::cancelled, "cancelled", tries);
      const bool worth_it = lost->code() != errc::certificate_refused && lost->code() != errc::plain_refused;
      if (!worth_it || !again_allowed || (lost->request_written() && !may_repeat(what.route.verb)))
        throw fail(lost->code(), lost->what(), tries);
    } else if (response.status < 400) {
      ++counters_.succeeded;
      body = std::move(response.body);
      co_return;
    } else if (response.status < 500 || !again_allowed || !may_repeat(what.route.verb)) {
      ++counters_.refused;
      throw refused(response, shown, tries);
    }

    ++counters_.retries;
    const auto wait = backoff.next(random_fraction());
    options_.log(log_level::warning, "rest",
                 shown + ": " + (lost ? lost->what() : "HTTP " + std::to_string(response.status)) + ", trying again");
    if (clock_->now() + wait >= deadline) throw fail(errc::timeout, lost ? lost->what() : "Discord kept failing", tries);
    co_await pause(wait);
  }
}

/// Returns when the ticket may go (`granted`), or when it never will: deadline, close().
task<> queue::turn(waiter& me, time_point deadline) {
  pump();
  if (!me.granted) ++counters_.waited;
  while (!me.granted && !closed_ && clock_->now() < deadline) co_await me.wait->wait_until(deadline);
}

task<> queue::pause(duration time) {
  const std::shared_ptr<timer> wait = clock_->make_timer(strand_);
  pauses_.push_back(wait);
  if (!closed_) co_await wait->wait_until(clock_->now() + time);
  std::erase(pauses_, wait);
}

/// Wakes whoever may go now, and sees to it that this is called again when time alone lets the next one go.
void queue::pump() {
  for (const auto ticket : limiter_.poll(clock_->now())) {
    const auto found = waiters_.find(ticket);
    found->second->granted = true;
    found->second->wait->cancel();
  }
  if (!limiter_.next_wakeup()) return;
  if (wake_timer_) {
    wake_timer_->cancel();
  } else {
    wake_timer_ = clock_->make_timer(strand_);
    asio::co_spawn(strand_, wake_loop(shared_from_this()), asio::detached);
  }
}

task<> queue::wake_loop(std::shared_ptr<queue> self) {
  const auto wait = self->wake_timer_;
  while (!self->closed_) {
    const auto next = self->limiter_.next_wakeup();
    if (!next) break;
    // Cancelled when the next time has changed: then look again.
    if (const auto woken = co_await wait->wait_until(*next); !woken && !self->closed_) {
      self->wake_timer_ = nullptr;
      self->pump();  // starts another loop if there is more to wait for
      co_return;
    }
  }
  self->wake_timer_ = nullptr;
}

net::http_request queue::request_for(const call& what) const {
  std::string base = options_.base.target();
  if (base.ends_with('/')) base.pop_back();
  net::http_request request(std::string(protocol::name(what.route.verb)),
                            base + protocol::build_path(what.route, views(what.parameters)) + what.query);
  if (!what.route.has_own_token()) request.headers.add("Authorization", "Bot " + options_.bot_token.reveal());
  if (!what.body.empty() || what.source) {
    request.headers.add("Content-Type", what.content_type);
    request.body = what.body;
    request.source = what.source;
  }
  return request;
}

task<> queue::close() { return net::run_on(strand_, close_on_strand(shared_from_this())); }

task<> queue::close_on_strand(std::shared_ptr<queue> self) {
  self->closed_ = true;
  for (auto& [ticket, waiting] : self->waiters_) waiting->wait->cancel();
  for (auto& waiting : self->pauses_) waiting->cancel();
  if (self->wake_timer_) self->wake_timer_->cancel();
  co_await self->pool_.close();
}

task<rest_counters> queue::counters() {
  rest_counters all;
  co_await net::run_on(strand_, read_counters(shared_from_this(), all));
  co_return all;
}

task<> queue::read_counters(std::shared_ptr<queue> self, rest_counters& all) {
  all = self->counters_;
  const auto& limiter = self->limiter_.counters();
  all.waited_bucket = limiter.waits_bucket + limiter.waits_learning;
  all.waited_global = limiter.waits_global;
  all.waited_blocked = limiter.waits_blocked;
  const auto http = self->pool_.counters();
  all.connections_opened = http.connections_opened;
  all.connections_reused = http.connections_reused;
  all.tls_handshakes = http.tls_handshakes;
  all.tls_resumed = http.tls_resumed;
  all.idle_closes = http.idle_closes;
  all.timeouts = http.timeouts;
  co_return;
}

}  // namespace monochord::rest
