// SPDX-License-Identifier: MIT
#include "net/tls_sessions.hpp"

#include <new>
#include <utility>

#include <monochord/core/error.hpp>

namespace monochord::net {

namespace {

/// Two places of an SSL object that OpenSSL keeps for us: which cache, which host.
struct indices {
  int cache = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  int host = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
};

const indices& places() {
  static const indices all;
  return all;
}

}  // namespace

void tls_sessions::watch(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &tls_sessions::on_new_session);
}

void tls_sessions::attach(SSL* connection, const std::string& host) {
  const bool set = SSL_set_ex_data(connection, places().cache, this) == 1 &&
                   SSL_set_ex_data(connection, places().host, const_cast<std::string*>(&host)) == 1;
  if (!set) throw error(errc::resource, "OpenSSL has no memory for another connection");
  if (const auto session = take(host)) SSL_set_session(connection, session.get());  // refused: a full handshake
}

int tls_sessions::on_new_session(SSL* connection, SSL_SESSION* session) {
  auto* const cache = static_cast<tls_sessions*>(SSL_get_ex_data(connection, places().cache));
  const auto* const host = static_cast<const std::string*>(SSL_get_ex_data(connection, places().host));
  if (cache == nullptr || host == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
  // A copy: OpenSSL spoils the session of a connection that ends without close_notify, as most do.
  try {
    if (session_ptr copy{SSL_SESSION_dup(session)}) cache->keep(*host, std::move(copy));
  } catch (const std::bad_alloc&) {
    return 0;  // not kept, so the next handshake is a full one; nothing may be thrown through OpenSSL
  }
  return 0;  // the reference stays OpenSSL's
}

void tls_sessions::keep(const std::string& host, session_ptr session) {
  const std::lock_guard lock(mutex_);
  if (hosts_.size() >= max_hosts && !hosts_.contains(host)) hosts_.erase(hosts_.begin());
  auto& kept = hosts_[host];
  kept.push_back(std::move(session));
  if (kept.size() > max_per_host) kept.pop_front();
}

tls_sessions::session_ptr tls_sessions::take(const std::string& host) {
  const std::lock_guard lock(mutex_);
  const auto found = hosts_.find(host);
  if (found == hosts_.end() || found->second.empty()) return nullptr;
  auto& newest = found->second.back();
  if (SSL_SESSION_get_protocol_version(newest.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(newest.get());
    return session_ptr(newest.get());
  }
  session_ptr taken = std::move(newest);
  found->second.pop_back();
  return taken;
}

}  // namespace monochord::net
