// SPDX-License-Identifier: MIT
#include "net/valve_stream.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/error.hpp>
#include <utility>

#include "net/parked.hpp"

namespace monochord::net {

namespace asio = boost::asio;

struct valve_stream::state {
  explicit state(std::unique_ptr<byte_stream> stream) : below(std::move(stream)) {}

  struct held_read {
    std::shared_ptr<parked> operation;
    error_code error;
    std::size_t bytes = 0;
  };
  struct held_write {
    const_pieces from;
    byte_stream::io_handler done;
  };

  std::unique_ptr<byte_stream> below;
  bool reading_stalled = false;
  bool writing_stalled = false;
  bool closed = false;
  std::optional<held_read> read;    // arrived, not shown yet
  std::optional<held_write> write;  // not started yet

  void finish(held_read what) {
    if (reading_stalled && !closed) read = std::move(what);
    else what.operation->complete(closed ? asio::error::operation_aborted : what.error, what.bytes);
  }
  void let_read() {
    if (auto held = std::exchange(read, std::nullopt)) finish(std::move(*held));
  }
  void let_write() {
    auto held = std::exchange(write, std::nullopt);
    if (held) below->async_write_some(held->from, std::move(held->done));
  }
};

valve_stream::valve_stream(std::unique_ptr<byte_stream> below) : state_(std::make_shared<state>(std::move(below))) {}
valve_stream::~valve_stream() { valve_stream::close(); }

void valve_stream::stall_reading(bool on) {
  state_->reading_stalled = on;
  if (!on) state_->let_read();
}

void valve_stream::stall_writing(bool on) {
  state_->writing_stalled = on;
  if (!on) state_->let_write();
}

asio::any_io_executor valve_stream::get_executor() noexcept { return state_->below->get_executor(); }

void valve_stream::async_read_some(asio::mutable_buffer into, io_handler done) {
  auto operation = parked::make(std::move(done), get_executor());
  state_->below->async_read_some(
      into, io_handler(asio::bind_executor(get_executor(), [state = state_, operation](error_code error, std::size_t bytes) {
        state->finish({operation, error, bytes});
      })));
}

void valve_stream::async_write_some(const_pieces from, io_handler done) {
  if (state_->writing_stalled && !state_->closed) state_->write = state::held_write{from, std::move(done)};
  else state_->below->async_write_some(from, std::move(done));
}

void valve_stream::async_shutdown(handler done) { state_->below->async_shutdown(std::move(done)); }

void valve_stream::close() noexcept {
  state_->closed = true;
  state_->below->close();
  state_->let_read();
  state_->let_write();
}

void valve_stream::reset() noexcept {
  state_->closed = true;
  state_->below->reset();
  state_->let_read();
  state_->let_write();
}

std::string valve_stream::peer() const { return state_->below->peer(); }

}  // namespace monochord::net
