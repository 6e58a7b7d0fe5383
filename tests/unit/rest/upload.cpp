// SPDX-License-Identifier: MIT
#include "rest/upload.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>

#include "net/server.hpp"
#include "rest/multipart.hpp"
#include "rest/queue.hpp"
#include "support/catch.hpp"
#include <monochord/core/result.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/run_blocking.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/simulation.hpp>

namespace mc = monochord;
namespace net = mc::net;
namespace rest = mc::rest;
namespace protocol = mc::protocol;
using namespace std::chrono_literals;

namespace {

constexpr protocol::route post_message{protocol::method::post, "/channels/{channel_id}/messages"};

/// A file on disk while it lives.
struct temporary {
  explicit temporary(std::string_view text) {
    static int number = 0;
    path = (std::filesystem::temp_directory_path() / ("monochord_upload_" + std::to_string(::getpid()) + "_" + std::to_string(number++) + ".bin")).string();
    write(text);
  }
  ~temporary() { std::filesystem::remove(path); }
  void write(std::string_view text) const { std::ofstream(path, std::ios::binary) << text; }
  mc::file_body body() const {
    mc::file_body made;
    made.path = path;
    return made;
  }
  std::string path;
};

mc::file_body memory_file(std::string_view name, mc::file_bytes bytes) {
  mc::file_body made;
  made.name = name;
  made.bytes = bytes;
  return made;
}

mc::task<std::string> all_of(rest::upload& source) {
  co_await source.open();
  std::string all;
  for (;;) {
    const auto piece = co_await source.read();
    if (piece.empty()) co_return all;
    all += piece;
  }
}

mc::result<std::string> read_all(mc::testing::simulation& sim, rest::upload& source) { return sim.run(mc::as_result(all_of(source))); }

template <class T>
const mc::upload_error& upload_error_of(const mc::result<T>& got) {
  const auto* const seen = got.template error_as<mc::upload_error>();
  REQUIRE(seen != nullptr);
  return *seen;
}

std::string boundary_of(const rest::upload& source) {
  const auto type = source.content_type();
  REQUIRE(type.starts_with("multipart/form-data; boundary=monochord-"));
  return type.substr(type.find('=') + 1);
}

}  // namespace

TEST_CASE("a body with files is multipart with payload_json and files[n], from memory and from disk") {
  mc::testing::simulation sim;
  const std::string large(300'000, 'y');
  const temporary disk(large);
  auto second = disk.body();
  second.name = "a \"b\"\r\n.txt";
  second.content_type = "text/plain";
  const mc::file_body files[] = {memory_file("x.png", "PNG"), second, memory_file("empty", "")};
  auto made = rest::with_files(R"({"content":"hi"})", files);
  REQUIRE(made.source);
  CHECK(made.text.empty());
  CHECK(made.content_type == made.source->content_type());
  const std::string line = "--" + boundary_of(*made.source);
  const std::string expected =
      line + "\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{\"content\":\"hi\"}\r\n" +
      line + "\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"x.png\"\r\nContent-Type: application/octet-stream\r\n\r\nPNG\r\n" +
      line + "\r\nContent-Disposition: form-data; name=\"files[1]\"; filename=\"a %22b%22%0D%0A.txt\"\r\nContent-Type: text/plain\r\n\r\n" + large +
      "\r\n" + line + "\r\nContent-Disposition: form-data; name=\"files[2]\"; filename=\"empty\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n" +
      line + "--\r\n";
  for (int i = 0; i < 2; ++i) {
    CHECK(*read_all(sim, *made.source) == expected);
    CHECK(made.source->size() == expected.size());
  }
}

TEST_CASE("forms have parts of other names") {
  mc::testing::simulation sim;
  rest::upload sticker;
  sticker.add_field("name", "wave");
  sticker.add_file("file", memory_file("wave.png", "PNG"));
  const std::string line = "--" + boundary_of(sticker);
  CHECK(*read_all(sim, sticker) ==
        line + "\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nwave\r\n" + line +
            "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"wave.png\"\r\nContent-Type: application/octet-stream\r\n\r\nPNG\r\n" + line + "--\r\n");
  auto invite = rest::with_file("{}", "target_users_file", memory_file("users.csv", "1\n2\n"));
  CHECK_THAT(*read_all(sim, *invite.source), Catch::Contains("name=\"payload_json\"") && Catch::Contains("name=\"target_users_file\"; filename=\"users.csv\""));
  auto alone = rest::with_file({}, "file", memory_file("a", "b"));
  CHECK_THAT(*read_all(sim, *alone.source), !Catch::Contains("payload_json"));
  CHECK(rest::with_files("{}", {}).source == nullptr);
  CHECK(rest::with_files("{}", {}).text == "{}");
}

TEST_CASE("bytes of a file are copied, taken over, shared or borrowed, as was said") {
  const std::string text(1000, 'x');
  const mc::file_bytes copied(text);
  const auto copy = copied.keep();
  CHECK(copy.view == text);
  CHECK(copy.view.data() != text.data());

  std::string given = text;
  const char* const where = given.data();
  const mc::file_bytes taken(std::move(given));
  const auto taken_over = taken.keep();
  CHECK(taken_over.view == text);
  CHECK(taken_over.view.data() == where);
  CHECK_THROWS_AS(taken.keep(), mc::error);  // it is gone

  const auto shared = std::make_shared<const std::string>(text);
  const mc::file_bytes sharing(shared);
  CHECK(sharing.keep().view.data() == shared->data());
  CHECK(sharing.keep().owner == shared);
  CHECK(mc::file_bytes(std::shared_ptr<const std::string>()).keep().view.empty());

  const auto borrowed = mc::file_bytes(mc::borrow(text)).keep();
  CHECK(borrowed.view.data() == text.data());
  CHECK(borrowed.owner == nullptr);
}

TEST_CASE("descriptions of files go into attachments, unless the body has its own or is an edit") {
  mc::testing::simulation sim;
  auto file = memory_file("x.png", "PNG");
  file.description = "a picture";
  mc::create_message_body body;
  body.files = mc::list<mc::file_body>(&file, 1);
  const std::string json = R"({"attachments":[{"id":"0","filename":"x.png","description":"a picture"}]})";
  CHECK_THAT(*read_all(sim, *rest::encode(body).source), Catch::Contains(json));
  mc::interaction_response_body answer;
  answer.type = mc::interaction_callback_type::channel_message_with_source;
  answer.data = mc::response_data(body);
  CHECK_THAT(*read_all(sim, *rest::encode(answer).source), Catch::Contains("a picture") && Catch::Contains("files[0]"));
  const mc::attachment_body own{.id = mc::attachment_id{0}, .title = "mine"};
  body.attachments = mc::list<mc::attachment_body>(&own, 1);
  CHECK_THAT(*read_all(sim, *rest::encode(body).source), Catch::Contains("mine") && !Catch::Contains("a picture"));
  mc::edit_message_body edit;
  edit.files = body.files;
  CHECK_THROWS_AS(rest::encode(edit), mc::error);
  file.description = {};
  CHECK_THAT(*read_all(sim, *rest::encode(edit).source), !Catch::Contains("attachments"));
}

TEST_CASE("files that make no sense are refused with the call") {
  rest::upload source;
  CHECK_THROWS_AS(source.add_file("file", memory_file("", "x")), mc::error);
  auto both = memory_file("a", "x");
  both.path = "/tmp/a";
  CHECK_THROWS_AS(source.add_file("file", both), mc::error);
  auto type = memory_file("a", "x");
  type.content_type = "text/plain\r\nX: y";
  CHECK_THROWS_AS(source.add_file("file", type), mc::error);
}

TEST_CASE("what is over a limit is refused, naming file, size and limit") {
  mc::testing::simulation sim;
  constexpr std::uint64_t mib = 1U << 20U;
  const std::string ten(10 * mib, 'x'), more(10 * mib + 1, 'x');
  const auto admit = [&](std::vector<mc::file_body> files, rest::upload_limits limits = {}, std::uint64_t own = 0) {
    const auto made = rest::with_files("{}", files);
    if (own != 0) made.source->limit_attachments(own);
    return sim.run(mc::as_result(made.source->admit(limits)));
  };
  CHECK(admit({memory_file("ten", mc::borrow(ten))}));
  const auto over = admit({memory_file("ten", mc::borrow(ten)), memory_file("big.bin", mc::borrow(more))});
  const auto& seen = upload_error_of(over);
  CHECK(seen.code() == mc::errc::upload_too_large);
  CHECK(seen.file() == "big.bin");
  CHECK(seen.size_bytes() == 10 * mib + 1);
  CHECK(seen.limit_bytes() == 10 * mib);
  CHECK_THAT(seen.what(), Catch::Contains("big.bin") && Catch::Contains("10485761") && Catch::Contains("10485760"));

  CHECK(admit({memory_file("big.bin", mc::borrow(more))}, {.attachment_bytes = 11 * mib}));
  CHECK(admit({memory_file("big.bin", mc::borrow(more))}, {}, 11 * mib));
  auto with_limit = memory_file("big.bin", mc::borrow(more));
  with_limit.limit_bytes = 11 * mib;
  CHECK(admit({with_limit}));
  with_limit.limit_bytes = mib;
  CHECK(upload_error_of(admit({with_limit}, {}, 11 * mib)).limit_bytes() == mib);

  const auto all = admit({memory_file("1", mc::borrow(ten)), memory_file("2", mc::borrow(ten)), memory_file("3", mc::borrow(ten))});
  CHECK(upload_error_of(all).file().empty());
  CHECK(upload_error_of(all).limit_bytes() == 25 * mib);
  CHECK(upload_error_of(all).size_bytes() > 30 * mib);
  CHECK(admit({memory_file("1", mc::borrow(ten)), memory_file("2", mc::borrow(ten)), memory_file("3", mc::borrow(ten))}, {.request_bytes = 31 * mib}));
  // A request may always be as large as its largest attachment.
  const std::string huge(30 * mib, 'x');
  CHECK(admit({memory_file("huge", mc::borrow(huge))}, {.attachment_bytes = 30 * mib}));
  CHECK(admit({memory_file("ten", mc::borrow(ten))}, {.attachment_bytes = ~std::uint64_t{0}}));
}

TEST_CASE("a file on disk that is missing, no file, gone, shorter, longer or written to is a typed error") {
  mc::testing::simulation sim;
  const std::string before(300'000, 'x');
  const auto expect_failure = [&](const temporary& disk, const std::function<void()>& meanwhile, const char* says) {
    INFO(says);
    rest::upload source;
    source.add_file("file", disk.body());
    const auto read_changed = [](rest::upload& from, const std::function<void()>& change) -> mc::task<> {
      co_await from.open();
      co_await from.read();
      co_await from.read();  // the first piece of the file, whose rest is read after the change
      change();
      for (std::string_view piece = "x"; !piece.empty();) piece = co_await from.read();
    };
    const auto got = sim.run(mc::as_result(read_changed(source, meanwhile)));
    CHECK(upload_error_of(got).code() == mc::errc::upload_failed);
    CHECK(upload_error_of(got).file() == std::filesystem::path(disk.path).filename());
    CHECK_THAT(upload_error_of(got).what(), Catch::Contains(disk.path) && Catch::Contains(says));
  };
  {
    const temporary disk(before);
    expect_failure(disk, [&] { disk.write("short"); }, "shorter");
  }
  {
    const temporary disk(before);
    expect_failure(disk, [&] { std::ofstream(disk.path, std::ios::app) << "more"; }, "changed");
  }
  const auto refused = [&](std::string_view path, const char* says) {
    INFO(path);
    rest::upload source;
    mc::file_body file;
    file.path = path;
    source.add_file("file", file);
    const auto got = sim.run(mc::as_result(source.open()));
    CHECK(upload_error_of(got).code() == mc::errc::upload_failed);
    CHECK_THAT(upload_error_of(got).what(), Catch::Contains(says));
  };
  refused("/does/not/exist", "No such file");
  refused("/tmp", "not a regular file");
  refused("/dev/zero", "not a regular file");

  // Gone, replaced or changed between the look and the reading; a pipe in its place must not hold a thread.
  const temporary disk(before);
  const auto open_then = [&](const std::function<void()>& change) {
    disk.write(before);
    rest::upload source;
    source.add_file("file", disk.body());
    const auto read_after = [](rest::upload& from, const std::function<void()>& act) -> mc::task<> {
      co_await from.open();
      act();
      for (std::string_view piece = "x"; !piece.empty();) piece = co_await from.read();
    };
    const auto got = sim.run(mc::as_result(read_after(source, change)));
    CHECK(upload_error_of(got).code() == mc::errc::upload_failed);
  };
  open_then([&] { std::filesystem::remove(disk.path); });
  open_then([&] {
    std::filesystem::remove(disk.path);
    REQUIRE(::mkfifo(disk.path.c_str(), 0600) == 0);
  });
  std::filesystem::remove(disk.path);
  open_then([&] { disk.write("other"); });
  // A second sending notices as well.
  disk.write(before);
  rest::upload source;
  source.add_file("file", disk.body());
  REQUIRE(read_all(sim, source));
  REQUIRE(read_all(sim, source));
  disk.write("other");
  CHECK_THAT(upload_error_of(read_all(sim, source)).what(), Catch::Contains("changed"));
}

TEST_CASE("files are read while every thread of run_blocking is held up") {
  mc::testing::simulation sim;
  const temporary disk(std::string(300'000, 'x'));
  std::promise<void> release;
  std::atomic<int> ended = 0;
  const auto hold = [](std::shared_future<void> until, std::atomic<int>& count) -> mc::task<> {
    co_await mc::run_blocking([&] {
      until.wait_for(20s);
      ++count;
    });
  };
  const std::shared_future<void> released = release.get_future().share();
  for (int i = 0; i < 8; ++i) sim.spawn(hold(released, ended));
  rest::upload source;
  source.add_file("file", disk.body());
  CHECK(read_all(sim, source));
  CHECK(ended == 0);
  release.set_value();
  sim.settle();
  CHECK(ended == 8);
}

namespace {

struct server_and_queue {
  explicit server_and_queue(mc::duration answer_after = 0s) {
    net::server_options serving;
    serving.transport = network.transport();
    serving.clock = sim.clock();
    net::server_handlers handlers;
    handlers.on_request = [this, answer_after](const net::http_request& request, const net::peer_info&) -> mc::task<net::server_reply> {
      requests.push_back(request);
      if (requests.size() <= failures) {
        if (failing) failing();
        co_return net::http_response(500);
      }
      const auto wait = sim.clock()->make_timer(sim.executor());
      co_await wait->wait_until(sim.clock()->now() + answer_after);
      net::http_response answer(200, "application/json", "{}");
      co_return answer;
    };
    server = std::make_unique<net::server>(sim.executor(), serving, handlers);
    server->listen("127.0.0.1", 8080);
    net::http_options http;
    http.transport = network.transport();
    http.clock = sim.clock();
    rest::queue_options options{.base = net::url::parse("http://127.0.0.1:8080/api/v10"), .bot_token = mc::token{"secret"}, .http = http, .limits = {}, .log = {}};
    options.uploads.attachment_bytes = 500'000;
    queue = std::make_shared<rest::queue>(sim.executor(), options);
  }
  ~server_and_queue() {
    sim.run(queue->close());
    sim.run(server->stop());
  }
  mc::result<rest::answer> send(const mc::file_body& file, protocol::method verb = protocol::method::post) {
    const protocol::route route{verb, post_message.path};
    rest::call what(route, {"5"});
    auto encoded = rest::with_files("{}", mc::list<mc::file_body>(&file, 1));
    what.content_type = encoded.content_type;
    what.make_rare().source = encoded.source;
    return sim.run(mc::as_result(queue->send(std::move(what))));
  }

  mc::testing::simulation sim;
  mc::testing::memory_network network;
  std::vector<net::http_request> requests;
  std::size_t failures = 0;
  std::function<void()> failing;
  std::unique_ptr<net::server> server;
  std::shared_ptr<rest::queue> queue;
};

}  // namespace

TEST_CASE("a call sends its files, again when it may be repeated, and sends nothing that is too large") {
  server_and_queue on;
  const temporary disk(std::string(400'000, 'x'));
  on.failures = 1;
  REQUIRE(on.send(disk.body(), protocol::method::put));
  REQUIRE(on.requests.size() == 2);
  CHECK(on.requests[0].body == on.requests[1].body);
  CHECK_THAT(on.requests[1].headers.get("Content-Type").data(), Catch::StartsWith("multipart/form-data; boundary="));
  CHECK_THAT(on.requests[1].body, Catch::Contains(std::string(400'000, 'x')) && Catch::Contains("files[0]"));
  const auto connects = on.network.connects();
  const temporary large(std::string(500'001, 'x'));
  const auto refused = on.send(large.body());
  CHECK(upload_error_of(refused).limit_bytes() == 500'000);
  const temporary gone("x");
  std::filesystem::remove(gone.path);
  CHECK(upload_error_of(on.send(gone.body())).code() == mc::errc::upload_failed);
  CHECK(on.requests.size() == 2);
  CHECK(on.network.connects() == connects);
}

TEST_CASE("a file that is gone when a call is sent again hides nothing of the first sending") {
  server_and_queue on;
  const temporary disk(std::string(1000, 'x'));
  on.failures = 1;
  on.failing = [&] { std::filesystem::remove(disk.path); };
  const auto end = on.send(disk.body(), protocol::method::put);
  const auto* const error = end.error_as<mc::rest_error>();
  REQUIRE(error != nullptr);
  CHECK(error->code() == mc::errc::upload_failed);
  CHECK(error->may_have_been_sent());
  CHECK(on.requests.size() == 1);
}

TEST_CASE("a call with a file keeps its place before those that were made after it") {
  server_and_queue on;
  const temporary disk(std::string(1000, 'x'));
  int ended = 0;
  const auto run = [&](rest::call what) -> mc::task<> {
    co_await on.queue->send(std::move(what));
    ++ended;
  };
  const auto file = disk.body();
  for (int i = 0; i < 6; ++i) {
    rest::call what(post_message, {"5"});
    if (i % 2 == 0) {
      auto encoded = rest::with_files(std::to_string(i), mc::list<mc::file_body>(&file, 1));
      what.content_type = encoded.content_type;
      what.make_rare().source = encoded.source;
    } else {
      what.body = std::to_string(i);
    }
    on.sim.spawn(run(std::move(what)));
  }
  on.sim.run_until([&] { return ended == 6; });
  REQUIRE(on.requests.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    if (i % 2 == 0) CHECK_THAT(on.requests[i].body, Catch::Contains("\r\n\r\n" + std::to_string(i) + "\r\n"));
    else CHECK(on.requests[i].body == std::to_string(i));
  }
}

TEST_CASE("a large body has the time that its bytes take, unless the call says how long it may take") {
  const std::string bytes(20U << 20U, 'x');
  auto file = memory_file("large", mc::borrow(bytes));
  file.limit_bytes = 24U << 20U;
  for (const bool says : {false, true}) {
    server_and_queue on(200s);
    auto encoded = rest::with_files("{}", mc::list<mc::file_body>(&file, 1));
    rest::call what(post_message, {"5"});
    what.content_type = encoded.content_type;
    what.make_rare().source = encoded.source;
    if (says) what.make_rare().timeout = 60s;
    const auto end = on.sim.run(mc::as_result(on.queue->send(std::move(what))));
    CHECK(end.has_value() != says);
    CHECK(on.sim.elapsed() == (says ? 60s : 200s));
  }
}

TEST_CASE("a file that changes while the request is under way ends the call and the connection") {
  server_and_queue on;
  const temporary disk(std::string(400'000, 'x'));
  const auto file = disk.body();
  rest::call what(post_message, {"5"});
  auto encoded = rest::with_files("{}", mc::list<mc::file_body>(&file, 1));
  what.content_type = encoded.content_type;
  what.make_rare().source = encoded.source;
  std::optional<mc::result<rest::answer>> got;
  const auto run = [&]() -> mc::task<> { got.emplace(co_await mc::as_result(on.queue->send(std::move(what)))); };
  on.sim.spawn(run());
  on.sim.run_until([&] { return on.network.open_connections() != 0; });
  disk.write("other");
  on.sim.run_until([&] { return got.has_value(); });
  CHECK(upload_error_of(*got).code() == mc::errc::upload_failed);
  CHECK(on.sim.elapsed() < 1s);
  on.sim.settle();
  CHECK(on.requests.empty());
  CHECK(on.network.open_connections() == 0);
}
