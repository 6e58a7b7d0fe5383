// SPDX-License-Identifier: MIT
// The mock Discord of scale_test.py: sends every session its megabyte, cuts all connections at once, and tells when
// they came back.
//   scale mock --shards N [--heartbeat MS] [--identify-interval MS] [--max-concurrency N] [--budget N] [--ca-file PATH]
#include <fstream>
#include <monochord/core/clock.hpp>
#include <monochord/testing/mock_discord.hpp>
#include <sstream>

#include "bench/traffic.hpp"
#include "core/descriptor_limit.hpp"
#include "scale/process.hpp"

namespace monochord::scale {
namespace {

using testing::mock_counters;

/// One of the events of a guild with many members, so that buffers have to grow far over what is usual.
std::string large_event(std::size_t bytes) {
  std::string d = R"({"guild_id":"175928847299117063","chunk_index":0,"chunk_count":1,"members":[)";
  for (int i = 0; d.size() < bytes; ++i) {
    if (i != 0) d += ",";
    const std::string id = std::to_string(175928847299117064U + static_cast<unsigned>(i) * 4'194'304'003U);
    d +=
        R"({"user":{"id":")" + id + R"(","username":"user_)" + std::to_string(i) +
        R"(","discriminator":"0","avatar":null},)" +
        R"("roles":["41771983423143936"],"joined_at":"2024-03-01T10:10:10.123000+00:00","deaf":false,"mute":false,"flags":0})";
  }
  return d + "]}";
}

class server {
 public:
  explicit server(const arguments& given)
      : shards_(static_cast<std::size_t>(given.number("shards", 1))), discord_(options(given)) {
    discord_.start();
    std::ofstream file(given.text("ca-file", ""));
    if (!(file << discord_.ca_pem()) || !file.flush()) throw std::runtime_error("cannot write the file of --ca-file");
  }

  void greet() const {
    print(R"({"rest":")" + discord_.rest_url() + R"(","port":)" + std::to_string(discord_.port()) + R"(,"token":")" +
          discord_.token() + "\"}");
  }

  std::string answer(const std::string& line) {
    std::istringstream in(line);
    std::string command;
    long value = 0;
    in >> command >> value;
    if (command == "fill") return fill(static_cast<std::size_t>(value));
    if (command == "readies")
      return waited(in, value,
                    [value](const mock_counters& c) { return c.readies >= static_cast<std::uint64_t>(value); });
    if (command == "resumed")
      return waited(in, value,
                    [value](const mock_counters& c) { return c.resumed >= static_cast<std::uint64_t>(value); });
    if (command == "cut") {
      cut_ = std::chrono::steady_clock::now();
      discord_.disconnect();
      return "{\"done\":true}";
    }
    if (command == "arrivals") return arrivals();
    if (command == "state") return state();
    throw std::runtime_error("unknown command " + command);
  }

 private:
  static testing::mock_options options(const arguments& given) {
    testing::mock_options out;
    out.recommended_shards = static_cast<int>(given.number("shards", 1));
    out.max_concurrency = static_cast<int>(given.number("max-concurrency", 16));
    out.session_start_limit = static_cast<int>(given.number("budget", 2000));
    out.heartbeat_interval = std::chrono::milliseconds(given.number("heartbeat", 41'250));
    out.identify_interval = std::chrono::milliseconds(given.number("identify-interval", 5000));
    out.replay_limit = 100;  // all of them remember what they sent; nothing is sent while connections are cut
    return out;
  }

  /// `value` and then how many seconds it may take stand in the command; tells how many it took.
  template <class Condition>
  std::string waited(std::istringstream& in, long, Condition condition) {
    long limit = 30;
    in >> limit;
    const auto begin = std::chrono::steady_clock::now();
    const bool met = discord_.wait_until(condition, std::chrono::seconds(limit));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    return std::string("{\"met\":") + (met ? "true" : "false") + ",\"seconds\":" + std::to_string(took.count()) + "}";
  }

  /// A quarter is one huge event, a half are large ones like those of guilds at the start, and a quarter is what bots
  /// read all day.
  std::string fill(std::size_t bytes) {
    std::size_t sent = 0;
    std::size_t events = 0;
    std::size_t messages = 0;
    bench::traffic mix;
    const auto send = [&](std::string_view name, const std::string& d) {
      const auto before = discord_.counters().events_sent;
      discord_.send_event(name, d);
      sent += d.size();
      ++events;
      messages += name == "MESSAGE_CREATE";
      // One after the other: what waits in a queue for every session would be most of this process.
      if (!discord_.wait_until([&](const mock_counters& c) { return c.events_sent >= before + shards_; },
                               std::chrono::seconds{60}))
        throw std::runtime_error("not every session takes what it is sent");
    };
    constexpr std::size_t large = 25;
    send("GUILD_MEMBERS_CHUNK", large_event(bytes / 4));
    for (std::size_t i = 0; i < large; ++i) send("GUILD_MEMBERS_CHUNK", large_event(bytes / 2 / large));
    while (sent < bytes) {
      for (const auto& payload : mix.payloads(1)) {
        const auto name_end = payload.find('"', 6);
        const auto d = payload.find("\"d\":", name_end) + 4;
        send(payload.substr(6, name_end - 6), payload.substr(d, payload.size() - d - 1));
      }
    }
    return "{\"events\":" + std::to_string(events) + ",\"messages\":" + std::to_string(messages) +
           ",\"bytes\":" + std::to_string(sent) + "}";
  }

  std::string arrivals() const {
    std::string out;
    for (const auto when : discord_.connection_times()) {
      if (when < cut_) continue;
      out += (out.empty() ? "" : ",") +
             std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(when - cut_).count());
    }
    return "{\"arrivals_ms\":[" + out + "]}";
  }

  std::string state() const {
    const auto now = discord_.counters();
    std::string violations;
    for (const auto& one : discord_.violations())
      if (violations.size() < 2000) violations += (violations.empty() ? "\"" : ",\"") + one.kind + "\"";
    return "{\"sockets\":" + std::to_string(now.connections) + ",\"open\":" + std::to_string(now.open_connections) +
           ",\"identifies\":" + std::to_string(now.identifies) + ",\"resumes\":" + std::to_string(now.resumes) +
           ",\"resumed\":" + std::to_string(now.resumed) + ",\"heartbeats\":" + std::to_string(now.heartbeats) +
           ",\"acks\":" + std::to_string(now.heartbeat_acks) + ",\"events\":" + std::to_string(now.events_sent) +
           ",\"invalid_sessions\":" + std::to_string(now.invalid_sessions) + ",\"violations\":[" + violations + "]," +
           measured() + "}";
  }

  const std::size_t shards_;
  testing::mock_discord discord_;
  time_point cut_{};
};

}  // namespace

int mock(const arguments& given) {
  detail::provide_all_descriptors();
  server here(given);
  here.greet();
  for (std::string line; std::getline(std::cin, line);) print(here.answer(line));
  return 0;
}

}  // namespace monochord::scale
