// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct application;
class rest_client;

namespace rest {

/// The bot's application. Types: `model/application.hpp`.
class application_routes {
 public:
  /// The bot's application. https://docs.discord.com/developers/resources/application#get-current-application
  task<application> get_current_application(const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  application_routes() = default;
};

}  // namespace rest

}  // namespace monochord
