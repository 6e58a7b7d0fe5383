// SPDX-License-Identifier: MIT
#include "gateway/shard_manager.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <numeric>
#include <set>
#include <utility>

#include "gateway/store_call.hpp"
#include "net/deadline.hpp"
#include "net/parked.hpp"
#include "net/strand.hpp"
#include "protocol/shard_math.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

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
  void start(const std::shared_ptr<shard>& which);
  void settled(int shard_id);
  void ended(std::exception_ptr error);
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
  int count = 1;
  std::shared_ptr<shard_options> shared;       // the queue is filled in by live(), before a shard starts
  std::vector<std::shared_ptr<shard>> shards;  // never changed after the constructor

  // On the strand.
  bool started = false;
  std::size_t running = 0;
  std::set<int> unsettled;  // started, and neither up nor failed yet
  std::optional<stop_mode> stopped;
  bool discarded_late = false;  // the shards had been told to keep their sessions
  bool store_is_silent = false;
  std::exception_ptr failure;
  std::shared_ptr<net::parked> owner;
};

shard_manager::impl::impl(shard_manager_options given, std::shared_ptr<event_sink> events)
    : options(std::move(given)), sink(std::move(events)), strand(net::make_strand(options.shard.executor)) {
  count = options.shard_count > 0 ? options.shard_count : std::max(options.info.shards, 1);
  options.shard.shard_count = count;
  if (options.shard.gateway_url.empty()) options.shard.gateway_url = options.info.url;
  if (options.shard.gateway_url.empty() && options.shard.gateway_url_override.empty())
    throw error(errc::invalid_argument, "no address for the gateway");
  shared = std::make_shared<shard_options>(options.shard);
  shards.reserve(static_cast<std::size_t>(count));
  for (int id = 0; id < count; ++id) shards.push_back(std::make_shared<shard>(id, shared, sink));
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
    const auto stored = co_await within_limit(*shared->clock, shared->store->load_budget());
    const auto now = shared->clock->utc_now();
    // A budget is a day's; what says otherwise comes from a clock that was wrong, or from a damaged file.
    const bool sane = stored && stored->remaining >= 0 && stored->remaining <= stored->total && stored->reset_at > now &&
                      stored->reset_at - now <= std::chrono::hours{24};
    if (sane && stored->remaining < out.remaining) {
      out.remaining = stored->remaining;
      out.reset_after = std::chrono::duration_cast<duration>(stored->reset_at - now);
    }
  } catch (const std::exception& e) {
    shared->log(log_level::warning, "gateway", std::string("cannot load the stored identify budget: ") + e.what());
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
  } catch (const std::exception&) {
  }
  co_return false;  // the shard meets the same error, and logs it
}

/// For a discard that came after the shards were told to keep their sessions; some had ended by then.
task<> shard_manager::impl::erase_sessions() {
  try {
    for (const auto& one : shards) co_await within_limit(*shared->clock, shared->store->erase(one->id()));
  } catch (const std::exception& e) {
    shared->log(log_level::warning, "gateway", std::string("cannot erase the stored sessions: ") + e.what());
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
  for (const int id : found.resumed) start(shards[static_cast<std::size_t>(id)]);  // need no turn
  try {
    shared->queue->expect(found.fresh);
  } catch (...) {
    failure = std::current_exception();
    stop(stop_mode::keep_session);
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
      self->start(self->shards[static_cast<std::size_t>(*next)]);
    }
    co_await self->wait_for([&] {
      return self->stopped || std::none_of(members.begin(), members.end(), [&](int id) { return self->unsettled.contains(id); });
    });
  }
  co_await self->wait_for([&] { return self->stopped && self->running == 0; });
  if (self->discarded_late && self->shared->store) co_await self->erase_sessions();
  if (self->failure) std::rethrow_exception(self->failure);
}

void shard_manager::impl::start(const std::shared_ptr<shard>& which) {
  ++running;
  unsettled.insert(which->id());
  which->on_settled([weak = weak_from_this()](int id) {
    if (const auto self = weak.lock()) asio::post(self->strand, [self, id] { self->settled(id); });
  });
  const auto run = [](std::shared_ptr<shard> one) -> task<> { co_await one->run(); };
  asio::co_spawn(strand, run(which), [self = shared_from_this(), id = which->id()](std::exception_ptr error) {
    self->unsettled.erase(id);
    self->ended(std::move(error));
  });
}

void shard_manager::impl::settled(int shard_id) {
  unsettled.erase(shard_id);
  wake();
}

void shard_manager::impl::ended(std::exception_ptr error) {
  --running;
  if (error && !failure) failure = std::move(error);
  if (!stopped) stop(stop_mode::keep_session);  // one shard is gone for good: the bot cannot be whole without it
  wake();
}

void shard_manager::impl::stop(stop_mode mode) {
  if (stopped && (*stopped == mode || mode == stop_mode::keep_session)) return;
  discarded_late = stopped.has_value();
  stopped = mode;
  for (const auto& one : shards) one->stop(mode);
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

int shard_manager::shard_count() const noexcept { return impl_->count; }

std::shared_ptr<shard> shard_manager::at(int shard_id) const {
  if (shard_id < 0 || shard_id >= impl_->count)
    throw error(errc::invalid_argument, "there is no shard " + std::to_string(shard_id));
  return impl_->shards[static_cast<std::size_t>(shard_id)];
}

std::shared_ptr<shard> shard_manager::of(guild_id guild) const { return at(protocol::shard_of(guild, impl_->count)); }

bool shard_manager::all_ready() const noexcept {
  return std::all_of(impl_->shards.begin(), impl_->shards.end(),
                     [](const auto& one) { return one->status() == protocol::session_status::ready; });
}

task<shard_counters> shard_manager::counters() const {
  const auto self = impl_;
  shard_counters sum;
  for (const auto& one : self->shards) {
    const auto mine = co_await one->counters();
    sum += mine;
  }
  co_return sum;
}

}  // namespace monochord::gateway
