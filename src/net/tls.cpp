// SPDX-License-Identifier: MIT
#include "net/tls.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>

#include "core/file.hpp"
#include "net/deadline.hpp"
#include "net/tls_sessions.hpp"
#include "net/tls_stream.hpp"

namespace monochord::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

struct tls_context::impl {
  explicit impl(ssl::context::method method) : context(method) {}
  mutable ssl::context context;  // OpenSSL counts its users itself; ours never change it after it is made
  mutable tls_sessions sessions;  // a client's; thread-safe
};

tls_context::tls_context(std::unique_ptr<impl> what) : impl_(std::move(what)) {}
tls_context::~tls_context() = default;

namespace {

std::unique_ptr<tls_context::impl> make_base(ssl::context::method method) {
  auto made = std::make_unique<tls_context::impl>(method);
  SSL_CTX* const native = made->context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // see tls_buffers
  return made;
}

std::unique_ptr<tls_context::impl> make_client() {
  auto made = make_base(ssl::context::tls_client);
  made->context.set_verify_mode(ssl::verify_peer);
  tls_sessions::watch(made->context.native_handle());
  return made;
}

/// What OpenSSL last complained about, without its clutter.
std::string openssl_reason(const error_code& code) {
  const char* text = ERR_reason_error_string(static_cast<unsigned long>(code.value()));
  return text ? text : code.message();
}

[[noreturn]] void refuse_certificate(const std::string& host, long verdict) {
  std::string text = "refused the TLS certificate of " + host + ": ";
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      text += "it is for another host (wrong host name)";
      break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      text += "it has expired";
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      text += "it is not valid yet; is this machine's clock right?";
      break;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
      text += "it was issued by an unknown authority; to trust a private one, give its certificate as ca_file";
      break;
    default:
      text += X509_verify_cert_error_string(verdict);
  }
  throw error(errc::certificate_refused, text);
}

void expect_host(SSL* native, const std::string& host) {
  SSL_set_hostflags(native, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  error_code not_address;
  asio::ip::make_address(host, not_address);
  const int set = not_address ? SSL_set1_host(native, host.c_str())
                              : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(native), host.c_str());
  const bool named = !not_address || SSL_set_tlsext_host_name(native, host.c_str()) == 1;
  if (set != 1 || !named) throw error(errc::tls_failed, "TLS cannot be set up for the host " + host);
}

/// What a client's connection refers to until it is gone: who keeps its sessions, and whose they are.
struct client_side {
  std::shared_ptr<const tls_context> context;
  std::string host;
};

task<> finish(tls_stream& stream, tls_engine::role role, const std::string& host, clock& time, time_point deadline) {
  error_code failure;
  const bool in_time = co_await run_before(time, deadline, stream.handshake(role, failure));
  if (!in_time) throw error(errc::timeout, "the TLS handshake with " + host + " took too long");
  if (!failure) co_return;
  stream.close();
  const auto state = co_await asio::this_coro::cancellation_state;
  if (is_cancelled(state)) throw error(errc::cancelled, "the TLS handshake with " + host + " was cancelled");
  const long verdict = SSL_get_verify_result(stream.native());
  if (role == tls_engine::role::client && verdict != X509_V_OK) refuse_certificate(host, verdict);
  const bool ended = failure == asio::error::eof || failure == asio::error::connection_reset ||
                     failure == asio::error::broken_pipe || failure == ssl::error::stream_truncated;
  throw error(errc::tls_failed, "the TLS handshake with " + host + " failed: " +
                                    (ended ? "the peer ended the connection" : openssl_reason(failure)));
}

void trust_pem(tls_context::impl& into, std::string_view pem, const std::string& source) {
  error_code failure;
  if (!pem.empty()) into.context.add_certificate_authority(asio::buffer(pem.data(), pem.size()), failure);
  if (failure || pem.empty()) throw error(errc::tls_failed, "no certificate in PEM form could be read from " + source);
}

/// Not by std::ifstream: the first stream of a process makes all facets of its locale.
std::string certificates_in(const std::string& path) {
  const detail::file_descriptor file(path, O_RDONLY);
  std::string text;
  char some[4096];
  while (file) {
    const auto got = ::read(file.get(), some, sizeof some);
    if (got == 0) return text;
    if (got < 0 && errno != EINTR) break;
    if (got > 0) text.append(some, static_cast<std::size_t>(got));
  }
  throw error(errc::tls_failed, "the certificates in " + path + " could not be read: " + std::generic_category().message(errno));
}

}  // namespace

std::shared_ptr<const tls_context> tls_context::client() {
  auto made = make_client();
  error_code failure;
  made->context.set_default_verify_paths(failure);
  if (failure) throw error(errc::tls_failed, "the system's store of certificates could not be read: " + openssl_reason(failure));
  return std::make_shared<const tls_context>(std::move(made));
}

std::shared_ptr<const tls_context> tls_context::client_trusting_pem(std::string_view pem) {
  auto made = make_client();
  trust_pem(*made, pem, "the text given");
  return std::make_shared<const tls_context>(std::move(made));
}

std::shared_ptr<const tls_context> tls_context::client_trusting_file(const std::string& path) {
  auto made = make_client();
  trust_pem(*made, certificates_in(path), path);
  return std::make_shared<const tls_context>(std::move(made));
}

std::shared_ptr<const tls_context> tls_context::server(std::string_view chain_pem, std::string_view key_pem) {
  auto made = make_base(ssl::context::tls_server);
  error_code failure;
  made->context.use_certificate_chain(asio::buffer(chain_pem.data(), chain_pem.size()), failure);
  if (failure) throw error(errc::tls_failed, "the certificate chain could not be used: " + openssl_reason(failure));
  made->context.use_private_key(asio::buffer(key_pem.data(), key_pem.size()), ssl::context::pem, failure);
  if (failure) throw error(errc::tls_failed, "the private key could not be used: " + openssl_reason(failure));
  return std::make_shared<const tls_context>(std::move(made));
}

task<std::unique_ptr<byte_stream>> tls_connect(std::unique_ptr<byte_stream> below,
                                               std::shared_ptr<const tls_context> context, std::string host,
                                               clock& time, time_point deadline, tls_buffers buffers) {
  if (!context) throw error(errc::invalid_argument, "a TLS connection needs a tls_context");
  const auto refers_to = std::make_shared<const client_side>(client_side{std::move(context), host});
  const auto& of = refers_to->context->get();
  auto stream = std::make_unique<tls_stream>(std::move(below), of.context.native_handle(), refers_to);
  if (buffers == tls_buffers::kept) SSL_clear_mode(stream->native(), SSL_MODE_RELEASE_BUFFERS);
  expect_host(stream->native(), host);
  of.sessions.attach(stream->native(), refers_to->host);
  co_await finish(*stream, tls_engine::role::client, host, time, deadline);
  co_return stream;
}

task<std::unique_ptr<byte_stream>> tls_accept(std::unique_ptr<byte_stream> below,
                                              std::shared_ptr<const tls_context> context, clock& time,
                                              time_point deadline) {
  if (!context) throw error(errc::invalid_argument, "a TLS connection needs a tls_context");
  auto stream = std::make_unique<tls_stream>(std::move(below), context->get().context.native_handle(), context);
  const std::string peer = stream->peer();
  co_await finish(*stream, tls_engine::role::server, peer, time, deadline);
  co_return stream;
}

}  // namespace monochord::net
