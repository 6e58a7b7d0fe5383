// SPDX-License-Identifier: MIT
#include "net/tls_engine.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <climits>
#include <cstring>
#include <string_view>

namespace monochord::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

namespace {

constexpr std::size_t most_joined = 8192;

error no_memory() { return error(errc::resource, "there is no memory for another TLS connection"); }

error_code of_openssl(unsigned long code) noexcept {
  if (code == 0) return ssl::error::unspecified_system_error;
  return error_code(static_cast<int>(code), asio::error::get_ssl_category());
}

}  // namespace

void tls_engine::passage::gather() noexcept {
  if (begin_ == 0) return;
  std::memmove(room_.get(), data(), size());
  end_ = size();
  begin_ = 0;
}

struct tls_engine::io {
  static int read(BIO* end, char* into, int most) {
    passage& from = of(end).in_;
    BIO_clear_retry_flags(end);
    const std::size_t bytes = std::min(static_cast<std::size_t>(most), from.size());
    if (bytes == 0) [[unlikely]] {
      of(end).lacks_input_ = true;
      BIO_set_retry_read(end);
      return -1;
    }
    std::memcpy(into, from.data(), bytes);
    from.take(bytes);
    return static_cast<int>(bytes);
  }
  static int write(BIO* end, const char* from, int most) {
    passage& to = of(end).out_;
    BIO_clear_retry_flags(end);
    const asio::mutable_buffer space = to.space();
    const std::size_t bytes = std::min(static_cast<std::size_t>(most), space.size());
    if (bytes == 0) [[unlikely]] {
      of(end).lacks_room_ = true;
      BIO_set_retry_write(end);
      return -1;
    }
    std::memcpy(space.data(), from, bytes);
    to.add(bytes);
    return static_cast<int>(bytes);
  }
  static long control(BIO* end, int what, long, void*) {
    switch (what) {
      case BIO_CTRL_FLUSH: return 1;
      case BIO_CTRL_PENDING: return static_cast<long>(of(end).in_.size());
      case BIO_CTRL_WPENDING: return static_cast<long>(of(end).out_.size());
      default: return 0;
    }
  }
  static BIO* make(tls_engine& of) {
    static const BIO_METHOD* const kind = make_kind();  // again where it threw
    BIO* const made = BIO_new(kind);
    if (!made) throw no_memory();
    BIO_set_data(made, &of);
    return made;
  }

 private:
  static tls_engine& of(BIO* end) noexcept { return *static_cast<tls_engine*>(BIO_get_data(end)); }
  static const BIO_METHOD* make_kind() {
    const int index = BIO_get_new_index();
    BIO_METHOD* const made = index == -1 ? nullptr : BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "passages");
    if (!made) throw no_memory();
    BIO_meth_set_read(made, read);
    BIO_meth_set_write(made, write);
    BIO_meth_set_ctrl(made, control);
    return made;
  }
};

tls_engine::tls_engine(SSL_CTX* context) : ssl_(SSL_new(context)) {
  if (!ssl_ || !in_.is_open() || !out_.is_open()) throw no_memory();
  BIO* const end = io::make(*this);
  SSL_set_bio(ssl_.get(), end, end);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

/// Why a step did not go on is seen at the passages, and whether the peer said goodbye at the connection. SSL_get_error says both as
/// well, but only where nobody else has left anything in the thread's queue of errors, which would have to be looked at before each
/// step; like this, where one has failed.
template <class Step>
tls_engine::want tls_engine::perform(Step step, error_code& failed, std::size_t* bytes) {
  const auto before = out_.size();
  lacks_input_ = lacks_room_ = false;
  failed = {};
  const int result = step(ssl_.get());
  const bool has_more = out_.size() > before;
  if (result > 0) [[likely]] {
    if (bytes) *bytes = static_cast<std::size_t>(result);
    return has_more ? want::output : want::nothing;
  }
  if (lacks_room_) return want::output_and_retry;
  if (lacks_input_) return has_more ? want::output_and_retry : want::input;
  const auto newest = ERR_peek_last_error();  // of this step, if it left one
  const int why = SSL_get_error(ssl_.get(), result);
  if (why == SSL_ERROR_ZERO_RETURN || has_goodbye()) failed = asio::error::eof;
  else if (why == SSL_ERROR_SSL || why == SSL_ERROR_SYSCALL) failed = of_openssl(newest);
  else failed = ssl::error::unexpected_result;
  ERR_clear_error();
  return has_more ? want::output : want::nothing;
}

/// After the handshake. An alert that ends everything counts as received, too, but leaves OpenSSL in a handshake that failed.
bool tls_engine::has_goodbye() const noexcept {
  return (SSL_get_shutdown(native()) & SSL_RECEIVED_SHUTDOWN) != 0 && SSL_in_init(native()) == 0;
}

tls_engine::want tls_engine::handshake(role as, error_code& failed) {
  ERR_clear_error();
  return perform([as](SSL* ssl) { return as == role::client ? SSL_connect(ssl) : SSL_accept(ssl); }, failed);
}

tls_engine::want tls_engine::read(asio::mutable_buffer into, error_code& failed, std::size_t& bytes) {
  if (into.size() == 0) return want::nothing;
  failed = lost_;
  if (failed) [[unlikely]] return want::nothing;
  if (!has_input() && (SSL_get_shutdown(native()) & SSL_RECEIVED_SHUTDOWN) == 0) return want::input;
  const auto most = static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX));
  const auto wanted = perform([&](SSL* ssl) { return SSL_read(ssl, into.data(), most); }, failed, &bytes);
  lost_ = failed;
  return wanted;
}

tls_engine::want tls_engine::write(const const_pieces& from, error_code& failed, std::size_t& bytes) {
  const auto first = from.begin();
  if (first == from.end()) return want::nothing;
  if (first->size() < most_joined && first + 1 != from.end()) return write_joined(from, failed, bytes);
  return write({static_cast<const char*>(first->data()), first->size()}, failed, bytes);
}

/// A function by itself, as what is above and below it on the stack is far apart: a write of one piece need not be.
[[gnu::noinline]] tls_engine::want tls_engine::write_joined(const const_pieces& from, error_code& failed,
                                                            std::size_t& bytes) {
  std::array<char, most_joined> room;
  std::size_t joined = 0;
  for (const asio::const_buffer& one : from) {
    const std::size_t count = std::min(one.size(), room.size() - joined);
    std::memcpy(room.data() + joined, one.data(), count);
    joined += count;
  }
  return write({room.data(), joined}, failed, bytes);
}

tls_engine::want tls_engine::write(std::string_view text, error_code& failed, std::size_t& bytes) {
  if (text.empty()) return want::nothing;
  const auto most = static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX));
  return perform([&](SSL* ssl) { return SSL_write(ssl, text.data(), most); }, failed, &bytes);
}

tls_engine::want tls_engine::shutdown(error_code& failed) {
  return perform(
      [](SSL* ssl) {
        const int said = SSL_shutdown(ssl);
        return said == 0 ? SSL_shutdown(ssl) : said;  // 0: said, the peer's is not here yet
      },
      failed);
}

void tls_engine::rest() noexcept {
  // Before 3.0.14 OpenSSL does not see all that lies there (CVE-2024-4741): a part of a record that was read, or one's head alone.
  const bool awaits_record = std::strcmp(SSL_rstate_string(native()), "RH") == 0;
  if (awaits_record && SSL_has_pending(native()) == 0) SSL_free_buffers(native());
}

asio::mutable_buffer tls_engine::space() noexcept {
  in_.gather();
  return in_.space();
}

void tls_engine::put(asio::mutable_buffer space, std::size_t bytes) noexcept {
  char* const begin = static_cast<char*>(in_.space().data());
  if (begin != space.data()) std::memmove(begin, space.data(), bytes);  // what was before it has been read meanwhile
  in_.add(bytes);
}

error_code tls_engine::end_of_input(error_code below) const noexcept {
  if (below != asio::error::eof) return below;
  const bool goodbye = (SSL_get_shutdown(native()) & SSL_RECEIVED_SHUTDOWN) != 0;
  return goodbye && in_.size() == 0 ? below : error_code(ssl::error::stream_truncated);
}

bool tls_engine::has_input() const noexcept {
  return in_.size() != 0 || SSL_has_pending(native()) == 1;
}

}  // namespace monochord::net
