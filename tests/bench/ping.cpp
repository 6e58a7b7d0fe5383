// SPDX-License-Identifier: MIT
// From ping to reply: a message comes over the gateway (TLS, zlib-stream), a handler answers it with a POST on a
// connection that is open already (TLS), beside a bare Beast program of one thread that reads, inflates, parses and
// finds channel and text, writes the same bytes and reads the answer. The server is another process; the time is its
// own, from before it sends the message until it has the whole POST. It answers, pauses, and sends the next one.
//   bench_ping [--check | --once floor|ours [pings [pause in ms]]]   --once runs one of them for a profiler, under which
//   a longer pause keeps one ping from the next; else it fails over a budget
// `--check` is there to notice when it gets worse: it does not judge the 99th percentile, which of so few pings says
// more of the machine than of either program, and allows for a machine that does something else as well. The budgets
// are the full run's. The client keeps Discord's 50 requests a second unless `rest_requests_per_second` says more, as
// it does here.
#include <poll.h>
#include <simdjson.h>
#include <zlib.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <monochord/json/codec.hpp>
#include <monochord/model/events.hpp>
#include <monochord/monochord.hpp>
#include <monochord/testing/test_ca.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "bench/callgrind.hpp"
#include "bench/floor_buffer.hpp"
#include "bench/message_answer.hpp"
#include "bench/ratio.hpp"
#include "bench/traffic.hpp"
#include "support/compressor.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using namespace monochord;
using namespace std::chrono_literals;
using bench::need;
using tcp = asio::ip::tcp;

const bench::bound p50_budget(1.25, 4), p99_budget(1.5), cpu_budget(1.5, 6);
constexpr int warm_up = 100;
auto pause_after = 2ms;
constexpr std::uint64_t places = 20;  // guilds of one channel each
constexpr std::uint64_t first_channel = 1257000000000000000U;
constexpr std::uint64_t first_guild = 1256000000000000000U;
constexpr std::string_view ping = "!ping";
constexpr std::string_view pong = "pong";

testing::certificate shown;
std::string ca_path;
std::vector<std::string> start_payloads;  // what follows IDENTIFY
std::vector<std::string> ping_payloads;

struct figures {
  double p50 = 0, p99 = 0;  // us
  double cpu = 0;           // us a ping
};

/// A POST of ours as it goes over the wire.
struct sent_text {
  std::size_t bytes = 0;
  char text[2048] = "";
};

void write_down() {
  const auto id = [](std::uint64_t first, std::uint64_t at) { return std::to_string(first + at); };
  ready begin;
  begin.v = 10;
  begin.user.id = user_id(1257200000000000000U);
  begin.user.username = "monochord";
  begin.session_id = "ping";
  begin.application.id = application_id(1257200000000000000U);
  std::uint64_t seq = 0;
  const auto event = [&](const char* name, const std::string& d) {
    return R"({"t":")" + std::string(name) + R"(","s":)" + std::to_string(++seq) + R"(,"op":0,"d":)" + d + "}";
  };
  start_payloads.push_back(event("READY", json::encode(begin)));
  for (std::uint64_t at = 0; at < places; ++at) {
    guild_create one;
    one.guild.id = guild_id(first_guild + at);
    one.guild.name = "guild " + std::to_string(at);
    one.guild.owner_id = user_id(1);
    channel in;
    in.id = channel_id(first_channel + at);
    in.name = "general";
    one.channels.push_back(in);
    start_payloads.push_back(event("GUILD_CREATE", json::encode(one)));
  }
  for (const auto& payload : bench::traffic().payloads(4000)) {
    auto message = nlohmann::ordered_json::parse(payload);
    if (message["t"] != "MESSAGE_CREATE") continue;
    auto& d = message["d"];
    d["content"] = ping;
    d["channel_id"] = id(first_channel, ping_payloads.size() % places);
    d["guild_id"] = id(first_guild, ping_payloads.size() % places);
    ping_payloads.push_back(d.dump());
  }
}

// --- the server: blocking, one thread, one client ---

using secure_stream = beast::ssl_stream<tcp::socket>;  // which writes a message as one record

struct served {
  figures times{};  // without `cpu`
  sent_text post{};
};

/// One HTTP request, as it came.
void read_request(secure_stream& from, std::string& text) {
  char space[4096];
  std::size_t whole = 0;
  for (text.clear(); whole == 0 || text.size() < whole;) {
    text.append(space, from.read_some(asio::buffer(space)));
    const auto end = text.find("\r\n\r\n");
    if (whole != 0 || end == text.npos) continue;
    constexpr std::string_view length = "Content-Length: ";
    const auto at = text.find(length);
    whole = end + 4 + (at < end ? std::stoul(text.substr(at + length.size())) : 0);
  }
  need(text.size() == whole, "more than one request at a time");
}

std::string answer_with(const std::string& body) {
  std::string text = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  for (const auto& [name, value] : bench::message_answer_headers)
    text.append(name).append(": ").append(value) += "\r\n";
  return text + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// The connections of one client.
class server_side {
 public:
  explicit server_side(tcp::acceptor& acceptor) : acceptor_(acceptor) {
    tls_.use_certificate_chain(asio::buffer(shown.chain_pem));
    tls_.use_private_key(asio::buffer(shown.key_pem), ssl::context::pem);
  }
  std::unique_ptr<secure_stream> accept() {
    auto made = std::make_unique<secure_stream>(acceptor_.accept(), tls_);
    beast::get_lowest_layer(*made).set_option(tcp::no_delay(true));
    made->handshake(ssl::stream_base::server);
    return made;
  }
  /// The next request, whichever connection it comes on: a client that did not see the last answer in time opens
  /// another one.
  secure_stream& next_request(std::string& text) {
    for (;;) {
      std::vector<pollfd> look{{acceptor_.native_handle(), POLLIN, 0}};
      for (const auto& one : calls_) look.push_back({beast::get_lowest_layer(*one).native_handle(), POLLIN, 0});
      need(::poll(look.data(), look.size(), 30'000) > 0, "no request came");
      for (std::size_t i = 1; i < look.size(); ++i) {
        if (look[i].revents == 0) continue;
        read_request(*calls_[i - 1], text);
        return *calls_[i - 1];
      }
      calls_.push_back(accept());  // which may have read some of a request already
      read_request(*calls_.back(), text);
      return *calls_.back();
    }
  }

 private:
  tcp::acceptor& acceptor_;
  ssl::context tls_{ssl::context::tls_server};
  std::vector<std::unique_ptr<secure_stream>> calls_;
};

served serve(tcp::acceptor& acceptor, int pings) {
  server_side client(acceptor);
  std::string text;
  secure_stream& first = client.next_request(text);
  need(text.starts_with("GET /api/v10/gateway/bot "), "another first call than expected");
  const std::string port = std::to_string(acceptor.local_endpoint().port());
  asio::write(
      first,
      asio::buffer(answer_with(
          R"({"url":"wss://127.0.0.1:)" + port +
          R"(","shards":1,"session_start_limit":{"total":1000,"remaining":1000,"reset_after":1,"max_concurrency":1}})")));

  const auto below = client.accept();
  beast::websocket::stream<secure_stream&> events(*below);
  events.accept();
  events.binary(true);
  test::compressor pack(protocol::compression::zlib_stream);
  const auto send = [&](std::string_view payload) { events.write(asio::buffer(pack(payload))); };
  send(R"({"t":null,"s":null,"op":10,"d":{"heartbeat_interval":3600000}})");
  beast::flat_buffer identify;
  events.read(identify);
  for (const auto& payload : start_payloads) send(payload);

  const std::string answer = answer_with(bench::message_answer(pong));
  std::vector<double> took;
  served out;
  for (int i = 0; i < warm_up + pings; ++i) {
    const auto number = start_payloads.size() + static_cast<std::size_t>(i) + 1;
    const std::string packed = pack(R"({"t":"MESSAGE_CREATE","s":)" + std::to_string(number) + R"(,"op":0,"d":)" +
                                    ping_payloads[static_cast<std::size_t>(i) % ping_payloads.size()] + "}");
    const auto start = std::chrono::steady_clock::now();
    events.write(asio::buffer(packed));
    secure_stream& from = client.next_request(text);
    const std::chrono::duration<double, std::micro> one = std::chrono::steady_clock::now() - start;
    asio::write(from, asio::buffer(answer));
    if (i >= warm_up) took.push_back(one.count());
    std::this_thread::sleep_for(pause_after);
  }
  need(text.size() < sizeof out.post.text, "a longer request than expected");
  out.post.bytes = text.size();
  std::memcpy(out.post.text, text.data(), text.size());
  out.times = {bench::quantile(took), bench::quantile(took, 0.99), 0};
  return out;
}

/// The figures of a client that talks to a server of its own; `client` gives its CPU time for a ping.
template <class Client>
served against_server(int pings, Client client) {
  int say_port[2], say_end[2];
  need(pipe(say_port) == 0 && pipe(say_end) == 0, "pipe");
  const pid_t server = fork();
  need(server >= 0, "fork");
  if (server == 0) {
    asio::io_context context(1);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    const std::uint16_t port = acceptor.local_endpoint().port();
    need(write(say_port[1], &port, sizeof port) == sizeof port, "write");
    const served out = serve(acceptor, pings);
    need(write(say_end[1], &out, sizeof out) == sizeof out, "write");
    std::_Exit(0);
  }
  close(say_port[1]);
  close(say_end[1]);
  std::uint16_t port = 0;
  need(read(say_port[0], &port, sizeof port) == sizeof port, "the server did not start");
  const double cpu = client(port, pings);
  served out;
  need(read(say_end[0], &out, sizeof out) == sizeof out, "the server did not come to its end");
  waitpid(server, nullptr, 0);
  out.times.cpu = cpu;
  return out;
}

/// CPU time for a ping, once the warm-up is over.
class ping_counter {
 public:
  explicit ping_counter(int pings) : pings_(pings) {}
  /// After each reply, from any thread. True after the last.
  bool count() {
    const int replies = ++replies_;
    if (replies == warm_up) {
      start_ = bench::cpu_seconds();
      CALLGRIND_START_INSTRUMENTATION;
    } else if (replies == warm_up + pings_) {
      CALLGRIND_STOP_INSTRUMENTATION;
      cpu_ = (bench::cpu_seconds() - start_) / pings_ * 1e6;
    }
    return replies == warm_up + pings_;
  }
  double cpu() const {
    need(replies_ == warm_up + pings_, "pings were lost");
    return cpu_;
  }

 private:
  const int pings_;
  std::atomic<int> replies_ = 0;
  double start_ = 0, cpu_ = 0;
};

// --- the floor ---

sent_text one_of_ours;

/// The same bytes that we write, but for a nonce that is always the same.
class request_texts {
 public:
  explicit request_texts(std::uint16_t port) : text_(one_of_ours.text, one_of_ours.bytes) {
    channel_ = text_.find("/channels/") + std::strlen("/channels/");
    constexpr std::string_view host = "Host: 127.0.0.1:";
    const auto at = text_.find(host) + host.size();
    text_.replace(at, text_.find("\r\n", at) - at, std::to_string(port));
  }
  const std::string& in(std::string_view channel) { return text_.replace(channel_, channel.size(), channel); }

 private:
  std::string text_;
  std::size_t channel_;
};

/// Into a buffer that is always the same.
class bare_inflater {
 public:
  bare_inflater() { need(inflateInit(&zlib_) == Z_OK && inflateValidate(&zlib_, 0) == Z_OK, "inflateInit"); }
  ~bare_inflater() { inflateEnd(&zlib_); }
  bare_inflater(const bare_inflater&) = delete;
  bare_inflater& operator=(const bare_inflater&) = delete;

  simdjson::padded_string_view message(const void* from, std::size_t bytes) {
    zlib_.next_in = static_cast<Bytef*>(const_cast<void*>(from));
    zlib_.avail_in = static_cast<uInt>(bytes);
    zlib_.next_out = reinterpret_cast<Bytef*>(out_.data());
    zlib_.avail_out = static_cast<uInt>(out_.size() - simdjson::SIMDJSON_PADDING);
    need(inflate(&zlib_, Z_SYNC_FLUSH) == Z_OK && zlib_.avail_in == 0, "inflate");
    return simdjson::padded_string_view(out_.data(), out_.size() - simdjson::SIMDJSON_PADDING - zlib_.avail_out,
                                        out_.size());
  }

 private:
  z_stream zlib_{};
  std::string out_ = std::string(65536, '\0');
};

task<> bare_loop(ssl::context& tls, std::uint16_t port, ping_counter& work) {
  const auto here = co_await asio::this_coro::executor;
  const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
  secure_stream calls(tcp::socket(here), tls);
  co_await beast::get_lowest_layer(calls).async_connect(server, asio::use_awaitable);
  beast::get_lowest_layer(calls).set_option(tcp::no_delay(true));
  co_await calls.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  const std::string first = "GET /api/v10/gateway/bot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
  co_await asio::async_write(calls, asio::buffer(first), asio::use_awaitable);
  beast::flat_buffer answers = bench::room_of_64_kib();
  http::response<http::string_body> where;
  co_await http::async_read(calls, answers, where, asio::use_awaitable);

  beast::websocket::stream<secure_stream, false> events(tcp::socket(here), tls);
  co_await beast::get_lowest_layer(events).async_connect(server, asio::use_awaitable);
  beast::get_lowest_layer(events).set_option(tcp::no_delay(true));
  co_await events.next_layer().async_handshake(ssl::stream_base::client, asio::use_awaitable);
  co_await events.async_handshake("127.0.0.1", "/?v=10&encoding=json&compress=zlib-stream", asio::use_awaitable);
  const std::string identify = R"({"op":2,"d":{}})";
  co_await events.async_write(asio::buffer(identify), asio::use_awaitable);

  beast::flat_buffer buffer = bench::room_of_64_kib();
  bare_inflater inflater;
  simdjson::dom::parser parser;
  request_texts texts(port);
  for (bool done = false; !done;) {
    buffer.clear();
    co_await events.async_read(buffer, asio::use_awaitable);
    const auto payload = parser.parse(inflater.message(buffer.data().data(), buffer.data().size())).value();
    std::string_view type;
    if (payload["t"].get(type) != simdjson::SUCCESS || type != "MESSAGE_CREATE") continue;
    const std::string_view channel = payload["d"]["channel_id"].get_string();
    if (payload["d"]["content"].get_string().value() != ping) continue;
    co_await asio::async_write(calls, asio::buffer(texts.in(channel)), asio::use_awaitable);
    http::response<http::string_body> got;
    co_await http::async_read(calls, answers, got, asio::use_awaitable);
    need(got.result_int() == 200, "the floor's answer");
    done = work.count();
  }
}

double floor_cpu(std::uint16_t port, int pings) {
  asio::io_context context(1);
  ssl::context tls(ssl::context::tls_client);
  tls.set_verify_mode(ssl::verify_peer);
  tls.load_verify_file(ca_path);
  ping_counter work(pings);
  asio::co_spawn(context, bare_loop(tls, port, work), [](std::exception_ptr thrown) { need(!thrown, "floor"); });
  context.run();
  return work.cpu();
}

// --- ours ---

double our_cpu(std::uint16_t port, int pings) {
  client_options options;
  options.intents = unprivileged_intents | intent::message_content;
  options.rest_url = "https://127.0.0.1:" + std::to_string(port) + "/api/v10";
  options.ca_file = ca_path;
  options.compression = gateway_compression::zlib_stream;
  options.rest_requests_per_second = 1'000'000;  // else Discord's 50 would be kept
  options.log = log_level::warning;
  client bot(token("ping"), std::move(options));
  ping_counter work(pings);
  bot.on<message_create>([&](const message_create& event) -> task<> {
    if (event.message.content != ping) co_return;
    const auto got = co_await bot.rest().create_message(event.message.channel_id, {.content = pong});
    need(got.content == pong, "our answer");
    if (work.count()) bot.stop();
  });
  bot.run();
  return work.cpu();
}

// --- judgement ---

figures measured(double (*client)(std::uint16_t, int), int pings) {
  return bench::in_fresh_process<figures>([&] { return against_server(pings, client).times; });
}

bool compare(int pairs, int pings, bool check) {
  std::vector<figures> least, ours;
  for (int i = 0; i < pairs; ++i) {
    least.push_back(measured(floor_cpu, pings));
    ours.push_back(measured(our_cpu, pings));
  }
  const auto judge = [&](const char* floor_name, const char* our_name, double figures::* what, const bench::bound& to) {
    std::vector<double> a, b;
    for (const auto& one : least) a.push_back(one.*what);
    for (const auto& one : ours) b.push_back(one.*what);
    return bench::judge(floor_name, a, our_name, b, to, "us");
  };
  bool good = judge("ping to reply, bare Beast, median", "ping to reply, client, median", &figures::p50, p50_budget);
  good &= judge("ping to reply, bare Beast, p99", "ping to reply, client, p99", &figures::p99, check ? bench::bound() : p99_budget);
  good &= judge("CPU of a ping, bare Beast", "CPU of a ping, client", &figures::cpu, cpu_budget);
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  const testing::test_ca authority;
  shown = authority.issue({"127.0.0.1"});
  ca_path = (std::filesystem::temp_directory_path() / ("monochord_bench_ping_" + std::to_string(getpid()))).string();
  authority.write_pem(ca_path);
  write_down();
  one_of_ours = bench::in_fresh_process<sent_text>([] { return against_server(1, our_cpu).post; });
  bool good = true;
  if (argc > 2 && std::strcmp(argv[1], "--once") == 0) {
    if (argc > 4) pause_after = std::chrono::milliseconds(std::atoi(argv[4]));
    const auto got =
        against_server(argc > 3 ? std::atoi(argv[3]) : 2000, std::strcmp(argv[2], "floor") == 0 ? floor_cpu : our_cpu)
            .times;
    std::printf("p50 %.1f us, p99 %.1f us, CPU %.1f us\n", got.p50, got.p99, got.cpu);
  } else {
    bench::checking = check;
    const int pairs = check ? 5 : 9;
    const int pings = check ? 250 : 2000;
    std::printf("%d pings with pauses of 2 ms, TLS on loopback, zlib-stream; medians of %d pairs%s\n\n", pings, pairs,
                check ? "; a short check, in which p99 is not judged" : "");
    good = compare(pairs, pings, check);
  }
  std::filesystem::remove(ca_path);
  return good ? 0 : 1;
}
