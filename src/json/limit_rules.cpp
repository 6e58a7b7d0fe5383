// SPDX-License-Identifier: MIT
// Limits that concern more than one field: sums over a message or a command, and what excludes each other.
#include <algorithm>

#include <monochord/model/application_command_bodies.hpp>
#include <monochord/model/bodies.hpp>
#include <monochord/model/command_builder.hpp>
#include <monochord/model/component.hpp>
#include <monochord/model/embed.hpp>
#include <monochord/model/guild_bodies.hpp>
#include <monochord/model/poll.hpp>
#include <monochord/model/lobby_bodies.hpp>
#include <monochord/model/thread_bodies.hpp>
#include <monochord/model/webhook_bodies.hpp>

#include "json/limit_rules.hpp"
#include "json/limit_walk.hpp"

namespace monochord::json {

namespace {

constexpr std::int64_t embeds_characters = 6000;
constexpr std::int64_t components_v2_total = 40;
constexpr std::int64_t legacy_rows = 5;
constexpr std::int64_t message_files = 10;
constexpr std::int64_t file_description = 1024;
constexpr std::int64_t modal_components = 5;
constexpr std::int64_t modal_components_wide = 40;
constexpr std::int64_t poll_answer_characters = 55;
constexpr std::int64_t channel_topic = 1024;
constexpr std::int64_t voice_users = 99;
constexpr std::int64_t command_description = 100;
constexpr std::int64_t command_characters = 8000;

std::size_t length(const optional<std::string>& text) { return text ? code_points(*text) : 0; }

/// https://docs.discord.com/developers/resources/message#embed-object-embed-limits
std::size_t characters(const embed& e) {
  const auto shown = [](std::string_view text) { return code_points(trimmed(text)); };
  std::size_t sum = 0;
  if (e.title) sum += shown(*e.title);
  if (e.description) sum += shown(*e.description);
  if (e.footer) sum += shown(e.footer->text);
  if (e.author) sum += shown(e.author->name);
  if (e.fields) {
    for (const embed_field& field : *e.fields) sum += shown(field.name) + shown(field.value);
  }
  return sum;
}

std::size_t total(const auto& components);

/// A component and all within it.
std::size_t total_of(const component& c) {
  if (const auto* row = c.get_if<action_row>()) return 1 + total(row->components);
  if (const auto* box = c.get_if<container>()) return 1 + total(box->components);
  if (const auto* part = c.get_if<section>()) return 1 + total(part->components) + (part->accessory.empty() ? 0 : 1);
  return 1;
}
std::size_t total(const auto& components) {
  std::size_t sum = 0;
  for (const component& c : components) sum += total_of(c);
  return sum;
}

void file_limits(list<file_body> files, const limit_walk& walk) {
  walk.at_most("files", files.size(), message_files, " files");
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::size_t size = code_points(files[i].description);
    if (size > static_cast<std::size_t>(file_description))
      walk.at_most("files[" + std::to_string(i) + "].description", size, file_description, " characters");
  }
}

/// The parts that a message and an edit have alike.
void content_limits(list<embed> embeds, list<component> components, list<file_body> files, const limit_walk& walk) {
  std::size_t sum = 0;
  for (const embed& e : embeds) sum += characters(e);
  walk.at_most("embeds", sum, embeds_characters, " characters in all of them");
  walk.at_most("components", total(components), components_v2_total, " components, nested ones included");
  file_limits(files, walk);
}

/// With the flag a message consists of components alone. https://docs.discord.com/developers/components/reference
void v2_excludes(bool content, bool embeds, bool poll, bool stickers, const limit_walk& walk) {
  constexpr std::string_view reason = "a message with the flag is_components_v2 takes none: say it with components";
  if (content) walk.refuse("content", reason);
  if (embeds) walk.refuse("embeds", reason);
  if (poll) walk.refuse("poll", reason);
  if (stickers) walk.refuse("sticker_ids", reason);
}
bool is_v2(const maybe<flags<message_flag>>& flags) { return flags && flags->has(message_flag::is_components_v2); }
bool says(const maybe<std::string_view>& content) { return content && !content->empty(); }
template <class T>
list<T> items(const maybe<list<T>>& values) {
  return values ? *values : list<T>();
}

bool is_select(const component& c) {
  switch (c.type()) {
    case component_type::string_select:
    case component_type::user_select:
    case component_type::role_select:
    case component_type::mentionable_select:
    case component_type::channel_select: return true;
    default: return false;
  }
}

// Of a text and its translations only the longest counts.
template <class Map>
std::size_t longest(std::size_t plain, const Map& translations) {
  if (translations) {
    for (const auto& entry : *translations) plain = std::max(plain, code_points(entry.value));
  }
  return plain;
}
std::size_t characters(const command_choice& c) {
  return longest(code_points(c.name), c.name_localizations) + code_points(c.value.text());
}
std::size_t characters(const command_option& o) {
  std::size_t sum = longest(code_points(o.name), o.name_localizations) +
                    longest(code_points(o.description), o.description_localizations);
  if (o.choices) {
    for (const command_choice& c : *o.choices) sum += characters(c);
  }
  if (o.options) {
    for (const command_option& inner : *o.options) sum += characters(inner);
  }
  return sum;
}
std::size_t characters(const command_option_body& o) {
  std::size_t sum = longest(code_points(o.name), o.name_localizations) +
                    longest(code_points(o.description), o.description_localizations);
  for (const command_choice_body& c : o.choices)
    sum += longest(code_points(c.name), c.name_localizations) + code_points(c.value);
  for (const command_option_body& inner : o.options) sum += characters(inner);
  return sum;
}

void described(application_command_type type, std::size_t size, const limit_walk& walk) {
  const bool none = type == application_command_type::user || type == application_command_type::message;
  walk.at_most("description", size, none ? 0 : command_description, none ? " characters, of this type of command" : " characters");
  if (type == application_command_type::chat_input) walk.at_least("description", size, 1, " characters");
}

void in_all(std::size_t sum, const limit_walk& walk) {
  walk.at_most("options", sum, command_characters, " characters of names, descriptions and values in all");
}

template <class Body>
void new_message(const Body& body, list<file_body> files, bool stickers, const limit_walk& walk) {
  if (body.embeds.empty() && body.components.empty() && files.empty() && !body.flags) return;  // hardly more than text
  content_limits(body.embeds, body.components, files, walk);
  if (is_v2(body.flags)) return v2_excludes(says(body.content), !body.embeds.empty(), body.poll, stickers, walk);
  walk.at_most("components", body.components.size(), legacy_rows, " rows without the flag is_components_v2");
}

}  // namespace

void message_limits(const create_message_body& body, const limit_walk& walk) {
  new_message(body, body.files, !body.sticker_ids.empty(), walk);
}
void message_limits(const execute_webhook_body& body, const limit_walk& walk) { new_message(body, body.files, false, walk); }
void message_limits(const forum_thread_message_body& body, const limit_walk& walk) {
  new_message(body, {}, !body.sticker_ids.empty(), walk);
}
void forum_post_limits(const start_thread_in_forum_or_media_channel_body& body, const limit_walk& walk) {
  file_limits(body.files, walk);
}
void message_limits(const send_lobby_message_body& body, const limit_walk& walk) {
  new_message(body, body.files, !body.sticker_ids.empty(), walk);
}

void message_limits(const edit_message_body& body, const limit_walk& walk) {
  content_limits(items(body.embeds), items(body.components), body.files, walk);
  if (is_v2(body.flags)) v2_excludes(says(body.content), !items(body.embeds).empty(), body.poll, false, walk);
}

void message_limits(const interaction_response_data& body, const limit_walk& walk) {
  content_limits(items(body.embeds), items(body.components), body.files, walk);
  if (is_v2(body.flags)) v2_excludes(says(body.content), !items(body.embeds).empty(), body.poll, false, walk);
}

void response_limits(const interaction_response_body& body, const limit_walk& walk) {
  if (!body.data) return;
  const std::size_t count = items(body.data->components).size();
  if (body.type == interaction_callback_type::channel_message_with_source && !is_v2(body.data->flags))
    walk.at_most("data.components", count, legacy_rows, " rows without the flag is_components_v2");
  if (body.type != interaction_callback_type::modal) return;
  walk.at_least("data.components", count, 1, " components");
  walk.at_most("data.components", count, walk.strict() ? modal_components : modal_components_wide, " components of a modal");
}

/// By the type of the channel. https://docs.discord.com/developers/resources/channel#channel-object-channel-structure
void channel_limits(const create_guild_channel_body& channel, const limit_walk& walk) {
  const auto type = channel.type.value_or(channel_type::guild_text);
  const bool forum = type == channel_type::guild_forum || type == channel_type::guild_media;
  if (walk.strict() && !forum && channel.topic)
    walk.at_most("topic", code_points(*channel.topic), channel_topic, " characters outside of a forum");
  if (type == channel_type::guild_voice && channel.user_limit)
    walk.at_most("user_limit", static_cast<std::size_t>(*channel.user_limit), voice_users, " in a voice channel");
}

/// https://docs.discord.com/developers/resources/message#allowed-mentions-object
void mention_limits(const allowed_mentions& mentions, const limit_walk& walk) {
  const auto either = [&](std::string_view kind, bool ids) {
    const auto kinds = items(mentions.parse);
    if (ids && std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
      walk.refuse("parse", "Discord takes all " + std::string(kind) + " or the ids of some, not both");
  };
  either("users", !items(mentions.users).empty());
  either("roles", !items(mentions.roles).empty());
}

void action_row_limits(const action_row& row, const limit_walk& walk) {
  if (row.components.size() > 1 && std::any_of(row.components.begin(), row.components.end(), is_select))
    walk.refuse("components", std::to_string(row.components.size()) + " components, Discord takes a select only alone");
}

void poll_limits(const poll_create_request& poll, const limit_walk& walk) {
  if (!walk.strict()) return;
  for (std::size_t i = 0; i < poll.answers.size(); ++i) {
    const std::size_t size = length(poll.answers[i].poll_media.text);
    if (size > static_cast<std::size_t>(poll_answer_characters))
      walk.at_most("answers[" + std::to_string(i) + "].poll_media.text", size, poll_answer_characters, " characters");
  }
}

void command_limits(const application_command_body& command, const limit_walk& walk) {
  const std::size_t description = command.description ? code_points(*command.description) : 0;
  described(command.type.value_or(application_command_type::chat_input), description, walk);
  std::size_t sum = longest(code_points(command.name), command.name_localizations) +
                    longest(description, command.description_localizations);
  for (const command_option_body& o : command.options) sum += characters(o);
  in_all(sum, walk);
}

void command_limits(const command_definition& command, const limit_walk& walk) {
  const std::size_t description = length(command.description);
  described(command.type.value_or(application_command_type::chat_input), description, walk);
  std::size_t sum = longest(code_points(command.name), command.name_localizations) +
                    longest(description, command.description_localizations);
  if (command.options) {
    for (const command_option& o : *command.options) sum += characters(o);
  }
  in_all(sum, walk);
}

// What an edit leaves as it is counts too, but is not known here.
void command_limits(const edit_application_command_body& command, const limit_walk& walk) {
  const auto size = [](const maybe<std::string_view>& text) { return text ? code_points(*text) : 0; };
  std::size_t sum = longest(size(command.name), command.name_localizations) +
                    longest(size(command.description), command.description_localizations);
  for (const command_option_body& o : items(command.options)) sum += characters(o);
  in_all(sum, walk);
}

}  // namespace monochord::json
