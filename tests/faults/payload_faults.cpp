// SPDX-License-Identifier: MIT
// Faults in what the gateway sends: pieces, bombs, garbage, events of another shape.
#include <algorithm>
#include <map>
#include <random>

#include "faults/listening_bot.hpp"
#include "support/compressor.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::occurrences;
using mc::tests::simulated_world;

namespace {

constexpr auto all_compressions = {mc::gateway_compression::none, mc::gateway_compression::zlib_stream,
                                   mc::gateway_compression::zstd_stream};

mc::client_options with(simulated_world& w, mc::gateway_compression compression) {
  auto out = w.options();
  out.compression = compression;
  return out;
}

/// Text that no compressor makes small.
std::string noise(std::size_t bytes) {
  std::mt19937 random(7);
  std::uniform_int_distribution<int> letter('a', 'z');
  std::string out(bytes, ' ');
  for (auto& c : out) c = static_cast<char>(letter(random));
  return out;
}

}  // namespace

TEST_CASE("fault 10: payloads split over frames and over messages") {
  for (const auto compression : all_compressions) {
    for (const bool pieces : {false, true}) {
      // What is not a zlib stream is one message for each payload.
      if (pieces && compression != mc::gateway_compression::zlib_stream) continue;
      simulated_world w;
      mock_faults faults;
      if (pieces)
        faults.flush_in_pieces = 7;
      else
        faults.fragment_bytes = 3;
      w.discord().set_faults(faults);
      listening_bot bot(w, with(w, compression));
      REQUIRE(w.sim.run(w.discord().expect_session()));
      bot.say("in small pieces");
      w.sim.run_for(1s);
      CHECK(bot.heard({"in small pieces"}));
      CHECK(w.discord().counters().connections == 1);
      no_violations(w);
    }
  }
}

TEST_CASE("fault 10: a payload larger than any buffer arrives whole, and its connection stays") {
  const std::string large = noise(5'000'000);
  for (const auto compression : all_compressions) {
    for (const std::size_t fragment : {std::size_t{0}, std::size_t{60'000}}) {
      simulated_world w;
      mock_faults faults;
      faults.fragment_bytes = fragment;
      w.discord().set_faults(faults);
      listening_bot bot(w, with(w, compression));
      std::size_t size = 0;
      bot.bot.on_raw([&](const mc::raw_event& event) -> mc::task<> {
        if (event.name == "SOMETHING_LARGE") size = event.data.size();
        co_return;
      });
      REQUIRE(w.sim.run(w.discord().expect_session()));
      w.discord().send_event("SOMETHING_LARGE", '"' + large + '"');
      bot.say("behind it");
      w.sim.run_for(1min);
      CHECK(size == large.size() + 2);
      CHECK(bot.heard({"behind it"}));
      CHECK(w.discord().counters().connections == 1);
      no_violations(w);
    }
  }
}

TEST_CASE("fault 10: a payload over the limit ends the connection, not the session") {
  for (const bool bomb :
       {true, false}) {  // a few kilobytes that unpack to more than 64 MiB, or as many that come as they are
    simulated_world w;
    listening_bot bot(w, with(w, bomb ? mc::gateway_compression::zlib_stream : mc::gateway_compression::none));
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    std::string sent;
    if (bomb) {
      mc::test::compressor pack(mc::protocol::compression::zlib_stream);
      sent = pack(std::string(70'000'000, 'x'))
                 .substr(2);  // without the stream's header it goes on with the one under way
      CHECK(sent.size() < 200'000);
    } else {
      sent = std::string(17'000'000, 'x');
    }
    w.discord().send_raw(sent, bomb);
    w.sim.run_for(10s);
    bot.say("afterwards");
    w.sim.run_for(10s);
    CHECK(bot.heard({"afterwards"}));
    CHECK(w.discord().counters().resumed == 1);
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.discord().counters().last_close_received != 1000);
    no_violations(w);
  }
}

TEST_CASE("fault 11: garbage as messages ends the connection at most, never the session, and floods no log") {
  const std::vector<std::string> samples{"",
                                         "\x01",
                                         "\x01\x02",
                                         "\x01\x02\x03",
                                         "\xff\xff\xff",
                                         std::string(4, '\0'),
                                         "\xc3\x28",
                                         std::string(200, '{'),
                                         "[]",
                                         "17",
                                         "null",
                                         R"({"op":"x"})",
                                         R"({"op":0,"t":null,"s":null,"d":null})",
                                         R"({"op":10,"d":{"heartbeat_interval":0}})"};
  for (const auto compression : all_compressions) {
    for (const auto& garbage : samples) {
      for (const bool binary : {true, false}) {
        INFO("sample of " << garbage.size() << " bytes: " << garbage << (binary ? ", binary" : ", text"));
        simulated_world w;
        listening_bot bot(w, with(w, compression));
        REQUIRE(w.sim.run(w.discord().expect_session()));
        w.sim.run_for(10s);
        const auto lines_before = w.world.log.text().size();
        for (int i = 0; i < 50; ++i) w.discord().send_raw(garbage, binary);
        w.sim.run_for(10s);
        bot.say("after the garbage");
        w.sim.run_for(10s);
        CHECK(bot.heard({"after the garbage"}));
        CHECK(w.discord().counters().identifies == 1);
        CHECK(w.discord().counters().connections <= 2);
        CHECK(w.discord().counters().last_close_received != 1000);
        CHECK(w.world.log.text().size() - lines_before < 10'000);
        no_violations(w);
      }
    }
  }
}

TEST_CASE("fault 11: frames that no websocket may send end the connection so that it can be resumed") {
  using namespace std::string_literals;
  for (const auto& frame : {"\xc1\x01x"s,                                 // RSV1: compressed, which nobody agreed on
                            "\x81\x81\x01\x02\x03\x04x"s,                 // masked by a server
                            "\x83\x00"s,                                  // an opcode that does not exist
                            "\x80\x01x"s,                                 // goes on with what never began
                            "\x01\x01x\x81\x01y"s,                        // another message in the middle of one
                            "\x09\x01x"s,                                 // a ping in pieces
                            "\x89\x7e\x00\x7e"s + std::string(126, 'x'),  // a ping that is too long
                            "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s,  // a length of all there is
                            "HTTP/1.1 200 OK\r\n\r\n"s}) {
    simulated_world w;
    listening_bot bot(w);
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    w.discord().send_bytes(frame);
    w.sim.run_for(10s);
    bot.say("after the frame");
    w.sim.run_for(10s);
    INFO("frame beginning with " << static_cast<int>(static_cast<unsigned char>(frame[0])));
    CHECK(bot.heard({"after the frame"}));
    CHECK(w.discord().counters().resumed == 1);
    CHECK(w.discord().counters().identifies == 1);
    CHECK(w.discord().counters().last_close_received != 1000);
    no_violations(w);
  }
}

TEST_CASE("fault 11: an event that is no JSON comes again with each replay: then a new session begins") {
  simulated_world w;
  listening_bot bot(w);
  REQUIRE(w.sim.run(w.discord().expect_session()));
  w.sim.run_for(10s);
  w.discord().send_event("MESSAGE_CREATE", R"({"id":"1)");  // neither the string nor the payload has an end
  w.sim.run_for(1min);
  bot.say("after it");
  w.sim.run_for(1s);
  CHECK(bot.heard({"after it"}));
  CHECK(w.discord().counters().identifies <= 2);
  CHECK(w.discord().counters().connections <= 3);
  no_violations(w);
}

TEST_CASE("fault 15: an event of another shape costs the event, not the shard, and the position goes on") {
  simulated_world w;
  listening_bot bot(w);
  std::map<std::string, int> raw;
  std::string message;
  std::vector<int> types;
  bot.bot.on_raw([&](const mc::raw_event& event) -> mc::task<> {
    ++raw[std::string(event.name)];
    if (event.name == "MESSAGE_CREATE" && message.empty()) message = event.data;
    co_return;
  });
  bot.bot.on<mc::message_create>(
      [&](const mc::message_create& event) { types.push_back(static_cast<int>(event.message.type)); });
  REQUIRE(w.sim.run(w.discord().expect_session()));
  bot.say("a sample");
  w.sim.run_for(1s);
  REQUIRE_FALSE(message.empty());
  const auto with_instead = [&](std::string_view what, std::string_view by) {
    auto text = message;
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
    w.discord().send_event("MESSAGE_CREATE", text);
  };
  const auto id =
      message.substr(message.find("\"id\":"), message.find(',', message.find("\"id\":")) - message.find("\"id\":"));

  with_instead(R"("type":0)", R"("type":9999)");                            // delivered, with the unknown value
  with_instead(R"("content":)", R"("new_field":[{"x":null}],"content":)");  // delivered
  with_instead(R"("content":"a sample")", R"("content":null)");             // delivered: nothing was said
  // From here on raw, and an error.
  with_instead(R"("content":"a sample")", R"("content":17)");
  with_instead(R"("type":0)", R"("type":{"now":"an object"})");
  with_instead(R"("mentions":[])", R"("mentions":{})");
  with_instead(id, R"("id":"99999999999999999999999999")");
  with_instead(id, R"("id":18446744073709551616)");
  w.discord().send_event("MESSAGE_CREATE", R"({"id":null,"content":17})");
  w.discord().send_event("MESSAGE_CREATE", "[]");
  w.discord().send_event("MESSAGE_CREATE", "null");
  w.discord().send_event("SOMETHING_NEW", R"({"x":[1,2,3]})");
  bot.say("still here");
  w.sim.run_for(1s);

  CHECK(bot.seen == std::vector<std::string>{"a sample", "a sample", "a sample", "", "still here"});
  CHECK(std::count(types.begin(), types.end(), 9999) == 1);
  CHECK(bot.errors == std::vector<std::string>(8, "MESSAGE_CREATE"));
  CHECK(raw["MESSAGE_CREATE"] == 13);
  CHECK(raw["SOMETHING_NEW"] == 1);
  CHECK(w.discord().counters().connections == 1);

  w.sim.run_for(10s);
  w.discord().disconnect();
  w.sim.run_until([&] { return w.discord().counters().resumed == 1; }, 1min);
  w.sim.run_for(1s);
  CHECK(w.discord().counters().events_replayed == 0);  // its position is behind all of them
  CHECK(raw["MESSAGE_CREATE"] == 13);
  no_violations(w);
}
