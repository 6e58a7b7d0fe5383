// SPDX-License-Identifier: MIT
// What the figures of bot.metrics() cost of the path of an event, sockets left out, which make that path longer still:
// of one that nobody wants (inflate, read op, s and t, the session, look for handlers), and of one with a handler. Each
// measurement is CPU time in a process of its own.
//   bench_metrics [--check] [--once <what> [rounds]]     --once runs one of them for a profiler, e.g. under callgrind
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <monochord/core/clock.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/events.hpp>
#include <string>
#include <vector>

#include "bench/ratio.hpp"
#include "bench/traffic.hpp"
#include "dispatch/dispatcher.hpp"
#include "dispatch/event_tally.hpp"
#include "dispatch/handler_meter.hpp"
#include "net/limited_executor.hpp"
#include "net/task_group.hpp"
#include "protocol/handled_position.hpp"
#include "protocol/inflate.hpp"
#include "protocol/payload_input.hpp"
#include "protocol/session.hpp"
#include "support/claim_that.hpp"
#include "support/compressor.hpp"

namespace {

namespace asio = boost::asio;
using namespace monochord;
using bench::need;

constexpr double budget = 0.01;

std::vector<std::string> frames;
std::vector<std::string> types;
std::uint64_t handled = 0;

constexpr std::string_view hello = R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":41250}})";
constexpr std::string_view ready =
    R"({"t":"READY","s":1,"op":0,"d":{"v":10,"session_id":"x","resume_gateway_url":"wss://gateway.example"}})";

json::padded_text padded(std::string& space, std::string_view text) {
  space = std::string(text) + std::string(protocol::inflater::padding, '\0');
  return {space.data(), text.size(), space.size()};
}

/// As a shard and the client have it, without sockets, and without measuring handlers.
struct path {
  explicit path(bool with_handler, bool with_stream = false) {
    if (with_stream) {
      tap = events->tap(event_type_of<channel_pins_update>(), {}, detail::event_tap::kind::stream);
      return;
    }
    if (!with_handler) return;
    const auto note = [](const message_create& event) { handled += event.message.content.size() + 1; };
    events->add(event_type_of<message_create>(),
                std::make_unique<detail::typed_handler<message_create, decltype(note)>>(note));
  }
  void run() {
    protocol::inflater in(protocol::compression::zstd_stream);
    protocol::session_options options;
    options.gateway_url = "wss://gateway.example";
    options.tracks_handled = true;
    protocol::session session(options);
    json::payload_head head;
    std::string space;
    const auto now = [] { return protocol::moment{system_clock()->now(), 0.5}; };
    session.start(now());
    const auto generation = session.generation();
    session.opened(generation, now());
    protocol::feed_payload(session, generation, padded(space, hello), now(), head);
    session.permit_granted(generation, now());
    protocol::feed_payload(session, generation, padded(space, ready), now(), head);
    need(session.is_up(), "the session is not up");
    protocol::handled_position positions{std::chrono::seconds{30}};
    std::int64_t seq = 0;
    bool claimed = false;
    const detail::claim_source claims = [&] {
      claimed = true;
      return tests::claim_that([&, which = seq] { asio::post(context, [&, which] { positions.done(which); }); });
    };
    for (const auto& frame : frames) {
      session.frame(generation);
      const auto got = in.feed(frame);
      need(got.complete, "inflater");
      const json::padded_text all(got.message.data(), got.message.size(),
                                  got.message.size() + protocol::inflater::padding);
      const auto todo = protocol::feed_payload(session, generation, all, now(), head);
      if (!todo.has(protocol::action::kind::deliver)) continue;  // the first, whose number READY has
      const auto data = all.part(head.d);
      seq = static_cast<std::int64_t>(*head.s);
      claimed = false;
      events->deliver({0, *head.s, head.t, data.text()}, data, &claims);
      positions.came(seq, claimed, system_clock()->now());
      in.release();
      context.restart();
      context.poll();
    }
  }

  asio::io_context context{1};
  std::shared_ptr<net::task_group> handlers =
      std::make_shared<net::task_group>(net::make_limited_executor(context.get_executor(), 1),
                                        [](std::exception_ptr) { need(false, "a handler failed"); });
  dispatch::dispatcher_options how() {
    dispatch::dispatcher_options out;
    out.spawn = [this](std::shared_ptr<net::long_job> one, std::shared_ptr<net::place_holder> holder) {
      return handlers->spawn(std::move(one), std::move(holder));
    };
    out.clock = system_clock();
    out.max_running = 100;
    out.slow_after = std::chrono::seconds{10};
    out.background = [this](task<> work) { return handlers->spawn(std::move(work), nullptr); };
    return out;
  }
  std::shared_ptr<dispatch::dispatcher> events = std::make_shared<dispatch::dispatcher>(how());
  std::shared_ptr<detail::event_tap> tap;
};

void nobody() { path(false).run(); }
void messages() {
  const auto before = handled;
  path(true).run();
  need(handled > before, "no message was handled");
}
void nobody_beside_a_stream() { path(false, true).run(); }

dispatch::event_tally tally;
void count() {
  for (const auto& type : types) tally.count(type);
}

void count_and_time() {
  static const auto time = system_clock();
  static dispatch::handler_meter meter(time);
  for (const auto& type : types) {
    tally.count(type);
    if (type == "MESSAGE_CREATE")
      const dispatch::handler_meter::work one(&meter, dispatch::event_number(type), time->now());
  }
}

struct candidate {
  const char* name;
  void (*run)();
  int times;  // of what is so short that it would not be seen
};
constexpr candidate path_of_nobody{"event nobody wants", nobody, 1};
constexpr candidate path_of_messages{"events with a handler of messages", messages, 1};
constexpr candidate path_beside_a_stream{"events of other types than a stream's", nobody_beside_a_stream, 1};
constexpr candidate counting{"counting events", count, 100};
constexpr candidate timing{"counting and timing handlers", count_and_time, 100};

// CPU nanoseconds an event, after one round to warm up.
bench::contender measured(const candidate& c, int rounds) {
  return {c.name, [c, rounds] {
            c.run();
            const double start = bench::cpu_seconds();
            for (int i = 0; i < rounds * c.times; ++i) c.run();
            return (bench::cpu_seconds() - start) / rounds / c.times / static_cast<double>(frames.size()) * 1e9;
          }};
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  test::compressor compress(protocol::compression::zstd_stream);
  for (const auto& payload : bench::traffic().payloads(4000)) {
    frames.push_back(compress(payload));
    json::payload_head head;
    json::failure why;
    std::string padded = payload + std::string(protocol::inflater::padding, '\0');
    need(json::peek(std::string_view(padded).substr(0, payload.size()), head, why), why.reason.c_str());
    types.emplace_back(head.t);
  }
  if (argc > 2 && std::strcmp(argv[1], "--once") == 0) {
    for (const auto& c : {path_of_nobody, path_of_messages, path_beside_a_stream, counting, timing})
      if (std::strstr(c.name, argv[2])) {
        for (int rounds = argc > 3 ? std::atoi(argv[3]) : 1; rounds > 0; --rounds) c.run();
        return 0;
      }
    std::fprintf(stderr, "nothing is called %s\n", argv[2]);
    return 2;
  }
  std::printf("%zu events of a big bot's mix, zstd-stream; CPU time an event, median of %d pairs\n\n", frames.size(),
              bench::pairs);
  const int rounds = check ? 3 : 15;
  bool good = bench::compare(measured(path_of_nobody, rounds), measured(counting, rounds), budget, "ns");
  good &= bench::compare(measured(path_of_messages, rounds), measured(timing, rounds), budget, "ns");
  return check && !good ? 1 : 0;
}
