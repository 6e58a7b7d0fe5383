// SPDX-License-Identifier: MIT
#include "net/proxy.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <optional>
#include <vector>

#include "net/base64.hpp"
#include "net/deadline.hpp"
#include "net/http_reader.hpp"
#include "net/stream_adaptor.hpp"
#include "net/url.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t max_answer_bytes = 16U << 10U;

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

/// One entry of the list of hosts that need no proxy.
class exception {
 public:
  explicit exception(std::string_view text) {
    if (text == "*") {
      all_ = true;
      return;
    }
    if (text.find('/') != text.npos) {
      parse_network(std::string(text));
      return;
    }
    if (text.starts_with('[')) {  // [::1]:443
      const auto end = std::min(text.find(']'), text.size());
      parse_port(text.substr(std::min(end + 1, text.size())));
      text = text.substr(1, end - 1);
    } else if (std::ranges::count(text, ':') == 1) {
      parse_port(text.substr(text.find(':')));
      text = text.substr(0, text.find(':'));
    }
    if (text.starts_with("*.")) text.remove_prefix(1);
    if (text.starts_with('.')) text.remove_prefix(1);
    if (text.empty()) refuse();
    host_ = lower(text);
  }

  bool matches(const std::string& host, std::uint16_t port) const {
    if (all_) return true;
    if (port_ && *port_ != port) return false;
    if (!host_.empty()) return host == host_ || host.ends_with("." + host_);
    error_code not_address;
    const auto address = asio::ip::make_address(host, not_address);
    if (not_address) return false;
    if (v4_ && address.is_v4()) {
      return asio::ip::make_network_v4(address.to_v4(), v4_->prefix_length()).canonical() == v4_->canonical();
    }
    if (v6_ && address.is_v6()) {
      return asio::ip::make_network_v6(address.to_v6(), v6_->prefix_length()).canonical() == v6_->canonical();
    }
    return false;
  }

 private:
  [[noreturn]] static void refuse() {
    throw error(errc::invalid_argument, "an entry of the hosts that need no proxy is neither a host, a host:port nor a network");
  }
  void parse_port(std::string_view text) {
    if (text.empty()) return;
    std::uint16_t value = 0;
    const auto [end, bad] = std::from_chars(text.data() + 1, text.data() + text.size(), value);
    if (text[0] != ':' || bad != std::errc() || end != text.data() + text.size() || value == 0) refuse();
    port_ = value;
  }
  void parse_network(const std::string& text) {
    error_code bad;
    const auto v4 = asio::ip::make_network_v4(text, bad);
    if (!bad) {
      v4_ = v4;
      return;
    }
    const auto v6 = asio::ip::make_network_v6(text, bad);
    if (bad) refuse();
    v6_ = v6;
  }

  bool all_ = false;
  std::string host_;
  std::optional<std::uint16_t> port_;
  std::optional<asio::ip::network_v4> v4_;
  std::optional<asio::ip::network_v6> v6_;
};

std::vector<exception> parse_exceptions(std::string_view text) {
  constexpr std::string_view between = ", \t";
  std::vector<exception> all;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(between), text.size());
    if (end != 0) all.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || bad != std::errc() || end != digits.data() + 2) {
      throw error(errc::bad_url, "the proxy's user name or password has a % that is not followed by two digits");
    }
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

/// Takes user name and password out of an address.
proxy_settings without_credentials(proxy_settings proxy) {
  if (proxy.url.find("://") == proxy.url.npos) proxy.url.insert(0, "http://");
  const auto begin = proxy.url.find("://") + 3;
  const auto end = std::min(proxy.url.find_first_of("/?#", begin), proxy.url.size());
  const auto at = proxy.url.rfind('@', end);
  if (at == proxy.url.npos || at < begin) return proxy;
  const std::string both = proxy.url.substr(begin, at - begin);
  proxy.url.erase(begin, at + 1 - begin);
  const auto colon = std::min(both.find(':'), both.size());
  if (proxy.user.empty()) {
    proxy.user = percent_decoded(std::string_view(both).substr(0, colon));
    proxy.password = token(colon == both.size() ? std::string() : percent_decoded(std::string_view(both).substr(colon + 1)));
  }
  return proxy;
}

/// The value of Proxy-Authorization (RFC 7617); empty without a user.
std::string authorization(const proxy_settings& proxy) {
  if (proxy.user.empty()) return {};
  const bool clean = std::ranges::none_of(proxy.user + proxy.password.reveal(), [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
  });
  if (!clean || proxy.user.find(':') != proxy.user.npos) {
    throw error(errc::invalid_argument, "the proxy's user name holds a colon, or it or the password control characters");
  }
  return "Basic " + base64(proxy.user + ":" + proxy.password.reveal());
}

url proxy_address(const proxy_settings& proxy) {
  auto address = url::parse(proxy.url);
  if (address.scheme() != "http" && address.scheme() != "https") {
    throw error(errc::bad_url, "a proxy's address must begin with http:// or https://");
  }
  return address;
}

/// Sends the request for a tunnel and reads the answer's head; status 0 when the peer ended the connection before.
task<> ask_for_tunnel(stream_adaptor& stream, const std::string& request, int& status) {
  const auto state = co_await asio::this_coro::cancellation_state;
  bool ended = false;
  {
    const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
    const auto [unsent, sent] = co_await asio::async_write(stream, asio::buffer(request), uncancelled());
    static_cast<void>(sent);
    ended = static_cast<bool>(unsent);
  }
  const http_reader::limits limits{max_answer_bytes, 0};
  http_reader reader = http_reader::for_responses(limits, true);  // as with HEAD, no body follows
  std::string arrived;
  while (!ended && !reader.done()) {
    char space[1024];
    const abort_on_cancel guard(state, [&stream] { stream.stream().close(); });
    const auto [failed, count] = co_await stream.async_read_some(asio::buffer(space), uncancelled());
    arrived.append(space, count);
    arrived.erase(0, reader.put(arrived));
    ended = static_cast<bool>(failed);
  }
  if (is_cancelled(state)) throw error(errc::cancelled, "cancelled while asking a proxy for a tunnel");
  if (!reader.done()) co_return;
  status = reader.take_response().status;
  // Nobody but us speaks first in a tunnel.
  if (status / 100 == 2 && !arrived.empty()) throw error(errc::http_malformed, "the proxy said more than its answer");
}

class proxied_network final : public network {
 public:
  proxied_network(std::shared_ptr<network> below, const proxy_settings& proxy, std::shared_ptr<const tls_context> tls)
      : below_(std::move(below)),
        tls_(std::move(tls)),
        address_(proxy_address(proxy)),
        authorization_(authorization(proxy)),
        except_(parse_exceptions(proxy.except)) {
    if (address_.encrypted() && !tls_) throw error(errc::invalid_argument, "an https proxy needs TLS settings");
  }

  task<std::unique_ptr<byte_stream>> connect(asio::any_io_executor executor, std::string host, std::uint16_t port,
                                             clock& time, time_point deadline) override {
    const bool direct = is_loopback(host) || std::ranges::any_of(except_, [&](const exception& one) { return one.matches(host, port); });
    if (direct) co_return co_await below_->connect(executor, std::move(host), port, time, deadline);

    auto way = co_await below_->connect(executor, address_.host(), address_.port(), time, deadline);
    if (address_.encrypted()) way = co_await tls_connect(std::move(way), tls_, address_.host(), time, deadline);
    const std::string target = (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + std::to_string(port);
    std::string request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
    if (!authorization_.empty()) request += "Proxy-Authorization: " + authorization_ + "\r\n";
    request += "\r\n";
    stream_adaptor stream(std::move(way));
    int status = 0;
    const bool in_time = co_await run_before(time, deadline, ask_for_tunnel(stream, request, status));
    if (!in_time) throw error(errc::timeout, name() + " did not answer in time");
    if (status / 100 == 2) co_return stream.release();
    if (status == 0) throw error(errc::connect_failed, name() + " ended the connection instead of opening a tunnel");
    throw error(errc::proxy_refused, name() + " opened no tunnel to " + target + ": HTTP status " + std::to_string(status) +
                                         (status != 407              ? ""
                                          : authorization_.empty() ? ", it wants a user name and a password"
                                                                     : ", it does not take this user name and password"));
  }

  std::unique_ptr<listener> listen(asio::any_io_executor executor, const std::string& address, std::uint16_t port) override {
    return below_->listen(std::move(executor), address, port);
  }

 private:
  std::string name() const { return "the proxy " + address_.origin(); }

  const std::shared_ptr<network> below_;
  const std::shared_ptr<const tls_context> tls_;
  const url address_;
  const std::string authorization_;
  const std::vector<exception> except_;
};

}  // namespace

std::shared_ptr<network> through_proxy(std::shared_ptr<network> below, const proxy_settings& proxy,
                                       std::shared_ptr<const tls_context> tls) {
  if (proxy.url.empty()) return below;
  return std::make_shared<proxied_network>(std::move(below), without_credentials(proxy), std::move(tls));
}

}  // namespace monochord::net
