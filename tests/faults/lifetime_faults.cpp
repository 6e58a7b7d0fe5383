// SPDX-License-Identifier: MIT
// Faults 24 and 25 at the gateway: what may never be told, and the races of a client's end.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <monochord/gateway/session_store.hpp>

#include "faults/listening_bot.hpp"

namespace mc = monochord;
using namespace std::chrono_literals;
using mc::testing::mock_faults;
using mc::tests::listening_bot;
using mc::tests::no_violations;
using mc::tests::simulated_world;

namespace {

const std::string secret = "s3cret-bot-token-0123456789";

mc::testing::mock_options discord_with_secret() {
  mc::testing::mock_options out;
  out.token = secret;
  return out;
}

/// Fails at whatever it is asked, and remembers which sessions it was to keep.
class failing_store final : public mc::session_store {
 public:
  mc::task<std::optional<mc::stored_session>> load(int) override {
    throw mc::error(mc::errc::resource, "the disk is gone");
  }
  mc::task<> save(int, const mc::stored_session& session) override {
    ids.push_back(session.session_id);
    throw mc::error(mc::errc::resource, "the disk is gone");
  }
  mc::task<> erase(int) override { throw mc::error(mc::errc::resource, "the disk is gone"); }
  mc::task<std::optional<mc::stored_budget>> load_budget() override {
    throw mc::error(mc::errc::resource, "the disk is gone");
  }
  mc::task<> save_budget(const mc::stored_budget&) override { throw mc::error(mc::errc::resource, "the disk is gone"); }
  std::vector<std::string> ids;
};

/// A place for files, removed with its scope.
struct folder {
  explicit folder(const char* name)
      : path(std::filesystem::temp_directory_path() / ("monochord_faults_" + std::to_string(::getpid()) + "_" + name)) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~folder() {
    std::error_code ignored;  // nothing to be done about it
    std::filesystem::remove_all(path, ignored);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  const std::filesystem::path path;
};

std::string text_of(const std::exception_ptr& error) {
  return error ? mc::result<int>(error).error_text() : std::string();
}

/// All that a user can get to see of a bot: log, error, figures, and the mock's own words.
std::string all_told(simulated_world& w, listening_bot& bot) {
  std::string out = w.world.log.text() + text_of(bot.error);
  for (const auto& one : bot.bot.shards().info())
    out += std::to_string(one.id) + std::string(mc::to_string(one.status)) + std::to_string(one.zombies) +
           std::to_string(one.lag.count());
  for (const auto& v : w.discord().violations()) out += v.kind + ": " + v.text + "\n";
  return out;
}

void tells_nothing(const std::string& told, const std::vector<std::string>& session_ids) {
  REQUIRE(told.find("gateway: shard 0") != told.npos);  // it is the most verbose level
  REQUIRE(told.find("received op") != told.npos);
  CHECK(told.find(secret) == told.npos);
  CHECK(told.find("5e5510") == told.npos);  // how all session ids of the mock begin
  for (const auto& id : session_ids) CHECK(told.find(id) == told.npos);
}

}  // namespace

TEST_CASE("fault 24: garbage, resumes, refused sessions, a store that fails: no token, no session id is ever told") {
  for (const auto compression : {mc::gateway_compression::none, mc::gateway_compression::zlib_stream}) {
    simulated_world w(discord_with_secret());
    auto options = w.options();
    const auto store = std::make_shared<failing_store>();
    options.session_store = store;
    options.resume_with_cold_cache = true;
    options.compression = compression;
    listening_bot bot(w, std::move(options));
    REQUIRE(w.sim.run(w.discord().expect_session()));
    w.sim.run_for(10s);
    w.discord().disconnect();
    w.sim.run_for(10s);
    // A peer that says back what it was told, in every way that can go wrong.
    REQUIRE_FALSE(store->ids.empty());
    const auto told = secret + " " + store->ids.front();
    w.discord().send_raw("{\"op\":" + told, false);
    w.sim.run_for(10s);
    w.discord().send_raw(told, true);
    w.sim.run_for(10s);
    w.discord().send_event("READY", R"({"session_id":")" + store->ids.front() + R"(","user":")" + secret + "\"}");
    w.sim.run_for(10s);
    w.discord().send_event("MESSAGE_CREATE", R"({"id":")" + told + "\"}");
    w.sim.run_for(10s);
    mock_faults faults;
    faults.op9_at_resume = 1;
    faults.refuse_upgrades = 2;
    w.discord().set_faults(faults);
    w.discord().disconnect();
    w.sim.run_for(1min);
    w.discord().invalid_session(true);
    w.sim.run_for(1min);
    CHECK(w.discord().counters().resumed >= 2);
    w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4004);
    w.sim.run_until([&] { return bot.ended; }, 1min);
    REQUIRE(bot.error);
    tells_nothing(all_told(w, bot), store->ids);
    CHECK(w.world.log.text().find("the disk is gone") != std::string::npos);
  }
}

TEST_CASE(
    "fault 24: files of sessions that are damaged, or cannot be written, are complained about by their name alone") {
  const folder here("secrets");
  const auto path = here.path / "sessions.json";
  std::string id;
  for (const bool damaged : {true, false}) {
    simulated_world w(discord_with_secret());
    auto options = w.options();
    const auto run = [&](auto meanwhile) {
      auto mine = options;
      mine.session_store = mc::make_file_session_store(path.string());
      mine.resume_with_cold_cache = true;
      listening_bot bot(w, std::move(mine));
      REQUIRE(w.sim.run(w.discord().expect_session()));
      w.sim.run_for(1min);
      meanwhile();
      w.sim.run_for(1min);
      bot.end();
      tells_nothing(all_told(w, bot), id.empty() ? std::vector<std::string>() : std::vector<std::string>{id});
    };
    run([] {});
    std::string text;
    {
      std::ifstream in(path);
      text.assign(std::istreambuf_iterator<char>(in), {});
    }
    const auto at = text.find("5e5510");
    REQUIRE(at != std::string::npos);
    id = text.substr(at, 32);
    if (damaged) {
      std::ofstream(path, std::ios::trunc) << text.substr(0, text.size() - 10);
      run([] {});
    } else {
      // From now on there is something in the way that no file can replace.
      run([&] {
        std::filesystem::remove(path);
        std::filesystem::create_directories(path / "in the way");
      });
      CHECK(w.world.log.text().find("cannot store the session") != std::string::npos);
    }
    CHECK(w.world.log.text().find("sessions.json") != std::string::npos);
    std::filesystem::remove_all(path);
  }
}

TEST_CASE("fault 24: a gateway with a certificate of somebody else is refused, and is told no token") {
  simulated_world w(discord_with_secret());
  // Another Discord in the same network, with an authority of its own.
  mc::testing::mock_options pretended;
  pretended.token = secret;
  pretended.executor = w.sim.executor();
  pretended.clock = w.sim.clock();
  pretended.memory = w.network;
  pretended.port = 4443;
  mc::testing::mock_discord impostor(pretended);
  impostor.start();
  {
    auto options = w.options();
    options.gateway_url = impostor.gateway_url();
    listening_bot bot(w, std::move(options));
    w.sim.run_until([&] { return bot.ended; }, 1min);
    REQUIRE(bot.error);
    try {
      std::rethrow_exception(bot.error);
    } catch (const mc::error& e) {
      CHECK(e.code() == mc::errc::certificate_refused);
    }
    const auto told = all_told(w, bot);
    CHECK(told.find(secret) == told.npos);
    CHECK(told.find("certificate") != told.npos);
  }
  CHECK(impostor.counters().connections == 0);
  CHECK(impostor.counters().payloads_received == 0);
  impostor.stop();
  w.sim.settle();
}

TEST_CASE("fault 25: a fatal close code ends run() with a typed error and no retry") {
  for (const bool first : {true, false}) {
    mc::testing::mock_options mock;
    mock.recommended_shards = mock.max_concurrency = 3;
    if (first) mock.allowed_privileged_intents = 0;
    simulated_world w(mock);
    listening_bot bot(w);
    if (!first) {
      w.sim.run_until([&] { return bot.bot.shards().all_ready(); }, 1min);
      w.discord().disconnect(mc::testing::disconnect_how::close_frame, 4004, 1);
    }
    w.sim.run_until([&] { return bot.ended; }, 1min);
    REQUIRE(bot.error);
    try {
      std::rethrow_exception(bot.error);
    } catch (const mc::gateway_error& e) {
      CHECK(e.close_code() == (first ? 4014 : 4004));
      CHECK(e.code() == (first ? mc::errc::gateway_fatal : mc::errc::token_rejected));
      if (!first) CHECK(e.shard_id() == 1);
    }
    const auto connections = w.discord().counters().connections;
    w.sim.run_for(10min);
    CHECK(w.discord().counters().connections == connections);
    CHECK(connections <= 3);
    CHECK(w.network->open_connections() == 0);
  }
}

TEST_CASE("fault 25: stop at any moment of the start, and of a reconnect, returns within its bound") {
  struct moment {
    const char* name;
    mock_faults faults;
    bool up_first;
  };
  mock_faults no_hello, no_ready, no_upgrade, no_resumed, dead, unanswered;
  no_hello.no_hello = true;
  no_ready.ready_delay = 1h;
  no_upgrade.refuse_upgrades = 1000;
  no_resumed.close_at_resume = 1000;
  dead.dead_resume_url = true;
  unanswered.never_answer_close = true;
  for (const auto& at : {moment{"before HELLO", no_hello, false}, moment{"before READY", no_ready, false},
                         moment{"between attempts", no_upgrade, false}, moment{"up", {}, true},
                         moment{"reconnecting before HELLO", no_hello, true}, moment{"reconnecting", no_upgrade, true},
                         moment{"between resumes", no_resumed, true}, moment{"at a dead address", dead, true},
                         moment{"a silent peer", unanswered, true}}) {
    for (const auto after : {0ms, 1ms, 500ms, 3000ms, 20'000ms}) {
      for (const bool twice : {false, true}) {
        INFO(at.name << ", " << after.count() << " ms" << (twice ? ", twice" : ""));
        simulated_world w;
        if (!at.up_first || at.faults.dead_resume_url) w.discord().set_faults(at.faults);
        listening_bot bot(w);
        if (at.up_first) {
          REQUIRE(w.sim.run(w.discord().expect_session()));
          w.sim.run_for(10s);
          w.discord().set_faults(at.faults);
          w.discord().disconnect();
        }
        w.sim.run_for(after);
        const auto begin = w.sim.elapsed();
        bot.bot.stop();
        if (twice) {
          bot.bot.stop();
          bot.bot.stop(mc::stop_mode::discard_sessions);
        }
        w.sim.run_until([&] { return bot.ended; }, 1min);
        CHECK(w.sim.elapsed() - begin <= 3s);
        CHECK_FALSE(bot.error);
        w.sim.settle();
        CHECK(w.network->open_connections() == 0);
        const auto connects = w.network->connects();
        bot.bot.stop();
        w.sim.run_for(1h);
        CHECK(w.network->connects() == connects);
      }
    }
  }
}

TEST_CASE("fault 25: a client that is stopped before it is run ends at once") {
  simulated_world w;
  mc::client bot(w.world.bot_token(), w.options());
  bot.stop();
  w.sim.run(bot.async_run(), 10s);
  CHECK(w.network->connects() == 0);
}
