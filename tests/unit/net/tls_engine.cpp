// SPDX-License-Identifier: MIT
#include "net/tls_engine.hpp"

#include <malloc.h>
#include <openssl/err.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "unit/net/loop.hpp"

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using monochord::error_code;
using monochord::net::const_pieces;
using monochord::net::tls_engine;
using want = tls_engine::want;

namespace {

ssl::context client_context() {
  ssl::context made(ssl::context::tls_client);
  const std::string pem = monochord::net_test::authority().pem();
  made.set_verify_mode(ssl::verify_peer);
  made.add_certificate_authority(asio::buffer(pem));
  return made;
}

ssl::context server_context() {
  ssl::context made(ssl::context::tls_server);
  const auto shown = monochord::net_test::authority().issue({"engine.test"});
  made.use_certificate_chain(asio::buffer(shown.chain_pem));
  made.use_private_key(asio::buffer(shown.key_pem), ssl::context::pem);
  return made;
}

/// Two ends, and what carries bytes between them, `most` at a time.
struct both_ends {
  ssl::context client_side = client_context(), server_side = server_context();
  tls_engine client{client_side.native_handle()}, server{server_side.native_handle()};
  std::size_t most = 1U << 20U;

  bool carry(tls_engine& from, tls_engine& to) {
    bool any = false;
    for (;;) {
      const auto out = from.output();
      const auto space = to.space();
      const std::size_t count = std::min({out.size(), space.size(), most});
      if (count == 0) return any;
      std::memcpy(space.data(), out.data(), count);
      to.put(space, count);
      from.sent(count);
      any = true;
    }
  }
  void shake_hands() {
    error_code failed;
    want one = want::input, other = want::input;
    for (int steps = 0; steps < 10'000; ++steps) {
      one = client.handshake(tls_engine::role::client, failed);
      REQUIRE(!failed);
      carry(client, server);
      other = server.handshake(tls_engine::role::server, failed);
      REQUIRE(!failed);
      const bool more = carry(server, client);
      if (!more && one != want::input && other != want::input) return;
    }
    FAIL("the handshake does not end");
  }
  std::string heard_by(tls_engine& which, error_code& failed) {
    std::string all;
    for (;;) {
      char space[1000];
      std::size_t bytes = 0;
      if (which.read(asio::buffer(space), failed, bytes) == want::input || failed) return all;
      all.append(space, bytes);
    }
  }
};

}  // namespace

TEST_CASE("what one end writes the other one reads, in whatever pieces it comes") {
  for (const std::size_t most : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, std::size_t{1} << 20U}) {
    both_ends on;
    on.most = most;
    on.shake_hands();
    const std::string text(50'000, 'x');
    std::string heard;
    error_code failed;
    for (std::size_t sent = 0; sent < text.size();) {
      std::size_t bytes = 0;
      const auto wanted =
          on.client.write(const_pieces(asio::const_buffers_1(asio::buffer(text) + sent)), failed, bytes);
      REQUIRE(!failed);
      CHECK((wanted == want::output || wanted == want::output_and_retry));
      sent += bytes;
      on.carry(on.client, on.server);
      heard += on.heard_by(on.server, failed);
      REQUIRE(!failed);
      on.carry(on.client, on.server);
      heard += on.heard_by(on.server, failed);
    }
    CHECK(heard == text);
    CHECK_FALSE(on.server.has_input());
  }
}

TEST_CASE("small pieces that are written together are one record") {
  both_ends on;
  on.shake_hands();
  error_code failed;
  std::size_t bytes = 0;
  const std::vector<asio::const_buffer> pieces{asio::buffer("head", 4), asio::buffer("body", 4)};
  CHECK(on.client.write(const_pieces(pieces), failed, bytes) == want::output);
  CHECK(bytes == 8);
  on.carry(on.client, on.server);
  char space[100];
  CHECK(on.server.read(asio::buffer(space), failed, bytes) == want::nothing);
  CHECK(std::string(space, bytes) == "headbody");
}

TEST_CASE("what is not sent is bounded, and goes on where it was held back") {
  both_ends on;
  on.shake_hands();
  error_code failed;
  std::size_t bytes = 0;
  const std::string first(16'000, 'a'), second(16'000, 'b');
  CHECK(on.client.write(const_pieces(asio::const_buffers_1(asio::buffer(first))), failed, bytes) == want::output);
  REQUIRE(bytes == first.size());
  const const_pieces more(asio::const_buffers_1(asio::buffer(second)));
  bytes = 0;
  for (int i = 0; i < 3; ++i) CHECK(on.client.write(more, failed, bytes) == want::output_and_retry);
  CHECK(bytes == 0);
  CHECK(on.client.output().size() <= 17 * 1024);
  on.most = 1000;
  on.carry(on.client, on.server);
  std::string heard = on.heard_by(on.server, failed);
  CHECK(on.client.write(more, failed, bytes) == want::output);
  CHECK(bytes == second.size());
  on.carry(on.client, on.server);
  heard += on.heard_by(on.server, failed);
  CHECK(!failed);
  CHECK(heard == first + second);
}

TEST_CASE("what comes is read whole though what was there before it is read first, or only a part of it has come") {
  both_ends on;
  on.shake_hands();
  error_code failed;
  std::size_t bytes = 0;
  const auto record = [&](std::string_view text) {
    on.server.write(const_pieces(asio::const_buffers_1(asio::buffer(text))), failed, bytes);
    const auto out = on.server.output();
    std::string sealed(static_cast<const char*>(out.data()), out.size());
    on.server.sent(out.size());
    return sealed;
  };
  const auto put = [&](asio::mutable_buffer space, std::string_view what) {
    REQUIRE(space.size() >= what.size());
    std::memcpy(space.data(), what.data(), what.size());
    on.client.put(space, what.size());
  };
  char into[100];
  const auto read_one = [&] {
    REQUIRE(on.client.read(asio::buffer(into), failed, bytes) == want::nothing);
    return std::string(into, bytes);
  };
  on.carry(on.server, on.client);  // what is left of the handshake
  on.heard_by(on.client, failed);
  const std::string first = record("first"), second = record("second"), third = record("third");

  put(on.client.space(), first);
  const auto behind = on.client.space();  // of a read that is under way
  CHECK(read_one() == "first");
  put(behind, second + third.substr(0, 9));
  CHECK(read_one() == "second");
  CHECK(on.client.has_input());
  put(on.client.space(), third.substr(9));
  CHECK(read_one() == "third");
  CHECK_FALSE(on.client.has_input());
  CHECK(on.client.read(asio::buffer(into), failed, bytes) == want::input);
  CHECK(!failed);
}

TEST_CASE("the end of what comes is an end when the peer said goodbye, and else cut short") {
  both_ends on;
  on.shake_hands();
  CHECK(on.client.end_of_input(asio::error::eof) == ssl::error::stream_truncated);
  CHECK(on.client.end_of_input(asio::error::connection_reset) == asio::error::connection_reset);
  error_code failed;
  CHECK(on.server.shutdown(failed) == want::output_and_retry);
  on.carry(on.server, on.client);
  char space[100];
  std::size_t bytes = 0;
  CHECK(on.client.read(asio::buffer(space), failed, bytes) == want::nothing);
  CHECK(failed == asio::error::eof);
  CHECK(on.client.end_of_input(asio::error::eof) == asio::error::eof);
  CHECK(on.client.read(asio::buffer(space), failed, bytes) == want::nothing);  // and stays so
  CHECK(failed == asio::error::eof);
  failed = {};
  on.client.shutdown(failed);
  CHECK(!failed);
  on.carry(on.client, on.server);
  CHECK(on.server.shutdown(failed) == want::nothing);
  CHECK(!failed);
}

TEST_CASE("what is no TLS fails, and stays failed") {
  both_ends on;
  on.shake_hands();
  const std::string rubbish = "HTTP/1.1 200 OK\r\n\r\n";
  const auto space = on.client.space();
  std::memcpy(space.data(), rubbish.data(), rubbish.size());
  on.client.put(space, rubbish.size());
  for (int i = 0; i < 2; ++i) {
    char into[100];
    std::size_t bytes = 0;
    error_code failed;
    on.client.read(asio::buffer(into), failed, bytes);
    CHECK(failed.category() == asio::error::get_ssl_category());
    CHECK(bytes == 0);
  }
}

TEST_CASE("what others left in the thread's queue of errors since the handshake neither fails a step nor is taken away by one") {
  const struct clean_up {
    ~clean_up() { ERR_clear_error(); }
  } at_end;
  both_ends on;
  on.shake_hands();
  ERR_raise(ERR_LIB_USER, 42);
  const auto left = ERR_peek_error();
  error_code failed;
  std::size_t bytes = 0;
  CHECK(on.client.write(const_pieces(asio::const_buffers_1(asio::buffer("hello", 5))), failed, bytes) == want::output);
  on.carry(on.client, on.server);
  CHECK(on.heard_by(on.server, failed) == "hello");
  CHECK(!failed);
  CHECK(ERR_peek_error() == left);
  SECTION("nor is it the end that the peer said") {
    CHECK(on.server.shutdown(failed) == want::output_and_retry);
    on.carry(on.server, on.client);
    CHECK(on.heard_by(on.client, failed).empty());
    CHECK(failed == asio::error::eof);
  }
  SECTION("nor why something failed") {
    const std::string rubbish = "HTTP/1.1 200 OK\r\n\r\n";
    on.carry(on.server, on.client);
    on.heard_by(on.client, failed);
    const auto space = on.client.space();
    std::memcpy(space.data(), rubbish.data(), rubbish.size());
    on.client.put(space, rubbish.size());
    CHECK(on.heard_by(on.client, failed).empty());
    CHECK(ERR_GET_REASON(static_cast<unsigned long>(failed.value())) == SSL_R_WRONG_VERSION_NUMBER);
    CHECK(ERR_peek_error() == 0);
    ERR_raise(ERR_LIB_USER, 42);
    on.carry(on.client, on.server);  // what the client says to that
    CHECK(on.heard_by(on.server, failed).empty());
    CHECK(ERR_GET_REASON(static_cast<unsigned long>(failed.value())) > SSL_AD_REASON_OFFSET);
  }
}

TEST_CASE("an engine that rests gives back its buffers, and nothing is lost wherever it does") {
  for (const std::size_t most : {std::size_t{1}, std::size_t{700}, std::size_t{1} << 20U}) {
    INFO(most << " bytes at a time");
    both_ends on;
    on.shake_hands();
    on.most = most;
    const std::string text(40'000, 'x');
    std::string heard;
    error_code failed;
    for (std::size_t sent = 0; heard.size() < text.size();) {
      on.client.rest();
      std::size_t bytes = 0;
      if (sent < text.size()) on.client.write(const_pieces(asio::const_buffers_1(asio::buffer(text) + sent)), failed, bytes);
      REQUIRE(!failed);
      sent += bytes;
      on.client.rest();
      const auto out = on.client.output();
      const auto space = on.server.space();
      const std::size_t count = std::min({out.size(), space.size(), most});
      std::memcpy(space.data(), out.data(), count);
      on.server.put(space, count);
      on.client.sent(count);
      on.server.rest();
      char into[900];
      bytes = 0;
      on.server.read(asio::buffer(into), failed, bytes);
      REQUIRE(!failed);
      heard.append(into, bytes);
      on.server.rest();
    }
    CHECK(heard == text);
  }
}

TEST_CASE("what an engine that rests gives back is some 34 kB") {
  const auto in_use = [] { return mallinfo2().uordblks; };
  if (in_use() == 0) {
    SUCCEED("this allocator does not say how much is in use");
    return;
  }
  both_ends on;
  on.shake_hands();
  error_code failed;
  std::size_t bytes = 0;
  on.carry(on.server, on.client);
  on.heard_by(on.client, failed);
  on.client.write(const_pieces(asio::const_buffers_1(asio::buffer("hello", 5))), failed, bytes);
  const auto before = in_use();
  on.client.rest();
  CHECK(before - in_use() > 32'000);
  CHECK(before - in_use() < 36'000);
}
