// SPDX-License-Identifier: MIT
// Decoding. simdjson's first stage finds the structural characters of the text (and checks its UTF-8 and strings); the
// decoder walks them together with the tables. This is the only place that includes simdjson.
#include <simdjson.h>

#include <atomic>
#include <cstring>
#include <memory>

#include "json/decoder.hpp"
#include "json/member.hpp"

namespace monochord::json {

static_assert(padding_bytes >= simdjson::SIMDJSON_PADDING);

namespace {

std::atomic<std::uint64_t> failure_count{0};
std::atomic<std::uint64_t> null_count{0};
std::atomic<std::uint64_t> unknown_count{0};

// The structural characters of one text, found into memory that the thread keeps.
class scanner {
 public:
  // Null when the text is fine so far.
  const char* scan(const char* data, std::size_t size) {
    if (!parser_ || capacity_ < size) grow(size);
    const auto error =
        parser_->stage1(reinterpret_cast<const std::uint8_t*>(data), size, simdjson::stage1_mode::regular);
    return error == simdjson::SUCCESS ? nullptr : describe(error);
  }
  const std::uint32_t* first() const noexcept { return parser_->structural_indexes.get(); }
  const std::uint32_t* last() const noexcept { return first() + parser_->n_structural_indexes; }
  // A guild of megabytes comes now and then; its memory should not stay with every thread.
  void shrink() noexcept {
    if (capacity_ <= kept_bytes) [[likely]] return;
    parser_.reset();
    capacity_ = 0;
  }
  std::string& copy() noexcept { return copy_; }
  habits& order() noexcept { return order_; }

 private:
  static constexpr std::size_t kept_bytes = std::size_t{1} << 20;

  [[gnu::cold]] void grow(std::size_t size) {
    std::size_t wanted = 1 << 14;
    while (wanted < size) wanted *= 2;
    parser_.reset();
    capacity_ = 0;
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, 1, parser_) != simdjson::SUCCESS)
      throw std::bad_alloc();
    capacity_ = wanted;
  }
  static const char* describe(simdjson::error_code error) noexcept {
    switch (error) {
      case simdjson::UTF8_ERROR: return "the text is not UTF-8";
      case simdjson::EMPTY: return "the text is empty";
      case simdjson::UNCLOSED_STRING: return "a string does not end";
      case simdjson::UNESCAPED_CHARS: return "a string has control characters";
      default: return "the text is not JSON";
    }
  }

  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
  std::size_t capacity_ = 0;
  std::string copy_;
  habits order_;
};

scanner& this_thread() {
  static thread_local scanner one;
  return one;
}

// Finds values by brackets alone.
class finder : reader {
 public:
  using reader::reader;

  void run(std::span<const std::string_view> keys, std::span<std::string_view> values) {
    std::size_t left = keys.size();
    if (peek() != '{') return;
    do {
      ++at_;
      if (at_ + 2 >= end_ || peek() != '"' || text_[at_[1]] != ':') return;
      const std::string_view key = token();
      at_ += 2;
      std::string_view value;
      if (key.size() < 2 || !pass(value)) return;
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (key.substr(1, key.size() - 2) != keys[i] || !values[i].empty()) continue;
        values[i] = value;
        if (--left == 0) return;
      }
    } while (peek() == ',');
  }

 private:
  bool pass(std::string_view& out) {
    if (peek() != '{' && peek() != '[') {
      if (std::strchr(",}]", peek())) return false;
      out = token();
      ++at_;
      return true;
    }
    const char* const from = text_ + *at_;
    for (int depth = 0; at_ != end_;) {
      const char c = text_[*at_++];
      if (c == '{' || c == '[') ++depth;
      else if ((c == '}' || c == ']') && --depth == 0)
        return out = {from, static_cast<std::size_t>(text_ + at_[-1] + 1 - from)}, true;
    }
    return false;
  }
};

[[gnu::cold]] bool failed(failure& why) {
  why.path.insert(0, 1, '$');
  failure_count.fetch_add(1, std::memory_order_relaxed);
  return false;
}
[[gnu::cold]] bool failed(failure& why, errc code, const char* reason) {
  why = {code, {}, reason};
  return failed(why);
}

template <class How, class Out>
bool run(const How& how, Out out, padded_text text, failure& why) {
  why.unexpected_nulls = 0;
  const std::size_t size = text.text().size();
  if (size > max_bytes) return failed(why, errc::message_too_large, "the text is over the limit");
  if (size == 0) return failed(why, errc::json_malformed, "the text is empty");
  scanner& scan = this_thread();
  const char* data = text.text().data();
  if (!text.has_padding()) [[unlikely]] {
    scan.copy().resize(size + padding_bytes);
    std::memcpy(scan.copy().data(), data, size);
    data = scan.copy().data();
  }
  bool good = false;
  if (const char* problem = scan.scan(data, size)) [[unlikely]] {
    failed(why, errc::json_malformed, problem);
  } else {
    decoder one(data, scan.first(), scan.last(), text.is_piece(), why, scan.order());
    good = one.whole(how, out) || failed(why);
    if (one.unknown_kinds() != 0) [[unlikely]] unknown_count.fetch_add(one.unknown_kinds(), std::memory_order_relaxed);
  }
  if (why.unexpected_nulls != 0) null_count.fetch_add(why.unexpected_nulls, std::memory_order_relaxed);
  scan.shrink();
  if (scan.copy().capacity() > (std::size_t{1} << 20)) [[unlikely]] std::string().swap(scan.copy());
  return good;
}

}  // namespace

void members_of(const padded_text& object, std::span<const std::string_view> keys, std::span<std::string_view> values) {
  constexpr std::size_t large = 4096;
  const std::string_view text = object.text();
  scanner& scan = this_thread();
  if (text.size() < large || text.size() > max_bytes || !object.has_padding() || scan.scan(text.data(), text.size()))
    return members_of(text, keys, values);
  failure ignored;
  finder(text.data(), scan.first(), scan.last(), false, ignored).run(keys, values);
  scan.shrink();
}

namespace detail {

bool decode(const table& how, void* out, padded_text text, failure& why) { return run(how, out, text, why); }
bool decode_value(const type& how, void* out, padded_text text, failure& why) { return run(how, out, text, why); }
bool decode_array(const table& how, array_sink out, padded_text text, failure& why) { return run(how, out, text, why); }

}  // namespace detail

void failure::raise() const { throw decode_error(code, path, reason); }

codec_counters counters() noexcept {
  return {failure_count.load(std::memory_order_relaxed), null_count.load(std::memory_order_relaxed),
          unknown_count.load(std::memory_order_relaxed)};
}

}  // namespace monochord::json
