// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "support/catch.hpp"

namespace monochord::test {

/// What goes wrong at a step of a scripted scenario.
enum class failure { io_error, cancelled, timeout };

inline std::string_view name(failure what) {
  switch (what) {
    case failure::io_error: return "I/O error";
    case failure::cancelled: return "cancellation";
    case failure::timeout: return "timeout";
  }
  return "?";
}

/// Counts the steps of a scenario and says which one fails. A scenario asks `step()` before everything that the outside
/// world answers; when it gets a failure it plays that instead, checks what must hold afterwards, and returns.
class step_plan {
 public:
  step_plan(std::size_t failing, failure what) : failing_(failing), what_(what) {}
  std::optional<failure> step() {
    if (count_++ != failing_) return std::nullopt;
    struck_ = true;
    return what_;
  }
  bool struck() const { return struck_; }
  std::size_t steps() const { return count_; }

 private:
  std::size_t failing_;
  failure what_;
  std::size_t count_ = 0;
  bool struck_ = false;
};

/// Runs `scenario(step_plan&)` once without a failure and then failing at every step in each way. Gives the number of
/// steps, so that a caller can see that there were some.
template <class Scenario>
std::size_t check_step_failures(Scenario scenario) {
  step_plan clean(static_cast<std::size_t>(-1), failure::io_error);
  scenario(clean);
  REQUIRE(clean.steps() > 0);
  for (const auto what : {failure::io_error, failure::cancelled, failure::timeout}) {
    for (std::size_t n = 0; n < clean.steps(); ++n) {
      INFO("failing at step " << n << " by " << name(what));
      step_plan plan(n, what);
      scenario(plan);
      REQUIRE(plan.struck());
    }
  }
  return clean.steps();
}

}  // namespace monochord::test
