// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

#include "net/own_strand.hpp"

namespace monochord::net {

/// An executor that queues what it is given, and keeps its context running while it lives. A type-erased one allocates when it
/// is made so: those that nearly everything waits on are kept as what they are.
class lasting_executor {
 public:
  /// `soon`: whoever queues something has nothing else to do then.
  explicit lasting_executor(const boost::asio::any_io_executor& from, bool soon = false) : one_(keep(from, soon)) {}

  template <class F>
    requires std::invocable<F&>
  void enqueue(F&& f) const {
    std::visit([&](const auto& one) { one.execute(std::forward<F>(f)); }, one_);
  }
  /// The same of what needs no memory for that; false where the executor has no queue for such, and nothing was done.
  bool enqueue(queued_function& one) const {
    if (const auto* const own = std::get_if<in_limited>(&one_)) own->submit(one);
    else if (const auto* const other = std::get_if<in_context>(&one_)) other->submit(one);
    else return false;
    return true;
  }
  boost::asio::any_io_executor erased() const {
    return std::visit([](const auto& one) { return boost::asio::any_io_executor(one); }, one_);
  }

 private:
  template <class Executor>
  using lasting = std::decay_t<decltype(boost::asio::prefer(
      boost::asio::require(std::declval<const Executor&>(), boost::asio::execution::blocking.never),
      boost::asio::execution::outstanding_work.tracked))>;
  template <class Executor>
  static lasting<Executor> made_of(const Executor& from, bool soon) {
    auto made = boost::asio::prefer(boost::asio::require(from, boost::asio::execution::blocking.never),
                                    boost::asio::execution::outstanding_work.tracked);
    if (soon) return boost::asio::prefer(std::move(made), boost::asio::execution::relationship.continuation);
    return made;
  }
  using plain = boost::asio::io_context::executor_type;
  using in_context = context_strand::executor_type;
  using in_limited = limited_strand::executor_type;
  using any_of = std::variant<in_context, lasting<plain>, in_limited, boost::asio::any_io_executor>;

  static any_of keep(const boost::asio::any_io_executor& from, bool soon) {
    if (const auto* one = from.target<in_limited>()) return made_of(*one, soon);
    if (const auto* one = from.target<in_context>()) return made_of(*one, soon);
    if (const auto* one = from.target<plain>()) return made_of(*one, soon);
    return made_of(from, soon);
  }

  any_of one_;
};

}  // namespace monochord::net
