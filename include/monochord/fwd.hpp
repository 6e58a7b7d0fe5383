// SPDX-License-Identifier: MIT
#pragma once

namespace monochord {

class client;
struct client_options;
class rest_client;
class identify_queue;
class session_store;
class clock;

namespace net {
class network;
}

}  // namespace monochord
