// SPDX-License-Identifier: MIT
#include "rest/queue.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <utility>

#include <monochord/core/error.hpp>
#include <monochord/core/random.hpp>
#include "net/deadline.hpp"
#include "rest/answer.hpp"

namespace monochord::rest {

namespace asio = boost::asio;

using verdict = protocol::rate_limiter::verdict;

namespace {

/// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object
constexpr std::size_t longest_reason = 512;
/// For how long Discord is taken to know a nonce: it says "a few minutes".
/// https://docs.discord.com/developers/resources/message#create-message
constexpr duration nonce_covers = std::chrono::minutes{2};
constexpr std::size_t express_connections = 4;

constexpr std::int64_t already_acknowledged = 40060;
constexpr std::int64_t unknown_webhook = 10015;

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  return count;
}

double random_fraction() { return static_cast<double>(random_int<std::int64_t>(0, (1LL << 53) - 1)) / 9007199254740992.0; }

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

/// Stands for a secret in tables that need to tell one from another.
std::string stands_for(const std::string& secret) { return std::to_string(std::hash<std::string>{}(secret)); }

bool is_callback(const protocol::route& route) { return route.path.starts_with("/interactions/"); }

/// The first answer to an interaction and what follows it.
bool answers_interaction(const call& what) { return what.route.is_interaction(); }

std::string in_seconds(duration time) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  auto fraction = std::to_string(ms % 1000);
  fraction.insert(0, 3 - fraction.size(), '0');
  return std::to_string(ms / 1000) + "." + fraction + " s";
}

/// The connections live where the queue lives, which spares each call two changes of executor.
net::http_options on_one_strand(net::http_options options) {
  options.one_strand = true;
  return options;
}

net::http_options express_options(net::http_options options) {
  options = on_one_strand(std::move(options));
  options.max_connections = express_connections;
  return options;
}

}  // namespace

/// Someone who waits for a ticket's turn.
struct queue::waiter {
  std::shared_ptr<timer> wait;
  bool granted = false;
  std::optional<protocol::refused_request> refused;
};

/// A ticket and the promise that the limiter hears how it ended, whatever happens to the coroutine.
struct queue::attempt {
  attempt(queue& owner, const protocol::route_key& key, const call& what, time_point deadline)
      : owner(owner),
        ticket(owner.limits_->acquire(owner.shared_from_this(), key, owner.clock_->now(),
                                      answers_interaction(what) ? protocol::priority::answer : what.priority, deadline,
                                      what.order)) {
    me.wait = owner.clock_->make_timer(owner.strand_);
    owner.waiters_.emplace(ticket, &me);
  }
  ~attempt() {
    owner.waiters_.erase(ticket);
    if (!settled) owner.limits_->cancel(ticket, owner.clock_->now());
    if (!owner.closed_) owner.pump();
  }
  attempt(const attempt&) = delete;
  attempt& operator=(const attempt&) = delete;

  queue& owner;
  const protocol::rate_limiter::ticket ticket;
  waiter me;
  bool settled = false;
};

/// What a call has gone through so far.
struct queue::journey {
  const call& what;
  std::string route;  // as its template
  std::string shown;  // with its ids
  time_point deadline;
  int sent = 0;
  int failures = 0;
  bool acted = false;         // an earlier sending may have been carried out
  time_point first_sent{};
  protocol::backoff backoff{};

  rest_error error(error_code code, std::string message) const {
    rest_error::details details{0, 0, std::move(message), {}, route, std::max(sent, 1)};
    details.may_have_been_sent = acted && what.route.verb != protocol::method::get;
    if (details.may_have_been_sent) details.message += " (it may have been sent and carried out)";
    return rest_error(code, std::move(details));
  }
};

queue::queue(asio::any_io_executor executor, queue_options options)
    : options_(std::move(options)),
      clock_(options_.http.clock),
      sender_(stands_for(options_.bot_token.reveal())),
      limits_(options_.shared_limits ? options_.shared_limits : std::make_shared<rest_limits>(options_.limits)),
      strand_(asio::make_strand(executor)),
      pool_(strand_, options_.base, on_one_strand(options_.http)),
      express_(strand_, options_.base, express_options(options_.http)) {}

queue::~queue() { limits_->leave(*this); }

task<answer> queue::send(call what) {
  if (what.source) co_await what.source->admit(options_.uploads);
  answer out;  // lives until run() has ended: run_on waits for that even when it is cancelled
  co_await net::run_on(strand_, run(shared_from_this(), std::move(what), out));
  co_return out;
}

task<> queue::run([[maybe_unused]] std::shared_ptr<queue> self, call what, answer& out) {
  auto request = request_for(what);
  const auto key = key_for(what);
  const auto parameters = views(what.parameters);
  journey trip{what, protocol::display(what.route), protocol::display(what.route, parameters),
               what.timeout ? after(clock_->now(), *what.timeout) : after(clock_->now(), options_.timeout)};
  ++counters_.calls;

  attempt place(*this, key, what, trip.deadline);
  request.on_start = [&] {
    if (limits_->started(place.ticket, clock_->now())) pump();
  };
  for (;;) {
    co_await turn(place.me, trip.deadline);
    if (place.me.refused) {
      place.settled = true;
      ++counters_.failed;
      throw refused_here(trip, *place.me.refused);
    }
    if (!place.me.granted) {
      ++counters_.failed;
      if (closed_) throw trip.error(errc::cancelled, "the client stopped");
      throw trip.error(errc::timeout, "its time (client_options::rest_timeout) was over before its turn came");
    }
    place.me.granted = false;

    ++trip.sent;
    const auto sent_at = clock_->now();
    if (trip.sent == 1) trip.first_sent = sent_at;
    call_hook(options_.hooks.before_request, rest_request_event{trip.route, trip.shown, trip.sent});
    net::http_response response;
    std::optional<net::http_error> lost;
    try {
      co_await exchange(request, answers_interaction(what), trip.deadline, response);
    } catch (const net::http_error& e) {
      lost = e;
    }
    const auto now = clock_->now();
    rest_response_event seen{trip.route, trip.shown, trip.sent, response.status, {}, now - sent_at};
    if (lost) {
      seen.status = 0;
      seen.error = lost->code();
    }
    call_hook(options_.hooks.after_response, seen);

    if (lost) {
      ++trip.failures;
      if (lost->code() == errc::cancelled) throw trip.error(errc::cancelled, closed_ ? "the client stopped" : "cancelled");
      const bool hopeless = lost->code() == errc::certificate_refused || lost->code() == errc::plain_refused;
      const bool before = trip.acted;
      trip.acted = before || lost->request_written();
      const auto again_in = hopeless ? std::nullopt : again_after(trip, nullptr);
      if (limits_->failed(place.ticket, now, again_in) == verdict::again) {
        ++counters_.retries;
        options_.log(log_level::warning, "rest", trip.shown + ": " + lost->what() + ", trying again");
        continue;
      }
      place.settled = true;
      ++counters_.failed;
      throw trip.error(lost->code(), lost->what());
    }

    options_.log(log_level::trace, "rest", trip.shown + ": HTTP " + std::to_string(response.status));
    const auto limits = read_limits(response);
    if (response.status == 429) {
      ++counters_.status_429;
      tell_limited(trip, limits);
    }
    if (response.status >= 500) {
      ++trip.failures;
      trip.acted = true;
    }
    const auto again_in = response.status >= 500 ? again_after(trip, &response) : wait_for_index(response);
    if (limits_->answered(place.ticket, limits, now, again_in) == verdict::again) {
      if (response.status == 429 && what.body_once) {
        ++counters_.refused;
        throw refused(response, trip.route, trip.sent, secrets_of(what));  // `place` cancels the ticket
      }
      if (response.status >= 500) {
        ++counters_.retries;
        options_.log(log_level::warning, "rest", trip.shown + ": HTTP " + std::to_string(response.status) + ", trying again");
      }
      continue;
    }
    place.settled = true;
    // The answer of an earlier sending is lost, and this one says that it was carried out.
    const bool done_before = trip.acted && is_callback(what.route) && limits.code == already_acknowledged;
    if (done_before || response.status < 400) {
      ++counters_.succeeded;
      out = done_before ? answer(204, {}, {})
                        : answer(response.status, std::string(response.headers.get("Content-Type")), std::move(response.body));
      co_return;
    }
    ++counters_.refused;
    throw refused(response, trip.route, trip.sent, secrets_of(what));
  }
}

/// The pause before a call is sent again whose answer is lost (`response` is null) or a 5xx; nothing when it must not be.
std::optional<duration> queue::again_after(journey& trip, const net::http_response* response) const {
  const call& what = trip.what;
  if (closed_ || trip.failures >= options_.attempts) return std::nullopt;
  const auto now = clock_->now();
  const auto wait = trip.backoff.next(random_fraction());
  if (now + wait >= trip.deadline) return std::nullopt;
  const bool untouched = !response && !trip.acted;  // nothing was written
  if (untouched) return wait;
  if (what.body_once || what.repeat == repetition::never) return std::nullopt;
  switch (what.route.verb) {
    case protocol::method::get:
    case protocol::method::put:
    case protocol::method::del: return wait;
    case protocol::method::patch:
      // Its fields are values, not changes, and later writes to the same place wait until it is through; but new files
      // would be added twice.
      if (!what.content_type.starts_with("multipart/") || what.repeat == repetition::always) return wait;
      return std::nullopt;
    case protocol::method::post: break;
  }
  if (what.repeat == repetition::always || is_callback(what.route)) return wait;
  if (what.repeat == repetition::by_nonce && now + wait - trip.first_sent < nonce_covers) return wait;
  return std::nullopt;
}

rest_error queue::refused_here(journey& trip, const protocol::refused_request& why) const {
  using cause = protocol::refused_request::cause;
  rest_error::details details{0, 0, {}, {}, trip.route, std::max(trip.sent, 1)};
  details.may_have_been_sent = trip.acted && trip.what.route.verb != protocol::method::get;
  error_code code = errc::rate_limited;
  switch (why.why) {
    case cause::late:
      details.message = "it would have to wait " + in_seconds(why.until - clock_->now()) + " for " +
                        std::string(protocol::name(why.waits_for)) + ", longer than it may take";
      break;
    case cause::webhook_gone:
      code = errc::rest_refused;
      details.status = 404;
      details.discord_code = unknown_webhook;
      details.message = "Discord no longer knows this webhook; not sent";
      break;
    case cause::token_rejected:
      code = errc::token_rejected;
      details.status = 401;
      details.message = "not sent: " + code.message();
      break;
  }
  return rest_error(code, std::move(details));
}

void queue::tell_limited(const journey& trip, const protocol::response_info& info) const {
  rest_rate_limit_event event{trip.route, trip.shown, rest_limit_scope::bucket, info.retry_after.value_or(duration::zero())};
  if (!info.from_discord && !options_.limits.none) event.scope = rest_limit_scope::address;
  else if (info.global || info.scope == protocol::limit_scope::global) event.scope = rest_limit_scope::global;
  else if (info.scope == protocol::limit_scope::shared) event.scope = rest_limit_scope::shared;
  if (event.scope == rest_limit_scope::address)
    options_.log(log_level::error, "rest", trip.shown + ": this address is blocked; everything waits");
  else
    options_.log(log_level::debug, "rest", trip.shown + ": rate limited, goes again when Discord allows it");
  call_hook(options_.hooks.rate_limited, event);
}

template <class Hook, class Event>
void queue::call_hook(const Hook& hook, const Event& event) const {
  if (!hook) return;
  try {
    hook(event);
  } catch (const std::exception& e) {
    options_.log(log_level::error, "rest", std::string("a hook failed: ") + e.what());
  } catch (...) {
    options_.log(log_level::error, "rest", "a hook failed with something that is not a std::exception");
  }
}

task<> queue::exchange(const net::http_request& request, bool urgent, time_point deadline, net::http_response& out) {
  if (urgent && sending_ >= options_.http.max_connections) {
    out = co_await express_.send(request, express_.time_for(request), deadline);
    co_return;
  }
  struct counted {
    explicit counted(std::size_t& of) : of(of) { ++of; }
    ~counted() { --of; }
    std::size_t& of;
  };
  const counted one(sending_);
  out = co_await pool_.send(request, pool_.time_for(request), deadline);
}

/// Returns when the ticket may go (`granted`), or when it never will: refused, deadline, close().
task<> queue::turn(waiter& me, time_point deadline) {
  pump();
  if (!me.granted) ++counters_.waited;
  while (!me.granted && !me.refused && !closed_ && clock_->now() < deadline) co_await me.wait->wait_until(deadline);
}

void queue::deliver(std::vector<rest_limits::news> what) {
  asio::post(strand_, [weak = weak_from_this(), what = std::move(what)] {
    const auto self = weak.lock();
    if (!self || self->closed_) return;
    self->take_in(what);
    self->pump();
  });
}

void queue::take_in(const std::vector<rest_limits::news>& what) {
  for (const auto& news : what) {
    const auto found = waiters_.find(news.which);
    if (found == waiters_.end()) continue;  // it has given up meanwhile, and said so to the limiter
    if (news.refused) found->second->refused = news.refused;
    else found->second->granted = true;
    found->second->wait->cancel();
  }
}

/// Wakes whoever may go now, and sees to it that this is called again when time alone lets the next one go.
void queue::pump() {
  take_in(limits_->pump(*this, clock_->now()));
  if (!limits_->next_wakeup()) return;
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
    const auto next = self->limits_->next_wakeup();
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

protocol::route_key queue::key_for(const call& what) const {
  auto key = protocol::limiter_key(what.route, views(what.parameters), what.unordered, clock_->utc_now());
  if (!what.sublimit.empty()) {
    key.route += " (" + what.sublimit + ")";
    key.label += " (" + what.sublimit + ")";
  }
  const bool own_token = what.route.has_own_token();
  switch (what.authorization.what()) {
    case authorization::kind::none: key.by_address = !key.exempt_from_global; break;
    case authorization::kind::standard:
      key.carries_token = !own_token;
      if (!own_token) key.sender = sender_;
      break;
    case authorization::kind::given:
      key.carries_token = true;
      key.by_address = false;
      key.sender = stands_for(what.authorization.reveal());
      break;
  }
  return key;
}

/// What must not be read anywhere, as it is and as it stands in a path.
std::vector<std::string> queue::secrets_of(const call& what) const {
  std::vector<std::string> all{options_.bot_token.reveal()};
  const auto& given = what.authorization.reveal();
  if (const auto space = given.find(' '); space != std::string::npos) all.push_back(given.substr(space + 1));
  for (auto& secret : protocol::secret_parameters(what.route, views(what.parameters))) {
    all.push_back(protocol::percent_encode(secret));
    all.push_back(std::move(secret));
  }
  // One may be a part of another, which would then be shown but for that part.
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return all;
}

net::http_request queue::request_for(const call& what) const {
  std::string base = options_.base.target();
  if (base.ends_with('/')) base.pop_back();
  net::http_request request(std::string(protocol::name(what.route.verb)),
                            base + protocol::build_path(what.route, views(what.parameters)) + what.query);
  if (what.authorization.what() == authorization::kind::given)
    request.headers.add("Authorization", what.authorization.reveal());
  else if (what.authorization.what() == authorization::kind::standard && !what.route.has_own_token())
    request.headers.add("Authorization", "Bot " + options_.bot_token.reveal());
  if (!what.reason.empty()) {
    if (characters(what.reason) > longest_reason)
      throw error(errc::invalid_argument, protocol::display(what.route) + ": the audit log reason is longer than 512 characters");
    request.headers.add("X-Audit-Log-Reason", protocol::percent_encode(what.reason));
  }
  if (!what.github_event.empty()) request.headers.add("X-GitHub-Event", what.github_event);
  if (!what.body.empty() || !what.content_type.empty() || what.source) {
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
  if (self->wake_timer_) self->wake_timer_->cancel();
  self->limits_->leave(*self);
  co_await self->pool_.close();
  co_await self->express_.close();
}

task<rest_counters> queue::counters() {
  rest_counters all;
  co_await net::run_on(strand_, read_counters(shared_from_this(), all));
  co_return all;
}

task<> queue::read_counters(std::shared_ptr<queue> self, rest_counters& all) {
  all = self->counters_;
  const auto report = self->limits_->look(self->clock_->now());
  const auto& limiter = report.counters;
  all.waited_bucket = limiter.waits_bucket + limiter.waits_learning;
  all.waited_global = limiter.waits_global;
  all.waited_blocked = limiter.waits_blocked;
  all.waited_guard = limiter.waits_guard;
  all.waited_circuit = limiter.waits_circuit;
  all.limited_bucket = limiter.limited_user;
  all.limited_shared = limiter.limited_shared;
  all.limited_global = limiter.limited_global;
  all.limited_address = limiter.limited_blocked;
  all.circuit_openings = limiter.circuit_openings;
  all.invalid_requests = report.invalid_requests;
  for (const auto& figure : report.waiting)
    all.waiting.push_back({figure.label, figure.bucket, std::string(protocol::name(figure.waits_for)), figure.waiting,
                           figure.in_flight, figure.oldest});
  const auto http = self->pool_.counters();
  const auto express = self->express_.counters();
  all.connections_opened = http.connections_opened + express.connections_opened;
  all.connections_reused = http.connections_reused + express.connections_reused;
  all.tls_handshakes = http.tls_handshakes + express.tls_handshakes;
  all.tls_resumed = http.tls_resumed + express.tls_resumed;
  all.idle_closes = http.idle_closes + express.idle_closes;
  all.timeouts = http.timeouts + express.timeouts;
  co_return;
}

}  // namespace monochord::rest
