// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace monochord {

/// What a figure is. https://prometheus.io/docs/concepts/metric_types/
enum class metric_type : std::uint8_t {
  counter,    ///< only grows, and begins at 0 with the process
  gauge,      ///< goes up and down
  histogram,  ///< values counted by how large they were
};

struct metric_label {
  std::string name;
  std::string value;
  friend bool operator==(const metric_label&, const metric_label&) = default;
};

/// Values counted by buckets.
struct metric_histogram {
  std::vector<double> bounds;         ///< the greatest value of each bucket but the last one, ascending
  std::vector<std::uint64_t> counts;  ///< of each bucket alone; one more than `bounds`
  double sum = 0;                     ///< of all values
};

/// One figure of a family.
struct metric_sample {
  std::vector<metric_label> labels;
  double value = 0;            ///< of a counter or a gauge
  metric_histogram histogram;  ///< of a histogram
};

/// Figures of one name, told apart by their labels. Give labels only values of which there are few: each is a time
/// series that somebody stores. No ids of users, guilds or channels, and no secrets.
struct metric_family {
  std::string
      name;  ///< `[a-zA-Z_:][a-zA-Z0-9_:]*`; by convention a counter ends in `_total`, and units are seconds and bytes
  metric_type type = metric_type::gauge;
  std::string help;  ///< one sentence
  std::vector<metric_sample> samples;
};

/// Prometheus's text format, version 0.0.4: families in the order of their names, samples in the order in which they
/// stand. What is no UTF-8 in a help or in a label's value becomes U+FFFD. Throws `error` with `errc::invalid_argument`
/// for a name that is none, two families or two samples of one family that are the same, and a histogram that is none.
/// https://prometheus.io/docs/instrumenting/exposition_formats/
std::string prometheus_text(std::vector<metric_family> families);

/// The `Content-Type` of that text.
inline constexpr std::string_view prometheus_content_type = "text/plain; version=0.0.4; charset=utf-8";

/// The figures of a client, `client::metrics()`; docs/metrics.md names them. They are read where they are counted when
/// somebody asks: nothing of a client waits for that. Thread-safe; may be asked before, during and after `run()`. A
/// copy is the same figures; one that outlives its client has none of that client's any more. One of your own begins
/// with none.
class metrics {
 public:
  /// Adds families to those that are there.
  using gatherer = std::function<void(std::vector<metric_family>&)>;

  metrics();

  /// All families in the order of their names. Families of one name, type and help are put together. Throws what a
  /// gatherer threw, and `error` with `errc::invalid_argument` for families of one name that are not the same
  /// otherwise.
  std::vector<metric_family> collect() const;
  /// `prometheus_text(collect())`.
  std::string prometheus() const;

  /// Has `more` asked too each time: for figures of your own. It is called by whoever collects, possibly on several
  /// threads at a time, under no lock, and must not block. Returns a number for `remove`.
  std::uint64_t add(gatherer more);
  /// Takes a gatherer away. A call that runs on another thread goes on.
  void remove(std::uint64_t which);

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace monochord
