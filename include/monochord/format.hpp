// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>

namespace monochord {

struct channel;
struct emoji;
struct role;
struct user;

/// How a timestamp in a message is shown; each reader sees it in their own language and time zone.
/// https://docs.discord.com/developers/reference#message-formatting-timestamp-styles
enum class timestamp_style : char {
  short_time = 't',           ///< 16:20
  medium_time = 'T',          ///< 16:20:30
  short_date = 'd',           ///< 20/04/2021
  long_date = 'D',            ///< 20 April 2021
  long_date_short_time = 'f',  ///< 20 April 2021 at 16:20; what Discord takes without a style
  full_date_short_time = 'F',  ///< Tuesday, 20 April 2021 at 16:20
  short_date_short_time = 's',   ///< 20/04/2021, 16:20
  short_date_medium_time = 'S',  ///< 20/04/2021, 16:20:30
  relative = 'R',             ///< 2 months ago
};

/// Text as Discord's markdown wants it. Pure functions; may be called from any thread.
/// https://docs.discord.com/developers/reference#message-formatting
namespace format {

/// `<@id>`, `<#id>`, `<@&id>`. Whether somebody is notified is up to `allowed_mentions` of the message.
std::string mention(user_id user);
std::string mention(channel_id channel);
std::string mention(role_id role);
/// The role `@everyone` has the guild's id; its mention is the word.
std::string mention(const user& who);
std::string mention(const channel& where);
std::string mention(const role& whom);
/// `</name:id>`, which a reader can click on; `name` may be `group subcommand` for what is inside a command.
std::string mention_command(std::string_view name, command_id command);
std::string mention_command(std::string_view name, std::string_view subcommand, command_id command);
std::string mention_command(std::string_view name, std::string_view group, std::string_view subcommand, command_id command);

/// `<:name:id>`, or `<a:name:id>` when it moves.
std::string custom_emoji(std::string_view name, emoji_id emoji, bool animated = false);
/// As above; an emoji of Unicode is itself.
std::string custom_emoji(const emoji& which);

/// `<t:seconds:style>`; what is below a second is dropped.
std::string time(timestamp when);
std::string time(timestamp when, timestamp_style style);

/// Links to parts of a guild. https://docs.discord.com/developers/reference#message-formatting-guild-navigation-types
enum class guild_page : std::uint8_t { customize, browse, guide, linked_roles };
/// `<id:browse>` and the like.
std::string guild_navigation(guild_page page);
/// `<id:linked-roles:role>`, the linked role of one role.
std::string linked_role(role_id role);

/// Addresses of a channel and of a message. Without a guild it is a direct message.
std::string channel_link(guild_id guild, channel_id channel);
std::string message_link(guild_id guild, channel_id channel, message_id message);
/// `[text](url)`. Brackets in the text are escaped, and what would end the address is written in per cent.
std::string link(std::string_view text, std::string_view url);

/// Text that is shown as it is: every character that markdown gives a meaning is escaped, at the beginning of a line also
/// headings, lists and quotes, and the colon of `://`, so that addresses are no longer links.
std::string escape_markdown(std::string_view text);
/// Text that mentions nobody and nothing: a zero-width space goes into `@everyone`, `@here` and everything in angle
/// brackets that Discord would replace. To be sure that nobody is notified use `allowed_mentions`; this is about the looks.
std::string escape_mentions(std::string_view text);

/// `text` between backticks. The text cannot end it: a zero-width space goes between backticks that follow each other.
std::string inline_code(std::string_view text);
/// The same for a block of lines, with colours for a `language`. A language that is not letters, digits, `+`, `-`, `#`, `_`
/// or `.` is left out.
std::string code_block(std::string_view text, std::string_view language = {});
/// Each line behind `> `.
std::string quote(std::string_view text);
/// Hidden until it is clicked on. The text cannot end it.
std::string spoiler(std::string_view text);

}  // namespace format

}  // namespace monochord
