// SPDX-License-Identifier: MIT
// When a client reshards, and to how many shards.
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <cstdint>
#include <monochord/model/application.hpp>
#include <optional>
#include <string>
#include <utility>

#include "client/impl.hpp"

namespace monochord {

namespace asio = boost::asio;

void client::impl::check_resharding(const auto_resharding& how, const shard_plan& which) {
  if (!how.automatic || how.decide || !which.is_part()) return;
  throw error(errc::invalid_argument,
              "client_options::resharding.automatic would have each process that runs a part of the shards choose a number of its "
              "own: give resharding.decide, or call shards().reshard() in all of them");
}

task<> client::impl::watch_size(std::weak_ptr<impl> weak, std::shared_ptr<monochord::clock> time, duration interval) {
  const auto wait = time->make_timer(co_await asio::this_coro::executor);
  for (;;) {
    if (co_await wait->wait_until(after(time->now(), interval))) co_return;  // cancelled
    const auto self = weak.lock();
    if (!self) co_return;
    co_await self->look_at_size();
  }
}

/// How full the shards are. Nothing in `shards` when that cannot be known.
task<shard_load> client::impl::load_now() {
  shard_load now;
  now.total = shard_view.total();
  int unknown = 0;
  for (const auto& one : shard_view.info()) {
    if (!one.guilds) {
      ++unknown;
      continue;
    }
    ++now.shards;
    now.guilds += static_cast<int>(*one.guilds);
  }
  if (unknown == 0 || now.total == 0) co_return now;
  std::optional<int> guilds;
  std::string failed;
  try {
    const auto about = co_await rest->get_current_application();
    if (about.approximate_guild_count) guilds = *about.approximate_guild_count;
  } catch (const std::exception& e) {
    failed = std::string(": ") + e.what();
  }
  if (guilds) {
    now.guessed = unknown;
    now.shards += unknown;
    now.guilds += static_cast<int>(static_cast<std::int64_t>(std::max(*guilds, 0)) * unknown / now.total);
  } else if (!stopping()) {
    log(log_level::info, "client",
        "the guilds of " + std::to_string(unknown) +
            " shards are not known, since they went on with earlier sessions, and Discord does not say how many "
            "the bot has: whether to reshard is " +
            (now.shards == 0 ? "looked at later" : "decided by the others") + failed);
  }
  co_return now;
}

/// Fails into the log, or where the user's own function does, and is tried again after the next interval.
task<> client::impl::look_at_size() {
  auto now = co_await load_now();
  if (now.shards == 0) co_return;
  const auto& by = options.resharding;
  std::string failed;
  try {
    const auto info = co_await rest->get_gateway_bot();
    now.recommended = info.shards;
    now.max_concurrency = info.session_start_limit.max_concurrency;
    int wanted = 0;
    if (by.decide) {
      try {
        wanted = by.decide(now);
      } catch (...) {
        report(std::current_exception(), raw_event{});
        co_return;
      }
    } else {
      wanted = default_reshard(now, by.fill_percent);
    }
    if (wanted <= 0 || wanted == now.total) co_return;
    (void)co_await reshard(weak_from_this(), wanted, by.how);
  } catch (...) {
    failed = describe(std::current_exception());
  }
  if (!failed.empty() && !stopping()) log(log_level::warning, "client", "cannot reshard: " + failed);
}

task<reshard_report> client::impl::reshard(std::weak_ptr<impl> weak, int total, reshard_options how) {
  const auto self = weak.lock();
  if (!self) throw error(errc::cancelled, "the client has ended");
  if (total < 0) throw error(errc::invalid_argument, "a bot has at least 1 shard, not " + std::to_string(total));
  if (!self->shards) throw error(errc::unsupported, "the client has no shards: its events come from client_options::event_source");
  auto plan = self->plan.with_total(total);
  auto info = co_await self->rest->get_gateway_bot();
  provide_descriptors(self->options, plan.shards(info.shards));
  auto exchange = plan.is_part() ? self->options.resharding.exchange : nullptr;
  auto out = co_await self->shards->reshard(std::move(plan), std::move(info), std::move(how), std::move(exchange));
  self->give_back_memory_soon();
  co_return out;
}

}  // namespace monochord
