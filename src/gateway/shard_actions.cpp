// SPDX-License-Identifier: MIT
// What the session asks for, carried out.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

#include "gateway/shard_impl.hpp"
#include "gateway/store_call.hpp"
#include "gateway/stored_budget.hpp"
#include "protocol/payload_input.hpp"
#include "protocol/payload_text.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;
using kind = protocol::action::kind;

namespace {

/// How often the store is told what is handled.
constexpr duration keep_interval = std::chrono::milliseconds{250};
/// How often the log repeats what goes on and on.
constexpr duration reason_tell_interval = std::chrono::minutes{1};

std::string milliseconds(duration time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count()) + " ms";
}

/// What a fatal close code means and what to do about it.
std::string advice(int code) {
  switch (code) {
    case 4004: return make_error_code(errc::token_rejected).message();
    case 4010: return "Discord says that this shard does not exist: check client_options::shards";
    case 4011: return "Discord says that the bot is in too many guilds for this number of shards: use more (client_options::shards)";
    case 4012: return "Discord does not serve this version of its API any more: update Monochord";
    case 4013: return "Discord does not know one of the intents: check client_options::intents";
    case 4014:
      return "the bot may not use one of its intents: switch privileged intents on in the developer portal "
             "(https://discord.com/developers/applications, page Bot), or ask for fewer";
    default: return "Discord closed the connection for good";
  }
}

}  // namespace

void shard::impl::apply(const protocol::actions& todo, const shard_event* event) {
  publish();  // handlers of what is delivered may ask
  for (const auto& a : todo) carry_out(a, event);
  publish();
  tell_first_up(todo);
  if (!over) {
    pump();
    rearm();
  }
}

/// The same of an event that changes nothing of the session but its position, as nearly all do: nothing is to be published, and no
/// time comes sooner but that of a handler that works for long, or of a position that is to be kept.
void shard::impl::apply_event(const shard_event& event) {
  deliver(event);
  if (over) [[unlikely]] return;
  if (durable || (seen.next && *seen.next < armed_for)) [[unlikely]] rearm();
}

void shard::impl::carry_out(const protocol::action& what, const shard_event* event) {
  switch (what.what) {
    case kind::connect: open_connection(); break;
    case kind::close: close_connection(what.code); break;
    case kind::send: send(what.payload); break;
    case kind::deliver:
      if (event) deliver(*event);
      break;
    case kind::request_permit: permit_request = spawn(ask_permit(shared_from_this(), session->generation())); break;
    case kind::cancel_permit:
      permit.reset();
      if (const auto asking = permit_request.lock()) asking->cancel();
      break;
    case kind::settle_permit:
      if (permit) permit->done(what.ok);
      permit.reset();
      break;
    case kind::up:
      if (!on_first_up) log(log_level::info, what.ok ? "resumed" : "ready");
      if (what.ok) options->queue->arrived(id);
      fatal_closes = 0;
      presence_after_up(what.ok);
      remember();
      settled();
      break;
    case kind::session_lost:
      log(log_level::info, "the session is gone, a new one will be started");
      guilds->session_lost();  // READY tells again
      guild_count.store(-1, std::memory_order_relaxed);
      remember();
      break;
    case kind::reconnecting:
      log(log_level::info, std::string("reconnecting (") + std::string(protocol::name(what.why)) + ") in " +
                               milliseconds(what.after) + (what.ok ? ", will resume" : ", will identify"));
      options->queue->arrived(id);
      settled();
      break;
    case kind::ready_is_late:
      log(log_level::warning, "Discord has not let the session begin yet, but answers heartbeats: still waiting");
      break;
    case kind::fatal: fail(what); break;
    case kind::ended: over_now(); break;
  }
}

/// What is to become of a close that forbids reconnecting, for the session to be told.
protocol::fatal_answer shard::impl::ask_about_fatal(int code) {
  if (protocol::after_close(code) != protocol::close_verdict::fatal) return {};
  ++fatal_closes;
  if (!options->decides || (options->on_trial && *options->on_trial)) return {};
  const std::string text = advice(code);
  const auto decided = options->decides->fatal({id, options->shard_count, code, text, fatal_closes});
  switch (decided.what()) {
    case fatal_decision::action::stop_bot: break;
    case fatal_decision::action::give_up_shard: given_up = true; break;
    case fatal_decision::action::try_again:
      log(log_level::error, text + " (close code " + std::to_string(code) + "); trying again all the same");
      return {.again = true, .after = decided.after()};
  }
  return {};
}

void shard::impl::fail(const protocol::action& why) {
  std::string text;
  if (why.code != 0) {
    text = advice(why.code) + " (close code " + std::to_string(why.code) + ")";
    failure = std::make_exception_ptr(gateway_error(why.error, why.code, id, text));
  } else if (why.error == errc::identify_budget_spent) {
    text = "no session start is left for today";
    if (const auto left = options->queue->budget())
      text += "; the next ones come in " + std::to_string(std::chrono::ceil<std::chrono::minutes>(left->reset_after).count()) +
              " minutes";
    failure = std::make_exception_ptr(gateway_error(why.error, 0, id, text));
  } else {
    text = why.error.message();
    if (!failure) failure = std::make_exception_ptr(error(why.error, text));
  }
  if (given_up) guilds->leave();
  log(log_level::error, given_up ? text + "; the others go on without this shard" : text);
  over_now();
}

/// Once what was published says so too: whoever is told may look.
void shard::impl::tell_first_up(const protocol::actions& done) {
  if (!on_first_up) [[likely]] return;
  for (const auto& a : done) {
    if (a.what != kind::up) continue;
    std::exchange(on_first_up, nullptr)(id, a.ok);
    return;
  }
}

void shard::impl::publish() {
  const auto now_is = session->status();
  status.store(now_is, std::memory_order_relaxed);
  const auto latency = now_is == protocol::session_status::ended ? std::nullopt : session->latency();
  zombies.store(session->counters().zombies, std::memory_order_relaxed);
  if (const auto acks = session->counters().acks.get(); acks != acks_seen) [[unlikely]] {
    acks_seen = acks;
    rest_if_idle();
    if (latency && options->ledger) options->ledger->latency.observe(*latency);
  }
  latency_ns.store(latency ? std::chrono::duration_cast<std::chrono::nanoseconds>(*latency).count() : -1,
                   std::memory_order_relaxed);
}

/// With each answer to a heartbeat. What TLS needs for a record is made once for those of a busy connection, and for each of an
/// idle one.
void shard::impl::rest_if_idle() noexcept {
  constexpr std::uint64_t few = 32;  // messages: less than one a second
  if (!present || !present->socket) return;
  const auto read = present->socket->count().messages_read;
  if (read - std::exchange(present->read_at_ack, read) < few) present->socket->rest();
}

// --- time ------------------------------------------------------------------------------------------------------------

std::optional<time_point> shard::impl::next_due() const {
  auto due = session->wakeup();
  const auto sooner = [&due](time_point at) { due = due ? std::min(*due, at) : at; };
  if (seen.next) sooner(*seen.next);
  if (durable && seen.position != seen.kept && has_session()) sooner(keeps_next);
  if (!pending.empty() && session->is_up() && present && !present->writing && !in_flight) {
    sooner(session->user_send_at(options->clock->now()));
  }
  return due;
}

void shard::impl::rearm() {
  const auto due = next_due();
  if (due && *due < armed_for) alarm->cancel();
}

task<> shard::impl::keep_time(std::shared_ptr<impl> self) {
  while (!self->over) {
    const auto due = self->next_due();
    self->armed_for = due.value_or(time_point::max());
    co_await self->alarm->wait_until(due.value_or(self->options->clock->now() + std::chrono::hours{1}));
    if (self->over) co_return;
    self->apply(self->session->timer(self->now()));
    const auto time = self->options->clock->now();
    self->note_handled(self->handled->look(time), time);
  }
}

// --- what is sent ----------------------------------------------------------------------------------------------------

void shard::impl::send(protocol::payload_kind what) {
  std::string text;
  switch (what) {
    case protocol::payload_kind::heartbeat:
      if (!durable) session->handled(positions_of, handled->position());
      protocol::write_heartbeat(text, session->heartbeat_seq());
      remember();
      break;
    case protocol::payload_kind::identify: {
      protocol::identify_fields fields;
      fields.intents = options->intents;
      fields.shard_id = id;
      fields.shard_count = options->shard_count;
      fields.large_threshold = options->large_threshold;
      const std::string how_it_appears = presence_now();
      fields.presence_json = how_it_appears;
      protocol::write_identify(text, fields, options->token.reveal());
      if (permit) permit->sent();
      remember();  // of the day's starts one less is left, even should this process end before READY
      log(log_level::debug, "identifying");
      break;
    }
    case protocol::payload_kind::resume:
      protocol::write_resume(text, options->token.reveal(), session->session_id(), session->resume_seq());
      log(log_level::debug, "resuming after " + std::to_string(session->resume_seq()));
      break;
  }
  write(std::move(text));
}

void shard::impl::write(std::string text) {
  if (!present || !present->socket) return;
  present->outbox.push_back(std::move(text));
  wake_writer();
}

void shard::impl::wake_writer() {
  if (std::exchange(present->writing, true)) return;
  spawn(write_all(shared_from_this(), present));
}

/// The session's own payloads first, then the user's, one at a time: what waits for a slow socket waits here, where it
/// can be withdrawn, keeps its order over a reconnect, and delays no heartbeat by more than itself.
task<> shard::impl::write_all(std::shared_ptr<impl> self, std::shared_ptr<connection> mine) {
  for (;;) {
    std::string text;
    std::shared_ptr<outgoing> user;
    if (!mine->outbox.empty()) {
      text = std::move(mine->outbox.front());
      mine->outbox.pop_front();
    } else if (self->present == mine && self->user_may_send()) {
      user = self->in_flight = std::move(self->pending.front());
      self->pending.pop_front();
      self->session->user_sent(self->options->clock->now());
    } else {
      break;
    }
    ++self->counters->payloads_sent;
    bool written = true;
    try {
      co_await mine->socket->write_text(user ? user->text : text);
    } catch (const std::exception&) {
      written = false;  // the connection has ended: its reader finds that out too, and says why
    }
    if (written) self->counters->bytes_sent += (user ? user->text : text).size();
    if (user) self->user_written(written);
    if (!written) break;
  }
  mine->outbox.clear();
  mine->writing = false;
  if (self->over) co_return;
  self->pump();  // perhaps another connection waited for what this one had in flight
  self->rearm();
}

bool shard::impl::user_may_send() const {
  if (over || pending.empty() || in_flight || !session->is_up()) return false;
  const auto time = options->clock->now();
  return session->user_send_at(time) <= time;
}

void shard::impl::pump() {
  if (present && present->socket && !present->writing && user_may_send()) wake_writer();
}

/// What could not be written goes first on the next connection: Discord cannot have seen it whole.
void shard::impl::user_written(bool written) {
  const auto which = std::exchange(in_flight, nullptr);
  if (written) {
    which->sent = true;
    ++counters->user_payloads;
    which->finish();
  } else if (over || which->withdrawn) {
    which->finish(make_error_code(errc::cancelled));
  } else {
    pending.push_front(which);
  }
}

// --- permit and store ------------------------------------------------------------------------------------------------

task<> shard::impl::ask_permit(std::shared_ptr<impl> self, std::uint32_t generation) {
  protocol::backoff pause;
  const auto me = self->permit_request;
  const auto wait = self->options->clock->make_timer(self->strand);
  const auto present = [&] { return !self->over && generation == self->session->generation(); };
  while (present()) {
    std::unique_ptr<identify_permit> got;
    error_code refused;
    std::string why;
    if (const auto left = self->options->queue->budget(); left && left->remaining <= 0)
      self->log(log_level::warning, "no session start is left for today: waiting for the next ones, " +
                                        std::to_string(std::chrono::ceil<std::chrono::minutes>(left->reset_after).count()) +
                                        " minutes from now");
    try {
      got = co_await self->options->queue->request(self->id);
    } catch (const error& e) {
      refused = e.code();
      why = e.what();
    } catch (const std::exception& e) {
      refused = errc::connect_failed;
      why = e.what();
    }
    if (!present()) co_return;  // destroying the permit gives it back
    // Nobody may cancel this child from within itself: Asio loses a coroutine that is cancelled before it first waits.
    self->permit_request.reset();
    if (got) {
      self->permit = std::move(got);
      self->apply(self->session->permit_granted(generation, self->now()));
      co_return;
    }
    if (refused == errc::identify_budget_spent) {
      self->apply(self->session->permit_refused(generation, refused, self->now()));
      co_return;
    }
    self->log(log_level::warning, "the identify queue does not answer: " + why);
    self->permit_request = me;
    co_await wait->wait_until(self->options->clock->now() + pause.next(self->now().random));
  }
}

/// The snapshot changed, or the session is lost: have the store know.
void shard::impl::remember() {
  if (!session) return;
  auto now = session->snapshot();
  if (now) {
    seen = handled->keep(session->session_number());
    now->seq = seen.kept;
  }
  keeps_next = after(options->clock->now(), keep_interval);
  keep(std::move(now));
}

void shard::impl::deliver(const shard_event& event) {
  if (positions_of != session->session_number()) [[unlikely]] {
    positions_of = session->session_number();
    seen = handled->restart(positions_of, 0);
  }
  if (!options->bot_id && event.type == "READY") [[unlikely]] bot_id = protocol::ready_user(event.data.text());
  auto told = event;
  if (const auto about = protocol::read_guild_event(event.type, event.data)) [[unlikely]] {
    told.guilds = guilds->take(*about, *options->clock);
    const auto count = guilds->count();
    guild_count.store(count ? static_cast<std::int64_t>(*count) : -1, std::memory_order_relaxed);
  }
  claimed = false;
  delivering = event.seq;
  present->waits_for_room = !sink->on_event(told);
  note_handled(handled->came(event.seq, claimed, read_at), read_at);
}

/// For the event that is just being delivered.
detail::claim shard::impl::claim_delivered() {
  if (!std::exchange(claimed, true)) handled->claimed(delivering, read_at);
  return {handled, positions_of, delivering};
}

/// Heartbeats tell Discord what the store knows: what they have told may be forgotten there.
void shard::impl::note_handled(const handled_events::standing& now_is, time_point time) {
  seen = now_is;
  if (over || !session) return;
  if (seen.late != 0) [[unlikely]] {
    counters->late_events += seen.late;
    late_untold += seen.late;
    if (time >= tells_late_next) {
      log(log_level::warning, std::to_string(std::exchange(late_untold, 0)) +
                                  " events are worked on for longer than ack_after and count as handled");
      tells_late_next = after(time, reason_tell_interval);
    }
  }
  if (!durable) session->handled(positions_of, seen.position);
  else if (seen.position != seen.kept && time >= keeps_next && has_session()) remember();
}

task<> shard::impl::keep_last_position(std::shared_ptr<impl> self) {
  if (!self->options->store || !self->session) co_return;
  auto& time = *self->options->clock;
  try {
    const auto kept = self->session->snapshot();
    const auto position = self->handled->position();
    if (!self->discarded && kept && self->positions_of == self->session->session_number() &&
        !self->is_stored(self->positions_of, position)) {
      stored_session now = self->to_stored(*kept);
      now.seq = position;
      co_await within_limit(time, self->options->store->save(self->id, now));
      self->note_stored(self->positions_of, now.seq);
    }
    if (self->discarded) co_await within_limit(time, self->options->store->erase(self->id));
  } catch (const std::exception& e) {
    self->store_failed(std::string("cannot store what was handled last: ") + e.what());
  } catch (...) {
    self->store_failed("cannot store what was handled last: the session store threw what is no std::exception");
  }
}

bool shard::impl::is_stored(std::uint64_t session_number, std::int64_t seq) const {
  return stored_of == session_number && position_stored == seq;
}

void shard::impl::note_stored(std::uint64_t session_number, std::int64_t seq) {
  stored_of = session_number;
  position_stored = seq;
  if (store_fails) log(log_level::info, "the session store works again");
  store_fails = false;
}

/// Told once, and then now and then: what fails four times a second is no news.
void shard::impl::store_failed(const std::string& why) {
  ++counters->store_errors;
  const auto time = options->clock->now();
  if (store_fails && time < tells_store_next) return;
  store_fails = true;
  tells_store_next = after(time, reason_tell_interval);
  log(log_level::warning, why);
}

stored_session shard::impl::to_stored(const protocol::session_snapshot& from) const {
  stored_session kept;
  kept.session_id = from.session_id;
  kept.seq = from.seq;
  kept.resume_url = from.resume_url;
  kept.shard_count = options->shard_count;
  kept.intents = options->intents;
  kept.large_threshold = options->large_threshold;
  kept.bot_id = bot_id;
  return kept;
}

/// One call at a time, the newest only.
void shard::impl::keep(std::optional<protocol::session_snapshot> what) {
  if (!options->store) return;
  to_save = std::move(what);
  to_store = to_save ? store_work::save : store_work::erase;
  if (std::exchange(storing, true)) return;
  spawn(keep_store(shared_from_this()));
}

task<> shard::impl::keep_store(std::shared_ptr<impl> self) {
  while (self->to_store != store_work::none) {
    const auto what = std::exchange(self->to_store, store_work::none);
    try {
      auto& time = *self->options->clock;
      auto& store = *self->options->store;
      if (what == store_work::save) {
        const auto of = self->session->session_number();
        const stored_session kept = self->to_stored(*self->to_save);
        co_await within_limit(time, store.save(self->id, kept));
        const auto& may = self->options->may_acknowledge;
        self->session->handled(of, may ? std::min(kept.seq, may(self->id, kept.session_id)) : kept.seq);
        self->stored_of = of;
        self->position_stored = kept.seq;
      } else {
        co_await within_limit(time, store.erase(self->id));
      }
      const auto left = self->options->queue->budget();
      if (left && self->budget_kept != left->remaining) {
        const stored_budget budget = gateway::to_stored(*left, time);
        co_await within_limit(time, store.save_budget(budget));
        self->budget_kept = left->remaining;
      }
      self->note_stored(self->stored_of, self->position_stored);
    } catch (const std::exception& e) {
      self->store_failed(std::string("cannot store the session: ") + e.what());
    } catch (...) {
      self->store_failed("cannot store the session: the session store threw what is no std::exception");
    }
  }
  self->storing = false;
}

}  // namespace monochord::gateway
