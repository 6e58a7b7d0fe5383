// SPDX-License-Identifier: MIT
#pragma once

#include <charconv>
#include <cstdint>
#include <monochord/core/error.hpp>
#include <string>
#include <string_view>
#include <system_error>

namespace monochord {

/// Where to listen, as a user writes it: `127.0.0.1:9464`, `[::1]:9464`, `:9464` or `9464`, the last two on 127.0.0.1.
struct listen_address {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;

  /// Throws `error` with `errc::invalid_argument`.
  static listen_address parse(std::string_view text) {
    const auto refuse = [&] {
      throw error(errc::invalid_argument,
                  "\"" + std::string(text) +
                      "\" is no address to listen on: it is written like 127.0.0.1:9464, [::1]:9464 or 9464");
    };
    listen_address out;
    auto port = text;
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos) {
      auto host = text.substr(0, colon);
      port = text.substr(colon + 1);
      const bool brackets = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
      if (brackets) host = host.substr(1, host.size() - 2);
      const bool is_ip6 = host.find(':') != std::string_view::npos;
      if (is_ip6 != brackets || host.find_first_of("[]/ ") != std::string_view::npos) refuse();
      if (!host.empty()) out.host = host;
    }
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (port.empty() || failed != std::errc() || end != port.data() + port.size()) refuse();
    return out;
  }

  /// As a URL has it.
  std::string host_in_url() const { return host.find(':') == std::string::npos ? host : "[" + host + "]"; }
};

}  // namespace monochord
