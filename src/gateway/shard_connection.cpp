// SPDX-License-Identifier: MIT
// One connection of a shard: opened, read, closed.
#include <utility>

#include "gateway/shard_impl.hpp"
#include "net/next_in_line.hpp"

namespace monochord::gateway {

namespace {
constexpr duration close_limit = std::chrono::seconds{2};
constexpr duration turn = std::chrono::microseconds{500};  // with messages that came together, before others have theirs
}  // namespace

void shard::impl::open_connection() {
  present = std::make_shared<connection>(session->generation(), *options,
                                         std::shared_ptr<protocol::inflate_counters>(counters, &counters->inflate));
  present->owner = spawn(work_connection(shared_from_this(), present));
}

void shard::impl::close_connection(int code) {
  const auto old = std::exchange(present, nullptr);
  paused_since.store(time_point::max(), std::memory_order_relaxed);
  if (!old) return;
  const auto owner = old->owner.lock();
  if (!old->socket) {
    if (owner) owner->cancel();  // still connecting
    return;
  }
  if (old->waits_for_room && owner) owner->cancel();
  if (code == 0) old->socket->abort();
  else spawn(close_politely(shared_from_this(), old, code));
}

task<> shard::impl::close_politely(std::shared_ptr<impl>, std::shared_ptr<connection> old, int code) {
  try {
    co_await old->socket->close(static_cast<std::uint16_t>(code), {}, close_limit);
  } catch (const std::exception&) {
    old->socket->abort();  // cancelled: the shard has no time left for politeness
  }
}

task<> shard::impl::work_connection(std::shared_ptr<impl> self, std::shared_ptr<connection> mine) {
  const bool open = co_await connect(self, mine);  // not in the condition: g++ 12 loses its place there
  if (open) {
    co_await read_all(self, mine);
  }
  if (self->present == mine) self->present = nullptr;
}

task<bool> shard::impl::connect(std::shared_ptr<impl> self, std::shared_ptr<connection> mine) {
  error_code failed;
  std::string why;
  try {
    const auto where = net::url::parse(self->session->url());
    self->log(log_level::debug, "connecting to " + where.origin());
    mine->socket = co_await net::connect_websocket(self->strand, where, self->socket_options);
  } catch (const error& e) {
    failed = e.code();
    why = e.what();
  } catch (const std::exception& e) {
    failed = errc::connect_failed;
    why = e.what();
  }
  if (!self->is_present(*mine)) {
    if (mine->socket) mine->socket->abort();
    co_return false;
  }
  if (!failed) {
    self->apply(self->session->opened(mine->generation, self->now()));
    co_return true;
  }
  self->log(log_level::warning, "cannot connect: " + why);
  const bool for_good = failed == errc::certificate_refused || failed == errc::plain_refused || failed == errc::bad_url;
  if (for_good) {
    self->failure = std::make_exception_ptr(error(failed, why));  // taken back below when the session goes on
    self->apply(self->session->refused(mine->generation, failed, self->now()));
    if (!self->over) self->failure = nullptr;
  } else {
    self->apply(self->session->closed(mine->generation, 0, self->now()));
  }
  co_return false;
}

task<> shard::impl::read_all(std::shared_ptr<impl> self, std::shared_ptr<connection> mine) {
  error_code failed;
  std::string why;
  try {
    bool handed_over = false;  // something to handlers, since others had their turn
    auto began = self->options->clock->now();
    self->read_at = began;
    while (self->is_present(*mine)) {
      net::websocket_message message;
      const bool is_long = self->read_at - began > turn;  // as of when the last one was taken
      if (is_long || !mine->socket->take(message)) {
        // What was begun for those that came together has its turn first, and so has whatever else this strand is for: behind both
        // comes what steps back to the executor below it, not what the strand would queue itself.
        if (is_long || handed_over) co_await net::step_back(self->options->executor);
        handed_over = false;
        if (!self->is_present(*mine)) co_return;
        message = co_await mine->socket->read();
        began = self->options->clock->now();
      }
      if (!self->is_present(*mine)) co_return;
      bool room = true;
      if (!self->take_message(*mine, message.data, room)) co_return;
      handed_over = handed_over || self->claimed;
      if (room) [[likely]] continue;
      ++self->counters->pauses;
      self->session->reading_paused(true, self->now());
      self->paused_since.store(self->options->clock->now(), std::memory_order_relaxed);
      co_await self->sink->room(self->serial);
      mine->waits_for_room = false;
      if (!self->is_present(*mine)) co_return;
      self->paused_since.store(time_point::max(), std::memory_order_relaxed);
      self->session->reading_paused(false, self->now());
    }
  } catch (const error& e) {
    failed = e.code();
    why = e.what();
  } catch (const std::exception& e) {
    failed = errc::closed;
    why = e.what();
  }
  if (!self->is_present(*mine)) co_return;
  const bool garbage = failed == errc::websocket_malformed || failed == errc::message_too_large;
  if (garbage) {
    self->log(log_level::warning, "the peer sent garbage: " + why);
    self->apply(self->session->malformed(mine->generation, self->now()));
    co_return;
  }
  const auto& end = mine->socket->end();
  self->log(log_level::debug, "the connection ended, code " + std::to_string(end.code));
  const auto on_fatal = self->ask_about_fatal(end.code);
  self->apply(self->session->closed(mine->generation, end.code, self->now(), on_fatal));
}

bool shard::impl::take_message(connection& from, std::string_view frame, bool& room) {
  session->frame(from.generation);
  struct give_back {  // the message is dealt with, or copied, when this returns
    protocol::inflater& lender;
    ~give_back() { lender.release(); }
  } const at_end{from.inflater};
  const auto got = from.inflater.feed(frame);
  if (got.error) [[unlikely]] {
    log(log_level::warning, "what came cannot be decompressed: " + got.error.message());
    apply(session->malformed(from.generation, now()));
    return false;
  }
  if (!got.complete) return true;
  const json::padded_text text(got.message.data(), got.message.size(), got.message.size() + protocol::inflater::padding);
  json::payload_head head;
  const protocol::moment here = now();
  read_at = here.now;
  const auto todo = protocol::feed_payload(*session, from.generation, text, here, head);
  if (options->log.wants(log_level::trace)) [[unlikely]]
    log(log_level::trace, "received op " + std::to_string(head.op) + " " + std::string(head.t));
  if (todo.has(protocol::action::kind::deliver)) [[likely]] {
    const auto seq = static_cast<std::int64_t>(std::min<std::uint64_t>(head.s.value_or(0), INT64_MAX));
    const shard_event event{id, seq, head.t, text.part(head.d), &claims, protocol::guild_news::none, serial};
    if (todo.size() == 1) [[likely]] apply_event(event);
    else apply(todo, &event);
  } else {
    if (!todo.empty() && head.op < 0) log(log_level::warning, "what came is not a payload");
    apply(todo);
  }
  if (!session || from.generation != session->generation()) return false;
  room = !from.waits_for_room;
  return true;
}

}  // namespace monochord::gateway
