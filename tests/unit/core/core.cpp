// SPDX-License-Identifier: MIT
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <set>
#include <type_traits>

#include "core/random.hpp"
#include "support/catch.hpp"
#include <monochord/core/box.hpp>
#include <monochord/core/error.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/log.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/random.hpp>
#include <monochord/core/result.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/core/token.hpp>

namespace mc = monochord;
using namespace std::chrono_literals;

TEST_CASE("a snowflake is a decimal number with a time in it") {
  // The example of Discord's reference page.
  constexpr auto id = mc::user_id::parse("175928847299117063");
  static_assert(id.value() == 175928847299117063U);
  CHECK(id.str() == "175928847299117063");
  CHECK(mc::format_timestamp(id.created_at()) == "2016-04-30T11:18:25.796000+00:00");
  CHECK(mc::user_id::parse("18446744073709551615").value() == UINT64_MAX);
}

TEST_CASE("a point in time becomes the lowest snowflake of its millisecond") {
  constexpr auto id = mc::message_id::parse("175928847299117063");
  constexpr auto lowest = mc::message_id::lowest_at(id.created_at());
  static_assert(lowest.value() == 175928847298985984U);
  static_assert(lowest <= id && lowest.created_at() == id.created_at());
  CHECK(mc::message_id::lowest_at(id.created_at() + 999us) == lowest);
  CHECK(mc::message_id::lowest_at(id.created_at() + 1ms) > id);
  CHECK(mc::message_id::lowest_at(id.created_at() - 1us) < lowest);
  CHECK(mc::message_id::lowest_at(mc::timestamp{}) == mc::message_id{});
  CHECK(mc::message_id::lowest_at(*mc::parse_timestamp("2015-01-01T00:00:00.001Z")).value() == (1U << 22));
  CHECK(mc::message_id::lowest_at(*mc::parse_timestamp("9999-12-31T23:59:59Z")).value() == UINT64_MAX << 22);
}

TEST_CASE("a timestamp survives being written and read") {
  for (const char* text : {"2015-01-01T00:00:00.000000+00:00", "1969-12-31T23:59:59.999999+00:00",
                           "2024-02-29T12:34:56.789012+00:00", "9999-12-31T23:59:59.999999+00:00"}) {
    INFO(text);
    const auto time = mc::parse_timestamp(text);
    REQUIRE(time);
    CHECK(mc::format_timestamp(*time) == text);
    CHECK(mc::parse_timestamp(mc::format_timestamp(*time)) == time);
  }
}

TEST_CASE("what is no snowflake becomes the id 0") {
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "12a", "18446744073709551616", "99999999999999999999"}) {
    INFO(text);
    CHECK(!mc::user_id::parse(text));
  }
  static_assert(!std::is_convertible_v<mc::user_id, mc::channel_id>, "kinds of ids do not mix");
  static_assert(std::is_trivially_copyable_v<mc::user_id>);
}

TEST_CASE("maybe has three states") {
  mc::maybe<std::string> field;
  CHECK(field.is_absent());
  field = mc::null;
  CHECK((field.is_null() && !field.is_absent() && !field));
  field = "text";
  CHECK((field && *field == "text" && !field.is_null()));
  field.emplace("other");
  CHECK(field.value_or("none") == "other");
  field.reset();
  CHECK(field.is_absent());
  CHECK(field.value_or("none") == "none");
  CHECK_THROWS_AS(field.value(), std::bad_optional_access);
  CHECK(mc::maybe<int>{} != mc::maybe<int>{mc::null});
  static_assert(std::is_trivially_destructible_v<mc::maybe<std::string_view>>);
}

TEST_CASE("box copies like a value") {
  mc::box<std::string> a{std::string("text")};
  auto b = a;
  *b += "!";
  CHECK(*a == "text");
  CHECK(*b == "text!");
  CHECK(a != b);
  a = std::move(b);
  CHECK(*a == "text!");
  CHECK(!b.has_value());
  a.reset();
  CHECK(a == mc::box<std::string>{});
}

namespace monochord {
enum class bit : unsigned { one = 1, two = 2 };
template <>
inline constexpr bool is_flags<bit> = true;
}  // namespace monochord
using mc::bit;

TEST_CASE("flags keep bits that have no name") {
  const mc::flags<bit> set{0x101U};
  CHECK(set.has(bit::one));
  CHECK(!set.has(bit::one | bit::two));
  CHECK(set.any_of(bit::one | bit::two));
  CHECK((set | bit::two).bits() == 0x103U);
  CHECK((set & ~mc::flags<bit>(bit::one)).bits() == 0x100U);
}

TEST_CASE("timestamps are read and written in Discord's form") {
  const auto read = [](std::string_view text) {
    const auto time = mc::parse_timestamp(text);
    return time ? mc::format_timestamp(*time) : "refused";
  };
  CHECK(read("2017-07-11T17:27:07.299000+00:00") == "2017-07-11T17:27:07.299000+00:00");
  CHECK(read("2015-04-26T06:26:56.936000Z") == "2015-04-26T06:26:56.936000+00:00");
  CHECK(read("2020-02-29T23:59:59+02:00") == "2020-02-29T21:59:59.000000+00:00");
  CHECK(read("1969-12-31T23:59:59.5Z") == "1969-12-31T23:59:59.500000+00:00");
  CHECK(read("2021-01-01T00:00:00.1234567Z") == "2021-01-01T00:00:00.123456+00:00");
  CHECK(read("2024-10-18T14:42:53.064834") == "2024-10-18T14:42:53.064834+00:00");  // as in webhook events
  for (const char* text : {"", "2021", "2021-02-29T00:00:00Z", "2021-13-01T00:00:00Z", "2021-01-01T24:00:00Z", "2021-01-01T00:00",
                           "2021-01-01T00:00:00.Z", "2021-01-01T00:00:00Zx", "2021-01-01T00:00:00+1"}) {
    INFO(text);
    CHECK(read(text) == "refused");
  }
}

TEST_CASE("a timestamp in the usual form is refused or read like one in another form") {
  const std::string usual = "2024-02-29T12:34:56.789012";
  for (std::size_t i = 0; i < usual.size(); ++i)
    for (const char c : std::string("0123456789:-. TZ/\xff")) {
      std::string text = usual;
      text[i] = c;
      INFO(text);
      CHECK(mc::parse_timestamp(text + "+00:00") == mc::parse_timestamp(text + "Z"));
    }
  for (const char* zone : {"+0000:", "+00:0x", "*00:00", "+24:00"}) CHECK(!mc::parse_timestamp(usual + zone));
  CHECK(mc::parse_timestamp(usual + "-00:30") == *mc::parse_timestamp(usual + "Z") + std::chrono::minutes(30));
}

TEST_CASE("every error code has a text that says something") {
  for (int value = 1; value <= static_cast<int>(mc::errc::rate_limited); ++value) {
    const auto text = mc::make_error_code(static_cast<mc::errc>(value)).message();
    INFO(value);
    CHECK(text.find("unknown") == text.npos);
    CHECK(text.size() > 5);
  }
  CHECK(mc::make_error_code(mc::errc::token_missing).message().find("discord.com/developers/applications") != std::string::npos);
}

TEST_CASE("a rest_error says route, status, code, message and fields") {
  const mc::rest_error e(mc::make_error_code(mc::errc::invalid_argument),
                         {400, 50035, "Invalid Form Body", {{"embeds.0.title", "BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length."}},
                          "POST /channels/{channel_id}/messages", 2});
  CHECK(std::string(e.what()) ==
        "POST /channels/{channel_id}/messages: HTTP 400, Discord code 50035: Invalid Form Body; embeds.0.title: Must be 256 "
        "or fewer in length. (BASE_TYPE_MAX_LENGTH) [attempt 2]");
}

TEST_CASE("a missing token's error names the variable and where to get one") {
  ::unsetenv("MONOCHORD_TEST_TOKEN");
  CHECK_THROWS_WITH(mc::token_from_env("MONOCHORD_TEST_TOKEN"),
                    Catch::Contains("MONOCHORD_TEST_TOKEN is not set") && Catch::Contains("discord.com/developers"));
  ::setenv("MONOCHORD_TEST_TOKEN", " \n", 1);
  CHECK_THROWS_WITH(mc::token_from_env("MONOCHORD_TEST_TOKEN"), Catch::Contains("is empty"));
  ::setenv("MONOCHORD_TEST_TOKEN", "any-format at all\n", 1);
  CHECK(mc::token_from_env("MONOCHORD_TEST_TOKEN").reveal() == "any-format at all");
}

TEST_CASE("a result gives its value or throws its error") {
  mc::result<int> good{7};
  CHECK((good && good.value() == 7 && good.error_text().empty()));
  const mc::result<int> bad{std::make_exception_ptr(mc::decode_error(mc::errc::json_mismatch, "$.id", "not a number"))};
  CHECK(!bad);
  CHECK_THROWS_AS(bad.value(), mc::decode_error);
  REQUIRE(bad.error_as<mc::decode_error>() != nullptr);
  CHECK(bad.error_as<mc::decode_error>()->path() == "$.id");
  CHECK(bad.error_as<mc::rest_error>() == nullptr);
  CHECK(bad.error_text() == "cannot decode $.id: not a number");
}

namespace {
struct test_locale_names {
  static constexpr std::string_view klingon = "tlh";
};
}  // namespace

TEST_CASE("open strings keep what has no name") {
  using locale = mc::open_string<test_locale_names>;
  CHECK(locale("tlh") == locale::klingon);
  CHECK(locale("de") != locale("fr"));
}

/// The state word behind an output of mt19937_64.
std::uint64_t untempered(std::uint64_t y) {
  const auto undo_right = [](std::uint64_t from, int shift, std::uint64_t mask) {
    std::uint64_t found = from;
    for (int i = 0; i < 64; ++i) found = from ^ ((found >> shift) & mask);
    return found;
  };
  const auto undo_left = [](std::uint64_t from, int shift, std::uint64_t mask) {
    std::uint64_t found = from;
    for (int i = 0; i < 64; ++i) found = from ^ ((found << shift) & mask);
    return found;
  };
  y = undo_right(y, 43, ~std::uint64_t{0});
  y = undo_left(y, 37, 0xfff7eee000000000U);
  y = undo_left(y, 17, 0x71d67fffeda60000U);
  return undo_right(y, 29, 0x5555555555555555U);
}

TEST_CASE("random numbers do not tell those that follow them") {
  using limits = std::numeric_limits<std::int64_t>;
  std::vector<std::uint64_t> state;  // what it would be if they came from the standard library's usual engine
  for (int i = 0; i < 313; ++i) {
    const auto drawn = mc::random_int(limits::min(), limits::max());
    state.push_back(untempered(static_cast<std::uint64_t>(drawn) ^ (std::uint64_t{1} << 63U)));
  }
  // All bits of the next word follow from the words 312, 311 and 156 before it.
  const std::uint64_t joined = (state[0] & 0xffffffff80000000U) | (state[1] & 0x7fffffffU);
  const std::uint64_t next = state[156] ^ (joined >> 1U) ^ ((joined & 1U) != 0 ? 0xb5026f5aa96619e9U : 0U);
  CHECK(next != state[312]);
}

TEST_CASE("secret letters are of 32 kinds, as many as were asked for, and other ones each time") {
  std::set<std::string> seen;
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    const auto some = mc::detail::secret_letters(24);
    CHECK(some.size() == 24);
    all += some;
    seen.insert(some);
  }
  CHECK(seen.size() == 1000);
  for (const char kind : std::string("0123456789abcdefghijklmnopqrstuv")) {
    // 750 expected; 10 standard deviations on either side.
    CHECK(std::abs(std::count(all.begin(), all.end(), kind) - 750) < 270);
  }
  CHECK(all.find_first_not_of("0123456789abcdefghijklmnopqrstuv") == std::string::npos);
  CHECK(mc::detail::secret_letters(1000).size() == 1000);  // more than the system gives at once
  CHECK(mc::detail::secret_letters(0).empty());
}

TEST_CASE("a process and its child draw other letters after a fork") {
  static_cast<void>(monochord::detail::secret_letters(8));  // the rest of the handful is in memory now, and so in the child's
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto mine = monochord::detail::secret_letters(32);
    const bool told = ::write(ends[1], mine.data(), mine.size()) == 32;
    ::_exit(told ? 0 : 1);
  }
  std::string theirs(32, '\0');
  CHECK(::read(ends[0], theirs.data(), theirs.size()) == 32);
  int status = 1;
  CHECK(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(theirs != monochord::detail::secret_letters(32));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_CASE("random_int stays between its ends") {
  bool low = false, high = false;
  for (int i = 0; i < 2000; ++i) {
    const int value = mc::random_int(1, 6);
    REQUIRE((value >= 1 && value <= 6));
    low = low || value == 1;
    high = high || value == 6;
  }
  CHECK((low && high));
  CHECK(mc::random_int(5, 5) == 5);
  CHECK(mc::random_int(5, 1) == 5);
}

TEST_CASE("a logger passes on what is at or above its level") {
  std::string seen;
  mc::logger log([&](mc::log_level, std::string_view part, std::string_view text) { seen += std::string(part) + ":" + std::string(text) + ";"; },
                 mc::log_level::info);
  log(mc::log_level::debug, "rest", "dropped");
  log(mc::log_level::info, "rest", "kept");
  mc::logger{}(mc::log_level::error, "rest", "nowhere");
  CHECK(seen == "rest:kept;");
}
