// SPDX-License-Identifier: MIT
#include "gateway/queue_server_core.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <monochord/gateway/session_store.hpp>
#include <utility>
#include <variant>

#include "gateway/queue_address.hpp"
#include "gateway/stored_budget.hpp"
#include "net/deadline.hpp"
#include "net/strand.hpp"

namespace monochord::gateway {

namespace asio = boost::asio;
using protocol::identify_desk;
using protocol::queue_call;
using standing = identify_desk::standing;

namespace {

constexpr duration store_pause = std::chrono::seconds{30};  // before a store that failed is asked again
constexpr duration long_time = std::chrono::hours{1};  // for those who are woken when there is something to do

protocol::identify_desk_options desk_options(const identify_queue_server_options& from) {
  protocol::identify_desk_options out;
  out.queue.max_concurrency = from.queue.max_concurrency;
  out.queue.remaining = from.queue.remaining;
  out.queue.total = from.queue.total;
  out.queue.reset_after = from.queue.reset_after;
  out.queue.first_after = from.first_after;
  out.max_waiting = from.max_waiting;
  return out;
}

/// Takes as long wherever they differ.
bool same_secret(std::string_view given, std::string_view wanted) noexcept {
  unsigned char differs = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i)
    differs = static_cast<unsigned char>(differs | (given[i] ^ wanted[wanted.empty() ? 0 : i % wanted.size()]));
  return differs == 0;
}

std::string json_message(std::string_view text) { return "{\"message\": \"" + std::string(text) + "\"}\n"; }

net::http_response json_answer(int status, std::string body) { return {status, "application/json", std::move(body)}; }

long long in_ms(duration time) { return std::chrono::ceil<std::chrono::milliseconds>(time).count(); }

std::string health_of(const identify_queue_server_counters& now, int max_concurrency) {
  std::string out = "{\"status\": \"ok\"";
  const auto add = [&](std::string_view name, auto value) {
    out.append(", \"").append(name).append("\": ").append(std::to_string(value));
  };
  add("waiting", now.waiting);
  add("remaining", now.budget.remaining);
  add("total", now.budget.total);
  add("reset_after_ms", in_ms(now.budget.reset_after));
  add("max_concurrency", max_concurrency);
  add("requested", now.requested);
  add("granted", now.granted);
  add("identified", now.identified);
  add("failed", now.failed);
  add("untold", now.untold);
  add("unused", now.unused);
  add("expired", now.expired);
  add("withdrawn", now.withdrawn);
  add("spent", now.spent);
  add("turned_away", now.turned_away);
  add("reshard_messages", now.reshard_messages);
  add("unauthorized", now.unauthorized);
  return out + "}\n";
}

}  // namespace

/// A connection that waits. Its question is withdrawn unless it was answered, however the waiting ends.
class queue_server_core::visitor {
 public:
  visitor(queue_server_core& core, const identify_desk::visit& who)
      : wait(core.time_->make_timer(core.strand)), core_(core), who_(who) {
    core_.visitors_.emplace(who_.number, wait);
  }
  visitor(const visitor&) = delete;
  visitor& operator=(const visitor&) = delete;
  ~visitor() {
    core_.visitors_.erase(who_.number);
    if (answered_) return;
    core_.desk_.leave(who_, core_.time_->now());
    core_.turn();
  }
  void answered() noexcept { answered_ = true; }

  const std::shared_ptr<timer> wait;

 private:
  queue_server_core& core_;  // kept by whoever serves the request
  const identify_desk::visit who_;
  bool answered_ = false;
};

queue_server_core::queue_server_core(const identify_queue_server_options& options, std::shared_ptr<clock> time,
                                     asio::any_io_executor on, logger log)
    : strand(net::make_strand(on)),
      options_(options),
      time_(std::move(time)),
      log_(std::move(log)),
      desk_(desk_options(options), time_->now()),
      alarm_(time_->make_timer(strand)),
      exchange_(make_reshard_exchange(time_)) {
  publish();
}

task<net::server_reply> queue_server_core::serve(std::shared_ptr<queue_server_core> self,
                                                 const net::http_request& request) {
  net::server_reply reply;
  co_await net::run_on(self->strand, self->answer(request, reply));
  co_return reply;
}

bool queue_server_core::is_authorized(const net::http_request& request) const {
  if (options_.secret.empty()) return true;
  constexpr std::string_view scheme = "Bearer ";
  const auto given = request.headers.get("Authorization");
  return given.size() > scheme.size() && net::same_token(given.substr(0, scheme.size()), scheme) &&
         same_secret(given.substr(scheme.size()), options_.secret.reveal());
}

task<> queue_server_core::answer(const net::http_request& request, net::server_reply& reply) {
  const auto parsed = protocol::parse_queue_call(request.method, request.target);
  const auto* const call = std::get_if<queue_call>(&parsed);
  const bool is_health = call && call->what == queue_call::kind::health;
  if (!is_health && !is_authorized(request)) {
    ++unauthorized_;
    publish();
    reply.response = json_answer(401, json_message("the secret is missing or wrong"));
    reply.response.headers.add("WWW-Authenticate", "Bearer");
    reply.close_after = true;  // strangers keep no connection
    co_return;
  }
  if (const auto* const refusal = std::get_if<protocol::queue_call_refusal>(&parsed)) {
    reply.response = json_answer(refusal->status, json_message(refusal->text));
    if (refusal->status == 405) reply.response.headers.add("Allow", request.method == "GET" ? "POST" : "GET");
  } else if (is_health) {
    turn();
    reply.response = json_answer(200, health_of(counters(), options_.queue.max_concurrency));
    reply.close_after = !is_authorized(request);
  } else if (call->what == queue_call::kind::ask) {
    co_await ask(*call, reply);
  } else if (call->what == queue_call::kind::reshard) {
    co_await meet(request.body, reply);
  } else {
    hear(*call, reply);
  }
  add_budget(reply);
}

/// Strangers send no more than is read of them before they are refused.
std::size_t queue_server_core::most_body_bytes(const net::http_request& head) const {
  const auto parsed = protocol::parse_queue_call(head.method, head.target);
  const auto* const call = std::get_if<queue_call>(&parsed);
  return protocol::most_body_bytes(call && is_authorized(head) ? *call : queue_call());
}

task<> queue_server_core::meet(const std::string& message, net::server_reply& reply) {
  ++reshard_messages_;
  publish();
  std::string refused;
  try {
    auto said = co_await exchange_->talk(message);
    reply.response = {200, "application/octet-stream", std::move(said)};
  } catch (const error& e) {
    if (e.code() != errc::invalid_argument) throw;
    refused = e.what();
  }
  if (!refused.empty()) reply.response = json_answer(400, json_message(refused));
}

task<> queue_server_core::ask(const queue_call& call, net::server_reply& reply) {
  const auto who = desk_.come(call, time_->now());
  if (!who) {
    ++turned_away_;
    publish();
    reply.response = json_answer(503, json_message("too many wait already"));
    reply.response.headers.add("Retry-After", "5");
    co_return;
  }
  visitor mine(*this, *who);
  turn();
  const auto until = call.wait.count() == 0 ? time_point::max() : time_->now() + call.wait;
  while (desk_.look(*who) == standing::waiting) {
    if (time_->now() >= until) {
      mine.answered();
      desk_.told_to_ask_again(*who, time_->now());
      turn();
      reply.response = json_answer(202, json_message("not yet, ask again"));
      co_return;
    }
    co_await mine.wait->wait_until(std::min(until, time_->now() + long_time));
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    if (net::is_cancelled(cancellation)) throw error(errc::cancelled, "whoever asked is gone");
  }
  if (desk_.look(*who) == standing::granted) co_await keep_budget();  // before anybody can make use of it
  switch (desk_.look(*who)) {
    case standing::granted:
      mine.answered();
      grant(*who, reply);
      log_(log_level::debug, "queue",
           "shard " + std::to_string(call.shard) + " may identify" +
               (call.is_plain() ? std::string() : " (" + call.owner + ")"));
      break;
    case standing::spent:
      reply.response = json_answer(429, json_message("no session start is left for today"));
      reply.response.headers.add("Retry-After",
                                 std::to_string(std::chrono::ceil<std::chrono::seconds>(budget().reset_after).count()));
      break;
    case standing::waiting:
    case standing::superseded:
      reply.response = json_answer(409, json_message("asked again by another connection"));
      break;
  }
}

/// From the moment that the answer is on its way, it may be acted on.
void queue_server_core::grant(const identify_desk::visit& who, net::server_reply& reply) {
  reply.response = json_answer(200, json_message("You may identify now."));
  reply.on_written = [self = shared_from_this(), who](bool) {
    asio::post(self->strand, [self, who] {
      self->desk_.told(who, self->time_->now());
      self->turn();
    });
  };
}

void queue_server_core::hear(const queue_call& call, net::server_reply& reply) {
  const bool known = desk_.hear(call, time_->now());
  turn();
  reply.response =
      known ? json_answer(200, json_message("noted")) : json_answer(404, json_message("no such grant is known here"));
}

identify_budget queue_server_core::budget() const {
  identify_budget out;
  out.remaining = desk_.queue().remaining();
  out.total = options_.queue.total;
  out.reset_after = std::max(desk_.queue().reset_at() - time_->now(), duration{0});
  return out;
}

void queue_server_core::add_budget(net::server_reply& reply) const {
  const auto left = budget();
  auto& headers = reply.response.headers;
  headers.add(queue_mark, "1");
  headers.add("Monochord-Remaining", std::to_string(left.remaining));
  headers.add("Monochord-Total", std::to_string(left.total));
  headers.add("Monochord-Reset-After-Ms", std::to_string(in_ms(left.reset_after)));
}

/// Decides what can be decided, and wakes those whom it concerns.
void queue_server_core::turn() {
  if (open_) {
    for (const auto number : desk_.poll(time_->now())) {
      if (const auto found = visitors_.find(number); found != visitors_.end()) found->second->cancel();
    }
    if (const auto due = desk_.next_wakeup(); due && *due < armed_for_) alarm_->cancel();
  }
  publish();
}

void queue_server_core::publish() {
  const auto& from = desk_.queue().counters();
  identify_queue_server_counters now;
  now.waiting = desk_.queue().waiting();
  now.budget = budget();
  now.requested = from.requested;
  now.granted = from.granted;
  now.identified = from.identified;
  now.failed = from.failed;
  now.untold = from.untold;
  now.unused = from.unused;
  now.expired = from.expired;
  now.withdrawn = from.cancelled;
  now.spent = from.refused;
  now.turned_away = turned_away_;
  now.unauthorized = unauthorized_;
  now.reshard_messages = reshard_messages_;
  const std::lock_guard lock(mutex_);
  shown_ = now;
}

identify_queue_server_counters queue_server_core::counters() const {
  const std::lock_guard lock(mutex_);
  return shown_;
}

/// Nobody is let through before it is known what an earlier server has left of the day.
task<> queue_server_core::open() {
  auto limits = options_.queue;
  if (options_.store) {
    try {
      co_await limit_by_stored(limits, *options_.store, *time_);
    } catch (const std::exception& e) {
      if (is_cancellation(std::current_exception())) throw;
      log_(log_level::warning, "queue", std::string("cannot load the stored identify budget: ") + e.what());
    } catch (...) {
      log_(log_level::warning, "queue", "cannot load the stored identify budget: the store threw what is no std::exception");
    }
  }
  desk_.set_budget(limits.remaining, limits.total, limits.reset_after, time_->now());
  open_ = true;
  log_(log_level::info, "queue",
       std::to_string(limits.remaining) + " of " + std::to_string(limits.total) + " session starts are left for today");
}

task<> queue_server_core::live(std::shared_ptr<queue_server_core> self) {
  self->desk_.opens(self->time_->now());  // it may have waited for its port
  co_await self->open();
  while (!self->over_) {
    self->turn();
    const auto due = self->desk_.next_wakeup();
    self->armed_for_ = due.value_or(time_point::max());
    co_await self->alarm_->wait_until(due.value_or(self->time_->now() + long_time));
  }
}

task<> queue_server_core::end(std::shared_ptr<queue_server_core> self) {
  self->over_ = true;
  self->alarm_->cancel();
  if (self->open_) co_await self->keep_budget(true);
}

/// One at a time, so that what the store has last is what was left last. One that fails is not asked for each grant: those that
/// wait for it together would be taken for lost.
task<> queue_server_core::keep_budget(bool although_it_fails) {
  if (!options_.store) co_return;
  const auto turn_to_write = co_await keeping_.acquire();
  const std::pair<int, time_point> now{desk_.queue().remaining(), desk_.queue().reset_at()};
  if (kept_ == now || (!although_it_fails && time_->now() < asks_store_next_)) co_return;
  std::string failed;
  try {
    const stored_budget left = to_stored(budget(), *time_);
    co_await within_limit(*time_, options_.store->save_budget(left));
    kept_ = now;
    asks_store_next_ = time_point::min();
    if (std::exchange(store_fails_, false)) log_(log_level::info, "queue", "the store works again");
  } catch (const std::exception& e) {
    if (is_cancellation(std::current_exception())) throw;
    failed = e.what();
  } catch (...) {
    failed = "the store threw what is no std::exception";
  }
  if (failed.empty()) co_return;
  kept_.reset();
  asks_store_next_ = after(time_->now(), store_pause);
  if (!std::exchange(store_fails_, true))
    log_(log_level::warning, "queue", "cannot store what is left of the day: " + failed);
}

}  // namespace monochord::gateway
