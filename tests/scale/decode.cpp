// SPDX-License-Identifier: MIT
// What each compression costs by itself: CPU time of decompressing an event, with and without decoding it, bytes on the
// wire, and the memory of a decompressor after a megabyte. Each figure is from a process of its own, the median of
// nine.
#include <array>
#include <monochord/json/codec.hpp>
#include <monochord/json/payload.hpp>
#include <monochord/model/events.hpp>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "bench/ratio.hpp"
#include "bench/traffic.hpp"
#include "protocol/inflate.hpp"
#include "scale/process.hpp"
#include "support/compressor.hpp"

namespace monochord::scale {
namespace {

using protocol::compression;

using decode_one = void (*)(const json::padded_text&);
template <class E>
void decode_event(const json::padded_text& d) {
  E event;
  json::failure why;
  bench::need(json::decode_into(event, d, why), why.path.c_str());
}
const std::unordered_map<std::string_view, decode_one>& decoders() {
  static const std::unordered_map<std::string_view, decode_one> all{
#define MONOCHORD_EVENT(type, name, intents) {name, &decode_event<type>},
#include <monochord/gateway/events.def>
#undef MONOCHORD_EVENT
  };
  return all;
}

void read_all(const std::vector<std::string>& frames, compression kind, bool decodes) {
  protocol::inflater in(kind);
  for (const auto& frame : frames) {
    const auto result = in.feed(frame);
    bench::need(result.complete, "inflater");
    if (!decodes) continue;
    json::payload_head head;
    json::failure why;
    bench::need(json::peek(result.message, head, why), "peek");
    const json::padded_text all(result.message.data(), result.message.size(),
                                result.message.size() + protocol::inflater::padding);
    decoders().at(head.t)(all.part(head.d));
  }
}

double cpu_of(const std::vector<std::string>& frames, compression kind, bool decodes) {
  std::vector<double> all;
  for (int i = 0; i < bench::pairs; ++i) {
    all.push_back(bench::in_fresh_process<double>([&] {
      constexpr int rounds = 10;
      read_all(frames, kind, decodes);
      const double begin = bench::cpu_seconds();
      for (int round = 0; round < rounds; ++round) read_all(frames, kind, decodes);
      return (bench::cpu_seconds() - begin) / rounds / static_cast<double>(frames.size()) * 1e9;
    }));
  }
  return bench::quantile(all);
}

/// What a decompressor keeps, as far as pages of it were ever touched: resident memory of a hundred that have read all
/// this.
double memory_of(const std::vector<std::string>& frames, compression kind) {
  return bench::in_fresh_process<double>([&] {
    constexpr int count = 100;
    std::vector<protocol::inflater> all;
    malloc_trim(0);
    const long before = kilobytes("/proc/self/status", "RssAnon");
    for (int i = 0; i < count; ++i) {
      protocol::inflater in(kind);
      for (const auto& frame : frames) in.feed(frame);
      in.release();
      all.push_back(std::move(in));
    }
    malloc_trim(0);
    return static_cast<double>(kilobytes("/proc/self/status", "RssAnon") - before) / count;
  });
}

}  // namespace

int decode(const arguments&) {
  const auto payloads = bench::traffic().payloads(4000);
  std::string out;
  for (const auto kind : {compression::none, compression::zlib_stream, compression::zstd_stream}) {
    std::vector<std::string> frames, megabyte;
    test::compressor compress(kind, kind == compression::zstd_stream ? 17 : 0);  // the window that readers have to hold
    std::size_t text = 0, wire = 0;
    for (const auto& payload : payloads) {
      frames.push_back(compress(payload));
      text += payload.size();
      wire += frames.back().size();
      if (text <= 1'000'000) megabyte.push_back(frames.back());
    }
    std::array<char, 400> line;
    const auto events = static_cast<double>(frames.size());
    std::snprintf(line.data(), line.size(),
                  R"("%s":{"text_bytes":%.0f,"wire_bytes":%.0f,"inflate_ns":%.0f,"decode_ns":%.0f,"context_kb":%.1f})",
                  kind == compression::none          ? "none"
                  : kind == compression::zlib_stream ? "zlib"
                                                     : "zstd",
                  static_cast<double>(text) / events, static_cast<double>(wire) / events, cpu_of(frames, kind, false),
                  cpu_of(frames, kind, true), memory_of(megabyte, kind));
    out += (out.empty() ? "" : ",") + std::string(line.data());
  }
  print("{" + out + "}");
  return 0;
}

}  // namespace monochord::scale
