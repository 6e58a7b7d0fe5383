// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <monochord/core/error.hpp>
#include <monochord/model/list.hpp>
#include <monochord/model/raw_json.hpp>
#include <monochord/model/view_map.hpp>

namespace monochord {
template <class K, class V>
class flat_map;
}

/// Discord's JSON to and from the structs of `monochord/model/`. All functions may be called from any thread at once;
/// parsers and buffers are kept per thread. Decoding is strict about what a field is, tolerant about what Discord adds:
/// unknown fields are skipped, unknown enum values kept, objects of unknown kinds kept as raw text. Of a key that
/// comes twice the first one counts.
namespace monochord::json {

/// Bytes that must be readable behind a `padded_text`. Their content does not matter.
inline constexpr std::size_t padding_bytes = 64;
/// Arrays and objects within each other, the outermost included. Deeper text is refused.
inline constexpr int max_depth = 64;
/// Longer text is refused.
inline constexpr std::size_t max_bytes = std::size_t{256} << 20;

/// A value of this library's models is described by a table; only the codec looks inside.
struct table;
struct type;

/// The table of a model. Exists for every struct of `monochord/model/`; others do not link.
template <class T>
const table& table_of() noexcept;

/// Likewise for the few answers that are no objects: `flat_map<role_id, int>`.
template <class T>
const type& type_for() noexcept;

/// Raw JSON text as a field or on its own.
using raw = raw_json;

/// JSON text in a buffer that has `padding_bytes` behind it: decoded without a copy.
class padded_text {
 public:
  /// `capacity` counts from `data`; must be >= `size + padding_bytes`, otherwise decoding copies the text first.
  padded_text(const char* data, std::size_t size, std::size_t capacity) noexcept
      : data_(data), size_(size), capacity_(capacity) {}
  std::string_view text() const noexcept { return {data_, size_}; }
  bool has_padding() const noexcept { return capacity_ >= size_ + padding_bytes; }
  /// `piece` must lie within `text()`, like the `d` of a payload, or be empty. Unlike a whole text a piece may be longer
  /// than its value: a comma behind the value ends it, since `d` is taken up to the payload's closing brace unmeasured.
  padded_text part(std::string_view piece) const noexcept {
    padded_text out(data_, 0, capacity_);  // an empty piece may point nowhere
    if (!piece.empty()) out = {piece.data(), piece.size(), capacity_ - static_cast<std::size_t>(piece.data() - data_)};
    out.piece_ = true;
    return out;
  }
  bool is_piece() const noexcept { return piece_; }

 private:
  const char* data_;
  std::size_t size_;
  std::size_t capacity_;
  bool piece_ = false;
};

/// Why a text could not be decoded. `path` is where, like `$.embeds[2].title`. Neither holds any value of the text.
struct failure {
  errc code = errc::json_malformed;  ///< json_malformed, json_mismatch or message_too_large
  std::string path;
  std::string reason;
  /// Also of a text that was decoded: how often it said null where Discord's documentation has a value.
  std::uint32_t unexpected_nulls = 0;

  [[noreturn]] void raise() const;  ///< throws decode_error
};

/// Since the program started, all threads together.
struct codec_counters {
  std::uint64_t failures = 0;          ///< texts that could not be decoded
  std::uint64_t unexpected_nulls = 0;  ///< null where Discord's documentation has a value; read as "absent"
  std::uint64_t unknown_kinds = 0;     ///< objects of a kind that is newer than this library, kept as raw text
};
codec_counters counters() noexcept;

namespace detail {
struct array_sink {
  void* vector;
  void* (*push)(void*);
};
bool decode(const table& how, void* out, padded_text text, failure& why);
bool decode_array(const table& how, array_sink out, padded_text text, failure& why);
bool decode_value(const type& how, void* out, padded_text text, failure& why);
void encode(const table& how, const void* value, std::string& out);
void encode_value(const type& how, const void* value, std::string& out);
void encode_array(const table& how, const void* first, std::size_t count, std::size_t stride, std::string& out);
void encode_map(const view_map<std::string_view>& value, std::string& out);

/// A builder: what is encoded is the body that it makes.
template <class T>
concept builder = requires(const T& value) { value.body(); };

template <class T>
struct door {
  static bool decode(T& out, padded_text text, failure& why) { return detail::decode(table_of<T>(), &out, text, why); }
  static void encode(const T& value, std::string& out) { detail::encode(table_of<T>(), &value, out); }
};
template <class T>
struct door<std::vector<T>> {
  static bool decode(std::vector<T>& out, padded_text text, failure& why) {
    out.clear();
    const auto push = [](void* vector) -> void* { return &static_cast<std::vector<T>*>(vector)->emplace_back(); };
    return decode_array(table_of<T>(), {&out, push}, text, why);
  }
  static void encode(const std::vector<T>& value, std::string& out) {
    encode_array(table_of<T>(), value.data(), value.size(), sizeof(T), out);
  }
};
template <class K, class V>
struct door<flat_map<K, V>> {
  using map = flat_map<K, V>;
  static bool decode(map& out, padded_text text, failure& why) { return decode_value(type_for<map>(), &out, text, why); }
  static void encode(const map& value, std::string& out) { encode_value(type_for<map>(), &value, out); }
};
template <class T>
struct door<list<T>> {
  static void encode(const list<T>& value, std::string& out) {
    encode_array(table_of<T>(), value.data(), value.size(), sizeof(T), out);
  }
};
template <>
struct door<view_map<std::string_view>> {
  static void encode(const view_map<std::string_view>& value, std::string& out) { encode_map(value, out); }
};
template <builder T>
struct door<T> {
  static void encode(const T& value, std::string& out) {
    const auto& body = value.body();
    detail::encode(table_of<std::remove_cvref_t<decltype(body)>>(), &body, out);
  }
};
template <builder T>
struct door<std::vector<T>> {
  static void encode(const std::vector<T>& value, std::string& out) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i) out += ',';
      door<T>::encode(value[i], out);
    }
    out += ']';
  }
};
}  // namespace detail

/// Decodes into `out`, which should be fresh: fields that the text does not have keep what they hold. False and `why`
/// when the text is not such an object; `out` is then partly filled, to be thrown away. Throws only std::bad_alloc.
template <class T>
[[nodiscard]] bool decode_into(T& out, padded_text text, failure& why) {
  return detail::door<T>::decode(out, text, why);
}
template <class T>
[[nodiscard]] bool decode_into(T& out, std::string_view text, failure& why) {
  return detail::door<T>::decode(out, padded_text{text.data(), text.size(), text.size()}, why);
}

/// Decodes one value (a model, a std::vector of one, or a map); throws decode_error with the JSON path.
template <class T>
T decode(padded_text text) {
  T out{};
  failure why;
  if (!detail::door<T>::decode(out, text, why)) why.raise();
  return out;
}
template <class T>
T decode(std::string_view text) {
  return json::decode<T>(padded_text{text.data(), text.size(), text.size()});
}

/// Appends the JSON text of a model, a request body, a builder, or a std::vector or list of one.
template <class T>
void encode_to(std::string& out, const T& value) {
  detail::door<T>::encode(value, out);
}
template <class T>
std::string encode(const T& value) {
  std::string out;
  detail::door<T>::encode(value, out);
  return out;
}

/// The entries of the `errors` object of a refused REST call; empty when the text is something else.
/// https://docs.discord.com/developers/reference#error-messages
std::vector<field_error> field_errors(std::string_view errors);

}  // namespace monochord::json
