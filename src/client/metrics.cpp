// SPDX-License-Identifier: MIT
// A client's figures: what they are made of, and the endpoint that serves them.
#include <optional>
#include <utility>
#include <vector>

#include "client/impl.hpp"

namespace monochord {

/// What is asked only once the figures are wanted. The client that is gone has none.
void client::impl::make_metrics() {
  meters->figures.add([weak = weak_from_this()](std::vector<metric_family>& out) {
    const auto self = weak.lock();
    if (!self) return;
    metric_page page(out);
    const auto manager = self->shard_source->get();  // null: there are no shards yet, or never
    const auto starts = manager ? manager->queue() : nullptr;
    gather_gateway(page, *self->meters->events, *self->meters->shards,
                   manager ? self->shard_view.info() : std::vector<shard_info>());
    gather_session_starts(page, starts ? starts->budget() : std::nullopt);
    gather_rest(page, *self->queue);
    gather_dispatch(page, *self->dispatcher, *self->meters->handlers);
    gather_cache(page, self->cached->cache().stats());
    gather_process(page, detail::read_process_figures());
  });
  if (options.metrics_listen.empty()) return;
  metrics_server_options how;
  how.listen = options.metrics_listen;
  how.log = options.log;
  how.log_to = [to = log](log_level level, std::string_view part, std::string_view text) { to(level, part, text); };
  how.clock = time;
  how.transport = options.transport;
  how.executor = executor;
  meters->server = std::make_unique<metrics_server>(meters->figures, std::move(how));
}

metrics& client::metrics() noexcept { return impl_->meters->figures; }

}  // namespace monochord
