// SPDX-License-Identifier: MIT
#include "rest/queue.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include <monochord/core/error.hpp>
#include "net/deadline.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"
#include "rest/queue_parts.hpp"

namespace monochord::rest {

namespace asio = boost::asio;

namespace {

constexpr std::size_t express_connections = 4;

std::string without_end(std::string path) {
  if (path.ends_with('/')) path.pop_back();
  return path;
}

struct counted_in {
  explicit counted_in(std::atomic<std::size_t>& of) : of(of) { ++of; }
  ~counted_in() { --of; }
  counted_in(const counted_in&) = delete;
  counted_in& operator=(const counted_in&) = delete;
  std::atomic<std::size_t>& of;
};

net::http_options express_options(net::http_options options) {
  options.max_connections = express_connections;
  return options;
}

}  // namespace

/// While a place waits until its ticket may go (`granted`) or never will: refused, deadline, close().
struct queue::waiting {
  waiting(place& me, time_point deadline) : me(me), deadline(deadline) {
    ++me.owner.tallies_.waited;
    const guard lock(me.owner);
    at = me.owner.ends_.emplace(deadline, this);
    me.owner.arm();
  }
  ~waiting() {
    const guard lock(me.owner);
    leave();
    me.wait = nullptr;
  }
  waiting(const waiting&) = delete;
  waiting& operator=(const waiting&) = delete;

  /// `wait` is completed when there is nothing more to wait for, which may be so already.
  void until(std::shared_ptr<net::parked> wait) {
    const guard lock(me.owner);
    me.wait = std::move(wait);
    if (me.decided() || me.owner.closed_ || me.owner.clock_->now() >= deadline) me.wake();
  }
  /// Its time is over, whenever the one who waits comes to notice. With the mutex held.
  void end() {
    leave();
    me.wake();
  }
  void leave() {
    auto& all = me.owner.ends_;
    if (at != all.end()) all.erase(std::exchange(at, all.end()));
  }

  place& me;
  const time_point deadline;
  std::multimap<time_point, waiting*>::iterator at;
};

queue::queue(asio::any_io_executor executor, queue_options options)
    : options_(std::move(options)),
      clock_(options_.http.clock),
      sender_(stands_for(options_.bot_token.reveal())),
      as_bot_("Authorization: Bot " + options_.bot_token.reveal() + "\r\n"),
      token_is_usable_(fits_a_line(options_.bot_token.reveal())),
      base_path_(without_end(options_.base.target())),
      limits_(options_.shared_limits ? options_.shared_limits : std::make_shared<rest_limits>(options_.limits)),
      strand_(net::make_strand(executor)),
      pool_(executor, options_.base, options_.http),
      express_(executor, options_.base, express_options(options_.http)) {}

/// Nobody can call it any more: what waits for a time alone need not.
queue::~queue() {
  limits_->leave(*this);
  if (wake_timer_) asio::post(strand_, [timer = std::move(wake_timer_)] { timer->cancel(); });
}

task<answer> queue::send(call&& what) { return run(shared_from_this(), std::make_shared<journey>(*this, std::move(what))); }

/// A request that is not written at once stays while it is sent, although its caller may be gone, with the context that it waits in.
struct queue::sending {
  explicit sending(std::shared_ptr<const journey> of) : of(std::move(of)) {}
  std::shared_ptr<const journey> of;
  net::http_response response{};
};

/// Takes the turn of a call that has been decided, or throws why it has none.
inline void queue::take_turn(place& mine, const journey& trip) const {
  const auto turn = mine.take_turn();
  if (turn.granted && !turn.refused) [[likely]] return;
  if (turn.refused) {
    mine.settled = true;
    throw refused_here(trip, *turn.refused);
  }
  if (turn.closed) throw trip.error(errc::cancelled, "the client stopped");
  throw trip.error(errc::timeout, "its time (client_options::rest_timeout) was over before its turn came");
}

task<answer> queue::run(std::shared_ptr<queue> self, std::shared_ptr<journey> its) {
  journey& trip = *its;
  sent_one& sent = trip.last;
  const call& what = trip.what;
  const call::rarities* const rare = what.rare();
  if (what.is_refused()) [[unlikely]] std::rethrow_exception(rare->refused);
  struct tally {
    explicit tally(tallies& all) : all(all) { ++all.calls; }
    ~tally() { ++(all.*end); }
    tally(const tally&) = delete;
    tally& operator=(const tally&) = delete;
    tallies& all;
    std::atomic<std::uint64_t> tallies::*end = &tallies::failed;
  } counted(tallies_);
  check(what);
  auto now = clock_->now();
  trip.deadline = after(now, rare && rare->timeout ? *rare->timeout : options_.timeout);
  place mine(*this, trip, now);  // before its files are looked at: the order is that of the calls
  if (rare && rare->source) [[unlikely]] {
    co_await look_at_files(self, trip, mine);
    now = clock_->now();
  }

  // Asked before each wait, which would otherwise throw what knows nothing of the sendings before.
  const auto state = co_await asio::this_coro::cancellation_state;
  const auto go_on_unless_cancelled = [&] {
    if (net::is_cancelled(state)) throw trip.error(errc::cancelled, "cancelled");
  };
  for (;; now = clock_->now()) {
    go_on_unless_cancelled();
    const auto asked_at = now;
    if (!mine.is_decided()) [[unlikely]] {
      co_await wait_for_turn(mine, trip.deadline);
      go_on_unless_cancelled();
      now = clock_->now();
    }
    take_turn(mine, trip);
    waits_.observe(now - asked_at);
    sent.lost.reset();
    sent.at = now;
    sent.end = std::min(trip.deadline, trip.covered_until());
    if (now >= sent.end) throw trip.error(errc::timeout, "its turn came again too late for its nonce");

    ++trip.sent;
    if (options_.hooks.before_request) [[unlikely]] {
      call_hook(options_.hooks.before_request, rest_request_event{trip.route(), trip.shown(), trip.sent});
      go_on_unless_cancelled();  // by the hook
      now = clock_->now();
    }
    try {
      const bool express = trip.answers_interaction && sending_ >= options_.http.max_connections &&
                           sending_express_ < express_connections;
      const counted_in one(express ? sending_express_ : sending_);
      net::http_pool& pool = express ? express_ : pool_;
      const auto limit = pool.time_for(trip.request);
      if (net::in_one_piece(trip.request)) [[likely]] {
        net::http_pool::direct over(pool, trip.request, limit, sent.end, now);
        const bool begun = over.begun();
        bool done = false;
        if (begun) [[likely]] {
          mine.starts(now);
          go_on_unless_cancelled();
          over.prepare();
          over.send();
          const asio::any_io_executor here = co_await asio::this_coro::executor;
          {
            // Only the end of the connection ends what is under way, and only then is it known what was sent.
            const net::abort_on_cancel guard(state, over.ending());
            co_await net::uncancelled([&](auto when_done) { over.wait(std::move(when_done), here); });
          }
          done = over.finish(net::is_cancelled(state), sent.response);
          sent.heard = over.finished_at();
        }
        if (!done) [[unlikely]] {
          tell_start(mine, trip);
          auto slowly = begun ? pool.send_again(trip.request, limit, sent.end, over) : pool.send(trip.request, limit, sent.end);
          sent.response = co_await std::move(slowly);
          sent.heard = clock_->now();
        }
      } else {
        tell_start(mine, trip);
        auto under_way = send_kept(self, pool, std::make_shared<sending>(its), sent.end);
        sent.response = co_await std::move(under_way);
        sent.heard = clock_->now();
      }
    } catch (const net::http_error& e) {
      sent.lost = e;
      sent.heard = clock_->now();
    } catch (const upload_error& e) {
      sent.heard = clock_->now();
      ended(trip, 0, e.code());
      if (trip.may_have_been_sent()) throw trip.error(e.code(), e.what());
      throw;
    }
    if (sent.lost) ended(trip, 0, sent.lost->code());
    else ended(trip, sent.response.status, {});
    auto got = judge(mine, trip, counted.end);
    if (got) co_return std::move(*got);
    sent.response = {};  // which may be large
  }
}

/// A sending has ended: 0 for one without an answer.
void queue::ended(const journey& trip, int status, error_code error) {
  const duration took = trip.last.heard - trip.last.at;
  routes_.sent(trip.what.route, status, took);
  if (options_.hooks.after_response)
    call_hook(options_.hooks.after_response,
              rest_response_event{trip.route(), trip.shown(), trip.sent, status, error, took});
}

/// It goes a way on which only the request itself hears when it is about to be written.
void queue::tell_start(place& mine, journey& trip) {
  mine.put_off();
  trip.request.on_start = [this, ticket = mine.ticket] { started(ticket, clock_->now()); };
}

/// Of a ticket that is about to be written.
void queue::started(protocol::rate_limiter::ticket which, time_point now) {
  if (limits_->started(which, now)) look();
}

task<> queue::wait_for_turn(place& mine, time_point deadline) {
  waiting mine_comes(mine, deadline);
  co_await net::park([&mine_comes](std::shared_ptr<net::parked> wait) { mine_comes.until(std::move(wait)); });
}

/// Before a call that has files may go.
task<> queue::look_at_files(std::shared_ptr<queue> self, journey& trip, place& mine) {
  const call::rarities& rare = *trip.what.rare();
  const auto seen = std::make_shared<looked>();
  co_await net::run_on(strand_, admit(self, rare.source, trip.deadline, seen));
  if (seen->closed) throw trip.error(errc::cancelled, "the client stopped");
  if (!seen->in_time) throw trip.error(errc::timeout, "its files could not be looked at in time");
  // Bytes take their time, which a caller who says how long it may take has counted.
  if (!rare.timeout) trip.deadline = after(trip.deadline, pool_.time_for(trip.request) - options_.http.response_timeout);
  limits_->ready(mine.ticket, trip.deadline);
  look();
}

/// Takes a ticket back whose place is not made after all.
template <class Step>
void queue::unless_thrown(const place& in, protocol::rate_limiter::ticket which, Step step) {
  try {
    step();
  } catch (...) {
    if (in.listed) places_.erase(which);
    limits_->put_off(which);
    limits_->cancel(which, clock_->now());
    throw;
  }
}

/// A turn in the limiter, for the call whose place it is.
protocol::rate_limiter::ticket queue::enter(place& in, const journey& trip, time_point now) {
  const call& what = trip.what;
  const auto urgency = trip.answers_interaction ? protocol::priority::answer : what.priority;
  // Most calls are written next.
  const bool starts = !options_.hooks.before_request && net::in_one_piece(trip.request);
  const auto at_once = [&](const auto& key) -> std::optional<protocol::rate_limiter::ticket> {
    if (trip.request.source) [[unlikely]] return std::nullopt;
    const auto got = limits_->acquire_at_once(*this, key, now, urgency, trip.deadline, what.order, starts);
    if (!got) [[unlikely]] return std::nullopt;
    in.granted = true;
    in.started = starts;
    unless_thrown(in, got->which, [&] {
      if (got->wakeup >= wakes_at_.load()) [[likely]] return;
      const guard lock(*this);
      arm();
    });
    return got->which;
  };
  thread_local std::string name;  // as the key, kept for its memory
  const bool has_name = write_name(name, what);
  if (has_name)
    if (const auto got = at_once(name)) [[likely]] return *got;
  thread_local protocol::route_key key;
  write_key(key, what);
  if (!has_name)
    if (const auto got = at_once(key)) return *got;
  const guard lock(*this);  // until the place is known: whoever pumps may let it go at once
  const auto ticket = limits_->acquire(shared_from_this(), key, now, urgency, trip.deadline, what.order, !trip.request.source,
                                       has_name ? std::string_view(name) : std::string_view());
  unless_thrown(in, ticket, [&] {
    places_.emplace(ticket, &in);
    in.listed = true;
    pump();
  });
  return ticket;
}

/// On a strand, where a race may be run; what it needs stays, although its caller may be gone.
task<> queue::admit(std::shared_ptr<queue> self, std::shared_ptr<upload> source, time_point deadline, std::shared_ptr<looked> seen) {
  const auto until_late = [&]() -> task<> {
    seen->in_time = co_await net::run_before(*self->clock_, deadline, source->admit(self->options_.uploads));
  };
  const bool went_on = co_await net::race(until_late(), self->closing());
  seen->closed = !went_on;
}

task<net::http_response> queue::send_kept(std::shared_ptr<queue> self, net::http_pool& pool, std::shared_ptr<sending> what,
                                          time_point end) {
  co_await net::run_on(self->strand_, send_there(self, pool, what, end));
  co_return std::move(what->response);
}

task<> queue::send_there([[maybe_unused]] std::shared_ptr<queue> self, net::http_pool& pool, std::shared_ptr<sending> what,
                         time_point end) {
  const net::http_request& request = what->of->request;
  what->response = co_await pool.send(request, pool.time_for(request), end);
}

/// Ends without an error when the queue is closed.
task<error_code> queue::closing() {
  return net::park([this](std::shared_ptr<net::parked> wait) {
    const guard lock(*this);
    std::erase_if(until_closed_, [](const auto& one) { return one->done(); });
    (closed_ ? woken_ : until_closed_).push_back(std::move(wait));
  });
}

void queue::deliver(std::vector<rest_limits::news> what) {
  asio::post(strand_, [weak = weak_from_this(), what = std::move(what)] {
    const auto self = weak.lock();
    if (!self) return;
    const guard lock(*self);
    if (self->closed_) return;  // a closed one's calls are ending, and give back what they were granted
    self->take_in(what);
    self->pump();
  });
}

/// With the mutex held.
void queue::take_in(const std::vector<rest_limits::news>& what) {
  for (const auto& news : what) {
    const auto found = places_.find(news.which);
    if (found == places_.end()) continue;  // it has given up meanwhile, and said so to the limiter
    if (news.refused) found->second->refused = news.refused;
    else found->second->granted = true;
    found->second->wake();
  }
}

void queue::look() {
  const guard lock(*this);
  pump();
}

/// Wakes whoever may go now, and sees to it that this is called again when time alone lets the next one go. With the mutex held.
void queue::pump() {
  take_in(limits_->pump(*this, clock_->now()));
  arm();
  if (closed_) limits_->leave(*this);  // whom it lets go later, somebody else must wake
}

/// With the mutex held. Sees to it that wake_loop looks when the next limit or the next call's time is over. One that would look
/// earlier is left alone, also while there is nothing to wait for: the next call would only start it again.
void queue::arm() {
  if (closed_) return;
  auto next = limits_->next_wakeup().value_or(time_point::max());
  if (!ends_.empty()) next = std::min(next, ends_.begin()->first);
  if (next >= wakes_at_.load()) return;
  wakes_at_ = next;
  if (wake_timer_) {
    if (wake_loop_waits_) asio::post(strand_, [timer = wake_timer_] { timer->cancel(); });
  } else {
    wake_timer_ = clock_->make_timer(strand_);
    // Posted: co_spawn may run its first step at once, and that takes the mutex.
    asio::post(strand_, [weak = weak_from_this(), strand = strand_, timer = wake_timer_] {
      asio::co_spawn(strand, wake_loop(weak, timer), asio::detached);
    });
  }
}

/// Keeps no queue while it waits.
task<> queue::wake_loop(std::weak_ptr<queue> of, std::shared_ptr<timer> wait) {
  for (;;) {
    time_point next;
    {
      const auto self = of.lock();
      if (!self) co_return;
      const guard lock(*self);
      next = self->closed_ ? time_point::max() : self->wakes_at_.load();
      self->wake_loop_waits_ = next != time_point::max();
      if (!self->wake_loop_waits_) {
        self->wake_timer_ = nullptr;
        co_return;
      }
    }
    // Cancelled, on this strand, when there is another time to wait for, or none.
    const auto woken = co_await wait->wait_until(next);
    const auto self = of.lock();
    if (!self) co_return;
    const guard lock(*self);
    self->wake_loop_waits_ = false;
    if (woken) continue;
    self->wakes_at_ = time_point::max();
    const auto now = self->clock_->now();
    while (!self->ends_.empty() && self->ends_.begin()->first <= now) self->ends_.begin()->second->end();
    self->pump();
  }
}

task<> queue::close() {
  const auto self = shared_from_this();
  {
    const guard lock(*this);
    closed_ = true;
    for (auto& [ticket, one] : places_) one->wake();
    for (auto& one : std::exchange(until_closed_, {})) woken_.push_back(std::move(one));
    if (wake_timer_) asio::post(strand_, [timer = wake_timer_] { timer->cancel(); });
  }
  limits_->leave(*this);
  co_await pool_.close();
  co_await express_.close();
}

}  // namespace monochord::rest
