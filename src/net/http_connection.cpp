// SPDX-License-Identifier: MIT
#include "net/http_connection.hpp"

#include <array>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <utility>

#include "net/body_source.hpp"
#include "net/deadline.hpp"
#include "net/gzip.hpp"
#include "net/http_reader.hpp"
#include "net/own_strand.hpp"

namespace monochord::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t read_bytes = 16U << 10U;

/// Undoes the content encoding that `request` allowed.
void unpack(http_response& answer, const http_request& request, const http_connection::server& from) {
  const auto encoding = answer.headers.find("Content-Encoding");
  if (!encoding || answer.body.empty() || same_token(*encoding, "identity")) return;
  const bool own = request.headers.has("Accept-Encoding");
  const bool asked = own ? request.headers.has_token("Accept-Encoding", "gzip") : from.options.accept_gzip;
  if (!asked || !(same_token(*encoding, "gzip") || same_token(*encoding, "x-gzip"))) {
    throw error(errc::http_malformed, "the peer answered in a content encoding that was not asked for");
  }
  answer.body = gunzip(answer.body, from.options.max_body_bytes);
  answer.headers.erase("Content-Encoding");
  answer.headers.erase("Content-Length");
}

bool is_head(const http_request& request) { return request.method == "HEAD"; }

void write_head(std::string& out, const http_request& request, const http_connection::server& to) {
  if (request.head) request.head->write_head(out, to.common);
  else serialize_head(request, to.host, to.defaults, out);
}

http_reader reader_for(const http_request& request, const http_connection::server& to) {
  return http_reader::for_responses({to.options.max_header_bytes, to.options.max_body_bytes}, is_head(request));
}

}  // namespace

http_connection::http_connection(std::unique_ptr<byte_stream> stream, std::shared_ptr<clock> time,
                                 std::function<void(http_connection&)> on_dead)
    : stream_(std::move(stream)), time_(std::move(time)), executor_(stream_.get_executor()), on_dead_(std::move(on_dead)) {}

struct http_connection::short_exchange {
  std::string text;
  progress how_far;
  std::optional<http_reader> reader;  // of all of them
  std::size_t sent = 0;
  bool any_left = false;  // of it, to the peer
  bool writing = false;
  bool complete = false;  // the request went out whole
  std::exception_ptr failed;
  bool late = false;  // that is why
  bool under_way = false;  // from when it is sent until it is known what came of it
  bool over = false;       // that is known, and nobody waits for it yet
  std::shared_ptr<parked> waiting;
};

http_connection::~http_connection() = default;

void http_connection::end() noexcept {
  alive_ = false;
  stream_.stream().close();
  if (watch_timer_) watch_timer_->cancel();
}

/// Ends the connection at `deadline` unless another one is set before.
void http_connection::limit(time_point deadline) {
  deadline_ = deadline;
  if (deadline == never) return;
  if (!watch_timer_) [[unlikely]] {
    watch_timer_ = time_->make_timer(executor_);
    watched_ = deadline;
    asio::co_spawn(executor_, watch(shared_from_this()), asio::detached);
  } else if (deadline < watched_) {
    watch_timer_->cancel();  // looks again
  }
}

task<> http_connection::watch(std::shared_ptr<http_connection> self) {
  const auto wait = self->watch_timer_;
  while (self->alive_ && self->deadline_ != never) {
    self->watched_ = self->deadline_;
    co_await wait->wait_until(self->watched_);
    if (self->deadline_ > self->time_->now() || !self->alive_) continue;
    self->late_ = true;
    self->end();
  }
  self->watch_timer_ = nullptr;
}

/// On its strand, at once where that is free: on one of ours without memory.
template <class F>
void http_connection::run_there(F what) {
  if (const auto* const own = executor_.target<context_strand::executor_type>()) own->execute(std::move(what));
  else asio::dispatch(executor_, std::move(what));
}

void http_connection::close() {
  asio::dispatch(executor_, [self = shared_from_this()] { self->end(); });
}

void http_connection::start_read() {
  if (reading_ || end_ || !alive_) return;
  reading_ = true;
  if (!fresh_.empty()) arrived_ = std::exchange(fresh_, {});
  space_.resize(read_bytes);
  // Called on the stream's executor, which is the strand, as are all handlers here that name no other.
  stream_.stream().async_read_some(asio::buffer(space_), [self = shared_from_this()](error_code failed, std::size_t bytes) {
    self->on_read(failed, bytes);
  });
}

void http_connection::on_read(error_code failed, std::size_t bytes) {
  reading_ = false;
  if (arrived_.empty()) fresh_ = std::string_view(space_).substr(0, bytes);
  else arrived_.append(space_, 0, bytes);
  offered_ = false;
  if (failed) end_ = failed;
  if (waiting_) std::exchange(waiting_, nullptr)->complete();
  if (busy_) return advance();
  const bool was_alive = alive_;
  end();  // idle: it ended, or the peer said something that nobody asked for
  if (was_alive && on_dead_) on_dead_(*this);
}

/// Returns when more has arrived than there was, or the connection has ended.
task<> http_connection::more_bytes() {
  start_read();
  const error_code woken = co_await park([this](std::shared_ptr<parked> wait) {
    if (reading_) waiting_ = std::move(wait);
    else wait->complete();  // it is closed: nothing will come
  });
  if (woken) throw error(errc::cancelled, "cancelled while waiting for the answer");
  if (!alive_ && !end_) throw error(errc::closed, "the connection is closed");
}

/// False when the peer takes nothing more: it may have answered before it took everything (a refusal), so the answer is
/// looked for all the same.
task<bool> http_connection::write_some(std::string_view head, std::string_view body, progress& how_far) {
  const std::array<asio::const_buffer, 2> message{asio::buffer(head), asio::buffer(body)};
  const auto state = co_await asio::this_coro::cancellation_state;
  const abort_on_cancel guard(state, [self = shared_from_this()] { self->end(); });
  const auto [failed, bytes] = co_await asio::async_write(stream_, message, uncancelled());
  how_far.written = how_far.written || bytes != 0;
  if (!failed) co_return true;
  if (is_cancelled(state)) throw error(errc::cancelled, "cancelled while sending the request");
  if (!how_far.written) throw error(errc::closed, "the connection ended before the request was sent: " + failed.message());
  co_return false;
}

/// False when the request did not go out whole: then the connection is of no further use.
task<bool> http_connection::write(const http_request& request, const server& to, progress& how_far) {
  std::string head;
  write_head(head, request, to);
  co_return co_await write_some(head, request.body, how_far);
}

/// The same for a body that is made meanwhile.
task<> http_connection::write_source(const http_request& request, const server& to, progress& how_far, bool& complete) {
  std::string head;
  write_head(head, request, to);
  const std::uint64_t size = request.source->size();
  std::string_view first = head;
  for (std::uint64_t sent = 0; sent < size;) {
    const std::string_view piece = co_await request.source->read();
    if (piece.empty() || piece.size() > size - sent) {
      throw error(errc::upload_failed, "a request's body is of another size than it said");
    }
    const bool taken = co_await write_some(first, piece, how_far);
    if (!taken) co_return;
    first = {};
    sent += piece.size();
  }
  complete = true;
  if (!first.empty()) complete = co_await write_some(first, {}, how_far);
}

/// Feeds what has arrived to the parser. False when it wants more, which may be there later.
bool http_connection::take_arrived(http_reader& reader, progress& how_far) {
  while (!reader.done()) {
    if (any_arrived() && !offered_) {
      how_far.answered = true;
      if (arrived_.empty()) fresh_.remove_prefix(reader.put(fresh_));
      else arrived_.erase(0, reader.put(arrived_));
      offered_ = true;
    } else if (end_ == asio::error::eof) {
      reader.put_end();
    } else if (end_) {  // TLS cut short included: what came may be incomplete although it looks whole
      throw error(errc::closed, "the connection broke before the answer was complete: " + end_.message());
    } else {
      return false;
    }
  }
  return true;
}

task<> http_connection::read_answer(http_reader& reader, progress& how_far) {
  while (!take_arrived(reader, how_far)) co_await more_bytes();
}

task<error_code> http_connection::answered(http_reader& reader, progress& how_far) {
  co_await read_answer(reader, how_far);
  co_return error_code();
}

/// Made where the caller runs; written and read by callbacks on the strand, which tell the caller of the end of both.
void http_connection::begin(const http_request& request, const server& to) {
  if (!short_) [[unlikely]] short_ = std::make_unique<short_exchange>();
  short_exchange& mine = *short_;
  mine.text.clear();
  write_head(mine.text, request, to);
  mine.text += request.body;
  mine.how_far = {};
  mine.failed = nullptr;
  mine.late = false;
  mine.over = false;
  if (mine.reader) mine.reader->next_response(is_head(request));
  else mine.reader.emplace(reader_for(request, to));
  reusable_ = false;  // from here on, whatever becomes of the caller
}

void http_connection::run_short(time_point deadline) {
  short_exchange& mine = *short_;
  mine.under_way = true;
  if (end_ || !alive_) [[unlikely]] {
    mine.failed = std::make_exception_ptr(error(errc::closed, "the connection was closed by the peer"));
    return finish_short();
  }
  busy_ = true;
  limit(deadline);
  mine.writing = true;
  mine.complete = false;
  mine.sent = 0;
  mine.any_left = false;
  start_write();
  start_read();
}

/// Nearly always it goes out at once.
void http_connection::start_write() {
  short_exchange& mine = *short_;
  const auto now = stream_.stream().write_now(const_pieces(asio::buffer(mine.text) + mine.sent));
  mine.sent += now.bytes;
  mine.any_left = mine.any_left || now.any_left;
  if (mine.sent == mine.text.size() && !now.is_held_back) [[likely]] return on_written({}, 0);
  const auto rest = asio::buffer(mine.text) + mine.sent;
  stream_.stream().async_write_some(const_pieces(rest), [self = shared_from_this()](error_code failed, std::size_t bytes) {
    self->on_written(failed, bytes);
  });
}

void http_connection::on_written(error_code failed, std::size_t bytes) {
  short_exchange& mine = *short_;
  mine.sent += bytes;
  mine.any_left = mine.any_left || !failed || bytes != 0;
  if (!failed && mine.sent < mine.text.size() && !mine.failed) return start_write();
  mine.writing = false;
  mine.complete = !failed && mine.sent == mine.text.size();
  mine.how_far.written = mine.any_left;
  // A peer that takes nothing more may have answered before it took everything (a refusal): what it says is read.
  if (failed && !mine.any_left) [[unlikely]]
    mine.failed = std::make_exception_ptr(
        error(errc::closed, "the connection ended before the request was sent: " + failed.message()));
  advance();
}

/// Something was written or has arrived. What comes of it is told when the request is no longer being written: then it is
/// known whether anything went out.
void http_connection::advance() {
  if (!short_ || !short_->under_way) return;
  short_exchange& mine = *short_;
  if (!mine.failed) {
    try {
      const bool done = take_arrived(*mine.reader, mine.how_far);
      if (!done) {
        start_read();
        if (reading_) return;
        throw error(errc::closed, "the connection is closed");
      }
    } catch (...) {
      mine.failed = std::current_exception();
    }
  }
  if (!mine.writing) finish_short();
  else if (mine.failed) end();
}

void http_connection::finish_short() {
  short_exchange& mine = *short_;
  // Once the connection may be used again another exchange may begin on it, if whoever waits has gone.
  const auto waiting = std::exchange(mine.waiting, nullptr);
  mine.under_way = false;
  mine.over = !waiting;
  if (mine.failed) {
    mine.late = late_;
    busy_ = false;
    end();
  } else {
    keep(*mine.reader, mine.complete);
  }
  if (waiting) waiting->complete();
}

void http_connection::wait_short(std::shared_ptr<parked> who) {
  if (short_->over) who->complete();
  else short_->waiting = std::move(who);
}

http_response http_connection::finish(bool cancelled, const http_request& request, const server& to, progress& how_far) {
  short_exchange& mine = *short_;
  how_far = mine.how_far;
  if (mine.failed && mine.late) throw error(errc::timeout, "no whole answer came in time");
  if (mine.failed && cancelled) throw error(errc::cancelled, "cancelled while waiting for the answer");
  if (mine.failed) std::rethrow_exception(mine.failed);
  if (cancelled) reusable_ = false;  // the answer was there first; the end of the connection is on its way all the same
  try {
    http_response answer = mine.reader->take_response();
    unpack(answer, request, to);
    return answer;
  } catch (...) {
    reusable_ = false;  // a peer that answers so is not asked again
    throw;
  }
}

/// An exchange is over: another one may follow if `reader` found a whole answer and nothing behind it.
void http_connection::keep(const http_reader& reader, bool complete) {
  const bool goes_on = complete && reader.keep_alive() && !any_arrived() && !end_;
  reusable_ = goes_on;
  busy_ = false;
  limit(never);
  if (goes_on) start_read();
  else end();
}

task<> http_connection::exchange_long(const http_request& request, const server& to, time_point deadline,
                                      progress& how_far, http_response& answer) {
  const auto self = shared_from_this();
  try {
    busy_ = true;
    reusable_ = false;
    if (end_ || !alive_) throw error(errc::closed, "the connection was closed by the peer");
    limit(deadline);
    http_reader reader = reader_for(request, to);
    bool complete = false;
    if (request.source) {
      // A refusal may come at any time, and its sender may take nothing more: so it ends the writing, as does the end of
      // the connection, whatever the source waits for.
      co_await race(write_source(request, to, how_far, complete), answered(reader, how_far));
    } else {
      complete = co_await write(request, to, how_far);
    }
    co_await read_answer(reader, how_far);
    answer = reader.take_response();
    unpack(answer, request, to);
    keep(reader, complete);
  } catch (...) {
    busy_ = false;
    end();
    if (late_) throw error(errc::timeout, "no whole answer came in time");
    throw;
  }
}

task<http_response> http_connection::exchange(const http_request& request, const server& to, time_point deadline,
                                              progress& how_far) {
  const auto self = shared_from_this();
  http_response answer;
  co_await run_on(executor_, exchange_long(request, to, deadline, how_far, answer));
  co_return answer;
}

void http_connection::send(time_point deadline) {
  run_there([self = shared_from_this(), deadline] { self->run_short(deadline); });
}

/// Whoever finds the answer has nothing else to do then: the caller goes on there, and no other thread is woken for it.
void http_connection::wait(parked::handler done, const asio::any_io_executor& where) {
  run_there([self = shared_from_this(), who = parked::make(std::move(done), where, {}, true, true)]() mutable {
    self->wait_short(std::move(who));
  });
}

}  // namespace monochord::net
