// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

#include <monochord/core/snowflake.hpp>
#include <monochord/core/task.hpp>
#include <monochord/model/list.hpp>
#include <monochord/rest/call_options.hpp>

namespace monochord {

struct gateway_bot_info;
struct gateway_info;
class rest_client;

namespace rest {

/// Where the gateway is. Types: `model/gateway.hpp`.
class gateway_routes {
 public:
  /// Where to connect. Sent without authorization. https://docs.discord.com/developers/events/gateway#get-gateway
  task<gateway_info> get_gateway(const call_options& options = {});
  /// Where to connect, with how many shards, and how often.
  /// https://docs.discord.com/developers/events/gateway#get-gateway-bot
  task<gateway_bot_info> get_gateway_bot(const call_options& options = {});

 private:
  friend rest_client;  // nothing else is one
  gateway_routes() = default;
};

}  // namespace rest

}  // namespace monochord
