// SPDX-License-Identifier: MIT
// What decoding costs, on the same compressed bytes: against the least that anybody must do (inflate, and simdjson's parse
// of everything or a look at op, s and t), and against nlohmann/json. Each measurement is CPU time in a process of its own.
//   bench_codec [--check] [--once <what> [rounds]]     --once runs one of them for a profiler, e.g. under callgrind
#include <simdjson.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/events.hpp>

#include "bench/ratio.hpp"
#include "bench/traffic.hpp"
#include "protocol/inflate.hpp"
#include "support/compressor.hpp"

namespace {

using namespace monochord;
using bench::need;

constexpr double decode_budget = 1.6;
constexpr double unwanted_budget = 1.15;

std::vector<std::string> frames;
std::size_t text_bytes = 0;
std::uint64_t checksum = 0;  // keeps the work from being optimised away

// One reused zlib stream and one reused buffer: as bare as inflating can be.
class bare_inflater {
 public:
  bare_inflater() { need(inflateInit(&stream_) == Z_OK && inflateValidate(&stream_, 0) == Z_OK, "inflateInit"); }
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

struct candidate {
  const char* name;
  void (*run)();
};
constexpr candidate inflating{"inflate", inflate_only};
constexpr candidate floor_all{"inflate + simdjson full parse (floor)", dom_parse};
constexpr candidate ours_all{"ours: inflate + decode to models", [] { ours(true); }};
constexpr candidate nlohmanns{"inflate + nlohmann parse", nlohmann_parse};
constexpr candidate floor_head{"inflate + op, s, t (floor)", head_only};
constexpr candidate ours_head{"ours: event nobody wants", [] { ours(false); }};

// CPU nanoseconds an event, after one round to warm up.
bench::contender measured(const candidate& c, int rounds) {
  return {c.name, [c, rounds] {
            c.run();
            const double start = bench::cpu_seconds();
            for (int i = 0; i < rounds; ++i) c.run();
            need(checksum != 0, "nothing was read");
            return (bench::cpu_seconds() - start) / rounds / static_cast<double>(frames.size()) * 1e9;
          }};
}

bool compare(const candidate& least, const candidate& other, double budget, int rounds) {
  return bench::compare(measured(least, rounds), measured(other, rounds), budget, "ns");
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
              text_bytes / frames.size(), static_cast<double>(text_bytes) / static_cast<double>(compressed), bench::pairs);
  const int rounds = check ? 3 : 15;
  bool good = compare(floor_all, ours_all, decode_budget, rounds);
  good &= compare(floor_head, ours_head, unwanted_budget, rounds);
  if (!check) {
    compare(inflating, floor_all, 0, rounds);
    compare(ours_all, nlohmanns, 0, rounds);
  }
  return check && !good ? 1 : 0;
}
