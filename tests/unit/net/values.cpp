// SPDX-License-Identifier: MIT
// The parts without I/O: URLs, headers, messages, buffers.
#include <cstring>

#include "net/byte_buffer.hpp"
#include "net/http_message.hpp"
#include "net/http_reader.hpp"
#include "net/plain_answer.hpp"
#include "net/url.hpp"
#include "support/catch.hpp"
#include <monochord/core/error.hpp>

namespace monochord::net_test {
namespace {

using net::url;

TEST_CASE("URLs are taken apart") {
  struct sample {
    const char* text;
    const char* scheme;
    const char* host;
    int port;
    const char* target;
    const char* authority;
    bool loopback;
  };
  for (const auto& one : {
           sample{"https://discord.com/api/v10", "https", "discord.com", 443, "/api/v10", "discord.com", false},
           sample{"WSS://Gateway.Discord.GG", "wss", "gateway.discord.gg", 443, "/", "gateway.discord.gg", false},
           sample{"wss://gateway.discord.gg/?v=10&encoding=json", "wss", "gateway.discord.gg", 443,
                  "/?v=10&encoding=json", "gateway.discord.gg", false},
           sample{"ws://localhost:8080?v=10", "ws", "localhost", 8080, "/?v=10", "localhost:8080", true},
           sample{"http://127.0.0.1:80/", "http", "127.0.0.1", 80, "/", "127.0.0.1", true},
           sample{"http://127.200.3.4/", "http", "127.200.3.4", 80, "/", "127.200.3.4", true},
           sample{"http://[::1]:8443/x", "http", "::1", 8443, "/x", "[::1]:8443", true},
           sample{"https://[2001:DB8::1]", "https", "2001:db8::1", 443, "/", "[2001:db8::1]", false},
           sample{"http://128.0.0.1", "http", "128.0.0.1", 80, "/", "128.0.0.1", false},
           sample{"http://a.localhost", "http", "a.localhost", 80, "/", "a.localhost", false},
           sample{"http://localhost.example.com", "http", "localhost.example.com", 80, "/", "localhost.example.com", false},
           sample{"http://127.0.0.1.example.com", "http", "127.0.0.1.example.com", 80, "/", "127.0.0.1.example.com", false},
       }) {
    INFO(one.text);
    const auto parsed = url::parse(one.text);
    CHECK(parsed.scheme() == one.scheme);
    CHECK(parsed.host() == one.host);
    CHECK(parsed.port() == one.port);
    CHECK(parsed.target() == one.target);
    CHECK(parsed.authority() == one.authority);
    CHECK(parsed.loopback() == one.loopback);
  }
}

TEST_CASE("texts that are no URL of ours are refused without repeating what may be secret") {
  for (const char* text :
       {"", "discord.com", "ftp://discord.com", "https:/discord.com", "https://", "https:///api", "https://:443",
        "https://host:", "https://host:0", "https://host:65536", "https://host:12x", "https://user:secret@host/",
        "https://[::1", "https://[1.2.3]/", "https://[::1]x/", "https://ho st/", "https://host/a b", "https://host/#part",
        "https://h\xc3\xb6st/", "https://host/\r\nX: y", "https://host%2f/", "https://a,b/"}) {
    INFO(text);
    try {
      url::parse(text);
      FAIL("it was taken");
    } catch (const error& e) {
      CHECK(e.code() == errc::bad_url);
      CHECK(std::string(e.what()).find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("plain HTTP is refused beyond loopback unless it is allowed") {
  CHECK_NOTHROW(url::parse("http://localhost:1/").require_encryption_unless(false));
  CHECK_NOTHROW(url::parse("https://discord.com").require_encryption_unless(false));
  CHECK_NOTHROW(url::parse("ws://10.0.0.1").require_encryption_unless(true));
  try {
    url::parse("ws://10.0.0.1:8080/?token=secret").require_encryption_unless(false);
    FAIL("it was taken");
  } catch (const error& e) {
    CHECK(e.code() == errc::plain_refused);
    CHECK_THAT(e.what(), Catch::Contains("ws://10.0.0.1:8080") && Catch::Contains("wss://"));
    CHECK_THAT(e.what(), !Catch::Contains("secret"));
  }
}

TEST_CASE("headers are found without case") {
  net::http_headers headers;
  headers.add("Set-Cookie", "a");
  headers.add("set-cookie", "b");
  headers.add("Connection", "keep-alive , Upgrade");
  CHECK(headers.get("SET-COOKIE") == "a");
  CHECK(!headers.has("cookie"));
  CHECK(headers.has_token("connection", "upgrade"));
  CHECK(headers.has_token("connection", "Keep-Alive"));
  CHECK(!headers.has_token("connection", "keep"));
  headers.set("Set-cookie", "c");
  CHECK(headers.size() == 2);
  CHECK(headers.get("set-cookie") == "c");
  headers.erase("CONNECTION");
  CHECK(headers.size() == 1);
  CHECK((*headers.begin()).name == "Set-cookie");
}

TEST_CASE("headers keep the text that they are parts of") {
  const std::string text = "HTTP/1.1 200 OK\r\nA: first\r\nB:\r\n\r\n";
  net::http_headers made(text, {{17, 1, 20, 5}, {27, 1, 29, 0}});
  auto headers = std::move(made);
  const auto copy = headers;
  headers.add("C", "third");
  CHECK(copy.size() == 2);
  CHECK(headers.size() == 3);
  CHECK(headers.get("a") == "first");
  CHECK(copy.get("a") == "first");
  CHECK(headers.find("b") == std::string_view());
  CHECK(headers.get("c") == "third");
}

TEST_CASE("a message cannot be broken apart by what it carries") {
  net::http_request request("GET", "/ok");
  CHECK(net::serialize_head(request, "host") == "GET /ok HTTP/1.1\r\nHost: host\r\n\r\n");
  request.headers.add("X-Audit-Log-Reason", "a\r\nHost: other");
  CHECK_THROWS_AS(net::serialize_head(request, "host"), error);
  request.headers = {};
  request.headers.add("X\r\n", "a");
  CHECK_THROWS_AS(net::serialize_head(request, "host"), error);
  for (const char* target : {"/a b", "/a\r\n", "http://other/", "", "/a\x7f"}) {
    CHECK_THROWS_AS(net::serialize_head(net::http_request("GET", target), "host"), error);
  }
  CHECK_THROWS_AS(net::serialize_head(net::http_request("GE T", "/"), "host"), error);
  net::http_request empty("POST", "/");
  CHECK(net::serialize_head(empty, "h") == "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
}

std::string read_answer(std::string_view bytes, std::size_t step, bool ends = false, bool head = false) {
  auto reader = net::http_reader::for_responses({1000, 1000}, head);
  std::string waiting;
  for (std::size_t at = 0; at < bytes.size() && !reader.done(); at += step) {
    waiting += bytes.substr(at, step);
    waiting.erase(0, reader.put(waiting));
  }
  if (ends && !reader.done()) reader.put_end();
  if (!reader.done()) return "not done";
  const auto answer = reader.take_response();
  return std::to_string(answer.status) + " " + answer.body;
}

TEST_CASE("only a plain answer that is there whole is read at once") {
  const net::plain_answer_limits limits{1000, 5, 64};
  const auto taken = [&](std::string_view bytes) {
    net::http_response into;
    return net::read_plain_answer(bytes, limits, into);
  };
  const std::string plain = "HTTP/1.1 404 Not Found\r\nContent-LENGTH: 5\r\nX-A:  b c \r\nEmpty:\r\nConnection: keep-alive\r\n\r\nhello";
  net::http_response read;
  CHECK(net::read_plain_answer(plain + "more", limits, read) == plain.size());
  CHECK(read.status == 404);
  CHECK(read.headers.size() == 4);
  CHECK(read.headers.get("x-a") == "b c");
  CHECK(read.headers.has("empty"));
  CHECK(read.body == "hello");
  CHECK(read.body.capacity() >= read.body.size() + limits.spare_bytes);
  for (std::size_t cut = 0; cut < plain.size(); ++cut) CHECK(taken(std::string_view(plain).substr(0, cut)) == 0);
  const std::string_view length = "Content-Length: 1\r\n";
  for (const std::string_view line :
       {"Content-Length: 1", "Transfer-Encoding: chunked", "Connection: close", "Upgrade: websocket", "Proxy-Connection: close",
        " folded", "A : b", "A\tb: c", "A: \x01", "A: \x7f", "A: 1234567\x7f", ": b", "A", "A: b\rc"}) {
    INFO(line);
    CHECK(taken("HTTP/1.1 200 OK\r\n" + std::string(length) + std::string(line) + "\r\n\r\nx") == 0);
  }
  for (const std::string_view first : {"HTTP/1.0 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304 Not Modified", "HTTP/1.1 100 Go on",
                                       "HTTP/1.1 2000 OK", "HTTP/1.1 20 OK", "HTTP/1.1 200", " HTTP/1.1 200 OK"}) {
    INFO(first);
    CHECK(taken(std::string(first) + "\r\n" + std::string(length) + "\r\nx") == 0);
  }
  for (const std::string_view size : {"6", "", "-1", "0x1", "1 1", "1234567890"}) {
    INFO(size);
    CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: " + std::string(size) + "\r\n\r\nhello!") == 0);
  }
  CHECK(taken("HTTP/1.1 200 OK\r\n\r\n") == 0);
  CHECK(taken("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nA: " + std::string(600, 'b') + "\r\n\r\nx") == 0);
}

TEST_CASE("answers are read in pieces of any size") {
  for (std::size_t step = 1; step < 40; ++step) {
    CHECK(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", step) == "200 hello");
    CHECK(read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", step) == "200 abcde");
    CHECK(read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", step) == "200 ");
    CHECK(read_answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n", step) == "200 ");
    CHECK(read_answer("HTTP/1.1 204 No Content\r\n\r\n", step) == "204 ");
    CHECK(read_answer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", step) == "201 x");
    CHECK(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", step, false, true) == "200 ");
    CHECK(read_answer("HTTP/1.1 502 Bad\r\nConnection: close\r\n\r\n<html>", step, true) == "502 <html>");
    CHECK(read_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", step) == "not done");
  }
}

TEST_CASE("the line of a chunk and a trailer have no end that is not bounded") {
  const std::string endless(3000, 'a');
  for (const std::string start : {"\r\n1;", "\r\n1\r\nx\r\n2;", "\r\n0\r\nA: ", "\r\n"}) {
    INFO(start);
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    CHECK_THROWS_AS(read_answer("HTTP/1.1 200 OK\r\n" + chunked + start + endless, 100), error);
    auto reader = net::http_reader::for_requests({1000, 1000});
    CHECK_THROWS_AS(reader.put("POST / HTTP/1.1\r\n" + chunked + start + endless), error);
  }
}

TEST_CASE("how large the body of a request may be can hang on what stands before it") {
  net::http_reader::limits limits{1000, 1000};
  limits.body_bytes_of = [](const net::http_request& head) -> std::size_t {
    return head.target == "/large" && head.headers.get("Key") == "right" ? 1000 : 5;
  };
  const auto read = [&](const std::string& target, const std::string& key, const std::string& rest) {
    auto reader = net::http_reader::for_requests(limits);
    try {
      const std::string all = "POST " + target + " HTTP/1.1\r\nHost: a\r\nKey: " + key + "\r\n" + rest;
      for (std::size_t end = 1, begin = 0; end <= all.size(); ++end)  // as slowly as it can come
        begin += reader.put(std::string_view(all).substr(begin, end - begin));
      return reader.done() ? reader.take_request().body : "not whole";
    } catch (const error& e) {
      return std::string(e.code() == errc::message_too_large ? "too large" : "another error");
    }
  };
  const auto sized = [](const std::string& body) { return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body; };
  const auto chunked = [](const std::string& body) {
    std::string out = "Transfer-Encoding: chunked\r\n\r\n";
    for (const char c : body) out += std::string("1\r\n") + c + "\r\n";
    return out + "0\r\n\r\n";
  };
  for (const auto& write : std::vector<std::function<std::string(const std::string&)>>{sized, chunked}) {
    CHECK(read("/large", "right", write("123456")) == "123456");
    CHECK(read("/large", "wrong", write("12345")) == "12345");
    CHECK(read("/large", "wrong", write("123456")) == "too large");
    CHECK(read("/small", "right", write("123456")) == "too large");
    CHECK(read("/large", "right", write(std::string(1001, 'a'))) == "too large");
  }
}

TEST_CASE("answers that break a limit or HTTP are refused") {
  const auto code_of = [](std::string_view bytes, bool ends = false) -> error_code {
    try {
      read_answer(bytes, 7, ends);
    } catch (const error& e) {
      return e.code();
    }
    return {};
  };
  CHECK(code_of("SSH-2.0-OpenSSH_9.2\r\n\r\n") == errc::http_malformed);
  CHECK(code_of("HTTP/1.1 200 OK\r\nbad header\r\n\r\n") == errc::http_malformed);
  CHECK(code_of("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x')) == errc::http_malformed);
  CHECK(code_of("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n") == errc::message_too_large);
  CHECK(code_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + std::string(1001, 'x')) == errc::message_too_large);
  CHECK(code_of("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n") == errc::http_malformed);
  CHECK(code_of("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true) == errc::closed);
  CHECK(code_of("", true) == errc::closed);
}

TEST_CASE("a buffer borrows for a large message and gives back") {
  net::byte_buffer buffer;
  CHECK(!buffer.borrowed());
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    if (buffer.space_size() < 1000) buffer.reserve(1000);
    REQUIRE(buffer.space_size() >= 1000);
    std::memset(buffer.space(), 'a' + i % 26, 1000);
    buffer.commit(1000);
    expected.append(1000, static_cast<char>('a' + i % 26));
  }
  CHECK(buffer.borrowed());
  CHECK(std::string_view(buffer.data(), buffer.size()) == expected);
  buffer.clear();
  CHECK(!buffer.borrowed());
  CHECK(buffer.size() == 0);
  CHECK(buffer.space_size() == 1536);
}

}  // namespace
}  // namespace monochord::net_test
