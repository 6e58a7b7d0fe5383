// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace monochord::protocol {

/// A request to an identify queue that is a server. Twilight's gateway-queue knows `GET /?shard=N` alone; the rest is
/// ours:
///
///     GET  /?shard=N&owner=O&run=R&ask=A&wait=MS&spent=refuse   may shard N IDENTIFY? Answered when its turn comes
///     POST /sent?shard=N&owner=O&run=R&ask=A                    it does so now
///     POST /done?shard=N&owner=O&run=R&ask=A&identified=true    how that ended
///     POST /unused?shard=N&owner=O&run=R&ask=A                  it will not
///     POST /reshard   what its body says to the other processes of a resharding, protocol/reshard_talk.hpp
///     GET  /health
struct queue_call {
  enum class kind : std::uint8_t { ask, sent, done, unused, health, reshard };

  kind what = kind::ask;
  int shard = 0;
  std::string owner;         ///< who asks; empty for a plain client, which tells nothing of what came of it
  std::string run;           ///< which life of the owner
  std::uint64_t number = 0;  ///< of the question, in that life: a question that is repeated keeps its place
  /// After so long it is answered that the turn has not come yet; 0: it is answered when it has.
  std::chrono::milliseconds wait{0};
  bool refuse_when_spent = false;  ///< rather than wait for the next day's session starts
  bool identified = false;         ///< of `done`

  bool is_plain() const noexcept { return owner.empty(); }
  friend bool operator==(const queue_call&, const queue_call&) = default;
};

inline constexpr int highest_shard = 1'000'000;
inline constexpr std::size_t longest_owner = 64;
inline constexpr std::size_t longest_run = 32;
inline constexpr std::chrono::milliseconds longest_wait{60'000};
inline constexpr std::size_t most_report_bytes = 26'000;  // of a resharding

/// Whether a text can name an owner: 1 to 64 letters, digits, '-', '_' and '.'.
bool is_owner_name(std::string_view text) noexcept;

/// Why a request is none, as an HTTP status with a sentence.
struct queue_call_refusal {
  int status = 400;
  std::string_view text;
};

/// How large the body of a request may be: none has a use for one but `reshard`.
std::size_t most_body_bytes(const queue_call& call) noexcept;

/// Reads method and target of an HTTP request. As with Twilight's, a question without a shard is one for shard 0, and
/// parameters with other names mean nothing.
std::variant<queue_call, queue_call_refusal> parse_queue_call(std::string_view method, std::string_view target);

/// The method and the target of a call. `wait` is rounded to whole milliseconds.
std::string_view method_of(const queue_call& call) noexcept;
std::string target_of(const queue_call& call);

/// A whole number from 0 on, of digits alone; nothing for anything else, and past `most`.
std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most) noexcept;

}  // namespace monochord::protocol
