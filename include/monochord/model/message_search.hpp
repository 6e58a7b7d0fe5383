// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/model/channel.hpp>
#include <monochord/model/message.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// Whose messages are found; with `-` before it, whose are not.
/// https://docs.discord.com/developers/resources/message#search-guild-messages-author-types
struct search_author_type_names {
  static constexpr std::string_view user = "user";
  static constexpr std::string_view bot = "bot";
  static constexpr std::string_view webhook = "webhook";
};
using search_author_type = open_string<search_author_type_names>;

/// What a message has; with `-` before it, has not.
/// https://docs.discord.com/developers/resources/message#search-guild-messages-search-has-types
struct search_has_type_names {
  static constexpr std::string_view image = "image";
  static constexpr std::string_view sound = "sound";
  static constexpr std::string_view video = "video";
  static constexpr std::string_view file = "file";
  static constexpr std::string_view sticker = "sticker";
  static constexpr std::string_view embed = "embed";
  static constexpr std::string_view link = "link";
  static constexpr std::string_view poll = "poll";
  static constexpr std::string_view snapshot = "snapshot";
};
using search_has_type = open_string<search_has_type_names>;

/// What an embed shows.
/// https://docs.discord.com/developers/resources/message#search-guild-messages-search-embed-types
struct search_embed_type_names {
  static constexpr std::string_view image = "image";
  static constexpr std::string_view video = "video";
  static constexpr std::string_view gif = "gif";
  static constexpr std::string_view sound = "sound";
  static constexpr std::string_view article = "article";
};
using search_embed_type = open_string<search_embed_type_names>;

/// What comes first.
/// https://docs.discord.com/developers/resources/message#search-guild-messages-search-sort-modes
struct search_sort_mode_names {
  static constexpr std::string_view timestamp = "timestamp";
  static constexpr std::string_view relevance = "relevance";
};
using search_sort_mode = open_string<search_sort_mode_names>;

/// A message that was found, or stands beside one (`hit` tells).
struct found_message : message {
  optional_bool hit;
  optional<int> restriction_count;  ///< not documented
};

/// What was found.
/// https://docs.discord.com/developers/resources/message#search-guild-messages-response-body
struct message_search_result {
  // Compiled once, in the library.
  message_search_result();
  message_search_result(const message_search_result&);
  message_search_result(message_search_result&&) noexcept;
  message_search_result& operator=(const message_search_result&);
  message_search_result& operator=(message_search_result&&) noexcept;
  ~message_search_result();

  bool doing_deep_historical_index = false;
  maybe<int> documents_indexed;
  int total_results = 0;
  std::vector<std::vector<found_message>> messages;
  maybe<std::vector<channel>> threads;
  maybe<std::vector<thread_member>> members;
};

/// The answer to a search while the messages are still being indexed (202): ask again after `retry_after` seconds.
/// https://docs.discord.com/developers/resources/message#search-guild-messages
struct search_index_not_ready {
  std::string message;
  int code = 0;
  int documents_indexed = 0;
  double retry_after = 0;
};

}  // namespace monochord
