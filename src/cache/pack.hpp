// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "json/listed_members.hpp"
#include <monochord/core/box.hpp>
#include <monochord/core/flags.hpp>
#include <monochord/core/maybe.hpp>
#include <monochord/core/snowflake.hpp>
#include <monochord/model/null_bool.hpp>
#include <monochord/model/optional_bool.hpp>

// One description of a record serves both ways: `fields(io, model)`, with `io` a packer or an unpacker. What is absent, null
// or zero costs bits of a mask at the record's front, never a byte.
namespace monochord::cached {

static_assert(std::endian::native == std::endian::little, "records, and the files of them, are little-endian");

template <class T>
constexpr std::int64_t number_of(T value) noexcept {
  if constexpr (requires { value.bits(); }) return static_cast<std::int64_t>(value.bits());
  else return static_cast<std::int64_t>(value);
}
template <class T>
constexpr T number_to(std::int64_t value) noexcept {
  if constexpr (requires { typename T::underlying; }) return T(static_cast<typename T::underlying>(value));
  else return static_cast<T>(value);
}

/// A text that many records are packed into, one after another: to append costs no call.
class flat_text {
 public:
  std::size_t size() const noexcept { return size_; }
  char* data() noexcept { return room_.get(); }
  operator std::string_view() const noexcept { return {room_.get(), size_}; }
  void clear() noexcept { size_ = 0; }
  void append(const char* bytes, std::size_t count) {
    make_room(count);
    std::memcpy(room_.get() + size_, bytes, count);
    size_ += count;
  }
  void append(std::string_view text) { append(text.data(), text.size()); }
  void append(std::size_t count, char c) {
    make_room(count);
    std::memset(room_.get() + size_, c, count);
    size_ += count;
  }
  void push_back(char c) {
    make_room(1);
    room_[size_++] = c;
  }
  /// `c` and fewer than 64 bytes behind it: most are few, and copied without a call.
  void append(char c, std::string_view text) {
    constexpr std::size_t few = 16;
    const std::size_t count = text.size();
    make_room(1 + count);
    char* const to = room_.get() + size_;
    *to = c;
    size_ += 1 + count;
    if (count > few) std::memcpy(to + 1, text.data(), count);
    else if (count >= 8) copy_ends<8>(to + 1, text);
    else if (count >= 4) copy_ends<4>(to + 1, text);
    else for (std::size_t i = 0; i < count; ++i) to[1 + i] = text[i];
  }
  /// The first `count` of eight bytes.
  void append_of_eight(const char* bytes, std::size_t count) {
    make_room(8);
    std::memcpy(room_.get() + size_, bytes, 8);
    size_ += count;
  }

 private:
  void make_room(std::size_t more) {
    if (capacity_ - size_ < more) grow(more);
  }
  template <std::size_t N>  // between N and 2 N bytes
  static void copy_ends(char* to, std::string_view text) noexcept {
    std::memcpy(to, text.data(), N);
    std::memcpy(to + text.size() - N, text.data() + text.size() - N, N);
  }
  [[gnu::noinline]] void grow(std::size_t more) {
    const std::size_t wanted = (size_ + more) * 2;
    auto larger = std::make_unique_for_overwrite<char[]>(wanted);
    std::memcpy(larger.get(), room_.get(), size_);
    room_ = std::move(larger);
    capacity_ = wanted;
  }
  std::size_t capacity_ = 512;
  std::unique_ptr<char[]> room_ = std::make_unique_for_overwrite<char[]>(capacity_);
  std::size_t size_ = 0;
};

/// 16 bytes of an image hash of 32 lower-case hexadecimal digits; false when `text` is none.
bool pack_hash(std::string_view text, char* out) noexcept;
std::string unpack_hash(const char* bytes, bool animated);

/// `Out` is a `std::string` or `flat_text`.
template <class Out>
class basic_packer {
 public:
  static constexpr bool packs = true;
  static constexpr bool flat = std::is_same_v<Out, flat_text>;
  basic_packer(Out& out, std::size_t mask_bytes) : out_(out), at_(out.size()), mask_bytes_(mask_bytes) {
    out_.append(mask_bytes, '\0');
  }
  basic_packer(const basic_packer&) = delete;
  basic_packer& operator=(const basic_packer&) = delete;
  ~basic_packer() { std::memcpy(out_.data() + at_, &mask_, mask_bytes_); }

  void flag(bool value) { state(value, 1); }
  void flag(null_bool value) { state(value, 1); }
  void flag(optional_bool value) { state(!value.has_value() ? 0 : value ? 2 : 1, 2); }
  void flag(const maybe<bool>& value) { state(value.is_absent() ? 0 : value.is_null() ? 1 : *value ? 3 : 2, 2); }
  void text(const std::string& value) { put_text(value); }
  void text(const std::string_view& value) { put_text(value); }
  template <class T>  // std::string, std::string_view
  void text(const maybe<T>& value, bool kept = true) {
    if (presence(value, kept)) put_text(*value);
  }
  void text(const optional<std::string>& value, bool kept = true) {
    if (presence(value, kept)) put_text(*value);
  }
  template <class T>
  void hash(const maybe<T>& value, bool kept = true) {
    if (!kept || value.is_absent()) return state(0, 3);
    if (value.is_null()) return state(1, 3);
    const bool animated = value->starts_with("a_");
    char bytes[16];
    if (pack_hash(std::string_view(*value).substr(animated ? 2 : 0), bytes)) {
      state(animated ? 3 : 2, 3);
      out_.append(bytes, sizeof bytes);
    } else {
      state(4, 3);
      put_text(*value);
    }
  }
  template <class T>
  void number(const T& value) {
    const std::int64_t n = number_of(value);
    state(n != 0, 1);
    if (n) varint(n);
  }
  template <class T>
  void number(const optional<T>& value, bool kept = true) {
    const bool there = kept && value.has_value();
    const std::int64_t n = there ? number_of(*value) : 0;
    state(!there ? 0 : n == 0 ? 1 : 2, 2);
    if (n) varint(n);
  }
  template <class T>
  void number(const maybe<T>& value, bool kept = true) {
    if (presence(value, kept)) varint(number_of(*value));
  }
  template <class T>
  void id(const T& value) {
    fixed(value.value());
  }
  template <class T>
  void id(const optional<T>& value) {
    if (presence(value, true)) fixed(value->value());
  }
  template <class T>
  void id(const maybe<T>& value) {
    if (presence(value, true)) fixed(value->value());
  }
  void time(const maybe<timestamp>& value, bool kept = true) {
    if (!kept || value.is_absent()) return state(0, 2);
    if (value.is_null()) return state(1, 2);
    const std::int64_t us = value->time_since_epoch().count() - discord_epoch_ms * 1000;
    const bool near = us >= -(std::int64_t{1} << 55) && us < std::int64_t{1} << 55;
    state(near ? 2 : 3, 2);
    if constexpr (flat) out_.append_of_eight(reinterpret_cast<const char*>(&us), near ? 7 : 8);
    else out_.append(reinterpret_cast<const char*>(&us), near ? 7 : 8);
  }
  /// `each(io, item)` for the items of a list that may be absent; each has a mask of its own.
  template <class T, class F>
  void list(const optional<std::vector<T>>& value, std::size_t mask_bytes, F each, bool kept = true) {
    if (!presence(value, kept)) return;
    varint(static_cast<std::int64_t>(value->size()));
    for (const T& item : *value) {
      basic_packer inner(out_, mask_bytes);
      each(inner, item);
    }
  }
  template <class T, class F>
  void object(const maybe<T>& value, std::size_t mask_bytes, F fields, bool kept = true) {
    if (!presence(value, kept)) return;
    basic_packer inner(out_, mask_bytes);
    if constexpr (requires { *value->operator->(); } ) fields(inner, **value);
    else fields(inner, *value);
  }
  template <class T, class F>
  void object(const box<T>& value, std::size_t mask_bytes, F fields) {
    state(value.has_value(), 1);
    if (!value) return;
    basic_packer inner(out_, mask_bytes);
    fields(inner, *value);
  }
  template <class T, class F>
  void object(const optional<T>& value, std::size_t mask_bytes, F fields) {
    state(value.has_value(), 1);
    if (!value) return;
    basic_packer inner(out_, mask_bytes);
    fields(inner, *value);
  }
  template <class F>
  void object(json::no_object value, std::size_t, F, bool kept = true) {
    state(kept && value.is_null ? 1 : 0, 2);
  }
  void state(unsigned value, unsigned width) {
    mask_ |= std::uint64_t{value} << bits_;
    bits_ += width;
  }
  void varint(std::int64_t value) {
    auto v = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    if (v < 128) [[likely]] return out_.push_back(static_cast<char>(v));
    for (; v >= 128; v >>= 7) out_.push_back(static_cast<char>(v | 128));
    out_.push_back(static_cast<char>(v));
  }
  void put_text(std::string_view text) {
    if constexpr (flat)
      if (text.size() < 64) [[likely]] return out_.append(static_cast<char>(text.size() << 1), text);  // the size as a varint
    varint(static_cast<std::int64_t>(text.size()));
    out_.append(text);
  }
  void fixed(std::uint64_t value) { out_.append(reinterpret_cast<const char*>(&value), sizeof value); }

 private:
  template <class T>
  bool presence(const maybe<T>& value, bool kept) {
    state(!kept || value.is_absent() ? 0 : value.is_null() ? 1 : 2, 2);
    return kept && value.has_value();
  }
  template <class T>
  bool presence(const optional<T>& value, bool kept) {
    state(kept && value.has_value(), 1);
    return kept && value.has_value();
  }

  Out& out_;
  std::size_t at_;
  std::size_t mask_bytes_;
  std::uint64_t mask_ = 0;
  unsigned bits_ = 0;
};
using packer = basic_packer<std::string>;

/// Reads what a packer wrote. Damaged bytes give wrong values and `failed()`, nothing worse.
class unpacker {
 public:
  static constexpr bool packs = false;
  unpacker(std::string_view text, std::size_t mask_bytes) : rest_(text) { start(mask_bytes); }

  bool failed() const noexcept { return failed_; }

  void flag(bool& value) { value = state(1) != 0; }
  void flag(null_bool& value) { value = state(1) != 0; }
  void flag(optional_bool& value) {
    if (const unsigned s = state(2)) value = s == 2;
  }
  void flag(maybe<bool>& value) {
    const unsigned s = state(2);
    if (s == 1) value = null;
    else if (s) value = s == 3;
  }
  void text(std::string& value) { value = take_text(); }
  void text(maybe<std::string>& value, bool = true) {
    if (presence(value)) value = std::string(take_text());
  }
  void text(optional<std::string>& value, bool = true) {
    if (state(1)) value = std::string(take_text());
  }
  void hash(maybe<std::string>& value, bool = true) {
    const unsigned s = state(3);
    if (s == 0) return;
    if (s == 1) value = null;
    else if (s == 4) value = std::string(take_text());
    else if (const std::string_view bytes = take(16); !bytes.empty()) value = unpack_hash(bytes.data(), s == 3);
  }
  template <class T>
  void number(T& value) {
    value = number_to<T>(state(1) ? varint() : 0);
  }
  template <class T>
  void number(optional<T>& value, bool = true) {
    if (const unsigned s = state(2)) value = number_to<T>(s == 2 ? varint() : 0);
  }
  template <class T>
  void number(maybe<T>& value, bool = true) {
    if (presence(value)) value = number_to<T>(varint());
  }
  template <class T>
  void id(T& value) {
    value = T(fixed());
  }
  template <class T>
  void id(optional<T>& value) {
    if (state(1)) value = T(fixed());
  }
  template <class T>
  void id(maybe<T>& value) {
    if (presence(value)) value = T(fixed());
  }
  void time(maybe<timestamp>& value, bool = true) {
    const unsigned s = state(2);
    if (s == 0) return;
    if (s == 1) {
      value = null;
      return;
    }
    const std::string_view bytes = take(s == 2 ? 7 : 8);
    std::uint64_t us = 0;
    std::memcpy(&us, bytes.data(), bytes.size());
    if (s == 2) us = static_cast<std::uint64_t>(static_cast<std::int64_t>(us << 8) >> 8);
    us += static_cast<std::uint64_t>(discord_epoch_ms * 1000);
    value = timestamp{std::chrono::microseconds{static_cast<std::int64_t>(us)}};
  }
  template <class T, class F>
  void list(optional<std::vector<T>>& value, std::size_t mask_bytes, F each, bool = true) {
    if (!state(1)) return;
    auto& items = value.emplace();
    const std::uint64_t count = static_cast<std::uint64_t>(varint());
    for (std::uint64_t i = 0; i < count && !failed_; ++i)
      nested(mask_bytes, [&] { each(*this, items.emplace_back()); });
  }
  template <class T, class F>
  void object(maybe<T>& value, std::size_t mask_bytes, F fields, bool = true) {
    if (!presence(value)) return;
    auto& inner = value.emplace();
    nested(mask_bytes, [&] {
      if constexpr (requires { inner.emplace(); }) fields(*this, inner.emplace());
      else fields(*this, inner);
    });
  }
  template <class T, class F>
  void object(box<T>& value, std::size_t mask_bytes, F fields) {
    if (state(1)) nested(mask_bytes, [&] { fields(*this, value.emplace()); });
  }
  template <class T, class F>
  void object(optional<T>& value, std::size_t mask_bytes, F fields) {
    if (state(1)) nested(mask_bytes, [&] { fields(*this, value.emplace()); });
  }
  unsigned state(unsigned width) noexcept {
    const auto value = static_cast<unsigned>(mask_ & ((1U << width) - 1));
    mask_ >>= width;
    return value;
  }
  std::int64_t varint() noexcept {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::string_view byte = take(1);
      if (byte.empty()) return 0;
      const auto b = static_cast<unsigned char>(byte[0]);
      v |= std::uint64_t{b & 127U} << shift;
      if (b < 128) break;
    }
    return static_cast<std::int64_t>(v >> 1 ^ (~(v & 1) + 1));
  }
  std::string_view take_text() noexcept { return take(static_cast<std::uint64_t>(varint())); }
  std::uint64_t fixed() noexcept {
    std::uint64_t value = 0;
    const std::string_view bytes = take(8);
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }
  std::string_view take(std::uint64_t count) noexcept {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = rest_.substr(0, 0);
      return rest_;
    }
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return taken;
  }
  std::string_view rest() const noexcept { return rest_; }
  /// `inside` with a mask of its own, which is read first.
  template <class F>
  void nested(std::size_t mask_bytes, F inside) {
    const std::uint64_t outer = mask_;
    start(mask_bytes);
    inside();
    mask_ = outer;
  }
 private:
  void start(std::size_t mask_bytes) noexcept {
    mask_ = 0;
    const std::string_view bytes = take(mask_bytes);
    std::memcpy(&mask_, bytes.data(), bytes.size());
  }
  template <class T>
  bool presence(maybe<T>& value) {
    const unsigned s = state(2);
    if (s == 1) value = null;
    return s >= 2;
  }

  std::string_view rest_;
  std::uint64_t mask_ = 0;
  bool failed_ = false;
};

}  // namespace monochord::cached
