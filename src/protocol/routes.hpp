// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/timestamp.hpp>
#include "protocol/rate_limiter.hpp"

namespace monochord::protocol {

class path_parameters;

enum class method : std::uint8_t { get, post, put, patch, del };

/// `GET`, `POST`, ... as HTTP writes it.
std::string_view name(method verb) noexcept;

/// One REST route as a constant: `inline constexpr route create_message{method::post, "/channels/{channel_id}/messages"};`
/// The names in braces are those of Discord's documentation; what they mean to rate limits and to secrecy is read off
/// them, so a route is nothing but its verb and its template.
struct route {
  static constexpr std::uint32_t unreadable = UINT32_MAX;

  constexpr route() = default;
  /// Of a string literal, which is read when it is compiled.
  consteval route(method verb, const char* path) : route(verb, std::string_view(path)) {}
  /// `path` must live as long as whatever is made of this.
  constexpr route(method verb, std::string_view path)
      : verb(verb),
        path(path),
        is_interaction_(path.find("{interaction_token}") != path.npos),
        has_own_token_(path.find("_token}") != path.npos),
        has_major_(is_major(first_parameter(path))),
        parameters_(std::ranges::count(path, '{') == std::ranges::count(path, '}')
                        ? static_cast<std::uint32_t>(std::ranges::count(path, '{'))
                        : unreadable) {}

  /// Interaction endpoints do not count against the global limit: the callback, the original answer and follow-ups,
  /// whose templates are written with `{interaction_token}` where those of a webhook have `{webhook_token}`.
  constexpr bool is_interaction() const noexcept { return is_interaction_; }
  /// A call that carries its own token in the path goes without the Authorization header.
  constexpr bool has_own_token() const noexcept { return has_own_token_; }
  /// Calls with different values for the first parameter have quotas of their own.
  /// https://docs.discord.com/developers/topics/rate-limits#rate-limits
  constexpr bool has_major() const noexcept { return has_major_; }
  /// How many parameters the template has; `unreadable` when it has a brace that is not one of two.
  constexpr std::size_t parameter_count() const noexcept { return parameters_; }

  method verb = method::get;
  std::string_view path;  ///< below the base URL, starts with '/'

 private:
  static constexpr std::string_view first_parameter(std::string_view path) {
    const auto open = path.find('{');
    return open == path.npos ? std::string_view() : path.substr(open + 1, path.find('}', open) - open - 1);
  }
  static constexpr bool is_major(std::string_view parameter) {
    return parameter == "channel_id" || parameter == "guild_id" || parameter == "webhook_id";
  }

  bool is_interaction_ = false, has_own_token_ = false, has_major_ = false;
  std::uint32_t parameters_ = 0;
};

/// The path with its parameters, in the order of the template, percent-encoded (everything but A-Z a-z 0-9 - . _ ~).
/// Throws monochord::error (invalid_argument) when their number is wrong or one is empty, "." or "..".
std::string build_path(const route& r, std::span<const std::string_view> parameters);
void append_path(std::string& out, const route& r, std::span<const std::string_view> parameters);
/// Throws what the others throw: `append_checked_path` does not look again.
void check_path(const route& r, std::span<const std::string_view> parameters);
void append_checked_path(std::string& out, const route& r, const path_parameters& parameters);
std::string build_path(const route& r, std::initializer_list<std::string_view> parameters);

/// For logs and errors: `POST /webhooks/123/{webhook_token}`; ids are filled in, tokens never.
std::string display(const route& r, std::span<const std::string_view> parameters);

/// For logs and errors without parameters: `POST /channels/{channel_id}/messages`.
std::string display(const route& r);

/// What the rate limiter files the call under: verb and template, and the major parameters with their values (the
/// first of channel_id, guild_id, webhook_id (with its token), or an interaction's token).
/// Writes to one channel or webhook have a domain, so that they go one after the other, unless `unordered`.
/// With the time in UTC deletions of messages are told apart by age, which have limits of their own.
/// https://docs.discord.com/developers/topics/rate-limits
route_key limiter_key(const route& r, std::span<const std::string_view> parameters, bool unordered = false,
                      std::optional<timestamp> utc_now = {});
/// The same in place of `key`, whose memory is used again.
void write_limiter_key(route_key& key, const route& r, std::span<const std::string_view> parameters, bool unordered,
                       std::optional<timestamp> utc_now);

/// A short text, appended to `out`, that stands for the key of a call: calls with equal texts have equal keys, but for what is not
/// read off route and parameters. False for the few whose keys hold more than that: those with a token in their path, and
/// deletions of messages.
bool append_key_name(std::string& out, const route& r, std::string_view first_parameter, bool unordered);

/// The values of the parameters that are tokens.
std::vector<std::string> secret_parameters(const route& r, std::span<const std::string_view> parameters);

/// A path that is not written as a template, for routes that nobody declared.
struct parsed_path {
  std::string path;                     ///< `/channels/{channel_id}/pins`
  std::vector<std::string> parameters;  ///< decoded
};
/// Makes a template of a path like `/channels/123/pins`: that of the call which Monochord has for it, or for its beginning,
/// so that both are filed under the same limits; in the rest ids become parameters named after what stands before them.
/// Throws monochord::error (invalid_argument) when it does not
/// start with '/'.
parsed_path parse_path(std::string_view path);

/// Percent-encodes one path segment or query value.
std::string percent_encode(std::string_view text);
/// Undoes it; a '%' that encodes nothing stays.
std::string percent_decode(std::string_view text);

}  // namespace monochord::protocol
