// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
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
  ~claim() { acknowledge(); }

  void acknowledge() noexcept {
    if (!over_.exchange(true)) dealt_with_();
  }
  /// It was not handled: whoever comes after this process is to be given it again.
  void give_up() noexcept { over_ = true; }

 private:
  std::atomic<bool> over_{false};
  const std::function<void()> dealt_with_;
};

/// Gives a claim on the event that is just being delivered; one that nobody claims is dealt with at once.
using claim_source = std::function<std::shared_ptr<claim>()>;

}  // namespace monochord::detail
