// SPDX-License-Identifier: MIT
// Figures of parts that a client has or may have.
#include <boost/asio/io_context.hpp>
#include <monochord/cache/cache.hpp>
#include <monochord/client.hpp>
#include <monochord/core/error.hpp>
#include <monochord/model/events.hpp>
#include <string>
#include <vector>

#include "client/meters.hpp"
#include "support/catch.hpp"
#include "support/prometheus_page.hpp"

namespace mc = monochord;
using mc::tests::prometheus_page;

TEST_CASE("a cache's figures have its kinds by their names") {
  mc::cache cache;
  mc::guild_create event;
  event.guild.id = mc::guild_id{5};
  event.guild.name = "home";
  event.guild.roles.emplace_back().id = mc::role_id{5};
  event.channels.emplace_back().id = mc::channel_id{6};
  for (std::uint64_t i = 0; i < 3; ++i) event.members.emplace_back().user.emplace().id = mc::user_id{10 + i};
  cache.apply(event);
  CHECK(cache.member(mc::guild_id{5}, mc::user_id{11}));
  CHECK_FALSE(cache.member(mc::guild_id{5}, mc::user_id{99}));

  std::vector<mc::metric_family> families;
  mc::metric_page page(families);
  const auto stats = cache.stats();
  mc::gather_cache(page, stats);
  const prometheus_page seen(mc::prometheus_text(families));
  const auto entities = [&](const char* kind) { return seen.value("monochord_cache_entities", {{"kind", kind}}); };
  CHECK(entities("guilds") == 1);
  CHECK(entities("channels") == 1);
  CHECK(entities("members") == 3);
  CHECK(entities("users") == 3);
  CHECK(entities("roles") == 1);
  CHECK(entities("entitlements") == 0);
  CHECK(seen.of("monochord_cache_entities").samples.size() == mc::cache_stats::kinds);
  double bytes = seen.value("monochord_cache_overhead_bytes");
  for (const auto& one : seen.of("monochord_cache_bytes").samples) bytes += one.value;
  CHECK(bytes == static_cast<double>(stats.bytes()));
  CHECK(seen.value("monochord_cache_lookups_total") == 2);
  CHECK(seen.value("monochord_cache_hits_total") == 1);
}

TEST_CASE("a client that does not run has figures, and its copy has none once it is gone") {
  mc::metrics kept;
  {
    mc::client bot{mc::token{"a-token-that-nobody-sees"}};
    kept = bot.metrics();
    const auto text = bot.metrics().prometheus();
    const prometheus_page page(text);
    CHECK(page.families().size() >= 50);
    CHECK(page.value("monochord_gateway_connects_total") == 0);
    CHECK(page.value("monochord_rest_calls_total", {{"outcome", "failed"}}) == 0);
    CHECK(text.find("a-token-that-nobody-sees") == text.npos);
    CHECK(kept.collect().size() == page.families().size());
  }
  CHECK(kept.collect().empty());
}

TEST_CASE("an address to listen on that is none is refused when the client is made") {
  mc::client_options options;
  options.metrics_listen = "everywhere";
  CHECK_THROWS_WITH((mc::client{mc::token{"t"}, options}), Catch::Contains("\"everywhere\"") && Catch::Contains("127.0.0.1:9464"));
}
