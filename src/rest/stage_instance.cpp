// SPDX-License-Identifier: MIT
#include <monochord/model/stage_instance.hpp>
#include <monochord/model/stage_instance_bodies.hpp>
#include <monochord/rest/stage_instance.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<stage_instance> stage_instance_routes::create_stage_instance(const create_stage_instance_body& body,
                                                                  const call_options& options) {
  return decoded<stage_instance>(queue_of(*this),
      with(queue_of(*this), make({method::post, "/stage-instances"}, options), body));
}

task<stage_instance> stage_instance_routes::get_stage_instance(channel_id channel, const call_options& options) {
  return decoded<stage_instance>(queue_of(*this),
      make({method::get, "/stage-instances/{channel_id}"}, options, channel));
}

task<stage_instance> stage_instance_routes::modify_stage_instance(channel_id channel,
                                                                  const modify_stage_instance_body& body,
                                                                  const call_options& options) {
  return decoded<stage_instance>(queue_of(*this),
      with(queue_of(*this), make({method::patch, "/stage-instances/{channel_id}"}, options, channel), body));
}

task<> stage_instance_routes::delete_stage_instance(channel_id channel, const call_options& options) {
  return done(queue_of(*this), make({method::del, "/stage-instances/{channel_id}"}, options, channel));
}

}  // namespace monochord::rest
