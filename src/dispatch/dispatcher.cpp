// SPDX-License-Identifier: MIT
#include "dispatch/dispatcher.hpp"

#include <monochord/core/error.hpp>
#include "dispatch/event_memory.hpp"
#include "dispatch/work.hpp"

namespace monochord::dispatch {

dispatcher::dispatcher(dispatcher_options options)
    : options_(std::move(options)),
      taps_(std::make_shared<taps>()),
      slow_watch_(std::make_shared<slow_watch>(watch_options())),
      schedule_({options_.max_running, options_.max_queued, !options_.overflow.drops().empty()}) {}

dispatcher::~dispatcher() = default;

/// The watch may outlive this: it is a task of its own.
slow_watch_options dispatcher::watch_options() {
  const auto tell = [count = slow_, further = options_.on_slow](const slow_handler& one) {
    count->fetch_add(1, std::memory_order_relaxed);
    if (further) further(one);
  };
  return {options_.clock, options_.background ? options_.slow_after : duration::max(), options_.background, tell};
}

std::shared_ptr<const dispatcher::table> dispatcher::current() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

// --- who wants what --------------------------------------------------------------------------------------------------

dispatcher::entry_ptr dispatcher::make_entry(std::uint64_t id, std::unique_ptr<detail::handler> handler,
                                             detail::registration how) {
  auto made = std::make_shared<entry>();
  made->id = id;
  made->handler = std::move(handler);
  made->is_plain = made->handler->is_plain();
  made->how = std::move(how);
  made->takes_any = !made->how.once && made->how.when.ids.passes_all();
  return made;
}

bool dispatcher::entry::looks_at(known_ids& ids) {
  if (how.once && used) return false;
  return how.when.ids.passes_all() || how.when.ids.passes(ids.get());
}

handler_id dispatcher::add(const event_type& type, std::unique_ptr<detail::handler> handler, detail::registration how) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  auto& slot = next->typed[event_number(type.name)];
  slot.type = &type;
  slot.handlers.push_back(make_entry(next_id_, std::move(handler), std::move(how)));
  slot.handlers.back()->type = &type;
  table_ = std::move(next);
  return {next_id_++};
}

handler_id dispatcher::add_raw(std::unique_ptr<detail::handler> handler, detail::registration how) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  next->raw.push_back(make_entry(next_id_, std::move(handler), std::move(how)));
  table_ = std::move(next);
  return {next_id_++};
}

void dispatcher::remove(handler_id which) {
  std::shared_ptr<const table> old;  // destroyed, and perhaps the handler with it, once the lock is open
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  const auto is_it = [&](const entry_ptr& one) {
    if (one->id != which.id) return false;
    one->removed = true;
    return true;
  };
  std::erase_if(next->raw, is_it);
  for (slot& one : next->typed) {
    std::erase_if(one.handlers, is_it);
    if (one.handlers.empty() && !one.watched) one.type = nullptr;
  }
  old = std::exchange(table_, std::move(next));
}

void dispatcher::set_watcher(std::shared_ptr<void> watcher, std::span<const watch> rows) {
  const std::lock_guard lock(mutex_);
  watcher_ = std::move(watcher);
  auto next = std::make_shared<table>(*table_);
  for (const watch& row : rows) {
    auto& slot = next->typed[event_number(row.type->name)];
    slot.type = row.type;
    slot.watched = &row;
  }
  table_ = std::move(next);
}

void dispatcher::use(std::unique_ptr<detail::middleware> around) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  auto list = next->around ? std::make_shared<detail::middleware_list>(*next->around)
                           : std::make_shared<detail::middleware_list>();
  list->push_back(std::move(around));
  next->around = std::move(list);
  table_ = std::move(next);
}

void dispatcher::on_error(error_handler handler) {
  std::shared_ptr<const error_handler> old = std::make_shared<const error_handler>(std::move(handler));
  const std::lock_guard lock(mutex_);
  on_error_.swap(old);
}

bool dispatcher::wants(std::string_view name) const {
  const auto handlers = current();
  return !handlers->raw.empty() || handlers->typed[event_number(name)].type;
}

std::vector<std::string> dispatcher::names() const {
  std::vector<std::string> all;
  const auto handlers = current();
  for (const slot& one : handlers->typed)
    if (!one.handlers.empty()) all.emplace_back(one.type->name);
  return all;
}

/// Null where nobody wants it.
const dispatcher::slot* dispatcher::find(const table& in, std::string_view name, bool derived) const {
  const slot& found = in.typed[event_number(name)];
  return found.type && found.type->derived == derived ? &found : nullptr;
}

// --- events ----------------------------------------------------------------------------------------------------------

/// Null when it cannot be decoded: this event is lost to typed handlers; the shard and the next event are not.
std::shared_ptr<const void> dispatcher::decode(decoder how, const json::padded_text& text, errors& failed) {
  try {
    return how(text);
  } catch (const std::exception&) {
    decode_errors_.fetch_add(1, std::memory_order_relaxed);
    failed.push_back(std::current_exception());
  }
  return nullptr;
}

/// Where handlers run: nothing of the user's runs within deliver(). None of the calls of `of` has begun.
void dispatcher::report_soon(const errors& failed, job_ptr of, std::string_view data) {
  of->event().keep_data(data);
  std::vector<std::shared_ptr<told_error>> told;  // all of them before the first is told and lets go
  for (const auto& one : failed) told.push_back(std::make_shared<told_error>(shared_from_this(), one, of));
  for (auto& one : told) options_.spawn(std::move(one), nullptr);
}

dispatcher::job_ptr dispatcher::make_job(const raw_event& event, const detail::claim_source* claims, std::size_t number) {
  return std::allocate_shared<job>(event_allocator<job, 1>(), event, claims, number);
}

dispatcher::job_ptr dispatcher::make_job(const raw_event& event, const detail::claim_source* claims) {
  return make_job(event, claims, event_number(event.name));
}

bool dispatcher::is_watched(const slot* in, const raw_event& event) const {
  return in && in->watched && (!in->watched->wants || in->watched->wants(event.data));
}

void dispatcher::show(const slot& to, const std::shared_ptr<const void>& event, bool is_wanted, const raw_event& sent) {
  const auto its = std::const_pointer_cast<void>(event);  // decode() made it, and nobody has it yet
  to.watched->see(watcher_.get(), its, sent, is_wanted);
}

void dispatcher::show(const slot& to, const std::shared_ptr<const void>& event, bool is_wanted, const raw_event& sent,
                      errors& failed) {
  try {
    show(to, event, is_wanted, sent);
  } catch (...) {
    failed.push_back(std::current_exception());  // the handlers come all the same
  }
}

void dispatcher::show_alone(const slot& to, const raw_event& sent, const json::padded_text& text, errors& failed) {
  const watch& how = *to.watched;
  const auto decoded = decode(how.decode_alone ? how.decode_alone : to.type->decode, text, failed);
  if (!decoded) return;
  if (!how.decode_alone) return show(to, decoded, false, sent, failed);
  try {
    how.see_alone(watcher_.get(), decoded.get(), sent);
  } catch (...) {
    failed.push_back(std::current_exception());
  }
}

/// Those whom the event is for, in the order in which they were registered.
void dispatcher::add_calls(job& to, const std::vector<entry_ptr>& handlers, known_ids& ids) {
  for (const auto& one : handlers) {
    if (!one->passes(ids)) continue;
    // One that asks no more than ids is used up here, in the order of the events; another one by the first event that it likes.
    if (!one->how.when.asks && !one->take_turn()) continue;
    to.add(one);
  }
}

schedule<dispatcher::job_ptr>::lane_id dispatcher::lane_of(const raw_event& event, known_ids& ids) const {
  switch (options_.order) {
    case event_order::concurrent:
      break;
    case event_order::per_guild:
      return ids.get().guild ? ids.get().guild.value() : ids.get().channel.value();
    case event_order::per_shard:
      return static_cast<std::uint64_t>(event.shard_id) + 1;
  }
  return schedule<job_ptr>::no_lane;
}

bool dispatcher::may_drop(std::string_view name, const event_type* told) const noexcept {
  for (const event_type* const one : options_.overflow.drops())
    if (one == told || one->name == name) return true;
  return false;
}

/// What mostly comes is for handlers of its type alone, or for these and the watcher: by itself, it takes few steps.
bool dispatcher::deliver(const raw_event& event, const json::padded_text& text, const detail::claim_source* claims,
                         const event_type* told) {
  events_.fetch_add(1, std::memory_order_relaxed);
  const auto handlers = current();
  const std::size_t number = event_number(event.name);
  const slot& to = handlers->typed[number];
  known_ids ids(event);
  const bool others = told || handlers->around || !handlers->raw.empty() || !taps_->empty(number);
  if (others || !to.type || to.type->derived || !anyone_of(to, ids)) [[unlikely]]
    return deliver_to_all(*handlers, event, text, claims, told, ids);

  job_ptr calls = make_job(event, claims, number);
  std::shared_ptr<const void> decoded;
  try {
    decoded = to.type->decode(text);
  } catch (const std::exception&) {
    decode_errors_.fetch_add(1, std::memory_order_relaxed);
    report_soon({std::current_exception()}, std::move(calls), event.data);
    return taps_->room();
  }
  std::exception_ptr failed;
  if (is_watched(&to, event)) [[likely]] {
    try {
      show(to, decoded, true, event);
    } catch (...) {
      failed = std::current_exception();  // the handlers come all the same
    }
  }
  calls->event().plain = std::move(decoded);
  add_calls(*calls, to.handlers, ids);
  if (failed) [[unlikely]] report_soon({failed}, calls, event.data);
  if (calls->size() == 0) [[unlikely]] return taps_->room();
  return submit(std::move(calls), lane_of(event, ids), may_drop(event.name, nullptr));
}

bool dispatcher::anyone_of(const slot& to, known_ids& ids) {
  for (const auto& one : to.handlers)  // std::any_of is unrolled, for lists that are long
    if (one->passes(ids)) return true;
  return false;
}

bool dispatcher::deliver_to_all(const table& handlers, const raw_event& event, const json::padded_text& text,
                                const detail::claim_source* claims, const event_type* told, known_ids& ids) {
  struct interest {
    const slot* handlers = nullptr;    // null: it has none
    const event_type* awaited = nullptr;  // null: nobody waits for one
    bool handled = false, tapped = false;  // and let this one through
    bool any() const noexcept { return handled || tapped; }
    bool has_asked() const noexcept { return awaited || (handlers && !handlers->handlers.empty()); }
    const event_type& type() const noexcept { return handlers ? *handlers->type : *awaited; }
  };
  const auto look = [&](std::string_view name, bool is_derived) {
    const auto taps = taps_->find(name, is_derived, [&]() -> const event_ids& { return ids.get(); });
    interest out{find(handlers, name, is_derived), taps.type, false, taps.passes};
    out.handled = out.handlers && anyone_of(*out.handlers, ids);
    return out;
  };
  const interest plain = look(event.name, false);
  const interest derived = told ? look(told->name, true) : interest{};
  const bool watched = is_watched(plain.handlers, event);
  if (handlers.raw.empty() && !plain.any() && !derived.any() && !watched) {
    const bool known = plain.has_asked() || derived.has_asked();
    (known ? filtered_ : unwanted_).fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  const bool worked_on = !handlers.raw.empty() || plain.handled || derived.handled;
  job_ptr calls;  // null: there are none
  if (worked_on) {
    calls = make_job(event, claims);
    if (handlers.around) {
      calls->event().around = handlers.around;
      calls->event().ids = ids.get();
    }
  }
  if (!handlers.raw.empty()) {
    calls->event().keep_data(event.data);
    add_calls(*calls, handlers.raw, ids);
  }
  errors failed;
  // Decoded once for both, where the one is a part of the other.
  const auto whole = derived.any() ? decode(derived.type().decode, text, failed) : nullptr;
  std::shared_ptr<const void> own;
  if ((plain.any() || watched) && derived.any() && derived.type().base == &plain.type()) {
    if (whole) own = {whole, derived.type().as_base(whole.get())};
  } else if (watched && !plain.any() && !derived.any()) {
    show_alone(*plain.handlers, event, text, failed);
  } else if (plain.any() || watched) {
    own = decode(plain.type().decode, text, failed);
  }
  if (watched && own) show(*plain.handlers, own, plain.any() || derived.any(), event, failed);

  const auto give = [&](const interest& to, std::shared_ptr<const void> decoded) {
    if (!decoded) return;
    if (to.tapped) taps_->put(to.type(), ids.get(), decoded);  // before any queue, order or limit
    if (!to.handled) return;
    (to.type().derived ? calls->event().derived : calls->event().plain) = std::move(decoded);
    add_calls(*calls, to.handlers->handlers, ids);
  };
  give(plain, std::move(own));
  give(derived, whole);
  if (!failed.empty()) report_soon(failed, calls ? calls : make_job(event, nullptr), event.data);
  if (!calls || calls->size() == 0) return taps_->room();  // it needs no other
  return submit(std::move(calls), lane_of(event, ids), may_drop(event.name, told));
}

void dispatcher::show_again(const raw_event& event, const json::padded_text& text) {
  events_.fetch_add(1, std::memory_order_relaxed);
  const auto handlers = current();
  const slot* const plain = find(*handlers, event.name, false);
  if (!is_watched(plain, event)) return;
  errors failed;
  show_alone(*plain, event, text, failed);
  if (!failed.empty()) report_soon(failed, make_job(event, nullptr), event.data);
}

void dispatcher::deliver_own(const event_type& type, std::shared_ptr<const void> event) {
  const auto handlers = current();
  raw_event sent;
  sent.shard_id = -1;
  sent.name = type.name;
  known_ids ids(sent);
  if (!taps_->empty(type.name)) taps_->put(type, ids.get(), event);
  const slot* const found = find(*handlers, type.name, true);
  if (!found) return;
  auto calls = make_job(sent, nullptr);
  calls->event().derived = std::move(event);
  calls->event().around = handlers->around;
  add_calls(*calls, found->handlers, ids);
  if (calls->size() != 0) submit(std::move(calls), schedule<job_ptr>::no_lane, false);
}

void dispatcher::report(std::exception_ptr error, const raw_event& event) {
  std::shared_ptr<const error_handler> handler;
  {
    const std::lock_guard lock(mutex_);
    handler = on_error_;
  }
  if (handler && *handler) (*handler)(std::move(error), event);
}

event_counters dispatcher::counters() const {
  event_counters out;
  out.events = events_;
  out.unwanted = unwanted_;
  out.filtered = filtered_;
  out.decode_errors = decode_errors_;
  out.dropped = dropped_;
  out.handlers_started = started_;
  out.handlers_failed = failed_;
  out.slow_handlers = *slow_;
  out.waits_for_room = waits_;
  const std::lock_guard lock(turns_);
  out.handlers_running = schedule_.running();
  out.handlers_waiting = schedule_.running() - schedule_.active();
  out.events_queued = schedule_.queued();
  return out;
}

}  // namespace monochord::dispatch
