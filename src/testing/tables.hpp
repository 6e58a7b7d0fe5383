// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

/// What Discord accepts and answers, as data. The rows are in table_*.cpp, which cmake/generate_mock_tables.py writes.
namespace monochord::testing::tables {

enum class shape : std::uint8_t {
  any, null, boolean, integer, int32, number, string, snowflake, uri, date_time, base64,
  int_choice,   ///< one of numbers[first .. first + count)
  text_choice,  ///< one of texts[first .. first + count)
  list,         ///< elements of shapes[first]; count 1: they may be null
  map,          ///< values of shapes[first]; count 1: they may be null
  object,       ///< objects[first]
  one_of,       ///< shapes[alternatives[first .. first + count)]
};

inline constexpr std::uint16_t no_shape = 0xffff;
inline constexpr std::int64_t no_low = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t no_high = std::numeric_limits<std::int64_t>::max();

struct shape_row {
  shape kind;
  std::uint16_t first;
  std::uint16_t count;
};

/// `low` and `high` bound the length of text and lists, the value of numbers.
struct field_row {
  std::string_view name;
  std::uint16_t shape_index;
  std::uint8_t flags;
  std::int64_t low;
  std::int64_t high;
  constexpr bool required() const { return (flags & 1) != 0; }
  constexpr bool nullable() const { return (flags & 2) != 0; }
  constexpr bool unique() const { return (flags & 4) != 0; }
};

/// `tag` names the field whose value, one of numbers[tag_first .. tag_first + tag_count), marks this kind of object.
struct object_row {
  std::string_view name;
  std::uint16_t first_field;
  std::uint16_t field_count;
  std::string_view tag;
  std::uint16_t tag_first;
  std::uint16_t tag_count;
};

struct param_row {
  std::string_view name;
  std::uint16_t shape_index;
};

/// One answer of a route: a JSON value (`shape_index`), a file (`media` is its type), or nothing (`media` is empty).
struct answer_row {
  std::uint16_t status;
  std::uint16_t shape_index;  ///< no_shape when it is no JSON
  bool nullable;
  std::string_view media;
};

struct route_row {
  std::string_view method;
  std::string_view path;
  std::string_view operation;
  std::uint8_t auth;  ///< 1 bot, 2 bearer, 4 none, 8 basic
  std::uint16_t first_param;
  std::uint16_t param_count;
  std::uint16_t first_query;
  std::uint16_t query_count;
  std::uint16_t body;  ///< shape of the body, no_shape when it has none
  bool body_required;
  std::uint8_t content;  ///< 1 JSON, 2 form, 4 multipart
  std::uint16_t success;  ///< the lowest status of its answers
  std::uint16_t first_answer;
  std::uint16_t answer_count;
  bool audit_log_reason;       ///< the documentation says that it takes X-Audit-Log-Reason
  std::string_view file_part;  ///< name of a multipart part that is a file; "files": files[0], files[1] ...
  bool docs_only;              ///< the OpenAPI document does not know it

  /// Its secret token is a part of the path: such calls carry no Authorization header.
  constexpr bool token_in_path() const { return path.find("_token}") != std::string_view::npos; }
};

struct intent_row {
  std::string_view name;
  std::uint32_t bit;
  bool privileged;
};

/// Any bit of `guild` (for what happens in a guild) or `direct` (in a direct channel) brings the event.
struct event_row {
  std::string_view name;
  std::uint32_t guild;
  std::uint32_t direct;
  bool always;
};

struct close_row {
  int code;
  std::string_view meaning;
  bool reconnect;
  bool resume;
};

struct gateway_limits {
  int max_payload_bytes;
  int sends;
  int sends_per_seconds;
  int identify_seconds;
  int identify_budget_hours;
};

extern const std::span<const shape_row> shapes;
extern const std::span<const object_row> objects;
extern const std::span<const field_row> fields;
extern const std::span<const std::int64_t> numbers;
extern const std::span<const std::string_view> texts;
extern const std::span<const std::uint16_t> alternatives;
extern const std::span<const param_row> params;
extern const std::span<const answer_row> answers;
extern const std::span<const route_row> routes;
extern const std::span<const intent_row> intents;
extern const std::span<const event_row> events;
extern const std::span<const close_row> close_codes;
extern const std::span<const int> client_opcodes;
extern const gateway_limits limits;

}  // namespace monochord::testing::tables
