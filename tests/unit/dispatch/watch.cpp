// SPDX-License-Identifier: MIT
// Who looks at events before their handlers do, as the cache does.
#include <stdexcept>
#include <string>
#include <vector>

#include "unit/dispatch/fixture.hpp"

namespace mc = monochord;
using lines = std::vector<std::string>;

namespace {

struct watcher {
  lines seen;
  bool fails = false;
};

void see_deletion(void* to, const std::shared_ptr<void>& event, const mc::raw_event& sent, bool has_handlers) {
  auto& self = *static_cast<watcher*>(to);
  auto& deletion = *static_cast<mc::message_delete*>(event.get());
  self.seen.push_back("deletion " + deletion.id.str() + " " + std::to_string(sent.sequence) +
                      (has_handlers ? " handled" : ""));
  if (self.fails) throw std::runtime_error("the watcher failed");
  deletion.channel_id = mc::channel_id{99};
}

void see_guild(void* to, const std::shared_ptr<void>& event, const mc::raw_event&, bool has_handlers) {
  static_cast<watcher*>(to)->seen.push_back("guild " + static_cast<mc::guild_create*>(event.get())->guild.name +
                                            (has_handlers ? " handled" : ""));
}

bool names_channel_8(std::string_view data) { return data.find(R"("channel_id":"8")") != data.npos; }

struct fixture : mc::tests::dispatch_fixture {
  fixture() { events->set_watcher(watching, rows); }
  void deliver(std::string_view name, std::string_view data, const mc::event_type* told = nullptr) {
    events->deliver({0, ++sequence, name, data}, {data.data(), data.size(), data.size()}, nullptr, told);
    poll();
  }

  std::uint64_t sequence = 0;
  const std::vector<mc::dispatch::watch> rows{{&mc::event_type_of<mc::message_delete>(), &names_channel_8, &see_deletion},
                                              {&mc::event_type_of<mc::guild_create>(), nullptr, &see_guild}};
  const std::shared_ptr<watcher> watching = std::make_shared<watcher>();
};

constexpr std::string_view deletion = R"({"id":"7","channel_id":"8","guild_id":"9"})";
constexpr std::string_view elsewhere = R"({"id":"7","channel_id":"10","guild_id":"9"})";

}  // namespace

TEST_CASE("a watcher sees an event decoded before its handlers, who see what it made of it") {
  fixture f;
  f.on<mc::message_delete>(
      [&](const mc::message_delete& event) { f.watching->seen.push_back("handler " + event.channel_id.str()); });
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(f.watching->seen == lines{"deletion 7 1 handled", "handler 99"});
}

TEST_CASE("a watched event without handlers is decoded for the watcher alone, where it wants it") {
  fixture f;
  CHECK(f.events->wants("MESSAGE_DELETE"));
  CHECK(f.events->names().empty());
  f.deliver("MESSAGE_DELETE", deletion);
  f.deliver("MESSAGE_DELETE", elsewhere);
  f.deliver("TYPING_START", "this is not even JSON");
  CHECK(f.watching->seen == lines{"deletion 7 1"});
  CHECK(f.events->counters().unwanted == 2);
  CHECK(f.events->counters().handlers_started == 0);
}

TEST_CASE("a handler that comes and goes leaves the watcher where it was") {
  fixture f;
  const auto id = f.on<mc::message_delete>([](const mc::message_delete&) {});
  CHECK(f.events->names() == lines{"MESSAGE_DELETE"});
  f.events->remove(id);
  CHECK(f.events->names().empty());
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(f.watching->seen == lines{"deletion 7 1"});
}

TEST_CASE("an event told from another is shown as that one, decoded once") {
  fixture f;
  std::string joined;
  f.on<mc::guild_join>([&](const mc::guild_join& event) { joined = event.guild.name; });
  const std::string data =
      R"({"id":"9","name":"home","icon":null,"splash":null,"discovery_splash":null,"owner_id":"1","afk_channel_id":null,)"
      R"("afk_timeout":60,"verification_level":0,"default_message_notifications":0,"explicit_content_filter":0,"roles":[],)"
      R"("emojis":[],"features":[],"mfa_level":0,"application_id":null,"system_channel_id":null,"system_channel_flags":0,)"
      R"("rules_channel_id":null,"vanity_url_code":null,"description":null,"banner":null,"premium_tier":0,)"
      R"("preferred_locale":"en-US","public_updates_channel_id":null,"nsfw_level":0,"premium_progress_bar_enabled":false,)"
      R"("safety_alerts_channel_id":null,"joined_at":"2026-01-01T00:00:00+00:00","large":false,"member_count":1,)"
      R"("voice_states":[],"members":[],"channels":[],"threads":[],"presences":[],"stage_instances":[],)"
      R"("guild_scheduled_events":[],"soundboard_sounds":[]})";
  f.deliver("GUILD_CREATE", data, &mc::event_type_of<mc::guild_join>());
  CHECK(f.watching->seen == lines{"guild home handled"});
  CHECK(joined == "home");
}

TEST_CASE("what a watcher throws is reported, and the handlers come all the same") {
  fixture f;
  f.watching->fails = true;
  int handled = 0;
  f.on<mc::message_delete>([&](const mc::message_delete&) { ++handled; });
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(handled == 1);
  CHECK(f.watching->seen == lines{"deletion 7 1 handled"});
  CHECK(f.errors == lines{"MESSAGE_DELETE: the watcher failed"});
}

TEST_CASE("handlers have their event though what tells of a watcher's failure is gone before they begin") {
  fixture f;
  f.watching->fails = true;
  f.before_spawn = [&, jobs = 0]() mutable { f.open = ++jobs != 1; };  // nobody takes what would tell
  mc::tests::claim_counter claims;
  std::string handled;
  f.on<mc::message_delete>([&](const mc::message_delete& event) -> mc::task<> {
    handled = event.id.str() + ' ' + std::to_string(claims.dealt_with);
    co_return;
  });
  f.events->deliver({0, 1, "MESSAGE_DELETE", deletion}, {deletion.data(), deletion.size(), deletion.size()}, &claims.source);
  f.poll();
  CHECK(handled == "7 0");
  CHECK(claims.dealt_with == 1);
}

namespace {

/// A guild alone: its name's length.
std::shared_ptr<const void> decode_length(const mc::json::padded_text& data) {
  if (data.text() == "broken") throw std::runtime_error("cannot decode it");
  return std::make_shared<const std::size_t>(data.text().size());
}
void see_length(void* to, const void* event, const mc::raw_event& sent) {
  auto& self = *static_cast<watcher*>(to);
  self.seen.push_back("length " + std::to_string(*static_cast<const std::size_t*>(event)) + ' ' + std::to_string(sent.sequence));
  if (self.fails) throw std::runtime_error("the watcher failed");
}

}  // namespace

TEST_CASE("a watcher that needs less than models is given it where it is alone, and only there") {
  fixture f;
  const std::vector<mc::dispatch::watch> rows{
      {&mc::event_type_of<mc::message_delete>(), nullptr, &see_deletion, &decode_length, &see_length}};
  f.events->set_watcher(f.watching, rows);
  f.deliver("MESSAGE_DELETE", deletion);
  f.events->show_again({0, 8, "MESSAGE_DELETE", deletion}, {deletion.data(), deletion.size(), deletion.size()});
  f.deliver("MESSAGE_DELETE", "broken");
  CHECK(f.errors == lines{"MESSAGE_DELETE: cannot decode it"});
  CHECK(f.events->counters().decode_errors == 1);
  f.watching->fails = true;
  f.deliver("MESSAGE_DELETE", "{}");
  CHECK(f.errors == lines{"MESSAGE_DELETE: cannot decode it", "MESSAGE_DELETE: the watcher failed"});
  CHECK(f.events->counters().decode_errors == 1);
  f.watching->fails = false;
  const auto handler = f.on<mc::message_delete>([](const mc::message_delete&) {});
  f.deliver("MESSAGE_DELETE", deletion);
  f.events->remove(handler);
  int raw = 0;
  f.on_raw([&](const mc::raw_event&) { ++raw; });
  f.deliver("MESSAGE_DELETE", deletion);
  CHECK(raw == 1);
  const std::string length = "length " + std::to_string(deletion.size()) + ' ';
  CHECK(f.watching->seen == lines{length + '1', length + '8', "length 2 3", "deletion 7 4 handled", length + '5'});
}

TEST_CASE("what cannot be decoded is not shown") {
  fixture f;
  f.deliver("MESSAGE_DELETE", R"({"channel_id":"8"})");
  CHECK(f.watching->seen.empty());
  REQUIRE(f.errors.size() == 1);
  CHECK(f.errors[0].starts_with("MESSAGE_DELETE: cannot decode $"));
  CHECK(f.events->counters().decode_errors == 1);
}

TEST_CASE("whoever waits for an event is given what the watcher made of it, and an event that comes again goes to the watcher alone") {
  fixture f;
  std::string seen;
  f.spawn([&]() -> mc::task<> {
    const auto event = co_await f.next<mc::message_delete>(mc::in_guild(mc::guild_id{9}));
    seen = event->channel_id.str();
  });
  f.poll();
  f.deliver("MESSAGE_DELETE", deletion);
  f.poll();
  CHECK(seen == "99");
  int handled = 0;
  f.on<mc::message_delete>([&](const mc::message_delete&) { ++handled; });
  f.events->show_again({0, 8, "MESSAGE_DELETE", deletion}, {deletion.data(), deletion.size(), deletion.size()});
  f.poll();
  CHECK(handled == 0);
  CHECK(f.watching->seen == lines{"deletion 7 1 handled", "deletion 7 8"});
  CHECK(f.errors.empty());
}
