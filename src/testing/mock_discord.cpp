// SPDX-License-Identifier: MIT
#include <monochord/testing/mock_discord.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include <monochord/core/error.hpp>
#include <monochord/testing/manual_clock.hpp>
#include <monochord/testing/memory_network.hpp>
#include <monochord/testing/test_ca.hpp>
#include <unistd.h>

#include "testing/brain.hpp"
#include "testing/mock_server.hpp"
#include "testing/sample.hpp"

namespace monochord::testing {

namespace asio = boost::asio;

namespace {

mock_options completed(mock_options options) {
  if (!options.clock) options.clock = system_clock();
  return options;
}

std::uint16_t listening_port(const mock_options& options) {
  if (options.port != 0 || !options.memory) return options.port;
  return options.tls ? 443 : 80;  // in memory every host has all ports
}

}  // namespace

/// Sockets, thread and certificate around a brain.
class mock_discord::impl {
 public:
  explicit impl(mock_options what)
      : options(completed(std::move(what))), mind(std::make_shared<brain>(options)) {
    if (options.tls) authority = std::make_unique<test_ca>();
  }
  ~impl() {
    if (!ca_path.empty()) std::remove(ca_path.c_str());  // nobody is left to hear of a failure
  }

  void start() {
    const std::lock_guard guard(life_mutex);
    if (server) throw error(errc::invalid_argument, "the mock has been started already");
    asio::any_io_executor executor = options.executor;
    std::unique_ptr<asio::io_context> context;  // becomes `own` once nothing can fail any more
    if (!executor) {
      if (dynamic_cast<const manual_clock*>(options.clock.get()))
        throw error(errc::invalid_argument, "a mock on a manual clock needs an executor: time would never move for its own thread");
      context = std::make_unique<asio::io_context>(1);
      executor = context->get_executor();
    }
    std::shared_ptr<const net::tls_context> tls;
    if (authority) {
      const certificate cert = authority->issue({options.host, "localhost", "127.0.0.1"});
      tls = net::tls_context::server(cert.chain_pem, cert.key_pem);
    }
    auto transport = options.memory ? options.memory->transport() : net::tcp_network();
    auto listening = make_mock_server(executor, mind, std::move(transport), std::move(tls));
    listening->listen(options.memory ? options.host : "127.0.0.1", listening_port(options));
    port = listening->port();
    mind->with([&](mock_state& state, gateway&, rest&) {
      state.gateway_url = url(options.tls ? "wss" : "ws");
      state.resume_gateway_url = state.gateway_url + std::string(gateway::resume_path);
    });
    if (context) runner = std::thread([run = context.get(), work = asio::make_work_guard(*context)] { run->run(); });
    own = std::move(context);
    server = std::move(listening);
  }

  void stop() {
    const std::lock_guard guard(life_mutex);
    if (!server) return;
    if (runner.joinable()) {
      // Everything that serves runs there: it is told, waited for, and then the thread has nothing left.
      auto stopped = asio::co_spawn(own->get_executor(), server->stop(), asio::use_future);
      stopped.wait();
      own->stop();
      runner.join();
    } else {
      server->close();
    }
    server.reset();
    own.reset();
  }

  std::string url(const std::string& scheme) const {
    const bool usual = port == (options.tls ? 443 : 80);
    return scheme + "://" + options.host + (usual ? "" : ":" + std::to_string(port));
  }

  const std::string& ca_file() {
    const std::lock_guard guard(ca_mutex);
    if (!ca_path.empty()) return ca_path;
    std::string path = (std::filesystem::temp_directory_path() / "monochord-mock-ca-XXXXXX").string();
    const int file = ::mkstemp(path.data());
    if (file < 0) throw error(errc::resource, "cannot make a file for the mock's CA in " + path);
    ::close(file);
    authority->write_pem(path);
    ca_path = path;
    return ca_path;
  }

  const mock_options options;
  const std::shared_ptr<brain> mind;
  std::unique_ptr<test_ca> authority;
  std::unique_ptr<asio::io_context> own;
  std::unique_ptr<net::server> server;
  std::thread runner;
  std::uint16_t port = 0;

 private:
  std::mutex life_mutex;  // held while it starts or stops
  std::mutex ca_mutex;
  std::string ca_path;
};

mock_discord::mock_discord(mock_options options) : impl_(std::make_shared<impl>(std::move(options))) {}
mock_discord::~mock_discord() { impl_->stop(); }

void mock_discord::start() { impl_->start(); }
void mock_discord::stop() { impl_->stop(); }

std::string mock_discord::api_url() const { return impl_->url(impl_->options.tls ? "https" : "http") + "/api"; }
std::string mock_discord::rest_url() const { return api_url() + "/v10"; }
std::string mock_discord::gateway_url() const { return impl_->url(impl_->options.tls ? "wss" : "ws"); }
std::uint16_t mock_discord::port() const { return impl_->port; }
std::string mock_discord::ca_pem() const { return impl_->authority ? impl_->authority->pem() : std::string(); }
std::string mock_discord::ca_file() const {
  if (!impl_->authority) throw error(errc::invalid_argument, "a mock without TLS has no certificate authority");
  return impl_->ca_file();
}
std::string mock_discord::token() const { return impl_->options.token; }

std::vector<violation> mock_discord::violations() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) { return state.violations; });
}
void mock_discord::clear_violations() {
  impl_->mind->with([](mock_state& state, gateway&, rest&) { state.violations.clear(); });
}
mock_counters mock_discord::counters() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) { return state.counters; });
}
std::vector<time_point> mock_discord::connection_times() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) {
    return std::vector<time_point>(state.connection_times.begin(), state.connection_times.end());
  });
}
std::vector<mock_route> mock_discord::routes() {
  std::vector<mock_route> out;
  for (const auto& route : tables::routes) {
    mock_route known;
    known.method = route.method;
    known.path = route.path;
    known.operation = route.operation;
    known.played = rest::plays(route);
    known.audit_log_reason = route.audit_log_reason;
    known.docs_only = route.docs_only;
    for (const auto& answer : tables::answers.subspan(route.first_answer, route.answer_count))
      known.statuses.push_back(answer.status);
    out.push_back(std::move(known));
  }
  return out;
}
std::vector<mock_request> mock_discord::rest_log() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) {
    return std::vector<mock_request>(state.rest_log.begin(), state.rest_log.end());
  });
}
void mock_discord::clear_rest_log() {
  impl_->mind->with([](mock_state& state, gateway&, rest&) { state.rest_log.clear(); });
}
void mock_discord::play_schema(std::optional<schema_play> how) {
  impl_->mind->with([&](mock_state& state, gateway&, rest&) { state.schema = how; });
}
std::size_t mock_discord::schema_variations(std::string_view method, std::string_view path, schema_mode mode, int status) {
  const auto* route = find_route(std::string(method) + " " + std::string(path));
  if (!route) throw error(errc::invalid_argument, "Discord has no route " + std::string(method) + " " + std::string(path));
  const auto& answer = answer_of(*route, status);
  return answer.shape_index == tables::no_shape ? 1 : sample_variations(answer.shape_index, mode);
}
void mock_discord::set_faults(mock_faults faults) {
  for (const auto& fault : faults.rest)
    if (fault.what == rest_fault::kind::merge_bucket && !find_route(fault.with))
      throw error(errc::invalid_argument, "there is no route \"" + fault.with + "\" to share a bucket with");
  impl_->mind->with([&](mock_state& state, gateway&, rest&) { state.faults = std::move(faults); });
}
mock_faults mock_discord::faults() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) { return state.faults; });
}

user_id mock_discord::bot_user() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) { return user_id{state.world.bot}; });
}
application_id mock_discord::application() const {
  return impl_->mind->look([](const mock_state& state, const gateway&) { return application_id{state.world.application}; });
}
user_id mock_discord::add_user(std::string_view name) {
  return impl_->mind->with([&](mock_state& state, gateway&, rest&) {
    if (state.world.find_user(name)) throw error(errc::invalid_argument, "the mock's world has a user of that name already");
    return user_id{state.world.add_user(name, false).id};
  });
}
guild_id mock_discord::add_guild(std::string_view name, user_id owner) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_guild(s, g, name, owner); });
}
channel_id mock_discord::add_text_channel(guild_id guild, std::string_view name) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_text_channel(s, g, guild, name); });
}
channel_id mock_discord::add_voice_channel(guild_id guild, std::string_view name) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_voice_channel(s, g, guild, name); });
}
soundboard_sound_id mock_discord::add_soundboard_sound(guild_id guild, std::string_view name) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_soundboard_sound(s, g, guild, name); });
}
void mock_discord::join_voice(user_id user, guild_id guild, channel_id channel) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::join_voice(s, g, user, guild, channel); });
}
void mock_discord::set_voice_status(channel_id channel, std::string_view status) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::set_voice_status(s, g, channel, status); });
}
void mock_discord::set_presence(user_id user, std::string_view status) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::set_presence(s, g, user, status); });
}
role_id mock_discord::add_role(guild_id guild, std::string_view name, std::uint64_t permissions) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::add_role(s, g, guild, name, permissions); });
}
void mock_discord::give_role(guild_id guild, user_id user, role_id role) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::give_role(s, g, guild, user, role); });
}
void mock_discord::join(guild_id guild, user_id user) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::join(s, g, guild, user); });
}
void mock_discord::leave(guild_id guild, user_id user) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::leave(s, g, guild, user); });
}
channel_id mock_discord::open_dm(user_id user) {
  return impl_->mind->with([&](mock_state& state, gateway&, rest&) {
    acts::user(state, user);
    return channel_id{state.world.direct_channel(user.value()).id};
  });
}
void mock_discord::set_guild_unavailable(guild_id guild, bool unavailable) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::set_unavailable(s, g, guild, unavailable); });
}
void mock_discord::remove_bot(guild_id guild) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::remove_bot(s, g, guild); });
}

message_id mock_discord::say(user_id user, channel_id channel, std::string_view text) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::say(s, g, user, channel, text); });
}
void mock_discord::edit(user_id user, channel_id channel, message_id message, std::string_view text) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::edit(s, g, user, channel, message, text); });
}
void mock_discord::erase(channel_id channel, message_id message) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::erase(s, g, channel, message); });
}
void mock_discord::react(user_id user, channel_id channel, message_id message, std::string_view emoji) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::react(s, g, user, channel, message, emoji); });
}
void mock_discord::type(user_id user, channel_id channel) {
  impl_->mind->with([&](mock_state& s, gateway& g, rest&) { acts::type(s, g, user, channel); });
}
interaction_id mock_discord::slash(user_id user, channel_id channel, std::string_view name,
                                   const std::vector<mock_option>& options) {
  return impl_->mind->with([&](mock_state& s, gateway& g, rest&) { return acts::slash(s, g, user, channel, name, options); });
}
interaction_id mock_discord::autocomplete(user_id user, channel_id channel, std::string_view name,
                                          std::string_view option, std::string_view typed) {
  return impl_->mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::autocomplete(s, g, user, channel, name, option, typed); });
}
interaction_id mock_discord::context_command(user_id user, channel_id channel, std::string_view name, any_id target) {
  return impl_->mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::context_command(s, g, user, channel, name, target); });
}
interaction_id mock_discord::press(user_id user, message_id message, std::string_view custom_id) {
  return impl_->mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::component(s, g, user, message, custom_id, nullptr); });
}
interaction_id mock_discord::select(user_id user, message_id message, std::string_view custom_id,
                                    const std::vector<std::string>& values) {
  return impl_->mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::component(s, g, user, message, custom_id, &values); });
}
interaction_id mock_discord::submit_modal(user_id user, interaction_id opened_by,
                                          const std::map<std::string, std::string>& values) {
  return impl_->mind->with(
      [&](mock_state& s, gateway& g, rest&) { return acts::submit_modal(s, g, user, opened_by, values); });
}
void mock_discord::burst(channel_id channel, std::size_t count) {
  impl_->mind->with([&](mock_state& state, gateway& gate, rest&) {
    const auto& place = acts::channel(state, channel);
    const user_id author{place.guild == 0 ? place.recipient : acts::guild(state, guild_id{place.guild}).owner};
    for (std::size_t i = 0; i < count; ++i) acts::say(state, gate, author, channel, "burst " + std::to_string(i));
  });
}

namespace {

/// A condition for `brain::until` that asks with `ask` and keeps what it found.
template <class Id>
task<std::optional<mock_reply>> expect(std::shared_ptr<brain> mind, Id to, duration timeout) {
  std::optional<mock_reply> found;
  std::function<bool()> check = [&found, mind, to] {
    found = mind->quietly([&](mock_state& state, gateway&, rest&) { return acts::reply_to(state, to); });
    return found.has_value();
  };
  co_await brain::until(mind, std::move(check), timeout);
  co_return found;
}

template <class Id>
std::optional<mock_reply> wait_for(brain& mind, Id to, duration timeout) {
  std::optional<mock_reply> found;
  mind.wait(
      [&] {
        found = mind.quietly([&](mock_state& state, gateway&, rest&) { return acts::reply_to(state, to); });
        return found.has_value();
      },
      timeout);
  return found;
}

std::function<bool()> counters_meet(std::shared_ptr<brain> mind, std::function<bool(const mock_counters&)> condition) {
  return [mind = std::move(mind), condition = std::move(condition)] {
    return condition(mind->look([](const mock_state& state, const gateway&) { return state.counters; }));
  };
}

std::function<bool()> shard_connected(std::shared_ptr<brain> mind, int shard) {
  return [mind = std::move(mind), shard] {
    return mind->look([&](const mock_state&, const gateway& gate) { return gate.connected_session(shard) != nullptr; });
  };
}

}  // namespace

task<std::optional<mock_reply>> mock_discord::expect_reply(message_id to, duration timeout) {
  return expect(impl_->mind, to, timeout);
}
task<std::optional<mock_reply>> mock_discord::expect_reply(interaction_id to, duration timeout) {
  return expect(impl_->mind, to, timeout);
}
task<bool> mock_discord::until(std::function<bool(const mock_counters&)> condition, duration timeout) {
  return brain::until(impl_->mind, counters_meet(impl_->mind, std::move(condition)), timeout);
}
task<bool> mock_discord::expect_session(int shard_id, duration timeout) {
  return brain::until(impl_->mind, shard_connected(impl_->mind, shard_id), timeout);
}
std::optional<mock_reply> mock_discord::wait_reply(message_id to, duration timeout) {
  return wait_for(*impl_->mind, to, timeout);
}
std::optional<mock_reply> mock_discord::wait_reply(interaction_id to, duration timeout) {
  return wait_for(*impl_->mind, to, timeout);
}
bool mock_discord::wait_until(std::function<bool(const mock_counters&)> condition, duration timeout) {
  return impl_->mind->wait(counters_meet(impl_->mind, std::move(condition)), timeout);
}
bool mock_discord::wait_session(int shard_id, duration timeout) {
  return impl_->mind->wait(shard_connected(impl_->mind, shard_id), timeout);
}

bool mock_discord::knows(interaction_id id) const {
  return impl_->mind->look(
      [&](const mock_state& state, const gateway&) { return state.world.interactions.contains(id.value()); });
}
std::vector<std::string> mock_discord::messages(channel_id channel) const {
  return impl_->mind->look([&](const mock_state& state, const gateway&) {
    std::vector<std::string> out;
    const auto found = state.world.channels.find(channel.value());
    if (found == state.world.channels.end()) throw error(errc::invalid_argument, "the mock's world has no such channel");
    for (const auto& [id, message] : found->second.messages) out.push_back(text_at(message.body, "content"));
    return out;
  });
}
std::vector<std::string> mock_discord::registered_commands(guild_id guild) const {
  return impl_->mind->look([&](const mock_state& state, const gateway&) {
    std::vector<std::string> out;
    const auto found = state.world.commands.find(guild.value());
    if (found != state.world.commands.end())
      for (const auto& command : found->second) out.push_back(text_at(command, "name"));
    return out;
  });
}
std::vector<std::string> mock_discord::reactions(channel_id channel, message_id message) const {
  return impl_->mind->quietly([&](mock_state& state, gateway&, rest&) {
    std::vector<std::string> out;
    for (const auto& [emoji, users] : acts::message(state, channel, message).reactions) out.push_back(emoji);
    return out;
  });
}
std::string mock_discord::last_identify(int shard_id) const {
  return impl_->mind->look([&](const mock_state& state, const gateway&) {
    const auto found = state.last_identify.find(shard_id);
    return found == state.last_identify.end() ? std::string() : found->second;
  });
}
channel_id mock_discord::voice_channel(guild_id guild, user_id user) const {
  return impl_->mind->look([&](const mock_state& state, const gateway&) {
    const auto place = state.world.guilds.find(guild.value());
    if (place == state.world.guilds.end()) return channel_id{};
    const auto found = place->second.voice.find(user.value());
    return channel_id{found == place->second.voice.end() ? 0 : found->second.channel};
  });
}

std::string mock_discord::last_presence(int shard_id) const {
  return impl_->mind->look([&](const mock_state&, const gateway& gate) {
    const auto session = gate.connected_session(shard_id);
    return session && !session->last_presence.is_null() ? dump(session->last_presence) : std::string();
  });
}

void mock_discord::disconnect(disconnect_how how, std::uint16_t code, std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.disconnect(how, code, shard); });
}
void mock_discord::pause(std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.stall(true, shard); });
}
void mock_discord::resume_traffic(std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.stall(false, shard); });
}
void mock_discord::invalid_session(bool resumable, std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.send_op(9, resumable, shard); });
}
void mock_discord::reconnect_op7(std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.send_op(7, nullptr, shard); });
}
void mock_discord::request_heartbeat(std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.send_op(1, nullptr, shard); });
}
void mock_discord::forget_sessions(std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.forget_sessions(shard); });
}
std::vector<mock_lost_event> mock_discord::take_lost_events() {
  return impl_->mind->with([](mock_state& state, gateway& gate, rest&) {
    gate.forget_abandoned();
    return std::exchange(state.lost_events, {});
  });
}
void mock_discord::send_event(std::string_view name, std::string_view data_json) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.event_to_all(name, data_json); });
}
void mock_discord::send_raw(std::string_view bytes, bool binary, std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.send_raw(bytes, binary, shard); });
}
void mock_discord::send_bytes(std::string_view bytes, std::optional<int> shard) {
  impl_->mind->with([&](mock_state&, gateway& gate, rest&) { gate.send_bytes(bytes, shard); });
}

}  // namespace monochord::testing
