// SPDX-License-Identifier: MIT
#include "net/strand.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>

#include "net/own_strand.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

using any_strand = asio::strand<asio::any_io_executor>;

/// What Asio requires or prefers of it is an ordinary strand again, the same one: only whoever asks a coroutine for its
/// executor sees this.
class held_strand : public any_strand {
 public:
  held_strand(any_strand strand, std::shared_ptr<place_holder> by) : any_strand(std::move(strand)), holder(std::move(by)) {}

  std::shared_ptr<place_holder> holder;
};

}  // namespace

asio::any_io_executor make_strand(const asio::any_io_executor& executor) { return make_strand(executor, nullptr); }

asio::any_io_executor make_strand(const asio::any_io_executor& executor, std::shared_ptr<place_holder> holder) {
  if (const auto* context = executor.target<asio::io_context::executor_type>())
    return context_strand::make(on_context(*context), std::move(holder));
  if (const auto* limited = executor.target<limited_executor>())
    return limited_strand::make(in_limit(limited->queue()), std::move(holder));
  if (!holder) return any_strand(executor);
  return held_strand(any_strand(executor), std::move(holder));
}

std::shared_ptr<place_holder> holder_of(const asio::any_io_executor& executor) noexcept {
  if (const auto* one = executor.target<limited_strand::executor_type>()) return one->queue().holder();
  if (const auto* one = executor.target<context_strand::executor_type>()) return one->queue().holder();
  if (const auto* one = executor.target<held_strand>()) return one->holder;
  return nullptr;
}

}  // namespace monochord::net
