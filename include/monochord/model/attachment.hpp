// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/model/application.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/user.hpp>

namespace monochord {

/// What an attachment is.
/// https://docs.discord.com/developers/resources/message#attachment-object-attachment-flags
enum class attachment_flag : std::uint32_t {
  is_clip = 1U << 0,
  is_thumbnail = 1U << 1,
  is_remix = 1U << 2,  ///< deprecated
  is_spoiler = 1U << 3,
  is_animated = 1U << 5,
};
template <>
inline constexpr bool is_flags<attachment_flag> = true;

/// A file of a message.
/// https://docs.discord.com/developers/resources/message#attachment-object-attachment-structure
struct attachment {
  // Compiled once, in the library.
  attachment();
  attachment(const attachment&);
  attachment(attachment&&) noexcept;
  attachment& operator=(const attachment&);
  attachment& operator=(attachment&&) noexcept;
  ~attachment();

  attachment_id id;
  std::string filename;
  maybe<std::string> title;
  optional<std::string> description;
  optional<std::string> content_type;
  std::int64_t size = 0;
  std::string url;
  std::string proxy_url;
  maybe<int> height;
  maybe<int> width;
  optional<std::string> placeholder;
  optional<int> placeholder_version;
  optional_bool ephemeral;
  optional<double> duration_secs;
  optional<std::string> waveform;
  optional<monochord::flags<attachment_flag>> flags;
  optional<std::vector<user>> clip_participants;
  optional<timestamp> clip_created_at;
  maybe<box<monochord::application>> application;
};

}  // namespace monochord
