// SPDX-License-Identifier: MIT
#include "net/strand.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "net/limited_strand.hpp"
#include "net/shared_limit.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

using small_strand = asio::strand<asio::io_context::executor_type>;
using any_strand = asio::strand<asio::any_io_executor>;

/// What Asio requires or prefers of it is an ordinary strand again, the same one: only whoever asks a coroutine for its
/// executor sees this.
template <class Strand>
class held_strand : public Strand {
 public:
  held_strand(Strand strand, std::shared_ptr<place_holder> by) : Strand(std::move(strand)), holder(std::move(by)) {}

  std::shared_ptr<place_holder> holder;
};

}  // namespace

asio::any_io_executor make_strand(const asio::any_io_executor& executor) {
  using small = asio::io_context::executor_type;
  if (const auto* context = executor.target<small>()) return small_strand(*context);
  if (const auto* limited = executor.target<limited_executor>()) return asio::strand<limited_executor>(*limited);
  return any_strand(executor);
}

asio::any_io_executor make_strand(const asio::any_io_executor& executor, std::shared_ptr<place_holder> holder) {
  if (!holder) return make_strand(executor);
  using small = asio::io_context::executor_type;
  if (const auto* context = executor.target<small>())
    return held_strand<small_strand>(small_strand(*context), std::move(holder));
  if (const auto* limited = executor.target<limited_executor>()) return limited_strand::make(limited->queue(), std::move(holder));
  return held_strand<any_strand>(any_strand(executor), std::move(holder));
}

std::shared_ptr<place_holder> holder_of(const asio::any_io_executor& executor) noexcept {
  if (const auto* one = executor.target<queue_executor<limited_strand>>()) return one->queue().holder();
  if (const auto* one = executor.target<held_strand<small_strand>>()) return one->holder;
  if (const auto* one = executor.target<held_strand<any_strand>>()) return one->holder;
  return nullptr;
}

}  // namespace monochord::net
