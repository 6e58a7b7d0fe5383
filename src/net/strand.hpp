// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <utility>

namespace monochord::net {

/// A new strand over `executor`. One over an `io_context` is small enough to be copied, and to be asked for its
/// properties, without an allocation, which a `strand<any_io_executor>` is not: Asio does both several times for each
/// asynchronous operation.
boost::asio::any_io_executor make_strand(const boost::asio::any_io_executor& executor);

/// Somebody who works on a strand and has a place there that others wait for. Thread-safe.
class place_holder {
 public:
  virtual ~place_holder() = default;
  /// What runs on the strand waits for something that may come only after others had their turn.
  virtual void wait() noexcept = 0;
  /// It goes on: once for each `wait`.
  virtual void go_on() noexcept = 0;
  /// It was told to end while it waited, before it had done its work.
  virtual void cut_short() noexcept = 0;
};

/// A strand that is somebody's; coroutines that run on it find out whose (`holder_of`).
boost::asio::any_io_executor make_strand(const boost::asio::any_io_executor& executor,
                                         std::shared_ptr<place_holder> holder);
/// Null for an executor that is nobody's.
std::shared_ptr<place_holder> holder_of(const boost::asio::any_io_executor& executor) noexcept;

/// While this lives, whoever works on the strand waits.
class waiting_place {
 public:
  explicit waiting_place(std::shared_ptr<place_holder> of) : of_(std::move(of)) {
    if (of_) of_->wait();
  }
  waiting_place(const waiting_place&) = delete;
  waiting_place& operator=(const waiting_place&) = delete;
  ~waiting_place() {
    if (of_) of_->go_on();
  }

 private:
  const std::shared_ptr<place_holder> of_;
};

}  // namespace monochord::net
