// SPDX-License-Identifier: MIT
#include "testing/stream_compressor.hpp"

#include <zlib.h>
#include <zstd.h>

#include <string>
#include <vector>

#include "support/catch.hpp"

using monochord::testing::stream_compressor;

namespace {

std::vector<std::string> texts() {
  std::vector<std::string> out{"{}", R"({"op":11})", ""};
  std::string large;
  for (int i = 0; i < 20'000; ++i) large += std::to_string(i * 7919);
  out.push_back(large);
  out.push_back(large);
  return out;
}

}  // namespace

TEST_CASE("zlib-stream: one context, each message ends with the marker and inflates by itself in order") {
  const auto compressor = stream_compressor::zlib();
  z_stream in{};
  REQUIRE(inflateInit(&in) == Z_OK);
  for (const auto& text : texts()) {
    std::string data(compressor->compress(text));
    if (!text.empty()) CHECK(data.substr(data.size() - 4) == std::string("\0\0\xff\xff", 4));
    std::string out(text.size() + 64, '\0');
    in.next_in = reinterpret_cast<Bytef*>(data.data());
    in.avail_in = static_cast<uInt>(data.size());
    in.next_out = reinterpret_cast<Bytef*>(out.data());
    in.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&in, Z_SYNC_FLUSH);
    CHECK((result == Z_OK || result == Z_BUF_ERROR));
    out.resize(out.size() - in.avail_out);
    CHECK(out == text);
  }
  inflateEnd(&in);
}

TEST_CASE("zstd-stream: one frame that never ends, flushed after each message") {
  const auto compressor = stream_compressor::zstd();
  ZSTD_DCtx* const context = ZSTD_createDCtx();
  for (const auto& text : texts()) {
    const std::string data(compressor->compress(text));
    std::string out(text.size() + 64, '\0');
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    while (in.pos < in.size) REQUIRE(ZSTD_isError(ZSTD_decompressStream(context, &to, &in)) == 0);
    out.resize(to.pos);
    CHECK(out == text);
  }
  ZSTD_freeDCtx(context);
}
