// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include <monochord/core/clock.hpp>
#include <monochord/core/task.hpp>
#include <monochord/gateway/reshard_exchange.hpp>
#include "gateway/merger.hpp"
#include "protocol/reshard_member.hpp"

namespace monochord::gateway {

/// Speaks for one process of a cluster at the exchange while it is resharded with the others: carries to and fro between its
/// merge and them, until all know what was decided. On the strand that it is given.
class reshard_delegate : public std::enable_shared_from_this<reshard_delegate> {
 public:
  using stage = protocol::reshard_member::stage;

  reshard_delegate(std::shared_ptr<reshard_exchange> exchange, std::shared_ptr<clock> time, boost::asio::any_io_executor strand,
                   protocol::shard_part old_part, protocol::shard_part new_part);

  /// Begins to speak; `changed` is called when it has ended.
  void start(std::function<void()> changed);
  stage at() const noexcept { return member_.at(); }
  /// The same for all processes; known from `to_merge` on.
  std::uint64_t round() const noexcept { return member_.round(); }
  /// At `to_merge`.
  void merged(std::shared_ptr<merger> both);
  /// Whether this process could take over now.
  void set_balanced(bool yes) noexcept { member_.set_balanced(yes); }

  /// False once the others decide too. They are told.
  bool give_up() noexcept;
  /// What the others decide cannot be learnt.
  void despair() noexcept;
  /// It has left the decision to all, and nobody has acted on it here yet.
  bool is_bound() const noexcept { return !carried_out_ && (at() == stage::in_doubt || at() == stage::taken); }
  void carried_out() noexcept { carried_out_ = true; }

  /// Nothing has been heard for too long.
  bool is_unheard() const;
  /// The switch is near: it is worth while to look often.
  bool hurries() const noexcept { return at() >= stage::to_freeze && !carried_out_; }
  /// Null unless it has failed.
  std::exception_ptr failure() const;
  /// An error that also tells what became of the last attempt to speak, if it failed.
  std::exception_ptr failure(reshard_failure why, std::string text) const;

  /// Says no more after this.
  void end_by(time_point when);
  bool is_over() const noexcept { return !runs_; }

 private:
  static task<> live(std::shared_ptr<reshard_delegate> self);
  task<bool> say();
  /// Completes when an answer has taken too long, or nothing is to be said any more.
  task<error_code> patience();
  void prepare();
  void react(duration took);
  bool is_finished();

  const std::shared_ptr<reshard_exchange> exchange_;
  const std::shared_ptr<clock> time_;
  const boost::asio::any_io_executor strand_;
  const std::unique_ptr<timer> pause_, alarm_;
  const time_point began_;
  protocol::reshard_member member_;
  std::shared_ptr<merger> merger_;
  std::string trouble_;  // why the exchange did not answer last; empty: it did
  time_point until_ = time_point::max();
  stage was_ = stage::waiting;
  bool runs_ = false, carried_out_ = false;
};

}  // namespace monochord::gateway
