// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace monochord::detail {

/// Whoever notes which events are dealt with.
class claim_keeper {
 public:
  virtual ~claim_keeper() = default;
  /// An event that was claimed is. At most once for each claim, from any thread.
  virtual void dealt_with(std::uint64_t session, std::int64_t seq) = 0;
};

/// Somebody works on an event. The event is dealt with when this has gone, or once somebody has acknowledged it; not at all when
/// one of those who share this gives it up. All members are thread-safe.
class claim {
 public:
  /// Of no event.
  claim() noexcept = default;
  claim(std::shared_ptr<claim_keeper> keeper, std::uint64_t session, std::int64_t seq) noexcept
      : keeper_(std::move(keeper)), session_(session), seq_(seq) {}
  /// Only while nobody else knows `other`, which is of no event then.
  claim(claim&& other) noexcept
      : keeper_(std::move(other.keeper_)), session_(other.session_), seq_(other.seq_), state_(other.state_.load()) {}
  claim& operator=(claim&&) = delete;
  ~claim() {
    if (keeper_ && state_ == state::open) keeper_->dealt_with(session_, seq_);
  }

  void acknowledge() noexcept {
    if (keeper_ && state_.exchange(state::dealt_with) != state::dealt_with) keeper_->dealt_with(session_, seq_);
  }
  /// It was not handled, unless somebody acknowledges it: whoever comes after this process is to be given it again.
  void give_up() noexcept {
    auto expected = state::open;
    state_.compare_exchange_strong(expected, state::given_up);
  }

 private:
  enum class state : std::uint8_t { open, given_up, dealt_with };

  std::shared_ptr<claim_keeper> keeper_;
  std::uint64_t session_ = 0;
  std::int64_t seq_ = 0;
  std::atomic<state> state_{state::open};
};

/// Gives a claim on the event that is just being delivered, once; one that nobody claims is dealt with at once.
using claim_source = std::function<claim()>;

}  // namespace monochord::detail
