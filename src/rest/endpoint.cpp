// SPDX-License-Identifier: MIT
#include "rest/endpoint.hpp"

#include <exception>

namespace monochord::rest {

void apply(const call_options& options, call& to) {
  to.reason = std::string(options.reason);
  if (!options.bearer_token.empty()) to.authorization = authorization::bearer(std::string(options.bearer_token));
  if (options.timeout) to.timeout = std::chrono::duration_cast<duration>(*options.timeout);
  if (options.priority == call_priority::low) to.priority = protocol::priority::low;
  to.unordered = options.unordered;
}

task<answer> send(std::shared_ptr<queue> queue, call made) {
  if (made.refused) std::rethrow_exception(made.refused);
  co_return co_await queue->send(std::move(made));
}

task<> done(std::shared_ptr<queue> queue, call made) { co_await send(std::move(queue), std::move(made)); }

task<std::string> bytes(std::shared_ptr<queue> queue, call made) {
  answer got = co_await send(std::move(queue), std::move(made));
  co_return std::move(got.body);
}

}  // namespace monochord::rest
