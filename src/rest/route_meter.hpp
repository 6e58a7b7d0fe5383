// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "core/histogram.hpp"
#include "protocol/routes.hpp"

namespace monochord::rest {

/// Counts what was sent, by route and by how it was answered. Routes are those that Monochord has a call for, by their
/// templates, and one for all others: so there are not more of them than somebody can store. Thread-safe.
class route_meter {
 public:
  /// One sending. `status` 0: there was no answer.
  void sent(const protocol::route& where, int status, duration took);

  struct figures {
    std::string_view verb;
    std::string_view path;  ///< "other" where Monochord has no call for it
    std::vector<std::pair<std::string_view, std::uint64_t>> statuses;
    histogram_figures times;
  };
  std::vector<figures> look() const;

  /// A status as it is counted: "200"; the class of one that neither Discord nor what stands before it sends, like
  /// "4xx"; "none" for 0.
  static std::string_view name_of(int status) noexcept;

 private:
  struct per_route {
    std::map<std::string_view, std::uint64_t> statuses;
    histogram times;
  };
  per_route& of(const protocol::route& where);

  mutable std::mutex mutex_;                                                   // guards what follows
  std::map<std::pair<std::string_view, std::string_view>, per_route> routes_;  // by path and verb
  protocol::route last_;  // the last one of these that a call was found to be of, which the next one most likely is of too
  per_route* last_counts_ = nullptr;
};

}  // namespace monochord::rest
