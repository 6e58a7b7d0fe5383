// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <monochord/core/clock.hpp>
#include <new>
#include <string_view>
#include <utility>
#include <vector>

#include "core/histogram.hpp"
#include "dispatch/event_numbers.hpp"

namespace monochord::dispatch {

/// For how long handlers work on each type of event, from their first step to their end, waiting included, and how many
/// fail. Thread-safe.
class handler_meter {
 public:
  explicit handler_meter(std::shared_ptr<monochord::clock> time) : time_(std::move(time)) {}
  handler_meter(const handler_meter&) = delete;
  handler_meter& operator=(const handler_meter&) = delete;
  ~handler_meter() {
    for (auto& one : types_) delete one.load();
  }

  /// A handler at work, from its making to its end. With a null meter it does nothing.
  class work {
   public:
    /// `number`: of the event.
    work(handler_meter* of, std::size_t number, time_point now) : of_(of), began_(now), number_(number) {
      if (of_) of_->begun_.fetch_add(1, std::memory_order_relaxed);
    }
    ~work() {
      if (of_) of_->ended(number_, of_->time_->now() - began_, failed);
    }
    work(const work&) = delete;
    work& operator=(const work&) = delete;

    bool failed = false;

   private:
    handler_meter* const of_;
    const time_point began_;
    const std::size_t number_;
  };

  struct figures {
    std::string_view type;
    histogram_figures times;
    std::uint64_t failed = 0;
  };
  /// Of each type that ever had a handler at work.
  std::vector<figures> look() const {
    std::vector<figures> out;
    for (std::size_t i = 0; i < types_.size(); ++i) {
      const auto* const one = types_[i].load(std::memory_order_acquire);
      if (one) out.push_back({event_name(i), one->times.figures(), one->failed.load(std::memory_order_relaxed)});
    }
    return out;
  }
  /// Handlers that have begun and not ended.
  std::size_t at_work() const noexcept {
    std::uint64_t ended = 0;
    for (const auto& type : types_)
      if (const auto* const one = type.load(std::memory_order_acquire)) ended += one->times.figures().count();
    const auto begun = begun_.load(std::memory_order_relaxed);
    return begun > ended ? static_cast<std::size_t>(begun - ended) : 0;
  }

 private:
  struct per_type {
    histogram times;
    std::atomic<std::uint64_t> failed{0};
  };

  void ended(std::size_t number, duration took, bool failed) noexcept {
    per_type* const of = of_type(number);
    if (!of) {
      begun_.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    of->times.observe(took);
    if (failed) of->failed.fetch_add(1, std::memory_order_relaxed);
  }
  /// Null when there is no memory for what is counted.
  per_type* of_type(std::size_t number) noexcept {
    per_type* known = types_[number].load(std::memory_order_acquire);
    if (known) return known;
    auto* const made = new (std::nothrow) per_type;
    if (types_[number].compare_exchange_strong(known, made, std::memory_order_acq_rel)) return made;
    delete made;
    return known;
  }

  const std::shared_ptr<monochord::clock> time_;
  std::array<std::atomic<per_type*>, event_count + 1> types_{};  // made when they are first needed
  std::atomic<std::uint64_t> begun_{0};
};

}  // namespace monochord::dispatch
