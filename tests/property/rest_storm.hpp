// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cstdio>
#include <deque>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <monochord/core/result.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/user.hpp>
#include <monochord/model/webhook.hpp>
#include <monochord/model/webhook_bodies.hpp>
#include <monochord/rest/counters.hpp>
#include <monochord/rest/rest.hpp>

#include "rest/queue.hpp"
#include "support/bot_world.hpp"
#include "support/catch.hpp"

// Random storms of faults against the mock: every call ends, and nothing takes effect twice in the mock's world.
namespace monochord::tests {

namespace mc = monochord;
using namespace std::chrono_literals;

class rest_storm {
 public:
  /// What a caller knows of its message.
  enum class fate { unknown, sent, refused, may_have_been_sent };

  explicit rest_storm(std::uint64_t seed) : dice_(seed), w_(plain()) {
    for (int i = 0; i < 4; ++i) where_.push_back(w_.discord().add_text_channel(w_.world.home, "c" + std::to_string(i)));
    mc::net::http_options http;
    http.transport = w_.network->transport();
    http.clock = w_.sim.clock();
    http.user_agent = "DiscordBot (https://example.invalid, 1)";
    mc::rest::queue_options options{.base = mc::net::url::parse(w_.discord().rest_url()), .bot_token = w_.world.bot_token(), .http = http, .limits = {}, .log = {}};
    options.timeout = 90s;
    // Pauses too, so that a seed is the same storm each time.
    options.jitter = [chance = std::make_shared<std::mt19937_64>(seed)] { return static_cast<double>((*chance)() >> 11U) * 0x1p-53; };
    queue_ = std::make_shared<mc::rest::queue>(w_.sim.executor(), std::move(options));
    api_ = std::make_unique<mc::rest_client>(queue_);
    constexpr std::uint64_t manage_webhooks = 1U << 29U;
    w_.discord().give_role(w_.world.home, w_.discord().bot_user(), w_.discord().add_role(w_.world.home, "hooks", manage_webhooks));
    mc::create_webhook_body body;
    body.name = "storm";
    const auto made = w_.sim.run(api_->create_webhook(where_[0], body));
    hook_ = made.id;
    hook_token_ = *made.token;
  }
  ~rest_storm() { w_.sim.run(queue_->close()); }

  struct sums {
    std::map<fate, int> fates;
    std::uint64_t requests = 0, responses_429 = 0, retries = 0, cancelled = 0, stopped = 0;
  };

  void run(sums& all) {
    break_things();
    fates_.resize(posts, fate::unknown);
    const bool stops = below(8) == 0;
    const std::size_t stop_at = stops ? static_cast<std::size_t>(below(posts)) : posts;
    for (std::size_t i = 0; i < posts; ++i) {
      start(post(i));
      if (i % 4 == 0) start(read());
      if (below(3) == 0) w_.sim.run_for(std::chrono::milliseconds(below(2000)));
      if (below(10) == 0) cancel_one();
      if (i == stop_at) w_.sim.spawn(queue_->close());
    }
    for (int i = 0; i < 3; ++i) {
      w_.sim.run_for(std::chrono::milliseconds(below(5000)));
      cancel_one();
    }
    w_.sim.run_until([&] { return ended_ == posts + reads; }, 10min);

    std::map<std::string, int> there;
    for (const auto channel : where_)
      for (const auto& text : w_.discord().messages(channel)) ++there[text];
    for (std::size_t i = 0; i < posts; ++i) {
      INFO("message " << i);
      const int times = there[std::to_string(i)];
      REQUIRE(fates_[i] != fate::unknown);
      ++all.fates[fates_[i]];
      if (fates_[i] == fate::sent) REQUIRE(times == 1);
      if (fates_[i] == fate::refused) REQUIRE(times == 0);
      REQUIRE(times <= 1);
    }
    const auto counters = w_.sim.run(queue_->counters());
    REQUIRE(counters.waiting.empty());
    REQUIRE(counters.calls == counters.succeeded + counters.refused + counters.failed);
    for (const auto& v : w_.discord().violations()) {
      INFO(v.text);
      REQUIRE(v.kind != "429_ignored");
    }
    all.requests += w_.discord().counters().requests;
    all.responses_429 += w_.discord().counters().responses_429;
    all.retries += counters.retries;
    all.cancelled += cancelled_;
    all.stopped += stops ? 1 : 0;
  }

 private:
  static constexpr std::size_t posts = 40, reads = 10;

  static mc::testing::mock_options plain() {
    mc::testing::mock_options options;
    options.tls = false;
    return options;
  }
  int below(std::size_t n) { return static_cast<int>(dice_() % n); }

  void break_things() {
    using mc::testing::rest_fault;
    using kind = rest_fault::kind;
    mc::testing::mock_faults faults;
    const auto add = [&](rest_fault fault, double chance) {
      if (below(2) == 0) return;
      fault.times = 1'000'000;
      fault.chance = chance;
      fault.seed = dice_();
      faults.rest.push_back(fault);
    };
    for (const auto what : {kind::drop_before_answer, kind::drop_before_acting, kind::late, kind::no_rate_limit_headers, kind::new_bucket,
                            kind::merge_bucket, kind::status, kind::shared_429, kind::route_429, kind::sub_limit_429, kind::global_429}) {
      rest_fault fault{.what = what};
      fault.status = what == kind::status ? 500 + below(4) : 502;
      fault.body = "<html>";
      fault.acts = what == kind::status && below(2) == 0;
      fault.delay = std::chrono::milliseconds(what == kind::late ? 100 + below(40'000) : 0);
      fault.retry_after = std::chrono::milliseconds(100 + below(3000));
      if (what == kind::merge_bucket) fault.with = "POST /channels/{channel_id}/typing";
      add(fault, what == kind::global_429 ? 0.01 : 0.06);
    }
    add(mc::testing::rest_faults::discord_error(403, 50013), 0.05);
    w_.discord().set_faults(std::move(faults));
  }

  /// Every fourth through a webhook, whose messages have no nonce.
  mc::task<> post(std::size_t number) {
    const std::string text = std::to_string(number);
    if (number % 4 == 0) {
      mc::execute_webhook_body body;
      body.content = text;
      mc::execute_webhook_query query;
      query.wait = true;
      keep(number, co_await mc::as_result(api_->execute_webhook(hook_, hook_token_, body, query)));
    } else {
      mc::create_message_body body;
      body.content = text;
      keep(number, co_await mc::as_result(api_->create_message(where_[number % where_.size()], body)));
    }
  }
  template <class T>
  void keep(std::size_t number, const mc::result<T>& end) {
    const auto* error = end.template error_as<mc::rest_error>();
    fates_[number] = end ? fate::sent : !error ? fate::unknown : error->may_have_been_sent() ? fate::may_have_been_sent : fate::refused;
    ++ended_;
  }
  mc::task<> read() {
    co_await mc::as_result(api_->get_current_user());
    ++ended_;
  }

  void start(mc::task<> work) {
    boost::asio::co_spawn(w_.sim.executor(), std::move(work),
                          boost::asio::bind_cancellation_slot(running_.emplace_back().slot(), [](std::exception_ptr thrown) {
                            if (thrown) std::rethrow_exception(thrown);
                          }));
  }
  void cancel_one() {
    w_.sim.settle();  // what is cancelled has begun
    const auto ended_before = ended_;
    running_[static_cast<std::size_t>(below(running_.size()))].emit(boost::asio::cancellation_type::terminal);
    w_.sim.settle();
    if (ended_ != ended_before) ++cancelled_;
  }

  std::mt19937_64 dice_;
  simulated_world w_;
  std::vector<mc::channel_id> where_;
  std::shared_ptr<mc::rest::queue> queue_;
  std::unique_ptr<mc::rest_client> api_;
  mc::webhook_id hook_;
  std::string hook_token_;
  std::vector<fate> fates_;
  std::deque<boost::asio::cancellation_signal> running_;
  std::size_t ended_ = 0;
  std::uint64_t cancelled_ = 0;
};

/// `count` storms, the first of them with the seed `first`.
inline void ride_out(std::uint64_t first, std::uint64_t count) {
  using fate = rest_storm::fate;
  rest_storm::sums all;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    INFO("seed " << seed);
    rest_storm(seed).run(all);
  }
  std::printf("%llu storms: %llu requests, %llu 429s, %llu retries, %llu cancels, %llu stops; messages: %d sent, %d refused, %d may have been sent; none twice\n",
              static_cast<unsigned long long>(count), static_cast<unsigned long long>(all.requests), static_cast<unsigned long long>(all.responses_429),
              static_cast<unsigned long long>(all.retries), static_cast<unsigned long long>(all.cancelled), static_cast<unsigned long long>(all.stopped),
              all.fates[fate::sent], all.fates[fate::refused], all.fates[fate::may_have_been_sent]);
  for (const auto one : {fate::sent, fate::refused, fate::may_have_been_sent}) CHECK(all.fates[one] > static_cast<int>(count));
  CHECK(all.responses_429 > count);
  CHECK(all.retries > count);
  CHECK(all.cancelled > count / 2);
  CHECK(all.stopped > count / 16);
}

}  // namespace monochord::tests
