// SPDX-License-Identifier: MIT
#include "rest/queue.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include <monochord/core/error.hpp>
#include "core/random.hpp"
#include "net/deadline.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"
#include "rest/answer.hpp"
#include "rest/queue_parts.hpp"

namespace monochord::rest {

namespace asio = boost::asio;

using verdict = protocol::rate_limiter::verdict;

namespace {

/// For how long Discord is taken to know a nonce: it says "a few minutes".
/// https://docs.discord.com/developers/resources/message#create-message
constexpr duration nonce_covers = std::chrono::minutes{2};
constexpr std::size_t express_connections = 4;

constexpr std::int64_t already_acknowledged = 40060;
constexpr std::int64_t unknown_webhook = 10015;

bool is_callback(const protocol::route& route) { return route.path.starts_with("/interactions/"); }

/// The first answer to an interaction and what follows it.
bool answers_interaction(const call& what) { return what.route.is_interaction(); }

/// Whether it does no harm that a call is carried out, its answer lost, and sent again.
bool may_act_twice(const call& what) {
  if (what.repeat == repetition::never) return false;
  if (what.repeat == repetition::always) return true;
  switch (what.route.verb) {
    case protocol::method::get:
    case protocol::method::put:
    case protocol::method::del: return true;
    // Its fields are values, not changes, and later writes to the same place wait until it is through; but new files would
    // be added twice.
    case protocol::method::patch: return !what.content_type.starts_with("multipart/");
    case protocol::method::post: return what.repeat == repetition::by_nonce || is_callback(what.route);
  }
  return false;
}

/// What another try would only meet again: the call, or the way to Discord, is wrong.
bool is_hopeless(error_code code) {
  for (const errc one : {errc::certificate_refused, errc::plain_refused, errc::invalid_argument, errc::bad_url, errc::http_malformed,
                         errc::message_too_large, errc::inflate_failed, errc::proxy_refused, errc::upload_failed})
    if (code == one) return true;
  return false;
}

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

std::string in_seconds(duration time) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  auto fraction = std::to_string(ms % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(ms / 1000) + "." + fraction + " s";
}

net::http_options express_options(net::http_options options) {
  options.max_connections = express_connections;
  return options;
}

}  // namespace

/// Holds the mutex. Who was woken meanwhile is told once it is free: a context that is being destroyed may destroy on the spot
/// what it is given, a call among it.
class queue::guard {
 public:
  explicit guard(queue& of) : of_(of), lock_(of.mutex_) {}
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;
  ~guard() {
    const auto woken = std::move(of_.woken_);
    of_.woken_.clear();
    lock_.unlock();
    for (const auto& one : woken) one->complete();
  }

 private:
  queue& of_;
  std::unique_lock<std::mutex> lock_;
};

/// A ticket, and who waits for its turn. Whatever happens to the coroutine, the limiter hears how it ended.
struct queue::place {
  place(queue& owner, const protocol::route_key& key, const call& what, time_point deadline)
      : owner(owner), ticket(owner.enter(*this, key, what, deadline)) {}
  ~place() {
    const guard lock(owner);
    owner.places_.erase(ticket);
    if (!settled) owner.limits_->cancel(ticket, owner.clock_->now());
    owner.pump();  // also when closed: others may share the limits
    if (owner.closed_) owner.limits_->leave(owner);  // whom it lets go later, somebody else must wake
  }
  place(const place&) = delete;
  place& operator=(const place&) = delete;

  /// With the mutex held, as all that follows but `take_turn`.
  bool decided() const noexcept { return granted || refused; }
  void wake() {
    if (wait) owner.woken_.push_back(std::exchange(wait, nullptr));
  }

  /// What was decided; a turn that is taken is not there a second time.
  struct turn {
    bool granted = false, closed = false;
    std::optional<protocol::refused_request> refused = {};
    bool decided() const noexcept { return granted || refused; }
  };
  turn take_turn() {
    const std::lock_guard lock(owner.mutex_);
    return {std::exchange(granted, false), owner.closed_, refused};
  }

  queue& owner;
  std::shared_ptr<net::parked> wait;  // while somebody waits
  bool granted = false;
  std::optional<protocol::refused_request> refused;
  const protocol::rate_limiter::ticket ticket;  // after what its turn may change at once
  bool settled = false;  // its caller's: the limiter has forgotten it
};

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

/// What a call has gone through so far.
struct queue::journey {
  const call& what;
  time_point deadline;
  int sent = 0;
  int failures = 0;
  bool acted = false;  // an earlier sending may have been carried out
  time_point acted_from{};  // the first of these
  protocol::backoff backoff{};

  std::string route() const { return protocol::display(what.route); }                          // as its template
  std::string shown() const { return protocol::display(what.route, views(what.parameters)); }  // with its ids

  void may_have_acted(time_point sent_at) noexcept {
    if (!std::exchange(acted, true)) acted_from = sent_at;
  }
  bool may_have_been_sent() const noexcept { return acted && what.route.verb != protocol::method::get; }
  /// Until when a retry may be under way, where only a nonce keeps it from acting twice.
  time_point covered_until() const noexcept {
    const bool by_nonce = acted && what.route.verb == protocol::method::post && what.repeat == repetition::by_nonce;
    return by_nonce ? after(acted_from, nonce_covers) : time_point::max();
  }

  rest_error error(error_code code, std::string message, int status = 0, std::int64_t discord_code = 0) const {
    rest_error::details details{status, discord_code, std::move(message), {}, route(), std::max(sent, 1)};
    details.may_have_been_sent = may_have_been_sent();
    if (details.may_have_been_sent) details.message += " (it may have been sent and carried out)";
    return rest_error(code, std::move(details));
  }
};

queue::queue(asio::any_io_executor executor, queue_options options)
    : options_(std::move(options)),
      clock_(options_.http.clock),
      sender_(stands_for(options_.bot_token.reveal())),
      as_bot_("Bot " + options_.bot_token.reveal()),
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

task<answer> queue::send(call&& what) { return run(shared_from_this(), std::move(what)); }

/// What came of a sending.
struct queue::sent_one {
  net::http_response& response;
  const net::http_error* lost;  // null: there is a response
  time_point at, end;           // when it was sent, and until when it was waited for at most
  const net::http_request& as;
};

/// A request that is not written at once, where it stays while it is sent although its caller may be gone, with the context that
/// it waits in.
struct queue::sending {
  net::http_request request;
  net::http_response response{};
};

task<answer> queue::run(std::shared_ptr<queue> self, call what) {
  if (what.refused) std::rethrow_exception(what.refused);
  struct tally {
    explicit tally(tallies& all) : all(all) { ++all.calls; }
    ~tally() { ++(all.*end); }
    tally(const tally&) = delete;
    tally& operator=(const tally&) = delete;
    tallies& all;
    std::atomic<std::uint64_t> tallies::*end = &tallies::failed;
  } counted(tallies_);
  net::http_request request = request_for(what);
  journey trip{what, after(clock_->now(), what.timeout ? *what.timeout : options_.timeout)};
  place mine(*this, key_for(what), what, trip.deadline);  // before its files are looked at: the order is that of the calls
  request.on_start = [this, ticket = mine.ticket] {
    if (limits_->started(ticket, clock_->now())) look();
  };
  if (what.source) {
    const auto seen = std::make_shared<looked>();
    co_await net::run_on(strand_, admit(self, what.source, trip.deadline, seen));
    if (seen->closed) throw trip.error(errc::cancelled, "the client stopped");
    if (!seen->in_time) throw trip.error(errc::timeout, "its files could not be looked at in time");
    // Bytes take their time, which a caller who says how long it may take has counted.
    if (!what.timeout) trip.deadline = after(trip.deadline, pool_.time_for(request) - options_.http.response_timeout);
    limits_->ready(mine.ticket, trip.deadline);
    look();
  }
  const auto kept = net::in_one_piece(request) ? nullptr : std::make_shared<sending>(sending{std::move(request)});
  const net::http_request& sent_as = kept ? kept->request : request;

  // Asked before each wait, which would otherwise throw what knows nothing of the sendings before.
  const auto state = co_await asio::this_coro::cancellation_state;
  const auto go_on_unless_cancelled = [&] {
    if (net::is_cancelled(state)) throw trip.error(errc::cancelled, "cancelled");
  };
  for (;;) {
    go_on_unless_cancelled();
    auto turn = mine.take_turn();
    const auto asked_at = clock_->now();
    if (!turn.decided()) {
      {
        waiting mine_comes(mine, trip.deadline);
        co_await net::park([&mine_comes](std::shared_ptr<net::parked> wait) { mine_comes.until(std::move(wait)); });
      }
      go_on_unless_cancelled();
      turn = mine.take_turn();
    }
    if (turn.refused) {
      mine.settled = true;
      throw refused_here(trip, *turn.refused);
    }
    if (!turn.granted) {
      if (turn.closed) throw trip.error(errc::cancelled, "the client stopped");
      throw trip.error(errc::timeout, "its time (client_options::rest_timeout) was over before its turn came");
    }
    const auto sent_at = clock_->now();
    waits_.observe(sent_at - asked_at);
    const auto end = std::min(trip.deadline, trip.covered_until());
    if (sent_at >= end) throw trip.error(errc::timeout, "its turn came again too late for its nonce");

    ++trip.sent;
    if (options_.hooks.before_request)
      call_hook(options_.hooks.before_request, rest_request_event{trip.route(), trip.shown(), trip.sent});
    go_on_unless_cancelled();  // by the hook
    const auto ended = [&](int status, error_code error) {
      routes_.sent(what.route, status, clock_->now() - sent_at);
      if (options_.hooks.after_response)
        call_hook(options_.hooks.after_response,
                  rest_response_event{trip.route(), trip.shown(), trip.sent, status, error, clock_->now() - sent_at});
    };
    net::http_response response;
    std::optional<net::http_error> lost;
    try {
      const bool express = answers_interaction(what) && sending_ >= options_.http.max_connections &&
                           sending_express_ < express_connections;
      const counted_in one(express ? sending_express_ : sending_);
      net::http_pool& pool = express ? express_ : pool_;
      if (kept) {
        co_await net::run_on(strand_, send_kept(self, pool, kept, end));
        response = std::move(kept->response);
      } else {
        response = co_await pool.send(request, pool.time_for(request), end);
      }
    } catch (const net::http_error& e) {
      lost = e;
    } catch (const upload_error& e) {
      ended(0, e.code());
      if (trip.may_have_been_sent()) throw trip.error(e.code(), e.what());
      throw;
    }
    ended(lost ? 0 : response.status, lost ? lost->code() : error_code());
    auto got = judge(mine, trip, {response, lost ? &*lost : nullptr, sent_at, end, sent_as}, counted.end);
    if (got) co_return std::move(*got);
  }
}

/// What is to become of a call that was sent: its answer, nothing when it is to be sent again, or what it ends with is thrown.
std::optional<answer> queue::judge(place& mine, journey& trip, sent_one&& sent, std::atomic<std::uint64_t> tallies::*& end) {
  const call& what = trip.what;
  net::http_response& response = sent.response;
  const auto now = clock_->now();

  if (const net::http_error* const lost = sent.lost) {
    ++trip.failures;
    if (lost->request_written()) trip.may_have_acted(sent.at);
    if (lost->code() == errc::cancelled) throw trip.error(errc::cancelled, is_closed() ? "the client stopped" : "cancelled");
    // What is not Discord's doing must not open its circuit: then `mine` takes the ticket back.
    const bool ours = is_hopeless(lost->code()) ||
                      (lost->code() == errc::timeout && now >= sent.end && now - sent.at < options_.http.response_timeout);
    if (ours) throw trip.error(lost->code(), lost->what());
    if (limits_->failed(mine.ticket, now, again_after(trip)) == verdict::again) {
      ++tallies_.retries;
      if (options_.log.wants(log_level::warning))
        options_.log(log_level::warning, "rest", trip.shown() + ": " + lost->what() + ", trying again");
      look();
      return std::nullopt;
    }
    mine.settled = true;
    throw trip.error(lost->code(), lost->what());
  }

  if (options_.log.wants(log_level::trace))
    options_.log(log_level::trace, "rest", trip.shown() + ": HTTP " + std::to_string(response.status));
  const auto limits = read_limits(response);
  if (response.status == 429) {
    ++tallies_.status_429;
    tell_limited(trip, limits);
  }
  if (response.status >= 500) {
    ++trip.failures;
    trip.may_have_acted(sent.at);
  }
  const auto again_in = response.status >= 500 ? again_after(trip) : wait_for_index(response);
  if (limits_->answered(mine.ticket, limits, now, again_in) == verdict::again) {
    if (response.status >= 500) {
      ++tallies_.retries;
      if (options_.log.wants(log_level::warning))
        options_.log(log_level::warning, "rest", trip.shown() + ": HTTP " + std::to_string(response.status) + ", trying again");
    }
    look();
    return std::nullopt;
  }
  mine.settled = true;
  // The answer of an earlier sending is lost, and this one says that it was carried out.
  const bool done_before = trip.acted && is_callback(what.route) && limits.code == already_acknowledged;
  if (done_before || (response.status >= 200 && response.status < 300)) {
    end = &tallies::succeeded;
    if (done_before) return answer(204, {}, {});
    return answer(response.status, std::string(response.headers.get("Content-Type")), std::move(response.body));
  }
  end = &tallies::refused;
  throw refused(response, trip.route(), trip.sent, secrets_of(what, sent.as), trip.may_have_been_sent());
}

/// The pause before a call is sent again whose answer is lost or a 5xx; nothing when it must not be.
std::optional<duration> queue::again_after(journey& trip) const {
  const call& what = trip.what;
  if (is_closed() || trip.failures >= options_.attempts) return std::nullopt;
  const auto then = after(clock_->now(), trip.backoff.next(detail::chance(options_.jitter)));
  if (then >= std::min(trip.deadline, trip.covered_until())) return std::nullopt;
  if (trip.acted && !may_act_twice(what)) return std::nullopt;
  return then - clock_->now();
}

rest_error queue::refused_here(const journey& trip, const protocol::refused_request& why) const {
  using cause = protocol::refused_request::cause;
  switch (why.why) {
    case cause::late: break;
    case cause::webhook_gone:
      return trip.error(errc::rest_refused, "Discord no longer knows this webhook; not sent", 404, unknown_webhook);
    case cause::token_rejected: {
      const error_code code = errc::token_rejected;
      return trip.error(code, "not sent: " + code.message(), 401);
    }
  }
  return trip.error(errc::rate_limited, "it would have to wait " + in_seconds(why.until - clock_->now()) + " for " +
                                            std::string(protocol::name(why.waits_for)) + ", longer than it may take");
}

void queue::tell_limited(const journey& trip, const protocol::response_info& info) const {
  const std::string route = trip.route(), shown = trip.shown();
  rest_rate_limit_event event{route, shown, rest_limit_scope::bucket, info.retry_after.value_or(duration::zero())};
  if (!info.from_discord && !options_.limits.none) event.scope = rest_limit_scope::address;
  else if (info.global || info.scope == protocol::limit_scope::global) event.scope = rest_limit_scope::global;
  else if (info.scope == protocol::limit_scope::shared) event.scope = rest_limit_scope::shared;
  if (event.scope == rest_limit_scope::address)
    options_.log(log_level::error, "rest", shown + ": this address is blocked; everything waits");
  else
    options_.log(log_level::debug, "rest", shown + ": rate limited, goes again when Discord allows it");
  call_hook(options_.hooks.rate_limited, event);
}

template <class Hook, class Event>
void queue::call_hook(const Hook& hook, const Event& event) const {
  if (!hook) return;
  std::string failed;
  try {
    const std::lock_guard lock(hooks_mutex_);
    hook(event);
    return;
  } catch (const std::exception& e) {
    failed = e.what();
  } catch (...) {
    failed = "it threw something that is not a std::exception";
  }
  options_.log(log_level::error, "rest", "a hook failed: " + failed);
}

/// A turn in the limiter, for the call whose place it is.
protocol::rate_limiter::ticket queue::enter(place& in, const protocol::route_key& key, const call& what, time_point deadline) {
  const guard lock(*this);  // until the place is known: whoever pumps may let it go at once
  const auto ticket = limits_->acquire(shared_from_this(), key, clock_->now(),
                                       answers_interaction(what) ? protocol::priority::answer : what.priority, deadline,
                                       what.order, !what.source);
  places_.emplace(ticket, &in);
  pump();
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

task<> queue::send_kept([[maybe_unused]] std::shared_ptr<queue> self, net::http_pool& pool, std::shared_ptr<sending> what,
                        time_point end) {
  what->response = co_await pool.send(what->request, pool.time_for(what->request), end);
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
}

/// With the mutex held. Sees to it that wake_loop looks when the next limit or the next call's time is over. One that would look
/// earlier is left alone, also while there is nothing to wait for: the next call would only start it again.
void queue::arm() {
  if (closed_) return;
  auto next = limits_->next_wakeup().value_or(time_point::max());
  if (!ends_.empty()) next = std::min(next, ends_.begin()->first);
  if (next >= wakes_at_) return;
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
      next = self->closed_ ? time_point::max() : self->wakes_at_;
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
