// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <monochord/core/task.hpp>
#include <utility>

namespace monochord::detail {

/// The event as what it is.
template <class E>
task<std::shared_ptr<const E>> as_event(task<std::shared_ptr<const void>> from) {
  co_return std::static_pointer_cast<const E>(co_await std::move(from));
}

}  // namespace monochord::detail
