// SPDX-License-Identifier: MIT
// The seeds of the fuzz target cache_file, which are files as this version writes them: whoever changes what stands in a
// file raises cached::file_version and writes them anew, by running this with MONOCHORD_WRITE_SEEDS=1.
#include <cstdlib>
#include <filesystem>
#include <string>

#include "support/catch.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cache/sample_events.hpp"
#include <monochord/cache/file.hpp>

namespace mc = monochord;

using namespace mc::tests::cache_events;

TEST_CASE("a file that this version once wrote is still read") {
  const std::string corpus = MONOCHORD_SOURCE_DIR "/tests/fuzz/corpus/cache_file/";
  mc::cache_options options;
  options.policy.kinds = mc::cache_policy::every_kind;
  options.policy.users_without_member = 10;
  if (std::getenv("MONOCHORD_WRITE_SEEDS")) {
    mc::cache small, all(options);
    small.save(corpus + "empty", {});
    small.apply(ready_as(1003));
    small.apply(a_guild(5, 1));
    small.save(corpus + "small", {{0, 1, "session", 7}});
    all.apply(ready_as(1003));
    tell_everything(all, mc::guild_id{5});
    tell_everything(all, mc::guild_id{6});
    all.apply(written(0, 7, 901, 1001));
    all.apply(written(0, 7, 902, 1500));
    mc::message_reaction_add reaction;
    reaction.guild_id = mc::guild_id{5};
    reaction.channel_id = mc::channel_id{50};
    reaction.message_id = mc::message_id{900};
    reaction.user_id = mc::user_id{1001};
    reaction.emoji.name = "fire";
    all.apply(reaction);
    all.save(corpus + "everything", {{0, 2, "first", 70}, {1, 2, "second", 8}});
  }
  const mc::tests::temporary_folder folder;
  const std::string path = folder.file("cache");
  std::filesystem::copy_file(corpus + "everything", path);
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  mc::cache cache(options);
  const auto file = cache.restore(path);
  REQUIRE(file);
  CHECK(file->bot_id == mc::user_id{1003});
  CHECK(file->marks.at(1).session_id == "second");
  CHECK(file->restored == 2);
  for (const auto& kind : cache.stats().each) CHECK(kind.count > 0);
  const auto member = cache.member(mc::guild_id{5}, mc::user_id{1002});
  REQUIRE(member);
  CHECK(mc::json::encode(*member) == mc::json::encode(somebody(1002)));
  CHECK(cache.message(mc::channel_id{50}, mc::message_id{900})->content == "hello");
  CHECK(cache.message(mc::channel_id{50}, mc::message_id{900})->reactions->at(0).count == 1);
  CHECK(cache.user(mc::user_id{1500})->username == "user1500");
  CHECK(cache.voice_state(mc::guild_id{6}, mc::user_id{1001})->channel_id == mc::channel_id{60});
}
