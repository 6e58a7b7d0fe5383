// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/clock.hpp>

namespace monochord::testing {

/// What the answer of a matching REST route is instead of the real one. Faults are tried in their order, and the first
/// that strikes is played alone.
struct rest_fault {
  enum class kind {
    status,              ///< `status` with `body` (HTML or JSON as given); carried out first only when `acts`
    route_429,           ///< a 429 of the route's bucket, `retry_after`
    shared_429,          ///< a 429 with scope `shared`, as all are until `retry_after` has passed
    global_429,          ///< a global 429
    sub_limit_429,       ///< a 429 with scope `user` whose headers say that the bucket has requests left, as for names
                         ///< of channels; the route is closed for that channel, guild or webhook, the bucket stays open
    cloudflare_block,    ///< a 429 with an HTML body and none of Discord's headers; all is refused for `retry_after`
    drop_before_answer,  ///< the call is carried out, the connection ends without an answer
    drop_before_acting,  ///< the connection ends, nothing was carried out
    no_rate_limit_headers,
    new_bucket,          ///< the route has another bucket hash from the next request on
    merge_bucket,        ///< the route shares the bucket of `with` from the next request on
    late,                ///< carried out at once, answered `delay` later
  };
  kind what = kind::status;
  std::string method{};  ///< empty: any
  std::string route{};   ///< as the tables write it, `/channels/{channel_id}/messages`; empty: any
  int times = 1;         ///< how many requests it strikes
  int status = 502;
  std::string body{};
  std::chrono::milliseconds retry_after{1000};
  std::chrono::milliseconds delay{0};  ///< for every kind: how much later the answer, or the end of the connection, comes
  bool acts = false;             ///< `status`: the effect is done, only the answer is another
  bool retry_after_header = true;  ///< `cloudflare_block`: whether the page comes with one
  std::string with{};            ///< `merge_bucket`: the other route, like `GET /channels/{channel_id}`
  int skip = 0;                  ///< how many matching requests pass before it
  time_point from{};             ///< on the mock's clock: what comes earlier passes
  double chance = 1.0;           ///< below 1: each matching request is struck with this chance, drawn from `seed`
  std::uint64_t seed = 0;        ///< the same seed strikes the same requests; moves on with each draw
};

/// Answers that Discord and its front give, as faults that strike the next request of any route.
namespace rest_faults {

/// An error as Discord's JSON, with the message that belongs to the code: 401 with 0, 50014, 50027 or 40001, 404 with
/// 10015 and so on.
rest_fault discord_error(int status, int code);
/// A page of the front: 502, 503, 520 to 524.
rest_fault page(int status);
/// 202 with 110000: the search index is not ready yet.
rest_fault index_not_ready(std::chrono::milliseconds retry_after);

}  // namespace rest_faults

/// Misbehaviour of the network or of Discord, as a test wants it now. Everything off is the default.
struct mock_faults {
  bool swallow_after_ready = false;   ///< once a session is READY or RESUMED: nothing read, nothing sent, no FIN
  bool never_answer_close = false;    ///< the client's close frame is not answered, the socket stays open
  int refuse_connections = 0;         ///< the next n TCP connections end at once
  int refuse_upgrades = 0;            ///< the next n websocket upgrades are answered with `upgrade_status`
  int upgrade_status = 503;
  bool no_hello = false;              ///< connections open, hello never comes
  int close_at_resume = 0;            ///< the next n RESUMEs are closed with 1006's equivalent (a drop) before RESUMED
  int op9_at_resume = 0;              ///< the next n RESUMEs get INVALID_SESSION d=false
  int op9_at_identify = 0;            ///< the next n IDENTIFYs get INVALID_SESSION d=false
  std::chrono::milliseconds ready_delay{0};
  bool no_heartbeat_acks = false;
  std::size_t fragment_bytes = 0;     ///< 0: each payload is one frame; otherwise it is split into frames of n bytes
  std::size_t flush_in_pieces = 0;    ///< 0: each payload is one message; otherwise compressed data is split into messages
  std::optional<std::size_t> cut_after_events{};  ///< drop every connection after n more dispatches, once
  bool dead_resume_url = false;       ///< READY names a resume_gateway_url where nothing listens
  bool resume_url_down = false;       ///< upgrades at the resume_gateway_url that READY named are answered with 503
  bool guilds_stay_unavailable = false;         ///< GUILD_CREATE never follows READY
  std::vector<rest_fault> rest{};
};

}  // namespace monochord::testing
