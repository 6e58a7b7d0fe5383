// SPDX-License-Identifier: MIT
#include "protocol/routes.hpp"

#include <algorithm>

#include <monochord/core/error.hpp>

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
    parameter(path.substr(open + 1, close - open - 1), index++);
    path.remove_prefix(close + 1);
  }
}

bool is_secret(std::string_view parameter) { return parameter.ends_with("_token"); }

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
  static constexpr char hex[] = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += hex[byte >> 4];
      out += hex[byte & 15];
    }
  }
  return out;
}

int parameter_count(const route& r) noexcept {
  return static_cast<int>(std::count(r.path.begin(), r.path.end(), '{'));
}

std::string build_path(const route& r, std::span<const std::string_view> parameters) {
  if (static_cast<std::size_t>(parameter_count(r)) != parameters.size())
    throw error(errc::invalid_argument, display(r) + ": wrong number of path parameters");
  std::string out;
  walk(
      r.path, [&](std::string_view piece) { out += piece; },
      [&](std::string_view what, std::size_t index) {
        const auto value = parameters[index];
        // Empty or dotted segments would change which route is called.
        if (value.empty() || value == "." || value == "..")
          throw error(errc::invalid_argument, display(r) + ": unusable value for " + std::string(what));
        out += percent_encode(value);
      });
  return out;
}

std::string build_path(const route& r, std::initializer_list<std::string_view> parameters) {
  return build_path(r, std::span<const std::string_view>(parameters.begin(), parameters.size()));
}

std::string display(const route& r, std::span<const std::string_view> parameters) {
  std::string out(name(r.verb));
  out += ' ';
  walk(
      r.path, [&](std::string_view piece) { out += piece; },
      [&](std::string_view what, std::size_t index) {
        if (is_secret(what) || index >= parameters.size()) {
          out += '{';
          out += what;
          out += '}';
        } else {
          out += percent_encode(parameters[index]);
        }
      });
  return out;
}

std::string display(const route& r) { return display(r, {}); }

route_key limiter_key(const route& r, std::span<const std::string_view> parameters) {
  route_key key;
  key.route = display(r);
  std::string_view major;  // the name of the first major parameter; a token beside it belongs to it
  walk(
      r.path, [](std::string_view) {},
      [&](std::string_view what, std::size_t index) {
        if (index >= parameters.size()) return;
        const bool is_major = what == "channel_id" || what == "guild_id" || what == "webhook_id" || what == "interaction_id";
        if (is_major && major.empty() && index == 0) {
          major = what;
          key.major = parameters[index];
        } else if ((major == "webhook_id" || major == "interaction_id") && is_secret(what)) {
          key.major += '/';
          key.major += parameters[index];
        }
      });
  key.exempt_from_global = r.is_interaction();
  key.by_address = r.has_own_token() && !r.is_interaction();
  return key;
}

}  // namespace monochord::protocol
