// SPDX-License-Identifier: MIT
// Whether a server lives, and whether it is one that never takes long.
#include "net/server_probe.hpp"

#include "loop.hpp"
#include "support/catch.hpp"

namespace monochord::net_test {
namespace {

struct watched {
  explicit watched(stage& on)
      : probe(std::make_shared<net::server_probe>(on.http_url(), on.network.transport(), client_tls(), on.sim.clock(),
                                                  "Mark")) {
    on.sim.spawn(watch(probe, on.sim.clock(), ended, code));
  }
  static task<> watch(std::shared_ptr<net::server_probe> probe, std::shared_ptr<clock> time, bool& ended,
                      error_code& code) {
    code = co_await net::server_probe::until_lost(probe, time->now() + 40s);
    ended = true;
  }
  std::shared_ptr<net::server_probe> probe;
  bool ended = false;
  error_code code;
};

}  // namespace

TEST_CASE("an answer that is late will not come from a server that bears the mark, whatever it is asked over") {
  stage on(GENERATE(false, true));
  on.server_options.refusal_headers.add("mark", "1");
  on.serve();
  watched late(on);
  on.sim.run_for(39s);
  CHECK_FALSE(late.ended);
  on.sim.run_for(2s);
  CHECK(late.ended);
  CHECK_FALSE(late.code);
  CHECK(late.probe->saw_mark());
  CHECK(on.server->counters().requests == 0);  // it was asked for nothing
}

TEST_CASE("another server is waited for as long as it lives") {
  stage on(GENERATE(false, true));
  on.serve();
  watched patient(on);
  on.sim.run_for(30min);
  CHECK_FALSE(patient.ended);
  CHECK_FALSE(patient.probe->saw_mark());
  on.network.black_hole("localhost", true);
  on.sim.run_for(2min);
  CHECK(patient.ended);
  CHECK_FALSE(patient.code);
  CHECK_FALSE(patient.probe->saw_mark());
}

}  // namespace monochord::net_test
