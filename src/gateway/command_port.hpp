// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <monochord/core/error.hpp>
#include <string>

namespace monochord::gateway {

/// What takes commands to Discord for one shard number: a shard of this process, or an event source. Thread-safe.
class command_port {
 public:
  virtual ~command_port() = default;
  virtual int id() const noexcept = 0;
  /// A number that no other one of this process has or had: two sets of shards have the same ids.
  virtual std::uint64_t serial() const noexcept = 0;
  /// Takes a payload of the user (op 3, 4, 8, 31, 43), in the order of calls. `done` is called once, never within the
  /// call: without an error when it went out; it must not throw. What is returned withdraws the payload. Throws `error`
  /// with `errc::invalid_argument` for more than 4,096 bytes.
  /// https://docs.discord.com/developers/events/gateway#sending-events
  virtual std::function<void()> send(std::string payload, std::function<void(error_code)> done) = 0;
  /// How the bot appears there, as JSON.
  virtual std::function<void()> update_presence(std::string presence_json, std::function<void(error_code)> done) = 0;

  static constexpr std::size_t max_payload_bytes = 4096;
  /// IDENTIFY carries it beside the token and the rest: more, and no session would begin any more.
  static constexpr std::size_t max_presence_bytes = 3500;

 protected:
  static std::uint64_t next_serial() noexcept;
  static void check_payload(const std::string& payload);
  static void check_presence(const std::string& json);
  static std::string presence_payload(const std::string& json);
};

}  // namespace monochord::gateway
