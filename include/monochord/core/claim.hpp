// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace monochord::detail {

/// Somebody works on an event. The event is dealt with when all that share this have let go, or once one has acknowledged it;
/// not at all when one gives it up. All members are thread-safe.
class claim {
 public:
  /// `dealt_with` is called at most once, from any thread.
  explicit claim(std::function<void()> dealt_with) : dealt_with_(std::move(dealt_with)) {}
  claim(const claim&) = delete;
  claim& operator=(const claim&) = delete;
  ~claim() {
    if (state_ == state::open) dealt_with_();
  }

  void acknowledge() noexcept {
    if (state_.exchange(state::dealt_with) != state::dealt_with) dealt_with_();
  }
  /// It was not handled, unless somebody acknowledges it: whoever comes after this process is to be given it again.
  void give_up() noexcept {
    auto expected = state::open;
    state_.compare_exchange_strong(expected, state::given_up);
  }

 private:
  enum class state : std::uint8_t { open, given_up, dealt_with };
  std::atomic<state> state_{state::open};
  const std::function<void()> dealt_with_;
};

/// Gives a claim on the event that is just being delivered; one that nobody claims is dealt with at once.
using claim_source = std::function<std::shared_ptr<claim>()>;

}  // namespace monochord::detail
