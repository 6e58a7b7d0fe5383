// SPDX-License-Identifier: MIT
#include "protocol/inflate.hpp"

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/compressor.hpp"
#include "support/step_failures.hpp"

using namespace monochord;
using namespace monochord::protocol;
using monochord::test::compressor;

namespace {
const std::vector<compression> every_kind{compression::none, compression::zlib_stream, compression::zstd_stream};

std::string some_text(std::size_t size, unsigned seed = 1) {
  std::string out;
  while (out.size() < size) {
    seed = seed * 1103515245U + 12345U;
    out += static_cast<char>(' ' + (seed >> 16) % 90);
  }
  return out;
}
}  // namespace

TEST_CASE("messages of one connection share a context and come out as they went in") {
  for (const auto kind : every_kind) {
    INFO(name(kind));
    compressor pack(kind);
    inflater unpack(kind);
    for (std::size_t size : {1U, 2U, 3U, 100U, 5000U, 300'000U, 10U, 4096U, 4095U, 8192U}) {
      const auto text = some_text(size, static_cast<unsigned>(size));
      const auto got = unpack.feed(pack(text));
      REQUIRE_FALSE(got.error);
      REQUIRE(got.complete);
      CHECK(got.message == text);
      CHECK(got.message.data()[got.message.size() + inflater::padding - 1] == 0);
    }
    CHECK(unpack.counters().messages == 10);
  }
}

TEST_CASE("zlib-stream: a message may be split anywhere, into frames of any size") {
  const auto text = some_text(3000);
  for (std::size_t piece : {1U, 2U, 3U, 4U, 5U, 7U, 1000U}) {
    INFO(piece);
    compressor pack(compression::zlib_stream);
    inflater unpack(compression::zlib_stream);
    for (int round = 0; round < 3; ++round) {
      const auto packed = pack(text);
      std::string got;
      int complete = 0;
      for (std::size_t at = 0; at < packed.size(); at += piece) {
        const auto r = unpack.feed(std::string_view(packed).substr(at, piece));
        REQUIRE_FALSE(r.error);
        if (r.complete) {
          ++complete;
          got = r.message;
        }
      }
      CHECK(complete == 1);
      CHECK(got == text);
    }
  }
}

TEST_CASE("empty frames are nothing") {
  for (const auto kind : every_kind) {
    compressor pack(kind);
    inflater unpack(kind);
    for (int i = 0; i < 3; ++i) {
      const auto nothing = unpack.feed("");
      CHECK_FALSE(nothing.error);
      CHECK_FALSE(nothing.complete);
      const auto got = unpack.feed(pack("{}"));
      CHECK(got.complete);
      CHECK(got.message == "{}");
    }
  }
}

TEST_CASE("garbage is an error, and so is everything after it") {
  for (const auto kind : {compression::zlib_stream, compression::zstd_stream}) {
    INFO(name(kind));
    compressor pack(kind);
    inflater unpack(kind);
    REQUIRE(unpack.feed(pack("hello")).complete);
    auto packed = pack(some_text(2000));
    for (std::size_t i = 8; i < packed.size(); i += 3) packed[i] = static_cast<char>(packed[i] ^ 0x5a);
    auto got = unpack.feed(packed);
    for (int i = 0; i < 20 && !got.error; ++i) got = unpack.feed("\xff\xff\xff\xff\xff\xff\xff\xff");
    CHECK(got.error == errc::inflate_failed);
    CHECK(unpack.feed(pack("good")).error == errc::inflate_failed);
    CHECK(unpack.counters().errors == 1);

    unpack.reset();
    compressor fresh(kind);
    CHECK(unpack.feed(fresh("again")).message == "again");
  }
}

TEST_CASE("a bomb stops at the limit") {
  for (const auto kind : every_kind) {
    INFO(name(kind));
    inflate_limits limits;
    limits.max_message = 1 << 20;
    compressor pack(kind);
    inflater unpack(kind, limits);
    const auto got = unpack.feed(pack(std::string(50U << 20, 'a')));
    CHECK(got.error == errc::message_too_large);
    CHECK(unpack.capacity() <= limits.max_message);
  }
}

TEST_CASE("a zstd stream that asks for a window over the limit is refused") {
  inflate_limits limits;
  limits.max_window_log = 20;
  compressor pack(compression::zstd_stream, 24);
  inflater unpack(compression::zstd_stream, limits);
  CHECK(unpack.feed(pack("x")).error == errc::inflate_failed);
}

TEST_CASE("reset forgets the old connection, half a message included") {
  compressor old(compression::zlib_stream);
  inflater unpack(compression::zlib_stream);
  const auto half = old(some_text(1000));
  unpack.feed(std::string_view(half).substr(0, half.size() / 2));
  unpack.reset();
  compressor fresh(compression::zlib_stream);
  const auto got = unpack.feed(fresh("{\"op\":10}"));
  CHECK(got.complete);
  CHECK(got.message == "{\"op\":10}");
}

TEST_CASE("a buffer is given back to the thread, which has one for all connections") {
  compressor pack(compression::zlib_stream);
  inflater unpack(compression::zlib_stream);
  REQUIRE(unpack.feed(pack(some_text(2'000'000))).complete);
  CHECK(unpack.capacity() >= 2'000'000);
  unpack.release();
  CHECK(unpack.capacity() == 0);
  CHECK(unpack.feed(pack("small")).message == "small");
  CHECK(unpack.capacity() < 2'000'000);  // too large to be kept
  unpack.release();
  REQUIRE(unpack.feed(pack(some_text(100'000))).complete);
  unpack.release();
  inflater another(compression::none);
  CHECK(another.feed("small").message == "small");
  CHECK(another.capacity() >= 100'000);
  CHECK(unpack.feed(pack("and meanwhile")).message == "and meanwhile");
  CHECK(another.capacity() >= 100'000);
  // Whoever may not have that much does not get it.
  another.release();
  inflate_limits narrow;
  narrow.max_message = 50'000;
  inflater third(compression::none, narrow);
  CHECK(third.feed("small").message == "small");
  CHECK(third.capacity() <= 50'000);
  // Not while half a message lies there.
  const auto packed = pack(some_text(2'000'000, 7));
  unpack.feed(std::string_view(packed).substr(0, packed.size() - 10));
  unpack.release();
  CHECK(unpack.feed(std::string_view(packed).substr(packed.size() - 10)).message == some_text(2'000'000, 7));
}

TEST_CASE("a stream that is garbled, cut or given up at any frame hands out nothing false, and the next is whole") {
  for (const auto kind : {compression::zlib_stream, compression::zstd_stream}) {
    INFO(name(kind));
    const auto steps = test::check_step_failures([kind](test::step_plan& plan) {
      compressor pack(kind);
      inflater unpack(kind);
      const auto next_connection = [&] {
        unpack.reset();
        compressor fresh(kind);
        for (const std::size_t size : {3U, 2000U}) {
          const auto got = unpack.feed(fresh(some_text(size)));
          REQUIRE_FALSE(got.error);
          REQUIRE(got.complete);
          CHECK(got.message == some_text(size));
        }
      };
      for (const std::size_t size : {100U, 4000U, 10U, 20'000U, 4096U, 1U}) {
        const auto text = some_text(size, static_cast<unsigned>(size));
        auto packed = pack(text);
        const auto fails = plan.step();
        if (fails == test::failure::io_error) {  // bits turn over: an error now, at the latest when garbage follows
          for (auto& c : packed) c = static_cast<char>(c ^ 0x5a);
          auto got = unpack.feed(packed);
          for (int i = 0; i < 50 && !got.error; ++i) {
            CHECK((!got.complete || got.message != text));
            got = unpack.feed("\xff\xff\xff\xff\xff\xff\xff\xff");
          }
          CHECK(got.error == errc::inflate_failed);
          CHECK_FALSE(got.complete);
          CHECK(unpack.feed(pack("good")).error == errc::inflate_failed);
          return next_connection();
        }
        if (fails == test::failure::timeout) {  // the rest of the frame never comes
          const auto got = unpack.feed(std::string_view(packed).substr(0, packed.size() / 2));
          CHECK((!got.complete || (got.message.size() < text.size() && text.starts_with(got.message))));
          return next_connection();
        }
        if (fails == test::failure::cancelled) return next_connection();
        const auto got = unpack.feed(packed);
        REQUIRE_FALSE(got.error);
        REQUIRE(got.complete);
        CHECK(got.message == text);
      }
      CHECK(unpack.counters().messages == 6);
    });
    CHECK(steps == 6);
  }
}
