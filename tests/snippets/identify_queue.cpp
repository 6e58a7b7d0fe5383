// SPDX-License-Identifier: MIT
// The code of docs/identify-queue.md, and of docs/sharding.md where it names that page: regions between the marks stand
// there word for word.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <monochord/gateway/identify_queue.hpp>
#include <monochord/gateway/network_identify_queue.hpp>
#include <monochord/gateway/session_store.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;

TEST_CASE("a process that asks an identify queue on the network") {
  ::setenv("MONOCHORD_QUEUE_SECRET", "secret", 1);
  //! [network-queue]
  mc::network_identify_queue_options queue;
  queue.url = "https://queue.internal.example";
  queue.secret = mc::token_from_env("MONOCHORD_QUEUE_SECRET");
  queue.owner = "cluster-1";  // the same after a restart, and no other process has it
  mc::client_options options;
  options.shards = mc::shard_plan::cluster(1, 4, 64);
  options.identify_queue = mc::make_network_identify_queue(queue);
  //! [network-queue]
  //! [network-exchange]
  options.identify_queue = mc::make_network_identify_queue(queue);
  options.resharding.exchange = mc::make_network_reshard_exchange(queue);
  //! [network-exchange]
  CHECK(options.identify_queue);
  CHECK(options.resharding.exchange);
  CHECK(mc::network_identify_queue_from_env().secret.reveal() == "secret");
}

TEST_CASE("an identify queue that the environment names") {
  ::setenv("MONOCHORD_QUEUE_URL", "http://127.0.0.1:8091", 1);
  ::setenv("MONOCHORD_QUEUE_SECRET", "secret", 1);
  //! [local-network-queue]
  // MONOCHORD_QUEUE_URL, MONOCHORD_QUEUE_SECRET and MONOCHORD_QUEUE_OWNER
  mc::client_options options;
  options.identify_queue = mc::make_network_identify_queue(mc::network_identify_queue_from_env());
  //! [local-network-queue]
  CHECK_FALSE(options.identify_queue->budget());
}

TEST_CASE("an identify queue server in a program of one's own") {
  ::setenv("MONOCHORD_QUEUE_SECRET", "secret", 1);
  const auto before = std::filesystem::current_path();
  const auto folder = std::filesystem::temp_directory_path() / ("monochord-queue-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  std::filesystem::current_path(folder);
  {
    const std::uint16_t port = 0;
    //! [server]
    mc::identify_queue_server_options served;
    served.port = port;  // 0: any free one
    served.secret = mc::token_from_env("MONOCHORD_QUEUE_SECRET");
    served.queue.max_concurrency = 16;
    served.store = mc::make_file_session_store("queue.json");
    mc::identify_queue_server server(served);
    server.start();
    //! [server]
    CHECK(server.url() == "http://127.0.0.1:" + std::to_string(server.port()));
    CHECK(server.counters().waiting == 0);
  }
  std::filesystem::current_path(before);
  std::filesystem::remove_all(folder);
}
