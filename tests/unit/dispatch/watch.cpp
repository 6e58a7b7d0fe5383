// SPDX-License-Identifier: MIT
// Who looks at events before their handlers do, as the cache does.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <monochord/model/events.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "dispatch/dispatcher.hpp"
#include "support/catch.hpp"

namespace asio = boost::asio;
namespace mc = monochord;
using lines = std::vector<std::string>;

namespace {

struct watcher {
  lines seen;
  bool fails = false;
};

void see_deletion(void* to, void* event, const mc::raw_event& sent, bool has_handlers) {
  auto& self = *static_cast<watcher*>(to);
  auto& deletion = *static_cast<mc::message_delete*>(event);
  self.seen.push_back("deletion " + deletion.id.str() + " " + std::to_string(sent.sequence) +
                      (has_handlers ? " handled" : ""));
  if (self.fails) throw std::runtime_error("the watcher failed");
  deletion.channel_id = mc::channel_id{99};
}

void see_guild(void* to, void* event, const mc::raw_event&, bool has_handlers) {
  static_cast<watcher*>(to)->seen.push_back("guild " + static_cast<mc::guild_create*>(event)->guild.name +
                                            (has_handlers ? " handled" : ""));
}

bool names_channel_8(std::string_view data) { return data.find(R"("channel_id":"8")") != data.npos; }

struct fixture {
  fixture() {
    events = std::make_shared<mc::dispatch::dispatcher>(
        [this](mc::task<> work) {
          asio::co_spawn(context, std::move(work), asio::detached);
          return true;
        },
        100);
    events->on_error([this](std::exception_ptr error, const mc::raw_event& event) {
      try {
        std::rethrow_exception(error);
      } catch (const std::exception& e) {
        watching->seen.push_back(std::string(event.name) + ": " + e.what());
      }
    });
    events->set_watcher(watching, rows);
  }
  void deliver(std::string_view name, std::string_view data, const mc::event_type* told = nullptr) {
    events->deliver({0, ++sequence, name, data}, {data.data(), data.size(), data.size()}, nullptr, told);
    context.restart();
    context.poll();
  }
  template <class E, class F>
  mc::handler_id on(F f) {
    return events->add(mc::event_type_of<E>(), std::make_unique<mc::detail::typed_handler<E, F>>(std::move(f)));
  }

  asio::io_context context;
  std::uint64_t sequence = 0;
  const std::vector<mc::dispatch::watch> rows{
      {&mc::event_type_of<mc::message_delete>(), &names_channel_8, &see_deletion},
      {&mc::event_type_of<mc::guild_create>(), nullptr, &see_guild}};
  const std::shared_ptr<watcher> watching = std::make_shared<watcher>();
  std::shared_ptr<mc::dispatch::dispatcher> events;
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
  CHECK(f.watching->seen == lines{"deletion 7 1 handled", "MESSAGE_DELETE: the watcher failed"});
}

TEST_CASE("what cannot be decoded is not shown") {
  fixture f;
  f.deliver("MESSAGE_DELETE", R"({"channel_id":"8"})");
  REQUIRE(f.watching->seen.size() == 1);
  CHECK(f.watching->seen[0].starts_with("MESSAGE_DELETE: cannot decode $"));
  CHECK(f.events->counters().decode_errors == 1);
}
