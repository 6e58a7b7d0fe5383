// SPDX-License-Identifier: MIT
#include "net/read_ahead.hpp"

#include <algorithm>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

#include "net/byte_buffer.hpp"
#include "net/parked.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t buffer_bytes = 32U << 10U;  // what is borrowed while there is so much

/// How a frame begins. A server's has no mask; one that has is the websocket's to refuse.
struct frame_head {
  std::size_t bytes = 0;  // 0: not all of it is here
  std::uint64_t payload = 0;
};

frame_head head_of(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() < 2) return {};
  const unsigned length = byte(1) & 0x7fU;
  const std::size_t mask = (byte(1) & 0x80U) != 0 ? 4 : 0;
  if (length < 126) return {2 + mask, length};
  const std::size_t more = length == 126 ? 2 : 8;
  if (text.size() < 2 + more) return {};
  std::uint64_t payload = 0;
  for (std::size_t i = 0; i < more; ++i) payload = (payload << 8U) | byte(2 + i);
  return {2 + more + mask, payload};
}

}  // namespace

struct read_ahead::state : std::enable_shared_from_this<state> {
  state(std::unique_ptr<byte_stream> stream, std::size_t most) : below(std::move(stream)), most_bytes(most) {}

  struct held_read {
    asio::mutable_buffer into;
    std::shared_ptr<parked> operation;
  };

  std::string_view here() const noexcept { return {buffer.data() + at, buffer.size() - at}; }
  std::size_t may_give(std::size_t room);
  std::size_t until_head_ends(std::string_view text) noexcept;
  void serve();
  /// False, and `failed` says so, where there is no memory for more.
  bool read_more();
  bool has_room() noexcept;
  void came(error_code error, std::size_t bytes);

  const std::unique_ptr<byte_stream> below;
  const std::size_t most_bytes;
  byte_buffer buffer;
  std::size_t at = 0;                // of the buffer: what is before was given out
  std::optional<held_read> waiting;  // of the websocket above
  std::optional<io_handler> filled;  // who waits for more besides; Boost 1.81 cannot assign an io_handler
  bool reading = false;              // below
  bool closed = false;
  error_code failed;  // of the last read below; comes behind what is here
  bool frames = false;
  unsigned head_matched = 0;  // of the empty line that ends the answer to the upgrade
  std::uint64_t left = 0;     // of the frame that the websocket above has begun to read
};

/// Bytes of `text` up to the end of the head of an HTTP answer, all if it goes on.
std::size_t read_ahead::state::until_head_ends(std::string_view text) noexcept {
  constexpr std::string_view end = "\r\n\r\n";
  for (std::size_t i = 0; i < text.size() && head_matched < end.size(); ++i) {
    if (text[i] == end[head_matched])
      ++head_matched;
    else
      head_matched = text[i] == '\r' ? 1 : 0;
    if (head_matched == end.size()) return i + 1;
  }
  return text.size();
}

/// How many bytes the websocket above gets now; 0: none before more has come.
std::size_t read_ahead::state::may_give(std::size_t room) {
  const std::string_view all = here();
  if (!frames) return until_head_ends(all.substr(0, room));
  if (left == 0) {
    const auto head = head_of(all);
    if (head.bytes != 0)
      left = head.bytes + std::min(head.payload, UINT64_MAX - head.bytes);
    else if (!failed)
      return 0;
    else
      left = all.size();  // the pieces of a frame that will never be whole
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(std::min(room, all.size()), left));
}

void read_ahead::state::serve() {
  if (!waiting) [[likely]] return;
  if (waiting->operation->done()) {  // cancelled
    waiting.reset();
    return;
  }
  const auto room = waiting->into.size();
  const std::size_t bytes = closed ? 0 : may_give(room);
  if (bytes == 0 && room != 0 && !closed && !failed) {
    if (reading || read_more()) return;
  }
  error_code error;
  if (closed)
    error = asio::error::operation_aborted;
  else if (bytes == 0 && room != 0)
    error = failed;
  if (bytes != 0) std::memcpy(waiting->into.data(), here().data(), bytes);
  at += bytes;
  if (frames) left -= bytes;
  const auto operation = std::move(waiting->operation);
  waiting.reset();
  operation->complete(error, bytes);
}

bool read_ahead::state::has_room() noexcept {
  try {
    if (buffer.space_size() == 0) buffer.reserve(buffer_bytes - std::min(buffer.size(), buffer_bytes - 1));
    return true;
  } catch (const std::exception&) {  // nobody is there to catch it where a read ends
    failed = asio::error::no_memory;
    return false;
  }
}

bool read_ahead::state::read_more() {
  buffer.drop_front(std::exchange(at, 0));
  if (!has_room()) return false;
  reading = true;
  below->async_read_some(asio::buffer(buffer.space(), buffer.space_size()),
                         io_handler(asio::bind_executor(
                             below->get_executor(), [self = shared_from_this()](error_code error, std::size_t bytes) {
                               self->came(error, bytes);
                             })));
  return true;
}

void read_ahead::state::came(error_code error, std::size_t bytes) {
  reading = false;
  failed = error;
  buffer.commit(bytes);
  while (!failed && bytes != 0 && buffer.size() < buffer_bytes) {
    if (buffer.space_size() == 0 && !has_room()) break;
    bytes = below->read_now(asio::buffer(buffer.space(), buffer.space_size()));
    buffer.commit(bytes);
  }
  serve();
  if (!filled) [[unlikely]] return;
  auto tell = std::move(*filled);
  filled.reset();
  std::move(tell)(closed ? error_code(asio::error::operation_aborted) : error, 0);
}

read_ahead::read_ahead(std::unique_ptr<byte_stream> below, std::size_t most_bytes)
    : state_(std::make_shared<state>(std::move(below), std::min(most_bytes, most))) {}
read_ahead::~read_ahead() { read_ahead::close(); }

void read_ahead::begin_frames() noexcept { state_->frames = true; }

read_ahead::found read_ahead::take(std::string_view& message) noexcept {
  auto& s = *state_;
  if (!s.frames || s.closed || s.left != 0 || s.waiting) [[unlikely]] return found::other;
  if (s.at != 0 && s.at == s.buffer.size()) {
    s.buffer.clear();
    s.at = 0;
  }
  const auto more = s.failed ? found::other : found::more;
  const std::string_view all = s.here();
  const auto head = head_of(all);
  if (head.bytes == 0) return more;
  constexpr char whole_binary = '\x82';  // the last frame of a message, which is its first too
  const bool shortest = head.bytes == (head.payload < 126 ? 2U : 4U);  // without a mask
  if (all[0] != whole_binary || !shortest || head.payload > s.most_bytes) return found::other;
  const auto size = head.bytes + static_cast<std::size_t>(head.payload);
  if (all.size() < size) return more;
  message = all.substr(head.bytes, size - head.bytes);
  s.at += size;
  return found::message;
}

void read_ahead::async_fill(io_handler done) {
  state_->filled.emplace(std::move(done));
  if (!state_->read_more()) asio::post(get_executor(), [self = state_] { self->came(self->failed, 0); });
}

asio::any_io_executor read_ahead::get_executor() noexcept { return state_->below->get_executor(); }

void read_ahead::async_read_some(asio::mutable_buffer into, io_handler done) {
  state_->waiting = state::held_read{into, parked::make(std::move(done), get_executor())};
  state_->serve();
}

void read_ahead::async_write_some(const_pieces from, io_handler done) {
  state_->below->async_write_some(from, std::move(done));
}
void read_ahead::async_shutdown(handler done) { state_->below->async_shutdown(std::move(done)); }

void read_ahead::close() noexcept {
  state_->closed = true;
  state_->below->close();
  state_->serve();
}
void read_ahead::reset() noexcept {
  state_->closed = true;
  state_->below->reset();
  state_->serve();
}
void read_ahead::rest() noexcept { state_->below->rest(); }
bool read_ahead::resumed() const noexcept { return state_->below->resumed(); }
std::string read_ahead::peer() const { return state_->below->peer(); }

}  // namespace monochord::net
