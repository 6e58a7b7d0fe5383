// SPDX-License-Identifier: MIT
#include "gateway/source_feed.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <list>
#include <string>
#include <utility>

#include "net/deadline.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {

/// What a source gets that was cancelled, and one that said that it ends by itself.
constexpr duration cancel_limit = std::chrono::seconds{5};
constexpr duration stop_limit = std::chrono::seconds{30};
constexpr duration keep_limit = std::chrono::seconds{10};
/// Beyond every bot; a number that was mistyped must not take all memory.
constexpr int most_shards = 100'000;

shard_range checked(const shard_range& range) {
  const bool possible = range.first >= 0 && range.last >= range.first && range.last < range.total &&
                        range.last - range.first < most_shards;
  if (possible) return range;
  throw error(errc::invalid_argument, "the event source has shards that no bot has: " + std::to_string(range.first) +
                                          " to " + std::to_string(range.last) + " of " + std::to_string(range.total));
}

std::string text_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "what is no std::exception";
  }
}

}  // namespace

/// What came on a shard.
struct source_feed::shard_state {
  struct session {
    session(std::uint64_t is, std::int64_t before, std::chrono::milliseconds ack_after)
        : number(is), told(before), last(before), positions(ack_after) {
      positions.restart(before);
    }
    std::uint64_t number;
    std::int64_t told;  // the position that the source was told
    std::int64_t last;  // that came
    protocol::handled_position positions;
  };
  /// Of claims, which may outlive the feed.
  struct keeper final : detail::claim_keeper {
    keeper(const source_feed_options& of, std::weak_ptr<source_feed> tells, int shard_id)
        : strand(of.strand), to(std::move(tells)), id(shard_id) {}
    void dealt_with(std::uint64_t session, std::int64_t seq) override {
      asio::post(strand, [to = to, id = id, session, seq] {
        if (const auto self = to.lock()) self->event_done(id, session, seq);
      });
    }
    const asio::any_io_executor strand;
    const std::weak_ptr<source_feed> to;
    const int id;
  };
  shard_state(source_feed& of, int shard_id)
      : id(shard_id),
        claims(std::make_shared<keeper>(of.options_, of.weak_from_this(), shard_id)),
        guilds(of.options_.guilds->join()) {}

  const int id;
  const std::shared_ptr<detail::claim_keeper> claims;
  const std::unique_ptr<guild_registry::member> guilds;
  std::list<session> sessions;  // the present one last; those before it while somebody works on their events
  bool full = false;            // it has to wait for room
  bool has_news = false;        // for the source
};

source_feed::source_feed(source_feed_options options)
    : options_(std::move(options)),
      range_(checked(options_.source->shards())),
      takes_commands_(options_.source->takes_commands()),
      alarm_(options_.clock->make_timer(options_.strand)) {}

source_feed::~source_feed() = default;

/// Runs a call of the user's that nobody waits for.
template <class F>
void source_feed::guarded(const char* what, F call) noexcept {
  try {
    call();
  } catch (...) {
    options_.log(log_level::error, "gateway",
                 std::string("the event source failed in ") + what + ": " + text_of(std::current_exception()));
  }
}

// --- life ------------------------------------------------------------------------------------------------------------

task<> source_feed::run(std::shared_ptr<source_feed> self) {
  const auto strand = self->options_.strand;
  co_await net::run_on(strand, live(std::move(self)));
}

/// Its own coroutine, which owns this: a source that is left behind may still call.
task<> source_feed::work(std::shared_ptr<source_feed> self) { co_await self->options_.source->run(*self); }

task<> source_feed::live(std::shared_ptr<source_feed> self) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());  // its end is stop()
  if (self->started_.exchange(true)) throw error(errc::invalid_argument, "an event source runs once");
  if (self->stopped_) {
    self->ended_ = true;
    co_return;
  }
  asio::co_spawn(self->options_.strand, work(self),
                 asio::bind_cancellation_slot(self->cancel_.slot(), [self](std::exception_ptr error) {
                   self->ended_ = true;
                   self->failure_ = std::move(error);
                   self->wake();
                 }));
  while (!self->ended_ && !self->stopped_) co_await self->until_woken();
  bool in_time = self->ended_;
  if (!in_time && self->ends_itself_) in_time = co_await self->until_ended(stop_limit);
  if (!in_time) {
    self->cancel_.emit(asio::cancellation_type::terminal);
    in_time = co_await self->until_ended(cancel_limit);
  }
  if (!in_time)
    self->options_.log(log_level::error, "gateway", "the event source does not end when it is cancelled: left behind");
  self->ended_ = true;
  self->alarm_->cancel();
  while (self->timing_) co_await self->until_woken();
  const auto failure = std::exchange(self->failure_, nullptr);
  if (failure && !(self->stopped_ && is_cancellation(failure))) std::rethrow_exception(failure);
  if (in_time && !self->stopped_) self->options_.log(log_level::info, "gateway", "the event source has no more events");
}

task<> source_feed::until_woken() {
  const auto woken = co_await net::park([this](std::shared_ptr<net::parked> wait) { owner_ = std::move(wait); });
  static_cast<void>(woken);
  owner_ = nullptr;
}

task<bool> source_feed::until_ended(duration limit) {
  const auto wait = [](source_feed* me) -> task<> {
    while (!me->ended_) co_await me->until_woken();
  };
  auto& time = *options_.clock;
  co_return co_await net::run_before(time, after(time.now(), limit), wait(this));
}

void source_feed::stop(monochord::stop_mode mode) noexcept {
  closing_ = true;
  asio::post(options_.strand, [self = shared_from_this(), mode] { self->stop_now(mode); });
}

void source_feed::stop_now(monochord::stop_mode mode) {
  stopped_ = true;
  if (!started_ || ended_) return;
  bool by_itself = false;
  guarded("stop", [&] { by_itself = options_.source->stop(mode); });
  ends_itself_ = ends_itself_ || by_itself;
  wake();
}

task<> source_feed::keep_now(std::shared_ptr<source_feed> self) {
  std::exception_ptr failed;
  bool in_time = true;
  try {
    self->tell_handled();
    auto& time = *self->options_.clock;
    if (self->options_.own)
      co_await self->options_.source->keep_positions();  // which keeps its time
    else
      in_time = co_await net::run_before(time, after(time.now(), keep_limit), self->options_.source->keep_positions());
  } catch (...) {
    failed = std::current_exception();
  }
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (net::is_cancelled(cancellation)) co_return;  // it is asked again
  if (failed)
    self->options_.log(log_level::error, "gateway",
                       "the event source does not keep what is handled: " + text_of(failed));
  if (!in_time)
    self->options_.log(log_level::error, "gateway", "the event source does not keep what is handled in time");
}

task<> source_feed::keep_positions(std::shared_ptr<source_feed> self) {
  if (!self->started_) co_return;
  const auto strand = self->options_.strand;
  co_await net::run_on(strand, keep_now(std::move(self)));
}

// --- events ----------------------------------------------------------------------------------------------------------

bool source_feed::take(const source_event& event) {
  if (!event.own) return take_tracked(event);
  return options_.to->on_event(
      {event.shard_id, event.sequence, event.name, event.data, event.own->claim, event.own->guilds,
       event.own->source});
}

task<> source_feed::room(int shard_id) {
  if (closing_) throw error(errc::cancelled, "the client is stopping");
  co_await options_.to->room(serial_of(shard_id));
  if (closing_) throw error(errc::cancelled, "the client is stopping");
  state_of(shard_id).full = false;
}

void source_feed::check_shard(int shard_id) const {
  if (shard_id >= range_.first && shard_id <= range_.last) return;
  throw error(errc::invalid_argument, "the event source has no shard " + std::to_string(shard_id) + ", but " +
                                          std::to_string(range_.first) + " to " + std::to_string(range_.last));
}

source_feed::shard_state& source_feed::state_of(int shard_id) {
  check_shard(shard_id);
  if (shards_.empty()) shards_.resize(static_cast<std::size_t>(range_.last - range_.first) + 1);
  auto& out = shards_[static_cast<std::size_t>(shard_id - range_.first)];
  if (!out) out = std::make_unique<shard_state>(*this, shard_id);
  return *out;
}

bool source_feed::take_tracked(const source_event& event) {
  auto& at = state_of(event.shard_id);
  if (event.name.empty()) throw error(errc::invalid_argument, "the event source gave an event without a name");
  if (event.sequence < 0)
    throw error(errc::invalid_argument, "the event source gave an event with a negative sequence");
  if (closing_ || ended_) return false;
  if (at.full)
    throw error(errc::invalid_argument,
                "the event source did not wait for room for shard " + std::to_string(event.shard_id));
  if (at.sessions.empty() || at.sessions.back().number != event.session) begin_session(at, event);
  auto& in = at.sessions.back();
  if (event.sequence != 0 && event.sequence <= in.last) return true;  // it came before

  const auto now = options_.clock->now();
  shard_event told{event.shard_id, event.sequence, event.name, event.data, nullptr, protocol::guild_news::none, serial_of(event.shard_id)};
  if (const auto about = protocol::read_guild_event(event.name, event.data))
    told.guilds = at.guilds->take(*about, *options_.clock);
  bool claimed = false;
  const detail::claim_source claims = [&] {
    claimed = true;
    return detail::claim(at.claims, event.session, event.sequence);
  };
  told.claim = &claims;
  in.last = std::max(in.last, event.sequence);
  options_.to->on_read(told);
  at.full = !options_.to->on_event(told);
  if (event.sequence != 0) {
    in.positions.came(event.sequence, claimed, now);
    if (claimed)
      keep_time_soon(in.positions.next());
    else
      tell_soon(at);
  }
  return !at.full;
}

void source_feed::begin_session(shard_state& of, const source_event& event) {
  std::erase_if(of.sessions,
                [](const auto& old) { return old.positions.open() == 0 && old.positions.position() == old.told; });
  if (!of.sessions.empty()) of.guilds->session_lost();  // READY tells again
  of.sessions.emplace_back(event.session, std::max<std::int64_t>(event.sequence - 1, 0), options_.ack_after);
}

void source_feed::event_done(int shard_id, std::uint64_t session, std::int64_t sequence) {
  auto& of = state_of(shard_id);
  const auto found =
      std::find_if(of.sessions.rbegin(), of.sessions.rend(), [&](const auto& one) { return one.number == session; });
  if (found == of.sessions.rend()) return;
  found->positions.done(sequence);
  tell_soon(of);
}

/// Many at once, and never within a call of the source's.
void source_feed::tell_soon(shard_state& of) {
  of.has_news = true;
  if (std::exchange(telling_, true)) return;
  asio::post(options_.strand, [self = shared_from_this()] {
    self->telling_ = false;
    self->tell_handled();
  });
}

void source_feed::tell_handled() {
  for (const auto& one : shards_) {
    if (!one || !std::exchange(one->has_news, false)) continue;
    for (auto& session : one->sessions) {
      const auto position = session.positions.position();
      if (position <= session.told) continue;
      session.told = position;
      guarded("handled", [&] { options_.source->handled(one->id, session.number, position); });
    }
    const auto* const present = &one->sessions.back();
    std::erase_if(one->sessions, [present](const auto& old) { return &old != present && old.positions.open() == 0; });
  }
}

// --- events that take too long ---------------------------------------------------------------------------------------

std::optional<time_point> source_feed::next_late() const {
  std::optional<time_point> out;
  for (const auto& one : shards_) {
    if (!one) continue;
    for (const auto& session : one->sessions)
      if (const auto due = session.positions.next()) out = out ? std::min(*out, *due) : *due;
  }
  return out;
}

void source_feed::keep_time_soon(std::optional<time_point> due) {
  if (!due) return;
  if (timing_) {
    if (*due < armed_for_) alarm_->cancel();
    return;
  }
  timing_ = true;
  armed_for_ = *due;
  asio::post(options_.strand, [self = shared_from_this()] {
    asio::co_spawn(self->options_.strand, keep_time(self), [self](std::exception_ptr) {
      self->timing_ = false;
      self->wake();
    });
  });
}

task<> source_feed::keep_time(std::shared_ptr<source_feed> self) {
  while (!self->ended_) {
    const auto due = self->next_late();
    if (!due) co_return;  // begun again when there is something to wait for
    self->armed_for_ = *due;
    co_await self->alarm_->wait_until(*due);
    if (self->ended_) co_return;
    std::size_t late = 0;
    for (const auto& one : self->shards_) {
      if (!one) continue;
      for (auto& session : one->sessions) late += session.positions.give_up(self->options_.clock->now());
      self->tell_soon(*one);
    }
    if (late != 0)
      self->options_.log(log_level::warning, "gateway",
                         std::to_string(late) + " events are worked on for longer than ack_after and count as handled");
  }
}

// --- commands --------------------------------------------------------------------------------------------------------

/// One shard's commands, on their way to the source.
class source_feed::port_of_source final : public command_port {
 public:
  port_of_source(std::weak_ptr<source_feed> to, asio::any_io_executor strand, int id)
      : to_(std::move(to)), strand_(std::move(strand)), id_(id) {}

  int id() const noexcept override { return id_; }
  std::uint64_t serial() const noexcept override { return serial_; }
  std::function<void()> send(std::string payload, std::function<void(error_code)> done) override {
    check_payload(payload);
    struct sending {
      asio::cancellation_signal cancel;
      bool runs = false, withdrawn = false;
    };
    const auto mine = std::make_shared<sending>();
    asio::post(strand_, [to = to_, strand = strand_, id = id_, mine, payload = std::move(payload),
                         done = std::move(done)]() mutable {
      const auto feed = to.lock();
      if (!feed || feed->ended_ || mine->withdrawn) return done(make_error_code(errc::cancelled));
      mine->runs = true;
      asio::co_spawn(strand, source_feed::send(feed, id, std::move(payload)),
                     asio::bind_cancellation_slot(mine->cancel.slot(), [feed, mine, done](std::exception_ptr error) {
                       mine->runs = false;
                       done(feed->code_of(error));
                     }));
    });
    return [mine, strand = strand_] {
      asio::post(strand, [mine] {
        mine->withdrawn = true;
        if (mine->runs) mine->cancel.emit(asio::cancellation_type::terminal);
      });
    };
  }
  std::function<void()> update_presence(std::string presence_json, std::function<void(error_code)> done) override {
    check_presence(presence_json);
    return send(presence_payload(presence_json), std::move(done));
  }

 private:
  const std::weak_ptr<source_feed> to_;
  const asio::any_io_executor strand_;
  const int id_;
  const std::uint64_t serial_ = next_serial();
};

task<> source_feed::send(std::shared_ptr<source_feed> self, int shard_id, std::string payload) {
  co_await self->options_.source->send(shard_id, std::move(payload));
}

/// What a command is told of what `event_source::send` threw.
error_code source_feed::code_of(const std::exception_ptr& thrown) const {
  if (!thrown) return {};
  if (is_cancellation(thrown)) return make_error_code(errc::cancelled);
  options_.log(log_level::warning, "gateway", "the event source does not take a command: " + text_of(thrown));
  try {
    std::rethrow_exception(thrown);
  } catch (const error& e) {
    return e.code();
  } catch (...) {
    return make_error_code(errc::closed);
  }
}

std::shared_ptr<command_port> source_feed::port(int shard_id) {
  if (!takes_commands_) throw error(errc::unsupported, "client_options::event_source takes no commands");
  check_shard(shard_id);
  const std::lock_guard lock(ports_mutex_);
  auto& out = ports_[shard_id];
  if (!out) out = std::make_shared<port_of_source>(weak_from_this(), options_.strand, shard_id);
  return out;
}

std::uint64_t source_feed::serial_of(int shard_id) {
  const std::lock_guard lock(ports_mutex_);
  const auto found = ports_.find(shard_id);
  return found == ports_.end() ? 0 : found->second->serial();
}

std::vector<std::shared_ptr<command_port>> source_feed::all_ports() {
  std::vector<std::shared_ptr<command_port>> out;
  for (int id = range_.first; id <= range_.last; ++id) out.push_back(port(id));
  return out;
}

}  // namespace monochord::gateway
