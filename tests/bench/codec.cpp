// SPDX-License-Identifier: MIT
// What decoding costs, on the same compressed bytes: against the least that anybody must do (inflate, and simdjson's parse
// of everything or a look at op, s and t), and against nlohmann/json. Each measurement is CPU time in a process of its own.
//   bench_codec [--check] [--once <what> [rounds]]     --once runs one of them for a profiler, e.g. under callgrind
#include <simdjson.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/events.hpp>

#include "bench/traffic.hpp"
#include "protocol/inflate.hpp"
#include "support/compressor.hpp"

namespace {

using namespace monochord;

constexpr int pairs = 9;
constexpr double decode_budget = 1.6;
constexpr double unwanted_budget = 1.15;

std::vector<std::string> frames;
std::size_t text_bytes = 0;
std::uint64_t checksum = 0;  // keeps the work from being optimised away

void need(bool good, const char* what) {
  if (good) return;
  std::fprintf(stderr, "bench_codec: %s\n", what);
  std::_Exit(2);
}

// One reused zlib stream and one reused buffer: as bare as inflating can be.
class bare_inflater {
 public:
  bare_inflater() { need(inflateInit(&stream_) == Z_OK, "inflateInit"); }
  ~bare_inflater() { inflateEnd(&stream_); }
  std::string_view feed(const std::string& frame) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(frame.data()));
    stream_.avail_in = static_cast<uInt>(frame.size());
    stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
    stream_.avail_out = static_cast<uInt>(buffer_.size() - simdjson::SIMDJSON_PADDING);
    need(inflate(&stream_, Z_SYNC_FLUSH) == Z_OK && stream_.avail_in == 0, "inflate");
    return {buffer_.data(), buffer_.size() - simdjson::SIMDJSON_PADDING - stream_.avail_out};
  }

 private:
  z_stream stream_{};
  std::string buffer_ = std::string(65536, '\0');
};

void inflate_only() {
  bare_inflater in;
  for (const auto& frame : frames) checksum += in.feed(frame).size();
}

void dom_parse() {
  bare_inflater in;
  simdjson::dom::parser parser;
  for (const auto& frame : frames) {
    const std::string_view text = in.feed(frame);
    simdjson::dom::element element;
    need(parser.parse(text.data(), text.size(), false).get(element) == simdjson::SUCCESS, "simdjson");
    checksum += element.is_object();
  }
}

// op, s and t where Discord puts them, and not one byte more.
void head_only() {
  bare_inflater in;
  for (const auto& frame : frames) {
    const std::string_view text = in.feed(frame);
    need(text.starts_with(R"({"t":")"), "t");
    const std::size_t end = text.find('"', 6);
    std::size_t at = end + 6;
    std::uint64_t s = 0;
    while (text[at] >= '0' && text[at] <= '9') s = s * 10 + static_cast<std::uint64_t>(text[at++] - '0');
    checksum += s + static_cast<std::uint64_t>(text[at + 6] - '0') + (end - 6);
  }
}

using decode_one = void (*)(const json::padded_text&);
template <class E>
void decode_event(const json::padded_text& d) {
  E event;
  json::failure why;
  need(json::decode_into(event, d, why), (why.path + ": " + why.reason).c_str());
  checksum += sizeof event;
}
const std::unordered_map<std::string_view, decode_one>& decoders() {
  static const std::unordered_map<std::string_view, decode_one> all{
#define MONOCHORD_EVENT(type, name, intents) {name, &decode_event<type>},
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
  };
  return all;
}

void ours(bool wanted) {
  protocol::inflater in(protocol::compression::zlib_stream);
  for (const auto& frame : frames) {
    const auto result = in.feed(frame);
    need(result.complete, "inflater");
    json::payload_head head;
    json::failure why;
    need(json::peek(result.message, head, why), why.reason.c_str());
    checksum += *head.s + head.t.size();
    if (!wanted) continue;
    const json::padded_text all(result.message.data(), result.message.size(), result.message.size() + protocol::inflater::padding);
    decoders().at(head.t)(all.part(head.d));
  }
}

void nlohmann_parse() {
  bare_inflater in;
  for (const auto& frame : frames) checksum += nlohmann::json::parse(in.feed(frame)).size();
}

struct contender {
  const char* name;
  void (*run)();
};
constexpr contender inflating{"inflate", inflate_only};
constexpr contender floor_all{"inflate + simdjson full parse (floor)", dom_parse};
constexpr contender ours_all{"ours: inflate + decode to models", [] { ours(true); }};
constexpr contender nlohmanns{"inflate + nlohmann parse", nlohmann_parse};
constexpr contender floor_head{"inflate + op, s, t (floor)", head_only};
constexpr contender ours_head{"ours: event nobody wants", [] { ours(false); }};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// CPU nanoseconds an event, in a fresh process, after one round to warm up.
double measure(const contender& c, int rounds) {
  int ends[2];
  need(pipe(ends) == 0, "pipe");
  const pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    c.run();
    const double start = cpu_seconds();
    for (int i = 0; i < rounds; ++i) c.run();
    const double spent = (cpu_seconds() - start) / rounds / static_cast<double>(frames.size()) * 1e9;
    const bool written = write(ends[1], &spent, sizeof spent) == sizeof spent;
    std::_Exit(written && checksum != 0 ? 0 : 2);
  }
  double spent = 0;
  int status = 0;
  close(ends[1]);
  const bool got = read(ends[0], &spent, sizeof spent) == sizeof spent;
  close(ends[0]);
  waitpid(child, &status, 0);
  need(got && status == 0, "a measurement failed");
  return spent;
}

double median(std::vector<double> all, double part = 0.5) {
  std::sort(all.begin(), all.end());
  return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1) + 0.5)];
}

// Alternating pairs; true when the lower quartile of the ratio keeps to the budget (0: there is none).
bool compare(const contender& least, const contender& other, double budget, int rounds) {
  std::vector<double> a, b, ratio;
  for (int i = 0; i < pairs; ++i) {
    a.push_back(measure(least, rounds));
    b.push_back(measure(other, rounds));
    ratio.push_back(b.back() / a.back());
  }
  std::printf("%-40s %8.0f ns\n%-40s %8.0f ns   ratio %.3f (quartiles %.3f to %.3f)", least.name, median(a), other.name, median(b),
              median(ratio), median(ratio, 0.25), median(ratio, 0.75));
  if (budget > 0) std::printf("   budget %.2f", budget);
  const bool good = budget == 0 || median(ratio, 0.25) <= budget;
  std::printf("%s\n\n", good ? "" : "   OVER");
  std::fflush(stdout);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  const auto payloads = bench::traffic().payloads(4000);
  test::compressor compress(protocol::compression::zlib_stream);
  std::size_t compressed = 0;
  for (const auto& payload : payloads) {
    frames.push_back(compress(payload));
    text_bytes += payload.size();
    compressed += frames.back().size();
  }
  if (argc > 2 && std::strcmp(argv[1], "--once") == 0) {
    for (const auto& c : {inflating, floor_all, ours_all, nlohmanns, floor_head, ours_head})
      if (std::strstr(c.name, argv[2])) {
        for (int rounds = argc > 3 ? std::atoi(argv[3]) : 1; rounds > 0; --rounds) c.run();
        return 0;
      }
    std::fprintf(stderr, "nothing is called %s\n", argv[2]);
    return 2;
  }
  std::printf("%zu events, %zu bytes on average, %.1f times compressed; CPU time an event, median of %d pairs\n\n", frames.size(),
              text_bytes / frames.size(), static_cast<double>(text_bytes) / static_cast<double>(compressed), pairs);
  const int rounds = check ? 3 : 15;
  bool good = compare(floor_all, ours_all, decode_budget, rounds);
  good &= compare(floor_head, ours_head, unwanted_budget, rounds);
  if (!check) {
    compare(inflating, floor_all, 0, rounds);
    compare(ours_all, nlohmanns, 0, rounds);
  }
  return check && !good ? 1 : 0;
}
