// SPDX-License-Identifier: MIT
#include "gateway/fleet.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "gateway/crew.hpp"
#include "gateway/reshard_delegate.hpp"
#include "net/deadline.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {
/// How often a resharding looks whether it can go on.
constexpr duration look_interval = std::chrono::milliseconds{250};
/// Copies that a resharding remembers, some hundred bytes each, for twins that do not come.
constexpr std::size_t most_expected = 1'000'000;
/// How long a client that is stopped while two sets are read waits for what the other one has brought already.
constexpr duration catch_up_limit = std::chrono::seconds{2};
/// And, of several processes, for what they decide, and until they have heard that this one is gone.
constexpr duration last_words = std::chrono::seconds{3};
constexpr duration catch_up_interval = std::chrono::milliseconds{20};
/// How often it does near the switch of several processes.
constexpr duration short_look_interval = std::chrono::milliseconds{20};
/// How long a process that has left the decision to all waits for it, while the events of guilds that move are held back: nearly
/// as long as it is remembered.
constexpr duration doubt_limit = std::chrono::minutes{4};
/// How long all processes of a cluster may take to be ready for the first new shard, once they have met.
constexpr duration merge_limit = std::chrono::seconds{30};
using merge_side = merger::side;
using stage = reshard_delegate::stage;

protocol::shard_part part_of(const shard_range& r) { return {{r.first, r.last - r.first + 1}, r.total}; }

std::exception_ptr failed(errc why, const std::string& text) { return std::make_exception_ptr(error(why, text)); }
}  // namespace

struct fleet::impl : std::enable_shared_from_this<fleet::impl> {
  impl(shard_manager_options first, std::shared_ptr<event_sink> to, hooks told);

  std::shared_ptr<crew> make_crew(shard_manager_options wanted, set_store::role as) const;
  void start(const std::shared_ptr<crew>& which);
  static task<> live(std::shared_ptr<impl> self);
  void stop(stop_mode mode);
  static task<> catch_up(std::shared_ptr<impl> self, std::shared_ptr<merger> both);
  static task<> keep_positions(std::shared_ptr<impl> self);
  static task<> find_positions(std::shared_ptr<impl> self, std::optional<std::vector<session_position>>& out);

  /// What is asked for.
  struct request {
    request(shard_plan which, gateway_info told, reshard_options limits, std::shared_ptr<reshard_exchange> at)
        : plan(which), info(std::move(told)), how(limits), exchange(std::move(at)), to(plan.shards(info.shards)) {}
    const shard_plan plan;
    const gateway_info info;
    const reshard_options how;
    const std::shared_ptr<reshard_exchange> exchange;  // null: this process goes by itself
    const shard_range to;
  };
  static task<> reshard(std::shared_ptr<impl> self, std::shared_ptr<const request> wanted, std::shared_ptr<reshard_report> out);
  void check_room(int wanted, const gateway_info& info, const reshard_options& how) const;
  /// From here on `merging` is what both sets go through.
  void begin_merge(const request& wanted);
  void begin_next(const request& wanted);
  // Nothing when it may go on; why not otherwise.
  task<std::exception_ptr> meet(const request& wanted);
  task<std::exception_ptr> until_past(stage which, duration limit);
  task<std::exception_ptr> bring_up(const request& wanted, reshard_report& out);
  std::exception_ptr look_at_others() const;
  task<std::exception_ptr> agree(std::exception_ptr mine);
  task<> hand_over();
  task<> go_back();
  task<> wait_for_the_last(const crew& old, const crew* fresh);
  /// Lets time pass in the merge.
  static void look(merger& both, const crew& old, const crew* fresh);
  static task<> pause(std::shared_ptr<clock> time, asio::any_io_executor where, duration how_long, bool& in_time);
  /// False when it was cancelled.
  task<bool> wait_a_little() const;
  task<> until_ended(std::shared_ptr<crew> which) const;

  void log(log_level level, const std::string& text) const { options.shard.log(level, "gateway", text); }
  void wake() {
    if (const auto waiting = std::exchange(owner, nullptr)) waiting->complete();
  }

  const shard_manager_options options;
  const std::shared_ptr<event_sink> sink;
  const hooks tell;
  const asio::any_io_executor strand;

  // On the strand.
  std::shared_ptr<crew> serving, next;
  std::shared_ptr<merger> merging;  // while copies may come of what the other set brought
  std::shared_ptr<reshard_delegate> delegate;  // while it has something to tell other processes
  bool started = false, resharding = false, catching_up = false;
  std::optional<stop_mode> stopped;
  std::shared_ptr<net::parked> owner;
};

fleet::impl::impl(shard_manager_options first, std::shared_ptr<event_sink> to, hooks told)
    : options(std::move(first)), sink(std::move(to)), tell(std::move(told)), strand(net::make_strand(options.shard.executor)) {
  serving = make_crew(options, set_store::role::serves);
}

std::shared_ptr<crew> fleet::impl::make_crew(shard_manager_options wanted, set_store::role as) const {
  auto out = std::make_shared<crew>();
  if (wanted.shard.store) wanted.shard.store = out->store = std::make_shared<set_store>(wanted.shard.store, as);
  *out->on_trial = as == set_store::role::waits;
  wanted.shard.on_trial = out->on_trial;
  out->sink = std::make_shared<set_sink>(sink);
  wanted.on_session = [to = std::weak_ptr(out->sink)](int shard) {
    if (const auto there = to.lock()) there->session_begins(shard);
  };
  out->manager = std::make_shared<shard_manager>(std::move(wanted), out->sink);
  return out;
}

void fleet::impl::start(const std::shared_ptr<crew>& which) {
  const auto run = [](std::shared_ptr<shard_manager> manager) -> task<> { co_await manager->run(); };
  which->start(strand, [run, manager = which->manager] { return run(manager); }, [self = shared_from_this()] { self->wake(); });
}

task<> fleet::impl::live(std::shared_ptr<impl> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (self->started) throw error(errc::invalid_argument, "a fleet runs once");
  self->started = true;
  self->start(self->serving);
  if (self->stopped) self->serving->manager->stop(*self->stopped);
  std::exception_ptr failure;
  const auto is_over = [&] {
    if (self->serving->ended && !failure) failure = self->serving->failure;
    if (self->serving->ended && !self->stopped) self->stop(stop_mode::keep_session);
    return self->serving->ended && !self->resharding && (!self->next || self->next->is_over()) &&
           (!self->delegate || self->delegate->is_over());
  };
  while (!is_over()) {
    const auto woken = co_await net::park([me = self.get()](std::shared_ptr<net::parked> wait) { me->owner = std::move(wait); });
    self->owner = nullptr;
    if (!woken) continue;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    self->stop(stop_mode::keep_session);
  }
  if (failure) std::rethrow_exception(failure);
}

void fleet::impl::stop(stop_mode mode) {
  if (!stopped || mode == stop_mode::discard_session) stopped = mode;
  if (delegate) delegate->end_by(after(options.shard.clock->now(), last_words));
  if (delegate && delegate->is_bound() && mode == stop_mode::keep_session) return;  // `reshard` comes back to it in a moment
  if (next) next->manager->stop(stop_mode::discard_session);  // its sessions are stored nowhere
  if (mode == stop_mode::keep_session && merging && !merging->is_done()) {
    if (std::exchange(catching_up, true)) return;
    asio::co_spawn(strand, catch_up(shared_from_this(), merging), [self = shared_from_this()](std::exception_ptr) {
      self->catching_up = false;
      self->serving->manager->stop(*self->stopped);
    });
    return;
  }
  serving->manager->stop(mode);
}

/// What the other set brought and this one did not is given to the next process again: the set whose sessions are kept reads on
/// until it has come to the same.
task<> fleet::impl::catch_up(std::shared_ptr<impl> self, std::shared_ptr<merger> both) {
  const auto& time = self->options.shard.clock;
  const auto until = after(time->now(), catch_up_limit);
  bool in_time = true;
  while (in_time && !both->is_done() && !self->serving->ended && time->now() < until)
    co_await pause(time, self->strand, catch_up_interval, in_time);
}

task<> fleet::impl::find_positions(std::shared_ptr<impl> self, std::optional<std::vector<session_position>>& out) {
  if (self->next || self->merging) co_return;  // the merge may hold back what a shard has delivered
  const auto manager = self->serving->manager;
  auto found = co_await manager->positions();
  if (!self->next && !self->merging) out = std::move(found);
}

task<> fleet::impl::keep_positions(std::shared_ptr<impl> self) { co_await self->serving->manager->keep_positions(); }

// --- resharding ------------------------------------------------------------------------------------------------------

void fleet::impl::check_room(int wanted, const gateway_info& info, const reshard_options& how) const {
  int left = info.session_start_limit.total > 0 ? info.session_start_limit.remaining : wanted + how.keep_starts;
  if (const auto queue = serving->manager->queue())
    if (const auto told = queue->budget()) left = std::min(left, told->remaining);
  if (left >= wanted + how.keep_starts) return;
  std::string text = "resharding takes " + std::to_string(wanted) + " session starts";
  if (how.keep_starts > 0) text += ", and " + std::to_string(how.keep_starts) + " are to be kept";
  text += "; " + std::to_string(left) + " are left for today";
  throw gateway_error(make_error_code(errc::identify_budget_spent), 0, 0, text);
}

void fleet::impl::begin_merge(const request& wanted) {
  protocol::merge_options limits;
  limits.hold_limit = wanted.how.hold_limit;
  limits.twin_limit = wanted.how.twin_limit;
  limits.guilds_limit = wanted.how.guilds_limit;
  limits.cluster = delegate != nullptr;
  const auto seed = delegate ? std::optional(delegate->round()) : std::nullopt;
  const auto here = part_of(serving->manager->range());
  merging = std::make_shared<merger>(sink, options.shard.clock, limits, here, part_of(wanted.to), seed);
  serving->sink->merge(merging, merge_side::old_set);
}

void fleet::impl::begin_next(const request& wanted) {
  auto of_next = options;
  of_next.plan = wanted.plan;
  of_next.info = wanted.info;
  of_next.shard.queue = serving->manager->queue();
  of_next.wait_for_budget = true;  // there was room a moment ago
  of_next.on_progress = nullptr;
  of_next.on_all_ready = nullptr;
  next = make_crew(std::move(of_next), set_store::role::waits);
  next->sink->merge(merging, merge_side::new_set);
  start(next);
}

void fleet::impl::look(merger& both, const crew& old, const crew* fresh) {
  const auto tell_of = [&both](const crew& which, merge_side as) {
    for (const auto& one : which.manager->all())
      both.shard_is_up(as, one->id(), one->status() == protocol::session_status::ready && !one->is_paused());
  };
  tell_of(old, merge_side::old_set);
  if (fresh) tell_of(*fresh, merge_side::new_set);
  both.tick();
}

task<> fleet::impl::pause(std::shared_ptr<clock> time, asio::any_io_executor where, duration how_long, bool& in_time) {
  const auto wait = time->make_timer(where);
  const auto cancelled = co_await wait->wait_until(after(time->now(), how_long));
  in_time = !cancelled;
}

task<bool> fleet::impl::wait_a_little() const {
  bool in_time = false;
  const bool hurries = delegate && delegate->hurries();
  co_await pause(options.shard.clock, strand, hurries ? short_look_interval : look_interval, in_time);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  co_return in_time && !net::is_cancelled(cancellation);
}

task<> fleet::impl::until_ended(std::shared_ptr<crew> which) const {
  while (!which->is_over()) (void)co_await wait_a_little();
}

// --- together with other processes -----------------------------------------------------------------------------------

/// What has failed for all; nothing while all is well.
std::exception_ptr fleet::impl::look_at_others() const {
  if (auto why = delegate->failure()) return why;
  if (delegate->at() == stage::waiting || !delegate->is_unheard()) return nullptr;
  return delegate->failure(reshard_failure::unreachable, "the processes do not reshard together");
}

task<std::exception_ptr> fleet::impl::until_past(stage which, duration limit) {
  const auto& time = *options.shard.clock;
  const auto until = after(time.now(), limit);
  while (delegate->at() <= which) {
    const bool goes_on = co_await wait_a_little();
    if (!goes_on) co_return failed(errc::cancelled, "the resharding was cancelled");
    if (stopped) co_return failed(errc::cancelled, "the client is stopping");
    if (auto why = look_at_others()) co_return why;
    if (time.now() >= until)
      co_return delegate->failure(delegate->is_unheard() ? reshard_failure::unreachable : reshard_failure::absent,
                                  "the other processes of the cluster did not come to reshard with this one in time");
  }
  co_return look_at_others();
}

/// Until all are there, and each has its merge.
task<std::exception_ptr> fleet::impl::meet(const request& wanted) {
  const auto began = options.shard.clock->now();
  while (delegate && !delegate->is_over()) {  // of the resharding before, which others may have to hear of
    const bool goes_on = co_await wait_a_little();
    if (!goes_on || stopped) co_return failed(errc::cancelled, "the resharding was cancelled");
    if (options.shard.clock->now() - began >= wanted.how.meet_limit) delegate->end_by(options.shard.clock->now());
  }
  delegate = std::make_shared<reshard_delegate>(wanted.exchange, options.shard.clock, strand, part_of(serving->manager->range()),
                                                part_of(wanted.to));
  delegate->start([self = shared_from_this()] { self->wake(); });
  log(log_level::info, "resharding: waits for the other processes");
  auto why = co_await until_past(stage::waiting, wanted.how.meet_limit);
  if (why) co_return why;
  begin_merge(wanted);
  delegate->merged(merging);
  co_return co_await until_past(stage::merged, merge_limit);
}

/// Until it is decided for all, if it is not this process's own matter any more.
task<std::exception_ptr> fleet::impl::agree(std::exception_ptr mine) {
  if (mine && delegate->give_up()) co_return mine;
  const auto& time = options.shard.clock;
  const auto until = after(time->now(), doubt_limit);
  auto looks_next = time->now();
  bool in_time = true;
  std::exception_ptr out;
  while (delegate->at() == stage::in_doubt) {
    co_await pause(time, strand, short_look_interval, in_time);
    const auto now = time->now();
    if (now >= looks_next) {
      looks_next = now + look_interval;
      look(*merging, *serving, next.get());
    }
    const bool waits_no_more = now >= until || merging->is_overfull() || (stopped && delegate->is_over());
    if (!waits_no_more || delegate->at() != stage::in_doubt) continue;
    out = delegate->failure(reshard_failure::in_doubt, "it cannot be learnt whether the other processes have taken over");
    delegate->despair();
  }
  if (!out) out = delegate->failure();
  if (!out) log(log_level::info, "resharding: all processes take over");
  co_return out;
}

// ---------------------------------------------------------------------------------------------------------------------

task<std::exception_ptr> fleet::impl::bring_up(const request& wanted, reshard_report& out) {
  const auto& time = *options.shard.clock;
  const auto& how = wanted.how;
  auto& both = *merging;
  const auto deadline = after(time.now(), how.timeout);
  std::optional<time_point> ready;
  for (;;) {
    const bool goes_on = co_await wait_a_little();
    if (!goes_on) co_return failed(errc::cancelled, "the resharding was cancelled");
    if (delegate && delegate->is_bound()) co_return std::exception_ptr();
    if (stopped) co_return failed(errc::cancelled, "the client is stopping");
    if (next->ended)
      co_return next->failure ? next->failure : failed(errc::cancelled, "the new shards have ended");
    look(both, *serving, next.get());
    if (both.expected() > most_expected) co_return failed(errc::resource, "too many events came on one set of shards alone");
    if (both.is_overfull()) co_return failed(errc::resource, "too many events of guilds that move to this process wait here");
    if (delegate) {
      if (auto why = look_at_others()) co_return why;
    }
    const auto now = time.now();
    if (!ready) {
      if (now >= deadline) co_return failed(errc::timeout, "the new shards did not come up in time");
      if (!both.new_set_is_ready()) continue;
      ready = now;
      if (!delegate) tell.serving(next->manager);  // several processes do so together, since guilds go from one to another
      log(log_level::info, "resharding: all " + std::to_string(next->manager->all().size()) + " new shards are up" +
                               (delegate ? "" : ", commands go to them"));
      continue;
    }
    out.balanced = now - std::max(both.balanced_since(), *ready) >= how.settle;
    const bool is_late = now - *ready >= how.settle_limit;
    if (delegate) {
      delegate->set_balanced(out.balanced || (is_late && both.new_set_is_ready()));
      if (now >= after(deadline, how.settle_limit))
        co_return failed(errc::timeout, "the new shards of the other processes did not come up in time");
      continue;
    }
    if (out.balanced) co_return std::exception_ptr();
    if (!is_late) continue;
    if (both.new_set_is_ready()) co_return std::exception_ptr();
    co_return failed(errc::timeout, "the new shards do not stay up");
  }
}

/// The new set serves alone. Its sessions are stored before the old ones end, which then are nobody's any more.
task<> fleet::impl::hand_over() {
  const auto old = serving;
  std::swap(serving, next);
  *serving->on_trial = false;
  if (old->store) old->store->retire();
  if (delegate) tell.serving(serving->manager);
  merging->finish();
  if (delegate) delegate->carried_out();
  if (serving->store) {
    std::vector<int> gone;
    for (const auto& one : old->manager->all())
      if (one->id() >= serving->manager->range().total) gone.push_back(one->id());  // the others are some process's
    try {
      co_await old->store->until_quiet(options.shard.clock);
      co_await serving->store->take_over(options.shard.clock, std::move(gone));
    } catch (const std::exception& e) {
      log(log_level::warning, std::string("resharding: cannot store all of the new sessions: ") + e.what());
    } catch (...) {  // the old shards are to end all the same
      log(log_level::warning, "resharding: cannot store all of the new sessions: the session store threw what is no std::exception");
    }
  }
  old->manager->stop(stop_mode::discard_session);
  co_await until_ended(old);
  tell.retired(old->manager);
}

task<> fleet::impl::go_back() {
  if (merging) merging->roll_back();
  if (delegate) delegate->carried_out();
  if (!next) co_return;
  tell.serving(serving->manager);
  next->manager->stop(stop_mode::discard_session);
  co_await until_ended(next);
  tell.retired(next->manager);
}

/// Copies may still come of what the other set brought.
task<> fleet::impl::wait_for_the_last(const crew& old, const crew* fresh) {
  while (merging && (!stopped || catching_up) && !serving->ended && !merging->is_done()) {
    (void)co_await wait_a_little();
    look(*merging, old, fresh);
  }
  serving->sink->pass();
}

task<> fleet::impl::reshard(std::shared_ptr<impl> self, std::shared_ptr<const request> wanted,
                            std::shared_ptr<reshard_report> out) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (!self->started || self->stopped || self->serving->ended || !self->serving->manager->queue())
    throw error(errc::invalid_argument, "the client's shards do not run");
  if (self->resharding) throw error(errc::invalid_argument, "a resharding is under way already");
  const auto& to = wanted->to;
  out->from = self->serving->manager->range().total;
  out->to = to.total;
  if (out->from == out->to) throw error(errc::invalid_argument, "the bot has " + std::to_string(to.total) + " shards already");
  self->check_room(to.last - to.first + 1, wanted->info, wanted->how);

  const auto began = self->options.shard.clock->now();
  self->resharding = true;
  self->log(log_level::info, "resharding: from " + std::to_string(out->from) + " shards to " + std::to_string(out->to));
  const bool is_joint = wanted->exchange != nullptr;
  const auto before = self->delegate;  // of another resharding
  std::exception_ptr failure;
  try {
    if (is_joint) failure = co_await self->meet(*wanted);
    else self->begin_merge(*wanted);
    if (!failure) {
      self->begin_next(*wanted);
      failure = co_await self->bring_up(*wanted, *out);
    }
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  // What happens from here on is no longer a matter of whoever asked for it.
  if (self->delegate != before) failure = co_await self->agree(failure);
  const auto old = self->serving;
  const auto fresh = self->next;
  if (failure) co_await self->go_back();
  else co_await self->hand_over();
  if (is_joint && self->stopped) self->stop(*self->stopped);  // it may have been put off
  co_await self->wait_for_the_last(*old, fresh.get());
  const auto counted = self->merging ? self->merging->counters() : protocol::merge_counters();
  self->next = nullptr;
  self->merging = nullptr;
  self->resharding = false;
  self->wake();

  out->twins = counted.twins;
  out->singles = counted.singles;
  out->held = counted.held;
  out->held_too_long = counted.held_too_long;
  out->took = self->options.shard.clock->now() - began;
  const auto told = std::to_string(out->twins) + " events came twice, " + std::to_string(out->singles) + " once";
  if (!failure) {
    self->log(log_level::info, "resharding: done, " + std::to_string(out->to) + " shards serve; " + told);
    co_return;
  }
  self->log(log_level::warning, "resharding: given up, the " + std::to_string(out->from) + " shards serve on; " + told);
  std::rethrow_exception(failure);
}

// ---------------------------------------------------------------------------------------------------------------------

fleet::fleet(shard_manager_options first, std::shared_ptr<event_sink> sink, hooks tell)
    : impl_(std::make_shared<impl>(std::move(first), std::move(sink), std::move(tell))) {
  impl_->tell.serving(impl_->serving->manager);
}
fleet::~fleet() = default;

task<> fleet::run() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::live(self));
}

void fleet::stop(stop_mode mode) noexcept {
  asio::post(impl_->strand, [self = impl_, mode] { self->stop(mode); });
}

task<> fleet::keep_positions() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::keep_positions(self));
}

task<std::optional<std::vector<session_position>>> fleet::positions() const {
  const auto self = impl_;
  std::optional<std::vector<session_position>> out;
  co_await net::run_on(self->strand, impl::find_positions(self, out));
  co_return out;
}

task<reshard_report> fleet::reshard(shard_plan plan, gateway_info info, reshard_options how,
                                    std::shared_ptr<reshard_exchange> exchange) {
  const auto self = impl_;
  const auto wanted = std::make_shared<const impl::request>(plan, std::move(info), how, std::move(exchange));
  // Shared: whoever asked may be gone before it has gone back.
  const auto out = std::make_shared<reshard_report>();
  co_await net::run_on(self->strand, impl::reshard(self, wanted, out));
  co_return *out;
}

}  // namespace monochord::gateway
