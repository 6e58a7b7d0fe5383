// SPDX-License-Identifier: MIT
// What an event costs the whole client, from a TLS socket on loopback to the end of its handlers: beside a bare Beast
// websocket that inflates and parses the same bytes, and what a second thread brings. The server is another process.
//   bench_events [--check] [--once <what> [events]]     --once runs one of them for a profiler

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <monochord/cache/cache.hpp>
#include <monochord/client.hpp>
#include <monochord/core/error.hpp>
#include <monochord/model/events.hpp>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/bare_reader.hpp"
#include "bench/callgrind.hpp"
#include "bench/gateway_server.hpp"
#include "bench/ratio.hpp"

namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using namespace monochord;
using bench::need;
using bench::stream_plan;
using protocol::compression;

const bench::bound wanted_budget(1.6, 6);
const bench::bound unwanted_budget(1.15, 1.8);
constexpr double scaling_budget = 0.85;

stream_plan plan;
bench::stream_facts facts;
std::string ca_pem, ca_file;

/// CPU time and the clock on the wall, from the first stream's first event that counts to the last stream's last.
class measure {
 public:
  struct figures {
    double cpu = 0, wall = 0;
  };
  void mark() {
    const std::lock_guard lock(mutex_);
    const figures now{bench::cpu_seconds(),
                      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count()};
    end_ = now;
    if (marks_++ == 0) {
      begin_ = now;
      CALLGRIND_START_INSTRUMENTATION;
    } else {
      CALLGRIND_STOP_INSTRUMENTATION;
    }
  }
  std::size_t marks() const {
    const std::lock_guard lock(mutex_);
    return marks_;
  }
  /// Microseconds an event.
  figures result() const {
    const double each = 1e6 / static_cast<double>(plan.events);
    return {(end_.cpu - begin_.cpu) * each, (end_.wall - begin_.wall) * each};
  }

 private:
  mutable std::mutex mutex_;
  std::size_t marks_ = 0;
  figures begin_, end_;
};

// --- the floor ---

std::uint64_t read_number(const char*& at, const char* end) {
  const char* const from = at;
  std::uint64_t n = 0;
  for (; at != end && *at >= '0' && *at <= '9'; ++at) n = n * 10 + static_cast<std::uint64_t>(*at - '0');
  need(at != from, "a number");
  return n;
}
void read_text(const char*& at, const char* end, std::string_view what) {
  need(static_cast<std::size_t>(end - at) >= what.size() && std::memcmp(at, what.data(), what.size()) == 0,
       "the head of a payload");
  at += what.size();
}

/// op, s and t where Discord puts them, and not one byte more.
std::uint64_t read_head(std::string_view text) {
  const char *at = text.data(), *const end = at + text.size();
  read_text(at, end, R"({"t":)");
  if (*at == 'n') return 0;  // HELLO
  ++at;
  const auto* const quote = static_cast<const char*>(std::memchr(at, '"', static_cast<std::size_t>(end - at)));
  need(quote != nullptr && end[-1] == '}', "t");
  const auto name_size = static_cast<std::uint64_t>(quote - at);
  at = quote + 1;
  read_text(at, end, R"(,"s":)");
  const std::uint64_t s = read_number(at, end);
  read_text(at, end, R"(,"op":)");
  const std::uint64_t op = read_number(at, end);
  read_text(at, end, R"(,"d":)");
  return s + op + name_size;
}

/// What the floor does with each message of a shard.
class bare_take {
 public:
  enum class care { parse, head };

  bare_take(care what, unsigned shards, measure& to) : what_(what), shards_(shards), to_(to) {}
  bool operator()(std::string_view text) {
    checksum_ += what_ == care::parse ? parse_(text) : read_head(text);
    if (++messages_ == plan.messages_before(shards_) + 1 || messages_ == last()) to_.mark();
    return messages_ != last();
  }
  /// Of what was read: keeps the work from being optimised away.
  std::uint64_t checksum() const noexcept { return checksum_; }

 private:
  std::size_t last() const { return plan.messages_before(shards_) + plan.of(shards_) + 2; }

  const care what_;
  const unsigned shards_;
  measure& to_;
  bench::bare_parser parse_;
  std::size_t messages_ = 0;
  std::uint64_t checksum_ = 0;
};

measure::figures bare(compression kind, bare_take::care what, unsigned shards, unsigned threads) {
  ssl::context tls(ssl::context::tls_client);
  tls.set_verify_mode(ssl::verify_peer);
  tls.add_certificate_authority(asio::buffer(ca_pem));
  measure to;
  const auto some = [&](unsigned first, unsigned count) {
    asio::io_context context(1);
    std::vector<std::unique_ptr<bench::bare_reader<bare_take>>> all;
    for (unsigned i = first; i < first + count; ++i) {
      all.push_back(std::make_unique<bench::bare_reader<bare_take>>(
          context, tls, kind == compression::zstd_stream, bare_take(what, shards, to)));
      all.back()->open(facts.port, i, shards);
    }
    context.run();
    for (const auto& one : all) need(one->take().checksum() != 0, "the floor has read nothing");
  };
  std::vector<std::thread> more;
  for (unsigned i = 1; i < threads; ++i) more.emplace_back([&, i] { some(i * (shards / threads), shards / threads); });
  some(0, shards / threads);
  for (auto& one : more) one.join();
  need(to.marks() == 2 * shards, "the floor has not read everything");
  return to.result();
}

// --- ours ---

enum class use { messages, cache, handler, nothing };

/// `threads` 0: as a bot has it that asks for nothing; else the client runs on so many of ours.
measure::figures ours(compression kind, use what, unsigned shards, unsigned threads) {
  asio::io_context context(static_cast<int>(threads));
  client_options options;
  options.intents = all_intents;
  options.rest_url = "https://127.0.0.1:" + std::to_string(facts.port) + "/api/v10";
  options.ca_file = ca_file;
  options.compression =
      kind == compression::zlib_stream ? gateway_compression::zlib_stream : gateway_compression::zstd_stream;
  options.shards = shard_plan::of(static_cast<int>(shards));
  options.log = log_level::warning;
  if (threads > 0) options.executor = context.get_executor();
  if (what == use::nothing || what == use::handler) options.cache.policy.kinds = {};
  client bot(token("secret"), options);
  measure to;
  std::atomic<std::size_t> messages{0};
  bot.on_error([](std::exception_ptr, const raw_event& event) {
    need(false, ("an event failed: " + std::string(event.name)).c_str());
  });
  bot.on<webhooks_update>([&](const webhooks_update&) {
    to.mark();
    if (to.marks() == 2 * shards) bot.stop();
  });
  if (what == use::messages || what == use::handler)
    bot.on<message_create>([&](const message_create& event) {
      if (!event.message.content.empty()) messages.fetch_add(1, std::memory_order_relaxed);
    });
  if (threads == 0) {
    bot.run();
  } else {
    asio::co_spawn(context, bot.async_run(), [](std::exception_ptr thrown) { need(!thrown, "the client"); });
    std::vector<std::thread> more;
    for (unsigned i = 1; i < threads; ++i) more.emplace_back([&] { context.run(); });
    context.run();
    for (auto& one : more) one.join();
  }
  need(to.marks() == 2 * shards, "the client has not read everything");
  need(what == use::nothing || what == use::cache || messages == facts.messages[shards == 1 ? 0 : 1],
       "messages were not handled");
  return to.result();
}

// --- what is compared ---

double floor_parse(compression kind) { return bare(kind, bare_take::care::parse, 1, 1).cpu; }
double floor_head(compression kind) { return bare(kind, bare_take::care::head, 1, 1).cpu; }
double wanted(compression kind) { return ours(kind, use::messages, 1, 0).cpu; }
double cached(compression kind) { return ours(kind, use::cache, 1, 0).cpu; }
double handled(compression kind) { return ours(kind, use::handler, 1, 0).cpu; }
double unwanted(compression kind) { return ours(kind, use::nothing, 1, 0).cpu; }
template <unsigned Threads>
double bare_shards(compression kind) {
  return bare(kind, bare_take::care::parse, stream_plan::max_shards, Threads).wall;
}
template <unsigned Threads>
double our_shards(compression kind) {
  return ours(kind, use::messages, stream_plan::max_shards, Threads).wall;
}

struct candidate {
  const char* key;
  const char* name;
  double (*run)(compression);
};
constexpr candidate candidates[] = {
    {"floor-parse", "bare Beast, inflate, simdjson (floor)", floor_parse},
    {"wanted", "ours: cache, handler of messages", wanted},
    {"floor-head", "bare Beast, inflate, op, s, t (floor)", floor_head},
    {"unwanted", "ours: no cache, no handler", unwanted},
    {"cached", "ours: cache, no handler", cached},
    {"handled", "ours: no cache, handler of messages", handled},
    {"bare-1", "bare Beast, 4 shards on 1 thread", bare_shards<1>},
    {"bare-2", "bare Beast, 4 shards on 2 threads", bare_shards<2>},
    {"ours-1", "ours: 4 shards on 1 thread", our_shards<1>},
    {"ours-2", "ours: 4 shards on 2 threads", our_shards<2>},
};
const candidate& find(std::string_view key) {
  for (const auto& one : candidates)
    if (one.key == key) return one;
  std::fprintf(stderr, "nothing is called %.*s\n", static_cast<int>(key.size()), key.data());
  std::exit(2);
}

std::string named(const char* what, compression kind) {
  return std::string(what) + ", " + std::string(protocol::name(kind));
}

bool compare(const char* least, const char* other, compression kind, const bench::bound& to, int rounds) {
  const std::string names[] = {named(find(least).name, kind), named(find(other).name, kind)};
  return bench::compare({names[0].c_str(), [=] { return find(least).run(kind); }},
                        {names[1].c_str(), [=] { return find(other).run(kind); }}, to, "us an event", rounds);
}

/// True when the upper quartile of our gain / the bare readers' gain keeps to the budget.
bool compare_gains(compression kind, int rounds) {
  const auto wall = [kind](const char* key) {
    return bench::in_fresh_process<double>([=] { return find(key).run(kind); });
  };
  std::vector<double> bare_gain, our_gain, part;
  for (int i = 0; i < rounds; ++i) {
    const double bare_one = wall("bare-1"), our_one = wall("ours-1"), bare_two = wall("bare-2"),
                 our_two = wall("ours-2");
    bare_gain.push_back(bare_one / bare_two);
    our_gain.push_back(our_one / our_two);
    part.push_back(our_gain.back() / bare_gain.back());
  }
  bench::figure(named("a 2nd thread, 4 shards, bare Beast", kind).c_str(), bench::quantile(bare_gain), "x");
  bench::figure(named("a 2nd thread, 4 shards, ours", kind).c_str(), bench::quantile(our_gain), "x");
  const bool good = bench::quantile(part, 0.75) >= scaling_budget;
  std::printf("our gain is %.3f of the bare readers' (quartiles %.3f to %.3f)   at least %.2f%s\n\n",
              bench::quantile(part), bench::quantile(part, 0.25), bench::quantile(part, 0.75), scaling_budget,
              good ? "" : "   UNDER");
  std::fflush(stdout);
  // As what stands for a budget everywhere else: less is better.
  const auto name = named("bare Beast's gain by a 2nd thread over ours", kind);
  bench::record({{"name", name},
                 {"value", 1 / bench::quantile(part)},
                 {"unit", "x"},
                 {"budget", 1 / scaling_budget},
                 {"good", good}});
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const bool once = argc > 2 && std::strcmp(argv[1], "--once") == 0;
  const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  bench::checking = check;
  plan.events = once && argc > 3 ? std::strtoul(argv[3], nullptr, 10) : check ? 10'000 : 300'000;
  const testing::test_ca authority;
  ca_pem = authority.pem();
  ca_file =
      (std::filesystem::temp_directory_path() / ("monochord_bench_" + std::to_string(getpid()) + ".pem")).string();
  authority.write_pem(ca_file);
  bool good = true;
  {
    const bench::gateway_server server(plan, authority);
    facts = server.facts();
    if (once) {
      const std::string_view asked = argv[2];
      const auto at = asked.find(':');
      const auto kind = asked.substr(at == asked.npos ? asked.size() : at + 1) == "zlib" ? compression::zlib_stream
                                                                                         : compression::zstd_stream;
      std::printf("%.3f us an event\n", find(asked.substr(0, at)).run(kind));
    } else {
      std::printf(
          "%zu events of a big bot's mix over TLS on loopback, %zu bytes each, %zu with zlib-stream, %zu with "
          "zstd-stream; CPU time of "
          "the client's process\n\n",
          plan.events, facts.text_bytes, facts.wire_bytes[0], facts.wire_bytes[1]);
      for (const auto kind : bench::kinds) {
        good &= compare("floor-parse", "wanted", kind, wanted_budget, check ? 5 : bench::pairs);
        good &= compare("floor-head", "unwanted", kind, unwanted_budget, check ? 5 : bench::pairs);
      }
      if (check) std::printf("what a second thread brings wants a quiet machine: only without --check\n");
      for (const auto kind : bench::kinds) good &= check || compare_gains(kind, bench::pairs);
    }
  }
  std::filesystem::remove(ca_file);
  return good ? 0 : 1;
}
