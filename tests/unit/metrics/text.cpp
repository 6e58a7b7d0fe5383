// SPDX-License-Identifier: MIT
// The text format: what is written, character by character, and that a strict reader takes all of it.
#include <cmath>
#include <limits>
#include <monochord/core/error.hpp>
#include <monochord/metrics/metrics.hpp>
#include <random>
#include <string>
#include <vector>

#include "metrics/page.hpp"
#include "support/catch.hpp"
#include "support/prometheus_page.hpp"

namespace monochord {
namespace {

using tests::prometheus_page;

metric_family one(std::string name, metric_type type, double value = 1, std::vector<metric_label> labels = {}) {
  return {std::move(name), type, "Help.", {{std::move(labels), value, {}}}};
}

metric_family one_histogram(std::vector<double> bounds, std::vector<std::uint64_t> counts,
                            std::vector<metric_label> labels = {}) {
  return {"h", metric_type::histogram, "Help.", {{std::move(labels), 0, {std::move(bounds), std::move(counts), 2.5}}}};
}

bool is_refused(std::vector<metric_family> families) {
  try {
    (void)prometheus_text(std::move(families));
    return false;
  } catch (const error& e) {
    return e.code() == errc::invalid_argument;
  }
}

}  // namespace

TEST_CASE("families are written with HELP and TYPE, in the order of their names") {
  std::vector<metric_family> families;
  metric_page page(families);
  page.gauge("b_bytes", "Bytes of b.").add(12U).add(3.25, {{"kind", "x"}, {"place", "y"}});
  page.counter("a_total", "All of a.").add(std::uint64_t{1} << 52U);
  page.gauge("c", "Nothing is known of it.");
  CHECK(prometheus_text(families) ==
        "# HELP a_total All of a.\n"
        "# TYPE a_total counter\n"
        "a_total 4503599627370496\n"
        "# HELP b_bytes Bytes of b.\n"
        "# TYPE b_bytes gauge\n"
        "b_bytes 12\n"
        "b_bytes{kind=\"x\",place=\"y\"} 3.25\n"
        "# HELP c Nothing is known of it.\n"
        "# TYPE c gauge\n");
  CHECK(prometheus_text({}).empty());
}

TEST_CASE("a histogram is written with sums of its buckets, an end without bound, sum and count") {
  CHECK(prometheus_text({one_histogram({0.1, 1}, {3, 0, 4}, {{"type", "READY"}})}) ==
        "# HELP h Help.\n"
        "# TYPE h histogram\n"
        "h_bucket{type=\"READY\",le=\"0.1\"} 3\n"
        "h_bucket{type=\"READY\",le=\"1\"} 3\n"
        "h_bucket{type=\"READY\",le=\"+Inf\"} 7\n"
        "h_sum{type=\"READY\"} 2.5\n"
        "h_count{type=\"READY\"} 7\n");
  CHECK(prometheus_text({one_histogram({}, {2})}).find("h_bucket{le=\"+Inf\"} 2\nh_sum 2.5\nh_count 2\n") !=
        std::string::npos);
}

TEST_CASE("a histogram of times becomes one of seconds") {
  histogram times;
  for (const auto ns : {0LL, 100'000LL, 100'001LL, 60'000'000'000LL, 60'000'000'001LL, -5LL})
    times.observe(std::chrono::nanoseconds{ns});
  std::vector<metric_family> families;
  metric_page(families).histogram("t_seconds", "Times.").add(times.figures(), {{"route", "a"}});
  const prometheus_page page(prometheus_text(families));
  CHECK(page.value("t_seconds_bucket", {{"route", "a"}, {"le", "0.0001"}}) == 3);
  CHECK(page.value("t_seconds_bucket", {{"route", "a"}, {"le", "0.00025"}}) == 4);
  CHECK(page.value("t_seconds_bucket", {{"route", "a"}, {"le", "60"}}) == 5);
  CHECK(page.value("t_seconds_bucket", {{"route", "a"}, {"le", "+Inf"}}) == 6);
  CHECK(page.value("t_seconds_count", {{"route", "a"}}) == 6);
  CHECK(std::abs(page.value("t_seconds_sum", {{"route", "a"}}) - 120.000200002) < 1e-9);
  CHECK(page.of("t_seconds").samples.size() == histogram_figures::buckets + 2);
}

TEST_CASE("each time falls into the bucket that ends at it or after it") {
  const auto& bounds = histogram_figures::bounds;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    CHECK(histogram::bucket_of(bounds[i]) == i);
    CHECK(histogram::bucket_of(bounds[i] + std::chrono::nanoseconds{1}) == i + 1);
    CHECK(histogram::bucket_of(bounds[i] - std::chrono::nanoseconds{1}) == i);
    if (i > 0) CHECK(bounds[i - 1] < bounds[i]);
  }
}

TEST_CASE("numbers are written whole, as short as they can be, or as what they are not") {
  const auto written = [](double value) {
    const auto text = prometheus_text({one("g", metric_type::gauge, value)});
    return text.substr(text.rfind(' ') + 1);
  };
  CHECK(written(0) == "0\n");
  CHECK(written(0.0001) == "0.0001\n");
  CHECK(written(2.5e-9) == "2.5e-09\n");
  CHECK(written(123456789.125) == "123456789.125\n");
  CHECK(written(-17) == "-17\n");
  CHECK(written(0.1) == "0.1\n");
  CHECK(written(1e300) == "1e+300\n");
  CHECK(written(9007199254740992.0) == "9007199254740992\n");
  CHECK(written(std::numeric_limits<double>::infinity()) == "+Inf\n");
  CHECK(written(-std::numeric_limits<double>::infinity()) == "-Inf\n");
  CHECK(written(std::nan("")) == "NaN\n");
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const double value =
        std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())), static_cast<int>(random() % 200) - 100);
    CHECK(prometheus_page(prometheus_text({one("g", metric_type::gauge, value)})).value("g") == value);
  }
}

TEST_CASE("help and labels survive whatever stands in them") {
  const std::string all = "a\\b\"c\nd \\n {}=,# \xC3\xBC \xE2\x82\xAC \xF0\x9F\x8E\xB5";
  auto family = one("g", metric_type::gauge, 1, {{"x", all}, {"y", ""}});
  family.help = all;
  const auto text = prometheus_text({family});
  CHECK(text.find("# HELP g a\\\\b\"c\\nd \\\\n {}=,#") == 0);
  CHECK(text.find("g{x=\"a\\\\b\\\"c\\nd \\\\n {}=,#") != text.npos);
  const prometheus_page page(text);
  CHECK(page.of("g").help == all);
  CHECK(page.value("g", {{"x", all}, {"y", ""}}) == 1);
}

TEST_CASE("what is no UTF-8 is replaced, and nothing else") {
  const auto label = [](std::string value) {
    const prometheus_page page(prometheus_text({one("g", metric_type::gauge, 1, {{"x", std::move(value)}})}));
    return page.of("g").samples.at(0).with.at("x");
  };
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(label("a\xFFz") == "a" + bad + "z");
  CHECK(label("\xC0\x80") == bad + bad);                      // overlong
  CHECK(label("\xE0\x9F\xBF") == bad + bad + bad);            // overlong
  CHECK(label("\xED\xA0\x80") == bad + bad + bad);            // a surrogate
  CHECK(label("\xF4\x90\x80\x80") == bad + bad + bad + bad);  // beyond the last character
  CHECK(label("\xE2\x82") == bad + bad);                      // cut off
  for (const std::string good : {"\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    CHECK(label(good) == good);
}

TEST_CASE("what would be refused by whoever reads it is not written") {
  for (const char* name : {"", "1a", "a-b", "a b", "a{", "\xC3\xBC"})
    CHECK(is_refused({one(name, metric_type::gauge)}));
  CHECK_FALSE(is_refused({one(":a_1", metric_type::gauge)}));
  for (const char* name : {"", "1a", "a:b", "a-b", "__a"})
    CHECK(is_refused({one("g", metric_type::gauge, 1, {{name, "x"}})}));
  CHECK(is_refused({one("g", metric_type::gauge, 1, {{"a", "x"}, {"a", "y"}})}));
  CHECK(is_refused({one("g", metric_type::gauge), one("g", metric_type::gauge)}));

  metric_family twice = one("g", metric_type::gauge, 1, {{"a", "1"}, {"b", "2"}});
  twice.samples.push_back({{{"b", "2"}, {"a", "1"}}, 2, {}});
  CHECK(is_refused({twice}));
  twice.samples.back().labels[0].value = "3";
  CHECK_FALSE(is_refused({twice}));

  CHECK_FALSE(is_refused({one_histogram({1, 2}, {0, 0, 0})}));
  CHECK(is_refused({one_histogram({1, 2}, {0, 0})}));
  CHECK(is_refused({one_histogram({2, 1}, {0, 0, 0})}));
  CHECK(is_refused({one_histogram({1, 1}, {0, 0, 0})}));
  CHECK(is_refused({one_histogram({1, std::numeric_limits<double>::infinity()}, {0, 0, 0})}));
  CHECK(is_refused({one_histogram({1, std::nan("")}, {0, 0, 0})}));
  CHECK(is_refused({one_histogram({1}, {0, 0}, {{"le", "x"}})}));
}

TEST_CASE("gatherers come and go, and add to each other's families") {
  metrics all;
  const auto first = all.add(
      [](std::vector<metric_family>& out) { out.push_back(one("b", metric_type::gauge, 1, {{"of", "first"}})); });
  const metrics same = all;
  all.add([](std::vector<metric_family>& out) {
    out.push_back(one("b", metric_type::gauge, 2, {{"of", "second"}}));
    out.push_back(one("a", metric_type::counter, 3));
  });
  const prometheus_page page(same.prometheus());
  CHECK(page.families().size() == 2);
  CHECK(page.value("a") == 3);
  CHECK(page.value("b", {{"of", "first"}}) == 1);
  CHECK(page.value("b", {{"of", "second"}}) == 2);

  all.remove(first);
  CHECK_FALSE(prometheus_page(same.prometheus()).has("b", {{"of", "first"}}));
  const auto other = all.add([](std::vector<metric_family>& out) { out.push_back(one("a", metric_type::gauge)); });
  CHECK_THROWS_AS(all.collect(), error);
  all.remove(other);
  all.add([](std::vector<metric_family>&) { throw std::runtime_error("no figures today"); });
  CHECK_THROWS_WITH(all.prometheus(), "no figures today");
  CHECK_THROWS_AS(all.add({}), error);
}

}  // namespace monochord
