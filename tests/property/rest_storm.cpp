// SPDX-License-Identifier: MIT
// Random storms of faults against the mock: every call ends, and nothing takes effect twice in the mock's world.
#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

#include <monochord/model/message.hpp>
#include <monochord/model/user.hpp>
#include <monochord/rest/counters.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::rest_fault;
using mc::tests::simulated_world;
using kind = rest_fault::kind;

namespace {

mc::testing::mock_options plain() {
  mc::testing::mock_options options;
  options.tls = false;
  return options;
}

/// What became of one message.
enum class fate { unknown, sent, refused, may_have_been_sent };

struct storm {
  explicit storm(std::uint64_t seed) : dice(seed), w(plain()), bot(w.world.bot_token(), options()) {
    for (int i = 0; i < 4; ++i) where.push_back(w.discord().add_text_channel(w.world.home, "c" + std::to_string(i)));
  }
  mc::client_options options() {
    auto made = w.options();
    made.log = mc::log_level::error;
    made.rest_timeout = 90s;
    return made;
  }
  int below(int n) { return static_cast<int>(dice() % static_cast<std::uint64_t>(n)); }

  void break_things() {
    mc::testing::mock_faults faults;
    for (const auto what : {kind::drop_before_answer, kind::drop_before_acting, kind::late, kind::no_rate_limit_headers, kind::new_bucket,
                            kind::merge_bucket, kind::status, kind::shared_429, kind::route_429, kind::sub_limit_429, kind::global_429}) {
      if (below(2) == 0) continue;
      rest_fault fault{.what = what, .times = 1'000'000};
      fault.status = what == kind::status ? 500 + below(4) : 502;
      fault.body = "<html>";
      fault.acts = what == kind::status && below(2) == 0;
      fault.delay = std::chrono::milliseconds(what == kind::late ? 100 + below(40'000) : 0);
      fault.retry_after = std::chrono::milliseconds(100 + below(3000));
      if (what == kind::merge_bucket) fault.with = "POST /channels/{channel_id}/typing";
      fault.chance = what == kind::global_429 ? 0.01 : 0.06;
      fault.seed = dice();
      faults.rest.push_back(fault);
    }
    w.discord().set_faults(std::move(faults));
  }

  mc::task<> post(std::size_t number) {
    const std::string text = std::to_string(number);
    mc::create_message_body body;
    body.content = text;
    const auto end = co_await mc::as_result(bot.rest().create_message(where[number % where.size()], body));
    const auto* error = end.error_as<mc::rest_error>();
    fates[number] = end ? fate::sent : !error ? fate::unknown : error->may_have_been_sent() ? fate::may_have_been_sent : fate::refused;
    ++ended;
  }
  mc::task<> read() {
    co_await mc::as_result(bot.rest().get_current_user());
    ++ended;
  }

  std::mt19937_64 dice;
  simulated_world w;
  std::vector<mc::channel_id> where;
  mc::client bot;
  std::vector<fate> fates;
  std::size_t ended = 0;
};

}  // namespace

TEST_CASE("in random storms every call ends and no message is there twice") {
  constexpr std::uint64_t seeds = 60;
  std::map<fate, int> sums;
  std::uint64_t requests = 0, refusals = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    INFO("seed " << seed);
    storm s(seed);
    s.break_things();
    constexpr std::size_t posts = 40, reads = 10;
    s.fates.resize(posts, fate::unknown);
    for (std::size_t i = 0; i < posts; ++i) {
      s.w.sim.spawn(s.post(i));
      if (i % 4 == 0) s.w.sim.spawn(s.read());
      if (s.below(3) == 0) s.w.sim.run_for(std::chrono::milliseconds(s.below(2000)));
    }
    s.w.sim.run_until([&] { return s.ended == posts + reads; }, 10min);

    std::map<std::string, int> there;
    for (const auto channel : s.where)
      for (const auto& text : s.w.discord().messages(channel)) ++there[text];
    for (std::size_t i = 0; i < posts; ++i) {
      const int times = there[std::to_string(i)];
      REQUIRE(s.fates[i] != fate::unknown);
      ++sums[s.fates[i]];
      if (s.fates[i] == fate::sent) REQUIRE(times == 1);
      if (s.fates[i] == fate::refused) REQUIRE(times == 0);
      REQUIRE(times <= 1);
    }
    const auto counters = s.w.sim.run(s.bot.rest().counters());
    REQUIRE(counters.waiting.empty());
    for (const auto& v : s.w.discord().violations()) REQUIRE(v.kind != "429_ignored");
    requests += s.w.discord().counters().requests;
    refusals += s.w.discord().counters().responses_429;
  }
  std::printf("%d storms: %llu requests, %llu 429s; messages: %d sent, %d refused, %d may have been sent; none twice\n",
              static_cast<int>(seeds), static_cast<unsigned long long>(requests), static_cast<unsigned long long>(refusals),
              sums[fate::sent], sums[fate::refused], sums[fate::may_have_been_sent]);
}
