// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <monochord/json/codec.hpp>

#include "json/limit_table.hpp"
#include "json/written_name.hpp"

// What the engine walks: tables of fields, and how the type of each is read and written.
namespace monochord::detail {
struct boxed_ops;
}

namespace monochord::json {

enum class kind : std::uint8_t {
  boolean,
  int32,
  uint32,
  int64,
  uint64,
  number,
  text,        // std::string
  text_like,   // open_string, which is nothing but a std::string
  text_view,   // std::string_view, only written
  id,          // 64 bits as decimal text
  bits_text,   // flags of 64 bits as decimal text
  timestamp,   // these need nothing of their type, and are always there
  optional_bool,
  null_bool,
  raw,
  scalar,
  object,  // from here on they hold others
  row,         // std::vector; list, which is only written
  map,
  wrapper,     // optional, maybe, box; pointer, which is only written
  tagged,
};

// Where a wrapper has its flags, counted from its value, which comes first; 0: it has none.
struct wrapper_flags {
  std::uint16_t has = 0;   // of optional and maybe
  std::uint16_t null = 0;  // of maybe
};

// One line of a processor's cache, like a field: a bot that slept since its last event has to wait for each of them.
struct alignas(64) type {
  kind what;
  bool required;  // of a field: the object is refused without it
  const type* inner = nullptr;
  const table& (*object)() noexcept = nullptr;  // also of a wrapper or row, what is in it
  const void* how = nullptr;                    // the *_how of its kind
  const struct tagged_how& (*tag)() noexcept = nullptr;
  wrapper_flags flags = {};
  void* (*emplace)(void*) = nullptr;  // of a wrapper that can be read
};

struct wrapper_how {
  const void* (*get)(const void*);  // null: no value
  void (*set_null)(void*);          // null: has no third state
  bool (*is_null)(const void*);
};
struct row_view {
  const void* first;
  std::size_t count;
};
struct row_how {
  void* (*push)(void*);  // null: cannot be read
  void (*clear)(void*);
  row_view (*view)(const void*);
  std::size_t stride;
  bool comma_separated = false;                   // in a query
  void* (*resize)(void*, std::size_t) = nullptr;  // of values that are copied as bytes; gives the first
  // An element that needs no tables is taken from where `here` is, and the place behind it given; null: nothing was taken.
  const std::uint32_t* (*take)(void* row, const class reader& here) = nullptr;
};
struct map_how {
  // The place of the value of a new key; null when the key cannot be one. A key that is there keeps its value.
  void* (*add)(void* map, std::string_view key, bool& fresh);
  void (*clear)(void*);
  row_view (*view)(const void*);
  void (*key)(const void* entry, std::string& out);  // appends, unescaped
  std::size_t stride;
  std::size_t value_offset;
};
struct alternative {
  std::int64_t type;
  const table& (*object)() noexcept;
  const monochord::detail::boxed_ops& (*ops)() noexcept;
  void* (*make)(void* tagged, std::int64_t type);
};
struct tagged_how {
  const alternative* first;
  std::size_t count;
  bool outside;  // told by `type` of the object around it, not by its own
  void (*set_unknown)(void*, std::int64_t type, std::string text);
  std::int64_t (*type_of)(const void*);
  const void* (*value)(const void*);
  const monochord::detail::boxed_ops* (*ops)(const void*);
};

// Where in an object it is seen that a field is absent. Of a whole table they are in a line or two, so that nobody has to
// look at the fields that are not there.
struct mark {
  std::uint16_t offset;  // of a flag of an optional or maybe; or of a pointer, or the count of a list
  std::uint8_t null;     // of a flag: how far behind it the one of null is; 0: it has none
  std::uint8_t place;    // of its field
};

struct alignas(64) field {
  std::string_view name;
  const type* how;
  written_name written;
  std::uint32_t offset;
  wrapper_flags flags;
  std::uint8_t bits_behind;  // of `written`
  std::uint8_t place;        // among the fields of its table
  std::uint8_t tail_at;      // of `written`
  bool required;
  bool wrapped;
  kind what;  // of the value; of an optional or maybe, of what is in it. `wrapper`: nothing is known but by the type
  std::uint8_t first_limit;  // among those of its table
  std::uint8_t limits;       // how many it has

  // Whether its name stands at `text` as Discord writes it; as for written_name::is_at.
  bool is_at(const char* text) const noexcept { return written.is_at(text, name, bits_behind, tail_at); }
};
static_assert(sizeof(type) == 64 && sizeof(field) == 64);

// Objects of a kind that is newer than this library, whose other fields are not known: their text is kept and written back.
struct keep_how {
  bool (*wanted)(const void*);
  void (*set)(void*, std::string);
  std::string_view (*text)(const void*);  // empty: none is kept
};

// What is looked at whenever an object is read stands in the first line.
struct alignas(64) table {
  const field* fields = nullptr;
  std::uint8_t count = 0;
  std::uint8_t mask = 0;                         // of `slots`, whose size is a power of two
  std::uint8_t marked = 0;                       // how many `marks` there are
  std::uint8_t flags = 0;                        // how many of them are flags, which come first
  std::uint32_t inlined_offset = 0;
  const table& (*inlined)() noexcept = nullptr;  // an object whose fields stand among ours
  const keep_how* keep = nullptr;
  const std::uint8_t* slots = nullptr;           // open addressing by written_name::slot; 255 is empty
  const mark* marks = nullptr;
  std::uint64_t required = 0;                    // bits of fields
  std::uint64_t unmarked = 0;                    // of those that have no mark
  std::uint64_t limited = 0;                     // of those that have limits, or whose values may have
  bool (*reduced)(const void*) = nullptr;        // only id and `unavailable` are there
  std::string_view name{};
  limit_list limits{};
};

}  // namespace monochord::json
