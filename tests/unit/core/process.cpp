// SPDX-License-Identifier: MIT
#include "core/process.hpp"

#include <memory>
#include <string>

#include "core/tally.hpp"
#include "support/catch.hpp"

using monochord::tally;
using monochord::detail::parse_process_stat;
using monochord::detail::read_process_figures;

namespace {

const std::string usual =
    "1234 (a bot) S 1 1234 1234 0 -1 4194304 2000 0 3 0 250 50 0 0 20 0 7 0 98765 123456789 4321 18446744073709551615 "
    "1 1 0 0\n";

}  // namespace

TEST_CASE("what the system says of a process is read by its places") {
  const auto got = parse_process_stat(usual, 100, 4096);
  REQUIRE(got);
  CHECK(got->cpu_seconds == 3.0);
  CHECK(got->threads == 7);
  CHECK(got->virtual_bytes == 123456789);
  CHECK(got->resident_bytes == 4321ULL * 4096);
}

TEST_CASE("a program may be called as it likes") {
  for (const std::string name : {"", ")", ") S 1 2", "a) (b", "(((", "a b c"}) {
    auto text = usual;
    const auto got = parse_process_stat(text.replace(text.find("a bot"), 5, name), 100, 4096);
    REQUIRE(got);
    CHECK(got->threads == 7);
  }
}

TEST_CASE("what is cut off or of another shape is nothing") {
  const auto end = usual.find(" 18446744073709551615");
  for (std::size_t i = 0; i < usual.size(); ++i) {
    const auto got = parse_process_stat(std::string_view(usual).substr(0, i), 100, 4096);
    CHECK((!got || i > end - 4));  // the last of the figures may be cut within itself
  }
  auto text = usual;
  CHECK_FALSE(parse_process_stat(text.replace(text.find(" 7 0 98765"), 2, " x"), 100, 4096));
  CHECK_FALSE(parse_process_stat(usual, 0, 4096));
  CHECK_FALSE(parse_process_stat(usual, 100, 0));
}

TEST_CASE("this process has a thread and memory, and takes time") {
  const auto before = read_process_figures();
  REQUIRE(before);
  CHECK(before->threads >= 1);
  CHECK(before->resident_bytes > 100'000);
  CHECK(before->virtual_bytes >= before->resident_bytes);
  const std::string large(64U << 20U, 'x');
  const auto after = read_process_figures();
  REQUIRE(after);
  CHECK(after->resident_bytes >= before->resident_bytes + (large.size() / 2));
  CHECK(after->cpu_seconds >= before->cpu_seconds);
}

TEST_CASE("a tally counts like a number") {
  tally one, two = 5;
  ++one;
  one += 2;
  CHECK(one == 3U);
  CHECK(one + two == 8U);
  two = one;
  ++one;
  CHECK(two.get() == 3);
  CHECK(one.get() == 4);
}
