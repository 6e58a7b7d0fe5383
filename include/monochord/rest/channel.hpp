// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

class rest_client;

namespace rest {

/// Channels and threads. Types: `model/channel.hpp`.
class channel_routes {
 public:
  /// Shows "is typing" for ten seconds. https://docs.discord.com/developers/resources/channel#trigger-typing-indicator
  task<> trigger_typing_indicator(channel_id channel, const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  channel_routes() = default;
};

}  // namespace rest

}  // namespace monochord
