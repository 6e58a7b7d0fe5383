// SPDX-License-Identifier: MIT
#include <monochord/rest/rest.hpp>

#include <monochord/rest/counters.hpp>
#include "rest/queue.hpp"

namespace monochord {

task<rest_counters> rest_client::counters() const { return queue_->counters(); }

}  // namespace monochord
