// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>

#include <monochord/format.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/role.hpp>
#include <monochord/model/user.hpp>

namespace monochord::format {

namespace {

constexpr std::string_view zero_width_space = "\xe2\x80\x8b";
constexpr std::string_view site = "https://discord.com/channels/";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Puts a zero-width space between neighbours that are both `c`, so that no run of them is left.
std::string without_runs(std::string_view text, char c) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i && text[i] == c && text[i - 1] == c) out += zero_width_space;
    out += text[i];
  }
  return out;
}

/// What markdown gives a meaning anywhere in a line.
bool is_special(char c) { return std::string_view("\\*_~`|[]<>").find(c) != std::string_view::npos; }

/// Escapes what markdown gives a meaning at the beginning of a line and moves past it: #, -, + and numbers of lists.
std::size_t escape_line_start(std::string_view text, std::size_t at, std::string& out) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) out += text[at++];
  if (at == text.size()) return at;
  if (text[at] == '#' || text[at] == '-' || text[at] == '+') {
    out += '\\';
    out += text[at++];
    return at;
  }
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == at || end == text.size() || (text[end] != '.' && text[end] != ')')) return at;
  out += text.substr(at, end - at);
  out += '\\';
  out += text[end];
  return end + 1;
}

/// Whether Discord would replace what begins with the `<` before `rest`.
bool opens_mention(std::string_view rest) {
  constexpr std::string_view starts[] = {"@", "#", "/", ":", "a:", "t:", "id:"};
  return std::any_of(std::begin(starts), std::end(starts), [&](std::string_view s) { return rest.starts_with(s); });
}

std::string in_brackets(std::string_view sign, std::string id) {
  std::string out = "<";
  out += sign;
  out += id;
  return out += '>';
}

}  // namespace

std::string mention(user_id user) { return in_brackets("@", user.str()); }
std::string mention(channel_id channel) { return in_brackets("#", channel.str()); }
std::string mention(role_id role) { return in_brackets("@&", role.str()); }
std::string mention(const user& who) { return mention(who.id); }
std::string mention(const channel& where) { return mention(where.id); }
std::string mention(const role& whom) { return whom.name == "@everyone" ? whom.name : mention(whom.id); }

std::string mention_command(std::string_view name, command_id command) {
  return in_brackets("/", std::string(name) + ":" + command.str());
}
std::string mention_command(std::string_view name, std::string_view subcommand, command_id command) {
  return mention_command(std::string(name) + " " + std::string(subcommand), command);
}
std::string mention_command(std::string_view name, std::string_view group, std::string_view subcommand, command_id command) {
  return mention_command(std::string(name) + " " + std::string(group), subcommand, command);
}

std::string custom_emoji(std::string_view name, emoji_id emoji, bool animated) {
  return in_brackets(animated ? "a:" : ":", std::string(name) + ":" + emoji.str());
}
std::string custom_emoji(const emoji& which) {
  const std::string name = which.name.value_or("");
  if (!which.id) return name;
  return custom_emoji(name, *which.id, which.animated.value_or(false));
}

std::string time(timestamp when) {
  return in_brackets("t:", std::to_string(std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count()));
}
std::string time(timestamp when, timestamp_style style) {
  std::string out = time(when);
  out.back() = ':';
  out += static_cast<char>(style);
  return out += '>';
}

std::string guild_navigation(guild_page page) {
  switch (page) {
    case guild_page::customize: return "<id:customize>";
    case guild_page::browse: return "<id:browse>";
    case guild_page::guide: return "<id:guide>";
    case guild_page::linked_roles: return "<id:linked-roles>";
  }
  return {};
}
std::string linked_role(role_id role) { return in_brackets("id:linked-roles:", role.str()); }

std::string channel_link(guild_id guild, channel_id channel) {
  return std::string(site) + (guild ? guild.str() : "@me") + "/" + channel.str();
}
std::string message_link(guild_id guild, channel_id channel, message_id message) {
  return channel_link(guild, channel) + "/" + message.str();
}

std::string link(std::string_view text, std::string_view url) {
  std::string out = "[";
  for (const char c : text) {
    if (c == '[' || c == ']' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  out += "](";
  for (const char c : url) {
    switch (c) {
      case '(': out += "%28"; break;
      case ')': out += "%29"; break;
      case '<': out += "%3C"; break;
      case '>': out += "%3E"; break;
      case ' ': out += "%20"; break;
      case '\n': out += "%0A"; break;
      default: out += c;
    }
  }
  return out += ')';
}

std::string escape_markdown(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  bool line_start = true;
  for (std::size_t i = 0; i < text.size();) {
    if (line_start) {
      line_start = false;
      i = escape_line_start(text, i, out);
      continue;
    }
    const bool address = text.substr(i).starts_with("://");
    if (is_special(text[i]) || address) out += '\\';
    line_start = text[i] == '\n';
    out += text[i++];
  }
  return out;
}

std::string escape_mentions(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    const std::string_view rest = text.substr(i + 1);
    const bool loud = text[i] == '@' && (rest.starts_with("everyone") || rest.starts_with("here"));
    if (loud || (text[i] == '<' && opens_mention(rest))) out += zero_width_space;
  }
  return out;
}

std::string inline_code(std::string_view text) {
  const std::string inner = text.empty() ? std::string(zero_width_space) : without_runs(text, '`');
  if (inner.find('`') == std::string::npos) return "`" + inner + "`";
  // Two backticks outside, and no one of the text beside them.
  const char* const before = inner.front() == '`' ? " " : "";
  const char* const after = inner.back() == '`' ? " " : "";
  return "``" + std::string(before) + inner + after + "``";
}

std::string code_block(std::string_view text, std::string_view language) {
  const bool named = std::all_of(language.begin(), language.end(), [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("+-#_.").find(c) != std::string_view::npos;
  });
  return "```" + std::string(named ? language : std::string_view()) + "\n" + without_runs(text, '`') + "\n```";
}

std::string quote(std::string_view text) {
  std::string out = "> ";
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "> ";
  }
  return out;
}

std::string spoiler(std::string_view text) {
  std::string inner = without_runs(text, '|');
  if (inner.starts_with('|')) inner.insert(0, zero_width_space);
  if (inner.ends_with('|')) inner += zero_width_space;
  return "||" + inner + "||";
}

}  // namespace monochord::format
