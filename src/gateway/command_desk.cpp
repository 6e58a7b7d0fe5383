// SPDX-License-Identifier: MIT
#include "gateway/command_desk.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "core/random.hpp"
#include "net/deadline.hpp"
#include "net/strand.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;

namespace {

constexpr std::size_t nonce_letters = 10;

error stopped() { return {errc::cancelled, "the client has stopped, or the command was given up"}; }

/// What a port said of a payload that it did not send.
error unsent(error_code why) {
  return why == errc::cancelled ? stopped() : error(why, "the gateway command was not sent: " + why.message());
}

error too_late(const command_desk::call& which) {
  std::string text = "the gateway command was not carried out in time";
  if (which.guilds) text += ": " + std::to_string(which.guilds->left()) + " guilds have not answered";
  if (which.members) text += ": not all members of guild " + which.members->guild().str() + " have come";
  return {errc::timeout, text};
}

}  // namespace

/// Somebody waits for a call; until the end of the scope.
class command_desk::waiting_call {
 public:
  waiting_call(command_desk& of, call& which) : of_(of), which_(which) { of_.count_waiting(which_, true); }
  waiting_call(const waiting_call&) = delete;
  waiting_call& operator=(const waiting_call&) = delete;
  ~waiting_call() { of_.count_waiting(which_, false); }

 private:
  command_desk& of_;
  call& which_;
};

/// Ends a call with the scope.
class command_desk::ending {
 public:
  ending(std::shared_ptr<command_desk> of, std::shared_ptr<call> which)
      : of_(std::move(of)), which_(std::move(which)) {}
  ending(const ending&) = delete;
  ending& operator=(const ending&) = delete;
  ~ending() { of_->end(which_); }

 private:
  const std::shared_ptr<command_desk> of_;
  const std::shared_ptr<call> which_;
};

/// The same for one whose place is not known.
class command_desk::lent_place {
 public:
  explicit lent_place(std::shared_ptr<command_desk> of) : of_(std::move(of)) { tell(1); }
  lent_place(const lent_place&) = delete;
  lent_place& operator=(const lent_place&) = delete;
  ~lent_place() { tell(-1); }

 private:
  void tell(std::ptrdiff_t more) const {
    if (of_ && of_->options_.waiting) of_->options_.waiting(more);
  }
  const std::shared_ptr<command_desk> of_;
};

command_desk::command_desk(command_desk_options options)
    : options_(std::move(options)), nonces_(detail::secret_letters(nonce_letters)) {}

void command_desk::check_intents(const protocol::member_wish& wish) const {
  const auto need = [&](intent which, const char* what, const char* name) {
    if ((options_.intents & which).bits() != 0) return;
    throw gateway_error(
        make_error_code(errc::invalid_argument), 0, options_.routes.of(wish.guild)->id(),
        std::string(what) + " come only with the intent " + name + ", which client_options::intents does not hold");
  };
  if (wish.whole_guild()) need(intent::guild_members, "all members of a guild", "guild_members");
  if (wish.presences) need(intent::guild_presences, "presences of members", "guild_presences");
}

// --- calls -----------------------------------------------------------------------------------------------------------

std::shared_ptr<command_desk::call> command_desk::add(std::shared_ptr<call> made) {
  if (closed_) throw stopped();
  made->place = calls_.insert(calls_.end(), made);
  open_.fetch_add(1, std::memory_order_relaxed);
  return made;
}

std::shared_ptr<command_desk::call> command_desk::open(const protocol::member_wish& wish,
                                                       std::optional<std::chrono::milliseconds> stream_timeout) {
  check_intents(wish);
  const auto made = std::make_shared<call>();
  if (stream_timeout) made->stream_timeout = std::max(*stream_timeout, std::chrono::milliseconds::zero());
  const std::lock_guard lock(mutex_);
  if (closed_) throw stopped();
  auto logic = std::make_unique<protocol::member_call>(
      wish, stream_timeout ? protocol::member_call::way::stream : protocol::member_call::way::gather, spacing_,
      nonces_);
  made->members = logic.get();
  made->logic = std::move(logic);
  if (!wish.nonce.empty()) {
    if (by_nonce_.contains(wish.nonce))
      throw error(errc::invalid_argument, "another member request with this nonce waits for its answer");
    by_nonce_[wish.nonce] = made;
    made->nonces.push_back(wish.nonce);
  }
  return add(made);
}

std::shared_ptr<command_desk::call> command_desk::open(std::unique_ptr<protocol::guild_call> logic) {
  const auto made = std::make_shared<call>();
  made->guilds = logic.get();
  made->logic = std::move(logic);
  const std::lock_guard lock(mutex_);
  return add(made);
}

void command_desk::end(const std::shared_ptr<call>& which) {
  std::map<std::size_t, std::function<void()>> withdraw;
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(which->ended, true)) return;
    calls_.erase(which->place);
    open_.fetch_sub(1, std::memory_order_relaxed);
    for (const auto& nonce : which->nonces) by_nonce_.erase(nonce);
    withdraw = std::move(which->withdraw);
    wake(*which);
    wake_readers();
  }
  for (const auto& [part, take_back] : withdraw) take_back();
}

void command_desk::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const auto& one : calls_) wake(*one);
  wake_readers();
}

void command_desk::wake(call& which) {
  which.woken = true;
  if (const auto waiting = std::exchange(which.waiter, nullptr)) waiting->complete();
}

void command_desk::wake_whole_guilds() {
  for (const auto& one : calls_)
    if (one->members) wake(*one);
}

task<error_code> command_desk::until_woken(std::shared_ptr<command_desk> self, std::shared_ptr<call> which) {
  std::function<void(std::shared_ptr<net::parked>)> start = [self, which](std::shared_ptr<net::parked> wait) {
    const std::lock_guard lock(self->mutex_);
    if (which->woken)
      wait->complete();
    else
      which->waiter = std::move(wait);
  };
  const auto woken = co_await net::park(std::move(start));
  const std::lock_guard lock(self->mutex_);
  which->waiter = nullptr;
  which->woken = false;
  co_return woken;
}

task<> command_desk::sleep(std::shared_ptr<command_desk> self, std::shared_ptr<call> which) {
  const auto woken = co_await until_woken(std::move(self), std::move(which));
  static_cast<void>(woken);
}

void command_desk::count_waiting(call& which, bool waits) {
  const std::lock_guard lock(mutex_);
  which.counted = waits;
  if (waits) wake_readers();
}

task<> command_desk::run(std::shared_ptr<command_desk> self, task<> work) {
  const asio::any_io_executor here = co_await asio::this_coro::executor;
  const auto holder = net::holder_of(here);
  const net::waiting_place gives_way(holder);  // what it waits for may stand behind what others have to do first
  const lent_place lends(holder ? nullptr : self);
  const auto strand = net::make_strand(self->options_.executor);  // what races within it may not run on several threads
  co_await net::run_on(strand, std::move(work));
}

task<> command_desk::work(std::shared_ptr<command_desk> self, std::shared_ptr<call> which, time_point deadline) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const waiting_call counted(*self, *which);
  for (;;) {
    time_point due = deadline;
    {
      const std::lock_guard lock(self->mutex_);
      auto& logic = *which->logic;
      if (self->closed_ || which->ended) throw stopped();
      if (which->is_stream() && which->members->buffered() != 0) co_return;
      if (logic.failure()) std::rethrow_exception(logic.failure());
      if (logic.finished()) co_return;
      if (self->options_.clock->now() >= deadline) throw too_late(*which);
      self->send_due(which);
      if (logic.failure()) std::rethrow_exception(logic.failure());
      if (const auto until = logic.refused_until(); until && *until > deadline)
        throw error(errc::rate_limited, "Discord does not take the request again before its time is over");
      due = std::min(due, logic.wakeup().value_or(time_point::max()));
    }
    const bool in_time = co_await net::run_before(*self->options_.clock, due, sleep(self, which));
    static_cast<void>(in_time);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(state)) throw stopped();
  }
}

std::optional<guild_members_chunk> command_desk::take_next(call& which) {
  const std::lock_guard lock(mutex_);
  auto out = which.members->take_next();
  const bool is_full = which.members->buffered() >= most_buffered;
  which.full_until = is_full ? after(options_.clock->now(), which.stream_timeout) : time_point::max();
  which.others_until = time_point::max();
  wake_readers();
  return out;
}

std::vector<guild_members_chunk> command_desk::take_all(call& which) {
  const std::lock_guard lock(mutex_);
  return which.members->take_all();
}

// --- what goes out ---------------------------------------------------------------------------------------------------

void command_desk::send_due(const std::shared_ptr<call>& which) {
  while (!which->logic->failure()) {
    auto what = which->logic->next(options_.clock->now());
    if (!what) return;
    send_one(which, std::move(*what));
  }
}

void command_desk::send_one(const std::shared_ptr<call>& which, protocol::gateway_call::outbound what) {
  if (!what.key.empty() && by_nonce_.emplace(what.key, which).second) which->nonces.push_back(what.key);
  try {
    const auto to = options_.routes.of(what.guild);
    auto done = [self = shared_from_this(), weak = std::weak_ptr(which), what, by = to->serial()](error_code failed) {
      self->was_sent(weak, what, by, failed);
    };
    which->withdraw[what.part] = to->send(what.payload, std::move(done));
  } catch (const error&) {
    if (what.whole_guild) spacing_.given_back(what.guild);
    which->logic->fail(std::current_exception());
  }
}

void command_desk::was_sent(const std::weak_ptr<call>& which, const protocol::gateway_call::outbound& what,
                            std::uint64_t shard, error_code failed) {
  const std::lock_guard lock(mutex_);
  if (failed && serves_elsewhere(what.guild, shard)) {
    const auto again = which.lock();
    if (again && !again->ended && !closed_) return send_one(again, what);
  }
  if (what.whole_guild) {
    if (failed)
      spacing_.given_back(what.guild);
    else
      spacing_.sent(what.guild, options_.clock->now());
    wake_whole_guilds();
  }
  const auto of = which.lock();
  if (!of || of->ended) return;
  of->withdraw.erase(what.part);
  if (failed) {
    of->logic->fail(std::make_exception_ptr(unsent(failed)));
  } else {
    of->shards.insert(shard);
    of->logic->sent(what.part, what.key, shard);
    wake_readers();
  }
  wake(*of);
}

/// Another set of shards has taken over meanwhile.
bool command_desk::serves_elsewhere(guild_id guild, std::uint64_t than) const {
  try {
    return options_.routes.of(guild)->serial() != than;
  } catch (const error&) {
    return false;
  }
}

task<> command_desk::send_all(std::shared_ptr<command_desk> self, std::vector<std::shared_ptr<command_port>> to,
                              std::shared_ptr<const errand> what, topic about, time_point deadline) {
  co_await asio::this_coro::throw_if_cancelled(false);
  const auto mine = std::make_shared<call>();
  {
    const std::lock_guard lock(self->mutex_);
    for (const auto& one : self->calls_) one->outdated = one->outdated || about.settles(one->about);
    mine->about = about;
    self->add(mine);
  }
  const ending at_the_end(self, mine);
  {
    const std::lock_guard lock(self->mutex_);
    mine->unsent = to.size();
    for (std::size_t i = 0; i < to.size(); ++i) self->run_errand(mine, i, what, *to[i]);
  }
  const waiting_call counted(*self, *mine);
  for (;;) {
    {
      const std::lock_guard lock(self->mutex_);
      if (self->closed_) throw stopped();
      if (mine->refused) std::rethrow_exception(mine->refused);
      if (mine->unsent == 0) co_return;
      if (self->options_.clock->now() >= deadline)
        throw error(errc::timeout, "the gateway command could not be sent in time");
    }
    const bool woken = co_await net::run_before(*self->options_.clock, deadline, sleep(self, mine));
    static_cast<void>(woken);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(state)) throw stopped();
  }
}

void command_desk::run_errand(const std::shared_ptr<call>& of, std::size_t part, std::shared_ptr<const errand> what,
                              command_port& by) {
  const auto& give = what->give;
  auto done = [self = shared_from_this(), weak = std::weak_ptr(of), part, what, serial = by.serial()](error_code failed) {
    self->errand_done(weak, part, what, serial, failed);
  };
  of->withdraw[part] = give(by, std::move(done));
}

void command_desk::errand_done(const std::weak_ptr<call>& which, std::size_t part, std::shared_ptr<const errand> what,
                               std::uint64_t by, error_code failed) {
  const std::lock_guard lock(mutex_);
  const auto of = which.lock();
  if (!of || of->ended) return;
  of->withdraw.erase(part);
  if (failed && closed_) {
    of->refused = std::make_exception_ptr(stopped());
  } else if (failed) {  // another set of shards may have taken over
    try {
      const auto to = what->again(by);
      const bool is_gone = to && to->serial() == by;
      if (is_gone) of->refused = std::make_exception_ptr(unsent(failed));
      if (to && !is_gone && !of->outdated) return run_errand(of, part, std::move(what), *to);
    } catch (const error&) {
      of->refused = std::current_exception();
    }
  }
  --of->unsent;
  wake(*of);
}

task<> command_desk::send_voice_state(std::shared_ptr<command_desk> self, guild_id guild, std::string payload,
                                      time_point deadline) {
  const auto find = [desk = self.get(), guild](std::uint64_t) { return desk->options_.routes.of(guild); };
  const auto give = [text = std::move(payload)](command_port& to, std::function<void(error_code)> done) {
    return to.send(text, std::move(done));
  };
  std::vector<std::shared_ptr<command_port>> to{find(0)};
  auto what = std::make_shared<const errand>(errand{find, give});
  const topic about{topic::kind::voice_state, guild.value()};
  co_await run(self, send_all(self, std::move(to), std::move(what), about, deadline));
}

void command_desk::serving(const std::vector<std::shared_ptr<command_port>>& all) {
  std::string presence;
  {
    const std::lock_guard lock(mutex_);
    presence = presence_;
  }
  if (presence.empty()) return;
  for (const auto& one : all) (void)one->update_presence(presence, [](error_code) {});  // nobody waits for it
}

void command_desk::retired(const std::vector<std::shared_ptr<shard>>& all) {
  for (const auto& one : all) session_changed(one->serial(), false);
}

task<> command_desk::send_presence(std::shared_ptr<command_desk> self, prepared<std::string> json,
                                   std::optional<int> shard_id, time_point deadline) {
  if (json.refused) std::rethrow_exception(json.refused);
  const auto give = [text = json.value](command_port& to, std::function<void(error_code)> done) {
    return to.update_presence(text, std::move(done));
  };
  std::vector<std::shared_ptr<command_port>> to;  // all at once: one that is not connected keeps no other one waiting
  std::shared_ptr<const errand> what;
  topic about{topic::kind::presence, topic::all_shards};
  if (shard_id) {
    about.of = static_cast<std::uint64_t>(*shard_id);
    const auto find = [desk = self.get(), id = *shard_id](std::uint64_t) { return desk->options_.routes.at(id); };
    to.push_back(find(0));
    what = std::make_shared<const errand>(errand{find, give});
  } else {
    {
      const std::lock_guard lock(self->mutex_);
      self->presence_ = json.value;  // first: a set that begins to serve just now has one or the other
    }
    const auto find = [desk = self.get()](std::uint64_t gone) -> std::shared_ptr<command_port> {
      for (const auto& one : desk->options_.routes.all())
        if (one->serial() == gone) return one;
      return nullptr;  // others serve, and were given it in `serving`
    };
    to = self->options_.routes.all();
    what = std::make_shared<const errand>(errand{find, give});
  }
  co_await run(self, send_all(self, std::move(to), std::move(what), about, deadline));
}

}  // namespace monochord::gateway
