// SPDX-License-Identifier: MIT
// The code of docs/connections.md: regions between the marks stand there word for word.
#include <filesystem>
#include <fstream>
#include <string>

#include <monochord/model/message_builder.hpp>

#include "support/bot_world.hpp"
#include "support/catch.hpp"

namespace mc = monochord;
using mc::tests::simulated_world;

TEST_CASE("a proxy is named in the options") {
  //! [proxy]
  mc::client_options options;
  options.proxy.url = "http://proxy.example:3128";
  options.proxy.user = "bot";
  options.proxy.password = mc::token{"hunter2"};
  options.proxy.except = "internal.example, 10.0.0.0/8";
  //! [proxy]
  CHECK_NOTHROW(mc::client(mc::token("x"), options));
  options.proxy.url = "ftp://proxy.example";
  CHECK_THROWS_AS(mc::client(mc::token("x"), options), mc::error);
}

namespace {

mc::task<> send_files(mc::rest_client& rest, mc::channel_id channel, std::string path, std::string png) {
  //! [files]
  const mc::file_body report[] = {{.path = path, .description = "What happened"}};
  const mc::create_message_body body{.content = "Here it is", .files = report};
  co_await rest.create_message(channel, body);

  mc::message_builder message{"And a picture"};
  message.file("picture.png", std::move(png), "A picture").file_from(path);
  co_await rest.create_message(channel, message);
  //! [files]
}

mc::task<> send_too_much(mc::rest_client& rest, mc::channel_id channel) {
  const std::string bytes((10U << 20U) + 1, 'x');
  const mc::file_body file[] = {{.name = "big.bin", .bytes = mc::borrow(bytes)}};
  const mc::create_message_body body{.files = file};
  co_await rest.create_message(channel, body);
}

}  // namespace

TEST_CASE("files are uploaded from disk and memory, and refused when they are too large") {
  simulated_world w;
  const auto path = std::filesystem::temp_directory_path() / "monochord_snippet_report.txt";
  std::ofstream(path) << "all is well";
  mc::client bot(w.world.bot_token(), w.options());
  w.sim.run(send_files(bot.rest(), w.world.general, path.string(), "PNG"));
  std::filesystem::remove(path);
  CHECK(w.discord().violations().empty());
  const auto calls = w.discord().counters().requests;
  try {
    w.sim.run(send_too_much(bot.rest(), w.world.general));
    FAIL("it was sent");
  } catch (const mc::upload_error& e) {
    CHECK(e.file() == "big.bin");
    CHECK(e.limit_bytes() == 10U << 20U);
  }
  CHECK(w.discord().counters().requests == calls);
}
