// SPDX-License-Identifier: MIT
#include "protocol/inflate.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace monochord::protocol {
namespace {

/// What every zlib-stream message ends with: an empty stored block, the trace of a sync flush.
constexpr std::uint32_t flush_suffix = 0x0000ffff;

/// What an output buffer is between two messages. Whoever feeds takes the one of its thread, and gives it back there.
struct output_buffer {
  std::unique_ptr<char[]> data;  // capacity + padding bytes
  std::size_t capacity = 0;
};
thread_local output_buffer spare;

struct zstd_free {
  void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
};

}  // namespace

struct inflater::state {
  state(compression k, inflate_limits l, std::shared_ptr<inflate_counters> c)
      : kind(k), limits(l), counters(c ? std::move(c) : std::make_shared<inflate_counters>()) {}
  ~state() { end_zlib(); }
  state(const state&) = delete;
  state& operator=(const state&) = delete;

  void end_zlib() noexcept {
    if (zlib_open) inflateEnd(&zlib);
    zlib_open = false;
  }

  /// Room for at least one more byte and the padding behind it; false when the limit is reached.
  bool grow(std::size_t at_least) {
    if (at_least > limits.max_message) return false;
    if (!buffer && spare.capacity >= at_least && spare.capacity <= limits.max_message) [[likely]] {
      buffer = std::move(spare.data);
      capacity = std::exchange(spare.capacity, 0);
      return true;
    }
    std::size_t wanted = std::max<std::size_t>(capacity * 2, std::size_t{4} << 10);
    wanted = std::min(std::max(wanted, at_least), limits.max_message);
    auto bigger = std::make_unique_for_overwrite<char[]>(wanted + padding);
    if (size != 0) std::memcpy(bigger.get(), buffer.get(), size);
    buffer = std::move(bigger);
    capacity = wanted;
    return true;
  }

  error_code feed_none(std::string_view frame);
  error_code feed_zlib(std::string_view frame);
  error_code feed_zstd(std::string_view frame);

  compression kind;
  inflate_limits limits;
  const std::shared_ptr<inflate_counters> counters;

  std::unique_ptr<char[]> buffer;  // capacity + padding bytes
  std::size_t capacity = 0;
  std::size_t size = 0;            // of the message so far
  bool complete = false;           // the message in the buffer was given out; the next frame starts a new one
  error_code broken;               // once damaged, a context stays so

  z_stream zlib{};
  bool zlib_open = false;
  std::uint32_t tail = 0xffffffff;  // the last four bytes of the compressed stream
  std::unique_ptr<ZSTD_DStream, zstd_free> zstd;
};

error_code inflater::state::feed_none(std::string_view frame) {
  if (frame.size() > capacity && !grow(frame.size())) return errc::message_too_large;
  if (!frame.empty()) std::memcpy(buffer.get(), frame.data(), frame.size());
  size = frame.size();
  complete = size != 0;
  return {};
}

error_code inflater::state::feed_zlib(std::string_view frame) {
  if (!zlib_open) [[unlikely]] {
    zlib = {};
    if (inflateInit(&zlib) != Z_OK) return errc::resource;
    zlib_open = true;
    // The sum of all that was unpacked is for the end of the stream, and Discord's has none: TLS guards what comes.
    if (inflateValidate(&zlib, 0) != Z_OK) return errc::resource;
  }
  for (const char c : frame.substr(frame.size() - std::min<std::size_t>(frame.size(), 4)))
    tail = (tail << 8) | static_cast<unsigned char>(c);

  // zlib never writes through next_in; without ZLIB_CONST it is declared as if it did.
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(frame.data()));
  zlib.avail_in = static_cast<uInt>(frame.size());
  for (;;) {
    if (size == capacity && !grow(size + 1)) [[unlikely]] return errc::message_too_large;
    const std::size_t room = capacity - size;
    zlib.next_out = reinterpret_cast<Bytef*>(buffer.get() + size);
    zlib.avail_out = static_cast<uInt>(room);
    const int status = ::inflate(&zlib, Z_SYNC_FLUSH);
    size += room - zlib.avail_out;
    if (status != Z_OK) [[unlikely]] {
      if (status == Z_BUF_ERROR && zlib.avail_in == 0) break;  // nothing to do: all was taken before
      return errc::inflate_failed;                             // Z_STREAM_END too: Discord's stream never ends
    }
    if (zlib.avail_out != 0 && zlib.avail_in == 0) break;
  }
  complete = tail == flush_suffix && size != 0;
  return {};
}

error_code inflater::state::feed_zstd(std::string_view frame) {
  if (!zstd) {
    zstd.reset(ZSTD_createDStream());
    if (!zstd) return errc::resource;
    if (ZSTD_isError(ZSTD_DCtx_setParameter(zstd.get(), ZSTD_d_windowLogMax, limits.max_window_log)))
      return errc::invalid_argument;
  }
  ZSTD_inBuffer in{frame.data(), frame.size(), 0};
  for (;;) {
    if (size == capacity && !grow(size + 1)) return errc::message_too_large;
    ZSTD_outBuffer out{buffer.get() + size, capacity - size, 0};
    const std::size_t status = ZSTD_decompressStream(zstd.get(), &out, &in);
    if (ZSTD_isError(status)) return errc::inflate_failed;
    size += out.pos;
    // Output room left over means that everything decoded so far is out.
    if (in.pos == in.size && out.pos < out.size) break;
  }
  complete = size != 0;
  return {};
}

inflate_counters& inflate_counters::operator+=(const inflate_counters& other) noexcept {
  frames += other.frames;
  messages += other.messages;
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  errors += other.errors;
  return *this;
}

std::string_view name(compression kind) noexcept {
  switch (kind) {
    case compression::none: return "";
    case compression::zlib_stream: return "zlib-stream";
    case compression::zstd_stream: return "zstd-stream";
  }
  return "";
}

inflater::inflater(compression kind, inflate_limits limits, std::shared_ptr<inflate_counters> counters)
    : state_(std::make_unique<state>(kind, limits, std::move(counters))) {}
inflater::~inflater() = default;
inflater::inflater(inflater&&) noexcept = default;
inflater& inflater::operator=(inflater&&) noexcept = default;

inflater::result inflater::feed(std::string_view frame) {
  auto& s = *state_;
  result out;
  ++s.counters->frames;
  s.counters->bytes_in += frame.size();
  if (s.broken) [[unlikely]] {
    out.error = s.broken;
    return out;
  }
  if (s.complete) {
    s.complete = false;
    s.size = 0;
  }
  if (frame.empty()) return out;
  // zlib counts in 32 bits; a frame beyond the limit is none that we want either.
  if (frame.size() > s.limits.max_message) [[unlikely]] s.broken = errc::message_too_large;
  else if (s.kind == compression::zlib_stream) s.broken = s.feed_zlib(frame);
  else if (s.kind == compression::zstd_stream) s.broken = s.feed_zstd(frame);
  else s.broken = s.feed_none(frame);
  if (s.broken) [[unlikely]] {
    ++s.counters->errors;
    out.error = s.broken;
    return out;
  }
  if (s.complete) [[likely]] {
    std::memset(s.buffer.get() + s.size, 0, padding);
    out.message = {s.buffer.get(), s.size};
    out.complete = true;
    ++s.counters->messages;
    s.counters->bytes_out += s.size;
  }
  return out;
}

void inflater::reset() {
  auto& s = *state_;
  s.broken = {};
  s.complete = false;
  s.size = 0;
  s.tail = 0xffffffff;
  if (s.zlib_open && inflateReset(&s.zlib) != Z_OK) s.end_zlib();
  if (s.zstd && ZSTD_isError(ZSTD_DCtx_reset(s.zstd.get(), ZSTD_reset_session_only))) s.zstd.reset();
}

void inflater::release() noexcept {
  auto& s = *state_;
  if (s.size != 0 && !s.complete) return;  // half a message lies there
  s.size = 0;
  s.complete = false;
  if (s.capacity > spare.capacity && s.capacity <= s.limits.keep) {
    spare.data = std::move(s.buffer);
    spare.capacity = s.capacity;
  }
  s.buffer.reset();
  s.capacity = 0;
}

std::size_t inflater::capacity() const noexcept { return state_->capacity; }
compression inflater::kind() const noexcept { return state_->kind; }
const inflate_counters& inflater::counters() const noexcept { return *state_->counters; }

}  // namespace monochord::protocol
