// SPDX-License-Identifier: MIT
// What a start with 1,000 guilds of 200 members costs the whole client over TLS on loopback with zlib-stream, beside a bare
// Beast reader that inflates and parses the same bytes; the same for 500,000 members of one guild by chunks; what a cached
// member takes of RSS with the whole client around it; and the RSS of the README's bot beside that of the bare reader, each a
// program of its own that is linked to what it needs.
//   bench_start [--check] [--once bare|ours|bare-chunks|our-chunks|hello]   --once runs one of them for a profiler
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "bench/bare_reader.hpp"
#include "bench/people.hpp"
#include "bench/played_gateway.hpp"
#include "bench/ratio.hpp"
#include <monochord/cache/cache.hpp>
#include <monochord/client.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/events.hpp>

namespace {

namespace asio = boost::asio;
namespace mc = monochord;
using namespace monochord::bench;
using monochord::protocol::compression;

const bound start_budget(2.5, 7), hello_budget(1.25, 2);
const bound member_budget(160, 260);
std::string ca_pem, ca_file;

// --- what Discord sends, with the fields that it has and their order ---

std::string quoted(const std::string& text) { return '"' + text + '"'; }

std::string text_of(const mc::member& m) {
  const mc::user& u = *m.user;
  std::string out = R"({"user":{"username":")" + u.username + R"(","public_flags":)" + std::to_string(u.public_flags->bits()) +
                    R"(,"primary_guild":null,"id":")" + u.id.str() + R"(","global_name":)" +
                    (u.global_name.has_value() ? quoted(*u.global_name) : "null") +
                    R"(,"display_name_styles":null,"discriminator":"0","collectibles":null,"bot":false,"avatar_decoration_data":null,"avatar":)" +
                    (u.avatar.has_value() ? quoted(*u.avatar) : "null") + R"(},"roles":[)";
  for (const auto& r : m.roles) out += (out.back() == '[' ? "\"" : ",\"") + r.str() + '"';
  out += R"(],"premium_since":null,"pending":false,"nick":)" + (m.nick.has_value() ? quoted(*m.nick) : std::string("null")) +
         R"(,"mute":false,"joined_at":)" + quoted(mc::format_timestamp(*m.joined_at)) +
         R"(,"flags":0,"deaf":false,"communication_disabled_until":null,"banner":null,"avatar":null})";
  return out;
}

/// `sent` of its members are in the payload.
std::string text_of(const mc::guild_create& event, std::size_t members, std::size_t sent, int s) {
  const mc::guild& g = event.guild;
  std::string out = R"({"t":"GUILD_CREATE","s":)" + std::to_string(s) + R"(,"op":0,"d":{"id":")" + g.id.str() + R"(","name":")" + g.name +
                    R"(","icon":null,"splash":null,"owner_id":")" + event.members.at(0).user->id.str() +
                    R"(","region":"deprecated","afk_channel_id":null,"afk_timeout":300,"verification_level":1,"default_message_notifications":0,)"
                    R"("explicit_content_filter":0,"emojis":[],"features":["COMMUNITY"],"mfa_level":0,"application_id":null,"system_channel_id":null,)"
                    R"("system_channel_flags":0,"rules_channel_id":null,"vanity_url_code":null,"description":null,"banner":null,"premium_tier":0,)"
                    R"("premium_subscription_count":0,"preferred_locale":"en-US","public_updates_channel_id":null,"nsfw_level":0,"stickers":[],)"
                    R"("premium_progress_bar_enabled":false,"safety_alerts_channel_id":null,"roles":[)";
  for (std::size_t i = 0; i < g.roles.size(); ++i)
    out += (i ? "," : "") + std::string(R"({"id":")") + g.roles[i].id.str() + R"(","name":")" + g.roles[i].name +
           R"(","color":0,"colors":{"primary_color":0,"secondary_color":null,"tertiary_color":null},"hoist":false,"icon":null,"unicode_emoji":null,"position":)" +
           std::to_string(i) + R"(,"permissions":"2248473465835073","managed":false,"mentionable":false,"flags":0})";
  out += R"(],"channels":[)";
  for (std::uint64_t i = 0; i < 5; ++i)
    out += (i ? "," : "") + std::string(R"({"id":")") + std::to_string(g.id.value() + 100 + i) +
           R"(","type":0,"name":"general","position":)" + std::to_string(i) +
           R"(,"permission_overwrites":[],"topic":null,"nsfw":false,"last_message_id":null,"rate_limit_per_user":0,"parent_id":null,"flags":0})";
  out += R"(],"threads":[],"voice_states":[],"presences":[],"stage_instances":[],"guild_scheduled_events":[],"soundboard_sounds":[],)"
         R"("joined_at":"2021-05-06T07:08:09.123456+00:00","large":)" +
         std::string(sent < members ? "true" : "false") + R"(,"unavailable":false,"member_count":)" + std::to_string(members) + R"(,"members":[)";
  for (std::size_t i = 0; i < sent; ++i) out += (i ? "," : "") + text_of(event.members.at(i));
  return out + "]}}";
}

std::string marker(int s) {
  return R"({"t":"WEBHOOKS_UPDATE","s":)" + std::to_string(s) + R"(,"op":0,"d":{"guild_id":"4294967296","channel_id":"4294967396"}})";
}

gateway_script script_of(std::uint64_t guilds, int members) {
  gateway_script script;
  script.after_identify = [=](const gateway_script::emit& emit) {
    std::string ready =
        R"({"t":"READY","s":1,"op":0,"d":{"v":10,"user":{"id":"80351110224678912","username":"bench","discriminator":"0","global_name":null,"avatar":null,"bot":true},"session_id":"0123456789abcdef","resume_gateway_url":"wss://127.0.0.1:1","shard":[0,1],"application":{"id":"80351110224678912","flags":0},"guilds":[)";
    for (std::uint64_t i = 0; i < guilds; ++i)
      ready += (i ? "," : "") + std::string(R"({"id":")") + std::to_string((i + 1) << 32) + R"(","unavailable":true})";
    emit(ready + "]}}");
    people all;
    for (std::uint64_t i = 0; i < guilds; ++i) {
      const auto count = static_cast<std::size_t>(members);
      emit(text_of(all.guild(i, members), count, count, static_cast<int>(i) + 2));
    }
  };
  script.last = marker(static_cast<int>(guilds) + 2);
  return script;
}

/// One guild whose members come when they are asked for.
gateway_script chunked_script(int members) {
  constexpr int of_chunk = 1000;
  gateway_script script = script_of(1, 1);
  script.after_identify = [members, ready = script.after_identify](const gateway_script::emit& emit) {
    int message = 0;
    ready([&](const std::string& text) {
      if (++message == 1) return emit(text);
      emit(text_of(people().guild(0, 1), static_cast<std::size_t>(members), 1, 2));
    });
  };
  script.chunks = [=](const gateway_script::emit& emit) {
    people all;
    const auto home = all.guild(0, 1);
    const int count = (members + of_chunk - 1) / of_chunk;
    for (int i = 0; i < count; ++i) {
      std::string out = R"({"t":"GUILD_MEMBERS_CHUNK","s":)" + std::to_string(i + 3) + R"(,"op":0,"d":{"guild_id":")" + home.guild.id.str() +
                        R"(","members":[)";
      for (int m = i * of_chunk; m < std::min(members, (i + 1) * of_chunk); ++m)
        out += (out.back() == '[' ? "" : ",") + text_of(m == 0 ? home.members[0] : all.somebody(home.guild));
      emit(out + R"(],"chunk_index":)" + std::to_string(i) + R"(,"chunk_count":)" + std::to_string(count) + R"(,"not_found":[],"nonce":")");
    }
  };
  script.last = marker(members / of_chunk + 4);
  return script;
}

// --- who reads it ---

/// One line of /proc/<who>/status, in bytes.
double status_bytes(const std::string& who, const std::string& what) {
  std::ifstream file("/proc/" + who + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with(what + ":")) return std::stod(line.substr(what.size() + 1)) * 1024;
  need(false, "/proc/<pid>/status");
  return 0;
}

/// Seconds of CPU until the last message is parsed.
double bare(const played_facts& facts) {
  const double from = cpu_seconds();
  asio::io_context context(1);
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.set_verify_mode(asio::ssl::verify_peer);
  tls.add_certificate_authority(asio::buffer(ca_pem));
  std::size_t messages = 0;
  std::function<void()> ask;
  bare_parser parse;
  const auto take = [&](std::string_view text) {
    parse(text);
    if (++messages == facts.before_chunks && facts.before_chunks + 1 < facts.messages) ask();
    return messages != facts.messages;
  };
  bare_reader<decltype(take)> reader(context, tls, false, take);
  ask = [&] { reader.send(R"({"op":8,"d":{"guild_id":"4294967296","query":"","limit":0,"nonce":"0"}})"); };
  reader.open(facts.port);
  context.run();
  return cpu_seconds() - from;
}

struct outcome {
  double cpu = 0;      // seconds until all is in the cache
  double rss = 0;      // half a second later
  double trimmed = 0;  // after malloc_trim
  double members = 0;
};

outcome ours(const played_facts& facts, bool chunk) {
  const double from = cpu_seconds();
  mc::client_options options;
  options.intents = mc::intent::guilds | mc::intent::guild_members | mc::intent::guild_messages | mc::intent::guild_webhooks;
  options.rest_url = "https://127.0.0.1:" + std::to_string(facts.port) + "/api/v10";
  options.ca_file = ca_file;
  options.compression = mc::gateway_compression::zlib_stream;
  options.chunk_guilds_at_start = chunk;
  options.log = mc::log_level::warning;
  mc::client bot(mc::token("secret"), options);
  outcome got;
  bot.on<mc::webhooks_update>([&](const mc::webhooks_update&) -> mc::task<> {
    got.cpu = cpu_seconds() - from;
    got.members = static_cast<double>(bot.cache().stats().of(mc::cache_kind::members).count);
    asio::steady_timer rest(co_await asio::this_coro::executor, std::chrono::milliseconds{500});
    co_await rest.async_wait(asio::use_awaitable);
    got.rss = status_bytes("self", "VmRSS");
    malloc_trim(0);
    got.trimmed = status_bytes("self", "VmRSS");
    bot.stop();
  });
  bot.run();
  return got;
}

bool compare_start(const std::string& what, const played_gateway& server, bool chunk, double members) {
  const auto& facts = server.facts();
  std::printf("%s: %.1f MB of JSON, %.1f MB over the wire\n", what.c_str(), static_cast<double>(facts.text_bytes) / 1e6,
              static_cast<double>(facts.wire_bytes) / 1e6);
  const std::string names[] = {what + ": bare Beast, inflate, simdjson (floor)", what + ": the client"};
  return compare({names[0].c_str(), [&] { return 1e3 * bare(facts); }},
                 {names[1].c_str(),
                  [&, chunk, members] {
                    const outcome got = ours(facts, chunk);
                    need(got.members == members, "the cache has not got all members");
                    return 1e3 * got.cpu;
                  }},
                 start_budget, "ms of CPU", checking ? 5 : pairs);
}

bool member_figure(const std::string& what, const played_gateway& many, const played_gateway& few, bool chunk) {
  const auto with = in_fresh_process<outcome>([&] { return ours(many.facts(), chunk); });
  const auto without = in_fresh_process<outcome>([&] { return ours(few.facts(), chunk); });
  const double more = with.members - without.members;
  const bool good = figure((what + ": RSS of a cached member").c_str(), (with.rss - without.rss) / more, "bytes", member_budget);
  figure((what + ": the same after malloc_trim").c_str(), (with.trimmed - without.trimmed) / more, "bytes");
  figure((what + ": RSS in all").c_str(), with.rss / 1e6, "MB");
  std::printf("\n");
  return good;
}

// --- the hello bot ---

struct memory {
  double rss = 0, high = 0, own = 0;
};

/// Of a program once it was sent everything and its memory has not changed for half a second.
memory memory_of(const std::string& program, const std::vector<std::string>& arguments, const played_gateway& server) {
  const pid_t child = fork();
  need(child >= 0, "fork");
  if (child == 0) {
    std::vector<char*> all{const_cast<char*>(program.c_str())};
    for (const auto& a : arguments) all.push_back(const_cast<char*>(a.c_str()));
    all.push_back(nullptr);
    execv(program.c_str(), all.data());
    std::_Exit(127);
  }
  server.await_sent();
  const std::string who = std::to_string(child);
  memory now;
  for (int same = 0; same < 10; ++same) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
    const double rss = status_bytes(who, "VmRSS");
    if (rss != now.rss) same = 0;
    now.rss = rss;
  }
  now.high = status_bytes(who, "VmHWM");
  now.own = status_bytes(who, "RssAnon");
  need(kill(child, SIGTERM) == 0 && waitpid(child, nullptr, 0) == child, "the program has ended");
  return now;
}

bool hello_figure(const std::string& folder, const mc::testing::test_ca& authority) {
  gateway_script script = script_of(1, 1);
  script.kind = compression::zstd_stream;  // the client's default
  const played_gateway server(script, authority);
  const std::string port = std::to_string(server.facts().port);
  setenv("MONOCHORD_REST_URL", ("https://127.0.0.1:" + port + "/api/v10").c_str(), 1);
  setenv("MONOCHORD_CA_FILE", ca_file.c_str(), 1);
  setenv("MONOCHORD_LOG", "warning", 1);
  setenv("DISCORD_TOKEN", "secret", 1);
  const memory floor = memory_of(folder + "/bench_hello_floor", {port, ca_file}, server);
  const memory bot = memory_of(folder + "/bench_hello_bot", {}, server);
  const auto print = [](const char* name, const memory& m) {
    std::printf("%-48s %10.2f MB   of it anonymous %.2f   most ever %.2f\n", name, m.rss / 1e6, m.own / 1e6, m.high / 1e6);
  };
  print("RSS: bare Beast, zstd, simdjson (floor)", floor);
  print("RSS: the hello bot", bot);
  figure("RSS of the hello bot", bot.rss / 1e6, "MB");
  return figure("RSS of the hello bot over the bare reader's", bot.rss / floor.rss, "x", hello_budget);
}

}  // namespace

int main(int argc, char** argv) {
  const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
  checking = check;
  const std::string once = argc > 2 && std::strcmp(argv[1], "--once") == 0 ? argv[2] : "";
  const mc::testing::test_ca authority;
  ca_pem = authority.pem();
  ca_file = (std::filesystem::temp_directory_path() / ("monochord_bench_" + std::to_string(::getpid()) + ".pem")).string();
  authority.write_pem(ca_file);
  const std::string folder = std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
  if (once == "hello") {
    const bool good = hello_figure(folder, authority);
    std::filesystem::remove(ca_file);
    return good ? 0 : 1;
  }
  if (!once.empty()) {
    const bool chunked = once.ends_with("chunks");
    const played_gateway server(chunked ? chunked_script(500'000) : script_of(1000, 200), authority);
    std::printf("%.0f ms of CPU\n", 1e3 * (once.starts_with("bare") ? bare(server.facts()) : ours(server.facts(), chunked).cpu));
    return 0;
  }
  bool good = hello_figure(folder, authority);
  {
    const std::uint64_t guilds = check ? 100 : 1000;
    const std::string what = std::to_string(guilds) + " guilds of 200";
    const played_gateway many(script_of(guilds, 200), authority), few(script_of(guilds, 10), authority);
    good &= compare_start(what, many, false, static_cast<double>(guilds) * 200);
    good &= member_figure(what, many, few, false);
  }
  {
    const int members = check ? 60'000 : 500'000;
    const std::string what = std::to_string(members) + " members of one guild";
    const played_gateway many(chunked_script(members), authority), few(chunked_script(1000), authority);
    good &= compare_start(what, many, true, members);
    good &= member_figure(what, many, few, true);
  }
  std::filesystem::remove(ca_file);
  return good ? 0 : 1;
}
