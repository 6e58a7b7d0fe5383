// SPDX-License-Identifier: MIT
// Sessions in an SQLite database: kept, shared by processes, damaged, somebody else's.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <monochord/core/result.hpp>
#include <string>

#include "gateway/sqlite.hpp"
#include "support/skip.hpp"
#include "unit/gateway/peer.hpp"

namespace monochord::gateway_test {

namespace {

struct folder {
  folder() : path(std::filesystem::temp_directory_path() / ("monochord_sqlite_" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path); }
  std::string file() const { return (path / "sessions.db").string(); }
  std::string text() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }
  void write(const std::string& text) const {
    for (const char* const part : {"", "-wal", "-shm", ".ignored"}) std::filesystem::remove(file() + part);
    std::ofstream(file(), std::ios::binary) << text;
    std::filesystem::permissions(file(), std::filesystem::perms(0600));
  }
  const std::filesystem::path path;
};

stored_session some_session(std::int64_t seq) {
  stored_session out;
  out.session_id = "kept";
  out.seq = seq;
  out.resume_url = "wss://gateway.example";
  out.shard_count = 2;
  out.intents = 53608447;
  out.large_threshold = 250;
  out.bot_id = user_id{987654321098765432U};
  return out;
}

stored_budget some_budget(int remaining, std::int64_t reset_at_ms = 1'800'000'000'000) {
  stored_budget out;
  out.remaining = remaining;
  out.total = 1000;
  out.reset_at = timestamp(std::chrono::milliseconds{reset_at_ms});
  return out;
}

/// Also says why a test is skipped.
bool is_built_without() {
  try {
    (void)make_sqlite_session_store("x");
    return false;
  } catch (const error& e) {
    CHECK(e.code() == errc::unsupported);
    CHECK(std::string(e.what()).find("without SQLite") != std::string::npos);
    test::skip("the library was built without SQLite");
    return true;
  }
}

unsigned mode_of(const std::string& file) {
  struct stat seen {};
  REQUIRE(::stat(file.c_str(), &seen) == 0);
  return seen.st_mode & 0777U;
}

}  // namespace

TEST_CASE("a database of sessions gives back what it was given, to its owner alone") {
  if (is_built_without()) return;
  CHECK_THROWS_AS(make_sqlite_session_store(""), error);
  testing::simulation sim;
  const folder where;
  {
    const auto store = make_sqlite_session_store(where.file());
    CHECK(store->is_durable());
    CHECK_FALSE(std::filesystem::exists(where.file()));
    CHECK_FALSE(sim.run(store->load(0)));
    CHECK_FALSE(sim.run(store->load_budget()));
    sim.run(store->save(0, some_session(7)));
    sim.run(store->save(1, some_session(9)));
    sim.run(store->save(1, some_session(10)));
    sim.run(store->save(2, some_session(1)));
    sim.run(store->erase(2));
    sim.run(store->save_budget(some_budget(990)));
    for (const char* const part : {"", "-wal", "-shm"}) CHECK(mode_of(where.file() + part) == 0600);
  }
  const auto store = make_sqlite_session_store(where.file());
  const auto one = sim.run(store->load(1));
  REQUIRE(one);
  const auto wanted = some_session(10);
  CHECK(one->session_id == wanted.session_id);
  CHECK(one->seq == wanted.seq);
  CHECK(one->resume_url == wanted.resume_url);
  CHECK(one->shard_count == wanted.shard_count);
  CHECK(one->intents == wanted.intents);
  CHECK(one->large_threshold == wanted.large_threshold);
  CHECK(one->bot_id == wanted.bot_id);
  CHECK(sim.run(store->load(0))->seq == 7);
  CHECK_FALSE(sim.run(store->load(2)));
  CHECK(sim.run(store->load_budget())->remaining == 990);
  CHECK(sim.run(store->load_budget())->reset_at == some_budget(1).reset_at);
}

TEST_CASE("several stores of one database, each with its shards, at the same time") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  std::vector<std::shared_ptr<session_store>> stores;
  for (int i = 0; i < 3; ++i) stores.push_back(make_sqlite_session_store(where.file()));
  int done = 0;
  const auto save = [&](int shard) -> task<> {
    co_await stores[static_cast<std::size_t>(shard % 3)]->save(shard, some_session(shard));
    ++done;
  };
  for (int shard = 0; shard < 90; ++shard) sim.spawn(save(shard));
  sim.run_until([&] { return done == 90; });
  for (int shard = 0; shard < 90; ++shard) CHECK(sim.run(stores[0]->load(shard))->seq == shard);
  stores.clear();
  const auto again = make_sqlite_session_store(where.file());
  for (int shard = 0; shard < 90; ++shard) CHECK(sim.run(again->load(shard))->seq == shard);
}

TEST_CASE("what is left of a day is the least that a process knows of, until the next day") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  const auto a = make_sqlite_session_store(where.file()), b = make_sqlite_session_store(where.file());
  sim.run(a->save_budget(some_budget(990)));
  sim.run(b->save_budget(some_budget(995, 1'800'000'002'000)));  // the same day, by another's reckoning
  CHECK(sim.run(a->load_budget())->remaining == 990);
  sim.run(b->save_budget(some_budget(985)));
  CHECK(sim.run(a->load_budget())->remaining == 985);
  sim.run(a->save_budget(some_budget(1000, 1'800'086'400'000)));
  CHECK(sim.run(b->load_budget())->remaining == 1000);
}

TEST_CASE("a damaged database of sessions is told of once, put aside and begun anew") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  {
    const auto store = make_sqlite_session_store(where.file());
    for (int shard = 0; shard < 50; ++shard) sim.run(store->save(shard, some_session(7)));
  }
  const std::string good = where.text();
  REQUIRE(good.size() > 4096);
  int damaged = 0;
  const auto check = [&](const std::string& text) {
    where.write(text);
    const auto store = make_sqlite_session_store(where.file());
    const auto first = sim.run(as_result(store->load(0)));
    if (!first.has_value()) {
      ++damaged;
      REQUIRE(first.error_as<error>());
      CHECK(first.error_as<error>()->code() == errc::json_mismatch);
      CHECK(first.error_text().find("it is ignored, and kept as") != std::string::npos);
      CHECK(std::filesystem::exists(where.file() + ".ignored"));
      CHECK_FALSE(sim.run(store->load(0)));
    }
    sim.run(store->save(0, some_session(8)));
    CHECK(sim.run(store->load(0))->seq == 8);
    CHECK(mode_of(where.file()) == 0600);
  };
  for (std::size_t size = 512; size < good.size(); size += 512) check(good.substr(0, size));
  CHECK(damaged > 3);
  check("this is not a database, but it is long enough to be one " + std::string(2000, '-'));
  check(std::string(good.size(), '\xff'));
  for (std::size_t at = 0; at < good.size(); at += 97) {
    auto changed = good;
    for (std::size_t i = at; i < std::min(at + 8, good.size()); ++i) changed[i] = static_cast<char>(~changed[i]);
    where.write(changed);
    const auto store = make_sqlite_session_store(where.file());
    (void)sim.run(as_result(store->load(0)));  // perhaps damaged, perhaps somebody else's
    (void)sim.run(as_result(store->load(25)));
    (void)sim.run(as_result(store->save(0, some_session(8))));
  }
}

TEST_CASE("a database that is damaged where a store writes takes what is written all the same") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  where.write(std::string(5000, 'x'));
  const auto store = make_sqlite_session_store(where.file());
  const auto told = sim.run(as_result(store->save(3, some_session(8))));
  CHECK_FALSE(told.has_value());
  CHECK(sim.run(store->load(3))->seq == 8);
}

TEST_CASE("a database of sessions of another version is put aside, one of something else is left alone") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  sim.run(make_sqlite_session_store(where.file())->save(0, some_session(7)));
  gateway::sqlite_database(where.file()).run("PRAGMA user_version = 2");
  {
    const auto store = make_sqlite_session_store(where.file());
    const auto told = sim.run(as_result(store->load(0)));
    CHECK(told.error_text().find("is of version 2, this library writes 1; it is ignored") != std::string::npos);
    CHECK_FALSE(sim.run(store->load(0)));
  }
  where.write("");
  gateway::sqlite_database(where.file()).run("CREATE TABLE money(amount); INSERT INTO money VALUES(1000)");
  const auto before = where.text();
  const auto store = make_sqlite_session_store(where.file());
  for (const bool loads : {true, false, true}) {
    const auto told = loads ? sim.run(as_result(store->load_budget())).error_text()
                            : sim.run(as_result(store->save(0, some_session(1)))).error_text();
    CHECK(told.find("is a database of something else") != std::string::npos);
  }
  CHECK(where.text() == before);
  CHECK_FALSE(std::filesystem::exists(where.file() + ".ignored"));
}

TEST_CASE("rows that make no sense are no sessions") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  sim.run(make_sqlite_session_store(where.file())->save(0, some_session(7)));
  gateway::sqlite_database(where.file())
      .run(
          "INSERT INTO sessions VALUES(1, 'a', -1, '', 1, 0, 0, 0), (2, 'a', 1, '', 4294967297, 0, 0, 0), (3, '', 1, "
          "'', 1, 0, 0, 0), "
          "(4, 'a', 1, '', 0, 0, 0, 0), (5, 'a', 1, '', 1, -5, 0, 0), (6, 'a', 1, '', 1, 5, 0, -1), (7, x'00ff', "
          "'seven', '', 'one', 5, 0, 1);"
          "INSERT INTO budget VALUES(1, -5, 1000, 0)");
  const auto store = make_sqlite_session_store(where.file());
  CHECK(sim.run(store->load(0)));
  for (const int shard : {1, 2, 3, 4, 5, 6, 7, -1}) CHECK_FALSE(sim.run(store->load(shard)));
  CHECK_FALSE(sim.run(store->load_budget()));
}

TEST_CASE("a database that others may write, or a disk that refuses, is a typed error that names the file") {
  if (is_built_without()) return;
  testing::simulation sim;
  const folder where;
  sim.run(make_sqlite_session_store(where.file())->save(0, some_session(3)));
  const auto refused = [&](const std::string& path) {
    const auto store = make_sqlite_session_store(path);
    const auto saved = sim.run(as_result(store->save(0, some_session(1))));
    REQUIRE_FALSE(saved.has_value());
    REQUIRE(saved.error_as<error>());
    CHECK(saved.error_as<error>()->code() == errc::resource);
    CHECK(saved.error_text().find(path) != std::string::npos);
    CHECK_FALSE(sim.run(as_result(store->load(0))).has_value());
    return saved.error_text();
  };
  std::filesystem::permissions(where.file(), std::filesystem::perms::others_write, std::filesystem::perm_options::add);
  CHECK(refused(where.file()).find("may write it") != std::string::npos);
  refused((where.path / "none" / "sessions.db").string());
  CHECK(refused(where.path.string()).find("no regular file") != std::string::npos);
  std::filesystem::create_symlink(where.file(), where.path / "link");
  CHECK(refused((where.path / "link").string()).find("no regular file") != std::string::npos);
}

}  // namespace monochord::gateway_test
