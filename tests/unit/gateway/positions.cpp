// SPDX-License-Identifier: MIT
// What is handled, as the store and Discord are told of it; the store in a file.
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "gateway/handled_events.hpp"
#include "peer.hpp"
#include <monochord/core/result.hpp>

namespace monochord::gateway_test {
namespace {

using gateway::stop_mode;

/// A folder of its own, gone afterwards.
struct folder {
  folder() : path(std::filesystem::temp_directory_path() / ("monochord_sessions_" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() {
    std::filesystem::remove_all(path);
    std::filesystem::remove(path.string() + ".lock");
  }
  std::string file() const { return (path / "sessions.json").string(); }
  std::string text() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& text) const { std::ofstream(file(), std::ios::binary) << text; }
  const std::filesystem::path path;
};

stored_session some_session(std::int64_t seq, int shards = 2) {
  stored_session out;
  out.session_id = "kept";
  out.seq = seq;
  out.resume_url = "wss://gateway.example";
  out.shard_count = shards;
  out.intents = 513;
  out.bot_id = user_id{99};
  return out;
}

std::string with_checksum(std::string text) {
  std::uint64_t sum = 14695981039346656037U;
  for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 1099511628211U;
  const std::string_view empty = R"("checksum":"")";
  return text.insert(text.find(empty) + empty.size() - 1, std::to_string(sum));
}

/// The store of the stage, as one that outlives the process, and what it was given.
class durable_store final : public session_store {
 public:
  std::vector<std::int64_t> seqs;
  bool fails = false;
  task<std::optional<stored_session>> load(int) override { co_return std::nullopt; }
  task<> save(int, const stored_session& session) override {
    if (fails) throw error(errc::resource, "the disk is full");
    seqs.push_back(session.seq);
    co_return;
  }
  task<> erase(int) override { co_return; }
  task<std::optional<stored_budget>> load_budget() override { co_return std::nullopt; }
  task<> save_budget(const stored_budget&) override { co_return; }
};

}  // namespace

TEST_CASE("acknowledging an event runs nothing of the shard within the call: its caller may hold locks that a log wants") {
  stage on;
  const auto store = std::make_shared<durable_store>();
  on.store = store;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  on.sink->works = true;
  on.server.say("MESSAGE_CREATE");
  on.sim.run_for(2s);
  REQUIRE(on.sink->claims.size() == 1);
  const auto& shard = *bot->at(0);
  REQUIRE(shard.lag() == 2s);
  REQUIRE(store->seqs.back() == 1);
  std::optional<duration> within;
  std::optional<std::int64_t> kept_within;
  boost::asio::post(on.sim.executor(), [&] {  // as a handler: the shard's strand is free
    on.sink->claims[0]->acknowledge();
    within = shard.lag();
    kept_within = store->seqs.back();
  });
  on.sim.settle();
  CHECK(within == 0s);
  CHECK(kept_within == 1);
  CHECK(store->seqs.back() == 2);
}

TEST_CASE("nobody wakes the shard for what it is to see at its next look, and the heartbeat tells of it") {
  stage on;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  on.sink->works = true;
  for (int i = 0; i < 3; ++i) on.server.say("MESSAGE_CREATE");  // 2 to 4
  on.sim.run_for(1s);
  REQUIRE(on.sink->claims.size() == 3);
  on.sink->claims.at(0).reset();
  on.sink->claims.at(2).reset();
  CHECK(bot->at(0)->lag() == 1s);
  on.sim.run_for(20s);
  on.sink->claims.at(1).reset();
  CHECK(bot->at(0)->lag() == 0s);
  on.sim.run_for(1min);
  CHECK(on.server.of_op(1).back().text.find("\"d\":4") != std::string::npos);
  CHECK(bot.counters().late_events == 0);
}

TEST_CASE("who deals with events wakes a shard that keeps its position once for each time that it does") {
  int woken = 0;
  const auto events = std::make_shared<gateway::handled_events>(30s, [&] { ++woken; });
  const time_point now{};
  CHECK(events->restart(1, 0).position == 0);
  CHECK(events->keep(1).kept == 0);
  for (std::int64_t seq = 1; seq <= 4; ++seq) {
    events->claimed(seq, now);
    CHECK(events->came(seq, true, now).position == 0);
  }
  std::optional<detail::claim> first(std::in_place, events, 1U, 1), second(std::in_place, events, 1U, 2),
      third(std::in_place, events, 1U, 3), foreign(std::in_place, events, 2U, 4);
  second.reset();
  foreign.reset();
  CHECK(woken == 0);  // the first holds the position
  first.reset();
  CHECK(woken == 1);
  CHECK(events->position() == 2);
  third.reset();
  CHECK(woken == 1);  // it knows already
  CHECK(events->keep(1).kept == 3);
  events->dealt_with(1, 4);
  CHECK(woken == 2);
  const auto seen = events->came(5, false, now);
  CHECK(seen.position == 5);
  CHECK(seen.kept == 3);
  CHECK(events->oldest() == time_point::max());
  CHECK(events->keep(2).kept == 0);  // a session that has not begun
  events->claimed(6, now);
  events->dealt_with(1, 6);
  CHECK(woken == 2);  // it was shown that its position is not what is kept
  CHECK(events->restart(2, 0).position == 0);
  events->claimed(1, now);
  events->dealt_with(2, 1);
  CHECK(woken == 3);
}

TEST_CASE("what is worked on is not handled: the store and Discord hear of it when it is done") {
  stage on;
  const auto store = std::make_shared<durable_store>();
  on.store = store;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  REQUIRE(!store->seqs.empty());
  CHECK(store->seqs.back() == 1);  // READY
  on.sink->works = true;
  on.server.say("MESSAGE_CREATE");  // 2
  on.server.say("MESSAGE_CREATE");  // 3
  on.sim.run_for(1s);
  CHECK(store->seqs.back() == 1);
  on.sink->claims.at(1).reset();
  on.sim.run_for(1s);
  CHECK(store->seqs.back() == 1);
  on.sink->claims.at(0).reset();
  on.sim.run_for(1s);
  CHECK(store->seqs.back() == 3);
  on.sim.run_for(1min);
  CHECK(on.server.of_op(1).back().text.find("\"d\":3") != std::string::npos);
  CHECK(bot.counters().late_events == 0);
}

TEST_CASE("while events come the store is told four times a second, and Discord nothing that it could not keep") {
  stage on;
  const auto store = std::make_shared<durable_store>();
  on.store = store;
  running bot(on);
  bot.until_ready();
  on.sim.run_for(1s);
  const auto before = store->seqs.size();
  for (int i = 0; i < 100; ++i) {
    on.server.say("MESSAGE_CREATE");
    on.sim.run_for(100ms);
  }
  const auto saves = store->seqs.size() - before;
  CHECK(saves >= 30);
  CHECK(saves <= 42);  // one more for a heartbeat
  on.sim.run_for(1s);
  CHECK(store->seqs.back() == 101);
  store->fails = true;
  on.server.say("MESSAGE_CREATE");
  on.sim.run_for(2min);
  CHECK(on.server.of_op(1).back().text.find("\"d\":101") != std::string::npos);
  CHECK(bot.counters().store_errors > 0);
}

TEST_CASE("an event that is worked on for longer than ack_after counts as handled, and is counted") {
  stage on;
  on.sink->works = true;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.ack_after = 5s;
  options.info = stage::info();
  running bot(on, std::move(options));
  bot.until_ready();
  on.server.say("MESSAGE_CREATE");
  on.sim.run_for(4s);
  CHECK(bot.counters().late_events == 0);
  on.sim.run_for(2s);
  CHECK(bot.counters().late_events == 2);  // READY too
  bot.stop(stop_mode::keep_session);
  CHECK(on.sim.run(on.store->load(0))->seq == 2);
}

TEST_CASE("what handlers finish after the connection has ended is kept for the next process") {
  stage on;
  on.sink->works = true;
  running bot(on);
  bot.until_ready();
  on.server.say("MESSAGE_CREATE");
  on.sim.run_for(1s);
  bot.stop(stop_mode::keep_session);
  CHECK(on.sim.run(on.store->load(0))->seq == 0);
  on.sink->claims.at(0).reset();
  on.sink->claims.at(1)->give_up();  // cut short
  on.sink->claims.at(1).reset();
  on.sim.run(bot->keep_positions());
  CHECK(on.sim.run(on.store->load(0))->seq == 1);
}

TEST_CASE("once a shard has ended no event is given up any more: what was cut short comes again, whatever else is finished") {
  stage on;
  const auto store = std::make_shared<durable_store>();
  on.store = store;
  gateway::shard_manager_options options;
  options.shard = on.options();
  options.shard.ack_after = 5s;
  options.info = stage::info();
  on.sink->works = true;
  running bot(on, std::move(options));
  bot.until_ready();                // 1
  on.server.say("MESSAGE_CREATE");  // 2
  on.server.say("MESSAGE_CREATE");  // 3
  on.sim.run_for(1s);
  bot.stop(stop_mode::keep_session);
  on.sink->claims.at(2).reset();
  on.sink->claims.at(1)->give_up();  // cut short
  on.sink->claims.at(1).reset();
  on.sim.run_for(6s);
  on.sink->claims.at(0).reset();
  on.sim.settle();
  on.sim.run(bot->keep_positions());
  CHECK(store->seqs.back() == 1);
}

TEST_CASE("sessions that are discarded do not come back with what handlers finish later") {
  stage on;
  on.sink->works = true;
  running bot(on);
  bot.until_ready();
  bot.stop(stop_mode::discard_session);
  on.sink->claims.clear();
  on.sim.run(bot->keep_positions());
  CHECK_FALSE(on.sim.run(on.store->load(0)));
}

TEST_CASE("a file of sessions gives back what it was given, to its owner alone") {
  testing::simulation sim;
  const folder where;
  {
    const auto store = make_file_session_store(where.file());
    CHECK(store->is_durable());
    CHECK_FALSE(sim.run(store->load(0)));
    CHECK_FALSE(sim.run(store->load_budget()));
    sim.run(store->save(0, some_session(7)));
    sim.run(store->save(1, some_session(9)));
    sim.run(store->save(1, some_session(10)));
    sim.run(store->save(2, some_session(1)));
    sim.run(store->erase(2));
    stored_budget budget;
    budget.remaining = 990;
    budget.total = 1000;
    budget.reset_at = timestamp(std::chrono::milliseconds{1'800'000'000'000});
    sim.run(store->save_budget(budget));
  }
  struct stat seen {};
  REQUIRE(::stat(where.file().c_str(), &seen) == 0);
  CHECK((seen.st_mode & 0777) == 0600);
  CHECK_FALSE(std::filesystem::exists(where.file() + ".new"));

  const auto store = make_file_session_store(where.file());
  const auto one = sim.run(store->load(1));
  REQUIRE(one);
  CHECK(one->session_id == "kept");
  CHECK(one->seq == 10);
  CHECK(one->resume_url == "wss://gateway.example");
  CHECK(one->shard_count == 2);
  CHECK(one->bot_id == user_id{99});
  CHECK(sim.run(store->load(0))->seq == 7);
  CHECK_FALSE(sim.run(store->load(2)));
  CHECK(sim.run(store->load_budget())->remaining == 990);
  CHECK(sim.run(store->load_budget())->reset_at == timestamp(std::chrono::milliseconds{1'800'000'000'000}));
}

TEST_CASE("what is saved before anything was loaded leaves the other shards in the file alone") {
  testing::simulation sim;
  const folder where;
  sim.run(make_file_session_store(where.file())->save(3, some_session(5)));
  auto store = make_file_session_store(where.file());
  sim.run(store->save(4, some_session(6)));
  sim.run(store->erase(5));
  store.reset();
  const auto again = make_file_session_store(where.file());
  CHECK(sim.run(again->load(3))->seq == 5);
  CHECK(sim.run(again->load(4))->seq == 6);
}

TEST_CASE("many shards that save at once are all there") {
  testing::simulation sim;
  const folder where;
  auto store = make_file_session_store(where.file());
  int done = 0;
  const auto save = [&](int shard) -> task<> {
    co_await store->save(shard, some_session(shard));
    ++done;
  };
  for (int shard = 0; shard < 300; ++shard) sim.spawn(save(shard));
  sim.run_until([&] { return done == 300; });
  store.reset();
  const auto again = make_file_session_store(where.file());
  for (int shard = 0; shard < 300; ++shard) CHECK(sim.run(again->load(shard))->seq == shard);
}

TEST_CASE("a file of sessions that is damaged is told of once, ignored and replaced") {
  testing::simulation sim;
  const folder where;
  sim.run(make_file_session_store(where.file())->save(0, some_session(7)));
  const std::string good = where.text();
  for (std::size_t size = 0; size < good.size(); ++size) {
    where.write(good.substr(0, size));
    auto store = make_file_session_store(where.file());
    const auto first = sim.run(as_result(store->load(0)));
    REQUIRE_FALSE(first.has_value());
    CHECK(first.error_text().find("is damaged and is ignored") != std::string::npos);
    CHECK_FALSE(sim.run(store->load(0)));
    sim.run(store->save(0, some_session(8)));
    store.reset();
    CHECK(sim.run(make_file_session_store(where.file())->load(0))->seq == 8);
  }
  for (const char* text : {R"({"version":1,"sessions":[]})", R"({"version":2})", "[]", "\xff"}) {
    where.write(text);
    const auto store = make_file_session_store(where.file());
    CHECK_FALSE(sim.run(as_result(store->load(0))).has_value());
    CHECK_FALSE(sim.run(store->load(0)));
  }
  auto changed = good;
  changed.replace(changed.find("\"seq\":7"), 7, "\"seq\":9");
  where.write(changed);
  {
    const auto store = make_file_session_store(where.file());
    const auto seen = sim.run(as_result(store->load(0)));
    REQUIRE_FALSE(seen.has_value());
    CHECK(seen.error_text().find("its checksum is another") != std::string::npos);
  }
  where.write(with_checksum(
      R"({"version":2,"checksum":"","sessions":[)"
      R"({"shard_id":-1,"session_id":"a","seq":1,"resume_url":"","shard_count":1,"intents":0,"large_threshold":0,"bot_id":"7"},)"
      R"({"shard_id":1,"session_id":"a","seq":-1,"resume_url":"","shard_count":1,"intents":0,"large_threshold":0,"bot_id":"7"},)"
      R"({"shard_id":2,"session_id":"a","seq":1,"resume_url":"","shard_count":4294967297,"intents":0,"large_threshold":0,"bot_id":"7"}]})"));
  const auto store = make_file_session_store(where.file());
  for (const int shard : {-1, 1, 2}) CHECK_FALSE(sim.run(store->load(shard)));
}

TEST_CASE("a file of sessions has one store at a time") {
  testing::simulation sim;
  const folder where;
  auto first = make_file_session_store(where.file());
  sim.run(first->save(0, some_session(3)));
  const auto second = make_file_session_store(where.file());
  const auto refused = sim.run(as_result(second->save(0, some_session(1))));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error_text().find("is in use") != std::string::npos);
  first.reset();
  CHECK(sim.run(second->load(0))->seq == 3);  // asked again, it has the file
}

TEST_CASE("a file of sessions that others may write is ignored") {
  testing::simulation sim;
  const folder where;
  sim.run(make_file_session_store(where.file())->save(0, some_session(3)));
  std::filesystem::permissions(where.file(), std::filesystem::perms::others_write, std::filesystem::perm_options::add);
  const auto store = make_file_session_store(where.file());
  const auto seen = sim.run(as_result(store->load(0)));
  REQUIRE_FALSE(seen.has_value());
  CHECK(seen.error_text().find("may write it") != std::string::npos);
  CHECK_FALSE(sim.run(store->load(0)));
}

TEST_CASE("a disk that refuses is a typed error that names the file") {
  testing::simulation sim;
  const folder where;
  const auto store = make_file_session_store((where.path / "none" / "sessions.json").string());
  CHECK_FALSE(sim.run(as_result(store->load(0))).has_value());
  const auto saved = sim.run(as_result(store->save(0, some_session(1))));
  REQUIRE_FALSE(saved.has_value());
  REQUIRE(saved.error_as<error>());
  CHECK(saved.error_as<error>()->code() == errc::resource);
  CHECK(saved.error_text().find("none/sessions.json") != std::string::npos);
  const auto directory = make_file_session_store(where.path.string());
  CHECK_FALSE(sim.run(as_result(directory->load(0))).has_value());
  CHECK_FALSE(sim.run(as_result(directory->save(0, some_session(1)))).has_value());
  CHECK_THROWS_AS(make_file_session_store(""), error);
}

}  // namespace monochord::gateway_test
