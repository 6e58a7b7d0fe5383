// SPDX-License-Identifier: MIT
#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <map>
#include <monochord/core/random.hpp>
#include <monochord/gateway/network_identify_queue.hpp>
#include <mutex>
#include <optional>
#include <utility>

#include "core/random.hpp"
#include "gateway/queue_address.hpp"
#include "net/deadline.hpp"
#include "net/http_client.hpp"
#include "net/loop_thread.hpp"
#include "net/server_probe.hpp"
#include "net/slots.hpp"
#include "net/strand.hpp"
#include "net/task_group.hpp"
#include "protocol/backoff.hpp"
#include "protocol/identify_desk.hpp"
#include "protocol/queue_call.hpp"

namespace monochord {

namespace asio = boost::asio;

namespace {

using protocol::queue_call;

/// Past when ours says something at the latest: who asks again after it still has the place that was kept.
constexpr duration answer_margin = protocol::identify_desk_options{}.keep_place / 2;
constexpr duration soon = std::chrono::seconds{1};            // "not yet" need not be said more often
constexpr duration tell_timeout = std::chrono::seconds{10};
constexpr duration tell_limit = std::chrono::seconds{25};  // a grant of which nothing is heard is taken back after 30
constexpr duration last_words = std::chrono::seconds{1};

/// What has to be told of one grant, in order.
struct report {
  struct item {
    queue_call call;
    time_point until;  // then it is of no use any more
  };
  std::deque<item> calls;
  bool being_told = false;
};

class connection_core : public std::enable_shared_from_this<connection_core> {
 public:
  connection_core(network_identify_queue_options given, asio::any_io_executor on)
      : options(std::move(given)),
        address(options),
        time(address.time),
        executor(on),
        places(std::make_shared<net::slots>(std::max<std::size_t>(options.max_connections, 1))),
        asks(on, address.base, address.http(options.max_connections)),
        tells(on, address.base, address.http(4)),
        probe(std::make_shared<net::server_probe>(address.base, address.http(1).transport, address.http(1).tls, time,
                                                  std::string(gateway::queue_mark))),
        telling(std::make_shared<net::task_group>(on, [](std::exception_ptr) {})),  // told or not: nothing hangs on it
        owner(options.owner.empty() ? detail::secret_letters(16) : options.owner),
        run(detail::secret_letters(16)) {
    if (!protocol::is_owner_name(owner))
      throw error(errc::invalid_argument,
                  "network_identify_queue_options::owner is 1 to 64 letters, digits, '-', '_' and '.'");
  }

  queue_call question(int shard_id);
  net::http_request request_for(const queue_call& call) const;
  /// Asks once. A server of ours answers in time; one that is not is waited for as long as it and the connection live.
  static task<> ask(std::shared_ptr<connection_core> self, std::shared_ptr<const queue_call> call,
                    std::shared_ptr<net::http_response> answer);
  void learn(const net::http_response& answer);
  void not_answered(const queue_call& call);
  void tell(const std::shared_ptr<report>& about, const queue_call& of, queue_call::kind what, bool identified) noexcept;
  std::optional<identify_budget> budget() const;
  bool is_ours() const {
    const std::lock_guard lock(mutex_);
    return ours_;
  }

  const network_identify_queue_options options;
  const gateway::queue_address address;
  const std::shared_ptr<clock> time;
  const asio::any_io_executor executor;
  const std::shared_ptr<net::slots> places;  // of questions, from the first time that they are asked to their answer
  net::http_pool asks;
  net::http_pool tells;  // never behind those that wait
  const std::shared_ptr<net::server_probe> probe;
  const std::shared_ptr<net::task_group> telling;
  const std::string owner;
  const std::string run;

 private:
  static task<> tell_all(std::shared_ptr<connection_core> self, std::shared_ptr<report> about);
  task<> tell_one(const queue_call& call, time_point until);
  task<bool> sent_once(const net::http_request& request, time_point until);
  task<> send_question(const net::http_request& request, net::http_response& answer, duration patience);
  task<error_code> until_lost(time_point from);

  mutable std::mutex mutex_;  // guards what follows
  bool ours_ = false;
  std::uint64_t numbers_ = 0;
  std::map<int, std::uint64_t> unanswered_;  // questions that may have been answered without our hearing it, by shard
  std::optional<identify_budget> budget_;
  time_point budget_known_{};
};

/// Asked again under the same number, a question whose answer was lost gets the same grant again.
queue_call connection_core::question(int shard_id) {
  queue_call out;
  out.shard = shard_id;
  out.owner = owner;
  out.run = run;
  out.wait = std::clamp(options.answer_within, std::chrono::milliseconds{1}, protocol::longest_wait);
  out.refuse_when_spent = !options.wait_for_budget;
  const std::lock_guard lock(mutex_);
  const auto before = unanswered_.find(shard_id);
  out.number = before == unanswered_.end() ? ++numbers_ : before->second;
  if (before != unanswered_.end()) unanswered_.erase(before);
  return out;
}

void connection_core::not_answered(const queue_call& call) {
  const std::lock_guard lock(mutex_);
  unanswered_[call.shard] = call.number;
}

net::http_request connection_core::request_for(const queue_call& call) const {
  return address.request(protocol::method_of(call), protocol::target_of(call));
}

task<> connection_core::send_question(const net::http_request& request, net::http_response& answer, duration patience) {
  answer = co_await asks.send(request, patience, after(time->now(), patience));
}

/// Of a server that has not said yet whose it is: when it is late it is not ours, or it is dead, or the connection is.
task<error_code> connection_core::until_lost(time_point from) {
  const auto wait = time->make_timer(co_await asio::this_coro::executor);
  if (const auto cancelled = co_await wait->wait_until(from)) co_return cancelled;
  if (is_ours()) co_return error_code();  // others have heard from it meanwhile
  const auto cancelled = co_await net::server_probe::until_lost(probe, from);
  if (!cancelled && probe->saw_mark()) {
    const std::lock_guard lock(mutex_);
    ours_ = true;
  }
  co_return cancelled;
}

task<> connection_core::ask(std::shared_ptr<connection_core> self, std::shared_ptr<const queue_call> call,
                            std::shared_ptr<net::http_response> answer) {
  const auto request = self->request_for(*call);
  const duration in_time = call->wait + answer_margin;
  if (self->is_ours()) {
    co_await self->send_question(request, *answer, in_time);
    co_return;
  }
  const auto late = after(self->time->now(), in_time);
  const bool answered = co_await net::race(self->send_question(request, *answer, self->options.plain_answer_within),
                                           self->until_lost(late));
  if (!answered) {
    const std::string_view which = self->is_ours() ? "the answer was lost on its way" : "it takes connections and does not answer";
    throw error(errc::timeout, std::string(which));
  }
}

void connection_core::learn(const net::http_response& answer) {
  if (!answer.headers.has(gateway::queue_mark)) return;
  const auto number = [&](std::string_view name, std::uint64_t most) {
    return protocol::whole_number(answer.headers.get(name), most);
  };
  const auto remaining = number("Monochord-Remaining", INT32_MAX), total = number("Monochord-Total", INT32_MAX);
  constexpr std::uint64_t two_days_ms = 2 * 24 * 3'600'000;
  const auto reset_after = number("Monochord-Reset-After-Ms", two_days_ms);
  const std::lock_guard lock(mutex_);
  ours_ = true;
  if (!remaining || !total || !reset_after) return;
  budget_known_ = time->now();
  budget_ = {static_cast<int>(*remaining), static_cast<int>(*total), std::chrono::milliseconds{*reset_after}};
}

std::optional<identify_budget> connection_core::budget() const {
  const std::lock_guard lock(mutex_);
  if (!budget_) return std::nullopt;
  auto out = *budget_;
  out.reset_after -= time->now() - budget_known_;
  if (out.reset_after <= duration::zero()) return std::nullopt;  // another day, of which nothing was heard
  return out;
}

void connection_core::tell(const std::shared_ptr<report>& about, const queue_call& of, queue_call::kind what,
                           bool identified) noexcept {
  try {
    report::item next{of, after(time->now(), tell_limit)};
    next.call.what = what;
    next.call.identified = identified;
    {
      const std::lock_guard lock(mutex_);
      about->calls.push_back(std::move(next));
      if (std::exchange(about->being_told, true)) return;
    }
    telling->spawn(tell_all(shared_from_this(), about));
  } catch (const std::exception&) {  // out of memory: the server takes its grant back by itself
  }
}

task<> connection_core::tell_all(std::shared_ptr<connection_core> self, std::shared_ptr<report> about) {
  for (;;) {
    report::item next;
    {
      const std::lock_guard lock(self->mutex_);
      about->being_told = !about->calls.empty();
      if (!about->being_told) co_return;
      next = std::move(about->calls.front());
      about->calls.pop_front();
    }
    co_await self->tell_one(next.call, next.until);
  }
}

/// Until the server has heard it, or it is of no use any more.
task<> connection_core::tell_one(const queue_call& call, time_point until) {
  const auto request = request_for(call);
  protocol::backoff pause({.first = std::chrono::milliseconds{250}, .cap = std::chrono::seconds{4}});
  const auto wait = time->make_timer(co_await asio::this_coro::executor);
  while (time->now() < until) {
    const bool heard = co_await sent_once(request, until);
    if (heard) co_return;
    const auto next = time->now() + pause.next(static_cast<double>(random_int(0, 999'999)) / 1e6);
    if (next >= until) co_return;
    if (co_await wait->wait_until(next)) co_return;  // cancelled
  }
}

task<bool> connection_core::sent_once(const net::http_request& request, time_point until) {
  try {
    const auto answer = co_await tells.send(request, tell_timeout, until);
    learn(answer);
    co_return answer.status < 500;
  } catch (const net::http_error& e) {
    if (e.code() == errc::cancelled) throw;
  }
  co_return false;
}

class network_queue;

class network_permit final : public identify_permit {
 public:
  network_permit(std::shared_ptr<network_queue> queue, std::shared_ptr<connection_core> core, queue_call call)
      : queue_(std::move(queue)), core_(std::move(core)), call_(std::move(call)) {}
  ~network_permit() override {
    if (!sent_)
      say(queue_call::kind::unused, false);
    else if (!done_)
      say(queue_call::kind::done, false);
  }
  void sent() noexcept override {
    if (!sent_.exchange(true)) say(queue_call::kind::sent, false);
  }
  void done(bool identified) noexcept override {
    sent_ = true;
    if (!done_.exchange(true)) say(queue_call::kind::done, identified);
  }

 private:
  void say(queue_call::kind what, bool identified) noexcept {
    core_->tell(report_, call_, what, identified);
  }

  const std::shared_ptr<network_queue> queue_;  // whose thread tells
  const std::shared_ptr<connection_core> core_;
  const std::shared_ptr<report> report_ = std::make_shared<report>();
  const queue_call call_;
  std::atomic<bool> sent_ = false, done_ = false;
};

/// The permit of a server that wants to know nothing.
class plain_permit final : public identify_permit {
 public:
  void sent() noexcept override {}
  void done(bool) noexcept override {}
};

/// A question whose asker is gone before it knows the answer: if it was a grant, nobody will use it.
class question_guard {
 public:
  question_guard(std::shared_ptr<connection_core> core, queue_call call)
      : core_(std::move(core)), call_(std::move(call)) {}
  question_guard(const question_guard&) = delete;
  question_guard& operator=(const question_guard&) = delete;
  ~question_guard() {
    if (!core_ || !core_->is_ours()) return;
    core_->tell(std::make_shared<report>(), call_, queue_call::kind::unused, false);
  }
  void dismiss() { core_.reset(); }

 private:
  std::shared_ptr<connection_core> core_;
  const queue_call call_;
};

std::string_view meaning(int status) {
  switch (status) {
    case 401:
    case 403:
      return "it wants another secret (network_identify_queue_options::secret)";
    case 404:
      return "there is no identify queue at this path";
    case 409:
      return "another process asks under the name of this one (network_identify_queue_options::owner)";
    case 429:
      return "no session start is left for today";
    case 503:
      return "too many wait already";
    default:
      return "it refused";
  }
}

error_code code_of(int status) {
  if (status == 429) return make_error_code(errc::identify_budget_spent);
  if (status == 409) return make_error_code(errc::closed);
  if (status >= 400 && status < 500) return make_error_code(errc::invalid_argument);
  return make_error_code(errc::resource);
}

class network_queue final : public identify_queue, public std::enable_shared_from_this<network_queue> {
 public:
  explicit network_queue(network_identify_queue_options options)
      : own_(options.executor ? nullptr : std::make_unique<net::loop_thread>()) {
    const auto on = own_ ? own_->executor() : options.executor;
    core_ = std::make_shared<connection_core>(std::move(options), on);
  }
  ~network_queue() override {
    if (!own_) return;  // what has still to be told keeps what it needs
    try {
      asio::co_spawn(own_->executor(), last(core_), asio::detached);
    } catch (const std::exception&) {  // the thread ends once nothing is under way
    }
    core_.reset();
  }

  task<std::unique_ptr<identify_permit>> request(int shard_id) override;
  std::optional<identify_budget> budget() const override { return core_->budget(); }

 private:
  static task<net::slots::holder> taken(std::shared_ptr<connection_core> core);
  static task<> last(std::shared_ptr<connection_core> core) {
    auto& time = *core->time;
    core->telling->close();
    const bool told = co_await core->telling->join(time, time.now() + last_words);
    if (!told) {
      core->telling->cancel();
      co_await core->telling->join(time, time_point::max());
    }
    co_await core->asks.close();
    co_await core->tells.close();
  }

  std::unique_ptr<net::loop_thread> own_;  // outlives the connections
  std::shared_ptr<connection_core> core_;
};

task<net::slots::holder> network_queue::taken(std::shared_ptr<connection_core> core) {
  try {
    co_return co_await core->places->take();
  } catch (const boost::system::system_error&) {
    throw error(errc::cancelled, "waiting for the turn to IDENTIFY was cancelled");
  }
}

task<std::unique_ptr<identify_permit>> network_queue::request(int shard_id) {
  const auto self = shared_from_this();
  const auto core = core_;
  if (shard_id < 0 || shard_id > protocol::highest_shard)
    throw error(errc::invalid_argument, "there is no shard " + std::to_string(shard_id));
  const std::string who = core->address.name();
  // Kept until it is answered: whoever had to wait for a connection before it asks again would lose its place.
  const auto place = co_await taken(core);
  const queue_call call = core->question(shard_id);
  const auto kept = std::make_shared<const queue_call>(call);
  question_guard unless_answered(core, call);
  for (;;) {
    const auto asked = core->time->now();
    const auto got = std::make_shared<net::http_response>();  // what this was awaited for may be over before it has ended
    try {
      co_await net::run_on(net::make_strand(core->executor), connection_core::ask(core, kept, got));
    } catch (const boost::system::system_error&) {
      throw error(errc::cancelled, "waiting for the turn to IDENTIFY was cancelled");
    } catch (const error& e) {
      if (e.code() == errc::cancelled) throw;
      unless_answered.dismiss();
      core->not_answered(call);
      throw identify_queue_error(e.code(), who + ": " + e.what(), 0);
    }
    const auto& answer = *got;
    core->learn(answer);
    const bool ours = answer.headers.has(gateway::queue_mark);
    if (answer.status == 202 && ours) {
      if (core->time->now() - asked >= std::min(soon, duration{call.wait})) continue;
      core->not_answered(call);
    }
    if (answer.status >= 500 && !ours) core->not_answered(call);  // something in between lost it
    unless_answered.dismiss();
    if (answer.status == 200 && ours) co_return std::make_unique<network_permit>(self, core, call);
    if (answer.status >= 200 && answer.status < 300 && !ours) co_return std::make_unique<plain_permit>();
    throw identify_queue_error(
        code_of(answer.status),
        who + ": " + std::string(meaning(answer.status)) + " (HTTP " + std::to_string(answer.status) + ")",
        answer.status);
  }
}

}  // namespace

network_identify_queue_options network_identify_queue_from_env(network_identify_queue_options options) {
  const auto read = [](const char* name) -> std::string {
    const char* const found = std::getenv(name);
    return found ? found : "";
  };
  if (auto text = read("MONOCHORD_QUEUE_URL"); !text.empty()) options.url = std::move(text);
  if (!read("MONOCHORD_QUEUE_SECRET").empty()) options.secret = token_from_env("MONOCHORD_QUEUE_SECRET");
  if (auto text = read("MONOCHORD_QUEUE_OWNER"); !text.empty()) options.owner = std::move(text);
  if (auto text = read("MONOCHORD_CA_FILE"); !text.empty()) options.ca_file = std::move(text);
  return options;
}

std::shared_ptr<identify_queue> make_network_identify_queue(network_identify_queue_options options) {
  return std::make_shared<network_queue>(std::move(options));
}

}  // namespace monochord
