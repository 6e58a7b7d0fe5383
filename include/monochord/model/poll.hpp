// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/emoji.hpp>
#include <monochord/model/optional_bool.hpp>

namespace monochord {

/// How a poll is shown.
/// https://docs.discord.com/developers/resources/poll#layout-type
enum class poll_layout : std::int32_t {
  default_ = 1,
};

/// Text with an emoji.
/// https://docs.discord.com/developers/resources/poll#poll-media-object-poll-media-object-structure
struct poll_media {
  optional<std::string> text;
  box<monochord::emoji> emoji;
};

/// An answer that can be voted for.
/// https://docs.discord.com/developers/resources/poll#poll-answer-object-poll-answer-object-structure
struct poll_answer {
  optional<int> answer_id;
  monochord::poll_media poll_media;
};

/// The votes of one answer.
/// https://docs.discord.com/developers/resources/poll#poll-results-object-poll-answer-count-object-structure
struct poll_answer_count {
  int id = 0;
  int count = 0;
  bool me_voted = false;
};

/// The votes of a poll.
/// https://docs.discord.com/developers/resources/poll#poll-results-object-poll-results-object-structure
struct poll_results {
  bool is_finalized = false;
  std::vector<poll_answer_count> answer_counts;
};

/// A question with answers.
/// https://docs.discord.com/developers/resources/poll#poll-object-poll-object-structure
struct poll {
  poll_media question;
  std::vector<poll_answer> answers;
  maybe<timestamp> expiry;
  bool allow_multiselect = false;
  poll_layout layout_type{};
  optional<poll_results> results;
};

/// A poll to be sent.
/// https://docs.discord.com/developers/resources/poll#poll-create-request-object-poll-create-request-object-structure
struct poll_create_request {
  poll_media question;
  std::vector<poll_answer> answers;
  optional<int> duration;
  optional_bool allow_multiselect;
  optional<poll_layout> layout_type;
};

}  // namespace monochord
