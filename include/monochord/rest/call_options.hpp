// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include <monochord/core/optional.hpp>

namespace monochord {

/// What goes before what among calls that wait for the same limit. Answers to interactions go before everything by
/// themselves.
enum class call_priority : std::uint8_t {
  normal,
  low,  ///< bulk work: goes when nothing else waits
};

/// What every call of the REST API takes besides its arguments, like `{.reason = "spam"}`. A view: what it refers to must
/// live until the call has returned its task.
struct call_options {
  /// Shown in the guild's audit log; UTF-8, at most 512 characters. Routes that write no audit log ignore it.
  /// https://docs.discord.com/developers/resources/audit-log#audit-log-entry-object
  std::string_view reason{};
  /// An OAuth2 access token of a user, with which the call is made instead of the bot's token.
  /// https://docs.discord.com/developers/topics/oauth2
  std::string_view bearer_token{};
  /// Instead of `client_options::rest_timeout`: how long the call may take in all, waiting included.
  optional<std::chrono::milliseconds> timeout{};
  call_priority priority = call_priority::normal;
  /// Need not wait for earlier writes to the same channel or webhook: faster, but they may arrive in another order.
  bool unordered = false;
};

static_assert(std::is_trivially_destructible_v<call_options>);

}  // namespace monochord
