// SPDX-License-Identifier: MIT
#include "gateway/queue_address.hpp"

#include <algorithm>
#include <utility>

namespace monochord::gateway {
namespace {

constexpr std::size_t most_answer_bytes = 64U << 10U;

net::url base_of(const std::string& text) {
  auto out = net::url::parse(text);
  if (out.scheme() != "http" && out.scheme() != "https")
    throw error(errc::bad_url, "the identify queue's URL must begin with https:// (or http:// for loopback)");
  if (out.target().find('?') != std::string::npos)
    throw error(errc::bad_url, "the identify queue's URL has no query");
  return out;
}

std::string prefix_of(const net::url& of) {
  std::string out = of.target();
  while (!out.empty() && out.back() == '/') out.pop_back();
  return out;
}

}  // namespace

queue_address::queue_address(const network_identify_queue_options& options)
    : time(options.clock ? options.clock : system_clock()),
      base(base_of(options.url)),
      options_(options),
      prefix_(prefix_of(base)) {
  const auto is_visible = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(options_.secret.reveal(), is_visible))
    throw error(errc::invalid_argument,
                "network_identify_queue_options::secret holds a character that no header can hold");
}

net::http_options queue_address::http(std::size_t connections) const {
  net::http_options out;
  out.transport = options_.transport ? options_.transport : net::tcp_network();
  out.clock = time;
  if (base.encrypted())
    out.tls = options_.ca_file.empty() ? net::tls_context::client()
                                       : net::tls_context::client_trusting_file(options_.ca_file);
  out.allow_plain = options_.allow_plain;
  out.user_agent = "Monochord identify queue";
  out.accept_gzip = false;
  out.silence_limit = silence_limit;
  out.max_connections = std::max<std::size_t>(connections, 1);
  out.max_header_bytes = most_answer_bytes;
  out.max_body_bytes = most_answer_bytes;
  return out;
}

net::http_request queue_address::request(std::string_view method, const std::string& target) const {
  net::http_request out(std::string(method), prefix_ + target);
  if (!options_.secret.empty()) out.headers.add("Authorization", "Bearer " + options_.secret.reveal());
  return out;
}

}  // namespace monochord::gateway
