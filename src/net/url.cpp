// SPDX-License-Identifier: MIT
#include "net/url.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

#include <monochord/core/error.hpp>

namespace monochord::net {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return lower(c); });
  return result;
}

bool is_host_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

std::uint16_t default_port(std::string_view scheme) noexcept { return scheme == "https" || scheme == "wss" ? 443 : 80; }

[[noreturn]] void refuse(const std::string& why) { throw error(errc::bad_url, "not a URL that can be used: " + why); }

std::string parse_scheme(std::string_view& rest) {
  const auto end = rest.find("://");
  if (end == std::string_view::npos) refuse("it must begin with http://, https://, ws:// or wss://");
  std::string scheme = lower(rest.substr(0, end));
  if (scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss") {
    refuse("the scheme must be http, https, ws or wss");
  }
  rest.remove_prefix(end + 3);
  return scheme;
}

std::string parse_ip6(std::string_view& authority) {
  const auto end = authority.find(']');
  if (end == std::string_view::npos) refuse("the IPv6 address has no closing bracket");
  const std::string text(authority.substr(1, end - 1));
  error_code bad;
  const auto address = boost::asio::ip::make_address_v6(text, bad);
  if (bad) refuse("what is in the brackets is not an IPv6 address");
  authority.remove_prefix(end + 1);
  return address.to_string();
}

std::string parse_name(std::string_view& authority) {
  const auto end = std::min(authority.find(':'), authority.size());
  std::string name = lower(authority.substr(0, end));
  if (name.empty()) refuse("the host is missing");
  if (name.size() > 253 || !std::ranges::all_of(name, is_host_character)) refuse("the host holds other characters than a host name");
  authority.remove_prefix(end);
  return name;
}

std::uint16_t parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || bad != std::errc() || end != text.data() + text.size() || value == 0 || value > 65535) {
    refuse("the port must be a number from 1 to 65535");
  }
  return static_cast<std::uint16_t>(value);
}

}  // namespace

url url::parse(std::string_view text) {
  url result;
  std::string_view rest = text;
  result.scheme_ = parse_scheme(rest);

  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  if (authority.find('@') != std::string_view::npos) refuse("user names and passwords are not supported");
  result.host_ = authority.starts_with('[') ? parse_ip6(authority) : parse_name(authority);
  if (authority.empty()) {
    result.port_ = default_port(result.scheme_);
  } else if (authority.front() == ':') {
    result.port_ = parse_port(authority.substr(1));
  } else {
    refuse("unexpected characters after the host");
  }

  for (const char c : rest) {
    if (c == '#') refuse("a fragment has no meaning here");
    if (c <= ' ' || c == '\x7f') refuse("the path holds a space, a control character or one outside ASCII; use %-encoding");
  }
  result.target_ = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  return result;
}

bool is_loopback(std::string_view host) noexcept {
  if (host == "localhost") return true;
  error_code bad;
  const auto address = boost::asio::ip::make_address(host, bad);
  return !bad && address.is_loopback();
}

bool url::loopback() const noexcept { return is_loopback(host_); }

std::string url::authority() const {
  std::string text = host_.find(':') == std::string::npos ? host_ : "[" + host_ + "]";
  if (port_ != default_port(scheme_)) text += ":" + std::to_string(port_);
  return text;
}

std::string url::origin() const { return scheme_ + "://" + authority(); }

void url::require_encryption_unless(bool plain_allowed) const {
  if (encrypted() || plain_allowed || loopback()) return;
  throw error(errc::plain_refused, "refused to use " + origin() +
                                       ": it is not encrypted and not on this machine, so the token would travel in the "
                                       "clear. Use " + (scheme_ == "ws" ? "wss://" : "https://") +
                                       ", or set allow_plain if the network is trusted");
}

}  // namespace monochord::net
