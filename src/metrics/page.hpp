// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <monochord/metrics/metrics.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/histogram.hpp"

namespace monochord {

inline double in_seconds(std::chrono::nanoseconds time) noexcept { return std::chrono::duration<double>(time).count(); }

/// Writes families down, one after the other: `page.counter("x_total", "What x is.").add(12)`.
class metric_page {
 public:
  using labels = std::vector<metric_label>;

  class family {
   public:
    explicit family(metric_family& of) : of_(of) {}
    family& add(double value, labels with = {}) {
      of_.samples.push_back({std::move(with), value, {}});
      return *this;
    }
    template <std::integral Number>
    family& add(Number value, labels with = {}) {
      return add(static_cast<double>(value), std::move(with));
    }
    family& add(const histogram_figures& times, labels with = {}) {
      metric_histogram all;
      for (const auto bound : histogram_figures::bounds) all.bounds.push_back(in_seconds(bound));
      all.counts.assign(times.counts.begin(), times.counts.end());
      all.sum = in_seconds(times.sum);
      of_.samples.push_back({std::move(with), 0, std::move(all)});
      return *this;
    }

   private:
    metric_family& of_;
  };

  explicit metric_page(std::vector<metric_family>& to) : to_(to) {}

  /// Valid until the next one begins.
  family counter(std::string name, std::string help) {
    return begin(metric_type::counter, std::move(name), std::move(help));
  }
  family gauge(std::string name, std::string help) {
    return begin(metric_type::gauge, std::move(name), std::move(help));
  }
  family histogram(std::string name, std::string help) {
    return begin(metric_type::histogram, std::move(name), std::move(help));
  }

 private:
  family begin(metric_type type, std::string name, std::string help) {
    to_.push_back({std::move(name), type, std::move(help), {}});
    return family(to_.back());
  }
  std::vector<metric_family>& to_;
};

}  // namespace monochord
