// SPDX-License-Identifier: MIT
// A mock Discord as a program: any bot, written with any library, can log in to it. It prints one line of JSON when it
// is ready, then answers each command on its standard input with one line of JSON.
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/testing/mock_discord.hpp>
#include "core/descriptor_limit.hpp"

namespace mc = monochord;
using mc::testing::mock_discord;

namespace {

constexpr const char* usage = R"(usage: monochord-mock [options]

  --port N             listen there (default: any free port)
  --host NAME          the name in URLs and in the certificate (default: localhost)
  --token TEXT         the bot token that is accepted (not printed; default: a fixed one that is printed)
  --ca-file PATH       write the certificate authority's certificate there (default: a temporary file)
  --plain              http and ws instead of https and wss
  --compression WHICH  all (default), zlib, zstd or none
  --user NAME          a human (repeatable; default: alice and bob)
  --guild NAME         the guild (default: home)
  --channel NAME       a text channel of it (repeatable; default: general)
  --heartbeat MS       heartbeat interval (default: 41250)
  --serve              do not read standard input; runs until SIGINT or SIGTERM
  --routes             list Discord's routes: those that the mock plays, and those that it only checks
  --help

Commands on standard input, each answered by one line of JSON; end of input ends the mock:
  say USER CHANNEL TEXT...             {"message": id}
  slash USER CHANNEL NAME [OPT=VALUE]  {"interaction": id}; subcommands as NAME.SUB
  press USER MESSAGE CUSTOM_ID         {"interaction": id}
  select USER MESSAGE CUSTOM_ID VALUE  {"interaction": id}
  expect ID [SECONDS]                  {"reply": {...}} of a message or interaction, null when none came
  session [SECONDS] [SHARD]            {"connected": true} once a session is there
  resumed COUNT [SECONDS]              {"resumed": true} once that many RESUMEs were complete
  commands [SECONDS]                   {"commands": [names]} once there are any
  messages CHANNEL                     {"messages": [texts]}
  burst CHANNEL COUNT, disconnect [CODE], pause, continue, invalid-session true|false, reconnect
  violations, counters, quit
)";

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ",") + quoted(item);
  return "[" + out + "]";
}

void print(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

struct settings {
  mc::testing::mock_options mock;
  std::string ca_file;
  std::vector<std::string> users;
  std::vector<std::string> channels;
  std::string guild = "home";
  bool own_token = false;
  bool serve = false;
};

/// A wrong command line; the text says what is wrong.
struct usage_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

long number(const std::string& text, long low, long high) {
  char* end = nullptr;
  const long value = std::strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != '\0' || value < low || value > high)
    throw usage_error("\"" + text + "\" is no number from " + std::to_string(low) + " to " + std::to_string(high));
  return value;
}

settings read_arguments(int argc, char** argv) {
  settings out;
  out.mock.executor = {};
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string {
      if (i + 1 >= argc) throw usage_error(name + " needs a value");
      return argv[++i];
    };
    if (name == "--port") {
      out.mock.port = static_cast<std::uint16_t>(number(value(), 0, 65535));
    } else if (name == "--host") {
      out.mock.host = value();
    } else if (name == "--token") {
      out.mock.token = value();
      out.own_token = true;
    } else if (name == "--ca-file") {
      out.ca_file = value();
    } else if (name == "--plain") {
      out.mock.tls = false;
    } else if (name == "--compression") {
      const auto which = value();
      if (which != "all" && which != "zlib" && which != "zstd" && which != "none")
        throw usage_error("--compression is all, zlib, zstd or none");
      out.mock.allow_zlib = which == "all" || which == "zlib";
      out.mock.allow_zstd = which == "all" || which == "zstd";
    } else if (name == "--user") {
      out.users.push_back(value());
    } else if (name == "--guild") {
      out.guild = value();
    } else if (name == "--channel") {
      out.channels.push_back(value());
    } else if (name == "--heartbeat") {
      out.mock.heartbeat_interval = std::chrono::milliseconds(number(value(), 100, 3'600'000));
    } else if (name == "--serve") {
      out.serve = true;
    } else {
      throw usage_error("unknown option " + name);
    }
  }
  if (out.users.empty()) out.users = {"alice", "bob"};
  if (out.channels.empty()) out.channels = {"general"};
  return out;
}

bool readable(int descriptor) {
  pollfd watched{descriptor, POLLIN, 0};
  return ::poll(&watched, 1, 0) > 0;
}

/// The mock with the names of its world.
class session {
 public:
  /// `signals` becomes readable when the program has to end.
  session(const settings& with, int signals) : discord_(with.mock), signals_(signals) {
    for (const auto& name : with.users) users_[name] = discord_.add_user(name);
    guild_ = discord_.add_guild(with.guild, users_.begin()->second);
    for (const auto& [name, user] : users_)
      if (user != users_.begin()->second) discord_.join(guild_, user);
    for (const auto& name : with.channels) channels_[name] = discord_.add_text_channel(guild_, name);
    discord_.start();
    if (with.mock.tls) {
      ca_file_ = with.ca_file.empty() ? discord_.ca_file() : with.ca_file;
      if (!with.ca_file.empty()) {
        std::ofstream file(with.ca_file);
        if (!(file << discord_.ca_pem()) || !file.flush())
          throw mc::error(mc::errc::resource, "cannot write " + with.ca_file);
      }
    }
    own_token_ = with.own_token;
  }

  /// Addresses and ids; the token only when it is the fixed one, which opens nothing but mocks.
  std::string greeting() const {
    std::string out = "{\"ready\":true,\"rest\":" + quoted(discord_.rest_url()) + ",\"api\":" + quoted(discord_.api_url()) +
                      ",\"gateway\":" + quoted(discord_.gateway_url());
    if (!ca_file_.empty()) out += ",\"ca_file\":" + quoted(ca_file_);
    if (!own_token_) out += ",\"token\":" + quoted(discord_.token());
    out += ",\"application\":" + quoted(discord_.application().str()) + ",\"bot\":" + quoted(discord_.bot_user().str());
    out += ",\"guild\":" + quoted(guild_.str()) + ",\"users\":{" + ids(users_) + "},\"channels\":{" + ids(channels_) + "}}";
    return out;
  }

  /// The answer to one command line. Throws `error` or `usage_error`.
  std::string answer(const std::string& line) {
    std::istringstream in(line);
    const auto command = word(in);
    if (command == "say") {
      const auto user = find(users_, word(in));
      const auto channel = find(channels_, word(in));
      std::string text;
      std::getline(in >> std::ws, text);
      return "{\"message\":" + quoted(discord_.say(user, channel, text).str()) + "}";
    }
    if (command == "slash") return slash(in);
    if (command == "press" || command == "select") return component(command, in);
    if (command == "expect") return expect(in);
    if (command == "session") {
      const auto limit = seconds(in, 10);
      const auto shard = optional_word(in, "0");
      const auto id = static_cast<int>(number(shard, 0, 1'000'000));
      return flag("connected", patiently(limit, [&](mc::duration turn) { return discord_.wait_session(id, turn); }));
    }
    if (command == "resumed") {
      const auto count = static_cast<std::uint64_t>(number(word(in), 0, 1'000'000));
      const auto enough = [&](const auto& now) { return now.resumed >= count; };
      return flag("resumed", patiently(seconds(in, 10), [&](mc::duration turn) { return discord_.wait_until(enough, turn); }));
    }
    if (command == "commands") {
      const auto any = [&](const auto&) { return !discord_.registered_commands().empty() || !discord_.registered_commands(guild_).empty(); };
      patiently(seconds(in, 10), [&](mc::duration turn) { return discord_.wait_until(any, turn); });
      auto names = discord_.registered_commands();
      for (auto& name : discord_.registered_commands(guild_)) names.push_back(std::move(name));
      return "{\"commands\":" + list(names) + "}";
    }
    if (command == "messages") return "{\"messages\":" + list(discord_.messages(find(channels_, word(in)))) + "}";
    if (command == "burst") {
      const auto channel = find(channels_, word(in));
      discord_.burst(channel, static_cast<std::size_t>(number(word(in), 0, 1'000'000)));
      return flag("done", true);
    }
    if (command == "disconnect") {
      const auto code = optional_word(in, "");
      if (code.empty()) discord_.disconnect();
      else discord_.disconnect(mc::testing::disconnect_how::close_frame, static_cast<std::uint16_t>(number(code, 1000, 4999)));
      return flag("done", true);
    }
    if (command == "pause") return discord_.pause(), flag("done", true);
    if (command == "continue") return discord_.resume_traffic(), flag("done", true);
    if (command == "reconnect") return discord_.reconnect_op7(), flag("done", true);
    if (command == "invalid-session") return discord_.invalid_session(word(in) == "true"), flag("done", true);
    if (command == "violations") return violations();
    if (command == "counters") return counters();
    throw usage_error("unknown command \"" + command + "\"");
  }

 private:
  template <class Id>
  static std::string ids(const std::map<std::string, Id>& named) {
    std::string out;
    for (const auto& [name, id] : named) out += (out.empty() ? "" : ",") + quoted(name) + ":" + quoted(id.str());
    return out;
  }
  template <class Id>
  static Id find(const std::map<std::string, Id>& named, const std::string& text) {
    const auto found = named.find(text);
    if (found != named.end()) return found->second;
    if (const Id id = Id::parse(text)) return id;
    throw usage_error("nothing is named \"" + text + "\"");
  }
  static std::string flag(const char* name, bool value) {
    return std::string("{\"") + name + "\":" + (value ? "true" : "false") + "}";
  }
  static std::string optional_word(std::istream& in, std::string otherwise) {
    std::string text;
    return in >> text ? text : std::move(otherwise);
  }
  static std::string word(std::istream& in) {
    std::string text;
    if (!(in >> text)) throw usage_error("the command needs more words");
    return text;
  }
  static mc::duration seconds(std::istream& in, long otherwise) {
    return std::chrono::seconds(number(optional_word(in, std::to_string(otherwise)), 0, 3600));
  }

  /// Waits in short turns, so that a signal ends it too. What `wait(turn)` gives, as soon as it is something.
  template <class Wait>
  std::invoke_result_t<Wait, mc::duration> patiently(mc::duration limit, Wait wait) {
    constexpr mc::duration turn = std::chrono::milliseconds{100};
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
      const mc::duration left = deadline - std::chrono::steady_clock::now();
      auto found = wait(std::clamp(left, mc::duration::zero(), turn));
      if (found || left <= turn || readable(signals_)) return found;
    }
  }

  std::string slash(std::istream& in) {
    const auto user = find(users_, word(in));
    const auto channel = find(channels_, word(in));
    auto name = word(in);
    for (char& c : name)
      if (c == '.') c = ' ';
    std::vector<mc::testing::mock_option> options;
    for (std::string part; in >> part;) {
      const auto equals = part.find('=');
      if (equals == std::string::npos) throw usage_error("an option is NAME=VALUE");
      options.push_back({part.substr(0, equals), part.substr(equals + 1)});
    }
    return "{\"interaction\":" + quoted(discord_.slash(user, channel, name, options).str()) + "}";
  }

  std::string component(const std::string& command, std::istream& in) {
    const auto user = find(users_, word(in));
    const auto message = mc::message_id::parse(word(in));
    const auto custom_id = word(in);
    const auto interaction = command == "press" ? discord_.press(user, message, custom_id)
                                                : discord_.select(user, message, custom_id, {word(in)});
    return "{\"interaction\":" + quoted(interaction.str()) + "}";
  }

  std::string expect(std::istream& in) {
    const auto id = word(in);
    const auto limit = seconds(in, 10);
    std::optional<mc::testing::mock_reply> reply;
    const bool interaction = interactions_known(id);
    reply = patiently(limit, [&](mc::duration turn) {
      return interaction ? discord_.wait_reply(mc::interaction_id::parse(id), turn)
                         : discord_.wait_reply(mc::message_id::parse(id), turn);
    });
    if (!reply) return "{\"reply\":null}";
    char latency[32];
    std::snprintf(latency, sizeof latency, "%.3f", std::chrono::duration<double, std::milli>(reply->latency).count());
    return "{\"reply\":{\"content\":" + quoted(reply->content) + ",\"message\":" + quoted(reply->message.str()) +
           ",\"ephemeral\":" + (reply->ephemeral ? "true" : "false") + ",\"type\":" + std::to_string(reply->callback_type) +
           ",\"latency_ms\":" + latency + "}}";
  }
  /// Interactions and messages share one kind of number; only one of them has this one.
  bool interactions_known(const std::string& id) { return discord_.knows(mc::interaction_id::parse(id)); }

  std::string violations() {
    std::string out;
    for (const auto& one : discord_.violations())
      out += (out.empty() ? "" : ",") + ("{\"kind\":" + quoted(one.kind)) + ",\"text\":" + quoted(one.text) + "}";
    return "{\"violations\":[" + out + "]}";
  }

  std::string counters() {
    const auto now = discord_.counters();
    const std::vector<std::pair<const char*, std::uint64_t>> all{
        {"connections", now.connections},     {"open_connections", now.open_connections},
        {"identifies", now.identifies},       {"resumes", now.resumes},
        {"resumes_at_resume_url", now.resumes_at_resume_url},
        {"resumed", now.resumed},             {"invalid_sessions", now.invalid_sessions},
        {"heartbeats", now.heartbeats},       {"events_sent", now.events_sent},
        {"events_replayed", now.events_replayed}, {"requests", now.requests},
        {"responses_429", now.responses_429}, {"responses_4xx", now.responses_4xx},
        {"responses_5xx", now.responses_5xx}, {"not_played", now.not_played}};
    std::string out;
    for (const auto& [name, value] : all) out += (out.empty() ? "" : ",") + quoted(name) + ":" + std::to_string(value);
    return "{\"counters\":{" + out + "}}";
  }

  mock_discord discord_;
  int signals_;
  std::map<std::string, mc::user_id> users_;
  std::map<std::string, mc::channel_id> channels_;
  mc::guild_id guild_;
  std::string ca_file_;
  bool own_token_ = false;
};

/// Answers a line; false when it was the last.
bool answered(session& here, const std::string& line) {
  if (line == "quit") return false;
  if (line.empty()) return true;
  try {
    print(here.answer(line));
  } catch (const std::exception& e) {
    print("{\"error\":" + quoted(e.what()) + "}");
  }
  return true;
}

/// Lines of standard input until it ends, "quit" is read or a signal comes.
void talk(session& here, int signals, bool read_input) {
  std::string pending;
  for (;;) {
    pollfd watched[2] = {{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    if (::poll(watched, read_input ? 2 : 1, -1) < 0) return;
    if (watched[0].revents != 0) return;
    char buffer[4096];
    const auto count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count <= 0) {
      answered(here, pending);  // a last line need not end like one
      return;
    }
    pending.append(buffer, static_cast<std::size_t>(count));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      const std::string line = pending.substr(0, end);
      pending.erase(0, end + 1);
      if (!answered(here, line) || readable(signals)) return;
    }
  }
}

int list_routes() {
  for (const auto& route : mock_discord::routes())
    std::printf("%-8s %-6s %s\n", route.played ? "played" : "checked", route.method.c_str(), route.path.c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") return std::fputs(usage, stdout), 0;
    if (argument == "--routes") return list_routes();
  }
  // Before any thread is made, so that all of them leave these signals to the descriptor.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  mc::detail::provide_all_descriptors();  // one a shard
  const int signals = ::signalfd(-1, &ends, SFD_CLOEXEC);
  try {
    const settings with = read_arguments(argc, argv);
    session here(with, signals);
    print(here.greeting());
    talk(here, signals, !with.serve);
    return 0;
  } catch (const usage_error& e) {
    std::fprintf(stderr, "monochord-mock: %s\n%s", e.what(), usage);
    return 2;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "monochord-mock: %s\n", e.what());
    return 1;
  }
}
