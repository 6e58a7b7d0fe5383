// SPDX-License-Identifier: MIT
// A client's figures: what they are made of, and the endpoint that serves them.
#include <optional>
#include <utility>
#include <vector>

#include "client/impl.hpp"

namespace monochord {

namespace {

/// Nothing where there is no queue yet, or it is one of the user's that does not say.
std::optional<identify_budget> budget_of(const std::shared_ptr<gateway::shard_manager>& manager) {
  const auto queue = manager ? manager->queue() : nullptr;
  try {
    if (queue) return queue->budget();
  } catch (const std::exception&) {  // the figure is left out, which says so
  }
  return std::nullopt;
}

}  // namespace

/// What is asked only once the figures are wanted. The client that is gone has none.
void client::impl::make_metrics() {
  meters->figures.add([weak = weak_from_this()](std::vector<metric_family>& out) {
    const auto self = weak.lock();
    if (!self) return;
    metric_page page(out);
    const auto manager = self->shard_source->get();  // null: there are no shards yet, or never
    gather_gateway(page, *self->meters->events, *self->meters->shards,
                   manager ? self->shard_view.info() : std::vector<shard_info>());
    gather_session_starts(page, budget_of(manager));
    gather_rest(page, *self->queue);
    gather_dispatch(page, *self->dispatcher, *self->meters->handlers);
    gather_cache(page, self->meters->cache.look(self->cached->cache(), self->time->now()));
    gather_process(page, detail::read_process_figures());
  });
  if (options.metrics_listen.empty()) return;
  metrics_server_options how;
  how.listen = options.metrics_listen;
  how.log = options.log;
  how.log_to = [to = log](log_level level, std::string_view part, std::string_view text) { to(level, part, text); };
  how.clock = time;
  how.transport = options.transport;
  how.executor = user_executor;  // gatherers of the user never occupy every thread
  meters->server = std::make_unique<metrics_server>(meters->figures, std::move(how));
}

metrics& client::metrics() noexcept { return impl_->meters->figures; }

}  // namespace monochord
