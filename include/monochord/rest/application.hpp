// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct activity_attachment;
struct activity_instance;
struct application;
struct edit_current_application_body;
struct file_body;
class rest_client;

namespace rest {

/// The bot's application. Types: `model/application.hpp`, `model/activity_instance.hpp`, `model/attachment.hpp`,
/// `model/application_bodies.hpp`.
class application_routes {
 public:
  /// The bot's application. https://docs.discord.com/developers/resources/application#get-current-application
  task<application> get_current_application(const call_options& options = {});
  /// Changes the bot's application. https://docs.discord.com/developers/resources/application#edit-current-application
  task<application> edit_current_application(const edit_current_application_body& body,
                                             const call_options& options = {});
  /// The bot's application by its id. Discord does not document it; what is alike:
  /// https://docs.discord.com/developers/resources/application#get-current-application
  task<application> get_application(application_id which, const call_options& options = {});
  /// Changes the bot's application by its id. Discord does not document it.
  task<application> update_application(application_id which, const edit_current_application_body& body,
                                       const call_options& options = {});
  /// An activity that is running; code 10151 when it is not.
  /// https://docs.discord.com/developers/resources/application#get-application-activity-instance
  task<activity_instance> get_application_activity_instance(application_id which, std::string_view instance,
                                                            const call_options& options = {});
  /// Uploads a file for an activity, with the bot's token or a user's (`call_options::bearer_token`). Discord does not
  /// document it.
  task<activity_attachment> upload_application_attachment(application_id which, const file_body& file,
                                                          const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  application_routes() = default;
};

}  // namespace rest

}  // namespace monochord
