// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace monochord::net {

/// An http, https, ws or wss URL, taken apart.
class url {
 public:
  /// Throws `error` with `errc::bad_url`; the text never repeats the part after the host, which may hold a secret.
  /// Refused: other schemes, user names, fragments, spaces and control characters, ports that are no number of 1-65535.
  static url parse(std::string_view text);

  const std::string& scheme() const noexcept { return scheme_; }  ///< lower case
  const std::string& host() const noexcept { return host_; }      ///< lower case; an IPv6 address without brackets
  std::uint16_t port() const noexcept { return port_; }           ///< the scheme's own when none was written
  /// Path and query, at least "/".
  const std::string& target() const noexcept { return target_; }
  void set_target(std::string target) { target_ = std::move(target); }

  bool encrypted() const noexcept { return scheme_ == "https" || scheme_ == "wss"; }
  /// 127.0.0.0/8, ::1 or localhost.
  bool loopback() const noexcept;
  /// What a Host header says: brackets around IPv6, the port unless it is the scheme's own.
  std::string authority() const;
  /// scheme://authority, safe to show.
  std::string origin() const;

  /// Throws `error` with `errc::plain_refused` for http and ws to a host that is not loopback, unless allowed.
  void require_encryption_unless(bool plain_allowed) const;

 private:
  url() = default;
  std::string scheme_;
  std::string host_;
  std::uint16_t port_ = 0;
  std::string target_;
};

/// Whether a host is this machine: 127.0.0.0/8, ::1 or localhost.
bool is_loopback(std::string_view host) noexcept;

}  // namespace monochord::net
