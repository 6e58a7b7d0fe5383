// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

class client;
struct client_options;
class cache;
class rest_client;
class identify_queue;
class session_store;
class event_source;
class shard_set;
class gateway_commands;
struct start_progress;
class clock;
class metrics;

namespace net {
class network;
}

}  // namespace monochord
