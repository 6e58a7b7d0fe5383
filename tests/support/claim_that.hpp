// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <monochord/core/claim.hpp>
#include <utility>

namespace monochord::tests {

/// A claim that calls `f` when its event is dealt with.
template <class F>
detail::claim claim_that(F f) {
  struct keeper final : detail::claim_keeper {
    explicit keeper(F what) : call(std::move(what)) {}
    void dealt_with(std::uint64_t, std::int64_t) override { call(); }
    F call;
  };
  return {std::make_shared<keeper>(std::move(f)), 0, 0};
}

}  // namespace monochord::tests
