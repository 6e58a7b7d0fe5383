// SPDX-License-Identifier: MIT
// The code of docs/metrics.md: regions between the marks stand there word for word.
#include <atomic>
#include <memory>
#include <string>

#include <monochord/gateway/shards.hpp>
#include <monochord/metrics/metrics.hpp>
#include <monochord/metrics/server.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"
#include "support/prometheus_page.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

TEST_CASE("figures by one call, and those of one's own among them") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  //! [text]
  const std::string page = bot.metrics().prometheus();
  //! [text]
  CHECK(mc::tests::prometheus_page(page).value("monochord_rest_calls") == 0);

  //! [own]
  const auto played = std::make_shared<std::atomic<std::uint64_t>>(0);
  bot.metrics().add([played](std::vector<mc::metric_family>& out) {
    mc::metric_family songs{"songs_played_total", mc::metric_type::counter, "Songs that were played.", {}};
    songs.samples.push_back({{{"source", "radio"}}, static_cast<double>(*played), {}});
    out.push_back(std::move(songs));
  });
  //! [own]
  ++*played;
  CHECK(mc::tests::prometheus_page(bot.metrics().prometheus()).value("songs_played_total", {{"source", "radio"}}) == 1);

  //! [look]
  for (const auto& family : bot.metrics().collect()) {
    if (family.name != "monochord_rest_rate_limited_total") continue;
    for (const auto& one : family.samples)
      if (one.value > 0) bot.stop();  // or whatever a bot does that wants no 429
  }
  //! [look]
}

TEST_CASE("figures over HTTP, from the client or from a server of one's own") {
  //! [listen]
  mc::client_options options;
  options.metrics_listen = "127.0.0.1:9464";
  //! [listen]
  simulated_world w;
  auto with = w.options();
  with.metrics_listen = options.metrics_listen;
  mc::client bot(w.world.bot_token(), std::move(with));

  //! [server]
  mc::metrics_server_options where;
  where.listen = "127.0.0.1:0";  // any free port
  mc::metrics_server server(bot.metrics(), where);
  server.start();
  //! [server]
  CHECK(server.url() == "http://127.0.0.1:" + std::to_string(server.port()) + "/metrics");
}
