// SPDX-License-Identifier: MIT
#include <monochord/gateway/controllers.hpp>

#include "gateway/decisions.hpp"
#include "protocol/shard_math.hpp"

namespace monochord {

shard_plan default_shards(const start_figures& now) { return now.configured; }

int default_route(const command_route& command) noexcept {
  return command.guild ? protocol::shard_of(command.guild, command.shards.total) : every_shard;
}

initial_presence default_presence(const presence_request& request) { return request.current; }

fatal_decision default_fatal(const fatal_close&) noexcept { return fatal_decision::stop_bot(); }

controllers::controllers()
    : shards(default_shards), route(default_route), presence(default_presence), fatal(default_fatal) {}
controllers::controllers(const controllers&) = default;
controllers::controllers(controllers&&) noexcept = default;
controllers& controllers::operator=(const controllers&) = default;
controllers& controllers::operator=(controllers&&) noexcept = default;
controllers::~controllers() = default;

namespace gateway {
namespace {

/// As it reaches the user: an error of ours as it is, all else in words.
[[noreturn]] void rethrow(const char* which) {
  const std::string name = std::string("client_options::controllers.") + which + " threw";
  try {
    throw;
  } catch (const error&) {
    throw;
  } catch (const std::exception& e) {
    std::throw_with_nested(error(errc::controller_failed, name + ": " + e.what()));
  } catch (...) {
    std::throw_with_nested(error(errc::controller_failed, name + " what is no std::exception"));
  }
}

/// The same, always as `controller_failed`: for where somebody else made the call.
std::exception_ptr told(const char* which) {
  try {
    try {
      rethrow(which);
    } catch (const error& e) {
      if (e.code() == errc::controller_failed) throw;
      std::throw_with_nested(
          error(errc::controller_failed, std::string("client_options::controllers.") + which + " threw: " + e.what()));
    }
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

shard_plan decisions::shards(const start_figures& now) const {
  if (!by_.shards) return default_shards(now);
  try {
    return by_.shards(now);
  } catch (...) {
    rethrow("shards");
  }
}

int decisions::route(const command_route& command) const {
  int to = every_shard;
  try {
    to = by_.route ? by_.route(command) : default_route(command);
  } catch (...) {
    rethrow("route");
  }
  if (to == every_shard && command.guild)
    throw error(errc::invalid_argument,
                "client_options::controllers.route sends a command of one guild to every shard");
  return to;
}

std::string decisions::presence(int shard_id, int shard_count, const std::string& current) const {
  if (!by_.presence) return current;
  initial_presence now;
  now.json_ = current;
  try {
    return by_.presence({shard_id, shard_count, now}).json();
  } catch (...) {
    tell_(told("presence"));
  }
  return current;
}

fatal_decision decisions::fatal(const fatal_close& end) const {
  if (!by_.fatal) return default_fatal(end);
  try {
    return by_.fatal(end);
  } catch (...) {
    tell_(told("fatal"));
  }
  return default_fatal(end);
}

}  // namespace gateway
}  // namespace monochord
