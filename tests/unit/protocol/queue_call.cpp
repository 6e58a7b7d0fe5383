// SPDX-License-Identifier: MIT
#include "protocol/queue_call.hpp"

#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace monochord::protocol;
using kind = queue_call::kind;

namespace {

queue_call read(std::string_view method, std::string_view target) {
  const auto parsed = parse_queue_call(method, target);
  INFO(method << " " << target);
  if (const auto* const refusal = std::get_if<queue_call_refusal>(&parsed)) FAIL_CHECK(refusal->text);
  const auto* const call = std::get_if<queue_call>(&parsed);
  return call ? *call : queue_call{};
}

int status(std::string_view method, std::string_view target) {
  const auto parsed = parse_queue_call(method, target);
  const auto* const refusal = std::get_if<queue_call_refusal>(&parsed);
  return refusal ? refusal->status : 200;
}

}  // namespace

TEST_CASE("queue call: what Twilight's clients send") {
  CHECK(read("GET", "/?shard=42").shard == 42);
  CHECK(read("GET", "/?shard=42").is_plain());
  CHECK(read("GET", "/").shard == 0);
  CHECK(read("GET", "http://queue:5000/?shard=3").shard == 3);
  CHECK(read("GET", "http://queue:5000?shard=3").shard == 3);
  CHECK(read("GET", "/?other=1&shard=7&shards=9").shard == 7);
}

TEST_CASE("queue call: what is said is what is heard") {
  queue_call call;
  call.shard = 1'000'000;
  CHECK(read("GET", target_of(call)) == call);
  call.owner = "cluster-1.of_2";
  call.run = "0123456789abcdef";
  call.number = UINT64_MAX;
  call.wait = 25s;
  call.refuse_when_spent = true;
  CHECK(target_of(call) ==
        "/?shard=1000000&owner=cluster-1.of_2&run=0123456789abcdef&ask=18446744073709551615&wait=25000&spent=refuse");
  CHECK(read("GET", target_of(call)) == call);
  call.wait = 0ms;
  call.refuse_when_spent = false;
  for (const auto what : {kind::sent, kind::unused, kind::done}) {
    call.what = what;
    call.identified = what == kind::done;
    CHECK(method_of(call) == "POST");
    CHECK(read("POST", target_of(call)) == call);
  }
  CHECK(read("GET", "/health").what == kind::health);
  queue_call meets;
  meets.what = kind::reshard;
  CHECK(method_of(meets) == "POST");
  CHECK(target_of(meets) == "/reshard");
  CHECK(read("POST", "/reshard?shard=nothing") == meets);
  CHECK(status("GET", "/reshard") == 405);
  CHECK(most_body_bytes(meets) == 26'000);
  CHECK(most_body_bytes(call) == 4096);
}

TEST_CASE("queue call: nonsense is refused with its status") {
  for (const auto* query :
       {"shard=-1", "shard=", "shard", "shard=1e3", "shard=1000001", "shard=99999999999999999999", "shard=+1",
        "shard=1%30", "shard=1&shard=2", "shard=1&owner=a", "shard=1&owner=a&run=b", "shard=1&owner=a%20b&run=b&ask=1",
        "shard=1&owner=&run=b&ask=1", "shard=1&owner=a&run=b&ask=x", "shard=1&wait=5", "shard=1&spent=never",
        "shard=1&owner=a&run=b&ask=1&wait=60001"})
    CHECK(status("GET", "/?" + std::string(query)) == 400);
  CHECK(status("GET", "/?shard=1&owner=" + std::string(65, 'a') + "&run=b&ask=1") == 400);
  CHECK(status("POST", "/sent?shard=1") == 400);
  CHECK(status("POST", "/done?shard=1&owner=a&run=b&ask=1") == 400);
  CHECK(status("POST", "/unused?owner=a&run=b&ask=1") == 400);
  CHECK(status("POST", "/?shard=1") == 405);
  CHECK(status("GET", "/sent?shard=1&owner=a&run=b&ask=1") == 405);
  CHECK(status("GET", "/healthy") == 404);
  CHECK(status("GET", "//?shard=1") == 404);
}
