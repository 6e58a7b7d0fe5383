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

#include "json/field.hpp"

// How the tables that the engine walks are made. A model gets its table with one line, MONOCHORD_MODEL(role, id, name, ...),
// in one of the tables_*.cpp. How a field is read and written follows from its type:
//   T                 required            optional<T>, box<T>, optional_bool  absent or a value
//   maybe<T>          absent, null or a value                        list<T>       absent when empty
// A member `default_` is `default` on the wire (a trailing underscore avoids keywords).
namespace monochord::json {

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
  static constexpr type value{kind::text_like, true};
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
      [](const void* at) -> const void* { return static_cast<const self*>(at)->has_value() ? &**static_cast<const self*>(at) : nullptr; },
      nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, how<T>->object, &wrap, nullptr, {flags_of<T>().has, 0},
                              [](void* at) -> void* { return &static_cast<self*>(at)->emplace(); }};
};
template <class T>
struct type_of<maybe<T>> {
  using self = maybe<T>;
  static constexpr wrapper_how wrap{
      [](const void* at) -> const void* { return static_cast<const self*>(at)->has_value() ? &**static_cast<const self*>(at) : nullptr; },
      [](void* at) { *static_cast<self*>(at) = null; },
      [](const void* at) { return static_cast<const self*>(at)->is_null(); }};
  static constexpr type value{kind::wrapper, false, how<T>, how<T>->object, &wrap, nullptr, flags_of<T>(),
                              [](void* at) -> void* { return &static_cast<self*>(at)->emplace(); }};
};
template <class T>
struct type_of<box<T>> {
  static_assert(sizeof(box<T>) == sizeof(T*));  // it is the pointer
  static constexpr wrapper_how wrap{
      [](const void* at) -> const void* { return static_cast<const box<T>*>(at)->has_value() ? &**static_cast<const box<T>*>(at) : nullptr; },
      nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, how<T>->object, &wrap, nullptr, {},
                              [](void* at) -> void* { return &static_cast<box<T>*>(at)->emplace(); }};
};
template <class T>
struct type_of<const T*> {
  static constexpr wrapper_how wrap{[](const void* at) -> const void* { return *static_cast<const T* const*>(at); }, nullptr, nullptr};
  static constexpr type value{kind::wrapper, false, how<T>, how<T>->object, &wrap};
};
template <class T>
constexpr auto resize_of() -> void* (*)(void*, std::size_t) {
  if constexpr (std::is_trivially_copyable_v<T>)
    return [](void* at, std::size_t count) -> void* {
      auto& row = *static_cast<std::vector<T>*>(at);
      row.resize(count);
      return row.data();
    };
  else
    return nullptr;
}
template <class T>
struct type_of<std::vector<T>> {
  using self = std::vector<T>;
  static_assert(sizeof(self) == 3 * sizeof(void*));  // of which decoder::is_empty looks at the first two
  static constexpr row_how row{
      [](void* at) -> void* { return &static_cast<self*>(at)->emplace_back(); }, [](void* at) { static_cast<self*>(at)->clear(); },
      [](const void* at) { return row_view{static_cast<const self*>(at)->data(), static_cast<const self*>(at)->size()}; },
      sizeof(T), false, resize_of<T>()};
  static constexpr type value{kind::row, true, how<T>, how<T>->object, &row};
};
template <class T>
struct type_of<list<T>> {
  static_assert(sizeof(list<T>) == sizeof(row_view));  // as which it is seen whether it is empty
  static constexpr row_how row{
      nullptr, nullptr,
      [](const void* at) { return row_view{static_cast<const list<T>*>(at)->data(), static_cast<const list<T>*>(at)->size()}; },
      sizeof(T)};
  static constexpr type value{kind::row, false, how<T>, how<T>->object, &row};
};
template <class T>
struct type_of<comma_list<T>> {
  static constexpr row_how row{
      nullptr, nullptr,
      [](const void* at) { return row_view{static_cast<const list<T>*>(at)->data(), static_cast<const list<T>*>(at)->size()}; },
      sizeof(T), true};
  static constexpr type value{kind::row, false, how<T>, how<T>->object, &row};
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

// A line of a table: a field, or one of the others.
struct part {
  std::string_view name{};
  const type* how = nullptr;
  std::uint32_t offset = 0;
  bool required = false;
  const table& (*inlined)() noexcept = nullptr;
  bool (*reduced)(const void*) = nullptr;
  const keep_how* keep = nullptr;
};

// Whether a flag says that a field of this type is absent, or a word that is zero then, which lies so far into it.
constexpr bool has_flag(const type& how) { return how.what == kind::wrapper && how.flags.has != 0; }
constexpr bool has_word(const type& how) {
  return (how.what == kind::wrapper && how.flags.has == 0) || (how.what == kind::row && !how.required);
}
constexpr std::size_t word_offset(const type& how) { return how.what == kind::row ? offsetof(row_view, count) : 0; }

// As what a field is read without a look at its type.
constexpr kind what_of(const type& how) {
  const bool wrapped = how.what == kind::wrapper;
  const type& held = wrapped ? *how.inner : how;
  const bool elsewhere = wrapped && how.flags.has == 0 && held.what != kind::object;
  const bool only_written = held.what == kind::row && !held.required;
  return elsewhere || only_written ? kind::wrapper : held.what;
}

// Of a value, in what it holds.
constexpr bool may_have_limits(const type& how) {
  switch (how.what) {
    case kind::object:
    case kind::map:
    case kind::tagged: return true;
    case kind::row:
    case kind::wrapper: return may_have_limits(*how.inner);
    default: return false;
  }
}

// The text of a T whose `type` is none of those that `Known` says yes to, in its member `unknown`.
template <class T, auto Known>
inline constexpr keep_how keep_unknown{
    [](const void* at) { return !Known(static_cast<const T*>(at)->type); },
    [](void* at, std::string text) { static_cast<T*>(at)->unknown.emplace() = raw_json(std::move(text)); },
    [](const void* at) {
      const auto& kept = static_cast<const T*>(at)->unknown;
      return kept ? kept->text() : std::string_view{};
    }};

// The rows of a model, sorted out at compile time. All that is read of it stands together.
template <std::size_t N, std::size_t L>
struct rows {
  table made;
  std::array<field, N> fields{};
  std::array<std::uint8_t, slot_count(N)> slots{};
  std::array<mark, N> marks{};
  std::array<limit, L> limits{};  // by their fields

  constexpr rows(std::string_view name, const std::array<part, N>& parts, std::span<const limit> limits_of, limit_rule rule) {
    static_assert(N <= 64, "more than 64 fields");
    made.name = name;
    for (auto& s : slots) s = 255;
    std::size_t limited = 0;
    for (const part& p : parts) {
      if (p.reduced) {
        made.reduced = p.reduced;
      } else if (p.keep) {
        made.keep = p.keep;
      } else if (p.inlined) {
        made.inlined = p.inlined;
        made.inlined_offset = p.offset;
      } else {
        add(p, limits_of, limited);
      }
    }
    if (limited != L) throw "a limit names a field that the model does not have";
    made.fields = fields.data();
    made.mask = static_cast<std::uint8_t>(slots.size() - 1);
    made.slots = slots.data();
    add_marks();
    made.limits = {limits, rule};
  }

 private:
  constexpr void add(const part& p, std::span<const limit> limits_of, std::size_t& limited) {
    const unsigned place = made.count++;
    const std::size_t size = p.name.size() + written_name::more;
    if (size > padding_bytes) throw "a name too long for written_name::is_at";
    field& f = fields[place];
    f.name = p.name;
    f.how = p.how;
    f.written = written_name(p.name);
    f.offset = p.offset;
    f.flags = p.how->flags;
    f.bits_behind = static_cast<std::uint8_t>(written_name::bits_behind(size));
    f.tail_at = static_cast<std::uint8_t>(written_name::tail_at(size));
    f.place = static_cast<std::uint8_t>(place);
    f.required = p.required;
    f.wrapped = p.how->what == kind::wrapper;
    f.what = what_of(*p.how);
    f.first_limit = static_cast<std::uint8_t>(limited);
    for (const limit& l : limits_of)
      if (l.name() == p.name) {
        limits[limited] = l;
        limits[limited++].of_each = l.each();
      }
    f.limits = static_cast<std::uint8_t>(limited - f.first_limit);
    const std::uint64_t bit = std::uint64_t{1} << place;
    if (f.required) made.required |= bit;
    if (f.limits != 0 || may_have_limits(*p.how)) made.limited |= bit;
    std::size_t slot = f.written.slot(size) & (slots.size() - 1);
    while (slots[slot] != 255) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = f.place;
  }
  constexpr void add_marks() {
    std::size_t count = 0;
    const auto put = [&](const field& f, std::size_t offset, std::size_t null) {
      if (offset > UINT16_MAX || null > UINT8_MAX) throw "a field too far from its object's begin for a mark";
      marks[count++] = {static_cast<std::uint16_t>(offset), static_cast<std::uint8_t>(null), f.place};
    };
    for (std::uint8_t i = 0; i < made.count; ++i) {
      const field& f = fields[i];
      if (has_flag(*f.how)) put(f, f.offset + f.flags.has, f.flags.null != 0 ? f.flags.null - f.flags.has : 0U);
      else if (!has_word(*f.how)) made.unmarked |= std::uint64_t{1} << i;
    }
    made.flags = static_cast<std::uint8_t>(count);
    for (std::uint8_t i = 0; i < made.count; ++i)
      if (has_word(*fields[i].how)) put(fields[i], fields[i].offset + word_offset(*fields[i].how), 0);
    made.marked = static_cast<std::uint8_t>(count);
    made.marks = marks.data();
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
#define MONOCHORD_FIELD(member)                                                                                  \
  part {                                                                                                         \
    wire_name(#member), how<decltype(self::member)>, static_cast<std::uint32_t>(offsetof(self, member)),          \
        how<decltype(self::member)>->required                                                                    \
  }
/// A plain member that may be absent all the same.
#define MONOCHORD_OPTIONAL(member) \
  part { wire_name(#member), how<decltype(self::member)>, static_cast<std::uint32_t>(offsetof(self, member)) }
/// A member whose fields stand among those of the object itself.
#define MONOCHORD_INLINE(member) \
  part { .offset = static_cast<std::uint32_t>(offsetof(self, member)), .inlined = &table_of<decltype(self::member)> }
/// A base class, likewise.
#define MONOCHORD_BASE(base) \
  part { .inlined = &table_of<base> }
/// `test` tells that only id and `unavailable` of the object are there.
#define MONOCHORD_REDUCED(test) \
  part { .reduced = test }

/// `known` tells whether a `type` is known; the text of others is kept in the member `unknown`.
#define MONOCHORD_KEEP_UNKNOWN(known) \
  part { .keep = &keep_unknown<self, known> }

#define MONOCHORD_TABLE(model, ...)                                                                          \
  namespace json {                                                                                           \
  template <>                                                                                                \
  const table& table_of<model>() noexcept {                                                                  \
    using namespace detail;                                                                                  \
    using self = model;                                                                                      \
    static constexpr std::array parts{__VA_ARGS__};                                                          \
    static constexpr rows<parts.size(), limits_of<model>.size()> built{#model, parts, limits_of<model>, rule_of<model>}; \
    return built.made;                                                                                       \
  }                                                                                                          \
  }
#define MONOCHORD_MODEL(model, ...) MONOCHORD_TABLE(model, MONOCHORD_EACH_FIELD(__VA_ARGS__))
/// An object without fields.
#define MONOCHORD_EMPTY(model)                                     \
  namespace json {                                                 \
  template <>                                                      \
  const table& table_of<model>() noexcept {                        \
    static constexpr detail::rows<0, 0> built{#model, {}, {}, nullptr}; \
    return built.made;                                             \
  }                                                                \
  }
/// Makes `model` usable as an alternative of a tagged.
#define MONOCHORD_BOXED(model) \
  namespace detail {           \
  template const boxed_ops& boxed_ops_of<model>() noexcept; \
  }
