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
constexpr duration catch_up_interval = std::chrono::milliseconds{20};
using merge_side = merger::side;
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

  static task<> reshard(std::shared_ptr<impl> self, shard_plan plan, gateway_info info, reshard_options how,
                        std::shared_ptr<reshard_report> out);
  void check_room(int wanted, const gateway_info& info, const reshard_options& how) const;
  std::shared_ptr<merger> merge(const shard_range& to, const reshard_options& how) const;
  /// Nothing when the new set may take over; why not otherwise.
  task<std::exception_ptr> bring_up(merger& both, const reshard_options& how, reshard_report& out);
  task<> hand_over(merger& both);
  task<> go_back(merger& both);
  task<> wait_for_the_last(merger& both, const crew& old, const crew& fresh);
  /// Lets time pass in the merge.
  static void look(merger& both, const crew& old, const crew& fresh);
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
    return self->serving->ended && !self->resharding && (!self->next || self->next->is_over());
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
  if (self->resharding || self->merging) co_return;  // the merge may hold back what a shard has delivered
  const auto manager = self->serving->manager;
  auto found = co_await manager->positions();
  if (!self->resharding && !self->merging) out = std::move(found);
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

std::shared_ptr<merger> fleet::impl::merge(const shard_range& to, const reshard_options& how) const {
  const auto part = [](const shard_range& r) { return protocol::shard_part{{r.first, r.last - r.first + 1}, r.total}; };
  protocol::merge_options limits;
  limits.hold_limit = how.hold_limit;
  limits.twin_limit = how.twin_limit;
  limits.guilds_limit = how.guilds_limit;
  return std::make_shared<merger>(sink, options.shard.clock, limits, part(serving->manager->range()), part(to));
}

void fleet::impl::look(merger& both, const crew& old, const crew& fresh) {
  const auto tell_of = [&both](const crew& which, merge_side as) {
    for (const auto& one : which.manager->all())
      both.shard_is_up(as, one->id(), one->status() == protocol::session_status::ready && !one->is_paused());
  };
  tell_of(old, merge_side::old_set);
  tell_of(fresh, merge_side::new_set);
  both.tick();
}

task<> fleet::impl::pause(std::shared_ptr<clock> time, asio::any_io_executor where, duration how_long, bool& in_time) {
  const auto wait = time->make_timer(where);
  const auto cancelled = co_await wait->wait_until(after(time->now(), how_long));
  in_time = !cancelled;
}

task<bool> fleet::impl::wait_a_little() const {
  bool in_time = false;
  co_await pause(options.shard.clock, strand, look_interval, in_time);
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  co_return in_time && !net::is_cancelled(cancellation);
}

task<> fleet::impl::until_ended(std::shared_ptr<crew> which) const {
  while (!which->is_over()) (void)co_await wait_a_little();
}

task<std::exception_ptr> fleet::impl::bring_up(merger& both, const reshard_options& how, reshard_report& out) {
  const auto& time = *options.shard.clock;
  const auto fail = [](errc why, const std::string& text) { return std::make_exception_ptr(error(why, text)); };
  const auto deadline = after(time.now(), how.timeout);
  std::optional<time_point> switched;
  for (;;) {
    const bool goes_on = co_await wait_a_little();
    if (!goes_on) co_return fail(errc::cancelled, "the resharding was cancelled");
    if (stopped) co_return fail(errc::cancelled, "the client is stopping");
    if (next->ended)
      co_return next->failure ? next->failure : fail(errc::cancelled, "the new shards have ended");
    look(both, *serving, *next);
    if (both.expected() > most_expected) co_return fail(errc::resource, "too many events came on one set of shards alone");
    const auto now = time.now();
    if (!switched) {
      if (now >= deadline) co_return fail(errc::timeout, "the new shards did not come up in time");
      if (!both.new_set_is_ready()) continue;
      switched = now;
      tell.serving(next->manager);
      log(log_level::info, "resharding: all " + std::to_string(next->manager->all().size()) + " new shards are up, commands go to them");
      continue;
    }
    out.balanced = now - std::max(both.balanced_since(), *switched) >= how.settle;
    if (out.balanced) co_return std::exception_ptr();
    if (now - *switched < how.settle_limit) continue;
    if (both.new_set_is_ready()) co_return std::exception_ptr();
    co_return fail(errc::timeout, "the new shards do not stay up");
  }
}

/// The new set serves alone. Its sessions are stored before the old ones end, which then are nobody's any more.
task<> fleet::impl::hand_over(merger& both) {
  const auto old = serving;
  std::swap(serving, next);
  *serving->on_trial = false;
  if (old->store) old->store->retire();
  both.finish();
  if (serving->store) {
    std::vector<int> gone;
    for (const auto& one : old->manager->all()) gone.push_back(one->id());
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

task<> fleet::impl::go_back(merger& both) {
  both.roll_back();
  tell.serving(serving->manager);
  next->manager->stop(stop_mode::discard_session);
  co_await until_ended(next);
  tell.retired(next->manager);
}

/// Copies may still come of what the other set brought.
task<> fleet::impl::wait_for_the_last(merger& both, const crew& old, const crew& fresh) {
  while ((!stopped || catching_up) && !serving->ended && !both.is_done()) {
    (void)co_await wait_a_little();
    look(both, old, fresh);
  }
  serving->sink->pass();
}

task<> fleet::impl::reshard(std::shared_ptr<impl> self, shard_plan plan, gateway_info info, reshard_options how,
                            std::shared_ptr<reshard_report> out) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (!self->started || self->stopped || self->serving->ended || !self->serving->manager->queue())
    throw error(errc::invalid_argument, "the client's shards do not run");
  if (self->resharding) throw error(errc::invalid_argument, "a resharding is under way already");
  const auto to = plan.shards(info.shards);
  out->from = self->serving->manager->range().total;
  out->to = to.total;
  if (out->from == out->to) throw error(errc::invalid_argument, "the bot has " + std::to_string(to.total) + " shards already");
  self->check_room(to.last - to.first + 1, info, how);

  const auto began = self->options.shard.clock->now();
  auto wanted = self->options;
  wanted.plan = plan;
  wanted.info = info;
  wanted.shard.queue = self->serving->manager->queue();
  wanted.wait_for_budget = true;  // there was room a moment ago
  wanted.on_progress = nullptr;
  wanted.on_all_ready = nullptr;
  const auto both = self->merge(to, how);
  self->next = self->make_crew(std::move(wanted), set_store::role::waits);
  self->merging = both;
  self->resharding = true;
  self->serving->sink->merge(both, merge_side::old_set);
  self->next->sink->merge(both, merge_side::new_set);
  self->log(log_level::info, "resharding: from " + std::to_string(out->from) + " shards to " + std::to_string(out->to));

  std::exception_ptr failure;
  try {
    self->start(self->next);
    failure = co_await self->bring_up(*both, how, *out);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  // What happens from here on is no longer a matter of whoever asked for it.
  const auto old = self->serving;
  const auto fresh = self->next;
  if (failure) co_await self->go_back(*both);
  else co_await self->hand_over(*both);
  co_await self->wait_for_the_last(*both, *old, *fresh);
  self->next = nullptr;
  self->merging = nullptr;
  self->resharding = false;
  self->wake();

  const auto counted = both->counters();
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

task<reshard_report> fleet::reshard(shard_plan plan, gateway_info info, reshard_options how) {
  const auto self = impl_;
  // Shared: whoever asked may be gone before it has gone back.
  const auto out = std::make_shared<reshard_report>();
  co_await net::run_on(self->strand, impl::reshard(self, plan, std::move(info), how, out));
  co_return *out;
}

}  // namespace monochord::gateway
