// SPDX-License-Identifier: MIT
#include <monochord/rest/application.hpp>

#include <monochord/model/activity_attachment.hpp>
#include <monochord/model/activity_instance.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/application_bodies.hpp>
#include <monochord/model/attachment.hpp>

#include "rest/endpoint.hpp"

namespace monochord::rest {

task<application> application_routes::get_current_application(const call_options& options) {
  return decoded<application>(queue_of(*this), make({method::get, "/applications/@me"}, options));
}

task<application> application_routes::edit_current_application(const edit_current_application_body& body,
                                                               const call_options& options) {
  return decoded<application>(queue_of(*this),
                              with(queue_of(*this), make({method::patch, "/applications/@me"}, options), body));
}

task<application> application_routes::get_application(application_id which, const call_options& options) {
  return decoded<application>(queue_of(*this),
                              make({method::get, "/applications/{application_id}"}, options, which));
}

task<application> application_routes::update_application(application_id which,
                                                         const edit_current_application_body& body,
                                                         const call_options& options) {
  return decoded<application>(
      queue_of(*this),
      with(queue_of(*this), make({method::patch, "/applications/{application_id}"}, options, which), body));
}

task<activity_instance> application_routes::get_application_activity_instance(application_id which,
                                                                              std::string_view instance,
                                                                              const call_options& options) {
  return decoded<activity_instance>(
      queue_of(*this), make({method::get, "/applications/{application_id}/activity-instances/{instance_id}"}, options,
                            which, instance));
}

task<activity_attachment> application_routes::upload_application_attachment(application_id which,
                                                                            const file_body& file,
                                                                            const call_options& options) {
  return decoded<activity_attachment>(
      queue_of(*this),
      with_one_file(make({method::post, "/applications/{application_id}/attachment"}, options, which), "file",
                    file));
}

}  // namespace monochord::rest
