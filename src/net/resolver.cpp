// SPDX-License-Identifier: MIT
#include "net/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <system_error>

#include <monochord/core/error.hpp>

namespace monochord::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

struct lookup {
  std::string host;
  std::uint16_t port = 0;
  std::vector<tcp::endpoint> found;
  std::string failure;
};

tcp::endpoint endpoint_of(const addrinfo& from) {
  tcp::endpoint to;
  to.resize(from.ai_addrlen);
  std::memcpy(to.data(), from.ai_addr, from.ai_addrlen);
  return to;
}

/// Alternates the families, beginning with the one the system put first, so that one that does not work costs little.
std::vector<tcp::endpoint> interleave(const std::vector<tcp::endpoint>& all) {
  std::vector<tcp::endpoint> first, second, mixed;
  for (const auto& one : all) (one.protocol() == all.front().protocol() ? first : second).push_back(one);
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) mixed.push_back(first[i]);
    if (i < second.size()) mixed.push_back(second[i]);
  }
  return mixed;
}

void look_up(lookup& what) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int bad = ::getaddrinfo(what.host.c_str(), std::to_string(what.port).c_str(), &hints, &list);
  if (bad != 0) {
    what.failure = bad == EAI_SYSTEM ? std::generic_category().message(errno) : ::gai_strerror(bad);
    return;
  }
  std::vector<tcp::endpoint> all;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) all.push_back(endpoint_of(*one));
  ::freeaddrinfo(list);
  if (all.empty()) what.failure = "it has no address";
  else what.found = interleave(all);
}

}  // namespace

task<std::vector<tcp::endpoint>> resolver::resolve(std::string host, std::uint16_t port) {
  error_code not_address;
  const auto address = asio::ip::make_address(host, not_address);
  if (!not_address) co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));
  if (host == "localhost") {  // RFC 6761 6.3; a bare system without /etc/hosts knows it no more than a name server does
    std::vector<tcp::endpoint> here;
    here.emplace_back(asio::ip::address_v4::loopback(), port);
    here.emplace_back(asio::ip::address_v6::loopback(), port);
    co_return here;
  }

  const auto what = std::make_shared<lookup>();
  what->host = std::move(host);
  what->port = port;
  const std::function<void()> work = [what] { look_up(*what); };
  co_await threads_.run(work);
  if (!what->failure.empty()) {
    throw error(errc::resolve_failed, "the host name " + what->host + " could not be resolved: " + what->failure);
  }
  co_return std::move(what->found);
}

}  // namespace monochord::net
