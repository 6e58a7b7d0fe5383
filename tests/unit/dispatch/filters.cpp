// SPDX-License-Identifier: MIT
#include <array>
#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "dispatch/event_ids.hpp"
#include "unit/dispatch/fixture.hpp"

namespace mc = monochord;
using fixture = mc::tests::dispatch_fixture;
using mc::tests::claim_counter;
using mc::tests::gate;

namespace {

constexpr std::string_view deletion = R"({"id":"7","channel_id":"8","guild_id":"9"})";
constexpr std::string_view elsewhere = R"({"id":"6","channel_id":"18","guild_id":"19"})";

using ids = std::array<std::uint64_t, 3>;
ids read(std::string_view name, std::string_view data) {
  const auto out = mc::dispatch::read_event_ids(name, data);
  return {out.guild.value(), out.channel.value(), out.user.value()};
}

}  // namespace

TEST_CASE("where an event happened and who did it stands in different places") {
  CHECK(read("MESSAGE_DELETE", deletion) == ids{9, 8, 0});
  CHECK(read("MESSAGE_CREATE", R"({"author":{"id":"5","name":"}"},"id":"7","channel_id":"8"})") == ids{0, 8, 5});
  CHECK(read("TYPING_START", R"({"member":{"user":{"id":"4"}},"user_id":"3","channel_id":"8","guild_id":"9"})") ==
        ids{9, 8, 3});
  CHECK(read("INTERACTION_CREATE", R"({"member":{"nick":null,"user":{"id":"4"}},"channel_id":"8","guild_id":"9"})") ==
        ids{9, 8, 4});
  CHECK(read("GUILD_MEMBER_ADD", R"({"user":{"id":"4"},"guild_id":"9"})") == ids{9, 0, 4});
  CHECK(read("GUILD_CREATE", R"({"id":"9","channels":[{"channel_id":"8"}],"user_id":"1"})") == ids{9, 0, 0});
  CHECK(read("CHANNEL_UPDATE", R"({"id":"8","guild_id":"9"})") == ids{9, 8, 0});
  CHECK(read("USER_UPDATE", R"({"id":"8"})") == ids{0, 0, 8});
  CHECK(read("SOMETHING_NEW", R"({"guild_id":null,"channel_id":[],"user_id":{"id":1}})") == ids{0, 0, 0});
  for (const std::string_view broken : {"", "{", R"({"guild_id":"9)", R"({"guild_id")", "[1]", "null"})
    CHECK(read("X", broken) == ids{});
}

TEST_CASE("filters by ids are combined: all must hold, and two that contradict each other let nothing through") {
  const mc::event_ids here{mc::guild_id{9}, mc::channel_id{8}, mc::user_id{5}};
  const auto guild = mc::in_guild(mc::guild_id{9}), other = mc::in_guild(mc::guild_id{10});
  const auto channel = mc::in_channel(mc::channel_id{8});
  const auto user = mc::from_user(mc::user_id{5});
  CHECK(mc::id_filter().passes(here));
  CHECK(mc::id_filter().passes_all());
  CHECK(guild.passes(here));
  CHECK_FALSE(guild.passes_all());
  CHECK((guild && channel && user).passes(here));
  CHECK((guild && guild).passes(here));
  CHECK_FALSE(other.passes(here));
  CHECK_FALSE((guild && other).passes(here));
  CHECK_FALSE((other && guild).passes(here));
  CHECK_FALSE((guild && mc::from_user(mc::user_id{6})).passes(here));
  CHECK_FALSE(guild.passes({}));
  CHECK_FALSE(mc::in_guild(mc::guild_id{}).passes({}));  // an id that nobody has set
  CHECK_FALSE((user && mc::in_channel(mc::channel_id{})).passes(here));
}

TEST_CASE("what nobody's ids let through is neither decoded nor claimed, and counted") {
  fixture f;
  claim_counter claims;
  std::vector<std::uint64_t> seen;
  f.on<mc::message_delete>(mc::in_guild(mc::guild_id{9}) && mc::in_channel(mc::channel_id{8}),
                           [&](const mc::message_delete& event) { seen.push_back(event.id.value()); });
  f.deliver("MESSAGE_DELETE", elsewhere, 1, &claims.source);
  f.deliver("MESSAGE_DELETE", R"({"id":{},"guild_id":"19"})", 2, &claims.source);  // could not be decoded
  f.deliver("TYPING_START", "{}", 3, &claims.source);
  f.poll();
  CHECK(seen.empty());
  CHECK(claims.claimed == 0);
  CHECK(f.errors.empty());
  f.deliver("MESSAGE_DELETE", deletion, 4, &claims.source);
  f.poll();
  CHECK(seen == std::vector<std::uint64_t>{7});
  CHECK(claims.dealt_with == 1);
  const auto counters = f.events->counters();
  CHECK(counters.filtered == 2);
  CHECK(counters.unwanted == 1);
  CHECK(counters.handlers_started == 1);
}

TEST_CASE("a predicate sees the decoded event, only where the ids pass, and shares it") {
  fixture f;
  std::vector<std::string> seen;
  const mc::message_delete* asked = nullptr;
  const auto is_seven = [&](const mc::message_delete& event) {
    asked = &event;
    seen.push_back("asked of " + event.id.str());
    return event.id == mc::message_id{7};
  };
  f.on<mc::message_delete>(is_seven,
                           [&](const mc::message_delete& event) { seen.push_back("alone " + event.id.str()); });
  f.on<mc::message_delete>(mc::in_guild(mc::guild_id{19}) && is_seven,
                           [&](const mc::message_delete&) { seen.push_back("never"); });
  const mc::message_delete* plain = nullptr;
  f.on<mc::message_delete>([&](const mc::message_delete& event) { plain = &event; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == std::vector<std::string>{"asked of 7", "alone 7"});
  CHECK((plain && plain == asked));
  seen.clear();
  f.deliver("MESSAGE_DELETE", elsewhere);
  f.poll();
  CHECK(seen == std::vector<std::string>{"asked of 6", "asked of 6"});
}

TEST_CASE("predicates are combined with ids and with each other from either side") {
  const auto yes = [](const auto&) { return true; };
  const auto no = [](const auto&) { return false; };
  fixture f;
  int calls = 0;
  const auto count = [&](const mc::message_delete&) { ++calls; };
  const auto here = mc::in_guild(mc::guild_id{9});
  f.on<mc::message_delete>(here && yes && mc::in_channel(mc::channel_id{8}) && yes, count);
  f.on<mc::message_delete>(yes && here, count);
  f.on<mc::message_delete>((here && yes) && (mc::in_channel(mc::channel_id{8}) && yes), count);
  f.on<mc::message_delete>((here && yes) && no, count);
  f.on<mc::message_delete>((here && no) && (here && yes), count);
  f.on<mc::message_delete>((here && yes) && mc::in_guild(mc::guild_id{1}), count);
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(calls == 3);
}

TEST_CASE("a predicate without a name that owns something is known for what it is, in any combination") {
  const std::string text = "x";
  const auto owns = [text](const auto&) { return text.empty(); };
  const auto refers = [&text](const auto&) { return text.empty(); };
  const auto here = mc::in_guild(mc::guild_id{9});
  const auto literal = []<class F>(F&&) { return mc::detail::is_literal<F>; };
  CHECK(literal([text](const auto&) { return text.empty(); }));
  CHECK(literal(here && [text](const auto&) { return text.empty(); }));
  CHECK(literal([text](const auto&) { return text.empty(); } && here && refers));
  CHECK_FALSE(literal(owns));
  CHECK_FALSE(literal(refers));
  CHECK_FALSE(literal(here));
  CHECK_FALSE(literal(here && owns && refers));
  CHECK_FALSE(literal(here && [](const auto&) { return true; }));
  const auto named = here && [text](const auto&) { return text.empty(); };
  CHECK_FALSE(literal(named));
  CHECK_FALSE(literal(here && named));
}

TEST_CASE("what a predicate throws is its handler's error") {
  fixture f;
  claim_counter claims;
  f.on<mc::message_delete>([](const mc::message_delete&) -> bool { throw std::runtime_error("do not ask me"); },
                           [](const mc::message_delete&) { FAIL("must not be called"); });
  f.deliver("MESSAGE_DELETE", deletion, 1, &claims.source);
  f.poll();
  CHECK(f.errors == std::vector<std::string>{"MESSAGE_DELETE: do not ask me"});
  CHECK(claims.dealt_with == 1);
}

TEST_CASE("a handler for one event is called with the first that passes, and is gone") {
  fixture f;
  std::vector<std::string> seen;
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> alive = owned;
  f.once<mc::message_delete>(mc::in_guild(mc::guild_id{9}),
                             [&, owned](const mc::message_delete& event) { seen.push_back("ids " + event.id.str()); });
  owned.reset();
  f.once<mc::message_delete>([](const mc::message_delete& event) { return event.id == mc::message_id{7}; },
                             [&](const mc::message_delete& event) { seen.push_back("asked " + event.id.str()); });
  f.deliver("MESSAGE_DELETE", elsewhere);
  f.poll();
  CHECK(seen.empty());
  f.deliver("MESSAGE_DELETE", deletion);  // several before the first has begun
  f.deliver("MESSAGE_DELETE", deletion);
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == std::vector<std::string>{"ids 7", "asked 7"});
  CHECK(alive.expired());
  CHECK_FALSE(f.events->wants("MESSAGE_DELETE"));
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen.size() == 2);
  CHECK(f.events->counters().unwanted == 1);
}

TEST_CASE("a handler for one event that is taken away first is not called, one that runs goes on") {
  fixture f;
  int calls = 0;
  gate waits(f.context);
  const auto queued = f.once<mc::message_delete>(mc::id_filter(), [&](const mc::message_delete&) { ++calls; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.events->remove(queued);
  f.poll();
  CHECK(calls == 0);
  const auto running = f.once<mc::message_delete>(mc::id_filter(), [&](const mc::message_delete&) -> mc::task<> {
    co_await waits.wait();
    ++calls;
  });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  f.events->remove(running);  // already gone: nothing
  waits.open();
  f.poll();
  CHECK(calls == 1);
}

TEST_CASE("handlers of an event start in the order in which they were registered") {
  fixture f;
  std::string order;
  f.on<mc::message_delete>([&](const mc::message_delete&) { order += 'a'; });
  f.once<mc::message_delete>(mc::id_filter(), [&](const mc::message_delete&) { order += 'b'; });
  const auto gone = f.on<mc::message_delete>([&](const mc::message_delete&) { order += 'x'; });
  f.on_raw([&](const mc::raw_event&) { order += 'r'; });
  f.on<mc::message_delete>(mc::in_guild(mc::guild_id{9}), [&](const mc::message_delete&) { order += 'c'; });
  f.events->remove(gone);
  f.on<mc::message_delete>([](const mc::message_delete&) { return true; },
                           [&](const mc::message_delete&) { order += 'd'; });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(order == "rabcdracd");
}

TEST_CASE("handlers come and go while others run: an event is for those who were there when it was read") {
  fixture f;
  std::vector<std::string> seen;
  mc::handler_id self{}, other{};
  self = f.on<mc::message_delete>([&](const mc::message_delete& event) {
    seen.push_back("first " + event.id.str());
    f.events->remove(self);
    f.events->remove(other);
    f.on<mc::message_delete>([&](const mc::message_delete& later) { seen.push_back("new " + later.id.str()); });
  });
  other = f.on<mc::message_delete>([&](const mc::message_delete&) { seen.push_back("second"); });
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == std::vector<std::string>{"first 7"});
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == std::vector<std::string>{"first 7", "new 7"});
}
