// SPDX-License-Identifier: MIT
#include "protocol/routes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <monochord/core/error.hpp>
#include "protocol/path_parameters.hpp"

namespace monochord::protocol {
namespace {

/// Calls `text(piece)` and `parameter(name, index)` for the pieces of a template in turn.
template <class Text, class Parameter>
void walk(std::string_view path, Text text, Parameter parameter) {
  std::size_t index = 0;
  while (!path.empty()) {
    const auto open = path.find('{');
    text(path.substr(0, open));
    if (open == std::string_view::npos) return;
    const auto close = path.find('}', open);
    if (close == std::string_view::npos) return;
    parameter(path.substr(open + 1, close - open - 1), index++);
    path.remove_prefix(close + 1);
  }
}

constexpr std::size_t usual_length = 96;  // of a route with its ids

bool is_secret(std::string_view parameter) { return parameter.ends_with("_token"); }

/// Messages are deleted under three limits: the youngest, those older than two weeks, and all between. A clock that is
/// wrong files a deletion under another name, no more.
std::string_view age_class(std::string_view message_id, timestamp utc_now) {
  using namespace std::chrono_literals;
  std::uint64_t id = 0;
  const auto [end, failed] = std::from_chars(message_id.data(), message_id.data() + message_id.size(), id);
  if (failed != std::errc() || end != message_id.data() + message_id.size()) return "";
  constexpr std::chrono::milliseconds discord_epoch{1420070400000};
  const timestamp made{discord_epoch + std::chrono::milliseconds(static_cast<std::int64_t>(id >> 22U))};
  const auto age = utc_now - made;
  return age > 14 * 24h ? " (older than two weeks)" : age < 10s ? " (younger than ten seconds)" : "";
}

constexpr std::array<bool, 256> unreserved = [] {
  std::array<bool, 256> all{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"))
    all[static_cast<unsigned char>(c)] = true;
  return all;
}();

void append_encoded(std::string& out, std::string_view text) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (;;) {
    std::size_t plain = 0;
    while (plain < text.size() && unreserved[static_cast<unsigned char>(text[plain])]) ++plain;
    out += text.substr(0, plain);
    if (plain == text.size()) [[likely]] return;
    const auto byte = static_cast<unsigned char>(text[plain]);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
    text.remove_prefix(plain + 1);
  }
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

using segments = std::vector<std::string_view>;

segments segments_of(std::string_view path) {
  segments all;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    all.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return all;
}

const std::vector<segments>& known_paths() {
  static const std::vector<segments> all{
#define PATH(path) segments_of(path),
#include "protocol/paths.def"
#undef PATH
  };
  return all;
}

/// `user_id` of `{user_id}`, nothing of other segments.
std::string_view parameter_in(std::string_view segment) {
  return segment.starts_with('{') ? segment.substr(1, segment.size() - 2) : std::string_view();
}

/// How many of its segments a template says word by word, if a path begins with it.
std::optional<int> words_in_common(const segments& known, const segments& path) {
  if (known.size() > path.size()) return std::nullopt;
  int words = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto parameter = parameter_in(known[i]);
    if (parameter.empty() && known[i] != path[i]) return std::nullopt;
    if (parameter.empty()) ++words;
    // The webhook of an interaction and any other have the same path; the token of the former is base64 that begins
    // with "interaction:".
    const bool of_interaction = path[i].starts_with("aW50ZXJhY3Rpb246");
    if (parameter == "webhook_token" && of_interaction) return std::nullopt;
    if (parameter == "interaction_token" && !of_interaction && known.front() == "webhooks" && known.back() != "@original")
      return std::nullopt;
  }
  return words;
}

/// The template that says most about how a path begins.
segments longest_known(const segments& path) {
  const segments* best = nullptr;
  std::pair<std::size_t, int> best_by{};
  for (const auto& known : known_paths()) {
    const auto words = words_in_common(known, path);
    if (!words || (best && std::pair(known.size(), *words) <= best_by)) continue;
    best = &known;
    best_by = {known.size(), *words};
  }
  return best ? *best : segments();
}

/// Where no template says more: ids are parameters.
std::string guessed_name(const segments& path, std::size_t at) {
  const auto is_id = [](std::string_view text) {
    return text.size() >= 15 && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  const auto before = at > 0 ? path[at - 1] : std::string_view();
  if (at > 1 && path[at - 2] == "interactions" && is_id(before)) return "interaction_token";
  if (!is_id(path[at])) return {};
  return before.ends_with('s') ? std::string(before.substr(0, before.size() - 1)) + "_id" : "id";
}

}  // namespace

std::string_view name(method verb) noexcept {
  switch (verb) {
    case method::get: return "GET";
    case method::post: return "POST";
    case method::put: return "PUT";
    case method::patch: return "PATCH";
    case method::del: return "DELETE";
  }
  return "GET";
}

std::string percent_encode(std::string_view text) {
  std::string out;
  append_encoded(out, text);
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool coded = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    out += coded ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])) : text[i];
    if (coded) i += 2;
  }
  return out;
}

void check_path(const route& r, std::span<const std::string_view> parameters) {
  if (r.parameter_count() == route::unreadable)
    throw error(errc::invalid_argument,
                display(r) + ": each { and } of a path is that of a parameter; as text they are %7B and %7D");
  if (r.parameter_count() != parameters.size())
    throw error(errc::invalid_argument, display(r) + ": wrong number of path parameters");
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    const auto value = parameters[at];
    // Empty or dotted segments would change which route is called.
    if (value.size() > 2 || (!value.empty() && value != "." && value != "..")) [[likely]] continue;
    std::string unusable;
    walk(
        r.path, [](std::string_view) {}, [&](std::string_view what, std::size_t index) { if (index == at) unusable = what; });
    throw error(errc::invalid_argument, display(r) + ": unusable value for " + unusable);
  }
}

namespace {

/// `add(index)` writes a parameter.
template <class Add>
void write_path(std::string& out, const route& r, Add add) {
  walk(
      r.path, [&](std::string_view piece) { out += piece; }, [&](std::string_view, std::size_t index) { add(index); });
}

}  // namespace

void append_checked_path(std::string& out, const route& r, const path_parameters& parameters) {
  write_path(out, r, [&](std::size_t index) {
    if (parameters.only_numbers()) [[likely]] out += parameters[index];
    else append_encoded(out, parameters[index]);
  });
}

void append_path(std::string& out, const route& r, std::span<const std::string_view> parameters) {
  check_path(r, parameters);
  write_path(out, r, [&](std::size_t index) { append_encoded(out, parameters[index]); });
}

std::string build_path(const route& r, std::span<const std::string_view> parameters) {
  std::string out;
  append_path(out, r, parameters);
  return out;
}

std::string build_path(const route& r, std::initializer_list<std::string_view> parameters) {
  return build_path(r, std::span<const std::string_view>(parameters.begin(), parameters.size()));
}

std::string display(const route& r, std::span<const std::string_view> parameters) {
  std::string out;
  out.reserve(usual_length);
  out += name(r.verb);
  out += ' ';
  walk(
      r.path, [&](std::string_view piece) { out += piece; },
      [&](std::string_view what, std::size_t index) {
        if (is_secret(what) || index >= parameters.size()) {
          out += '{';
          out += what;
          out += '}';
        } else {
          append_encoded(out, parameters[index]);
        }
      });
  return out;
}

namespace {

/// On these Discord's numbers can be wrong: they are limited per guild.
bool is_emoji_route(const route& r) { return r.path.starts_with("/guilds/{guild_id}/emojis"); }

/// Messages are deleted under limits of their own.
bool deletes_message(const route& r) { return r.verb == method::del && r.path == "/channels/{channel_id}/messages/{message_id}"; }

void assign_display(std::string& to, const route& r) { (to.assign(name(r.verb)) += ' ') += r.path; }

}  // namespace

std::string display(const route& r) {
  std::string out;
  out.reserve(usual_length);
  assign_display(out, r);
  return out;
}

route_key limiter_key(const route& r, std::span<const std::string_view> parameters, bool unordered,
                      std::optional<timestamp> utc_now) {
  route_key key;
  write_limiter_key(key, r, parameters, unordered, utc_now);
  return key;
}

void write_limiter_key(route_key& key, const route& r, std::span<const std::string_view> parameters, bool unordered,
                       std::optional<timestamp> utc_now) {
  assign_display(key.route, r);
  std::string_view kind;  // the name of the major parameter, which is the first one of all
  std::string_view id;
  std::string_view token;
  walk(
      r.path, [](std::string_view) {},
      [&](std::string_view what, std::size_t index) {
        if (index >= parameters.size()) return;
        if (index == 0) {
          kind = what;
          id = parameters[0];
        } else if (is_secret(what)) {
          token = parameters[index];
        }
      });
  const bool interaction = r.is_interaction();
  const bool webhook = kind == "webhook_id" && !interaction;
  const bool channel = kind == "channel_id";
  key.major.clear();
  if (r.has_major() || interaction) {
    key.major = id;
    if (!token.empty()) (key.major += '/') += token;
  }
  key.webhook.clear();
  if (webhook) key.webhook = key.major;
  key.trusts_headers = !is_emoji_route(r);

  key.domain.clear();
  if (r.verb != method::get && !unordered) {
    if (interaction) key.domain.append("interaction ").append(token);
    else if (webhook) key.domain.append("webhook ").append(key.major);
    else if (channel) key.domain.append("channel ").append(key.major);
    else if (!key.trusts_headers) key.domain.append("emojis ").append(id);
  }
  key.sender.clear();
  key.carries_token = false;
  key.exempt_from_global = interaction;
  key.by_address = r.has_own_token() && !interaction;

  if (utc_now && deletes_message(r) && parameters.size() == 2) key.route += age_class(parameters[1], *utc_now);
}

bool append_key_name(std::string& out, const route& r, std::string_view first_parameter, bool unordered) {
  if (r.has_own_token() || deletes_message(r)) return false;
  const char how[] = {static_cast<char>('a' + static_cast<int>(r.verb)), unordered && r.verb != method::get ? '?' : ' '};
  out.append(how, sizeof how);
  out += r.path;
  // Others do not part calls from each other, and there may be any number of them.
  if (r.has_major()) (out += '\n') += first_parameter;
  return true;
}

std::string label(const route_key& key) {
  if (key.major.empty()) return key.route;
  std::string out = key.route + " of ";
  append_encoded(out, std::string_view(key.major).substr(0, key.major.find('/')));  // behind it stands a token
  return out;
}

std::vector<std::string> secret_parameters(const route& r, std::span<const std::string_view> parameters) {
  std::vector<std::string> all;
  walk(
      r.path, [](std::string_view) {},
      [&](std::string_view what, std::size_t index) {
        if (is_secret(what) && index < parameters.size()) all.emplace_back(parameters[index]);
      });
  return all;
}

parsed_path parse_path(std::string_view path) {
  if (!path.starts_with('/')) throw error(errc::invalid_argument, "a path of the API begins with '/'");
  const auto given = segments_of(path);
  const auto known = longest_known(given);
  parsed_path out;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto name = i < known.size() ? std::string(parameter_in(known[i])) : guessed_name(given, i);
    out.path += '/';
    if (name.empty()) {
      out.path += given[i];
    } else {
      out.path.append("{").append(name).append("}");
      out.parameters.push_back(percent_decode(given[i]));
    }
  }
  return out;
}

}  // namespace monochord::protocol
