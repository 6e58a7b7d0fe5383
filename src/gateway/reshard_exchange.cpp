// SPDX-License-Identifier: MIT
#include <monochord/gateway/reshard_exchange.hpp>

#include <mutex>
#include <utility>

#include <monochord/core/random.hpp>
#include "protocol/reshard_meeting.hpp"

namespace monochord {
namespace {

static_assert(reshard_exchange::most_bytes > protocol::most_events_told * 25 + 200 + protocol::longest_failure_text);

errc code_of(reshard_failure why) noexcept {
  switch (why) {
    case reshard_failure::absent:
    case reshard_failure::too_slow: return errc::timeout;
    case reshard_failure::disagreement: return errc::invalid_argument;
    case reshard_failure::too_much: return errc::resource;
    case reshard_failure::gone:
    case reshard_failure::gave_up:
    case reshard_failure::forgotten:
    case reshard_failure::unreachable:
    case reshard_failure::in_doubt: break;
  }
  return errc::closed;
}

class meeting_place final : public reshard_exchange {
 public:
  explicit meeting_place(std::shared_ptr<clock> time) : time_(time ? std::move(time) : system_clock()) {}

  task<std::string> talk(std::string message) override {
    const auto report = protocol::parse_member_report(message);
    if (!report) throw error(errc::invalid_argument, "this is no message of a process that reshards");
    const auto fresh = static_cast<std::uint64_t>(random_int<std::int64_t>(1, INT64_MAX));
    const std::lock_guard lock(mutex_);
    co_return protocol::to_bytes(meeting_.hear(*report, time_->now(), fresh));
  }

 private:
  const std::shared_ptr<clock> time_;
  std::mutex mutex_;
  protocol::reshard_meeting meeting_;
};

}  // namespace

reshard_exchange_error::reshard_exchange_error(reshard_failure why, const std::string& what)
    : error(code_of(why), what), why_(why) {}

std::shared_ptr<reshard_exchange> make_reshard_exchange(std::shared_ptr<clock> time) {
  return std::make_shared<meeting_place>(std::move(time));
}

}  // namespace monochord
