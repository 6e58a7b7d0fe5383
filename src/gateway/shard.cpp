// SPDX-License-Identifier: MIT
// A shard's door and its life: start, stop, children.
#include "gateway/shard.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "core/random.hpp"
#include "gateway/shard_impl.hpp"
#include "gateway/store_call.hpp"
#include "net/deadline.hpp"
#include "net/strand.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {
/// What children get after the end before they are cancelled: a close handshake (2 s), a last word to the store.
constexpr duration grace_period = std::chrono::milliseconds{2500};
/// Times a second apart that children are cancelled before they are left behind.
constexpr int cancel_tries = 5;
}  // namespace

shard::shard(int id, std::shared_ptr<const shard_options> options, std::shared_ptr<event_sink> sink)
    : impl_(std::make_shared<impl>(id, std::move(options), std::move(sink))) {
  std::function<void()> wake;
  if (impl_->durable) wake = [of = std::weak_ptr(impl_)] {
    const auto to = of.lock();
    if (!to) return;
    // Never at once, with whatever else waits for the strand: a handler that acknowledges may hold locks that a log wants. Nor
    // deferred: what this thread keeps for itself waits for the handler's end, and with it the strand and its heartbeats.
    asio::post(to->strand, [to] {
      if (to->over || !to->session) return;  // then nothing is given up any more: the next process is sent it again
      const auto time = to->options->clock->now();
      to->note_handled(to->handled->look(time), time);
      to->rearm();
    });
  };
  impl_->handled = std::make_shared<handled_events>(impl_->options->ack_after, std::move(wake));
}
shard::~shard() = default;

task<> shard::run() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::live(self));
}

void shard::stop(stop_mode mode) noexcept {
  asio::post(impl_->strand, [self = impl_, mode] { self->stop(mode); });
}

task<> shard::keep_position() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::keep_last_position(self));
}

int shard::id() const noexcept { return impl_->id; }
bool shard::is_given_up() const noexcept { return impl_->given_up; }
std::uint64_t shard::serial() const noexcept { return impl_->serial; }
protocol::session_status shard::status() const noexcept { return impl_->status.load(std::memory_order_relaxed); }

std::optional<duration> shard::latency() const noexcept {
  const auto ns = impl_->latency_ns.load(std::memory_order_relaxed);
  if (ns < 0) return std::nullopt;
  return std::chrono::nanoseconds{ns};
}

std::optional<std::size_t> shard::guild_count() const noexcept {
  const auto count = impl_->guild_count.load(std::memory_order_relaxed);
  if (count < 0) return std::nullopt;
  return static_cast<std::size_t>(count);
}

duration shard::lag() const noexcept {
  if (status() == protocol::session_status::ended) return duration::zero();
  const auto since = std::min(impl_->handled->oldest(), impl_->paused_since.load(std::memory_order_relaxed));
  const auto time = impl_->options->clock->now();
  return since < time ? time - since : duration::zero();
}

std::uint64_t shard::zombies() const noexcept { return impl_->zombies.load(std::memory_order_relaxed); }

bool shard::is_paused() const noexcept { return impl_->paused_since.load(std::memory_order_relaxed) != time_point::max(); }

void shard::restart(bool fresh) noexcept {
  if (status() == protocol::session_status::ended) return;  // perhaps nobody runs the executor any more
  asio::post(impl_->strand, [self = impl_, fresh] { self->restart(fresh); });
}

void shard::impl::restart(bool fresh) {
  if (!session) {
    forget_stored = forget_stored || fresh;  // it is still looked for
    return;
  }
  if (over) return;
  try {
    apply(session->restart(fresh, now()));
  } catch (...) {  // an identify queue of the user's; as where a child meets it
    failure = std::current_exception();
    apply(session->stop(stop_mode::keep_session, now()));
  }
}

shard_counters shard::counters() const noexcept { return *impl_->counters; }

task<std::optional<session_position>> shard::position() const {
  const auto self = impl_;
  std::optional<session_position> out;
  co_await net::run_on(self->strand, impl::find_position(self, out));
  co_return out;
}

void shard::on_settled(std::function<void(int)> call) { impl_->on_settled = std::move(call); }
void shard::on_first_up(std::function<void(int, bool)> call) { impl_->on_first_up = std::move(call); }

// ---------------------------------------------------------------------------------------------------------------------

shard::impl::impl(int shard_id, std::shared_ptr<const shard_options> shared, std::shared_ptr<event_sink> events)
    : id(shard_id),
      serial(next_serial()),
      options(std::move(shared)),
      sink(std::move(events)),
      strand(net::make_strand(options->executor)),
      claims([this] { return claim_delivered(); }),
      random_state(1 + static_cast<std::uint64_t>(detail::chance(options->jitter) * 0x1.0p53)),
      presence(options->presence_json),
      presence_is_due(!presence.empty() || options->decides),
      durable(options->store && options->store->is_durable()),
      guilds(options->guilds->join()),
      bot_id(options->bot_id),
      counters(options->ledger ? options->ledger->open() : std::make_shared<shard_counters>()) {
  socket_options.transport = options->transport;
  socket_options.clock = options->clock;
  socket_options.tls = options->tls;
  socket_options.allow_plain = options->allow_plain;
  socket_options.user_agent = options->user_agent;
  alarm = options->clock->make_timer(strand);
  grace = options->clock->make_timer(strand);
}

protocol::moment shard::impl::now() {
  // xorshift64: jitter needs no better, and this runs for every payload.
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  protocol::moment at;
  at.now = options->clock->now();
  at.random = static_cast<double>(random_state >> 11) * 0x1.0p-53;
  return at;
}

void shard::impl::log(log_level level, const std::string& text) const {
  if (options->log.wants(level)) options->log(level, "gateway", "shard " + std::to_string(id) + ": " + text);
}

std::shared_ptr<shard::impl::child> shard::impl::spawn(task<> work) {
  const auto added = std::make_shared<child>();
  const auto place = children.insert(children.end(), added);
  asio::post(strand, [self = shared_from_this(), added, place, work = std::move(work)]() mutable {
    if (added->cancelled) return self->child_ended(place, nullptr);
    asio::co_spawn(self->strand, std::move(work),
                   asio::bind_cancellation_slot(added->signal.slot(), [self, added, place](std::exception_ptr error) {
                     self->child_ended(place, std::move(error));
                   }));
  });
  return added;
}

void shard::impl::child_ended(std::list<std::shared_ptr<child>>::iterator place, std::exception_ptr error) {
  children.erase(place);
  if (error && !over) {
    // Children answer for their errors themselves; what comes through is a lack of memory or a bug, and ends the shard.
    failure = error;
    apply(session->stop(stop_mode::keep_session, now()));
  }
  if (children.empty()) grace->cancel();
}

task<> shard::impl::load_session(std::optional<protocol::session_snapshot>& into) {
  if (!options->store) co_return;
  try {
    const auto found = co_await within_limit(*options->clock, options->store->load(id));
    if (found && fits(*found, *options)) {
      protocol::session_snapshot kept;
      kept.session_id = found->session_id;
      kept.seq = found->seq;
      kept.resume_url = found->resume_url;
      if (!bot_id) bot_id = found->bot_id;
      into = std::move(kept);
    }
  } catch (const std::exception& e) {
    if (stop_requested) co_return;  // it was cancelled for that
    ++counters->store_errors;
    log(log_level::warning, std::string("cannot load the stored session: ") + e.what());
  } catch (...) {
    ++counters->store_errors;
    log(log_level::warning, "cannot load the stored session: the session store threw what is no std::exception");
  }
}

/// Until stop(), or until the session has ended; gives `operation_aborted` when the coroutine is cancelled.
task<error_code> shard::impl::until_woken() {
  const auto woken = co_await net::park([this](std::shared_ptr<net::parked> wait) { owner = std::move(wait); });
  owner = nullptr;
  co_return woken;
}

task<> shard::impl::live(std::shared_ptr<impl> self) {
  // Cancellation means stop(), which must not tear the closing in the middle.
  co_await asio::this_coro::throw_if_cancelled(false);
  if (self->started) throw error(errc::invalid_argument, "a shard runs once");
  self->started = true;

  std::optional<protocol::session_snapshot> stored;
  if (!self->stop_requested) co_await net::race(self->load_session(stored), self->until_woken());
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (net::is_cancelled(cancellation) && !self->stop_requested) self->stop_requested = stop_mode::keep_session;
  protocol::session_options wanted;
  wanted.gateway_url = self->options->gateway_url;
  wanted.gateway_url_override = self->options->gateway_url_override;
  wanted.compress = self->options->compression;
  wanted.tracks_handled = true;
  wanted.gate = self->options->gate;
  wanted.counters = std::shared_ptr<protocol::session_counters>(self->counters, &self->counters->session);
  if (self->forget_stored) stored.reset();
  self->session.emplace(std::move(wanted), std::move(stored));
  self->positions_of = self->session->session_number();
  self->seen = self->handled->restart(self->positions_of, self->session->resume_seq());
  if (self->stop_requested) {
    self->apply(self->session->stop(*self->stop_requested, self->now()));
  } else {
    self->apply(self->session->start(self->now()));
    if (!self->over) self->spawn(keep_time(self));
  }
  while (!self->over) {
    const auto woken = co_await self->until_woken();
    if (woken) self->stop(stop_mode::keep_session);
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  if (!self->children.empty()) co_await self->grace->wait_until(self->options->clock->now() + grace_period);
  for (int tries = 0; !self->children.empty() && tries < cancel_tries; ++tries) {
    auto all = self->children;
    for (auto& one : all) one->cancel();
    if (!self->children.empty()) co_await self->grace->wait_until(self->options->clock->now() + std::chrono::seconds{1});
  }
  // Children own what they use: one that a store or queue of the user's holds back costs its memory and nothing else.
  if (!self->children.empty())
    self->log(log_level::error, "the session store or the identify queue does not end when it is cancelled: left behind");
  self->ended = true;
  self->present = nullptr;
  if (self->failure) std::rethrow_exception(self->failure);
}

void shard::impl::stop(stop_mode mode) {
  if (mode == stop_mode::discard_session) discarded = true;
  if (!session) {
    if (!stop_requested || mode == stop_mode::discard_session) stop_requested = mode;
    if (!started) status.store(protocol::session_status::ended, std::memory_order_relaxed);
    if (owner) owner->complete();
    return;
  }
  if (!over) {
    apply(session->stop(mode, now()));
  } else if (mode == stop_mode::discard_session && !ended) {
    keep(std::nullopt);  // what was closed so that it can be resumed will not be
  }
}

/// The session has ended: whoever waits for something of it is let go, `live` waits for the rest.
void shard::impl::over_now() {
  if (over) return;
  over = true;
  permit.reset();
  for (const auto& one : pending)
    one->finish(make_error_code(errc::cancelled));
  pending.clear();
  alarm->cancel();
  if (const auto asking = permit_request.lock()) asking->cancel();
  // Stopped before it began, it knows nothing better than what is stored.
  if (!stop_requested || *stop_requested == stop_mode::discard_session) remember();
  settled();
  if (owner) owner->complete();
}

void shard::impl::settled() {
  if (!on_settled) return;
  const auto call = std::exchange(on_settled, nullptr);
  call(id);
}

task<> shard::impl::find_position(std::shared_ptr<const impl> self, std::optional<session_position>& out) {
  if (self->session && !self->discarded && !self->session->session_id().empty())
    out = session_position{self->id, self->options->shard_count, self->session->session_id(), self->session->resume_seq()};
  co_return;
}

}  // namespace monochord::gateway
