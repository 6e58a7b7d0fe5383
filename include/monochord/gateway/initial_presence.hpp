// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace monochord {

struct update_presence_body;

namespace gateway {
class decisions;
}

/// How a bot appears from its start: `client_options::presence`, made from an `update_presence_body` of
/// `<monochord/model/gateway_bodies.hpp>`. By default as Discord has it: online, doing nothing. Throws `error` with
/// `errc::invalid_argument` for more than 3,500 bytes of JSON, and for text that is not UTF-8.
class initial_presence {
 public:
  initial_presence() = default;
  initial_presence(const update_presence_body& body);
  /// The JSON object that is sent; empty by default.
  const std::string& json() const noexcept { return json_; }

 private:
  friend class gateway::decisions;
  std::string json_;
};

}  // namespace monochord
