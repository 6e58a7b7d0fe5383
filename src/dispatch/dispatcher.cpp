// SPDX-License-Identifier: MIT
#include "dispatch/dispatcher.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <monochord/core/error.hpp>
#include <monochord/json/payload.hpp>

namespace monochord::dispatch {

namespace asio = boost::asio;

/// One event with everything that its handlers may look at, alive until the last of them has ended.
struct dispatcher::held_event {
  held_event(const raw_event& event, std::shared_ptr<detail::claim> claimed)
      : name(event.name), raw(event), claim(std::move(claimed)) {
    raw.name = name;
    raw.claim = claim.get();
  }
  held_event(const held_event&) = delete;
  held_event& operator=(const held_event&) = delete;

  void keep_data() {
    data = json::first_value(raw.data);
    raw.data = data;
  }
  const void* given() const noexcept { return decoded ? decoded.get() : &raw; }
  void give_up() const noexcept {
    if (claim) claim->give_up();
  }

  const std::string name;
  std::string data;                     // only kept for raw handlers and for errors of decoding
  raw_event raw;                        // its views are into name and data
  std::shared_ptr<const void> decoded;  // null for raw handlers
  const std::shared_ptr<detail::claim> claim;  // null: nobody asks whether it was handled
};

std::shared_ptr<const dispatcher::table> dispatcher::current() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

dispatcher::entry_ptr dispatcher::make_entry(std::uint64_t id, std::unique_ptr<detail::handler> handler) {
  auto made = std::make_shared<entry>();
  made->id = id;
  made->handler = std::move(handler);
  return made;
}

handler_id dispatcher::add(const event_type& type, std::unique_ptr<detail::handler> handler) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  auto& slot = next->typed[std::string(type.name)];
  slot.type = &type;
  slot.handlers.push_back(make_entry(next_id_, std::move(handler)));
  table_ = std::move(next);
  return {next_id_++};
}

handler_id dispatcher::add_raw(std::unique_ptr<detail::handler> handler) {
  const std::lock_guard lock(mutex_);
  auto next = std::make_shared<table>(*table_);
  next->raw.push_back(make_entry(next_id_, std::move(handler)));
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
  for (auto& [name, slot] : next->typed) std::erase_if(slot.handlers, is_it);
  std::erase_if(next->typed, [](const auto& item) { return item.second.handlers.empty() && !item.second.watched; });
  old = std::exchange(table_, std::move(next));
}

void dispatcher::set_watcher(std::shared_ptr<void> watcher, std::span<const watch> rows) {
  const std::lock_guard lock(mutex_);
  watcher_ = std::move(watcher);
  auto next = std::make_shared<table>(*table_);
  for (const watch& row : rows) {
    auto& slot = next->typed[std::string(row.type->name)];
    slot.type = row.type;
    slot.watched = &row;
  }
  table_ = std::move(next);
}

void dispatcher::on_error(error_handler handler) {
  std::shared_ptr<const error_handler> old = std::make_shared<const error_handler>(std::move(handler));
  const std::lock_guard lock(mutex_);
  on_error_.swap(old);
}

bool dispatcher::wants(std::string_view name) const {
  const auto handlers = current();
  return !handlers->raw.empty() || handlers->typed.find(name) != handlers->typed.end();
}

std::vector<std::string> dispatcher::names() const {
  std::vector<std::string> all;
  const auto handlers = current();
  for (const auto& [name, slot] : handlers->typed)
    if (!slot.handlers.empty()) all.push_back(name);
  return all;
}

/// Null where nobody wants it.
const dispatcher::slot* dispatcher::find(const table& in, std::string_view name, bool derived) const {
  const auto found = in.typed.find(name);
  return found != in.typed.end() && found->second.type->derived == derived ? &found->second : nullptr;
}

/// Null when it cannot be decoded: this event is lost to typed handlers; the shard and the next event are not.
std::shared_ptr<const void> dispatcher::decode(const event_type& type, const raw_event& event, const json::padded_text& text,
                                               const std::shared_ptr<detail::claim>& claim) {
  try {
    return type.decode(text);
  } catch (const std::exception&) {
    decode_errors_.fetch_add(1, std::memory_order_relaxed);
    report_soon(std::current_exception(), event, claim);
  }
  return nullptr;
}

/// Where handlers run: nothing of the user's runs within deliver().
void dispatcher::report_soon(std::exception_ptr error, const raw_event& event, const std::shared_ptr<detail::claim>& claim) {
  const auto held = std::make_shared<held_event>(event, claim);
  held->keep_data();
  spawn_(tell(shared_from_this(), std::move(error), held));
}

bool dispatcher::is_watched(const slot* in, const raw_event& event) const {
  return in && in->watched && (!in->watched->wants || in->watched->wants(event.data));
}

void dispatcher::show(const slot& to, const void* event, bool has_handlers, const raw_event& sent,
                      const std::shared_ptr<detail::claim>& claim) {
  try {
    to.watched->see(watcher_.get(), const_cast<void*>(event), sent, has_handlers);  // decode() made it, and nobody has it yet
  } catch (const std::exception&) {
    report_soon(std::current_exception(), sent, claim);  // the handlers come all the same
  }
}

bool dispatcher::deliver(const raw_event& event, const json::padded_text& text, const detail::claim_source* claims,
                         const event_type* told) {
  events_.fetch_add(1, std::memory_order_relaxed);
  const auto handlers = current();
  const slot* const plain = find(*handlers, event.name, false);
  const slot* const derived = told ? find(*handlers, told->name, true) : nullptr;
  const bool has_plain = plain && !plain->handlers.empty();
  const bool watched = is_watched(plain, event);
  const bool handled = has_plain || derived || !handlers->raw.empty();
  if (!handled && !watched) {
    unwanted_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }

  const auto claim = claims && handled ? (*claims)() : nullptr;
  // Decoded once for both, where the one is a part of the other.
  const auto whole = derived ? decode(*derived->type, event, text, claim) : nullptr;
  std::shared_ptr<const void> part;
  if (derived && plain && derived->type->base == plain->type) {
    if (whole) part = {whole, derived->type->as_base(whole.get())};
  } else if (has_plain || watched) {
    part = decode(*plain->type, event, text, claim);
  }
  if (watched && part) show(*plain, part.get(), has_plain || derived, event, claim);

  if (!handlers->raw.empty()) {
    const auto held = std::make_shared<held_event>(event, claim);
    held->keep_data();
    for (const auto& one : handlers->raw) start(one, held);
  }
  const auto give = [&](const slot* to, std::shared_ptr<const void> decoded) {
    if (!to || !decoded) return;
    const auto held = std::make_shared<held_event>(event, claim);
    held->decoded = std::move(decoded);
    held->raw.data = {};
    for (const auto& one : to->handlers) start(one, held);
  };
  if (has_plain) give(plain, std::move(part));
  give(derived, whole);
  return has_room();
}

void dispatcher::show_again(const raw_event& event, const json::padded_text& text) {
  events_.fetch_add(1, std::memory_order_relaxed);
  const auto handlers = current();
  const slot* const plain = find(*handlers, event.name, false);
  if (!is_watched(plain, event)) return;
  const auto decoded = decode(*plain->type, event, text, nullptr);
  if (decoded) show(*plain, decoded.get(), false, event, nullptr);
}

void dispatcher::deliver_own(const event_type& type, std::shared_ptr<const void> event) {
  const auto handlers = current();
  const slot* const found = find(*handlers, type.name, true);
  if (!found) return;
  raw_event sent;
  sent.shard_id = -1;
  sent.name = type.name;
  const auto held = std::make_shared<held_event>(sent, nullptr);
  held->decoded = std::move(event);
  for (const auto& one : found->handlers) start(one, held);
}

/// One handler at work on one event. However its coroutine ends, begun or not, its place is given back; and the event counts as
/// handled only if the handler came to its end.
class dispatcher::work {
 public:
  work(std::shared_ptr<dispatcher> of, entry_ptr to, std::shared_ptr<const held_event> event)
      : to(std::move(to)), event(std::move(event)), of_(std::move(of)) {
    of_->running_.fetch_add(1, std::memory_order_relaxed);
  }
  work(work&&) noexcept = default;
  work& operator=(work&&) = delete;
  ~work() {
    if (!of_) return;
    if (cut_short) event->give_up();
    of_->finished();
  }
  dispatcher& owner() const noexcept { return *of_; }

  entry_ptr to;
  std::shared_ptr<const held_event> event;
  bool cut_short = true;

 private:
  std::shared_ptr<dispatcher> of_;
};

void dispatcher::start(entry_ptr to, std::shared_ptr<const held_event> event) {
  if (spawn_(run(work(shared_from_this(), std::move(to), std::move(event))))) started_.fetch_add(1, std::memory_order_relaxed);
}

task<> dispatcher::run(work mine) {
  handler_meter::work timed(mine.owner().meter_.get(), mine.event->name);
  std::exception_ptr thrown;
  try {
    if (!mine.to->removed) co_await mine.to->handler->call(mine.event->given(), mine.event->raw);
  } catch (...) {
    thrown = std::current_exception();
  }
  // What a handler makes of its cancellation is its own business: it was cut short all the same.
  const auto state = co_await asio::this_coro::cancellation_state;
  mine.cut_short = mine.owner().cut_short_ || state.cancelled() != asio::cancellation_type::none;
  if (!thrown) co_return;
  dispatcher& self = mine.owner();
  if (self.is_closed() && is_cancellation(thrown)) co_return;  // by the end, which says so itself
  timed.failed = true;
  self.failed_.fetch_add(1, std::memory_order_relaxed);
  self.report(thrown, mine.event->raw);
}

task<> dispatcher::tell(std::shared_ptr<dispatcher> self, std::exception_ptr error, std::shared_ptr<const held_event> event) {
  self->report(std::move(error), event->raw);
  co_return;
}

void dispatcher::finished() {
  running_.fetch_sub(1, std::memory_order_relaxed);
  if (has_room()) wake_all();
}

void dispatcher::lend(std::ptrdiff_t more) {
  lent_.fetch_add(static_cast<std::size_t>(more), std::memory_order_relaxed);
  if (more > 0) wake_all();
}

void dispatcher::wake_all() {
  std::vector<std::shared_ptr<asio::steady_timer>> wake;
  {
    const std::lock_guard lock(mutex_);
    wake.swap(waiters_);
  }
  for (auto& waiter : wake) asio::post(waiter->get_executor(), [waiter] { waiter->cancel(); });
}

task<> dispatcher::room() {
  waits_.fetch_add(1, std::memory_order_relaxed);
  auto waiter = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || has_room()) co_return;
      waiters_.push_back(waiter);
    }
    boost::system::error_code woken;  // always operation_aborted: finished() and close() cancel the wait
    co_await waiter->async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

bool dispatcher::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void dispatcher::close() {
  std::vector<std::shared_ptr<asio::steady_timer>> wake;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake.swap(waiters_);
  }
  for (auto& waiter : wake) asio::post(waiter->get_executor(), [waiter] { waiter->cancel(); });
}

void dispatcher::report(std::exception_ptr error, const raw_event& event) {
  std::shared_ptr<const error_handler> handler;
  {
    const std::lock_guard lock(mutex_);
    handler = on_error_;
  }
  if (handler && *handler) (*handler)(std::move(error), event);
}

counters dispatcher::counters() const {
  return {events_.load(), unwanted_.load(), decode_errors_.load(), started_.load(), failed_.load(), waits_.load()};
}

}  // namespace monochord::dispatch
