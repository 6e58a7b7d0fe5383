// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct user;
class rest_client;

namespace rest {

/// Users and what belongs to the bot's own. Types: `model/user.hpp`.
class user_routes {
 public:
  /// The bot's own user. https://docs.discord.com/developers/resources/user#get-current-user
  task<user> get_current_user(const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  user_routes() = default;
};

}  // namespace rest

}  // namespace monochord
