// SPDX-License-Identifier: MIT
// What a REST call costs over TLS on loopback, beside a bare Beast keep-alive loop that writes and reads the same bytes;
// what the connection pool does; and what an upload of 24 MiB costs in memory. The server is another process.
//   bench_rest [--check | --once floor|ours]     --once runs one of them for a profiler; else it fails over a budget
#include <signal.h>
#include <sys/mman.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <monochord/model/bodies.hpp>
#include <monochord/model/message.hpp>
#include <monochord/rest/counters.hpp>
#include <monochord/rest/rest.hpp>
#include <monochord/testing/test_ca.hpp>

#include "bench/floor_buffer.hpp"
#include "bench/message_answer.hpp"
#include "bench/ratio.hpp"
#include "net/http_message.hpp"
#include "net/server.hpp"
#include "rest/queue.hpp"

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using namespace monochord;
using namespace std::chrono_literals;
using bench::need;
using tcp = asio::ip::tcp;

const bench::bound cpu_budget(1.5, 1.9);
constexpr double upload_budget_mb = 4;
constexpr int channels = 20;
constexpr std::size_t connections = 16;
constexpr std::size_t upload_bytes = 24U << 20U;
constexpr const char* user_agent = "DiscordBot (https://example.invalid, 1)";
constexpr const char* content = "The quick brown fox jumps over the lazy dog, and nobody in this channel is surprised.";

std::string ca_pem;
std::uint16_t port = 0;

/// What all the processes see.
struct traffic {
  std::atomic<std::uint64_t> requests{0}, bytes{0};  // that the server has read
  std::uint64_t floor_bytes = 0, our_bytes = 0;      // of one request
  char one_of_ours[2048] = "";                       // as it goes over the wire
};
traffic* seen = nullptr;

// --- the server: answers every POST with a message as Discord sends it, limits that never bind ---

std::uint64_t bytes_of(const net::http_request& request) {
  std::uint64_t all = request.method.size() + request.target.size() + request.body.size();
  for (const auto& [name, value] : request.headers) all += name.size() + value.size();
  return all;
}

task<net::server_reply> answer(const net::http_request& request, const net::peer_info&) {
  ++seen->requests;
  seen->bytes += bytes_of(request);
  static const std::string text = bench::message_answer(content);
  net::http_response made(200, "application/json", text);
  for (const auto& [name, value] : bench::message_answer_headers) made.headers.add(name, value);
  co_return made;
}

/// Serves until it is killed; says its port first.
[[noreturn]] void serve(const testing::certificate& shown, int say_port) {
  asio::io_context context(1);
  net::server_options options;
  options.transport = net::tcp_network();
  options.clock = system_clock();
  options.tls = net::tls_context::server(shown.chain_pem, shown.key_pem);
  net::server_handlers handlers;
  handlers.on_request = answer;
  net::server server(context.get_executor(), options, handlers);
  server.listen("127.0.0.1", 0);
  const std::uint16_t taken = server.port();
  need(write(say_port, &taken, sizeof taken) == sizeof taken, "write");
  context.run();
  std::_Exit(0);
}

// --- the floor ---

constexpr std::uint64_t first_channel = 1257000000000000000U;

/// The same bytes that we write, but for a nonce that is always the same.
std::string request_text(int channel) {
  static const auto path = std::to_string(first_channel);
  std::string text = seen->one_of_ours;
  return text.replace(text.find(path), path.size(), std::to_string(first_channel + static_cast<std::uint64_t>(channel)));
}

/// How many requests are left, and what was measured once the warm-up was over.
struct progress {
  explicit progress(int posts) : left(posts + warm_up), measured(posts) {}
  bool next() {
    if (left == 0) return false;
    if (left-- == measured) start = bench::cpu_seconds();
    return true;
  }
  static constexpr int warm_up = 5 * channels;  // handshakes, first use of everything
  int left;
  const int measured;
  double start = 0;
};

task<> bare_loop(ssl::context& tls, progress& work, int number) {
  const auto here = co_await asio::this_coro::executor;
  ssl::stream<tcp::socket> stream(tcp::socket(here), tls);
  co_await stream.next_layer().async_connect({asio::ip::address_v4::loopback(), port}, asio::use_awaitable);
  stream.next_layer().set_option(tcp::no_delay(true));
  co_await stream.async_handshake(ssl::stream_base::client, asio::use_awaitable);
  boost::beast::flat_buffer buffer = bench::room_of_64_kib();
  for (int channel = number; work.next(); channel = (channel + static_cast<int>(connections)) % channels) {
    const std::string text = request_text(channel);
    co_await asio::async_write(stream, asio::buffer(text), asio::use_awaitable);
    http::response<http::string_body> got;
    co_await http::async_read(stream, buffer, got, asio::use_awaitable);
    need(got.result_int() == 200, "the floor's answer");
  }
}

void run_floor(progress& work) {
  asio::io_context context(1);
  ssl::context tls(ssl::context::tls_client);
  tls.set_verify_mode(ssl::verify_peer);
  tls.add_certificate_authority(asio::buffer(ca_pem));
  for (std::size_t i = 0; i < connections; ++i) {
    asio::co_spawn(context, bare_loop(tls, work, static_cast<int>(i)), [](std::exception_ptr thrown) { need(!thrown, "floor"); });
  }
  context.run();
}

double floor_cpu(int posts) {
  progress work(posts);
  run_floor(work);
  return (bench::cpu_seconds() - work.start) / posts * 1e6;
}

/// Handshakes included, as in `use_pool`.
double floor_requests_a_second(int posts) {
  progress work(posts);
  const auto start = std::chrono::steady_clock::now();
  run_floor(work);
  return (posts + progress::warm_up) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// --- ours ---

struct client {
  explicit client(duration idle_timeout = 30s, std::uint64_t attachment_bytes = 0, std::string base = {}) {
    if (base.empty()) base = "https://127.0.0.1:" + std::to_string(port) + "/api/v10";
    net::http_options options;
    options.transport = net::tcp_network();
    options.clock = system_clock();
    options.tls = net::tls_context::client_trusting_pem(ca_pem);
    options.user_agent = user_agent;
    options.max_connections = connections;
    options.idle_timeout = idle_timeout;
    rest::queue_options calls{.base = net::url::parse(base),
                              .bot_token = token("secret"), .http = options, .limits = {}, .log = {}};
    calls.limits.global_limit = 1'000'000;
    if (attachment_bytes != 0) calls.uploads.attachment_bytes = attachment_bytes;
    queue = std::make_shared<rest::queue>(context.get_executor(), std::move(calls));
    api = std::make_unique<rest_client>(queue);
  }
  template <class T>
  T run(task<T> work) {
    std::optional<T> value;
    asio::co_spawn(context, std::move(work), [&](std::exception_ptr thrown, T got) {
      if (thrown) std::rethrow_exception(thrown);
      value.emplace(std::move(got));
      context.stop();
    });
    run_until_stopped();
    return std::move(*value);
  }

  /// In one `run`, as the floor: each call of `run_one` would give back what Asio keeps for the next operation.
  void run_until_stopped() {
    context.restart();
    context.run();
  }

  asio::io_context context{1};
  std::shared_ptr<rest::queue> queue;
  std::unique_ptr<rest_client> api;
};

task<> post_loop(rest_client& api, progress& work, int channel) {
  while (work.next()) {
    const auto got = co_await api.create_message(channel_id(first_channel + static_cast<std::uint64_t>(channel)),
                                                 {.content = content});
    need(got.content == content, "our answer");
  }
}

void post(client& with, int posts, double* cpu = nullptr) {
  progress work(posts);
  int running = channels;
  for (int i = 0; i < channels; ++i) {
    asio::co_spawn(with.context, post_loop(*with.api, work, i), [&](std::exception_ptr thrown) {
      if (thrown) std::rethrow_exception(thrown);
      if (--running == 0) with.context.stop();
    });
  }
  with.run_until_stopped();
  if (cpu) *cpu = (bench::cpu_seconds() - work.start) / posts * 1e6;
}

task<int> post_one(rest_client& api) {
  co_await api.create_message(channel_id(first_channel), {.content = content});
  co_return 1;
}

/// What a message of ours looks like on the wire: sent without TLS to somebody who writes it down.
bool capture() {
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  const std::string here = "127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  std::string text;
  std::thread writer([&] {
    tcp::socket socket = acceptor.accept();
    while (!text.ends_with("}")) {
      char space[4096];
      text.append(space, socket.read_some(asio::buffer(space)));
    }
    const net::http_response answer(200, "application/json", bench::message_answer(content));
    asio::write(socket, asio::buffer(net::serialize_head(answer, true) + answer.body));
  });
  client with(30s, 0, "http://" + here + "/api/v10");
  with.run(post_one(*with.api));
  writer.join();
  text.replace(text.find(here), here.size(), "127.0.0.1:" + std::to_string(port));
  need(text.size() < sizeof seen->one_of_ours, "a longer request than expected");
  std::memcpy(seen->one_of_ours, text.data(), text.size());
  return true;
}

double our_cpu(int posts) {
  client with;
  double cpu = 0;
  post(with, posts, &cpu);
  const auto counted = with.run(with.api->counters());
  need(counted.connections_opened <= connections, "more connections than the pool's bound");
  return cpu;
}

// --- what the pool does ---

struct pool_figures {
  double requests_a_second;
  std::uint64_t opened, opened_again, resumed, idle_closes;
};

pool_figures use_pool(int posts) {
  client with(200ms);
  pool_figures seen{};
  const auto start = std::chrono::steady_clock::now();
  post(with, posts);
  seen.requests_a_second = (posts + progress::warm_up) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto counted = with.run(with.api->counters());
  seen.opened = counted.connections_opened;
  with.context.restart();
  while (counted.idle_closes < counted.connections_opened && with.context.run_one() != 0) {
    counted = with.run(with.api->counters());
    with.context.restart();
  }
  seen.idle_closes = counted.idle_closes;
  post(with, posts / 10);
  counted = with.run(with.api->counters());
  seen.opened_again = counted.connections_opened - seen.opened;
  seen.resumed = counted.tls_resumed;
  return seen;
}

// --- uploads ---

/// The most memory that this process ever had resident, in MB.
double peak_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
  }
  need(false, "no VmHWM in /proc/self/status");
  return 0;
}

task<int> send_file(rest_client& api, file_body file) {
  const create_message_body body{.content = content, .files = list<file_body>(&file, 1)};
  co_await api.create_message(channel_id(1), body);
  co_return 1;
}

double upload_mb(const file_body& file) {
  client with(30s, std::uint64_t{32} << 20U);
  file_body small;
  small.name = "small";
  small.bytes = "x";
  with.run(send_file(*with.api, small));
  const double before = peak_mb();
  with.run(send_file(*with.api, file));
  return peak_mb() - before;
}

/// True when a file over the default limit is refused with nothing sent.
bool refuses(const file_body& file) {
  client with;
  try {
    with.run(send_file(*with.api, file));
  } catch (const upload_error& e) {
    std::printf("default limit: %s\n", e.what());
    std::fflush(stdout);
    return e.limit_bytes() == 10U << 20U && with.run(with.api->counters()).connections_opened == 0;
  }
  return false;
}

bool uploads() {
  const auto path = std::filesystem::temp_directory_path() / ("monochord_bench_" + std::to_string(getpid()));
  {
    std::ofstream out(path, std::ios::binary);
    const std::string block(1U << 20U, 'x');
    for (std::size_t i = 0; i < upload_bytes / block.size(); ++i) out << block;
  }
  const std::string name = path.string();
  file_body disk;
  disk.path = name;
  const double from_disk = bench::in_fresh_process<double>([&] { return upload_mb(disk); });
  const double from_memory = bench::in_fresh_process<double>([] {
    const auto bytes = std::make_shared<const std::string>(upload_bytes, 'x');
    file_body file;
    file.name = "memory.bin";
    file.bytes = bytes;
    return upload_mb(file);
  });
  const double copied = bench::in_fresh_process<double>([] {
    const std::string bytes(upload_bytes, 'x');
    file_body file;
    file.name = "kept.bin";
    file.bytes = bytes;  // as a string_view would be: the call keeps a copy
    return upload_mb(file);
  });
  const bool refused = bench::in_fresh_process<bool>([&] { return refuses(disk); });
  std::filesystem::remove(path);
  bool good = bench::figure("upload of 24 MiB from disk, peak memory +", from_disk, "MB", upload_budget_mb);
  good &= bench::figure("upload of 24 MiB from memory, peak memory +", from_memory, "MB", upload_budget_mb);
  bench::figure("the same from a string that the call copies", copied, "MB");
  std::printf("refused before the first byte: %s\n", refused ? "yes" : "NO");
  return refused && good;
}

}  // namespace

int main(int argc, char** argv) {
  bench::checking = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  const testing::test_ca authority;
  ca_pem = authority.pem();
  void* shared = mmap(nullptr, sizeof(traffic), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  need(shared != MAP_FAILED, "mmap");
  seen = new (shared) traffic;
  int ends[2];
  need(pipe(ends) == 0, "pipe");
  const pid_t server = fork();
  need(server >= 0, "fork");
  if (server == 0) serve(authority.issue({"127.0.0.1"}), ends[1]);
  need(read(ends[0], &port, sizeof port) == sizeof port, "the server did not start");

  bench::in_fresh_process<bool>(capture);
  const int posts = 2000;
  bool cheap = true;
  bool good = true;
  if (argc > 2 && std::strcmp(argv[1], "--once") == 0) {
    std::printf("%.1f us\n", std::strcmp(argv[2], "floor") == 0 ? floor_cpu(posts * 5) : our_cpu(posts * 5));
  } else {
    std::printf("%d posts over %d channels, TLS on loopback; CPU time of the client's process, median of %d pairs\n\n", posts,
                channels, bench::pairs);
    const auto counted = [](std::uint64_t traffic::*bytes, double (*run)(int)) {
      const std::uint64_t requests = seen->requests, before = seen->bytes;
      const double cpu = run(posts);
      seen->*bytes = (seen->bytes - before) / (seen->requests - requests);
      need(seen->*bytes * (seen->requests - requests) == seen->bytes - before, "requests of different lengths");
      return cpu;
    };
    cheap = bench::compare({"bare Beast keep-alive loop (floor)", [&] { return counted(&traffic::floor_bytes, floor_cpu); }},
                           {"ours: rest_client", [&] { return counted(&traffic::our_bytes, our_cpu); }}, cpu_budget,
                           "us a request");
    need(seen->floor_bytes == seen->our_bytes, "the floor writes other bytes than we do");
    const auto pool = bench::in_fresh_process<pool_figures>([] { return use_pool(posts); });
    bench::figure("requests a second of the floor",
                  bench::in_fresh_process<double>([] { return floor_requests_a_second(posts); }), "");
    bench::figure("requests a second", pool.requests_a_second, "");
    good &= bench::figure("connections opened for them", static_cast<double>(pool.opened), "", static_cast<double>(connections));
    bench::figure("idle closes", static_cast<double>(pool.idle_closes), "");
    bench::figure("connections opened after them", static_cast<double>(pool.opened_again), "");
    bench::figure("of them with resumed TLS", static_cast<double>(pool.resumed), "");
    good &= pool.opened_again != 0 && pool.resumed == pool.opened_again;
    good &= uploads();
  }
  kill(server, SIGTERM);
  waitpid(server, nullptr, 0);
  return good && cheap ? 0 : 1;
}
