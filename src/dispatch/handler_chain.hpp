// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <monochord/dispatch/middleware.hpp>
#include <vector>

namespace monochord::detail {

using middleware_list = std::vector<std::shared_ptr<middleware>>;

/// A handler with the middleware around it, for one call.
class handler_chain {
 public:
  handler_chain(const middleware_list& around, handler& inside, const handler_call& what, const void* event) noexcept
      : around_(around), inside_(inside), what_(what), event_(event) {}
  handler_chain(const handler_chain&) = delete;
  handler_chain& operator=(const handler_chain&) = delete;

  /// The middleware at `index`, or what is within the last.
  task<> call(std::size_t index) {
    if (index < around_.size()) return around_[index]->call(what_, inner_handler(*this, index + 1));
    return inside_.call(event_, what_.sent());
  }

 private:
  const middleware_list& around_;
  handler& inside_;
  const handler_call& what_;
  const void* const event_;
};

}  // namespace monochord::detail
