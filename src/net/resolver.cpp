// SPDX-License-Identifier: MIT
#include "net/resolver.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <cstring>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include <monochord/core/error.hpp>
#include "net/parked.hpp"

namespace monochord::net {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t max_threads = 4;  // so that one dead name server does not hold up every other name

struct lookup {
  std::string host;
  std::uint16_t port = 0;
  std::vector<tcp::endpoint> found;
  std::string failure;
  std::shared_ptr<parked> waiter;
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

struct resolver::state {
  std::mutex mutex;
  std::deque<std::shared_ptr<lookup>> queue;
  std::size_t threads = 0;

  /// A thread's whole life: it looks up until nothing is queued, and holds nothing but this state.
  static void work(const std::shared_ptr<state>& self) {
    for (;;) {
      std::shared_ptr<lookup> next;
      {
        const std::lock_guard lock(self->mutex);
        if (self->queue.empty()) {
          --self->threads;
          return;
        }
        next = std::move(self->queue.front());
        self->queue.pop_front();
      }
      if (next->waiter->done()) continue;  // given up before its turn
      look_up(*next);
      next->waiter->complete();
    }
  }

  void submit(const std::shared_ptr<state>& self, std::shared_ptr<lookup> what) {
    const std::lock_guard lock(mutex);
    if (threads < max_threads) {
      try {
        std::thread(&state::work, self).detach();
        ++threads;
      } catch (const std::system_error&) {
        // no new thread can be had: one that runs takes it
        if (threads == 0) throw error(errc::resource, "no thread could be started to resolve a host name");
      }
    }
    queue.push_back(std::move(what));
  }
};

resolver::resolver() : state_(std::make_shared<state>()) {}
resolver::~resolver() = default;

task<std::vector<tcp::endpoint>> resolver::resolve(std::string host, std::uint16_t port) {
  error_code not_address;
  const auto address = asio::ip::make_address(host, not_address);
  if (!not_address) co_return std::vector<tcp::endpoint>(1, tcp::endpoint(address, port));

  const auto shared = state_;
  const auto what = std::make_shared<lookup>();
  what->host = std::move(host);
  what->port = port;
  const error_code woken = co_await park([&](std::shared_ptr<parked> waiter) {
    what->waiter = std::move(waiter);
    shared->submit(shared, what);
  });
  if (woken) throw error(errc::cancelled, "resolving " + what->host + " was cancelled");
  if (!what->failure.empty()) {
    throw error(errc::resolve_failed, "the host name " + what->host + " could not be resolved: " + what->failure);
  }
  co_return std::move(what->found);
}

}  // namespace monochord::net
