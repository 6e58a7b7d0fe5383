// SPDX-License-Identifier: MIT
#include "gateway/shard_manager.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <mutex>
#include <numeric>
#include <set>
#include <utility>

#include <monochord/gateway/intents.hpp>

#include "gateway/shared_pace.hpp"
#include "gateway/store_call.hpp"
#include "gateway/stored_budget.hpp"
#include "gateway/watched_queue.hpp"
#include "net/deadline.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"
#include "protocol/shard_math.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {

/// How often the log tells how far the start is.
constexpr duration tell_interval = std::chrono::seconds{5};

std::string minutes_until(duration time) {
  const auto minutes = std::chrono::ceil<std::chrono::minutes>(time).count();
  return std::to_string(minutes) + (minutes == 1 ? " minute" : " minutes");
}

std::string roughly(duration time) {
  using namespace std::chrono_literals;
  if (time < 100s) return std::to_string(std::chrono::round<std::chrono::seconds>(time).count()) + " s";
  if (time < 100min) return std::to_string(std::chrono::round<std::chrono::minutes>(time).count()) + " min";
  return std::to_string(std::chrono::round<std::chrono::hours>(time).count()) + " h";
}

std::string told(const start_progress& now) {
  std::string out = "shard " + std::to_string(now.shard_id) + (now.resumed ? " resumed" : " ready");
  if (now.shards == 1) return out;
  if (now.all_ready()) return out + ", all " + std::to_string(now.shards) + " are up after " + roughly(now.elapsed);
  return out + ", " + std::to_string(now.ready) + " of " + std::to_string(now.shards) + ", about " + roughly(now.left) + " left";
}

}  // namespace

struct shard_manager::impl : std::enable_shared_from_this<shard_manager::impl> {
  struct known {
    identify_queue_options limits;
    std::vector<int> resumed, fresh;  // shards by whether they have a session
  };

  impl(shard_manager_options given, std::shared_ptr<event_sink> events);

  static task<> live(std::shared_ptr<impl> self);
  task<identify_queue_options> queue_options();
  task<bool> has_stored_session(int shard_id);
  task<> erase_sessions();
  task<> read_store(known& out);
  task<error_code> until_woken();
  void begin(const known& found);
  void check_budget(const std::vector<int>& needed, const identify_queue_options& limits) const;
  void start(const std::shared_ptr<shard>& which);
  void came_up(int shard_id, bool resumed);
  void look_at_guilds();
  static task<> wait_for_guilds(std::shared_ptr<impl> self, time_point until);
  void tell_all_ready(const guild_registry::progress& now);
  void let_others_go(const std::vector<int>& shard_ids) const;
  void settled(int shard_id);
  void ended(int shard_id, std::exception_ptr error);
  void let_go(int shard_id, std::exception_ptr error);
  void stop(stop_mode mode);
  static task<> keep_positions(std::shared_ptr<impl> self);
  /// Waits until `done()`, asked again after every change; cancellation stops the shards and the wait goes on.
  template <class Done>
  task<> wait_for(Done done);
  void wake() {
    if (const auto waiting = std::exchange(owner, nullptr)) waiting->complete();
  }

  shard_manager_options options;
  std::shared_ptr<event_sink> sink;
  asio::any_io_executor strand;
  const shard_range range;
  std::shared_ptr<shard_options> shared;       // the queue is filled in by live(), before a shard starts
  std::vector<std::shared_ptr<shard>> shards;  // never changed after the constructor

  const std::shared_ptr<shard>& with_id(int id) const { return shards[static_cast<std::size_t>(id - range.first)]; }

  mutable std::mutex queue_mutex;
  std::shared_ptr<monochord::identify_queue> unwatched_queue;  // guarded by it

  // On the strand.
  bool started = false;
  std::size_t running = 0;
  std::set<int> unsettled;  // started, and neither up nor failed yet
  std::set<int> never_up;   // shards that have not been up
  int given_up = 0;         // shards that are ended, while the others go on
  int given_up_early = 0;   // of these, that have never been up
  std::set<int> fresh_left; // of those that have to IDENTIFY, which have not been up
  int max_concurrency = 1;
  time_point began{};
  time_point tells_next = time_point::min();
  bool all_ready_told = false;
  bool waits_for_guilds = false;
  std::unique_ptr<timer> guild_alarm;
  std::optional<stop_mode> stopped;
  bool discarded_late = false;  // the shards had been told to keep their sessions
  bool store_is_silent = false;
  std::exception_ptr failure;
  std::shared_ptr<net::parked> owner;
};

shard_manager::impl::impl(shard_manager_options given, std::shared_ptr<event_sink> events)
    : options(std::move(given)),
      sink(std::move(events)),
      strand(net::make_strand(options.shard.executor)),
      range(options.plan.shards(options.info.shards)) {
  options.shard.shard_count = range.total;
  if (options.shard.gateway_url.empty()) options.shard.gateway_url = options.info.url;
  if (options.shard.gateway_url.empty() && options.shard.gateway_url_override.empty())
    throw error(errc::invalid_argument, "no address for the gateway");
  if (!options.shard.guilds)
    options.shard.guilds = std::make_shared<guild_registry>((options.shard.intents & static_cast<std::uint64_t>(intent::guilds)) != 0);
  if (!options.shard.gate) options.shard.gate = std::make_shared<shared_pace>();
  guild_alarm = options.shard.clock->make_timer(strand);
  shared = std::make_shared<shard_options>(options.shard);
  shards.reserve(static_cast<std::size_t>(range.last - range.first) + 1);
  for (int id = range.first; id <= range.last; ++id) {
    shards.push_back(std::make_shared<shard>(id, shared, sink));
    never_up.insert(id);
  }
}

/// The day's budget as Discord said just now, or as the store remembers it if that is less: Discord's figure may come
/// from a proxy that has counted nothing.
task<identify_queue_options> shard_manager::impl::queue_options() {
  identify_queue_options out;
  const auto& limit = options.info.session_start_limit;
  out.max_concurrency = std::max(limit.max_concurrency, 1);
  if (limit.total > 0) {
    out.total = limit.total;
    out.remaining = limit.remaining;
    out.reset_after = std::chrono::milliseconds{limit.reset_after};
  }
  out.wait_for_budget = options.wait_for_budget;
  if (!shared->store) co_return out;
  try {
    co_await limit_by_stored(out, *shared->store, *shared->clock);
  } catch (const std::exception& e) {
    shared->log(log_level::warning, "gateway", std::string("cannot load the stored identify budget: ") + e.what());
  } catch (...) {
    shared->log(log_level::warning, "gateway", "cannot load the stored identify budget: the session store threw what is no std::exception");
  }
  co_return out;
}

task<bool> shard_manager::impl::has_stored_session(int shard_id) {
  if (!shared->store || store_is_silent) co_return false;
  try {
    const auto stored = co_await within_limit(*shared->clock, shared->store->load(shard_id));
    co_return stored && fits(*stored, *shared);
  } catch (const error& e) {
    store_is_silent = e.code() == errc::timeout;  // not as many seconds as there are shards
  } catch (...) {
  }
  co_return false;  // the shard meets the same error, and logs it
}

/// For a discard that came after the shards were told to keep their sessions; some had ended by then.
task<> shard_manager::impl::erase_sessions() {
  try {
    for (const auto& one : shards) co_await within_limit(*shared->clock, shared->store->erase(one->id()));
  } catch (const std::exception& e) {
    shared->log(log_level::warning, "gateway", std::string("cannot erase the stored sessions: ") + e.what());
  } catch (...) {
    shared->log(log_level::warning, "gateway", "cannot erase the stored sessions: the session store threw what is no std::exception");
  }
}

/// What the store knows: the day's budget, and which shards go on with a session.
task<> shard_manager::impl::read_store(known& out) {
  co_await asio::this_coro::throw_if_cancelled(false);
  out.limits = co_await queue_options();
  for (const auto& one : shards) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(cancellation)) co_return;
    const bool resumes = co_await has_stored_session(one->id());
    (resumes ? out.resumed : out.fresh).push_back(one->id());
  }
}

task<error_code> shard_manager::impl::until_woken() {
  const auto woken = co_await net::park([this](std::shared_ptr<net::parked> wait) { owner = std::move(wait); });
  owner = nullptr;
  co_return woken;
}

void shard_manager::impl::begin(const known& found) {
  if (!shared->queue) shared->queue = make_identify_queue(shared->clock, found.limits);
  {
    const std::lock_guard lock(queue_mutex);
    unwatched_queue = shared->queue;
  }
  if (options.on_session) shared->queue = std::make_shared<watched_queue>(shared->queue, options.on_session);
  began = shared->clock->now();
  if (options.on_all_ready)
    shared->guilds->watch([weak = weak_from_this(), on = strand] {
      asio::post(on, [weak] {
        if (const auto self = weak.lock()) self->look_at_guilds();
      });
    });
  max_concurrency = found.limits.max_concurrency;
  try {
    check_budget(found.fresh, found.limits);
    fresh_left.insert(found.fresh.begin(), found.fresh.end());
    for (const int id : found.resumed) start(with_id(id));  // need no turn
    shared->queue->expect(found.fresh);
  } catch (...) {
    failure = std::current_exception();
    stop(stop_mode::keep_session);
  }
}

/// Whether the day has an IDENTIFY for each of these shards: told, or refused before the first one is used up.
void shard_manager::impl::check_budget(const std::vector<int>& needed, const identify_queue_options& limits) const {
  // As Discord said, and as the queue says if that is less: others may use the same one.
  identify_budget left{limits.remaining, limits.total, limits.reset_after};
  if (const auto told = shared->queue->budget(); told && told->remaining < left.remaining) left = *told;
  if (needed.empty()) return;
  const bool is_new = left.reset_after <= duration::zero();  // nobody has looked at the time yet
  const int available = is_new ? std::max(left.remaining, left.total) : left.remaining;
  const int wanted = static_cast<int>(needed.size());
  if (wanted <= available) return;
  std::string text = std::to_string(wanted) + (wanted == 1 ? " shard has" : " shards have") + " to IDENTIFY, and " +
                     std::to_string(available) + (available == 1 ? " session start is" : " session starts are") + " left for today";
  if (!is_new) text += "; the next " + std::to_string(left.total) + " come in " + minutes_until(left.reset_after);
  if (!options.wait_for_budget) throw gateway_error(make_error_code(errc::identify_budget_spent), 0, needed.front(), text);
  shared->log(log_level::warning, "gateway", text + (is_new ? ": the start takes until there are more" : ": the start takes until then"));
}

/// Whoever shares the queue need not wait for shards that come no more.
void shard_manager::impl::let_others_go(const std::vector<int>& shard_ids) const {
  if (!shared->queue) return;
  try {
    for (const int id : shard_ids) shared->queue->arrived(id);
  } catch (const std::exception& e) {
    shared->log(log_level::warning, "gateway", std::string("the identify queue cannot be told that its shards are gone: ") + e.what());
  }
}

template <class Done>
task<> shard_manager::impl::wait_for(Done done) {
  while (!done()) {
    const auto woken = co_await until_woken();
    if (!woken) continue;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    stop(stop_mode::keep_session);
  }
}

task<> shard_manager::impl::live(std::shared_ptr<impl> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (self->started) throw error(errc::invalid_argument, "a shard manager runs once");
  self->started = true;

  known found;
  if (!self->stopped) co_await net::race(self->read_store(found), self->until_woken());
  const auto cancellation = co_await asio::this_coro::cancellation_state;
  if (net::is_cancelled(cancellation)) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    self->stop(stop_mode::keep_session);
  }
  if (!self->stopped) self->begin(found);

  // Whoever has to IDENTIFY connects only when its group's turn is near: a thousand connections that wait for hours in
  // the queue would be no use to anybody.
  const auto& fresh = found.fresh;
  for (auto next = fresh.begin(); next != fresh.end() && !self->stopped;) {
    const int group = *next / found.limits.max_concurrency;
    std::set<int> members;
    for (; next != fresh.end() && *next / found.limits.max_concurrency == group; ++next) {
      members.insert(*next);
      self->start(self->with_id(*next));
    }
    co_await self->wait_for([&] {
      return self->stopped || std::none_of(members.begin(), members.end(), [&](int id) { return self->unsettled.contains(id); });
    });
  }
  co_await self->wait_for([&] { return self->stopped && self->running == 0 && !self->waits_for_guilds; });
  self->let_others_go(fresh);
  if (self->discarded_late && self->shared->store) co_await self->erase_sessions();
  if (self->failure) std::rethrow_exception(self->failure);
}

void shard_manager::impl::start(const std::shared_ptr<shard>& which) {
  ++running;
  unsettled.insert(which->id());
  which->on_settled([weak = weak_from_this()](int id) {
    if (const auto self = weak.lock()) asio::post(self->strand, [self, id] { self->settled(id); });
  });
  which->on_first_up([weak = weak_from_this()](int id, bool resumed) {
    if (const auto self = weak.lock()) asio::post(self->strand, [self, id, resumed] { self->came_up(id, resumed); });
  });
  const auto run = [](std::shared_ptr<shard> one) -> task<> { co_await one->run(); };
  asio::co_spawn(strand, run(which), [self = shared_from_this(), id = which->id()](std::exception_ptr error) {
    self->unsettled.erase(id);
    self->ended(id, std::move(error));
  });
}

void shard_manager::impl::settled(int shard_id) {
  unsettled.erase(shard_id);
  wake();
}

void shard_manager::impl::came_up(int shard_id, bool resumed) {
  const auto time = shared->clock->now();
  start_progress now;
  now.shard_id = shard_id;
  now.resumed = resumed;
  never_up.erase(shard_id);
  now.ready = static_cast<int>(shards.size() - never_up.size()) - given_up_early;
  now.shards = static_cast<int>(shards.size()) - given_up_early;
  now.elapsed = time - began;
  fresh_left.erase(shard_id);
  const int left = static_cast<int>(fresh_left.size());  // the others need no turn: they are up in a moment
  now.left = protocol::time_left({.left = left, .up = now.ready, .max_concurrency = max_concurrency, .elapsed = now.elapsed});
  try {
    const auto asks = [this](int id) { return with_id(id)->status() != protocol::session_status::identifying; };
    const auto asking = std::count_if(fresh_left.begin(), fresh_left.end(), asks);  // the others have been let through
    if (const auto budget = shared->queue->budget(); budget && budget->remaining < asking)
      now.left += std::max(budget->reset_after, duration{0});
  } catch (const std::exception& e) {  // a queue of the user's; the guess goes without it
    shared->log(log_level::debug, "gateway", std::string("the identify queue does not tell its budget: ") + e.what());
  }
  const bool is_news = now.ready == 1 || now.all_ready() || time >= tells_next;
  if (is_news) tells_next = after(time, tell_interval);
  shared->log(is_news ? log_level::info : log_level::debug, "gateway", told(now));
  if (options.on_progress) options.on_progress(now);
  look_at_guilds();
}

/// Whether the start is complete: told in `came_up`, by the registry, and by the alarm.
void shard_manager::impl::look_at_guilds() {
  if (!options.on_all_ready || all_ready_told || stopped || !never_up.empty()) return;
  const auto now = shared->guilds->look();
  if (!now.up) return;  // one has lost its session again
  const auto until = after(now.last_news, options.guild_wait);
  if (now.awaited == 0 || shared->clock->now() >= until) return tell_all_ready(now);
  if (std::exchange(waits_for_guilds, true)) return;
  asio::co_spawn(strand, wait_for_guilds(shared_from_this(), until), [self = shared_from_this()](std::exception_ptr) {
    self->waits_for_guilds = false;
    self->look_at_guilds();  // guilds may have come meanwhile, which begins the wait anew
    self->wake();
  });
}

task<> shard_manager::impl::wait_for_guilds(std::shared_ptr<impl> self, time_point until) {
  if (!self->stopped && !self->all_ready_told) co_await self->guild_alarm->wait_until(until);
}

void shard_manager::impl::tell_all_ready(const guild_registry::progress& now) {
  all_ready_told = true;
  shared->guilds->watch({});
  guild_alarm->cancel();
  monochord::all_ready out;  // not the member of that name
  out.shards = static_cast<int>(shards.size()) - given_up;
  out.guilds = now.guilds;
  out.missing_guilds = now.awaited + now.unavailable;
  out.elapsed = shared->clock->now() - began;
  if (out.missing_guilds != 0)
    shared->log(log_level::info, "gateway", std::to_string(out.missing_guilds) + " of " + std::to_string(out.guilds) +
                                                " guilds are not available: the start is over without them");
  options.on_all_ready(out);
}

/// The bot goes on without it, while there is another one.
void shard_manager::impl::let_go(int shard_id, std::exception_ptr error) {
  ++given_up;
  given_up_early += static_cast<int>(never_up.erase(shard_id));
  fresh_left.erase(shard_id);
  let_others_go({shard_id});
  if (given_up == static_cast<int>(shards.size())) {
    failure = std::move(error);
    stop(stop_mode::keep_session);
  }
  look_at_guilds();
  wake();
}

void shard_manager::impl::ended(int shard_id, std::exception_ptr error) {
  --running;
  if (error && !stopped && with_id(shard_id)->is_given_up()) return let_go(shard_id, std::move(error));
  if (error && !failure) failure = std::move(error);
  if (!stopped) stop(stop_mode::keep_session);  // one shard is gone for good: the bot cannot be whole without it
  wake();
}

void shard_manager::impl::stop(stop_mode mode) {
  if (stopped && (*stopped == mode || mode == stop_mode::keep_session)) return;
  discarded_late = stopped.has_value();
  stopped = mode;
  for (const auto& one : shards) one->stop(mode);
  guild_alarm->cancel();
  wake();
}

shard_manager::shard_manager(shard_manager_options options, std::shared_ptr<event_sink> sink)
    : impl_(std::make_shared<impl>(std::move(options), std::move(sink))) {}
shard_manager::~shard_manager() = default;

task<> shard_manager::run() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::live(self));
}

void shard_manager::stop(stop_mode mode) noexcept {
  asio::post(impl_->strand, [self = impl_, mode] { self->stop(mode); });
}

/// All shards at once, within one limit: whoever does not hear that its time is over is left behind.
task<> shard_manager::impl::keep_positions(std::shared_ptr<impl> self) {
  const auto left = std::make_shared<std::size_t>(self->shards.size());
  for (const auto& one : self->shards) {
    const auto keep = [](std::shared_ptr<shard> which) -> task<> { co_await which->keep_position(); };
    asio::co_spawn(self->strand, keep(one), [self, left](std::exception_ptr) {  // it has told the log
      if (--*left == 0) self->wake();
    });
  }
  const auto all = [](std::shared_ptr<impl> me, std::shared_ptr<std::size_t> count) -> task<> {
    while (*count != 0) {
      const auto woken = co_await me->until_woken();
      if (woken) co_return;
    }
  };
  auto& time = *self->shared->clock;
  const bool in_time = co_await net::run_before(time, time.now() + store_limit, all(self, left));
  if (!in_time)
    self->shared->log(log_level::error, "gateway", "the session store does not keep what was handled last of " +
                                                       std::to_string(*left) + " shards: left behind");
}

task<> shard_manager::keep_positions() {
  const auto self = impl_;
  co_await net::run_on(self->strand, impl::keep_positions(self));
}

const shard_range& shard_manager::range() const noexcept { return impl_->range; }

std::shared_ptr<monochord::identify_queue> shard_manager::queue() const {
  const std::lock_guard lock(impl_->queue_mutex);
  return impl_->unwatched_queue;
}

const std::shared_ptr<shard>& shard_manager::at(int shard_id) const {
  const auto& here = impl_->range;
  if (shard_id < 0 || shard_id >= here.total)
    throw error(errc::invalid_argument, "there is no shard " + std::to_string(shard_id) + ": the bot has " +
                                            std::to_string(here.total) + ", counted from 0");
  if (shard_id < here.first || shard_id > here.last)
    throw error(errc::invalid_argument, "shard " + std::to_string(shard_id) + " is not run by this process (" +
                                            std::to_string(here.first) + " to " + std::to_string(here.last) + " of " +
                                            std::to_string(here.total) + ")");
  return impl_->with_id(shard_id);
}

const std::shared_ptr<shard>& shard_manager::of(guild_id guild) const { return at(protocol::shard_of(guild, impl_->range.total)); }

const std::vector<std::shared_ptr<shard>>& shard_manager::all() const noexcept { return impl_->shards; }

bool shard_manager::all_ready() const noexcept {
  return std::all_of(impl_->shards.begin(), impl_->shards.end(),
                     [](const auto& one) { return one->status() == protocol::session_status::ready; });
}

task<std::vector<session_position>> shard_manager::positions() const {
  const auto self = impl_;
  std::vector<session_position> out;
  for (const auto& one : self->shards) {
    auto mine = co_await one->position();
    if (mine) out.push_back(std::move(*mine));
  }
  co_return out;
}

shard_counters shard_manager::counters() const noexcept {
  shard_counters sum;
  for (const auto& one : impl_->shards) sum += one->counters();
  return sum;
}

}  // namespace monochord::gateway
