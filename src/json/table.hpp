// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/open_enum.hpp>
#include <monochord/core/optional.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/core/timestamp.hpp>
#include <monochord/json/codec.hpp>
#include <monochord/model/flat_map.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/null_bool.hpp>
#include <monochord/model/optional_bool.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/scalar.hpp>
#include <monochord/model/tagged.hpp>
#include <monochord/model/view_map.hpp>

#include "json/limit_table.hpp"
#include "json/name_ends.hpp"

// The tables that the engine walks. A model gets its table with one line, MONOCHORD_MODEL(role, id, name, ...), in one of
// the tables_*.cpp. How a field is read and written follows from its type:
//   T                 required            optional<T>, box<T>, optional_bool  absent or a value
//   maybe<T>          absent, null or a value                        list<T>       absent when empty
// A member `default_` is `default` on the wire (a trailing underscore avoids keywords).
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
  timestamp,
  optional_bool,
  null_bool,
  raw,
  scalar,
  object,
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

struct type {
  kind what;
  bool required;  // of a field: the object is refused without it
  const type* inner = nullptr;
  const table& (*object)() noexcept = nullptr;
  const void* how = nullptr;  // the *_how of its kind
  const struct tagged_how& (*tag)() noexcept = nullptr;
  wrapper_flags flags = {};
};

struct text_how {
  std::string_view (*view)(const void*);
};
struct wrapper_how {
  void* (*emplace)(void*);             // null: cannot be read
  const void* (*get)(const void*);     // null: no value
  void (*set_null)(void*);             // null: has no third state
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
  bool absent_when_empty;
  bool comma_separated = false;                   // in a query
  void (*reserve)(void*, std::size_t) = nullptr;  // of rows of single values
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

struct field {
  std::string_view name;
  const type* how;
  std::uint32_t offset;
  bool required;
  std::uint8_t place = 0;  // among the fields of its table
  bool wrapped = false;
  kind what{};  // of the value; of one that is wrapped, of what is in the wrapper
  wrapper_flags flags = {};
  name_ends ends = {};
  written_name written = {};
};

// Objects of a kind that is newer than this library, whose other fields are not known: their text is kept and written back.
struct keep_how {
  bool (*wanted)(const void*);
  void (*set)(void*, std::string);
  std::string_view (*text)(const void*);  // empty: none is kept
};

struct table {
  std::string_view name;
  const field* fields;
  std::uint32_t count;
  std::uint32_t mask;            // of `slots`, whose size is a power of two
  const std::uint8_t* slots;     // open addressing by slot_of; 255 is empty
  std::uint64_t required;        // bits of fields
  const table& (*inlined)() noexcept = nullptr;  // an object whose fields stand among ours
  std::uint32_t inlined_offset = 0;
  bool (*reduced)(const void*) = nullptr;  // only id and `unavailable` are there
  limit_list limits{};
  const keep_how* keep = nullptr;
};

namespace detail {

template <class T>
struct type_of;  // of a model: below

template <class T>
inline constexpr const type* how = &type_of<T>::value;

template <class T>
constexpr kind number_kind() {
  if constexpr (std::is_same_v<T, bool>) return kind::boolean;
  else if constexpr (std::is_floating_point_v<T>) return kind::number;
  else if constexpr (sizeof(T) == 8) return std::is_signed_v<T> ? kind::int64 : kind::uint64;
  else {
    static_assert(sizeof(T) == 4, "a number on the wire has 32 or 64 bits");
    return std::is_signed_v<T> ? kind::int32 : kind::uint32;
  }
}

template <class T>
  requires std::is_arithmetic_v<T>
struct type_of<T> {
  static constexpr type value{number_kind<T>(), true};
};
template <class T>
  requires std::is_enum_v<T>
struct type_of<T> {
  static constexpr type value{number_kind<std::underlying_type_t<T>>(), true};
};
template <class E>
struct type_of<flags<E>> {
  static constexpr bool text = sizeof(E) == 8 && !is_number_flags<E>;
  static constexpr type value{text ? kind::bits_text : number_kind<std::underlying_type_t<E>>(), true};
};
template <class Tag>
struct type_of<monochord::id<Tag>> {
  static constexpr type value{kind::id, true};
};
template <>
struct type_of<std::string> {
  static constexpr type value{kind::text, true};
};
template <>
struct type_of<std::string_view> {
  static constexpr type value{kind::text_view, true};
};
template <>
struct type_of<monochord::timestamp> {
  static constexpr type value{kind::timestamp, true};
};
template <>
struct type_of<monochord::optional_bool> {
  static constexpr type value{kind::optional_bool, false};
};
template <>
struct type_of<monochord::null_bool> {
  static constexpr type value{kind::null_bool, false};
};
template <>
struct type_of<raw_json> {
  static constexpr type value{kind::raw, true};
};
template <>
struct type_of<monochord::scalar> {
  static constexpr type value{kind::scalar, true};
};
template <class Tag>
struct type_of<open_string<Tag>> {
  static_assert(std::is_standard_layout_v<open_string<Tag>> && sizeof(open_string<Tag>) == sizeof(std::string));
  static constexpr text_how text{
      [](const void* at) -> std::string_view { return static_cast<const open_string<Tag>*>(at)->str(); }};
  static constexpr type value{kind::text_like, true, nullptr, nullptr, &text};
};
// The classes have a value, behind it a flag and, a maybe, behind that another flag (core/optional.hpp, core/maybe.hpp). The sizes
// say that there is nothing else in them; that it is in this order, the tests of every wrapped field.
template <class T>
consteval wrapper_flags flags_of() {
  constexpr auto with_flag = [](std::size_t size) { return (size / alignof(T) + 1) * alignof(T); };
  static_assert(sizeof(optional<T>) == with_flag(sizeof(T)) && sizeof(maybe<T>) == with_flag(sizeof(optional<T>)));
  static_assert(sizeof(optional<T>) < 65536);
  return {sizeof(T), sizeof(optional<T>)};
}
template <class T>
struct type_of<optional<T>> {
  using self = optional<T>;
  static constexpr wrapper_how wrap{
      [](void* at) -> void* { return &static_cast<self*>(at)->emplace(); },
      [](const void* at) -> const void* { return static_cast<const self*>(at)->has_value() ? &**static_cast<const self*>(at) : nullptr; },
      nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, nullptr, &wrap, nullptr, {flags_of<T>().has, 0}};
};
template <class T>
struct type_of<maybe<T>> {
  using self = maybe<T>;
  static constexpr bool readable = !std::is_same_v<T, std::string_view>;
  static constexpr wrapper_how wrap{
      [](void* at) -> void* { return &static_cast<self*>(at)->emplace(); },
      [](const void* at) -> const void* { return static_cast<const self*>(at)->has_value() ? &**static_cast<const self*>(at) : nullptr; },
      [](void* at) { *static_cast<self*>(at) = null; },
      [](const void* at) { return static_cast<const self*>(at)->is_null(); }};
  static constexpr type value{kind::wrapper, false, how<T>, nullptr, &wrap, nullptr, flags_of<T>()};
};
template <class T>
struct type_of<box<T>> {
  static constexpr wrapper_how wrap{
      [](void* at) -> void* { return &static_cast<box<T>*>(at)->emplace(); },
      [](const void* at) -> const void* { return static_cast<const box<T>*>(at)->has_value() ? &**static_cast<const box<T>*>(at) : nullptr; },
      nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, nullptr, &wrap};
};
template <class T>
struct type_of<const T*> {
  static constexpr wrapper_how wrap{
      nullptr, [](const void* at) -> const void* { return *static_cast<const T* const*>(at); }, nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, nullptr, &wrap};
};
template <class T>
constexpr auto reserve_of() -> void (*)(void*, std::size_t) {
  if constexpr (std::is_trivially_copyable_v<T>)
    return [](void* at, std::size_t count) { static_cast<std::vector<T>*>(at)->reserve(count); };
  else
    return nullptr;
}
template <class T>
struct type_of<std::vector<T>> {
  using self = std::vector<T>;
  static constexpr row_how row{
      [](void* at) -> void* { return &static_cast<self*>(at)->emplace_back(); }, [](void* at) { static_cast<self*>(at)->clear(); },
      [](const void* at) { return row_view{static_cast<const self*>(at)->data(), static_cast<const self*>(at)->size()}; },
      sizeof(T), false, false, reserve_of<T>()};
  static constexpr type value{kind::row, true, how<T>, nullptr, &row};
};
template <class T>
struct type_of<list<T>> {
  static constexpr row_how row{
      nullptr, nullptr,
      [](const void* at) { return row_view{static_cast<const list<T>*>(at)->data(), static_cast<const list<T>*>(at)->size()}; },
      sizeof(T), true};
  static constexpr type value{kind::row, false, how<T>, nullptr, &row};
};
template <class T>
struct type_of<comma_list<T>> {
  static constexpr row_how row{
      nullptr, nullptr,
      [](const void* at) { return row_view{static_cast<const list<T>*>(at)->data(), static_cast<const list<T>*>(at)->size()}; },
      sizeof(T), true, true};
  static constexpr type value{kind::row, false, how<T>, nullptr, &row};
};

template <class K>
struct map_key {  // ids
  static std::optional<K> read(std::string_view text) {
    const K key = K::parse(text);
    return key || text == "0" ? std::optional<K>(key) : std::nullopt;
  }
  static void write(const K& key, std::string& out) { out += key.str(); }
};
template <>
struct map_key<std::string> {
  static std::optional<std::string> read(std::string_view text) { return std::string(text); }
  static void write(const std::string& key, std::string& out) { out += key; }
};
template <class K, class V>
struct type_of<flat_map<K, V>> {
  using self = flat_map<K, V>;
  using entry = typename self::entry;
  static constexpr map_how map{
      [](void* at, std::string_view text, bool& fresh) -> void* {
        auto key = map_key<K>::read(text);
        if (!key) return nullptr;
        self& m = *static_cast<self*>(at);
        fresh = m.find(*key) == nullptr;
        return &m[std::move(*key)];
      },
      [](void* at) { static_cast<self*>(at)->clear(); },
      [](const void* at) {
        const self& m = *static_cast<const self*>(at);
        return row_view{m.empty() ? nullptr : &*m.begin(), m.size()};
      },
      [](const void* at, std::string& out) { map_key<K>::write(static_cast<const entry*>(at)->key, out); }, sizeof(entry),
      offsetof(entry, value)};
  static constexpr type value{kind::map, true, how<V>, nullptr, &map};
};

template <class V>
struct type_of<view_map<V>> {  // only written: no key can be added
  using entry = typename view_map<V>::entry;
  static constexpr map_how map{
      [](void*, std::string_view, bool&) -> void* { return nullptr; }, [](void*) {},
      [](const void* at) { return row_view{static_cast<const view_map<V>*>(at)->data(), static_cast<const view_map<V>*>(at)->size()}; },
      [](const void* at, std::string& out) { out += static_cast<const entry*>(at)->key; }, sizeof(entry),
      offsetof(entry, value)};
  static constexpr type value{kind::map, true, how<V>, nullptr, &map};
};

template <class Family>
const tagged_how& tagged_how_for() noexcept;  // stands with the tables of its alternatives

template <class Family>
struct type_of<tagged<Family>> {
  static constexpr type value{kind::tagged, false, nullptr, nullptr, nullptr, &tagged_how_for<Family>};
};

template <class T>
  requires std::is_class_v<T>
struct type_of<T> {
  static constexpr type value{kind::object, true, nullptr, &table_of<T>};
};

constexpr std::string_view wire_name(std::string_view member) {
  return member.ends_with('_') ? member.substr(0, member.size() - 1) : member;
}

constexpr std::size_t slot_count(std::size_t fields) {
  std::size_t size = 4;
  while (size < 3 * fields) size *= 2;
  return size;
}

struct part {
  field one{};
  const table& (*inlined)() noexcept = nullptr;
  bool (*reduced)(const void*) = nullptr;
  const keep_how* keep = nullptr;
};

// The text of a T whose `type` is none of those that `Known` says yes to, in its member `unknown`.
template <class T, auto Known>
inline constexpr keep_how keep_unknown{
    [](const void* at) { return !Known(static_cast<const T*>(at)->type); },
    [](void* at, std::string text) { static_cast<T*>(at)->unknown.emplace() = raw_json(std::move(text)); },
    [](const void* at) {
      const auto& kept = static_cast<const T*>(at)->unknown;
      return kept ? kept->text() : std::string_view{};
    }};

// The rows of a model, sorted out at compile time.
template <std::size_t N>
struct rows {
  std::array<field, N> fields{};
  std::array<std::uint8_t, slot_count(N)> slots{};
  std::uint32_t count = 0;
  std::uint64_t required = 0;
  const table& (*inlined)() noexcept = nullptr;
  std::uint32_t inlined_offset = 0;
  bool (*reduced)(const void*) = nullptr;
  const keep_how* keep = nullptr;

  consteval rows(std::array<part, N> parts) {
    static_assert(N <= 64, "more than 64 fields");
    for (auto& s : slots) s = 255;
    for (const part& p : parts) {
      if (p.reduced) {
        reduced = p.reduced;
      } else if (p.keep) {
        keep = p.keep;
      } else if (p.inlined) {
        inlined = p.inlined;
        inlined_offset = p.one.offset;
      } else {
        fields[count] = p.one;
        fields[count].ends = ends_of(p.one.name);
        fields[count].written = written_name(p.one.name);
        if (p.one.name.size() + 3 > padding_bytes) throw "a name too long for written_name::is_at";
        fields[count].flags = p.one.how->flags;
        fields[count].place = static_cast<std::uint8_t>(count);
        fields[count].wrapped = p.one.how->what == kind::wrapper;
        fields[count].what = fields[count].wrapped ? p.one.how->inner->what : p.one.how->what;
        if (p.one.required) required |= std::uint64_t{1} << count;
        std::size_t at = slot_of(fields[count].ends, p.one.name.size()) & (slots.size() - 1);
        while (slots[at] != 255) at = (at + 1) & (slots.size() - 1);
        slots[at] = static_cast<std::uint8_t>(count++);
      }
    }
  }
};

}  // namespace detail

}  // namespace monochord::json

namespace monochord::detail {

struct tagged_access {
  template <class T, class F>
  static T* emplace(tagged<F>& at, typename F::type_enum type) {
    at = tagged<F>();
    auto* value = new T();
    at.ops_ = &boxed_ops_of<T>();
    at.value_ = value;
    at.type_ = type;
    return value;
  }
  template <class F>
  static const void* value(const tagged<F>& at) noexcept {
    return at.value_;
  }
  template <class F>
  static const boxed_ops* ops(const tagged<F>& at) noexcept {
    return at.value_ ? at.ops_ : nullptr;
  }
};

// What a `tagged` needs of an alternative; instantiated with its table.
template <class T>
const boxed_ops& boxed_ops_of() noexcept {
  static constexpr boxed_ops ops{[](const void* value) -> void* { return new T(*static_cast<const T*>(value)); },
                                 [](void* value) noexcept { delete static_cast<T*>(value); }};
  return ops;
}

}  // namespace monochord::detail

namespace monochord::json::detail {

template <class Family, class T, std::int64_t Type>
constexpr alternative alternative_of() {
  return {Type, &table_of<T>, &monochord::detail::boxed_ops_of<T>, [](void* at, std::int64_t type) -> void* {
            return monochord::detail::tagged_access::emplace<T>(*static_cast<tagged<Family>*>(at),
                                                                static_cast<typename Family::type_enum>(type));
          }};
}

template <class Family>
constexpr tagged_how tagged_how_of(const alternative* first, std::size_t count, bool outside) {
  using self = tagged<Family>;
  return {first,
          count,
          outside,
          [](void* at, std::int64_t type, std::string text) {
            *monochord::detail::tagged_access::emplace<raw_json>(*static_cast<self*>(at),
                                                                 static_cast<typename Family::type_enum>(type)) =
                raw_json(std::move(text));
          },
          [](const void* at) { return static_cast<std::int64_t>(static_cast<const self*>(at)->type()); },
          [](const void* at) { return monochord::detail::tagged_access::value(*static_cast<const self*>(at)); },
          [](const void* at) { return monochord::detail::tagged_access::ops(*static_cast<const self*>(at)); }};
}

}  // namespace monochord::json::detail

// offsetof in classes that are not of standard layout: supported by both compilers, and the tables are built of it.
#pragma GCC diagnostic ignored "-Winvalid-offsetof"

#define MONOCHORD_PARENS ()
#define MONOCHORD_EXPAND(...) MONOCHORD_EXPAND3(MONOCHORD_EXPAND3(MONOCHORD_EXPAND3(MONOCHORD_EXPAND3(__VA_ARGS__))))
#define MONOCHORD_EXPAND3(...) MONOCHORD_EXPAND2(MONOCHORD_EXPAND2(MONOCHORD_EXPAND2(MONOCHORD_EXPAND2(__VA_ARGS__))))
#define MONOCHORD_EXPAND2(...) MONOCHORD_EXPAND1(MONOCHORD_EXPAND1(MONOCHORD_EXPAND1(MONOCHORD_EXPAND1(__VA_ARGS__))))
#define MONOCHORD_EXPAND1(...) __VA_ARGS__
#define MONOCHORD_EACH_FIELD(...) __VA_OPT__(MONOCHORD_EXPAND(MONOCHORD_EACH_FIELD_HELPER(__VA_ARGS__)))
#define MONOCHORD_EACH_FIELD_HELPER(first, ...) \
  MONOCHORD_FIELD(first), __VA_OPT__(MONOCHORD_EACH_FIELD_AGAIN MONOCHORD_PARENS(__VA_ARGS__))
#define MONOCHORD_EACH_FIELD_AGAIN() MONOCHORD_EACH_FIELD_HELPER

/// A field of the name of its member, required or not as its type says.
#define MONOCHORD_FIELD(member)                                                                                     \
  part {                                                                                                            \
    { wire_name(#member), how<decltype(self::member)>, static_cast<std::uint32_t>(offsetof(self, member)),           \
      how<decltype(self::member)>->required }                                                                       \
  }
/// A plain member that may be absent all the same.
#define MONOCHORD_OPTIONAL(member) \
  part { { wire_name(#member), how<decltype(self::member)>, static_cast<std::uint32_t>(offsetof(self, member)), false } }
/// A member whose fields stand among those of the object itself.
#define MONOCHORD_INLINE(member) \
  part { {{}, nullptr, static_cast<std::uint32_t>(offsetof(self, member)), false}, &table_of<decltype(self::member)> }
/// A base class, likewise.
#define MONOCHORD_BASE(base) \
  part { {{}, nullptr, 0, false}, &table_of<base> }
/// `test` tells that only id and `unavailable` of the object are there.
#define MONOCHORD_REDUCED(test) \
  part { {}, nullptr, test }

/// `known` tells whether a `type` is known; the text of others is kept in the member `unknown`.
#define MONOCHORD_KEEP_UNKNOWN(known) \
  part { {}, nullptr, nullptr, &keep_unknown<self, known> }

#define MONOCHORD_TABLE(model, ...)                                                                                \
  namespace json {                                                                                                 \
  template <>                                                                                                      \
  const table& table_of<model>() noexcept {                                                                        \
    using namespace detail;                                                                                        \
    using self = model;                                                                                            \
    static constexpr rows built{std::array{__VA_ARGS__}};                                                          \
    static_assert(known(limits_of<model>, built.fields), "a limit names a field that the model does not have");    \
    static constexpr table made{#model,         built.fields.data(), built.count,         built.slots.size() - 1,  \
                                built.slots.data(), built.required,  built.inlined,       built.inlined_offset,    \
                                built.reduced,  {limits_of<model>, rule_of<model>}, built.keep};                   \
    return made;                                                                                                   \
  }                                                                                                                \
  }
#define MONOCHORD_MODEL(model, ...) MONOCHORD_TABLE(model, MONOCHORD_EACH_FIELD(__VA_ARGS__))
/// An object without fields.
#define MONOCHORD_EMPTY(model)                                     \
  namespace json {                                                 \
  template <>                                                      \
  const table& table_of<model>() noexcept {                        \
    static constexpr std::uint8_t slots[] = {255};                 \
    static constexpr table made{#model, nullptr, 0, 0, slots, 0};  \
    return made;                                                   \
  }                                                                \
  }
/// Makes `model` usable as an alternative of a tagged.
#define MONOCHORD_BOXED(model) \
  namespace detail {           \
  template const boxed_ops& boxed_ops_of<model>() noexcept; \
  }
