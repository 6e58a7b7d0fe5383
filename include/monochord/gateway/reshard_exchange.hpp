// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/error.hpp>
#include <monochord/core/task.hpp>

namespace monochord {

/// Where the processes of a cluster meet that reshard together, `client_options::resharding.exchange`: all go to the same one.
/// They tell each other there what they deliver of guilds that move between them, and it is decided there that all take over, or
/// that none does. One resharding of one bot at a time. Thread-safe.
class reshard_exchange {
 public:
  /// What a message and an answer may have at the most.
  static constexpr std::size_t most_bytes = 26'000;

  virtual ~reshard_exchange() = default;

  /// Takes what one process says and gives the answer. Both are bytes that only the library reads, so that whoever
  /// implements this hands them on to the one place that all share, where `make_reshard_exchange()` answers. What is lost on
  /// the way is said again: it may throw what it likes. Called on an executor of the client's, a few times a second, during
  /// the switch some dozen times; must not block, is cancelled after 5 seconds, and must end then.
  virtual task<std::string> talk(std::string message) = 0;
};

/// The place itself, for several clients of one process, and behind whatever carries messages to it. It keeps a resharding in
/// memory: no more than some 100 MiB of what is told and not fetched, and nothing when none is under way. `talk` throws
/// `error` with `errc::invalid_argument` for what is no message. `time`: default `system_clock()`.
std::shared_ptr<reshard_exchange> make_reshard_exchange(std::shared_ptr<clock> time = {});

/// Why processes did not reshard together.
enum class reshard_failure : std::uint8_t {
  absent,       ///< the others did not come within `reshard_options::meet_limit`
  disagreement, ///< they want other numbers of shards, or the same shards
  gone,         ///< nothing was heard of one for too long, or it was started again
  gave_up,      ///< one failed, or was cancelled or stopped
  too_slow,     ///< they did not come to an agreement in time
  too_much,     ///< more has to be remembered than there is room for
  forgotten,    ///< the exchange was started again in the middle
  unreachable,  ///< the exchange does not answer
  in_doubt,     ///< likewise, after this process had left the decision to it: the others may have taken over
};

/// What `shard_set::reshard` throws where a cluster's processes did not come to reshard together. The old shards serve on.
/// `code()` is `errc::timeout` for those that are absent or too slow, `errc::invalid_argument` for a disagreement,
/// `errc::resource` for too much, and `errc::closed` for the rest.
class reshard_exchange_error : public error {
 public:
  reshard_exchange_error(reshard_failure why, const std::string& what);
  reshard_failure why() const noexcept { return why_; }

 private:
  reshard_failure why_;
};

}  // namespace monochord
