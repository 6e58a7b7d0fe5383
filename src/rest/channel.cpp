// SPDX-License-Identifier: MIT
#include <monochord/rest/channel.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<> channel_routes::trigger_typing_indicator(channel_id channel, const call_options& options) {
  return done(queue_of(*this), make({method::post, "/channels/{channel_id}/typing"}, options, channel));
}

}  // namespace monochord::rest
